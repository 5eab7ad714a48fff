"""Proofs as data, and a verifier that calls no solver."""

from .core import Verification, as_text, new, read, verify, write
from .numerals import fraction_text, fraction_texts
from .schema import table_note

__all__ = ["Verification", "as_text", "fraction_text", "fraction_texts", "new", "read", "table_note", "verify", "write"]
