"""Model files: what a file is, its weights as layers, and how another network is written in the same form."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...errors import InputError, ModelError
from ...interop.array_reading import Names, read_arrays
from ...interop.reading import Reading
from ...numbers import files
from . import DeepNet, TwoLayerNet
from .array_files import npz_arrays, safetensors_arrays

SKLEARN_LINE = "reluscape.DeepNet.from_sklearn(model).save('model.npz')"
TORCH_LINE = "torch.save(model.state_dict(), 'model.pt')"
KERAS_LINE = "numpy.savez('model.npz', *model.get_weights())"
KNOWN = ".npz, .safetensors, a torch state dict (.pt), .onnx or .skops"
# what a file is by the end of its name, and how to get its network out
ELSEWHERE = {
    ".keras": ("a Keras archive, whose weights are HDF5", KERAS_LINE),
    ".h5": ("an HDF5 file, as Keras writes", KERAS_LINE),
    ".hdf5": ("an HDF5 file, as Keras writes", KERAS_LINE),
    ".pb": ("a TensorFlow graph", KERAS_LINE),
    ".tflite": ("a TensorFlow Lite file", KERAS_LINE),
    ".pt2": ("a torch.export archive, whose program is not run here", TORCH_LINE),
    ".mlmodel": ("a Core ML file", "export to .onnx"),
    ".gguf": ("a GGUF file", "save as .safetensors"),
}
ARCHIVES = {
    "TorchScript": "a TorchScript archive, whose program is not run here",
    "torch.export": "a torch.export archive, whose program is not run here",
}


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A network read from a file, and how to write another in the same form.

    Attributes:
        reading: what was read.
        form: "npz", "safetensors", "torch", "onnx" or "skops".
        layers: for each layer the names of its weight and, where it has one, its bias; empty for onnx and skops.
        transposed: whether the file keeps the matrices as (in, out).
        folded: whether the file holds more than these arrays.
    """

    reading: Reading
    form: str
    layers: Names
    transposed: bool = False
    folded: bool = False

    @property
    def net(self) -> DeepNet:
        """The network.

        Raises:
            ModelError: its units are no ReLU.
        """
        return DeepNet.from_reading(self.reading)

    @property
    def biases(self) -> tuple[bool, ...]:
        """Which layers have a bias."""
        return tuple(bias is not None for bias in self.reading.biases)

    def save_like(self, net: TwoLayerNet | DeepNet, path: str | Path) -> Path:
        """Write a network of the same shape in the form and under the names of this file."""
        return files.write_atomic(path, self.encode_like(net))

    def encode_like(self, net: TwoLayerNet | DeepNet) -> bytes:
        """Return the bytes of a network of the same shape in the form and under the names of this file.

        Raises:
            ModelError: the network needs a bias that the file has no place for, or the file is no list of arrays.
        """
        if not self.layers or self.folded:
            what = "a BatchNorm that is folded" if self.folded else f"more than arrays (.{self.form})"
            raise ModelError(
                f"the file holds {what}, so another network cannot be written in its form; leave out --save"
            )
        deep = net if isinstance(net, DeepNet) else self._as_deep(net)
        arrays: dict[str, np.ndarray] = {}
        for (weight, bias), w, b in zip(self.layers, deep.weights, deep.biases, strict=True):
            flat = self.form == "npz" and weight == "v"
            arrays[weight] = np.ascontiguousarray(w[0] if flat else w.T if self.transposed else w)
            if bias is not None:
                arrays[bias] = np.ascontiguousarray(b[0] if flat else b)
            elif np.any(b):
                raise ModelError(f"the file has no bias beside {weight!r}, but the new network needs one")
        return _encode(self.form, arrays)

    def _as_deep(self, net: TwoLayerNet) -> DeepNet:
        """Return a network of one hidden layer as layers; its last column is a bias where the file has one."""
        if net.d == self.reading.inputs:
            return DeepNet([net.W, net.v[None, :]], [None, [net.c]])
        return DeepNet([net.W[:, :-1], net.v[None, :]], [net.W[:, -1], [net.c]])


