"""Targets that were standardised before training: y is replaced by (y - mean) / deviation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...errors import InputError
from ..data import Dataset
from .layered import Layered
from .reading import Trained


@dataclass(frozen=True)
class Scale:
    """How targets were standardised, column by column.

    Attributes:
        mean, deviation: one number for each output.
        source: which rows they come from, in words.
    """

    mean: np.ndarray
    deviation: np.ndarray
    source: str

    @property
    def line(self) -> str:
        """The sentence that says so."""
        means, sizes = (", ".join(f"{v:.6g}" for v in values) for values in (self.mean, self.deviation))
        return f"losses are those of the standardised target: mean {means} and deviation {sizes}, {self.source}"


def scale_of(Y: np.ndarray, request: Any) -> Scale | None:
    """Return how the targets are to be standardised, None where they are not.

    Args:
        Y: (n, k) targets.
        request: False or None; True for the mean and (population) deviation of these rows; or (mean, deviation).

    Raises:
        InputError: neither of these, or a deviation that is not positive.

    >>> scale_of(np.array([[1.0], [3.0]]), True).deviation.tolist()
    [1.0]
    """
    if request is None or request is False:
        return None
    if request is True:
        mean, deviation, source = Y.mean(axis=0), Y.std(axis=0), f"those of these {len(Y):,} rows"
    else:
        try:
            mean, deviation = (np.broadcast_to(np.asarray(part, dtype=float), Y.shape[1:]) for part in request)
        except (TypeError, ValueError):
            raise InputError(
                f"standardize_target is {request!r}; give True or (mean, deviation) of the target"
            ) from None
        source = "as given"
    if not (np.isfinite(mean).all() and np.isfinite(deviation).all() and (deviation > 0).all()):
        raise InputError("the target cannot be standardised: its deviation must be a positive number")
    return Scale(mean, deviation, source)


def standardised(y: np.ndarray, scale: Scale) -> np.ndarray:
    """Return one column of targets (n,), standardised."""
    return np.asarray((y - scale.mean[0]) / scale.deviation[0])


def scaled_targets(trained: Trained, scale: Scale | None) -> Trained:
    """Return a network with its targets standardised."""
    if scale is None:
        return trained
    data = trained.data
    y = standardised(np.asarray(data.y, dtype=float), scale)
    X = data.fractions[:, :-1] if data.bias else data.fractions
    return replace(trained, data=Dataset(X, y, bias=data.bias, features=data.features, target=data.target))


def scaled_layers(layered: Layered, scale: Scale | None) -> Layered:
    """Return a network of any depth with its targets standardised."""
    return layered if scale is None else replace(layered, Y=(layered.Y - scale.mean) / scale.deviation)
