"""Checking claims about every cell: that no unit of any direction is pulled by more than the weight decay."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from .decayed_fan import Fan, Slopes
from .decayed_terms import DecayTerms, squared_dual, terms_of
from .effort import Effort
from .numerals import told
from .schema import Part
from .splitting import Cones

Listed = dict[tuple[str, int], list[tuple[int, Fraction]]]


def check_lambda_max(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check the decay above which the best network of any width is a constant.

    With the slopes e at the best constant: one direction u has (sum_i e_i relu(<x_i, u>))^2 = squared |P u|^2, and no
    cell with either sign is pulled by more.
    """
    assert y is not None
    claim, witness, n = part.claim, part.witness, len(X)
    assert part.penalty is not None
    terms = terms_of(part, X)
    if claim["output_bias"] and part.penalty["biases"]:
        raise CertificateError("a constant that decays too has slopes that depend on the decay; this is not checked")
    e = _constant_slopes(part, y)
    u = witness["u"]
    effort.spend(n * len(u), "the direction")
    heights = [max(sum((a * b for a, b in zip(x, u, strict=True)), Fraction(0)), Fraction(0)) for x in X]
    pull, square = exact.dot(e, heights), claim["squared"] * n * n
    if pull * pull != square * terms.square(u) or (terms.square(u) == 0 and square != 0):
        raise CertificateError("the direction is not pulled by the claimed decay")
    count = _check_cells(X, e, square, terms, _listed(part), witness["order"], effort)
    return (
        f"above the weight decay whose square is {told(claim['squared'])} the best network of any width is a constant, "
        f"below it is not: one direction is pulled so and none of {count:,} cells more"
    )


def check_global_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check an interval that holds the lowest objective of any width: a network, and slopes that bound all cells."""
    assert y is not None
    claim, witness, n = part.claim, part.witness, max(len(X), 1)
    terms, signs = terms_of(part, X), witness["signs"]
    if _network_above(part, X, y, terms, effort) > claim["upper"] * n:
        raise CertificateError("the network has a larger objective than the upper end")
    nu = witness["slopes"]
    if squared_dual(nu, y, terms) < claim["lower"] * n:
        raise CertificateError("the slopes prove less than the lower end")
    count = _check_cells(X, nu, terms.lam**2, terms, _listed(part), witness["order"], effort)
    return (
        f"the lowest mean squared error plus weight decay of any width lies between {told(claim['lower'])} and "
        f"{told(claim['upper'])}, and a network of {len(signs)} units has no more than the latter: {count:,} cells"
    )


def check_width_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check an interval that holds the lowest objective of one width: a network, and slopes that bound every layer.

    Slopes bound the layers whose states all pull by at most the decay; every multiset of as many states as the width
    has lies among those of one vector.
    """
    assert y is not None
    claim, witness, n = part.claim, part.witness, max(len(X), 1)
    terms, width = terms_of(part, X), claim["width"]
    if _network_above(part, X, y, terms, effort) > claim["upper"] * n:
        raise CertificateError("the network has a larger objective than the upper end")
    bounds: dict[tuple[str, int], int] = {}
    products = []
    for number, nu in enumerate(witness["slopes"]):
        if squared_dual(nu, y, terms) < claim["lower"] * n:
            raise CertificateError(f"the slopes of vector {number} prove less than the lower end")
        products.append(X * np.asarray(nu, dtype=object)[:, None])
    effort.spend(len(witness["cells"]) * (n + 1) * (X.shape[1] + 1), "the pulls of the states")
    for cell in witness["cells"]:
        if cell["vector"] >= len(products):
            raise CertificateError(f"a cell is about vector {cell['vector']}, there are {len(products)}")
        pattern, on = "".join("01"[int(v)] for v in cell["pattern"]), np.array(cell["pattern"], dtype=bool)
        _refuse_pulled(X, products[cell["vector"]], terms.lam**2, terms, pattern, on, cell["sign"], cell["multipliers"])
        name = pattern, cell["sign"]
        bounds[name] = bounds.get(name, 0) | 1 << cell["vector"]
    count = 0
    masks: set[int] = {(1 << len(products)) - 1}
    for pattern in _cell_patterns(X, witness["order"], effort):
        count += 1
        if "1" in pattern:  # a unit that is off everywhere adds nothing
            masks |= {bounds.get((pattern, sign), 0) for sign in (1, -1)}
    _check_layers(masks, width, effort)
    return (
        f"the lowest mean squared error plus weight decay of {width} unit{'' if width == 1 else 's'} lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}: {len(products)} vectors of slopes bound every layer of "
        f"{count:,} cells"
    )


