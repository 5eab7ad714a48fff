"""The Lagrangian at fixed patterns, with gradient and Hessian, as one program for doubles and for intervals.

L(theta, mu) = J_off(theta) + sum_g mu_g c_g(theta), where every kinked unit is switched off. With the multipliers as
the signals of the kinked units the backward pass gives the gradient of L; the signal that reaches a kinked unit from
above, before it is switched off, is the jump of its slope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from .arithmetic import FLOATS, Arithmetic
from .balls import join
from .kinks import Group, Kinks
from .objective import Objective
from .slopes import curvatures, slopes


@dataclass(frozen=True, eq=False)
class Pass:
    """Forward and backward pass at one point (or over one box).

    Attributes:
        matrices: of the layers, biases last.
        fed: what each layer takes, with the ones for its bias: (n, in + 1).
        heights: preactivations of each layer, the outputs last; kinked units below are off.
        arriving: for each hidden layer (n, units) the signals from above, before units are switched off.
        signals: for each layer (n, out) the signals at its preactivations, multipliers at kinks.
    """

    matrices: list[Any]
    fed: list[Any]
    heights: list[Any]
    arriving: list[Any]
    signals: list[Any]


@dataclass(frozen=True, eq=False)
class Lagrangian:
    """The program for one set of kinks.

    Attributes:
        objective: what is minimised.
        kinks: the kinks.
        using: the arithmetic.
    """

    objective: Objective
    kinks: Kinks
    using: Arithmetic

    @cached_property
    def X(self) -> Any:
        """The samples in this arithmetic."""
        if self.using.kind == FLOATS:
            return self.objective.float_samples
        return self.using.numbers(self.objective.X)

    @cached_property
    def decay(self) -> Any:
        """(p,) the decay of each parameter in this arithmetic."""
        if self.using.kind == FLOATS:
            return self.objective.float_decay
        decay = self.objective.decay
        return self.using.numbers(np.array([decay if m else 0 * decay for m in self.objective.mask], dtype=object))

    def passed(self, theta: Any, mu: Any) -> Pass:
        """Return forward and backward pass."""
        objective, using, last = self.objective, self.using, self.objective.depth - 1
        matrices = objective.matrices(theta)
        H, inputs, heights = self.X, [], []
        for k, M in enumerate(matrices):
            inputs.append(join([H, using.doubles(np.ones((len(objective.X), 1)))], 1) if objective.has_bias[k] else H)
            heights.append(using.product(inputs[-1], M.T))
            if k < last:
                H = heights[-1] * self.kinks.on[k]
        signals: list[Any] = [None] * (last + 1)
        arriving: list[Any] = [None] * last
        signals[last] = slopes(objective, heights[last], using)
        kink_signals = self._carried(mu)
        for k in range(last - 1, -1, -1):
            width = objective.shapes[k][0]
            arriving[k] = using.product(signals[k + 1], matrices[k + 1][:, :width])
            signals[k] = arriving[k] * self.kinks.on[k] + kink_signals[k]
        return Pass(matrices, inputs, heights, arriving, signals)

    def _carried(self, mu: Any) -> list[Any]:
        """Return for each hidden layer (n, units) what the multipliers put on its kinks."""
        if self.using.kind == FLOATS:
            kinks = self.kinks
            return kinks.classes.carried(kinks.float_multipliers(mu), [on.shape for on in kinks.on])
        out = [self.using.zeros((len(self.objective.X), on.shape[1])) for on in self.kinks.on]
        for group, value in zip(self.kinks.groups, self.kinks.multipliers(mu, self.using), strict=True):
            for row, part in zip(group.rows, group.parts, strict=True):
                if part != 0:
                    out[group.layer][row, group.unit] = value if part == 1 else value * self.using.number(part)
        return out

    def gradient(self, theta: Any, at: Pass) -> Any:
        """Return the gradient of L in theta, (p,)."""
        blocks = [
            self.using.product(S.T, H).reshape(shape[0] * shape[1])
            for S, H, shape in zip(at.signals, at.fed, self.objective.matrix_shapes, strict=True)
        ]
        return join(blocks) + self.decay * theta

    def values(self, at: Pass) -> Any:
        """Return the free kink functions, (groups,)."""
        parts = [at.heights[g.layer][g.row : g.row + 1, g.unit] for g in self.kinks.free]
        return join(parts) if parts else self.using.zeros((0,))

    def constraints(self, at: Pass) -> Any:
        """Return the gradients of the free kink functions, (groups, p)."""
        return self.gradients_of(self.kinks.free, at)

    def gradients_of(self, groups: Sequence[Group], at: Pass) -> Any:
        """Return the gradients of kink functions, (groups, p)."""
        out = self.using.zeros((len(groups), self.objective.size))
        for layer in sorted({g.layer for g in groups}):
            at_layer = [q for q, g in enumerate(groups) if g.layer == layer]
            start = np.zeros((len(at_layer), self.objective.shapes[layer][0]))
            for position, q in enumerate(at_layer):
                start[position, groups[q].unit] = 1.0
            rows = [groups[q].row for q in at_layer]
            self._spread(out, at_layer, self.using.doubles(start), layer, rows, at)
        return out

    def _spread(self, out: Any, places: list[int], start: Any, layer: int, rows: list[int], at: Pass) -> None:
        """Write the gradients of heights of one layer, whose signals start there, into rows of a matrix."""
        objective, signal = self.objective, start
        for k in range(layer, -1, -1):
            H = at.fed[k][rows]
            block = signal[:, :, None] * H[:, None, :]
            a, b = objective.starts[k], objective.starts[k + 1]
            out[places, a:b] = block.reshape(len(rows), b - a)
            if k:
                width = objective.shapes[k - 1][0]
                below = self.using.product(signal, at.matrices[k][:, :width])
                signal = below * self.kinks.on[k - 1][rows]

    def hessian(self, at: Pass) -> Any:
        """Return the Hessian of L in theta, (p, p): the decay, the curvature of the loss, and the paths."""
        using, objective = self.using, self.objective
        n, k = objective.Y.shape
        H = using.zeros((objective.size, objective.size))
        every = list(range(n))
        outputs = []
        for o in range(k):
            part, start = using.zeros((n, objective.size)), np.zeros((n, k))
            start[:, o] = 1.0
            self._spread(part, every, using.doubles(start), objective.depth - 1, every, at)
            outputs.append(part)
        bends = curvatures(objective, at.heights[-1], using)
        for o in range(k):
            for q in range(o + 1):
                if objective.loss != "cross_entropy" and q != o:
                    continue
                term = using.product(outputs[o].T, outputs[q] * bends[:, o, q].reshape(n, 1))
                H = H + (term if q == o else term + term.T)
        for upper in range(1, objective.depth):
            self._paths(H, upper, at)
        diagonal = np.arange(objective.size)
        H[diagonal, diagonal] = H[diagonal, diagonal] + self.decay
        return H

    def _paths(self, H: Any, upper: int, at: Pass) -> None:
        """Add the second derivatives in the weights of one layer and of each layer below it."""
        objective, using, n = self.objective, self.using, len(self.objective.X)
        width = objective.shapes[upper - 1][0]
        columns = objective.matrix_shapes[upper][1]
        T: Any = None
        for lower in range(upper - 1, -1, -1):
            on, units = self.kinks.on[lower], objective.shapes[lower][0]
            inputs = at.fed[lower]
            c = np.arange(units)
            if T is not None:  # the outputs below `upper` by the heights of `lower`: (n, width, units)
                step = using.product(T.reshape(n * width, objective.shapes[lower + 1][0]),
                                     at.matrices[lower + 1][:, :units])  # fmt: skip
                T = step.reshape(n, width, units) * on[:, None, :]
            for a in range(objective.shapes[upper][0]):
                signal = at.signals[upper][:, a]
                row = objective.starts[upper] + a * columns
                if T is None:
                    block = using.product((signal.reshape(n, 1) * on).T, inputs)
                    pairs = [(row + u, u, block[u]) for u in c.tolist()]
                else:
                    whole = (T * signal.reshape(n, 1, 1)).reshape(n, width * units)
                    block = using.product(whole.T, inputs)
                    pairs = [(row + q // units, q % units, block[q]) for q in range(width * units)]
                for r, u, values in pairs:
                    first = objective.starts[lower] + u * inputs.shape[1]
                    s = slice(first, first + inputs.shape[1])
                    H[r, s] = H[r, s] + values
                    H[s, r] = H[s, r] + values
            if T is None:
                T = using.doubles(np.eye(units)[None, :, :] * on[:, None, :])
