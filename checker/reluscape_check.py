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
from operator import mul

SCHEMA = 1
MOST_BYTES, MOST_NUMBERS, MOST_BITS, MOST_COMMON_BITS = 2**26, 4_000_000, 2**28, 1_000_000
LONG_TEXT, MOST_TEXT, MOST_DIGITS_OF_EXPONENT = 3_000, 100_000, 4
MOST_CELLS, MOST_LAYERS, MOST_RAYS, MOST_NEGATIVE, MOST_WIDTH = 300_000, 5_000_000, 1_000_000, 40, 500
ROOT_BITS = 320
MOST_RANK = 3
ZERO = Fraction(0)
RESTING = ("zero", "silent")
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


def unit_texts(value, at):
    """A list of texts zero, silent, or of 0, 1 and k."""
    ok = all(text in RESTING or not set(text) - set("01k") for text in words(value, at))
    well_formed(ok, "a text is not zero, silent, or of 0, 1 and k")
    return value


def kink_entries(value, at):
    """Lists of a layer, a unit, a sample and a number."""
    for entry in a_list(value):
        ok = len(a_list(entry)) == 4 and all(type(v) is int and v >= 0 for v in entry[:3])
        well_formed(ok, "this is no list of a layer, a unit, a sample and a number")
    found = [(*entry[:3], number(entry[3], at)) for entry in value]
    at.common([entry[3] for entry in found])
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


def logistic_basin_value(part, X, y):
    """Both ends of the infimum of a closed basin with the logistic loss, attained or not."""
    claim, witness, n, low = part.claim, part.witness, max(len(X), 1), -1 if part.loss == "logistic" else 0
    patterns, signs, nu = claim["patterns"], claim["signs"], witness["slopes"]
    c, dc, bias = witness["c"], witness["direction_c"], claim["output_bias"]
    require(all(t in (low, 1) for t in y), f"the targets are not {low} and 1")
    require(bias or c == dc == 0, "the witness has an output bias, the claim has none")
    labels = [1 if t == 1 else -1 for t in y]
    f, move = [c] * len(X), [dc] * len(X)
    for j, (s, bits) in enumerate(zip(signs, patterns, strict=True)):
        for i, (x, bit) in enumerate(zip(X, bits, strict=True)):
            near, far = dot(x, witness["Z"][j]), dot(x, witness["direction"][j])
            inside = s * side(bit) * far > 0 or (far == 0 and s * side(bit) * near >= 0)
            require(inside, f"unit {j} lies outside the basin at sample {i}, also far along the direction")
            if bit:
                f[i] += near
                move[i] += far
    require(all(t * v >= 0 for t, v in zip(labels, move, strict=True)), "a loss rises along the direction")
    alpha = [-t * v for t, v in zip(labels, nu, strict=True)]
    require(all(0 <= a <= 1 for a in alpha), "a slope is none that the logistic loss has")
    require(not bias or sum(nu, ZERO) == 0, "the slopes do not sum to zero, with an output bias")
    for j, (s, bits) in enumerate(zip(signs, patterns, strict=True)):
        g = combination([v if bit else ZERO for v, bit in zip(nu, bits, strict=True)], X, part.d)
        rest = eased([-s * v for v in g], witness["multipliers"][j], bits, X, f"unit {j}")
        require(not any(rest), f"the slopes of unit {j} are no combination of the sides of its cell")
    left = [t * v for t, v, moved in zip(labels, f, move, strict=True) if not moved]
    above = sum((log_sum_exp([ZERO, -q])[1] for q in left), ZERO)
    require(above <= claim["upper"] * n, "the point has a larger loss than the upper end")
    below = sum((entropy_below(a) for a in alpha), ZERO)
    require(below >= claim["lower"] * n, "the slopes prove less than the lower end")
    return (
        f"in the closed basin of {units(len(signs))} with the claimed patterns and signs on {len(X)} samples the "
        f"infimum of the mean logistic loss lies between {told(claim['lower'])} and {told(claim['upper'])}"
    )


def entropy_below(share):
    """Return a lower bound of -a log a - (1 - a) log(1 - a): log(1 / p) for p at most 1, rounded down."""
    parts = [p for p in (share, 1 - share) if p > 0]
    return sum((p * Fraction(log_of(down(ONE * p.denominator, p.numerator), down), ONE) for p in parts), ZERO)


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
    claim, n, decay, nu = part.claim, max(len(X), 1), Decay(part, X), part.witness["slopes"]
    network_below(part, X, y, decay)
    require(decay.lower_end(nu, y) >= claim["lower"] * n, "the slopes prove less than the lower end")
    all_cells(part, X, nu, decay, decay.lam**2)
    return (
        "the lowest mean squared error plus weight decay of any width lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}"
    )


def decayed_width_minimum(part, X, y):
    """A network below the upper end, and slopes of which some bear all states of any layer of the width."""
    claim, witness, n, decay = part.claim, part.witness, max(len(X), 1), Decay(part, X)
    network_below(part, X, y, decay)
    vectors, masks = witness["slopes"], {}
    for nu in vectors:
        require(decay.lower_end(nu, y) >= claim["lower"] * n, "a vector of slopes proves less than the lower end")
    for entry in witness["cells"]:
        bits, s, number_ = entry["pattern"], entry["sign"], entry["vector"]
        require(number_ < len(vectors), "a cell is about a vector that is not there")
        g = combination([-s * v if bit else ZERO for v, bit in zip(vectors[number_], bits, strict=True)], X, part.d)
        q = eased(g, entry["multipliers"], bits, X, "a cell")
        require(decay.pulled(q, decay.lam**2), f"a cell of vector {number_} is pulled by more than the weight decay")
        name = tuple(bits), s
        masks[name] = masks.get(name, 0) | 1 << number_
    sequence, layers = witness["order"], {(1 << len(vectors)) - 1}
    cells = Cells(X, part.d, sequence)
    cells.expect(len(X))
    sets = set()
    for cell in cells.inside(cells.all[0], len(X)):
        bits = [False] * len(X)
        for place, i in enumerate(sequence):
            bits[i] = cell.pattern[place] == "1"
        if any(bits):  # a unit that is off everywhere adds nothing
            sets |= {masks.get((tuple(bits), s), 0) for s in (1, -1)}
    for _ in range(claim["width"]):
        well_formed(len(layers) * len(sets) <= MOST_LAYERS, f"more than {MOST_LAYERS} layers are to be looked at")
        layers = {a & b for a in layers for b in sets} or layers
    require(0 not in layers and vectors, "no vector of slopes bounds all states of some layer")
    return (
        f"the lowest mean squared error plus weight decay of {units(claim['width'])} lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}"
    )


def network_below(part, X, y, decay):
    """The network of the witness has at most the upper end."""
    claim, witness, n = part.claim, part.witness, max(len(X), 1)
    signs, c = witness["signs"], witness["c"]
    require(decay.constant or c == 0, "the network has an output bias, the claim has none")
    U = [[s * v for v in z] for s, z in zip(signs, witness["Z"], strict=True)]
    total = decay.penalty_above(U, c)
    for x, target in zip(X, y, strict=True):
        total += (c + dot(signs, [relu(dot(u, x)) for u in U]) - target) ** 2
    require(total <= claim["upper"] * n, "the network has a larger objective than the upper end")


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


def several_outputs_minimum(part, X, y):
    """A network below the upper end, and slopes by which no direction of any cell is pulled by more than the decay."""
    claim, witness, n = part.claim, part.witness, max(len(X), 1)
    require(part.penalty["biases"], "biases that do not decay are not covered by this claim")
    lam, W, V, N = part.penalty["value"] * n, witness["W"], witness["V"], witness["slopes"]
    total = lam * sum((root_above(dot(w, w) * dot(v, v)) for w, v in zip(W, V, strict=True)), ZERO)
    for x, targets in zip(X, y, strict=True):
        heights = [relu(dot(w, x)) for w in W]
        total += sum((dot(heights, [v[o] for v in V]) - t) ** 2 for o, t in enumerate(targets))
    require(total <= claim["upper"] * n, "the network has a larger objective than the upper end")
    dual = -sum((dot(a, b) + dot(a, a) / 4 for a, b in zip(N, y, strict=True)), ZERO)
    require(dual >= claim["lower"] * n, "the slopes prove less than the lower end")
    cells, sequence = Cells(X, part.d, witness["order"]), witness["order"]
    r = cells.rank
    require(r <= MOST_RANK, f"the samples have rank {r}; at most {MOST_RANK} is covered")
    if r:
        cells.expect(len(X))
        first = [X[i] for i in sequence[:r]]
        square = [[dot(a, b) for b in first] for a in first]
        eye = [[Fraction(int(i == j)) for j in range(r)] for i in range(r)]
        inverse = [row[r:] for row in echelon([[*a, *b] for a, b in zip(square, eye, strict=True)])[0]]
        slopes = [N[i] for i in sequence]
        numbers, below = one_unit(inverse)
        slopes, unit = one_unit(slopes)
        factors = (lam**2).numerator * unit**2, (lam**2).denominator * below
        for cell in cells.inside(cells.all[0], len(X)):
            require(
                not too_steep(cells.rows, cell, slopes, numbers, factors), "a cell is pulled by more than the decay"
            )
    return (
        f"the lowest mean squared error of {len(y[0]) if y else 0} outputs plus weight decay of any width lies between "
        f"{told(claim['lower'])} and {told(claim['upper'])}"
    )


def one_unit(rows):
    """Return rows of fractions as integers, and what they were multiplied by."""
    common = math.lcm(1, *(v.denominator for row in rows for v in row))
    return [[int(v * common) for v in row] for row in rows], common


def too_steep(rows, cell, slopes, inverse, factors):
    """Return whether the form decay^2 |u|^2 - |pull|^2 may be negative on a closed cell: it is not copositive."""
    rays = [ray for ray, _ in cell.rays]
    r, above = len(inverse), [relu_sum(rows, ray, slopes) for ray in rays]
    lifted = [[sum(a * b for a, b in zip(row, ray, strict=True)) for row in rows[:r]] for ray in rays]
    turned = [[sum(a * b for a, b in zip(row, t, strict=True)) for row in inverse] for t in lifted]
    A = [
        [
            factors[0] * sum(a * b for a, b in zip(s, t, strict=True))
            - factors[1] * sum(a * b for a, b in zip(p, q, strict=True))
            for t, q in zip(turned, above, strict=True)
        ]
        for s, p in zip(lifted, above, strict=True)
    ]
    return any(
        negative([[A[i][j] for j in chosen] for i in chosen])
        for size in range(1, min(r, len(rays)) + 1)
        for chosen in subsets(len(rays), size)
    )


