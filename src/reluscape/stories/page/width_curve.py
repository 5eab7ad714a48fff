"""A probability against the number of hidden units, with its band and the theorems' promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .palette import BLUE, CYCLE, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_width_curve(
    ax: Axes,
    curve: Sequence[Mapping[str, Any]],
    promises: Sequence[Mapping[str, Any]] = (),
    *,
    goal: float | None = None,
    key: str = "good",
    label: str = "measured",
    color: str = BLUE,
) -> list[Any]:
    """Draw claims against the width, their intervals as a band, and what applicable theorems guarantee.

    Arguments:
        ax: the axes to draw on; its horizontal scale becomes logarithmic to base 2.
        curve: elements with ``width`` and a claim under ``key`` (``value``, ``low``, ``high``).
        promises: a survey's ``promises``; those that apply and have a curve or a width are drawn.
        goal: a probability marked by a horizontal line.
        key: the claim's name.
        label: the curve's name in a legend.
        color: the curve's colour.

    Returns:
        the artists.
    """
    points = sorted(
        ((e["width"], e[key]) for e in curve if (e.get(key) or {}).get("value") is not None), key=lambda p: p[0]
    )
    widths = [width for width, _ in points]
    middle = [claim["value"] for _, claim in points]
    low, high = (
        [claim["value"] if claim.get(end) is None else claim[end] for _, claim in points] for end in ("low", "high")
    )
    artists: list[Any] = [ax.fill_between(widths, low, high, color=color, alpha=0.18, linewidth=0)]
    artists += ax.plot(widths, middle, color=color, marker="o", markersize=4, linewidth=1.8, label=label)
    others = [tone for tone in CYCLE if tone != color]
    for k, promise in enumerate(p for p in promises if p.get("applies")):
        tone = others[k % len(others)]
        name = f"promised, {promise.get('statement', '')}"
        if promise.get("curve"):
            steps = [(float(w), p) for w, p in promise["curve"]]
            artists += ax.plot(*zip(*steps, strict=True), color=tone, linestyle="--", label=name)
        elif promise.get("width") is not None and promise.get("probability") is not None:
            spot = ([float(promise["width"])], [promise["probability"]])
            artists += ax.plot(*spot, color=tone, marker="*", markersize=11, linestyle="none", label=name)
    if goal is not None:
        artists.append(ax.axhline(goal, color=GREY, linestyle=":", linewidth=1))
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.set(xlabel="hidden units", ylabel="chance of a good start", ylim=(-0.02, 1.03))
    return artists
