"""The fields of every kind of certificate, in one table, and the reader that admits nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import CertificateError
from .fields import (
    MOST_NUMBERS,
    Codes,
    Entries,
    Flag,
    Form,
    Listed,
    Maybe,
    Nested,
    Numbers,
    Optional,
    Order,
    Pattern,
    Places,
    Reading,
    Record,
    Sign,
    Texts,
    Variants,
    Whole,
    Word,
    brief,
    listed,
    read_object,
)

SCHEMA = 1
UPPER_END = "the upper end of the global minimum; its lower end is numerical"


@dataclass(frozen=True)
class Kind:
    """What a kind of certificate is made of.

    Attributes:
        checker: "module:function" inside this package; it raises CertificateError or returns a sentence.
        targets: "none" (the claim is about X alone), "one" (y, a number for each sample), "several" (k numbers for
            each sample), or "any" (the members decide).
        claim: its fields.
        witness: its fields.
        members: the witness is a list of certificates about the same data.
        losses: the losses that the claim can be about.
        decays: the claim is about an objective with weight decay, which the certificate carries.
    """

    checker: str
    targets: str
    claim: Mapping[str, Form]
    witness: Mapping[str, Form]
    members: bool = False
    losses: tuple[str, ...] = ("squared",)
    decays: bool = False


_POINT: dict[str, Form] = {
    "loss": Numbers("the loss"),
    "W": Numbers("the weights W", ("m", "d")),
    "v": Numbers("the weights v", ("m",)),
    "c": Maybe(Numbers("the output bias")),
    "slope": Numbers("the slope"),
    "trainable": Word("trainable", ("Wv", "W")),
}
_PATTERNS = Listed("the list of patterns", "m", Pattern("a claimed pattern"))
_MULTIPLIERS = Listed("the list of multipliers", "m", Entries("the multipliers of a unit"))
_INTERVAL: dict[str, Form] = {"lower": Numbers("the lower end"), "upper": Numbers("the upper end")}
_ENDS: dict[str, Form] = {  # of the value of a basin
    **_INTERVAL,
    "patterns": _PATTERNS,
    "signs": Listed("the list of signs", "m", Sign("a sign")),
    "output_bias": Flag("the claim of an output bias"),
}
_UNIT = Variants(
    "a unit's proof",
    "method",
    {
        "frozen": {},
        "vanishes": {},
        "rays": {},
        "multipliers": {"corners": Nested("the multipliers of the corners", 2)},
        "inclusion": {"shift": Nested("the shift of the map", 1), "change": Nested("the change of the map", 2)},
    },
)
_SIGNED: dict[str, Form] = {
    "Z": Numbers("the weights Z", ("m", "d")),
    "signs": Listed("the list of signs", "m", Sign("a sign")),
    "c": Numbers("the output bias c"),
}
_CELL: dict[str, Form] = {
    "pattern": Pattern("a cell's pattern"),
    "sign": Sign("a sign"),
    "multipliers": Entries("a cell's multipliers"),
}
_CUT: dict[str, Form] = {
    "cone": Whole("a cone"),
    "first": Whole("a place"),
    "second": Whole("a place"),
    "s": Whole("the share of a ray", 1),
    "t": Whole("the share of a ray", 1),
}
_BOUND: dict[str, Form] = {
    "cone": Whole("a cone"),
    "sign": Sign("a sign"),
    "vector": Whole("the number of a vector"),
    "z": Nested("the function of a bound", 1),
    "shares": Entries("the shares of a bound"),
}
_CELLS = Listed("the list of cells", "cells", Record("a cell", _CELL))

# a network of any depth; biases are last columns
_DEEP: dict[str, Form] = {
    "layers": Nested("the weights of the layers", 3),
    "has_bias": Listed("the list of biases", "layers", Flag("whether a layer has a bias")),
    "penalised": Listed("the list of penalties", "layers", Texts("the penalised weights of a layer")),
    "loss": Word("the loss", ("squared", "bce", "cross_entropy")),
    "decay": Numbers("the decay"),
}

KINDS: dict[str, Kind] = {
    "region-witness": Kind(
        "regions:check_witness",
        "none",
        {"pattern": Pattern("the claimed pattern"), "realizable": Flag("the claim that it is realizable", True)},
        {"w": Numbers("the witness w", ("d",))},
    ),
    "region-empty": Kind(
        "regions:check_empty",
        "none",
        {"pattern": Pattern("the claimed pattern"), "realizable": Flag("the claim that it is realizable", False)},
        {"lambda": Numbers("the multipliers lambda", ("n",))},
    ),
    "basin-value": Kind(
        "basin:check_value",
        "one",
        {
            "value": Numbers("the claimed value"),
            "patterns": _PATTERNS,
            "signs": Listed("the list of signs", "m", Sign("a sign")),
            "output_bias": Flag("the claim of an output bias"),
            "proves": Optional(Word("what the claim says it proves", (UPPER_END,))),
        },
        {"Z": Numbers("the weights Z", ("m", "d")), "c": Numbers("the output bias c"), "multipliers": _MULTIPLIERS},
    ),
    "frozen-basin-value": Kind(
        "frozen_basin:check_frozen",
        "several",
        {
            "value": Numbers("the claimed value"),
            "patterns": _PATTERNS,
            "weights": Numbers("the output weights", ("m", "k")),
            "output_bias": Flag("the claim of output biases"),
        },
        {
            "W": Numbers("the weights W", ("m", "d")),
            "c": Numbers("the output biases c", ("k",)),
            "multipliers": _MULTIPLIERS,
        },
    ),
    "local-minimum": Kind(
        "critical:check_minimum",
        "one",
        {**_POINT, "local_minimum": Flag("the claim of a local minimum", True)},
        {"units": Listed("the list of units", "m", _UNIT)},
    ),
    "not-minimum": Kind(
        "critical:check_not_minimum",
        "one",
        {
            **_POINT,
            "local_minimum": Flag("the claim of a local minimum", False),
            "verdict": Optional(Word("the verdict", ("saddle", "not stationary"))),
        },
        {
            "dW": Numbers("the direction dW", ("m", "d")),
            "dv": Numbers("the direction dv", ("m",)),
            "dc": Numbers("the direction dc"),
        },
    ),
    "global-minimum": Kind(
        "minimum:check_minimum",
        "one",
        {
            "value": Numbers("the claimed value"),
            "width": Whole("the claimed width", 1, "m"),
            "output_bias": Flag("the claim of an output bias"),
        },
        {
            "W": Numbers("the weights W", ("m", "d")),
            "v": Numbers("the output weights v", ("m",)),
            "c": Numbers("the output bias c"),
            "order": Order("the order"),
            "duals": Nested("the vectors of the lower bounds", 2),
            "depths": Optional(Listed("the list of depths", "bounds", Whole("a depth", 1))),
        },
    ),
    "zero-loss": Kind(
        "zero_loss:check_zero_loss",
        "one",
        {
            "pattern": _PATTERNS,
            "v": Numbers("the output weights v", ("m",)),
            "zero_loss": Flag("the claim of zero loss"),
        },
        {
            "W": Optional(Numbers("the weights W", ("m", "d"))),
            "u": Optional(Numbers("the functional u", ("n",))),
            "mu": Optional(Numbers("the multipliers mu", ("m", "n"))),
        },
    ),
    "decayed-basin-value": Kind(
        "decayed_basin:check_interval",
        "one",
        _ENDS,
        {
            "Z": Numbers("the weights Z", ("m", "d")),
            "c": Numbers("the output bias c"),
            "slopes": Numbers("the slopes", ("n",)),
            "multipliers": _MULTIPLIERS,
        },
        decays=True,
    ),
    "logistic-basin-value": Kind(
        "logistic_basin:check_infimum",
        "one",
        _ENDS,
        {
            "Z": Numbers("the weights Z", ("m", "d")),
            "c": Numbers("the output bias c"),
            "direction": Numbers("the direction", ("m", "d")),
            "direction_c": Numbers("the direction of the output bias"),
            "slopes": Numbers("the slopes", ("n",)),
            "multipliers": _MULTIPLIERS,
        },
        losses=("logistic", "bce"),
    ),
    "lambda-max": Kind(
        "decayed_cells:check_lambda_max",
        "one",
        {"squared": Numbers("the square"), "output_bias": Flag("the claim of an output bias")},
        {"u": Numbers("the direction u", ("d",)), "order": Order("the order"), "cells": _CELLS},
        losses=("squared", "logistic", "bce"),
        decays=True,
    ),
    "decayed-global-minimum": Kind(
        "decayed_cells:check_global_minimum",
        "one",
        {
            **_INTERVAL,
            "output_bias": Flag("the claim of an output bias"),
        },
        {
            **_SIGNED,
            "slopes": Numbers("the slopes", ("n",)),
            "order": Order("the order"),
            "cells": _CELLS,
        },
        decays=True,
    ),
    "decayed-width-minimum": Kind(
        "decayed_cells:check_width_minimum",
        "one",
        {
            **_INTERVAL,
            "width": Whole("the claimed width", 1, "m"),
            "output_bias": Flag("the claim of an output bias"),
        },
        {
            **_SIGNED,
            "order": Order("the order"),
            "slopes": Numbers("the slopes", ("vectors", "n")),
            "cells": Listed(
                "the list of cells",
                "cells",
                Record("a cell", {**_CELL, "vector": Whole("the number of a vector")}),
            ),
        },
        decays=True,
    ),
    "decayed-cone-minimum": Kind(
        "decayed_cells:check_cone_minimum",
        "one",
        {
            **_INTERVAL,
            "width": Maybe(Whole("the claimed width", 1)),
            "output_bias": Flag("the claim of an output bias"),
        },
        {
            **_SIGNED,
            "order": Order("the order"),
            "slopes": Numbers("the slopes", ("vectors", "n")),
            "cuts": Listed("the list of cuts", "cuts", Record("a cut", _CUT)),
            "bounds": Listed("the list of bounds", "bounds", Record("a bound", _BOUND)),
        },
        decays=True,
    ),
    "deep-local-minimum": Kind(
        "deep_minimum:check_minimum",
        "several",
        {
            **_DEEP,
            "radius": Numbers("the radius"),
            "local_minimum": Flag("the claim of a local minimum", True),
        },
        {
            "units": Listed("the patterns of the units", "hidden", Texts("the patterns of a layer")),
            "multipliers": Places("the multipliers of the kinks", ("layer", "unit", "row")),
        },
    ),
    "deep-not-minimum": Kind(
        "deep_minimum:check_not_minimum",
        "several",
        {
            **_DEEP,
            "local_minimum": Flag("the claim of a local minimum", False),
            "verdict": Optional(Word("the verdict", ("saddle", "not stationary"))),
        },
        {"lower": Nested("the weights of the lower network", 3)},
    ),
    "several-outputs-minimum": Kind(
        "several_outputs:check_global_minimum",
        "several",
        _INTERVAL,
        {
            "W": Numbers("the weights W", ("m", "d")),
            "V": Numbers("the output weights V", ("m", "k")),
            "slopes": Numbers("the slopes", ("n", "k")),
            "order": Order("the order"),
        },
        decays=True,
    ),
    "population-minimum": Kind(
        "population_minimum:check_minimum",
        "none",
        {
            "W": Numbers("the weights W", ("m", "d")),
            "distance": Numbers("the distance"),
            **_INTERVAL,
            "curvature": Numbers("the curvature"),
            "local_minimum": Flag("the claim of a local minimum", True),
            "spurious": Flag("the claim of a spurious minimum"),
        },
        {"radius": Numbers("the radius")},
    ),
    "decayed-local-minimum": Kind(
        "decayed_minimum:check_minimum",
        "one",
        {
            "W": Numbers("the weights W", ("m", "d")),
            "v": Numbers("the weights v", ("m",)),
            "c": Maybe(Numbers("the output bias")),
            "output_bias": Flag("the claim of an output bias"),
            "distance": Numbers("the distance"),
            **_INTERVAL,
            "global_minimum": Flag("the claim of a global minimum"),
        },
        {
            "patterns": Listed("the list of patterns", "f", Pattern("a pattern")),
            "kinks": Listed("the list of kinks", "f", Pattern("the kinks of a unit")),
            "signs": Listed("the list of signs", "f", Sign("a sign")),
            "variables": Nested("the variables", 1),
            "offsets": Nested("the offsets", 1),
            "group": Nested("the units' groups", 1),
            "shares": Nested("the units' shares", 1),
            "slopes": Numbers("the slopes", ("n",)),
            "order": Order("the order"),
            "cells": _CELLS,
        },
        losses=("squared", "logistic", "bce"),
        decays=True,
    ),
    "bundle": Kind(
        "bundle:check_bundle",
        "any",
        {"local_minima": Whole("the number of local minima"), "global_minimum": Flag("the claim of a global minimum")},
        {},
        members=True,
    ),
}

# weight decay: (value / 2) (sum of squared weights) beside the mean loss, biases among them or not
PENALTY: dict[str, Form] = {"value": Numbers("the weight decay"), "biases": Flag("whether biases decay")}

# how a table was read; `reluscape verify --data` reads it in this way again and says so
TABLE: dict[str, Form] = {
    "target": Optional(Word("the target column")),
    "features": Optional(Maybe(Texts("the names of the features"))),
    "drop": Optional(Maybe(Texts("the names of the columns left out"))),
    "positive": Optional(Word("the positive class")),
    "rows": Optional(Whole("the number of rows", 1)),
    "seed": Optional(Whole("the seed")),
    "labels": Optional(Maybe(Codes("the numbers of the classes"))),
    "loss": Optional(Word("the loss of the model")),
    **{name: Optional(Texts(f"the {name} of the scaler")) for name in ("input_mean", "input_scale", "target_scale")},
    **{name: Optional(Flag(name)) for name in ("drop_missing", "regression", "standardize", "bias", "adapt")},
}


@dataclass(frozen=True, eq=False)
class Part:
    """A claim with its witness, read.

    Attributes:
        kind: a key of KINDS.
        claim: by field.
        witness: by field.
        members: of a bundle.
        loss: the loss that the claim is about.
        penalty: the weight decay ("value" and "biases"), or None.
    """

    kind: str
    claim: dict[str, Any]
    witness: dict[str, Any]
    members: tuple[Part, ...] = ()
    loss: str = "squared"
    penalty: dict[str, Any] | None = None


@dataclass(frozen=True, eq=False)
class Block:
    """The data that a certificate names.

    Attributes:
        n, d: number of samples and of inputs.
        sha256: of X and of the targets, where the claim depends on them.
        X: (n, d), or None where only the hash is there.
        y: (n,) or (n, k), or None.
        table: how a table was read.
    """

    n: int
    d: int
    sha256: str
    X: np.ndarray | None
    y: np.ndarray | None
    table: dict[str, Any]


def read_certificate(content: Any) -> tuple[Part, Block, Reading]:
    """Return a certificate as the checkers take it.

    Raises:
        CertificateError: a field is missing, unknown, or not of its form.
    """
    if type(content) is not dict:
        raise CertificateError(f"the certificate is {brief(content)}, expected an object")
    kind = kind_of(content)
    if type(content.get("schema")) is not int or content["schema"] != SCHEMA:
        raise CertificateError(f"schema {brief(content.get('schema'))} is not known; this version reads {SCHEMA}")
    _only(content, {"schema", "kind", "data", "claim", "witness"}, {"loss", "penalty"}, "the certificate", kind)
    at = Reading({})
    block = _read_block(content["data"], KINDS[kind].targets, at)
    return _read_part(content, kind, at, block, content["data"]), block, at


def table_note(content: dict[str, Any]) -> dict[str, Any]:
    """Return how the table of a certificate was read; empty where no note says so.

    Raises:
        CertificateError: the note was altered.
    """
    block = content.get("data")
    note = block.get("table", {}) if type(block) is dict else {}
    return _Table().read(note, Reading({}))


def kind_of(content: dict[str, Any]) -> str:
    """Return the kind of a certificate, which must be known."""
    kind = content.get("kind")
    if type(kind) is not str or kind not in KINDS:
        raise CertificateError(f"unknown kind of certificate {brief(kind)}; known are {', '.join(sorted(KINDS))}")
    return kind


def _only(content: dict[str, Any], needs: set[str], extras: set[str], what: str, kind: str) -> None:
    """Check the fields of a certificate, and that its loss and its penalty are such as its kind is about."""
    for key in content:
        if type(key) is not str or key not in needs | extras:
            raise CertificateError(f"{what} has a field {brief(key)} that is not known")
    for key in sorted(needs - set(content)):
        raise CertificateError(f"{what} has no field {key!r}")
    form = KINDS[kind]
    loss, penalty = content.get("loss"), content.get("penalty")
    if loss is not None and not (type(loss) is str and loss in form.losses):
        options = " or ".join(map(repr, form.losses))
        raise CertificateError(f"{what} has the loss {brief(loss)}; this version checks {options} only")
    if form.decays:
        if type(penalty) is not dict:
            raise CertificateError(f"{what} has the penalty {brief(penalty)}; its kind needs a weight decay")
    elif penalty is not None and not (type(penalty) is str and penalty == "none"):
        raise CertificateError(f"{what} has the penalty {brief(penalty)}; this version checks 'none' only")


def _read_block(value: Any, targets: str, at: Reading) -> Block:
    """Return the block of the data; its X and y are there together or not at all."""
    if type(value) is not dict or not {"n", "d", "sha256"} <= set(value):
        raise CertificateError("the certificate does not say which data it is about")
    n = Whole("the number of samples", 0, "n").read(value["n"], at)
    d = Whole("the number of inputs", 0, "d").read(value["d"], at)
    if max(n, d) > MOST_NUMBERS:
        raise CertificateError(f"the data have more than {MOST_NUMBERS:,} samples or inputs, too many to check")
    y: Form = Numbers("the certificate's y", ("n",))
    if targets == "several":
        rows = value.get("y")
        if "y" in value:
            first = listed(rows, "the certificate's y")
            width = len(listed(first[0], "a row of the certificate's y")) if first else 0
            at.size("k", Whole("the number of outputs", 1).read(width, at), "y")
        y = Numbers("the certificate's y", ("n", "k"))
    fields: dict[str, Form] = {
        "n": Whole("the number of samples", 0),
        "d": Whole("the number of inputs", 0),
        "sha256": Word("the hash of the data"),
        "X": Optional(Numbers("the certificate's X", ("n", "d"))),
        "y": Optional(Maybe(y)),
        "table": Optional(_Table()),
    }
    block = read_object(value, fields, "the block of the data", at)
    if len(block["sha256"]) != 64 or set(block["sha256"]) - set("0123456789abcdef"):
        raise CertificateError("the hash of the data is not one of 64 hexadecimal digits")
    if ("X" in block) != ("y" in block):
        raise CertificateError("the certificate writes out only one of X and y")
    values = block.get("y")
    if "y" in block and values is None and targets in ("one", "several"):
        raise CertificateError("the certificate has no targets")
    if values is not None and targets == "none":
        raise CertificateError("the certificate has targets that its claim is not about")
    return Block(n, d, block["sha256"], block.get("X"), values, block.get("table", {}))


class _Table(Form):
    """The note on how a table was read."""

    def read(self, value: Any, at: Reading) -> dict[str, Any]:
        """Return the note."""
        return read_object(value, TABLE, "the note on the table", at)


def _read_part(content: dict[str, Any], kind: str, at: Reading, block: Block, data: Any) -> Part:
    """Return claim and witness, those of a bundle's members too."""
    form = KINDS[kind]
    own = Reading({k: v for k, v in at.sizes.items() if k != "m"}, at.effort, at.numbers, at.total_bits)
    claim = read_object(content["claim"], form.claim, "the claim", own)
    about: dict[str, Any] = {"loss": content.get("loss") or "squared", "penalty": None}
    if form.decays:
        about["penalty"] = read_object(content["penalty"], PENALTY, "the penalty", own)
        if about["penalty"]["value"] <= 0:
            raise CertificateError("the weight decay is not positive")
    if form.members:
        raw = content["witness"]
        if type(raw) is not dict or set(raw) != {"members"} or type(raw["members"]) is not list or not raw["members"]:
            raise CertificateError("the bundle holds no certificate")
        members = []
        for number, member in enumerate(raw["members"], start=1):
            try:
                members.append(_read_member(member, own, block, data))
            except CertificateError as problem:
                raise CertificateError(f"member {number} of {len(raw['members'])}: {problem}") from None
        part = Part(kind, claim, {}, tuple(members))
    else:
        part = Part(kind, claim, read_object(content["witness"], form.witness, "the witness", own), **about)
    at.numbers, at.total_bits = own.numbers, own.total_bits
    return part


