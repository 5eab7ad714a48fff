"""The words about a network with more layers or more outputs than the exact test covers."""

from __future__ import annotations

from ...critical.trained.answer import SLOW, SOLVED, WRONG_INPUT
from ...critical.trained.examination import Examination, Part
from ...critical.trained.leaky import LeakyLayer
from ...numbers.tolerances import DEFAULT
from ...problem.penalties import NONE
from ..wording import count, listing, of_the_weights, right_words
from .case import Case
from .decay_stand import decay_stand
from .first_line import first_line
from .story import MOST_NAMED, SPARE, UNTESTED, both_losses, going_on, not_at_rest_text, numbered, rows, same_work


def deep_verdict_lines(case: Case) -> list[str]:
    """Return the verdict in at most six plain lines, the answer first."""
    it = case.it
    shape = " + ".join(map(str, it.layered.net.widths)) + " units"
    lines = [first_line(it.outlook, case.answer, case.loss.quadratic, shape, it.verdict.reason)]
    last = case.closing_lines
    if case.answer == WRONG_INPUT:
        return [*lines, *case.hints, *last][:6]
    if it.penalty is not NONE:
        lines += [objective_text(it) + decay_stand(case), _detail(case), *proof_lines(it), *fresh_lines(it)]
        return [*lines, layers_text(it), *last][:6]
    lines += [_detail(case), *case.hints]
    if it.leaky is not None:
        lines += leaky_lines(it, it.leaky)
    lines.append(last_layer_text(it))
    if it.part is not None:
        lines.append(part_text(it.part))
    dead = [f"{len(layer.dead)} of {layer.units} in layer {layer.layer}" for layer in it.layers if layer.dead]
    if dead:
        lines.append("dead units, off on every row: " + ", ".join(dead))
    lines.append(jacobian_text(it))
    return [*lines[: 6 - len(last)], *last]


def _detail(case: Case) -> str:
    """Return what the tests say about the whole network."""
    it = case.it
    verdict = it.verdict
    if verdict.kind == "not stationary" and case.answer == SOLVED:
        return not_at_rest_text(case, f"gradient norm {it.gradient_norm:.3g}" if it.penalty is NONE else verdict.reason)
    if verdict.kind == "not stationary":
        go_on = ": keep training" if case.answer == SLOW else ": some direction still lowers the loss"
        # under a penalty the gradient of the plain loss says nothing
        size = f"gradient norm {it.gradient_norm:.3g}; " if it.penalty is NONE else ""
        return f"not stationary{go_on} ({size}{verdict.reason})"
    if verdict.kind == "saddle":
        return f"saddle: no direction falls at first, yet lower loss is arbitrarily near ({verdict.reason})"
    if verdict.kind == "local minimum":
        beside = ""
        if it.certified is not None and verdict.method == "certified":
            beside = f" (at the exact point {of_the_weights(it.certified.distance)} away)"
        if it.leaky is not None and it.leaky.near is not None:
            beside = f" (at the exact point {of_the_weights(it.leaky.distance)} away)"
        return f"local minimum{beside}: {verdict.reason}"
    return f"whether it is a local minimum is undecided: {verdict.reason}"


def objective_text(it: Examination) -> str:
    """Return the objective: loss plus penalty."""
    where = "" if it.penalty.biases else " on the weights, none on the biases"
    what = f"weight decay {float(it.penalty.strength):.6g}{where}"
    at_point = ""
    if it.proof is not None and it.verdict.kind == "local minimum":
        at_point = f"; with the penalty the objective at the proved point is {it.proof.loss:.6g}"
    return f"judged with {what}: the loss is {it.loss:.6g}{at_point}"


def proof_lines(it: Examination) -> list[str]:
    """Return what the interval proof says beside its verdict."""
    proof = it.certified
    if proof is None:
        return []
    lines = []
    if proof.verdict == "local minimum":
        lines.append(f"the exact minimum lies within {proof.radius:.2g} of the proved point in every weight")
    if proof.lower_loss is not None:
        lines.append(f"a network beside it has the objective {proof.lower_loss:.9g}, against {proof.loss:.9g}")
    return lines


def fresh_lines(it: Examination) -> list[str]:
    """Return where fresh starts end."""
    if it.fresh is None:
        return []
    ends = [f"{len(e.values)} by {e.how}, the lowest at the objective {min(e.values):.6g}" for e in it.fresh.by]
    verb = "are" if it.fresh.as_low > 1 else "is"
    as_low = f"{it.fresh.as_low or 'none'} of these {it.fresh.starts} {verb} as low as this network or lower"
    return [f"fresh starts: {'; '.join(ends)}; {as_low}"]


