"""Everything that is computed about a trained network before a word is written: one pipeline for every depth.

A network of one hidden layer and one output is the case with more theorems: the exact test covers it as a whole. Of any
other with one output it covers the last two layers by themselves.
"""

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
from .answer import WRONG_INPUT, Outlook
from .jacobian_facts import JacobianFacts, jacobian_facts
from .last_layer import LastLayer, constant_loss, last_layer
from .layers import LayerFacts, gradient_norm, layer_facts
from .leaky import LeakyLayer, leaky_layer
from .limits import announcement, left_out
from .one_hidden_layer import STARTS, Findings, investigate
from .onward import trained_on
from .outlook import fits_on_scaled_inputs, outlook
from .proving import prove_layered, verdict_of
from .saving import escaped, snapped_or_escaped
from .silent_layer import SilentLayer, silent_layer
from .whole_verdict import as_verdict, whole_verdict

UNPROVED = "an interval proof covers ReLU units with squared, logistic, bce or cross_entropy loss"

__all__ = ["STARTS", "Examination", "Part", "examine"]


@dataclass(frozen=True, eq=False)
class Part:
    """One hidden layer and one output under the exact test: the whole network, or its last two layers.

    Attributes:
        trained: that network on its data.
        findings: what the exact test and the descent say about it.
        ahead: the lowest network along the escape of its verdict, None where there is none.
        saved: the network of its shape that is worth saving, with its loss, or None.
        whole: whether it is the whole network.
        quadratic: whether the loss is the squared one.
    """

    trained: Trained
    findings: Findings
    ahead: TwoLayerNet | None
    saved: tuple[TwoLayerNet, float] | None
    whole: bool
    quadratic: bool

    @property
    def left_out(self) -> str | None:
        """What is not looked for because the network is too large, in words, or None."""
        net, data = self.trained.net, self.trained.data
        return left_out(data.n, net.width, data.d, self.quadratic)


@dataclass(frozen=True, eq=False)
class Examination:
    """What is known about a trained network on its data.

    Attributes:
        seen: the network on its data, layer by layer.
        layers: facts of every layer, the output last.
        last: what the last layer alone can reach.
        jacobian: rank and Lemma 1's bound, None where too large.
        part: what the exact test of ReLU covers, None for several outputs and LeakyReLU.
        silent: what follows from a hidden layer that is off on every row, None where there is none.
        leaky: of one hidden layer of LeakyReLU and one output what the exact test and its basin say, else None.
        proof: the interval proof, None where none was asked for.
        penalty: what was added to the mean loss; then `verdict.loss` is the objective.
        verdict: on the network; where the exact test covers it, on the exact point beside it where that decides.
        given: the verdict on exactly the given weights.
        loss, constant, affine: losses of the network, of the best constant outputs, of the best affine fit (of the
            squared loss only, else None).
        gradient_norm: length of the whole gradient.
        known: the best network known with its loss, None where no other was looked for or none is lower.
        outlook: what the answer rests on.
        answer: "solved", "stuck", "slow", "wrong input" or "undecided".
        fits_scaled: the network fits worse than a constant as it is, and better on standardised inputs.
    """

    seen: Layered
    layers: tuple[LayerFacts, ...]
    last: LastLayer
    jacobian: JacobianFacts | None
    part: Part | None
    silent: SilentLayer | None
    leaky: LeakyLayer | None
    proof: Proof | None
    penalty: NoPenalty | WeightDecay
    verdict: Verdict
    given: Verdict
    loss: float
    constant: float
    affine: float | None
    gradient_norm: float
    known: tuple[TwoLayerNet | DeepNet, float] | None
    outlook: Outlook
    answer: str
    fits_scaled: bool

    @property
    def whole(self) -> Part | None:
        """The part where it is the whole network, else None."""
        return self.part if self.part is not None and self.part.whole else None

    @property
    def certified(self) -> Proof | None:
        """The interval proof where it decided, else None."""
        return self.proof if self.proof is not None and self.proof.method == "certified" else None

    @property
    def saved(self) -> TwoLayerNet | DeepNet | None:
        """The network worth saving: the snapped one at a minimum, else one of lower loss; None where none is known."""
        if self.whole is not None:
            return None if self.whole.saved is None else self.whole.saved[0]
        if self.known is not None:
            return self.known[0]
        return None if self.proof is None else self.proof.lower

    @property
    def snapped(self) -> TwoLayerNet | DeepNet | None:
        """The network with what the exact test covers moved to the exact point beside it, or None."""
        if self.proof is not None and self.proof.verdict == "local minimum":
            return self.proof.net
        if self.leaky is not None:
            return self.leaky.near
        near = None if self.part is None else self.part.findings.near
        return None if near is None else self.with_part(near.net)

    @property
    def nearest(self) -> TwoLayerNet | DeepNet | None:
        """The same at the nearest exact minimum found, near or not; None where none was found."""
        if self.leaky is not None:
            return self.leaky.near
        end = None if self.part is None else self.part.findings.nearest
        return None if end is None else self.with_part(end)

    @property
    def distance(self) -> float | None:
        """How far the snapped network is, else the nearest exact minimum found, relative to the weights; or None."""
        if self.certified is not None:
            return self.certified.distance
        if self.leaky is not None or self.part is None:
            return None if self.leaky is None else self.leaky.distance
        findings = self.part.findings
        return findings.near.distance if findings.near is not None else findings.distance_to_minimum

    def with_part(self, net: TwoLayerNet) -> TwoLayerNet | DeepNet:
        """Return the network with what the exact test covers replaced."""
        return net if self.whole is not None else with_top(self.seen, net)


