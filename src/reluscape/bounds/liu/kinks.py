"""Minima on the border of one sample: the one-sided gradients, the linear system, and the cells of its solutions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers import exact
from ...numbers.checks import readonly
from ...problem.data import check_pattern
from ...problem.targets import with_targets
from ..arguments import require, which_form
from .genuineness import mixed_feasible
from .solution import design, identity, network, numbers, predictions, zeros

__all__ = ["KinkSystem", "OneSidedGradients", "liu_lemma_3", "liu_section_6a", "liu_theorem_3"]


@dataclass(frozen=True, eq=False)
class OneSidedGradients:
    """Gradients of the loss in one unit's weights on the two sides of one sample's hyperplane.

    Attributes:
        off, on: (d,) exact limits of dL/dw on the side where the sample is off, and where it is on.
        minimum: whether the point is a minimum in the unit's weights.
    """

    off: np.ndarray
    on: np.ndarray
    minimum: bool


def liu_lemma_3(X: Any, y: Any, W: Any, v: Any, unit: int, sample: int, form: str | None = None) -> OneSidedGradients:
    """Return the two limits of dL/dw_m at a border and whether w_m is a minimum of the loss in w_m alone.

    "printed": the limit on the off side points along -x_n and that on the on side along x_n, none of them zero;
    "corrected" (the default): they are -a x_n and b x_n with a, b >= 0.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        W: (m, d) hidden weights; of all samples only `sample` lies on the hyperplane of `unit`.
        v: (m,) output weights.
        unit: the unit on the border.
        sample: the sample that it lies on, not zero.
        form: "printed" or "corrected".

    Raises:
        AssumptionError: the unit is not on the border of exactly this sample.

    Source: Liu, Part 1, Lemma 3 and (26), (35), (36). Zero vectors must count as parallel.

    Example:
        >>> found = liu_lemma_3([[1, 0], [0, 1]], [1, -1], [[1, 0]], [1], 0, 1)
        >>> found.off.tolist(), found.on.tolist(), found.minimum
        ([Fraction(0, 1), Fraction(0, 1)], [Fraction(0, 1), Fraction(1, 1)], True)
    """
    data = with_targets(X, y)
    _, out, heights = network(data, W, v)
    variant = which_form(form, "corrected", ("printed", "corrected"))
    require(0 <= unit < len(out) and 0 <= sample < data.n, f"a unit below {len(out)} and a sample below {data.n}")
    live = [i for i in range(data.n) if i not in set(data.zero_rows)]
    border = [i for i in live if heights[i, unit] == 0]
    require(border == [sample], f"only sample {sample} lies on the hyperplane of unit {unit}; {border} do")
    errors = predictions(heights, out) - data.y_fractions
    scale = Fraction(2, data.n) * out[unit]
    x = data.fractions[sample]
    off = scale * ((errors * numbers(heights[:, unit] > 0)) @ data.fractions)
    on = off + scale * errors[sample] * x
    size = x @ x
    left, right = (off @ x) / size, (on @ x) / size
    parallel = not any(off - left * x)
    minimum = parallel and (left < 0 < right if variant == "printed" else left <= 0 <= right)
    return OneSidedGradients(readonly(off, object), readonly(on, object), bool(minimum))


@dataclass(frozen=True, eq=False)
class KinkSystem:
    """The linear system of one unit on the hyperplane of one sample, and the output signs it allows.

    Attributes:
        D: (m d + 1, m d) exact matrix.
        d: (m d + 1,) right-hand side.
        R: (m, d) one solution; there always is one.
        errors: (n,) exact f - y, the same for all solutions.
        left, right: slopes along x_n / |x_n|^2 on the two sides, without the output weight: print's (29) and (30) over
            |x_n|^2.
        signs: output signs of the unit that pass.
    """

    D: np.ndarray
    d: np.ndarray
    R: np.ndarray
    errors: np.ndarray
    left: Fraction
    right: Fraction
    signs: tuple[int, ...]


def liu_theorem_3(X: Any, y: Any, pattern: Any, unit: int, sample: int, form: str | None = None) -> KinkSystem:
    """Solve D R = d for one unit on one sample's hyperplane and return the output signs that pass.

    With beta the slope on the inactive side, s beta <= 0 <= s (beta + e_n) ("corrected", the default), or both strict
    ("printed"). Whether a solution has the pattern assumed is decided by `liu_section_6a`, and by `rs.kink_minima` for
    any number of kinks.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        pattern: (m, n) bool; the entry of the unit and the sample is not looked at.
        unit: the unit on the border.
        sample: the sample whose hyperplane it lies on, not zero.
        form: "printed" or "corrected".

    Raises:
        AssumptionError: a unit or sample that does not exist, or a sample 0.

    Source: Liu, Part 1, Theorem 3 and (27)-(46). Printed shapes are (K + 1) d; D R = d is always solvable, so the
    theorem's first condition and the half-spaces (46) are empty; strictness is not necessary.

    Example:
        >>> liu_theorem_3([[1, 0], [0, 1]], [1, -1], [[True, False]], 0, 1).signs
        (1,)
    """
    data = with_targets(X, y)
    P = check_pattern(pattern, data.n).copy()
    m, d = len(P), data.d
    require(0 <= unit < m and 0 <= sample < data.n, f"a unit below {m} and a sample below {data.n}")
    x = data.fractions[sample]
    size = x @ x
    require(size != 0, f"a sample that is not zero; sample {sample} is")
    variant = which_form(form, "corrected", ("printed", "corrected"))
    P[unit, sample] = False
    A = design(data, P)
    target = np.asarray(data.y_fractions)
    rows, right_side = [], []
    for j in range(m):
        block = A[:, j * d : (j + 1) * d]
        if j == unit:
            block = np.outer(block @ x, x) - size * block
        rows.append(block.T @ A)
        right_side.append(block.T @ target)
    last = zeros(1, m * d)
    last[0, unit * d : (unit + 1) * d] = x
    D, b = np.concatenate([*rows, last]), np.concatenate([*right_side, zeros(1, 1)[0]])
    combination = exact.solve(D, b)
    if combination is None:  # cannot happen: these are the normal equations of least squares on a subspace
        raise InputError("the linear system of the border has no solution")
    solution = np.asarray(combination)
    errors = A @ solution - target
    left = ((errors * numbers(P[unit])) @ data.fractions @ x) / size
    right = left + errors[sample]
    if variant == "printed":
        signs = tuple(s for s in (1, -1) if s * left < 0 < s * right)
    else:
        signs = tuple(s for s in (1, -1) if s * left <= 0 <= s * right)
    return KinkSystem(
        readonly(D, object), readonly(b, object), readonly(solution.reshape(m, d), object), readonly(errors, object),
        left, right, signs,
    )  # fmt: skip


def liu_section_6a(
    X: Any, y: Any, pattern: Any, unit: int, sample: int, form: str | None = None
) -> tuple[int, ...] | None:
    """Return output signs with which a solution of D R = d is a local minimum where its pattern says, or None.

    "corrected" (the default) asks every unit to be strictly on its side of every sample but the border's, the unit on
    the border with the sign that passed (29) and (30), other units with either sign or at R_j = 0; "printed" does not
    test the unit on the border ("no need to test w_m*"), asks strict (29), (30) and weak inequalities where units are
    off.

    Args:
        X: (n, d) samples or a `Dataset`, no sample 0.
        y: (n,) targets.
        pattern: (m, n) bool.
        unit: the unit on the border.
        sample: the sample whose hyperplane it lies on.
        form: "printed" or "corrected".

    Raises:
        AssumptionError: as `liu_theorem_3`, or a sample 0.

    Source: Liu, Part 1, Section VI-A.

    Example:
        >>> liu_section_6a([[1, 0], [0, 1]], [1, -1], [[True, False]], 0, 1)
        (1,)
    """
    data = with_targets(X, y)
    P = check_pattern(pattern, data.n)
    variant = which_form(form, "corrected", ("printed", "corrected"))
    system = liu_theorem_3(data, None, P, unit, sample, variant)
    require(not data.zero_rows, f"no sample is zero; sample {next(iter(data.zero_rows), 0)} is")
    strict, m, d = variant == "corrected", len(P), data.d
    free = exact.nullspace(system.D)
    affine = np.concatenate([system.R.reshape(-1, 1), free.T.reshape(m * d, len(free))], axis=1)
    k = affine.shape[1]
    options = [system.signs if j == unit else ((1, -1, 0) if strict else (1, -1)) for j in range(m)]
    for signs in product(*options):
        positive, weak, equal = [identity(k)[:1]], [zeros(0, k)], [zeros(0, k)]
        for j, sign in enumerate(signs):
            block = affine[j * d : (j + 1) * d]
            others = np.arange(data.n) != sample if j == unit else np.ones(data.n, dtype=bool)
            if j == unit and not strict:
                continue
            if sign == 0:
                equal.append(block)
                continue
            heights = sign * (data.fractions @ block)
            positive.append(heights[P[j] & others])
            (positive if strict else weak).append(-heights[~P[j] & others])
        if mixed_feasible(np.concatenate(positive), np.concatenate(weak), np.concatenate(equal)) is not None:
            return signs
    return None
