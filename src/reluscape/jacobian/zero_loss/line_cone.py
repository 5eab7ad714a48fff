"""One input with bias: which targets an open region reaches, decided exactly in a number of steps linear in n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

__all__ = ["LineCone", "at_rest", "second_differences"]


@dataclass
class LineCone:
    """The cone of the predictions of a region, for points t_0 < ... < t_(n-1) with bias, n >= 2.

    A step pattern with output sign s contributes the multiples of s (t - t_k)_+ or s (t_k - t)_+ for the two points
    around its cut. A functional u is described by B = <u, 1> and p_k = <u, (t - t_k)_+>; with s_k = <u, t - t_k>,
    which is affine in t_k, <u, (t_k - t)_+> = p_k - s_k. So every generator bounds a single p_k by 0 or by s_k.

    Attributes:
        points: t, increasing.
        right: for each point, the signs s with a generator s (t - t_k)_+.
        left: for each point, the signs s with a generator s (t_k - t)_+.
    """

    points: Sequence[Fraction]
    right: list[set[int]] = field(default_factory=list)
    left: list[set[int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with no generator."""
        self.right = self.right or [set() for _ in self.points]
        self.left = self.left or [set() for _ in self.points]

    def add_suffix(self, cut: int, sign: int) -> None:
        """Add a unit that is active on the points cut, ..., n-1 (cut = 0: on all of them)."""
        n = len(self.points)
        if cut == 0:
            self.right[0].add(sign)
            self.left[n - 1].add(sign)
        else:
            self.right[cut - 1].add(sign)
            if cut < n - 1:
                self.right[cut].add(sign)

    def add_prefix(self, cut: int, sign: int) -> None:
        """Add a unit that is active on the points 0, ..., cut-1, where 0 < cut < n."""
        self.left[cut].add(sign)
        if cut > 1:
            self.left[cut - 1].add(sign)

    def separation(self, y: Sequence[Fraction]) -> tuple[Fraction, ...] | None:
        """Return a functional that keeps the targets out of the cone's relative interior, or None where none does.

        The functional u (n,) is >= 0 on the cone, <= 0 on the targets, and not 0 on both (Stiemke's alternative).
        Minimising over the p_k leaves a function of (B, s_0) that is linear between the 2n rays on which some s_k
        vanishes, so that those rays and the apex decide.
        """
        slopes, bends = second_differences(self.points, y)
        n = len(self.points)
        for k in range(1, n - 1):
            step = at_rest(self.right[k], self.left[k], bends[k])
            if step:
                p = [Fraction(0)] * n
                p[k] = Fraction(step)
                return self._functional(p, Fraction(0), Fraction(0))
        sides = {s: [self.side(k, bends[k], s) for k in range(n)] for s in (1, -1)}
        for facing in (1, -1):
            point = self._scan(facing, sides, y[0], slopes[0])
            if point is not None:
                return self._along(facing, point, bends)
        return None

    def side(self, k: int, bend: Fraction, s: int) -> tuple[bool, Fraction, bool]:
        """Return, for s_k of sign s: is it allowed, the least bend * p_k per s_k, can some generator be positive."""
        n, right, left = len(self.points), self.right[k], self.left[k]
        if k == 0:
            return (-s not in right, Fraction(0), bool(right))
        if k == n - 1:
            return (s not in left, Fraction(0), bool(left))
        low, high = _range(right, left, s)
        if low is not None and high is not None and low > high:
            return (False, Fraction(0), False)
        p = _best(low, high, bend)
        free = low != high and (bool(right) or bool(left)) if bend == 0 else False
        loose = free or (bool(right) and p != 0) or (bool(left) and p != s)
        return (True, bend * p * s, loose)

    def _scan(
        self, facing: int, sides: dict[int, list[tuple[bool, Fraction, bool]]], first: Fraction, slope: Fraction
    ) -> int | None:
        """Return a point k0 whose ray B = facing, s_k = facing (t_k0 - t_k) shows a separation."""
        n, t = len(self.points), self.points
        before, after = sides[facing], sides[-facing]
        after_sum = sum((c for _, c, _ in after), Fraction(0))
        after_moment = sum((c * t[k] for k, (_, c, _) in enumerate(after)), Fraction(0))
        after_bad = sum(not good for good, _, _ in after)
        after_loose = sum(loose for _, _, loose in after)
        before_sum = before_moment = Fraction(0)
        before_bad = before_loose = 0
        for k0 in range(n):
            _, c, loose = after[k0]
            after_sum, after_moment = after_sum - c, after_moment - c * t[k0]
            after_bad, after_loose = after_bad - (not after[k0][0]), after_loose - loose
            if not before_bad and not after_bad:
                total = first + slope * (t[k0] - t[0])
                total += (before_sum + after_sum) * t[k0] - before_moment - after_moment
                if total * facing < 0 or (total == 0 and (before_loose or after_loose)):
                    return k0
            _, c, loose = before[k0]
            before_sum, before_moment = before_sum + c, before_moment + c * t[k0]
            before_bad, before_loose = before_bad + (not before[k0][0]), before_loose + loose
        return None

    def _along(self, facing: int, k0: int, bends: Sequence[Fraction]) -> tuple[Fraction, ...]:
        """Return the functional of a ray, with p_k off its bounds wherever that costs nothing."""
        n, t = len(self.points), self.points
        s = [facing * (t[k0] - value) for value in t]
        p = [Fraction(0)] * n
        p[0] = s[0]
        for k in range(1, n - 1):
            if s[k] != 0:
                sign = 1 if s[k] > 0 else -1
                low, high = _range(self.right[k], self.left[k], sign)
                p[k] = _best(low, high, bends[k]) * abs(s[k])
        return self._functional(p, s[0], Fraction(facing))

    def _functional(self, p: list[Fraction], first: Fraction, total: Fraction) -> tuple[Fraction, ...]:
        """Return u with <u, 1> = total and <u, (t - t_k)_+> = p_k."""
        n, t = len(self.points), self.points
        tail = [(p[k] - (p[k + 1] if k + 1 < n - 1 else 0)) / (t[k + 1] - t[k]) for k in range(n - 1)]
        sums = [total, *tail, Fraction(0)]
        return tuple(sums[i] - sums[i + 1] for i in range(n))


