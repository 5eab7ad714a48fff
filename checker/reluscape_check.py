#!/usr/bin/env python3
"""Check a certificate of reluscape with nothing but Python's standard library, in exact fractions.

    python3 reluscape_check.py CERTIFICATE.json [DATA.json]

DATA.json holds {"X": [[...], ...], "y": [...]}, exact numbers as text; it is needed where the certificate holds only
the SHA-256 of its data. One line is printed. Exit status 0: valid, and the line says what is proved. 1: invalid, and
the line is the first one that fails. 2: malformed, too large to check, or of an unknown kind.

The format, and for each kind the theorem that makes the witness a proof, are in docs/certificates.md; this file was
written from there and shares no code with the package.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from fractions import Fraction

SCHEMA = 1
MOST_BYTES, MOST_NUMBERS, MOST_BITS, MOST_COMMON_BITS = 2**26, 4_000_000, 2**28, 1_000_000
LONG_TEXT, MOST_TEXT, MOST_DIGITS_OF_EXPONENT = 3_000, 100_000, 4
MOST_CELLS, MOST_LAYERS, MOST_RAYS, MOST_NEGATIVE, MOST_WIDTH = 300_000, 5_000_000, 1_000_000, 40, 500
ROOT_BITS = 320
ZERO = Fraction(0)
UPPER_END = "the upper end of the global minimum; its lower end is numerical"


class Malformed(Exception):
    """The file is no certificate that this checker can judge."""


class Invalid(Exception):
    """The certificate does not prove its claim."""


def well_formed(ok, line):
    """Refuse what is not of the written format."""
    if not ok:
        raise Malformed(line)


def require(ok, line):
    """Refuse a proof of which a line fails."""
    if not ok:
        raise Invalid(line)


def show(value):
    """Return the beginning of a value, as text that any screen can print."""
    if type(value) is int and value.bit_length() > 240:
        return f"an integer of {value.bit_length()} bits"
    return ascii(value)[:60] if type(value) in (str, int, bool, type(None)) else f"a {type(value).__name__}"


def told(value):
    """Return an exact number for a sentence, by its length where it is long."""
    bits = max(value.numerator.bit_length(), value.denominator.bit_length())
    return str(value) if bits <= 300 else f"a fraction of {bits} bits"


# ---- numbers -------------------------------------------------------------------------------------------------------


def digits(text):
    """Whether a text is one or more of the ten ASCII digits."""
    return bool(text) and not set(text) - set("0123456789")


def fraction(text):
    """Return the exact number of a text: an optional sign, then p, p/q, or a decimal with an optional exponent."""
    line = f"{show(text)} is no exact number"
    well_formed(len(text) <= MOST_TEXT, f"a number has more than {MOST_TEXT} characters")
    sign, rest = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    minus = -1 if sign == "-" else 1
    top, slash, bottom = rest.partition("/")
    if slash:
        well_formed(digits(top) and digits(bottom) and int(bottom) != 0, line)
        return minus * Fraction(int(top), int(bottom))
    if digits(rest):
        return Fraction(minus * int(rest))
    well_formed(len(text) <= LONG_TEXT, line)
    mantissa, mark, exponent = rest.replace("E", "e").partition("e")
    if mark:
        power = exponent[1:] if exponent[:1] in ("+", "-") else exponent
        well_formed(digits(power) and len(power) <= MOST_DIGITS_OF_EXPONENT, line)
    whole, point, decimals = mantissa.partition(".")
    well_formed(digits(whole) and (digits(decimals) if point else True), line)
    shift = (int(exponent) if mark else 0) - len(decimals)
    return minus * Fraction(int(whole + decimals)) * Fraction(10) ** shift


def dot(a, b):
    """Return the inner product."""
    return sum((p * q for p, q in zip(a, b, strict=True) if p and q), ZERO)


def relu(value):
    """Return the positive part."""
    return value if value > 0 else ZERO


def root_above(square):
    """Return a rational number that is at least the root of a square, the root itself where that is rational."""
    p, q = square.numerator, square.denominator
    if math.isqrt(p) ** 2 == p and math.isqrt(q) ** 2 == q:
        return Fraction(math.isqrt(p), math.isqrt(q))
    shift = ROOT_BITS + q.bit_length()
    return Fraction(math.isqrt((p << 2 * shift) // q) + 1, 1 << shift)


def echelon(matrix):
    """Return the reduced echelon form of a matrix (a list of rows) and its pivot columns."""
    rows, pivots = [list(row) for row in matrix], []
    for column in range(len(rows[0]) if rows else 0):
        top = len(pivots)
        pivot = next((k for k in range(top, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[top], rows[pivot] = rows[pivot], rows[top]
        factor = rows[top][column]
        rows[top] = [v / factor if v else v for v in rows[top]]
        for k in range(len(rows)):
            if k != top and rows[k][column]:
                factor = rows[k][column]
                rows[k] = [v - factor * p if p else v for v, p in zip(rows[k], rows[top], strict=True)]
        pivots.append(column)
        if len(pivots) == len(rows):
            break
    return rows, pivots


def whole_numbers(vectors):
    """Return vectors times one positive number, as integers."""
    common = math.lcm(1, *(v.denominator for vector in vectors for v in vector))
    return [[int(v * common) for v in vector] for vector in vectors]


# ---- the forms of fields: each is a function (value, reader) that returns the value read, or raises Malformed --------


class Reader:
    """The sizes that are known ("n", "d", "m", "k"), and how much has been read."""

    def __init__(self, sizes):
        self.sizes, self.numbers, self.bits = dict(sizes), 0, 0

    def size(self, name, found):
        """Check a size; the first field of an unknown size sets it."""
        expected = self.sizes.setdefault(name, found)
        well_formed(found == expected, f"the shape does not fit: {show(found)} where {show(expected)} belong")

    def common(self, numbers):
        """Refuse numbers without a short common denominator."""
        common = 1
        for denominator in {v.denominator for v in numbers}:
            common = math.lcm(common, denominator)
            well_formed(common.bit_length() <= MOST_COMMON_BITS, "the common denominator is too long")


def number(value, at):
    """An exact number: text, or a whole number of JSON."""
    well_formed(type(value) in (int, str), f"{show(value)} stands where an exact number belongs")
    found = fraction(value) if type(value) is str else Fraction(value)
    at.numbers += 1
    at.bits += found.numerator.bit_length() + found.denominator.bit_length()
    well_formed(at.numbers <= MOST_NUMBERS and at.bits <= MOST_BITS, "too many numbers, or too long ones")
    return found


def a_list(value):
    """Check that a value is a list."""
    well_formed(type(value) is list, f"{show(value)} stands where a list belongs")
    return value


def array(*shape):
    """Nested lists of exact numbers of the named sizes; "*" is any size."""

    def read(value, at):
        numbers = []

        def part(value, names):
            if not names:
                numbers.append(number(value, at))
                return numbers[-1]
            if names[0] != "*":
                at.size(names[0], len(a_list(value)))
            return [part(item, names[1:]) for item in a_list(value)]

        found = part(value, shape)
        at.common(numbers)
        return found

    return read


def listed(name, form):
    """A list of one thing for each of a number of the given name."""

    def read(value, at):
        at.size(name, len(a_list(value)))
        return [form(item, at) for item in value]

    return read


def pattern(value, at):
    """One character 0 or 1 for each sample."""
    ok = type(value) is str and len(value) == at.sizes["n"] and not set(value) - {"0", "1"}
    well_formed(ok, f"{show(value)} is no text of one 0 or 1 for each sample")
    return [bit == "1" for bit in value]


def sign(value, at):
    """The integer 1 or -1."""
    well_formed(type(value) is int and value in (1, -1), f"{show(value)} stands where 1 or -1 belongs")
    return value


def flag(*only):
    """True or false."""

    def read(value, at):
        ok = type(value) is bool and (not only or value in only)
        well_formed(ok, f"{show(value)} stands where {only[0] if only else 'true or false'} belongs".lower())
        return value

    return read


def whole(least, name=None):
    """A whole number."""

    def read(value, at):
        well_formed(type(value) is int and value >= least, f"{show(value)} is no whole number, at least {least}")
        if name:
            at.size(name, value)
        return value

    return read


def word(*words):
    """A text out of a few, any text where none are named."""

    def read(value, at):
        ok = type(value) is str and (not words or value in words)
        well_formed(ok, f"{show(value)} stands where {' or '.join(map(repr, words)) or 'a text'} belongs")
        return value

    return read


def words(value, at):
    """A list of texts."""
    well_formed(all(type(item) is str for item in a_list(value)), "not all of a list are texts")
    return value


def masks(value, at):
    """A list of texts of zeros and ones."""
    well_formed(all(not set(text) - {"0", "1"} for text in words(value, at)), "a text is not of zeros and ones")
    return value


def named_numbers(value, at):
    """An object of exact numbers, as text."""
    ok = type(value) is dict and all(type(item) is str for item in value.values())
    well_formed(ok, "this is no object of exact numbers as text")
    return {key: fraction(item) for key, item in value.items()}


def maybe(form):
    """A form, or null."""
    return lambda value, at: None if value is None else form(value, at)


def entries(value, at):
    """Pairs of a sample, each at most once, and an exact number."""
    found = {}
    for pair in a_list(value):
        well_formed(len(a_list(pair)) == 2, "this is no pair of a sample and a number")
        well_formed(type(pair[0]) is int and 0 <= pair[0] < at.sizes["n"], f"there is no sample {show(pair[0])}")
        well_formed(pair[0] not in found, f"sample {show(pair[0])} is listed twice")
        found[pair[0]] = number(pair[1], at)
    at.common(found.values())
    return found


def order(value, at):
    """Every sample once."""
    ok = all(type(i) is int for i in a_list(value)) and len(value) == at.sizes["n"]
    well_formed(ok and set(value) == set(range(len(value))), "not each sample is named once")
    return value


def record(fields):
    """An object with exactly these fields; a name that ends with ? may be absent."""
    known = {name.rstrip("?") for name in fields}

    def read(value, at):
        well_formed(type(value) is dict, f"{show(value)} stands where an object belongs")
        for key in value:
            well_formed(key in known, f"the field {show(key)} is not known")
        found = {}
        for name, form in fields.items():
            key = name.rstrip("?")
            well_formed(key in value or name.endswith("?"), f"there is no field {key}")
            if key in value:
                try:
                    found[key] = form(value[key], at)
                except Malformed as problem:
                    raise Malformed(f"{key}: {problem}") from None
        return found

    return read


def variants(key, table):
    """An object whose other fields depend on one of them."""

    def read(value, at):
        chosen = value.get(key) if type(value) is dict else None
        well_formed(type(chosen) is str and chosen in table, f"there is no {key} out of {', '.join(table)}")
        return record({key: word(chosen), **table[chosen]})(value, at)

    return read


# ---- regions, basins -----------------------------------------------------------------------------------------------


def side(active):
    """Return 1 for an active sample, else -1."""
    return 1 if active else -1


def units(m):
    """Return a number of units in words."""
    return f"{m} unit{'' if m == 1 else 's'}"


def region_witness(part, X, y):
    """s_i <w, x_i> > 0 for every sample."""
    for i, x in enumerate(X):
        inside = side(part.claim["pattern"][i]) * dot(part.witness["w"], x) > 0
        require(inside, f"w is not strictly on the claimed side of sample {i}")
    return f"a unit can have the claimed pattern on the {len(X)} samples"


def region_empty(part, X, y):
    """Gordan: lambda >= 0, not zero, sum_i lambda_i s_i x_i = 0."""
    weights = part.witness["lambda"]
    require(all(v >= 0 for v in weights), "a multiplier is negative")
    require(any(weights), "all multipliers are zero")
    signed = [v * side(bit) for v, bit in zip(weights, part.claim["pattern"], strict=True)]
    require(not any(combination(signed, X, part.d)), "the combination of the signed samples is not zero")
    return f"no unit has the claimed pattern on the {len(X)} samples"


def combination(weights, X, d):
    """Return sum_i weights_i x_i."""
    total = [ZERO] * d
    for v, x in zip(weights, X, strict=True):
        if v:
            total = [t + v * a if a else t for t, a in zip(total, x, strict=True)]
    return total


def closed_basin(patterns, rows, X):
    """Check that unit j is on the closed side of every sample; return its heights (m, n)."""
    heights = [[dot(w, x) for x in X] for w in rows]
    for j, (bits, row) in enumerate(zip(patterns, heights, strict=True)):
        for i, (bit, h) in enumerate(zip(bits, row, strict=True)):
            require(side(bit) * h >= 0, f"unit {j} lies outside the basin at sample {i}")
    return heights


def pull_back(gradient, multipliers, bits, row, X, j):
    """Check that sum_i lambda_i a_i x_i is the gradient, with lambda >= 0 on samples of height 0."""
    for i, weight in multipliers.items():
        require(weight >= 0, f"the multiplier of unit {j} and sample {i} is negative")
        require(weight * row[i] == 0, f"unit {j} has a multiplier on sample {i} off its hyperplane")
        gradient = [g - weight * side(bits[i]) * a for g, a in zip(gradient, X[i], strict=True)]
    require(not any(gradient), f"unit {j} is not stationary in its cell")


def basin_value(part, X, y):
    """Kuhn-Tucker conditions of a convex program: one output, U_j = s_j Z_j in the cell of unit j."""
    claim, witness, n = part.claim, part.witness, len(X)
    signs, bias, c = claim["signs"], claim["output_bias"], witness["c"]
    require(bias or c == 0, "the witness has an output bias, the claim has none")
    U = [[s * v for v in z] for s, z in zip(signs, witness["Z"], strict=True)]
    value_of_cell(part, X, [[v] for v in y], claim["patterns"], U, [[Fraction(s)] for s in signs], [c], bias)
    return (
        f"the closed basin of {units(len(signs))} with the claimed patterns and signs, "
        f"{'an' if bias else 'no'} output bias, on {n} samples has the mean squared error {told(claim['value'])}"
    )


def frozen_basin_value(part, X, y):
    """The same with fixed output weights and any number of outputs."""
    claim, witness = part.claim, part.witness
    V, bias, c = claim["weights"], claim["output_bias"], witness["c"]
    require(bias or not any(c), "the witness has output biases, the claim has none")
    value_of_cell(part, X, y, claim["patterns"], witness["W"], V, c, bias)
    return (
        f"the closed basin of {units(len(V))} with the claimed patterns and fixed output weights, {len(c)} outputs, "
        f"{'with' if bias else 'no'} output biases, on {len(X)} samples has the loss {told(claim['value'])}"
    )


def value_of_cell(part, X, y, patterns, W, V, c, bias):
    """Check a point of a product of closed cells, its loss, and that nothing there is lower."""
    heights = closed_basin(patterns, W, X)
    residual = []
    for i, targets in enumerate(y):
        active = [row[i] if bits[i] else ZERO for bits, row in zip(patterns, heights, strict=True)]
        residual.append(
            [dot(active, column) + b - t for column, b, t in zip(columns(V, len(c)), c, targets, strict=True)]
        )
    loss = sum((r * r for row in residual for r in row), ZERO)
    require(loss == part.claim["value"] * max(len(X), 1), "the point does not have the claimed value")
    for column in columns(residual, len(c)) if bias else []:
        require(sum(column, ZERO) == 0, "the residuals do not sum to zero, another output bias is better")
    for j, (bits, row) in enumerate(zip(patterns, heights, strict=True)):
        pulls = [dot(V[j], r) if bit else ZERO for bit, r in zip(bits, residual, strict=True)]
        pull_back(combination(pulls, X, part.d), part.witness["multipliers"][j], bits, row, X, j)


def columns(matrix, k):
    """Return the columns of a matrix with k of them."""
    return [[row[o] for row in matrix] for o in range(k)]


def zero_loss(part, X, y):
    """Weights of the open region that reach the targets, or a functional that separates the targets from it."""
    claim, witness, n = part.claim, part.witness, len(X)
    patterns, v, nonzero = claim["pattern"], claim["v"], [any(x) for x in X]
    wanted = {"W"} if claim["zero_loss"] else {"u", "mu"}
    require(set(witness) == wanted, "the witness is W where zero loss is claimed, u and mu where it is denied")
    if claim["zero_loss"]:
        for i, x in enumerate(X):
            heights = [dot(w, x) for w in witness["W"]]
            inside = all(side(bits[i]) * h > 0 for bits, h in zip(patterns, heights, strict=True))
            require(inside or not nonzero[i], f"the weights are not inside the region at sample {i}")
            require(dot(v, map(relu, heights)) == y[i], f"the prediction for sample {i} is not its target")
        return f"the open region of {units(len(v))} holds weights that reach all {n} targets"
    u, mu = witness["u"], witness["mu"]
    for j, bits in enumerate(patterns):
        require(all(t >= 0 for t in mu[j]), f"a multiplier of unit {j} is negative")
        own = (v[j] > 0) - (v[j] < 0)
        parts = [(own * a if bit else ZERO) - t * side(bit) for a, t, bit in zip(u, mu[j], bits, strict=True)]
        require(not any(combination(parts, X, part.d)), f"the multipliers of unit {j} do not match the functional")
    product = dot(u, y)
    strict = any(t and live for row in mu for t, live in zip(row, nonzero, strict=True))
    require(product < 0 or (product == 0 and strict), "the functional does not separate the targets from the region")
    return f"no weights of the open region of {units(len(v))} reach all {n} targets"


# ---- one network ---------------------------------------------------------------------------------------------------


class Network:
    """The claimed point: heights h_ij = <w_j, x_i>, outputs of the units, errors e_i = 2 (f_i - y_i)."""

    def __init__(self, part, X, y):
        claim = part.claim
        self.X, self.y, self.d, self.v, self.slope = X, y, part.d, claim["v"], claim["slope"]
        self.c, self.frozen = claim["c"], claim["trainable"] == "W"
        self.heights = [[dot(w, x) for w in claim["W"]] for x in X]
        self.outputs = [[self.bent(h) for h in row] for row in self.heights]
        self.residual = [dot(row, self.v) + (self.c or 0) - t for row, t in zip(self.outputs, y, strict=True)]
        self.errors = [2 * r for r in self.residual]
        loss = sum((r * r for r in self.residual), ZERO) / max(len(X), 1)
        require(loss == claim["loss"], f"the loss of the network is {told(loss)}, not the claimed one")

    def bent(self, h):
        """Return the activation function of a number."""
        return h if h > 0 else self.slope * h

    def derivative(self, j):
        """Return g and the kinks (row, weight) of S(w_j + u) - S(w_j) = <g, u> + sum weight relu(<row, u>), small u.

        S(w) = sum_i e_i sigma(<w, x_i>). A kink's row begins with 1; relu(-t) = relu(t) - t turns the others around.
        """
        g, kinks = [ZERO] * self.d, {}
        for x, e, row in zip(self.X, self.errors, self.heights, strict=True):
            h = row[j]
            bend = (1 - self.slope) * e
            factor = e if h > 0 else self.slope * e
            lead = next((a for a in x if a), None)
            if h == 0 and lead is not None and bend:
                if lead < 0:
                    factor += bend
                line = tuple(a / lead for a in x)
                kinks[line] = kinks.get(line, ZERO) + bend * abs(lead)
            if factor:
                g = [a + factor * b for a, b in zip(g, x, strict=True)]
        return g, [(row, weight) for row, weight in kinks.items() if weight]

    def __str__(self):
        """Return the network in words."""
        kind = "" if self.slope == 0 else f" of slope {told(self.slope)} below zero (not ReLU)"
        held = ", output weights held fixed" if self.frozen else ""
        bias = "no" if self.c is None else "an"
        loss = sum((r * r for r in self.residual), ZERO) / max(len(self.X), 1)
        return f"the network of {units(len(self.v))}{kind}, {bias} output bias{held}, mean squared error {told(loss)}"


def local_minimum(part, X, y):
    """Every unit's one-sided derivative is nowhere negative; where v_j = 0 it vanishes."""
    net = Network(part, X, y)
    require(net.c is None or sum(net.errors) == 0, "the errors do not sum to zero, so c can be improved")
    for j, proof in enumerate(part.witness["units"]):
        method = proof["method"]
        if net.v[j] == 0 and net.frozen:
            require(method == "frozen", f"unit {j} has a fixed output weight 0: its method is frozen")
            continue
        g, kinks = net.derivative(j)
        if net.v[j] == 0:
            require(method == "vanishes", f"unit {j} has output weight 0: its method is vanishes")
            require(not any(g) and not kinks, f"the derivative of unit {j} does not vanish")
            continue
        if net.v[j] < 0:
            g, kinks = [-a for a in g], [(row, -weight) for row, weight in kinks]
        positive = [[w * a for a in row] for row, w in kinks if w > 0]
        negative = [[w * a for a in row] for row, w in kinks if w < 0]
        if method == "multipliers":
            check_corners(j, g, positive, negative, proof["corners"])
        elif method == "inclusion":
            check_inclusion(j, g, positive, negative, proof)
        elif method == "rays":
            check_rays(j, g, kinks)
        else:
            raise Invalid(f"unit {j} has no proof: {method}")
    return f"{net} is a local minimum"


