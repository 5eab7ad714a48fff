"""One figure of the page: its title, how to read it, its alternative text, and what Plotly draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..wording import sentence
from .markup import element, text


@dataclass(frozen=True)
class Figure:
    """A figure as plain data.

    Attributes:
        name: identifier, unique on the page.
        title: what the figure shows, as a heading.
        reading: how to read it, one or two sentences.
        alt: what somebody who cannot see it should know.
        data: Plotly traces as dicts.
        layout: Plotly layout as a dict.
        note: a remark under the figure.
        square: draw it as high as it is wide.
        narrow: changes to the layout on a phone.
    """

    name: str
    title: str
    reading: str
    alt: str
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    note: str = ""
    square: bool = False
    narrow: dict[str, Any] = field(default_factory=dict)

    def spec(self) -> dict[str, Any]:
        """Return what the page's script needs to draw it."""
        return {"data": self.data, "layout": self.layout, "square": self.square, "narrow": self.narrow}

    def html(self) -> str:
        """Write the place that the script fills."""
        room = 520 if self.square else self.layout.get("height", 420)
        waiting = element("span", "Drawing…", class_="waiting")
        plot = element(
            "div", waiting, id=self.name, class_="plot", role="group", aria_label=self.alt, style=f"min-height:{room}px"
        )
        caption = element("figcaption", text(sentence(self.note))) if self.note else ""
        return element(
            "figure",
            element("h2", text(self.title), id=f"{self.name}-title")
            + element("p", text(self.reading), class_="lead")
            + plot
            + caption,
        )
