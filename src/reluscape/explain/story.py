"""The words: what the findings mean, and what to do next."""

from __future__ import annotations

from typing import Any

from ..tolerances import DEFAULT
from .findings import Findings, can_snap
from .reading import Trained

WORSE = "fits worse than a constant: was it trained on scaled inputs or other labels?"
MOST_NAMED = 6


def verdict_lines(found: Findings, trained: Trained, loss: str, weight_decay: Any) -> list[str]:
    """Return the verdict in at most six plain lines, the answer first."""
    lines = [WORSE] if found.loss > found.constant * (1 + DEFAULT.kkt) else []
    lines.append(_answer(found))
    gain = 0.0 if found.basin is None else found.loss - found.basin
    if found.verdict.kind == "not stationary" and gain > DEFAULT.snap_loss / 100 * found.constant:
        lines.append(
            f"its basin's lowest loss is {found.basin:.6g} against {found.loss:.6g} now: what can be gained without "
            "any unit switching on or off for a sample"
        )
    fit = affine_text(found)
    dead, width = len(found.anatomy.dead), trained.net.width
    if fit[0] and dead < width:
        lines.append(fit[1])
    if dead:
        rest = "" if dead < width else ": the network is a constant"
        which = "the only unit is" if width == 1 else f"{dead} of {width} units {'is' if dead == 1 else 'are'}"
        lines.append(f"{which} off on every sample and cannot learn any more{rest}")
    better = better_text(found)
    if better is not None:
        lines.append(better)
    last = training_lines(trained, loss, weight_decay)
    return [*lines[: 6 - len(last)], *last]


def training_lines(trained: Any, loss: str, weight_decay: Any) -> list[str]:
    """Return what has to be said about the loss that was trained: weight decay, another loss."""
    lines = []
    if weight_decay == "unknown":
        lines.append("this verdict is on the plain loss, weight decay unknown")
    elif weight_decay == "ignore":
        lines.append("this verdict is on the plain loss; weight decay was ignored as asked")
    if trained.trained_on is not None and trained.trained_on != loss and loss in ("squared", "bce", "cross_entropy"):
        lines.append(f"this model was trained on the {trained.trained_on} loss; ask with loss={trained.trained_on!r}")
    return lines


def _answer(found: Findings) -> str:
    """Return the line that answers the question."""
    verdict, near = found.verdict, found.near
    where = "at a smooth point" if verdict.differentiable else "on a kink"
    how = "proved in exact arithmetic" if verdict.method == "exact" else "in floating point"
    beside = ""
    if near is not None and verdict is near.verdict:
        beside = f", at the exact point {percent(near.distance)} away"
    if verdict.kind == "local minimum":
        return f"local minimum {where}: no small change of the weights lowers the loss ({how}{beside})"
    if verdict.kind == "saddle":
        return f"saddle: no direction falls at first, yet lower loss is arbitrarily near ({how}{beside})"
    if verdict.kind == "undecided":
        return f"undecided: {verdict.reason}"
    text = f"not stationary: keep training (gradient norm {found.gradient_norm:.3g}"
    if found.descent is not None and found.descent.finished:
        distance = distance_to_minimum(found)
        text += (
            f"; the nearest exact minimum found has loss {shown(found.descent.loss, found)}, {percent(distance)} away"
        )
    return text + ")"


def distance_to_minimum(found: Findings) -> float | None:
    """Return the relative distance to the nearest exact minimum found, or None."""
    options = []
    if found.near is not None and found.near.verdict.is_local_minimum:
        options.append(found.near.distance)
    if found.descent is not None and found.descent.finished and found.descent_distance is not None:
        options.append(found.descent_distance)
    return min(options, default=None)


def percent(share: float | None) -> str:
    """Return a share of the weights in words.

    >>> percent(0.0123), percent(3.4), percent(2e-7)
    ('1.2 % of the weights', '3.4 times the weights', 'less than 0.001 % of the weights')
    """
    if share is None:
        return "an unknown distance"
    if share < DEFAULT.snap_distance / 1000:
        return "less than 0.001 % of the weights"
    return f"{100 * share:.2g} % of the weights" if share < 1 else f"{share:.2g} times the weights"


def affine_text(found: Findings) -> tuple[bool, str]:
    """Return whether the network is just the best affine fit, and the sentence."""
    if found.affine_residual > DEFAULT.affine:
        return False, "the network bends: it is not an affine function of the inputs"
    if found.affine is not None and abs(found.loss - found.affine) <= DEFAULT.snap_loss * found.constant:
        return True, "this is just the best affine fit: on these samples the network is a straight plane"
    return True, "on these samples the network is an affine function, though not the best one"


def better_text(found: Findings) -> str | None:
    """Return the sentence on better networks of this width, or None where none is known."""
    text = None
    if found.best is not None and found.best[1] < found.loss - DEFAULT.snap_loss * found.constant:
        text = f"the best network of this width known here has loss {shown(found.best[1], found)}"
    if found.better is not None:
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


