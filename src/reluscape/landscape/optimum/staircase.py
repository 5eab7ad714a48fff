"""The staircase of connectivity: how the global minima with weight decay hang together, width by width."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from ..._lazy import axes
from ...errors import InputError
from ...problem.problem import Problem, as_problem
from .decayed_infinite import DecayedInfiniteWidthMinimum, decayed_infinite_width_minimum
from .optimal_set import Pieces, pieces

MOST_ROWS = 12
# pieces up to which a picture counts them on a plain axis
MOST_LINEAR = 30


@dataclass(frozen=True)
class StaircaseStep:
    """One width of the staircase.

    Attributes:
        width: number of units m.
        reaches: whether m units reach the lowest objective of any width.
        components: connected components of the set of global minima, units with names; None where m units do not reach
            the lowest objective, or where the components are too many to count.
        classes: the same up to the order of the units.
        isolated: components that are a single network.
        promises: what the theorem says at this width, in words.
        holds: whether the counts agree with all of it; None where there is nothing to compare.
    """

    width: int
    reaches: bool
    components: int | None
    classes: int | None
    isolated: int | None
    promises: tuple[str, ...]
    holds: bool | None

    @property
    def counted(self) -> str:
        """What was counted, in words."""
        if not self.reaches:
            return "these units do not reach the lowest objective of any width"
        if self.components is None:
            return "too many pieces to count"
        if self.components == 1:
            return "a single network" if self.isolated else "connected"
        alone = ", no isolated network"
        if self.isolated:
            alone = ", all of them single networks" if self.isolated == self.components else ""
            alone = alone or f", {self.isolated} of them single networks"
        return f"{self.components:,} pieces ({self.classes} up to the order of the units){alone}"


@dataclass(frozen=True, repr=False)
class Staircase:
    """How the set of global minima changes with the width.

    Attributes:
        least_width: m*, the fewest units that reach the lowest objective of any width.
        most_width: M*, the most units of a vertex of the set of optimal multiples.
        samples: n.
        connected_width: min(m* + M*, n + 1), from which on the theorem says that the set is connected.
        connected_from: the least width from which on the counts say so; None where a width could not be counted.
        value: the lowest objective of any width.
        rows: a `StaircaseStep` for each width, from 1 on.
        covered: whether the theorem covers the problem: every weight decays and the best network is not a constant.
        optimum: the `DecayedInfiniteWidthMinimum` behind it.
        problem: what was minimised.
    """

    least_width: int
    most_width: int
    samples: int
    connected_width: int
    connected_from: int | None
    value: float
    rows: tuple[StaircaseStep, ...]
    covered: bool
    optimum: DecayedInfiniteWidthMinimum = field(repr=False, compare=False)
    problem: Problem = field(repr=False, compare=False)

    def __repr__(self) -> str:
        """Return one line: m*, M*, and the width from which the minima are connected."""
        return f"Staircase(m* = {self.least_width}, M* = {self.most_width}, connected from {self.connected_from} units)"

    def __str__(self) -> str:
        """Tell the staircase in plain words, a line for each width."""
        reach = "1 unit reaches" if self.least_width == 1 else f"{self.least_width} units reach"
        lines = [
            f"The lowest objective of any width is {self.value:.6g}; {reach} it and no fewer (m*), and the largest "
            f"vertex of the optimal set has {self.most_width} (M*)."
        ]
        if not self.covered:
            lines.append(
                "The best network is a constant, which the theorem leaves out."
                if not self.most_width
                else "Kim, Mishkin and Pilanci let every weight decay; here biases are free, and only counts are told."
            )
        lines += [f"  {step.width:>2} {_units(step.width)}: {step.counted}{_said(step)}" for step in self.rows]
        if self.connected_from is not None:
            lines.append(
                f"From {self.connected_from} {_units(self.connected_from)} on the global minima are connected"
                + (f" (the theorem: from {self.connected_width})." if self.covered else ".")
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the rows as a table for a notebook."""
        head = "<tr><th>units</th><th>global minima</th><th>the theorem says</th><th>holds</th></tr>"
        marks = {True: "yes", False: "no", None: ""}
        body = "".join(
            f"<tr><td>{s.width}</td><td>{escape(s.counted)}</td><td>{escape('; '.join(s.promises))}</td>"
            f"<td>{marks[s.holds]}</td></tr>"
            for s in self.rows
        )
        numbers = f"m* = {self.least_width}, M* = {self.most_width}, n + 1 = {self.samples + 1}"
        return f"<p>{numbers}</p><table>{head}{body}</table>"

    def plot(self, ax: Any = None) -> Any:
        """Draw the number of connected pieces over the width on Matplotlib axes and return them.

        Args:
            ax: the axes; None for new ones.
        """
        ax = axes(ax)
        steps = [step for step in self.rows if step.components is not None]
        widths = [step.width for step in steps]
        ax.step(widths, [step.components for step in steps], where="mid", marker="o", label="units with names")
        ax.step(widths, [step.classes for step in steps], where="mid", marker="s", label="up to their order")
        marks: dict[int, list[str]] = {}
        for width, name in ((self.least_width, "m*"), (self.most_width, "M*"), (self.connected_width, "bound")):
            marks.setdefault(width, []).append(name)
        for width, names in marks.items():
            ax.axvline(width, color="grey", linestyle=":", linewidth=1)
            place: Any = ("data", "axes fraction")
            ax.annotate(", ".join(names), (width, 1.0), xycoords=place, ha="center", va="bottom", fontsize=8)
        if max((step.components or 0 for step in steps), default=0) > MOST_LINEAR:
            ax.set_yscale("log")
        else:
            ax.yaxis.get_major_locator().set_params(integer=True)
        ax.set(xlabel="hidden units", ylabel="pieces of the global minima")
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.legend(frameon=False)
        return ax


