"""How the best network of any width changes as the weight decay grows, down to the interpolator of least norm."""

from __future__ import annotations

import numpy as np

from ...landscape.decay_path import decay_path
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...stories.page.palette import BLUE, CYCLE, GREEN, GREY, INK, VERMILLION
from .drawing import Drawing
from .sheet import sheet

XOR_X, XOR_Y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
LINE_X, LINE_Y = [-3, -2, -1, 0, 1, 2, 3, 4], [3, 1, -2, -1, 2, 2, -1, 0]
SHOWN = (1e-3, 0.03, 0.3)


def draw(quick: bool = False) -> Drawing:
    """Draw objective over decay of XOR, live directions and valleys of a line of points, and the fitted functions.

    Source: our own; the paths are certified at every point and bounded between them.
    """
    most, width = (12, 0) if quick else (40, 2)
    figure, axes = sheet(3, width=4.0, height=3.6)
    xor = decay_path(XOR_X, XOR_Y, output_bias=True, biases=False, most=most, width=0)
    decays = np.array([p.decay for p in xor.points])
    norm = np.array([p.value / p.decay for p in xor.points])
    ax = axes[0]
    ax.semilogx(decays, norm, color=BLUE, marker="o", markersize=3)
    limit = xor.least_norm[1]
    if limit is not None:
        ax.axhline(limit, color=VERMILLION, linestyle="--", linewidth=1)
        ax.annotate("least norm of an interpolator", (decays[1], limit), va="bottom", fontsize=8, color=VERMILLION)
    ax.set(xlabel="weight decay", ylabel="lowest objective / decay", title="XOR, free biases", ylim=(0, 3.2))
    line = Dataset(np.array(LINE_X)[:, None], LINE_Y, bias=True)
    path = decay_path(line, output_bias=True, biases=False, most=most, width=width)
    decays = np.array([p.decay for p in path.points])
    ax = axes[1]
    ax.step(decays, [p.live for p in path.points], where="mid", color=GREEN, label="live directions")
    ax.step(decays, [p.least_width for p in path.points], where="mid", color=BLUE, linestyle=":", label="m*")
    if width:
        counts = [p.valleys for p in path.points]
        ax.step(decays, counts, where="mid", color=VERMILLION, label=f"valleys of {width} units")
    ax.set(xscale="log", xlabel="weight decay", title="eight points on a line", ylim=(0, None))
    ax.legend(frameon=False, fontsize=8)
    ax = axes[2]
    grid = np.linspace(LINE_X[0] - 0.5, LINE_X[-1] + 0.5, 181)
    curves = []
    if path.interpolator is not None:
        curves.append(("least norm", _values(path.interpolator, grid), INK))
    for share, color in zip(SHOWN, CYCLE, strict=False):
        point = min(path.points, key=lambda p: abs(np.log(p.decay / (share * path.lambda_max))))
        curves.append((f"decay {point.decay:.2g}", _values(point.net, grid), color))
    for name, values, color in curves:
        ax.plot(grid, values, color=color, linewidth=1.4, linestyle="--" if name == "least norm" else "-", label=name)
    ax.plot(LINE_X, LINE_Y, "o", color=GREY, markersize=5)
    ax.set(xlabel="input", title="the best function of any width")
    ax.legend(frameon=False, fontsize=8)
    caption = (
        "The best network of any width as the weight decay grows to lambda_max, above which it is a constant; hidden "
        "and output biases free. Left: XOR; the lowest objective divided by the decay tends to the least norm "
        "sum |w_j||v_j| of an interpolator, 2 sqrt 2. Middle: eight points on a line: directions that the best network "
        "uses, the fewest units that reach it (m*), and valleys of two units. Right: the best functions, and "
        "the interpolator of least norm (dashed). Every point is certified; between points the objective is known "
        f"within {100 * max(xor.accuracy, path.accuracy):.2g} %."
    )
    caption += " Quick: fewer points, no valleys." if quick else ""
    numbers = {
        "xor": [[p.decay, p.value, p.loss, p.norm, p.live, p.least_width] for p in xor.points],
        "xor_least_norm": list(xor.least_norm),
        "line": {"x": LINE_X, "y": LINE_Y},
        "points": [[p.decay, p.value, p.loss, p.norm, p.live, p.least_width, p.valleys, p.traps] for p in path.points],
        "least_norm": list(path.least_norm),
        "lambda_max": [xor.lambda_max, path.lambda_max],
    }
    return Drawing(figure, numbers, caption, quick)


def _values(net: TwoLayerNet, grid: np.ndarray) -> np.ndarray:
    """Return a network's values on a grid of inputs."""
    rows = np.stack([grid, np.ones_like(grid)], axis=1)
    return np.asarray(np.maximum(rows @ net.W.T, 0.0) @ net.v + net.c)
