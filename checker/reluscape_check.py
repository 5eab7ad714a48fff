#!/usr/bin/env python3
"""Check a certificate of reluscape with nothing but Python's standard library, in exact fractions.

    python3 reluscape_check.py CERTIFICATE.json [DATA.json]

DATA.json holds {"X": [[...], ...], "y": [...]}, exact numbers as text; it is needed where the certificate holds only
the SHA-256 of its data. One line is printed. Exit status 0: valid, and the line says what is proved. 1: invalid, and
the line is the first one that fails. 2: malformed, too large to check, or of an unknown kind.

The format, and for each kind the theorem that makes the witness a proof, are in docs/certificates.md; this file was
written from there and shares no code with the package. Read it from top to bottom: reading; exact numbers; regions and
basins; one network; cells; weight decay; intervals; losses; networks of any depth; weight decay at a point that is not
rational; the Gaussian population loss; bundles and the command line. Each kind stands as @kind(its name, its targets,
the fields of its claim, those of its witness) above the function that checks it; p holds all these fields.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from fractions import Fraction
from operator import add, mul

SCHEMA = 1
MOST_BYTES, MOST_NUMBERS, MOST_BITS, MOST_COMMON_BITS = 2**26, 4_000_000, 2**28, 1_000_000
LONG_TEXT, MOST_TEXT, MOST_DIGITS_OF_EXPONENT = 3_000, 100_000, 4
MOST_CELLS, MOST_LAYERS, MOST_RAYS, MOST_NEGATIVE, MOST_WIDTH, MOST_RANK = 300_000, 5_000_000, 1_000_000, 40, 500, 3
MOST_UNKNOWNS, MOST_BOXES, MOST_INPUTS, MOST_CUT_RANK, FARTHEST = 1_300, 200_000, 7, 12, 10**75
ZERO, RESTING = Fraction(0), ("zero", "silent")


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


# ---- reading: a field is "name: type sizes", such as "W: number m d"; "name?" may be absent, "... or null" null -----


def fields(text):
    """Return the forms of the fields that a text names, each as a list of words."""
    return {name: form.split() for name, form in (one.split(": ") for one in text.split(", ") if one)}


CELL = "pattern: pattern, sign: sign, multipliers: entries"
RECORDS = {
    "cell": fields(CELL),
    "vector-cell": fields(f"{CELL}, vector: whole"),
    "cut": fields("cone: whole, first: whole, second: whole, s: count, t: count"),
    "bound": fields("cone: whole, sign: sign, vector: whole, z: number *, shares: entries"),
    "table": fields(
        "target?: text, features?: text * or null, drop?: text * or null, positive?: text, rows?: count, "
        "input_mean?: text *, input_scale?: text *, target_scale?: text *, seed?: whole, labels?: labels or null, "
        "loss?: text, drop_missing?: flag, regression?: flag, standardize?: flag, bias?: flag, adapt?: flag"
    ),
    "penalty": fields("value: number, biases: flag"),
    # how a unit of a local minimum is proved
    **{f"method {name}": fields("method: text") for name in ("frozen", "vanishes", "rays")},
    "method multipliers": fields("method: text, corners: number * *"),
    "method inclusion": fields("method: text, shift: number *, change: number * *"),
}
TABLE = RECORDS["table"]
TYPES = {  # values that are taken as they are
    "sign": lambda v: type(v) is int and v in (1, -1),
    "whole": lambda v: type(v) is int and v >= 0,
    "count": lambda v: type(v) is int and v >= 1,
    "flag": lambda v: type(v) is bool,
    "true": lambda v: v is True,
    "false": lambda v: v is False,
    "text": lambda v: type(v) is str,
    "list": lambda v: type(v) is list,
    "bits": lambda v: type(v) is str and not set(v) - set("01"),
    "state": lambda v: type(v) is str and (v in RESTING or not set(v) - set("01k")),
    "labels": lambda v: type(v) is dict and all(type(t) is str and fraction(t) is not None for t in v.values()),
    "trainable": lambda v: v in ("Wv", "W"),
    "verdict": lambda v: v in ("saddle", "not stationary"),
    "deep-loss": lambda v: v in ("squared", "bce", "cross_entropy"),
    "upper-end": lambda v: v == "the upper end of the global minimum; its lower end is numerical",
}
INTERVAL = "lower: number, upper: number"
BASIN = "patterns: pattern m, signs: sign m, output_bias: flag"
SIGNED = "Z: number m d, signs: sign m, c: number"
POINT = "loss: number, W: number m d, v: number m, c: number or null, slope: number, trainable: trainable"
DEEP = "layers: number * * *, has_bias: flag layers, penalised: bits layers *, loss: deep-loss, decay: number"
CELLS = "order: order, cells: cell cells"
KINDS = {}


def kind(name, targets, claim, witness, losses=("squared",), decays=False):
    """Put a kind into the table: targets "one", "several", "none" or "any", losses, whether it carries weight decay."""

    def put(check):
        KINDS[name] = targets, losses, decays, fields(claim), fields(witness), check
        return check

    return put


def digits(text):
    """Whether a text is one or more of the ten ASCII digits."""
    return bool(text) and not set(text) - set("0123456789")


def fraction(text):
    """Return the exact number of a text: an optional sign, then p, p/q, or a decimal with an optional exponent."""
    line = f"{show(text)} is no exact number"
    well_formed(len(text) <= MOST_TEXT, f"a number has more than {MOST_TEXT} characters")
    minus, rest = -1 if text[:1] == "-" else 1, text[1:] if text[:1] in ("+", "-") else text
    top, slash, bottom = rest.partition("/")
    if slash or digits(rest):
        well_formed(digits(top) and (not slash or (digits(bottom) and int(bottom) != 0)), line)
        return minus * Fraction(int(top), int(bottom or 1))
    mantissa, mark, exponent = rest.replace("E", "e").partition("e")
    power = exponent[1:] if exponent[:1] in ("+", "-") else exponent
    whole, point, decimals = mantissa.partition(".")
    well_formed(len(text) <= LONG_TEXT and digits(whole) and (digits(decimals) or not point), line)
    well_formed(not mark or (digits(power) and len(power) <= MOST_DIGITS_OF_EXPONENT), line)
    return minus * Fraction(int(whole + decimals)) * Fraction(10) ** ((int(exponent) if mark else 0) - len(decimals))


def a_list(value):
    """Check that a value is a list."""
    well_formed(type(value) is list, f"{show(value)} stands where a list belongs")
    return value


class Reader:
    """The sizes that are known (n, d, m, k, ...), and how much has been read."""

    def __init__(self):
        self.sizes, self.numbers, self.bits = {}, 0, 0

    def size(self, name, found):
        """Check a size; the first field of an unknown size sets it."""
        expected = found if name == "*" else self.sizes.setdefault(name, found)
        well_formed(found == expected, f"the shape does not fit: {show(found)} where {show(expected)} belong")

    def record(self, value, known):
        """Return an object with exactly the known fields."""
        well_formed(type(value) is dict, f"{show(value)} stands where an object belongs")
        strange = set(value) - {name.rstrip("?") for name in known}
        well_formed(not strange, f"the field {show(min(strange, default=''))} is not known")
        found = {}
        for name, form in known.items():
            key = name.rstrip("?")
            well_formed(key in value or name != key, f"there is no field {key}")
            if key in value:
                try:
                    found[key] = self.read(value[key], form)
                except Malformed as problem:
                    raise Malformed(f"{key}: {problem}") from None
        return found

    def read(self, value, form):
        """Return a value of a form: a type, then the sizes of the lists in which values of it stand, or "= size"."""
        type_, *sizes = form
        if sizes[-2:] == ["or", "null"]:
            return None if value is None else self.read(value, form[:-2])
        if type_ == "number":
            return self.array(value, sizes)
        if sizes and sizes[0] != "=":
            self.size(sizes[0], len(a_list(value)))
            return [self.read(item, [type_, *sizes[1:]]) for item in value]
        if type_ == "method":
            type_ = f"method {value.get('method') if type(value) is dict else None}"
            well_formed(type_ in RECORDS, "a unit has no method that is known")
        if type_ in RECORDS:
            return self.record(value, RECORDS[type_])
        if type_ not in TYPES:
            return getattr(self, type_)(value)
        well_formed(TYPES[type_](value), f"{show(value)} is none of the form {type_}")
        if sizes:
            self.size(sizes[1], value)
        return value

    def array(self, value, sizes):
        """Return nested lists of exact numbers, which have a short common denominator."""
        denominators, common = set(), 1

        def part(value, sizes):
            if sizes:
                self.size(sizes[0], len(a_list(value)))
                return [part(item, sizes[1:]) for item in value]
            well_formed(type(value) in (int, str), f"{show(value)} stands where an exact number belongs")
            found = fraction(value) if type(value) is str else Fraction(value)
            denominators.add(found.denominator)
            self.numbers += 1
            self.bits += found.numerator.bit_length() + found.denominator.bit_length()
            well_formed(self.numbers <= MOST_NUMBERS and self.bits <= MOST_BITS, "too many numbers, or too long ones")
            return found

        found = part(value, sizes)
        for denominator in denominators:
            common = math.lcm(common, denominator)
            well_formed(common.bit_length() <= MOST_COMMON_BITS, "the common denominator is too long")
        return found

    def pattern(self, value):
        """One character 0 or 1 for each sample."""
        ok = type(value) is str and len(value) == self.sizes["n"] and not set(value) - {"0", "1"}
        well_formed(ok, f"{show(value)} is no text of one 0 or 1 for each sample")
        return [bit == "1" for bit in value]

    def entries(self, value):
        """Pairs of a sample, each at most once, and an exact number."""
        well_formed(all(len(a_list(pair)) == 2 for pair in a_list(value)), "not all are pairs of a sample and a number")
        samples = [i for i, _ in value]
        ok = all(type(i) is int and 0 <= i < self.sizes["n"] for i in samples) and len(set(samples)) == len(samples)
        well_formed(ok, "not all are different samples")
        return dict(zip(samples, self.array([v for _, v in value], ["*"]), strict=True))

    def kinks(self, value):
        """Lists of a layer, a unit, a sample and a number."""
        for entry in a_list(value):
            ok = len(a_list(entry)) == 4 and all(type(v) is int and v >= 0 for v in entry[:3])
            well_formed(ok, "this is no list of a layer, a unit, a sample and a number")
        numbers = self.array([entry[3] for entry in value], ["*"])
        return [(*entry[:3], number) for entry, number in zip(value, numbers, strict=True)]

    def order(self, value):
        """Every sample once."""
        ok = all(type(i) is int for i in a_list(value)) and len(value) == self.sizes["n"]
        well_formed(ok and set(value) == set(range(len(value))), "not each sample is named once")
        return value


class Proof:
    """A claim with its witness, read: their fields and the data X, y; targets as rows Y; n, d; loss and penalty."""

    def __init__(self, content, at, block, X, y):
        self.kind, self.X, self.y, self.n, self.d = content["kind"], X, y, len(X), at.sizes["d"]
        self.Y = [t if type(t) is list else [t] for t in y or []]
        self.divisor, self.verdict = max(self.n, 1), None
        self.targets, losses, self.decays, claim, witness, self.check = KINDS[self.kind]
        loss, penalty = content.get("loss"), content.get("penalty")
        well_formed(loss is None or loss in losses, f"the loss {show(loss)} does not belong to this kind")
        self.loss = loss or "squared"
        at.sizes = {name: size for name, size in at.sizes.items() if name in ("n", "d", "k")}
        claim, witness = at.record(content["claim"], claim), at.record(content["witness"], witness)
        self.given = set(witness)
        self.__dict__.update(claim | witness)
        if self.kind == "bundle":
            self.members = members(self.members, at, block, X, y)
        if self.decays:
            self.penalty = at.record(penalty, RECORDS["penalty"])
            well_formed(self.penalty["value"] > 0, "the weight decay is not positive")
        else:
            well_formed(penalty in (None, "none"), f"the penalty {show(penalty)} does not belong to this kind")

    def judge(self):
        """Return what is proved, as a sentence."""
        needs = self.targets not in ("none", "any")
        require(self.y is not None or not needs, "the claim needs targets, the data have none")
        return self.check(self)


def members(value, at, block, X, y):
    """Return the proofs of a bundle, which may repeat the bundle's data but name no others."""
    well_formed(value, "the bundle is empty")
    own = json.dumps({key: value for key, value in block.items() if key != "table"}, sort_keys=True)
    for member in value:
        check_names(member, {"kind", "claim", "witness"}, {"schema", "data"})
        alone = member["kind"] != "bundle" and KINDS[member["kind"]][0] != "several"
        well_formed(alone, f"a certificate of kind {member['kind']} cannot stand in a bundle")
        same = "data" not in member or json.dumps(member["data"], sort_keys=True) == own
        well_formed(same, "a member's data are not those of its bundle")
    return [Proof(member, at, block, X, y) for member in value]


def check_names(content, needed, allowed):
    """Check the fields of a certificate, its schema and its kind."""
    well_formed(type(content) is dict, f"{show(content)} stands where a certificate belongs")
    name, schema = content.get("kind"), content.get("schema", SCHEMA)
    well_formed(type(schema) is int and schema == SCHEMA, f"the schema {show(schema)} is not {SCHEMA}")
    well_formed(type(name) is str and name in KINDS, f"unknown kind {show(name)}")
    strange = set(content) - needed - allowed - {"loss", "penalty"}
    well_formed(not strange, f"the field {show(min(strange, default=''))} is not known")
    well_formed(needed <= set(content), f"there is no field {min(needed - set(content), default='')}")


def read_data(block, targets):
    """Return the data written in a certificate (None, None where only their hash is there) and the reader."""
    at, y = Reader(), "number n k" if targets == "several" else "number n"
    known = f"n: whole = n, d: whole = d, sha256: text, X?: number n d, y?: {y} or null, table?: table"
    found = at.record(block, fields(known))
    sha, X, y = found["sha256"], found.get("X"), found.get("y")
    well_formed(max(found["n"], found["d"]) <= MOST_NUMBERS, "there are too many samples or inputs")
    well_formed(len(sha) == 64 and not set(sha) - set("0123456789abcdef"), "sha256 is not 64 hexadecimal digits")
    well_formed(("X" in found) == ("y" in found), "only one of X and y is written out")
    well_formed(at.sizes.get("k", 1) > 0, "there are no outputs")
    if X is not None:
        well_formed(y is not None or targets in ("none", "any"), "the claim needs targets")
        well_formed(y is None or targets != "none", "the claim is about no targets, and there are some")
        require(digest(X, y) == sha, "the data do not match their SHA-256")
    return X, y, at


