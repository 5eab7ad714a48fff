"""The paper that figures are drawn on: size, type, and what is left out."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from ...stories.page.palette import FAINT, INK


def sheet(columns: int = 1, width: float = 4.2, height: float = 4.0, **options: Any) -> tuple[Figure, list[Any]]:
    """Return a figure that belongs to no window, and its axes from left to right."""
    figure = Figure(figsize=(width * columns, height), layout="constrained")
    return figure, list(figure.subplots(1, columns, squeeze=False, **options)[0])


def quiet(ax: Any, limit: float | None = None) -> None:
    """Make a plane: equal scales, no frame, faint axes through the origin."""
    ax.set_aspect("equal")
    if limit is not None:
        ax.set(xlim=(-limit, limit), ylim=(-limit, limit))
    ax.axhline(0, color=FAINT, linewidth=0.8, zorder=0)
    ax.axvline(0, color=FAINT, linewidth=0.8, zorder=0)
    ax.axis("off")


def arrow(ax: Any, end: Any, start: Any = (0.0, 0.0), color: str = INK, width: float = 1.5) -> Any:
    """Draw an arrow between two points of the plane."""
    style = {"arrowstyle": "-|>", "color": color, "linewidth": width, "shrinkA": 0, "shrinkB": 0}
    return ax.annotate("", xy=tuple(end), xytext=tuple(start), arrowprops=style)


def upright_label(ax: Any, text: str) -> None:
    """Name the height of axes in space, read from below and clear of the numbers beside it."""
    ax.zaxis.set_rotate_label(False)
    ax.set_zlabel(text, rotation=90, labelpad=8)