def subsets(count, size):
    """Yield every choice of so many of the numbers below count, in order."""
    if size == 0:
        yield ()
        return
    for last in range(size - 1, count):
        for first in subsets(last, size - 1):
            yield (*first, last)


def relu_sum(rows, ray, slopes):
    """Return sum_i max(0, <row_i, ray>) slope_i."""
    heights = [max(sum(a * b for a, b in zip(row, ray, strict=True)), 0) for row in rows]
    return [sum(h * s[o] for h, s in zip(heights, slopes, strict=True)) for o in range(len(slopes[0]))]


def negative(A):
    """Return whether a symmetric matrix of order 1, 2 or 3 has a negative determinant and no negative cofactor."""
    size = len(A)
    if size == 1:
        return A[0][0] < 0
    if size == 2:
        cofactors, determinant = [A[0][0], A[1][1], -A[0][1]], A[0][0] * A[1][1] - A[0][1] ** 2
    else:

        def cofactor(i, j):
            (a, b), (c, d) = [k for k in range(3) if k != i], [k for k in range(3) if k != j]
            return (-1) ** (i + j) * (A[a][c] * A[b][d] - A[a][d] * A[b][c])

        cofactors = [cofactor(i, j) for i in range(3) for j in range(3)]
        determinant = sum(a * b for a, b in zip(A[0], cofactors[:3], strict=True))
    return determinant < 0 and min(cofactors) >= 0


# ---- networks of any depth: exponentials and logarithms between integers over 2^BITS ---------------------------------

BITS = 320
ONE = 1 << BITS
FARTHEST = 10**75
FEW_HUNDRED = 2000
# a least radius over 2^BITS; directions of units at zero are looked at in fewer bits, and on a grid
FLOOR, FINE, GRID, MOST_BOXES, MOST_UNKNOWNS = 1 << 60, 96, 1 << 40, 200_000, 1_300
# rounding of a double to nearest, more than what underflow takes from a product, a least double with 53 bits over ONE
EPS, TINY, SHORTEST = 2.0**-53, 1e-300, 2.0**-260


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


def check_deep_claim(part, X, y, networks, others):
    """Check that networks have the claimed form, fit to the data, and that no number is too large."""
    claim = part.claim
    has_bias, texts = claim["has_bias"], claim["penalised"]
    require(len(X) > 0, "there are no samples")
    for layers in networks:
        fits = len(layers) >= 2 and len(has_bias) == len(texts) == len(layers)
        require(fits, "not two layers or more, each with its own")
        fed = part.d
        for rows, has, bits in zip(layers, has_bias, texts, strict=True):
            fits = len(rows) == len(bits) and all(len(row) == fed + int(has) for row in [*rows, *bits])
            require(fits, "the weights of a layer do not have the shape that the layer below asks for")
            fed = len(rows)
        require(fed == len(y[0]), "the network has another number of outputs than the targets")
        shapes = [len(rows) for rows in layers]
        require(shapes == [len(rows) for rows in claim["layers"]], "the networks have other shapes")
    require(claim["decay"] >= 0, "the decay is negative")
    numbers = [
        claim["decay"],
        *others,
        *(v for M in (X, y, *(M for one in networks for M in one)) for row in M for v in row),
    ]
    require(all(abs(v) <= FARTHEST for v in numbers), "a number is too large")
    shares = claim["loss"] == "squared" or all(0 <= t <= 1 for row in y for t in row)
    require(shares, "the targets are not between 0 and 1")
    whole_rows = claim["loss"] != "cross_entropy" or all(sum(row) == 1 for row in y)
    require(whole_rows, "the targets do not add up to 1 in every row")


def deep_not_minimum(part, X, y):
    """Another network has a lower objective, certainly."""
    claim, lower = part.claim, part.witness["lower"]
    layers = claim["layers"]
    check_deep_claim(part, X, y, [layers, lower], [])
    least, _ = objective(claim, layers, X, y)
    _, most = objective(claim, lower, X, y)
    require(most < least, "the second network is not certainly lower than the first")
    return f"a network of {len(layers)} layers on {len(X)} samples is not the lowest within the distance of another one"


# ---- matrices of intervals, (mid +- rad) / 2^BITS with whole numbers mid and rad ------------------------------------