def facts(found: Findings, trained: Trained) -> list[tuple[str, str]]:
    """Return the story fact by fact: (what, in words)."""
    near, path = found.near, found.descent
    vain = found.verdict.kind == "local minimum" and not found.verdict.differentiable
    told = [
        ("gradient norm", f"{found.gradient_norm:.3g} at the given weights{', which says nothing on a kink' * vain}")
    ]
    if near is not None:
        kinks = int((near.faces == 0).sum()) if near.faces.size else 0
        on = f" on {count(kinks, 'kink')}" if kinks else ""
        text = f"{near.verdict.kind}{on} with loss {near.verdict.loss:.6g}, {percent(near.distance)} away"
    elif path is not None and path.finished:
        switches = "" if found.kinks_away is None else f" and {count(found.kinks_away, 'kink')}"
        text = f"local minimum with loss {shown(path.loss, found)}, {percent(found.descent_distance)}{switches} away"
    else:
        text = "none found" if path is None else f"none found: {path.reason}"
        if path is None and not can_snap(trained):
            text = "not looked for: the network is too large here"
    told.append(("nearest exact candidate", text))
    if found.basin is not None:
        told.append(("lowest loss in its basin", f"{found.basin:.6g} (now {found.loss:.6g})"))
    seen = found.anatomy
    told.append(("dead units", _units(seen.dead, "off on every sample")))
    if seen.zero_output:
        told.append(("silent units", _units(seen.zero_output, "output weight 0")))
    told.append(("dead samples", f"{rows(seen.dead_samples)}: no unit is on" if seen.dead_samples else "none"))
    same = "; ".join(" and ".join(map(str, group)) for group in seen.duplicated[:MOST_NAMED])
    told.append(("duplicated units", f"{same} do the same work" if same else "none"))
    told.append(("bent or straight", affine_text(found)[1]))
    if found.better is not None:
        told.append(("a better basin", kinks_text(found)))
    compared = [("best constant", found.constant), ("best affine fit", found.affine)]
    if found.best is not None:
        compared.append(("best known network", found.best[1]))
    told.append(("losses", ", ".join(f"{name} {shown(value, found)}" for name, value in compared if value is not None)))
    return told


def _units(chosen: tuple[int, ...], words: str) -> str:
    """Return units with what they do, or none."""
    return f"{listed(chosen)} ({words})" if chosen else "none"


def rows(samples: tuple[int, ...]) -> str:
    """Return samples in words, counted from 0 as everywhere.

    >>> rows((3,)), rows((1, 2))
    ('row 3', 'rows 1, 2')
    """
    return f"row{'' if len(samples) == 1 else 's'} {listed(samples)}"


def count(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> count(1, "kink"), count(3, "kink")
    ('1 kink', '3 kinks')
    """
    return f"{number} {noun}{'' if number == 1 else 's'}"


def next_steps(found: Findings, trained: Trained) -> list[str]:
    """Return three lines, best first."""
    width, verdict = trained.net.width, found.verdict
    steps = []
    if found.loss > found.constant * (1 + DEFAULT.kkt):
        steps.append("check the inputs and labels first: scale them as in training (--standardize, --labels)")
    better = found.best is not None and found.best[1] < found.loss - DEFAULT.snap_loss * found.constant
    if verdict.kind == "not stationary":
        if found.descent is not None and found.descent.finished:
            low = found.descent.loss
            if low < found.loss - DEFAULT.kkt * found.constant:
                text = f"it ends in a minimum of loss {shown(low, found)}"
                steps.append(f"save the descended network (--save FILE): {text}")
            else:
                steps.append("save the escaped network (--save FILE), which has a lower loss")
        steps.append("train on with a smaller step, or a few L-BFGS steps, until the gradient norm stops falling")
    if verdict.kind == "saddle":
        steps.append(f"save the escaped network (--save FILE): turning on unit {verdict.units[0]} lowers the loss")
    if better and found.best is not None:
        steps.append(f"start again: {width} units reach loss {shown(found.best[1], found)} from other starts")
    dead = len(found.anatomy.dead)
    if dead:
        steps.append(
            f"restart the dead unit{'' if dead == 1 else 's'} {listed(found.anatomy.dead)}: moving costs nothing"
        )
    if found.anatomy.duplicated:
        steps.append(f"units {listed(found.anatomy.duplicated[0])} do the same work: merge them and use the free one")
    if affine_text(found)[0] and found.affine is not None:
        better_line = found.affine < found.loss - DEFAULT.snap_loss * found.constant
        does = f"does better, with loss {found.affine:.6g}" if better_line else "does the same"
        steps.append(f"a linear regression {does}; more units or other starts are needed to bend")
    if verdict.kind == "local minimum":
        steps.append("more training changes nothing here: stop, or start again from other weights")
    return [*steps, *SPARE][:3]


SPARE = (
    "compare with reluscape survey: how likely is a good start at this width?",
    "try more units: the survey says how many are enough",
    "look at the rows with the largest errors",
)


def listed(numbers: tuple[int, ...]) -> str:
    """Return a few numbers as text.

    >>> listed((1, 2)), listed(tuple(range(9)))
    ('1, 2', '0, 1, 2, 3, 4, 5 and 3 more')
    """
    shown = ", ".join(map(str, numbers[:MOST_NAMED]))
    return shown + (f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else "")
