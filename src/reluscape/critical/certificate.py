"""Writing the proof of a verdict as plain JSON."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from ..certificates import fraction_text, fraction_texts, new
from .onesided import OneSided
from .point import Point


def _weights(point: Point, trainable: str) -> dict[str, Any]:
    """Return the point itself."""
    return {
        "W": fraction_texts(point.W),
        "v": fraction_texts(point.v),
        "c": None if point.c is None else fraction_text(point.c),
        "slope": fraction_text(point.slope),
        "trainable": trainable,
    }


def minimum_certificate(point: Point, proofs: list[OneSided | None], trainable: str) -> dict[str, Any]:
    """Return the multipliers of every unit, for each corner of its negative lines; rays are listed by the verifier."""
    units: list[dict[str, Any]] = []
    for proof in proofs:
        if proof is None or proof.method == "vanishes":
            units.append({"method": "frozen" if proof is None else "vanishes"})
        elif proof.inclusion is not None:
            shift, change = proof.inclusion.b, proof.inclusion.C
            units.append({"method": "inclusion", "shift": fraction_texts(shift), "change": fraction_texts(change)})
        elif proof.multipliers is None:
            units.append({"method": "rays"})
        else:
            units.append({"method": "multipliers", "corners": [fraction_texts(row) for row in proof.multipliers]})
    claim = {"loss": fraction_text(point.exact_value), "local_minimum": True, **_weights(point, trainable)}
    return new("local-minimum", point.data.fractions, point.data.y_fractions, claim, {"units": units})


def not_minimum_certificate(point: Point, escape: tuple[Any, ...], trainable: str) -> dict[str, Any]:
    """Return the direction along which the loss falls."""
    claim = {
        "loss": fraction_text(point.exact_value),
        "local_minimum": False,
        **_weights(point, trainable),
    }
    witness = {
        "dW": fraction_texts(np.asarray(escape[0])),
        "dv": fraction_texts(np.asarray(escape[1])),
        "dc": fraction_text(escape[2]) if len(escape) > 2 else fraction_text(Fraction(0)),
    }
    return new("not-minimum", point.data.fractions, point.data.y_fractions, claim, witness)
