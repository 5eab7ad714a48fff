"""Training to a certified point: L-BFGS, silent units set to zero, the certificate, and a way out where it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..numbers.seeds import as_generator
from ..numbers.threads import one_thread
from ..numbers.tolerances import DEFAULT, Tolerances
from .certify import Certificate, examine
from .labels import labelled
from .network import ReQUNet
from .objective import Objective, as_net
from .sphere import Sphere

__all__ = ["Training", "lbfgs", "random_net", "train"]

MOST_ROUNDS, LBFGS_STEPS, MOST_NEWTON, REFINEMENTS, HALVINGS = 60, 2000, 10_000, 8, 60
# share of the promised decrease that a step has to bring; longest step out of a saddle
ARMIJO, LONGEST = 1e-4, 4.0


@dataclass(frozen=True, eq=False)
class Training:
    """A trained network with what holds at its point.

    Attributes:
        net: the network.
        loss: L there.
        certificate: see `certify`.
        history: (what was done, L afterwards) in order.
    """

    net: ReQUNet
    loss: float
    certificate: Certificate
    history: tuple[tuple[str, float], ...]

    @property
    def training_error(self) -> float:
        """Share of samples with sgn(f) != y."""
        return self.certificate.training_error

    @property
    def certified(self) -> bool:
        """Whether the certificate says "local minimum"."""
        return self.certificate.is_local_minimum is True

    @property
    def escapes(self) -> int:
        """How often a saddle was left."""
        return sum(what == "escape" for what, _ in self.history)


def random_net(m: int, d: int, rng: Any = None, scale: float = 1.0, awake: int | None = None) -> ReQUNet:
    """Return a random start: a_j normal, u_j normal with length about one, all times a scale and k^(-1/6).

    With that power the predictions start at one size for every number k = `awake` of units that are not zero (None for
    all m).
    """
    generator = as_generator(rng)
    k = m if awake is None else min(m, awake)
    size = scale * float(max(k, 1)) ** (-1 / 6)
    a, U = np.zeros(m), np.zeros((m, d + 1))
    a[:k] = size * generator.standard_normal(k)
    U[:k] = size * generator.standard_normal((k, d + 1)) / np.sqrt(d + 1)
    return ReQUNet(a, U)


@one_thread()
def train(
    X: Any,
    y: Any,
    lambdas: Any,
    loss: Any = "logistic",
    base: float = 2,
    start: Any = None,
    rng: Any = None,
    rounds: int = MOST_ROUNDS,
    steps: int = MOST_NEWTON,
    prove: bool = True,
    tolerances: Tolerances = DEFAULT,
) -> Training:
    """Train a ReQU network until its point is certified, in double precision, without torch.

    One round: L-BFGS (or, near the end, Newton steps in a trust region on the active units); units whose removal does
    not raise the loss are set to zero; the certificate. Where a new unit lowers the loss it is put in place of a zero
    one, where the active units bend down they are moved that way, and the next round begins. The loss never rises.
    Plain L-BFGS stalls near zero units, where the loss is cubic.

    Args:
        X: (n, d) samples without a column of ones.
        y: (n,) labels -1 and +1.
        lambdas: (m,) positive coefficients (they may break Theorem 1's hypotheses), or a `Design` with its loss.
        loss: "logistic", "exponential", "smooth_hinge", or an object, as in `design`.
        base: of the logarithm in the logistic loss.
        start: a `ReQUNet` or (a, U); None for a random one.
        rng: for the random start.
        rounds: the most rounds; `.certified` says whether they were enough.
        steps: the most Newton steps of all rounds together.
        prove: bound the maximum over new units by all cells of the data at the end, where they can be listed.
        tolerances: the numerical policy.

    Raises:
        InputError, ShapeError, AssumptionError: data, start or coefficients that cannot be used.

    Source: for Theorem 1 of Liang, Sun and Srikant; the method is ours.

    Example:
        >>> from reluscape.requ import design
        >>> X, y = [[0.0], [1.0], [2.0]], [1, -1, 1]
        >>> found = train(X, y, design(X, y, rng=0), rng=0)
        >>> found.certified, found.training_error
        (True, 0.0)
    """
    if hasattr(lambdas, "lambdas"):
        loss, lambdas = lambdas.loss, lambdas.lambdas
    data, labels = labelled(X, y)
    objective = Objective.of(data, labels, lambdas, loss, base)
    net = random_net(objective.width, data.d, rng) if start is None else as_net(start)
    sphere = Sphere(data, tolerances=tolerances)
    walk = _Walk(objective, objective.check(net), steps)
    certificate = None
    for _ in range(max(1, rounds)):
        walk.lbfgs()
        walk.settle()
        certificate = examine(objective, sphere, walk.net, False, tolerances)
        if certificate.is_local_minimum and prove:
            certificate = examine(objective, sphere, walk.net, True, tolerances)
        if certificate.escape is None or not walk.steps or not walk.escape(*certificate.escape):
            break
    else:
        certificate = examine(objective, sphere, walk.net, prove, tolerances)
    assert certificate is not None
    return Training(walk.net, walk.value, certificate, tuple(walk.history))


def lbfgs(objective: Objective, net: ReQUNet, steps: int = LBFGS_STEPS) -> ReQUNet:
    """Return where plain L-BFGS ends."""
    from scipy.optimize import minimize

    start = np.concatenate([net.a, net.U.reshape(-1)])
    with np.errstate(over="ignore", invalid="ignore"):
        end = minimize(
            objective.flat,
            start,
            jac=True,
            method="L-BFGS-B",
            options={
                "maxiter": steps,
                "maxfun": 2 * steps,
                "maxcor": 20,
                "gtol": DEFAULT.requ_gradient,
                "ftol": 0,
            },
        )
    return ReQUNet(*objective.split(end.x))


class _Walk:
    """A point on its way down; no step is taken that raises the loss. Zero units are left out of every sum."""

    def __init__(self, objective: Objective, net: ReQUNet, steps: int) -> None:
        self.whole, self.steps = objective, steps
        self.history: list[tuple[str, float]] = []
        self._stand_at(net)
        self.history.append(("start", self.value))

    def _stand_at(self, net: ReQUNet) -> None:
        """Take a network's units that are not zero."""
        self.units = [int(j) for j in np.flatnonzero((net.a != 0) | net.U.any(axis=1))]
        self.part = self.whole.restricted(self.units)
        self.x = np.concatenate([net.a[self.units, None], net.U[self.units]], axis=1)
        self.value = self.part.value_at(self.x[:, 0], self.x[:, 1:])

    @property
    def net(self) -> ReQUNet:
        """The network with all its units."""
        a, U = np.zeros(self.whole.width), np.zeros((self.whole.width, self.whole.Z.shape[1]))
        a[self.units], U[self.units] = self.x[:, 0], self.x[:, 1:]
        return ReQUNet(a, U)

    def _try(self, x: np.ndarray, limit: float) -> bool:
        """Move to other parameters (a_j, u_j) of the units where the loss there is at most a limit."""
        with np.errstate(over="ignore", invalid="ignore"):
            value = self.part.value_at(x[:, 0], x[:, 1:])
        if not value <= limit:
            return False
        self.x, self.value = x, value
        return True

    def _rounding(self) -> float:
        """Return what the loss may rise by rounding alone."""
        return self.part.rounding(self.x[:, 0], self.x[:, 1:])

    def lbfgs(self) -> None:
        """Run L-BFGS on all units that are not zero."""
        if not self.units:
            return
        end = lbfgs(self.part, ReQUNet(self.x[:, 0], self.x[:, 1:]))
        if self._try(np.concatenate([end.a[:, None], end.U], axis=1), self.value):
            self.history.append(("L-BFGS", self.value))

    def settle(self) -> None:
        """Set silent units to zero and bring the others to rest, until nothing changes."""
        self._snap()
        while self.units:
            before = self.value
            self._newton()
            if self.value < before:
                self.history.append(("Newton", self.value))
            if not self._snap() or not self.steps:
                return

    def _snap(self) -> bool:
        """Set to zero each unit whose removal does not raise the loss, the smallest first; return whether any."""
        old_count = len(self.units)
        for j in [self.units[k] for k in np.argsort(np.abs(self.x).sum(axis=1))]:
            rest = [k for k, unit in enumerate(self.units) if unit != j]
            part = self.part.restricted(rest)
            value = part.value_at(self.x[rest, 0], self.x[rest, 1:])
            if value <= self.value + self._rounding():
                self.units = [self.units[k] for k in rest]
                self.part, self.x, self.value = part, self.x[rest], value
        if len(self.units) < old_count:
            self.history.append(("snap", self.value))
        return len(self.units) < old_count

    def _newton(self) -> None:
        """Bring the units to rest: damped Newton steps downhill, then plain ones while the gradient falls."""
        while self.steps:
            self.steps -= 1
            g, values, vectors = self._bend()
            if np.abs(g).max() <= DEFAULT.requ_gradient:
                break
            # the second derivative's eigenvalues by size: saddles are left, bowls entered
            low = DEFAULT.newton_floor * np.abs(values).max()
            step = -vectors @ ((vectors.T @ g) / np.maximum(np.abs(values), low))
            slope = float(g @ step)
            if -slope <= self._rounding() or not self._along(step, slope):
                break
        for _ in range(REFINEMENTS):
            g, values, vectors = self._bend()
            has_bend = np.abs(values) > DEFAULT.curvature * np.abs(values).max()
            step = -vectors[:, has_bend] @ ((vectors[:, has_bend].T @ g) / values[has_bend])
            x = self.x + step.reshape(self.x.shape)
            if not np.linalg.norm(self._slope(x)) < np.linalg.norm(g) or not self._try(
                x, self.value + self._rounding()
            ):
                break

    def _slope(self, x: np.ndarray) -> np.ndarray:
        """Return the gradient, unit by unit."""
        da, dU = self.part.gradient(ReQUNet(x[:, 0], x[:, 1:]))
        return np.concatenate([da[:, None], dU], axis=1).reshape(-1)

    def _bend(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return gradient, eigenvalues and eigenvectors of the second derivative."""
        net = ReQUNet(self.x[:, 0], self.x[:, 1:])
        return (self._slope(self.x), *np.linalg.eigh(self.part.hessian(net, range(len(self.units)))))

    def _along(self, step: np.ndarray, gain: float) -> bool:
        """Take the longest of the halvings of a step that lowers the loss by a share of what its slope promises."""
        move = step.reshape(self.x.shape)
        return any(
            self._try(self.x + t * move, self.value + ARMIJO * t * gain) for t in 0.5 ** np.arange(float(HALVINGS))
        )

    def escape(self, da: np.ndarray, dU: np.ndarray) -> bool:
        """Move along a direction by the step that lowers the loss most among halvings of a long one."""
        here, best, value = self.net, None, self.value
        for step in LONGEST * 0.5 ** np.arange(float(HALVINGS)):
            with np.errstate(over="ignore", invalid="ignore"):
                there = self.whole.value_at(here.a + step * da, here.U + step * dU)
            if there < value:
                best, value = ReQUNet(here.a + step * da, here.U + step * dU), there
            elif best is not None:
                break
        if best is None:
            return False
        self._stand_at(best)
        self.history.append(("escape", self.value))
        return True
