"""Random data for sweeps: laws of the inputs and of the targets."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ...problem.networks import TwoLayerNet

INPUTS = ("normal", "uniform01", "uniform11")
TARGETS = ("normal", "signs", "polynomial", "teacher")


def draw_inputs(rng: np.random.Generator, law: str, n: int, d: int) -> np.ndarray:
    """Return n samples of d inputs with a column of ones appended: (n, d + 1)."""
    if law == "normal":
        X = rng.standard_normal((n, d))
    elif law == "uniform01":
        X = rng.uniform(0.0, 1.0, (n, d))
    elif law == "uniform11":
        X = rng.uniform(-1.0, 1.0, (n, d))
    else:
        raise InputError(f"unknown law of the inputs {law!r}; choose {', '.join(INPUTS)}")
    return np.concatenate([X, np.ones((n, 1))], axis=1)


def draw_targets(rng: np.random.Generator, law: str, X: np.ndarray, width: int) -> np.ndarray:
    """Return targets for samples with their column of ones: (n,).

    "normal" and "signs" do not depend on X; "polynomial" is a random polynomial of degree two, summed over the
    coordinates; "teacher" is a random network of the same width.
    """
    n, d = X.shape
    if law == "normal":
        return rng.standard_normal((n,))
    if law == "signs":
        return rng.choice(np.array([-1.0, 1.0]), n)
    if law == "polynomial":
        a, b, c = rng.uniform(-1.0, 1.0, (3, d - 1))
        return np.asarray((a * X[:, :-1] ** 2 + b * X[:, :-1] + c).sum(axis=1))
    if law == "teacher":
        return TwoLayerNet(rng.standard_normal((width, d)), rng.standard_normal(width)).predict(X)
    raise unknown_targets(law)


def unknown_targets(law: object) -> InputError:
    """Return the error that names the laws of the targets there are."""
    return InputError(f"unknown law of the targets {law!r}; choose {', '.join(TARGETS)}")
