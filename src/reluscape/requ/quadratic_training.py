"""Training a quadratic network f(x) = sum a_j (<w_j, x> + b_j)^2, with the exact test of its silent units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from ..errors import ShapeError
from ..numbers.checks import readonly
from ..numbers.tolerances import DEFAULT, Tolerances
from .constants import positive, training_error
from .labels import labelled_dataset
from .losses import margin_loss
from .network import lifted

__all__ = ["QuadraticTraining", "pull_matrix", "train_quadratic"]


@dataclass(frozen=True, eq=False)
class QuadraticTraining:
    """Where a training run of a quadratic network ended.

    Attributes:
        a: (m,) output weights.
        U: (m, d + 1) hidden weights, the bias last.
        loss: sum over the samples plus regulariser.
        gradient: largest entry of the gradient.
        active: units that are not zero.
        spectral_norm: |M|, M = sum_i l'_i y_i z_i z_i^T: a silent unit lowers the loss exactly where it exceeds lambda.
        quiet: whether every silent unit passes that test: |M| <= lambda_j.
        training_error: share of samples on the wrong side.
    """

    a: np.ndarray
    U: np.ndarray
    loss: float
    gradient: float
    active: tuple[int, ...]
    spectral_norm: float
    quiet: bool
    training_error: float


def train_quadratic(
    X: Any,
    y: Any,
    lambdas: Any,
    loss: Any = "logistic",
    base: float = 2,
    rng: Any = None,
    rounds: int = 20,
    tolerances: Tolerances = DEFAULT,
) -> QuadraticTraining:
    """Train from a standard normal start: L-BFGS, small units set to zero, silent units let out while that lowers L.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.
        lambdas: (m,) positive coefficients.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        rng: anything `numpy.random.default_rng` takes.
        rounds: most rounds of descent and escape.
        tolerances: gradient at which a round ends, size of silent units.

    Raises:
        InputError: another label. AssumptionError: a coefficient that is not positive.

    Source: Liang, Sun and Srikant, Section 4.2 and (22), (23).

    Example:
        >>> end = train_quadratic([[-1], [0], [1]], [1, -1, 1], [0.1, 0.12, 0.14], rng=0)
        >>> end.training_error, end.quiet, len(end.active) <= 2
        (0.0, True, True)
    """
    data = labelled_dataset(X, y)
    lam = positive("lambda", lambdas)
    if np.ndim(lambdas) == 0:
        raise ShapeError("lambda has shape (), expected (m,): one per unit")
    at = _objective(lifted(data.X), data.y, lam, margin_loss(loss, base))
    m, k = len(lam), data.d + 1
    point = np.random.default_rng(rng).standard_normal(m * (k + 1))
    for _ in range(rounds):
        options = {"maxiter": 5000, "maxfun": 20000, "gtol": tolerances.requ_gradient, "ftol": 0.0, "maxcor": 30}
        point = minimize(at, point, jac=True, method="L-BFGS-B", options=options).x
        point = _snapped(at, point, m, tolerances.requ_silent)
        escape = _escaped(at, point, m, data, loss, base, lam)
        if escape is None:
            break
        point = escape
    value, gradient = at(point)
    a, U = point[:m], point[m:].reshape(m, k)
    silent = np.abs(a) + np.linalg.norm(U, axis=1) == 0
    f = (lifted(data.X) @ U.T) ** 2 @ a
    norm = float(np.abs(np.linalg.eigvalsh(pull_matrix(data, f, loss, base))).max())
    active = tuple(int(j) for j in np.flatnonzero(~silent))
    return QuadraticTraining(
        readonly(a), readonly(U), value, float(np.abs(gradient).max()), active, norm, bool((lam[silent] >= norm).all()),
        training_error(f, data.y),
    )  # fmt: skip


def pull_matrix(data: Any, f: np.ndarray, loss: Any = "logistic", base: float = 2) -> np.ndarray:
    """Return M (d + 1, d + 1) = sum_i l'(-y_i f_i) y_i z_i z_i^T at predictions f (n,).

    An active unit has sgn(a_j) M u_j = lambda_j u_j, so distinct coefficients belong to distinct eigenvalues.

    Source: Liang, Sun and Srikant, (26).
    """
    Z = lifted(data.X)
    slopes = np.asarray(margin_loss(loss, base).derivative(-data.y * f), dtype=float)
    return (Z * (slopes * data.y)[:, None]).T @ Z


def _objective(Z: np.ndarray, y: np.ndarray, lam: np.ndarray, loss: Any) -> Any:
    """Return the loss and its gradient as a function of one flat vector (a, U)."""
    m, k = len(lam), Z.shape[1]

    def at(point: np.ndarray) -> tuple[float, np.ndarray]:
        a, U = point[:m], point[m:].reshape(m, k)
        heights = Z @ U.T
        f = heights**2 @ a
        size = np.linalg.norm(U, axis=1)
        value = float(np.sum(loss.value(-y * f))) + float(lam @ (np.abs(a) ** 3 + 2 * size**3)) / 3
        pull = -y * np.asarray(loss.derivative(-y * f), dtype=float)
        by_a = heights.T**2 @ pull + lam * np.abs(a) * a
        by_u = 2 * (a[:, None] * ((pull[:, None] * heights).T @ Z) + (lam * size)[:, None] * U)
        return value, np.concatenate([by_a, by_u.ravel()])

    return at


def _snapped(at: Any, point: np.ndarray, m: int, zero: float) -> np.ndarray:
    """Set small units to zero, one by one, where the loss does not rise."""
    value = at(point)[0]
    for j in range(m):
        trial = point.copy()
        row = trial[m:].reshape(m, -1)[j]
        if max(abs(trial[j]), np.linalg.norm(row)) < zero:
            trial[j], row[:] = 0.0, 0.0
            lower = at(trial)[0]
            if lower <= value:
                point, value = trial, lower
    return point


def _escaped(
    at: Any, point: np.ndarray, m: int, data: Any, loss: Any, base: float, lam: np.ndarray
) -> np.ndarray | None:
    """Return a point of lower loss with one silent unit switched on, or None where none can help."""
    a, U = point[:m], point[m:].reshape(m, -1)
    silent = np.flatnonzero(np.abs(a) + np.linalg.norm(U, axis=1) == 0)
    if not len(silent):
        return None
    values, vectors = np.linalg.eigh(pull_matrix(data, (lifted(data.X) @ U.T) ** 2 @ a, loss, base))
    top = int(np.argmax(np.abs(values)))
    j = silent[np.argmin(lam[silent])]
    if abs(values[top]) <= lam[j]:
        return None
    start = at(point)[0]
    for halvings in range(40):
        step = 2.0**-halvings
        trial = point.copy()
        trial[j] = step * np.sign(values[top])
        trial[m:].reshape(m, -1)[j] = step * vectors[:, top]
        if at(trial)[0] < start:
            return trial
    return None