class Balls:
    """A matrix of intervals; sums and products are rounded outwards."""

    def __init__(self, mid, rad, columns=0):
        self.mid, self.rad, self.rows = mid, rad, len(mid)
        self.columns = len(mid[0]) if mid else columns

    @classmethod
    def of(cls, numbers, columns=0):
        """Return the intervals around exact numbers (a list of rows)."""
        mid = [[(v.numerator << BITS) // v.denominator for v in row] for row in numbers]
        pairs = zip(mid, numbers, strict=True)
        rad = [[int(Fraction(m, ONE) != v) for m, v in zip(*pair, strict=True)] for pair in pairs]
        return cls(mid, rad, columns)

    @property
    def T(self):
        """The transpose."""
        mid, rad = ([list(column) for column in zip(*part, strict=True)] for part in (self.mid, self.rad))
        return Balls(mid or [[] for _ in range(self.columns)], rad or [[] for _ in range(self.columns)], self.rows)

    def __add__(self, other):
        return Balls(added(self.mid, other.mid), added(self.rad, other.rad), self.columns)

    def __sub__(self, other):
        return self + Balls([[-v for v in row] for row in other.mid], other.rad, other.columns)

    def __mul__(self, other):
        """Return the products of single entries."""
        mid, rad = [], []
        for a, r, b, s in zip(self.mid, self.rad, other.mid, other.rad, strict=True):
            mid.append([p * q >> BITS for p, q in zip(a, b, strict=True)])
            wide = zip(a, r, b, s, strict=True)
            rad.append([(abs(p) * v + u * (abs(q) + v) >> BITS) + 2 if p or u else 0 for p, u, q, v in wide])
        return Balls(mid, rad, self.columns)

    def __matmul__(self, other):
        """Return the product of two matrices."""
        right = other.T
        sizes = [[abs(q) + s for q, s in zip(*pair, strict=True)] for pair in zip(right.mid, right.rad, strict=True)]
        mid, rad = [], []
        for a, r in zip(self.mid, self.rad, strict=True):
            size, wide = list(map(abs, a)), any(r)
            mid.append([sum(map(mul, a, b)) >> BITS for b in right.mid])
            rad.append([(sum(map(mul, size, s)) >> BITS) + 2 for s in right.rad])
            if wide:
                rad[-1] = [t + (sum(map(mul, r, s)) >> BITS) + 1 for t, s in zip(rad[-1], sizes, strict=True)]
        return Balls(mid, rad, other.columns)

    def times(self, number):
        """Return the intervals times one exact number."""
        one = Balls.of([[number]])
        p, u = one.mid[0][0], one.rad[0][0]
        return self * Balls([[p] * self.columns] * self.rows, [[u] * self.columns] * self.rows)

    def masked(self, bits):
        """Return zeros where a bit is not set."""
        parts = ([[v if bit else 0 for v, bit in zip(*pair, strict=True)] for pair in zip(part, bits, strict=True)]
                 for part in (self.mid, self.rad))  # fmt: skip
        return Balls(*parts, self.columns)

    def block(self, first, end, width):
        """Return rows first, ..., end - 1, their first columns."""
        return Balls(*([row[:width] for row in part[first:end]] for part in (self.mid, self.rad)), width)

    def above(self, i, j):
        """Whether an entry is certainly positive."""
        return self.mid[i][j] > self.rad[i][j]

    def below(self, i, j):
        """Whether an entry is certainly negative."""
        return -self.mid[i][j] > self.rad[i][j]

    def floats(self):
        """Return the middles in doubles."""
        return [[m / ONE for m in row] for row in self.mid]

    def around_floats(self):
        """Return the middles in doubles, and radii in doubles around them that hold the intervals."""
        F = self.floats()
        widths = ([r / ONE * (1 + 4 * EPS) + EPS * abs(f) + TINY for f, r in zip(*pair, strict=True)]
                  for pair in zip(F, self.rad, strict=True))  # fmt: skip
        return F, list(widths)


def joined(lists):
    """Return the entries of lists, one list after the other."""
    return [v for one in lists for v in one]


def added(A, B):
    """Return the sum of two matrices of whole numbers."""
    return [[p + q for p, q in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True)]


def beside(*parts):
    """Return matrices of intervals one beside the other."""
    mid, rad = (
        [joined(rows) for rows in zip(*blocks, strict=True)]
        for blocks in ([p.mid for p in parts], [p.rad for p in parts])
    )
    return Balls(mid, rad, sum(p.columns for p in parts))


def stacked(*parts):
    """Return matrices of intervals one under the other."""
    return Balls(joined(p.mid for p in parts), joined(p.rad for p in parts), parts[0].columns)


def unit_matrix(size):
    """Return the matrix with ones on its diagonal."""
    return Balls(
        [[ONE if i == j else 0 for j in range(size)] for i in range(size)], [[0] * size for _ in range(size)], size
    )


def doubles(rows, columns=0):
    """Return a matrix of doubles, cut to whole numbers over 2^BITS, which are taken as they are."""
    mid = [[int(v.as_integer_ratio()[0] * ONE // v.as_integer_ratio()[1]) for v in row] for row in rows]
    return Balls(mid, [[0] * len(row) for row in rows], columns)


def inverse(rows):
    """Return about the inverse of a matrix of doubles: nothing rests on it; None where there is none.

    Entries so small that whole numbers over 2^BITS do not hold them are zeros.
    """
    n = len(rows)
    scale = [1.0] * n
    for _ in range(3):
        largest = [
            max((abs(v * b) for v, b in zip(row, scale, strict=True)), default=0.0) * a
            for row, a in zip(rows, scale, strict=True)
        ]
        scale = [a / math.sqrt(t) if t > 0 else a for a, t in zip(scale, largest, strict=True)]
    work = [[v * a * b for v, b in zip(row, scale, strict=True)] for row, a in zip(rows, scale, strict=True)]
    order = list(range(n))
    for k in range(n):  # Gauss and Jordan's elimination in place: column k becomes that of the inverse
        pivot = max(range(k, n), key=lambda i: abs(work[i][k]))
        work[k], work[pivot], order[k], order[pivot] = work[pivot], work[k], order[pivot], order[k]
        head, work[k][k] = work[k][k], 1.0
        if not head:
            return None
        own = work[k] = [v / head for v in work[k]]
        for i, row in enumerate(work):
            factor = row[k]
            if i != k and factor:
                row[k] = 0.0
                work[i] = [v - factor * o for v, o in zip(row, own, strict=True)]
    places = sorted(range(n), key=lambda j: order[j])
    found = [[row[j] * a * b for j, b in zip(places, scale, strict=True)] for row, a in zip(work, scale, strict=True)]
    if not all(math.isfinite(v) for row in found for v in row):
        return None
    return [[v if abs(v) >= SHORTEST else 0.0 for v in row] for row in found]


def distances_from_one(A, M, weights, B=None):
    """Return for each row an upper bound of sum_j |1 - A M B|_ij weights_j; A and B are doubles, M intervals.

    Products are taken in doubles: a sum of n products in any order is off by at most 2 n EPS times the sum of their
    absolute values. The radii of all these products are needed in weighted sums only, which are products with vectors.
    """
    n = len(A)
    F, widths = M.around_floats()
    first = float_product(A, F)
    product = first if B is None else float_product(first, B)
    right = list(weights) if B is None else sized(B, weights)
    # what may be missing: of M itself and of the first product, then of the second one
    inner = [a + 2 * n * EPS * b for a, b in zip(sized(widths, right), sized(F, right), strict=True)]
    off = sized(A, inner)
    if B is not None:
        off = [v + 2 * n * EPS * t for v, t in zip(off, sized(first, right), strict=True)]
    lost, upwards = n * TINY * (n + sum(right) + sum(weights)), 1 + (16 * n + 64) * EPS
    out = []
    for i, (row, extra) in enumerate(zip(product, off, strict=True)):
        row[i] -= 1.0
        out.append((sum(map(mul, map(abs, row), weights)) + EPS * weights[i] + extra + lost) * upwards)
    return out


def float_product(A, B):
    """Return the product of two matrices of doubles, rounded."""
    right = columns(B, len(B))
    return [[sum(map(mul, row, column)) for column in right] for row in A]


def sized(A, weights):
    """Return the sums of the absolute values in the rows, weighted."""
    return [sum(map(mul, map(abs, row), weights)) for row in A]


def regular(K):
    """Whether every matrix in a square matrix of intervals is regular: A K is nearly 1 for some A."""
    near = inverse(K.floats())
    return near is not None and all(v < 1 for v in distances_from_one(near, K, [1.0] * K.rows))


def definite(Q):
    """Whether every symmetric matrix in a matrix of intervals is positive definite: R Q R^T is nearly 1 for some R."""
    n, M = Q.rows, Q.floats()
    scale = [1 / math.sqrt(M[i][i]) if M[i][i] > 0 else 1.0 for i in range(n)]
    L, R = [[0.0] * n for _ in range(n)], []
    for i in range(n):  # Cholesky's factor of the middle, and its inverse
        for j in range(i + 1):
            rest = M[i][j] * scale[i] * scale[j] - sum(map(mul, L[i][:j], L[j][:j]))
            if i > j:
                L[i][j] = rest / L[j][j]
            elif rest > 0:
                L[i][i] = math.sqrt(rest)
            else:
                return False
        row = [float(i == j) for j in range(n)]
        for k in range(i):
            row = [a - L[i][k] * b for a, b in zip(row, R[k], strict=True)]
        R.append([a / L[i][i] for a in row])
    R = [[a * s for a, s in zip(row, scale, strict=True)] for row in R]
    if not all(math.isfinite(v) for row in R for v in row):
        return False
    return all(v < 1 for v in distances_from_one(R, Q, [1.0] * n, columns(R, n)))


def only_solution(center, equations):
    """Return a box around center with exactly one zero of the equations in it, and their derivative over the box.

    Krawczyk: with A about the inverse of the derivative F', the box has exactly one zero and F' is regular in it where
    -A F(center) + (1 - A F'(box)) (box - center) lies inside box - center. equations(column) returns F and F'.
    """
    n = len(center)
    F, M = equations(Balls([[v] for v in center], [[0]] * n, 1))
    A = inverse(M.floats())
    require(A is not None, "the equations are singular at the claimed weights")
    step = doubles(A, n) @ F
    steps = [abs(m) + r for (m,), (r,) in zip(step.mid, step.rad, strict=True)]
    radii = [4 * s + (abs(c) >> 116) + FLOOR for s, c in zip(steps, center, strict=True)]
    for _ in range(4):
        box = Balls([[v] for v in center], [[r] for r in radii], 1)
        M = equations(box)[1]
        try:
            rest = distances_from_one(A, M, [r / ONE * (1 + 4 * EPS) for r in radii])
        except OverflowError:  # the box has become so wide that its derivative leaves the range of doubles
            break
        if not all(map(math.isfinite, rest)):
            break
        sizes = [s + int(v * ONE) + 1 for s, v in zip(steps, map(Fraction, rest), strict=True)]
        if all(s < r for s, r in zip(sizes, radii, strict=True)):
            return box, M
        radii = [4 * s + r for s, r in zip(sizes, radii, strict=True)]
    raise Invalid("no box around the claimed weights has exactly one critical point: Krawczyk's test fails")


# ---- networks of any depth: a local minimum in a box ----------------------------------------------------------------


class Deep:
    """The units of a network that count: L = J with all kinked units off + sum of multipliers times kinked heights."""

    def __init__(self, part, X, y):
        claim, texts, n = part.claim, part.witness["units"], len(X)
        self.n, self.outputs, self.loss, self.decay = n, len(y[0]), claim["loss"], claim["decay"]
        self.bias, self.texts, self.full = claim["has_bias"], texts, claim
        require(
            [len(t) for t in texts] == [len(M) for M in claim["layers"][:-1]], "not every hidden unit is named once"
        )
        for text in (t for layer in texts for t in layer):
            require(text in RESTING or len(text) == n, f"{show(text)} is not one of 0, 1 and k for each sample")
        resting(claim, texts)
        self.chosen = [[j for j, t in enumerate(layer) if t not in RESTING] for layer in texts]
        fed, outputs = [list(range(part.d)), *self.chosen], [*self.chosen, list(range(self.outputs))]
        self.layers, self.counted = [], []
        for k, (M, bits, rows, columns) in enumerate(
            zip(claim["layers"], claim["penalised"], outputs, fed, strict=True)
        ):
            kept = [*columns, -1] if self.bias[k] else columns
            self.layers.append([[M[r][c] for c in kept] for r in rows])
            self.counted.append([[bits[r][c] == "1" for c in kept] for r in rows])
        self.widths = [len(M) for M in self.layers]
        self.columns = [len(columns) + int(has) for columns, has in zip(fed, self.bias, strict=True)]
        marks = [[[texts[k][j][i] for j in mine] for i in range(n)] for k, mine in enumerate(self.chosen)]
        self.on = [[[mark == "1" for mark in row] for row in part] for part in marks]
        self.at = [[[mark == "k" for mark in row] for row in part] for part in marks]
        self.asleep = ["zero" in layer for layer in texts]
        self.X, self.y = Balls.of(X, part.d), Balls.of(y)
        self.read_kinks(part.witness["multipliers"], X)
        sizes = [w * c for w, c in zip(self.widths, self.columns, strict=True)]
        self.starts = [sum(sizes[:k]) for k in range(len(sizes) + 1)]

    def read_kinks(self, entries, X):
        """Read the multipliers; find which kinks follow from others and whose heights always agree."""
        given = {}
        for layer, unit, row, value in entries:
            require((layer, unit, row) not in given, "a kink has two multipliers")
            given[layer, unit, row] = value
        terms = [{a: v for a, v in enumerate(x) if v} for x in X]
        names, moved = [tuple(x) for x in X], [False] * self.n
        self.kinks, self.values, self.follows, self.alike = [], [], [], {}
        for k, (on, at) in enumerate(zip(self.on, self.at, strict=True)):
            if self.bias[k]:
                terms = [{**own, "bias": Fraction(1)} for own in terms]
            rests = []
            for u, name in enumerate(self.chosen[k]):
                known = []
                for i in (i for i in range(self.n) if at[i][u]):
                    empty = not self.bias[k] and (not any(X[i]) if k == 0 else names[i] is None)
                    require(
                        not empty, f"the kink of unit {name} of layer {k + 1} at sample {i} is zero for all weights"
                    )
                    require(
                        (k, name, i) in given,
                        f"the kink of unit {name} of layer {k + 1} at sample {i} has no multiplier",
                    )
                    rest = reduced_terms(terms[i], known)
                    lead, factor = next(iter(rest), None), Fraction(1)
                    if rest:
                        known.append((lead, {key: v / rest[lead] for key, v in rest.items()}))
                    same = X[i] if k and moved[i] else names[i]
                    if k == 0 and not self.bias[0]:
                        factor = next(v for v in X[i] if v)
                        same = [v / factor for v in X[i]]
                    self.alike.setdefault((k, u, tuple(same)), []).append((len(self.kinks), factor))
                    self.kinks.append((k, u, i))
                    self.values.append(given.pop((k, name, i)))
                    self.follows.append(not rest)
                rests.append(known)
            terms = [next_terms(own, row, rests) for own, row in zip(terms, on, strict=True)]
            names = [(name, tuple(row)) if any(row) else None for name, row in zip(names, on, strict=True)]
            moved = [before or any(row) or self.asleep[k] for before, row in zip(moved, at, strict=True)]
        require(not given, "there is a multiplier where no kink is marked")
        self.free = [q for q, follows in enumerate(self.follows) if not follows]

    def sweep(self, column):
        """Return weights, what each layer takes, heights, signals from above, and signals, over unknowns."""
        weights = [self.part(column, k) for k in range(len(self.layers))]
        given, taken, heights = self.X, [], []
        for k, M in enumerate(weights):
            taken.append(beside(given, Balls([[ONE]] * self.n, [[0]] * self.n)) if self.bias[k] else given)
            heights.append(taken[k] @ M.T)
            if k < len(self.on):
                given = heights[k].masked(self.on[k])
        signals, reaching = [self.slopes(heights[-1])], []
        multipliers = self.multipliers(column)
        for k in range(len(self.on) - 1, -1, -1):
            reaching.insert(0, signals[0] @ self.inner(weights[k + 1], k))
            signals.insert(0, reaching[0].masked(self.on[k]))
            for (layer, u, i), (mid, rad) in zip(self.kinks, multipliers, strict=True):
                if layer == k:
                    signals[0].mid[i][u], signals[0].rad[i][u] = mid, rad
        return weights, taken, heights, reaching, signals

    def part(self, column, k):
        """Return the weights of a layer."""
        start, width = self.starts[k], self.columns[k]
        rows = range(start, self.starts[k + 1], width) if width else []
        parts = ([[v for (v,) in entries[r : r + width]] for r in rows] for entries in (column.mid, column.rad))
        return Balls(*parts, width)

    def inner(self, M, k):
        """Return the weights of layer k + 1 without its bias."""
        width = self.widths[k]
        return Balls([row[:width] for row in M.mid], [row[:width] for row in M.rad], width)

    def multipliers(self, column):
        """Return the multipliers of all kinks as pairs; those that follow are those of the certificate."""
        unknown = iter(range(self.starts[-1], self.starts[-1] + len(self.free)))
        fixed = Balls.of([[v] for v in self.values], 1)
        out = []
        for q, follows in enumerate(self.follows):
            source, place = (fixed, q) if follows else (column, next(unknown))
            out.append((source.mid[place][0], source.rad[place][0]))
        return out

    def slopes(self, F):
        """Return the derivatives of the mean loss in the outputs."""
        if self.loss == "squared":
            return (F - self.y).times(Fraction(2, self.n))
        return (self.shares(F) - self.y).times(Fraction(1, self.n))

    def shares(self, F):
        """Return the sigmoid of every output, or the softmax of every row; it rises in its own output only."""
        mid, rad = [], []
        for m, r in zip(F.mid, F.rad, strict=True):
            ends = []
            for o in range(len(m)):
                others = [q for q in range(len(m)) if q != o] if self.loss == "cross_entropy" else []
                zero = [0] if self.loss == "bce" else []
                low = share(m[o] - r[o], [m[q] + r[q] for q in others] + zero)
                ends.append((low[0], share(m[o] + r[o], [m[q] - r[q] for q in others] + zero)[1]))
            mid.append([(a + b) // 2 for a, b in ends])
            rad.append([(b - a) // 2 + 1 for a, b in ends])
        return Balls(mid, rad, F.columns)

    def bends(self, F, i):
        """Return the second derivatives of the mean loss in the outputs of sample i."""
        one, k = unit_matrix(F.columns), F.columns
        if self.loss == "squared":
            return one.times(Fraction(2, self.n))
        s = self.shares(Balls(F.mid[i : i + 1], F.rad[i : i + 1], k))
        square = s.T @ s if self.loss == "cross_entropy" else (s.T @ s).masked(one.mid)
        diagonal = Balls(s.mid * k, s.rad * k, k).masked(one.mid)
        return (diagonal - square).times(Fraction(1, self.n))

    def gradient(self, column, swept):
        """Return the derivatives of L in the weights, as a column."""
        _, taken, _, _, signals = swept
        parts = [S.T @ H for S, H in zip(signals, taken, strict=True)]
        flat = Balls(
            *([[v] for part in parts for row in getattr(part, name) for v in row] for name in ("mid", "rad")), 1
        )
        weights = Balls(column.mid[: flat.rows], column.rad[: flat.rows], 1)
        return flat + weights.times(self.decay).masked([[v] for rows in self.counted for row in rows for v in row])

    def kink_rows(self, swept):
        """Return the heights of the free kinks, as a column, and their gradients, as rows."""
        weights, taken, heights, _, _ = swept
        values, rows = Balls([], [], 1), Balls([], [], self.starts[-1])
        for layer, unit, i in (self.kinks[q] for q in self.free):
            values = stacked(values, Balls([[heights[layer].mid[i][unit]]], [[heights[layer].rad[i][unit]]]))
            back, mid, rad = one_row(unit, self.widths[layer]), [0] * self.starts[-1], [0] * self.starts[-1]
            for k in range(layer, -1, -1):
                block = back.T @ Balls([taken[k].mid[i]], [taken[k].rad[i]], self.columns[k])
                mid[self.starts[k] : self.starts[k + 1]] = joined(block.mid)
                rad[self.starts[k] : self.starts[k + 1]] = joined(block.rad)
                if k:
                    back = (back @ self.inner(weights[k], k - 1)).masked([self.on[k - 1][i]])
            rows = stacked(rows, Balls([mid], [rad]))
        return values, rows

    def second(self, swept):
        """Return the second derivatives of L in the weights.

        For weights (u, a) of layer k and (v, b) of layer m >= k a sample adds t_a (C_uv t_b + s_v E_bu): t is what a
        layer takes, s the signal, C the curvature of the loss carried back to both heights, E how what layer m takes
        depends on the heights of layer k.
        """
        weights, taken, heights, _, signals = swept
        size, last = self.starts[-1], len(self.layers) - 1
        H = Balls([[0] * size for _ in range(size)], [[0] * size for _ in range(size)], size)
        carried = [self.carried(weights, heights, i) for i in range(self.n)]
        for k in range(last + 1):
            for m in range(k, last + 1):
                rows = []
                for i, (ahead, bend) in enumerate(carried):
                    C = ahead[last, k].T @ bend @ ahead[last, m]
                    t = Balls([taken[m].mid[i]], [taken[m].rad[i]], self.columns[m])
                    s = Balls([signals[m].mid[i]], [signals[m].rad[i]], self.widths[m])
                    line = outer(C, t)
                    if m > k:
                        E = ahead[m - 1, k].T.masked([self.on[m - 1][i]] * self.widths[k])
                        if self.bias[m]:
                            E = beside(E, Balls([[0]] * E.rows, [[0]] * E.rows))
                        line = line + swapped(outer(E, s), self.widths[m], self.columns[m])
                    rows.append(line)
                block = taken[k].T @ stacked(*rows)
                self.place(H, block, k, m)
        for place, counted in enumerate(v for rows in self.counted for row in rows for v in row):
            if counted:
                own = Balls.of([[self.decay]])
                H.mid[place][place] += own.mid[0][0]
                H.rad[place][place] += own.rad[0][0]
        return H

    def carried(self, weights, heights, i):
        """Return how the heights of each layer depend on those of lower ones at a sample, and the loss's curvature."""
        ahead = {}
        for k in range(len(self.layers)):
            ahead[k, k] = unit_matrix(self.widths[k])
            for m in range(k + 1, len(self.layers)):
                below = ahead[m - 1, k].T.masked([self.on[m - 1][i]] * self.widths[k])
                ahead[m, k] = self.inner(weights[m], m - 1) @ below.T
        return ahead, self.bends(heights[-1], i)

    def place(self, H, block, k, m):
        """Write a block (a; u, v, b) of second derivatives into its places and the transposed ones."""
        for u in range(self.widths[k]):
            for v in range(self.widths[m]):
                columns = self.starts[m] + v * self.columns[m]
                source = (u * self.widths[m] + v) * self.columns[m]
                for a in range(self.columns[k]):
                    row = self.starts[k] + u * self.columns[k] + a
                    for whole, own in ((H.mid, block.mid[a]), (H.rad, block.rad[a])):
                        whole[row][columns : columns + self.columns[m]] = own[source : source + self.columns[m]]
                        if m > k:
                            for b in range(self.columns[m]):
                                whole[columns + b][row] = own[source + b]


def one_row(place, size):
    """Return a row of zeros with a one."""
    return Balls([[ONE if j == place else 0 for j in range(size)]], [[0] * size])


def outer(A, b):
    """Return the row of the products A_uv b_c, c fastest."""
    sizes = [abs(q) + s for q, s in zip(b.mid[0], b.rad[0], strict=True)]
    mid, rad = [], []
    for p, u in zip(joined(A.mid), joined(A.rad), strict=True):
        if p or u:
            mid += [p * q >> BITS for q in b.mid[0]]
            rad += [(abs(p) * s + u * size >> BITS) + 2 for s, size in zip(b.rad[0], sizes, strict=True)]
        else:
            mid += [0] * b.columns
            rad += [0] * b.columns
    return Balls([mid], [rad], b.columns * A.rows * A.columns)


def swapped(row, width, columns):
    """Return a row (u, b, v) of width v and columns b in the order (u, v, b)."""
    size = width * columns
    order = [
        start + b * width + v for start in range(0, row.columns, size) for v in range(width) for b in range(columns)
    ]
    return Balls([[row.mid[0][place] for place in order]], [[row.rad[0][place] for place in order]], row.columns)


def share(own, others):
    """Return bounds of e^own / (e^own + sum e^others), for whole numbers over 2^BITS."""
    most = max([own, *others])
    low, high = exp_minus(Fraction(most - own, ONE))
    terms = [exp_minus(Fraction(most - v, ONE)) for v in others]
    least, largest = sum(t[0] for t in terms), sum(t[1] for t in terms)
    return down(low * ONE, low + largest) if low else 0, up(high * ONE, high + least)


def reduced_terms(own, known):
    """Return terms modulo the known ones: each of these has a one at its name, and nothing at earlier names."""
    rest = dict(own)
    for lead, vector in known:
        factor = rest.get(lead, ZERO)
        if factor:
            for name, v in vector.items():
                rest[name] = rest.get(name, ZERO) - factor * v
            rest = {name: v for name, v in rest.items() if v}
    return rest


def next_terms(own, active, rests):
    """Return the terms of a sample in the next layer."""
    units_on = [u for u, bit in enumerate(active) if bit]
    return {(u, key): v for u in units_on for key, v in reduced_terms(own, rests[u]).items()}


def resting(claim, texts):
    """Check that penalised weights of units at zero or silent are zero, and of units at zero all weights."""
    layers, counted, decay = claim["layers"], claim["penalised"], claim["decay"]
    for k, layer in enumerate(texts):
        for j, text in enumerate(layer):
            if text in RESTING:
                weights = [*layers[k][j], *(row[j] for row in layers[k + 1])]
                bits = [*counted[k][j], *(row[j] for row in counted[k + 1])]
                free = [w for w, bit in zip(weights, bits, strict=True) if bit == "0"]
                require(
                    text == "silent" or (decay > 0 and not free and len(bits) > 0),
                    f"unit {j} of layer {k + 1} is not at zero under a decay on all its weights",
                )
                rests = decay == 0 or not any(w for w, bit in zip(weights, bits, strict=True) if bit == "1")
                require(rests, f"unit {j} of layer {k + 1} has a penalised weight that is not zero")


def deep_local_minimum(part, X, y):
    """Krawczyk on the slice, then over the box: signs, multipliers strictly inside, curvature, units at zero."""
    claim = part.claim
    check_deep_claim(part, X, y, [claim["layers"]], [claim["radius"], *(v for *_, v in part.witness["multipliers"])])
    net = Deep(part, X, y)
    p, q = net.starts[-1], len(net.free)
    well_formed(p + q <= MOST_UNKNOWNS, f"there are more than {MOST_UNKNOWNS} weights and kinks")
    claimed = [v for M in net.layers for row in M for v in row]
    middle = Balls.of([[v] for v in [*claimed, *(net.values[k] for k in net.free)]], 1)
    start = [m for (m,) in middle.mid]
    fields = symmetries(net)
    fields, G = independent_fields(net, fields, Balls([[m] for m in start[:p]], [[0]] * p, 1))

    def equations(column):
        swept = net.sweep(column)
        values, C = net.kink_rows(swept)
        away = Balls([[m - s] for (m,), s in zip(column.mid[:p], start, strict=False)], column.rad[:p], 1)
        nu = Balls(column.mid[p + q :], column.rad[p + q :], 1)
        F = stacked(net.gradient(column, swept) + G.T @ nu, values, G @ away)
        rows = stacked(C, G)
        zeros = Balls(
            [[0] * rows.rows for _ in range(rows.rows)], [[0] * rows.rows for _ in range(rows.rows)], rows.rows
        )
        return F, stacked(beside(net.second(swept), rows.T), beside(rows, zeros))

    box, M = only_solution([*start, *([0] * G.rows)], equations)
    widest = max((r for (r,) in box.rad[:p]), default=0)
    require(Fraction(widest + 1, ONE) <= claim["radius"], "the box around the weights is wider than the claimed radius")
    T = stacked(Balls([], [], p), *(field_at(net, field, box) for field in fields))
    require(not fields or regular(T @ G.T), "the slice is not proved to lie across the symmetries")
    swept = net.sweep(box)
    signs_hold(net, swept, X)
    multipliers_inside(net, swept, box)
    curves(M.block(0, p, p), M.block(p, M.rows, p))
    for k, asleep in enumerate(net.asleep):
        if asleep:
            stays_asleep(net, swept, k)
    radius = told(claim["radius"])
    return (
        f"a network of {len(net.layers)} layers on {len(X)} samples has a local minimum within {radius} of its weights"
    )


def signs_hold(net, swept, X):
    """Samples off the kinks stay off them, and silent units off, in the whole box."""
    _, taken, heights, _, _ = swept
    nothing = [not any(x) for x in X]
    for k, (on, at) in enumerate(zip(net.on, net.at, strict=True)):
        still = [empty and not net.bias[k] for empty in nothing]
        for i, (active, kinked) in enumerate(zip(on, at, strict=True)):
            for u, (bit, kink) in enumerate(zip(active, kinked, strict=True)):
                holds = kink or (heights[k].above(i, u) if bit else heights[k].below(i, u) or still[i])
                require(holds, f"sample {i} may lie on the kink of unit {net.chosen[k][u]} of layer {k + 1}")
        silent = [j for j, text in enumerate(net.texts[k]) if text == "silent"]
        mine = net.chosen[k - 1] if k else range(len(X[0]))
        for j in silent:
            row = [net.full["layers"][k][j][c] for c in [*mine, *([-1] if net.bias[k] else [])]]
            reached = taken[k] @ Balls.of([row], len(row)).T
            off = all(reached.below(i, 0) or still[i] for i in range(net.n))
            require(off, f"unit {j} of layer {k + 1} is not off for every sample")
        both = zip(on, at, strict=True)
        nothing = [not net.asleep[k] and not any(active) and not any(kinked) for active, kinked in both]


def multipliers_inside(net, swept, box):
    """Every multiplier, or sum of those whose heights always agree, lies strictly between 0 and the jump."""
    reaching, every = swept[3], net.multipliers(box)
    for (k, u, _), together in net.alike.items():
        low, high, most, least = 0, 0, 0, 0  # of the sum; of the jumps above and below
        for q, factor in together:
            i, (mid, rad) = net.kinks[q][2], every[q]
            value = Balls([[mid]], [[rad]]).times(factor)
            jump = Balls([[reaching[k].mid[i][u]]], [[reaching[k].rad[i][u]]]).times(abs(factor))
            low, high = low + value.mid[0][0] - value.rad[0][0], high + value.mid[0][0] + value.rad[0][0]
            surely = jump.mid[0][0] - jump.rad[0][0]
            most, least = (most + surely, least) if factor > 0 else (most, least - surely)
        place = f"the multiplier of unit {net.chosen[k][u]} of layer {k + 1} at sample {net.kinks[together[0][0]][2]}"
        require(least < low and high < most, f"{place} is not strictly between 0 and the jump")


def curves(H, C):
    """H is positive definite where C vanishes: H + weight C^T C is, for some weight, all brought to one size."""
    if not H.rows:
        return
    size = [math.sqrt(abs(H.mid[i][i] / ONE)) for i in range(H.rows)]
    size = [1 / max(v, 1e-8 * max(size), 1e-150) for v in size]
    scale = doubles([size], H.rows)
    H = H * Balls(scale.mid * H.rows, scale.rad * H.rows)
    H = H * Balls([[m] * H.rows for m in scale.mid[0]], [[0] * H.rows] * H.rows)
    C = C * Balls(scale.mid * C.rows, scale.rad * C.rows, C.columns)
    lengths = [math.sqrt(sum((m / ONE) ** 2 for m in row)) for row in C.mid]
    require(all(lengths), "a kink has no gradient")
    C = C * Balls(
        [[m] * C.columns for (m,) in doubles([[1 / v] for v in lengths]).mid], [[0] * C.columns] * C.rows, C.columns
    )
    square = C.T @ C
    found = any(definite(H + square.times(Fraction(weight))) for weight in ((10, 1_000, 100_000) if C.rows else (0,)))
    require(found, "the curvature along the kinks is not proved to be positive")


def symmetries(net):
    """Return what changes nothing: (layer, i, j) mixes two units, (None, column, None) shifts all logits."""
    free, out = net.decay == 0, []
    for k, (on, at) in enumerate(zip(net.on, net.at, strict=True)):
        for i in range(net.widths[k]):
            for j in range(net.widths[k]):
                alike = all(row[i] == row[j] for part in (on, at) for row in part)
                same = net.counted[k][i] == net.counted[k][j] and all(row[i] == row[j] for row in net.counted[k + 1])
                if alike and (free or (i < j and same)):
                    out.append((k, i, j))
    if net.loss == "cross_entropy":
        columns = range(net.columns[-1])
        out += [(None, c, None) for c in columns if free or not any(row[c] for row in net.counted[-1])]
    return out


def field_at(net, field, column):
    """Return the direction of a symmetry at weights, as a row of intervals."""
    size = net.starts[-1]
    row = Balls([[0] * size], [[0] * size])
    k, i, j = field

    def put(layer, unit, entry, source, sign):
        place = net.starts[layer] + unit * net.columns[layer] + entry
        row.mid[0][place] += sign * source[0]
        row.rad[0][place] += source[1]

    def weight(layer, unit, entry):
        place = net.starts[layer] + unit * net.columns[layer] + entry
        return column.mid[place][0], column.rad[place][0]

    if k is None:
        for unit in range(net.widths[-1]):
            put(len(net.layers) - 1, unit, i, (ONE, 0), 1)
        return row
    pairs = [(i, j, 1)] if net.decay == 0 else [(i, j, 1), (j, i, -1)]
    for a, b, sign in pairs:  # unit a takes up what unit b takes, b gives what a gives
        for entry in range(net.columns[k]):
            put(k, a, entry, weight(k, b, entry), sign)
        for unit in range(net.widths[k + 1]):
            put(k + 1, unit, b, weight(k + 1, unit, a), -sign)
    return row


def independent_fields(net, fields, column):
    """Return independent symmetries and their directions as rows of doubles of length 1."""
    kept, rows, basis = [], [], []
    for field in fields:
        step = field_at(net, field, column).floats()[0]
        length = math.sqrt(sum(map(mul, step, step)))
        step = rest = [v / length for v in step] if length else step
        for b in [*basis, *basis]:
            along = sum(map(mul, b, rest))
            rest = [v - along * t for v, t in zip(rest, b, strict=True)]
        length = math.sqrt(sum(map(mul, rest, rest)))
        if length > 1e-7:
            basis.append([v / length for v in rest])
            kept.append(field)
            rows.append(step)
    return kept, doubles(rows, net.starts[-1])


def stays_asleep(net, swept, k):
    """No small unit lowers J: f(w) = |sum_i relu(<w, h_i>) e_i| <= decay |w|, h_i what the layer takes, e_i signals.

    The surface of the cube is cut into boxes. Over a box each row is on, off, or put on one side, and what that may
    miss is added. |w| is at least its component along the middle. Where the signs are those of an active unit, its own
    equations give the bound: with one signal f(w) is then at most decay <w_j, w> / |w_j|, less on kinks; with several
    the decay must be the largest singular value of the unit's signal matrix, and no other one as large.
    """
    h, e = swept[1][k], swept[4][k + 1]
    d, answered = h.columns, answered_by(net, swept, k)
    if not (h.rows and d and e.columns):
        return
    require(d <= 7, f"a unit at zero has {d} inputs, too many directions to check")
    cut = BITS - FINE
    H, E = ([[v >> cut for v in row] for row in M.mid] for M in (h, e))
    wide, blur = (
        [sum((v >> cut) + 2 for v in r) if any(m) or any(r) else 0 for m, r in zip(M.mid, M.rad, strict=True)]
        for M in (h, e)
    )
    error = sum(a * sum(map(abs, v)) + (sum(map(abs, u)) + a) * b for a, b, u, v in zip(wide, blur, H, E, strict=True))
    decay = (net.decay.numerator << 2 * FINE) // net.decay.denominator
    for sign in (1, -1) if e.columns == 1 else (0,):
        mine = [(on, at) for on, at, side in answered if side in (0, sign)]
        boxes = [([end if a == axis else 0 for a in range(d)], [0 if a == axis else GRID for a in range(d)])
                 for axis in range(d) for end in (GRID, -GRID)]  # fmt: skip
        looked = 0
        while boxes:
            looked += 1
            well_formed(looked <= MOST_BOXES, "whether a unit at zero can wake takes too many boxes")
            m, s = boxes.pop()
            if box_settled(m, s, H, wide, E, error, decay, mine, sign):
                continue
            axis = max(range(d), key=lambda a: s[a])
            require(s[axis] > 1, "a unit at zero can wake, or nearly: a direction reaches the decay")
            s = [v // 2 if a == axis else v for a, v in enumerate(s)]
            boxes += [([v + t * s[a] if a == axis else v for a, v in enumerate(m)], s) for t in (1, -1)]


def box_settled(m, s, H, wide, E, error, decay, answered, sign):
    """Whether f(w) < decay |w| for all w of a box, or signs are those that an active unit answers for."""
    heights = [sum(map(mul, row, m)) for row in H]
    spread = [sum(abs(a) * b for a, b in zip(row, s, strict=True)) + v * GRID for row, v in zip(H, wide, strict=True)]
    on = [t - r >= 0 for t, r in zip(heights, spread, strict=True)]
    off = [t + r <= 0 for t, r in zip(heights, spread, strict=True)]
    for active, kinked in answered:
        rows = zip(active, kinked, on, off, strict=True)
        if all(kink or (up if bit else down_) or (up and down_) for bit, kink, up, down_ in rows):
            return True
    root, columns_ = math.isqrt(sum(v * v for v in m)) + 1, len(E[0])
    G, excess = [[0] * columns_ for _ in m], 0
    for i, (row, e) in enumerate(zip(H, E, strict=True)):
        size = max(sign * e[0], 0) if sign else math.isqrt(sum(v * v for v in e)) + 1
        low, high = max(spread[i] - heights[i], 0), max(spread[i] + heights[i], 0)
        both = not on[i] and not off[i]
        if both:
            excess += size * min(low, high)
        if (on[i] and not off[i]) or (both and (heights[i] > 0 if sign and sign * e[0] < 0 else low < high)):
            for a, v in enumerate(row):
                if v:
                    G[a] = [g + v * t for g, t in zip(G[a], e, strict=True)]
    if sign:
        g = [sign * row[0] - decay * t // root for row, t in zip(G, m, strict=True)]
        top = sum(map(mul, g, m)) + sum(abs(v) * t for v, t in zip(g, s, strict=True)) + (len(m) * GRID << 1)
    else:
        along = [sum(map(mul, column, m)) for column in columns(G, columns_)]
        across = [sum(abs(v) * t for v, t in zip(column, s, strict=True)) for column in columns(G, columns_)]
        reach = max(sum(v * v for v in m) - sum(abs(v) * t for v, t in zip(m, s, strict=True)), 0)
        top = sum(math.isqrt(sum(v * v for v in part)) + 1 for part in (along, across)) - decay * reach // root
    return top + excess + error * GRID < 0


def answered_by(net, swept, k):
    """Return signs (on, kinks, side of f's only output or 0) that active units of layer k answer for."""
    weights, taken, _, _, signals = swept
    out = []
    for u in range(net.widths[k]):
        on, at = ([row[u] for row in part] for part in (net.on[k], net.at[k]))
        if not all(net.counted[k][u]) or not all(row[u] for row in net.counted[k + 1]):
            continue
        if net.widths[k + 1] == 1:
            up_, down_ = weights[k + 1].above(0, u), weights[k + 1].below(0, u)
            if up_ or down_:
                out.append((on, at, (-1 if up_ else 1) if any(at) else 0))
        elif not any(at):
            rows = [i for i, bit in enumerate(on) if bit]
            t, s = (
                Balls([M.mid[i] for i in rows], [M.rad[i] for i in rows], M.columns) for M in (taken[k], signals[k + 1])
            )
            w = Balls([weights[k].mid[u]], [weights[k].rad[u]])
            length = w @ w.T
            if not length.above(0, 0):
                continue
            square = net.decay * net.decay
            # 1 / |w|^2 from below would do; a number near it makes the test a little weaker only
            along = (w.T @ w).times(square * Fraction(ONE, length.mid[0][0] + length.rad[0][0]))
            if definite(unit_matrix(t.columns).times(square) - (t.T @ s) @ (t.T @ s).T + along):
                out.append((on, at, 0))
    return out


# ---- one hidden layer with weight decay: a local minimum in a box ----------------------------------------------------


class Face:
    """n J where activations, signs and kinks stay: J(t) = sum of losses + lam sum |P u_j| + (kappa / 2) c^2, f = F t.

    Unit j has u_j = sum_q t_q b_q over a basis of the subspace of its kinks, plus an offset of its bias that counts as
    part of c: a unit that is active everywhere shares a free bias with a free constant.
    """

    def __init__(self, part, X, y, decay):
        witness, self.d, self.n, self.decay, self.loss = part.witness, part.d, len(X), decay, part.loss
        self.y, self.signs, self.patterns, self.kinks = y, witness["signs"], witness["patterns"], witness["kinks"]
        pairs = zip(self.patterns, self.kinks, strict=True)
        self.active = [[b and not k for b, k in zip(*pair, strict=True)] for pair in pairs]
        self.offsets, self.bases = witness["offsets"], []
        require(len(self.offsets) == len(self.signs), "the offsets are not one for each unit of the face")
        self.gauge = decay.constant and decay.kept < self.d
        for pattern, kinks, offset in zip(self.patterns, self.kinks, self.offsets, strict=True):
            shares = self.gauge and all(pattern) and not any(kinks)
            require(offset == 0 or shares, "a unit that is not active everywhere cannot share its bias")
            rows = [x for x, kink in zip(X, kinks, strict=True) if kink]
            rows = [[ZERO] * (self.d - 1) + [Fraction(1)]] if shares else rows
            self.bases.append(null_space(rows, self.d))
            require(self.bases[-1], "a unit's kinks leave it no weights")
        self.size = sum(map(len, self.bases)) + int(decay.constant)
        features = []
        for i, x in enumerate(X):
            units_ = zip(self.active, self.signs, self.bases, strict=True)
            row = [s * dot(x, b) if a[i] else ZERO for a, s, B in units_ for b in B]
            features.append(row + [Fraction(1)] * int(decay.constant))
        self.F, self.B = Balls.of(features, self.size), [Balls.of(B) for B in self.bases]
        self.P = [[a < decay.kept for a in range(self.d)]]

    def weights(self, column):
        """Return the weights u_j, one row each."""
        out, start = [], 0
        for B, offset in zip(self.B, self.offsets, strict=True):
            part = Balls(column.mid[start : start + B.rows], column.rad[start : start + B.rows], 1)
            out.append(part.T @ B + Balls.of([[ZERO] * (self.d - 1) + [offset]]))
            start += B.rows
        return out

    def length(self, u):
        """Return |P u| as a matrix of one interval."""
        kept = u.masked(self.P)
        return root_of(kept @ kept.T)

    def slopes(self, f):
        """Return the derivatives of the losses, as a column."""
        if self.loss == "squared":
            return (f - Balls.of([[t] for t in self.y], 1)).times(Fraction(2))
        mid, rad = [], []
        for (m,), (r,), t in zip(f.mid, f.rad, self.y, strict=True):
            s = 1 if t == 1 else -1
            low, high = share(-s * m - r, [0])[0], share(-s * m + r, [0])[1]
            mid.append([-s * ((low + high) // 2)])
            rad.append([(high - low) // 2 + 1])
        return Balls(mid, rad, 1)

    def equations(self, column):
        """Return the derivatives of J and its second derivatives."""
        e = self.slopes(self.F @ column)
        size = Balls([[abs(m)] for (m,) in e.mid], e.rad, 1)
        bends = (size - size * size) if self.loss != "squared" else Balls.of([[Fraction(2)]] * self.n, 1)
        g = self.F.T @ e
        bends = Balls([m * self.size for m in bends.mid], [r * self.size for r in bends.rad], self.size)
        H = self.F.T @ (self.F * bends)
        start, lam = 0, self.decay.lam
        for B, u in zip(self.B, self.weights(column), strict=True):
            kept = B.masked(self.P * B.rows)
            over = reciprocal_of(self.length(u))
            along = kept @ u.T @ over
            bend = (kept @ kept.T - along @ along.T).times(lam)
            bend = bend * Balls([over.mid[0] * B.rows] * B.rows, [over.rad[0] * B.rows] * B.rows)
            along = along.times(lam)
            for q in range(B.rows):
                g.mid[start + q][0] += along.mid[q][0]
                g.rad[start + q][0] += along.rad[q][0]
                for p in range(B.rows):
                    H.mid[start + q][start + p] += bend.mid[q][p]
                    H.rad[start + q][start + p] += bend.rad[q][p]
            start += B.rows
        if self.decay.constant:
            own = Balls([column.mid[-1]], [column.rad[-1]]).times(self.decay.kappa)
            g.mid[-1][0], g.rad[-1][0] = g.mid[-1][0] + own.mid[0][0], g.rad[-1][0] + own.rad[0][0]
            one = Balls.of([[self.decay.kappa]])
            H.mid[-1][-1], H.rad[-1][-1] = H.mid[-1][-1] + one.mid[0][0], H.rad[-1][-1] + one.rad[0][0]
        return g, H

    def value(self, column):
        """Return bounds of n J over a box, as fractions."""
        f = self.F @ column
        low, high = ZERO, ZERO
        for (m,), (r,), t in zip(f.mid, f.rad, self.y, strict=True):
            ends = [Fraction(m - r, ONE), Fraction(m + r, ONE)]
            if self.loss == "squared":
                squares = [(v - t) ** 2 for v in ends]
                parts = (ZERO if ends[0] <= t <= ends[1] else min(squares)), max(squares)
            else:
                s = 1 if t == 1 else -1
                parts = [log_sum_exp([-s * v, ZERO]) for v in (ends if s < 0 else reversed(ends))]
                parts = parts[0][0], parts[1][1]
            low, high = low + parts[0], high + parts[1]
        for u in self.weights(column):
            least, most = bounds(self.length(u).times(self.decay.lam))
            low, high = low + least, high + most
        if self.decay.constant and self.decay.kappa:
            c = Balls([column.mid[-1]], [column.rad[-1]])
            least, most = bounds((c * c).times(self.decay.kappa / 2))
            low, high = low + least, high + most
        return low, high


def bounds(one):
    """Return the ends of a matrix of one interval, as fractions."""
    (m,), (r,) = one.mid[0], one.rad[0]
    return Fraction(m - r, ONE), Fraction(m + r, ONE)


def root_of(one):
    """Return the root of a matrix of one interval."""
    (m,), (r,) = one.mid[0], one.rad[0]
    low, high = math.isqrt(max(m - r, 0) << BITS), math.isqrt((m + r) << BITS) + 1
    return Balls([[(low + high) // 2]], [[(high - low) // 2 + 1]])


def reciprocal_of(one):
    """Return the reciprocal of a matrix of one positive interval."""
    require(one.above(0, 0), "a unit of the face may be at zero")
    (m,), (r,) = one.mid[0], one.rad[0]
    low, high = down(ONE * ONE, m + r), up(ONE * ONE, m - r)
    return Balls([[(low + high) // 2]], [[(high - low) // 2 + 1]])


def null_space(rows, d):
    """Return a basis of the vectors orthogonal to all rows."""
    reduced, pivots = echelon(rows)
    out = []
    for free in (a for a in range(d) if a not in pivots):
        vector = [Fraction(a == free) for a in range(d)]
        for k, pivot in enumerate(pivots):
            vector[pivot] = -reduced[k][free]
        out.append(vector)
    return out


def decayed_local_minimum(part, X, y):
    """Krawczyk on the face, then over the box: a minimum there, kinks, cells beside it, its objective and distance."""
    claim, witness, decay = part.claim, part.witness, Decay(part, X)
    low = {"logistic": -1, "bce": 0}.get(part.loss)
    require(low is None or all(t in (low, 1) for t in y), f"the targets are not {low} and 1")
    same = len(witness["patterns"]) == len(witness["kinks"]) == len(witness["signs"])
    require(same, "patterns, kinks and signs are not as many")
    face = Face(part, X, y, decay)
    require(len(witness["variables"]) == face.size, "the variables are not as many as the face has")
    box = Balls([], [], 1)
    if face.size:
        start = Balls.of([[v] for v in witness["variables"]], 1)
        box, M = only_solution([m for (m,) in start.mid], face.equations)
        require(definite(M), "the critical point of the face is not proved to be a minimum there")
    e, weights = face.slopes(face.F @ box), face.weights(box)
    for j, u in enumerate(weights):
        unit_at_rest(face, X, e, u, j)
    group = [int(v) for v in witness["group"]]
    if -1 in group or claim["global_minimum"]:
        cells_at_rest(part, face, X, e)
    least, most = face.value(box)
    n = max(len(X), 1)
    between = claim["lower"] * n <= least and most <= claim["upper"] * n
    require(between, "the objective is not proved to lie between its ends")
    near_claim(part, face, weights, group, box)
    which = "a global minimum of every width" if claim["global_minimum"] else "a local minimum"
    return f"{which} with weight decay on {len(X)} samples lies within {told(claim['distance'])} of the given weights"


def unit_at_rest(face, X, e, u, j):
    """The samples of a unit stay on their sides; the multipliers of its kinks lie strictly inside their bounds."""
    heights, sign, lines = Balls.of(X, face.d) @ u.T, face.signs[j], {}
    pull = Balls([[ZERO.numerator] * face.d], [[0] * face.d])
    for i, x in enumerate(X):
        if not any(x):
            continue
        own = Balls([e.mid[i]], [e.rad[i]]).times(Fraction(sign))
        if not face.kinks[j][i]:
            holds = heights.above(i, 0) if face.patterns[j][i] else heights.below(i, 0)
            require(holds, f"unit {j} is not proved to be on the claimed side of sample {i}")
            if face.patterns[j][i]:
                pull = pull + own @ Balls.of([x])
            continue
        lead = next(v for v in x if v)
        ends = lines.setdefault(tuple(v / lead for v in x), [Balls.of([[ZERO]]), Balls.of([[ZERO]])])
        ends[lead < 0] = ends[lead < 0] + own.times(abs(lead))
    if not lines:
        return
    N, d, decay = [list(line) for line in lines], face.d, face.decay
    _, pivots = echelon([[row[a] for row in N] for a in range(d)])
    require(len(pivots) == len(N), f"the kinks of unit {j} are dependent")
    pull = pull + (reciprocal_of(face.length(u)) @ u.masked(face.P)).times(decay.lam)
    gram = [[dot(p, q) for q in N] + [Fraction(i == k) for k in range(len(N))] for i, p in enumerate(N)]
    inverse_ = [row[len(N) :] for row in echelon(gram)[0]]
    theta = Balls.of(inverse_) @ (Balls.of(N) @ pull.T)  # with the other sign
    others = [x for x, a in zip(X, face.active[j], strict=True) if a]
    for k, (above, below) in enumerate(lines.values()):
        own = Balls([theta.mid[k]], [theta.rad[k]])
        apart = decay.kept == d and not any(dot(N[k], row) for row in [*others, *N[:k], *N[k + 1 :]])
        if apart and bounds(above)[0] >= 0 and bounds(below)[0] >= 0:
            continue  # its multiplier is 0: the normal is at right angles to all that moves the unit
        inside = (own + above).above(0, 0) and (below - own).above(0, 0)
        require(inside, f"a multiplier at a kink of unit {j} is not proved to be inside its bounds")


def cells_at_rest(part, face, X, e):
    """No cell is pulled by the decay or more, but for those next to a unit of the same sign."""
    witness, decay, near = part.witness, face.decay, part.witness["slopes"]
    live = [any(x) for x in X]
    away = sum((max(abs(v - near[i]) for v in bounds(Balls([e.mid[i]], [e.rad[i]]))) for i in range(len(X))), ZERO)
    slack = away * 2 * sum((root_above(decay.square(x)) for x in X), ZERO)
    listed_ = {(tuple(cell["pattern"]), cell["sign"]): cell["multipliers"] for cell in witness["cells"]}
    gauge = face.gauge and not decay.kappa
    shared = gauge and any(all(p) and not any(k) for p, k in zip(face.patterns, face.kinks, strict=True))
    cells = Cells(X, part.d, witness["order"])
    cells.expect(len(X))
    for cell in cells.inside(cells.all[0], len(X)):
        bits = [False] * len(X)
        for place, i in enumerate(witness["order"]):
            bits[i] = cell.pattern[place] == "1"
        if not any(bits):
            continue
        for sign_ in (1, -1):
            beside_ = (
                s == sign_ and all(a == b or k or not v for a, b, k, v in zip(bits, p, kinks, live, strict=True))
                for p, kinks, s in zip(face.patterns, face.kinks, face.signs, strict=True)
            )
            gone = [i for i, bit in enumerate(bits) if not bit and live[i]]
            if any(beside_) or (shared and all(e.above(i, 0) if sign_ > 0 else e.below(i, 0) for i in gone)):
                continue
            g = combination([-sign_ * v if bit else ZERO for v, bit in zip(near, bits, strict=True)], X, part.d)
            q = eased(g, listed_.get((tuple(bits), sign_), {}), bits, X, "a cell")
            whole_ = all(b or not v for b, v in zip(bits, live, strict=True)) and decay.constant and not decay.kappa
            weak = (whole_ or not any(q[decay.kept :])) and root_above(decay.square(q)) + slack < decay.lam
            require(
                weak, f"the cell {show(cell.pattern)} (in order) with sign {sign_} may be pulled by the decay or more"
            )


def near_claim(part, face, weights, group, box):
    """The balanced weights of the minimum are near the given ones; units of one state share it."""
    claim, shares = part.claim, part.witness["shares"]
    require((claim["c"] is not None) is face.decay.constant, "the output bias is claimed and not given, or given only")
    require(len(group) == len(shares) == len(claim["W"]), "group and shares are not one for each unit")
    square, total = ZERO, [ZERO] * len(weights)
    for g, part_, w, v in zip(group, shares, claim["W"], claim["v"], strict=True):
        if g in (-1, -2):
            square += v * v + sum((a * a for k, a in enumerate(w) if k < face.decay.kept or g == -1), ZERO)
            dead = g == -1 or (face.decay.kept < face.d and w[-1] < 0)
            require(dead, "a unit that is dead for its bias has no negative free bias")
            continue
        require(0 <= g < len(weights) and part_ > 0, "a unit belongs to no unit of the face, or has no share of it")
        total[g] += part_
        u = weights[g].times(part_)
        root = root_of(face.length(u))
        away = beside(root.times(Fraction(face.signs[g])) - Balls.of([[v]]), reciprocal_of(root) @ u - Balls.of([w]))
        square += bounds(away @ away.T)[1]
    require(all(t == 1 for t in total), "the shares of a unit of the face do not sum to 1")
    if face.decay.constant:
        shared = sum((s * b for s, b in zip(face.signs, face.offsets, strict=True)), ZERO)
        away = Balls([box.mid[-1]], [box.rad[-1]]) - Balls.of([[shared + claim["c"]]])
        square += bounds(away @ away.T)[1]
    require(square <= claim["distance"] ** 2, "the minimum is not proved to be so near the given weights")


# ---- the Gaussian population loss: intervals (middle, radius) of integers over 2^FINE ---------------------------

FINE = 256
UNIT = 1 << FINE
HALVINGS, TERMS = 8, 18
MOST_WEIGHTS, FACTOR_BITS = 1_300, 48


def near(value):
    """Return a rational number as an interval."""
    middle = (value.numerator << FINE) // value.denominator
    return middle, int(middle * value.denominator != value.numerator << FINE)


def plus(x, y):
    """Return x + y."""
    return x[0] + y[0], x[1] + y[1]


def minus(x, y):
    """Return x - y."""
    return x[0] - y[0], x[1] + y[1]


def times(x, y):
    """Return x y."""
    return (x[0] * y[0]) >> FINE, ((abs(x[0]) * y[1] + x[1] * (abs(y[0]) + y[1])) >> FINE) + 2


def between(low, high):
    """Return an interval that holds two ends."""
    return (low + high) // 2, (high - low) // 2 + 1


def reciprocal(x):
    """Return 1 / x for x > 0."""
    require(x[0] > x[1], "two units may be parallel, or one zero, within the radius")
    return between((UNIT << FINE) // (x[0] + x[1]), -((-UNIT << FINE) // (x[0] - x[1])))


def root(x):
    """Return the root of x >= 0."""
    low, high = max(x[0] - x[1], 0), max(x[0] + x[1], 0)  # the rest of the interval is rounding
    return between(math.isqrt(low << FINE), math.isqrt(high << FINE) + 1)


def arctan(t):
    """Return the angle of a tangent t >= 0: halved until the series converges fast.

    atan t = 2 atan(t / (1 + root(1 + t^2))); t - t^3 / 3 + t^5 / 5 - ... is off by less than its next term.
    """
    one = (UNIT, 0)
    for _ in range(HALVINGS):
        t = times(t, reciprocal(plus(one, root(plus(one, times(t, t))))))
    square, total, power = times(t, t), (0, 0), t
    for k in range(TERMS):
        part = between((power[0] - power[1]) // (2 * k + 1), -(-(power[0] + power[1]) // (2 * k + 1)))
        total = minus(total, part) if k % 2 else plus(total, part)
        power = times(power, square)
    total = total[0], total[1] + abs(power[0]) + power[1]
    return total[0] << HALVINGS, total[1] << HALVINGS


HALF_TURN = arctan((UNIT, 0))
HALF_TURN = HALF_TURN[0] << 2, HALF_TURN[1] << 2


def inner(a, b):
    """Return <a, b>."""
    terms = [times(p, q) for p, q in zip(a, b, strict=True)]
    return sum(t[0] for t in terms), sum(t[1] for t in terms)


def scaled(a, t):
    """Return the vector t a."""
    return [times(v, t) for v in a]


class Units:
    """Units with lengths and directions; those of length zero are left out."""

    def __init__(self, rows):
        self.lengths = [root(inner(row, row)) for row in rows if any(v != (0, 0) for v in row)]
        rows = [row for row in rows if any(v != (0, 0) for v in row)]
        self.units = [scaled(row, reciprocal(length)) for row, length in zip(rows, self.lengths, strict=True)]


def angle(a, b):
    """Return cosine, sine and pi minus the angle t of two directions.

    t, or for a cosine below 0 pi - t, is 2 atan(sine / (1 + |cosine|)).
    """
    c = inner(a, b)
    s = root(minus((UNIT, 0), times(c, c)))
    half = arctan(times(s, reciprocal((UNIT + abs(c[0]), c[1]))))
    half = 2 * half[0], 2 * half[1]
    return c, s, half if c[0] < 0 else minus(HALF_TURN, half)


def all_pairs(student, teacher):
    """Yield (student or not, i, j, length, direction, cosine, sine, pi minus angle) of all pairs."""
    for own, other in ((True, student), (False, teacher)):
        for i, a in enumerate(student.units):
            for j, (q, b) in enumerate(zip(other.lengths, other.units, strict=True)):
                parallel = (UNIT, 0), (0, 0), HALF_TURN
                yield (own, i, j, q, b, *(parallel if own and i == j else angle(a, b)))


def population_value(student, teacher):
    """Return 4 pi F."""
    total = (0, 0)
    for own, i, _, q, _, c, s, rest in all_pairs(student, teacher):
        part = times(times(student.lengths[i], q), plus(s, times(rest, c)))
        total = plus(total, part) if own else minus(total, (2 * part[0], 2 * part[1]))
    for _, i, _, q, _, c, s, rest in all_pairs(teacher, Units([])):
        total = plus(total, times(times(teacher.lengths[i], q), plus(s, times(rest, c))))
    return total


def population_gradient(student, teacher):
    """Return 2 pi times the gradient."""
    total = [[(0, 0)] * len(a) for a in student.units]
    for own, i, _, q, b, _, s, rest in all_pairs(student, teacher):
        for p, (u, v) in enumerate(zip(student.units[i], b, strict=True)):
            part = times(q, plus(times(u, s), times(v, rest)))
            total[i][p] = plus(total[i][p], part) if own else minus(total[i][p], part)
    return [v for row in total for v in row]


def population_hessian(student, teacher):
    """Return 2 pi times the lower half of the Hessian, row by row.

    2 pi h2 = (pi - t) I + (a b^T + b a^T - cos t (a a^T + b b^T)) / sin t, and
    2 pi |w| h1 / |v| = sin t (I - a a^T) + (b - cos t a)(b - cos t a)^T / sin t, a and b the directions.
    """
    d = len(student.units[0])
    H = [[(0, 0)] * (row + 1) for row in range(len(student.units) * d)]

    def add(row, column, value):
        H[row][column] = plus(H[row][column], value)

    for own, i, j, q, b, c, s, rest in all_pairs(student, teacher):
        a, at = student.units[i], i * d
        if own and i == j:
            for p in range(d):
                add(at + p, at + p, rest)
            continue
        small = reciprocal(s)
        share = times(q, reciprocal(student.lengths[i]))
        share = share if own else (-share[0], share[1])
        turning = times(share, s)
        across = [minus(v, times(c, u)) for u, v in zip(a, b, strict=True)]
        steep = scaled(across, times(share, small))
        pulled = scaled(a, turning)
        for p in range(d):
            add(at + p, at + p, turning)
            for r in range(p + 1):
                add(at + p, at + r, minus(times(steep[p], across[r]), times(pulled[p], a[r])))
        if own and j < i:
            first = scaled(across, small)
            second = [times(minus(u, times(c, v)), small) for u, v in zip(a, b, strict=True)]
            for p in range(d):
                add(at + p, j * d + p, rest)
                for r in range(d):
                    add(at + p, j * d + r, plus(times(a[p], first[r]), times(b[p], second[r])))
    return H


def exceeds(H, floor, spare):
    """Return whether H - floor I is positive definite: H - (floor + spare) I is L L^T up to less than spare.

    H is the lower half of a symmetric matrix of intervals; L comes from floats, its own rounding does not matter.
    """
    L = []
    for i, row in enumerate(H):
        made = []
        for j in range(i):
            made.append((row[j][0] / UNIT - sum(map(mul, made, L[j]))) / L[j][j])
        square = (row[i][0] - floor - spare) / UNIT - sum(map(mul, made, made))
        if not 0 < square < math.inf:
            return False
        L.append([*made, math.sqrt(square)])
    whole = [[round(math.ldexp(v, FACTOR_BITS)) for v in row] for row in L]
    off = [0] * len(H)
    for i, row in enumerate(H):
        for j in range(i + 1):
            product = sum(map(mul, whole[i], whole[j])) << (FINE - 2 * FACTOR_BITS)
            rest = abs(row[j][0] - product - (floor + spare if i == j else 0)) + row[j][1]
            off[i] += rest
            off[j] += rest if j < i else 0
    return all(v < spare for v in off)


def population_minimum(part, X, y):
    """Where the Hessian exceeds the curvature in a ball and the gradient is small, the ball holds a strict minimum."""
    claim, W, radius, curvature = part.claim, part.claim["W"], part.witness["radius"], part.claim["curvature"]
    well_formed(sum(map(len, W)) <= MOST_WEIGHTS, "too many weights to check")
    require(W and W[0], "the student has no weights")
    require(
        radius > 0 and curvature > 0 and claim["distance"] > 0, "radius, distance and curvature are not all positive"
    )
    ends = [claim[name] for name in ("lower", "upper", "distance")]
    small = all(abs(v) <= FARTHEST for v in [radius, curvature, *ends, *(v for row in (*W, *X) for v in row)])
    require(small, "a number is too large")
    rows = [[near(v) for v in row] for row in W]
    student, teacher = Units(rows), Units([[near(v) for v in row] for row in X])
    require(len(student.units) == len(W), "two units may be parallel, or one zero, within the radius")
    # the length of 2 pi times the gradient, from above, beside 2 pi times the curvature, from below
    slope = sum((abs(v[0]) + v[1]) ** 2 for v in population_gradient(student, teacher))
    slope = Fraction(math.isqrt(slope) + 1, UNIT)
    circle = Fraction(2 * (HALF_TURN[0] - HALF_TURN[1]), UNIT)
    require(2 * slope < circle * curvature * radius, "the gradient is too large for a minimum within the radius")
    require(slope <= circle * curvature * claim["distance"], "the minimum is not proved to be so near the weights")
    wide = -((-radius.numerator << FINE) // radius.denominator)
    H = population_hessian(Units([[(v[0], v[1] + wide) for v in row] for row in rows]), teacher)
    scale = Fraction(2 * (HALF_TURN[0] + HALF_TURN[1]), UNIT) * curvature
    floor = -((-scale.numerator << FINE) // scale.denominator)
    require(exceeds(H, floor, max(floor // 1000, 1)), "the Hessian is not proved to exceed the claimed curvature")
    value = population_value(student, teacher)
    least, most = Fraction(value[0] - value[1], UNIT), Fraction(value[0] + value[1], UNIT)
    most /= 2 * circle
    least = max(least, ZERO) / (2 * scale / curvature) - (slope / circle) ** 2 / (2 * curvature)
    held = (claim["lower"] <= least or claim["lower"] <= 0) and most <= claim["upper"]
    require(held, "the loss of the minimum is not proved to lie between the claimed ends")
    spurious = claim["lower"] > 0 and len(W) >= len(X)
    require(claim["spurious"] is spurious, "whether the minimum is spurious is not what follows from its ends")
    which = "that is no global minimum" if spurious else "of unknown rank"
    return (
        f"the population loss of {units(len(W))} against {len(X)} has a strict local minimum {which} within "
        f"{float(claim['distance']):.2g} of the claimed weights, of a loss of about {float(claim['upper']):.9g}"
    )


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
CELL = {"pattern": pattern, "sign": sign, "multipliers": entries}
CELLS = listed("cells", record(CELL))
SQUARED = ("squared",)
INTERVAL = {"lower": array(), "upper": array()}
DEEP = {
    **{"layers": array("*", "*", "*"), "has_bias": listed("layers", flag()), "penalised": listed("layers", masks)},
    **{"loss": word("squared", "bce", "cross_entropy"), "decay": array()},
}

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
    "logistic-basin-value": (
        *("one", ("logistic", "bce"), False),
        {**INTERVAL, "patterns": PATTERNS, "signs": SIGNS, "output_bias": flag()},
        {
            **{"Z": array("m", "d"), "c": array(), "direction": array("m", "d"), "direction_c": array()},
            **{"slopes": array("n"), "multipliers": MULTIPLIERS},
        },
        logistic_basin_value,
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
    "decayed-width-minimum": (
        *("one", SQUARED, True),
        {**INTERVAL, "width": whole(1, "m"), "output_bias": flag()},
        {
            **{"Z": array("m", "d"), "signs": SIGNS, "c": array(), "order": order, "slopes": array("vectors", "n")},
            "cells": listed("cells", record({**CELL, "vector": whole(0)})),
        },
        decayed_width_minimum,
    ),
    "decayed-local-minimum": (
        *("one", ("squared", "logistic", "bce"), True),
        {
            **{"W": array("m", "d"), "v": array("m"), "c": maybe(array()), "output_bias": flag()},
            **{**INTERVAL, "distance": array(), "global_minimum": flag()},
        },
        {
            **{"patterns": listed("f", pattern), "kinks": listed("f", pattern), "signs": listed("f", sign)},
            **{"variables": array("*"), "offsets": array("*"), "group": array("*"), "shares": array("*")},
            **{"slopes": array("n"), "order": order, "cells": CELLS},
        },
        decayed_local_minimum,
    ),
    "deep-local-minimum": (
        *("several", SQUARED, False),
        {**DEEP, "radius": array(), "local_minimum": flag(True)},
        {"units": listed("hidden", unit_texts), "multipliers": kink_entries},
        deep_local_minimum,
    ),
    "several-outputs-minimum": (
        *("several", SQUARED, True),
        {**INTERVAL},
        {"W": array("m", "d"), "V": array("m", "k"), "slopes": array("n", "k"), "order": order},
        several_outputs_minimum,
    ),
    "population-minimum": (
        *("none", SQUARED, False),
        {
            **{"W": array("m", "d"), "distance": array(), **INTERVAL, "curvature": array()},
            **{"local_minimum": flag(True), "spurious": flag()},
        },
        {"radius": array()},
        population_minimum,
    ),
    "deep-not-minimum": (
        *("several", SQUARED, False),
        {**DEEP, "local_minimum": flag(False), "verdict?": word("saddle", "not stationary")},
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
        for name in ("m", "cells", "f"):
            at.sizes.pop(name, None)
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
    except (RecursionError, MemoryError, OverflowError):
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