def cancels(g, rows, numbers, j):
    """Check g + sum numbers_k rows_k = 0."""
    total = [a + b for a, b in zip(g, combination(numbers, rows, len(g)), strict=True)]
    require(not any(total), f"the multipliers of unit {j} do not cancel its derivative")


def check_corners(j, g, positive, negative, corners):
    """For every corner of the negative kinks, 0 <= t <= 1 on the positive ones with which all adds up to zero."""
    fits = len(negative) <= MOST_NEGATIVE and len(corners) == 2 ** len(negative)
    require(fits, f"unit {j} needs one set of multipliers for each corner")
    for corner, numbers in enumerate(corners):
        bits = [Fraction(corner >> k & 1) for k in reversed(range(len(negative)))]
        require(len(numbers) == len(positive), f"unit {j} has another number of positive kinks")
        require(all(0 <= t <= 1 for t in numbers), f"a multiplier of unit {j} lies outside [0, 1]")
        cancels(g, positive + negative, numbers + bits, j)


def check_inclusion(j, g, positive, negative, proof):
    """One affine map from corners to multipliers, shift + change b."""
    shift, change = proof["shift"], proof["change"]
    fits = len(shift) == len(change) == len(positive) and all(len(row) == len(negative) for row in change)
    require(fits, f"the map of unit {j} has another shape than its kinks")
    cancels(g, positive, shift, j)
    for k, row in enumerate(negative):
        cancels(row, positive, [numbers[k] for numbers in change], j)
    for t, row in zip(shift, change, strict=True):
        least, most = t + sum(v for v in row if v < 0), t + sum(v for v in row if v > 0)
        require(least >= 0 and most <= 1, f"a multiplier of unit {j} can leave [0, 1]")


