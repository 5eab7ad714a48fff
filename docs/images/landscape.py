"""The picture of the README: the landscape of two units on five points of a line, and its valleys as a tree."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, LogNorm

import reluscape as rs
from reluscape.experiments.plots import draw_disconnectivity
from reluscape.landscape.topology import BarrierTree
from reluscape.landscape.topology.disconnectivity import disconnectivity
from reluscape.stories.page.palette import GREEN, INK, PAPER, VERMILLION, color_stops

INPUTS = [-2, -1, 0, 1, 2]
TARGETS = [0, 2, 1, 3, 0]
FINE = 241


def landscape(data: rs.Dataset, angles: np.ndarray) -> np.ndarray:
    """Return the lowest loss (p, p) over all sizes of two units, the first added, the second subtracted, by direction.

    Written out for itself, by non-negative least squares in two unknowns: nothing here comes from the tree.
    """
    units = np.maximum(data.X @ np.stack([np.cos(angles), np.sin(angles)]), 0.0)
    y = np.asarray(data.y, dtype=float)
    best = np.full((len(angles), len(angles)), float(y @ y))
    first, second = units[:, :, None], -units[:, None, :]
    a, b, g = (first**2).sum(0), (second**2).sum(0), (first * second).sum(0)
    r, s = np.tensordot(y, first, 1), np.tensordot(y, second, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        for p, q in (
            (np.maximum(r / a, 0), np.zeros_like(g)),
            (np.zeros_like(g), np.maximum(s / b, 0)),
            ((b * r - g * s) / (a * b - g * g), (a * s - g * r) / (a * b - g * g)),
        ):
            left = ((y[:, None, None] - p * first - q * second) ** 2).sum(0)
            fits = np.isfinite(left) & (np.nan_to_num(p) >= 0) & (np.nan_to_num(q) >= 0)
            best = np.where(fits, np.fmin(best, left), best)
    return best / len(y)


def draw(path: Path) -> BarrierTree:
    """Write the picture and return the tree behind it."""
    data = rs.Dataset([[x] for x in INPUTS], TARGETS, bias=True)
    tree = rs.barrier_tree(data, width=2)
    angles = np.linspace(-np.pi, np.pi, FINE)
    loss = landscape(data, angles)
    figure, (plane, stems) = plt.subplots(1, 2, figsize=(11, 4.8), width_ratios=[1.15, 1], layout="constrained")
    stops: Any = [(float(place), str(color)) for place, color in color_stops()]
    image = plane.imshow(
        loss.T,
        origin="lower",
        extent=(-180, 180, -180, 180),
        norm=LogNorm(float(tree.global_minimum), float(loss.max())),
        cmap=LinearSegmentedColormap.from_list("losses", stops),
    )
    for x in INPUTS:
        for turn in (0.0, 180.0):
            wall = (np.degrees(np.arctan2(x, -1.0)) + turn + 180.0) % 360.0 - 180.0
            plane.axvline(wall, color=PAPER, alpha=0.45, linewidth=0.7)
            plane.axhline(wall, color=PAPER, alpha=0.45, linewidth=0.7)
    for number, valley in enumerate(tree.valleys, start=1):
        up, down = np.argmax(valley.net.v), np.argmin(valley.net.v)
        if valley.net.v[up] > 0 > valley.net.v[down]:
            spot = [float(np.degrees(np.arctan2(w[1], w[0]))) for w in (valley.net.W[up], valley.net.W[down])]
            color = VERMILLION if valley.spurious else GREEN
            plane.plot(*spot, "o", color=color, markeredgecolor=PAPER, markersize=13)
            plane.text(*spot, str(number), color=PAPER, ha="center", va="center", fontsize=8)
    figure.colorbar(image, ax=plane, label="mean squared error, logarithmic", shrink=0.9)
    plane.set(xlabel="direction of the added unit (degrees)", ylabel="direction of the subtracted unit (degrees)")
    plane.set_xticks(range(-180, 181, 90))
    plane.set_yticks(range(-180, 181, 90))
    plane.set_title("Lowest loss by the units' directions; white lines: a unit switches", fontsize=10, color=INK)
    zero = float(np.mean(np.square(TARGETS)))
    draw_disconnectivity(stems, disconnectivity(tree, list(range(len(tree.valleys))), zero))
    stems.set_title("Every valley, and how high the loss must rise to leave it", fontsize=10, color=INK)
    stems.spines[["top", "right", "bottom"]].set_visible(False)
    figure.savefig(path, dpi=110, metadata={"Software": None})
    plt.close(figure)
    return tree


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_suffix(".png"))
