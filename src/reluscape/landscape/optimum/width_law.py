"""How often a basin holds a global minimum of all widths, as an exact function of the width."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...critical.decay.optimality import decayed_verdict
from ...errors import InputError, SolverError, TooLarge
from ...geometry.regions import enumerate_regions
from ...geometry.volumes.unit_law import unit_law
from ...numbers.set_curve import curve_of_sets, moebius
from ...numbers.tolerances import DEFAULT
from ...numbers.width_curve import WidthCurve
from ...problem.networks.initialization import get_law
from ...problem.problem import Problem, as_problem
from .decayed_infinite import DecayedInfiniteWidthMinimum, decayed_infinite_width_minimum

MOST_ATOMS = 20


def width_law(
    X: Any,
    y: Any = None,
    weight_decay: Any = None,
    population: str = "regions",
    law: str = "normal",
    output_bias: bool = False,
    loss: Any = "squared",
) -> WidthCurve:
    """Return the share of basins, or of random starts, whose basin holds a global minimum of every width.

    A closed basin holds one if and only if the states (cell, sign) of its units reach every direction of a vertex of
    the optimal set: direction u_k with sign s_k is reached by (C, s_k) where u_k lies in the closed cell C. With
    p_k the chance of such a state, and a unique optimum,
    P(m) = sum over subsets T of the directions of (-1)^|T| (1 - sum_{k in T} p_k)^m.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem` with weight decay.
        y: (n,) targets.
        weight_decay: a number above 0, or a `WeightDecay`.
        population: "regions": each unit has each region and each sign equally often; "initialization": each unit's
            weights follow the law, signs are fair.
        law: law of initialisation, by name; "regions" does not use it.
        output_bias: a constant is added to the network.
        loss: as for `certify`.

    Returns:
        `WidthCurve` with `.terms`. Its bases are exact numbers or proven intervals. Which directions are optimal, and
        which samples they lie on, is proved where the optimum is unique and its proof as a strict global minimum
        succeeds; else it is told in floats that must be clear, and `.kind` is "numerical".

    Raises:
        InputError: no weight decay, or an unknown population.
        TooLarge: too many optimal directions or cells.
        SolverError: a sample is neither on the hyperplane of an optimal direction nor off it in floats.
        UnsupportedError: the law has no closed form for these cells.

    Source: this package; Boursier, Bowditch, Englert and Lazic (2025) sample these shares. On orthogonal data with
    n+ positive and n- negative targets p = 2^-(n+ + 1) and 2^-(n- + 1).

    Example:
        >>> curve = width_law([[1, 0], [0, 1]], [1, -1], weight_decay="1/10")
        >>> curve(1), curve(2)  # one unit of each sign, p = 1/4 each
        (Fraction(0, 1), Fraction(1, 8))
    """
    if population not in ("regions", "initialization"):
        raise InputError(f"the population is {population!r}; it is 'regions' or 'initialization'")
    problem = as_problem(X, y, loss=loss, weight_decay=weight_decay, output_bias=output_bias)
    if not problem.penalty.strength:
        raise InputError("the width law needs a weight decay above 0; without one the optimum is not a finite list")
    return law_of(problem, decayed_infinite_width_minimum(problem), population, law)


def law_of(problem: Problem, best: DecayedInfiniteWidthMinimum, population: str, law: str = "normal") -> WidthCurve:
    """Return the width law of a problem whose optimum of any width is known."""
    if population == "regions":
        regions = enumerate_regions(problem.data.fractions)
        patterns = np.asarray(regions.patterns, dtype=bool)
        shares: list[Any] = [Fraction(1, len(patterns))] * len(patterns)
        rational, name = True, None
    else:
        unit = unit_law(problem.data, law)
        patterns, shares, rational, name = unit.patterns, list(unit.shares), unit.rational, get_law(law).name
    curve = _curve(problem, best, patterns, shares, rational, population, name)
    return curve if _is_proved(problem, best) else replace(curve, kind="numerical")


def _is_proved(problem: Problem, best: DecayedInfiniteWidthMinimum) -> bool:
    """Return whether the optimal directions are proved to be those of the optimal network, and its kinks its samples.

    The proof that the network is a strict minimum of its face, with no other cell pulled by the decay or more, leaves
    no other optimal direction and no other multiples.
    """
    net = best.net
    if not best.unique or net.width != len(best.signs):
        return False
    verdict = decayed_verdict(problem, net.W, net.v, net.c if problem.output_bias else None)
    if verdict.method != "certified" or not verdict.is_global_minimum:
        return False
    sine = _sines(problem, net.W)
    on = {(int(k), int(i)) for k, i in np.argwhere((np.abs(sine) <= DEFAULT.sine_on) & problem.live[None, :])}
    return on == set(verdict.kinks or ())


def _curve(
    problem: Problem,
    best: DecayedInfiniteWidthMinimum,
    patterns: np.ndarray,
    shares: list[Any],
    rational: bool,
    population: str,
    name: str | None,
) -> WidthCurve:
    """Return the curve from the states that reach each direction."""
    reach = _reached(problem, best, patterns)
    atoms: dict[frozenset[int], Any] = {}
    for r, share in enumerate(shares):
        for sign in (1, -1):
            members = frozenset(k for k in range(len(best.signs)) if best.signs[k] == sign and reach[k, r])
            if members:
                atoms[members] = atoms[members] + share / 2 if members in atoms else share / 2
    if len(atoms) > MOST_ATOMS:
        raise TooLarge(f"{len(atoms)} kinds of states reach optimal directions, the law takes {MOST_ATOMS}", len(atoms))
    kinds = list(atoms)
    good = np.zeros(1 << len(kinds), dtype=bool)
    for mask in range(1 << len(kinds)):
        directions: set[int] = set().union(*(kinds[j] for j in range(len(kinds)) if mask >> j & 1))
        good[mask] = any(directions.issuperset(support) for support in best.supports)
    chances = [atoms[kind] for kind in kinds]
    rest = 1 - sum(chances, Fraction(0)) if rational else 1 - sum(chances)
    return curve_of_sets(moebius(good, len(kinds)), chances, rest, rational, population, name)


def holds_minimum(
    problem: Problem, best: DecayedInfiniteWidthMinimum, patterns: np.ndarray, signs: np.ndarray
) -> np.ndarray:
    """Return (B,) bool: whether the basins of patterns (B, m, n) and signs (B, m) hold a global minimum of all widths.

    They do where the units' states reach every direction of a vertex of the optimal set; the shares of such basins are
    those of the width law.
    """
    B, m, n = patterns.shape
    reach = _reached(problem, best, patterns.reshape(B * m, n)).reshape(-1, B, m)
    in_reach = (reach & (best.signs[:, None, None] == signs[None, :, :])).any(axis=2)
    return np.asarray(np.array([in_reach[list(support)].all(axis=0) for support in best.supports]).any(axis=0))


def _sines(problem: Problem, U: np.ndarray) -> np.ndarray:
    """Return the sine (p, n) of the angle between each direction and each sample's hyperplane."""
    X = problem.data.X
    lengths = np.linalg.norm(U, axis=1)[:, None] * np.linalg.norm(X, axis=1)[None, :]
    return np.asarray((U @ X.T) / np.where(lengths > 0, lengths, 1.0))


def _reached(problem: Problem, best: DecayedInfiniteWidthMinimum, patterns: np.ndarray) -> np.ndarray:
    """Return (p, R) bool: whether a direction lies in a closed cell."""
    live, U = problem.live, np.asarray(best.directions)
    sine = _sines(problem, U)
    unclear = (np.abs(sine) > DEFAULT.sine_on) & (np.abs(sine) < DEFAULT.sine_off) & live[None, :]
    if unclear.any():
        k, i = np.argwhere(unclear)[0]
        raise SolverError(
            f"sample {i} is neither on the hyperplane of optimal direction {k} nor off it in floats; standardise the "
            "inputs, or change the weight decay a little"
        )
    out = np.zeros((len(U), len(patterns)), dtype=bool)
    for k in range(len(U)):
        off = (np.abs(sine[k]) >= DEFAULT.sine_off) & live
        out[k] = (patterns[:, off] == (sine[k, off] > 0)).all(axis=1)
    return out
