"""The second derivative of the loss in all weights of a network of any depth, and its eigenvalues."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import TooLarge
from ..numbers.checks import readonly
from ..numbers.tolerances import DEFAULT, ROUNDING, Tolerances
from ..problem.networks import DeepNet
from ..problem.outputs import output_loss
from ..problem.penalties import NONE, NoPenalty, WeightDecay, as_penalty
from ..problem.trained.layered import Layered, read_layered
from ..problem.trained.loss_choice import loss_of_targets, stated_loss
from ..problem.trained.opening import Opened, open_model

MOST_PARAMETERS = 3_000


@dataclass(frozen=True, eq=False)
class Curvature:
    """The Hessian of the mean loss, or of the objective with weight decay, at a network.

    Attributes:
        eigenvalues: (P,) in rising order; P weights and trained biases, layer by layer.
        matrix: (P, P) the Hessian.
        gradient_norm: length of the gradient.
        kinks: pairs (unit, row) with the row on the unit's hyperplane; the loss has no Hessian there, and this is that
            of the side where these units are off.
        zero: largest size of an eigenvalue that is taken for 0, from rounding alone.
    """

    eigenvalues: np.ndarray
    matrix: np.ndarray
    gradient_norm: float
    kinks: int
    zero: float

    @property
    def signs(self) -> tuple[int, int, int]:
        """Number of negative eigenvalues, of those that are 0, and of positive ones."""
        values = self.eigenvalues
        low, high = int((values < -self.zero).sum()), int((values > self.zero).sum())
        return low, len(values) - low - high, high

    def __str__(self) -> str:
        """Return the counts and the ends of the spectrum."""
        low, flat, high = self.signs
        if not len(self.eigenvalues):
            return "no weight is trained"
        text = f"{low} negative, {flat} zero and {high} positive eigenvalues, from {self.eigenvalues[0]:.4g} to "
        text += f"{self.eigenvalues[-1]:.4g}; gradient norm {self.gradient_norm:.3g}"
        return text + (f"; {self.kinks} kinks, where the loss has no Hessian" if self.kinks else "")

    __repr__ = __str__


def hessian(
    model: Any, X: Any, y: Any = None, *, loss: Any = None, weight_decay: Any = None, tolerances: Tolerances = DEFAULT
) -> Curvature:
    """Return the Hessian of the mean loss in all weights and biases, with its eigenvalues and their signs.

    Off kinks the output is a polynomial in the weights, so that H = J^T l'' J + sum l' f'' is computed to rounding,
    column by column, by one pass forward and one back each. A ReLU network has directions without curvature (a factor
    moved between two layers), so zero eigenvalues are the rule; and on a kink no eigenvalue decides: `certify_model`
    does.

    Args:
        model: any that `explain` reads.
        X: (n, d) samples or a `Dataset`.
        y: (n,) or (n, k) targets.
        loss: the loss; None takes what the model or the target says, as in `explain`.
        weight_decay: a number or a `WeightDecay` whose penalty is added.
        tolerances: the numerical policy.

    Raises:
        TooLarge: more than 3,000 weights.
        ModelError, InputError, ShapeError: as for `explain`.

    Source: Pearlmutter (1994), Fast exact multiplication by the Hessian.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> hessian(TwoLayerNet([[1.0]], [1.0]), [[1.0]], [1.0]).eigenvalues.round(12).tolist()
        [0.0, 4.0]
    """
    network = _on_its_loss(open_model(model), X, y, loss, tolerances)
    return curvature_of(network, as_penalty(weight_decay))


def _on_its_loss(opened: Opened, X: Any, y: Any, loss: Any, tolerances: Tolerances) -> Layered:
    """Return the network on its data, under the loss that was asked for, the model's own, or what the target says."""
    choice = stated_loss(loss, opened.trained_on)
    net, biases = opened.given, None
    if net is not None:  # its hidden biases meet a column of ones
        biases = False, net.c != 0 if net.output_bias is None else net.output_bias
    network = read_layered(opened, X, y, "squared" if choice is None else choice.loss, biases)
    if choice is not None:
        return network
    return replace(network, loss=output_loss(loss_of_targets(network, tolerances).loss, network.Y))


