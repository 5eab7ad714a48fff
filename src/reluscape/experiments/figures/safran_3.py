"""The same sample in two dimensions: four minima, one optimal, one bad, two in between."""

from __future__ import annotations

import numpy as np

from ...stories.page.palette import VERMILLION
from .drawing import Drawing
from .landscape import loss_grid, unit_loss
from .safran_2 import EPSILON, sample
from .sheet import sheet, upright_label


def spread(X: np.ndarray, y: np.ndarray, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Copy one-dimensional samples onto each of d axes: (n d, d) samples and (n d,) targets.

    >>> spread(np.array([[2.0]]), np.array([1.0]), 2)[0].tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    return np.kron(np.eye(d), X), np.tile(y, d)


def draw(quick: bool = False) -> Drawing:
    """Draw L_S over two weights as a surface.

    Source: Safran and Shamir, Appendix C.2 and Figure 3.
    """
    figure, (ax,) = sheet(width=5.4, height=4.4, subplot_kw={"projection": "3d"})
    X, y = spread(*sample(EPSILON), 2)
    grid = np.linspace(-2.4, 2.4, 61 if quick else 121)
    first, second = np.meshgrid(grid, grid)
    ax.plot_surface(
        first, second, loss_grid(X, y, grid, grid), cmap="viridis", alpha=0.9, linewidth=0, rcount=120, ccount=120
    )
    bad = float(2 * np.sqrt(2 * EPSILON))
    places = [(a, b) for a in (-1.0, bad) for b in (-1.0, bad)]
    minima = [([a, b], round(unit_loss(X, y, [a, b]), 12)) for a, b in places]
    for (a, b), value in minima:
        ax.plot([a], [b], [value], "o", color=VERMILLION, markersize=5, zorder=10)
    ax.set(xlabel="$w_1$", ylabel="$w_2$")
    upright_label(ax, "$L_S(w)$")
    ax.view_init(elev=38, azim=-128)
    ax.set_box_aspect((1, 1, 0.7), zoom=0.9)
    caption = (
        "The samples of the one-dimensional example on both axes, ε = 0.1, one unit with output weight 1. Minima: "
        "0.1 (optimal), 0.5 (bad) and twice 0.3. In d dimensions there are 2^d of them."
    )
    caption += " Quick: coarser grid." if quick else ""
    return Drawing(figure, {"epsilon": EPSILON, "minima": [list(entry) for entry in minima]}, caption, quick)
