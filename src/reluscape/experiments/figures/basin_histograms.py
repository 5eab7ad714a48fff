"""Values of the first basin on real data, for three widths."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...basins import affine_fit
from ...numbers.seeds import stream
from ...probability import BasinSampler
from ...problem.data import Dataset
from ...problem.data.examples import load
from ...problem.data.scaling import standardize
from ...stories.page.palette import BLUE, GREEN, GREY, VERMILLION
from .drawing import Drawing
from .sheet import sheet

TABLES = (("linnerud", "linnerud"), ("diabetes", "diabetes"), ("breast_cancer", "breast cancer"))
WIDTHS = ((1, GREY), (3, BLUE), (10, VERMILLION))
LAW = "torch"


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw histograms of the first basin's value as a share of the best constant's loss.

    Source: our own; the quantity is Safran and Shamir's basin value, the output bias ours.
    """
    trials = 30 if quick else 200
    tables, widths = (TABLES[:1], WIDTHS[:2]) if quick else (TABLES, WIDTHS)
    figure, axes = sheet(len(tables), width=3.4, height=3.2)
    data: dict[str, Any] = {}
    bins = np.linspace(0, 1, 51)
    for ax, (name, words) in zip(axes, tables, strict=True):
        raw_table = load(name, bias=True)
        table = Dataset(standardize(raw_table).X, raw_table.y)
        sampler = BasinSampler(table, None, output_bias=True)
        constant = float(np.var(table.y))
        line = affine_fit(table).value / constant
        shares = {}
        for width, color in widths:
            values = sampler.values(width, LAW, trials, stream(seed, name, width)) / constant
            shares[str(width)] = values.tolist()
            ax.hist(
                np.minimum(values, 1.0),
                bins=bins,
                weights=np.full(trials, 1 / trials),
                color=color,
                alpha=0.55,
                label=f"{width} unit{'s' if width > 1 else ''}",
            )
        ax.axvline(line, color=GREEN, linestyle="--", linewidth=1.4, label="best straight-line fit")
        ax.set(
            xlabel="value of the first basin, share of the best constant's loss",
            xlim=(0, 1.02),
            title=f"{words}, {table.n} rows, {table.d - 1} inputs",
        )
        ax.title.set_fontsize(9)
        ax.xaxis.label.set_fontsize(8)
        data[name] = {"n": table.n, "d": table.d, "affine": line, "shares": shares}
    axes[0].set_ylabel("share of starts")
    axes[0].legend(frameon=False, fontsize=7, loc="upper left")
    caption = (
        f"Lowest loss in the basin of a random start, as a share of the best constant's loss; {trials} starts for each "
        "width from PyTorch's law, hidden and output biases, standardised inputs. Left of the dashed line a basin is "
        "better than linear regression."
    )
    caption += " Quick: one table, fewer widths and starts." if quick else ""
    return Drawing(figure, {"trials": trials, "law": LAW, "tables": data}, caption, quick)
