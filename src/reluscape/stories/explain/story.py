"""The words: what the findings mean, and what to do next."""

from __future__ import annotations

import numpy as np

from ...critical.trained.answer import SLOW, SOLVED, STUCK, WRONG_INPUT
from ...critical.trained.elsewhere import UNTESTED, TestRows, both_losses
from ...critical.trained.limits import can_fit, left_out
from ...critical.trained.one_hidden_layer import Findings
from ...critical.trained.predictions import rows_right
from ...critical.trained.saving import snapped_or_escaped
from ...numbers.tolerances import DEFAULT
from ...problem.trained.reading import Trained
from ..wording import count, listing, of_the_weights, part, right_words
from .first_line import first_line
from .judgement import Judgement

MOST_NAMED = 6
# a better basin further away than this is not worth a sentence
NEARBY_KINKS = 5


def verdict_lines(found: Findings, trained: Trained, judged: Judgement) -> list[str]:
    """Return the verdict in at most six plain lines, the answer first."""
    width, verdict = trained.net.width, found.verdict
    lines = [first_line(judged.outlook, judged.answer, judged.loss.quadratic, count(width, "unit"), verdict.reason)]
    last = judged.closing_lines
    if judged.answer == WRONG_INPUT:
        return [*lines, *judged.hints, *last][:6]
    lines.append(_detail(found, judged))
    if verdict.kind == "not stationary" and found.basin is not None:
        gain = found.loss - found.basin
        if gain > DEFAULT.stuck * found.loss and judged.answer == SLOW:
            lines.append(
                f"without any unit switching on or off, the loss can fall from {found.loss:.6g} to "
                f"{shown(found.basin, found)} ({part(gain, found.loss)})"
            )
    lines += judged.hints
    fit = affine_text(found)
    dead = found.anatomy.dead
    if fit[0] and len(dead) < width:
        lines.append(fit[1])
    if dead:
        which = "the only unit is" if width == 1 else f"{len(dead)} of {width} units {_is(len(dead))}"
        rest = "" if len(dead) < width else ": the network is a constant"
        lines.append(f"{which} off on every row and cannot learn any more{rest}")
    better = better_text(found, judged.answer == STUCK and judged.outlook.flat is None)
    if better is not None:
        lines.append(better)
    return [*lines[: 6 - len(last)], *last]


def _is(number: int) -> str:
    """Return the verb for a number of things."""
    return "is" if number == 1 else "are"


def _detail(found: Findings, judged: Judgement) -> str:
    """Return what the exact test says."""
    verdict, near = found.verdict, found.near
    where = "at a smooth point" if verdict.differentiable else "on a kink"
    how = "proved in exact arithmetic" if verdict.method == "exact" else "in floating point"
    beside = ""
    if near is not None and verdict is near.verdict:
        beside = f", at the exact point {of_the_weights(near.distance)} away"
    if verdict.kind == "local minimum":
        return f"local minimum {where}: no small change of the weights lowers the loss ({how}{beside})"
    if verdict.kind == "saddle":
        return f"saddle: no direction falls at first, yet lower loss is arbitrarily near ({how}{beside})"
    if verdict.kind == "undecided":
        return f"the exact test is undecided: {verdict.reason}"
    go_on = ": keep training" if judged.answer == SLOW else ": some direction still lowers the loss"
    text = f"not stationary{go_on} (gradient norm {found.gradient_norm:.3g})"
    if found.descent is not None and found.descent.finished:
        text += f"; {minimum_text(found)}"
    return text


def minimum_text(found: Findings) -> str:
    """Return where the nearest exact minimum found lies."""
    assert found.descent is not None
    low, share = shown(found.descent.loss, found), distance_to_minimum(found)
    if share is not None and share >= 1:
        far = f"is far away: its weights differ by {share:.2g} times the size of yours"
        return f"the closest true minimum we found (loss {low}) {far}"
    return f"the closest true minimum we found has loss {low}, {of_the_weights(share)} away"


def distance_to_minimum(found: Findings) -> float | None:
    """Return the relative distance to the nearest exact minimum found, or None."""
    options = []
    if found.near is not None and found.near.verdict.is_local_minimum:
        options.append(found.near.distance)
    if found.descent is not None and found.descent.finished and found.descent_distance is not None:
        options.append(found.descent_distance)
    return min(options, default=None)


def affine_text(found: Findings) -> tuple[bool, str]:
    """Return whether the network is just the best affine fit, and the sentence."""
    if found.affine_residual > DEFAULT.affine:
        return False, "the network bends: it is not an affine function of the inputs"
    if found.affine is not None and abs(found.loss - found.affine) <= DEFAULT.snap_loss * found.constant:
        return True, "this is just the best affine fit: on these samples the network is a straight plane"
    return True, "on these samples the network is an affine function, though not the best one"


