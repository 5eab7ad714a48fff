"""What a survey's page shows, in which order."""

from __future__ import annotations

from typing import Any

from ..wording import count, percent
from .basin_figure import basin_figure
from .curve_figure import curve_figure
from .data_figure import data_figure
from .figure import Figure
from .fit_figure import fit_figure
from .key_figures import key_figures
from .lookup import at
from .markup import element, section
from .tables import losses_table, promises_table, width_table
from .weight_figures import fan_figure, slice_figure

_FITS = (
    ("constant", "Best constant"),
    ("affine", "Best straight-line (affine) fit"),
    ("best_network", "Best known network"),
    ("any_width", "Lowest loss of any width"),
)


def survey_figures(report: dict[str, Any]) -> list[Figure]:
    """List the figures that the JSON holds data for."""
    pictures = report.get("pictures") or {}
    parts = [
        curve_figure(report),
        _fitted(pictures, report) or data_figure(report),
        fan_figure(report),
        slice_figure(pictures.get("slice")),
        basin_figure(report),
    ]
    return [figure for figure in parts if figure is not None]


def _fitted(pictures: dict[str, Any], report: dict[str, Any]) -> Figure | None:
    """Draw the data under the best network found, where it has one or two inputs."""
    width = at(report, "losses.best_network.width")
    title = "The data and the best network found" + ("" if width is None else f", {count(width, 'unit')}")
    data = pictures.get("data") or {}
    lines = data.get("lines") or []
    if at(report, "pictures.fit.labels.0") == data.get("y_label"):  # the clearer input is the second
        lines = [{**unit, "points": [point[::-1] for point in unit["points"]]} for unit in lines]
    return fit_figure(pictures.get("fit"), title, at(report, "data.classes"), lines)


def _good_rule(report: dict[str, Any]) -> str:
    tolerance = at(report, "settings.tolerance")
    if tolerance is None:
        return ""
    words = (
        f"A start is good when its basin value is at most the reference plus {percent(tolerance)} of the gap between "
        "the reference and the best constant."
    )
    return words


def survey_sections(report: dict[str, Any], figures: list[Figure]) -> str:
    """Write key figures, tables and pictures."""
    pictures = "".join(figure.html() for figure in figures)
    fits = section("fits", "How much there is to gain", losses_table(report, _FITS))
    return (
        key_figures(report)
        + width_table(report, _good_rule(report))
        + element("section", pictures, id="pictures", aria_label="Pictures")
        + fits
        + promises_table(report)
    )
