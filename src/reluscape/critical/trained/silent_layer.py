"""A network with a hidden layer that is on for no row: it is a constant, and its neighbours are little else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...numbers import exact
from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.networks import DeepNet
from ...problem.trained.layered import Layered
from .. import Verdict
from .last_layer import constant_fit_of
from .layer_signs import MOST_EXACT_PRODUCTS, OFF, ON, TIED, layer_signs

FREE, FIXED, OPEN = "free", "fixed", "open"
KNOWN = {"local minimum": True, "not stationary": False}


@dataclass(frozen=True, eq=False)
class SilentLayer:
    """What follows from a layer that is on for no row.

    Attributes:
        layer: its number, from 1.
        given: the verdict on the given weights.
        near: the local minimum beside them, the output bias moved to the best constant, or None.
        net: that network, or None.
        distance: how far its constant is from the given one, relative to the size of the best constant.
    """

    layer: int
    given: Verdict
    near: Verdict | None = None
    net: DeepNet | None = None
    distance: float | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict that is told: on the local minimum beside the given weights where one is, else on them."""
        return self.near if self.near is not None else self.given


def silent_layer(
    layered: Layered, loss: float, constant: float, tolerances: Tolerances = DEFAULT
) -> SilentLayer | None:
    """Return what follows from a hidden layer that is on for no row, None where there is none.

    Near such weights the outputs are f' + A' h_i with a constant f', heights h_i >= 0 of the layer's units that lie on
    their hyperplanes at row i (0 in all others) and A' near the matrix A that carries them to the outputs. The loss L
    is convex in the outputs, so with g_i its derivative in those of row i at the constant f of the given weights
    L - L(f) >= <sum_i g_i, f' - f> + sum_i <g_i, A' h_i>. The point is a local minimum where the sum of the g_i is 0
    (or f' cannot move) and <g_i, A_j> > 0 or g_i = 0 for every unit j on its hyperplane at row i. It is not stationary
    where the sum of the g_i is not 0 and f' moves freely, by the output bias or along a unit of the last hidden layer
    that is on, nor where raising one unit's bias lowers the loss.

    Args:
        layered: the network on its data.
        loss: its loss.
        constant: the loss of the best constant.
        tolerances: how near the best constant counts as beside it; a gradient within rounding.
    """
    if not len(layered.X) or not layered.net.relu:  # a unit with a slope below 0 is never silent
        return None
    signs = layer_signs(layered)
    quiet = [k for k, sign in enumerate(signs) if (sign <= TIED).all()]
    if not quiet:
        return None
    k = max(quiet, key=lambda k: (bool((signs[k] == OFF).all()), k))
    here = _Constant(layered, k, signs, _constant_output(layered, k), loss, tolerances)
    verdict = here.verdict()
    near = None if verdict.is_local_minimum or not layered.biases[-1] else here.beside(constant)
    return SilentLayer(k + 1, verdict) if near is None else SilentLayer(k + 1, verdict, *near)


