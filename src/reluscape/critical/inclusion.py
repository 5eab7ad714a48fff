"""A sufficient condition for psi >= 0 with lines of both signs: one affine map answers every corner at once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers import exact
from .units import Lines

MOST_VARIABLES = 40_000


@dataclass(frozen=True, eq=False)
class Inclusion:
    """Multipliers lambda = b + C beta of the positive lines for every beta in [0, 1]^Q of the negative ones.

    With positive lines p and negative lines q: g + sum_p b_p w_p r_p = 0, w_q r_q + sum_p C_pq w_p r_p = 0 for every q,
    and all lambda lie in [0, 1]: 0 <= b_p + sum_q min(C_pq, 0) and b_p + sum_q max(C_pq, 0) <= 1.

    Attributes:
        b: (P,).
        C: (P, Q).
    """

    b: np.ndarray
    C: np.ndarray


def float_inclusion(psi: Lines) -> tuple[Inclusion, float] | None:
    """Return the map of largest slack in floats, with its slack, or None where there is none or it is too large."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_matrix

    rows, weights = np.array(psi.rows, dtype=float), np.array(psi.weights, dtype=float)
    g = np.array(psi.g, dtype=float)
    unit = np.abs(weights[:, None] * rows).max()
    Z, g = weights[:, None] * rows / unit, g / unit
    positive, negative = Z[weights > 0], Z[weights < 0]
    P, Q, d = len(positive), len(negative), len(g)
    if P == 0 or P * (1 + 2 * Q) > MOST_VARIABLES:
        return None
    # variables: slack t, b (P), then rise and fall (P each) of C = rise - fall for every q
    data, at_row, at_column, right = [], [], [], []

    def put(first: int, column: int, block: np.ndarray) -> None:
        i, j = np.nonzero(block)
        data.append(block[i, j])
        at_row.append(first + i)
        at_column.append(column + j)

    put(0, 1, positive.T)
    right.append(-g)
    for q in range(Q):
        put(d * (1 + q), 1 + P + 2 * P * q, np.concatenate([positive.T, -positive.T], axis=1))
        right.append(-negative[q])
    count = 1 + P + 2 * P * Q
    equal = coo_matrix(
        (np.concatenate(data), (np.concatenate(at_row), np.concatenate(at_column))), shape=(d * (1 + Q), count)
    )
    data, at_row, at_column = [], [], []
    put(0, 0, np.ones((2 * P, 1)))
    put(0, 1, np.concatenate([-np.eye(P), np.eye(P)]))
    for q in range(Q):
        put(P, 1 + P + 2 * P * q, np.eye(P))
        put(0, 1 + P + 2 * P * q + P, np.eye(P))
    limit = coo_matrix(
        (np.concatenate(data), (np.concatenate(at_row), np.concatenate(at_column))), shape=(2 * P, count)
    )
    cost = np.zeros(count)
    cost[0] = -1.0
    solution = linprog(
        cost, A_ub=limit.tocsr(), b_ub=np.concatenate([np.zeros(P), np.ones(P)]), A_eq=equal.tocsr(),
        b_eq=np.concatenate(right), bounds=[(None, 1.0), *[(None, None)] * P, *[(0, None)] * (count - 1 - P)],
        method="highs",
    )  # fmt: skip
    if solution.x is None:
        return None
    steps = solution.x[1 + P :].reshape(Q, 2, P)
    return Inclusion(solution.x[1 : 1 + P], (steps[:, 0] - steps[:, 1]).T.reshape(P, Q)), float(solution.x[0])


def exact_inclusion(psi: Lines) -> Inclusion | None:
    """Return a map that holds over the rationals: the float one, mended on independent lines, and checked."""
    proposal = float_inclusion(psi)
    if proposal is None or proposal[1] <= 0:
        return None
    near = proposal[0]
    signs = np.array([w > 0 for w in psi.weights])
    Z = np.array([w * row for w, row in zip(psi.weights, psi.rows, strict=True)], dtype=object)
    positive, negative = Z[signs], Z[~signs]
    columns = [np.array([Fraction(float(t)) for t in c], dtype=object) for c in (near.b, *near.C.T)]
    # the most central lines first: they have the most room to take up rounding
    order = np.argsort(-np.minimum(near.b, 1 - near.b))
    basis = order[list(exact.pivot_columns(positive[order].T))]
    repairs = []
    for values, target in zip(columns, (psi.g, *negative), strict=True):
        rest = exact.solve(positive[basis].T, -(np.asarray(target) + values @ positive))
        if rest is None:
            return None
        values[basis] = values[basis] + np.asarray(rest)
        repairs.append(values)
    b, C = repairs[0], np.array(repairs[1:], dtype=object).reshape(len(negative), len(positive)).T
    result = Inclusion(b, C)
    return result if _inside(result) else None


def _inside(inclusion: Inclusion) -> bool:
    """Return whether every multiplier lies in [0, 1]."""

    def total(row: Any, sign: int) -> Any:
        return sum((c for c in row if sign * c > 0), Fraction(0))

    return all(t + total(c, -1) >= 0 and t + total(c, 1) <= 1 for t, c in zip(inclusion.b, inclusion.C, strict=True))