def better_text(found: Findings, best_told: bool) -> str | None:
    """Return the sentence on better networks of this width, or None where none is known or the best one is told."""
    text = None
    if not best_told and found.best is not None and found.best[1] < found.loss - DEFAULT.snap_loss * found.constant:
        text = f"the best network of this width known here has loss {shown(found.best[1], found)}"
    if found.better is not None and found.better.kinks <= NEARBY_KINKS:
        away = kinks_text(found)
        text = f"{text}; a better basin is {away}" if text else f"a better basin is {away}"
    return text


def shown(value: float, found: Findings) -> str:
    """Return a loss as text; what is nothing beside the best constant's is 0."""
    return "0" if abs(value) <= DEFAULT.kkt * found.constant else f"{value:.6g}"


def kinks_text(found: Findings) -> str:
    """Return how many kinks away a better basin is, in words."""
    better = found.better
    if better is None:
        return "not known"
    away = f"{count(better.kinks, 'kink')} away"
    if better.unit is not None:
        away += f" (unit {better.unit}, {rows(better.samples)})"
    elif not better.least:
        away = f"{better.at_least} to {away}" if better.at_least > 1 else f"at most {away}"
    return f"{away}: its lowest loss is {shown(better.value, found)}"


def facts(found: Findings, trained: Trained, judged: Judgement) -> list[tuple[str, str]]:
    """Return the story fact by fact: (what, in words)."""
    near, path, test = found.near, found.descent, judged.test
    told = []
    size = trained.data.n, trained.net.width, trained.data.d
    too_large = left_out(*size, judged.loss.quadratic)
    if too_large is not None:
        told.append(("left out as too large", too_large))
    right = rows_right(
        trained.net.predict(trained.data)[:, None], np.asarray(trained.data.y)[:, None], judged.loss.classes
    )
    if right is not None:
        told.append(("accuracy", right_words(right, trained.data.n)))
    vain = found.verdict.kind == "local minimum" and not found.verdict.differentiable
    told.append(
        ("gradient norm", f"{found.gradient_norm:.3g} at the given weights{', which says nothing on a kink' * vain}")
    )
    if near is not None:
        kinks = int((near.faces == 0).sum()) if near.faces.size else 0
        on = f" on {count(kinks, 'kink')}" if kinks else ""
        text = f"{near.verdict.kind}{on} with loss {near.verdict.loss:.6g}, {of_the_weights(near.distance)} away"
    elif path is not None and path.finished:
        switches = f" and {count(found.kinks_away, 'kink')}" if found.kinks_away else ""
        away = f"{of_the_weights(found.descent_distance)}{switches} away"
        text = f"local minimum with loss {shown(path.loss, found)}, {away}"
    else:
        text = "none found" if path is None else f"none found: {path.reason}"
        if path is None and not can_fit(*size, judged.loss.quadratic):
            text = "not looked for: the network is too large here"
    told.append(("nearest exact candidate", text))
    if found.basin is not None:
        told.append(("lowest loss in its basin", f"{shown(found.basin, found)} (now {found.loss:.6g})"))
    seen = found.anatomy
    told.append(("dead units", numbered(seen.dead, "dead unit", ", off on every row")))
    if seen.zero_output:
        told.append(("silent units", numbered(seen.zero_output, "silent unit", ", output weight 0")))
    told.append(("dead samples", f"{rows(seen.dead_samples)}: no unit is on" if seen.dead_samples else "none"))
    same = "; ".join(same_work(group) for group in seen.duplicated[:MOST_NAMED])
    told.append(("duplicated units", same or "none"))
    told.append(("bent or straight", affine_text(found)[1]))
    if found.better is not None:
        far = found.better.kinks > NEARBY_KINKS
        told.append(("a better basin", "no nearby change helps" if far else kinks_text(found)))
    compared = [f"{name} {shown(value, found)}" for name, value in _references(found) if value is not None]
    if found.best is not None:
        compared.append(f"best known network {shown(found.best[1], found)}")
    told.append(("losses", ", ".join(compared)))
    if test is not None:
        told.append((f"on {count(test.rows, 'test row')}", _tested(found, trained, judged)))
    elif judged.answer != SOLVED:
        told.append(("new rows", UNTESTED))
    return told


def _references(found: Findings) -> list[tuple[str, float | None]]:
    """Return the losses of the simplest predictions."""
    return [("best constant", found.constant), ("best affine fit", found.affine)]


