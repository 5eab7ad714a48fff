"""How many activation patterns training passes through, against the width."""

from __future__ import annotations

import numpy as np

from ...stories.page.palette import BLUE, GREY, VERMILLION
from .. import Sweep
from .drawing import Drawing
from .measured import measured
from .sheet import sheet

OPTIMIZERS = (("adam", 0.1, "Adam", VERMILLION), ("gd", 0.01, "gradient descent", BLUE))


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the number of distinct patterns of all steps over the width, for Adam and for gradient descent.

    Source: our own, after the experiment on visited patterns in the code that goes with Karhadkar and Montúfar; data,
    rates and widths are ours, and Figure numbers of theirs are not meant.
    """
    n, steps, trials = (20, 200, 2) if quick else (100, 1000, 4)
    widths = [5, 20, 80] if quick else [10, 30, 100, 300, 1000]
    plan = Sweep(
        "patterns-width",
        "training_path",
        grid={"width": widths},
        zip={"optimizer": [o[0] for o in OPTIMIZERS], "rate": [o[1] for o in OPTIMIZERS]},
        fixed={"n": n, "d": 1, "steps": steps, "trained": "hidden", "basins": False},
        trials=trials,
        chunk=1,
        seed=seed,
        paired=["optimizer", "rate"],
    )
    rows = [row for row in measured(plan) if row["number"] == "patterns_100" and row["trials"]]
    figure, (ax,) = sheet(width=5.0)
    curves = {}
    for name, rate, words, color in OPTIMIZERS:
        own = [row for row in rows if row["optimizer"] == name]
        mean = np.array([row["mean"] for row in own])
        error = np.array([row["standard_error"] or 0.0 for row in own])
        x = [row["width"] for row in own]
        ax.errorbar(x, mean, error, color=color, marker="o", markersize=4, capsize=2, label=f"{words}, rate {rate:g}")
        curves[name] = {
            "rate": rate,
            "width": x,
            "mean": mean.tolist(),
            "standard_error": error.tolist(),
            "trials": [row["trials"] for row in own],
        }
    ax.axhline(steps + 1, color=GREY, linewidth=1, linestyle="--")
    ax.text(widths[0], steps + 1, "a new pattern at every step", color=GREY, fontsize=8, va="bottom")
    ax.set(xscale="log", xlabel="hidden units", ylabel="distinct activation patterns", ylim=(0, 1.12 * (steps + 1)))
    ax.set_xticks(widths, [str(width) for width in widths], minor=False)
    ax.minorticks_off()
    ax.legend(frameon=False, fontsize=8, loc="lower right")
    caption = (
        f"Distinct activation patterns among the start and {steps} full-batch steps on the hidden weights, "
        f"{n} normal inputs on a line and a bias, targets from a random polynomial of degree two, He's normal law, "
        f"output weights fixed; mean and standard error over {trials} draws of data and weights, the same for both."
    )
    caption += " Quick: fewer samples, steps, widths and draws." if quick else ""
    data = {"n": n, "steps": steps, "trials": trials, "curves": curves}
    return Drawing(figure, data, caption, quick)
