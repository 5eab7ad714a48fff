"""Whether a certificate's claim is true, from the claim and the data alone: no witness is believed."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import flint
import numpy as np

from reluscape.problem.penalties import WeightDecay
from reluscape.problem.problem import Problem
from tests.oracles.basin import basin_value, dot, kernel
from tests.oracles.decayed import cells, conic_value, largest_pull, objective
from tests.oracles.infimum import logistic_infimum
from tests.oracles.population import loss as population_loss
from tests.oracles.several_outputs import wide_training
from tests.oracles.strict_cone import open_cone_exists, realizable_patterns

NEAR = 1e-6
SIZES = [Fraction(1, 10**k) for k in (2, 4, 6)]


def fractions(value):
    """Nested texts and integers as nested fractions, however long."""
    return [fractions(v) for v in value] if isinstance(value, list) else number(value)


def number(value):
    """A number, also of more digits than Python's own conversion takes."""
    if isinstance(value, str) and len(value) > 4000:
        return Fraction(*(int(flint.fmpz(part)) for part in value.split("/")))
    return Fraction(value)


def bits(text):
    """A pattern's text as booleans."""
    return [c == "1" for c in text]


def is_true(certificate):
    """Decide the claim."""
    X, claim = fractions(certificate["data"]["X"]), certificate["claim"]
    y = None if certificate["data"]["y"] is None else fractions(certificate["data"]["y"])
    if type(certificate.get("penalty")) is dict:
        claim = {**claim, **certificate["penalty"], "loss": certificate.get("loss") or "squared"}
    return JUDGES[certificate["kind"]](X, y, claim, certificate["witness"])


def region(X, y, claim, witness):
    """Elimination of variables decides whether the open region is there."""
    rows = [x if bit else [-v for v in x] for x, bit in zip(X, bits(claim["pattern"]), strict=True)]
    return open_cone_exists(rows) is claim["realizable"]


def basin(X, y, claim, witness):
    """The distance to the cone of the basin's predictions, from the rays of its cells."""
    value = basin_value(X, y, [bits(p) for p in claim["patterns"]], claim["signs"], claim["output_bias"])
    return value == number(claim["value"])


def frozen(X, y, claim, witness):
    """One output: moving a positive factor into the first layer leaves a basin with output signs."""
    rows = [(bits(p), Fraction(v[0])) for p, v in zip(claim["patterns"], claim["weights"], strict=True)]
    rows = [(p, 1 if v > 0 else -1) for p, v in rows if v]
    value = basin_value(X, [v[0] for v in y], [p for p, _ in rows], [s for _, s in rows], claim["output_bias"])
    return value == number(claim["value"])


def zero(X, y, claim, witness):
    """(W, t) with t > 0 in the open region whose predictions are t y: equations first, then strict inequalities."""
    v, d, n = fractions(claim["v"]), len(X[0]), len(X)
    patterns, equations, strict = [bits(p) for p in claim["pattern"]], [], []
    for i in range(n):
        parts = [[v[j] * x if p[i] else Fraction(0) for x in X[i]] for j, p in enumerate(patterns)]
        equations.append([*itertools.chain(*parts), -y[i]])
    for j, p in enumerate(patterns):
        for i in range(n):
            if any(X[i]):
                sign = 1 if p[i] else -1
                before, after = [Fraction(0)] * (j * d), [Fraction(0)] * ((len(v) - j - 1) * d + 1)
                strict.append([*before, *(sign * x for x in X[i]), *after])
    strict.append([*[Fraction(0)] * (len(v) * d), Fraction(1)])
    basis = kernel(equations, len(v) * d + 1)
    if not basis:
        return claim["zero_loss"] is False
    return open_cone_exists([[dot(row, b) for b in basis] for row in strict]) is claim["zero_loss"]


def loss(X, y, W, v, c, slope):
    """The mean squared error of a network."""
    total = Fraction(0)
    for x, target in zip(X, y, strict=True):
        heights = [dot(w, x) for w in W]
        total += (dot(v, [h if h > 0 else slope * h for h in heights]) + c - target) ** 2
    return total / len(X)


