"""Certificates as plain JSON: writing, reading, and handing each kind to the checker that re-proves it."""

from __future__ import annotations

import hashlib
import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np

from ..errors import CertificateError, InputError
from ..numbers import files
from .effort import Effort
from .fields import Reading
from .numerals import LONG_TEXT, brief, fraction_text, fraction_texts, read_number
from .schema import KINDS, SCHEMA, Block, Part, read_certificate

__all__ = [
    "SCHEMA",
    "Verification",
    "as_text",
    "check",
    "fraction_text",
    "fraction_texts",
    "new",
    "read",
    "read_number",
    "verify",
    "write",
]

INLINE_VALUES = 20_000
MOST_BYTES = 2**26
# no form of the reader lets these through; should one come, it proves nothing
UNFORESEEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, MemoryError)


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
    kind: str,
    X: np.ndarray,
    y: np.ndarray | None,
    claim: dict[str, Any],
    witness: dict[str, Any],
    loss: str | None = None,
    penalty: Any = None,
) -> dict[str, Any]:
    """Return a certificate as a JSON-ready dictionary.

    Args:
        kind: a key of `schema.KINDS`.
        X: (n, d) exact inputs, object array of Fraction.
        y: (n,) or (n, k) exact targets, or None where the claim is about X alone.
        claim: what is claimed.
        witness: what proves it; exact numbers as text.
        loss: the loss by name; None is the squared one.
        penalty: a `WeightDecay` (anything with `strength` and `biases`), or None.
    """
    content = {"schema": SCHEMA, "kind": kind, "data": data_block(X, y), "claim": claim, "witness": witness}
    if loss is not None:
        content["loss"] = loss
    if penalty is not None:
        content["penalty"] = {"value": fraction_text(penalty.strength), "biases": bool(penalty.biases)}
    return content


def write(path: str | Path, certificate: dict[str, Any]) -> Path:
    """Write a certificate, whole or not at all."""
    return files.write_atomic(path, as_text(certificate))


def as_text(certificate: dict[str, Any]) -> str:
    """Return a certificate as the text of its file."""
    return json.dumps(certificate, indent=1) + "\n"


def read(path: str | Path) -> dict[str, Any]:
    """Read a certificate file.

    Raises:
        CertificateError: no such file, no regular file, too large, no JSON, a name twice in one object, a number with
            a decimal point, or not of this schema.
    """
    path = Path(path)
    name = files.shown(path.name)
    try:
        text = files.read_limited(path, MOST_BYTES).decode("utf-8")
        content = json.loads(
            text,
            object_pairs_hook=_once,
            parse_float=_no_float,
            parse_constant=_no_float,
            parse_int=_whole,
        )
    except InputError as problem:
        raise CertificateError(str(problem)) from None
    except (ValueError, RecursionError):  # no JSON, no UTF-8, or nested too deeply
        raise CertificateError(f"{name} is not a JSON file; give a file written with --certificate") from None
    except CertificateError as problem:
        raise CertificateError(f"{name} is not a certificate: {problem}") from None
    if type(content) is not dict or type(content.get("schema")) is not int or content["schema"] != SCHEMA:
        raise CertificateError(f"{name} is not a certificate of schema {SCHEMA}")
    if "kind" not in content:
        raise CertificateError(f"{name} is not a certificate of schema {SCHEMA}; it names no kind")
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object whose names are all different."""
    content = dict(pairs)
    if len(content) < len(pairs):
        names: set[str] = set()
        twice = next(key for key, _ in pairs if key in names or names.add(key))  # type: ignore[func-returns-value]
        raise CertificateError(f"an object has the field {brief(twice)} twice")
    return content


def _no_float(text: str) -> NoReturn:
    raise CertificateError(f"the number {brief(text)} is not exact; exact numbers are written as text such as '1/3'")


def _whole(text: str) -> int:
    """Return a whole number of JSON; a long one has to be text."""
    if len(text) > LONG_TEXT:
        raise ValueError("a whole number of thousands of digits")
    return int(text)


def verify(certificate: dict[str, Any] | str | Path, data: Any = None) -> Verification:
    """Re-check a certificate from nothing but its own numbers, in exact arithmetic; no solver is called.

    Args:
        certificate: the dictionary, or the path of its file.
        data: the Dataset it is about: needed where the certificate holds only a hash, and otherwise checked against it.

    Returns:
        A `Verification`; a certificate that proves nothing is an answer (ok False), not an error. The message ends with
        where the data come from.
    """
    kind = "unknown"
    try:
        content = certificate if isinstance(certificate, dict) else read(certificate)
        kind = content["kind"] if type(content.get("kind")) is str and content["kind"] in KINDS else kind
        part, block, at = read_certificate(content)
        X, y = _bound(block, KINDS[part.kind].targets, data, at)
        whose = "written in the certificate" if data is None else "given"
        return Verification(True, kind, f"{check(part, X, y, at.effort)} (on the data {whose})")
    except CertificateError as problem:
        return Verification(False, kind, str(problem))
    except UNFORESEEN as problem:
        return Verification(False, kind, f"the certificate is malformed: {type(problem).__name__} {problem}"[:300])


def check(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Return what a claim with its witness proves about the data, as a sentence.

    Raises:
        CertificateError: it proves nothing.
    """
    form = KINDS[part.kind]
    if form.targets in ("one", "several") and y is None:
        raise CertificateError("the claim needs targets, the data have none")
    module, function = form.checker.split(":")
    sentence = getattr(importlib.import_module(f"{__package__}.{module}"), function)(part, X, y, effort)
    return sentence if len(X) else f"{sentence}; there are no samples, so that the claim is empty"


def _bound(block: Block, targets: str, data: Any, at: Reading) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the exact data that the claim is about: those given, else those written out, which match the hash."""
    if block.X is not None and digest(block.X, block.y) != block.sha256:
        raise CertificateError("the certificate's data do not match their SHA-256; it was altered")
    if data is None:
        if block.X is None:
            raise CertificateError("the certificate holds only the hash of its data; give the table with --data")
        return block.X, block.y
    try:
        X, y = data.fractions, data.y_fractions
    except AttributeError:
        raise CertificateError(f"the data are {brief(data)}; give a reluscape.Dataset") from None
    if targets == "several" and y is not None:
        y = y.reshape(-1, 1)
    at.weigh(X.reshape(-1), "the X given")
    at.weigh(() if y is None else y.reshape(-1), "the y given")
    if targets in ("one", "several") and y is None:
        raise CertificateError("the claim is about inputs and targets, but the data given have no targets")
    if targets == "several" and y is not None:
        at.size("k", y.shape[1], "the y given")
    for candidate in {"none": (None,), "any": (y, None)}.get(targets, (y,)):
        if X.shape == (block.n, block.d) and digest(X, candidate) == block.sha256:
            return X, candidate
    raise CertificateError("the data given are not the data of this certificate (their SHA-256 differ)")
