"""Certificates as plain JSON: writing, reading, and handing each kind to the checker that re-proves it."""

from __future__ import annotations

import hashlib
import importlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from .. import exact, files
from ..errors import CertificateError

SCHEMA = 1
INLINE_VALUES = 20_000
# integers longer than this are printed and read without Python's limit of 4,300 digits
LONG_BITS = 12_000
LONG_TEXT = 3_000
MOST_SHOWN = 60
EXACT_NUMBER = re.compile(r"[+-]?[0-9]+(/[0-9]+|[.][0-9]+)?([eE][+-]?[0-9]{1,4})?")

# kind of certificate -> "module:function" inside this package; a checker raises CertificateError or returns a sentence
CHECKERS: dict[str, str] = {
    "region-witness": "regions:check_witness",
    "region-empty": "regions:check_empty",
    "basin-value": "basin:check_value",
    "frozen-basin-value": "frozen_basin:check_frozen",
    "local-minimum": "critical:check_minimum",
    "not-minimum": "critical:check_not_minimum",
    "bundle": "bundle:check_bundle",
    "global-minimum": "minimum:check_minimum",
    "zero-loss": "zero_loss:check_zero_loss",
}


@dataclass(frozen=True)
class Verification:
    """The outcome of re-checking a certificate.

    Attributes:
        ok: True where every step was re-proved.
        kind: the certificate's kind.
        message: one sentence: what is proved, or the first step that fails.
    """

    ok: bool
    kind: str
    message: str

    def __bool__(self) -> bool:
        """Return whether the claim is proved."""
        return self.ok


def fraction_text(value: Any) -> str:
    """Return an exact number as text, "p" or "p/q"."""
    number = exact.to_fraction(value)
    if max(number.numerator.bit_length(), number.denominator.bit_length()) <= LONG_BITS:
        return str(number)
    return str(exact.fmpq(number))  # Python refuses to print integers of more than 4,300 digits


def fraction_texts(values: Any) -> Any:
    """Return nested exact numbers as nested text."""
    if isinstance(values, np.ndarray | list | tuple):
        return [fraction_texts(v) for v in values]
    return fraction_text(values)


def read_number(text: Any, what: str) -> Fraction:
    """Return a number of a certificate; floats are refused, since they would not be exact."""
    if isinstance(text, bool) or not isinstance(text, str | int):
        raise CertificateError(
            f"{what} is {str(text)[:MOST_SHOWN]!r}, expected an exact number written as text such as '1/3'"
        )
    if isinstance(text, str) and not EXACT_NUMBER.fullmatch(text):
        raise CertificateError(f"{what} is {text[:MOST_SHOWN]!r}, which is no exact number")
    try:
        if isinstance(text, str) and len(text) > LONG_TEXT:
            top, _, bottom = text.partition("/")
            return Fraction(exact.integer(top), exact.integer(bottom or "1"))
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise CertificateError(f"{what} is {str(text)[:MOST_SHOWN]!r}, which is no exact number") from None


