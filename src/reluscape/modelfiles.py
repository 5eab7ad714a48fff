"""Model files: npz, safetensors and torch state dicts, matched by shapes; a pickle is refused."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np

from . import files
from .errors import ModelError
from .networks import DeepNet, TwoLayerNet

MAX_LAYERS = 6
SKLEARN_LINE = "reluscape.DeepNet.from_sklearn(model).save('model.npz')"
TORCH_LINE = "torch.save(model.state_dict(), 'model.pt')"


@dataclass(frozen=True)
class StoredModel:
    """A network read from a file, and how to write another in the same form.

    Attributes:
        net: the network.
        form: "npz", "safetensors" or "torch".
        layers: for each layer the names of its weight and, where it has one, its bias.
    """

    net: DeepNet
    form: str
    layers: tuple[tuple[str, str | None], ...]

    @property
    def biases(self) -> tuple[bool, ...]:
        """Which layers have a bias."""
        return tuple(bias is not None for _, bias in self.layers)

    def save_like(self, net: TwoLayerNet | DeepNet, path: str | Path) -> Path:
        """Write a network of the same shape in the form and under the names of this file."""
        return files.write_atomic(path, self.encode_like(net))

    def encode_like(self, net: TwoLayerNet | DeepNet) -> bytes:
        """Return the bytes of a network of the same shape in the form and under the names of this file.

        Raises:
            ModelError: the network needs a bias that the file has no place for.
        """
        deep = net if isinstance(net, DeepNet) else self._as_deep(net)
        arrays: dict[str, np.ndarray] = {}
        for (weight, bias), w, b in zip(self.layers, deep.weights, deep.biases, strict=True):
            flat = self.form == "npz" and weight == "v"
            arrays[weight] = np.ascontiguousarray(w[0] if flat else w)
            if bias is not None:
                arrays[bias] = np.ascontiguousarray(b[0] if flat else b)
            elif np.any(b):
                raise ModelError(f"the file has no bias beside {weight!r}, but the new network needs one")
        return _encode(self.form, arrays)

    def _as_deep(self, net: TwoLayerNet) -> DeepNet:
        """Return a network of one hidden layer as layers; its last column is a bias where the file has one."""
        if net.d == self.net.weights[0].shape[1]:
            return DeepNet([net.W, net.v[None, :]], [None, [net.c]])
        return DeepNet([net.W[:, :-1], net.v[None, :]], [net.W[:, -1], [net.c]])


def read_model(path: str | Path) -> StoredModel:
    """Read a network of ReLU layers with a linear last one.

    Args:
        path: `.npz` (of `TwoLayerNet.save`, or arrays of any names), `.safetensors`, or a torch state dict
            (`.pt`, `.pth`). Weights and biases are found by their names' common stems, else by their shapes.

    Raises:
        ModelError: no such file, a pickle, or arrays that form no chain of layers.
    """
    path = Path(path)
    if not path.exists():
        raise ModelError(f"there is no model file {path}; check the name")
    if path.is_dir():
        raise ModelError(f"{path} is a folder; give the model file itself")
    form = _form(path)
    if form == "npz":
        arrays = _read_npz(path)
        if {"W", "v"} <= set(arrays):
            return _two_layer(TwoLayerNet.load(path), "b" in arrays, "c" in arrays)
    elif form == "safetensors":
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            arrays = {name: np.asarray(a, dtype=float) for name, a in load_file(path).items()}
        except (SafetensorError, OSError, ValueError, KeyError) as problem:
            raise ModelError(f"{path.name} is not a readable safetensors file ({problem})") from None
    else:
        from .interop.torch_files import read_state_dict

        arrays = read_state_dict(path)
    layers = _layers(arrays, path)
    weights = [arrays[w] for w, _ in layers]
    biases = [None if b is None else arrays[b].reshape(-1) for _, b in layers]
    return StoredModel(DeepNet(weights, biases), form, layers)


def _two_layer(net: TwoLayerNet, hidden_bias: bool, output_bias: bool) -> StoredModel:
    """Return what a file with W, v and perhaps b, c holds."""
    W, b = (net.W[:, :-1], net.W[:, -1]) if hidden_bias else (net.W, None)
    names = (("W", "b" if hidden_bias else None), ("v", "c" if output_bias else None))
    return StoredModel(DeepNet([W, net.v[None, :]], [b, [net.c] if output_bias else None]), "npz", names)


def _form(path: Path) -> str:
    """Return the kind of file, from its first bytes and its name; refuse pickles."""
    suffix = path.suffix.lower()
    with path.open("rb") as handle:
        start = handle.read(4)
    if not start:
        raise ModelError(f"{path.name} is empty; save the model again")
    if suffix == ".safetensors":
        return "safetensors"
    if start[:2] == b"PK":
        with_data = zipfile.is_zipfile(path) and any(n.endswith("data.pkl") for n in zipfile.ZipFile(path).namelist())
        return "torch" if with_data else "npz"
    if suffix == ".npz":
        raise ModelError(f"{path.name} is not an npz file; save with .save(path) or numpy.savez")
    if start[:1] == b"\x80" or suffix in (".pkl", ".pickle", ".joblib"):
        raise ModelError(
            f"{path.name} is a pickle, which can run any program when opened and is never read here; "
            f"save scikit-learn models with {SKLEARN_LINE}, torch models with {TORCH_LINE}"
        )
    raise ModelError(f"{path.name} is of no known kind; give .npz, .safetensors or a torch state dict (.pt)")


def _read_npz(path: Path) -> dict[str, np.ndarray]:
    """Return the arrays of an npz file; object arrays are refused, since they are pickles."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: np.asarray(stored[name], dtype=float) for name in stored.files}
    except (ValueError, zipfile.BadZipFile, OSError, EOFError) as problem:
        raise ModelError(f"{path.name} is not an npz file of plain arrays ({problem}); save with .save(path)") from None


