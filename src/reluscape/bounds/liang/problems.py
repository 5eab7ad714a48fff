"""Liang, Sun and Srikant, Appendix A: the game behind Lemma 2 as Problems 1 to 5, and the divergence of (xyz - 1)^2."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError, TooLarge
from ...numbers import exact
from ...numbers.checks import readonly
from ...numbers.seeds import as_generator
from ..arguments import require, whole
from .lemmas import symmetric

__all__ = [
    "Adversary", "DivergingPoint", "liang_digit_map", "liang_problem_1", "liang_problem_2", "liang_problem_3",
    "liang_problem_4", "liang_problem_5", "liang_xyz",
]  # fmt: skip

_MOST_CHOICES = 20_000


@dataclass(frozen=True)
class DivergingPoint:
    """One point of print's sequence for F = (xyz - 1)^2.

    Attributes:
        point: (-1/k, sqrt k, 1/k).
        value: F there, (1 + k^(-3/2))^2, which falls to 1 while the least value is 0.
        gradient: length of the gradient, which falls to 0.
        size: distance from the origin, which grows without bound.
    """

    point: tuple[float, float, float]
    value: float
    gradient: float
    size: float


def liang_xyz(k: float) -> DivergingPoint:
    """Return the k-th point of the sequence along which (xyz - 1)^2 falls to 1 and the parameters diverge.

    Every local minimum of F is global, so "no bad local minimum" alone does not keep a descent from ending badly.

    Args:
        k: a positive number.

    Raises:
        AssumptionError: k not positive.

    Source: Liang, Sun and Srikant, Section 1.

    Example:
        >>> [round(liang_xyz(k).value, 4) for k in (1, 4, 100)]
        [4.0, 1.2656, 1.002]
    """
    require(k > 0, f"k is positive, got {k:g}")
    x, y, z = -1 / k, float(np.sqrt(k)), 1 / k
    error = x * y * z - 1
    gradient = 2 * error * np.array([y * z, x * z, x * y])
    return DivergingPoint((x, y, z), error**2, float(np.linalg.norm(gradient)), float(np.linalg.norm([x, y, z])))


@dataclass(frozen=True, eq=False)
class Adversary:
    """A choice of the adversary that makes all M_j = lambda_j - sum_i A_ij alpha_i vanish; exact.

    Attributes:
        A: (n, m) entries.
        alpha: (n,) numbers.
    """

    A: np.ndarray
    alpha: np.ndarray


def liang_problem_1(lambdas: Any, n: int) -> Adversary:
    """Return the adversary's win when A may be any numbers: the problem is not solvable, whatever lambda and m.

    Args:
        lambdas: (m,) numbers.
        n: number of alphas, 1 or more.

    Source: Liang, Sun and Srikant, Problem 1.

    Example:
        >>> liang_problem_1([1, 2, 3], 1).A.tolist()
        [[Fraction(1, 1), Fraction(2, 1), Fraction(3, 1)]]
    """
    lam = exact.fraction_array(lambdas)
    A = np.array([[Fraction(0)] * len(lam) for _ in range(whole("n", n))], dtype=object)
    A[0] = lam
    return Adversary(readonly(A, object), readonly([Fraction(1)] + [Fraction(0)] * (n - 1), object))


def liang_problem_2(lambdas: Any, n: int, alphabet: Any = (-1, 0, 1)) -> Adversary | None:
    """Return the adversary's win when A has entries in a finite set, or None where lambda defeats all of them; exact.

    lambda is lost exactly where every lambda_j is a combination sum_i A_ij alpha_i with letters as coefficients. Equal
    coefficients are lost for every m, and so are for n = 2 the distinct 1, 2, 3 (alpha = (1, 2)).

    Args:
        lambdas: (m,) numbers, m >= n + 1.
        n: number of alphas.
        alphabet: the finite set.

    Raises:
        AssumptionError: m below n + 1.
        TooLarge: more than 20,000 choices.

    Source: Liang, Sun and Srikant, Problem 2.

    Example:
        >>> liang_problem_2([1, 1, 1, 1], 2).alpha.tolist()
        [Fraction(-1, 1), Fraction(0, 1)]
        >>> liang_problem_2([1, "1.7", "4.1"], 2) is None
        True
    """
    lam = exact.fraction_array(lambdas)
    n = whole("n", n)
    require(len(lam) >= n + 1, f"m >= n + 1, got m = {len(lam)} and n = {n}")
    letters = [exact.to_fraction(v) for v in alphabet]
    columns = list(product(letters, repeat=n))
    distinct = sorted(set(lam))
    ranks = range(min(n, len(distinct)) + 1)
    size = sum(comb(len(distinct), r) * len(columns) ** r for r in ranks)
    if size > _MOST_CHOICES:
        raise TooLarge(f"{size} choices of A, at most {_MOST_CHOICES} are tried; take a smaller n or alphabet", size)
    # the columns of A have a basis of r columns; these r equations fix the values of all columns in their span
    for r in ranks:
        for values in combinations(distinct, r):
            for picks in product(columns, repeat=r):
                alpha = exact.solve(np.array(picks, dtype=object).reshape(r, n), np.array(values, dtype=object))
                combination = None if alpha is None else _matched(lam, columns, alpha)
                if alpha is not None and combination is not None:
                    return Adversary(readonly(combination, object), readonly(alpha, object))
    return None


def _matched(lam: np.ndarray, columns: list[tuple[Fraction, ...]], alpha: np.ndarray) -> np.ndarray | None:
    """Return A whose columns give every lambda at this alpha, or None."""
    values = {sum((c * a for c, a in zip(column, alpha, strict=True)), Fraction(0)): column for column in columns}
    if any(v not in values for v in lam):
        return None
    return np.array([values[v] for v in lam], dtype=object).T


def liang_problem_3(A: Any, lambdas: Any) -> np.ndarray | None:
    """Return alpha with lambda = A^T alpha, or None where lambda is not in the row space of A; exact.

    Problem 3b is the same question. For m > n the row space is a null set of R^m; equal coefficients lie in it as soon
    as A has a row of ones.

    Args:
        A: (n, m) fixed entries, m >= n + 1.
        lambdas: (m,) numbers.

    Raises:
        AssumptionError: m below n + 1.

    Source: Liang, Sun and Srikant, Problems 3 and 3b, (14), Claim 1a.

    Example:
        >>> liang_problem_3([[1, 1]], [2, 2]).tolist()
        [Fraction(2, 1)]
        >>> liang_problem_3([[1, 1]], [2, 3]) is None
        True
    """
    M, lam = exact.fraction_matrix(A), exact.fraction_array(lambdas)
    if M.shape[1] != len(lam):
        raise ShapeError(f"A has shape {M.shape} and lambda length {len(lam)}; expected (n, m) and m")
    require(len(lam) >= len(M) + 1, f"m >= n + 1, got m = {len(lam)} and n = {len(M)}")
    solution = exact.solve(M.T, lam)
    return None if solution is None else readonly(solution, object)


def liang_problem_4(
    matrices: Any, lambdas: Any, alphabet: Any = (-1, 0, 1), trials: int = 20, rng: Any = None
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the least max_j |least eigenvalue of M_j| that a search over A and alpha finds, with A and alpha.

    M_j = lambda_j I - sum_i alpha_i A_ij X_i. The problem is solved where it stays above 0; a search can only refute.

    Args:
        matrices: (n, d, d) symmetric X_i.
        lambdas: (m,) numbers, m >= n + 1.
        alphabet: the finite set.
        trials: number of random A.
        rng: anything `numpy.random.default_rng` takes.

    Raises:
        AssumptionError: m below n + 1, or a matrix that is not symmetric.

    Source: Liang, Sun and Srikant, Problem 4, (15).

    Example:
        >>> gap, A, alpha = liang_problem_4([[[1.0]]], [0.5, 0.5], rng=0)
        >>> gap < 1e-6
        True
        >>> round(liang_problem_4([[[1.0]]], [0.5, 0.7], rng=0)[0], 3)
        0.1
    """
    Xs, lam = np.asarray(matrices, dtype=float), np.asarray(lambdas, dtype=float)
    letters = np.asarray(alphabet, dtype=float)
    if Xs.ndim != 3 or lam.ndim != 1 or not len(letters):
        raise ShapeError(f"shapes {Xs.shape} and {lam.shape}; expected (n, d, d) and (m,), and an alphabet")
    stream = as_generator(rng)
    best: tuple[float, np.ndarray, np.ndarray] = (np.inf, np.zeros((len(Xs), len(lam))), np.zeros(len(Xs)))
    for _ in range(whole("trials", trials)):
        A = stream.choice(letters, size=(len(Xs), len(lam)))
        gap, alpha = liang_problem_5(np.einsum("im,ijk->imjk", A, Xs), lam, starts=2, rng=stream)
        if gap < best[0]:
            best = gap, A, alpha
    return best