def curvature_of(layered: Layered, penalty: NoPenalty | WeightDecay = NONE) -> Curvature:
    """Return the Hessian of a network that was read.

    Raises:
        TooLarge: more than 3,000 weights.
    """
    net, X, Y = layered.net, layered.X, layered.Y
    heights = net.hidden(X)
    inputs = layered.inputs()
    signs = [net.derivative(k, z) for k, z in enumerate(heights[:-1])]
    slope = layered.loss.gradient(heights[-1], Y)
    errors = [slope]
    for w, on in zip(reversed(net.weights[1:]), reversed(signs), strict=True):
        errors.insert(0, (errors[0] @ w) * on)
    free, in_penalty = _which(layered, penalty)
    P = int(free.sum())
    if P > MOST_PARAMETERS:
        raise TooLarge(f"{P:,} weights make a Hessian of {P * P:,} entries; at most {MOST_PARAMETERS:,} weights", P)
    gradient = np.concatenate([_layer(e, None, h, None) for e, h in zip(errors, inputs, strict=True)])
    H, column = np.empty((P, P)), 0
    for layer, (w, b) in enumerate(zip(net.weights, net.biases, strict=True)):
        for place in range(w.size + len(b)):
            if not free[_offset(net, layer) + place]:
                continue
            H[column] = _product(layered, layer, place, inputs, heights, signs, errors)[free]
            column += 1
    decay = float(penalty.strength) * in_penalty[free]
    H = (H + H.T) / 2 + np.diag(decay)
    theta = np.concatenate([part.reshape(-1) for w, b in zip(net.weights, net.biases, strict=True) for part in (w, b)])
    live_rows = [np.any(h != 0, axis=1, keepdims=True) for h in inputs]
    on_line = sum(int(np.logical_and(z == 0, rows).sum()) for z, rows in zip(heights[:-1], live_rows[:-1], strict=True))
    values = np.linalg.eigvalsh(H) if P else np.zeros(0)
    zero = ROUNDING * max(P, 1) * float(np.abs(values).max(initial=0.0))
    length = float(np.linalg.norm(gradient[free] + decay * theta[free]))
    return Curvature(readonly(values), readonly(H), length, on_line, zero)


def _which(layered: Layered, penalty: NoPenalty | WeightDecay) -> tuple[np.ndarray, np.ndarray]:
    """Return which numbers are trained and which of all are penalised, weights and biases of each layer in turn."""
    free, masks = [], []
    for k, (w, b, on) in enumerate(zip(layered.net.weights, layered.net.biases, layered.biases, strict=True)):
        decays = np.ones(w.shape, dtype=bool)
        if k == 0 and layered.data.bias and not penalty.biases:
            decays[:, -1] = False
        free += [np.ones(w.size, dtype=bool), np.full(len(b), on)]
        masks += [decays.reshape(-1), np.full(len(b), penalty.biases)]
    return np.concatenate(free), np.concatenate(masks)


def _offset(net: DeepNet, layer: int) -> int:
    """Return the place of a layer's first weight."""
    return sum(w.size + len(b) for w, b in zip(net.weights[:layer], net.biases[:layer], strict=True))


def _layer(error: np.ndarray, error_moves: Any, inputs: np.ndarray, fed_moves: Any) -> np.ndarray:
    """Return a layer's part of the gradient, or its derivative where what moves is given."""
    if error_moves is None:
        return np.concatenate([(error.T @ inputs).reshape(-1), error.sum(axis=0)])
    return np.concatenate([(error_moves.T @ inputs + error.T @ fed_moves).reshape(-1), error_moves.sum(axis=0)])


def _product(
    layered: Layered,
    layer: int,
    place: int,
    inputs: list[np.ndarray],
    heights: list[np.ndarray],
    signs: list[np.ndarray],
    errors: list[np.ndarray],
) -> np.ndarray:
    """Return the derivative of the gradient in one weight or bias: one column of the Hessian."""
    net = layered.net
    w = net.weights[layer]
    unit, entry = (place // w.shape[1], place % w.shape[1]) if place < w.size else (place - w.size, None)
    fed_moves = [np.zeros_like(h) for h in inputs]
    moves = np.zeros_like(heights[layer])
    moves[:, unit] = 1.0 if entry is None else inputs[layer][:, entry]
    for k in range(layer + 1, net.depth):
        fed_moves[k] = moves * signs[k - 1]
        moves = fed_moves[k] @ net.weights[k].T
    error_moves = _slope_moves(layered, heights[-1], moves)
    parts = [_layer(errors[-1], error_moves, inputs[-1], fed_moves[-1])]
    for k in range(net.depth - 1, 0, -1):
        back = error_moves @ net.weights[k]
        if k == layer and entry is not None:
            back[:, entry] += errors[k][:, unit]
        error_moves = back * signs[k - 1]
        parts.insert(0, _layer(errors[k - 1], error_moves, inputs[k - 1], fed_moves[k - 1]))
    return np.concatenate(parts)


def _slope_moves(layered: Layered, F: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Return how the derivative of the mean loss in the outputs changes as the outputs move."""
    if not F.size:
        return np.zeros_like(F)
    if layered.loss.each is not None:
        bends = np.asarray(layered.loss.curvature(F.reshape(-1), layered.Y.reshape(-1)))
        return bends.reshape(F.shape) * moves / len(F)
    weights = np.exp(F - F.max(axis=1, keepdims=True))
    shares = weights / weights.sum(axis=1, keepdims=True)
    return shares * (moves - (shares * moves).sum(axis=1, keepdims=True)) / len(F)
