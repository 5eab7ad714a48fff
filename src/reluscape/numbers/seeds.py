"""Independent random streams: one seed and a name give one stream, whatever ran before."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from ..errors import InputError


def as_generator(rng: Any = None) -> np.random.Generator:
    """Return a generator for anything that `numpy.random.default_rng` takes.

    Raises:
        InputError: it takes no such thing.

    >>> int(as_generator(3).integers(10)) == int(as_generator(3).integers(10))
    True
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise InputError(f"rng is {rng!r}; give a whole number of at least 0, a generator or None") from None


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the random stream that belongs to a seed and a sequence of names.

    The names are hashed, so that streams neither depend on the order in which they are asked for nor overlap.

    >>> int(stream(0, "reference", 4).integers(100)) == int(stream(0, "reference", 4).integers(100))
    True
    """
    digest = hashlib.sha256(repr(tuple(names)).encode()).digest()
    key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    try:
        return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
    except (TypeError, ValueError):
        raise InputError(f"the seed is {seed!r}; give a whole number of at least 0") from None
