"""Checking the lowest loss of a width: a network that has it, and exact lower bounds for every layer of unit states."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np

from .. import exact
from ..errors import CertificateError
from .basin import pairs, told
from .core import read_number, read_numbers


def check_minimum(certificate: dict[str, Any], X: np.ndarray, y: np.ndarray | None) -> str:
    """Re-check that a network has the claimed loss, and that no network of its width has less.

    A unit adds a point of the cone of its state, a closed cell and an output sign. With a vector q whose product with
    every point of the cones of some states is at most 0 (and <q, 1> = 0 where a constant is free) and <q, y> > 0,
    networks whose units have these states have n loss >= <q, y>^2 / <q, q>. For a state of pattern A and sign s,
    <q, s A X u> <= 0 on the cell follows from s sum_i A_i q_i x_i = -sum_i mu_i sigma_i x_i with mu >= 0. The listed
    cells are distinct and as many as the arrangement has, and every set of as many states as units is among those of
    one q; smaller sets lie in these.
    """
    if y is None:
        raise CertificateError("a global minimum needs targets")
    claim, witness = certificate["claim"], certificate["witness"]
    width, bias = claim.get("width"), claim.get("output_bias")
    if isinstance(width, bool) or not isinstance(width, int) or width < 1:
        raise CertificateError(f"the claimed width is {width!r}; it is a whole number, at least 1")
    if not isinstance(bias, bool):
        raise CertificateError("the claim does not say whether there is an output bias")
    value = read_number(claim["value"], "the claimed value")
    _check_network(witness, width, bias, value, X, y)
    start = f"a network of {width} unit{'s' if width > 1 else ''} has the loss {told(value)} on {len(X)} samples"
    if value == 0:
        return f"{start}, and no loss is negative"
    nonzero = [i for i, row in enumerate(X) if any(row)]
    patterns = _cells(witness["cells"], X, nonzero)
    duals = witness["duals"]
    if not isinstance(duals, list) or not duals:
        raise CertificateError("there is no lower bound")
    places = {c: k for k, c in enumerate(np.flatnonzero(patterns.any(axis=1)).tolist())}
    held = [0] * (2 * len(places))  # for every state the bounds that hold for it, one bit each
    for number, dual in enumerate(duals):
        _check_bound(dual, number, value, bias, y)
        for cell, sign in _check_states(dual, number, patterns, X):
            if cell in places:
                held[2 * places[cell] + (sign < 0)] |= 1 << number
    size, everything, layers = min(width, len(held)), (1 << len(duals)) - 1, 0
    for layer in combinations(held, size):
        common, layers = everything, layers + 1
        for bits in layer:
            common &= bits
        if not common:
            raise CertificateError(f"no lower bound holds for one of the layers of {size} states")
    return f"{start}, and none has less: {len(patterns):,} cells, {layers:,} layers, {len(duals):,} lower bounds"


def _check_network(
    witness: dict[str, Any], width: int, bias: bool, value: Fraction, X: np.ndarray, y: np.ndarray
) -> None:
    """Check that the network has exactly the claimed loss."""
    W = read_numbers(witness["W"], (width, X.shape[1]), "the weights W")
    v = read_numbers(witness["v"], (width,), "the output weights v")
    c = read_number(witness["c"], "the output bias c")
    if c != 0 and not bias:
        raise CertificateError("the network has an output bias, the claim has none")
    total = Fraction(0)
    for x, target in zip(X, y, strict=True):
        heights = (sum((a * b for a, b in zip(w, x, strict=True)), Fraction(0)) for w in W)
        total += (sum((b * max(h, Fraction(0)) for b, h in zip(v, heights, strict=True)), c) - target) ** 2
    if total != value * max(len(X), 1):
        raise CertificateError("the network does not have the claimed loss")


def _cells(points: Any, X: np.ndarray, nonzero: list[int]) -> np.ndarray:
    """Return the patterns (C, n) of the cells, after checking that the points lie in different ones and in all."""
    if not isinstance(points, list):
        raise CertificateError("there is no list of cells")
    W = read_numbers(points, (len(points), X.shape[1]), "the points of the cells")
    patterns = np.zeros((len(points), len(X)), dtype=bool)
    if nonzero and points:
        heights = exact.fractions_of(exact.fmpq_matrix(W) * exact.fmpq_matrix(X[nonzero]).transpose())
        flat = np.argwhere(heights == 0)
        if len(flat):
            raise CertificateError(f"the point of cell {flat[0][0]} lies on the hyperplane of a sample")
        patterns[:, nonzero] = heights > 0
    if len({row.tobytes() for row in patterns}) < len(patterns):
        raise CertificateError("a cell is listed twice")
    number = _regions(_lines(X[nonzero].tolist()))
    if number != len(patterns):
        raise CertificateError(f"{len(patterns):,} cells are listed, but the samples cut weight space into {number:,}")
    return patterns


def _lines(rows: list[list[Fraction]]) -> list[tuple[Fraction, ...]]:
    """Return the rows up to multiples, each once and none zero."""
    found: dict[tuple[Fraction, ...], None] = {}
    for row in rows:
        lead = next((v for v in row if v), None)
        if lead is not None:
            found[tuple(v / lead for v in row)] = None
    return list(found)


def _regions(lines: list[tuple[Fraction, ...]]) -> int:
    """Return the number of regions of a central arrangement: each hyperplane adds those of its cuts with earlier ones.

    >>> _regions([(Fraction(1), Fraction(0)), (Fraction(0), Fraction(1)), (Fraction(1), Fraction(1))])
    6
    """
    if lines and len(lines[0]) == 2:
        return 2 * len(lines)
    total = 1
    for k, line in enumerate(lines):
        p = next(i for i, v in enumerate(line) if v)
        cut = []
        for row in lines[:k]:
            factor = row[p] / line[p]
            cut.append([b - factor * a for i, (a, b) in enumerate(zip(line, row, strict=True)) if i != p])
        total += _regions(_lines(cut))
    return total


def _check_bound(dual: dict[str, Any], number: int, value: Fraction, bias: bool, y: np.ndarray) -> None:
    """Check <q, y>^2 >= n value <q, q>, <q, y> > 0 and <q, 1> = 0 where a constant is free."""
    q = read_numbers(dual["q"], (len(y),), f"the vector of lower bound {number}")
    along, square = exact.dot(q, y), exact.dot(q, q)
    if along <= 0 or along * along < len(y) * value * square:
        raise CertificateError(f"lower bound {number} is below the claimed value")
    if bias and sum(q, Fraction(0)) != 0:
        raise CertificateError(f"the vector of lower bound {number} does not sum to zero, so a constant gets around it")


def _check_states(dual: dict[str, Any], number: int, patterns: np.ndarray, X: np.ndarray) -> list[tuple[int, int]]:
    """Return the states (cell, sign) of a lower bound, after checking that its vector points away from their cones."""
    n = len(X)
    q = read_numbers(dual["q"], (n,), f"the vector of lower bound {number}")
    found, rows = [], []
    for entry in dual["states"]:
        if not isinstance(entry, list) or len(entry) != 3:
            raise CertificateError(f"a state of lower bound {number} is not a cell, a sign and multipliers")
        cell, sign, multipliers = entry
        if isinstance(cell, bool) or not isinstance(cell, int) or not 0 <= cell < len(patterns):
            raise CertificateError(f"lower bound {number} is about cell {cell!r}, which does not exist")
        if isinstance(sign, bool) or sign not in (-1, 1):
            raise CertificateError("output signs are -1 or 1")
        row = [sign * v if on else Fraction(0) for v, on in zip(q, patterns[cell], strict=True)]
        for i, mu in pairs(multipliers, n, cell):
            if mu < 0:
                raise CertificateError(f"a multiplier of lower bound {number} in cell {cell} is negative")
            row[i] += mu if patterns[cell][i] else -mu
        found.append((cell, sign))
        rows.append(row)
    if rows and X.size:
        product = exact.fmpq_matrix(np.array(rows, dtype=object)) * exact.fmpq_matrix(X)
        for k, (cell, sign) in enumerate(found):
            if any(product[k, c] != 0 for c in range(X.shape[1])):
                raise CertificateError(f"lower bound {number} is not proved in cell {cell} with output sign {sign}")
    return found
