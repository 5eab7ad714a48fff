"""Proofs as data, and a verifier that calls no solver."""

from .core import Verification, fraction_text, fraction_texts, new, read, verify, write

__all__ = ["Verification", "fraction_text", "fraction_texts", "new", "read", "verify", "write"]