def check_rays(j, g, kinks):
    """The derivative vanishes where all kinks do, and is not negative on any ray of the fan of the kinks."""
    rows = [row for row, _ in kinks]
    reduced, pivots = echelon([[*(row[a] for row in rows), g[a]] for a in range(len(g))])
    spanned = bool(rows) and len(rows) not in pivots
    require(spanned, f"the derivative of unit {j} is negative in a direction along all its kinks")
    r = len(pivots)
    well_formed(2 * math.comb(len(rows), r - 1) <= MOST_RAYS, f"unit {j} has more than {MOST_RAYS} rays")
    *lines, slope = whole_numbers([[reduced[k][i] for k in range(r)] for i in range(len(rows) + 1)])
    weights = whole_numbers([[weight for _, weight in kinks]])[0]
    common = math.lcm(1, *(weight.denominator for _, weight in kinks))
    for u in fan_rays(lines, r):
        heights = [sum(a * b for a, b in zip(line, u, strict=True)) for line in lines]
        along = common * sum(a * b for a, b in zip(slope, u, strict=True))
        up = along + sum(w * h for w, h in zip(weights, heights, strict=True) if h > 0)
        down = -along - sum(w * h for w, h in zip(weights, heights, strict=True) if h < 0)
        require(up >= 0 and down >= 0, f"the derivative of unit {j} is negative on a ray")