def examine(
    seen: Layered,
    trained: Trained | None = None,
    weight_decay: Any = None,
    penalty: NoPenalty | WeightDecay = NONE,
    starts: int = 0,
    seed: int = 0,
    tolerances: Tolerances = DEFAULT,
    progress: Callable[[str, float], None] = lambda what, share: None,
) -> Examination:
    """Compute everything about a trained network.

    What the tests of the layers leave undecided is put to the interval proof.

    Args:
        seen: the network on its data, layer by layer.
        trained: the same as one hidden layer with one output where it is one, None for any other.
        weight_decay: "unknown" where the training may have added a penalty that its gradient shows.
        penalty: what is added to the mean loss; then the interval proof alone gives the verdict, since the other tests
            are about the plain loss, and `trained` is not looked at.
        starts: fresh starts for a better network; none are made where the input is plainly wrong.
        seed: root of their random streams.
        tolerances: the numerical policy.
        progress: called with (what, share done); a share of 0 comes with what is worth saying before the start.
    """
    loss, constant = seen.loss.value(seen.predictions, seen.Y), constant_loss(seen)
    first = outlook(seen, "undecided", loss, constant, None, None, weight_decay, tolerances)
    if first.answer(tolerances) == WRONG_INPUT:
        starts = 0
    large = (
        None
        if trained is None
        else announcement(trained.data.n, trained.net.width, trained.data.d, seen.loss.quadratic)
    )
    if large is not None:
        progress(large, 0.0)
    progress("looking at every layer", 0.02)
    layers, last = layer_facts(seen, tolerances), last_layer(seen)
    bare = penalty is NONE
    part = _part(seen, trained, starts, seed, tolerances, progress) if bare else None
    findings = part.findings if part is not None and part.whole else None
    silent, leaky, proof = None, None, None
    if findings is not None:
        loss, constant, verdict, given = findings.loss, findings.constant, findings.verdict, findings.given
    elif not bare:
        progress("proving by intervals", 0.2)
        proof = prove_layered(seen, penalty)
        verdict = given = (
            verdict_of(proof) if proof is not None else as_verdict("undecided", UNPROVED, True, loss, None)
        )
    else:
        if seen.loss.each is not None and seen.Y.shape[1] == 1 and seen.net.depth == 2 and not seen.net.relu:
            leaky = leaky_layer(seen, constant, starts, seed, tolerances)
        silent = silent_layer(seen, loss, constant, tolerances)
        upper = None if part is None else part.findings.verdict
        verdict = whole_verdict(seen, layers, last, upper, leaky, silent, loss, tolerances)
        if verdict.kind == "undecided":
            progress("proving by intervals", 0.8)
            proof = prove_layered(seen)
            if proof is not None and proof.method == "certified":
                verdict = verdict_of(proof)
            elif proof is not None:
                verdict = replace(verdict, reason=f"{verdict.reason}; no interval proof: {proof.reason}")
        given = verdict if silent is None or silent.near is None else silent.given
        given = given if leaky is None else leaky.given
    progress("training on from here", 0.85)
    known: tuple[TwoLayerNet | DeepNet, float] | None
    downhill: float | None
    if not bare:
        known, downhill, lowest = None, None, None
    elif findings is not None:
        known, downhill = findings.best, _way_down(seen, findings)
        lowest = None if known is None else known[1]
    else:
        onward = trained_on(seen)
        known, downhill = (
            _known(seen, part, last, leaky, onward, loss),
            _downhill(seen, part, last, leaky, onward, loss),
        )
        lowest = downhill if known is None or downhill is None else min(downhill, known[1])
    view = outlook(seen, verdict.kind, loss, constant, downhill, lowest, weight_decay, tolerances)
    return Examination(
        seen=seen, layers=layers, last=last, jacobian=jacobian_facts(seen), part=part, silent=silent, leaky=leaky,
        proof=proof, penalty=penalty,
        verdict=verdict, given=given, loss=loss, constant=constant,
        affine=_affine(seen) if findings is None else findings.affine,
        gradient_norm=gradient_norm(layers) if findings is None else findings.gradient_norm, known=known,
        outlook=view, answer=view.answer(tolerances),
        fits_scaled=view.is_wrong(tolerances) and fits_on_scaled_inputs(seen),
    )  # fmt: skip


