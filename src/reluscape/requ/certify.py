"""Is a trained ReQU network at a local minimum of its regularised loss, and what of that is proven?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numbers.checks import readonly
from ..numbers.tolerances import DEFAULT, Tolerances
from .labels import labelled
from .network import ReQUNet
from .objective import Objective, as_net
from .sphere import Peak, Sphere
from .units import ExactUnits

__all__ = ["Certificate", "Claim", "certify", "examine"]

RANDOM_STARTS, FEW_STARTS = 200, 30


@dataclass(frozen=True)
class Claim:
    """One thing that was looked at.

    Attributes:
        name: which.
        holds: True, False, or None where it cannot be told.
        kind: "proven" (exact arithmetic, or a bound with its rounding error) or "numerical" (a computed size).
        text: a plain sentence.
    """

    name: str
    holds: bool | None
    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class Certificate:
    """What holds at a point of the landscape.

    Attributes:
        kind: "local minimum", "saddle", "not stationary" or "undecided".
        loss: L at the point.
        stationarity: largest gradient of a unit relative to the terms it is made of.
        active, inactive: units that are not zero, and that are exactly zero.
        peak: max over the unit sphere of |psi(u)| = |sum_i l'_i y_i relu(<u, (x_i, 1)>)^2|, for the weights l'_i y_i as
            computed in doubles.
        least_lambda: the smallest coefficient of an inactive unit; infinite where none is inactive.
        curvature: smallest eigenvalue of the second derivative of the active units; infinite where none is active.
        training_error: share of samples with sgn(f) != y, in exact arithmetic; sgn(0) is an error.
        escape: None, or (da, dU): a small step that way lowers the loss.
        claims: each statement with its kind.
    """

    kind: str
    loss: float
    stationarity: float
    active: tuple[int, ...]
    inactive: tuple[int, ...]
    peak: Peak
    least_lambda: float
    curvature: float
    training_error: float
    escape: tuple[np.ndarray, np.ndarray] | None
    claims: tuple[Claim, ...]

    @property
    def is_local_minimum(self) -> bool | None:
        """True, False, or None where it is undecided."""
        return {"local minimum": True, "undecided": None}.get(self.kind, False)

    @property
    def proven(self) -> tuple[str, ...]:
        """Names of the claims that are proven."""
        return tuple(c.name for c in self.claims if c.kind == "proven")

    @property
    def numerical(self) -> tuple[str, ...]:
        """Names of the claims that rest on computed sizes alone."""
        return tuple(c.name for c in self.claims if c.kind == "numerical")

    @property
    def lines(self) -> tuple[str, ...]:
        """Everything in plain words, each line with its kind."""
        return (f"{self.kind}, loss {self.loss:.6g}", *(f"{c.text} ({c.kind})" for c in self.claims))

    def __str__(self) -> str:
        """Say it in plain words."""
        return "\n".join(self.lines)


def certify(
    X: Any,
    y: Any,
    net: Any,
    lambdas: Any,
    loss: Any = "logistic",
    base: float = 2,
    prove: bool = True,
    tolerances: Tolerances = DEFAULT,
) -> Certificate:
    """Say whether a network is a local minimum of the regularised loss, and what is proven and what only numerical.

    Looked at: (1) stationarity of every unit; (2) inactive units: a local minimum has max |psi(u)| <= lambda_j over
    |u| = 1 for each of them; (3) the second derivative of the active units; (4) the training error. Stationary, (2)
    strict and (3) positive definite together make a strict local minimum; (2) or (3) violated give a way down.

    Args:
        X: (n, d) samples without a column of ones.
        y: (n,) labels -1 and +1.
        net: a `ReQUNet`, or (a, U) with the bias in the last column of U.
        lambdas: (m,) positive coefficients (equal or large ones too), or a `Design`, whose loss is then taken.
        loss: "logistic", "exponential", "smooth_hinge", or an object, as in `design`.
        base: of the logarithm in the logistic loss.
        prove: bound the maximum in (2) by all cells of the data, where they can be listed (always for d = 1);
            False only climbs.
        tolerances: the numerical policy.

    Raises:
        InputError, ShapeError, AssumptionError: data, network or coefficients that cannot be used.

    Source: Liang, Sun and Srikant, proof of Theorem 1, Step 2 (print has "<" where "<=" holds); the second-order
    condition is not in print.

    Example:
        >>> found = certify([[0.0], [1.0]], [1, -1], ReQUNet.zeros(2, 1), [9.0, 8.0])
        >>> found.kind, found.training_error, found.peak.value < 8
        ('local minimum', 1.0, True)
    """
    if hasattr(lambdas, "lambdas"):
        loss, lambdas = lambdas.loss, lambdas.lambdas
    data, labels = labelled(X, y)
    objective = Objective.of(data, labels, lambdas, loss, base)
    return examine(objective, Sphere(data, tolerances=tolerances), objective.check(as_net(net)), prove, tolerances)


def examine(
    objective: Objective, sphere: Sphere, net: ReQUNet, prove: bool = True, tolerances: Tolerances = DEFAULT
) -> Certificate:
    """Return the certificate of a network for an objective whose data are prepared."""
    inactive = tuple(int(j) for j in np.flatnonzero((net.a == 0) & ~net.U.any(axis=1)))
    residuals = objective.stationarity(net)
    peak = sphere.peak(objective.residual(net), _starts(sphere, net, RANDOM_STARTS if prove else FEW_STARTS), prove)
    least = min((float(objective.lambdas[j]) for j in inactive), default=np.inf)
    curvature, size, bend = _curvature(objective, net, tolerances)
    right = ExactUnits(sphere.data, objective.y).right(net.a, net.U)
    claims = (
        _stationary(residuals, tolerances),
        _inactive(inactive, objective.width),
        _sphere(peak, least, tolerances),
        _second_order(curvature, size, tolerances),
        _error(right),
    )
    kind, escape = "local minimum", None
    if not claims[0].holds:
        kind, escape = "not stationary", _downhill(objective, net)
    elif claims[2].holds is False:
        unit = min(inactive, key=lambda j: objective.lambdas[j])
        kind, escape = "saddle", _inserted(net, unit, peak)
    elif claims[3].holds is False:
        kind, escape = "saddle", bend
    elif not all(claim.holds for claim in (claims[2], claims[3])):
        kind = "undecided"
    return Certificate(
        kind,
        objective.value(net),
        float(residuals.max(initial=0.0)),
        net.active,
        inactive,
        peak,
        least,
        curvature,
        right.count(False) / len(right),
        escape,
        claims,
    )


def _starts(sphere: Sphere, net: ReQUNet, count: int) -> np.ndarray:
    """Return where to start climbing: the samples, the units, and the same random directions every time."""
    random = np.random.default_rng(0).standard_normal((count, sphere.k))
    return np.concatenate([net.U[net.U.any(axis=1)], sphere.Z, -sphere.Z, random])


def _stationary(residuals: np.ndarray, tolerances: Tolerances) -> Claim:
    """Say whether every unit's gradient vanishes."""
    worst = int(np.argmax(residuals))
    holds = bool(residuals[worst] <= tolerances.stationarity)
    text = f"every unit's gradient is at most {residuals[worst]:.1e} of the terms it is made of"
    return Claim("stationary", holds, "numerical", text if holds else f"unit {worst} is not stationary: {text[6:]}")


