"""The coloured ground of a landscape: the logarithm of what a loss lies above the lowest, with losses on the scale."""

from __future__ import annotations

import math
from typing import Any

from ..wording import significant
from .palette import color_stops

# what lies less than this part of the usual height above the lowest loss shares the darkest colour
DEPTH = 1e-3
# decimal places of a logarithm that an eye can tell
PLACES = 3
# marks on the scale, and the figures of a loss beside them: more where the losses are close
MARKS = 6
FEW_FIGURES, MOST_FIGURES = 3, 10


def log_ground(
    x: list[float], y: list[float], losses: list[list[float]], lowest: float, highest: float | None = None
) -> dict[str, Any]:
    """Describe a heat map of losses by the logarithm of loss minus lowest.

    Arguments:
        x: the middles of the pixels along the first axis.
        y: and along the second.
        losses: one row for each y.
        lowest: the loss at the dark end, for instance of the deepest valley.
        highest: the loss at the light end; None takes the highest drawn.
    """
    values = sorted(value for row in losses for value in row if value is not None)
    lowest = min(lowest, values[0])
    usual = values[len(values) // 2] - lowest
    top = (values[-1] if highest is None else highest) - lowest
    top = top if top > 0 else abs(lowest) or 1.0
    floor = DEPTH * (usual if 0 < usual <= top else top)
    scale = math.log10(floor), math.log10(top)
    marks = [scale[0] + (scale[1] - scale[0]) * k / (MARKS - 1) for k in range(MARKS)]
    words = _apart([lowest, *(lowest + 10**mark for mark in marks[1:])])
    words[0] += " or just above"
    above = [[None if v is None else max(v - lowest, floor) for v in row] for row in losses]
    return {
        "type": "heatmap",
        "x": x,
        "y": y,
        "z": [[None if height is None else round(math.log10(height), PLACES) for height in row] for row in above],
        "zmin": scale[0],
        "zmax": scale[1],
        "customdata": losses,
        "zsmooth": "best",
        "colorscale": color_stops(),
        "colorbar": {
            "title": {"text": "loss", "side": "top"},
            "thickness": 12,
            "outlinewidth": 0,
            "len": 0.92,
            "ticks": "outside",
            "tickvals": marks,
            "ticktext": words,
        },
        "hovertemplate": "loss %{customdata:.6g}<extra></extra>",
    }


def _apart(losses: list[float]) -> list[str]:
    """Write losses with as few figures as tell them apart.

    >>> _apart([0.4519, 0.4522, 0.4526]), _apart([0.0, 1.0, 12.3456])
    (['0.4519', '0.4522', '0.4526'], ['0', '1', '12.3'])
    """
    for figures in range(FEW_FIGURES, MOST_FIGURES + 1):
        words = [f"{loss:.{figures}g}" for loss in losses]
        if len(set(words)) == len(words):
            break
    return [significant(float(word)) if figures == FEW_FIGURES else word for word in words]
