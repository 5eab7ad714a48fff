"""Ways to alter a certificate at random: numbers, forms, fields, shapes, patterns, kinds, schemas, data."""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction

import numpy as np

from reluscape.certificates.schema import KINDS

FORMS = [
    *(1.0, 0.0, -1.0, float("nan"), float("inf"), 1j, True, False, None, [], {}, (1, 2), ["1"], [["1"]], {"a": 1}),
    *("", " 1", "1 ", "1_0", "0x1", "\u0661", "\uff11", "1/0", "nan", "inf", "1e99999999", "1.", ".5", "--1", "True"),
    *("1" * 5000, "\ud800", 10**5000, 2**63, -1, 0, 1, "0", "1", "-1", "1/2", "0.5", "1e3", "none", b"1", Fraction(1)),
    *(np.int64(1), np.float64(1), np.bool_(True), np.str_("1")),
]


def places(value, path=()):
    """Every path to a value inside nested objects and lists."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def at(value, path):
    """The value at a path."""
    for key in path:
        value = value[key]
    return value


def chosen(rng, certificate, test):
    """A random place whose value passes a test, None where there is none."""
    found = [path for path in places(certificate) if path and test(at(certificate, path))]
    return rng.choice(found) if found else None


def put(certificate, path, value):
    """Replace the value at a path."""
    at(certificate, path[:-1])[path[-1]] = value


def is_number(value):
    """Whether a value is an exact number as text, of a size that a fraction can hold."""
    try:
        return type(value) is str and len(value) < 60 and "e99999" not in value and Fraction(value) is not None
    except ValueError:
        return False


def other_number(rng, c):
    path = chosen(rng, c, is_number)
    old = Fraction(at(c, path))
    new = [old + 1, -old, old / 2, old * 2, Fraction(0), old + Fraction(1, 10**20), old - 1, 1 / old if old else 7]
    put(c, path, str(rng.choice(new)))


def other_form(rng, c):
    put(c, chosen(rng, c, lambda v: True), rng.choice(FORMS))


def other_leaf(rng, c):
    put(c, chosen(rng, c, lambda v: not isinstance(v, list | dict)), rng.choice(FORMS))


def unknown_field(rng, c):
    path = rng.choice([p for p in places(c) if isinstance(at(c, p), dict)])
    at(c, path)[rng.choice(["extra", "loss", "penalty", "data", "schema", "verdict", "Value", "value ", 3])] = "1"


def lost_part(rng, c):
    path = chosen(rng, c, lambda v: True)
    del at(c, path[:-1])[path[-1]]


def twice(rng, c):
    path = chosen(rng, c, lambda v: isinstance(v, list) and v)
    at(c, path).append(rng.choice(at(c, path)))


def swapped(rng, c):
    path = chosen(rng, c, lambda v: isinstance(v, list) and len(v) > 1)
    rng.shuffle(at(c, path))


def flipped(rng, c):
    path = chosen(rng, c["claim"], lambda v: isinstance(v, bool | int) or (type(v) is str and set(v) <= {"0", "1"}))
    if path is None:
        return other_number(rng, c)
    old = at(c["claim"], path)
    if type(old) is str:
        i = rng.randrange(len(old))
        put(c["claim"], path, old[:i] + ("0" if old[i] == "1" else "1") + old[i + 1 :])
    else:
        put(c["claim"], path, (not old) if type(old) is bool else rng.choice([-old, old + 1, old - 1]))


def other_kind(rng, c):
    c["kind"] = rng.choice([*KINDS, "nothing", 3, None, ["bundle"]])


def other_schema(rng, c):
    c["schema"] = rng.choice([True, 1.0, 2, "1", None, Fraction(1)])


def rehashed(rng, c):
    """Data changed together with their hash."""
    block = c["data"]
    inside = {"X": block["X"], "y": block["y"]}
    path = chosen(rng, inside, is_number)
    put(inside, path, str(Fraction(at(inside, path)) + rng.choice([1, -1, Fraction(1, 7)])))
    text = json.dumps([block["X"], block["y"]], separators=(",", ":"))
    block["sha256"] = hashlib.sha256(text.encode()).hexdigest()


WAYS = [
    other_number, other_number, other_number, other_form, other_leaf, other_leaf, unknown_field, lost_part, twice,
    swapped, flipped, flipped, other_kind, other_schema, rehashed, rehashed,
]  # fmt: skip
