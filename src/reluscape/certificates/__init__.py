"""Proofs as data, and a verifier that calls no solver."""

from .core import Verification, as_text, fraction_text, fraction_texts, new, read, verify, write

__all__ = ["Verification", "as_text", "fraction_text", "fraction_texts", "new", "read", "verify", "write"]
