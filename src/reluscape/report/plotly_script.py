"""Plotly's script once per page, compressed, with the digest that lets the page run it and nothing else."""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib


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
    packed = gzip.compress(code.encode("utf-8"), compresslevel=9, mtime=0)
    return base64.b64encode(packed).decode("ascii"), digest(code)
