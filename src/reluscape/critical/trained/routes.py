"""The lines and the plane through weight space that are worth looking at: from a network to others that matter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...problem.networks import TwoLayerNet
from ..match import balanced
from .examination import Examination, Part
from .loss_line import AFTER, BEFORE, FINE, same_point
from .loss_plane import Plane, plane_through
from .saving import escape_base

EXACT_POINT, MINIMUM, ESCAPE, BEST = "exact point", "minimum", "escape", "best known"
ORDER = (EXACT_POINT, MINIMUM, ESCAPE, BEST)
# pairs of a unit and a row up to which lines and planes are looked at
MOST_PAIRS = 200_000


@dataclass(frozen=True, eq=False)
class Route:
    """A straight way from one network to another.

    Attributes:
        to: "exact point" (beside the network), "minimum" (the nearest exact one found), "escape" (the lowest point
            along a direction that lowers the loss) or "best known".
        start, end: both networks, balanced.
    """

    to: str
    start: TwoLayerNet
    end: TwoLayerNet


def routes(part: Part) -> list[Route]:
    """Return the ways that matter, in the order of the story; none where the network is too large for pictures."""
    net = part.trained.net
    if net.width * part.trained.data.n > MOST_PAIRS:
        return []
    ends = _ends(part)
    base = escape_base(part.findings, part.trained)
    ways = [(to, base if to == ESCAPE else net, ends[to]) for to in ORDER if to in ends]
    even = [Route(to, balanced(start), balanced(end)) for to, start, end in ways]
    return [way for way in even if not same_point(way.start, way.end)]


def picture_plane(part: Part, labels: dict[str, str], seed: int) -> tuple[Plane, TwoLayerNet] | None:
    """Return the plane through the network and the two that matter most, with the balanced network; None for none.

    Args:
        part: what the exact test covers.
        labels: what the networks at the ends of the routes are called.
        seed: root of the random direction that stands in for a missing one.
    """
    net, data = part.trained.net, part.trained.data
    if not 0 < net.width * data.n <= MOST_PAIRS:
        return None
    ends = _ends(part)
    others = [(labels[to], balanced(ends[to])) for to in (BEST, EXACT_POINT, MINIMUM, ESCAPE) if to in ends]
    even = balanced(net)
    return plane_through(even, others, data, part.trained.output_bias, seed), even


def last_layer_line(it: Examination) -> tuple[np.ndarray, np.ndarray] | None:
    """Return places and losses on the way from the last layer to the best one; None where it is the best one.

    No unit switches on this way, so the loss is convex along it and has no breakpoint.
    """
    layered = it.layered
    if it.last.net is layered.net:
        return None
    start, end = layered.predictions, it.last.net.hidden(layered.X)[-1]
    t = np.linspace(BEFORE, AFTER, FINE + 1)
    return t, np.array([layered.loss.value(start + s * (end - start), layered.Y) for s in t])


def _ends(part: Part) -> dict[str, TwoLayerNet]:
    """Return the networks that a way leads to, by what they are."""
    findings, ends = part.findings, {}
    if findings.nearest is not None:
        ends[EXACT_POINT if findings.near is not None else MINIMUM] = findings.nearest
    if part.ahead is not None:
        ends[ESCAPE] = part.ahead
    best = None if findings.best is None else findings.best[0]
    if best is not None and best is not part.trained.net and best is not findings.nearest:
        ends[BEST] = best
    return ends