def _layers(arrays: Mapping[str, np.ndarray], path: Path) -> tuple[tuple[str, str | None], ...]:
    """Return (weight name, bias name) of each layer, first layer first."""
    matrices = sorted((name for name, a in arrays.items() if a.ndim == 2), key=_natural)
    vectors = [name for name, a in arrays.items() if a.ndim == 1]
    strange = [name for name, a in arrays.items() if a.ndim not in (1, 2)]
    if strange:
        shape = tuple(arrays[strange[0]].shape)
        raise ModelError(
            f"{path.name} holds {strange[0]!r} of shape {shape}, which belongs to no linear layer; "
            "only Linear and ReLU layers in turn are covered"
        )
    if not matrices:
        raise ModelError(f"{path.name} has no weight matrix: no chain of linear layers")
    if len(matrices) > MAX_LAYERS:
        raise ModelError(f"{path.name} has {len(matrices)} weight matrices; at most {MAX_LAYERS} are matched")
    for order in permutations(matrices):
        chain = all(arrays[b].shape[1] == arrays[a].shape[0] for a, b in pairwise(order))
        biases = _match_biases(order, vectors, arrays) if chain else None
        if biases is not None:
            return tuple(zip(order, biases, strict=True))
    shapes = ", ".join(f"{name} {tuple(a.shape)}" for name, a in arrays.items())
    raise ModelError(f"{path.name}: the shapes form no chain of layers ({shapes})")


def _match_biases(
    order: tuple[str, ...], vectors: list[str], arrays: Mapping[str, np.ndarray]
) -> list[str | None] | None:
    """Return each layer's bias: the vector with the same stem, else the next one of the right length; None if odd.

    A vector that has the stem of another layer is that layer's.
    """
    free = sorted(vectors, key=_natural)
    stems = {_stem(name) for name in order}
    found: list[str | None] = []
    for name in order:
        size = arrays[name].shape[0]
        same = [v for v in free if _stem(v) == _stem(name) and arrays[v].size == size]
        others = [v for v in free if arrays[v].size == size and _stem(v) not in stems]
        choice = next(iter(same or others), None)
        if choice is not None:
            free.remove(choice)
        found.append(choice)
    return None if free else found


def _stem(name: str) -> str:
    """Return the part of a name that a layer's weight and bias share."""
    return name.rsplit(".", 1)[0] if "." in name else re.sub(r"\D", "", name)


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Return a key that sorts layer10 after layer2."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", name) if part]


def _encode(form: str, arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return a file's bytes."""
    if form == "safetensors":
        from safetensors.numpy import save

        return save(dict(arrays))
    if form == "torch":
        from .interop.torch_files import write_state_dict

        return write_state_dict(arrays)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