def check_cone_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check an interval that holds the lowest objective of one width or of every width, by cones that are cut.

    As `check_width_minimum`, with cones in place of cells: slopes that bear a cone bear all its parts.
    """
    assert y is not None
    claim, witness, n = part.claim, part.witness, max(len(X), 1)
    terms, width, signs = terms_of(part, X), claim["width"], witness["signs"]
    if _network_above(part, X, y, terms, effort) > claim["upper"] * n:
        raise CertificateError("the network has a larger objective than the upper end")
    if width is not None and len(signs) > width:
        raise CertificateError("the network has more units than the claimed width")
    fan = Fan(X, witness["order"], not terms.penalised.all(), effort)
    for cut in witness["cuts"]:
        fan.cut(**cut)
    vectors = []
    for number, nu in enumerate(witness["slopes"]):
        if squared_dual(nu, y, terms) < claim["lower"] * n:
            raise CertificateError(f"the slopes of vector {number} prove less than the lower end")
        vectors.append(Slopes(fan, nu))
    own: dict[tuple[int, int], int] = {}
    for bound in witness["bounds"]:
        cone, sign, number = bound["cone"], bound["sign"], bound["vector"]
        if number >= len(vectors) or cone >= len(fan.cones) or len(bound["z"]) != fan.rank:
            raise CertificateError("a bound is about a cone or a vector that is not there")
        if not vectors[number].bears(terms, cone, sign, bound["z"], dict(bound["shares"])):
            raise CertificateError(f"the cone {cone} with sign {sign} is pulled by more than the decay")
        own[cone, sign] = own.get((cone, sign), 0) | 1 << number
    masks = {mask for sign in (1, -1) for mask in fan.inherited({c: m for (c, s), m in own.items() if s == sign})}
    masks |= {(1 << len(vectors)) - 1}
    _check_layers(masks, len(masks) if width is None else width, effort)
    which = "of every width" if width is None else f"of {width} unit{'' if width == 1 else 's'}"
    return (
        f"the lowest mean squared error plus weight decay {which} lies between {told(claim['lower'])} and "
        f"{told(claim['upper'])}: {len(vectors)} vector{'' if len(vectors) == 1 else 's'} of slopes on "
        f"{len(fan.leaves()):,} cones"
    )


def _check_layers(masks: set[int], width: int, effort: Effort) -> None:
    """Check that any `width` of these sets of vectors, each as often as one likes, have a vector in common."""
    together = set(masks)
    for _ in range(width - 1):
        effort.spend(len(together) * len(masks), "the layers")
        together = {a & b for a in together for b in masks}
    if 0 in together:
        raise CertificateError("no vector of slopes bounds all states of some layer")


def _network_above(part: Part, X: np.ndarray, y: np.ndarray, terms: DecayTerms, effort: Effort) -> Fraction:
    """Return a rational number that the witness's network's objective, n times the mean, does not exceed."""
    witness = part.witness
    signs, c = witness["signs"], witness["c"]
    if c != 0 and not terms.constant:
        raise CertificateError("the network has an output bias, the claim has none")
    effort.spend(len(X) * (len(signs) + 1) * (X.shape[1] + 1), "the network")
    residual = [c - v for v in y]
    U = np.array([[s * v for v in z] for s, z in zip(signs, witness["Z"], strict=True)], dtype=object)
    U = U.reshape(len(signs), X.shape[1])
    for s, u in zip(signs, U, strict=True):
        for i, x in enumerate(X):
            residual[i] += s * max(sum((a * b for a, b in zip(x, u, strict=True)), Fraction(0)), Fraction(0))
    return sum((v * v for v in residual), Fraction(0)) + terms.penalty_above(U, c)


def _constant_slopes(part: Part, y: np.ndarray) -> np.ndarray:
    """Return the derivatives of the losses at the best constant, 0 where there is no output bias."""
    n, free = len(y), part.claim["output_bias"]
    if n == 0:
        raise CertificateError("there are no samples")
    if part.loss == "squared":
        c = sum(y, Fraction(0)) / n if free else Fraction(0)
        return 2 * (c - y)
    low = Fraction(-1) if part.loss == "logistic" else Fraction(0)
    if any(v not in (low, 1) for v in y):
        raise CertificateError(f"the targets are not {low} and 1, as the {part.loss} loss needs")
    labels = (y - low) / (1 - low)
    share = sum(labels, Fraction(0)) / n if free else Fraction(1, 2)
    return share - labels


def _listed(part: Part) -> Listed:
    """Return the multipliers by cell and sign."""
    table: Listed = {}
    for cell in part.witness["cells"]:
        name = ("".join("01"[int(v)] for v in cell["pattern"]), cell["sign"])
        if name in table:
            raise CertificateError(f"the cell {name[0]} is listed twice with one sign")
        table[name] = cell["multipliers"]
    return table


def _check_cells(
    X: np.ndarray, nu: np.ndarray, square: Fraction, terms: DecayTerms, states: Listed, order: list[int], effort: Effort
) -> int:
    """Check every cell with both signs; return the number of cells."""
    n, d = X.shape
    cells = _cell_patterns(X, order, effort)
    effort.spend(2 * len(cells) * (n * d + d), "the pulls of the cells")
    products = X * np.asarray(nu, dtype=object)[:, None]
    for pattern in cells:
        on = np.array([bit == "1" for bit in pattern], dtype=bool)
        for sign in (1, -1):
            _refuse_pulled(X, products, square, terms, pattern, on, sign, states.get((pattern, sign), []))
    return len(cells)


def _cell_patterns(X: np.ndarray, order: list[int], effort: Effort) -> list[str]:
    """Return the pattern of every cell, samples in their own order."""
    n = len(X)
    cones = Cones(X[order], effort)
    cones.begin(n)
    place, patterns = np.argsort(order), []
    for cell in cones.inside(0, n) if n else []:
        pattern = cones.pattern(cell)
        patterns.append("".join(pattern[i] for i in place))
    return patterns


def _refuse_pulled(
    X: np.ndarray, shifts: np.ndarray, square: Fraction, terms: DecayTerms, pattern: str, on: np.ndarray, sign: int,
    multipliers: list[tuple[int, Fraction]],
) -> None:  # fmt: skip
    """Refuse a state whose pull, eased by multipliers, has a larger square."""
    g = shifts[on].sum(axis=0) if on.any() else np.full(X.shape[1], Fraction(0), dtype=object)
    q = -sign * g
    for i, number in multipliers:
        if number < 0:
            raise CertificateError(f"a multiplier of the cell {pattern} is negative")
        q = q + (number if on[i] else -number) * X[i]
    free = any(v for v, in_penalty in zip(q, terms.penalised, strict=True) if not in_penalty)
    if free or terms.square(q) > square:
        raise CertificateError(f"the cell {pattern} with sign {sign} is pulled by more than the decay")
