"""The words about a network with more layers or more outputs than the exact test covers."""

from __future__ import annotations

from typing import Any

from ..tolerances import DEFAULT
from .deep import DeepFindings
from .layered import Layered
from .story import SPARE, WORSE, count, listed, percent, rows, training_lines


def deep_verdict_lines(found: DeepFindings, seen: Layered, weight_decay: Any) -> list[str]:
    """Return the verdict in at most six plain lines, the answer first."""
    lines = [WORSE] if found.loss > found.constant * (1 + DEFAULT.kkt) else []
    lines += [_answer(found), last_layer_text(found)]
    if found.top is not None:
        lines.append(top_text(found))
    lines.append(jacobian_text(found))
    dead = [f"{len(layer.dead)} of {layer.units} in layer {layer.layer}" for layer in found.layers if layer.dead]
    if dead:
        lines.append("dead units, off on every sample: " + ", ".join(dead))
    last = training_lines(seen, seen.loss.name, weight_decay)
    return [*lines[: 6 - len(last)], *last]


def _answer(found: DeepFindings) -> str:
    """Return the line that answers the question."""
    verdict = found.verdict
    if verdict.kind == "not stationary":
        return f"not stationary: keep training (gradient norm {found.gradient_norm:.3g}; {verdict.reason})"
    if verdict.kind == "saddle":
        return f"saddle: no direction falls at first, yet lower loss is arbitrarily near ({verdict.reason})"
    if verdict.kind == "local minimum":
        return f"local minimum: {verdict.reason}"
    return f"undecided: {verdict.reason}"


def last_layer_text(found: DeepFindings) -> str:
    """Return what the last layer alone can gain."""
    last = found.last
    how = "exactly" if last.kind == "exact" else "up to rounding"
    if last.optimal and last.attained:
        return f"the last layer is the best one for the features it gets ({how}: a convex problem)"
    reach = "could lower" if last.attained else "could lower, without ever reaching it,"
    return f"the last layer alone {reach} the loss by {last.gap:.3g}, to {last.lowest:.6g} (a convex problem, {how})"


def top_text(found: DeepFindings) -> str:
    """Return what the exact test says about the last two layers."""
    assert found.top is not None
    upper = found.top.found
    verdict, near = upper.verdict, upper.near
    beside = f", {percent(near.distance)} away" if near is not None and verdict is near.verdict else ""
    how = "in exact arithmetic" if verdict.method == "exact" else "in floating point"
    return f"the last two layers by themselves: {verdict.kind} with loss {verdict.loss:.6g} ({how}{beside})"


def jacobian_text(found: DeepFindings) -> str:
    """Return the Jacobian's rank and what Lemma 1 makes of it."""
    J = found.jacobian
    if J is None:
        return "the Jacobian is too large for its rank to be computed here"
    if J.one_sided:
        return f"the Jacobian has rank {J.rank} of {J.rows} on one side of a kink, where Lemma 1 says nothing"
    if not J.full:
        return (
            f"the Jacobian has rank {J.rank} of {J.rows}: a point without gradient need not fit the data, "
            "and Lemma 1 bounds nothing"
        )
    proved = ", proved from the activation pattern" if J.kind == "certified" else ""
    text = f"the Jacobian has full rank {J.rows}{proved}"
    if J.bound is None:
        return text + ": where the gradient vanishes the loss is as low as it can be"
    return f"{text}: with this gradient the loss is at most {J.bound:.4g} (Lemma 1)"


def deep_facts(found: DeepFindings, seen: Layered) -> list[tuple[str, str]]:
    """Return the story fact by fact: (what, in words)."""
    told = [("gradient norm", f"{found.gradient_norm:.3g} at the given weights")]
    told.append(("last layer", last_layer_text(found)))
    if found.top is not None:
        told.append(("last two layers", top_text(found)))
    told.append(("Jacobian", jacobian_text(found)))
    for layer in found.layers[:-1]:
        parts = [f"dead {listed(layer.dead)}" if layer.dead else "no dead unit"]
        same = "; ".join(" and ".join(map(str, group)) for group in layer.duplicated[:3])
        parts.append(f"{same} do the same work" if same else "no duplicated unit")
        if layer.always_active:
            parts.append(f"always on {listed(layer.always_active)}")
        if layer.dead_samples:
            parts.append(f"no unit is on for {rows(layer.dead_samples)}")
        parts.append(f"{count(layer.on_kink, 'sample')} on a kink, {layer.near_kink} near one")
        told.append((f"layer {layer.layer} ({count(layer.units, 'unit')})", "; ".join(parts)))
    compared = [("this network", found.loss), ("best constant", found.constant), ("best affine fit", found.affine)]
    if found.better is not None:
        compared.append(("best known with these first layers", found.better[1]))
    told.append(("losses", ", ".join(f"{name} {value:.6g}" for name, value in compared if value is not None)))
    return told


def deep_next_steps(found: DeepFindings, seen: Layered) -> list[str]:
    """Return three lines, best first."""
    steps = []
    if found.loss > found.constant * (1 + DEFAULT.kkt):
        steps.append("check the inputs and labels first: scale them as in training (--standardize, --labels)")
    gain = found.better is not None and found.better[1] < found.loss - DEFAULT.snap_loss * found.constant
    if gain and found.better is not None:
        steps.append(f"save the network with better last layers (--save FILE): its loss is {found.better[1]:.6g}")
    if found.verdict.kind == "not stationary":
        steps.append("train on with a smaller step, or a few L-BFGS steps, until the gradient norm stops falling")
    for layer in found.layers[:-1]:
        if layer.dead:
            steps.append(
                f"restart the dead units {listed(layer.dead)} of layer {layer.layer}: they cost nothing to move"
            )
        if layer.duplicated:
            same = listed(layer.duplicated[0])
            steps.append(f"units {same} of layer {layer.layer} do the same work: merge them and use the free one")
    if found.verdict.kind != "not stationary":
        steps.append("more training changes little here: stop, or start again from other weights")
    if found.affine is not None and found.affine <= found.loss + DEFAULT.snap_loss * found.constant:
        steps.append("a linear regression does as well; other starts or more units are needed")
    return [*steps, *SPARE[1:], SPARE[0]][:3]
