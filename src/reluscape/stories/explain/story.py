"""The words about a network that the exact test covers: what the findings mean, and what to do next."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, log10

import numpy as np

from ...critical.trained.answer import SLOW, SOLVED, STUCK, WRONG_INPUT
from ...critical.trained.comparison import Compared
from ...critical.trained.one_hidden_layer import Findings
from ...numbers.tolerances import DEFAULT
from ..wording import count, listing, of_the_weights, part, right_words
from .case import Case
from .first_line import first_line

MOST_NAMED = 6
UNTESTED = "a lower training loss may be worse on new rows: --test FILE (X_test=, y_test=) compares both"
NAMED = {
    "model": "this network",
    "exact_point": "the exact point beside it",
    "descended": "the descended network",
    "best_known": "the best network known",
}
# a better basin further away than this is not worth a sentence
NEARBY_KINKS = 5


def verdict_lines(case: Case, findings: Findings) -> list[str]:
    """Return the verdict in at most six plain lines, the answer first."""
    width, verdict = case.it.layered.net.widths[-1], findings.verdict
    lines = [first_line(case.it.outlook, case.answer, case.loss.quadratic, count(width, "unit"), verdict.reason)]
    last = case.closing_lines
    if case.answer == WRONG_INPUT:
        return [*lines, *case.hints, *last][:6]
    lines.append(_detail(case, findings))
    if verdict.kind == "not stationary" and findings.basin is not None:
        gain, ends = findings.loss - findings.basin, findings.basin_ends
        if gain > DEFAULT.stuck * findings.loss and case.answer == SLOW:
            lines.append(
                f"without any unit switching on or off, the loss can fall from {findings.loss:.6g} to "
                f"{shown(findings.basin, findings)} ({part(gain, findings.loss)}{', proved' * (ends is not None)})"
            )
    lines += case.hints
    dead = findings.anatomy.dead
    if findings.is_affine and len(dead) < width:
        lines.append(affine_text(findings))
    if dead:
        which = "the only unit is" if width == 1 else f"{len(dead)} of {width} units {_is(len(dead))}"
        rest = "" if len(dead) < width else ": the network is a constant"
        lines.append(f"{which} off on every row and cannot learn any more{rest}")
    better = better_text(findings, case.answer == STUCK and case.it.outlook.flat is None)
    if better is not None and case.answer != SOLVED:
        lines.append(better)
    return [*lines[: 6 - len(last)], *last]


def _is(number: int) -> str:
    """Return the verb for a number of things."""
    return "is" if number == 1 else "are"


def _detail(case: Case, findings: Findings) -> str:
    """Return what the exact test says."""
    verdict, near = findings.verdict, findings.near
    where = "at a smooth point" if verdict.differentiable else "on a kink"
    how = "proved in exact arithmetic" if verdict.method == "exact" else "in floating point"
    beside = ""
    if near is not None and verdict is near.verdict:
        beside = f", at the exact point {of_the_weights(near.distance)} away"
    if verdict.kind == "local minimum" and beside and case.answer == SLOW:
        assert near is not None
        away, low = of_the_weights(near.distance), shown(near.verdict.loss, findings)
        return f"a local minimum {where} lies {away} away, with loss {low}: no small change of it is lower ({how})"
    if verdict.kind == "local minimum":
        return f"local minimum {where}: no small change of the weights lowers the loss ({how}{beside})"
    if verdict.kind == "saddle":
        return f"saddle: no direction falls at first, yet lower loss is arbitrarily near ({how}{beside})"
    if verdict.kind == "undecided":
        return f"the exact test is undecided: {verdict.reason}"
    size = f"gradient norm {findings.gradient_norm:.3g}"
    if case.answer == SOLVED:
        return not_at_rest_text(case, size)
    go_on = ": keep training" if case.answer == SLOW else ": some direction still lowers the loss"
    text = f"not stationary{go_on} ({size})"
    if findings.descent is not None and findings.descent.finished:
        text += f"; {minimum_text(findings)}"
    return text


def not_at_rest_text(case: Case, size: str) -> str:
    """Return that a solved network is not exactly at a minimum, and that nothing comes of it."""
    outlook = case.it.outlook
    if outlook.all_right and not outlook.penalised:
        return f"the weights are not at rest ({size}), nor will they ever be: the loss falls on as they grow"
    what = "objective" if outlook.penalised else "loss"
    return (
        f"the weights are not exactly at rest ({size}), but what is known to be left of the {what}, "
        f"{outlook.above:.2g}, is next to nothing beside the best constant's {outlook.constant:.6g}"
    )


def minimum_text(findings: Findings) -> str:
    """Return where the nearest exact minimum found lies."""
    assert findings.descent is not None
    low, share = shown(findings.descent.loss, findings), findings.distance_to_minimum
    if share is None:
        return f"the closest true minimum we found has loss {low}"
    size = f"{share:.2g} times" if share >= 1 else f"{part(share, 1.0)} of"
    far = " is far away:" if share >= 1 else ":"
    return f"the closest true minimum we found (loss {low}){far} its weights differ by {size} the size of yours"


def affine_text(findings: Findings) -> str:
    """Return whether the network bends, or is just the best affine fit, in words."""
    if not findings.is_affine:
        return "the network bends: it is not an affine function of the inputs"
    if findings.is_best_affine:
        return "this is just the best affine fit: on these samples the network is a straight plane"
    return "on these samples the network is an affine function, though not the best one"


def better_text(findings: Findings, best_told: bool) -> str | None:
    """Return the sentence on better networks of this width, or None where none is known or the best one is told."""
    text = None
    if not best_told and findings.best is not None and findings.is_above(findings.best[1]):
        text = f"the best network of this width known here has loss {shown(findings.best[1], findings)}"
    if findings.better is not None and findings.better.kinks <= NEARBY_KINKS:
        away = kinks_text(findings)
        text = f"{text}; a better basin is {away}" if text else f"a better basin is {away}"
    return text


def shown(value: float, findings: Findings) -> str:
    """Return a loss as text; what is nothing beside the best constant's is 0."""
    return "0" if abs(value) <= DEFAULT.kkt * findings.constant else f"{value:.6g}"


