"""The arrangement of samples in the plane: the regions of one unit as sectors, in the order of their angles."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sector:
    """An activation region of the plane: the directions between two angles (radians), and its pattern."""

    start: float
    end: float
    pattern: tuple[bool, ...]

    @property
    def middle(self) -> float:
        """The angle half-way."""
        return (self.start + self.end) / 2

    @property
    def word(self) -> str:
        """The pattern as zeros and ones, first sample first."""
        return "".join("1" if on else "0" for on in self.pattern)


def sectors(X: np.ndarray) -> list[Sector]:
    """Cut the plane along the lines orthogonal to the samples (n, 2), none of them zero.

    >>> [sector.word for sector in sectors(np.array([[1.0, 0.0], [0.0, 1.0]]))]
    ['11', '01', '00', '10']
    """
    angles = np.arctan2(X[:, 0], -X[:, 1])
    borders = sorted({round(float(angle) % math.pi, 12) for angle in angles})
    borders += [angle + math.pi for angle in borders]
    parts = []
    for start, end in zip(borders, [*borders[1:], borders[0] + 2 * math.pi], strict=True):
        middle = (start + end) / 2
        on = tuple(bool(value > 0) for value in X @ np.array([math.cos(middle), math.sin(middle)]))
        parts.append(Sector(start, end, on))
    return parts


def fan_block(X: np.ndarray, colors: list[str] | None = None) -> dict[str, object]:
    """Write the sectors in the form that the fan picture takes."""
    parts = sectors(X)
    cells: list[dict[str, object]] = [{"from": s.start, "to": s.end, "pattern": s.word} for s in parts]
    for cell, color in zip(cells, colors or [], strict=False):
        cell["color"] = color
    return {"cells": cells, "rays": [[math.cos(s.start), math.sin(s.start)] for s in parts]}


def vertices(X: np.ndarray) -> np.ndarray:
    """List the vertices of the zonotope sum_i conv{0, x_i}, one for each sector, in the same order."""
    return np.array([X[list(sector.pattern)].sum(axis=0) for sector in sectors(X)])
