"""The regularised loss of a ReQU network: value, gradient and the second derivative of its active units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError
from ..numbers.checks import readonly
from ..numbers.tolerances import DEFAULT, Tolerances
from .constants import positive
from .labels import labelled
from .losses import MarginLoss, margin_loss, second
from .network import ReQUNet, lifted

__all__ = ["Objective", "as_net"]


def as_net(net: Any) -> ReQUNet:
    """Return a network given as such, as a pair (a, U), or as anything with `a` and `U`."""
    if isinstance(net, ReQUNet):
        return net
    if isinstance(net, tuple | list) and len(net) == 2:
        return ReQUNet(*net)
    if not (hasattr(net, "a") and hasattr(net, "U")):
        raise InputError(f"a network is needed, a ReQUNet or a pair (a, U), not {type(net).__name__}")
    a, U = net.a, net.U
    return ReQUNet(a, U)


@dataclass(frozen=True, eq=False)
class Objective:
    """L(theta) = sum_i l(-y_i f(x_i)) + (1/3) sum_j lambda_j (|a_j|^3 + 2 |u_j|^3), u_j = (w_j, b_j).

    L is continuously differentiable everywhere, and twice so where no unit has a sample on its hyperplane and none is
    zero. Derivatives: dL/da_j = -sum_i l'_i y_i relu(<u_j, z_i>)^2 + lambda_j |a_j| a_j and
    dL/du_j = 2 (-a_j sum_i l'_i y_i relu(<u_j, z_i>) z_i + lambda_j |u_j| u_j), z_i = (x_i, 1).

    Attributes:
        Z: (n, d + 1) lifted samples.
        y: (n,) labels -1 and +1.
        lambdas: (m,) positive coefficients; they need not be distinct, nor small.
        loss: l as a function of z = -y f.

    Source: Liang, Sun and Srikant, (4).

    Example:
        >>> L = Objective.of([[0.0], [1.0]], [1, -1], [0.1, 0.2, 0.3])
        >>> L.value(ReQUNet.zeros(3, 1))  # log2(1 + e^0) for each sample
        2.0
    """

    Z: np.ndarray
    y: np.ndarray
    lambdas: np.ndarray
    loss: MarginLoss

    @classmethod
    def of(cls, X: Any, y: Any, lambdas: Any, loss: Any = "logistic", base: float = 2) -> Objective:
        """Return the objective of data without a column of ones.

        Raises:
            InputError, AssumptionError, ShapeError: data, labels, loss or coefficients that cannot be used.
        """
        data, labels = labelled(X, y)
        return cls(readonly(lifted(data)), labels, readonly(positive("lambda", lambdas)), margin_loss(loss, base))

    @property
    def width(self) -> int:
        """Number of units m."""
        return len(self.lambdas)

    def check(self, net: ReQUNet) -> ReQUNet:
        """Return the network, refused where it does not fit or its loss overflows."""
        if net.U.shape != (self.width, self.Z.shape[1]):
            raise ShapeError(
                f"the network has U of shape {net.U.shape}, expected {(self.width, self.Z.shape[1])}: one row per "
                "coefficient lambda, the inputs and a bias in its columns"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            finite = np.isfinite(self.value(net))
        if not finite:
            raise InputError("the loss of this network is not finite; its weights are too large")
        return net

    def predict(self, net: ReQUNet) -> np.ndarray:
        """Return f at every sample."""
        return np.maximum(self.Z @ net.U.T, 0.0) ** 2 @ net.a

    def value(self, net: ReQUNet) -> float:
        """Return L."""
        return self.value_at(net.a, net.U)

    def value_at(self, a: np.ndarray, U: np.ndarray) -> float:
        """Return L at arrays that fit."""
        z = -self.y * (np.maximum(self.Z @ U.T, 0.0) ** 2 @ a)
        squares = np.einsum("jk,jk->j", U, U)
        cubes = self.lambdas @ (np.abs(a) ** 3 + 2 * squares * np.sqrt(squares)) / 3
        return float(np.sum(self.loss.value(z)) + cubes)

    def rounding(self, a: np.ndarray, U: np.ndarray) -> float:
        """Return about how far rounding may put a computed L off: predictions cancel, and each is off by its terms."""
        P = np.maximum(self.Z @ U.T, 0.0)
        z = -self.y * (P**2 @ a)
        pull = np.abs(np.asarray(self.loss.derivative(z), dtype=float))
        terms = pull @ (P * (np.linalg.norm(self.Z, axis=1)[:, None] * np.linalg.norm(U, axis=1))) @ np.abs(a)
        return 8 * float(np.finfo(float).eps) * (1 + float(np.sum(np.abs(self.loss.value(z)))) + float(terms))

    def restricted(self, units: list[int]) -> Objective:
        """Return the objective of some units alone, the others being zero."""
        return Objective(self.Z, self.y, self.lambdas[units], self.loss)

    def residual(self, net: ReQUNet) -> np.ndarray:
        """Return the weights l'_i y_i (n,), with which the data pull on every unit."""
        return np.asarray(self.loss.derivative(-self.y * self.predict(net)), dtype=float) * self.y

    def gradient(self, net: ReQUNet) -> tuple[np.ndarray, np.ndarray]:
        """Return dL/da (m,) and dL/dU (m, d + 1)."""
        return self._gradient(net.a, net.U)[1:]

    def flat(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return L and its gradient at the parameters (a, U) in one vector, as optimisers want them."""
        a, U = self.split(theta)
        value, da, dU = self._gradient(a, U)
        return value, np.concatenate([da, dU.reshape(-1)])

    def split(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return a and U of one vector."""
        m = self.width
        return theta[:m], theta[m:].reshape(m, -1)

    def _gradient(self, a: np.ndarray, U: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return L, dL/da and dL/dU."""
        P = np.maximum(self.Z @ U.T, 0.0)
        z = -self.y * (P**2 @ a)
        r = np.asarray(self.loss.derivative(z), dtype=float) * self.y
        length = np.linalg.norm(U, axis=1)
        cubes = self.lambdas @ (np.abs(a) ** 3 + 2 * length**3) / 3
        value = float(np.sum(self.loss.value(z)) + cubes)
        da = -(r @ P**2) + self.lambdas * np.abs(a) * a
        dU = 2 * (-a[:, None] * ((r[:, None] * P).T @ self.Z) + (self.lambdas * length)[:, None] * U)
        return value, da, dU

    def stationarity(self, net: ReQUNet) -> np.ndarray:
        """Return, per unit, the length of its gradient relative to the sizes of the terms it is made of (0 to 1)."""
        P = np.maximum(self.Z @ net.U.T, 0.0)
        pull = np.abs(self.residual(net))
        length = np.linalg.norm(net.U, axis=1)
        da, dU = self.gradient(net)
        size_a = pull @ P**2 + self.lambdas * net.a**2
        size_u = 2 * (np.abs(net.a) * ((pull * np.linalg.norm(self.Z, axis=1)) @ P) + self.lambdas * length**2)
        tiny = np.finfo(float).tiny
        return np.maximum(np.abs(da) / np.maximum(size_a, tiny), np.linalg.norm(dU, axis=1) / np.maximum(size_u, tiny))

    def hessian(self, net: ReQUNet, units: Any, tolerances: Tolerances = DEFAULT) -> np.ndarray:
        """Return the second derivative in the parameters (a_j, u_j), unit by unit, of the units given.

        Where a sample lies on a unit's hyperplane the second derivative jumps by a multiple of z_i z_i^t; the side that
        makes the matrix smaller is taken, so that it lies below every one-sided second derivative.
        """
        units = list(units)
        a, U, lam = net.a[units], net.U[units], self.lambdas[units]
        k = self.Z.shape[1]
        S = self.Z @ U.T
        P = np.maximum(S, 0.0)
        z = -self.y * self.predict(net)
        r = np.asarray(self.loss.derivative(z), dtype=float) * self.y
        curve = second(self.loss, z)
        J = np.concatenate([(P**2)[:, :, None], (2 * a * P)[:, :, None] * self.Z[:, None, :]], axis=2)
        J = J.reshape(len(self.Z), -1)
        H = J.T @ (curve[:, None] * J)
        length = np.linalg.norm(U, axis=1)
        scale = np.linalg.norm(self.Z, axis=1)[:, None] * length
        on = np.abs(S) <= tolerances.boundary * scale
        live = np.where(on, -a * r[:, None] < 0, S > 0)
        for j in range(len(units)):
            begin = j * (k + 1)
            block = slice(begin + 1, begin + 1 + k)
            cross = -2 * (r * P[:, j]) @ self.Z
            H[begin, block] += cross
            H[block, begin] += cross
            H[begin, begin] += 2 * lam[j] * np.abs(a[j])
            weights = -2 * a[j] * r * live[:, j]
            H[block, block] += self.Z.T @ (weights[:, None] * self.Z)
            if length[j] > 0:
                H[block, block] += 2 * lam[j] * (length[j] * np.eye(k) + np.outer(U[j], U[j]) / length[j])
        return H