def proved_text(lower: Fraction, upper: Fraction) -> str:
    """Return proved ends in digits that are rounded away from each other.

    >>> proved_text(Fraction(1, 3), Fraction(2, 3))
    'proved to lie between 0.3333333333 and 0.6666666667'
    """
    if not float(upper):
        return "proved to be 0" if not upper else "proved to lie below 1e-300"
    unit = Fraction(10) ** (9 - floor(log10(upper)))
    low, high = floor(lower * unit) / unit, ceil(upper * unit) / unit
    return f"proved to lie between {float(low):.10g} and {float(high):.10g}"


def kinks_text(findings: Findings) -> str:
    """Return how many kinks away a better basin is, in words."""
    better = findings.better
    if better is None:
        return "not known"
    away = f"{count(better.kinks, 'kink')} away"
    if better.unit is not None:
        away += f" (unit {better.unit}, {rows(better.samples)})"
    elif not better.least:
        away = f"{better.at_least} to {away}" if better.at_least > 1 else f"at most {away}"
    return f"{away}: its lowest loss is {shown(better.value, findings)}"


def facts(case: Case, findings: Findings) -> list[tuple[str, str]]:
    """Return the story fact by fact: (what, in words)."""
    near, path, test = findings.near, findings.descent, case.test
    lines = []
    too_large = None if case.it.whole is None else case.it.whole.left_out
    if too_large is not None:
        lines.append(("left out as too large", too_large))
    model = case.compared["model"]
    if model.right is not None:
        lines.append(("accuracy", right_words(model.right, model.rows)))
    vain = findings.verdict.kind == "local minimum" and not findings.verdict.differentiable
    lines.append(
        ("gradient norm", f"{findings.gradient_norm:.3g} at the given weights{', which says nothing on a kink' * vain}")
    )
    if near is not None:
        on = f" on {count(near.kinks, 'kink')}" if near.kinks else ""
        text = f"{near.verdict.kind}{on} with loss {near.verdict.loss:.6g}, {of_the_weights(near.distance)} away"
        if near.box is not None and np.isfinite(near.box):
            text += f"; no network whose weights each differ from its own by less than {near.box:.2g} has a lower loss"
    elif path is not None and path.finished:
        switches = f" and {count(findings.kinks_away, 'kink')}" if findings.kinks_away else ""
        away = f"{of_the_weights(findings.descent_distance)}{switches} away"
        text = f"local minimum with loss {shown(path.loss, findings)}, {away}"
    else:
        text = "none found" if path is None else f"none found: {path.reason}"
        if path is None and not findings.can_snap:
            text = "not looked for: the network is too large here"
    lines.append(("nearest exact candidate", text))
    if findings.basin is not None:
        proof = "" if findings.basin_ends is None else f"; {proved_text(*findings.basin_ends)}"
        lines.append(
            ("lowest loss in its basin", f"{shown(findings.basin, findings)} (now {findings.loss:.6g}){proof}")
        )
    anatomy = findings.anatomy
    lines.append(("dead units", numbered(anatomy.dead, "dead unit", ", off on every row")))
    if anatomy.zero_output:
        lines.append(("silent units", numbered(anatomy.zero_output, "silent unit", ", output weight 0")))
    lines.append(("dead samples", f"{rows(anatomy.dead_samples)}: no unit is on" if anatomy.dead_samples else "none"))
    same = "; ".join(same_work(group) for group in anatomy.duplicated[:MOST_NAMED])
    lines.append(("duplicated units", same or "none"))
    lines.append(("bent or straight", affine_text(findings)))
    if findings.better is not None:
        far = findings.better.kinks > NEARBY_KINKS
        lines.append(("a better basin", "no nearby change helps" if far else kinks_text(findings)))
    losses = [f"{name} {shown(value, findings)}" for name, value in _references(findings) if value is not None]
    if findings.best is not None:
        losses.append(f"best known network {shown(findings.best[1], findings)}")
    lines.append(("losses", ", ".join(losses)))
    if test is not None:
        lines.append((f"on {count(test.rows, 'test row')}", _tested(case)))
    elif case.answer != SOLVED:
        lines.append(("new rows", UNTESTED))
    return lines