def read_model(path: str | Path) -> StoredModel:
    """Read a network of ReLU layers with a linear last one.

    Args:
        path: `.npz` (of `TwoLayerNet.save`, arrays of any names, or Keras's `get_weights()` in order), `.safetensors`,
            a torch state dict or a checkpoint that holds one (`.pt`, `.pth`, `.ckpt`), `.onnx`, or `.skops`.

    Raises:
        ModelError: no such file, a pickle or another format that is not read (with the line that exports it), or
            arrays that form no chain of layers.
        UnsupportedError: the format's library is not installed.
    """
    path = Path(path)
    if path.is_dir():
        raise ModelError(_folder(path))
    try:
        content = files.read_limited(path)
    except InputError as problem:
        missing = "there is no file" in str(problem)
        raise ModelError(f"there is no model file {path}; check the name" if missing else str(problem)) from None
    form = _form(path, content)
    if form == "onnx":
        from ...interop.onnx_reading import read_onnx

        return StoredModel(read_onnx(content, path.name, str(path.parent)), form, ())
    if form == "skops":
        from ...interop.sklearn_reading import read_sklearn
        from ...interop.skops_reading import load_skops

        return StoredModel(read_sklearn(load_skops(content, path.name)), form, ())
    notes: tuple[str, ...] = ()
    if form == "npz":
        arrays = npz_arrays(content, path.name)
        if {"W", "v"} <= set(arrays):
            return _two_layer(TwoLayerNet.load(path), "b" in arrays, "c" in arrays)
    elif form == "safetensors":
        arrays = safetensors_arrays(content, path.name)
    else:
        from ...interop.torch_files import read_state_dict

        arrays, notes = read_state_dict(content, path.name)
    network = read_arrays(arrays, path.name, ordered=form != "safetensors", notes=notes)
    return StoredModel(network.reading, form, network.names, network.transposed, network.folded)


def _two_layer(net: TwoLayerNet, hidden_bias: bool, output_bias: bool) -> StoredModel:
    """Return what a file with W, v and perhaps b, c holds."""
    W, b = (net.W[:, :-1], net.W[:, -1]) if hidden_bias else (net.W, None)
    names = (("W", "b" if hidden_bias else None), ("v", "c" if output_bias else None))
    c = np.array([net.c]) if output_bias else None
    reading = Reading("the npz file", (np.array(W), net.v[None, :]), (None if b is None else np.array(b), c))
    return StoredModel(reading, "npz", names)


def _form(path: Path, content: bytes) -> str:
    """Return the kind of file, from its first bytes and its name; what is not read is named with its way out."""
    suffix, start = path.suffix.lower(), content[:8]
    if not content:
        raise ModelError(f"{path.name} is empty; save the model again")
    if suffix in ELSEWHERE or start == b"\x89HDF\r\n\x1a\n":
        what, line = ELSEWHERE.get(suffix, ELSEWHERE[".h5"])
        raise ModelError(f"{path.name} is {what}, which is not read here; export it: {line}")
    if suffix in (".safetensors", ".onnx"):
        return suffix[1:]
    if start[:2] == b"PK":
        return _zip_form(path, content)
    if suffix == ".npz":
        raise ModelError(f"{path.name} is not an npz file; save with .save(path) or numpy.savez")
    if suffix == ".skops":
        raise ModelError(f"{path.name} is not a skops file; save with skops.io.dump(model, path)")
    if start[:6] == b"\x93NUMPY":
        raise ModelError(f"{path.name} is one array, and a network has several; save with .save(path) or numpy.savez")
    if start[:1] == b"\x80" and suffix in (".pt", ".pth", ".ckpt", ".bin") and _is_old_torch(content):
        return "torch"
    if start[:1] == b"\x80" or suffix in (".pkl", ".pickle", ".joblib"):
        raise ModelError(
            f"{path.name} is a pickle, which can run any program when opened and is never read here; "
            f"save scikit-learn models with {SKLEARN_LINE}, torch models with {TORCH_LINE}"
        )
    raise ModelError(f"{path.name} is of no known kind; give {KNOWN}")


def _zip_form(path: Path, content: bytes) -> str:
    """Return the kind of a zip archive."""
    from ...interop.torch_files import archive_kind

    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise ModelError(f"{path.name} is a damaged archive; save the model again") from None
    if "schema.json" in names:
        return "skops"
    if "model.weights.h5" in names:
        what, line = ELSEWHERE[".keras"]
        raise ModelError(f"{path.name} is {what}, which is not read here; export it: {line}")
    kind = archive_kind(content)
    if kind in ARCHIVES:
        raise ModelError(f"{path.name} is {ARCHIVES[kind]}; save the weights of the module: {TORCH_LINE}")
    return "torch" if kind == "torch" else "npz"


def _is_old_torch(content: bytes) -> bool:
    """Return whether a pickle begins with the number that torch wrote before its archives."""
    return (0x1950A86A20F9469CFC6C).to_bytes(10, "little") in content[:32]


def _folder(path: Path) -> str:
    """Return what is said of a folder."""
    if (path / "saved_model.pb").exists():
        return f"{path} is a TensorFlow SavedModel, which is not read here; export it: {KERAS_LINE}"
    return f"{path} is a folder; give the model file itself"


def _encode(form: str, arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return a file's bytes."""
    if form == "safetensors":
        from safetensors.numpy import save

        return save(dict(arrays))
    if form == "torch":
        from ...interop.torch_files import write_state_dict

        return write_state_dict(arrays)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()
