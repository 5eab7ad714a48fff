"""Data inside the page: plain JSON while it is small, compressed where it would make the page heavy."""

from __future__ import annotations

import base64
import gzip
from typing import Any

from .markup import embedded_json

_LARGEST_PLAIN = 400_000


def packed(content: str) -> str:
    """Compress text to gzip in base64, the same bytes every time.

    >>> gzip.decompress(base64.b64decode(packed("text"))).decode("utf-8")
    'text'
    """
    return base64.b64encode(gzip.compress(content.encode("utf-8"), compresslevel=9, mtime=0)).decode("ascii")


def data_script(identifier: str, value: Any) -> str:
    r"""Write a value as an inert script element; ``data-encoding="gzip"`` marks the compressed form.

    >>> data_script("x", {"a": "</script>"})
    '<script type="application/json" id="x">{"a":"\\u003c/script\\u003e"}</script>'
    """
    plain = embedded_json(value)
    if len(plain) <= _LARGEST_PLAIN:
        return f'<script type="application/json" id="{identifier}">{plain}</script>'
    return f'<script type="text/plain" id="{identifier}" data-encoding="gzip">{packed(plain)}</script>'