def read_numbers(values: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """Return an array of exact numbers of the expected shape."""
    first = values
    for size in shape:  # before there is room for as many as are asked for
        if not isinstance(first, list) or len(first) != size:
            raise CertificateError(f"{what} does not have the shape {shape} that the data ask for")
        if not size:
            break
        first = first[0]
    out = np.empty(shape, dtype=object)

    def fill(part: Any, at: tuple[int, ...]) -> None:
        if len(at) == len(shape):
            out[at] = read_number(part, what)
            return
        if not isinstance(part, list) or len(part) != shape[len(at)]:
            raise CertificateError(f"{what} does not have the shape {shape} that the data ask for")
        for i, item in enumerate(part):
            fill(item, (*at, i))

    fill(values, ())
    return out


def digest(X: np.ndarray, y: np.ndarray | None) -> str:
    """Return the SHA-256 of exact data."""
    text = json.dumps([fraction_texts(X), None if y is None else fraction_texts(y)], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def data_block(X: np.ndarray, y: np.ndarray | None = None) -> dict[str, Any]:
    """Return the data of a certificate: written out where small, else only their SHA-256."""
    block: dict[str, Any] = {"n": int(X.shape[0]), "d": int(X.shape[1]), "sha256": digest(X, y)}
    if X.size <= INLINE_VALUES:
        block["X"] = fraction_texts(X)
        block["y"] = None if y is None else fraction_texts(y)
    return block


def new(
    kind: str, X: np.ndarray, y: np.ndarray | None, claim: dict[str, Any], witness: dict[str, Any]
) -> dict[str, Any]:
    """Return a certificate as a JSON-ready dictionary.

    Args:
        kind: a key of CHECKERS.
        X: (n, d) exact inputs, object array of Fraction.
        y: (n,) exact targets or None.
        claim: what is claimed.
        witness: what proves it; exact numbers as text.
    """
    return {"schema": SCHEMA, "kind": kind, "data": data_block(X, y), "claim": claim, "witness": witness}


def write(path: str | Path, certificate: dict[str, Any]) -> Path:
    """Write a certificate, whole or not at all."""
    return files.write_atomic(path, as_text(certificate))


def as_text(certificate: dict[str, Any]) -> str:
    """Return a certificate as the text of its file."""
    return json.dumps(certificate, indent=1) + "\n"


def read(path: str | Path) -> dict[str, Any]:
    """Read a certificate file.

    Raises:
        CertificateError: no such file, no JSON, or not of this schema.
    """
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CertificateError(f"there is no file {path}; check the name") from None
    except (OSError, ValueError, RecursionError):  # no JSON, no UTF-8, or a number of thousands of digits
        raise CertificateError(f"{path.name} is not a JSON file; give a file written with --certificate") from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA or "kind" not in content:
        raise CertificateError(f"{path.name} is not a certificate of schema {SCHEMA}")
    return content


def exact_data(certificate: dict[str, Any], data: Any = None) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the exact data a certificate speaks of, checked against its SHA-256.

    Args:
        certificate: the certificate.
        data: a Dataset; needed where the certificate holds only the hash.
    """
    block = certificate.get("data")
    if not isinstance(block, dict) or not {"n", "d", "sha256"} <= set(block):
        raise CertificateError("the certificate does not say which data it is about")
    n, d = block["n"], block["d"]
    if not (isinstance(n, int) and isinstance(d, int) and n >= 0 and d >= 0):
        raise CertificateError("the certificate's data have no valid size")
    if data is not None:
        X, y = data.fractions, data.y_fractions
        if not _matches(block["sha256"], X, y):
            raise CertificateError("the data given are not the data of this certificate (their SHA-256 differ)")
        return X, y if block.get("y", ...) is not None else None
    if "X" not in block:
        raise CertificateError("the certificate holds only the hash of its data; give the table with --data")
    X = read_numbers(block["X"], (n, d), "the certificate's X")
    y = None if block.get("y") is None else read_numbers(block["y"], (n,), "the certificate's y")
    if digest(X, y) != block["sha256"]:
        raise CertificateError("the certificate's data do not match their SHA-256; it was altered")
    return X, y


def _matches(expected: str, X: np.ndarray, y: np.ndarray | None) -> bool:
    """Return whether data have the expected hash, with or without their targets."""
    return expected in (digest(X, y), digest(X, None))


def checker(kind: str) -> Callable[[dict[str, Any], np.ndarray, np.ndarray | None], str]:
    """Return the checker of a kind of certificate."""
    if kind not in CHECKERS:
        raise CertificateError(f"unknown kind of certificate {kind!r}; known are {', '.join(sorted(CHECKERS))}")
    module, function = CHECKERS[kind].split(":")
    return getattr(importlib.import_module(f"{__package__}.{module}"), function)


def verify(certificate: dict[str, Any] | str | Path, data: Any = None) -> Verification:
    """Re-check a certificate from nothing but its own numbers, in exact arithmetic; no solver is called.

    Args:
        certificate: the dictionary, or the path of its file.
        data: the Dataset it is about, where the certificate holds only a hash.

    Returns:
        A `Verification`; a certificate that proves nothing is an answer (ok False), not an error.
    """
    kind = "unknown"
    try:
        content = certificate if isinstance(certificate, dict) else read(certificate)
        kind = str(content.get("kind"))
        if content.get("schema") != SCHEMA:
            raise CertificateError(f"schema {content.get('schema')!r} is not known; this version reads {SCHEMA}")
        check = checker(kind)
        X, y = exact_data(content, data)
        return Verification(True, kind, check(content, X, y))
    except CertificateError as problem:
        return Verification(False, kind, str(problem))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        return Verification(False, kind, f"the certificate is malformed: {type(problem).__name__} {problem}")