def layers_text(it: Examination) -> str:
    """Return in one line what the units of every hidden layer do."""
    parts, rows_here = [], len(it.layered.X)
    for layer, heights in zip(it.layers[:-1], it.layered.net.hidden(it.layered.X), strict=False):
        on = (heights > 0).sum(axis=0)
        copies = sum(len(group) - 1 for group in layer.duplicated)
        kinds = ((len(layer.dead), "dead"), (copies, "a copy of another"))
        remarks = [f"{number} {what}" for number, what in kinds if number]
        some = f"{on.min()} to {on.max()}" if on.min() < on.max() else f"{on.min()}"
        units = f"{count(layer.units, 'unit')} on for {some} of {rows_here} rows"
        parts.append(f"layer {layer.layer}: {units}{f' ({listing(remarks)})' if remarks else ''}")
    return "; ".join(parts)


def leaky_lines(it: Examination, leaky: LeakyLayer) -> list[str]:
    """Return what is known of a hidden layer of LeakyReLU, and what is left out."""
    lines = []
    if leaky.basin is not None:
        lines.append(
            f"without any unit changing its side for a row the lowest loss is {leaky.basin:.6g} (now {it.loss:.6g})"
        )
    lines.append(
        f"the units have the slope {leaky.slope:g} below 0: the descent from basin to basin and the lines to other "
        "networks are made for ReLU and left out"
    )
    return lines


def last_layer_text(it: Examination) -> str:
    """Return what the last layer alone can gain."""
    last = it.last
    how = "exactly" if last.kind == "exact" else "up to rounding"
    if last.optimal and last.attained:
        return f"the last layer is the best one for the features it gets ({how}: a convex problem)"
    text = f"retraining only the last layer would bring the loss from {it.loss:.6g} down "
    if last.attained:
        return text + f"to {last.lowest:.6g} ({how}: a convex problem)"
    return text + f"towards {last.lowest:.6g} (a limit it never quite reaches; {how}: a convex problem)"


def part_text(part: Part) -> str:
    """Return what the exact test says about the last two layers."""
    verdict, near = part.findings.verdict, part.findings.near
    beside = f", {of_the_weights(near.distance)} away" if near is not None and verdict is near.verdict else ""
    how = "in exact arithmetic" if verdict.method == "exact" else "in floating point"
    return f"the last two layers by themselves: {verdict.kind} with loss {verdict.loss:.6g} ({how}{beside})"


def jacobian_text(it: Examination) -> str:
    """Return the Jacobian's rank and what Lemma 1 makes of it."""
    J = it.jacobian
    if J is None:
        return "the Jacobian is too large for its rank to be computed here"
    if J.one_sided:
        return f"the Jacobian has rank {J.rank} of {J.rows} on one side of a kink, where Lemma 1 says nothing"
    if not J.full:
        return (
            f"the network has too few effective parameters ({J.rank} for {J.rows} values) for a small gradient to mean "
            "a good fit (the rank of the Jacobian)"
        )
    remark = ", proved from the activation pattern" if J.kind == "certified" else ""
    text = f"the Jacobian has full rank {J.rows}{remark}"
    if J.bound is None:
        return text + ": where the gradient vanishes the loss is as low as it can be"
    return f"{text}: with this gradient the loss is at most {J.bound:.4g} (Lemma 1)"


