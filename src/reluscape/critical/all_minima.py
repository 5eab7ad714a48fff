"""The complete list of local minima of a small problem, differentiable or not, with exact losses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations_with_replacement, product
from math import comb
from numbers import Integral
from typing import Any, overload

import numpy as np

from ..errors import InputError, TooLarge
from ..geometry.faces.faces import Faces, enumerate_faces
from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.threads import one_thread
from ..problem.data import Dataset, check_signs
from ..problem.networks import TwoLayerNet
from ..problem.penalties import NONE
from ..problem.problem import Problem, as_problem
from .components import Component, Face, allowed_signs, make_face, minimisers, sign_choices, units_of
from .decay.all_minima import DecayedMinima, decayed_minima
from .optimality import certify
from .placing import inside_face
from .verdict import Verdict

PRODUCT_LIMIT = 300_000


@dataclass(frozen=True, eq=False)
class Minimum:
    """One connected piece of local minima: a product of faces with output signs, up to relabelling of units.

    Attributes:
        loss: exact mean squared loss.
        covectors: (m, n) int8, where each unit is on, off (-1) or on the hyperplane (0).
        signs: (m,) output signs, 0 for silent units.
        W, v, c: exact weights of one of its points (c None without an output bias).
        differentiable: no non-zero sample lies on a unit's hyperplane.
        freedom: dimension of the set of sums that reach the loss.
        labellings: number of different labellings of the units.
    """

    loss: Fraction
    covectors: np.ndarray
    signs: np.ndarray
    W: np.ndarray
    v: np.ndarray
    c: Fraction | None
    differentiable: bool
    freedom: int
    labellings: int
    data: Dataset

    @property
    def net(self) -> TwoLayerNet:
        """The point as doubles."""
        return TwoLayerNet(np.array(self.W, dtype=float), np.array(self.v, dtype=float), float(self.c or 0))

    @cached_property
    def verdict(self) -> Verdict:
        """The verdict of the general test on the point, with its certificate."""
        return certify(self.data, None, self.W, self.v, self.c, exact=True)


@dataclass(frozen=True, eq=False)
class Minima:
    """All local minima of a problem.

    Attributes:
        losses: sorted exact losses of all local minima.
        differentiable_losses: sorted losses of those with a differentiable point.
        minima: every piece, lowest loss first.
        faces: number of faces of one unit's weight space.
        products: number of products of faces that were solved.
        problem: what was minimised.
    """

    losses: tuple[Fraction, ...]
    differentiable_losses: tuple[Fraction, ...]
    minima: tuple[Minimum, ...]
    faces: int
    products: int
    problem: Problem | None = field(default=None, repr=False, compare=False)

    @property
    def multiplicity(self) -> dict[Fraction, int]:
        """Number of pieces of each loss, up to relabelling of units."""
        return {loss: sum(m.loss == loss for m in self.minima) for loss in self.losses}


@overload
def local_minima(
    X: Any, y: Any = ..., width: int = ..., output_bias: bool = ..., signs: Any = ..., limit: int = ...
) -> Minima: ...


@overload
def local_minima(
    X: Any,
    y: Any = ...,
    width: int = ...,
    output_bias: bool = ...,
    signs: Any = ...,
    limit: int = ...,
    loss: Any = ...,
    weight_decay: Any = ...,
) -> Any: ...


@one_thread()
def local_minima(
    X: Any,
    y: Any = None,
    width: int = 1,
    output_bias: bool = False,
    signs: Any = None,
    limit: int = PRODUCT_LIMIT,
    loss: Any = "squared",
    weight_decay: Any = None,
) -> Minima | DecayedMinima:
    """List every local minimum of the objective.

    A local minimum minimises the loss over R_j = v_j w_j in the span of its units' faces, so each product of faces is
    solved exactly once; the residuals are the same for all its minimisers, the one-sided test gives the output signs
    each unit may have, and exact linear feasibility decides which choices have a point on the faces.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        width: number of hidden units m.
        output_bias: with a free constant.
        signs: (m,) output weights frozen to -1 or 1; None trains them.
        limit: most products of faces.
        loss: another loss than the squared one needs a weight decay here.
        weight_decay: None, a number, or a `WeightDecay`. With one the answer is a `DecayedMinima`: the values of the
            isolated minima as sorted floats, each certified.

    Returns:
        `Minima`, or `DecayedMinima`.

    Raises:
        TooLarge: more products than the limit; the message names the largest feasible width.
        InputError: no targets, a width below 1.

    Source: Liu, Part 1, Theorem 1 and Theorem 3, with any number of units on any number of hyperplanes.

    Example:
        >>> local_minima([[1, 0], [0, 1]], [1, -1], 1, signs=[1]).losses
        (Fraction(1, 2), Fraction(1, 1))
    """
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias, signs=signs)
    if isinstance(width, bool) or not isinstance(width, Integral) or width < 1:
        raise InputError(f"the width is {width!r}; it is a whole number, at least one unit is needed")
    width = int(width)
    if problem.penalty is not NONE:
        return decayed_minima(problem, width)
    data = problem.only(output_bias=True, signs=True)
    frozen = None if problem.signs is None else check_signs(problem.signs, width)
    columns = list(exact.pivot_columns(data.rows)) or [0]
    spanning = data if len(columns) >= data.d else Dataset(data.fractions[:, columns], data.y_fractions)
    faces = enumerate_faces(spanning)
    groups = [width] if frozen is None else [int((frozen == s).sum()) for s in (1, -1)]
    count = int(np.prod([comb(len(faces) + k - 1, k) for k in groups], dtype=object))
    if count > limit:
        feasible = max((w for w in range(width) if comb(len(faces) + w - 1, w) <= limit), default=0)
        raise TooLarge(
            f"{count:,} products of {len(faces):,} faces, above {limit:,}; a width of {feasible} is feasible, "
            "or fewer samples, or limit=...",
            estimate=count,
        )
    result = _Search(spanning, faces, problem.output_bias, frozen).run(width)
    return replace(result, minima=tuple(_lifted(piece, data, columns) for piece in result.minima), problem=problem)


def _lifted(piece: Minimum, data: Dataset, columns: list[int]) -> Minimum:
    """Return a piece over columns that span the others as one over all columns: each face gains the kernel of X."""
    if len(columns) >= data.d:
        return piece
    W = np.full((len(piece.W), data.d), Fraction(0), dtype=object)
    W[:, columns] = piece.W
    faces = len({row.tobytes() for row in piece.covectors})
    return replace(piece, W=readonly(W), freedom=piece.freedom + faces * (data.d - len(columns)), data=data)


class _Search:
    """The complete list of one problem."""

    def __init__(self, data: Dataset, faces: Faces, output_bias: bool, frozen: np.ndarray | None) -> None:
        self.data, self.output_bias, self.frozen = data, output_bias, frozen
        self.faces = [make_face(data, sigma) for sigma in faces.covectors]
        self.inside = [inside_face(data, face) for face in self.faces]
        self.live = np.ones(data.n, dtype=bool)
        self.live[list(data.zero_rows)] = False
        self.signs_of: dict[Any, frozenset[int]] = {}

    def run(self, width: int) -> Minima:
        """Visit every product of faces."""
        minima: list[Minimum] = []
        products = 0
        for choice in self._choices(width):
            products += 1
            minima += self._minima(choice)
        minima.sort(key=lambda m: (m.loss, -int(m.differentiable)))
        losses = tuple(sorted({m.loss for m in minima}))
        smooth = tuple(sorted({m.loss for m in minima if m.differentiable}))
        return Minima(losses, smooth, tuple(minima), len(self.faces), products)

    def _choices(self, width: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...] | None]]:
        """Yield face numbers of the units, up to relabelling, with frozen signs where there are any."""
        every = range(len(self.faces))
        if self.frozen is None:
            for choice in combinations_with_replacement(every, width):
                yield choice, None
            return
        plus, minus = int((self.frozen > 0).sum()), int((self.frozen < 0).sum())
        for up, down in product(
            combinations_with_replacement(every, plus), combinations_with_replacement(every, minus)
        ):
            yield (*up, *down), (1,) * plus + (-1,) * minus

    def _minima(self, choice: tuple[tuple[int, ...], tuple[int, ...] | None]) -> list[Minimum]:
        """Return the minima of one product of faces."""
        units, frozen = choice
        distinct = sorted(set(units))
        component = minimisers(self.data, [self.faces[k] for k in distinct], self.output_bias)
        key = tuple(component.errors)
        sign_sets = []
        for k in distinct:
            if (k, key) not in self.signs_of:
                self.signs_of[k, key] = allowed_signs(self.data, self.faces[k], component.errors)
            sign_sets.append(self.signs_of[k, key])
            if not sign_sets[-1]:
                return []
        if frozen is not None:
            return self._frozen_minimum(component, distinct, units, frozen, sign_sets)
        counts = [units.count(k) for k in distinct]
        pieces = []
        for signs, sums, c in sign_choices(component, sign_sets, counts):
            pieces.append(self._piece(component, distinct, signs, sums, c))
        return pieces

    def _frozen_minimum(
        self,
        component: Component,
        distinct: list[int],
        units: tuple[int, ...],
        frozen: tuple[int, ...],
        sign_options: list[frozenset[int]],
    ) -> list[Minimum]:
        """Return the minimum with the output signs given, if there is one."""
        sign_groups = [tuple(s for u, s in zip(units, frozen, strict=True) if u == k) for k in distinct]
        if any(s not in signs for mine, signs in zip(sign_groups, sign_options, strict=True) for s in mine):
            return []
        sign_sets = [frozenset(mine) for mine in sign_groups]
        for signs, sums, c in sign_choices(component, sign_sets, [len(mine) for mine in sign_groups]):
            if all(sorted(a) == sorted(b) for a, b in zip(signs, sign_groups, strict=True)):
                return [self._piece(component, distinct, signs, sums, c)]
        return []

    def _piece(
        self,
        component: Component,
        distinct: list[int],
        signs: Sequence[tuple[int, ...]],
        sums: list[np.ndarray],
        c: Fraction | None,
    ) -> Minimum:
        """Return one piece with a point of it."""
        W: list[np.ndarray] = []
        v: list[Fraction] = []
        covectors, labels = [], []
        for k, mine, total in zip(distinct, signs, sums, strict=True):
            face: Face = self.faces[k]
            w_part, v_part = units_of(self.data, face, mine, total, self.inside[k])
            W, v = W + w_part, v + v_part
            covectors += [face.covector] * len(mine)
            labels += [(k, s) for s in mine]
        return Minimum(
            loss=component.loss,
            covectors=readonly(np.array(covectors, dtype=np.int8)),
            signs=readonly(np.array([s for mine in signs for s in mine], dtype=np.int8)),
            W=readonly(np.array(W, dtype=object)),
            v=readonly(np.array(v, dtype=object)),
            c=c,
            differentiable=bool((np.array(covectors)[:, self.live] != 0).all()),
            freedom=component.freedom,
            labellings=_labellings(labels),
            data=self.data,
        )


def _labellings(labels: list[Any]) -> int:
    """Return the number of different orders of a list with repetitions."""
    total, left = 1, len(labels)
    for label in set(labels):
        k = labels.count(label)
        total *= comb(left, k)
        left -= k
    return total