def point(X, y, claim, witness):
    """The loss claimed; then nothing near may be lower, or the direction given must lead below by the values alone."""
    W, v, slope = fractions(claim["W"]), fractions(claim["v"]), number(claim["slope"])
    c, trained = number(claim["c"] or 0), claim["trainable"]
    here = loss(X, y, W, v, c, slope)
    if here != number(claim["loss"]):
        return False
    if not claim["local_minimum"]:
        steps = [(fractions(witness["dW"]), fractions(witness["dv"]), number(witness["dc"]))]
        if (claim["c"] is None and steps[0][2]) or (trained == "W" and any(steps[0][1])):
            return False
    else:
        rng = random.Random(0)
        pick = lambda: Fraction(rng.randint(-4, 4) * rng.randint(0, 1))  # noqa: E731
        steps = [
            (
                [[pick() for _ in w] for w in W],
                [pick() if trained == "Wv" else Fraction(0) for _ in v],
                Fraction(0) if claim["c"] is None else pick(),
            )
            for _ in range(60)
        ]
    lower = any(
        loss(
            X,
            y,
            [[a + t * b for a, b in zip(w, dw, strict=True)] for w, dw in zip(W, dW, strict=True)],
            [a + t * b for a, b in zip(v, dv, strict=True)],
            c + t * dc,
            slope,
        )
        < here
        for dW, dv, dc in steps
        for t in SIZES
    )
    return lower is not claim["local_minimum"]


def lowest(X, y, claim, witness):
    """The least value of all basins, one state per unit."""
    rows = [x for x in X if any(x)]
    states = []
    for pattern in realizable_patterns(rows):
        own = iter(pattern)
        whole = [bool(any(x)) and next(own) for x in X]
        states += [(whole, 1), (whole, -1)]
    values = (
        basin_value(X, y, [p for p, _ in layer], [s for _, s in layer], claim["output_bias"])
        for layer in itertools.combinations_with_replacement(states, claim["width"])
    )
    return min(values) == number(claim["value"])


def decayed(X, y, claim):
    """The problem of a claim about weight decay."""
    decay = WeightDecay(claim["value"], claim["biases"])
    return Problem(X, y, loss=claim["loss"], weight_decay=decay, output_bias=claim["output_bias"])


def between(claim, value):
    """Whether a value in floats lies between the ends."""
    room, value = Fraction(NEAR), Fraction(value)
    return number(claim["lower"]) <= value + room and value - room <= number(claim["upper"])


def decayed_basin(X, y, claim, witness):
    """A general conic solver."""
    patterns = np.array([bits(p) for p in claim["patterns"]], dtype=bool).reshape(-1, len(X))
    return between(claim, conic_value(decayed(X, y, claim), patterns, claim["signs"]))


def logistic_basin(X, y, claim, witness):
    """A general conic solver, whose own accuracy for such cones is some digits lower."""
    patterns = np.array([bits(p) for p in claim["patterns"]], dtype=bool).reshape(-1, len(X))
    labels = np.where(np.array([float(number(t)) for t in y]) == 1, 1, -1)
    floats = np.array([[float(number(v)) for v in x] for x in X]).reshape(len(X), -1)
    value = logistic_infimum(floats, labels, patterns, claim["signs"], claim["output_bias"])
    low, high = (number(claim[end]) for end in ("lower", "upper"))
    return low - Fraction("1e-5") <= Fraction(value) <= high + Fraction("1e-5")


def every_state(problem):
    """All cells with both signs."""
    patterns = cells(problem.data.X)
    patterns = patterns[patterns.any(axis=1)]
    return np.repeat(patterns, 2, axis=0), [1, -1] * len(patterns)


def decayed_lowest(X, y, claim, witness):
    """A general conic solver with all cells and both signs."""
    problem = decayed(X, y, claim)
    return between(claim, conic_value(problem, *every_state(problem)))


def decayed_lowest_of_width(X, y, claim, witness):
    """A general conic solver for every multiset of as many states as the width has."""
    problem = decayed(X, y, claim)
    patterns, signs = every_state(problem)
    layers = itertools.combinations_with_replacement(range(len(patterns)), claim["width"])
    values = [conic_value(problem, patterns[list(k)], [signs[j] for j in k]) for k in layers]
    return between(claim, min(values, default=problem.zero_value))


def decayed_lowest_by_cones(X, y, claim, witness):
    """As for all cells, or for one width."""
    return (decayed_lowest if claim["width"] is None else decayed_lowest_of_width)(X, y, claim, witness)


def constant_until(X, y, claim, witness):
    """The largest pull of all cells at the best constant, in floats."""
    problem = decayed(X, y, claim)
    targets = np.asarray(problem.y)
    c = 0.0
    if claim["output_bias"] and claim["loss"] == "squared":
        c = targets.mean()
    elif claim["output_bias"]:
        share = (targets == 1).mean()
        c = np.log(share / (1 - share))
    e = problem.slopes(np.full((len(targets), 1), c))[:, 0]
    pulls = [largest_pull(problem, e, A, s) for A, s in zip(*every_state(problem), strict=True)]
    return abs(max(pulls, default=0.0) ** 2 - float(number(claim["squared"]))) <= NEAR


