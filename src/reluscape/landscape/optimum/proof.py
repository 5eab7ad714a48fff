"""Proof of a global minimum: vectors that bound the loss of every layer from below, on few rows or many."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

import numpy as np

from ...basins import basin_value
from ...basins.cones import balanced
from ...certificates import fraction_text, fraction_texts, new
from ...certificates.numerals import read_number
from ...errors import InputError, TooLarge
from ...numbers.tolerances import DEFAULT
from ...problem.data import Dataset
from ...problem.networks import TwoLayerNet
from ...solvers.exact_cone import primitive
from .branch import Search
from .known_bounds import KnownBounds
from .lower_bounds import LowerBounds
from .relaxation import Relaxation, multisets, row_counts

# layers at any level of a proof, and vectors in all
MOST_LAYERS, MOST_BOUNDS = 2_000_000, 10_000


@dataclass(frozen=True)
class ExactBasin:
    """The lowest point of a basin, in rationals.

    Attributes:
        W, v, c: a network that has it, |v_j| = 1.
        value: its loss.
        certificate: of kind "basin-value".
    """

    W: np.ndarray
    v: np.ndarray
    c: Fraction
    value: Fraction
    certificate: dict[str, Any]

    @property
    def net(self) -> TwoLayerNet:
        """The balanced network in floats."""
        return balanced(np.array(self.v[:, None] * self.W, dtype=float), np.array(self.v, dtype=float), float(self.c))


@dataclass(frozen=True)
class Proof:
    """The lowest loss of a width.

    Attributes:
        best: a network that has it.
        states: (pattern, output sign) of its units where the proof found it itself, else None.
        certificate: of kind "global-minimum".
    """

    best: ExactBasin
    states: tuple[tuple[np.ndarray, int], ...] | None
    certificate: dict[str, Any]

    @property
    def value(self) -> Fraction:
        """The loss."""
        return self.best.value


def prove_minimum(
    data: Dataset,
    output_bias: bool,
    order: Sequence[int],
    best: ExactBasin,
    deadline: float = inf,
    search: Search | None = None,
) -> Proof | None:
    """Return the proven lowest loss of a width, or None where it takes too many vectors or too long.

    The layers that the first rows tell apart are gone through level by level. From each layer that no vector
    bounds yet, states are added while the distance of y to their cone stays above the lowest loss; the residual of that
    cone bounds all layers of its states. What few rows do not bound is refined by more. A layer that turns out to be
    lower than the best one known takes its place.

    Args:
        data: the samples.
        output_bias: a free constant is added.
        order: (n,) rows, those first that rule out most.
        best: a network and its loss.
        deadline: on the monotonic clock.
        search: what has looked at layers in this order; its cells and bounds are used again.
    """
    width, states, known = len(best.v), None, KnownBounds()
    if search is None or search.relaxation is None:
        relaxation = Relaxation(data, output_bias, order)
    else:
        relaxation, known = search.relaxation, search.known
    order = [*relaxation.basis, *(i for i in order if i not in set(relaxation.basis))]
    value = best.value
    vectors: list[tuple[int, list[int]]] = []
    depth, layers = 0, multisets(2, width)
    sizes = row_counts(data.n, width)
    while value and len(layers):
        last = depth == data.n
        limit = float(data.n * value) * (1.0 + DEFAULT.kkt)
        sums = known.of(depth, layers)
        unknown = np.isnan(sums)
        sums[unknown] = relaxation.bounds(depth, layers[unknown])
        todo = np.argsort(sums, kind="stable")  # what is hard to bound first: it tends to bound the rest
        todo = todo if last else todo[sums[todo] > limit]
        has_bound = np.zeros(len(layers), dtype=bool)
        if len(todo):
            finder, table, state_numbers = _bounds_of(relaxation, depth, layers, order)
            share = Fraction(data.n, max(finder.n, 1))
            floor = value * share
        while len(todo):
            if time.monotonic() >= deadline or len(vectors) >= MOST_BOUNDS:
                return None
            layer = tuple(table[todo[0]].tolist())
            targets = np.zeros(len(state_numbers), dtype=bool)
            targets[table[todo].ravel()] = True
            bound = finder.exact(*finder.extended(layer, float(floor), targets))
            if not (bound.value >= floor and bound.covers[list(layer)].all()):
                bound = finder.exact(layer)
            holds = bound.value >= floor and bound.covers[list(layer)].all()
            if not holds and not last:
                todo = todo[1:]
                continue
            if not holds:
                states = relaxation.states(layers[todo[0]])
                pattern, signs = np.array([p for p, _ in states]), np.array([s for _, s in states])
                lower = exact_basin(data, output_bias, pattern, signs, deadline)
                if lower is None:
                    return None
                best, value, floor = lower, lower.value, lower.value
                if not value:
                    break
            vectors.append((depth, bound.q))
            left = np.flatnonzero(~has_bound)
            has_bound[left[bound.covers[table[left]].all(axis=1)]] = True
            todo = todo[~has_bound[todo]]
        layers = layers[~has_bound]
        if not value or not len(layers):
            break
        later = next(k for k in sizes if k > depth)
        relaxation.see([int(i) for i in order[len(relaxation.tree.order) : later]])
        inside = relaxation.children(depth, later, layers, MOST_LAYERS)
        if inside is None or inside[1] < len(layers):
            return None
        depth, layers = later, inside[0]
    return Proof(best, states, _certificate(data, output_bias, best, order, vectors if value else []))


def exact_basin(
    data: Dataset, output_bias: bool, pattern: np.ndarray, signs: np.ndarray, deadline: float = np.inf
) -> ExactBasin | None:
    """Return the lowest point of a basin, None where the exact program takes too long or the pattern is no unit's.

    Args:
        data: with targets.
        output_bias: a free constant is added.
        pattern: (m, n) activations.
        signs: (m,) output signs.
        deadline: on the monotonic clock.
    """
    left = None if deadline == np.inf else deadline - time.monotonic()
    if left is not None and left <= 0:
        return None
    try:
        basin = basin_value(data, None, pattern, signs, exact=True, output_bias=output_bias, time_limit=left)
    except (TooLarge, InputError):  # rounding may name a pattern that no unit has
        return None
    value, certificate = basin.exact_value, basin.certificate
    if value is None or certificate is None:
        return None
    witness, v = certificate["witness"], np.array([Fraction(int(s)) for s in signs], dtype=object)
    read = [read_number(text, "Z") for row in witness["Z"] for text in row]
    Z = np.array([*read, None], dtype=object)[:-1].reshape(len(v), data.d)
    proves = "the upper end of the global minimum; its lower end is numerical"
    certificate = {**certificate, "claim": {**certificate["claim"], "proves": proves}}
    return ExactBasin(Z * v[:, None], v, read_number(witness["c"], "c"), value, certificate)


def basin_of(
    data: Dataset, net: TwoLayerNet, states: tuple[tuple[np.ndarray, int], ...] | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return (pattern (m, n), signs (m,)) of the states, or of the network where they are not known."""
    if states is None:
        size = np.abs(data.X) @ np.abs(net.W.T)
        return (np.finfo(float).eps * data.d * size < data.X @ net.W.T).T, np.where(net.v >= 0, 1, -1)
    rows = [*states, *[states[-1] if states else (np.zeros(data.n, dtype=bool), 1)] * (net.width - len(states))]
    return np.array([p for p, _ in rows]), np.array([s for _, s in rows])


