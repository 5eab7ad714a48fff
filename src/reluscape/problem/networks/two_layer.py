"""The network with one hidden layer: weights, predictions, files, and the way from and to other libraries."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import ModelError, ShapeError
from ...numbers import files
from ...numbers.checks import readonly, real_number, real_numbers
from ...numbers.overflow import constant, refuses_overflow
from ..data import Dataset
from ..losses import mean_loss
from ..targets import with_targets
from .array_files import read_npz
from .deep import DeepNet

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@constant
@dataclass(frozen=True, eq=False)
class TwoLayerNet:
    """f(x) = sum_j v_j max(0, <w_j, x>) + c.

    Attributes:
        W: (m, d) hidden weights; hidden biases are the last column, which meets the column of ones of the data.
        v: (m,) output weights.
        c: output bias.
        output_bias: whether there is an output bias, 0 or not; None where that is not said (then there is one if c is
            not 0).

    Raises:
        ShapeError: W is not (m, d) or v is not (m,).
        ModelError: a weight is NaN or infinite.

    Example:
        >>> TwoLayerNet([[1.0, 0.0]], [2.0]).predict([[3.0, 1.0], [-1.0, 1.0]])
        array([6., 0.])
    """

    W: np.ndarray
    v: np.ndarray
    c: float = 0.0
    output_bias: bool | None = None

    if TYPE_CHECKING:  # what can be made an array is taken for one

        def __init__(self, W: ArrayLike, v: ArrayLike, c: float = 0.0, output_bias: bool | None = None) -> None:
            """Take weights as arrays or nested lists."""

    def __post_init__(self) -> None:
        """Check shapes and freeze the arrays."""
        W, v = readonly(real_numbers("W", self.W)), readonly(real_numbers("v", self.v))
        if W.ndim != 2:
            raise ShapeError(f"W has shape {W.shape}, expected (m, d): one row per hidden unit")
        if v.shape != (W.shape[0],):
            raise ShapeError(f"v has shape {v.shape}, expected ({W.shape[0]},): one output weight per hidden unit")
        c = real_number("the output bias c", self.c)
        if not (np.isfinite(W).all() and np.isfinite(v).all() and np.isfinite(c)):
            raise ModelError("the network has a weight that is NaN or infinite; training diverged before it was saved")
        if self.output_bias is False and c != 0:
            raise ModelError(f"the output bias is {c}, but output_bias says that there is none")
        object.__setattr__(self, "W", W)
        object.__setattr__(self, "v", v)
        object.__setattr__(self, "c", c)

    @property
    def width(self) -> int:
        """Number of hidden units m."""
        return self.W.shape[0]

    @property
    def d(self) -> int:
        """Number of inputs, the column of ones counted."""
        return self.W.shape[1]

    def predict(self, X: Any) -> np.ndarray:
        """Return f(x_i) for the rows of X (n, d)."""
        A = X.X if isinstance(X, Dataset) else real_numbers("X", X)
        if A.ndim != 2 or A.shape[1] != self.d:
            raise ShapeError(f"the data have shape {A.shape}, the network expects {self.d} columns")
        return np.maximum(A @ self.W.T, 0.0) @ self.v + self.c

    @refuses_overflow
    def loss(self, X: Any, y: Any = None, loss: Any = "squared") -> float:
        """Return the mean loss over the samples."""
        data = with_targets(X, y)
        return mean_loss(loss, self.predict(data.X), data.y)

    def save(self, path: str | Path) -> Path:
        """Write the network as npz with W (m, d-1), b, v, c, beside and renamed, and return the path.

        The last column of W is stored as b, the hidden bias. A network that has no output bias is stored without c.
        """
        path = Path(path)
        buffer = io.BytesIO()
        bias: dict[str, Any] = {} if self.output_bias is False else {"c": np.array(self.c)}
        np.savez(buffer, W=self.W[:, :-1], b=self.W[:, -1], v=self.v, **bias)
        files.write_atomic(path, buffer.getvalue())
        return path

    @classmethod
    def load(cls, path: str | Path) -> TwoLayerNet:
        """Read a network that `save` wrote (npz; nothing is unpickled). A file without b has no hidden bias."""
        path = Path(path)
        arrays = read_npz(path)
        if not {"W", "v"} <= set(arrays):
            raise ModelError(f"{path.name} holds {sorted(arrays)}, expected W, v and optionally b, c")
        W = np.atleast_2d(arrays["W"])
        if "b" in arrays:
            if arrays["b"].shape != (W.shape[0],):
                raise ModelError(f"{path.name}: b has shape {arrays['b'].shape}, expected ({W.shape[0]},)")
            W = np.concatenate([W, arrays["b"][:, None]], axis=1)
        c = arrays.get("c", np.zeros(()))
        if c.size != 1:
            raise ModelError(f"{path.name}: c has {c.size} values; only one output is covered")
        return cls(W, arrays["v"].reshape(-1), float(c.reshape(-1)[0]), "c" in arrays)

    @classmethod
    def from_torch(cls, module: Any) -> TwoLayerNet:
        """Return the network of a torch Sequential(Linear, ReLU, Linear) with one output.

        A missing hidden bias becomes a column of zeros, so that W always meets data with a column of ones.
        """
        return cls.from_deep(DeepNet.from_torch(module))

    def to_torch(self) -> Any:
        """Return a torch Sequential(Linear, ReLU, Linear) in double precision; needs torch."""
        from ...interop.torch_modules import two_layer_module

        return two_layer_module(self.W, self.v, self.c)

    @classmethod
    def from_sklearn(cls, mlp: Any) -> TwoLayerNet:
        """Return the network of a fitted scikit-learn MLP with one ReLU hidden layer and one output."""
        deep = DeepNet.from_sklearn(mlp)
        if type(mlp).__name__ == "MLPClassifier" and getattr(mlp, "out_activation_", "") == "softmax":
            raise ModelError("the classifier has several outputs; only two classes (one output) are covered")
        return cls.from_deep(deep)

    @classmethod
    def from_deep(cls, net: DeepNet) -> TwoLayerNet:
        """Return a network of one hidden layer with its hidden biases in the last column of W.

        Raises:
            ModelError: more than one hidden layer, more than one output, or LeakyReLU units.
        """
        if not net.relu:
            raise ModelError(
                f"the network has LeakyReLU units (slope {max(net.slopes, key=abs):g} below 0), a TwoLayerNet is ReLU; "
                "reluscape.certify(..., slope=), certify_model and explain take such a network as it is"
            )
        if net.depth != 2:
            raise ModelError(f"the network has {net.depth - 1} hidden layers; exactly one is covered here")
        if net.weights[1].shape[0] != 1:
            raise ModelError(f"the network has {net.weights[1].shape[0]} outputs; exactly one is covered here")
        W = np.concatenate([net.weights[0], net.biases[0][:, None]], axis=1)
        return cls(W, net.weights[1][0], float(net.biases[1][0]), net.has_bias[1])
