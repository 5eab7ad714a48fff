"""What is computed about a network with more layers or more outputs than the exact test covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.data import Dataset
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.penalties import NONE, NoPenalty, WeightDecay
from ...problem.trained.layered import Layered
from ...problem.trained.reading import Trained
from .. import Verdict
from ..proof import Proof
from .jacobian_facts import JacobianFacts, jacobian_facts
from .last_layer import LastLayer, constant_loss, last_layer
from .layers import LayerFacts, gradient_norm, layer_facts
from .leaky import LeakyLayer, leaky_layer
from .one_hidden_layer import Findings, investigate
from .onward import trained_on
from .proving import prove_layered, verdict_of
from .rounding import fits_up_to_rounding
from .saving import snapped_or_escaped
from .silent_layer import SilentLayer, silent_layer
from .tangent import tangential_gradient


@dataclass(frozen=True, eq=False)
class Top:
    """The last two layers as a network of their own, on the outputs of the layer before.

    Attributes:
        trained: that network on its data.
        found: what the exact test and the descent say about it.
    """

    trained: Trained
    found: Findings


@dataclass(frozen=True, eq=False)
class DeepFindings:
    """What is known about a network of any depth.

    Attributes:
        layers: facts of every layer, the output last.
        last: the last layer alone.
        jacobian: rank and Lemma 1's bound, None where too large.
        top: the last two layers under the exact test, None for several outputs.
        verdict: what follows for the whole network.
        loss, constant, affine: losses of the network, the best constant outputs, the best affine fit (squared loss).
        gradient_norm: length of the whole gradient.
        better: a network with a lower loss whose first layers are the given ones, with that loss; or None.
        downhill: the lowest loss that a way down from here was found to reach; None under a penalty.
        silent: what follows from a hidden layer that is off on every row, None where there is none.
        proof: the interval proof, None where none was asked for.
        penalty: what was added to the mean loss; then `verdict.loss` is the objective.
        leaky: of one hidden layer of LeakyReLU and one output what the exact test and its basin say, else None.
    """

    layers: tuple[LayerFacts, ...]
    last: LastLayer
    jacobian: JacobianFacts | None
    top: Top | None
    verdict: Verdict
    loss: float
    constant: float
    affine: float | None
    gradient_norm: float
    better: tuple[DeepNet, float] | None
    downhill: float | None
    silent: SilentLayer | None = None
    leaky: LeakyLayer | None = None
    proof: Proof | None = None
    penalty: NoPenalty | WeightDecay = NONE


def investigate_deep(
    seen: Layered,
    tolerances: Tolerances = DEFAULT,
    starts: int = 0,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda what, share: None,
    penalty: NoPenalty | WeightDecay = NONE,
) -> DeepFindings:
    """Compute everything about a network of any depth.

    What the tests of the layers leave undecided is put to the interval proof. With a penalty the proof alone gives the
    verdict: the other tests are about the plain loss.

    Args:
        seen: the network on its data.
        tolerances: the numerical policy.
        starts: fresh starts of the last two layers for a better network.
        seed: root of their random streams.
        progress: called with (what, share done).
        penalty: what is added to the mean loss.
    """
    if penalty is not NONE:
        return _penalised(seen, penalty, tolerances, progress)
    progress("looking at every layer", 0.05)
    layers, last = layer_facts(seen, tolerances), last_layer(seen)
    loss = seen.loss.value(seen.predictions, seen.Y)
    progress("training on from here", 0.2)
    onward = trained_on(seen)
    progress("testing the last two layers", 0.4)
    single = seen.Y.shape[1] == 1 and seen.loss.each is not None
    top = _top(seen, starts, seed) if single and seen.net.relu else None
    shallow = single and seen.net.depth == 2 and not seen.net.relu
    leaky = leaky_layer(seen, constant_loss(seen), starts, seed, tolerances) if shallow else None
    options = [(last.net, seen.loss.value(last.net.hidden(seen.X)[-1], seen.Y))]
    if top is not None:
        upper = snapped_or_escaped(top.found, top.trained, seen.loss.each)
        if upper is not None:
            options.append(_option(seen, upper))
        if top.found.best is not None:
            options.append(_option(seen, top.found.best[0]))
    if leaky is not None:
        options += [(onward[0], onward[1]), *([leaky.best] if leaky.best is not None else [])]
    reached = [loss, last.lowest, onward[1]]
    if leaky is not None and leaky.basin is not None:
        reached.append(leaky.basin)
    if top is not None and top.found.descent is not None:
        reached.append(_option(seen, top.found.descent.net)[1])
    lowest, constant = min(options, key=lambda option: option[1]), constant_loss(seen)
    silent = silent_layer(seen, loss, constant, tolerances)
    if silent is not None and silent.given.kind != "undecided":
        verdict = replace(silent.verdict, differentiable=not any(layer.on_kink for layer in layers))
    else:
        verdict = _verdict(seen, layers, last, top, leaky, loss, tolerances)
        if silent is not None and verdict.kind == "undecided":
            verdict = replace(verdict, reason=silent.given.reason)
    proof = None
    if verdict.kind == "undecided":
        progress("proving by intervals", 0.8)
        proof = prove_layered(seen)
        if proof is not None and proof.method == "certified":
            verdict = verdict_of(proof)
        elif proof is not None:
            verdict = replace(verdict, reason=f"{verdict.reason}; no interval proof: {proof.reason}")
    return DeepFindings(
        layers=layers, last=last, jacobian=jacobian_facts(seen), top=top, verdict=verdict, loss=loss,
        constant=constant, affine=_affine(seen), gradient_norm=gradient_norm(layers),
        better=lowest if lowest[1] < loss else None, downhill=min(reached), silent=silent, leaky=leaky, proof=proof,
    )  # fmt: skip


def _penalised(
    seen: Layered, penalty: NoPenalty | WeightDecay, tolerances: Tolerances, progress: Callable[[str, float], None]
) -> DeepFindings:
    """Return what is known about a network under a penalty: facts of its layers, the proof, and fresh starts."""
    progress("looking at every layer", 0.05)
    layers, last = layer_facts(seen, tolerances), last_layer(seen)
    loss = seen.loss.value(seen.predictions, seen.Y)
    progress("proving by intervals", 0.2)
    proof = prove_layered(seen, penalty)
    reason = "an interval proof covers ReLU units with squared, logistic, bce or cross_entropy loss"
    verdict = verdict_of(proof) if proof is not None else _as_verdict("undecided", reason, True, loss, None)
    progress("fresh starts", 0.6)
    return DeepFindings(
        layers=layers, last=last, jacobian=jacobian_facts(seen), top=None, verdict=verdict, loss=loss,
        constant=constant_loss(seen), affine=_affine(seen), gradient_norm=gradient_norm(layers),
        better=None, downhill=None, proof=proof, penalty=penalty,
    )  # fmt: skip


def with_top(seen: Layered, upper: TwoLayerNet) -> DeepNet:
    """Return the network with its last two layers replaced."""
    net, biased = seen.net, seen.biases[-2]
    W, b = (upper.W[:, :-1], upper.W[:, -1]) if biased else (upper.W, net.biases[-2])
    weights, biases = (*net.weights[:-2], W, upper.v[None, :]), (*net.biases[:-2], b, [upper.c])
    return replace(net, weights=weights, biases=biases, has_bias=seen.has_bias)


def _option(seen: Layered, upper: TwoLayerNet) -> tuple[DeepNet, float]:
    """Return a network with new last layers and its loss."""
    net = with_top(seen, upper)
    return net, seen.loss.value(net.hidden(seen.X)[-1], seen.Y)


def _top(seen: Layered, starts: int, seed: int) -> Top:
    """Put the last two layers to the exact test."""
    net, biased = seen.net, seen.biases[-2]
    W = np.concatenate([net.weights[-2], net.biases[-2][:, None]], axis=1) if biased else net.weights[-2]
    data = Dataset(seen.inputs()[-2], seen.Y[:, 0], bias=biased)
    upper = TwoLayerNet(W, net.weights[-1][0], float(net.biases[-1][0]))
    trained = Trained(upper, data, seen.biases[-1], seen.weight_decay, None)
    return Top(trained, investigate(trained, seen.loss.each, starts=starts, seed=seed))


def _affine(seen: Layered) -> float | None:
    """Return the loss of linear regression, for the squared loss."""
    if not seen.loss.quadratic:
        return None
    M = np.concatenate([seen.X, np.ones((len(seen.X), 1))], axis=1)
    scale = np.linalg.norm(M, axis=0)
    M = M / np.where(scale > 0, scale, 1.0)
    return seen.loss.value(M @ np.linalg.lstsq(M, seen.Y, rcond=None)[0], seen.Y)


def _verdict(
    seen: Layered,
    layers: tuple[LayerFacts, ...],
    last: LastLayer,
    top: Top | None,
    leaky: LeakyLayer | None,
    loss: float,
    tolerances: Tolerances,
) -> Verdict:
    """Return what follows for the whole network.

    A direction that lowers the loss in some layers lowers it in the network; that none exists in the last two layers
    decides nothing about the others.
    """
    hidden = layers[: -2 if top is not None else -1]
    smooth = not any(layer.on_kink for layer in layers)
    steep = [layer for layer in hidden if layer.is_steep(tolerances)]
    moving = steep if smooth else []
    if seen.loss.quadratic and loss == 0.0:
        return _as_verdict("local minimum", "the loss is zero, so no network is better", smooth, loss, top)
    if seen.loss.quadratic and fits_up_to_rounding(seen):
        reason = "every prediction is its target up to rounding, so no network is better"
        return _as_verdict("local minimum", reason, smooth, loss, top)
    if leaky is not None:
        return leaky.verdict
    told = top.found.verdict if top is not None else None
    along = None if smooth else tangential_gradient(seen, tolerances)
    if told is not None and told.kind == "not stationary" and not moving:
        kind, reason = told.kind, f"in the last two layers: {told.reason}"
    elif moving:
        worst = max(moving, key=lambda layer: layer.relative_gradient)
        kind, reason = "not stationary", f"the weights of layer {worst.layer} can be moved so that the loss falls"
    elif along is not None and along > tolerances.deep_gradient:
        kind, reason = "not stationary", "the weights can be moved along the kinks so that the loss falls"
    elif told is not None and told.kind == "saddle":
        kind, reason = "saddle", f"in the last two layers: {told.reason}"
    elif told is None and not last.optimal:
        kind, reason = "not stationary", "the last layer alone can be moved so that the loss falls"
    else:
        kind, reason = "undecided", _why_open(layers, steep, told)
    return _as_verdict(kind, reason, smooth, loss, top)


def _why_open(layers: tuple[LayerFacts, ...], steep: list[LayerFacts], told: Verdict | None) -> str:
    """Say what is known where the whole network stays undecided."""
    if steep:
        return f"samples lie on kinks of {_named(layers)}, where a gradient says nothing"
    if told is None:
        reason = "the last layer is the best one and the gradient of the layers before vanishes"
    elif told.kind == "local minimum":
        reason = "the last two layers are in a local minimum and the gradient of the layers before vanishes"
    else:
        reason = told.reason
    return reason + ", which decides nothing about the whole"


def _named(layers: tuple[LayerFacts, ...]) -> str:
    """Return the layers with samples on their kinks in words."""
    chosen = [str(layer.layer) for layer in layers if layer.on_kink]
    return f"layer{'' if len(chosen) == 1 else 's'} {' and '.join(chosen)}"


def _as_verdict(kind: str, reason: str, smooth: bool, loss: float, top: Top | None) -> Verdict:
    """Return a verdict in floats."""
    known: dict[str, Any] = {"local minimum": True, "saddle": False, "not stationary": False}
    told = top.found.verdict if top is not None else None
    return Verdict(
        kind=kind, reason=reason, is_local_minimum=known.get(kind), differentiable=smooth, loss=loss, exact_loss=None,
        escape=None, slack=0.0, residual=told.residual if told is not None else 0.0, units=(), method="numerical",
        zero_rows=(), build_certificate=None,
    )  # fmt: skip
