"""The rank of the Jacobian in single precision beside the exact rank, on the same draws."""

from __future__ import annotations

import numpy as np

from ...jacobian.rank import RankOracle
from ...numbers.estimates import Probability
from ...numbers.seeds import stream
from ...probability.full_rank.random_data import GRID_BITS, draw_rows, exact_pattern
from ...problem.networks.initialization import get_law
from .drawing import Drawing
from .maps import draw_maps, panel

INPUTS = (1, 2)


def verdicts(n: int, d: int, width: int, trials: int, seed: int) -> tuple[int, int, int]:
    """Count the full ranks, exact and in single precision, and the verdicts in which both differ.

    Single precision takes the singular values above the largest one times the longer side times 2^-23, the default of
    NumPy's and PyTorch's `matrix_rank`.
    """
    rng, law = stream(seed, "float32-rank", n, d, width), get_law("torch")
    exact = single = wrong = 0
    for _ in range(trials):
        rows = draw_rows(rng, n, d, "uniform")
        W, _v = law.sample(rng, width, d + 1)
        v = rng.standard_normal(width)
        pattern = exact_pattern(W, rows)
        full = RankOracle(rows).is_full(pattern)
        X = rows / float(1 << GRID_BITS)
        J = ((pattern * v[:, None]).T[:, :, None] * X[:, None, :]).reshape(n, width * (d + 1)).astype(np.float32)
        answer = int(np.linalg.matrix_rank(J)) == n
        exact, single, wrong = exact + full, single + answer, wrong + (full != answer)
    return exact, single, wrong


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw three heat maps for each number of inputs: exact, single precision, and the share of wrong verdicts.

    Source: our own; the setting of Karhadkar and Montúfar's first Figure 3, whose released code decides the rank in
    single precision.
    """
    trials, samples = (6, range(20, 101, 40)) if quick else (40, range(10, 101, 10))
    widths = range(60, 301, 120) if quick else range(30, 301, 30)
    grid = []
    for d in INPUTS:
        counts = [[verdicts(n, d, width, trials, seed) for n in samples] for width in widths]
        panels = []
        for j, name in enumerate(("exact", "single precision", "wrong verdicts")):
            cells = [
                [Probability.sampled(cell[j], trials, "initialization", "torch") for cell in row] for row in counts
            ]
            panels.append((name, panel(samples, widths, cells)))
        grid.append((f"{d} input{'s' if d > 1 else ''}", panels))
    caption = (
        "How often the Jacobian in the hidden weights has full rank at a random start, and how often single "
        "precision says so: the same draws of data (uniform on [0, 1], with a bias) and weights (PyTorch's law, "
        f"output weights normal and fixed), {trials} for each cell. Exact: elimination modulo a prime as a proof of "
        "full rank, rationals behind it. Single precision: singular values with the default tolerance of NumPy and "
        "PyTorch."
    )
    caption += " Quick: coarser grid, fewer draws." if quick else ""
    figure = draw_maps(grid, "share of the draws", sharey=True)
    return Drawing(figure, {"trials": trials, "panels": {row: dict(panels) for row, panels in grid}}, caption, quick)