def digest(X, y):
    """Return the SHA-256 of the data: of the text [X,y] in JSON without spaces, numbers as p or p/q in lowest terms."""
    text = json.dumps([X, y], default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def given_data(text, block, targets, at):
    """Return the data of a file, after checking that they are those of the certificate."""
    content = parse(text)
    well_formed(type(content) is dict and set(content) == {"X", "y"}, "the data are an object with the fields X and y")
    y, other, form = content["y"], Reader(), "number n"
    if targets == "several":
        y, form = [v if type(v) is list else [v] for v in y] if type(y) is list else y, "number n k"
    found = other.record({"X": content["X"], "y": y}, fields(f"X: number n *, y: {form} or null"))
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
        well_formed(len(dict(pairs)) == len(pairs), "an object has a field twice")
        return dict(pairs)

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


# ---- exact numbers -------------------------------------------------------------------------------------------------


def dot(a, b):
    """Return the inner product."""
    return sum((p * q for p, q in zip(a, b, strict=True) if p and q), ZERO)


def whole_dot(a, b):
    """Return the inner product of whole numbers."""
    return sum(map(mul, a, b))


def relu(value):
    """Return the positive part."""
    return max(value, ZERO)


def between_ends(p):
    """Return the ends of a claim, for a sentence."""
    return f"between {told(p.lower)} and {told(p.upper)}"


def side(active):
    """Return 1 for an active sample, else -1."""
    return 1 if active else -1


def combination(weights, rows, d):
    """Return sum_i weights_i rows_i, of d entries."""
    total = [ZERO] * d
    for v, row in zip(weights, rows, strict=True):
        if v:
            total = [t + v * a if a else t for t, a in zip(total, row, strict=True)]
    return total


def columns(matrix, k):
    """Return the columns of a matrix with k of them."""
    return [[row[o] for row in matrix] for o in range(k)]


def squares(rows):
    """Return the sum of the squares of all entries."""
    return sum((v * v for row in rows for v in row), ZERO)


def apart(A, B):
    """Return the sum of the squares of the differences of two matrices."""
    return squares([p - q for p, q in zip(a, b, strict=True)] for a, b in zip(A, B, strict=True))


def root_above(square):
    """Return a rational number that is at least the root of a square, the root itself where that is rational."""
    p, q = square.numerator, square.denominator
    if math.isqrt(p) ** 2 == p and math.isqrt(q) ** 2 == q:
        return Fraction(math.isqrt(p), math.isqrt(q))
    shift = 320 + q.bit_length()
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


def inverse(matrix):
    """Return the inverse of a regular matrix."""
    size = len(matrix)
    both = [[*row, *(Fraction(int(i == k)) for k in range(size))] for i, row in enumerate(matrix)]
    return [row[size:] for row in echelon(both)[0]]


def null_space(rows, d):
    """Return a basis of the vectors orthogonal to all rows: one at a free column each, in order."""
    reduced, pivots = echelon(rows)
    out = []
    for free in (a for a in range(d) if a not in pivots):
        vector = [Fraction(a == free) for a in range(d)]
        for k, pivot in enumerate(pivots):
            vector[pivot] = -reduced[k][free]
        out.append(vector)
    return out


def whole_numbers(vectors):
    """Return vectors times one positive number, as whole numbers, and that number."""
    common = math.lcm(1, *(v.denominator for vector in vectors for v in vector))
    return [[int(v * common) for v in vector] for vector in vectors], common


# ---- regions: one unit's pattern; every sample strictly on its side ------------------------------------------------


@kind("region-witness", "none", "pattern: pattern, realizable: true", "w: number d")
def region_witness(p):
    """s_i <w, x_i> > 0 for every sample."""
    for i, (bit, x) in enumerate(zip(p.pattern, p.X, strict=True)):
        require(side(bit) * dot(p.w, x) > 0, f"w is not strictly on the claimed side of sample {i}")
    return f"a unit can have the claimed pattern on the {p.n} samples"


@kind("region-empty", "none", "pattern: pattern, realizable: false", "lambda: number n")
def region_empty(p):
    """Gordan: lambda >= 0, not zero, sum_i lambda_i s_i x_i = 0."""
    weights = getattr(p, "lambda")
    require(all(v >= 0 for v in weights), "a multiplier is negative")
    require(any(weights), "all multipliers are zero")
    signed = [v * side(bit) for v, bit in zip(weights, p.pattern, strict=True)]
    require(not any(combination(signed, p.X, p.d)), "the combination of the signed samples is not zero")
    return f"no unit has the claimed pattern on the {p.n} samples"


@kind(
    "zero-loss",
    "one",
    "pattern: pattern m, v: number m, zero_loss: flag",
    "W?: number m d, u?: number n, mu?: number m n",
)
def zero_loss(p):
    """Weights of the open region that reach the targets, or (Motzkin) a functional u that separates them from it."""
    nonzero, m = [any(x) for x in p.X], len(p.v)
    wanted = {"W"} if p.zero_loss else {"u", "mu"}
    require(p.given == wanted, "the witness is W where zero loss is claimed, u and mu where it is denied")
    if p.zero_loss:
        for i, x in enumerate(p.X):
            heights = [dot(w, x) for w in p.W]
            inside = all(side(bits[i]) * h > 0 for bits, h in zip(p.pattern, heights, strict=True))
            require(inside or not nonzero[i], f"the weights are not inside the region at sample {i}")
            require(dot(p.v, map(relu, heights)) == p.y[i], f"the prediction for sample {i} is not its target")
        return f"the open region of {m} units holds weights that reach all {p.n} targets"
    for j, (bits, v, mu) in enumerate(zip(p.pattern, p.v, p.mu, strict=True)):
        require(all(t >= 0 for t in mu), f"a multiplier of unit {j} is negative")
        sign = (v > 0) - (v < 0)
        parts = [(sign * a if bit else ZERO) - t * side(bit) for a, t, bit in zip(p.u, mu, bits, strict=True)]
        require(not any(combination(parts, p.X, p.d)), f"the multipliers of unit {j} do not match the functional")
    product = dot(p.u, p.y)
    strict = any(t and live for mu in p.mu for t, live in zip(mu, nonzero, strict=True))
    require(product < 0 or (product == 0 and strict), "the functional does not separate the targets from the region")
    return f"no weights of the open region of {m} units reach all {p.n} targets"


# ---- basins: every unit in a closed cell, where the loss is convex in the weights ------------------------------------


def closed_basin(p, rows):
    """Check that unit j is on the closed side of every sample; return the heights of active samples (n, m)."""
    active = [[ZERO] * len(rows) for _ in p.X]
    for j, (bits, w) in enumerate(zip(p.patterns, rows, strict=True)):
        for i, (bit, x) in enumerate(zip(bits, p.X, strict=True)):
            h = dot(w, x)
            require(side(bit) * h >= 0, f"unit {j} lies outside the basin at sample {i}")
            active[i][j] = h if bit else ZERO
    return active


def outputs(active, V, c):
    """Return the predictions (n, k) from what the units give (n, m), their output weights (m, k) and biases."""
    by_output = columns(V, len(c))
    return [[dot(row, column) + b for column, b in zip(by_output, c, strict=True)] for row in active]


def pulled(p, nu, bits, multipliers, sign, where):
    """Return q = -sign sum_{i active} nu_i x_i + sum_i mu_i a_i x_i, after checking mu >= 0.

    In the closed cell, <q, u> is at least the pull -sign sum_i nu_i max(0, <x_i, u>).
    """
    weights = [-sign * v if bit else ZERO for v, bit in zip(nu, bits, strict=True)]
    for i, mu in multipliers.items():
        require(mu >= 0, f"the multiplier of {where} and sample {i} is negative")
        weights[i] += mu * side(bits[i])
    return combination(weights, p.X, p.d)


def value_of_basin(p, W, V, c):
    """Check a point of a product of closed cells, its loss, and (Karush, Kuhn, Tucker) that nothing there is lower."""
    require(p.output_bias or not any(c), "the witness has an output bias, the claim has none")
    f = outputs(closed_basin(p, W), V, c)
    require(apart(f, p.Y) == p.value * p.divisor, "the point does not have the claimed value")
    residual = [[a - t for a, t in zip(*pair, strict=True)] for pair in zip(f, p.Y, strict=True)]
    for column in columns(residual, len(c)) if p.output_bias else []:
        require(sum(column, ZERO) == 0, "the residuals do not sum to zero, another output bias is better")
    for j, (w, v, bits, multipliers) in enumerate(zip(W, V, p.patterns, p.multipliers, strict=True)):
        for i, mu in multipliers.items():
            require(mu == 0 or dot(w, p.X[i]) == 0, f"unit {j} has a multiplier on sample {i} off its hyperplane")
        q = pulled(p, [dot(v, r) for r in residual], bits, multipliers, 1, f"unit {j}")
        require(not any(q), f"unit {j} is not stationary in its cell")
    bias = "an" if p.output_bias else "no"
    return f"the closed basin of {len(W)} units, {bias} output bias, {p.n} samples has the loss {told(p.value)}"


@kind(
    "basin-value",
    "one",
    f"value: number, {BASIN}, proves?: upper-end",
    "Z: number m d, c: number, multipliers: entries m",
)
def basin_value(p):
    """One output; with u_j = s_j z_j = |v_j| w_j the output weights are the signs."""
    return value_of_basin(p, signed(p), [[Fraction(s)] for s in p.signs], [p.c])


@kind(
    "frozen-basin-value",
    "several",
    "value: number, patterns: pattern m, weights: number m k, output_bias: flag",
    "W: number m d, c: number k, multipliers: entries m",
)
def frozen_basin_value(p):
    """The same with fixed output weights and any number of outputs."""
    return value_of_basin(p, p.W, p.weights, p.c)


def signed(p):
    """Return the rows u_j = s_j z_j."""
    return [[s * v for v in z] for s, z in zip(p.signs, p.Z, strict=True)]


def labels(p):
    """Return the targets as 1 and -1, after checking that they are those of the logistic loss or of bce."""
    low = -1 if p.loss == "logistic" else 0
    require(all(t in (low, 1) for t in p.y), f"the targets are not {low} and 1")
    return [1 if t == 1 else -1 for t in p.y]


@kind(
    "logistic-basin-value",
    "one",
    f"{INTERVAL}, {BASIN}",
    "Z: number m d, c: number, direction: number m d, direction_c: number, slopes: number n, multipliers: entries m",
    losses=("logistic", "bce"),
)
def logistic_basin_value(p):
    """Far along a direction the point enters the basin, and the losses that move vanish; Fenchel bounds from below."""
    f, move, t = [p.c] * p.n, [p.direction_c] * p.n, labels(p)
    require(p.output_bias or p.c == p.direction_c == 0, "the witness has an output bias, the claim has none")
    for j, (s, bits) in enumerate(zip(p.signs, p.patterns, strict=True)):
        for i, (x, bit) in enumerate(zip(p.X, bits, strict=True)):
            near, far = dot(x, p.Z[j]), dot(x, p.direction[j])
            inside = s * side(bit) * far > 0 or (far == 0 and s * side(bit) * near >= 0)
            require(inside, f"unit {j} lies outside the basin at sample {i}, also far along the direction")
            if bit:
                f[i], move[i] = f[i] + near, move[i] + far
    require(all(a * v >= 0 for a, v in zip(t, move, strict=True)), "a loss rises along the direction")
    alpha = [-a * v for a, v in zip(t, p.slopes, strict=True)]
    require(all(0 <= a <= 1 for a in alpha), "a slope is none that the logistic loss has")
    require(not p.output_bias or sum(p.slopes, ZERO) == 0, "the slopes do not sum to zero, with an output bias")
    for j, (s, bits) in enumerate(zip(p.signs, p.patterns, strict=True)):
        q = pulled(p, p.slopes, bits, p.multipliers[j], s, f"unit {j}")
        require(not any(q), f"the slopes of unit {j} are no combination of the sides of its cell")
    left = [a * v for a, v, moved in zip(t, f, move, strict=True) if not moved]
    above = sum((log_sum_exp([ZERO, -q])[1] for q in left), ZERO)
    require(above <= p.upper * p.divisor, "the point has a larger loss than the upper end")
    below = sum((entropy_below(a) for a in alpha), ZERO)
    require(below >= p.lower * p.divisor, "the slopes prove less than the lower end")
    return f"the infimum of the mean logistic loss of the closed basin of {len(p.signs)} units lies {between_ends(p)}"


def entropy_below(share):
    """Return a lower bound of -a log a - (1 - a) log(1 - a): log(1 / p) for p at most 1, rounded down."""
    parts = [p for p in (share, 1 - share) if p > 0]
    return sum((p * Fraction(log_of(down(ONE * p.denominator, p.numerator), down), ONE) for p in parts), ZERO)


# ---- one network ---------------------------------------------------------------------------------------------------


class Network:
    """The claimed point: heights h_ij = <w_j, x_i>, outputs of the units, errors e_i = 2 (f_i - y_i)."""

    def __init__(self, p):
        self.p, self.v, self.c, self.slope, self.frozen = p, p.v, p.c, p.slope, p.trainable == "W"
        self.heights = [[dot(w, x) for w in p.W] for x in p.X]
        self.active = [[self.bent(h) for h in row] for row in self.heights]
        self.residual = [dot(row, p.v) + (p.c or 0) - t for row, t in zip(self.active, p.y, strict=True)]
        self.errors = [2 * r for r in self.residual]
        loss = squares([self.residual]) / p.divisor
        require(loss == p.loss, f"the loss of the network is {told(loss)}, not the claimed one")

    def bent(self, h):
        """Return the activation function of a number."""
        return h if h > 0 else self.slope * h

    def derivative(self, j):
        """Return g and the kinks (row, weight) of S(w_j + u) - S(w_j) = <g, u> + sum weight relu(<row, u>), small u.

        S(w) = sum_i e_i sigma(<w, x_i>). A kink's row begins with 1; relu(-t) = relu(t) - t turns the others around.
        """
        g, found = [ZERO] * self.p.d, {}
        for x, e, row in zip(self.p.X, self.errors, self.heights, strict=True):
            bend = (1 - self.slope) * e
            factor = e if row[j] > 0 else self.slope * e
            lead = next((a for a in x if a), None)
            if row[j] == 0 and lead is not None and bend:
                if lead < 0:
                    factor += bend
                line = tuple(a / lead for a in x)
                found[line] = found.get(line, ZERO) + bend * abs(lead)
            if factor:
                g = [a + factor * b for a, b in zip(g, x, strict=True)]
        return g, [(row, weight) for row, weight in found.items() if weight]

    def flat(self):
        """Whether all derivatives in the trained weights exist and vanish."""
        if self.c is not None and sum(self.errors) != 0:
            return False
        if not self.frozen and any(dot(self.errors, column) for column in columns(self.active, len(self.v))):
            return False
        forms = (self.derivative(j) for j, v in enumerate(self.v) if v)
        return not any(any(g) or bends for g, bends in forms)

    def __str__(self):
        """Return the network in words."""
        kind_ = "" if self.slope == 0 else f" of slope {told(self.slope)} below zero (not ReLU)"
        held = ", output weights held fixed" if self.frozen else ""
        bias = "no" if self.c is None else "an"
        return (
            f"the network of {len(self.v)} unit{'s' * (len(self.v) != 1)}{kind_}, {bias} output bias{held}, "
            f"mean squared error {told(self.p.loss)}"
        )


@kind("local-minimum", "one", f"{POINT}, local_minimum: true", "units: method m")
def local_minimum(p):
    """Every unit's one-sided derivative is nowhere negative, and vanishes where v_j = 0; the loss is convex in f."""
    net = Network(p)
    require(net.c is None or sum(net.errors) == 0, "the errors do not sum to zero, so c can be improved")
    for j, (v, proof) in enumerate(zip(p.v, p.units, strict=True)):
        chosen = proof["method"]
        if v == 0 and net.frozen:
            require(chosen == "frozen", f"unit {j} has a fixed output weight 0: its method is frozen")
            continue
        g, bends = net.derivative(j)
        if v == 0:
            require(chosen == "vanishes", f"unit {j} has output weight 0: its method is vanishes")
            require(not any(g) and not bends, f"the derivative of unit {j} does not vanish")
            continue
        if v < 0:
            g, bends = [-a for a in g], [(row, -weight) for row, weight in bends]
        positive = [[w * a for a in row] for row, w in bends if w > 0]
        negative = [[w * a for a in row] for row, w in bends if w < 0]
        if chosen == "multipliers":
            check_corners(j, g, positive, negative, proof["corners"])
        elif chosen == "inclusion":
            check_inclusion(j, g, positive, negative, proof["shift"], proof["change"])
        else:
            require(chosen == "rays", f"unit {j} has no proof: {chosen}")
            check_rays(j, g, bends)
    return f"{net} is a local minimum"


def cancels(g, rows, numbers, j):
    """Check g + sum numbers_k rows_k = 0."""
    total = combination([1, *numbers], [g, *rows], len(g))
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


def check_inclusion(j, g, positive, negative, shift, change):
    """One affine map from corners to multipliers, shift + change b."""
    fits = len(shift) == len(change) == len(positive) and all(len(row) == len(negative) for row in change)
    require(fits, f"the map of unit {j} has another shape than its kinks")
    cancels(g, positive, shift, j)
    for k, row in enumerate(negative):
        cancels(row, positive, [numbers[k] for numbers in change], j)
    for t, row in zip(shift, change, strict=True):
        least, most = t + sum(v for v in row if v < 0), t + sum(v for v in row if v > 0)
        require(least >= 0 and most <= 1, f"a multiplier of unit {j} can leave [0, 1]")


def check_rays(j, g, bends):
    """The derivative vanishes where all kinks do, and is not negative on any ray of the fan of the kinks."""
    rows = [row for row, _ in bends]
    reduced, pivots = echelon([[*(row[a] for row in rows), g[a]] for a in range(len(g))])
    require(bool(rows) and len(rows) not in pivots, f"the derivative of unit {j} is negative along all its kinks")
    r = len(pivots)
    well_formed(2 * math.comb(len(rows), r - 1) <= MOST_RAYS, f"unit {j} has more than {MOST_RAYS} rays")
    *lines, slope = whole_numbers([[reduced[k][i] for k in range(r)] for i in range(len(rows) + 1)])[0]
    (weights,), common = whole_numbers([[weight for _, weight in bends]])
    for u in fan_rays(lines, r):
        heights, along = [whole_dot(line, u) for line in lines], common * whole_dot(slope, u)
        forth = along + sum(w * h for w, h in zip(weights, heights, strict=True) if h > 0)
        back = -along - sum(w * h for w, h in zip(weights, heights, strict=True) if h < 0)
        require(forth >= 0 and back >= 0, f"the derivative of unit {j} is negative on a ray")


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
    return whole_numbers([[u[column] for column in range(r)]])[0][0]


@kind(
    "not-minimum",
    "one",
    f"{POINT}, local_minimum: false, verdict?: verdict",
    "dW: number m d, dv: number m, dc: number",
)
def not_minimum(p):
    """Along the direction n (loss - claimed loss) is a polynomial for small t > 0; its first coefficient decides."""
    net = Network(p)
    require(not (net.frozen and any(p.dv)) and (p.c is not None or p.dc == 0), "a weight moves that is not trained")
    polynomial = [ZERO] * 4
    for x, heights, active, r in zip(p.X, net.heights, net.active, net.residual, strict=True):
        a, b = p.dc, ZERO  # f moves by a t + b t^2
        for h, given, v, dw, dv in zip(heights, active, p.v, p.dW, p.dv, strict=True):
            move = dot(dw, x)
            moved = move if h > 0 else p.slope * move if h < 0 else net.bent(move)
            a, b = a + dv * given + v * moved, b + dv * moved
        terms = (2 * r * a, a * a + 2 * r * b, 2 * a * b, b * b)
        polynomial = [s + t for s, t in zip(polynomial, terms, strict=True)]
    power, leading = next(((k + 1, s) for k, s in enumerate(polynomial) if s), (0, ZERO))
    require(leading < 0, "the loss does not fall along the direction")
    require(p.verdict != "not stationary" or power == 1, "'not stationary' needs a negative first derivative")
    require(p.verdict != "saddle" or net.flat(), "'saddle' needs a gradient of zero, which this point does not have")
    return f"{net} is no local minimum{f' but {p.verdict}' if p.verdict else ''}: the loss falls at order {power}"


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

    def __init__(self, p, k):
        reduced, pivots = echelon([[p.X[i][a] for i in p.order] for a in range(p.d)])
        self.rank, self.order, self.all = len(pivots), p.order, [Cell(0, [], "")]
        require(pivots == list(range(self.rank)), f"the first {self.rank} samples of the order are dependent")
        self.rows, _ = whole_numbers([[reduced[a][i] for a in range(self.rank)] for i in range(p.n)])
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
            cell.parts = []
            for rays, bit in self.sides(cell, len(cell.pattern)):
                well_formed(len(self.all) < MOST_CELLS, f"the samples make more than {MOST_CELLS} cells")
                cell.parts.append(Cell(len(self.all), rays, cell.pattern + bit))
                self.all.append(cell.parts[-1])
        return cell.parts

    def sides(self, cell, k):
        """Return the rays of the parts, each with the activation of the next sample."""
        bit = 1 << k
        if k < self.rank:
            old = [(ray, zeros | bit) for ray, zeros in cell.rays]
            ray = [int(a == k) for a in range(self.rank)]
            return [([*old, (ray, bit - 1)], "1"), ([*old, ([-a for a in ray], bit - 1)], "0")]
        above, below, on = [], [], []
        for ray, zeros in cell.rays:
            h = whole_dot(self.rows[k], ray)
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
                    if shared.bit_count() >= self.rank - 2 and sum(m & shared == shared for m in masks) == 2:
                        ray = [h * b + g * a for a, b in zip(u, v, strict=True)]
                        divisor = math.gcd(*ray)
                        on.append(([a // divisor for a in ray], shared | bit))
        parts = [(rays, bit) for rays, bit in ((above, "1"), (below, "0")) if rays] or [([], "0")]
        return [([*((ray, zeros) for ray, zeros, _ in rays), *on], bit) for rays, bit in parts]

    def every(self):
        """Return all cells of all samples, each with its pattern in the samples' own order."""
        places = sorted(range(len(self.order)), key=self.order.__getitem__)
        return ((cell, [cell.pattern[k] == "1" for k in places]) for cell in self.inside(self.all[0], len(places)))


@kind(
    "global-minimum",
    "one",
    "value: number, width: count = m, output_bias: flag",
    "W: number m d, v: number m, c: number, order: order, duals: number * *, depths?: count *",
)
def global_minimum(p):
    """A network of the claimed loss, and vectors q that bound the loss of all layers of states (Cauchy, Schwarz)."""
    require(p.output_bias or p.c == 0, "the network has an output bias, the claim has none")
    active = [[relu(dot(w, x)) for w in p.W] for x in p.X]
    loss = apart(outputs(active, [[v] for v in p.v], [p.c]), p.Y)
    require(loss == p.value * p.divisor, "the network does not have the claimed loss")
    bias = "an" if p.output_bias else "no"
    proved = f"the lowest mean squared error of {p.width} units, {bias} output bias, {p.n} samples is {told(p.value)}"
    if p.value == 0:
        require(not p.duals, "a loss of zero needs no lower bounds, and there are some")
        return proved
    require(p.duals, "there is no lower bound")
    targets, levels = [p.y[i] for i in p.order], {}
    depths = p.depths if "depths" in p.given else [len(q) for q in p.duals]
    require(len(depths) == len(p.duals), f"there are {len(depths)} depths for {len(p.duals)} lower bounds")
    for number, (q, depth) in enumerate(zip(p.duals, depths, strict=True)):
        require(0 < len(q) <= p.n, f"lower bound {number} does not have 1 to {p.n} entries")
        require(0 < depth <= len(q), f"the depth of lower bound {number} is not 1 to {len(q)}")
        along = dot(q, targets[: len(q)])
        require(along > 0 and along * along >= p.n * p.value * dot(q, q), f"lower bound {number} is too low")
        require(not p.output_bias or sum(q, ZERO) == 0, f"lower bound {number} does not sum to zero")
        levels.setdefault(depth, []).append(whole_numbers([q])[0][0])
    well_formed(p.width <= MOST_WIDTH, f"layers of more than {MOST_WIDTH} units")
    cells, width = Cells(p, min(levels)), p.width
    for k, vectors in levels.items():
        require(k >= cells.rank or all(len(q) == k for q in vectors), f"a bound at {k} samples has more entries")
    left = [((0, 1),) * k + ((0, -1),) * (width - k) for k in range(width + 1)]
    for k, vectors in sorted(levels.items()):
        left = uncovered(cells, left, k, vectors)
    require(not left, f"{len(left)} layers of states have no lower bound")
    return proved


def bounds_of(cells, k, vectors):
    """Return a function that tells by bits which vectors q have <q, cone> <= 0 on the units of a state.

    A state is (number of a cell, sign of the output weight). On a sample after the first k with rays of the cell on
    both sides a unit's output is at most that of the rays: there q times the sign has to be at least 0.
    """
    of_rays, held = {}, {}
    longest = max(map(len, vectors))
    vectors = [[*q, *[0] * (longest - len(q))] for q in vectors]
    # for every later sample the vectors that are at least 0 there, and those that are at most 0
    later = {
        i: [sum(1 << b for b, q in enumerate(vectors) if s * q[i] >= 0) for s in (1, -1)] for i in range(k, longest)
    }

    def signs(ray):
        # the vectors that have a product at most 0, and those that have one at least 0, with a ray's outputs, and the
        # bits of the later samples above 0 and below it
        key = tuple(ray)
        if key not in of_rays:
            heights = [whole_dot(row, ray) for row in cells.rows[:longest]]
            features = [max(h, 0) for h in heights]
            products = [whole_dot(q, features) for q in vectors]
            of_rays[key] = [sum(1 << b for b, p in enumerate(products) if s * p <= 0) for s in (1, -1)]
            of_rays[key] += [sum(1 << i for i in later if s * heights[i] > 0) for s in (1, -1)]
        return of_rays[key]

    def holds(state):
        if state not in held:
            side, above, below = state[1] < 0, 0, 0
            held[state] = (1 << len(vectors)) - 1
            for ray, _ in cells.all[state[0]].rays:
                held[state] &= signs(ray)[side]
                above |= signs(ray)[2]
                below |= signs(ray)[3]
            for i, masks in later.items():
                if above & below & (1 << i):
                    held[state] &= masks[side]
        return held[state]

    return holds


def uncovered(cells, layers, k, vectors):
    """Return the layers of k samples inside some layers, tuples of states, that no vector bounds all states of."""
    holds, inside, left = bounds_of(cells, k, vectors), {}, set()

    def extend(layer, chosen, mask, start):
        j = len(chosen)
        if j == len(layer):
            if not mask:
                left.add(tuple(sorted(chosen)))
                well_formed(len(left) <= MOST_LAYERS, f"more than {MOST_LAYERS} layers are left open")
            return
        number, sign = layer[j]
        if layer[j] not in inside:
            inside[layer[j]] = [(cell.number, sign) for cell in cells.inside(cells.all[number], k)]
        states = inside[layer[j]]
        for place in range(start if j and layer[j] == layer[j - 1] else 0, len(states)):
            extend(layer, (*chosen, states[place]), mask & holds(states[place]), place)

    for layer in layers:
        extend(layer, (), (1 << len(vectors)) - 1, 0)
    return sorted(left)


# ---- weight decay --------------------------------------------------------------------------------------------------


class Decay:
    """n J = sum of losses + lam sum_j |P u_j| + (kappa / 2) c^2, with u_j = |v_j| w_j; P leaves out free biases."""

    def __init__(self, p, constant):
        biases = p.penalty["biases"]
        ones = p.d > 0 and all(x[-1] == 1 for x in p.X)
        require(biases or ones, "biases are free, but the last column is not the column of ones")
        self.lam, self.constant = p.penalty["value"] * p.divisor, constant
        self.kept = p.d if biases else p.d - 1
        self.kappa = self.lam if constant and biases else ZERO

    def square(self, u):
        """Return |P u|^2."""
        return dot(u[: self.kept], u[: self.kept])

    def bears(self, q, square):
        """Whether <q, u> <= sqrt(square) |P u| for all u."""
        return not any(q[self.kept :]) and self.square(q) <= square

    def point_below(self, p, active):
        """Check that the network of Z, signs and c has at most the upper end; `active` is what its units give."""
        require(self.constant or p.c == 0, "the network has an output bias, the claim has none")
        loss = apart(outputs(active, [[Fraction(s)] for s in p.signs], [p.c]), p.Y)
        roots = sum((root_above(self.square(u)) for u in p.Z), ZERO)
        total = loss + self.lam * roots + self.kappa * p.c * p.c / 2
        require(total <= p.upper * p.divisor, "the network has a larger objective than the upper end")

    def slopes_above(self, p, nu):
        """Check D = sum_i min_f ((f - y_i)^2 - nu_i f) + min_c (c sum nu + kappa c^2 / 2) >= n lower."""
        total = sum(nu, ZERO)
        require(not self.constant or self.kappa or total == 0, "the slopes do not sum to zero, with a free output bias")
        bend = total * total / (2 * self.kappa) if self.kappa else ZERO
        least = -dot(nu, p.y) - dot(nu, nu) / 4 - bend
        require(least >= p.lower * p.divisor, "the slopes prove less than the lower end")

    def all_cells(self, p, nu, square):
        """Check that in no cell and with neither sign a unit is pulled by more than the root of a square."""
        given = {(tuple(cell["pattern"]), cell["sign"]): cell["multipliers"] for cell in p.cells}
        require(len(given) == len(p.cells), "a cell is listed twice with one sign")
        for cell, bits in Cells(p, p.n).every():
            for s in (1, -1):
                q = pulled(p, nu, bits, given.get((tuple(bits), s), {}), s, "a cell")
                line = f"the cell {show(cell.pattern)} (in order) with sign {s} is pulled by more than the decay"
                require(self.bears(q, square), line)


def relu_outputs(p, rows):
    """Return max(0, <u_j, x_i>), (n, m)."""
    return [[relu(dot(u, x)) for u in rows] for x in p.X]


@kind(
    "decayed-basin-value",
    "one",
    f"{INTERVAL}, {BASIN}",
    "Z: number m d, c: number, slopes: number n, multipliers: entries m",
    decays=True,
)
def decayed_basin_value(p):
    """A point of the closed basin, and slopes by which none of its units is pulled by more than the decay."""
    decay = Decay(p, p.output_bias)
    decay.point_below(p, closed_basin(p, signed(p)))
    for j, (s, bits) in enumerate(zip(p.signs, p.patterns, strict=True)):
        q = pulled(p, p.slopes, bits, p.multipliers[j], s, f"unit {j}")
        require(decay.bears(q, decay.lam**2), f"unit {j} is pulled by more than the weight decay")
    decay.slopes_above(p, p.slopes)
    return (
        f"the lowest mean squared error plus decay of the closed basin of {len(p.signs)} units lies {between_ends(p)}"
    )


@kind(
    "decayed-global-minimum",
    "one",
    f"{INTERVAL}, output_bias: flag",
    f"{SIGNED}, slopes: number n, {CELLS}",
    decays=True,
)
def decayed_global_minimum(p):
    """A network below the upper end, and slopes with which no unit of any cell is pulled by more than the decay."""
    decay = Decay(p, p.output_bias)
    decay.point_below(p, relu_outputs(p, signed(p)))
    decay.slopes_above(p, p.slopes)
    decay.all_cells(p, p.slopes, decay.lam**2)
    return f"the lowest mean squared error plus weight decay of any width lies {between_ends(p)}"


@kind(
    "decayed-width-minimum",
    "one",
    f"{INTERVAL}, width: count = m, output_bias: flag",
    f"{SIGNED}, order: order, slopes: number vectors n, cells: vector-cell cells",
    decays=True,
)
def decayed_width_minimum(p):
    """A network below the upper end, and slopes of which some bear all states of any layer of the width."""
    decay, masks = Decay(p, p.output_bias), {}
    decay.point_below(p, relu_outputs(p, signed(p)))
    for nu in p.slopes:
        decay.slopes_above(p, nu)
    for entry in p.cells:
        bits, s, number = entry["pattern"], entry["sign"], entry["vector"]
        require(number < len(p.slopes), "a cell is about a vector that is not there")
        q = pulled(p, p.slopes[number], bits, entry["multipliers"], s, "a cell")
        require(decay.bears(q, decay.lam**2), f"a cell of vector {number} is pulled by more than the weight decay")
        masks[tuple(bits), s] = masks.get((tuple(bits), s), 0) | 1 << number
    # a unit that is off everywhere adds nothing
    patterns = [tuple(bits) for _, bits in Cells(p, p.n).every() if any(bits)]
    sets = {masks.get((bits, s), 0) for bits in patterns for s in (1, -1)}
    every_layer(p, sets, p.width)
    return f"the lowest mean squared error plus weight decay of {p.width} units lies {between_ends(p)}"


def every_layer(p, sets, width):
    """Check that any `width` of some sets of vectors have a vector in common."""
    layers = {(1 << len(p.slopes)) - 1}
    for _ in range(width):
        well_formed(len(layers) * len(sets) <= MOST_LAYERS, f"more than {MOST_LAYERS} layers are to be looked at")
        layers = {a & b for a in layers for b in sets} or layers
    require(0 not in layers and p.slopes, "no vector of slopes bounds all states of some layer")


class Fan:
    """Simplicial cones, rays told by their products with the first r samples of the order, cut where the list says."""

    def __init__(self, p, free):
        r = self.rank = len(echelon(p.X)[1])
        well_formed(r <= MOST_CUT_RANK, f"cones of more than {MOST_CUT_RANK} dimensions are not followed")
        self.basis = [p.X[i] for i in p.order[:r]]
        reduced, pivots = echelon([[row[k] for row in (*self.basis, *p.X)] for k in range(p.d)])
        require(pivots[:r] == list(range(r)), "the first samples of the order are dependent")
        self.rows = [[reduced[k][r + i] for k in range(r)] for i in range(p.n)]
        rays = [[1] * r if free and not k else [int(j == k) for j in range(r)] for k in range(r)]
        turned = [(self.ray(e), self.ray([-v for v in e])) for e in rays]
        self.cones, self.whole = [[pair[b >> k & 1] for k, pair in enumerate(turned)] for b in range(2**r)], set()
        self.parents = [None] * len(self.cones)
        for cut in p.cuts:
            self.cut(**cut)

    def ray(self, e):
        """Return a ray in whole numbers without a common divisor, and the products of all samples with it."""
        e = [v // math.gcd(*e) for v in e]
        return e, [dot(row, e) for row in self.rows]

    def cut(self, cone, first, second, s, t):
        """Put a ray between two, in the place of each of them."""
        require(cone < len(self.cones) and cone not in self.whole, f"the cone {cone} is not there, or cut already")
        require(max(first, second) < self.rank and first != second, f"the cone {cone} is not cut between two rays")
        own = self.cones[cone]
        new = self.ray([s * a + t * b for a, b in zip(own[first][0], own[second][0], strict=True)])
        for place in (first, second):
            self.cones.append([new if k == place else ray for k, ray in enumerate(own)])
            self.parents.append(cone)
        self.whole.add(cone)

    def bears(self, p, decay, bound):
        """Whether slopes pull no unit of a cone with a sign by more than the decay."""
        known = bound["vector"] < len(p.slopes) and bound["cone"] < len(self.cones) and len(bound["z"]) == self.rank
        require(known, "a bound is about a cone or a vector that is not there")
        z, shares, rays = bound["z"], bound["shares"], self.cones[bound["cone"]]
        needed = [ZERO] * len(rays)
        for i, slope in enumerate(p.slopes[bound["vector"]]):
            own, a = [products[i] for _, products in rays], -bound["sign"] * slope
            crossed = min(own, default=ZERO) < 0 < max(own, default=ZERO)
            straight, share = a < 0 and (i in shares or crossed), shares.get(i, ZERO)
            needed = [v + a * (share * h if straight else relu(h)) for v, h in zip(needed, own, strict=True)]
        above = all(dot(z, ray) >= least for (ray, _), least in zip(rays, needed, strict=True))
        inside = all(0 <= share <= 1 for share in shares.values())
        return above and inside and decay.bears(combination(z, self.basis, p.d), decay.lam**2)


@kind(
    "decayed-cone-minimum",
    "one",
    f"{INTERVAL}, width: count or null, output_bias: flag",
    f"{SIGNED}, order: order, slopes: number vectors n, cuts: cut cuts, bounds: bound bounds",
    decays=True,
)
def decayed_cone_minimum(p):
    """A network below the upper end, and slopes of which some bear all cones of any layer of the width."""
    decay, masks = Decay(p, p.output_bias), {}
    decay.point_below(p, relu_outputs(p, signed(p)))
    require(p.width is None or len(p.signs) <= p.width, "the network has too many units")
    for nu in p.slopes:
        decay.slopes_above(p, nu)
    fan = Fan(p, decay.kept < p.d)
    for bound in p.bounds:
        line = f"a cone of vector {bound['vector']} is pulled by more than the weight decay"
        require(fan.bears(p, decay, bound), line)
        name = bound["cone"], bound["sign"]
        masks[name] = masks.get(name, 0) | 1 << bound["vector"]
    for cone, parent in enumerate(fan.parents):
        for s in (1, -1):
            masks[cone, s] = masks.get((cone, s), 0) | masks.get((parent, s), 0)
    sets = {mask for (cone, _), mask in masks.items() if cone not in fan.whole}
    every_layer(p, sets, len(sets) if p.width is None else p.width)
    which = "every width" if p.width is None else f"{p.width} units"
    return f"the lowest mean squared error plus weight decay of {which} lies {between_ends(p)}"


@kind(
    "lambda-max",
    "one",
    "squared: number, output_bias: flag",
    f"u: number d, {CELLS}",
    losses=("squared", "logistic", "bce"),
    decays=True,
)
def lambda_max(p):
    """One direction is pulled by exactly the claimed decay at the best constant, and no cell by more."""
    decay = Decay(p, p.output_bias)
    require(not decay.kappa, "an output bias that decays too is not covered by this claim")
    require(p.n > 0, "there are no samples")
    factor, targets, best = 2, p.y, ZERO
    if p.loss != "squared":
        factor, targets, best = 1, [Fraction(t == 1) for t in labels(p)], Fraction(1, 2)
    best = sum(targets, ZERO) / p.n if p.output_bias else best
    slopes = [factor * (best - t) for t in targets]
    square, length = p.squared * p.n * p.n, decay.square(p.u)
    pull = dot(slopes, [relu(dot(p.u, x)) for x in p.X])
    require(pull * pull == square * length, "the direction is not pulled by the claimed decay")
    require(length or square == 0, "the direction has no penalised length")
    decay.all_cells(p, slopes, square)
    return f"the decay above which the best network of any width is a constant has the square {told(p.squared)}"


@kind(
    "several-outputs-minimum",
    "several",
    INTERVAL,
    "W: number m d, V: number m k, slopes: number n k, order: order",
    decays=True,
)
def several_outputs_minimum(p):
    """A network below the upper end, and slopes by which no direction of any cell is pulled by more than the decay."""
    require(p.penalty["biases"], "biases that do not decay are not covered by this claim")
    lam, k = Decay(p, False).lam, len(p.Y[0]) if p.Y else 0
    roots = sum((root_above(dot(w, w) * dot(v, v)) for w, v in zip(p.W, p.V, strict=True)), ZERO)
    loss = apart(outputs(relu_outputs(p, p.W), p.V, [ZERO] * k), p.Y)
    require(loss + lam * roots <= p.upper * p.divisor, "the network has a larger objective than the upper end")
    least = -sum((dot(a, b) + dot(a, a) / 4 for a, b in zip(p.slopes, p.y, strict=True)), ZERO)
    require(least >= p.lower * p.divisor, "the slopes prove less than the lower end")
    cells = Cells(p, min(p.n, MOST_RANK))
    require(cells.rank <= MOST_RANK, f"the samples have rank {cells.rank}; at most {MOST_RANK} is covered")
    if cells.rank:
        first = [p.X[i] for i in p.order[: cells.rank]]
        gram, below = whole_numbers(inverse([[dot(a, b) for b in first] for a in first]))
        slopes, unit = whole_numbers([p.slopes[i] for i in p.order])
        factors = (lam**2).numerator * unit**2, (lam**2).denominator * below
        for cell, _ in cells.every():
            steep = too_steep(cells.rows, [ray for ray, _ in cell.rays], slopes, gram, factors)
            require(not steep, "a cell is pulled by more than the decay")
    return f"the lowest mean squared error of {k} outputs plus weight decay of any width lies {between_ends(p)}"


def too_steep(rows, rays, slopes, gram, factors):
    """Whether the form decay^2 |u|^2 - |pull|^2 may be negative on the cone of the rays: it is not copositive."""
    r, by_output = len(gram), columns(slopes, len(slopes[0]))
    heights = [[whole_dot(row, ray) for row in rows] for ray in rays]
    pulls = [[whole_dot(column, [max(h, 0) for h in own]) for column in by_output] for own in heights]
    turned = [[whole_dot(row, own[:r]) for row in gram] for own in heights]
    A = [
        [factors[0] * whole_dot(s[:r], t) - factors[1] * whole_dot(a, b) for t, b in zip(turned, pulls, strict=True)]
        for s, a in zip(heights, pulls, strict=True)
    ]
    chosen = (some for size in range(1, min(r, len(rays)) + 1) for some in subsets(len(rays), size))
    return any(negative([[A[i][j] for j in some] for i in some]) for some in chosen)


def subsets(count, size):
    """Yield every choice of so many of the numbers below count, in order."""
    if size == 0:
        yield ()
        return
    for last in range(size - 1, count):
        for first in subsets(last, size - 1):
            yield (*first, last)


def negative(A):
    """Whether a symmetric matrix of order 1, 2 or 3 has a negative determinant and no negative cofactor."""
    size = len(A)
    cofactors = [[(-1) ** (i + j) * determinant(minor(A, i, j)) for j in range(size)] for i in range(size)]
    return determinant(A) < 0 and all(v >= 0 for row in cofactors for v in row)


def minor(A, i, j):
    """Return a matrix without a row and a column."""
    return [row[:j] + row[j + 1 :] for k, row in enumerate(A) if k != i]


def determinant(A):
    """Return the determinant, by the first row."""
    return sum((-1) ** j * v * determinant(minor(A, 0, j)) for j, v in enumerate(A[0])) if A else 1


# ---- intervals: exponentials and logarithms between whole numbers over 2^BITS, matrices (mid +- rad) / 2^BITS --------

BITS = 320
ONE = 1 << BITS
FEW_HUNDRED, FLOOR, GRID = 2000, 1 << 60, 1 << 40
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
        return 0, 1
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


def share(own, others):
    """Return bounds of e^own / (e^own + sum e^others), for whole numbers over 2^BITS."""
    most = max([own, *others])
    low, high = exp_minus(Fraction(most - own, ONE))
    terms = [exp_minus(Fraction(most - v, ONE)) for v in others]
    least, largest = sum(t[0] for t in terms), sum(t[1] for t in terms)
    return down(low * ONE, low + largest) if low else 0, up(high * ONE, high + least)


class Balls:
    """A matrix of intervals; sums and products are rounded outwards; rows and columns of one are repeated."""

    def __init__(self, mid, rad=None, columns=0):
        self.mid, self.rows = mid, len(mid)
        self.columns = len(mid[0]) if mid else columns
        self.rad = [[0] * self.columns for _ in mid] if rad is None else rad

    @classmethod
    def of(cls, numbers, columns=0):
        """Return the intervals around exact numbers (a list of rows)."""
        mid = [[(v.numerator << BITS) // v.denominator for v in row] for row in numbers]
        pairs = zip(mid, numbers, strict=True)
        rad = [[int(Fraction(m, ONE) != v) for m, v in zip(*pair, strict=True)] for pair in pairs]
        return cls(mid, rad, columns)

    def parts(self, function, columns):
        """Return the matrix of what a function makes of the middles and of the radii."""
        return Balls(function(self.mid), function(self.rad), columns)

    @property
    def T(self):
        """The transpose."""
        if not self.rows:
            return Balls([[] for _ in range(self.columns)])
        return self.parts(lambda part: [list(column) for column in zip(*part, strict=True)], self.rows)

    def __getitem__(self, place):
        """Return the part of some rows and columns, each a number or a slice."""
        rows, own = (slice(k, k + 1 or None) if type(k) is int else k for k in place)
        return self.parts(lambda part: [row[own] for row in part[rows]], len(range(self.columns)[own]))

    def line(self, upright=False):
        """Return all entries, row after row, in one row or column."""
        return self.parts(lambda part: [[v] for v in joined(part)] if upright else [joined(part)], 1)

    def folded(self, rows, columns):
        """Return the entries of one row as a matrix of a shape."""
        starts = range(0, rows * columns, max(columns, 1))
        return self.parts(lambda part: [part[0][k : k + columns] for k in starts] or [[] for _ in range(rows)], columns)

    def like(self, rows, columns):
        """Return the matrix with its only row or column repeated to a shape."""
        if (self.rows, self.columns) == (rows, columns):
            return self
        wide = ([row * columns if self.columns == 1 else row for row in part] for part in (self.mid, self.rad))
        return Balls(*(part * rows if self.rows == 1 else part for part in wide), columns)

    def both(self, other):
        """Return two matrices of one shape; a number becomes a matrix."""
        other = other if isinstance(other, Balls) else Balls.of([[other]])
        shape = [b if a == 1 else a for a, b in ((self.rows, other.rows), (self.columns, other.columns))]
        return self.like(*shape), other.like(*shape)

    def __add__(self, other):
        a, b = self.both(other)
        pairs = (zip(a.mid, b.mid, strict=True), zip(a.rad, b.rad, strict=True))
        return Balls(*([list(map(add, *pair)) for pair in part] for part in pairs), a.columns)

    def __neg__(self):
        return Balls([[-v for v in row] for row in self.mid], self.rad, self.columns)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        """Return the products of single entries."""
        one, two = self.both(other)
        mid, rad = [], []
        for a, r, b, s in zip(one.mid, one.rad, two.mid, two.rad, strict=True):
            mid.append([p * q >> BITS for p, q in zip(a, b, strict=True)])
            wide = zip(a, r, b, s, strict=True)
            rad.append([(abs(p) * v + u * (abs(q) + v) >> BITS) + 2 if p or u else 0 for p, u, q, v in wide])
        return Balls(mid, rad, one.columns)

    def __matmul__(self, other):
        """Return the product of two matrices."""
        right = other.T
        sizes = [[abs(q) + s for q, s in zip(*pair, strict=True)] for pair in zip(right.mid, right.rad, strict=True)]
        mid, rad = [], []
        for a, r in zip(self.mid, self.rad, strict=True):
            size = list(map(abs, a))
            mid.append([sum(map(mul, a, b)) >> BITS for b in right.mid])
            rad.append([(sum(map(mul, size, s)) >> BITS) + 2 for s in right.rad])
            if any(r):
                rad[-1] = [t + (sum(map(mul, r, s)) >> BITS) + 1 for t, s in zip(rad[-1], sizes, strict=True)]
        return Balls(mid, rad, other.columns)

    def masked(self, bits):
        """Return zeros where a bit is not set."""

        def kept(part):
            return [[v if bit else 0 for v, bit in zip(*pair, strict=True)] for pair in zip(part, bits, strict=True)]

        return self.parts(kept, self.columns)

    def mapped(self, function):
        """Return what a function (low, high) -> (low, high) of whole numbers makes of each entry."""
        pairs = zip(self.mid, self.rad, strict=True)
        return between([[function(m - r, m + r) for m, r in zip(*pair, strict=True)] for pair in pairs], self.columns)

    def root(self):
        """Return the roots of entries that are not negative."""
        return self.mapped(lambda low, high: (math.isqrt(max(low, 0) << BITS), math.isqrt(max(high, 0) << BITS) + 1))

    def reciprocal(self, line):
        """Return the reciprocals of positive entries."""
        require(all(self.above(i, j) for i in range(self.rows) for j in range(self.columns)), line)
        return self.mapped(lambda low, high: (down(ONE * ONE, high), up(ONE * ONE, low)))

    def above(self, i=0, j=0):
        """Whether an entry is certainly positive."""
        return self.mid[i][j] > self.rad[i][j]

    def below(self, i=0, j=0):
        """Whether an entry is certainly negative."""
        return -self.mid[i][j] > self.rad[i][j]

    def ends(self, i=0, j=0):
        """Return the ends of an entry, as fractions."""
        return [Fraction(self.mid[i][j] + sign * self.rad[i][j], ONE) for sign in (-1, 1)]

    def floats(self):
        """Return the middles in doubles."""
        return [[m / ONE for m in row] for row in self.mid]

    def around_floats(self):
        """Return the middles in doubles, and radii in doubles around them that hold the intervals."""
        F, wide = self.floats(), [[r / ONE * (1 + 4 * EPS) + TINY for r in row] for row in self.rad]
        return F, [
            [r + EPS * abs(f) * (1 + 4 * EPS) for f, r in zip(*pair, strict=True)] for pair in zip(F, wide, strict=True)
        ]


def between(rows, columns):
    """Return the matrix of intervals between pairs (low, high) of whole numbers."""
    mid = [[(low + high) // 2 for low, high in row] for row in rows]
    return Balls(mid, [[(high - low) // 2 + 1 for low, high in row] for row in rows], columns)


def joined(lists):
    """Return the entries of lists, one list after the other."""
    return [v for one in lists for v in one]


def stacked(*parts):
    """Return matrices of intervals one under the other."""
    return Balls(joined(p.mid for p in parts), joined(p.rad for p in parts), parts[0].columns)


def beside(*parts):
    """Return matrices of intervals of the same rows one beside the other."""
    mid, rad = (
        [joined(rows) for rows in zip(*blocks, strict=True)]
        for blocks in zip(*((p.mid, p.rad) for p in parts), strict=True)
    )
    return Balls(mid, rad, sum(p.columns for p in parts))


def zeros(rows, columns):
    """Return a matrix of zeros."""
    return Balls([[0] * columns for _ in range(rows)], None, columns)


def eye(size):
    """Return the matrix with ones on its diagonal."""
    return Balls([[ONE if i == j else 0 for j in range(size)] for i in range(size)])


def doubles(rows, columns=0):
    """Return a matrix of doubles, cut to whole numbers over 2^BITS, which are taken as they are."""
    return Balls([[math.floor(Fraction(v) * ONE) for v in row] for row in rows], None, columns)


# Krawczyk's theorem, and regular and definite matrices: what is proposed in doubles is checked, nothing rests on it


def about_inverse(rows):
    """Return about the inverse of a matrix of doubles, None where there is none: nothing rests on it.

    Entries so small that whole numbers over 2^BITS do not hold them are zeros.
    """
    n = len(rows)
    scale = [1.0] * n
    for _ in range(3):
        sizes = [[abs(v * b) for v, b in zip(row, scale, strict=True)] for row in rows]
        largest = [max(row, default=0.0) * a for row, a in zip(sizes, scale, strict=True)]
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


def distances_from_one(A, M, weights):
    """Return for each row an upper bound of sum_j |1 - A M|_ij weights_j; A is of doubles, M of intervals.

    The product is taken in doubles: a sum of n products in any order is off by at most 2 n EPS times the sum of their
    absolute values. The radii of all these products are needed in weighted sums only, which are products with vectors.
    """
    n, (F, widths), out = len(A), M.around_floats(), []
    upright = columns(F, n)
    missing = [v + 2 * n * EPS * f for v, f in zip(sized(widths, weights), sized(F, weights), strict=True)]
    lost, upwards = n * TINY * (n + 2 * sum(weights)), 1 + (16 * n + 64) * EPS
    for i, row in enumerate(A):
        off = [sum(map(mul, row, column)) - float(i == j) for j, column in enumerate(upright)]
        known = sum(map(mul, map(abs, off), weights)) + EPS * weights[i]
        out.append((known + sum(map(mul, map(abs, row), missing)) + lost) * upwards)
    return out


def sized(A, weights):
    """Return the sums of the absolute values in the rows, weighted."""
    return [sum(map(mul, map(abs, row), weights)) for row in A]


def regular(K):
    """Whether every matrix in a square matrix of intervals is regular: A K is nearly 1 for some A."""
    near = about_inverse(K.floats())
    return near is not None and all(v < 1 for v in distances_from_one(near, K, [1.0] * K.rows))


def definite(Q):
    """Whether every symmetric matrix in a matrix of intervals is positive definite.

    With a diagonal near 1, Q - tau = L L^T but for entries whose absolute values sum to less than tau in each row.
    """
    n = Q.rows
    sizes = [max(Q.mid[i][i], 0) / ONE for i in range(n)]
    scale = doubles([[2.0 ** -round(math.log2(v) / 2) if v > 0 else 1.0 for v in sizes]], n)
    F, widths = (Q * scale * scale.T).around_floats()
    for tau in (2.0**-k for k in range(1, 42)):  # the first one for which there is a factor is the best
        L = factor_of(F, tau)
        if L is not None:
            return nearly_square(F, widths, L, tau)
    return False


def factor_of(F, tau):
    """Return about Cholesky's factor of F - tau in doubles, None where it has none: nothing rests on it."""
    L = []
    for row in F:
        made = []
        for j, other in enumerate(L):
            made.append((row[j] - sum(map(mul, made, other))) / other[j])
        square = row[len(L)] - tau - sum(map(mul, made, made))
        if not 0 < square < math.inf:
            return None
        L.append([*made, math.sqrt(square)])
    return L


def nearly_square(F, widths, L, tau):
    """Whether F +- widths, less tau, is L L^T up to entries whose absolute values sum to less than tau in each row."""
    n, off = len(F), [0.0] * len(F)
    # a sum of n products is off by at most 2 n EPS times the sum of their absolute values, at most `largest`
    largest = 2 * max((sum(map(mul, row, row)) for row in L), default=0.0) + 2 * max(map(max, F), default=0.0) + 1
    for i, row in enumerate(F):
        for j in range(i + 1):
            rest = abs(row[j] - sum(map(mul, L[j], L[i])) - (tau if i == j else 0.0)) + widths[i][j]
            off[i] += rest
            off[j] += rest if j < i else 0.0
    return all(v * (1 + 4 * n * EPS) + n * ((2 * n + 8) * EPS * largest + TINY) < tau for v in off)


def only_solution(center, equations):
    """Return a box around center with exactly one zero of the equations in it, and their derivative over the box.

    Krawczyk: with A about the inverse of the derivative F', the box has exactly one zero and F' is regular in it where
    -A F(center) + (1 - A F'(box)) (box - center) lies inside box - center. equations(column) returns F and F'.
    """
    n = len(center)
    F, M = equations(Balls([[v] for v in center], None, 1))
    A = about_inverse(M.floats())
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


# ---- losses of a sample: "squared", "bce" (targets from 0 to 1), "cross_entropy" (targets that add up to 1) ----------


def loss_bounds(loss, values, targets):
    """Return bounds of the loss of exact outputs, both the exact value for the squared loss."""
    if loss == "squared":
        return (apart([values], [targets]),) * 2
    if loss == "bce":
        parts = [[b - f * t for b in log_sum_exp([f, ZERO])] for f, t in zip(values, targets, strict=True)]
    else:
        parts = [[b - dot(values, targets) for b in log_sum_exp(values)]]
    return sum(low for low, _ in parts), sum(high for _, high in parts)


def loss_shares(loss, F):
    """Return the sigmoid of every output (n, k), or the softmax of every row; it rises in its own output only."""
    rows = []
    for m, r in zip(F.mid, F.rad, strict=True):
        ends = []
        for o in range(len(m)):
            others = [q for q in range(len(m)) if q != o] if loss == "cross_entropy" else []
            zero = [] if loss == "cross_entropy" else [0]
            low = share(m[o] - r[o], [m[q] + r[q] for q in others] + zero)[0]
            ends.append((low, share(m[o] + r[o], [m[q] - r[q] for q in others] + zero)[1]))
        rows.append(ends)
    return between(rows, F.columns)


def loss_slopes(loss, F, Y):
    """Return the derivatives of the losses in the outputs, (n, k)."""
    return (F - Y) * 2 if loss == "squared" else loss_shares(loss, F) - Y


def loss_bends(loss, F):
    """Return the second derivatives in outputs o and q as B[o][q], each a column for all samples."""
    k = F.columns
    if loss == "squared":
        return [[Balls([[2 * ONE if o == q else 0]] * F.rows) for q in range(k)] for o in range(k)]
    s = loss_shares(loss, F)
    mixed = loss == "cross_entropy"
    bends = [[-(s[:, o] * s[:, q]) if mixed or o == q else zeros(F.rows, 1) for q in range(k)] for o in range(k)]
    return [[B + s[:, o] if o == q else B for q, B in enumerate(row)] for o, row in enumerate(bends)]


# ---- networks of any depth -------------------------------------------------------------------------------------------


def objective(p, layers):
    """Return bounds of n J, both the exact value for the squared loss."""
    marked = zip(joined(layers), joined(p.penalised), strict=True)
    low = high = p.decay / 2 * p.n * squares([w for w, bit in zip(*pair, strict=True) if bit == "1"] for pair in marked)
    for x, targets in zip(p.X, p.Y, strict=True):
        values = x
        for number, (rows, has) in enumerate(zip(layers, p.has_bias, strict=True)):
            values = [relu(v) for v in values] if number else values
            fed = [*values, Fraction(1)] if has else values
            values = [dot(row, fed) for row in rows]
        least, most = loss_bounds(p.loss, values, targets)
        low, high = low + least, high + most
    return low, high


def check_networks(p, networks, others):
    """Check that networks have the claimed form, fit to the data, and that no number is too large."""
    require(p.n > 0, "there are no samples")
    for layers in networks:
        fits = len(layers) >= 2 and len(p.has_bias) == len(p.penalised) == len(layers)
        require(fits, "not two layers or more, each with its own")
        fed = p.d
        for rows, has, bits in zip(layers, p.has_bias, p.penalised, strict=True):
            fits = len(rows) == len(bits) and all(len(row) == fed + int(has) for row in [*rows, *bits])
            require(fits, "the weights of a layer do not have the shape that the layer below asks for")
            fed = len(rows)
        require(fed == len(p.Y[0]), "the network has another number of outputs than the targets")
        require(list(map(len, layers)) == list(map(len, p.layers)), "the networks have other shapes")
    require(p.decay >= 0, "the decay is negative")
    matrices = [p.X, p.Y, *joined(networks), [[p.decay, *others]]]
    require(all(abs(v) <= FARTHEST for M in matrices for row in M for v in row), "a number is too large")
    require(p.loss == "squared" or all(0 <= t <= 1 for row in p.Y for t in row), "the targets are not between 0 and 1")
    require(p.loss != "cross_entropy" or all(sum(row) == 1 for row in p.Y), "a row of targets does not add up to 1")


@kind("deep-not-minimum", "several", f"{DEEP}, local_minimum: false, verdict?: verdict", "lower: number * * *")
def deep_not_minimum(p):
    """Another network has a lower objective, certainly."""
    check_networks(p, [p.layers, p.lower], [])
    require(objective(p, p.lower)[1] < objective(p, p.layers)[0], "the second network is not certainly lower")
    return f"a network of {len(p.layers)} layers on {p.n} samples is not the lowest within the distance of another one"


class Deep:
    """The units of a network that count: L = J with all kinked units off + sum of multipliers times kinked heights.

    Lists by layer: rows of weights and whether they are penalised; for each sample and unit, whether it is on, or on a
    kink. `widths` are numbers of units, `fed` of inputs with the bias, `starts` the places of layers among all weights.
    """

    def __init__(self, p):
        self.p, hidden = p, [len(M) for M in p.layers[:-1]]
        require(list(map(len, p.units)) == hidden, "not every hidden unit is named once")
        for text in joined(p.units):
            require(text in RESTING or len(text) == p.n, f"{show(text)} is not one of 0, 1 and k for each sample")
        check_resting(p)
        self.chosen = [[j for j, text in enumerate(layer) if text not in RESTING] for layer in p.units]
        below, above = [list(range(p.d)), *self.chosen], [*self.chosen, list(range(len(p.Y[0])))]
        self.weights, self.counted = [], []
        for M, bits, has, rows, own in zip(p.layers, p.penalised, p.has_bias, above, below, strict=True):
            kept = [*own, -1] if has else own
            self.weights.append([[M[r][c] for c in kept] for r in rows])
            self.counted.append([[bits[r][c] == "1" for c in kept] for r in rows])
        self.widths = list(map(len, self.weights))
        self.fed = [len(own) + int(has) for own, has in zip(below, p.has_bias, strict=True)]
        self.starts = [0]
        for width, fed in zip(self.widths, self.fed, strict=True):
            self.starts.append(self.starts[-1] + width * fed)
        marks = [
            [[layer[j][i] for j in own] for i in range(p.n)] for layer, own in zip(p.units, self.chosen, strict=True)
        ]
        self.on, self.at = ([[[mark == m for mark in row] for row in part] for part in marks] for m in "1k")
        self.asleep = ["zero" in layer for layer in p.units]
        self.X, self.Y = Balls.of(p.X, p.d), Balls.of(p.Y)
        self.read_kinks()

    def place(self, k, unit, entry):
        """Return the place of a weight among all weights."""
        return self.starts[k] + unit * self.fed[k] + entry

    def read_kinks(self):
        """Read the multipliers; find which kinks follow from earlier ones of their unit, and whose heights agree."""
        p, given = self.p, {entry[:3]: entry[3] for entry in self.p.multipliers}
        require(len(given) == len(p.multipliers), "a kink has two multipliers")
        terms, names = [{a: v for a, v in enumerate(x) if v} for x in p.X], [tuple(x) for x in p.X]
        moved = [False] * p.n
        self.kinks, self.values, self.free, self.alike = [], [], [], {}
        for k, (on, at) in enumerate(zip(self.on, self.at, strict=True)):
            if p.has_bias[k]:
                terms = [{**own, "bias": Fraction(1)} for own in terms]
            rests = []
            for u, unit in enumerate(self.chosen[k]):
                known = []
                for i in (i for i in range(p.n) if at[i][u]):
                    where = f"the kink of unit {unit} of layer {k + 1} at sample {i}"
                    empty = not p.has_bias[k] and (not any(p.X[i]) if k == 0 else names[i] is None)
                    require(not empty, f"{where} is zero for all weights")
                    require((k, unit, i) in given, f"{where} has no multiplier")
                    if self.is_new(terms[i], known):
                        self.free.append(len(self.kinks))
                    same, factor = p.X[i] if k and moved[i] else names[i], Fraction(1)
                    if k == 0 and not p.has_bias[0]:
                        factor = next(v for v in p.X[i] if v)
                        same = [v / factor for v in p.X[i]]
                    self.alike.setdefault((k, u, same and tuple(same)), []).append((len(self.kinks), factor))
                    self.kinks.append((k, u, i))
                    self.values.append(given.pop((k, unit, i)))
                rests.append(known)
            terms = [next_terms(own, row, rests) for own, row in zip(terms, on, strict=True)]
            names = [(name, tuple(row)) if any(row) else None for name, row in zip(names, on, strict=True)]
            moved = [before or any(row) or self.asleep[k] for before, row in zip(moved, at, strict=True)]
        require(not given, "there is a multiplier where no kink is marked")

    def is_new(self, terms, known):
        """Whether terms are no combination of the known ones, to which they are added."""
        rest = reduced_terms(terms, known)
        lead = next(iter(rest), None)
        if rest:
            known.append((lead, {key: v / rest[lead] for key, v in rest.items()}))
        return bool(rest)

    def multipliers(self, column):
        """Return the multipliers of all kinks, as a column; those that follow are those of the certificate."""
        every = Balls.of([[v] for v in self.values], 1)
        for place, q in enumerate(self.free, start=self.starts[-1]):
            every.mid[q], every.rad[q] = column.mid[place], column.rad[place]
        return every

    def derivatives(self, column):
        """Return the gradient of L in the weights, its second derivatives, heights and gradients of free kinks."""
        s, size = Sweep(self, column), self.starts[-1]
        moved, ahead = s.forward()
        penalised = [[v] for v in joined(joined(self.counted))]
        slopes = [(S.T @ given).line(upright=True) for S, given in zip(s.signals, s.taken, strict=True)]
        gradient = stacked(*slopes) + (column[:size, :] * self.p.decay).masked(penalised)
        free = [self.kinks[q] for q in self.free]
        values = stacked(zeros(0, 1), *(s.heights[k][i, u] for k, u, i in free))
        rows = stacked(zeros(0, size), *(widened(ahead[k][u][i, :], size) for k, u, i in free))
        H = s.second(moved, ahead[-1]) + (eye(size) * self.p.decay).masked([[bit] * size for (bit,) in penalised])
        return gradient, H, values, rows


class Sweep:
    """A network over a box of its unknowns, by layer, with a forward and a backward pass.

    weights; what the layer takes (n, inputs); heights (n, units); signals dL / dheights; reaching, signals before
    kinked units are off.
    """

    def __init__(self, net, column):
        self.net, self.weights, self.taken, self.heights, given = net, [], [], [], net.X
        for k, (width, fed, start) in enumerate(zip(net.widths, net.fed, net.starts, strict=False)):
            rows = (column[start + u * fed : start + (u + 1) * fed, :].T for u in range(width))
            self.weights.append(stacked(zeros(0, fed), *rows))
            self.taken.append(beside(given, Balls([[ONE]] * net.p.n)) if net.p.has_bias[k] else given)
            self.heights.append(self.taken[k] @ self.weights[k].T)
            given = self.heights[k].masked(net.on[k]) if k < len(net.on) else None
        multipliers, slopes = net.multipliers(column), loss_slopes(net.p.loss, self.heights[-1], net.Y)
        self.signals, self.reaching = [slopes * Fraction(1, net.p.n)], []
        for k in range(len(net.on) - 1, -1, -1):
            self.reaching.insert(0, self.signals[0] @ self.weights[k + 1][:, : net.widths[k]])
            signals = self.reaching[0].masked(net.on[k])
            for q, (layer, u, i) in enumerate(net.kinks):
                if layer == k:
                    signals.mid[i][u], signals.rad[i][u] = multipliers.mid[q][0], multipliers.rad[q][0]
            self.signals.insert(0, signals)

    def forward(self):
        """Return the derivatives, by layer, of each input in the weights below, of each height in those up to here."""
        net, n, moved, ahead = self.net, self.net.p.n, [[]], []
        for k, (width, fed, start) in enumerate(zip(net.widths, net.fed, net.starts, strict=False)):
            out = [zeros(n, start)] * width
            if moved[k]:
                below = self.weights[k][:, : len(moved[k])] @ stacked(*(M.line() for M in moved[k]))
                out = [below[u, :].folded(n, start) for u in range(width)]
            ends = [(zeros(n, u * fed), self.taken[k], zeros(n, (width - u - 1) * fed)) for u in range(width)]
            ahead.append([beside(M, *end) for M, end in zip(out, ends, strict=True)])
            if k < len(net.on):
                on, size = columns(net.on[k], width), net.starts[k + 1]
                moved.append([M.masked([[bit] * size for bit in bits]) for M, bits in zip(ahead[k], on, strict=True)])
        return moved, ahead

    def second(self, moved, last):
        """Return the second derivatives of L in the weights, without the decay.

        The loss bends along the outputs; and where a weight meets what comes from below, its signal times the
        derivative of what it takes stands in its row, and in its column.
        """
        net, size = self.net, self.net.starts[-1]
        H, rows = zeros(size, size), [zeros(0, size)]
        for own, bends in zip(last, loss_bends(net.p.loss, self.heights[-1]), strict=True):
            along = zeros(net.p.n, size)
            for other, bend in zip(last, bends, strict=True):
                along = along + other * (bend * Fraction(1, net.p.n))
            H = H + own.T @ along
        for S, given, below in zip(self.signals, self.taken, moved, strict=True):
            blocks = [widened(S.T @ M, size) for M in below]
            blocks += [zeros(S.columns, size)] * (given.columns - len(blocks))  # a bias, and what does not move
            rows += [block[u, :] for u in range(S.columns) for block in blocks]
        mixed = stacked(*rows)
        return H + mixed + mixed.T


def widened(M, columns):
    """Return a matrix with zeros beside it."""
    return beside(M, zeros(M.rows, columns - M.columns))


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


def check_resting(p):
    """Check that penalised weights of units at zero or silent are zero, and of units at zero all weights."""
    for k, layer in enumerate(p.units):
        for j, text in enumerate(layer):
            if text in RESTING:
                weights = [*p.layers[k][j], *(row[j] for row in p.layers[k + 1])]
                bits = [*p.penalised[k][j], *(row[j] for row in p.penalised[k + 1])]
                free = [w for w, bit in zip(weights, bits, strict=True) if bit == "0"]
                holds = text == "silent" or (p.decay > 0 and not free and len(bits) > 0)
                require(holds, f"unit {j} of layer {k + 1} is not at zero under a decay on all its weights")
                rests = p.decay == 0 or not any(w for w, bit in zip(weights, bits, strict=True) if bit == "1")
                require(rests, f"unit {j} of layer {k + 1} has a penalised weight that is not zero")


@kind(
    "deep-local-minimum",
    "several",
    f"{DEEP}, radius: number, local_minimum: true",
    "units: state hidden *, multipliers: kinks",
)
def deep_local_minimum(p):
    """Krawczyk on a slice across the symmetries; over the box signs, multipliers, curvature, units at zero hold."""
    check_networks(p, [p.layers], [p.radius, *(v for *_, v in p.multipliers)])
    net = Deep(p)
    size, kinked = net.starts[-1], len(net.free)
    well_formed(size + kinked <= MOST_UNKNOWNS, f"there are more than {MOST_UNKNOWNS} weights and kinks")
    claimed = [*joined(joined(net.weights)), *(net.values[q] for q in net.free)]
    middle = Balls(Balls.of([[v] for v in claimed], 1).mid, None, 1)
    fields_, G = independent_fields(net, symmetries(net), middle)

    def equations(column):
        gradient, H, values, C = net.derivatives(column)
        rows = stacked(C, G)
        F = stacked(gradient + G.T @ column[size + kinked :, :], values, G @ (column - start)[:size, :])
        return F, stacked(beside(H, rows.T), beside(rows, zeros(rows.rows, rows.rows)))

    start = stacked(middle, zeros(G.rows, 1))
    box, M = only_solution(joined(start.mid), equations)
    widest = max((r for (r,) in box.rad[:size]), default=0)
    require(Fraction(widest + 1, ONE) <= p.radius, "the box around the weights is wider than the claimed radius")
    T = stacked(zeros(0, size), *(field_at(net, field, box) for field in fields_))
    require(not fields_ or regular(T @ G.T), "the slice is not proved to lie across the symmetries")
    sweep = Sweep(net, box)
    signs_hold(net, sweep)
    multipliers_inside(net, sweep, box)
    curves(M[:size, :size], M[size:, :size])
    for k, asleep in enumerate(net.asleep):
        if asleep:
            stays_asleep(net, sweep, k)
    return f"a network of {len(p.layers)} layers has a local minimum within {told(p.radius)} of its weights"


def signs_hold(net, sweep):
    """Samples off the kinks stay off them, and silent units off, in the whole box."""
    p, nothing = net.p, [not any(x) for x in net.p.X]
    for k, (on, at, heights) in enumerate(zip(net.on, net.at, sweep.heights, strict=False)):
        still = [empty and not p.has_bias[k] for empty in nothing]
        for i, (active, kinked) in enumerate(zip(on, at, strict=True)):
            for u, (bit, kink) in enumerate(zip(active, kinked, strict=True)):
                holds = kink or (heights.above(i, u) if bit else heights.below(i, u) or still[i])
                require(holds, f"sample {i} may lie on the kink of unit {net.chosen[k][u]} of layer {k + 1}")
        own = net.chosen[k - 1] if k else range(p.d)
        for j in (j for j, text in enumerate(p.units[k]) if text == "silent"):
            row = [p.layers[k][j][c] for c in [*own, *([-1] if p.has_bias[k] else [])]]
            reached = sweep.taken[k] @ Balls.of([row], len(row)).T
            off = all(reached.below(i) or still[i] for i in range(p.n))
            require(off, f"unit {j} of layer {k + 1} is not off for every sample")
        both = zip(on, at, strict=True)
        nothing = [not net.asleep[k] and not any(active) and not any(kinked) for active, kinked in both]


def multipliers_inside(net, sweep, box):
    """Every multiplier, or sum of those whose heights always agree, lies strictly between 0 and the jump."""
    every = net.multipliers(box)
    for (k, u, _), together in net.alike.items():
        low, high, most, least = ZERO, ZERO, ZERO, ZERO  # of the sum; of the jumps above and below
        for q, factor in together:
            value = (every[q, :] * factor).ends()
            jump = (sweep.reaching[k][net.kinks[q][2], u] * abs(factor)).ends()[0]
            low, high = low + value[0], high + value[1]
            most, least = (most + jump, least) if factor > 0 else (most, least - jump)
        place = f"the multiplier of unit {net.chosen[k][u]} of layer {k + 1} at sample {net.kinks[together[0][0]][2]}"
        require(least < low and high < most, f"{place} is not strictly between 0 and the jump")


def curves(H, C):
    """H is positive definite where C vanishes: H + weight C^T C is, for some weight, all brought to one size."""
    if not H.rows:
        return
    size = [math.sqrt(abs(H.mid[i][i] / ONE)) for i in range(H.rows)]
    scale = doubles([[1 / max(v, 1e-8 * max(size), 1e-150) for v in size]])
    H, C = H * scale * scale.T, C * scale
    lengths = [math.sqrt(sum((m / ONE) ** 2 for m in row)) for row in C.mid]
    require(all(lengths), "a kink has no gradient")
    C = C * doubles([[1 / v] for v in lengths], 1)
    square = C.T @ C
    found = any(definite(H + square * Fraction(weight)) for weight in ((10, 1_000, 100_000) if C.rows else (0,)))
    require(found, "the curvature along the kinks is not proved to be positive")


def symmetries(net):
    """Return what changes nothing, each as its moves (place that moves, place of the speed or None for 1, sign).

    Two units of one layer that are mixed; without decay a unit's scale too; and all logits of a softmax together.
    """
    free, out, last = net.p.decay == 0, [], len(net.widths) - 1
    for k, (on, at) in enumerate(zip(net.on, net.at, strict=True)):
        for i in range(net.widths[k]):
            for j in range(net.widths[k]):
                alike = all(row[i] == row[j] for part in (on, at) for row in part)
                same = net.counted[k][i] == net.counted[k][j] and all(row[i] == row[j] for row in net.counted[k + 1])
                if not alike or not (free or (i < j and same)):
                    continue
                moves = []
                for a, b, sign in [(i, j, 1)] if free else [(i, j, 1), (j, i, -1)]:
                    # unit a takes up what unit b takes, b gives what a gives
                    moves += [(net.place(k, a, entry), net.place(k, b, entry), sign) for entry in range(net.fed[k])]
                    above = range(net.widths[k + 1])
                    moves += [(net.place(k + 1, unit, b), net.place(k + 1, unit, a), -sign) for unit in above]
                out.append(moves)
    if net.p.loss == "cross_entropy":
        for entry in range(net.fed[last]):
            if free or not any(row[entry] for row in net.counted[last]):
                out.append([(net.place(last, unit, entry), None, 1) for unit in range(net.widths[last])])
    return out


def field_at(net, moves, column):
    """Return the direction of a symmetry at weights, as a row of intervals."""
    row = zeros(1, net.starts[-1])
    for place, source, sign in moves:
        row.mid[0][place] += sign * (ONE if source is None else column.mid[source][0])
        row.rad[0][place] += 0 if source is None else column.rad[source][0]
    return row


def independent_fields(net, fields, column):
    """Return independent symmetries and their directions as rows of doubles of length 1."""
    kept, rows, basis = [], [], []
    for moves in fields:
        step = field_at(net, moves, column).floats()[0]
        length = math.sqrt(sum(map(mul, step, step)))
        step = rest = [v / length for v in step] if length else step
        for b in [*basis, *basis]:
            along = sum(map(mul, b, rest))
            rest = [v - along * t for v, t in zip(rest, b, strict=True)]
        length = math.sqrt(sum(map(mul, rest, rest)))
        if length > 1e-7:
            basis.append([v / length for v in rest])
            kept.append(moves)
            rows.append(step)
    return kept, doubles(rows, net.starts[-1])


def stays_asleep(net, sweep, k):
    """No small unit lowers J: f(w) = |sum_i relu(<w, h_i>) e_i| <= decay |w|, h_i what the layer takes, e_i signals.

    The surface of the cube is cut into boxes. Over a box each row is on, off, or put on one side, and what that may
    miss is added. |w| is at least its component along the middle. Where the signs are those of an active unit, its own
    equations give the bound: with one signal f(w) is then at most decay <w_j, w> / |w_j|, less on kinks; with several
    the decay must be the largest singular value of the unit's signal matrix, and no other one as large.
    """
    h, e, answered = sweep.taken[k], sweep.signals[k + 1], answered_by(net, sweep, k)
    d = h.columns
    if not (h.rows and d and e.columns):
        return
    require(d <= MOST_INPUTS, f"a unit at zero has {d} inputs, too many directions to check")
    wide, blur = ([sum(row) for row in M.rad] for M in (h, e))
    sizes = zip(wide, blur, h.mid, e.mid, strict=True)
    error = sum(a * sum(map(abs, v)) + (sum(map(abs, u)) + a) * b for a, b, u, v in sizes)
    decay = (net.p.decay.numerator << 2 * BITS) // net.p.decay.denominator
    faces = [(axis, end) for axis in range(d) for end in (GRID, -GRID)]
    for sign in (1, -1) if e.columns == 1 else (0,):
        mine = [(on, at) for on, at, side_ in answered if side_ in (0, sign)]
        boxes = [([end * (a == axis) for a in range(d)], [GRID * (a != axis) for a in range(d)]) for axis, end in faces]
        looked = 0
        while boxes:
            looked += 1
            well_formed(looked <= MOST_BOXES, "whether a unit at zero can wake takes too many boxes")
            m, s = boxes.pop()
            if box_settled(m, s, h.mid, wide, e.mid, error, decay, mine, sign):
                continue
            axis = max(range(d), key=s.__getitem__)
            require(s[axis] > 1, "a unit at zero can wake, or nearly: a direction reaches the decay")
            s = [v // 2 if a == axis else v for a, v in enumerate(s)]
            boxes += [([v + t * s[a] * (a == axis) for a, v in enumerate(m)], s) for t in (1, -1)]


def box_settled(m, s, H, wide, E, error, decay, answered, sign):
    """Whether f(w) < decay |w| for all w of a box m +- s, or signs are those that an active unit answers for."""
    heights = [whole_dot(row, m) for row in H]
    spread = [whole_dot(map(abs, row), s) + v * GRID for row, v in zip(H, wide, strict=True)]
    on = [t - r >= 0 for t, r in zip(heights, spread, strict=True)]
    off = [t + r <= 0 for t, r in zip(heights, spread, strict=True)]
    for active, kinked in answered:
        rows = zip(active, kinked, on, off, strict=True)
        if all(kink or (above if bit else below) or (above and below) for bit, kink, above, below in rows):
            return True
    root, k = math.isqrt(whole_dot(m, m)) + 1, len(E[0])
    G, excess = [[0] * k for _ in m], 0
    for i, (row, e) in enumerate(zip(H, E, strict=True)):
        size = max(sign * e[0], 0) if sign else math.isqrt(whole_dot(e, e)) + 1
        low, high = max(spread[i] - heights[i], 0), max(spread[i] + heights[i], 0)
        both = not on[i] and not off[i]
        if both:
            excess += size * min(low, high)
        if (on[i] and not off[i]) or (both and (heights[i] > 0 if sign and sign * e[0] < 0 else low < high)):
            G = [[g + v * t for g, t in zip(own, e, strict=True)] for own, v in zip(G, row, strict=True)]
    if sign:
        g = [sign * row[0] - decay * t // root for row, t in zip(G, m, strict=True)]
        top = whole_dot(g, m) + whole_dot(map(abs, g), s) + (len(m) * GRID << 1)
    else:
        along = [whole_dot(column, m) for column in columns(G, k)]
        across = [whole_dot(map(abs, column), s) for column in columns(G, k)]
        reach = max(whole_dot(m, m) - whole_dot(map(abs, m), s), 0)
        top = sum(math.isqrt(whole_dot(part, part)) + 1 for part in (along, across)) - decay * reach // root
    return top + excess + error * GRID < 0


def answered_by(net, sweep, k):
    """Return signs (on, kinks, side of f's only output or 0) that active units of layer k answer for."""
    out, decay = [], net.p.decay
    for u in range(net.widths[k]):
        on, at = ([row[u] for row in part] for part in (net.on[k], net.at[k]))
        if not all(net.counted[k][u]) or not all(row[u] for row in net.counted[k + 1]):
            continue
        if net.widths[k + 1] == 1:
            above, below = sweep.weights[k + 1].above(0, u), sweep.weights[k + 1].below(0, u)
            if above or below:
                out.append((on, at, (-1 if above else 1) if any(at) else 0))
        elif not any(at):
            t, s = (
                stacked(M[:0, :], *(M[i, :] for i, bit in enumerate(on) if bit))
                for M in (sweep.taken[k], sweep.signals[k + 1])
            )
            w = sweep.weights[k][u, :]
            length = w @ w.T
            if length.above():
                # 1 / |w|^2 from below would do; a number near it makes the test a little weaker only
                along = (w.T @ w) * (decay * decay / length.ends()[1])
                if definite(eye(t.columns) * (decay * decay) - (t.T @ s) @ (t.T @ s).T + along):
                    out.append((on, at, 0))
    return out


# ---- one hidden layer with weight decay: a local minimum in a box ----------------------------------------------------


class Face:
    """n J where activations, signs and kinks stay: J(t) = sum of losses + lam sum |P u_j| + (kappa / 2) c^2, f = F t.

    Unit j has u_j = sum_q t_q b_q over a basis of the subspace of its kinks, plus an offset of its bias that counts as
    part of c: a unit that is active everywhere shares a free bias with a free constant.
    """

    def __init__(self, p, decay):
        self.p, self.decay, self.bases = p, decay, []
        self.loss = "squared" if p.loss == "squared" else "bce"
        targets = p.y if p.loss == "squared" else [Fraction(t == 1) for t in labels(p)]
        self.Y = [[t] for t in targets]
        require(len(p.patterns) == len(p.kinks) == len(p.signs), "patterns, kinks and signs are not as many")
        require(len(p.offsets) == len(p.signs), "the offsets are not one for each unit of the face")
        pairs = [zip(*pair, strict=True) for pair in zip(p.patterns, p.kinks, strict=True)]
        self.active = [[on and not kink for on, kink in pair] for pair in pairs]
        # units that are active everywhere, where their free bias is one variable with a free constant
        gauge = decay.constant and decay.kept < p.d
        self.shares = [gauge and all(on) and not any(kinks) for on, kinks in zip(p.patterns, p.kinks, strict=True)]
        for shares, kinks, offset in zip(self.shares, p.kinks, p.offsets, strict=True):
            require(offset == 0 or shares, "a unit that is not active everywhere cannot share its bias")
            rows = [x for x, kink in zip(p.X, kinks, strict=True) if kink]
            rows = [[ZERO] * (p.d - 1) + [Fraction(1)]] if shares else rows
            self.bases.append(null_space(rows, p.d))
            require(self.bases[-1], "a unit's kinks leave it no weights")
        self.size = sum(map(len, self.bases)) + int(decay.constant)
        features = []
        for i, x in enumerate(p.X):
            units = zip(self.active, p.signs, self.bases, strict=True)
            row = [s * dot(x, b) if on[i] else ZERO for on, s, basis in units for b in basis]
            features.append(row + [Fraction(1)] * int(decay.constant))
        self.F, self.B = Balls.of(features, self.size), [Balls.of(basis) for basis in self.bases]
        self.P = [[a < decay.kept for a in range(p.d)]]

    def weights(self, column):
        """Return the weights u_j, one row each."""
        out, start = [], 0
        for B, offset in zip(self.B, self.p.offsets, strict=True):
            own = Balls.of([[ZERO] * (self.p.d - 1) + [offset]])
            out.append(column[start : start + B.rows, :].T @ B + own)
            start += B.rows
        return out

    def length(self, u):
        """Return |P u| as a matrix of one interval."""
        kept = u.masked(self.P)
        return (kept @ kept.T).root()

    def direction(self, u):
        """Return 1 / |P u| and P u / |P u|."""
        over = self.length(u).reciprocal("a unit of the face may be at zero")
        return over, u.masked(self.P) * over

    def equations(self, column):
        """Return the derivatives of n J and its second derivatives."""
        f, lam = self.F @ column, self.decay.lam
        g = self.F.T @ loss_slopes(self.loss, f, Balls.of(self.Y, 1))
        H = self.F.T @ (self.F * loss_bends(self.loss, f)[0][0])
        first, second = [], zeros(0, self.size)
        for B, u in zip(self.B, self.weights(column), strict=True):
            over, along = self.direction(u)
            kept = B.masked(self.P * B.rows)
            t = kept @ along.T
            block = (kept @ kept.T - t @ t.T) * over * lam
            before = second.rows
            first.append(t * lam)
            second = stacked(second, beside(zeros(B.rows, before), block, zeros(B.rows, self.size - before - B.rows)))
        if self.decay.constant:
            first.append(column[-1, :] * self.decay.kappa)
            second = stacked(second, beside(zeros(1, self.size - 1), Balls.of([[self.decay.kappa]])))
        return g + stacked(*first), H + second

    def value(self, column):
        """Return bounds of n J over a box, as fractions."""
        f, low, high = self.F @ column, ZERO, ZERO
        for i, (t,) in enumerate(self.Y):
            ends = f.ends(i)
            parts = [loss_bounds(self.loss, [v], [t]) for v in ends]  # with a label of 0 or 1 the loss is monotone
            least = ZERO if self.loss == "squared" and ends[0] <= t <= ends[1] else min(a for a, _ in parts)
            low, high = low + least, high + max(b for _, b in parts)
        penalties = [self.length(u) * self.decay.lam for u in self.weights(column)]
        if self.decay.constant and self.decay.kappa:
            penalties.append(column[-1, :] * column[-1, :] * (self.decay.kappa / 2))
        for penalty in penalties:
            least, most = penalty.ends()
            low, high = low + least, high + most
        return low, high


@kind(
    "decayed-local-minimum",
    "one",
    f"{INTERVAL}, W: number m d, v: number m, c: number or null, output_bias: flag, distance: number, "
    "global_minimum: flag",
    "patterns: pattern f, kinks: pattern f, signs: sign f, variables: number *, offsets: number *, group: number *, "
    f"shares: number *, slopes: number n, {CELLS}",
    losses=("squared", "logistic", "bce"),
    decays=True,
)
def decayed_local_minimum(p):
    """Krawczyk on the face, then over the box: a minimum there, kinks, cells beside it, its objective and distance."""
    face = Face(p, Decay(p, p.output_bias))
    require(len(p.variables) == face.size, "the variables are not as many as the face has")
    box = zeros(0, 1)
    if face.size:
        start = Balls.of([[v] for v in p.variables], 1)
        box, M = only_solution(joined(start.mid), face.equations)
        require(definite(M), "the critical point of the face is not proved to be a minimum there")
    e, weights = loss_slopes(face.loss, face.F @ box, Balls.of(face.Y, 1)), face.weights(box)
    for j, u in enumerate(weights):
        unit_at_rest(face, e, u, j)
    group = [int(v) for v in p.group]
    if -1 in group or p.global_minimum:
        cells_at_rest(face, e)
    least, most = face.value(box)
    require(p.lower * p.divisor <= least and most <= p.upper * p.divisor, "the objective may not lie between its ends")
    near_claim(face, weights, group, box)
    which = "a global minimum of every width" if p.global_minimum else "a local minimum"
    return f"{which} with weight decay on {p.n} samples lies within {told(p.distance)} of the given weights"


def unit_at_rest(face, e, u, j):
    """The samples of a unit stay on their sides; the multipliers of its kinks lie strictly inside their bounds."""
    p, decay, lines = face.p, face.decay, {}
    pull = zeros(1, p.d)
    for i, x in enumerate(p.X):
        if not any(x):
            continue
        own = e[i, :] * p.signs[j]
        if not p.kinks[j][i]:
            height = Balls.of([x]) @ u.T
            holds = height.above() if p.patterns[j][i] else height.below()
            require(holds, f"unit {j} is not proved to be on the claimed side of sample {i}")
            if p.patterns[j][i]:
                pull = pull + own @ Balls.of([x])
            continue
        lead = next(v for v in x if v)
        ends = lines.setdefault(tuple(v / lead for v in x), [zeros(1, 1), zeros(1, 1)])
        ends[lead < 0] = ends[lead < 0] + own * abs(lead)
    if not lines:
        return
    N = [list(line) for line in lines]
    require(len(echelon(N)[1]) == len(N), f"the kinks of unit {j} are dependent")
    pull = pull + face.direction(u)[1] * decay.lam
    gram = inverse([[dot(a, b) for b in N] for a in N])
    theta = Balls.of(gram) @ (Balls.of(N) @ pull.T)  # with the other sign
    others = [x for x, active in zip(p.X, face.active[j], strict=True) if active]
    for k, (above, below) in enumerate(lines.values()):
        lone = decay.kept == p.d and not any(dot(N[k], row) for row in [*others, *N[:k], *N[k + 1 :]])
        if lone and above.ends()[0] >= 0 and below.ends()[0] >= 0:
            continue  # its multiplier is 0: the normal is at right angles to all that moves the unit
        inside = (theta[k, :] + above).above() and (below - theta[k, :]).above()
        require(inside, f"a multiplier at a kink of unit {j} is not proved to be inside its bounds")


def cells_at_rest(face, e):
    """No cell is pulled by the decay or more, but for those next to a unit of the same sign."""
    p, decay, live = face.p, face.decay, [any(x) for x in face.p.X]
    away = sum((max(abs(v - near) for v in e.ends(i)) for i, near in enumerate(p.slopes)), ZERO)
    slack = away * 2 * sum((root_above(decay.square(x)) for x in p.X), ZERO)
    given = {(tuple(cell["pattern"]), cell["sign"]): cell["multipliers"] for cell in p.cells}
    free = decay.constant and not decay.kappa
    for cell, bits in Cells(p, p.n).every():
        gone = [i for i, bit in enumerate(bits) if not bit and live[i]]
        for sign in (1, -1) if any(bits) else ():
            beside_ = (
                s == sign and all(a == b or kink or not v for a, b, kink, v in zip(bits, on, kinks, live, strict=True))
                for on, kinks, s in zip(p.patterns, p.kinks, p.signs, strict=True)
            )
            falls = free and any(face.shares) and all((e[i, :] * sign).above() for i in gone)
            if any(beside_) or falls:
                continue
            q = pulled(p, p.slopes, bits, given.get((tuple(bits), sign), {}), sign, "a cell")
            weak = ((free and not gone) or not any(q[decay.kept :])) and root_above(decay.square(q)) + slack < decay.lam
            line = f"the cell {show(cell.pattern)} (in order) with sign {sign} may be pulled by the decay or more"
            require(weak, line)


def near_claim(face, weights, group, box):
    """The balanced weights of the minimum are near the given ones; units of one state share it."""
    p, decay, square, total = face.p, face.decay, ZERO, [ZERO] * len(weights)
    require((p.c is not None) is decay.constant, "the output bias is claimed and not given, or given only")
    require(len(group) == len(p.shares) == len(p.W), "group and shares are not one for each unit")
    for g, own, w, v in zip(group, p.shares, p.W, p.v, strict=True):
        if g in (-1, -2):
            square += v * v + sum((a * a for k, a in enumerate(w) if k < decay.kept or g == -1), ZERO)
            require(g == -1 or (decay.kept < p.d and w[-1] < 0), "a unit that is dead for its bias has none")
            continue
        require(0 <= g < len(weights) and own > 0, "a unit belongs to no unit of the face, or has no share of it")
        total[g] += own
        u = weights[g] * own
        root = face.length(u).root()
        balanced = u * root.reciprocal("a unit of the face may be at zero")
        away = beside(root * p.signs[g] - v, balanced - Balls.of([w]))
        square += (away @ away.T).ends()[1]
    require(all(t == 1 for t in total), "the shares of a unit of the face do not sum to 1")
    if decay.constant:
        shared = sum((s * b for s, b in zip(p.signs, p.offsets, strict=True)), ZERO)
        away = box[-1, :] - (shared + p.c)
        square += (away * away).ends()[1]
    require(square <= p.distance**2, "the minimum is not proved to be so near the given weights")


# ---- the Gaussian population loss ------------------------------------------------------------------------------------

HALVINGS, TERMS = 8, 22
PARALLEL = "two units may be parallel, or one zero, within the radius"


def arctan(T):
    """Return the angles of tangents T >= 0: halved until the series t - t^3 / 3 + t^5 / 5 - ... converges fast.

    atan t = 2 atan(t / (1 + root(1 + t^2))); the series is off by less than its next term.
    """
    for _ in range(HALVINGS):
        T = T * ((T * T + 1).root() + 1).reciprocal("")
    square, total, power = T * T, T * 0, T
    for k in range(TERMS):
        total = total + power * Fraction((-1) ** k, 2 * k + 1)
        power = power * square
    rest = Balls(
        [[0] * T.columns for _ in T.mid],
        [list(map(add, map(abs, m), r)) for m, r in zip(power.mid, power.rad, strict=True)],
    )
    return (total + rest) * 2**HALVINGS


PI = arctan(Balls.of([[1]])) * 4


class Rows:
    """Units with lengths (m, 1) and directions (m, d); those of length zero are left out."""

    def __init__(self, rows):
        live = [i for i in range(rows.rows) if any(rows.mid[i]) or any(rows.rad[i])]
        rows = stacked(rows[:0, :], *(rows[i, :] for i in live))
        squares_ = stacked(zeros(0, 1), *(rows[i, :] @ rows[i, :].T for i in range(rows.rows)))
        self.lengths = squares_.root()
        self.units = rows * self.lengths.reciprocal(PARALLEL)


def angles(own, other):
    """Return cosine, sine and pi minus the angle t of all pairs of directions, exact for a unit and itself.

    t, or for a cosine below 0 pi - t, is 2 atan(sine / (1 + |cosine|)).
    """
    C, same = own.units @ other.units.T, own is other
    apart_ = [[not same or i != j for j in range(C.columns)] for i in range(C.rows)]
    C = C.masked(apart_) + eye(C.rows) if same else C
    S = (-(C * C) + 1).root().masked(apart_)
    size = Balls([list(map(abs, row)) for row in C.mid], C.rad, C.columns)
    half = arctan(S * (size + 1).reciprocal("")) * 2
    acute = [[m >= 0 for m in row] for row in C.mid]
    obtuse = [[not bit for bit in row] for row in acute]
    return C, S, (-half + PI).masked(acute) + half.masked(obtuse)


def mutual(own, other, C, S, rest):
    """Return sum |v| |w| (sin t + (pi - t) cos t) over all pairs."""
    return own.lengths.T @ (S + rest * C) @ other.lengths


def hessian_of(student, teacher):
    """Return 2 pi times the Hessian.

    2 pi h2 = (pi - t) I + (a b^T + b a^T - cos t (a a^T + b b^T)) / sin t, and
    2 pi |w| h1 / |v| = sin t (I - a a^T) + (b - cos t a)(b - cos t a)^T / sin t, a and b the directions.
    """
    A, d = student.units, student.units.columns
    blocks = [[eye(d) * PI if i == j else None for j in range(A.rows)] for i in range(A.rows)]
    for other, sign in ((student, 1), (teacher, -1)):
        C, S, rest = angles(student, other)
        for i in range(A.rows):
            a, chosen = A[i, :], [j for j in range(other.units.rows) if other is not student or i != j]
            b, lengths, cosine, sine = (
                stacked(M[:0, :], *(M[j, :] for j in chosen))
                for M in (other.units, other.lengths, C[i, :].T, S[i, :].T)
            )
            part = lengths * student.lengths[i, :].reciprocal(PARALLEL) * sign
            across, over = b - cosine @ a, sine.reciprocal(PARALLEL)
            turned = (eye(d) - a.T @ a) * (part.T @ sine)
            blocks[i][i] = blocks[i][i] + turned + (across * over * part).T @ across
            for k, j in enumerate(chosen if other is student else []):
                back = a - b[k, :] * cosine[k, :]
                mixed = stacked(a, b[k, :]).T @ (stacked(across[k, :], back) * over[k, :])
                blocks[i][j] = eye(d) * rest[i, j] + mixed
    return stacked(*(beside(*row) for row in blocks))


@kind(
    "population-minimum",
    "none",
    f"W: number m d, distance: number, {INTERVAL}, curvature: number, local_minimum: true, spurious: flag",
    "radius: number",
)
def population_minimum(p):
    """Where the Hessian exceeds the curvature in a ball and the gradient is small, the ball holds a strict minimum."""
    W, radius, curvature = p.W, p.radius, p.curvature
    well_formed(sum(map(len, W)) <= MOST_UNKNOWNS, "too many weights to check")
    require(W and W[0], "the student has no weights")
    require(min(radius, curvature, p.distance) > 0, "radius, distance and curvature are not all positive")
    numbers = [radius, curvature, p.lower, p.upper, p.distance, *joined(W), *joined(p.X)]
    require(all(abs(v) <= FARTHEST for v in numbers), "a number is too large")
    student, teacher = Rows(Balls.of(W)), Rows(Balls.of(p.X, p.d))
    require(student.units.rows == len(W), PARALLEL)
    circle = PI * 2
    # the length of 2 pi times the gradient, from above, beside 2 pi times the curvature, from below
    near, far = angles(student, student), angles(student, teacher)
    ends = student.units * (near[1] @ student.lengths - far[1] @ teacher.lengths)
    ends = ends + (near[2] * student.lengths.T) @ student.units - (far[2] * teacher.lengths.T) @ teacher.units
    square = sum((abs(m) + r) ** 2 for pair in zip(ends.mid, ends.rad, strict=True) for m, r in zip(*pair, strict=True))
    slope = Fraction(math.isqrt(square) + 1, ONE) / circle.ends()[0]
    require(2 * slope < curvature * radius, "the gradient is too large for a minimum within the radius")
    require(slope <= curvature * p.distance, "the minimum is not proved to be so near the weights")
    ball = Balls.of(W) + Balls([[0]], [[math.ceil(radius * ONE)]])
    H = hessian_of(Rows(ball), teacher)
    require(
        definite(H - eye(H.rows) * (circle * curvature)), "the Hessian is not proved to exceed the claimed curvature"
    )
    value = mutual(student, student, *near) - mutual(student, teacher, *far) * 2
    value = value + mutual(teacher, teacher, *angles(teacher, teacher))
    least, most = (v / (2 * end) for v, end in zip(value.ends(), reversed(circle.ends()), strict=True))
    least = max(least, ZERO) - slope**2 / (2 * curvature)
    require((p.lower <= least or p.lower <= 0) and most <= p.upper, "the loss may not lie between its ends")
    spurious = p.lower > 0 and len(W) >= p.n
    require(p.spurious is spurious, "whether the minimum is spurious is not what follows from its ends")
    which = "that is no global minimum " if spurious else ""
    return (
        f"the population loss of {len(W)} units has a strict local minimum {which}within {float(p.distance):.2g} of W"
    )


# ---- several at once, and the command line ---------------------------------------------------------------------------


@kind("bundle", "any", "local_minima: whole, global_minimum: flag", "members: list")
def bundle(p):
    """Every member, no network twice, and the numbers claimed."""
    points, lowest = [], 0
    for number, member in enumerate(p.members, start=1):
        try:
            member.judge()
        except Invalid as problem:
            raise Invalid(f"member {number}: {problem}") from None
        lowest += member.kind == "global-minimum"
        if member.kind == "local-minimum":
            points.append(same_function(member))
    require(len(points) == p.local_minima, f"the members prove {len(points)} local minima, another number")
    require(len(set(points)) == len(points), "two members are about the same network")
    require(lowest == int(p.global_minimum), f"the members prove {lowest} global minima, another number")
    return f"{len(p.members)} certificates on the same data hold, {len(points)} of them about local minima"


def same_function(p):
    """Return a network up to the order of its units and a positive factor moved between the layers of a unit."""
    rows = []
    for w, v in zip(p.W, p.v, strict=True):
        rows.append((tuple(abs(v) * a for a in w) if v else tuple(w), (v > 0) - (v < 0)))
    return p.c or ZERO, p.slope, tuple(sorted(rows))


def check(text, data=None):
    """Return (status, line) of the text of a certificate, and of the text of its data where they are given."""
    sys.set_int_max_str_digits(0)
    try:
        content = parse(text)
        check_names(content, {"schema", "kind", "data", "claim", "witness"}, set())
        targets = KINDS[content["kind"]][0]
        X, y, at = read_data(content["data"], targets)
        if data is not None:
            X, y = given_data(data, content["data"], targets, at)
        well_formed(X is not None, "only the SHA-256 of the data is there: give the data as a second file")
        return 0, f"valid: {Proof(content, at, content['data'], X, y).judge()}"
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