def _inactive(inactive: tuple[int, ...], m: int) -> Claim:
    """Say how many units are exactly zero."""
    many = f"{len(inactive)} of {m} units {'is' if len(inactive) == 1 else 'are'} exactly zero"
    text = many if inactive else f"none of the {m} units is zero"
    return Claim("inactive unit", bool(inactive), "proven", text)


def _sphere(peak: Peak, least: float, tolerances: Tolerances) -> Claim:
    """Say whether a new unit in an inactive unit's place could lower the loss."""
    name = "no unit to add"
    if least == np.inf:
        return Claim(name, True, "proven", "no unit is zero, so none can be put to use")
    # the bound is about the weights l'_i y_i as computed; they carry a few roundings themselves
    if peak.upper < least * (1 - tolerances.curvature):
        text = f"no new unit lowers the loss: |psi| is at most {peak.upper:.6g} < {least:.6g}, a zero unit's lambda"
        return Claim(name, True, "proven", text)
    if peak.value > least * (1 + tolerances.stationarity):
        text = f"a new unit lowers the loss: |psi| = {peak.value:.6g} > {least:.6g}, a zero unit's lambda"
        return Claim(name, False, "numerical", text)
    if peak.value < least * (1 - tolerances.stationarity):
        text = f"no new unit was found that lowers the loss: |psi| up to {peak.value:.6g} < {least:.6g}"
        return Claim(name, True, "numerical", text)
    return Claim(name, None, "numerical", f"too close to call: max |psi| = {peak.value:.9g}, lambda = {least:.9g}")