def _references(findings: Findings) -> list[tuple[str, float | None]]:
    """Return the losses of the simplest predictions."""
    return [("best constant", findings.constant), ("best affine fit", findings.affine)]


def _tested(case: Case) -> str:
    """Return training and test losses of every network that is named."""
    return "; ".join(f"{NAMED[name]} {both_losses(entry)}" for name, entry in case.named.items())


def both_losses(entry: Compared) -> str:
    """Return a network's training loss, and its loss on the test rows where there are some."""
    return f"{entry.value:.6g}" if entry.test is None else f"{entry.value:.6g} (test {entry.test:.6g})"


def numbered(numbers: tuple[int, ...], noun: str, more: str = "") -> str:
    """Return how many units do something, and their numbers, counted from 0.

    >>> numbered((0,), "dead unit"), numbered((0, 2), "dead unit"), numbered((), "dead unit")
    ('1 dead unit: number 0', '2 dead units: numbers 0 and 2', 'none')
    """
    if not numbers:
        return "none"
    return f"{count(len(numbers), noun)}{more}: number{'' if len(numbers) == 1 else 's'} {listing(numbers, MOST_NAMED)}"


def same_work(group: tuple[int, ...]) -> str:
    """Return that units do the same work.

    >>> same_work((0, 2))
    'units 0 and 2 do the same work'
    """
    return f"units {listing(group)} do the same work"


