"""The largest pulls of all units with weight decay without a list of cells: cones are cut where bounds ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from ...basins.decay.exact import shrink
from ...basins.decay.programs import decay_of
from ...basins.decay.pulls import Cells, Pull
from ...certificates import fraction_text, fraction_texts
from ...certificates.decayed_fan import Slopes
from ...errors import TooLarge
from ...numbers.tolerances import DEFAULT
from ...problem.problem import Problem
from .decayed_cones import Bound, Cones

MOST_BOUNDS, CLIMBS, MOST_KINKS = 100_000, 20, 8


@dataclass(frozen=True, eq=False)
class End:
    """A cone that is cut no further.

    Attributes:
        cone, sign: which units.
        bound: how hard they are pulled.
    """

    cone: int
    sign: int
    bound: Bound


class Splits:
    """All units of a problem with weight decay, told apart as far as slopes ask for it.

    Args:
        problem: what is minimised.
        most: bounds after which a search for pulls ends.
    """

    def __init__(self, problem: Problem, most: int = MOST_BOUNDS) -> None:
        self.problem, self.most = problem, most
        self.cones = Cones(problem)
        self.cells = Cells(problem.data, decay_of(problem).penalised)

    def pulls(self, e: np.ndarray, least: float, enough: int | None = None) -> Iterator[Pull]:
        """Yield the pulls above `least`: one of each direction, or, where `enough` is given, no more than so many."""
        seen: set[tuple[bytes, int]] = set()
        for end in self.ends(e, least, enough is not None):
            todo = [self._climbed(e, end)] if end.bound.value > least else []
            while todo:
                pull = todo.pop()
                key = pull.pattern.tobytes(), pull.sign
                if pull.value <= least or key in seen:
                    continue
                seen.add(key)
                yield pull
                if len(seen) == enough:
                    return
                if enough is None and self.cones.free:
                    todo += self._beside(e, pull)

    def ends(self, e: np.ndarray, limit: float, rough: bool = False) -> Iterator[End]:
        """Yield cones that cover all units with both signs, each bounded by the limit or with a bound that is reached.

        A rough search is also content with a cone that holds some pull above the limit.

        Raises:
            TooLarge: more bounds than are looked at.
        """
        fan, count = self.cones.fan, 0
        stack = [(cone, sign) for sign in (-1, 1) for cone in range(2**fan.rank)]
        while stack:
            cone, sign = stack.pop()
            bound = self.cones.bound(e, cone, sign)
            count += 1
            if count > self.most:
                raise TooLarge(
                    f"more than {self.most:,} bounds of pulls with weight decay; take fewer rows or inputs, or "
                    "more decay",
                    self.most,
                )
            goal = limit if rough else bound.value * (1.0 - DEFAULT.split_end)
            if bound.value > limit and bound.place is not None and bound.reached <= goal:
                stack += [(part, sign) for part in fan.parts.get(cone) or self.cones.cut(cone, bound.place)]
            else:
                yield End(cone, sign, bound)

    def _beside(self, e: np.ndarray, pull: Pull) -> Iterator[Pull]:
        """Yield the pulls of the cells around the ends of a pull: several may pull a free bias alike."""
        arrangement = self.cells.arrangement
        normals = np.asarray(arrangement.normals, dtype=float)
        side = np.asarray(arrangement.row_sign) * (np.asarray(arrangement.row_class) >= 0)
        for u in pull.ends:
            heights = normals @ u
            kinks = np.flatnonzero(
                np.abs(heights) <= DEFAULT.decayed_tight * np.linalg.norm(normals, axis=1) * np.linalg.norm(u)
            )
            for turns in product((-1.0, 1.0), repeat=min(len(kinks), MOST_KINKS)):
                signs = np.sign(heights)
                signs[kinks] = -1.0
                signs[kinks[: len(turns)]] = turns
                yield self.cells.pull(e, side * signs[arrangement.row_class] > 0, pull.sign)

    def pull(self, e: np.ndarray, cone: int, products: np.ndarray, sign: int) -> Pull:
        """Return the largest pull of closed cells that a direction of a cone lies in, told by its products (n,).

        Signs of rounding may belong to no cell: how near to a hyperplane means on it is tried. What is on it is on the
        side of the cone.
        """
        side, size = self.pattern(cone), np.abs(products).max(initial=0.0)
        widths = (DEFAULT.split_end, *DEFAULT.kink_widths)
        patterns = {np.where(np.abs(products) <= width * size, side, products > 0).tobytes() for width in widths}
        pulls = (self.cells.pull(e, np.frombuffer(bits, dtype=bool), sign) for bits in sorted(patterns))
        return max(pulls, key=lambda pull: pull.value)

    def pattern(self, cone: int) -> np.ndarray:
        """Return the pattern of a cell that holds the middle of a cone, of samples on one line those on one side."""
        products, arrangement = self.cones.middle(cone), self.cells.arrangement
        near = np.abs(products) <= DEFAULT.split_end * np.abs(products).max(initial=0.0)
        live = np.asarray(arrangement.row_class) >= 0
        return np.asarray(np.where(near, np.asarray(arrangement.row_sign) < 0, products > 0) & live)

    def _climbed(self, e: np.ndarray, end: End) -> Pull:
        """Return the largest pull on the way from the cell of a direction to cells beside it."""
        here = self.pull(e, end.cone, end.bound.products, end.sign)
        for _ in range(CLIMBS):
            pattern = self.problem.data.X @ here.direction > 0
            if not pattern.any():
                break
            there = self.cells.pull(e, pattern, end.sign)
            if there.value <= here.value * (1.0 + DEFAULT.split_end):
                break
            here = there
        return here

    def proof(self, nu: np.ndarray) -> tuple[np.ndarray, dict[str, Any]] | None:
        """Return (slopes shortened until nothing is pulled by more than the decay, what proves it), or None.

        Args:
            nu: (n,) exact slopes.
        """
        e, lam = np.array(nu, dtype=float), self.cones.lam
        slopes = Slopes(self.cones.fan, list(nu))
        worst, told = Fraction(0), []
        for end in self.ends(e, lam):
            found = self.cones.proved(slopes, e, end.cone, end.sign)
            if found is None:
                return None
            worst = max(worst, found[0])
            told.append((end.cone, end.sign, *found[1:]))
        share = shrink(worst, self.cones.terms.lam)
        bounds = [(cone, sign, 0, [v * share for v in z], shares) for cone, sign, z, shares in told]
        return nu * share, self.told([nu * share], bounds)

    def told(
        self, vectors: list[np.ndarray], bounds: list[tuple[int, int, int, list[Fraction], Any]]
    ) -> dict[str, Any]:
        """Return the cuts and bounds of a proof as plain JSON: those cuts alone that lead to a cone with a bound."""
        fan = self.cones.fan
        wanted = {fan.parents[cone] for cone, *_ in bounds}
        for cone in sorted(wanted, reverse=True):
            while cone >= 0:
                wanted.add(cone)
                cone = fan.parents[cone]
        number = {cone: cone for cone in range(2**fan.rank)}
        cuts = []
        for cone in sorted(c for c in wanted if c >= 0):
            first, second = fan.parts[cone]
            own, s, t = fan.how[cone]
            cuts.append({"cone": number[cone], "first": own[0], "second": own[1], "s": s, "t": t})
            number[first] = 2**fan.rank + 2 * len(cuts) - 2
            number[second] = number[first] + 1
        entries = [
            {
                "cone": number[cone], "sign": sign, "vector": vector, "z": [fraction_text(v) for v in z],
                "shares": [[i, fraction_text(t)] for i, t in sorted(shares.items())],
            }
            for cone, sign, vector, z, shares in bounds
        ]  # fmt: skip
        return {
            "order": self.cones.order, "slopes": [fraction_texts(nu) for nu in vectors], "cuts": cuts,
            "bounds": entries,
        }  # fmt: skip
