"""The minima at which the Gaussian population loss gets stuck, and how often it does."""

from __future__ import annotations

import numpy as np

from ...landscape.population import PUBLISHED, stuck_fraction, stuck_minimum
from ...numbers.seeds import stream
from ...stories.page.palette import BLUE, INK, VERMILLION
from .drawing import Drawing
from .sheet import sheet

SHOWN = 9


def draw(seed: int = 0, quick: bool = False) -> Drawing:
    """Draw the weights of one proved minimum, the values of all of them, and the share of starts that get stuck.

    Source: Safran and Shamir 2018, Theorem 1 and Table 1.
    """
    widths, most, trials = (range(6, 9), 8, 10) if quick else (range(6, 21), 12, 100)
    minima = [stuck_minimum(k) for k in widths]
    weights = stuck_minimum(SHOWN).W
    share_widths = [k for k in widths if k <= most]
    shares = [stuck_fraction(k, trials=trials, rng=stream(seed, "population", k)).share for k in share_widths]
    figure, (left, middle, right) = sheet(3, width=3.7, height=3.4)
    size = float(np.abs(weights).max())
    left.imshow(weights, cmap="RdBu_r", vmin=-size, vmax=size)
    left.set(title=f"weights of {SHOWN} units, F = {stuck_minimum(SHOWN).value:.4f}", xlabel="input", ylabel="unit")
    left.set_xticks([])
    left.set_yticks([])
    middle.plot(widths, [m.value for m in minima], "o-", color=BLUE, label="F at the minimum")
    middle.plot(widths, [m.least_eigenvalue for m in minima], "s-", color=VERMILLION, label="least eigenvalue")
    middle.set(xlabel="units k", title="proved by intervals", ylim=(0, None))
    middle.legend(frameon=False)
    values = np.array([[100 * float(v) for v in (s.value, s.low, s.high)] for s in shares])
    right.errorbar(share_widths, values[:, 0], [values[:, 0] - values[:, 1], values[:, 2] - values[:, 0]], fmt="o",
                   color=BLUE, label=f"L-BFGS, {trials} starts")  # fmt: skip
    references = [PUBLISHED[k, k] for k in share_widths]
    right.plot(share_widths, [100 * p for p in references], "_", markersize=14, color=INK, label="published")
    right.set(xlabel="units k", ylabel="starts that get stuck, %", ylim=(-3, 100))
    right.legend(frameon=False)
    caption = (
        "The loss over standard normal inputs of k ReLU units that imitate k orthonormal ones, all output weights 1. "
        f"Left: a local minimum that is not global, k = {SHOWN}: one unit points away from its teacher's. Middle: its "
        "value and the least eigenvalue of its Hessian, each a strict minimum above zero by an interval proof. Right: "
        "share of random starts that end at such a minimum, with 95 % intervals, beside Safran and Shamir's table "
        "(gradient descent)."
    )
    caption += " Quick: fewer widths and starts." if quick else ""
    numbers = {
        "widths": list(widths),
        "values": [m.value for m in minima],
        "curvatures": [m.least_eigenvalue for m in minima],
        "proved": [m.spurious for m in minima],
        "counted": share_widths,
        "trials": trials,
        "shares": [[float(s.value), float(s.low), float(s.high)] for s in shares],
        "published": references,
        "weights": weights.tolist(),
    }
    return Drawing(figure, numbers, caption, quick)
