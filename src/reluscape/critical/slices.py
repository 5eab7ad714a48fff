"""The loss along a line between two networks: an exact piecewise polynomial with solved breakpoints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError
from ..numbers.checks import readonly
from ..numbers.overflow import refuses_overflow
from ..problem.networks import TwoLayerNet
from ..problem.problem import Problem, as_problem


@dataclass(frozen=True, eq=False)
class LossSlice:
    """The mean squared loss along t -> (1 - t) a + t b.

    Attributes:
        breakpoints: sorted t where some unit switches for some sample, inside the interval.
        edges: the interval's ends with the breakpoints between them, (k + 1,).
        coefficients: (k, 5): on [edges[i], edges[i + 1]] the loss is sum_p coefficients[i, p] t^p.
        problem: what was minimised.
    """

    breakpoints: np.ndarray
    edges: np.ndarray
    coefficients: np.ndarray
    problem: Problem | None = field(default=None, repr=False, compare=False)

    def __call__(self, t: Any) -> Any:
        """Return the loss at t (a number or an array), inside the interval."""
        t = np.asarray(t, dtype=float)
        piece = np.clip(np.searchsorted(self.edges, t, side="right") - 1, 0, len(self.coefficients) - 1)
        powers = t[..., None] ** np.arange(5)
        values = (self.coefficients[piece] * powers).sum(axis=-1)
        return float(values) if values.ndim == 0 else values

    def minimum(self) -> tuple[float, float]:
        """Return (t, loss) of the lowest point: an end, a breakpoint or a root of a derivative."""
        places = [float(t) for t in self.edges]
        for piece, (low, high) in enumerate(zip(self.edges[:-1], self.edges[1:], strict=True)):
            derivative = self.coefficients[piece, 1:] * np.arange(1, 5)
            roots = np.roots(np.trim_zeros(derivative[::-1], "f"))
            places += [float(r.real) for r in roots if abs(r.imag) <= abs(r.real) and low < r.real < high]
        values = self(np.array(places))
        best = int(np.argmin(values))
        return places[best], float(values[best])


@refuses_overflow
def loss_slice(
    net_a: TwoLayerNet, net_b: TwoLayerNet, X: Any, y: Any = None, interval: tuple[float, float] = (0.0, 1.0)
) -> LossSlice:
    """Return the mean squared loss along the straight line between two networks.

    Every pre-activation is linear in t, so it changes sign at most once, at a solved point; between these points the
    prediction is quadratic and the loss a polynomial of degree four.

    Args:
        net_a: the network at t = 0.
        net_b: the network at t = 1, of the same width.
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        interval: the range of t.

    Raises:
        ShapeError: the networks differ in shape.
        InputError: no targets.

    Example:
        >>> a, b = TwoLayerNet([[1.0]], [1.0]), TwoLayerNet([[-1.0]], [1.0])
        >>> line = loss_slice(a, b, [[1]], [0])
        >>> line.breakpoints.tolist(), line(0.25), line(0.75)
        ([0.5], 0.25, 0.0)
    """
    problem = as_problem(X, y)
    data = problem.only(output_bias=True)
    for net in (net_a, net_b):
        if not isinstance(net, TwoLayerNet):
            raise InputError(f"a slice lies between two TwoLayerNets, not {type(net).__name__}")
    if net_a.W.shape != net_b.W.shape or net_a.d != data.d:
        raise ShapeError(f"shapes differ: {net_a.W.shape}, {net_b.W.shape}, data with {data.d} columns")
    if np.shape(interval) != (2,):
        raise InputError(f"the interval is {interval!r}; give two numbers (low, high)")
    low, high = interval
    start, move = data.X @ net_a.W.T, data.X @ (net_b.W - net_a.W).T
    dv = net_b.v - net_a.v
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = np.where(move != 0, -start / move, np.inf)
    inside = (crossing > low) & (crossing < high)
    breakpoints = np.unique(crossing[inside])
    edges = np.concatenate([[low], breakpoints, [high]])
    order = np.argsort(crossing[inside], kind="stable")
    samples, units = (index[order] for index in np.nonzero(inside))
    times = crossing[inside][order]
    middle = (edges[0] + edges[1]) / 2
    on = (start + middle * move) > 0
    base = np.stack([on * start @ net_a.v, on * move @ net_a.v + on * start @ dv, on * move @ dv], axis=1)
    base[:, 0] += net_a.c - np.asarray(data.y)
    base[:, 1] += net_b.c - net_a.c
    # a unit switches once for a sample, so what its switch adds is known before
    h, g, v_a, v_move = start[samples, units], move[samples, units], net_a.v[units], dv[units]
    sign = np.where(on[samples, units], -1.0, 1.0)
    switches = sign[:, None] * np.stack([h * v_a, g * v_a + h * v_move, g * v_move], axis=1)
    total = _squares(base).sum(axis=0)
    sums = np.cumsum(np.concatenate([total[None], _added(base, samples, switches)]), axis=0)
    coefficients = sums[np.searchsorted(times, edges[:-1], side="right")] / max(data.n, 1)
    return LossSlice(readonly(breakpoints), readonly(edges), readonly(coefficients), problem)


def _added(base: np.ndarray, samples: np.ndarray, switches: np.ndarray) -> np.ndarray:
    """Return what each switch adds to the sum of squares, (k, 5).

    Args:
        base: (n, 3) quadratics of the samples before all switches.
        samples: (k,) the sample of each switch, in the order of time.
        switches: (k, 3) what each adds to its sample's quadratic.
    """
    by_sample = np.argsort(samples, kind="stable")
    before, after = np.empty_like(switches), np.empty_like(switches)
    begins = np.flatnonzero(np.diff(samples[by_sample], prepend=-1))
    for those in np.split(by_sample, begins[1:]) if len(begins) else []:
        sums = np.cumsum(np.concatenate([base[samples[those[0]], None], switches[those]]), axis=0)
        before[those], after[those] = sums[:-1], sums[1:]
    return _squares(after) - _squares(before)


def _squares(quadratics: np.ndarray) -> np.ndarray:
    """Return the coefficients (n, 5) of the squares of quadratics (n, 3)."""
    a, b, c = quadratics.T
    return np.stack([a * a, 2 * a * b, b * b + 2 * a * c, 2 * b * c, c * c], axis=1)
