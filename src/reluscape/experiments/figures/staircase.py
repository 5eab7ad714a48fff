"""The staircase of connectivity: pieces of the set of global minima with weight decay, width by width."""

from __future__ import annotations

from ...landscape.optimum import staircase
from ...problem.penalties import WeightDecay
from .drawing import Drawing
from .sheet import sheet

EXAMPLE_1 = ([[1, -1, 0], [0, 1, -1]], [1, 1])
XOR = ([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0])


def draw() -> Drawing:
    """Draw the number of pieces over the width for Kim, Mishkin and Pilanci's Example 1 and for XOR.

    Source: Kim, Mishkin and Pilanci (ICLR 2025); the counts are our own.
    """
    steps = {
        "Example 1 of the paper": staircase(*EXAMPLE_1, weight_decay="1/20"),
        "XOR, every weight decays": staircase(*XOR, weight_decay="1/20"),
        "XOR, free biases": staircase(*XOR, weight_decay=WeightDecay("1/20", biases=False), output_bias=True),
    }
    figure, axes = sheet(3, width=3.8, height=3.4)
    for ax, (name, stairs) in zip(axes, steps.items(), strict=True):
        stairs.plot(ax)
        ax.set_title(name, pad=14)
    caption = (
        "Connected pieces of the set of global minima with weight decay against the width, units with names and up to "
        "their order; m* is the fewest units that reach the lowest objective of any width, M* the most units of a "
        "vertex of the optimal set, and from the bound min(m* + M*, n + 1) on the theorem says that the set is "
        "connected. Left: two samples at 120 degrees, where one unit between them does what two units do. "
        "The counts do not use the theorem; with free biases it says nothing."
    )
    numbers = {
        name: {
            "least_width": stairs.least_width,
            "most_width": stairs.most_width,
            "bound": stairs.connected_width,
            "rows": [[row.width, row.components, row.classes, row.isolated] for row in stairs.rows],
        }
        for name, stairs in steps.items()
    }
    return Drawing(figure, numbers, caption)