def _tested(found: Findings, trained: Trained, judged: Judgement) -> str:
    """Return training and test losses of every network that is named."""
    named = [("this network", trained.net, found.loss)]
    if found.near is not None:
        named.append(("the exact point beside it", found.near.net, found.near.verdict.loss))
    elif found.descent is not None:
        low = found.descent.net.loss(trained.data, loss=judged.choice.loss)
        named.append(("the descended network", found.descent.net, low))
    if found.best is not None and found.best[0] is not trained.net:
        named.append(("the best network known", *found.best))
    return "; ".join(f"{name} {both_losses(value, judged.test, net)}" for name, net, value in named)


def numbered(chosen: tuple[int, ...], noun: str, more: str = "") -> str:
    """Return how many units do something, and their numbers, counted from 0.

    >>> numbered((0,), "dead unit"), numbered((0, 2), "dead unit"), numbered((), "dead unit")
    ('1 dead unit: number 0', '2 dead units: numbers 0 and 2', 'none')
    """
    if not chosen:
        return "none"
    return f"{count(len(chosen), noun)}{more}: number{'' if len(chosen) == 1 else 's'} {listing(chosen, MOST_NAMED)}"


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


def next_steps(found: Findings, trained: Trained, judged: Judgement) -> list[str]:
    """Return at most three lines, best first.

    A network with a lower training loss is put forward only where the test rows agree; without test rows its place is
    after training on and starting again, with the sentence that it may be worse on new rows.
    """
    width, verdict, test = trained.net.width, found.verdict, judged.test
    if judged.answer == WRONG_INPUT:
        return ["give the inputs, targets and loss as in training, then ask again"]
    steps: list[str] = []
    saving = saving_text(found, trained, judged)
    if saving is not None and test is not None:
        steps.append(saving)
    if judged.answer == SLOW:
        steps.append("train on with a smaller step, or a few L-BFGS steps, until the gradient norm stops falling")
    better = found.best is not None and found.best[1] < found.loss - DEFAULT.snap_loss * found.constant
    if better and found.best is not None and judged.answer != SOLVED:
        text = f"start again: other starts of {count(width, 'unit')} reach loss {both_losses_shown(found, test)}"
        worse = test is not None and found.best[0] is not trained.net and test.is_worse(found.best[0])
        steps.append(text + (", but fit the test rows worse" if worse else ""))
    if saving is not None and test is None:
        steps.append(saving)
    dead = found.anatomy.dead
    if dead:
        which = f"unit number {dead[0]} does" if len(dead) == 1 else f"units {listing(dead, MOST_NAMED)} do"
        it = "it" if len(dead) == 1 else "them"
        wakes = "it wakes" if len(dead) == 1 else "they wake"
        steps.append(f"{which} nothing; give {it} new random weights (your fit does not change until {wakes})")
    if found.anatomy.duplicated:
        steps.append(f"{same_work(found.anatomy.duplicated[0])}: merge them and use the free one")
    if affine_text(found)[0] and found.affine is not None and judged.answer != SOLVED:
        better_line = found.affine < found.loss - DEFAULT.snap_loss * found.constant
        does = f"does better, with loss {found.affine:.6g}" if better_line else "does the same"
        steps.append(f"a linear regression {does}; more units or other starts are needed to bend")
    if judged.answer == SOLVED:
        return ["nothing has to be done", *steps, *SPARE[2:]][:3]
    if verdict.kind == "local minimum":
        steps.append("more training changes nothing here: stop, or start again from other weights")
    return [*steps, *SPARE][:3]


def both_losses_shown(found: Findings, test: TestRows | None) -> str:
    """Return the best loss known, with the loss of that network on the test rows where there are some."""
    assert found.best is not None
    net, value = found.best
    return shown(value, found) if test is None else f"{shown(value, found)} (test {test.loss(net):.6g})"


def saving_text(found: Findings, trained: Trained, judged: Judgement) -> str | None:
    """Return the step that saves a network of lower loss; None where there is none or the test rows disagree."""
    test = judged.test
    ahead = snapped_or_escaped(found, trained, judged.choice.loss)
    if ahead is None or found.verdict.is_local_minimum or judged.answer != SLOW:
        return None
    low = ahead.loss(trained.data, loss=judged.choice.loss)
    if low >= found.loss - DEFAULT.kkt * found.constant or (test is not None and test.is_worse(ahead)):
        return None
    what = "descended" if found.verdict.kind == "not stationary" else "escaped"
    return f"save the {what} network (--save FILE): its loss is {both_losses(low, test, ahead)}"


SPARE = (
    "compare with reluscape survey: how likely is a good start at this width?",
    "try more units: the survey says how many are enough",
    "look at the rows with the largest errors",
)
