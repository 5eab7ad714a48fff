"""What the page of a whole landscape shows, in which order."""

from __future__ import annotations

from typing import Any

from ..wording import count, loss_words
from .figure import Figure
from .lookup import at, claim_cell, kind_badge, number
from .markup import element, section, text
from .plane_figure import plane_figures
from .tables import losses_table, table
from .tree_figure import reach_figure, tree_figure, ways_figure

# valleys that are listed before a button shows the others
MOST_SHOWN = 10
_FITS = (
    ("constant", "Best constant"),
    ("affine", "Best straight-line (affine) fit"),
    ("zero", "The zero network"),
    ("best_network", "Lowest loss of this width"),
    ("any_width", "Lowest loss of any width"),
)


def census_figures(report: dict[str, Any]) -> list[Figure]:
    """List the figures that the JSON holds data for."""
    pictures, valleys = report.get("pictures") or {}, report.get("valleys") or []
    height = loss_words(at(report, "settings.loss") or "squared")
    decays = at(report, "settings.weight_decay") is not None
    height += " plus weight decay" if decays else ""
    parts = [
        tree_figure(pictures.get("disconnectivity"), valleys, height),
        ways_figure(pictures.get("passages") or [], height),
        reach_figure(report.get("chances"), "training" if decays else "gradient descent"),
        *plane_figures(pictures.get("plane"), valleys),
    ]
    return [figure for figure in parts if figure is not None]


def census_sections(report: dict[str, Any], figures: list[Figure]) -> str:
    """Write pictures, the table of valleys, and the losses."""
    pictures = "".join(figure.html() for figure in figures)
    return (
        element("section", pictures, id="pictures", aria_label="Pictures")
        + section("valleys", "Every valley", _valley_table(report), _lead(report))
        + section("fits", "The losses", losses_table(report, _FITS))
    )


def _lead(report: dict[str, Any]) -> str:
    """Say how to read the table."""
    words = (
        "The barrier is how far the loss must rise on the best way to a lower valley. A start belongs to the lowest "
        "valley that it can sink to from the bottom of its first basin."
    )
    row_count, all_ = len(report.get("valleys") or []), report.get("valley_count") or 0
    if row_count < all_:
        words += f" Of {count(all_, 'valley')} the {row_count} with the highest barriers are listed."
    return words


def _valley_table(report: dict[str, Any]) -> str:
    """Write one row for each valley."""
    rows = []
    for k, valley in enumerate(report.get("valleys") or []):
        place = f"valleys.{k}"
        exact = valley.get("exact")
        loss = number(report, f"{place}.value") + (
            element("span", text(f"= {exact}"), class_="interval") if exact and len(exact) <= 40 else ""
        )
        barrier = "—" if valley.get("barrier") is None else number(report, f"{place}.barrier")
        out = "—" if valley.get("merge_height") is None else number(report, f"{place}.merge_height")
        flat = valley.get("dimension") or 0
        signs = " ".join("+" if s > 0 else "−" for s in valley.get("signs") or []) or "none"
        active = ", ".join(str(a) for a in valley.get("active") or []) or "none"
        rows.append(
            [
                text(f"{k + 1}, {'trap' if valley.get('spurious') else 'global minimum'}"),
                loss + kind_badge(valley),
                barrier,
                out,
                text("a point" if not flat else f"{flat}-dimensional"),
                text(f"{signs}, on for {active} rows"),
                claim_cell(report, f"{place}.starts", "percent"),
                text(valley.get("verdict") or "not known"),
            ]
        )
    head = ["Valley", "Lowest loss", "Barrier", "Way out at", "Bottom", "Units that add or subtract", "Starts"]
    caption = f"Valleys of a network with {count(at(report, 'settings.width') or 0, 'unit')}"
    test = "Exact test" if at(report, "settings.weight_decay") is None else "Interval proof"
    return table([*head, test], rows, caption, most=MOST_SHOWN, class_="widths")
