"""How often a random basin holds a global minimum with weight decay: exact curves beside samples of 20 draws."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...geometry.regions import enumerate_regions
from ...landscape.optimum.decayed_infinite import DecayedInfiniteWidthMinimum, decayed_infinite_width_minimum
from ...landscape.optimum.width_law import holds_minimum, law_of
from ...numbers.estimates import clopper_pearson
from ...numbers.exact import exact_decimals
from ...numbers.seeds import stream
from ...problem.problem import Problem
from ...stories.page.palette import CYCLE
from .drawing import Drawing
from .sheet import sheet

WIDTHS = (10, 20, 40, 80, 160, 320, 640)
# (n, d) of the two panels, and the decay: mean square + 2 beta sum |w_j||v_j| with beta = 1/100
PANELS = (((4, 3), (4, 5), (6, 3), (6, 5)), ((4, 8), (4, 10), (6, 8), (6, 10)))
DECAY = "1/50"
DRAWS, PLACES, LEVEL = 20, 3, 0.95


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the share of basins that hold a global minimum against the width, exact and sampled.

    Source: Boursier, Bowditch, Englert and Lazic (2025), Figure 1, which samples 20 draws a point.
    """
    panels = tuple(panel[::2] for panel in PANELS) if quick else PANELS
    widths = WIDTHS[::3] if quick else WIDTHS
    figure, axes = sheet(2, width=4.6, height=3.8, sharey=True)
    numbers: dict[str, Any] = {"widths": list(widths), "decay": DECAY, "panels": []}
    for ax, sizes in zip(axes, panels, strict=True):
        curves = [_curve(n, d, widths, seed) for n, d in sizes]
        for entry, color in zip(curves, CYCLE, strict=False):
            fine = np.unique(np.geomspace(widths[0], widths[-1], 60).astype(int))
            label = f"n = {entry['n']}, d = {entry['d']}"
            ax.plot(fine, [float(entry["law"](int(m))) for m in fine], color=color, label=label)
            shares = np.array(entry["regions"])
            ax.errorbar(
                widths, shares[:, 0], yerr=np.abs(shares[:, 1:] - shares[:, :1]).T, fmt="o", color=color, markersize=4,
                linewidth=0.8,
            )  # fmt: skip
            ax.plot(widths, [row[0] for row in entry["normal"]], "x", color=color, markersize=5)
        ax.set(xscale="log", xlabel="hidden units", ylim=(-0.03, 1.03))
        ax.legend(frameon=False, fontsize=8, loc="lower right")
        numbers["panels"].append([{k: v for k, v in entry.items() if k != "law"} for entry in curves])
    axes[0].set(ylabel="share that holds a global minimum", title="inputs about as many as samples")
    axes[1].set(title="more inputs than samples")
    caption = (
        "Share of basins that hold a global minimum of every width, for mean square + 0.02 sum |w_j||v_j| (beta = 0.01 "
        "of the paper), against the width. Curves: the width law, all regions and output signs alike, exact or "
        f"certified. Dots: {DRAWS} basins drawn so, with their {100 * LEVEL:.0f} % intervals; crosses: {DRAWS} "
        "draws of normal weights, another law, as the paper samples. One table of normal samples and targets, rounded "
        f"to {PLACES} places, for each curve: our own draws."
    )
    caption += " Quick: fewer sizes and widths." if quick else ""
    return Drawing(figure, numbers, caption, quick)


def _curve(n: int, d: int, widths: tuple[int, ...], seed: int) -> dict[str, Any]:
    """Return the law of one table at the widths and its samples: shares with interval of each width."""
    rng = stream(seed, "boursier-1", n, d)
    X, y = rng.normal(size=(n, d)).round(PLACES), rng.normal(size=n).round(PLACES)
    problem = Problem(exact_decimals(X), exact_decimals(y), weight_decay=DECAY)
    best = decayed_infinite_width_minimum(problem)
    law = law_of(problem, best, "regions")
    regions = enumerate_regions(problem.data.fractions)
    patterns = np.asarray(regions.patterns, dtype=bool)
    shares: dict[str, list[list[float]]] = {"regions": [], "normal": []}
    for m in widths:
        rows = rng.integers(0, len(patterns), size=(DRAWS, m))
        shares["regions"].append(_share(problem, best, patterns[rows], rng))
        weights = rng.normal(size=(DRAWS, m, d))
        shares["normal"].append(_share(problem, best, weights @ X.T > 0, rng))
    exact = [float(law(m)) for m in widths]
    return {
        "n": n, "d": d, "X": X.tolist(), "y": y.tolist(), "law": law, "kind": law.kind, "exact": exact,
        "least_width": best.least_width, **shares,
    }  # fmt: skip


def _share(
    problem: Problem, best: DecayedInfiniteWidthMinimum, patterns: np.ndarray, rng: np.random.Generator
) -> list[float]:
    """Return the share of basins of these patterns (B, m, n) and fair signs that hold a minimum, with its interval."""
    signs = rng.choice([-1, 1], size=patterns.shape[:2])
    hits = int(holds_minimum(problem, best, patterns, signs).sum())
    low, high = clopper_pearson(hits, len(patterns), LEVEL)
    return [hits / len(patterns), float(low), float(high)]
