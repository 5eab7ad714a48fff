"""Networks of any depth as arrays: ReLU layers and a linear last one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .. import files
from ..data import Dataset, readonly, real_numbers
from ..errors import InputError, ModelError, ShapeError, TieError


@dataclass(frozen=True, eq=False)
class DeepNet:
    """A network of any depth: every layer ReLU(W h + b), the last one linear.

    A bias of zero is a bias: it is a parameter like any other. A layer that has none is given as None.

    Attributes:
        weights: matrices (out, in), first layer first.
        biases: vectors (out,), one per layer; zeros where the layer has none.
        has_bias: for each layer whether it has a bias; left out, the layers whose bias is given have one.

    Example:
        >>> DeepNet([[[1.0]], [[2.0]]], [[0.0], [1.0]]).predict([[3.0]])
        array([7.])
    """

    weights: Sequence[Any]
    biases: Sequence[Any]
    has_bias: tuple[bool, ...] = ()

    def __post_init__(self) -> None:
        """Check that neighbouring layers fit and freeze the arrays."""
        if not np.iterable(self.weights) or isinstance(self.weights, str):
            raise ShapeError("the weights are a list of matrices (out, in), one per layer")
        weights = tuple(readonly(np.atleast_2d(real_numbers("a weight matrix", w))) for w in self.weights)
        if not weights:
            raise ShapeError("a network needs at least one layer")
        given = list(self.biases) if self.biases is not None else [None] * len(weights)
        if len(given) != len(weights):
            raise ShapeError(f"{len(weights)} weight matrices but {len(given)} bias vectors")
        said = [bool(has) for has in self.has_bias] or [b is not None for b in given]
        if len(said) != len(weights):
            raise ShapeError(f"{len(weights)} weight matrices, but has_bias has {len(said)} entries")
        biases = tuple(
            readonly(np.zeros(len(w)) if b is None else np.atleast_1d(real_numbers("a bias", b)))
            for w, b in zip(weights, given, strict=True)
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

    def hidden(self, X: Any) -> list[np.ndarray]:
        """Return the pre-activations of every layer, the last one being the output (n, k)."""
        h = self._inputs(X)
        out = []
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            out.append(h @ w.T + b)
            h = np.maximum(out[-1], 0.0) if k + 1 < self.depth else out[-1]
        return out

    def predict(self, X: Any) -> np.ndarray:
        """Return the outputs: (n,) for one output, else (n, k)."""
        f = self.hidden(X)[-1]
        return f[:, 0] if f.shape[1] == 1 else f

    def patterns(self, X: Any) -> list[np.ndarray]:
        """Return the activation pattern of each hidden layer, boolean (units, n).

        A unit whose input is the zero vector and whose bias is 0 counts as inactive: a row of zeros is never a tie.

        Raises:
            TieError: a unit's pre-activation is 0 otherwise, so that two regions meet there.
        """
        h = self._inputs(X)
        found = []
        for k, z in enumerate(self.hidden(h)[:-1]):
            fed = np.asarray(h.any(axis=1))
            tied = (z == 0) & (fed[:, None] | (self.biases[k] != 0))
            if tied.any():
                i, j = np.argwhere(tied)[0]
                raise TieError(
                    f"sample {i} lies exactly on the boundary of unit {j} in hidden layer {k + 1}, where the network "
                    "has no derivative; move a weight a little"
                )
            found.append((z > 0).T)
            h = np.maximum(z, 0.0)
        return found

    def jacobian(self, X: Any, method: str | None = None) -> np.ndarray:
        """Return the Jacobian of the single output in all weights and biases, layer by layer: (n, parameters).

        Columns follow the layers; within a layer each unit's weights come first, then its bias if the layer has one.

        Args:
            X: samples (n, d) or a Dataset.
            method: "torch" (automatic differentiation), "arrays" (the chain rule written out), or None: torch where
                it is installed. Both agree up to rounding.

        Raises:
            TieError: a unit's pre-activation is 0, so that there is no derivative.
            ModelError: more than one output.
            UnsupportedError: method "torch" without torch.
        """
        A = self._inputs(X)
        if len(self.biases[-1]) != 1:
            raise ModelError(f"the network has {len(self.biases[-1])} outputs; the Jacobian is of a single one")
        if method not in (None, "torch", "arrays"):
            raise InputError(f"method is {method!r}; it is 'torch', 'arrays' or None")
        patterns = self.patterns(A)
        if method == "torch" or (method is None and find_spec("torch")):
            from ..interop.torch_jacobian import deep_jacobian

            given = [b if has else None for b, has in zip(self.biases, self.has_bias, strict=True)]
            return deep_jacobian(self.weights, given, A)
        inputs = [A, *(np.maximum(z, 0.0) for z in self.hidden(A)[:-1])]
        delta = np.ones((len(A), 1))
        blocks: list[np.ndarray] = []
        for k in range(self.depth - 1, -1, -1):
            fed = np.concatenate([inputs[k], np.ones((len(A), int(self.has_bias[k])))], axis=1)
            size = delta.shape[1] * fed.shape[1]
            blocks.insert(0, (delta[:, :, None] * fed[:, None, :]).reshape(len(A), size))
            if k:
                delta = (delta @ self.weights[k]) * patterns[k - 1].T
        return np.concatenate(blocks, axis=1)

    def _inputs(self, X: Any) -> np.ndarray:
        """Return the samples as checked floats (n, d)."""
        try:
            A = X.X if isinstance(X, Dataset) else np.asarray(X, dtype=float)
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
        """
        arrays = {f"{k}.weight": w for k, w in enumerate(self.weights)}
        arrays |= {f"{k}.bias": b for k, b in enumerate(self.biases) if self.has_bias[k]}
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return files.write_atomic(path, buffer.getvalue())

    @classmethod
    def from_torch(cls, module: Any) -> DeepNet:
        """Return the network of a torch Sequential of Linear and ReLU layers (read by their attributes).

        Sequentials inside one another count as one.

        Raises:
            ModelError: another kind of layer, named with its place.
        """
        layers = _flat_layers(module)
        if not layers:
            raise ModelError(f"{type(module).__name__} is no Sequential of Linear and ReLU layers")
        weights, biases = [], []
        expect_linear = True
        for k, layer in enumerate(layers):
            kind = type(layer).__name__
            if kind in ("Flatten", "Identity"):
                continue
            if expect_linear and kind == "Linear":
                weights.append(_array(layer.weight))
                biases.append(None if layer.bias is None else _array(layer.bias))
            elif expect_linear or kind != "ReLU":
                wanted = "Linear" if expect_linear else "ReLU"
                raise ModelError(
                    f"layer {k} is {kind}, expected {wanted}; only Linear and ReLU layers in turn are covered"
                )
            expect_linear = not expect_linear
        if expect_linear:
            raise ModelError("the last layer is a ReLU; a linear output layer is expected")
        return cls(weights, biases)

    @classmethod
    def from_sklearn(cls, mlp: Any) -> DeepNet:
        """Return the network of a fitted scikit-learn MLP with ReLU units; a classifier's outputs are its logits.

        Raises:
            ModelError: the model is not fitted, or its units are of another kind.
        """
        if not hasattr(mlp, "coefs_"):
            raise ModelError("the scikit-learn model is not fitted; call fit first")
        if mlp.activation != "relu":
            raise ModelError(f"the model's activation is {mlp.activation!r}; only ReLU units are covered")
        return cls([w.T for w in mlp.coefs_], list(mlp.intercepts_))


def _flat_layers(module: Any) -> list[Any]:
    """Return the layers of a module, those of Sequentials inside it in their place."""
    layers = list(module.children()) if hasattr(module, "children") else []
    flat: list[Any] = []
    for layer in layers:
        flat += _flat_layers(layer) if type(layer).__name__ == "Sequential" else [layer]
    return flat


def _array(tensor: Any) -> np.ndarray:
    """Return a torch tensor, or anything like it, as a float array."""
    for step in ("detach", "cpu"):
        if hasattr(tensor, step):
            tensor = getattr(tensor, step)()
    return np.asarray(tensor.double().numpy() if hasattr(tensor, "double") else tensor, dtype=float)
