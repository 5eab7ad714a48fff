"""Basin values of random starts at one width, with the reference fits marked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...stories.page.palette import BLUE, GREEN, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_basin_histogram(
    ax: Axes, entry: Mapping[str, Any], losses: Mapping[str, Any] | None = None, *, bins: int = 40
) -> list[Any]:
    """Draw a histogram of ``basin_values.sample``, the band of good starts, and lines for the reference fits.

    Arguments:
        ax: the axes to draw on.
        entry: one element of a survey's ``widths``.
        losses: the survey's ``losses``; "constant" and "affine" become vertical lines.
        bins: number of bins.

    Returns:
        the artists.
    """
    sample = entry["basin_values"]["sample"]
    weights = [1 / len(sample)] * len(sample)
    bars: Any = ax.hist(sample, bins=bins, weights=weights, color=BLUE, rwidth=0.94)[2]
    artists: list[Any] = list(bars)
    if entry.get("threshold") is not None:
        artists.append(
            ax.axvspan(min(0.0, *sample), entry["threshold"], color=GREEN, alpha=0.11, linewidth=0, zorder=0)
        )
    reference = (entry.get("reference") or {}).get("value")
    marks = [("reference", reference, GREEN, "-")]
    for name, label, color in (("affine", "best straight-line fit", VERMILLION), ("constant", "best constant", INK)):
        marks.append((label, ((losses or {}).get(name) or {}).get("value"), color, ":"))
    for label, value, color, style in marks:
        if value is not None:
            artists.append(ax.axvline(value, color=color, linestyle=style, linewidth=1.6, label=label))
    words = "1 unit" if entry.get("width") == 1 else f"{entry.get('width')} units"
    ax.set(xlabel="lowest loss in the basin of a random start", ylabel=f"share of starts, {words}")
    return artists
