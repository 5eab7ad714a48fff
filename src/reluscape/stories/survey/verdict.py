"""The verdict: at most six plain lines that answer the questions people come with, the practical ones first."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...numbers.tolerances import DEFAULT
from ..opening import without_bias
from ..usual_width import usual_place
from ..wording import count, either, percent, whole
from .decayed import decay_lines

# what a network must leave less than a plane, as a share of what the plane leaves, to be worth it
WORTH = 0.95
# lower end of the share of successes below which a width only seems enough
SURE = 0.7
# random starts below which a share is told as a count
FEW = 50


def verdict_lines(report: dict[str, Any]) -> list[str]:
    """Return the verdict of a report whose numbers are filled in."""
    lines = [
        without_bias(report["data"]),
        *decay_lines(report),
        _worth(report),
        _fit(report),
        _width(report),
        _traps(report),
        _chance(report),
        _splits(report),
    ]
    return [line for line in lines if line][:6]


def _worth(report: dict[str, Any]) -> str:
    """Is a network worth it, on rows left out of training, else on these rows."""
    losses, folds, plane = report["losses"], report["held_out"], _plane(report)
    network, straight, constant = (
        (folds["network"], folds["affine"], folds["constant"])
        if folds
        else (losses["best_network"], losses["affine"], losses["constant"])
    )
    undrawn = bool(folds) and not folds["folds"]
    rows = "rows left out of training" if folds else "these rows"
    if undrawn:
        rows = f"the {folds['rows']:,} rows that were not drawn"
    width = count(folds["width"] if folds else losses["best_network"]["width"], "unit")
    verb = ("gets", "get") if network["accuracy"] is not None else ("leaves", "leave")
    text = f"{width} {verb[0] if width.startswith('1 ') else verb[1]}"
    if network["accuracy"] is not None:
        text += f" {percent(network['accuracy'])} of {rows} right, a straight {plane} {percent(straight['accuracy'])}"
    else:
        text = f"on {rows} {text} {percent(network['share'])} of {_unit(report)}, a straight {plane} "
        text += percent(straight["share"])
    number = folds["rows"] if folds else report["data"]["n"]
    fold_widths, all_widths = folds["tried"] if folds else [], [entry["width"] for entry in report["widths"]]
    open_widths = [w for w in all_widths if w not in fold_widths] if folds else []
    start = _start(network, straight, constant, plane, number, fold_widths if open_widths else [])
    return f"{start}: {text}{_untried(open_widths)}."


def _untried(widths: list[int]) -> str:
    """Return which listed widths there was no time for on rows left out."""
    if not widths:
        return ""
    return f"; for {either(widths)} unit{'' if widths == [1] else 's'} there was no time"


def _fit(report: dict[str, Any]) -> str:
    """What fits leave on the rows themselves, and what no network can do there."""
    losses, plane, limit = report["losses"], _plane(report), _limits(report).strip()
    if report["held_out"] is None:
        return limit
    whole = report.get("all_rows")
    rows = "On the rows trained on"
    if whole is not None:
        rows = f"Fitted to all {whole['rows']:,} rows"
        losses = {"best_network": {**whole["network"], "width": whole["width"]}, **whole}
    best, straight = losses["best_network"], losses["affine"]
    width, alone = count(best["width"], "unit"), best["width"] == 1
    if best["accuracy"] is None:
        text = f"leave{'s' if alone else ''} {percent(best['share'])}, the {plane} {percent(straight['share'])}"
    else:
        text = f"get{'s' if alone else ''} {percent(best['accuracy'])} right, the {plane} "
        text += f"{percent(straight['accuracy'])}, the commonest class alone {percent(losses['constant']['accuracy'])}"
    return f"{rows}, {width} {text}. {limit}".strip()


def _plane(report: dict[str, Any]) -> str:
    return "plane" if len(report["data"]["features"]) > 1 else "line"


def _start(
    network: dict[str, Any],
    straight: dict[str, Any],
    constant: dict[str, Any],
    plane: str,
    rows: int,
    widths: list[int],
) -> str:
    """Return the answer in a few words, of losses and shares of right rows among so many.

    It speaks of the widths tried where these are not all that are listed.
    """
    better, worse = network["value"] < WORTH * straight["value"], straight["value"] < WORTH * network["value"]
    if network["accuracy"] is not None and straight["accuracy"] is not None:
        lead = rows * (network["accuracy"] - straight["accuracy"])
        # a few rows more or less are chance: as many as the root of all that either gets wrong
        chance = np.sqrt(rows * max(2 - network["accuracy"] - straight["accuracy"], 0.0))
        better, worse = lead > chance, lead < -chance
        useless = max(network["accuracy"], straight["accuracy"]) <= constant["accuracy"]
    else:
        useless = min(network["value"], straight["value"]) >= constant["value"]
    if useless:
        which = f"{either(widths)} unit{'' if widths == [1] else 's'}" if widths else "the widths listed"
        return f"Neither a network of {which} nor a straight {plane} beats a constant"
    if better:
        return "A network is worth it"
    which = f" of {either(widths)} unit{'' if widths == [1] else 's'}" if widths else ""
    return f"A straight {plane} is {'better than' if worse else 'as good as'} a network{which}"


def _unit(report: dict[str, Any]) -> str:
    """Return what losses are shares of: the variance, or the best constant's loss where the loss is another."""
    return "the variance" if report["data"]["loss"] == "squared" else "the best constant's loss"


