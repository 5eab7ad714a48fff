"""One weight, two samples: the squared loss has a good and a bad minimum."""

from __future__ import annotations

import numpy as np

from ...problem.networks import TwoLayerNet
from ...stories.page.palette import BLUE, GREEN, VERMILLION
from .drawing import Drawing
from .sheet import sheet

EPSILON = 0.1


def sample(epsilon: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the two samples (1/2, sqrt(2 epsilon)) and (-1, 1)."""
    return np.array([[0.5], [-1.0]]), np.array([np.sqrt(2 * epsilon), 1.0])


def draw() -> Drawing:
    """Draw L_S(w) for epsilon = 0.1.

    Its minima are w = -1 with loss epsilon and w = 2 sqrt(2 epsilon) with loss 1/2.

    Source: Safran and Shamir, Appendix C.2 and Figure 2.
    """
    figure, (ax,) = sheet(width=5.4, height=3.4)
    X, y = sample(EPSILON)
    one = np.ones(1)

    def loss(w: float) -> float:
        return round(TwoLayerNet(np.array([[w]]), one).loss(X, y), 12)

    places = np.unique(np.concatenate([np.linspace(-3, 3, 601), [0.0]]))
    ax.plot(places, [loss(w) for w in places], color=BLUE, linewidth=1.8)
    ax.axvline(0, color="#8a9099", linewidth=0.8, linestyle=":")
    minima = [[-1.0, loss(-1.0)], [float(2 * np.sqrt(2 * EPSILON)), loss(float(2 * np.sqrt(2 * EPSILON)))]]
    for (w, value), color, name in zip(minima, (GREEN, VERMILLION), ("good", "bad"), strict=True):
        ax.plot(w, value, "o", color=color, markersize=7)
        ax.annotate(
            f"{name}: {value:g}", (w, value), xytext=(0, -15), textcoords="offset points", ha="center", color=color
        )
    ax.set(xlabel="$w$", ylabel="$L_S(w)$", ylim=(-0.12, 2.0))
    caption = (
        "Mean squared error of one unit with one weight on the samples (1/2, √(2ε)) and (−1, 1), ε = 0.1. A start to "
        "the left of 0 reaches ε, a start to the right only 1/2; a symmetric law takes either with probability 1/2."
    )
    return Drawing(figure, {"epsilon": EPSILON, "minima": minima, "at_zero": loss(0.0)}, caption)