def decayed_local(X, y, claim, witness):
    """The objective at the given weights, and at random ones beside them."""
    problem = decayed(X, y, claim)
    W, v = (np.array(fractions(claim[name]), dtype=float) for name in ("W", "v"))
    c = float(number(claim["c"] or 0))
    here, draws = objective(problem, W, v, c), np.random.default_rng(0)
    for size in (1e-2, 1e-3, 1e-4):
        for _ in range(100):
            dc = draws.normal() if claim["output_bias"] else 0.0
            there = W + size * draws.normal(size=W.shape), v + size * draws.normal(size=v.shape)
            if objective(problem, *there, c + size * dc) < here - NEAR:
                return False
    return between(claim, here)


def population(X, y, claim, witness):
    """The loss by quadrature at the given weights, and at random ones beside them."""
    V, W = np.array(X, dtype=float), np.array(fractions(claim["W"]), dtype=float)
    here, draws = population_loss(W, V), np.random.default_rng(0)
    if claim["spurious"] and not (number(claim["lower"]) > 0 and len(W) >= len(V)):
        return False
    lower = (population_loss(W + 1e-2 * draws.normal(size=W.shape), V) < here for _ in range(50))
    return between(claim, here) and not any(lower)


def several(X, y, claim, witness):
    """Many units trained from random starts: none below the lower end, and the best not above the upper one."""
    if not claim["biases"]:
        return False
    best = wide_training(np.array(X, dtype=float), np.array(y, dtype=float), float(number(claim["value"])) * len(X))
    best /= len(X)
    return number(claim["lower"]) <= Fraction(best + NEAR) and Fraction(best * 0.99 - NEAR) <= number(claim["upper"])


def deep_loss(X, y, claim, layers):
    """The objective of a network of any depth under the squared loss."""
    total = Fraction(0)
    for x, target in zip(X, y, strict=True):
        h = list(x)
        for k, (M, has) in enumerate(zip(layers, claim["has_bias"], strict=True)):
            h = [dot(row, [*h, Fraction(1)] if has else h) for row in M]
            h = [max(v, Fraction(0)) for v in h] if k + 1 < len(layers) else h
        total += sum((a - b) ** 2 for a, b in zip(h, target, strict=True))
    squares = Fraction(0)
    for M, rows in zip(layers, claim["penalised"], strict=True):
        for row, marks in zip(M, rows, strict=True):
            squares += sum(w * w for w, mark in zip(row, marks, strict=True) if mark == "1")
    return total / len(X) + Fraction(claim["decay"]) / 2 * squares


def deep_minimum(X, y, claim, witness):
    """No random neighbour is lower than the distance of the exact minimum explains."""
    if claim["loss"] != "squared" or Fraction(claim["decay"]) < 0:
        return False
    layers = fractions(claim["layers"])
    here, rng = deep_loss(X, y, claim, layers), random.Random(0)
    for size in (Fraction(1, 100), Fraction(1, 1000)):
        for _ in range(30):
            moved = [[[w + size * rng.randint(-4, 4) * rng.randint(0, 1) for w in row] for row in M] for M in layers]
            if deep_loss(X, y, claim, moved) < here - Fraction(1, 10**9):
                return False
    return True


def deep_lower(X, y, claim, witness):
    """The second network is lower."""
    if claim["loss"] != "squared":
        return False
    first, second = (deep_loss(X, y, claim, fractions(part)) for part in (claim["layers"], witness["lower"]))
    return second < first


def bundle(X, y, claim, witness):
    """Every member, the number of different local minima, and the global minimum."""
    members = witness["members"]
    points = [m["claim"] for m in members if m["kind"] == "local-minimum"]
    different = {repr([fractions(p["W"]), fractions(p["v"]), p["c"]]) for p in points}
    return (
        all(JUDGES[m["kind"]](X, y, m["claim"], m["witness"]) for m in members)
        and claim["local_minima"] == len(different)
        and claim["global_minimum"] is any(m["kind"] == "global-minimum" for m in members)
    )


JUDGES = {
    "region-witness": region,
    "region-empty": region,
    "basin-value": basin,
    "frozen-basin-value": frozen,
    "local-minimum": point,
    "not-minimum": point,
    "global-minimum": lowest,
    "zero-loss": zero,
    "deep-local-minimum": deep_minimum,
    "deep-not-minimum": deep_lower,
    "bundle": bundle,
    "decayed-basin-value": decayed_basin,
    "logistic-basin-value": logistic_basin,
    "decayed-global-minimum": decayed_lowest,
    "decayed-width-minimum": decayed_lowest_of_width,
    "decayed-cone-minimum": decayed_lowest_by_cones,
    "lambda-max": constant_until,
    "decayed-local-minimum": decayed_local,
    "population-minimum": population,
    "several-outputs-minimum": several,
}
