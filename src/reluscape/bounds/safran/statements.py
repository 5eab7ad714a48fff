"""Safran and Shamir's statements about a random first basin: Propositions 1 and 2, Theorems 2 to 6."""

from __future__ import annotations

from fractions import Fraction
from math import asin, ceil, comb, exp, floor, pi, sin, sqrt
from typing import Any

from ...errors import AssumptionError, InputError
from ...numbers.checks import real_number
from ...numbers.exact import to_fraction
from ..arguments import require, tolerated_share, which_form, whole
from ..decided import ceiling, least_trials, log_of

__all__ = [
    "safran_claim_1",
    "safran_equation_9",
    "safran_lemma_7",
    "safran_lemma_8",
    "safran_proposition_1",
    "safran_proposition_2",
    "safran_theorem_2",
    "safran_theorem_3",
    "safran_theorem_3_share",
    "safran_theorem_4",
    "safran_theorem_5",
    "safran_theorem_5_radius",
    "safran_theorem_6",
    "safran_theorem_6_exact",
]


def safran_proposition_1(width: int) -> Fraction:
    """Return the promised probability (1 - 2^-m) / 2 that a random start lies above the zero network's loss.

    Args:
        width: units of the last hidden layer.

    Source: Safran and Shamir, Proposition 1: squared loss, or cross-entropy over at least two classes (with one class
    the loss is constant and the probability 0). Hidden layers need biases, or there is only one: without biases, widths
    1 and 3, the prediction differs from 0 with probability 7/16, not 7/8.

    Example:
        >>> safran_proposition_1(3)
        Fraction(7, 16)
    """
    return safran_proposition_2(width, 1)


def safran_proposition_2(width: int, r: Any = 1) -> Fraction:
    """Return (r/2) (1 - 2^-m), where c -> L(c P) is strictly convex on [-1, 1] with probability at least r.

    Source: Safran and Shamir, Proposition 2 and Eq. (9).

    Example:
        >>> safran_proposition_2(2, "1/2")
        Fraction(3, 16)
    """
    m, share = whole("width", width), to_fraction(r)
    require(0 < share <= 1, f"0 < r <= 1, got {float(share):g}")
    return share / 2 * (1 - Fraction(1, 2**m))


def safran_equation_9(widths: Any, hidden_biases: bool = True, form: str | None = None) -> Fraction:
    """Return a lower bound on the probability that a random network's prediction differs from 0.

    1 - 2^-m for m units in the last hidden layer ("printed"); without hidden biases the product of 1 - 2^-m_l over all
    hidden layers ("corrected", the default), which is the exact probability for one sample other than 0.

    Args:
        widths: units of each hidden layer, or one number.
        hidden_biases: whether every hidden unit has a bias.
        form: "printed" or "corrected".

    Source: Safran and Shamir, Eq. (9). Without biases a dead layer leaves nothing to the next: widths 1 and 3 give
    7/16, not 7/8.

    Example:
        >>> safran_equation_9([1, 3]), safran_equation_9([1, 3], hidden_biases=False)
        (Fraction(7, 8), Fraction(7, 16))
    """
    layers = [whole("width", m) for m in (widths if isinstance(widths, list | tuple) else [widths])]
    require(len(layers) > 0, "at least one hidden layer")
    alone = hidden_biases or which_form(form, "corrected", ("printed", "corrected")) == "printed"
    product = Fraction(1)
    for m in layers[-1:] if alone else layers:
        product *= 1 - Fraction(1, 2**m)
    return product


def safran_theorem_2(d: int, eps: Any, slots: int | None = None, form: str | None = None) -> int:
    """Return a width from which a random start on singleton data lies in a best basin with probability 1 - eps.

    The least m with 2 d (3/4)^m <= eps ("printed"), or K (3/4)^m <= eps for the K occupied half-axes ("sharp").

    Args:
        d: number of inputs.
        eps: tolerated probability.
        slots: occupied half-axes, for form "sharp".
        form: "printed" (default) or "sharp".

    Source: Safran and Shamir, Theorem 2. A column of ones is not harmless here: (x, 1) is no singleton.

    Example:
        >>> safran_theorem_2(5, 0.05)
        19
    """
    d, share = whole("d", d), tolerated_share(eps)
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return _coverage(2 * d, Fraction(3, 4), share)
    if slots is None:
        raise InputError("the sharp form counts the occupied half-axes; give slots=...")
    return _coverage(min(whole("slots", slots, 0), 2 * d), Fraction(3, 4), share)