def liang_problem_5(B: Any, lambdas: Any, starts: int = 10, rng: Any = None) -> tuple[float, np.ndarray]:
    """Return the least max_j |least eigenvalue of M_j| that a search over alpha finds, with alpha.

    M_j = lambda_j I - sum_i alpha_i B_ij.

    Args:
        B: (n, m, d, d) symmetric matrices.
        lambdas: (m,) numbers, m >= n + 1.
        starts: number of starts of the search.
        rng: anything `numpy.random.default_rng` takes.

    Raises:
        AssumptionError: m below n + 1, or a matrix that is not symmetric.

    Source: Liang, Sun and Srikant, Problem 5. (16) asks for determinants, which do not measure a distance; the least
    eigenvalue does.

    Example:
        >>> gap, alpha = liang_problem_5([[[[1.0]], [[2.0]]]], [1.0, 2.0], rng=0)
        >>> gap < 1e-6, round(float(alpha[0]), 4)
        (True, 1.0)
    """
    from scipy.optimize import minimize

    family, lam = np.asarray(B, dtype=float), np.asarray(lambdas, dtype=float)
    if family.ndim != 4 or lam.ndim != 1 or family.shape[1] != len(lam) or not len(lam):
        raise ShapeError(f"shapes {family.shape} and {lam.shape}; expected (n, m, d, d) and (m,)")
    n, m = family.shape[:2]
    require(m >= n + 1, f"m >= n + 1, got m = {m} and n = {n}")
    for i, j in product(range(n), range(m)):
        symmetric(family[i, j], f"B_{i},{j}")

    def gap(alpha: np.ndarray) -> float:
        values = np.linalg.eigvalsh(np.einsum("i,imjk->mjk", alpha, family))
        return float(np.abs(lam[:, None] - values).min(axis=1).max())

    stream = as_generator(rng)
    scale = np.abs(lam).max() or 1.0
    ends = []
    for _ in range(whole("starts", starts)):
        end = minimize(gap, stream.standard_normal(n) * scale, method="Nelder-Mead", options={"fatol": 0, "xatol": 0})
        ends.append((float(end.fun), np.asarray(end.x)))
    return min(ends, key=lambda pair: pair[0])


def liang_digit_map(digits: str) -> tuple[str, str]:
    """Return print's map from one decimal number onto pairs of them: a map from R without the Z-property.

    Digits in odd places before the point and in even places after it give the first number, the others the second. Its
    image is the whole plane, so "more equations than unknowns" alone proves nothing; Lipschitz maps have the property
    (`rs.bounds.liang_proposition_3`).

    Args:
        digits: a decimal number such as "4321.1234".

    Raises:
        InputError: not such a number.

    Source: Liang, Sun and Srikant, A.2.3 (Definition of the Z-property and Claims 1b and 2).

    Example:
        >>> liang_digit_map("4321.1234")
        ('31.24', '42.13')
    """
    before, _, after = str(digits).partition(".")
    if not (before + after).isdigit() or not (before + after).isascii():
        raise InputError(f"{digits!r} is not a decimal number with digits and a point")
    from_point = before[::-1]
    whole_parts = from_point[0::2][::-1], from_point[1::2][::-1]
    fractions = after[1::2], after[0::2]
    first, second = (f"{w or '0'}.{f or '0'}" for w, f in zip(whole_parts, fractions, strict=True))
    return first, second
