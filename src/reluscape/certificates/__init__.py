"""Proofs as data, and a verifier that calls no solver."""

from __future__ import annotations

from .._lazy import lazy_getattr

_EXPORTS = {
    "Verification": ".core",
    "as_text": ".core",
    "fraction_text": ".numerals",
    "fraction_texts": ".numerals",
    "new": ".core",
    "read": ".core",
    "table_note": ".schema",
    "verify": ".core",
    "write": ".core",
}

__all__ = [
    "Verification",
    "as_text",
    "fraction_text",
    "fraction_texts",
    "new",
    "read",
    "table_note",
    "verify",
    "write",
]


__getattr__ = lazy_getattr(__name__, _EXPORTS)
