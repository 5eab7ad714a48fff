"""Liang, Sun and Srikant: a silent unit at every critical point, and the matrices that force it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InputError, ShapeError
from ...numbers.checks import readonly, real_number
from ...numbers.seeds import as_generator
from ...numbers.tolerances import DEFAULT, Tolerances
from ...requ.constants import positive
from ...requ.labels import labelled_dataset
from ...requ.losses import margin_loss
from ...requ.network import ReQUNet
from ..arguments import require, which_form, whole

__all__ = [
    "CriticalUnits", "liang_corollary_1", "liang_lemma_1", "liang_lemma_2", "liang_lemma_3", "liang_proposition_3",
    "liang_theorem_3",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class CriticalUnits:
    """The units of a critical point: their balance, their matrices M_j, and which of them are silent.

    Attributes:
        silent: units with a_j = 0 and u_j = 0.
        gradient: largest entry of the gradient.
        balance: (m,) |a_j| - |u_j|, 0 at a critical point.
        residuals: (m,) |M_j u_j|, 0 at a critical point.
        singular: (m,) least |eigenvalue| of M_j; where it is not 0, u_j = 0.
        promised: whether the width is large enough for the statement.
    """

    silent: tuple[int, ...]
    gradient: float
    balance: np.ndarray
    residuals: np.ndarray
    singular: np.ndarray
    promised: bool


def liang_lemma_1(
    net: Any,
    X: Any,
    y: Any,
    lambdas: Any,
    loss: Any = "logistic",
    base: float = 2,
    tolerances: Tolerances = DEFAULT,
) -> CriticalUnits:
    """Return what Lemma 1 says about a critical point: |a_j| = |u_j|, M_j u_j = 0, and some unit is silent.

    M_j = lambda_j I - sgn(a_j) sum_i l'_i y_i 1[<u_j, z_i> >= 0] z_i z_i^T, z_i = (x_i, 1). A silent unit is promised
    for m >= n + 1 and coefficients outside a set of measure zero, which no finite test can rule out.

    Args:
        net: `rs.requ.ReQUNet` or (a, U).
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.
        lambdas: (m,) positive coefficients.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        tolerances: how small the gradient must be at a critical point.

    Raises:
        AssumptionError: the point is not critical, or a coefficient is not positive.

    Source: Liang, Sun and Srikant, Lemma 1, (7)-(11).

    Example:
        >>> liang_lemma_1(([0.0, 0.0], [[0.0, 0.0], [0.0, 0.0]]), [[1.0]], [1], [0.1, 0.2]).silent
        (0, 1)
    """
    data = labelled_dataset(X, y)
    point = net if isinstance(net, ReQUNet) else ReQUNet(*net)
    lam = positive("lambda", lambdas, point.width)
    critical = critical_units(point, data.X, data.y, lam, loss, base, promise=point.width >= data.n + 1)
    require(
        critical.gradient <= tolerances.requ_critical,
        f"the point is critical; its gradient is {critical.gradient:.3g} (train further first)",
    )
    return critical


def critical_units(
    net: ReQUNet, features: np.ndarray, y: np.ndarray, lam: np.ndarray, loss: Any, base: float, promise: bool
) -> CriticalUnits:
    """Return the units of a point on given features (n, h), critical or not."""
    Z = np.concatenate([features, np.ones((len(features), 1))], axis=1)
    if Z.shape[1] != net.U.shape[1]:
        raise ShapeError(f"the data have {Z.shape[1] - 1} columns, the network expects {net.d}")
    pull = y * np.asarray(margin_loss(loss, base).derivative(-y * net.predict(features)), dtype=float)
    heights = Z @ net.U.T
    activations = np.maximum(heights, 0.0)
    size = np.linalg.norm(net.U, axis=1)
    by_a = lam * np.abs(net.a) * net.a - activations.T**2 @ pull
    by_u = 2 * ((lam * size)[:, None] * net.U - net.a[:, None] * ((pull[:, None] * activations).T @ Z))
    residuals, singular = np.zeros(net.width), np.zeros(net.width)
    for j in range(net.width):
        weight = pull * (heights[:, j] >= 0) * np.sign(net.a[j])
        M = lam[j] * np.eye(Z.shape[1]) - (Z * weight[:, None]).T @ Z
        residuals[j] = np.linalg.norm(M @ net.U[j])
        singular[j] = np.abs(np.linalg.eigvalsh(M)).min()
    silent = tuple(int(j) for j in np.flatnonzero(np.abs(net.a) + size == 0))
    gradient = float(max(np.abs(by_a).max(), np.abs(by_u).max()))
    return CriticalUnits(
        silent, gradient, readonly(np.abs(net.a) - size), readonly(residuals), readonly(singular), promise
    )


def liang_lemma_2(matrices: Any, A: Any, lambdas: Any, z: Any) -> np.ndarray:
    """Return (m,) the least |eigenvalue| of M_j = lambda_j I - sum_i z_i A_ij X_i; the lemma says some is not 0.

    For m >= n + 1 this holds for all z and all A with entries in a finite set, unless lambda lies in a finite union of
    images of R^n under maps of Lipschitz constant |X| (`rs.bounds.liang_theorem_3`), which has measure zero in R^m.

    Args:
        matrices: (n, d, d) symmetric X_i.
        A: (n, m) entries of the finite set.
        lambdas: (m,) numbers.
        z: (n,) numbers.

    Raises:
        AssumptionError: m below n + 1, or a matrix that is not symmetric.
        ShapeError: shapes that do not fit.

    Source: Liang, Sun and Srikant, Lemma 2. The union in its proof must run over i_k in 1..d, not 1..n: for one sample
    and d = 2 the printed one misses lambda_1 = lambda_2 > 0.

    Example:
        >>> one = [[[1.0, 0.0], [0.0, 0.0]]]
        >>> liang_lemma_2(one, [[1, 1]], [0.5, 0.5], [0.5]).tolist()
        [0.0, 0.0]
        >>> liang_lemma_2(one, [[1, 1]], [0.5, 0.6], [0.5]).round(3).tolist()
        [0.0, 0.1]
    """
    Xs, entries, lam, numbers = _family(matrices, A, lambdas)
    values = np.asarray(z, dtype=float)
    if values.shape != (numbers[0],):
        raise ShapeError(f"z has shape {values.shape}, expected ({numbers[0]},)")
    require(numbers[1] >= numbers[0] + 1, f"m >= n + 1, got m = {numbers[1]} and n = {numbers[0]}")
    total = np.einsum("i,im,ijk->mjk", values, entries, Xs)
    return np.asarray(np.abs(lam[:, None] - np.linalg.eigvalsh(total)).min(axis=1))


def liang_lemma_3(d: int, n: int, form: str | None = None) -> int:
    """Return the least m for which, outside a null set of lambda, some M_j is non-singular for ALL vectors z_i too.

    M_j = lambda_j I - sum_i A_ij z_i z_i^T. "printed" (default): dn + 1, from the d n numbers in the z_i. "sharp": 1
    plus the dimension of their Gram matrices, since the eigenvalues do not see rotations (take Z triangular): n(n+1)/2
    for n <= d, else dn - d(d-1)/2. The proof says m >= n + 1, which is not enough for n, d >= 2.

    Args:
        d: size of the vectors.
        n: number of them.
        form: "printed" or "sharp".

    Source: Liang, Sun and Srikant, Lemma 3. Print says "a set of finite dimension" for a finite set, and M_1, ..., M_n
    for M_1, ..., M_m.

    Example:
        >>> liang_lemma_3(3, 4), liang_lemma_3(3, 4, "sharp")
        (13, 10)
    """
    d, n = whole("d", d), whole("n", n)
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return d * n + 1
    return (n * (n + 1) // 2 if n <= d else d * n - d * (d - 1) // 2) + 1


def liang_corollary_1(
    lambdas: Any,
    d: int,
    n: int,
    alphabet: Any = (-1, 0, 1),
    trials: int = 200,
    rng: Any = None,
    form: str | None = None,
) -> float:
    """Return the least max_j (least |eigenvalue| of M_j) over random z_i and A; where it is not 0 the test passes.

    Each trial draws A from the alphabet and z_i at the scale at which eigenvalues meet the coefficients. A random test
    can refute that some M_j is always non-singular, never prove it.

    Args:
        lambdas: (m,) positive coefficients.
        d: size of the vectors.
        n: number of them.
        alphabet: the finite set.
        trials: number of draws.
        rng: anything `numpy.random.default_rng` takes.
        form: counted dimension, "printed" or "sharp", see `liang_lemma_3`.

    Raises:
        AssumptionError: m below the counted dimension plus one.

    Source: Liang, Sun and Srikant, Corollary 1 (its C lies in R^m, not in R).

    Example:
        >>> liang_corollary_1([0.3, 0.5, 0.8], 1, 2, rng=0) > 0
        True
    """
    lam = positive("lambda", lambdas)
    least = liang_lemma_3(d, n, form)
    require(len(lam) >= least, f"m >= {least} for d = {d} and n = {n}, got m = {len(lam)}")
    letters = np.asarray(alphabet, dtype=float)
    if letters.ndim != 1 or not len(letters):
        raise InputError("the alphabet is empty; give numbers such as (-1, 0, 1)")
    stream = as_generator(rng)
    worst = np.inf
    for _ in range(whole("trials", trials)):
        A = stream.choice(letters, size=(n, len(lam)))
        Z = stream.standard_normal((n, d)) * np.sqrt(stream.choice(lam, size=(n, 1)))
        total = np.einsum("im,ij,ik->mjk", A, Z, Z)
        worst = min(worst, float(np.abs(lam[:, None] - np.linalg.eigvalsh(total)).min(axis=1).max()))
    return worst


def liang_theorem_3(A: Any, B: Any) -> tuple[float, float]:
    """Return |Lambda(A) - Lambda(B)| and |A - B|: sorted eigenvalues move at most as far as the matrix, constant 1.

    Both in Euclidean (Frobenius) norm; the same holds with the largest move and the spectral norm.

    Args:
        A: (d, d) symmetric.
        B: (d, d) symmetric.

    Raises:
        AssumptionError: a matrix that is not symmetric.

    Source: Lidskii (1950), Theorem 3 of Liang, Sun and Srikant, printed as S^d -> R for S^d -> R^d and without the
    constant; Hoffman and Wielandt (1953).

    Example:
        >>> liang_theorem_3([[0.0, 1.0], [1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]])
        (1.4142135623730951, 1.4142135623730951)
    """
    first, second = symmetric(A, "A"), symmetric(B, "B")
    if first.shape != second.shape:
        raise ShapeError(f"A has shape {first.shape} and B {second.shape}; expected the same")
    moves = np.linalg.eigvalsh(first) - np.linalg.eigvalsh(second)
    return float(np.linalg.norm(moves)), float(np.linalg.norm(first - second))


def liang_proposition_3(n: int, m: int, lipschitz: float, radius: float, pieces: int) -> float:
    """Return a bound on the measure in R^m of the image of the cube [-radius, radius]^n; it falls to 0 in `pieces`.

    Cut into pieces^n cubes of side 2 radius/pieces; the image of each lies in a cube of side 2 L sqrt(n) radius/pieces
    around that of its centre (sides in the Euclidean norm).

    Args:
        n: dimension of the domain, below m.
        m: dimension of the image.
        lipschitz: Lipschitz constant L on the cube.
        radius: half the side of the cube.
        pieces: number of pieces per axis.

    Raises:
        AssumptionError: n not below m.

    Source: Liang, Sun and Srikant, Proposition 3 (from Saks), in numbers.

    Example:
        >>> [round(liang_proposition_3(1, 2, 1.0, 1.0, k), 3) for k in (1, 10, 100)]
        [4.0, 0.4, 0.04]
    """
    n, m, pieces = whole("n", n), whole("m", m), whole("pieces", pieces)
    require(n < m, f"n < m, got n = {n} and m = {m}")
    lipschitz, radius = real_number("lipschitz", lipschitz), real_number("radius", radius)
    require(lipschitz >= 0 and radius >= 0, "the Lipschitz constant and the radius are not negative")
    return float(float(pieces) ** n * (2 * lipschitz * np.sqrt(n) * radius / pieces) ** m)


def _family(matrices: Any, A: Any, lambdas: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[int, int]]:
    """Return X_i, A and lambda of shapes that fit, with (n, m)."""
    Xs, entries, lam = (np.asarray(t, dtype=float) for t in (matrices, A, lambdas))
    if Xs.ndim != 3 or entries.ndim != 2 or lam.ndim != 1 or entries.shape != (len(Xs), len(lam)):
        raise ShapeError(f"shapes {Xs.shape}, {entries.shape}, {lam.shape}; expected (n, d, d), (n, m), (m,)")
    for i, X in enumerate(Xs):
        symmetric(X, f"X_{i}")
    return Xs, entries, lam, (len(Xs), len(lam))


def symmetric(M: Any, name: str) -> np.ndarray:
    """Return a symmetric matrix as floats."""
    array = np.asarray(M, dtype=float)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ShapeError(f"{name} has shape {array.shape}, expected a square matrix")
    require(bool((array == array.T).all()), f"{name} is symmetric")
    return array