def second_differences(t: Sequence[Fraction], y: Sequence[Fraction]) -> tuple[list[Fraction], list[Fraction]]:
    """Return the slopes of the targets between neighbours, and their bends at the inner points (0 at the ends)."""
    slopes = [(y[k + 1] - y[k]) / (t[k + 1] - t[k]) for k in range(len(t) - 1)]
    inner = [slopes[k] - slopes[k - 1] for k in range(1, len(t) - 1)]
    return slopes, [Fraction(0), *inner, Fraction(0)]


def _range(right: set[int], left: set[int], s: int) -> tuple[int | None, int | None]:
    """Return the bounds on p_k where s_k is 1 or -1: right generators sign p_k, left ones sign p_k - s_k."""
    low = [0] * (1 in right) + [s] * (1 in left)
    high = [0] * (-1 in right) + [s] * (-1 in left)
    return max(low, default=None), min(high, default=None)


def _best(low: int | None, high: int | None, bend: Fraction) -> Fraction:
    """Return the p_k, per |s_k|, with the least bend * p_k; where the bend is 0, the middle of its range.

    With a bend, a missing bound on the falling side separates already at s = 0; without one, so does a single bound.
    """
    if bend > 0:
        return Fraction(low or 0)
    if bend < 0:
        return Fraction(high or 0)
    return Fraction((low or 0) + (high or 0), 2)


def at_rest(right: set[int], left: set[int], bend: Fraction) -> int:
    """Return p_k = -1 or 1 that separates with s = 0, or 0 where none does."""
    low, high = 1 in right or 1 in left, -1 in right or -1 in left
    if (bend > 0 and not low) or (bend == 0 and high and not low):
        return -1
    if (bend < 0 and not high) or (bend == 0 and low and not high):
        return 1
    return 0
