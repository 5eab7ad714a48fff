"""How the best network of any width changes as the weight decay grows, certified between the points as well."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from itertools import pairwise
from typing import Any

import numpy as np

from .._lazy import axes
from ..errors import InputError, TooLarge
from ..numbers.checks import real_number
from ..numbers.threads import one_thread
from ..problem.networks import TwoLayerNet
from ..problem.penalties import WeightDecay
from ..problem.problem import Problem
from .optimum import DecayedInfiniteWidthMinimum, lambda_max
from .optimum.decayed_infinite import decayed_infinite_width_minimum
from .topology import barrier_tree, landscape_size

# the last point lies this share above lambda_max, which floats round
ABOVE = Fraction(1, 10**9)
# basins up to which valleys are counted unasked
MOST_BASINS = 10_000


@dataclass(frozen=True)
class DecayPoint:
    """The best network of any width at one weight decay.

    Attributes:
        decay: the weight decay (in the sense of `WeightDecay`).
        value: lowest objective of any width; `lower` and `upper` hold it (`Fraction`s with the squared loss).
        loss: mean loss of that network.
        norm: what the decay multiplies: sum_j |P u_j| with u_j = |v_j| w_j, and c^2 / 2 where the constant decays.
        live: number of optimal directions that it uses.
        least_width: m*.
        valleys: number of valleys of the width that is counted, None where none is.
        traps: how many of them lie above the lowest.
        net: the network.
    """

    decay: float
    value: float
    lower: Any
    upper: Any
    loss: float
    norm: float
    live: int
    least_width: int
    valleys: int | None
    traps: int | None
    net: TwoLayerNet = field(repr=False)


@dataclass(frozen=True, repr=False)
class DecayPath:
    """The best networks from a small weight decay to lambda_max.

    Attributes:
        points: a `DecayPoint` for each decay, from small to large.
        lambda_max: the decay above which a constant is best.
        accuracy: largest relative distance of the two bounds between points.
        width: the number of units whose valleys are counted, None where none are.
        least_norm: (lower, upper) around the norm of the interpolator of least norm, which the networks tend to as the
            decay vanishes; upper is None where the directions of the smallest decay do not interpolate.
        interpolator: a network with the upper norm that fits every target, or None.
        problem: what is minimised at the smallest decay.
    """

    points: tuple[DecayPoint, ...]
    lambda_max: float
    accuracy: float
    width: int | None
    least_norm: tuple[float, float | None]
    interpolator: TwoLayerNet | None = field(repr=False)
    problem: Problem = field(repr=False, compare=False)

    def bounds(self, decay: Any) -> tuple[float, float]:
        """Return (lower, upper) around the lowest objective of any width at a decay between the first and the last.

        The lowest objective is concave in the decay, a minimum of straight lines: it lies above the chord of two lower
        ends and below the lines of the two networks beside it.

        Raises:
            InputError: a decay outside of the path.

        Example:
            >>> path = decay_path([[1, 0], [0, 1]], [1, 1], most=8)
            >>> low, high = path.bounds(path.lambda_max / 3)
            >>> low <= high
            True
        """
        number = real_number("the decay", decay)
        first, last = self.points[0].decay, self.points[-1].decay
        if not first <= number <= last:
            raise InputError(f"the decay is {number:.6g}; the path goes from {first:.6g} to {last:.6g}")
        k = min(int(np.searchsorted([p.decay for p in self.points], number, side="right")), len(self.points) - 1)
        a, b = self.points[k - 1], self.points[k]
        share = (number - a.decay) / (b.decay - a.decay)
        low = (1 - share) * float(a.lower) + share * float(b.lower)
        return low, min(p.loss + number * p.norm for p in (a, b))

    def __repr__(self) -> str:
        """Return one line: how many points, from where to where."""
        return f"DecayPath({len(self.points)} points, decay {self.points[0].decay:.3g} to {self.lambda_max:.6g})"

    def __str__(self) -> str:
        """Tell the path in plain words."""
        lines = [f"Above a weight decay of {self.lambda_max:.6g} the best network of any width is a constant."]
        lines += [
            f"  decay {p.decay:.4g}: objective {p.value:.6g}, mean loss {p.loss:.6g}, {_directions(p.live)}"
            + (
                ""
                if p.least_width == p.live
                else f" ({p.least_width} {'unit does' if p.least_width == 1 else 'units do'})"
            )
            + ("" if p.valleys is None else f"; {p.valleys} valleys of {self.width} units, {p.traps} of them traps")
            for p in _changes(self.points)
        ]
        lines.append(f"Between the points the lowest objective is known within {100 * self.accuracy:.2g} %.")
        low, high = self.least_norm
        if high is not None:
            lines.append(
                f"As the decay vanishes the networks tend to an interpolator of least norm, {low:.6g} to {high:.6g}."
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """Return the points as a table for a notebook."""
        names = ("decay", "objective", "mean loss", "norm", "live directions", "m*", "valleys", "traps")
        head = "<tr>" + "".join(f"<th>{name}</th>" for name in names) + "</tr>"
        body = "".join(
            f"<tr><td>{p.decay:.4g}</td><td>{p.value:.6g}</td><td>{p.loss:.6g}</td><td>{p.norm:.6g}</td>"
            f"<td>{p.live}</td><td>{p.least_width}</td><td>{_or_nothing(p.valleys)}</td><td>{_or_nothing(p.traps)}</td></tr>"
            for p in self.points
        )
        return f"<p>{escape(repr(self))}</p><table>{head}{body}</table>"

    def plot(self, ax: Any = None) -> Any:
        """Draw loss and norm over the decay on Matplotlib axes, with the live directions as steps, and return them.

        Args:
            ax: the axes; None for new ones.
        """
        ax = axes(ax)
        decays = [p.decay for p in self.points]
        ax.semilogx(decays, [p.value for p in self.points], label="objective", color="tab:blue")
        ax.semilogx(decays, [p.loss for p in self.points], label="mean loss", color="tab:orange")
        ax.axvline(self.lambda_max, color="grey", linestyle=":", linewidth=1)
        ax.set(xlabel="weight decay", ylabel="lowest of any width", ylim=(0, None))
        steps = ax.twinx()
        steps.step(decays, [p.live for p in self.points], where="mid", color="tab:green", label="live directions")
        steps.set(ylabel="live directions", ylim=(0, None))
        steps.yaxis.get_major_locator().set_params(integer=True)
        lines = [*ax.get_lines()[:2], *steps.get_lines()]
        ax.legend(lines, [line.get_label() for line in lines], frameon=False, loc="upper left")
        return ax


@one_thread()
def decay_path(
    X: Any,
    y: Any = None,
    output_bias: bool = False,
    biases: bool = True,
    loss: Any = "squared",
    smallest: float = 1e-4,
    accuracy: float = 1e-2,
    most: int = 40,
    width: int | None = None,
) -> DecayPath:
    """Return the best networks of any width as the weight decay grows from a share of lambda_max to lambda_max.

    The lowest objective is min over networks of (loss + decay times norm), a concave function of the decay, so that the
    certified ends at finitely many decays bound it at every decay between; points are added where the bounds lie apart.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem` (its weight decay only says whether biases decay).
        y: (n,) targets.
        output_bias: a constant is added to the network.
        biases: False leaves the hidden biases (the last column of X, the ones) and the output bias free.
        loss: as for `certify`.
        smallest: the first decay, as a share of lambda_max.
        accuracy: relative distance of the bounds between points at which no more are added.
        most: number of points at most.
        width: the width whose valleys are counted at every point; None for 2 or 1 units where their basins are few (0
            for none).

    Raises:
        InputError: a share outside (0, 1), or data whose best network is a constant at every decay.
        TooLarge: more cells than are looked at one by one.

    Source: derived; the optimal sets along the path are those of Mishkin and Pilanci (2023).

    Example:
        >>> path = decay_path([[1, 0], [0, 1]], [1, 1])
        >>> path.points[-1].live, path.points[0].live, path.least_norm[1]
        (0, 1, 1.414213562373095...)
    """
    if not 0 < real_number("smallest", smallest) < 1:
        raise InputError(f"smallest is {smallest!r}; it is a share of lambda_max, between 0 and 1")
    if isinstance(X, Problem):
        biases = X.penalty.biases if X.penalty.strength else biases
        X, y, loss, output_bias = X.data, None if X.data.y is not None else X.y, X.loss, X.output_bias
    top = lambda_max(X, y, loss=loss, output_bias=output_bias, biases=biases)
    if not top.value:
        raise InputError("the best network is a constant at every weight decay; there is no path")

    units = _counted(Problem(X, y, loss=loss, output_bias=output_bias), width)

    def at(decay: Fraction) -> tuple[DecayPoint, DecayedInfiniteWidthMinimum, Problem]:
        problem = Problem(X, y, loss=loss, weight_decay=WeightDecay(decay, biases), output_bias=output_bias)
        best = decayed_infinite_width_minimum(problem)
        mean = float(problem.mean_loss.value(best.net.predict(problem.data)[:, None], problem.targets))
        norm = float((best.value - mean) / float(decay))
        live = int(np.sum(best.weights > 0))
        tree = barrier_tree(problem, width=units) if units else None
        valleys, traps = (None, None) if tree is None else (len(tree.valleys), sum(v.spurious for v in tree.valleys))
        point = DecayPoint(
            float(decay),
            best.value,
            best.lower,
            best.upper,
            mean,
            norm,
            live,
            best.least_width,
            valleys,
            traps,
            best.net,
        )
        return point, best, problem

    ends = [Fraction(top.value) * Fraction(smallest), Fraction(top.value) * (1 + ABOVE)]
    first, optimum, problem = at(ends[0])
    points = [first, at(ends[1])[0]]
    while len(points) < most:
        gaps = [_apart(a, b) for a, b in pairwise(points)]
        k = int(np.argmax(gaps))
        if gaps[k] <= accuracy:
            break
        middle = Fraction(float(np.sqrt(points[k].decay * points[k + 1].decay)))
        points.insert(k + 1, at(middle)[0])
    norms, network = _least_norm(problem, optimum, first)
    return DecayPath(
        tuple(points), top.value, max(_apart(a, b) for a, b in pairwise(points)), units or None, norms, network, problem
    )


def _counted(problem: Problem, width: int | None) -> int:
    """Return the width whose valleys are counted: the one asked for, else 2 or 1 where that is quick, 0 for none."""
    if width is not None:
        return width
    if problem.mean_loss.name not in ("squared", "logistic", "bce"):
        return 0
    for units in (2, 1):
        try:
            size = landscape_size(problem.data, units)
        except TooLarge:
            return 0
        if size.fits and size.basins <= MOST_BASINS:
            return units
    return 0


def _directions(number: int) -> str:
    """Return the words for a number of live directions."""
    return f"{number} live direction" + ("" if number == 1 else "s")


def _or_nothing(number: int | None) -> str:
    """Return a number as text, nothing where there is none."""
    return "" if number is None else str(number)


def _apart(a: DecayPoint, b: DecayPoint) -> float:
    """Return the largest distance of the bounds between two points, relative to the lower value.

    It is where the lines of the two networks cross.
    """
    if a.norm == b.norm:
        return 0.0
    cross = min(max((b.loss - a.loss) / (a.norm - b.norm), a.decay), b.decay)
    share = (cross - a.decay) / (b.decay - a.decay)
    low = (1 - share) * float(a.lower) + share * float(b.lower)
    high = min(a.loss + cross * a.norm, b.loss + cross * b.norm)
    return (high - low) / max(low, np.finfo(float).tiny)


def _least_norm(
    problem: Problem, best: DecayedInfiniteWidthMinimum, first: DecayPoint
) -> tuple[tuple[float, float | None], TwoLayerNet | None]:
    """Return bounds on the least norm of an interpolator, and a network with the upper one.

    J <= 0 + decay times the norm of any interpolator; the directions of the smallest decay, with other multiples, may
    interpolate.
    """
    from scipy.optimize import linprog

    low = float(best.lower) / first.decay
    X, y = problem.data.X, np.asarray(problem.y, dtype=float)
    free = problem.output_bias and not problem.penalty.biases
    if problem.mean_loss.name != "squared" or (problem.output_bias and not free) or not len(best.signs):
        return (low, None), None
    F = np.maximum(X @ best.directions.T, 0.0) * best.signs
    equal = np.concatenate([F, np.ones((len(F), 1)), -np.ones((len(F), 1))], axis=1) if free else F
    cost = np.concatenate([np.ones(F.shape[1]), np.zeros(equal.shape[1] - F.shape[1])])
    result = linprog(cost, A_eq=equal, b_eq=y, bounds=(0, None))
    if result.status != 0:
        return (low, None), None
    t = np.where(result.x[: F.shape[1]] > 0, result.x[: F.shape[1]], 0.0)
    live = t > 0
    root = np.sqrt(t[live])
    c = float(result.x[-2] - result.x[-1]) if free else 0.0
    net = TwoLayerNet(best.directions[live] * root[:, None], best.signs[live] * root, c, problem.output_bias)
    return (low, float(result.fun)), net


def _changes(points: tuple[DecayPoint, ...]) -> list[DecayPoint]:
    """Return the first and the last point, and those at which live directions or valleys change."""
    picks = [points[0]]
    for a, b in pairwise(points):
        if (b.live, b.valleys) != (a.live, a.valleys) or b is points[-1]:
            picks.append(b)
    return picks
