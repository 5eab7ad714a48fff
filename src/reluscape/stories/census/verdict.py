"""The verdict on a landscape: at most six plain lines, the answer first."""

from __future__ import annotations

from ...numbers.tolerances import DEFAULT
from ...problem.losses import SquaredLoss
from ..claims import as_float
from ..opening import without_bias
from ..schema import CensusReport
from ..wording import count, percent, short

MOST_LEVELS = 3


def verdict_lines(report: CensusReport) -> list[str]:
    """Return the verdict of a report whose numbers are filled in."""
    lines = [
        without_bias(report["data"]),
        _answer(report),
        _trap(report),
        _ties(report),
        _reach(report),
        _starts(report),
        _size(report),
    ]
    return [line for line in lines if line][:6]


def _answer(report: CensusReport) -> str:
    """How many traps there are."""
    width, traps, valleys = report["settings"]["width"], report["spurious_count"], report["valley_count"]
    best = report["losses"]["best_network"]
    name = "lowest loss" if report["settings"]["weight_decay"] is None else "lowest objective (loss plus decay)"
    lowest = f"the {name} is {short(best['value'])} ({percent(best['share'])} of {_whole(report)})"
    lowest += _more_units(report)
    if not traps:
        only = "one valley" if valleys == 1 else f"{valleys} valleys, all of them global minima"
        return f"With {count(width, 'unit')} there are no traps: {only}, {lowest}{_plateaus(report)}."
    kinds = "is one trap (a valley" if traps == 1 else f"are {traps} traps (valleys"
    return f"With {count(width, 'unit')} there {kinds} above the best one); {lowest}."


def _whole(report: CensusReport) -> str:
    """What losses are shares of."""
    if report["settings"]["loss"] == SquaredLoss.name:
        return "the target's variance"
    return "the loss of the best constant"


def _plateaus(report: CensusReport) -> str:
    """What descents meet although there is no trap: flat plateaus, which are local minima and no valleys."""
    chances = report["chances"]
    if chances is None or chances["gradient_descent"]["value"] == 1:
        return ""
    lowest = as_float(report["losses"]["best_network"]["value"])
    close = DEFAULT.snap_loss * as_float(report["losses"]["constant"]["value"])
    ends = [as_float(value) for value in chances["descent_losses"] if value is not None]
    above = [value for value in ends if value > lowest + close]
    heights = _levels(above, close)
    levels = f" ({', '.join(short(value) for value in heights)})" if heights else ""
    miss_share = percent(1 - as_float(chances["gradient_descent"]["value"]))
    runs = "gradient descents" if report["settings"]["weight_decay"] is None else "trainings"
    plateaus = f"{miss_share} of the {runs} stop or slow down on flat plateaus{levels}"
    return f"; but {plateaus}, which can be local minima and are no valleys"


def _levels(values: list[float], close: float) -> list[float]:
    """Return the losses at which at least two descents ended, highest first, at most three."""
    groups: list[list[float]] = []
    for value in sorted(values, reverse=True):
        if groups and groups[-1][0] - value <= close:
            groups[-1].append(value)
        else:
            groups.append([value])
    often = sorted((group for group in groups if len(group) > 1), key=len, reverse=True)[:MOST_LEVELS]
    return sorted((group[len(group) // 2] for group in often), reverse=True)


def _more_units(report: CensusReport) -> str:
    """What more units could reach; a loss of zero speaks for itself."""
    best, least = report["losses"]["best_network"], report["losses"]["any_width"]
    if best["value"] == 0:
        return ""
    room = DEFAULT.kkt * as_float(report["losses"]["constant"]["value"])
    if as_float(best["value"]) <= as_float(least["value"]) + room:
        return ", which more units cannot lower"
    return f"; more units can lower it to {short(least['value'])}"


def _trap(report: CensusReport) -> str | None:
    """How deep the worst trap is."""
    traps = [v for v in report["valleys"] if v["spurious"]]
    if not traps:
        return None
    dead_ends = [v for v in traps if v["barrier"] is None]
    worst = dead_ends[0] if dead_ends else max(traps, key=lambda v: as_float(v["barrier"]))
    caught = worst["starts"]
    if dead_ends:
        return (
            f"{len(dead_ends)} of them have no way out below the cap; the lowest of these has loss "
            f"{short(worst['value'])} ({percent(worst['share'])} of {_whole(report)})."
        )
    return (
        f"The deepest trap has loss {short(worst['value'])} ({percent(worst['share'])} of {_whole(report)}): the "
        f"loss must rise by {short(worst['barrier'])} to get out, and {percent(caught['value'])} of random starts "
        "belong to it."
    )


def _ties(report: CensusReport) -> str | None:
    """Which valleys cannot be told apart, and which of them are flat."""
    ties, flat = report["ties"], sum(v["dimension"] > 0 for v in report["valleys"])
    parts = []
    if ties:
        groups = "one group" if len(ties) == 1 else f"{len(ties)} groups"
        parts.append(
            f"{sum(ties)} valleys share their loss with another ({groups}): for equal losses it is arbitrary "
            "which valley is listed as absorbing the other"
        )
    if flat:
        many = f"{flat} of the {len(report['valleys'])} valleys listed have" if flat > 1 else "One valley has"
        parts.append(f"{many} a flat bottom, not a single point")
    return ". ".join(parts) + "." if parts else None


def _reach(report: CensusReport) -> str | None:
    """What starts can reach."""
    if report["chances"] is None:
        return None
    free, basin = report["chances"]["without_climbing"], report["chances"]["first_basin"]
    went = report["chances"]["gradient_descent"]
    trainer = "gradient descent" if report["settings"]["weight_decay"] is None else "training (Adam, a falling step)"
    return (
        f"From {percent(free['value'])} of random starts ({percent(free['low'])} to {percent(free['high'])}) some path "
        f"that never climbs leads to a global minimum; {percent(basin['value'])} start in its basin, and {trainer} "
        f"gets there from {percent(went['value'])} within {report['chances']['steps']:,} steps."
    )


def _starts(report: CensusReport) -> str | None:
    """What the theorem says about starts above the zero network."""
    decays = report["settings"]["weight_decay"] is not None
    if report["chances"] is None or (report["settings"]["width"] < 2 and not decays):
        return None
    above = report["chances"]["above_zero"]
    zero = short(report["losses"]["zero"]["value"])
    return (
        f"{percent(above['value'])} of the starts have a loss of at least the zero network's ({zero}): from there a "
        "global minimum can always be reached without climbing "
        + ("(proved for every width, with weight decay)." if decays else "(proved for 2 and more units).")
    )


def _size(report: CensusReport) -> str:
    """What was looked at."""
    size, cap = report["size"], report["settings"]["height_cap"]
    if cap is not None:
        return (
            f"Looked at the {size['basins']:,} basins with a value up to {short(cap)} and the {size['walls']:,} "
            "passages between them; valleys whose way out leads higher are listed without a barrier."
        )
    return f"Looked at all {size['basins']:,} basins and the {size['walls']:,} passages between them that matter."
