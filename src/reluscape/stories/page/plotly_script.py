"""Plotly's script once per page, compressed, with the digest that lets the page run it and nothing else."""

from __future__ import annotations

import base64
import functools
import hashlib

from .embedding import packed


def digest(code: str) -> str:
    """Give the source expression that allows exactly this inline script in a content security policy.

    >>> digest("")
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return "sha256-" + base64.b64encode(hashlib.sha256(code.encode("utf-8")).digest()).decode("ascii")


@functools.cache
def packed_plotly() -> tuple[str, str]:
    """Return (gzip of plotly.js in base64, its digest); the same bytes every time."""
    from plotly.offline import get_plotlyjs

    code = get_plotlyjs()
    return packed(code), digest(code)
