"""The barrier tree as a disconnectivity graph, and its drawing: a stem for each valley, joined where one can cross."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

COLORS = {"lines": "black", "trap": "tab:red", "best": "tab:green", "level": "grey"}
_MOST_NAMED = 12


def disconnectivity(tree: Any, picks: list[int], zero_loss: float | None) -> dict[str, Any]:
    """Return the graph: a stem for each valley from its loss up to its merge height, where it joins its parent's.

    Subtrees stand side by side, the ones that join first next to their parent, so no two lines cross.
    """
    place = {k: x for x, k in enumerate(_order(tree, picks))}
    stems, joins = [], []
    for number, k in enumerate(picks):
        valley = tree.valleys[k]
        top = valley.merge_height if np.isfinite(valley.merge_height) else None
        low = tree.told(valley.value)
        stems.append({"valley": number, "x": place[k], "low": low, "high": top, "spurious": valley.spurious})
        if valley.parent in place:
            joins.append({"height": valley.merge_height, "from": place[k], "to": place[valley.parent]})
    return {"stems": stems, "joins": joins, "zero_loss": zero_loss, "cap": tree.capped}


def _order(tree: Any, picks: list[int]) -> list[int]:
    """Return the valleys from left to right."""
    children: dict[int | None, list[int]] = {}
    for k in picks:
        children.setdefault(tree.valleys[k].parent, []).append(k)
    spread: dict[int, list[int]] = {}
    for k in sorted(picks, key=lambda k: (tree.valleys[k].merge_height, -k)):
        row = [k]
        mine = sorted(children.get(k, []), key=lambda c: tree.valleys[c].merge_height)
        for turn, child in enumerate(mine):
            row = row + spread[child] if turn % 2 == 0 else spread[child] + row
        spread[k] = row
    return [k for root in children.get(None, []) for k in spread[root]]


def draw_graph(
    ax: Any, graph: Mapping[str, Any], *, top: float | None = None, colors: Mapping[str, str] = COLORS
) -> list[Any]:
    """Draw stems from each valley's loss up to its merge height, and where they join.

    Arguments:
        ax: the axes to draw on; its horizontal ticks go, for left and right carry no meaning.
        graph: the block ``pictures.disconnectivity`` of a landscape: ``stems`` with ``x``, ``low``, ``high`` (None
            where a valley never merges) and ``spurious``, ``joins`` with ``height``, ``from``, ``to``, ``zero_loss``.
        colors: of the "lines", of the "trap"s, of the "best" valleys and of the "level" of the zero network.
        top: where stems that never merge end; a little above everything else by default.

    Returns:
        the artists: lines, then feet.
    """
    stems, zero = graph["stems"], graph.get("zero_loss")
    ends = [s["low"] for s in stems] + [s["high"] for s in stems if s["high"] is not None]
    ends += [] if zero is None else [zero]
    if top is None:
        top = max(ends) + 0.08 * ((max(ends) - min(ends)) or abs(max(ends)) or 1.0)
    artists: list[Any] = []
    if zero is not None:
        artists.append(ax.axhline(zero, color=colors["level"], linestyle=":", linewidth=1))
    for stem in stems:
        high = top if stem["high"] is None else stem["high"]
        artists += ax.plot([stem["x"]] * 2, [stem["low"], high], color=colors["lines"], linewidth=1.2)
    for join in graph["joins"]:
        artists += ax.plot([join["from"], join["to"]], [join["height"]] * 2, color=colors["lines"], linewidth=1.2)
    for stem in stems:
        color = colors["trap"] if stem["spurious"] else colors["best"]
        artists += ax.plot(stem["x"], stem["low"], "o", color=color, markersize=5.5, zorder=3)
        if len(stems) <= _MOST_NAMED:
            place: dict[str, Any] = {"xytext": (0, -5), "textcoords": "offset points", "ha": "center", "va": "top"}
            artists.append(ax.annotate(str(stem["valley"] + 1), (stem["x"], stem["low"]), fontsize=8, **place))
    ax.set_xticks([])
    ax.set(xlim=(-0.7, max(s["x"] for s in stems) + 0.7), ylabel="mean squared error")
    return artists