def _measured(report: dict[str, Any]) -> str:
    """Return what trainings are measured by: the loss, or with weight decay the objective."""
    return "loss" if report.get("weight_decay") is None else "objective"


def _trained(claim: dict[str, Any], what: str = "loss") -> str:
    """Return a share of trainings in words."""
    good = round(claim["value"] * claim["trials"])
    return (
        f"{good} of {count(claim['trials'], 'training')} ended at the best known {what} "
        f"({percent(claim['low'])} to {percent(claim['high'])})"
    )


def _width(report: dict[str, Any]) -> str:
    """How many units training needs, how often it ends well with fewer, and the least that any fit as good needs."""
    search = report["width_for"]
    results = {point["width"]: point["trained"] for point in search["curve"]}
    width = search["width"] or max(results)
    fewer, least, what = _fewer(results, width), _least(search["least"]), _measured(report)
    if search["width"] is not None:
        text = count(width, "unit").capitalize()
        outcome = _trained(results[width], what)
        verb = ("seems", "seem") if results[width]["low"] < SURE else ("is", "are")
        return f"{text} {verb[width > 1]} enough for training{_drawn(report)}: {outcome}{fewer}.{least}"
    more = " With more --seconds wider layers are tried." if search["stopped_by"] == "time" else ""
    return (
        f"Up to {count(width, 'unit')} are not enough for training{_drawn(report)} to end well 95% of the time: with "
        f"{width:,}, "
        f"{_trained(results[width], what)}{fewer}.{more}{least}"
    )


def _drawn(report: dict[str, Any]) -> str:
    """Return which rows a sentence rests on, where they are not all."""
    folds = report["held_out"]
    return f" on the {report['data']['n']:,} rows drawn" if folds and not folds["folds"] else ""


def _fewer(by_width: dict[int, dict[str, Any]], width: int) -> str:
    """Return how often training ends well with about half as many units."""
    half = min((w for w in by_width if w < width), key=lambda w: (abs(w - width / 2), -w), default=None)
    if half is None:
        return ""
    claim = by_width[half]
    return f"; with {count(half, 'unit')}, {round(claim['value'] * claim['trials'])} of {claim['trials']:,} did"


def _least(least: dict[str, Any] | None) -> str:
    """The least width that reaches the lowest loss of any width, as far as it is proved."""
    if least is None or not least["width"]:
        return ""
    width = least["width"]
    fit = "a perfect fit" if not least["loss"] else "the best fit of any width"
    suffice = f" For {fit} {count(width, 'unit')} suffice{'s' if width == 1 else ''}"
    if least["at_least"] <= 1:
        return f"{suffice}."
    if least["proved"]:
        return f"{suffice}, {least['at_least'] - 1} {'does' if least['at_least'] == 2 else 'do'} not (proved)."
    return f"{suffice}; fewer than {least['at_least']} do not (proved)."


def _traps(report: dict[str, Any]) -> str:
    """What the trainings that failed ended in, at the widest listed width with traps."""
    entries = [e for e in report["widths"] if e["training"]["traps"]]
    if not entries:
        runs = sum(e["training"]["runs"] for e in report["widths"])
        return f"No trap was met in {count(runs, 'training')} of the listed widths."
    entry = next((e for e in reversed(entries)), entries[-1])
    training = entry["training"]
    traps = training["traps"]
    proofs = sum(1 for trap in traps if trap["certified"])
    lowest, commonest = traps[0], max(traps, key=lambda trap: trap["runs"])
    caught = round(training["trapped"]["value"] * training["runs"])
    unit = _unit(report) if _measured(report) == "loss" else "the best constant's objective"
    text = (
        f"Traps: with {count(entry['width'], 'unit')}, {caught} of {count(training['runs'], 'training')} "
        f"{'is' if caught == 1 else 'are'} caught in {_places(training['trap_count'])}"
        f"{_proved(proofs, training['trap_count'])}, {'with' if training['trap_count'] == 1 else 'the lowest with'} "
        f"{percent(lowest['share'])} of {unit} left"
    )
    often = percent(commonest["share"])
    if commonest["runs"] > 1 and often != percent(lowest["share"]):
        text += f", the commonest ({count(commonest['runs'], 'time')}) with {often}"
    dead = training["dead"]["value"]
    return text + (f"; {percent(dead)} of the runs end with a dead unit." if dead else ".")


