"""What a survey will do: what will be exact and what sampled, and the cost, before it starts."""

from __future__ import annotations

from typing import Any

from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import cover_number
from ...geometry.regions.affordable import counted
from ...landscape.widths.settings import Settings
from ...problem.data import Dataset
from ..wording import count, duration, percent


def dry_run(data: Dataset, settings: Settings) -> dict[str, Any]:
    """Return what a survey of these data would do, without doing it."""
    arrangement = Arrangement.of(data)
    k = len(arrangement.normals)
    bound = cover_number(k, arrangement.rank)
    seconds = settings.budget(data.n, data.d)
    exact = counted(arrangement, seconds)
    variables = max(settings.widths) * data.d
    several = len(settings.widths) > 1
    widths = f"{'each of the widths' if several else 'the width'} {', '.join(map(str, settings.widths))}"
    lines = [
        f"{count(data.n, 'row')}, {count(data.d - data.bias, 'input')}{' and a hidden bias' if data.bias else ''} "
        f"(rank {data.rank}), {count(k, 'distinct hyperplane')}",
        f"regions of one unit: {'exact' if exact else 'bound and unbiased estimate'}; at most {bound:,}",
        f"trainings: {settings.trainings} for {widths}, fewer where the time is over",
        f"basin values: {count(settings.trials, 'random start')} for {widths}, sampled; the largest program has "
        f"{count(variables, 'variable')} and {count(max(settings.widths) * data.n, 'constraint')}",
        f"width for {percent(settings.probability)}: doubling, then halving, up to {settings.max_width}, "
        "by trainings and by random starts",
        f"time: about {duration(seconds)} at most, after compiled code is loaded; memory: well below 1 GB",
    ]
    return {"schema": 1, "kind": "plan", "regions_bound": str(bound), "regions_exact": exact, "lines": lines}