def _second_order(curvature: float, size: float, tolerances: Tolerances) -> Claim:
    """Say whether the second derivative of the active units is positive definite."""
    name = "second order"
    if curvature == np.inf:
        return Claim(name, True, "proven", "no unit is active, so there is no second derivative to look at")
    low = tolerances.curvature * size
    if curvature > low:
        return Claim(name, True, "numerical", f"the active units sit in a bowl: least curvature {curvature:.3g} > 0")
    if curvature < -low:
        return Claim(name, False, "numerical", f"the active units sit on a saddle: least curvature {curvature:.3g} < 0")
    return Claim(name, None, "numerical", f"a flat direction of the active units: least curvature {curvature:.1e}")


def _error(right: tuple[bool, ...]) -> Claim:
    """Say how many samples are classified correctly."""
    wrong = right.count(False)
    n = len(right)
    text = f"{wrong} of {n} samples are classified wrongly" if wrong else f"all {n} samples are classified correctly"
    return Claim("training error", not wrong, "proven", text)


def _curvature(
    objective: Objective, net: ReQUNet, tolerances: Tolerances
) -> tuple[float, float, tuple[np.ndarray, np.ndarray] | None]:
    """Return the active units' second derivative's least eigenvalue, its norm, and the way that bends down most."""
    units = list(net.active)
    if not units:
        return np.inf, 0.0, None
    values, vectors = np.linalg.eigh(objective.hessian(net, units, tolerances))
    bend = vectors[:, 0].reshape(len(units), -1)
    da, dU = np.zeros_like(net.a), np.zeros_like(net.U)
    da[units], dU[units] = bend[:, 0], bend[:, 1:]
    slope = [np.vdot(g, step) for g, step in zip(objective.gradient(net), (da, dU), strict=True)]
    turn = -1.0 if sum(slope) > 0 else 1.0
    return float(values[0]), float(np.abs(values).max()), (readonly(turn * da), readonly(turn * dU))


def _downhill(objective: Objective, net: ReQUNet) -> tuple[np.ndarray, np.ndarray]:
    """Return the direction against the gradient, of length one."""
    da, dU = objective.gradient(net)
    length = np.sqrt(np.sum(da**2) + np.sum(dU**2)) or 1.0
    return readonly(-da / length), readonly(-dU / length)


def _inserted(net: ReQUNet, unit: int, peak: Peak) -> tuple[np.ndarray, np.ndarray]:
    """Return the direction that puts a zero unit to use; it loses delta^3 (max |psi| - lambda) over a step delta."""
    da, dU = np.zeros_like(net.a), np.zeros_like(net.U)
    da[unit], dU[unit] = peak.sign, peak.direction
    return readonly(da), readonly(dU)
