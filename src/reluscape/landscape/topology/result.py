"""What the topology of a landscape is told with: valleys, the barrier tree, the answer about reachability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ..._lazy import axes
from ...critical import Verdict
from ...errors import InputError
from ...numbers.estimates import Probability
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from .disconnectivity import disconnectivity, draw_graph
from .gradient import STEPS
from .starts import Coordinates, Starts, draw_starts


@dataclass(frozen=True)
class Valley:
    """A component of {L <= value} from which no path leads lower without climbing.

    Attributes:
        value: its lowest loss.
        exact_value: the same as a Fraction where exact values were asked for, else None.
        barrier: how far the loss must rise to leave it for a lower valley (infinite for one global minimum, and where
            the way leads above a height cap).
        merge_height: value + barrier.
        spurious: its value is above the global minimum.
        states: the (activation pattern (n,), output sign) of each unit of a representative basin.
        basins: how many of the layer's basins have their minimum in this valley.
        parent: place in `BarrierTree.valleys` of the lower valley that it merges with, None for survivors.
    """

    value: float
    exact_value: Fraction | None
    barrier: float
    merge_height: float
    spurious: bool
    states: tuple[tuple[np.ndarray, int], ...]
    basins: int
    parent: int | None
    _net: Callable[[], TwoLayerNet] = field(repr=False)
    _weights: Callable[[], tuple[np.ndarray, np.ndarray, Fraction]] = field(repr=False)
    _certify: Callable[[], Verdict] = field(repr=False)
    _dimension: Callable[[], int] = field(repr=False)
    _bounds: Callable[[], tuple[Any, Any]] | None = field(default=None, repr=False)
    _pass_bounds: Callable[[], tuple[Any, Any]] | None = field(default=None, repr=False)

    @property
    def bounds(self) -> tuple[Any, Any]:
        """Both ends around the value: `Fraction`s for the squared loss, equal ones without weight decay."""
        if self._bounds is not None:
            return self._bounds()
        value = self.verdict.exact_loss if self.exact_value is None else self.exact_value
        return (self.value, self.value) if value is None else (value, value)

    @property
    def pass_bounds(self) -> tuple[Any, Any]:
        """Both ends around the merge height; without weight decay the height itself."""
        return (self.merge_height, self.merge_height) if self._pass_bounds is None else self._pass_bounds()

    @property
    def net(self) -> TwoLayerNet:
        """A network at the bottom of the valley."""
        return self._net()

    @property
    def weights(self) -> tuple[np.ndarray, np.ndarray, Fraction]:
        """The same network in exact fractions, |v_j| = 1: (W (m, d), v (m,), c)."""
        return self._weights()

    @property
    def verdict(self) -> Verdict:
        """The exact test of local optimality of `weights`, with its certificate."""
        return self._certify()

    @property
    def dimension(self) -> int:
        """Dimension of the set of minimisers (in z_j = v_j w_j) inside the representative basin."""
        return self._dimension()


@dataclass(frozen=True, repr=False)
class BarrierTree:
    """The merge tree of the whole landscape.

    Attributes:
        global_minimum: the lowest loss of this width.
        valleys: sorted by value; the first is one global minimum.
        pairs: sorted list of (birth, merge height) of every valley but one global one.
        nodes: number of basins and hubs that were related.
        edges: number of programs on shared walls.
        width: number of units.
        labelled: units carry names, so that relabelled copies count separately.
        output_bias: an output bias was free.
        capped: merges above this height were not looked for; None where all were.
        kind: "numerical", or "exact" where every decision was made on fractions, and the pairs are fractions.
        signs: output signs that were frozen, None where they are trained.
        noise: differences up to this counted as ties, and smaller losses are rounding; 0 where the tree is exact.
        problem: what was minimised.
    """

    global_minimum: float | Fraction
    valleys: tuple[Valley, ...]
    pairs: list[tuple[float | Fraction, float | Fraction]]
    nodes: int
    edges: int
    width: int
    labelled: bool
    output_bias: bool
    capped: float | None
    kind: str
    signs: tuple[int, ...] | None
    noise: float
    _data: Dataset = field(repr=False)
    _share: Callable[[Starts], tuple[Probability, ...]] = field(repr=False)
    _chance: Callable[[Starts, int], ReachChances] = field(repr=False)
    _passage: Callable[[int], tuple[TwoLayerNet, ...]] = field(repr=False)
    problem: Problem | None = field(default=None, repr=False, compare=False)
    _symmetric: Callable[[tuple[int, ...]], bool] | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        """Return one line: width, lowest loss, numbers of valleys and of traps."""
        traps = sum(valley.spurious for valley in self.valleys)
        counts = f"{len(self.valleys)} valleys, {traps} of them above it"
        return f"BarrierTree({self.kind}, width {self.width}: lowest loss {float(self.global_minimum):.6g}, {counts})"

    def plot(self, ax: Any = None) -> Any:
        """Draw the disconnectivity graph on Matplotlib axes and return them: traps red, global minima green.

        Args:
            ax: the axes; None for new ones.
        """
        ax = axes(ax)
        draw_graph(ax, disconnectivity(self, list(range(len(self.valleys))), None))
        if self.problem is not None and self.problem.penalty.strength:
            ax.set_ylabel("mean loss + weight decay")
        return ax

    def shares(
        self, law: Any = "normal", trials: int = 1000, rng: Any = None, coordinates: Coordinates | None = None
    ) -> tuple[Probability, ...]:
        """Return for each valley the share of initialisations that belong to it.

        An initialisation belongs to the lowest valley in the component of {L <= value of its first basin} that holds
        that basin's minimum. With frozen signs only starts with these signs belong to any (in another order too, unless
        units are labelled).
        """
        return self._share(draw_starts(law, trials, self.width, self._data.d, rng, coordinates))

    def chances(
        self,
        law: Any = "normal",
        trials: int = 1000,
        rng: Any = None,
        coordinates: Coordinates | None = None,
        scale: float = 1.0,
        steps: int = STEPS,
    ) -> ReachChances:
        """Return how often random starts reach the global minimum, as `reachable_probability` does.

        Raises:
            InputError: the tree is labelled, has frozen signs, or is capped, so it does not hold the whole answer.
        """
        starts = draw_starts(law, trials, self.width, self._data.d, rng, coordinates, scale)
        if self.labelled or self.signs is not None or self.capped is not None:
            raise InputError("chances need the whole tree, up to relabelling, with trained signs and no height cap")
        return self._chance(starts, steps)

    @property
    def ties(self) -> tuple[tuple[int, ...], ...]:
        """Groups of valleys with equal values: it is arbitrary which of them is listed as absorbing the others.

        Equal means exactly equal where the tree is exact, and up to rounding otherwise.
        """
        groups: list[list[int]] = []
        exact = self.kind == "exact"
        values: list[Any] = [v.exact_value if exact else v.value for v in self.valleys]
        room = 0 if exact else max(self.noise, DEFAULT.zero_loss * max(values, default=0.0))
        for k, value in enumerate(values):
            if groups and value - values[groups[-1][-1]] <= room:
                groups[-1].append(k)
            else:
                groups.append([k])
        return tuple(tuple(group) for group in groups if len(group) > 1)

    @property
    def tie_reasons(self) -> tuple[str, ...]:
        """For each group of `ties` how its values are known to be equal: "exact", "by symmetry" or "within ...".

        "By symmetry": a permutation of the samples that leaves the objective with weight decay alone takes the valleys
        to one another.
        """
        if self.kind == "exact":
            return ("exact",) * len(self.ties)
        near = f"within {max(self.noise, DEFAULT.zero_loss * max((v.value for v in self.valleys), default=0.0)):.2g}"
        symmetric = self._symmetric
        return tuple("by symmetry" if symmetric is not None and symmetric(group) else near for group in self.ties)

    def told(self, loss: float) -> float:
        """Return a loss as it is told to people: 0 where it is nothing but rounding."""
        return 0.0 if abs(loss) <= self.noise else loss

    def path(self, valley: int) -> tuple[TwoLayerNet, ...]:
        """Return the corners of a polyline from a valley's bottom to that of its parent.

        Along it the loss rises to the merge height, reached at a corner, and never above.

        Raises:
            InputError: the valley merges with no lower one.
        """
        if self.valleys[valley].parent is None:
            raise InputError(f"valley {valley} merges with no lower one, so no path leads from it to a lower one")
        return self._passage(valley)

    def __str__(self) -> str:
        """Tell the landscape in a few lines."""
        lowest = self.told(float(self.global_minimum))
        lines = [f"width {self.width}: {len(self.valleys)} valley(s), global minimum {lowest:.6g}"]
        for valley in self.valleys[:10]:
            height = "never needs to be left" if valley.barrier == float("inf") else f"barrier {valley.barrier:.6g}"
            lines.append(f"  loss {self.told(valley.value):.6g}, {height}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Reach:
    """What a network can reach without climbing.

    Attributes:
        value: lowest loss at the end of a path along which the loss never rises.
        component_minimum: lowest loss in the component of {L <= L(start)} that holds the start.
        zero_loss: L(0), the loss of the zero network, its output bias 0 too.
        start_loss: L(start).
        global_minimum: the lowest loss of this width.
        path: networks of an exact polyline from the start to a point of that loss; L stays at or below L(start).
        monotone_path: networks along a sampled path whose losses never rise.
        problem: what was minimised.
    """

    value: float
    component_minimum: float
    zero_loss: float
    start_loss: float
    global_minimum: float
    path: tuple[TwoLayerNet, ...]
    monotone_path: tuple[TwoLayerNet, ...]
    problem: Problem | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class ReachChances:
    """What random starts can reach.

    Attributes:
        without_climbing: some path along which the loss never rises leads to the global minimum.
        first_basin: the start's own basin holds the global minimum.
        gradient_descent: plain gradient descent ends within 1 % of the way from the global minimum to L(0).
        above_zero: L(start) >= L(0), where width 2 and more always reach it.
        global_minimum: the lowest loss of the width.
        zero_loss: L(0), the loss of the zero network (with an output bias: of the best constant).
        descent_losses: (trials,) sorted losses at which gradient descent stood after its steps.
        steps: how many steps those were.
        problem: what was minimised.
    """

    without_climbing: Probability
    first_basin: Probability
    gradient_descent: Probability
    above_zero: Probability
    global_minimum: float
    zero_loss: float
    descent_losses: np.ndarray
    steps: int
    problem: Problem | None = field(default=None, repr=False, compare=False)