def safran_theorem_3_share(teacher_width: int, rank: int, bound: Any, value: Any, form: str | None = None) -> float:
    """Return a lower bound on the probability that one unit starts in the basin of a teacher's unit, up to `value`.

    With x = sqrt(value) / (width * bound): p = (x sqrt(1 - x^2/4))^(r-1) / (2 pi (r-1)) ("printed"), or half of the
    spherical cap of angle 2 asin(x/2) ("sharp"); 1/4 for rank 1, where print divides by zero.

    Args:
        teacher_width: units of the teacher.
        rank: rank of the data, |x_i| <= 1.
        bound: B with |v_j| |w_j| <= B for the teacher.
        value: the basin value that is asked for (eps in print).
        form: "printed" (default) or "sharp".

    Raises:
        AssumptionError: value > 2 width^2 bound^2, beyond which the printed expression falls again.

    Source: Safran and Shamir, Theorem 3 with Lemma 7; the power r - 1 applies to the whole product.

    Example:
        >>> safran_theorem_3_share(1, 2, 1, 0.25) < safran_theorem_3_share(1, 2, 1, 0.25, form="sharp")
        True
    """
    k, r = whole("teacher_width", teacher_width), whole("rank", rank)
    size, goal = float(to_fraction(bound)), float(to_fraction(value))
    require(size > 0 and goal > 0, "bound > 0 and value > 0")
    x = sqrt(goal) / (k * size)
    require(x <= sqrt(2), f"value <= 2 (width * bound)^2 = {2 * (k * size) ** 2:g}")
    if r == 1:
        return 0.25
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return safran_claim_1(x, r) / 2
    return safran_claim_1(x, r, form="sharp") / 2


def safran_theorem_3(teacher_width: int, rank: int, bound: Any, value: Any, eps: Any, form: str | None = None) -> int:
    """Return a width from which a random basin has at most the given value with probability 1 - eps.

    Args:
        teacher_width: units k of a teacher that fits the data.
        rank: rank of the data, |x_i| <= 1.
        bound: B with |v_j| |w_j| <= B for the teacher.
        value: the basin value that is asked for.
        eps: tolerated probability.
        form: "printed": c ceil(k/p) with the least c >= 2 such that exp(-c k / 4) <= eps; "corrected" (default): the
            same with exp(-k (c - 1)^2 / (2 c)), c > 1; "sharp": the least N with P[Bin(N, p) <= k - 1] <= eps and the
            exact cap.

    Source: Safran and Shamir, Theorem 3. The last step of the printed proof needs c >= 2 + sqrt 2: at c = 2, 20 units
    and p = 0.01 the binomial tail is 1.7e-4, above the claimed 4.5e-5.

    Example:
        >>> [safran_theorem_3(1, 2, 1, 0.25, 0.05, form=f) for f in ("printed", "corrected", "sharp")]
        [156, 103, 36]
    """
    k, share = whole("teacher_width", teacher_width), tolerated_share(eps)
    variant = which_form(form, "corrected")
    if variant == "sharp":
        return least_trials(k, Fraction(safran_theorem_3_share(k, rank, bound, value, form="sharp")), share)
    p = safran_theorem_3_share(k, rank, bound, value)
    need = float(log_of(1 / share)) / k
    c = max(2.0, 4 * need) if variant == "printed" else 1 + need + sqrt(need * need + 2 * need)
    return ceil(c * ceil(k / p))


def safran_claim_1(delta: Any, d: int, form: str | None = None) -> float:
    """Return how much of the sphere in R^d lies within distance delta of a point, from below or exactly.

    "printed": (delta sqrt(1 - delta^2/4))^(d-1) / (pi (d-1)); "sharp": the cap of angle 2 asin(delta/2), for
    delta <= sqrt 2 equal to half the regularised incomplete beta function at sin^2 of the angle, beyond that 1 less
    the cap around the opposite point.

    Raises:
        AssumptionError: delta is not in (0, 2].

    Source: Safran and Shamir, Claim 1 (for every delta > 0 in print, where a root of a negative number is taken beyond
    2).

    Example:
        >>> safran_claim_1(1.0, 2, form="sharp") * 3  # an arc of 60 degrees to either side
        1.0
    """
    d, size = whole("d", d, 2), real_number("delta", delta)
    require(0 < size <= 2, f"0 < delta <= 2, got {size:g} (no two points of the sphere lie further apart)")
    x = size * sqrt(1 - size * size / 4)
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return x ** (d - 1) / (pi * (d - 1))
    if d == 2:
        return 2 * asin(size / 2) / pi
    from scipy.special import betainc

    cap = float(betainc((d - 1) / 2, 0.5, min(1.0, x * x))) / 2
    return cap if size * size <= 2 else 1 - cap


def safran_lemma_7(delta: Any, rank: int, form: str | None = None) -> float:
    """Return Claim 1 on the sphere of the data's span: the chance that a unit starts in the region of a near point.

    Source: Safran and Shamir, Lemma 7; for rank 1 the chance is 1/2, where print divides by zero.

    Example:
        >>> safran_lemma_7(0.5, 1)
        0.5
    """
    return 0.5 if whole("rank", rank) == 1 else safran_claim_1(delta, rank, form)


def safran_theorem_4(n: int, eps: Any) -> int:
    """Return the least m with n (3/4)^m <= eps: on independent samples the first basin then holds a global minimum.

    Args:
        n: samples, rank X = n.
        eps: tolerated probability.

    Source: Safran and Shamir, Theorem 4. It holds for every symmetric law with fair independent output signs.

    Example:
        >>> safran_theorem_4(10, 0.05)
        19
    """
    return _coverage(whole("n", n), Fraction(3, 4), tolerated_share(eps))


