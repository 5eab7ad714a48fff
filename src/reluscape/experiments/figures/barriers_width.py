"""How the barriers between valleys fall as the layer grows."""

from __future__ import annotations

import numpy as np

from ...landscape.topology import BarrierTree, barrier_tree
from ...landscape.topology.disconnectivity import disconnectivity
from ...numbers.seeds import stream
from ...problem.data import Dataset
from ...stories.page.palette import BLUE, FAINT
from ..plots.disconnectivity import draw_disconnectivity
from .drawing import Drawing
from .sheet import sheet

LINE_X, LINE_Y = [[-4], [-2], [1], [2], [5]], [2, -2, 4, 0, 3]
ROWS = 5


def highest_trap(tree: BarrierTree) -> float:
    """Return the largest barrier of a valley above the global minimum, 0 where there is none."""
    return max((float(v.barrier) for v in tree.valleys if v.spurious), default=0.0)


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the trees of one data set for growing widths, and the deepest trap of many data sets over the width.

    Source: our own; no paper computes these trees.
    """
    widths, number = ([1, 2, 3], 6) if quick else ([1, 2, 3, 4], 40)
    tree_widths = widths[:3]
    figure, axes = sheet(len(tree_widths) + 1, width=3.1, height=3.6)
    line = Dataset(LINE_X, LINE_Y, bias=True)
    constant = float(np.var(line.y))
    trees = [barrier_tree(line, width=width, output_bias=True) for width in tree_widths]
    for ax, width, tree in zip(axes, tree_widths, trees, strict=False):
        graph = disconnectivity(tree, list(range(len(tree.valleys))), constant)
        draw_disconnectivity(ax, graph, top=1.1 * constant)
        ax.set(ylim=(-0.06 * constant, 1.12 * constant), title=f"{width} unit{'s' if width > 1 else ''}")
        if ax is not axes[0]:
            ax.set_ylabel("")
    rng = stream(seed, "barriers over the width")
    shares = np.empty((number, len(widths)))
    for k in range(number):
        X, y = rng.choice(np.arange(-20, 21), ROWS, replace=False)[:, None], rng.integers(-9, 10, ROWS)
        while len(set(y.tolist())) == 1:
            y = rng.integers(-9, 10, ROWS)
        data = Dataset(X, y, bias=True)
        shares[k] = [
            highest_trap(barrier_tree(data, width=width, output_bias=True)) / float(np.var(data.y)) for width in widths
        ]
    ax = axes[-1]
    ax.plot(widths, 100 * shares.T, color=FAINT, linewidth=0.9)
    ax.plot(widths, 100 * shares.mean(axis=0), color=BLUE, marker="o", linewidth=2)
    ax.set(xlabel="hidden units", ylabel="deepest trap, % of the variance", title=f"{number} data sets")
    ax.set_xticks(widths)
    ax.set_ylim(bottom=-1)
    caption = (
        "Every valley of one table of five rows (one input, both biases) for growing widths: a stem for each valley, "
        "orange where it is a trap, green at a global minimum, joined where the loss is high enough to cross over; the "
        f"dotted line is the loss of the zero network. Right: the deepest trap of {number} random tables of five rows "
        "(grey) and their mean (blue), as a share of the target's variance; a second unit may deepen it before further "
        "ones make it vanish."
    )
    caption += " Quick: fewer widths and tables." if quick else ""
    numbers = {
        "X": LINE_X,
        "y": LINE_Y,
        "widths": widths,
        "trees": [
            {
                "width": width,
                "global_minimum": float(tree.global_minimum),
                "pairs": [[float(a), float(b)] for a, b in tree.pairs],
            }
            for width, tree in zip(tree_widths, trees, strict=True)
        ],
        "deepest": shares.tolist(),
    }
    return Drawing(figure, numbers, caption, quick)
