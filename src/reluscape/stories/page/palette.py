"""Colours that stay apart for colour-blind eyes and in print, and the scale on which a loss becomes a colour."""

from __future__ import annotations

from collections.abc import Iterable

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
ORANGE = "#E69F00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
INK = "#1c2024"
GREY = "#8a9099"
FAINT = "#d9dde2"
PAPER = "#ffffff"

CYCLE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)

# Viridis read from dark (low loss) to light (high loss); lightness grows along it, so it also works in grey.
_VIRIDIS = (
    (68, 1, 84),
    (71, 44, 122),
    (59, 81, 139),
    (44, 113, 142),
    (33, 144, 141),
    (39, 173, 129),
    (92, 200, 99),
    (170, 220, 50),
    (253, 231, 37),
)


def hexadecimal(red: float, green: float, blue: float) -> str:
    """Write a colour as #rrggbb from three numbers between 0 and 255.

    >>> hexadecimal(0, 114, 178)
    '#0072b2'
    """
    return "#" + "".join(f"{round(part):02x}" for part in (red, green, blue))


def scale_color(position: float) -> str:
    """Give the colour at a position between 0 (low loss, dark) and 1 (high loss, light).

    >>> scale_color(0.0), scale_color(1.0)
    ('#440154', '#fde725')
    """
    place = min(max(position, 0.0), 1.0) * (len(_VIRIDIS) - 1)
    low = min(int(place), len(_VIRIDIS) - 2)
    part = place - low
    return hexadecimal(*(a + (b - a) * part for a, b in zip(_VIRIDIS[low], _VIRIDIS[low + 1], strict=True)))


def color_stops() -> list[list[float | str]]:
    """List the scale as [position, colour] pairs, the form that plotting libraries take.

    >>> color_stops()[0]
    [0.0, '#440154']
    """
    last = len(_VIRIDIS) - 1
    return [[k / last, hexadecimal(*rgb)] for k, rgb in enumerate(_VIRIDIS)]


def value_range(values: Iterable[float | None]) -> tuple[float, float]:
    """Find the lowest and highest known value, widened where they agree so that a scale exists.

    >>> value_range([3.0, None, 1.0]), value_range([])
    ((1.0, 3.0), (0.0, 1.0))
    """
    numbers = [float(value) for value in values if value is not None]
    if not numbers:
        return 0.0, 1.0
    low, high = min(numbers), max(numbers)
    return (low, high) if high > low else (low, low + (abs(low) or 1.0))


def value_color(value: float | None, low: float, high: float) -> str:
    """Give the colour of a loss on the scale from low to high; a loss that is not known is grey.

    >>> value_color(None, 0.0, 1.0) == FAINT
    True
    """
    return FAINT if value is None else scale_color((value - low) / (high - low))