def _places(number: int) -> str:
    """Return how many different traps there are in words."""
    return "one place" if number == 1 else f"{number} different places"


def _proved(proved: int, number: int) -> str:
    """Return how many of the traps are proved to be local minima."""
    if not proved:
        return ""
    return " (proved to be a local minimum)" if number == 1 else f" ({proved} proved to be local minima)"


def _chance(report: dict[str, Any]) -> str:
    """How likely a random start lies in a good basin at the usual width, and the width at which all but a few do."""
    entry = report["widths"][usual_place(report) or 0]
    good = entry["good"]
    if good is None and report.get("weight_decay") is not None:
        return ""
    if good is None:
        return "Good starts, full rank and the theorems are told for one target and the squared loss only."
    open_count = entry["basin_values"].get("undecided", 0)
    open_ones = f", {open_count} of them undecided: rows too close together to tell" if open_count else ""
    search = report["every_start"]
    goal = f"{percent(search['probability'])}"
    if search["width"] is not None:
        width = f" {goal} of all starts are good from {count(search['width'], 'unit')} on."
    elif search["more_than"]:
        width = f" It takes more than {count(search['more_than'], 'unit')} for {goal} of all starts to be good."
    else:
        width = ""
    if good["trials"] < FEW:
        hits = round(good["value"] * good["trials"])
        verb = "lies" if 1 in (hits, good["trials"]) else "lie"
        return (
            f"With {count(entry['width'], 'unit')}, {hits} of {count(good['trials'], 'random start')} "
            f"{verb} in a good basin before any training, too few to tell more than "
            f"{percent(good['low'])} to {percent(good['high'])}{open_ones}.{width}"
        )
    return (
        f"With {count(entry['width'], 'unit')}, a random start lies in a good basin before any training with "
        f"probability {percent(good['value'])} ({percent(good['low'])} to {percent(good['high'])}, "
        f"{count(good['trials'], 'random start')}{open_ones}).{width}"
    )


def _splits(report: dict[str, Any]) -> str:
    """How many ways one unit can split the data, and what the theorems ask for."""
    regions, n = report["regions"], report["data"]["n"]
    theorem = _theorem(report)
    if regions["kind"] == "exact":
        return (
            f"One hidden unit can split these {n:,} rows in {whole(regions['value'])} different ways (exact "
            f"count).{theorem}"
        )
    between = ""
    estimate = regions.get("estimate")
    if estimate and estimate["low"] is not None and estimate["value"] not in (0, "0"):
        between = f", about {whole(estimate['value'])} by an unbiased estimate"
    return (
        f"One hidden unit can split these {n:,} rows in at most {whole(regions['value'])} different "
        f"ways{between}.{theorem}"
    )


def _theorem(report: dict[str, Any]) -> str:
    """The theorem that asks for the fewest units."""
    if not report["promises"]:
        return ""
    promises = [p for p in report["promises"] if p["applies"] and p["width"] is not None]
    if not promises:
        return " No theorem promises a width for these data."
    least = min(promises, key=lambda p: int(p["width"]))
    name = least["statement"].split(",")[0].removesuffix(" (corrected)")
    event = least.get("event", "").split(":")[0] or "a good start"
    return f" {least['source']}'s {name} asks for {count(int(least['width']), 'unit')} (it promises: {event})."


def _limits(report: dict[str, Any]) -> str:
    """What no network can do on these data."""
    any_width = report["losses"].get("any_width") or {}
    lowest, equal, said = any_width.get("share") or 0.0, report["data"].get("floor_share") or 0.0, []
    if lowest > 0:
        reason = "are equal but have different targets"
        if lowest > equal * (1 + DEFAULT.kkt):
            reason = "lie on one line through the origin, which ties their outputs"
        said.append(f" Some rows {reason}: no network can go below {percent(lowest)} of the variance.")
    if not report["data"]["output_bias"]:
        said.append(" There is no output bias: the missing constant, not the landscape, may decide these numbers.")
    return "".join(said)