def safran_theorem_5(d: int, eps: Any, clusters: int | None = None, form: str | None = None) -> int:
    """Return a width from which a random basin of clustered data has a value of order delta^2 with probability 1 - eps.

    The least m with d (7/8)^m <= eps ("printed"), or k (13/16)^m <= eps for k clusters ("sharp": the set of noisy
    weights is symmetric, so a unit is on the good side and not noisy with probability at least 3/8).

    Args:
        d: number of inputs.
        eps: tolerated probability.
        clusters: number k of clusters, for form "sharp".
        form: "printed" (default) or "sharp".

    Source: Safran and Shamir, Theorem 5.

    Example:
        >>> safran_theorem_5(10, 0.05), safran_theorem_5(10, 0.05, clusters=2, form="sharp")
        (40, 18)
    """
    d, share = whole("d", d), tolerated_share(eps)
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return _coverage(d, Fraction(7, 8), share)
    if clusters is None:
        raise InputError("the sharp form counts the clusters; give clusters=...")
    k = whole("clusters", clusters)
    require(k <= d, f"at most d = {d} clusters, got {k}")
    return _coverage(k, Fraction(13, 16), share)


def safran_theorem_5_radius(d: int) -> float:
    """Return the largest ratio delta_j / |c_j| of a cluster that Theorem 5 allows: 2 sin(sqrt(2 pi) / (16 d^1.5)).

    Source: Safran and Shamir, Theorem 5.

    Example:
        >>> round(safran_theorem_5_radius(2), 4), round(safran_theorem_5_radius(10), 4)
        (0.1107, 0.0099)
    """
    return 2 * sin(sqrt(2 * pi) / (16 * whole("d", d) ** 1.5))


def safran_lemma_8(d: int, ratio: Any, form: str | None = None) -> float:
    """Return the share of directions that are orthogonal to some point of a ball of radius ratio * |c| around c.

    The angle is asin(ratio): the share of the band |<w, c>| <= ratio |c| on the sphere.

    Args:
        d: number of inputs, 2 or more.
        ratio: delta / |c|, between 0 and 1.
        form: "sharp" (default): the share itself; "printed": its bound 1/(4 d).

    Raises:
        AssumptionError: form "printed" with a ratio above `safran_theorem_5_radius`.

    Source: Safran and Shamir, Lemma 8 (at most 1/(4 d) within Theorem 5's radius). Claim 2's angle
    2 asin(ratio / 2) is too small; the lemma holds all the same.

    Example:
        >>> safran_lemma_8(2, 0.1107) <= 1 / 8
        True
    """
    d, x = whole("d", d, 2), real_number("ratio", ratio)
    require(0 <= x <= 1, f"0 <= ratio <= 1, got {x:g}")
    if which_form(form, "sharp", ("printed", "sharp")) == "printed":
        limit = safran_theorem_5_radius(d)
        require(x <= limit, f"delta / |c| <= {limit:.4g} in {d} dimensions, got {x:.4g}")
        return 1 / (4 * d)
    if d == 2:
        return 2 * asin(x) / pi
    from scipy.special import betainc

    return float(betainc(0.5, (d - 1) / 2, x * x))


def safran_theorem_6(d: int, form: str | None = None) -> float:
    """Return the promised bound on the probability of a good first basin of one unit on the poor data in d dimensions.

    exp(-d/16) ("printed"), exp(-d/8) by Hoeffding ("sharp"): P[Bas <= c/4] with c = l(0, 1) / 2.

    Source: Safran and Shamir, Theorem 6 (for 0 < eps < l(0, 1) / 2).

    Example:
        >>> safran_theorem_6(16) == exp(-1)
        True
    """
    d = whole("d", d)
    return exp(-d / 16) if which_form(form, "printed", ("printed", "sharp")) == "printed" else exp(-d / 8)


def safran_theorem_6_exact(d: int, eps: Any) -> Fraction:
    """Return P[Bas <= 1/8] exactly for one unit on the data of Appendix C.2.

    Bas = eps + (1/2 - eps) K / d with K ~ Bin(d, 1/2).

    Args:
        d: number of inputs.
        eps: loss of the best minimum, 0 < eps < 1/2.

    Source: the truth beside Safran and Shamir's Appendix C.2.

    Example:
        >>> [str(safran_theorem_6_exact(d, 0.01)) for d in (4, 8, 16)]
        ['1/16', '9/256', '697/65536']
    """
    d = whole("d", d)
    share = to_fraction(str(eps) if isinstance(eps, float) else eps)
    if not 0 < share < Fraction(1, 2):
        raise AssumptionError(f"eps is {float(share):g}; the construction needs 0 < eps < 1/2")
    most = floor(d * (Fraction(1, 8) - share) / (Fraction(1, 2) - share))
    return Fraction(sum(comb(d, k) for k in range(most + 1)), 2**d)


def _coverage(count: int, base: Fraction, eps: Fraction) -> int:
    """Return the least m >= 1 with count * base^m <= eps, exactly."""
    if count <= 0:
        return 1
    m = max(1, ceiling(lambda: log_of(count / eps) / log_of(1 / base)) - 2) if count > eps else 1
    while count * base**m > eps:
        m += 1
    return m
