"""The function space of one unit on samples on a line: a cone over a polyline."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from ...stories.page.palette import BLUE, GREY, INK, VERMILLION
from .drawing import Drawing
from .sheet import sheet, upright_label

_TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)
_EDGES = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3))


def polyline(x: np.ndarray) -> np.ndarray:
    """List the vertices of the polyline: units that fall to the right, then units that rise.

    Row i of the first half holds max(0, x_i - x_j), row i of the second max(0, x_j - x_i), for increasing x (n,).
    The first and the last row are zero.

    Source: Karhadkar and Montúfar's slides, Proposition 13 (n >= 2).

    >>> polyline(np.array([0.0, 1.0])).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    gaps = x[:, None] - x[None, :]
    return np.vstack([np.maximum(gaps, 0.0), np.maximum(-gaps, 0.0)])


def _three_samples(ax: Any, x: np.ndarray) -> np.ndarray:
    corners = polyline(x)
    rays = corners[1:-1]
    faces = [np.vstack([np.zeros(3), a, b]) for a, b in pairwise(rays)]
    ax.add_collection3d(Poly3DCollection(faces, facecolor=BLUE, alpha=0.16, edgecolor=GREY, linewidth=0.5))
    ax.plot(*rays.T, color=BLUE, linewidth=2)
    ax.plot(*rays.T, "o", color=VERMILLION, markersize=5)
    ax.plot([0], [0], [0], "o", color=INK, markersize=4)
    ax.set(xlabel="$f(x_1)$", ylabel="$f(x_2)$", title="Three samples: the cone in $\\mathbb{R}^3$")
    upright_label(ax, "$f(x_3)$")
    return corners


def _four_samples(ax: Any, x: np.ndarray) -> np.ndarray:
    corners = polyline(x)
    rays = corners[1:-1]
    places = rays / rays.sum(axis=1, keepdims=True) @ _TETRAHEDRON
    for a, b in _EDGES:
        ax.plot(*np.array([_TETRAHEDRON[a], _TETRAHEDRON[b]]).T, color=GREY, linewidth=0.7)
    for i, corner in enumerate(_TETRAHEDRON):
        ax.text(*(1.12 * corner), f"$x_{i + 1}$", color=INK, ha="center")
    ax.plot(*places.T, color=BLUE, linewidth=2)
    ax.plot(*places.T, "o", color=VERMILLION, markersize=5)
    ax.set_axis_off()
    ax.set_title("Four samples: values scaled to sum to 1")
    return corners


def draw() -> Drawing:
    """Draw the cone for three samples, and for four a section of it inside a tetrahedron.

    Source: Karhadkar and Montúfar's slides, Figure 6 and Proposition 13 (samples of our own choice).
    """
    figure, (left, right) = sheet(2, width=4.6, subplot_kw={"projection": "3d"})
    three, four = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0, 3.0])
    data = {"three": _three_samples(left, three).tolist(), "four": _four_samples(right, four).tolist()}
    left.view_init(elev=24, azim=38)
    right.view_init(elev=18, azim=28)
    for ax in (left, right):
        ax.title.set_fontsize(10)
        ax.set_box_aspect((1, 1, 1), zoom=0.92)
    caption = (
        "The values that one unit with output weight 1 can take on samples on a line form a cone over a polyline with "
        "2(n - 1) corners that are not zero (Proposition 13; the printed list also holds the zero vector twice). "
        "Left: n = 3. Right: n = 4, each function scaled so that its values add to 1."
    )
    return Drawing(figure, data, caption)
