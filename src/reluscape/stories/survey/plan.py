"""What a survey will do: what will be exact and what sampled, and the cost, before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import cover_number
from ...geometry.regions.affordable import counted
from ...landscape.widths.cost import expected_seconds, speed
from ...landscape.widths.settings import Settings
from ...landscape.widths.subject import Subject
from ..wording import count, duration, percent, whole


def dry_run(
    X: Any,
    settings: Settings,
    Y: Any = None,
    loss: Any = "squared",
    notes: Sequence[str] = (),
    slowness: float | None = None,
    started: float = 0.0,
) -> dict[str, Any]:
    """Return what a survey of these data would do, without doing it.

    Args:
        X: a `Dataset`.
        settings: what is asked for.
        Y: (n, k) targets where they are several, or classes 0, ..., k - 1.
        loss: what is minimised.
        notes: sentences on how the table was read.
        slowness: seconds of this machine for a nominal one; None looks.
        started: processor seconds that starting and reading the table took.
    """
    subject = Subject.of(X, Y, loss, None, settings.output_bias)
    data, slowness = subject.data, speed() if slowness is None else slowness
    arrangement = Arrangement.of(data)
    k = len(arrangement.normals)
    bound = cover_number(k, arrangement.rank)
    seconds, forecast = settings.budget(data.n, data.d), expected_seconds(subject, settings, slowness, started)
    exact = counted(arrangement, seconds)
    several = len(settings.widths) > 1
    widths = f"{'each of the widths' if several else 'the width'} {', '.join(map(str, settings.widths))}"
    lines = [
        f"{count(data.n, 'row')}, {count(data.d - data.bias, 'input')}{' and a hidden bias' if data.bias else ''} "
        f"(rank {data.rank}), {count(k, 'distinct hyperplane')}",
        f"regions of one unit: {'exact' if exact else 'bound and unbiased estimate'}; at most {whole(bound)}",
        f"trainings: {settings.trainings} for {widths}, fewer where the time is over",
    ]
    if subject.single:
        variables = max(settings.widths) * data.d
        lines.append(
            f"basin values: {count(settings.trials, 'random start')} for {widths}, sampled; the largest program has "
            f"{count(variables, 'variable')} and {count(max(settings.widths) * data.n, 'constraint')}"
        )
    lines += [
        f"width for {percent(settings.probability)}: doubling, then halving, up to {settings.max_width}, "
        f"by trainings{' and by random starts' if subject.single else ''}",
        f"time: about {duration(forecast)} on this machine, of which at most {duration(seconds)} of work (--seconds), "
        "after kernels are compiled the first time; memory: well below 1 GB",
        *(f"note: {note}" for note in notes),
    ]
    return {
        "schema": 1,
        "kind": "plan",
        "regions_bound": str(bound),
        "regions_exact": exact,
        "seconds": round(forecast, 1),
        "lines": lines,
    }
