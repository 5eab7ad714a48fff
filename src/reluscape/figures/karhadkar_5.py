"""Share of starting regions that contain a global minimum, two and five inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..exact import exact_decimals
from ..jacobian.zero_loss_share import zero_loss_fraction
from ..seeds import stream
from .drawing import Drawing
from .rank_map import draw_panels

_PLACES = 6
SAMPLES = range(5, 31, 5)
# widths around which the share rises from 0 to 1, by number of inputs
WIDTHS = {2: range(10, 61, 10), 5: range(3, 22, 3)}


def shares(d: int, samples: Sequence[int], widths: Sequence[int], trials: int, seed: int) -> dict[str, Any]:
    """Return the panel of one number of inputs: for each width (rows) and number of samples a share with its interval.

    Each cell has data and draws from a stream of its own.
    """
    cells = [[_cell(d, n, width, trials, seed) for n in samples] for width in widths]
    parts = {key: [[float(getattr(cell, key)) for cell in row] for row in cells] for key in ("value", "low", "high")}
    return {"samples": list(samples), "widths": list(widths), "inputs": [d] * len(samples), **parts}


def _cell(d: int, n: int, width: int, trials: int, seed: int) -> Any:
    """Draw data and labels uniform on [-1, 1] once, and decide the regions of so many starts."""
    rng = stream(seed, "karhadkar-5", d, n, width)
    x, y = rng.uniform(-1, 1, (n, d)).round(_PLACES), rng.uniform(-1, 1, n).round(_PLACES)
    X = exact_decimals(np.column_stack([x, np.ones(n)]))
    signs = np.resize([1, -1], width)
    return zero_loss_fraction(
        X, exact_decimals(y), signs, population="initialization", law="he_uniform", trials=trials, rng=rng
    )


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share over the number of samples and of hidden units, for two and for five inputs.

    Source: Karhadkar and Montúfar's slides, Figure 5; data, labels and law as in the authors' released code, its
    tolerance replaced by an exact decision; the widths are ours, around the rise.
    """
    trials, step = (4, 2) if quick else (20, 1)
    samples = SAMPLES[:4:step] if quick else SAMPLES
    panels = [
        (f"inputs: {d}", shares(d, samples, WIDTHS[d][:4:step] if quick else WIDTHS[d], trials, seed)) for d in WIDTHS
    ]
    caption = (
        f"Share of activation regions at initialisation (He's uniform law, {trials} draws for each cell) that contain "
        "a global minimum, here loss zero; two and five inputs and a bias, data and labels uniform on [−1, 1], output "
        "weights 1 and −1 in turn and fixed; every region decided exactly. Red: as many hidden weights as samples, "
        "below which a region can hold a global minimum of loss zero only by chance of the labels."
    )
    caption += " Quick: smaller grid, fewer draws." if quick else ""
    figure = draw_panels(panels, shared=False, label="share with a global minimum")
    return Drawing(figure, {"trials": trials, "panels": dict(panels)}, caption, quick)