def fan_rays(lines, r):
    """Yield one direction of each line in R^r that r - 1 independent of the hyperplanes share."""

    def extend(start, basis):
        # basis: echelon rows of the hyperplanes chosen so far, as (pivot column, integer row)
        if len(basis) == r - 1:
            yield orthogonal(basis, r)
            return
        for i in range(start, len(lines)):
            row = list(lines[i])
            for column, other in basis:
                if row[column]:
                    p, q = other[column], row[column]
                    row = [p * a - q * b for a, b in zip(row, other, strict=True)]
            pivot = next((column for column in range(r) if row[column]), None)
            if pivot is not None:
                divisor = math.gcd(*row)
                yield from extend(i + 1, [*basis, (pivot, [a // divisor for a in row])])

    yield from extend(0, [])


def orthogonal(basis, r):
    """Return an integer vector, not zero, orthogonal to r - 1 rows in echelon form."""
    free = next(column for column in range(r) if column not in {pivot for pivot, _ in basis})
    u = {free: Fraction(1)}
    for pivot, row in reversed(basis):
        u[pivot] = -sum((row[column] * value for column, value in u.items()), ZERO) / row[pivot]
    return whole_numbers([[u[column] for column in range(r)]])[0]


def not_minimum(part, X, y):
    """Along the direction n (loss - claimed loss) is a polynomial for small t > 0; its first coefficient decides."""
    net, witness = Network(part, X, y), part.witness
    dW, dv, dc = witness["dW"], witness["dv"], witness["dc"]
    trained = not (net.frozen and any(dv)) and (net.c is not None or dc == 0)
    require(trained, "the direction moves a weight that is not trained")
    polynomial = [ZERO] * 4
    for i, x in enumerate(X):
        a, b = dc, ZERO
        for j, v in enumerate(net.v):
            h, move = net.heights[i][j], dot(dW[j], x)
            moved = move if h > 0 else net.slope * move if h < 0 else net.bent(move)
            a += dv[j] * net.outputs[i][j] + v * moved
            b += dv[j] * moved
        r = net.residual[i]
        terms = (2 * r * a, a * a + 2 * r * b, 2 * a * b, b * b)
        polynomial = [p + t for p, t in zip(polynomial, terms, strict=True)]
    power, leading = next(((k + 1, p) for k, p in enumerate(polynomial) if p), (0, ZERO))
    require(leading < 0, "the loss does not fall along the direction")
    verdict = part.claim.get("verdict")
    require(verdict != "not stationary" or power == 1, "'not stationary' needs a negative first derivative")
    require(verdict != "saddle" or flat(net), "'saddle' needs a gradient of zero, which this point does not have")
    return f"{net} is no local minimum{f' but {verdict}' if verdict else ''}: the loss falls at order {power}"


def flat(net):
    """Whether all derivatives in the trained weights exist and vanish."""
    if net.c is not None and sum(net.errors) != 0:
        return False
    if not net.frozen and any(dot(net.errors, column) for column in columns(net.outputs, len(net.v))):
        return False
    forms = (net.derivative(j) for j, v in enumerate(net.v) if v)
    return not any(any(g) or kinks for g, kinks in forms)


# ---- cells, cut by one sample after the other ----------------------------------------------------------------------


class Cell:
    """A closed cell of the first k samples: rays (integer vector, bits of the samples that vanish on it), pattern."""

    def __init__(self, number, rays, pattern):
        self.number, self.rays, self.pattern, self.parts = number, rays, pattern, None


class Cells:
    """Weight space, cut by the samples in an order whose first r, as many as the rank, are independent.

    Weights w are told by the heights t = (<x, w>) of these r samples, which may be any numbers. In these coordinates
    the cells of the first r samples are orthants, and the other samples are combinations of them.
    """

    def __init__(self, X, d, sequence):
        reduced, pivots = echelon([[X[i][a] for i in sequence] for a in range(d)])
        self.rank = len(pivots)
        require(pivots == list(range(self.rank)), f"the first {self.rank} samples of the order are dependent")
        self.rows = whole_numbers([[reduced[k][i] for k in range(self.rank)] for i in range(len(X))])
        self.all = [Cell(0, [], "")]

    def expect(self, k):
        """Refuse to begin where the independent ones among the first k samples alone make too many cells."""
        well_formed(2 ** min(k, self.rank, 64) <= MOST_CELLS, f"the samples make more than {MOST_CELLS} cells")

    def inside(self, cell, k):
        """Return the cells of the first k samples inside a cell."""
        level = [cell]
        while len(level[0].pattern) < k:
            level = [part for cell in level for part in self.cut(cell)]
        return level

    def cut(self, cell):
        """Return the parts of full dimension into which the next sample cuts a cell."""
        if cell.parts is None:
            k = len(cell.pattern)
            cell.parts = [self.new(rays, cell.pattern + bit) for rays, bit in self.sides(cell, k, self.rows[k])]
        return cell.parts

    def new(self, rays, pattern):
        """Return a new cell."""
        well_formed(len(self.all) < MOST_CELLS, f"the samples make more than {MOST_CELLS} cells")
        self.all.append(Cell(len(self.all), rays, pattern))
        return self.all[-1]

    def sides(self, cell, k, row):
        """Return the rays of the parts, each with the activation of the next sample."""
        bit = 1 << k
        if k < self.rank:
            old = [(ray, zeros | bit) for ray, zeros in cell.rays]
            ray = [int(a == k) for a in range(self.rank)]
            return [([*old, (ray, bit - 1)], "1"), ([*old, ([-a for a in ray], bit - 1)], "0")]
        above, below, on = [], [], []
        for ray, zeros in cell.rays:
            h = sum(a * b for a, b in zip(row, ray, strict=True))
            if h == 0:
                on.append((ray, zeros | bit))
            else:
                (above if h > 0 else below).append((ray, zeros, abs(h)))
        if above and below:
            # two rays span an edge where no third ray lies on all the hyperplanes that they share
            masks = [zeros for _, zeros in cell.rays]
            for u, zeros_u, h in above:
                for v, zeros_v, g in below:
                    shared = zeros_u & zeros_v
                    edge = shared.bit_count() >= self.rank - 2 and sum(m & shared == shared for m in masks) == 2
                    if edge:
                        ray = [h * b + g * a for a, b in zip(u, v, strict=True)]
                        divisor = math.gcd(*ray)
                        on.append(([a // divisor for a in ray], shared | bit))
        parts = [(rays, bit) for rays, bit in ((above, "1"), (below, "0")) if rays] or [([], "0")]
        return [([*((ray, zeros) for ray, zeros, _ in rays), *on], bit) for rays, bit in parts]


def global_minimum(part, X, y):
    """A network of the claimed loss, and vectors that bound the loss of all layers of states from below."""
    claim, witness, n = part.claim, part.witness, len(X)
    width, bias, value, c = claim["width"], claim["output_bias"], claim["value"], witness["c"]
    require(bias or c == 0, "the network has an output bias, the claim has none")
    predictions = [dot(witness["v"], [relu(dot(w, x)) for w in witness["W"]]) + c for x in X]
    loss = sum(((f - t) ** 2 for f, t in zip(predictions, y, strict=True)), ZERO)
    require(loss == value * max(n, 1), "the network does not have the claimed loss")
    proved = (
        f"the lowest mean squared error of {units(width)} with {'an' if bias else 'no'} output bias on {n} samples "
        f"is {told(value)}"
    )
    if value == 0:
        require(not witness["duals"], "a loss of zero needs no lower bounds, and there are some")
        return proved
    require(witness["duals"], "there is no lower bound")
    targets, levels = [y[i] for i in witness["order"]], {}
    for number_, q in enumerate(witness["duals"]):
        require(0 < len(q) <= n, f"lower bound {number_} does not have 1 to {n} entries")
        along = dot(q, targets[: len(q)])
        holds = along > 0 and along * along >= n * value * dot(q, q)
        require(holds, f"lower bound {number_} is below the claimed value")
        require(not bias or sum(q, ZERO) == 0, f"lower bound {number_} does not sum to zero, with an output bias")
        levels.setdefault(len(q), []).append(whole_numbers([q])[0])
    cells = Cells(X, part.d, witness["order"])
    well_formed(width <= MOST_WIDTH, f"layers of more than {MOST_WIDTH} units")
    cells.expect(min(levels))
    left = [tuple([(0, 1)] * k + [(0, -1)] * (width - k)) for k in range(width + 1)]
    for k, vectors in sorted(levels.items()):
        left = uncovered(cells, left, k, vectors)
    require(not left, f"{len(left)} layers of states have no lower bound")
    return proved


def uncovered(cells, layers, k, vectors):
    """Return the layers of k samples inside some layers for all states of which no vector q has <q, cone> <= 0.

    A state is (number of a cell, sign of the output weight), a layer an ascending tuple of states.
    """
    everything, of_rays, held, inside = (1 << len(vectors)) - 1, {}, {}, {}

    def signs(ray):
        # the vectors that have a product at most 0, and those that have one at least 0, with a ray's outputs
        key = tuple(ray)
        if key not in of_rays:
            heights = [sum(a * b for a, b in zip(row, ray, strict=True)) for row in cells.rows[:k]]
            active = [(i, h) for i, h in enumerate(heights) if h > 0]
            products = [sum(q[i] * h for i, h in active) for q in vectors]
            of_rays[key] = [sum(1 << b for b, p in enumerate(products) if s * p <= 0) for s in (1, -1)]
        return of_rays[key]

    def holds(state):
        if state not in held:
            held[state] = everything
            for ray, _ in cells.all[state[0]].rays:
                held[state] &= signs(ray)[0 if state[1] > 0 else 1]
        return held[state]

    def parts(state):
        if state not in inside:
            inside[state] = [(cell.number, state[1]) for cell in cells.inside(cells.all[state[0]], k)]
        return inside[state]

    left = set()

    def extend(layer, chosen, mask, start):
        j = len(chosen)
        if j == len(layer):
            if not mask:
                left.add(tuple(sorted(chosen)))
                well_formed(len(left) <= MOST_LAYERS, f"more than {MOST_LAYERS} layers are left open")
            return
        states = parts(layer[j])
        for place in range(start if j and layer[j] == layer[j - 1] else 0, len(states)):
            state = states[place]
            extend(layer, (*chosen, state), mask & holds(state), place)

    for layer in layers:
        extend(layer, (), everything, 0)
    return sorted(left)


# ---- weight decay --------------------------------------------------------------------------------------------------


class Decay:
    """n J = sum of losses + lam sum_j |P u_j| + (kappa / 2) c^2, with u_j = |v_j| w_j."""

    def __init__(self, part, X):
        biases = part.penalty["biases"]
        ones = part.d > 0 and all(x[-1] == 1 for x in X)
        require(biases or ones, "biases are free, but the last column is not the column of ones")
        self.lam = part.penalty["value"] * max(len(X), 1)
        self.kept = part.d if biases else part.d - 1
        self.constant = part.claim["output_bias"]
        self.kappa = self.lam if self.constant and biases else ZERO

    def square(self, u):
        """Return |P u|^2."""
        return dot(u[: self.kept], u[: self.kept])

    def penalty_above(self, U, c):
        """Return a number that is at least the penalty."""
        return self.lam * sum((root_above(self.square(u)) for u in U), ZERO) + self.kappa * c * c / 2

    def pulled(self, q, square):
        """Whether <q, u> <= sqrt(square) |P u| for all u."""
        return not any(q[self.kept :]) and self.square(q) <= square

    def lower_end(self, nu, y):
        """Return sum_i min_f ((f - y_i)^2 - nu_i f) + min_c (c sum nu + kappa c^2 / 2)."""
        total = sum(nu, ZERO)
        require(not self.constant or self.kappa or total == 0, "the slopes do not sum to zero, with a free output bias")
        bend = total * total / (2 * self.kappa) if self.kappa else ZERO
        return -dot(nu, y) - dot(nu, nu) / 4 - bend


def eased(gradient, multipliers, bits, X, where):
    """Return gradient + sum_i mu_i a_i x_i, after checking mu >= 0."""
    for i, weight in multipliers.items():
        require(weight >= 0, f"the multiplier of {where} and sample {i} is negative")
        gradient = [g + weight * side(bits[i]) * a for g, a in zip(gradient, X[i], strict=True)]
    return gradient


def decayed_basin_value(part, X, y):
    """Both ends of the lowest objective of a closed basin."""
    claim, witness, n, decay = part.claim, part.witness, max(len(X), 1), Decay(part, X)
    patterns, signs, c, nu = claim["patterns"], claim["signs"], witness["c"], witness["slopes"]
    require(decay.constant or c == 0, "the witness has an output bias, the claim has none")
    U = [[s * v for v in z] for s, z in zip(signs, witness["Z"], strict=True)]
    heights = closed_basin(patterns, U, X)
    total = decay.penalty_above(U, c)
    for i, target in enumerate(y):
        parts = (s * row[i] for s, bits, row in zip(signs, patterns, heights, strict=True) if bits[i])
        total += (c + sum(parts, ZERO) - target) ** 2
    require(total <= claim["upper"] * n, "the point has a larger objective than the upper end")
    for j, (s, bits) in enumerate(zip(signs, patterns, strict=True)):
        g = combination([-s * v if bit else ZERO for v, bit in zip(nu, bits, strict=True)], X, part.d)
        q = eased(g, witness["multipliers"][j], bits, X, f"unit {j}")
        require(decay.pulled(q, decay.lam**2), f"unit {j} is pulled by more than the weight decay")
    require(decay.lower_end(nu, y) >= claim["lower"] * n, "the slopes prove less than the lower end")
    return (
        f"in the closed basin of {units(len(signs))} with the claimed patterns and signs on {len(X)} samples the mean "
        f"squared error plus weight decay is lowest between {told(claim['lower'])} and {told(claim['upper'])}"
    )


def decayed_global_minimum(part, X, y):
    """A network below the upper end, and slopes with which no unit of any cell pulls more than the decay."""
    claim, witness, n, decay = part.claim, part.witness, max(len(X), 1), Decay(part, X)
    signs, c, nu = witness["signs"], witness["c"], witness["slopes"]
    require(decay.constant or c == 0, "the network has an output bias, the claim has none")
    U = [[s * v for v in z] for s, z in zip(signs, witness["Z"], strict=True)]
    total = decay.penalty_above(U, c)
    for x, target in zip(X, y, strict=True):
        total += (c + dot(signs, [relu(dot(u, x)) for u in U]) - target) ** 2
    require(total <= claim["upper"] * n, "the network has a larger objective than the upper end")
    require(decay.lower_end(nu, y) >= claim["lower"] * n, "the slopes prove less than the lower end")
    all_cells(part, X, nu, decay, decay.lam**2)
    return (
        "the lowest mean squared error plus weight decay of any width lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}"
    )


def lambda_max(part, X, y):
    """One direction is pulled by exactly the claimed decay at the best constant, and no cell by more."""
    claim, n, decay = part.claim, len(X), Decay(part, X)
    require(not decay.kappa, "an output bias that decays too is not covered by this claim")
    require(n > 0, "there are no samples")
    free, u = claim["output_bias"], part.witness["u"]
    if part.loss == "squared":
        best = sum(y, ZERO) / n if free else ZERO
        slopes = [2 * (best - t) for t in y]
    else:
        low = -1 if part.loss == "logistic" else 0
        require(all(t in (low, 1) for t in y), f"the targets are not {low} and 1")
        labels = [Fraction(t == 1) for t in y]
        best = sum(labels, ZERO) / n if free else Fraction(1, 2)
        slopes = [best - t for t in labels]
    square, length = claim["squared"] * n * n, decay.square(u)
    pull = dot(slopes, [relu(dot(u, x)) for x in X])
    require(pull * pull == square * length, "the direction is not pulled by the claimed decay")
    require(length or square == 0, "the direction has no penalised length")
    all_cells(part, X, slopes, decay, square)
    return f"the decay above which the best network of any width is a constant has the square {told(claim['squared'])}"


def all_cells(part, X, nu, decay, square):
    """Check that in no cell and with neither sign a unit is pulled by more than the root of a square."""
    given, sequence = {}, part.witness["order"]
    for cell in part.witness["cells"]:
        name = (tuple(cell["pattern"]), cell["sign"])
        require(name not in given, "a cell is listed twice with one sign")
        given[name] = cell["multipliers"]
    cells = Cells(X, part.d, sequence)
    cells.expect(len(X))
    for cell in cells.inside(cells.all[0], len(X)):
        bits = [False] * len(X)
        for place, i in enumerate(sequence):
            bits[i] = cell.pattern[place] == "1"
        g = combination([v if bit else ZERO for v, bit in zip(nu, bits, strict=True)], X, part.d)
        for s in (1, -1):
            q = eased([-s * a for a in g], given.get((tuple(bits), s), {}), bits, X, "a cell")
            require(
                decay.pulled(q, square), f"the cell {show(cell.pattern)} (in order) with sign {s} is pulled by more"
            )


# ---- networks of any depth: exponentials and logarithms between integers over 2^BITS ---------------------------------

BITS = 320
ONE = 1 << BITS
FARTHEST = 10**75
FEW_HUNDRED = 2000


def down(p, q=ONE):
    """Return p / q rounded down."""
    return p // q


def up(p, q=ONE):
    """Return p / q rounded up."""
    return -(-p // q)


def exp_minus(x):
    """Return integers between which e^-x 2^BITS lies, for a rational x >= 0.

    For 0 <= y <= 1 the sums T_k = 1 - y / k (1 - y / (k + 1) (...)) lie in [0, 1], and T_1 = e^-y; then e^-x is squared
    from e^-y with y = x / 2^s.
    """
    if x > FEW_HUNDRED:
        return 0, 1 << max(BITS - FEW_HUNDRED, 0)
    halvings = max(math.ceil(x).bit_length(), 1)
    top, bottom = x.numerator << BITS, x.denominator << halvings
    near, far = down(top, bottom), up(top, bottom)
    low, high = 0, ONE
    for k in range(100, 0, -1):
        low, high = ONE - up(far * high, k * ONE), ONE - down(near * low, k * ONE)
    for _ in range(halvings):
        low, high = down(low * low), up(high * high)
    return low, high


def log_of(z, rounded):
    """Return log(z / 2^BITS) 2^BITS, rounded down or up, for an integer z >= 2^BITS.

    log z = k log 2 + 2 w (1 + w^2 / 3 + w^4 / 5 + ...), w = (z' - 1) / (z' + 1) <= 1/3, z = 2^k z'.
    """

    def series(p, q):
        w = rounded(p * ONE, q)
        square, total = rounded(w * w), 0 if rounded is down else ONE
        for j in range(120, -1, -1):
            total = rounded(ONE, 2 * j + 1) + rounded(square * total)
        return 2 * rounded(w * total)

    halvings = z.bit_length() - 1 - BITS
    unit = 1 << (BITS + halvings)
    return halvings * series(1, 3) + series(z - unit, z + unit)


def log_sum_exp(values):
    """Return bounds of log sum_o e^values_o, as fractions."""
    most = max(values)
    terms = [exp_minus(most - v) for v in values]
    low, high = (sum(term[k] for term in terms) for k in (0, 1))
    return most + Fraction(log_of(max(low, ONE), down), ONE), most + Fraction(log_of(high, up), ONE)


def objective(claim, layers, X, y):
    """Return bounds of n J, both the exact value for the squared loss."""
    squares = sum(
        (
            w * w
            for rows, texts in zip(layers, claim["penalised"], strict=True)
            for row, bits in zip(rows, texts, strict=True)
            for w, bit in zip(row, bits, strict=True)
            if bit == "1"
        ),
        ZERO,
    )
    low = high = claim["decay"] / 2 * squares * len(X)
    for x, targets in zip(X, y, strict=True):
        values = x
        for number_, (rows, has) in enumerate(zip(layers, claim["has_bias"], strict=True)):
            fed = [*values, Fraction(1)] if has else values
            values = [dot(row, fed) for row in rows]
            if number_ < len(layers) - 1:
                values = [relu(v) for v in values]
        if claim["loss"] == "squared":
            parts = [((f - t) ** 2,) * 2 for f, t in zip(values, targets, strict=True)]
        elif claim["loss"] == "bce":
            parts = [[b - f * t for b in log_sum_exp([f, ZERO])] for f, t in zip(values, targets, strict=True)]
        else:
            parts = [[b - dot(values, targets) for b in log_sum_exp(values)]]
        low, high = low + sum(a for a, _ in parts), high + sum(b for _, b in parts)
    return low, high


def deep_not_minimum(part, X, y):
    """Another network has a lower objective, certainly."""
    claim, lower = part.claim, part.witness["lower"]
    layers, has_bias, texts = claim["layers"], claim["has_bias"], claim["penalised"]
    require(len(X) > 0, "there are no samples")
    require(
        len(layers) >= 2 and len(has_bias) == len(layers) == len(lower), "not two layers or more, each with its own"
    )
    fed = part.d
    for rows, others, has, bits in zip(layers, lower, has_bias, texts, strict=True):
        width = fed + int(has)
        fits = len(rows) == len(others) == len(bits) and all(len(row) == width for row in [*rows, *others, *bits])
        require(fits, "the weights of a layer do not have the shape that the layer below asks for")
        fed = len(rows)
    require(fed == len(y[0]), "the network has another number of outputs than the targets")
    require(claim["decay"] >= 0, "the decay is negative")
    numbers = [claim["decay"], *(v for M in (*layers, *lower, X, y) for row in M for v in row)]
    require(all(abs(v) <= FARTHEST for v in numbers), "a number is too large")
    shares = claim["loss"] == "squared" or all(0 <= t <= 1 for row in y for t in row)
    require(shares, "the targets are not between 0 and 1")
    whole_rows = claim["loss"] != "cross_entropy" or all(sum(row) == 1 for row in y)
    require(whole_rows, "the targets do not add up to 1 in every row")
    least, _ = objective(claim, layers, X, y)
    _, most = objective(claim, lower, X, y)
    require(most < least, "the second network is not certainly lower than the first")
    return f"a network of {len(layers)} layers on {len(X)} samples is not the lowest within the distance of another one"


# ---- several at once -----------------------------------------------------------------------------------------------


def bundle(part, X, y):
    """Every member, no network twice, and the numbers claimed."""
    points, lowest = [], 0
    for number_, member in enumerate(part.members, start=1):
        try:
            judge(member, X, y)
        except Invalid as problem:
            raise Invalid(f"member {number_}: {problem}") from None
        lowest += member.kind == "global-minimum"
        if member.kind == "local-minimum":
            points.append(same_function(member.claim))
    claim = part.claim
    require(len(points) == claim["local_minima"], f"the members prove {len(points)} local minima, another number")
    require(len(set(points)) == len(points), "two members are about the same network")
    require(lowest == int(claim["global_minimum"]), f"the members prove {lowest} global minima, another number")
    return f"{len(part.members)} certificates on the same data hold, {len(points)} of them about local minima"


def same_function(claim):
    """Return a network up to the order of its units and a positive factor moved between the layers of a unit."""
    rows = []
    for w, v in zip(claim["W"], claim["v"], strict=True):
        rows.append((tuple(abs(v) * a for a in w) if v else tuple(w), (v > 0) - (v < 0)))
    return claim["c"], claim["slope"], claim["trainable"], tuple(sorted(rows))


# ---- kinds: targets, losses, whether weight decay is carried, claim, witness, check ----------------------------------

POINT = {
    "loss": array(),
    "W": array("m", "d"),
    "v": array("m"),
    "c": maybe(array()),
    "slope": array(),
    "trainable": word("Wv", "W"),
}
PATTERNS, SIGNS, MULTIPLIERS = listed("m", pattern), listed("m", sign), listed("m", entries)
UNITS = listed(
    "m",
    variants(
        "method",
        {
            "frozen": {},
            "vanishes": {},
            "rays": {},
            "multipliers": {"corners": array("*", "*")},
            "inclusion": {"shift": array("*"), "change": array("*", "*")},
        },
    ),
)
CELLS = listed("cells", record({"pattern": pattern, "sign": sign, "multipliers": entries}))
SQUARED = ("squared",)
INTERVAL = {"lower": array(), "upper": array()}

KINDS = {
    "region-witness": (
        *("none", SQUARED, False),
        {"pattern": pattern, "realizable": flag(True)},
        {"w": array("d")},
        region_witness,
    ),
    "region-empty": (
        *("none", SQUARED, False),
        {"pattern": pattern, "realizable": flag(False)},
        {"lambda": array("n")},
        region_empty,
    ),
    "basin-value": (
        *("one", SQUARED, False),
        {
            "value": array(),
            "patterns": PATTERNS,
            "signs": SIGNS,
            "output_bias": flag(),
            "proves?": word(UPPER_END),
        },
        {"Z": array("m", "d"), "c": array(), "multipliers": MULTIPLIERS},
        basin_value,
    ),
    "frozen-basin-value": (
        *("several", SQUARED, False),
        {"value": array(), "patterns": PATTERNS, "weights": array("m", "k"), "output_bias": flag()},
        {"W": array("m", "d"), "c": array("k"), "multipliers": MULTIPLIERS},
        frozen_basin_value,
    ),
    "zero-loss": (
        *("one", SQUARED, False),
        {"pattern": PATTERNS, "v": array("m"), "zero_loss": flag()},
        {"W?": array("m", "d"), "u?": array("n"), "mu?": array("m", "n")},
        zero_loss,
    ),
    "local-minimum": (
        *("one", SQUARED, False),
        {**POINT, "local_minimum": flag(True)},
        {"units": UNITS},
        local_minimum,
    ),
    "not-minimum": (
        *("one", SQUARED, False),
        {**POINT, "local_minimum": flag(False), "verdict?": word("saddle", "not stationary")},
        {"dW": array("m", "d"), "dv": array("m"), "dc": array()},
        not_minimum,
    ),
    "global-minimum": (
        *("one", SQUARED, False),
        {"value": array(), "width": whole(1, "m"), "output_bias": flag()},
        {"W": array("m", "d"), "v": array("m"), "c": array(), "order": order, "duals": array("*", "*")},
        global_minimum,
    ),
    "decayed-basin-value": (
        *("one", SQUARED, True),
        {**INTERVAL, "patterns": PATTERNS, "signs": SIGNS, "output_bias": flag()},
        {"Z": array("m", "d"), "c": array(), "slopes": array("n"), "multipliers": MULTIPLIERS},
        decayed_basin_value,
    ),
    "lambda-max": (
        *("one", ("squared", "logistic", "bce"), True),
        {"squared": array(), "output_bias": flag()},
        {"u": array("d"), "order": order, "cells": CELLS},
        lambda_max,
    ),
    "decayed-global-minimum": (
        *("one", SQUARED, True),
        {**INTERVAL, "output_bias": flag()},
        {
            **{"Z": array("m", "d"), "signs": SIGNS, "c": array(), "slopes": array("n")},
            **{"order": order, "cells": CELLS},
        },
        decayed_global_minimum,
    ),
    "deep-not-minimum": (
        *("several", SQUARED, False),
        {
            **{"layers": array("*", "*", "*"), "has_bias": listed("layers", flag())},
            **{"penalised": listed("layers", masks), "loss": word("squared", "bce", "cross_entropy")},
            **{"decay": array(), "local_minimum": flag(False), "verdict?": word("saddle", "not stationary")},
        },
        {"lower": array("*", "*", "*")},
        deep_not_minimum,
    ),
    "bundle": ("any", SQUARED, False, {"local_minima": whole(0), "global_minimum": flag()}, {}, bundle),
}
PENALTY = {"value": array(), "biases": flag()}
TABLE = {
    **{"target?": word(), "features?": maybe(words), "drop?": maybe(words), "positive?": word(), "rows?": whole(1)},
    **{"input_mean?": words, "input_scale?": words, "target_scale?": words},
    **{"seed?": whole(0), "labels?": maybe(named_numbers), "loss?": word(), "drop_missing?": flag()},
    **{"regression?": flag(), "standardize?": flag(), "bias?": flag(), "adapt?": flag()},
}


# ---- a certificate -------------------------------------------------------------------------------------------------


class Part:
    """A claim with its witness, read."""

    def __init__(self, content, at, data):
        self.kind, self.d = content["kind"], at.sizes["d"]
        _, losses, decays, claim, witness, self.check = KINDS[self.kind]
        loss, penalty = content.get("loss"), content.get("penalty")
        ok = loss is None or (type(loss) is str and loss in losses)
        well_formed(ok, f"the loss {show(loss)} does not belong to this kind")
        self.loss, self.penalty, self.members = loss or "squared", None, []
        at.sizes.pop("m", None)
        at.sizes.pop("cells", None)
        parts = {
            "claim": record(claim),
            "witness": record(witness or {"members": self.all_members(data)}),
        }
        if decays:
            parts["penalty"] = record(PENALTY)
        else:
            ok = penalty is None or (type(penalty) is str and penalty == "none")
            well_formed(ok, f"the penalty {show(penalty)} does not belong to this kind")
        found = record(parts)({key: content[key] for key in parts if key in content}, at)
        self.claim, self.witness = found["claim"], found["witness"]
        if decays:
            self.penalty = found["penalty"]
            well_formed(self.penalty["value"] > 0, "the weight decay is not positive")

    def all_members(self, data):
        """Return the form of a bundle's members, which may repeat the bundle's data but name no others."""

        def read(value, at):
            well_formed(a_list(value), "the bundle is empty")
            for member in value:
                kind_of(member, {"kind", "claim", "witness"}, {"schema", "data"})
                alone = member["kind"] != "bundle" and KINDS[member["kind"]][0] != "several"
                well_formed(alone, f"a certificate of kind {member['kind']} cannot stand in a bundle")
                own = {key: value for key, value in data.items() if key != "table"}
                same = "data" not in member or json.dumps(member["data"], sort_keys=True) == json.dumps(
                    own, sort_keys=True
                )
                well_formed(same, "a member's data are not those of its bundle")
                self.members.append(Part(member, at, data))

        return read


def kind_of(content, needed, allowed):
    """Check the fields of a certificate, its schema and its kind."""
    well_formed(type(content) is dict, f"{show(content)} stands where a certificate belongs")
    kind, schema = content.get("kind"), content.get("schema", SCHEMA)
    well_formed(type(schema) is int and schema == SCHEMA, f"the schema {show(schema)} is not {SCHEMA}")
    well_formed(type(kind) is str and kind in KINDS, f"unknown kind {show(kind)}")
    for key in content:
        well_formed(key in needed | allowed | {"loss", "penalty"}, f"the field {show(key)} is not known")
    for key in sorted(needed - set(content)):
        raise Malformed(f"there is no field {key}")


def judge(part, X, y):
    """Return what a part proves, as a sentence."""
    require(y is not None or KINDS[part.kind][0] in ("none", "any"), "the claim needs targets, the data have none")
    return part.check(part, X, y)


def read_data(block, targets):
    """Return the data written in a certificate (None, None where only their hash is there) and the reader."""
    well_formed(type(block) is dict, "there are no data")
    at = Reader({})
    sizes = {"n": whole(0, "n"), "d": whole(0, "d"), "sha256": word()}
    y = maybe(array("n", "k") if targets == "several" else array("n"))
    found = record({**sizes, "X?": array("n", "d"), "y?": y, "table?": record(TABLE)})(block, at)
    well_formed(max(found["n"], found["d"]) <= MOST_NUMBERS, "there are too many samples or inputs")
    sha = found["sha256"]
    well_formed(len(sha) == 64 and not set(sha) - set("0123456789abcdef"), "sha256 is not 64 hexadecimal digits")
    well_formed(("X" in found) == ("y" in found), "only one of X and y is written out")
    well_formed(at.sizes.get("k", 1) > 0, "there are no outputs")
    if "X" not in found:
        return None, None, at
    has = found["y"] is not None
    well_formed(has or targets in ("none", "any"), "the claim needs targets")
    well_formed(not has or targets != "none", "the claim is about no targets, and there are some")
    require(digest(found["X"], found["y"]) == sha, "the data do not match their SHA-256")
    return found["X"], found["y"], at


def digest(X, y):
    """Return the SHA-256 of the data: of the text [X,y] in JSON without spaces, numbers as p or p/q in lowest terms."""

    def texts(value):
        return [texts(v) for v in value] if type(value) is list else None if value is None else str(value)

    return hashlib.sha256(json.dumps([texts(X), texts(y)], separators=(",", ":")).encode()).hexdigest()


def given_data(text, block, targets, at):
    """Return the data of a file, after checking that they are those of the certificate."""
    content = parse(text)
    well_formed(type(content) is dict and set(content) == {"X", "y"}, "the data are an object with the fields X and y")
    X, y, other = content["X"], content["y"], Reader({})
    if targets == "several" and type(y) is list:
        y = [v if type(v) is list else [v] for v in y]
    form = array("n", "k") if targets == "several" else array("n")
    found = record({"X": array("n", "*"), "y": maybe(form)})({"X": X, "y": y}, other)
    X, y = found["X"], found["y"]
    well_formed(y is not None or targets in ("none", "any"), "the claim needs targets, the data have none")
    fits = len(X) == block["n"] and all(len(x) == block["d"] for x in X)
    for known in {"none": [None], "any": [y, None]}.get(targets, [y]):
        if fits and digest(X, known) == block["sha256"]:
            at.size("k", other.sizes.get("k", 1))
            return X, known
    raise Invalid("the data given are not those of the certificate: their SHA-256 differ")


def parse(text):
    """Return what a text of JSON holds, without floats, long integers, and names that stand twice in an object."""

    def once(pairs):
        found = dict(pairs)
        well_formed(len(found) == len(pairs), "an object has a field twice")
        return found

    def exact(text):
        well_formed(len(text) <= LONG_TEXT, "a whole number of JSON is too long; write it as text")
        return int(text)

    def inexact(text):
        raise Malformed(f"the number {show(text)} is not exact; write it as text")

    try:
        return json.loads(text, object_pairs_hook=once, parse_int=exact, parse_float=inexact, parse_constant=inexact)
    except RecursionError:
        raise Malformed("the JSON is nested too deeply") from None
    except ValueError:
        raise Malformed("this is no JSON") from None


def check(text, data=None):
    """Return (status, line) of the text of a certificate, and of the text of its data where they are given."""
    sys.set_int_max_str_digits(0)
    try:
        content = parse(text)
        kind_of(content, {"schema", "kind", "data", "claim", "witness"}, set())
        targets = KINDS[content["kind"]][0]
        X, y, at = read_data(content["data"], targets)
        if data is not None:
            X, y = given_data(data, content["data"], targets, at)
        well_formed(X is not None, "only the SHA-256 of the data is there: give the data as a second file")
        return 0, f"valid: {judge(Part(content, at, content['data']), X, y)}"
    except Malformed as problem:
        return 2, f"malformed: {problem}"
    except Invalid as problem:
        return 1, f"invalid: {problem}"
    except (RecursionError, MemoryError):
        return 2, "malformed: too large to check"


def text_of(path):
    """Return the text of a file of bounded size."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(MOST_BYTES + 1)
        well_formed(len(content) <= MOST_BYTES, f"{path!a} has more than {MOST_BYTES} bytes")
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(f"{path!a} is no text in UTF-8") from None
    except (OSError, ValueError) as problem:
        raise Malformed(f"{path!a} cannot be read: {type(problem).__name__}") from None


def main(arguments):
    """Check the files named; return the exit status."""
    if len(arguments) not in (1, 2) or arguments[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    try:
        status, line = check(*map(text_of, arguments))
    except Malformed as problem:
        status, line = 2, f"malformed: {problem}"
    print(line)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
