"""Local minima with training errors, proved ones: too few units, and equal coefficients at any width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import AssumptionError, InputError
from ..numbers.checks import readonly, real_number, whole_number
from .constants import positive, regularizer, training_error
from .network import ReQUNet

__all__ = ["BadMinimum", "bad_minimum", "equal_lambda_minimum", "simplex"]


@dataclass(frozen=True, eq=False)
class BadMinimum:
    """A data set, a network that is a local minimum on it, and what proves that.

    Near the network every unit is active on one sample alone (`clearance` < 0), so the loss is a sum over these samples
    of l(-sum_j a_j <u_j, z>^2) + sum_j lambda_j/3 (|a_j|^3 + 2 |u_j|^3) plus a constant. By the inequality of
    arithmetic and geometric means each term is at least l(-c tau) + lambda tau with tau = sum a_j <u_j, z>^2 / c, a
    convex function of one variable that the network minimises.

    Attributes:
        X: (n, n - 1) samples without the column of ones.
        y: (n,) labels.
        net: the network.
        lambdas: (m,) coefficients.
        loss: the loss at the network: sum over samples of log2(1 + exp(-y f)) plus regulariser.
        training_error: share of samples it gets wrong.
        gradient: largest entry of the gradient there; 0 up to rounding.
        clearance: largest <u_j, z_i> / (|u_j| |z_i|) of a unit and a sample it does not see, below 0.
        strict: whether the minimum is strict; with equal coefficients mass can move between units at no cost.
    """

    X: np.ndarray
    y: np.ndarray
    net: ReQUNet
    lambdas: np.ndarray
    loss: float
    training_error: float
    gradient: float
    clearance: float
    strict: bool


def simplex(n: int, radius2: float) -> np.ndarray:
    """Return the corners of a regular simplex (n, n - 1) with centre 0: squared norms radius2, products -radius2/(n-1).

    Example:
        >>> simplex(2, 4.0).tolist()
        [[2.0], [-2.0]]
    """
    if n < 2:
        raise InputError(f"n is {n!r}; a simplex here has 2 corners or more")
    X = np.zeros((n, n - 1))
    for k in range(n - 1):
        # corner k leaves the space of the first k; the later ones share what is left over
        X[k, k] = np.sqrt(max(0.0, radius2 - X[k] @ X[k]))
        X[k + 1 :, k] = (-radius2 / (n - 1) - X[k + 1 :] @ X[k]) / X[k, k]
    return X


def bad_minimum(n: int, m: int, lambdas: Any, radius2: float | None = None) -> BadMinimum:
    """Return data and a local minimum of m < n units with training error 1 - m/n, logistic loss of base 2.

    The samples are the corners of a regular simplex of squared radius r^2 > n - 1, the first m of label 1. Unit j is
    u_j = t_j z_j / sqrt(c), a_j = t_j with z_j = (x_j, 1), c = 1 + r^2, t_j^3 = ln(c/(lambda_j ln 2) - 1) / c.

    Args:
        n: number of samples.
        m: number of units, below n.
        lambdas: (m,) positive coefficients, or one for all; each below c / (2 ln 2), more than print's 1/2.
        radius2: r^2; default n.

    Raises:
        InputError: n below 2, or m below 1.
        AssumptionError: m not below n, r^2 not above n - 1, a coefficient not positive or too large.

    Source: Liang, Sun and Srikant, Proposition 1 (4 in the appendix). Print takes |x_i| = 2 and <x_i, x_j> < -1, which
    exist for n <= 4 only, and m <= n, where m = n says nothing.

    Example:
        >>> bad = bad_minimum(5, 2, 0.25)
        >>> bad.training_error, bad.gradient < 1e-12, bad.clearance < 0
        (0.6, True, True)
    """
    n, m = whole_number("n", n, 2), whole_number("m", m, 1)
    if not m < n:
        raise AssumptionError(f"hypothesis violated: m < n, got m = {m} and n = {n} (m = n would promise error 0)")
    weights = positive("lambda", lambdas, m)
    y = np.where(np.arange(n) < m, 1.0, -1.0)
    return _lonely_units(n, y, np.arange(m), weights, radius2, strict=True)


def equal_lambda_minimum(n: int, m: int, lam: float, radius2: float | None = None) -> BadMinimum:
    """Return a local minimum of any number m of units with equal coefficients that sees one sample of n.

    The data are those of `bad_minimum` with one sample of label 1; all units are copies on it and share its optimal
    mass. It exists for every m, so equal coefficients lie in the set that Theorem 1 excludes. Training error 1 - 1/n.

    Args:
        n: number of samples, 2 or more.
        m: number of units, 1 or more.
        lam: the common coefficient, below c / (2 ln 2).
        radius2: r^2; default n.

    Raises:
        InputError: n below 2, or m below 1.
        AssumptionError: r^2 not above n - 1, the coefficient not positive or too large.

    Source: counterexample to Theorem 1 of Liang, Sun and Srikant without its excluded set; print names no member of it.

    Example:
        >>> bad = equal_lambda_minimum(3, 4, 0.05)
        >>> round(bad.training_error, 4), bad.gradient < 1e-12, bad.strict
        (0.6667, True, False)
    """
    if isinstance(m, bool) or int(m) != m or m < 1:
        raise InputError(f"m is {m!r}; it is a whole number, 1 or more")
    weights = positive("lambda", [lam])
    y = np.where(np.arange(int(n)) < 1, 1.0, -1.0)
    return _lonely_units(int(n), y, np.zeros(m, dtype=int), np.full(m, weights[0]), radius2, strict=m == 1)


def _lonely_units(
    n: int, y: np.ndarray, sample_of: np.ndarray, lambdas: np.ndarray, radius2: float | None, strict: bool
) -> BadMinimum:
    """Return the minimum in which unit j sees sample sample_of[j] alone."""
    r2 = float(n) if radius2 is None else real_number("radius2", radius2)
    if not (np.isfinite(r2) and r2 > n - 1):
        raise AssumptionError(f"hypothesis violated: the squared radius exceeds n - 1 = {n - 1}, got {r2:g}")
    c = 1 + r2
    limit = c / (2 * np.log(2))
    high = np.flatnonzero(lambdas >= limit)
    if len(high):
        raise AssumptionError(
            f"hypothesis violated: lambda_{high[0]} = {lambdas[high[0]]:g} is below c/(2 ln 2) = {limit:g}"
        )
    X = simplex(n, r2)
    Z = np.concatenate([X, np.ones((n, 1))], axis=1)
    copies = np.bincount(sample_of, minlength=n)[sample_of]
    # l'(-c tau) c = lambda with l(z) = log2(1 + e^z)
    mass = np.log(c / (lambdas * np.log(2)) - 1) / c / copies
    t = np.cbrt(mass)
    net = ReQUNet(t, t[:, None] * Z[sample_of] / np.sqrt(c))
    f = net.predict(X)
    loss = float(np.logaddexp(0.0, -y * f).sum() / np.log(2)) + regularizer(net.a, net.U, lambdas)
    heights = net.U @ Z.T / np.outer(t, np.linalg.norm(Z, axis=1))
    heights[np.arange(len(sample_of)), sample_of] = -np.inf
    return BadMinimum(
        readonly(X), readonly(y), net, readonly(lambdas), loss, training_error(f, y),
        _gradient(net, Z, y, f, lambdas), float(heights.max()), strict,
    )  # fmt: skip


def _gradient(net: ReQUNet, Z: np.ndarray, y: np.ndarray, f: np.ndarray, lambdas: np.ndarray) -> float:
    """Return the largest entry of the gradient."""
    pull = -y * np.exp(-np.logaddexp(0.0, y * f)) / np.log(2)
    heights = np.maximum(Z @ net.U.T, 0.0)
    by_a = heights.T**2 @ pull + lambdas * np.abs(net.a) * net.a
    sizes = lambdas * np.linalg.norm(net.U, axis=1)
    by_u = 2 * (net.a[:, None] * ((pull[:, None] * heights).T @ Z) + sizes[:, None] * net.U)
    return float(max(np.abs(by_a).max(), np.abs(by_u).max()))
