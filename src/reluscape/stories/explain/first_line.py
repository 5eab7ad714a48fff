"""The first line of an explanation: solved, stuck, slow, wrong input or undecided, and why."""

from __future__ import annotations

from ...critical.trained.answer import SLOW, SOLVED, STUCK, UNDECIDED, WRONG_INPUT, Outlook
from ...critical.trained.predictions import Flat
from ...numbers.tolerances import DEFAULT
from ..wording import part, right_words

WORSE = "fits worse than a constant"


def first_line(outlook: Outlook, answer: str, quadratic: bool, shape: str, reason: str) -> str:
    """Return the line that answers the question.

    Args:
        outlook: what the answer rests on.
        answer: the word.
        quadratic: whether the loss is the squared one.
        shape: what other networks of this shape are called, for instance "2 units".
        reason: the verdict's own reason, told where nothing else is known.
    """
    if outlook.drawn is not None and answer == SLOW:
        outcome = _penalised(outlook, answer, shape) if outlook.penalised else _slow(outlook)
        outcome = reason if outlook.downhill is None else outcome
        return f"{answer}: not trained yet, the weights are as {outlook.drawn} draws them; {outcome}"
    if outlook.penalised and answer in (SOLVED, STUCK, SLOW):
        return f"{answer}: {_penalised(outlook, answer, shape)}"
    if outlook.flat is not None and answer != SOLVED:
        return f"{answer}: {flat_text(outlook.flat, quadratic, outlook)}"
    words = {
        SOLVED: _solved(outlook),
        STUCK: _stuck(outlook, shape),
        SLOW: reason if outlook.downhill is None else _slow(outlook),
        WRONG_INPUT: _wrong(outlook),
        UNDECIDED: reason,
    }
    return f"{answer}: {words[answer]}"


def flat_text(flat: Flat, quadratic: bool, outlook: Outlook) -> str:
    """Return what a constant network, or nearly one, predicts.

    >>> from types import SimpleNamespace
    >>> flat_text(Flat(0.6, 0.63, False, (0.0, 2.0)), True, SimpleNamespace(loss=1.0, constant=1.0, silent=False))
    "predicts 0.6..0.63 everywhere, with targets from 0 to 2: check the target's shape, (n,1) against (n,)"
    """
    low, high = flat.low, flat.high
    if flat.exact:
        same = f"{low:.4g}" if high - low <= DEFAULT.constant_output * max(abs(low), abs(high)) else "the same"
        text = f"the network is a constant, it predicts {same} for every row"
        if outlook.silent:
            return text + ", because every unit of a layer is off on every row"
        return text + f" (loss {outlook.loss:.6g}, the best constant {outlook.constant:.6g})"
    goals = f"{flat.targets[0]:.3g} to {flat.targets[1]:.3g}"
    text = f"predicts {low:.3g}..{high:.3g} everywhere, with targets from {goals}"
    return text + (": check the target's shape, (n,1) against (n,)" if quadratic else "")


def _wrong(o: Outlook) -> str:
    """Return how badly the network fits."""
    if o.rescaled is not None and o.loss <= o.constant:
        return f"the outputs are on another scale than the target (loss {o.loss:.6g})"
    return f"{WORSE} (loss {o.loss:.6g}, the best constant {o.constant:.6g})"


def _solved(o: Outlook) -> str:
    """Return why nothing is left to do."""
    floor = o.floor or 0.0
    if o.right is not None and o.all_right:
        words = right_words(o.right, o.rows)
        if o.loss == 0:
            return f"{words} and the loss is 0"
        return f"{words}; the loss, {o.loss:.3g} now, falls on towards 0 only while the weights grow without end"
    if floor > 0:
        return f"no network has a loss below {o.loss:.6g}: rows with equal inputs have different targets"
    if o.downhill is not None and o.downhill < o.loss and o.loss > 0:
        return f"the loss is {o.loss:.3g}, and the way down from here ends at 0"
    return "the loss is 0, nothing can be lower"


def _penalised(o: Outlook, answer: str, shape: str) -> str:
    """Return the same with weight decay, where objectives are compared."""
    values = [value for value in (o.best, o.downhill) if value is not None]
    low = min([o.loss, *values])
    here = f"the objective, loss plus weight decay, is {o.loss:.6g}"
    if answer == SLOW:
        down = o.loss if o.downhill is None else o.downhill
        return f"{here}, and going on downhill it falls to {down:.6g} or lower ({part(o.loss - down, o.loss)})"
    if answer == SOLVED:
        if o.floor is not None and o.loss - o.floor <= DEFAULT.stuck * max(o.constant - o.floor, 0.0):
            return f"{here}, and no network of any width has less than {o.floor:.6g}"
        return (
            f"{here}, and nothing clearly better is known for {shape} (the best of {o.starts} fresh starts {low:.6g})"
        )
    what = "a local minimum: " if o.kind == "local minimum" else ""
    if low < o.loss:
        return f"{what}{here}; other starts of {shape} reach {low:.6g}"
    return f"{what}{here}; training on does not lower it"


def _stuck(o: Outlook, shape: str) -> str:
    """Return why training on does not help."""
    if o.decay is not None:
        text = f"training has converged for weight decay {o.decay:.3g}"
        return f"{text}: the gradient of the plain loss is {-o.decay:.3g} times the weights"
    if o.kind == "local minimum":
        text = f"a local minimum with loss {o.loss:.6g}"
    elif o.left is not None:
        text = f"going on downhill gains only {o.left:.2g} of the loss {o.loss:.6g} ({part(o.left, o.loss)})"
    else:
        text = f"the loss stays at {o.loss:.6g}"
    if o.best is None:
        return text
    if o.loss - o.best > DEFAULT.stuck * o.loss:
        return f"{text}; other starts of {shape} reach {_small(o.best, o.constant)}"
    return f"{text}; nothing better is known for {shape}"


def _slow(o: Outlook) -> str:
    """Return what training on gains."""
    left, low = o.left or 0.0, o.downhill if o.downhill is not None else o.loss
    near = "near a saddle: " if o.kind == "saddle" else ""
    ends = o.floor is not None and low - o.floor <= DEFAULT.zero_loss * o.constant
    fall = f"from {o.loss:.6g} to {_small(low, o.constant)}{'' if ends else ' or lower'}"
    return f"{near}going on downhill the loss falls {fall} ({part(left, o.loss)})"


def _small(value: float, constant: float) -> str:
    """Return a loss; what is nothing beside the best constant's is 0."""
    return "0" if abs(value) <= DEFAULT.zero_loss * constant else f"{value:.6g}"
