"""Laws of initialisation: how a network's first weights are drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InputError

Draw = Callable[[np.random.Generator, int, int, int], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Law:
    """A law of (W, v) for m units and d inputs, the column of ones counted among the inputs.

    Attributes:
        name: the name it is asked for by.
        description: the law in words.
        spherical: the direction of each w_j is uniform on the sphere; None where unknown.
        symmetric: w and -w have one law, and the sign of v is fair and independent; None where unknown.
        independent_signs: the signs of all entries of W and v are fair and independent; None where unknown.
    """

    name: str
    description: str
    spherical: bool | None
    symmetric: bool | None
    draw: Draw
    independent_signs: bool | None = None

    @property
    def meets_assumption_1(self) -> bool | None:
        """Whether Safran and Shamir's Assumption 1 holds: spherical rows of W, independent fair signs of v."""
        if self.spherical is None or self.symmetric is None:
            return None
        return self.spherical and self.symmetric

    def sample(self, rng: np.random.Generator, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        """Return one W (m, d) and v (m,)."""
        W, v = self.sample_many(rng, 1, m, d)
        return W[0], v[0]

    def sample_many(self, rng: np.random.Generator, trials: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        """Return W (trials, m, d) and v (trials, m)."""
        return self.draw(rng, trials, m, d)


def _normal(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    return rng.standard_normal((t, m, d)), rng.standard_normal((t, m))


def _sphere(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    W = rng.standard_normal((t, m, d))
    length = np.linalg.norm(W, axis=2, keepdims=True)
    return W / np.where(length > 0, length, 1.0), rng.choice(np.array([-1.0, 1.0]), (t, m))


def _torch(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    hidden, output = 1.0 / np.sqrt(max(d - 1, 1)), 1.0 / np.sqrt(max(m, 1))
    return rng.uniform(-hidden, hidden, (t, m, d)), rng.uniform(-output, output, (t, m))


def _he_normal(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    return (
        rng.standard_normal((t, m, d)) * np.sqrt(2.0 / max(d, 1)),
        rng.standard_normal((t, m)) * np.sqrt(2.0 / max(m, 1)),
    )


def _he_uniform(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.sqrt(6.0 / max(d, 1)), np.sqrt(6.0 / max(m, 1))
    return rng.uniform(-a, a, (t, m, d)), rng.uniform(-b, b, (t, m))


def _glorot_uniform(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = np.sqrt(6.0 / max(d + m, 1)), np.sqrt(6.0 / max(m + 1, 1))
    return rng.uniform(-a, a, (t, m, d)), rng.uniform(-b, b, (t, m))


_LAWS = {
    law.name: law
    for law in (
        Law("normal", "independent standard normal weights", True, True, _normal, True),
        Law("sphere", "rows uniform on the unit sphere, output signs fair", True, True, _sphere, True),
        Law("torch", "PyTorch's default: uniform in a box of half-width 1/sqrt(fan-in)", False, True, _torch, True),
        Law("he_normal", "He's normal law, bias drawn like the weights", True, True, _he_normal, True),
        Law("he_uniform", "He's uniform law, bias drawn like the weights", False, True, _he_uniform, True),
        Law("glorot_uniform", "Glorot's uniform law, bias drawn like the weights", False, True, _glorot_uniform, True),
    )
}

NAMES = tuple(_LAWS)


def get_law(law: Any) -> Law:
    """Return the law with this name, or wrap a callable `(rng, m, d) -> (W, v)`.

    The torch law bounds weights and biases alike by 1/sqrt(d - 1), d - 1 inputs beside the column of ones. A box in
    one dimension is not spherical in name, though its direction is only a fair sign there.

    >>> get_law("normal").meets_assumption_1, get_law("torch").meets_assumption_1
    (True, False)
    """
    if isinstance(law, Law):
        return law
    if isinstance(law, str):
        if law not in _LAWS:
            raise InputError(f"unknown law of initialisation {law!r}; choose {', '.join(_LAWS)} or give a function")
        return _LAWS[law]
    if callable(law):
        return _from_callable(law)
    raise InputError(f"a law is a name ({', '.join(_LAWS)}) or a function (rng, m, d) -> (W, v)")


def _from_callable(function: Callable[..., Any]) -> Law:
    """Wrap a user's function and check the shapes that it returns."""

    def draw(rng: np.random.Generator, t: int, m: int, d: int) -> tuple[np.ndarray, np.ndarray]:
        W, v = np.empty((t, m, d)), np.empty((t, m))
        for i in range(t):
            pair = function(rng, m, d)
            if not isinstance(pair, tuple | list) or len(pair) != 2:
                raise InputError(f"the law returned {type(pair).__name__}; it returns a pair (W, v)")
            w_i, v_i = pair
            if np.shape(w_i) != (m, d) or np.shape(v_i) != (m,):
                raise InputError(
                    f"the law returned shapes {np.shape(w_i)} and {np.shape(v_i)}, expected ({m}, {d}) and ({m},)"
                )
            W[i], v[i] = w_i, v_i
        return W, v

    name = getattr(function, "__name__", "custom")
    return Law(name, "the user's own law", None, None, draw)