def _read_member(member: Any, at: Reading, block: Block, data: Any) -> Part:
    """Return a member of a bundle; data of its own must be those of the bundle."""
    if type(member) is not dict:
        raise CertificateError(f"it is {brief(member)}, expected an object")
    kind = kind_of(member)
    if KINDS[kind].members or KINDS[kind].targets == "several":
        raise CertificateError(f"a certificate of kind {kind!r} cannot stand in a bundle")
    if "schema" in member and (type(member["schema"]) is not int or member["schema"] != SCHEMA):
        raise CertificateError(f"schema {brief(member['schema'])} is not known; this version reads {SCHEMA}")
    _only(member, {"kind", "claim", "witness"}, {"schema", "data", "loss", "penalty"}, "the member", kind)
    if "data" in member:
        _same_data(member["data"], data)
    return _read_part(member, kind, at, block, data)


def _same_data(own: Any, data: dict[str, Any]) -> None:
    """Check that a member's own data are, field by field and text by text, those of its bundle."""
    if type(own) is not dict or set(own) != set(data) - {"table"}:
        raise CertificateError("its own data are not those of the bundle")
    for key, value in own.items():
        if not _equal(value, data[key]):
            raise CertificateError("its own data are not those of the bundle")


def _equal(a: Any, b: Any) -> bool:
    """Return whether two values of at most two levels of lists are equal, types included."""
    if type(a) is not type(b):
        return False
    if type(a) is list:
        return len(a) == len(b) and all(_equal(p, q) for p, q in zip(a, b, strict=True))
    return bool(a == b)