@dataclass(frozen=True, eq=False)
class _Constant:
    """A network that is a constant f (outputs,) because layer k (from 0) is silent; fractions where all is exact."""

    layered: Layered
    k: int
    signs: list[np.ndarray]
    f: np.ndarray
    loss: float
    tolerances: Tolerances

    @property
    def exact(self) -> bool:
        """Whether all is done over the rationals."""
        return self.f.dtype == object

    @property
    def moves(self) -> str:
        """Whether the constant moves in every direction, not at all, or neither is plain."""
        last = self.layered.net.depth - 2
        if self.layered.biases[-1]:
            return FREE
        if last == self.k or (self.signs[last] == OFF).all():
            return FIXED
        return FREE if (self.signs[last] == ON).all(axis=0).any() else OPEN

    def errors(self) -> np.ndarray:
        """Return the derivatives (n, outputs) of the loss in the outputs."""
        Y = self.layered.Y
        if self.exact:
            return np.asarray(2 * (self.f[None, :] - exact.fraction_array(Y)) / Fraction(len(Y)))
        return self.layered.loss.gradient(np.broadcast_to(self.f, Y.shape), Y)

    def carried(self) -> np.ndarray | None:
        """Return the matrix (outputs, units of the layer) that carries heights on, None where a later unit is tied."""
        net, later = self.layered.net, self.signs[self.k + 1 :]
        if not all(np.isin(sign, (OFF, ON)).all() for sign in later):
            return None
        read = exact.fraction_array if self.exact else np.asarray
        A = read(net.weights[-1])
        for w, sign in zip(reversed(net.weights[self.k + 1 : -1]), reversed(later), strict=True):
            A = (A * (sign[0] == ON).astype(int)[None, :]) @ read(w)
        return np.asarray(A)

    def total(self, terms: np.ndarray, axis: int) -> np.ndarray:
        """Return a sum, zero where rounding may have made it."""
        total = terms.sum(axis=axis)
        if self.exact:
            return np.asarray(total)
        size = np.abs(terms).sum(axis=axis)
        return np.where(np.abs(total) <= self.tolerances.stationarity * size, 0.0, total)

    def verdict(self) -> Verdict:
        """Return the verdict on this network."""
        g, on_kink = self.errors(), self.signs[self.k] == TIED
        moves, slope = self.moves, self.total(g, 0)
        words = f"no unit of layer {self.k + 1} is on for any row"
        if moves == FREE and slope.any():
            by = "the output bias" if self.layered.biases[-1] else "the output weights of a unit that is on"
            step = self._step(2 * self.layered.net.depth - 1, -slope) if self.layered.biases[-1] else None
            reason = f"{words}, so the network is a constant, and moving {by} towards the best one lowers the loss"
            return self._told("not stationary", reason, step)
        still = f"{words}, so every network nearby is a constant"
        if on_kink.any():
            rising = self._raised(g, on_kink)
            if isinstance(rising, Verdict):
                return rising
            if not rising:
                return self._told("undecided", f"{words}; whether raising units on their kinks lowers the loss is open")
            still = f"{words}, and raising a unit on its kink raises the loss"
        if moves == FIXED:
            return self._told("local minimum", f"{still}, and no weight after it moves this constant")
        if slope.any():
            return self._told("undecided", f"{words}; whether later weights can move its constant to the best is open")
        best = "the best one" if self.exact else "the best one up to rounding"
        return self._told("local minimum", f"{still}, and this constant is {best}")

    def _raised(self, g: np.ndarray, on_kink: np.ndarray) -> bool | Verdict:
        """Return whether every unit on its kink raises the loss when it rises, or the verdict where one lowers it."""
        A = self.carried()
        if A is None:
            return False
        terms = g[:, :, None] * A[None, :, :]
        lift = self.total(terms, 1)
        flat = ~np.asarray(g.any(axis=1), dtype=bool)
        if ((lift > 0) | flat[:, None])[on_kink].all():
            return True
        if not self.layered.biases[self.k]:
            return False
        for j in np.flatnonzero(on_kink.any(axis=0)).tolist():
            if self.total(terms[on_kink[:, j], :, j].reshape(-1, 1), 0)[0] < 0:
                step = np.zeros(on_kink.shape[1])
                step[j] = 1.0
                reason = f"raising the bias of unit {j} of layer {self.k + 1}, on its kink, lowers the loss"
                return self._told("not stationary", reason, self._step(2 * self.k + 1, step))
        return False

    def beside(self, constant: float) -> tuple[Verdict, DeepNet, float] | None:
        """Return the local minimum with the output bias at the best constant, where that is near, else None."""
        layered, limits = self.layered, self.tolerances
        now = np.array([float(value) for value in self.f])
        best = constant_fit_of(layered, now)
        if best is None:
            return None
        shift = float(np.abs(best - now).max(initial=0.0))
        size = float(np.abs(best).max(initial=0.0)) or 1.0
        if shift > limits.snap_distance * size or self.loss - constant > limits.snap_loss * constant:
            return None
        f = _means(layered) if self.exact else best
        verdict = replace(self, f=f, loss=constant).verdict()
        if not verdict.is_local_minimum:
            return None
        what = "the mean of the targets" if self.exact else "the best constant"
        text = ", ".join(f"{float(value):.6g}" for value in best)
        reason = f"{verdict.reason}; that is with its output bias moved so that it predicts {what}, {text}"
        net = layered.net
        there = replace(net, biases=(*net.biases[:-1], net.biases[-1] + (best - now)), has_bias=layered.has_bias)
        return replace(verdict, reason=reason), there, shift / size

    def _step(self, place: int, step: np.ndarray) -> tuple[Any, ...]:
        """Return a direction: weights and bias of each layer in turn, zero but for one of them."""
        parts = [
            np.zeros_like(p)
            for pair in zip(self.layered.net.weights, self.layered.net.biases, strict=True)
            for p in pair
        ]
        scale = max(abs(value) for value in step)
        parts[place] = np.array([float(value / scale) for value in step])
        return tuple(parts)

    def _told(self, kind: str, reason: str, escape: tuple[Any, ...] | None = None) -> Verdict:
        """Return the verdict in the common form."""
        squared = self.exact and self.layered.loss.quadratic
        value = _exact_loss(self.layered, self.f) if squared else None
        return Verdict(
            kind=kind, reason=reason, is_local_minimum=KNOWN.get(kind), differentiable=True,
            loss=self.loss if value is None else float(value), exact_loss=value, escape=escape, slack=0.0,
            residual=0.0, units=(), method="exact" if self.exact else "numerical", zero_rows=(),
            build_certificate=None,
        )  # fmt: skip


def _constant_output(layered: Layered, k: int) -> np.ndarray:
    """Return the constant (outputs,): fractions for the squared loss where that is small enough, else doubles."""
    net = layered.net
    products = sum(w.size for w in net.weights[k + 1 :]) + layered.Y.size
    if not layered.loss.quadratic or products > MOST_EXACT_PRODUCTS:
        return np.asarray(net.hidden(layered.X)[-1][0])
    h = np.full(len(net.biases[k]), Fraction(0), dtype=object)
    for j in range(k + 1, net.depth):
        z = exact.fraction_array(net.weights[j]) @ h + exact.fraction_array(net.biases[j])
        h = z * (z > 0).astype(int).astype(object) if j + 1 < net.depth else z
    return np.asarray(h)


def _means(layered: Layered) -> np.ndarray:
    """Return the means of the targets over the rationals."""
    return np.array(
        [sum(column, Fraction(0)) / len(column) for column in exact.fraction_array(layered.Y).T], dtype=object
    )


def _exact_loss(layered: Layered, f: np.ndarray) -> Fraction:
    """Return the squared loss of a constant over the rationals."""
    residual = exact.fraction_array(layered.Y) - f[None, :]
    return Fraction((residual**2).sum() / Fraction(len(residual)))