def staircase(
    X: Any, y: Any = None, weight_decay: Any = None, output_bias: bool = False, loss: Any = "squared"
) -> Staircase:
    """Return how the set of global minima with weight decay is connected at each width, beside what is proved of it.

    The optimal networks of any width have their units along a finite list of directions; their multiples form a
    polytope {t >= 0: sum_k t_k s_k relu(X u_k) = f}. With m* the fewest and M* the most units of its vertices, Kim,
    Mishkin and Pilanci show: at m* the set is finite; from m* + 1 on some optimal networks are joined by a path; at M*
    it is not connected and has an isolated network; from M* + 1 on none is isolated and the orders of the units are
    joined; from min(m* + M*, n + 1) on it is connected. The components are counted here without the theorem.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem` with weight decay.
        y: (n,) targets.
        weight_decay: a number above 0, or a `WeightDecay`.
        output_bias: a constant is added to the network.
        loss: as for `certify`; strictly convex ones have the one optimal prediction that this needs.

    Raises:
        InputError: no weight decay.
        TooLarge: more cells than are looked at one by one, or too many optimal directions.

    Source: Kim, Mishkin and Pilanci (ICLR 2025), the theorem on the staircase of connectivity. It leaves out M* = 1,
    where the one vertex is the whole set of one unit and connected, and the optimum that is a constant.

    Example:
        >>> steps = staircase([[1, -1, 0], [0, 1, -1]], [1, 1], weight_decay="1/20")  # their Example 1, turned
        >>> steps.least_width, steps.most_width, [row.components for row in steps.rows]
        (1, 2, [1, 3, 1, 1])
    """
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias)
    if not problem.penalty.strength:
        raise InputError("the staircase needs a weight decay above 0; without one the optimum is not a finite list")
    best = decayed_infinite_width_minimum(problem)
    least, most, bound = best.least_width, best.most_width, best.connected_width
    in_scope = problem.penalty.biases and most > 0
    rows = []
    for width in range(1, max(min(max(bound, most + 1) + 1, MOST_ROWS), least + 1) + 1):
        parts = pieces(best.supports, best.pairs, width) if width >= least else None
        promises = _promised(width, least, most, bound) if in_scope else ()
        if parts is None:
            rows.append(StaircaseStep(width, width >= least, None, None, None, promises, None))
            continue
        holds = _holds(width, least, most, bound, parts) if in_scope else None
        rows.append(StaircaseStep(width, True, parts.components, parts.classes, parts.isolated, promises, holds))
    return Staircase(
        least, most, problem.n, bound, _connected_from(rows, least, bound), best.value, tuple(rows), in_scope, best,
        problem,
    )  # fmt: skip


def _promised(m: int, least: int, most: int, bound: int) -> tuple[str, ...]:
    """Return what the theorem says at width m."""
    said = []
    if m == least:
        said.append("finitely many networks")
    if m > least:
        said.append("some are joined by a path")
    if m == most and most > 1:
        said.append("not connected, with an isolated network")
    if m > most:
        said.append("no isolated network, all orders of the units are joined")
    if m >= bound and (m != most or most > 1):
        said.append("connected")
    return tuple(said)


def _holds(m: int, least: int, most: int, bound: int, parts: Pieces) -> bool:
    """Return whether counts agree with everything the theorem says at width m."""
    return all(
        (
            m != least or parts.isolated == parts.components,
            m <= least or parts.isolated < parts.components,
            m != most or most == 1 or (parts.components > 1 and parts.isolated > 0),
            m <= most or (parts.isolated == 0 and parts.components == parts.classes),
            m < bound or parts.components == 1,
        )
    )


def _connected_from(rows: list[StaircaseStep], least: int, bound: int) -> int | None:
    """Return the least width from which on all counts are 1; beyond the bound every width is connected."""
    counts = {row.width: row.components for row in rows if row.width >= least}
    if any(count is None for width, count in counts.items() if width < bound) or bound - 1 > max(counts, default=0):
        return None
    apart = [width for width, count in counts.items() if count is not None and count > 1]
    return max(apart, default=max(least, 1) - 1) + 1


def _units(width: int) -> str:
    """Return the word for a number of units."""
    return "unit" if width == 1 else "units"


def _said(step: StaircaseStep) -> str:
    """Return the theorem's words on a width and whether the count agrees."""
    if not step.promises:
        return ""
    agrees = {True: "", False: ": the count disagrees", None: ""}[step.holds]
    return f" [the theorem: {'; '.join(step.promises)}{agrees}]"