def with_top(seen: Layered, upper: TwoLayerNet) -> DeepNet:
    """Return the network with its last two layers replaced."""
    net, biased = seen.net, seen.biases[-2]
    W, b = (upper.W[:, :-1], upper.W[:, -1]) if biased else (upper.W, net.biases[-2])
    weights, biases = (*net.weights[:-2], W, upper.v[None, :]), (*net.biases[:-2], b, [upper.c])
    return replace(net, weights=weights, biases=biases, has_bias=seen.has_bias)


def _part(
    seen: Layered,
    trained: Trained | None,
    starts: int,
    seed: int,
    tolerances: Tolerances,
    progress: Callable[[str, float], None],
) -> Part | None:
    """Put the whole network, or its last two layers, to the exact test; None for several outputs and LeakyReLU."""
    loss, whole = seen.loss.each, trained is not None
    if loss is None or seen.Y.shape[1] > 1 or not (whole or seen.net.relu):
        return None
    if trained is None:
        net, biased = seen.net, seen.biases[-2]
        W = np.concatenate([net.weights[-2], net.biases[-2][:, None]], axis=1) if biased else net.weights[-2]
        data = Dataset(seen.inputs()[-2], seen.Y[:, 0], bias=biased)
        upper = TwoLayerNet(W, net.weights[-1][0], float(net.biases[-1][0]))
        trained = Trained(upper, data, seen.biases[-1], seen.weight_decay, None)
    findings = investigate(trained, loss, tolerances, starts=starts, seed=seed, progress=progress)
    ahead = escaped(findings, trained, loss)
    saved = snapped_or_escaped(findings, trained, loss, ahead)
    with_loss = None if saved is None else (saved, saved.loss(trained.data, loss=loss))
    return Part(trained, findings, ahead, with_loss, whole, seen.loss.quadratic)


def _known(
    seen: Layered,
    part: Part | None,
    last: LastLayer,
    leaky: LeakyLayer | None,
    onward: tuple[DeepNet, float],
    loss: float,
) -> tuple[DeepNet, float] | None:
    """Return the lowest network known, with its loss; None where none is lower.

    With several hidden layers only networks with the given first layers are put forward.
    """
    options = [(last.net, _loss_of(seen, last.net))]
    if part is not None and part.saved is not None:
        options.append(_lifted(seen, part.saved[0]))
    if part is not None and part.findings.best is not None:
        options.append(_lifted(seen, part.findings.best[0]))
    if leaky is not None:
        options += [onward, *([leaky.best] if leaky.best is not None else [])]
    lowest = min(options, key=lambda option: option[1])
    return lowest if lowest[1] < loss else None


def _way_down(seen: Layered, findings: Findings) -> float:
    """Return the lowest loss that a way down from here is known to reach, for a network under the exact test."""
    descent = findings.descent
    reached = [] if findings.basin is None else [findings.basin]
    if descent is not None:
        reached.append(descent.net.loss(seen.data, seen.Y[:, 0], loss=seen.loss.each))
    if descent is None or not descent.finished:
        reached.append(trained_on(seen)[1])
    return min(reached)


def _downhill(
    seen: Layered,
    part: Part | None,
    last: LastLayer,
    leaky: LeakyLayer | None,
    onward: tuple[DeepNet, float],
    loss: float,
) -> float:
    """Return the same for any other network."""
    reached = [loss, last.lowest, onward[1]]
    if leaky is not None and leaky.basin is not None:
        reached.append(leaky.basin)
    if part is not None and part.findings.descent is not None:
        reached.append(_lifted(seen, part.findings.descent.net)[1])
    return min(reached)


def _lifted(seen: Layered, upper: TwoLayerNet) -> tuple[DeepNet, float]:
    """Return the network with new last two layers and its loss."""
    net = with_top(seen, upper)
    return net, _loss_of(seen, net)


def _loss_of(seen: Layered, net: DeepNet) -> float:
    """Return the loss of a network on the same data."""
    return seen.loss.value(net.hidden(seen.X)[-1], seen.Y)


def _affine(seen: Layered) -> float | None:
    """Return the loss of linear regression, for the squared loss."""
    if not seen.loss.quadratic:
        return None
    M = np.concatenate([seen.X, np.ones((len(seen.X), 1))], axis=1)
    scale = np.linalg.norm(M, axis=0)
    M = M / np.where(scale > 0, scale, 1.0)
    return seen.loss.value(M @ np.linalg.lstsq(M, seen.Y, rcond=None)[0], seen.Y)
