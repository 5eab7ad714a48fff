"""The words: what the findings mean, and what to do next."""

from __future__ import annotations

from typing import Any

from ..tolerances import DEFAULT
from .findings import Findings
from .reading import Trained

WORSE = "fits worse than a constant: was it trained on scaled inputs or other labels?"
# predictions closer to an affine function than this share of their spread count as affine
AFFINE = 1e-3


def verdict_lines(found: Findings, trained: Trained, loss: str, weight_decay: Any) -> list[str]:
    """Return the verdict in a few plain lines, the answer first."""
    lines = [WORSE] if found.loss > found.constant * (1 + DEFAULT.kkt) else []
    lines.append(_answer(found))
    if found.basin is not None and found.verdict.kind == "not stationary":
        lines.append(
            f"its basin's lowest loss is {found.basin:.6g} against {found.loss:.6g} now: what can be gained without "
            "any unit switching on or off for a sample"
        )
    fit = affine_text(found)
    if fit[0] and len(found.anatomy.dead) < trained.net.width:
        lines.append(fit[1])
    dead, width = len(found.anatomy.dead), trained.net.width
    if dead:
        rest = "" if dead < width else ": the network is a constant"
        lines.append(f"{dead} of {width} units are off on every sample and do not learn any more{rest}")
    if found.best is not None and found.best[1] < found.loss - DEFAULT.snap_loss * found.constant:
        lines.append(f"the best network of this width known here has loss {found.best[1]:.6g}")
    if weight_decay == "unknown":
        lines.append("this is about the plain loss; weight decay unknown")
    elif weight_decay == "ignore":
        lines.append("this is about the plain loss; weight decay was ignored as asked")
    if trained.trained_on is not None and trained.trained_on != loss and loss in ("squared", "bce"):
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
        text += f"; the nearest exact minimum found has loss {found.descent.loss:.6g}, {percent(distance)} away"
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
    if found.affine_residual > AFFINE:
        return False, "the network bends: it is not an affine function of the inputs"
    if found.affine is not None and abs(found.loss - found.affine) <= DEFAULT.snap_loss * found.constant:
        return True, "this is just the best affine fit: on these samples the network is a straight plane"
    return True, "on these samples the network is an affine function, though not the best one"


def next_steps(found: Findings, trained: Trained) -> list[str]:
    """Return three lines, best first."""
    width, verdict = trained.net.width, found.verdict
    steps = []
    if found.loss > found.constant * (1 + DEFAULT.kkt):
        steps.append("check the inputs and labels first: scale them as in training (--standardize, --labels)")
    better = found.best is not None and found.best[1] < found.loss - DEFAULT.snap_loss * found.constant
    if verdict.kind == "not stationary":
        if found.descent is not None and found.descent.finished:
            steps.append(f"save the descended network: it ends in a minimum of loss {found.descent.loss:.6g}")
        steps.append("train on with a smaller step, or a few L-BFGS steps, until the gradient norm stops falling")
    if verdict.kind == "saddle":
        steps.append(f"save the escaped network: turning on unit {verdict.units[0]} lowers the loss")
    if better and found.best is not None:
        steps.append(f"start again: {width} units reach loss {found.best[1]:.6g} from other starts")
    if found.anatomy.dead:
        steps.append(f"restart the dead units {_list(found.anatomy.dead)}: they cost nothing to move")
    if found.anatomy.duplicated:
        steps.append(f"units {_list(found.anatomy.duplicated[0])} do the same work: merge them and use the free one")
    if affine_text(found)[0] and found.affine is not None:
        steps.append("a linear regression does the same; more units or other starts are needed to bend")
    if verdict.kind == "local minimum":
        steps.append("more training changes nothing here: stop, or start again from other weights")
    steps += [
        "compare with reluscape survey: how likely is a good start at this width?",
        "try more units: the survey says how many are enough",
        "look at the rows with the largest errors",
    ]
    return steps[:3]


def _list(numbers: tuple[int, ...]) -> str:
    """Return a few numbers as text."""
    shown = ", ".join(map(str, numbers[:5]))
    return shown + (", ..." if len(numbers) > 5 else "")
