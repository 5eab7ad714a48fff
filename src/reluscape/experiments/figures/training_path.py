"""What happens along training: loss, value of the basin one is in, Jacobian rank, patterns passed so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...stories.page.palette import BLUE, GREY, VERMILLION
from .. import Sweep
from ..quantities.training_path import MOMENTS, number
from .drawing import Drawing
from .measured import measured
from .sheet import sheet

OPTIMIZERS = (("gd", 0.05, "gradient descent", BLUE), ("adam", 0.02, "Adam", VERMILLION))
# share of the best constant's loss below which the picture shows no difference
FLOOR = 1e-8
DIMENSIONS = {"d": 2, "width": 20}


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw four traces along gradient descent and Adam, means over random data and weights.

    Source: our own; rank along gradient descent is a further topic of Karhadkar and Montúfar, that descent leaves its
    first cell is one of Liu, Part 2.
    """
    n, steps, trials = (15, 200, 3) if quick else (30, 2000, 30)
    plan = Sweep(
        "training-path",
        "training_path",
        zip={"optimizer": [o[0] for o in OPTIMIZERS], "rate": [o[1] for o in OPTIMIZERS]},
        fixed={"n": n, "steps": steps, **DIMENSIONS},
        trials=trials,
        chunk=1,
        seed=seed,
        paired=["optimizer", "rate"],
    )
    rows = measured(plan)
    figure, axes = sheet(3, width=3.5, height=3.3)
    curves = {
        name: {trace: _curve(rows, name, trace) for trace in ("loss", "basin", "rank", "patterns")}
        for name, *_ in OPTIMIZERS
    }
    places = np.arange(len(MOMENTS))
    for name, rate, words, color in OPTIMIZERS:
        own = curves[name]
        loss, basin = (np.maximum(np.array(own[part]["mean"], dtype=float), FLOOR) for part in ("loss", "basin"))
        axes[0].plot(places, loss, color=color, marker="o", markersize=3, label=f"{words}, rate {rate:g}")
        axes[0].plot(places, basin, color=color, marker="s", markersize=3, linestyle=":")
        axes[1].plot(places, own["rank"]["mean"], color=color, marker="o", markersize=3)
        axes[2].plot(places, own["patterns"]["mean"], color=color, marker="o", markersize=3)
    axes[0].plot([], [], color=GREY, marker="s", markersize=3, linestyle=":", label="value of the basin one is in")
    axes[1].axhline(n, color=GREY, linewidth=1, linestyle="--")
    axes[1].text(0, n, "full rank", color=GREY, fontsize=8, va="bottom")
    axes[0].set(ylabel="loss, share of the best constant's", yscale="log")
    ranks = np.array([own["rank"]["mean"] for own in curves.values()], dtype=float)
    axes[1].set(ylabel="rank of the Jacobian", ylim=(np.floor(min(ranks.min(), n - 2)) - 0.5, n + 0.8))
    axes[1].yaxis.get_major_locator().set_params(integer=True)
    axes[2].set(ylabel="distinct patterns so far", yscale="log")
    for ax in axes:
        ax.set_xticks(places, [str(moment) for moment in MOMENTS])
        ax.set_xlabel("per cent of the steps")
    axes[0].legend(frameon=False, fontsize=7)
    caption = (
        f"Along {steps} steps on all weights: loss and, dotted, the value of the basin the network is in, both as "
        "shares of the best constant's loss; exact rank of the Jacobian in the hidden weights; distinct activation "
        f"patterns so far. {n} normal samples in two inputs and a bias, targets from a random polynomial of degree "
        f"two, {DIMENSIONS['width']} units, He's normal law; means over {trials} draws of data and weights, "
        f"the same for both; losses below {FLOOR:g} are drawn there."
    )
    caption += " Quick: fewer samples, steps and draws." if quick else ""
    data = {"n": n, "steps": steps, "trials": trials, "per_cent": list(MOMENTS), "curves": curves}
    return Drawing(figure, data, caption, quick)


def _curve(rows: list[dict[str, Any]], optimizer: str, trace: str) -> dict[str, list[float | None]]:
    """Return mean and standard error of a trace at each moment."""
    by_number = {row["number"]: row for row in rows if row["optimizer"] == optimizer}
    there = [by_number[number(trace, moment)] for moment in MOMENTS]
    return {name: [row[name] for row in there] for name in ("mean", "standard_error")}