def deep_facts(case: Case) -> list[tuple[str, str]]:
    """Return the story fact by fact: (what, in words)."""
    it, lines, model = case.it, [], case.compared["model"]
    if model.right is not None:
        lines.append(("accuracy", right_words(model.right, model.rows)))
    of = "" if it.penalty is NONE else ", of the loss without the penalty"
    lines.append(("gradient norm", f"{it.gradient_norm:.3g} at the given weights{of}"))
    if it.leaky is not None:
        lines += _leaky_facts(it, it.leaky)
    if it.penalty is NONE:
        lines.append(("last layer", last_layer_text(it)))
        if it.part is not None:
            lines.append(("last two layers", part_text(it.part)))
        lines.append(("Jacobian", jacobian_text(it)))
    lines += [("interval proof", line) for line in proof_lines(it)]
    for layer in it.layers[:-1]:
        parts = [numbered(layer.dead, "dead unit") if layer.dead else "no dead unit"]
        parts += [same_work(group) for group in layer.duplicated[:3]] or ["no duplicated unit"]
        if layer.always_active:
            parts.append(numbered(layer.always_active, "unit", " on for every row"))
        if layer.dead_samples:
            parts.append(f"no unit is on for {rows(layer.dead_samples)}")
        parts.append(f"{count(layer.on_kink, 'sample')} on a kink, {layer.near_kink} near one")
        lines.append((f"layer {layer.layer} ({count(layer.units, 'unit')})", "; ".join(parts)))
    losses = [("this network", it.loss), ("best constant", it.constant), ("best affine fit", it.affine)]
    text = ", ".join(f"{name} {value:.6g}" for name, value in losses if value is not None)
    if case.saved is not None:
        text += f", best known {both_losses(case.saved)}"
    lines.append(("losses", text))
    if case.test is not None:
        lines.append((f"on {count(case.test.rows, 'test row')}", f"this network {case.test.given:.6g}"))
    elif case.answer != SOLVED:
        lines.append(("new rows", UNTESTED))
    return lines


def _leaky_facts(it: Examination, leaky: LeakyLayer) -> list[tuple[str, str]]:
    """Return what is known of a hidden layer of LeakyReLU fact by fact."""
    near = "none found"
    if leaky.near is not None:
        near = f"{leaky.verdict.kind} with loss {leaky.verdict.loss:.6g}, {of_the_weights(leaky.distance)} away"
    lines = [("nearest exact candidate", near)]
    if leaky.basin is not None:
        lines.append(("lowest loss in its basin", f"{leaky.basin:.6g} (now {it.loss:.6g})"))
    lines.append(("units on one side", numbered(leaky.straight, "unit", " with no row beyond the kink, linear here")))
    if leaky.best is not None:
        lines.append(("fresh starts", f"the best of them has loss {leaky.best[1]:.6g}"))
    return lines


def _penalised_steps(it: Examination) -> list[str]:
    """Return what to do next with a network under a penalty."""
    if it.verdict.kind == "local minimum":
        first = "training on with this weight decay cannot help: start again from other weights"
        return [first, *SPARE[1:], SPARE[0]][:3]
    if it.verdict.kind in ("saddle", "not stationary"):
        return ["train on from the lower network beside this one", *SPARE[1:], SPARE[0]][:3]
    return ["train on with a smaller step, then ask again", *SPARE[1:], SPARE[0]][:3]


def deep_next_steps(case: Case) -> list[str]:
    """Return at most three lines, best first; a network is put forward first only where the test rows agree."""
    if case.answer == WRONG_INPUT:
        return ["give the inputs, targets and loss as in training, then ask again"]
    if case.it.penalty is not NONE and case.answer != SOLVED:
        return _penalised_steps(case.it)
    it, steps, test, rival = case.it, [], case.test, case.saved
    saving, room = None, DEFAULT.snap_loss * case.it.constant
    lower = rival is not None and rival.value < it.loss - room and not rival.is_worse_than(case.named["model"])
    if rival is not None and lower and case.answer != SOLVED:
        saving = f"save the better network (--save FILE): its loss is {both_losses(rival)}"
    if saving is not None and test is not None:
        steps.append(saving)
    if case.answer == SLOW:
        steps.append(going_on(case))
    elif case.answer != SOLVED:
        steps.append("more training changes little here: stop, or start again from other weights")
    if saving is not None and test is None:
        steps.append(saving)
    for layer in it.layers[:-1]:
        if layer.dead:
            one = len(layer.dead) == 1
            which = f"unit number {layer.dead[0]}" if one else f"units {listing(layer.dead, MOST_NAMED)}"
            steps.append(
                f"{which} of layer {layer.layer} {'does' if one else 'do'} nothing; give {'it' if one else 'them'} new "
                "random weights (your fit does not change at first)"
            )
        if layer.duplicated:
            steps.append(f"in layer {layer.layer} {same_work(layer.duplicated[0])}: merge them and use the free one")
    if case.answer == SOLVED:
        return ["nothing has to be done", *steps, *SPARE[2:]][:3]
    if it.affine is not None and it.affine <= it.loss + room:
        steps.append("a linear regression does as well; other starts or more units are needed")
    return [*steps, *SPARE[1:], SPARE[0]][:3]
