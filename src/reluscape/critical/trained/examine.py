"""Everything that is computed about a trained network before a word is written: one pipeline for every depth.

A network of one hidden layer and one output is the case with more theorems: the exact test covers it as a whole. Of any
other with one output it covers the last two layers by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT, Tolerances
from ...problem.data import Dataset
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.penalties import NONE, NoPenalty, WeightDecay
from ...problem.problem import Problem
from ...problem.trained.layered import Layered
from ...problem.trained.reading import Trained
from ..proof import Proof
from .answer import WRONG_INPUT, Outlook
from .decayed import Decayed, decayed
from .examination import Examination, Part, with_top
from .fresh_deep import FreshEnds, fresh_ends
from .jacobian_facts import jacobian_facts
from .last_layer import constant_loss, last_layer
from .layers import gradient_norm, layer_facts
from .leaky import leaky_layer
from .limits import announcement, can_walk
from .lowest_known import downhill, lowest_known, way_down
from .one_hidden_layer import STARTS, investigate
from .onward import trained_on
from .outlook import fits_on_scaled_inputs, outlook
from .proving import prove_layered, verdict_of
from .saving import escaped, snapped_or_escaped
from .silent_layer import silent_layer
from .whole_verdict import as_verdict, whole_verdict

UNPROVED = "an interval proof covers ReLU units with squared, logistic, bce or cross_entropy loss"

__all__ = ["STARTS", "examine"]


def examine(
    layered: Layered,
    trained: Trained | None = None,
    weight_decay: Any = None,
    penalty: NoPenalty | WeightDecay = NONE,
    starts: int = 0,
    seed: int = 0,
    tolerances: Tolerances = DEFAULT,
    progress: Callable[[str, float], None] = lambda what, share: None,
    bound: Callable[[Problem], float | None] = lambda problem: None,
) -> Examination:
    """Compute everything about a trained network.

    What the tests of the layers leave undecided is put to the interval proof.

    Args:
        layered: the network on its data, layer by layer.
        trained: the same as one hidden layer with one output where it is one, None for any other.
        weight_decay: "unknown" where the training may have added a penalty that its gradient shows.
        penalty: what is added to the mean loss; then the interval proof gives the verdict, and of one hidden layer with
            one output the descent with weight decay: the other tests are about the plain loss.
        starts: fresh starts for a better network; none are made where the input is plainly wrong.
        seed: root of their random streams.
        tolerances: the numerical policy.
        progress: called with (what, share done); a share of 0 comes with what is worth saying before the start.
        bound: from a problem with weight decay to an objective that no network of any width is below, or None.
    """
    loss, constant = layered.loss.value(layered.predictions, layered.Y), constant_loss(layered)
    first = outlook(layered, "undecided", loss, constant, None, None, weight_decay, tolerances)
    if first.answer(tolerances) == WRONG_INPUT:
        starts = 0
    large = (
        None
        if trained is None or penalty is not NONE
        else announcement(trained.data.n, trained.net.width, trained.data.d, layered.loss.quadratic)
    )
    if large is not None:
        progress(large, 0.0)
    progress("looking at every layer", 0.02)
    layers, last = layer_facts(layered, tolerances), last_layer(layered)
    bare = penalty is NONE
    part = _part(layered, trained, starts, seed, tolerances, progress) if bare else None
    findings = part.findings if part is not None and part.whole else None
    silent, leaky, proof, under = None, None, None, None
    if findings is not None:
        loss, constant, verdict, own_verdict = findings.loss, findings.constant, findings.verdict, findings.given
    elif not bare:
        progress("going downhill from basin to basin", 0.2)
        under = _under_decay(trained, layered, penalty, starts, seed, tolerances)
        progress("proving by intervals", 0.7)
        proof = prove_layered(layered, penalty)
        verdict = own_verdict = (
            verdict_of(proof) if proof is not None else as_verdict("undecided", UNPROVED, True, loss, None)
        )
        has_proof = proof is not None and proof.method == "certified"
        if under is not None and (not has_proof or (under.verdict.is_local_minimum and not verdict.is_local_minimum)):
            verdict, own_verdict = (replace(v, loss=float(v.objective or v.loss)) for v in (under.verdict, under.given))
        elif under is not None and verdict.is_local_minimum is False and under.verdict.escape is not None:
            verdict = own_verdict = replace(verdict, escape=under.verdict.escape)
        if under is not None:
            own_verdict = replace(own_verdict, objective=under.value)
    else:
        if (
            layered.loss.each is not None
            and layered.Y.shape[1] == 1
            and layered.net.depth == 2
            and not layered.net.relu
        ):
            leaky = leaky_layer(layered, constant, starts, seed, tolerances)
        silent = silent_layer(layered, loss, constant, tolerances)
        upper = None if part is None else part.findings.verdict
        verdict = whole_verdict(layered, layers, last, upper, leaky, silent, loss, tolerances)
        if verdict.kind == "undecided":
            progress("proving by intervals", 0.8)
            proof = prove_layered(layered)
            if proof is not None and proof.method == "certified":
                verdict = verdict_of(proof)
            elif proof is not None:
                verdict = replace(verdict, reason=f"{verdict.reason}; no interval proof: {proof.reason}")
        own_verdict = verdict if silent is None or silent.near is None else silent.given
        own_verdict = own_verdict if leaky is None else leaky.given
    progress("training on from here", 0.85)
    record: tuple[TwoLayerNet | DeepNet, float] | None
    descent_loss: float | None
    fresh = None
    if not bare:
        record, descent_loss, lowest = None, None, None
        if under is not None:
            descent_loss, lowest = under.downhill[1], under.best[1]
            if lowest < under.value:
                best = with_top(layered, under.best[0])
                record = best, layered.loss.value(best.hidden(layered.X)[-1], layered.Y)
        if under is None and proof is not None and starts:
            fresh = fresh_ends(layered, penalty, verdict.loss, seed)
    elif findings is not None:
        record, descent_loss = findings.best, way_down(layered, findings)
        lowest = None if record is None else record[1]
    else:
        onward = trained_on(layered)
        record, descent_loss = (
            lowest_known(layered, part, last, leaky, onward, loss),
            downhill(layered, part, last, leaky, onward, loss),
        )
        lowest = descent_loss if record is None or descent_loss is None else min(descent_loss, record[1])
    pair = (loss, constant) if under is None else (under.value, under.constant)
    view = outlook(layered, verdict.kind, *pair, descent_loss, lowest, weight_decay, tolerances)
    if under is not None:
        floor = bound(under.problem) if starts else None
        misfit = first.is_wrong(tolerances)
        view = replace(view, penalised=True, starts=under.starts, floor=floor, misfit=misfit)
    elif fresh is not None and proof is not None:
        view = _beside_fresh_ends(view, proof, fresh, first.is_wrong(tolerances))
    return Examination(
        layered=layered, layers=layers, last=last, jacobian=jacobian_facts(layered), part=part, silent=silent,
        leaky=leaky, proof=proof, decayed=under, penalty=penalty,
        verdict=verdict, given=own_verdict, loss=loss, constant=constant,
        affine=_affine(layered) if findings is None else findings.affine,
        gradient_norm=gradient_norm(layers) if findings is None else findings.gradient_norm, known=record, fresh=fresh,
        outlook=view, answer=view.answer(tolerances),
        fits_scaled=view.is_wrong(tolerances) and fits_on_scaled_inputs(layered),
    )  # fmt: skip


def _beside_fresh_ends(view: Outlook, proof: Proof, fresh: FreshEnds, misfit: bool) -> Outlook:
    """Return the outlook in objectives: what the proof reaches from the given weights, what fresh starts reach."""
    values = [fresh.given, proof.loss] + ([] if proof.lower_loss is None else [proof.lower_loss])
    lowest = min(values)
    return replace(
        view, penalised=True, floor=None, loss=fresh.given, downhill=None if proof.verdict == "undecided" else lowest,
        best=min(lowest, fresh.lowest), starts=fresh.starts, misfit=misfit,
    )  # fmt: skip


def _under_decay(
    trained: Trained | None,
    layered: Layered,
    penalty: NoPenalty | WeightDecay,
    starts: int,
    seed: int,
    tolerances: Tolerances,
) -> Decayed | None:
    """Return what is known of one hidden layer and one output under weight decay, None for any other network."""
    if trained is None or layered.loss.each is None or penalty is NONE or not len(layered.X):
        return None
    if not can_walk(trained.data.n, trained.net.width, trained.data.d):
        return None
    problem = Problem(
        trained.data, None, loss=layered.loss.each, weight_decay=penalty, output_bias=trained.output_bias,
        tolerances=tolerances,
    )  # fmt: skip
    return decayed(problem, trained.net, starts, seed, tolerances)


def _part(
    layered: Layered,
    trained: Trained | None,
    starts: int,
    seed: int,
    tolerances: Tolerances,
    progress: Callable[[str, float], None],
) -> Part | None:
    """Put the whole network, or its last two layers, to the exact test; None for several outputs and LeakyReLU."""
    loss, whole = layered.loss.each, trained is not None
    if loss is None or layered.Y.shape[1] > 1 or not (whole or layered.net.relu):
        return None
    if trained is None:
        net, has_bias = layered.net, layered.biases[-2]
        W = np.concatenate([net.weights[-2], net.biases[-2][:, None]], axis=1) if has_bias else net.weights[-2]
        data = Dataset(layered.inputs()[-2], layered.Y[:, 0], bias=has_bias)
        upper = TwoLayerNet(W, net.weights[-1][0], float(net.biases[-1][0]))
        trained = Trained(upper, data, layered.biases[-1], layered.weight_decay, None)
    findings = investigate(trained, loss, tolerances, starts=starts, seed=seed, progress=progress)
    ahead = escaped(findings, trained, loss)
    new_net = snapped_or_escaped(findings, trained, loss, ahead)
    with_loss = None if new_net is None else (new_net, new_net.loss(trained.data, loss=loss))
    return Part(trained, findings, ahead, with_loss, whole, layered.loss.quadratic)


def _affine(layered: Layered) -> float | None:
    """Return the loss of linear regression, for the squared loss."""
    if not layered.loss.quadratic:
        return None
    M = np.concatenate([layered.X, np.ones((len(layered.X), 1))], axis=1)
    scale = np.linalg.norm(M, axis=0)
    M = M / np.where(scale > 0, scale, 1.0)
    return layered.loss.value(M @ np.linalg.lstsq(M, layered.Y, rcond=None)[0], layered.Y)