def _bounds_of(
    relaxation: Relaxation, depth: int, layers: np.ndarray, order: Sequence[int]
) -> tuple[LowerBounds, np.ndarray, np.ndarray]:
    """Return (what bounds the states that occur, the layers in numbers of these states, the states)."""
    states, table = np.unique(layers, return_inverse=True)
    tree = relaxation.tree
    wide = relaxation.counts_all(depth)
    rows = list(order if wide else order[:depth])
    own = [tree.cells[depth][s // 2] for s in states.tolist()]
    flat = np.concatenate([np.zeros(0, dtype=np.int64), *own])
    lengths = np.array([len(o) for o in own], dtype=np.int64)
    rays, place = np.unique(flat, return_inverse=True)
    features = np.maximum(tree.products(rays.tolist(), rows), 0)
    if not wide:  # different rays may add the same
        features = np.array([primitive(row) for row in features.tolist()], dtype=object).reshape(len(rays), len(rows))
    of_state = [
        (place[end - len(o) : end] + len(rays) * (s % 2)).tolist()
        for s, o, end in zip(states.tolist(), own, np.cumsum(lengths).tolist(), strict=True)
    ]
    loose = None
    if wide:
        loose = tree.straddled(flat, lengths)[:, rows] * np.where(states % 2, 2, 1).astype(np.uint8)[:, None]
    columns = np.concatenate([features, -features])
    bounds = LowerBounds(tree.data.y_fractions[rows], columns, of_state, relaxation.free, loose)
    return bounds, table.reshape(layers.shape), states


def _certificate(
    data: Dataset, output_bias: bool, best: ExactBasin, order: Iterable[int], vectors: list[tuple[int, list[int]]]
) -> dict[str, Any]:
    claim = {"value": fraction_text(best.value), "width": len(best.v), "output_bias": bool(output_bias)}
    witness = {
        "W": fraction_texts(best.W),
        "v": fraction_texts(best.v),
        "c": fraction_text(best.c),
        "order": [int(i) for i in order],
        "duals": fraction_texts([q for _, q in vectors]),
    }
    if any(depth < len(q) for depth, q in vectors):
        witness["depths"] = [depth for depth, _ in vectors]
    return new("global-minimum", data.fractions, data.y_fractions, claim, witness)
