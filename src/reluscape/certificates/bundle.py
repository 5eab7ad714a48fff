"""Checking several certificates about the same data in one file."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import CertificateError
from .core import checker


def check_bundle(certificate: dict[str, Any], X: np.ndarray, y: np.ndarray | None) -> str:
    """Re-check every member; the first that fails fails the bundle."""
    members = certificate["witness"].get("members")
    if not isinstance(members, list) or not members:
        raise CertificateError("the bundle holds no certificate")
    sentences = []
    for number, member in enumerate(members, start=1):
        if member.get("kind") == "bundle":
            raise CertificateError(f"member {number} is itself a bundle")
        try:
            sentences.append(checker(member["kind"])(member, X, y))
        except CertificateError as problem:
            raise CertificateError(f"member {number} of {len(members)}: {problem}") from None
    return "; ".join(sentences)
