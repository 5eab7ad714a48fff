"""Networks of any depth as arrays: layers of ReLU or LeakyReLU and a linear last one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import InputError, ModelError, ShapeError, TieError
from ...numbers import files
from ...numbers.checks import readonly, real_numbers
from ...numbers.entries import entries
from ...numbers.exact import fraction_array
from ..data import Dataset
from .activations import Activations
from .agreement import check_agreement

# rows of random numbers on which a module must compute what its layers say
PROBES = 7


@dataclass(frozen=True, eq=False)
class DeepNet:
    """A network of any depth: every layer a(W h + b) with a(z) = z above 0 and slope z below, the last one linear.

    A bias of zero is a bias: it is a parameter like any other. A layer that has none is given as None.

    Attributes:
        weights: matrices (out, in), first layer first.
        biases: vectors (out,), one per layer; zeros where the layer has none.
        has_bias: for each layer whether it has a bias; left out, the layers whose bias is given have one.
        slopes: for each hidden layer the slope of its units below 0; left out, all are ReLU, whose slope is 0.

    Example:
        >>> DeepNet([[[1.0]], [[2.0]]], [[0.0], [1.0]]).predict([[3.0]])
        array([7.])
    """

    weights: Sequence[Any]
    biases: Sequence[Any]
    has_bias: tuple[bool, ...] = ()
    slopes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Check that neighbouring layers fit and freeze the arrays."""
        if not np.iterable(self.weights) or isinstance(self.weights, str):
            raise ShapeError("the weights are a list of matrices (out, in), one per layer")
        weights = tuple(readonly(np.atleast_2d(real_numbers("a weight matrix", w))) for w in self.weights)
        if not weights:
            raise ShapeError("a network needs at least one layer")
        raw_biases = list(self.biases) if self.biases is not None else [None] * len(weights)
        if len(raw_biases) != len(weights):
            raise ShapeError(f"{len(weights)} weight matrices but {len(raw_biases)} bias vectors")
        said = [bool(has) for has in self.has_bias] or [b is not None for b in raw_biases]
        if len(said) != len(weights):
            raise ShapeError(f"{len(weights)} weight matrices, but has_bias has {len(said)} entries")
        biases = tuple(
            readonly(np.zeros(len(w)) if b is None else np.atleast_1d(real_numbers("a bias", b)))
            for w, b in zip(weights, raw_biases, strict=True)
        )
        for k, (w, b) in enumerate(zip(weights, biases, strict=True)):
            if b.shape != (w.shape[0],):
                raise ShapeError(f"layer {k}: the bias has shape {b.shape}, expected ({w.shape[0]},)")
            if k and w.shape[1] != weights[k - 1].shape[0]:
                raise ShapeError(f"layer {k} takes {w.shape[1]} inputs, layer {k - 1} gives {weights[k - 1].shape[0]}")
            if not (np.isfinite(w).all() and np.isfinite(b).all()):
                raise ModelError(
                    f"layer {k} has a weight that is NaN or infinite; training diverged before it was saved"
                )
            if not said[k] and b.any():
                raise InputError(f"layer {k} has a bias that is not zero, but has_bias says that it has none")
        slopes = tuple(float(s) for s in self.slopes) or (0.0,) * (len(weights) - 1)
        if len(slopes) != len(weights) - 1:
            raise ShapeError(f"{len(weights) - 1} hidden layers, but {len(slopes)} slopes; give one for each")
        if not np.isfinite(slopes).all():
            raise ModelError(f"the slopes of the units are {slopes}; each is a finite number")
        object.__setattr__(self, "slopes", slopes)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        object.__setattr__(self, "has_bias", tuple(said))

    @property
    def depth(self) -> int:
        """Number of layers, the linear output counted."""
        return len(self.weights)

    @property
    def widths(self) -> tuple[int, ...]:
        """Number of units of each hidden layer."""
        return tuple(len(b) for b in self.biases[:-1])

    @property
    def relu(self) -> bool:
        """Whether every hidden unit is a ReLU."""
        return not any(self.slopes)

    def activated(self, k: int, z: np.ndarray) -> np.ndarray:
        """Return the outputs of hidden layer k (from 0) for its pre-activations."""
        return np.maximum(z, 0.0) if not self.slopes[k] else np.where(z > 0, z, self.slopes[k] * z)

    def derivative(self, k: int, z: np.ndarray) -> np.ndarray:
        """Return the derivatives of hidden layer k (from 0) at its pre-activations; that of the lower side at 0."""
        return np.where(z > 0, 1.0, self.slopes[k])

    def hidden(self, X: Any) -> list[np.ndarray]:
        """Return the pre-activations of every layer, the last one being the output (n, k)."""
        h = self._inputs(X)
        out = []
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            out.append(h @ w.T + b)
            h = self.activated(k, out[-1]) if k + 1 < self.depth else out[-1]
        return out

    def predict(self, X: Any) -> np.ndarray:
        """Return the outputs: (n,) for one output, else (n, k)."""
        f = self.hidden(X)[-1]
        return f[:, 0] if f.shape[1] == 1 else f

    def patterns(self, X: Any) -> list[np.ndarray]:
        """Return the activation pattern of each hidden layer, boolean (units, n).

        A unit whose input is the zero vector and whose bias is 0 counts as inactive: a row of zeros is never a tie.

        The signs are those of the weights and samples as exact numbers: no rounding on the way changes one.

        Raises:
            TieError: a unit's pre-activation is 0 otherwise, so that two regions meet there.
        """
        A, fractions = self._exact_inputs(X)
        patterns = []
        for k, (signs, has_input) in enumerate(self._activations(A, fractions).signs()):
            ties = (signs == 0) & (has_input[:, None] | (self.biases[k] != 0))
            if ties.any():
                i, j = np.argwhere(ties)[0]
                raise TieError(
                    f"sample {i} lies exactly on the boundary of unit {j} in hidden layer {k + 1}, where the network "
                    "has no derivative; move a weight a little"
                )
            patterns.append((signs > 0).T)
        return patterns

    def jacobian(self, X: Any, method: str | None = None) -> np.ndarray:
        """Return the Jacobian of the single output in all weights and biases, layer by layer: (n, parameters).

        Columns follow the layers; within a layer each unit's weights come first, then its bias if the layer has one.

        Args:
            X: samples (n, d) or a Dataset.
            method: "torch" (automatic differentiation), "arrays" (the chain rule written out), or None: torch where
                it is installed. Both agree up to rounding; where rounding turns a sign, the chain rule is taken, with
                the exact pattern.

        Raises:
            TieError: a unit's pre-activation is 0, so that there is no derivative.
            ModelError: more than one output.
            UnsupportedError: method "torch" without torch.
        """
        X = X if isinstance(X, Dataset) else entries(X, "X")
        A = self._inputs(X)
        if len(self.biases[-1]) != 1:
            raise ModelError(f"the network has {len(self.biases[-1])} outputs; the Jacobian is of a single one")
        if method not in (None, "torch", "arrays"):
            raise InputError(f"method is {method!r}; it is 'torch', 'arrays' or None")
        patterns, pre = self.patterns(X), self.hidden(A)[:-1]
        same_signs = all(np.array_equal(p, (z > 0).T) for p, z in zip(patterns, pre, strict=True))
        if self.relu and same_signs and (method == "torch" or (method is None and find_spec("torch"))):
            from ...interop.torch_jacobian import deep_jacobian

            layer_biases = [b if has else None for b, has in zip(self.biases, self.has_bias, strict=True)]
            return deep_jacobian(self.weights, layer_biases, A)
        factors = [np.where(p.T, 1.0, slope) for p, slope in zip(patterns, self.slopes, strict=True)]
        inputs = [A, *(z * factor for z, factor in zip(pre, factors, strict=True))]
        delta = np.ones((len(A), 1))
        blocks: list[np.ndarray] = []
        for k in range(self.depth - 1, -1, -1):
            layer_inputs = np.concatenate([inputs[k], np.ones((len(A), int(self.has_bias[k])))], axis=1)
            size = delta.shape[1] * layer_inputs.shape[1]
            blocks.insert(0, (delta[:, :, None] * layer_inputs[:, None, :]).reshape(len(A), size))
            if k:
                delta = (delta @ self.weights[k]) * factors[k - 1]
        return np.concatenate(blocks, axis=1)

    def _activations(self, A: np.ndarray, fractions: np.ndarray | None) -> Activations:
        """Return what decides the signs of the hidden layers on samples."""
        return Activations(self.weights[:-1], self.biases[:-1], A, fractions, self.slopes)

    def _exact_inputs(self, X: Any) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the samples as checked floats (n, d), and as fractions where the floats are rounded."""
        if isinstance(X, Dataset):
            return self._inputs(X), X.fractions
        array = entries(X, "X")
        return self._inputs(array), None if array.dtype == np.float64 else fraction_array(array)

    def _inputs(self, X: Any) -> np.ndarray:
        """Return the samples as checked floats (n, d)."""
        try:
            A = X.X if isinstance(X, Dataset) else real_numbers("X", X)
        except (TypeError, ValueError):
            raise InputError("the data hold something that is not a number, or rows of different lengths") from None
        if A.ndim != 2 or A.shape[1] != self.weights[0].shape[1]:
            raise ShapeError(f"the data have shape {A.shape}, the network expects {self.weights[0].shape[1]} columns")
        if not np.isfinite(A).all():
            raise InputError(f"row {np.argwhere(~np.isfinite(A))[0][0]} of the data has a value that is not finite")
        return A

    def save(self, path: str | Path) -> Path:
        """Write the network as npz with 0.weight, 0.bias, 1.weight, ..., beside and renamed, and return the path.

        A layer without bias has none in the file.

        Raises:
            ModelError: its units are LeakyReLU, which such a file cannot say.
        """
        if not self.relu:
            raise ModelError(
                f"an npz file holds weights alone and cannot say the slopes {self.slopes} of LeakyReLU units; save the "
                "model in its own library (ONNX keeps the slopes)"
            )
        arrays = {f"{k}.weight": w for k, w in enumerate(self.weights)}
        arrays |= {f"{k}.bias": b for k, b in enumerate(self.biases) if self.has_bias[k]}
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return files.write_atomic(path, buffer.getvalue())

    @classmethod
    def from_reading(cls, reading: Any) -> DeepNet:
        """Return the network of what was read of a model, before its head."""
        return cls(reading.weights, reading.biases, slopes=reading.slopes)

    @classmethod
    def from_torch(cls, module: Any) -> DeepNet:
        """Return the network that a torch module of any form computes: Linear layers, ReLU or LeakyReLU between.

        Dropout is left out, BatchNorm1d (as in evaluation) is folded in; a Sigmoid or Softmax at the end is left out,
        so that the outputs are logits.

        Raises:
            ModelError: another kind of layer or function, named with its place.
            UnsupportedError: torch is not installed.
        """
        from ...interop.torch_reading import read_torch

        reading = read_torch(module)
        check_agreement(reading, np.random.default_rng(1).normal(size=(PROBES, reading.inputs)))
        return cls.from_reading(reading)

    @classmethod
    def from_sklearn(cls, model: Any) -> DeepNet:
        """Return the network of a fitted scikit-learn MLP with ReLU units; a classifier's outputs are its logits.

        Of a Pipeline it is the network of the last step, which takes what the earlier steps make of X.

        Raises:
            ModelError: the model is not fitted, or its units are of another kind.
        """
        from ...interop.sklearn_reading import read_sklearn

        return cls.from_reading(read_sklearn(model))