def rows(samples: tuple[int, ...]) -> str:
    """Return samples in words, counted from 0 as everywhere.

    >>> rows((3,)), rows((1, 2))
    ('row 3', 'rows 1 and 2')
    """
    return f"row{'' if len(samples) == 1 else 's'} {listing(samples, MOST_NAMED)}"


def next_steps(case: Case, findings: Findings) -> list[str]:
    """Return at most three lines, best first.

    A network with a lower training loss is put forward only where the test rows agree; without test rows its place is
    after training on and starting again, with the sentence that it may be worse on new rows.
    """
    width, verdict, test = case.it.layered.net.widths[-1], findings.verdict, case.test
    if case.answer == WRONG_INPUT:
        return ["give the inputs, targets and loss as in training, then ask again"]
    steps: list[str] = []
    saving = saving_text(case, findings)
    if saving is not None and test is not None:
        steps.append(saving)
    if case.answer == SLOW:
        steps.append(going_on(case))
    if findings.best is not None and findings.is_above(findings.best[1]) and case.answer != SOLVED:
        best, low = case.named.get("best_known", case.named["model"]), shown(findings.best[1], findings)
        low += "" if best.test is None else f" (test {best.test:.6g})"
        others = f"other starts of {count(width, 'unit')} reach loss {low}"
        worse = best.is_worse_than(case.named["model"])
        steps.append(f"keep this network: {others}, but fit the test rows worse" if worse else f"start again: {others}")
    if saving is not None and test is None:
        steps.append(saving)
    dead = findings.anatomy.dead
    if dead:
        which = f"unit number {dead[0]} does" if len(dead) == 1 else f"units {listing(dead, MOST_NAMED)} do"
        it = "it" if len(dead) == 1 else "them"
        wakes = "it wakes" if len(dead) == 1 else "they wake"
        steps.append(f"{which} nothing; give {it} new random weights (your fit does not change until {wakes})")
    if findings.anatomy.duplicated:
        steps.append(f"{same_work(findings.anatomy.duplicated[0])}: merge them and use the free one")
    if findings.is_affine and findings.affine is not None and case.answer != SOLVED:
        better_line = findings.is_above(findings.affine)
        does = f"does better, with loss {findings.affine:.6g}" if better_line else "does the same"
        steps.append(f"a linear regression {does}; more units or other starts are needed to bend")
    if case.answer == SOLVED:
        return ["nothing has to be done", *steps, *SPARE[2:]][:3]
    if verdict.kind == "local minimum":
        steps.append("more training changes nothing here: stop, or start again from other weights")
    return [*steps, *SPARE][:3]


def going_on(case: Case) -> str:
    """Return whether to train on: not where the test rows say that the end of the way down is worse."""
    rival, here = case.saved, case.named["model"]
    if rival is None or not rival.is_worse_than(here):
        return "train on with a smaller step, or a few L-BFGS steps, until the gradient norm stops falling"
    return (
        f"stop here: training on lowers the loss to {rival.value:.6g} but fits the test rows worse "
        f"({rival.test:.6g} against {here.test:.6g})"
    )


def saving_text(case: Case, findings: Findings) -> str | None:
    """Return the step that saves a network of lower loss; None where there is none or the test rows disagree."""
    rival = case.saved
    if rival is None or findings.verdict.is_local_minimum or case.answer != SLOW:
        return None
    if rival.value >= findings.loss - DEFAULT.kkt * findings.constant or rival.is_worse_than(case.named["model"]):
        return None
    what = "descended" if findings.verdict.kind == "not stationary" else "escaped"
    return f"save the {what} network (--save FILE): its loss is {both_losses(rival)}"


SPARE = (
    "compare with reluscape survey: how likely is a good start at this width?",
    "try more units: the survey says how many are enough",
    "look at the rows with the largest errors",
)
