"""The weight decay above which the best network of any width is a constant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...basins.decay.programs import decay_of
from ...basins.decay.pulls import Cells, Pull, face_maximiser, independent_first
from ...certificates import fraction_text, fraction_texts, new
from ...certificates.decayed_terms import DecayTerms
from ...errors import InputError, SolverError
from ...numbers import exact as exactly
from ...numbers.overflow import refuses_overflow
from ...numbers.tolerances import DEFAULT, SPECK
from ...problem.losses import LogisticLoss, able
from ...problem.penalties import WeightDecay
from ...problem.problem import Problem

HALVINGS = 200


@dataclass(frozen=True, eq=False)
class LambdaMax:
    """The weight decay above which the best network is a constant.

    Attributes:
        value: that decay, in the sense of `WeightDecay` (beside the mean loss).
        squared: its square as a `Fraction`, proven; None where it is not rational (a loss with slopes that are not, or
            an output bias that decays too).
        pattern: (n,) activations of the cell that pulls hardest, at the best constant.
        sign: output sign of the unit that pays first.
        direction: (d,) its weights, up to a factor.
        constant: the best constant output.
        certificate: plain JSON for `reluscape.verify`, or None.
        kind: "certified" with a certificate, else "numerical".
    """

    value: float
    squared: Fraction | None
    pattern: np.ndarray
    sign: int
    direction: np.ndarray
    constant: float
    certificate: dict[str, Any] | None
    kind: str

    def __float__(self) -> float:
        """Return the value."""
        return self.value


@refuses_overflow
def lambda_max(
    X: Any, y: Any = None, loss: Any = "squared", output_bias: bool = False, biases: bool = True, exact: bool = True
) -> LambdaMax:
    """Return the weight decay above which the best network of any width is a constant.

    lambda_max = max over cells C and signs s of max {<-s sum_{i on} e_i x_i, u> : u in C, |P u| <= 1} for the
    derivatives e of the mean loss at the best constant: a unit of direction u pays exactly where its pull is more than
    the decay. It is the largest |P q| of projections q onto closed cells, so that its square is rational where e is.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem` (its weight decay only says whether biases decay).
        y: (n,) targets.
        loss: as for `certify`.
        output_bias: a constant is added to the network; it decays like the weights where `biases` do.
        biases: False leaves the last column of X (the column of ones) and the output bias free.
        exact: False leaves the proof out, which bounds the pull of every cell in fractions.

    Raises:
        InputError: free biases without a column of ones, or no targets.
        TooLarge: more cells than are looked at one by one.

    Source: the derivation is in none of the papers; with all cells and no bias it is the bound at which the convex
    program of Pilanci and Ergen (2020) has the solution 0.

    Example:
        >>> X, y = [[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0]
        >>> lambda_max(X, y, output_bias=True, biases=False).squared  # XOR: sqrt(2) / 8 beside the mean square
        Fraction(1, 32)
    """
    if isinstance(X, Problem):
        problem = X
        biases = problem.penalty.biases if problem.penalty.strength else biases
        X, y, loss, output_bias = problem.data, None, problem.loss, problem.output_bias
    problem = Problem(X, y, loss=loss, weight_decay=WeightDecay(1, biases), output_bias=output_bias)
    if problem.outputs != 1:
        raise InputError("lambda_max needs a single output")
    refuse_hidden_constant(problem)
    refuse_single_class(problem)
    cells = Cells(problem.data, decay_of(problem).penalised)
    if not problem.n or not len(cells.patterns):
        none = np.zeros(problem.n, dtype=bool)
        return LambdaMax(0.0, Fraction(0), none, 1, np.zeros(problem.data.d), 0.0, None, "certified")
    if output_bias and biases:
        return _with_decaying_constant(problem, cells)
    slopes, constant = constant_slopes(problem)
    floats = np.array(slopes, dtype=float)
    best = cells.largest(floats)
    assert best is not None
    n = problem.n
    if not exact or not isinstance(slopes[0], Fraction):
        return LambdaMax(best.value / n, None, best.pattern, best.sign, best.direction, constant, None, "numerical")
    squared, u, certificate = _proved(problem, cells, slopes, best)
    value = float(np.sqrt(float(squared)))
    return LambdaMax(
        value, squared, best.pattern, best.sign, np.array(u, dtype=float), constant, certificate, "certified"
    )


def least_lambda_max(problem: Problem, W: np.ndarray, most: int) -> tuple[float, bool] | None:
    """Return lambda_max in floats and True, or a lower bound on it and False where there are more than `most` cells.

    The bound is the largest pull that climbs from the directions W (m, d) find. None where no constant is the best, or
    where it decays.
    """
    try:
        refuse_hidden_constant(problem)
        refuse_single_class(problem)
    except InputError:
        return None
    decay = decay_of(problem)
    if decay.constant == "decayed":
        return None
    cells = Cells(problem.data, decay.penalised, most)
    slopes = np.array(constant_slopes(problem)[0], dtype=float)
    if cells.too_many:
        steepest = np.concatenate([W, [slopes @ problem.data.X, -slopes @ problem.data.X]])
        pull, whole = cells.climbed(slopes, steepest, samples=False), False
    else:
        pull, whole = cells.largest(slopes), True
    return None if pull is None else (pull.value / max(problem.n, 1), whole)


def refuse_hidden_constant(problem: Problem) -> None:
    """Refuse free hidden biases without an output bias: a unit of no weight then is a constant that costs nothing."""
    if not problem.penalty.biases and not problem.output_bias:
        raise InputError(
            "free hidden biases make any constant at no cost, though no network attains it; give output_bias=True, "
            "or biases=True where the biases decay"
        )


def refuse_single_class(problem: Problem) -> None:
    """Refuse a single class under the logistic loss with a free constant: it wants a constant without end."""
    logistic = isinstance(problem.loss, LogisticLoss) and len(np.unique(problem.y)) == 1
    if logistic and problem.output_bias and not problem.penalty.biases:
        raise InputError(
            "all targets are of one class: a free output bias lowers the loss towards 0 without end, and no network is "
            "best; give both classes, or biases=True where the biases decay"
        )


def constant_slopes(problem: Problem) -> tuple[np.ndarray, float]:
    """Return the derivatives of the losses (not divided by n) at the best constant, `Fraction`s where rational."""
    data, loss, n = problem.data, problem.loss, problem.n
    y, free = data.y_fractions, problem.output_bias
    if able(loss, "quadratic"):
        c = sum(y, Fraction(0)) / n if free else Fraction(0)
        return 2 * (c - y), float(c)
    if isinstance(loss, LogisticLoss):
        labels = (y + 1) / 2 if loss.labels == (-1, 1) else y
        share = sum(labels, Fraction(0)) / n if free else Fraction(1, 2)
        with np.errstate(divide="ignore"):
            odds = float(np.log(float(share)) - np.log1p(-float(share)))
        return share - labels, odds
    c = _best_constant(problem, 0.0) if free else 0.0
    return np.asarray(loss.gradient(np.full(n, c), problem.y), dtype=float), c


def _best_constant(problem: Problem, kappa: float) -> float:
    """Return the constant at which the sum of slopes plus kappa c vanishes."""
    y, n = problem.y, problem.n

    def slope(c: float) -> float:
        return float(np.sum(problem.loss.gradient(np.full(n, c), y))) + kappa * c

    low, high = -1.0, 1.0
    while slope(low) > 0 and low > -1e300:
        low *= 2
    while slope(high) < 0 and high < 1e300:
        high *= 2
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) < 0 else (low, middle)
    return (low + high) / 2


def _with_decaying_constant(problem: Problem, cells: Cells) -> LambdaMax:
    """Return the answer where the constant decays too, so that it depends on the decay: by halving."""
    n, y = problem.n, problem.y

    def at(strength: float) -> tuple[float, np.ndarray]:
        c = _best_constant(problem, n * strength)
        return c, np.asarray(problem.loss.gradient(np.full(n, c), y), dtype=float)

    best: Pull | None = cells.largest(at(0.0)[1])
    assert best is not None
    low, high = 0.0, max(best.value / n, SPECK)
    while True:
        pull = cells.largest(at(high)[1])
        if pull is None or pull.value <= n * high:
            break
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        pull = cells.largest(at(middle)[1])
        assert pull is not None
        best = pull
        low, high = (middle, high) if pull.value > n * middle else (low, middle)
        if high - low <= DEFAULT.bisection * high:
            break
    assert best is not None
    return LambdaMax(high, None, best.pattern, best.sign, best.direction, at(high)[0], None, "numerical")


def _proved(
    problem: Problem, cells: Cells, slopes: np.ndarray, best: Pull
) -> tuple[Fraction, np.ndarray, dict[str, Any]]:
    """Return the exact square, a weight vector that is pulled so, and the certificate."""
    data, n = problem.data, problem.n
    decay = decay_of(problem)
    g = -best.sign * slopes[best.pattern].dot(data.fractions[best.pattern])
    rows = data.fractions[cells.first] * np.where(best.pattern[cells.first], 1, -1).astype(object)[:, None]
    support = [int(r) for r in np.argsort(-best.multipliers) if best.multipliers[r] > 0]
    picks: list[int] = []
    for r in support:
        if exactly.rank(rows[[*picks, r]]) == len(picks) + 1:
            picks.append(r)
    u = face_maximiser(g, rows[picks], decay.penalised)
    if u is None:
        raise SolverError("the largest pull could not be told exactly; the data differ too much in scale")
    u = _inside(u, rows, decay.penalised)
    heights = [max(sum((a * b for a, b in zip(x, u, strict=True)), Fraction(0)), Fraction(0)) for x in data.fractions]
    gain = exactly.dot(slopes, heights)
    size = sum((v * v for v, has_penalty in zip(u, decay.penalised, strict=True) if has_penalty), Fraction(0))
    square = gain * gain / size if size else Fraction(0)
    root = DecayTerms(Fraction(0), decay.penalised, Fraction(0), problem.output_bias)
    entries = []
    for pattern in cells.patterns:
        for sign in (1, -1):
            bound, multipliers = _bound(cells, slopes, root, square, pattern, sign)
            if bound > square:
                raise SolverError("a cell's pull could not be bounded exactly; the data differ too much in scale")
            if multipliers:
                pairs = [[i, fraction_text(v)] for i, v in multipliers]
                entries.append({"pattern": "".join("01"[int(v)] for v in pattern), "sign": sign, "multipliers": pairs})
    claim = {"squared": fraction_text(square / (n * n)), "output_bias": problem.output_bias}
    witness = {"u": fraction_texts(u), "cells": entries, "order": independent_first(data)}
    penalty = WeightDecay(1, problem.penalty.biases)
    name = problem.mean_loss.name
    certificate = new("lambda-max", data.fractions, data.y_fractions, claim, witness, name, penalty)
    return square / (n * n), u, certificate


def _bound(
    cells: Cells, slopes: np.ndarray, terms: DecayTerms, square: Fraction, pattern: np.ndarray, sign: int
) -> tuple[Fraction, list[tuple[int, Fraction]]]:
    """Return the bound on a pull, without multipliers where it is small without."""
    g = -sign * slopes[pattern].dot(cells.data.fractions[pattern])
    if (terms.penalised.all() or g[-1] == 0) and terms.square(g) <= square:
        return terms.square(g), []
    return cells.proved(slopes, terms, pattern, sign)


def _inside(u: np.ndarray, rows: np.ndarray, in_penalty: np.ndarray) -> np.ndarray:
    """Return u with a free coordinate moved into the cell."""
    if in_penalty.all():
        return u
    u = u.copy()
    heights = rows.dot(u)
    if all(h >= 0 for h in heights):
        return u
    low = [-h / r[-1] for h, r in zip(heights, rows, strict=True) if r[-1] > 0]
    u[-1] += max(low) if low else Fraction(0)
    return u
