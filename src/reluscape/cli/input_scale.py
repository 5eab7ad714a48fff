"""By which means and deviations inputs are scaled, and which rows these come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError

NPZ_FORM = "np.savez(FILE, mean=scaler.mean_, scale=scaler.scale_)"


@dataclass(frozen=True, eq=False)
class InputScale:
    """Means and deviations of the inputs.

    Attributes:
        mean, scale: (d,) one number for each input, the column of ones left out.
        source: which rows they come from, in words.
        target: (mean, deviation) of the target of the same rows, None where they are not known.
    """

    mean: np.ndarray
    scale: np.ndarray
    source: str
    target: tuple[float, float] | None = None

    @property
    def line(self) -> str:
        """The sentence that says where the numbers come from."""
        return f"inputs standardised with the means and deviations of {self.source}"

    def applied(self, data: Any) -> np.ndarray:
        """Return the inputs of a data set without the column of ones, scaled."""
        X = data.X[:, :-1] if data.bias else data.X
        if X.shape[1] != len(self.mean):
            raise InputError(f"the scaler is for {len(self.mean)} inputs, the data have {X.shape[1]}")
        return np.asarray((X - self.mean) / self.scale)


def input_scale(data: Any, name: str | None = None) -> InputScale:
    """Return the means and deviations of the rows themselves; a constant column is left as it is.

    Args:
        data: a data set with a column of ones.
        name: the file they come from where these are other rows than those that are explained.
    """
    from ..problem.data import standardize

    transform = standardize(data).transform
    scale = 1.0 / np.diag(transform)[:-1]
    mean = -transform[-1, :-1] * scale
    y = None if data.y is None else np.asarray(data.y, dtype=float)
    target = None if y is None or not len(y) else (float(y.mean()), float(y.std()))
    of = f"these {data.n:,} rows" if name is None else f"the {data.n:,} rows of {name}"
    return InputScale(mean, scale, of, target)


def read_npz_scale(path: Path) -> InputScale:
    """Return the means and deviations in an npz file with the arrays "mean" and "scale".

    Raises:
        InputError: the file cannot be read or lacks one of them.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            parts = {key: np.asarray(archive[key], dtype=float) for key in ("mean", "scale")}
            goal = [np.asarray(archive[k], dtype=float) for k in ("target_mean", "target_scale") if k in archive.files]
    except FileNotFoundError:
        raise InputError(f"there is no scaler file {path}") from None
    except KeyError as missing:
        raise InputError(f"{path.name} has no array {missing}; write it with {NPZ_FORM}") from None
    except Exception:
        raise InputError(f"{path.name} is not an npz file of plain arrays; write it with {NPZ_FORM}") from None
    mean, scale = (part.reshape(-1) for part in parts.values())
    target = (float(goal[0].reshape(-1)[0]), float(goal[1].reshape(-1)[0])) if len(goal) == 2 else None
    if mean.shape != scale.shape or not (np.isfinite(mean).all() and np.isfinite(scale).all() and (scale != 0).all()):
        raise InputError(f"{path.name}: mean and scale need one finite number for each input, no scale of 0")
    return InputScale(mean, scale, path.name, target)
