"""Torch state dicts on disk, read without unpickling anything but tensors."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import ModelError
from .torch_modules import import_torch

SAVE_LINE = "torch.save(model.state_dict(), 'model.pt')"
# under which a checkpoint keeps the weights, the usual names first
KEYS = ("model_state_dict", "state_dict", "model_state", "model", "net", "network", "module", "weights", "params")


def archive_kind(content: bytes) -> str | None:
    """Return what a zip archive of torch's is: "torch", "TorchScript", "torch.export", or None for another zip."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if any(name.endswith("archive_format") or name.endswith("models/model.json") for name in names):
        return "torch.export"
    if any("/code/" in name or name.endswith("/constants.pkl") for name in names):
        return "TorchScript"
    return "torch" if any(name.endswith("data.pkl") for name in names) else None


def read_state_dict(content: bytes, file: str) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
    """Return the tensors of a state dict as float arrays, in their stored order, and sentences on where they were.

    Args:
        content: the file's bytes: a state dict, or a checkpoint that holds one.
        file: its name, for messages.

    Raises:
        ModelError: the file holds anything but tensors and plain values, or no weights by name.
    """
    torch = import_torch()
    try:
        checkpoint = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception as problem:  # torch raises many kinds, pickle's among them
        raise ModelError(
            f"{file} is no plain state dict but holds {_object_named(str(problem))}, as a whole pickled model does; "
            f"nothing is unpickled here: save it with {SAVE_LINE}"
        ) from None
    tensors, key = _weights(checkpoint, file)
    arrays: dict[str, np.ndarray] = {}
    for name, tensor in tensors.items():
        if tensor.is_quantized or tensor.is_complex() or tensor.is_sparse:
            raise ModelError(f"{file}: {name} is a quantized, complex or sparse tensor; save plain float weights")
        if name.rsplit(".", 1)[-1] != "num_batches_tracked":
            arrays[str(name)] = tensor.detach().double().numpy()
    return arrays, () if key is None else (f"The weights are read from {key!r} of the checkpoint.",)


def _object_named(problem: str) -> str:
    """Return the class that torch would not load, where its message names one."""
    match = re.search(r"GLOBAL\s+([\w.]+)", problem)
    return f"an object of {match.group(1)}" if match else "other Python objects"


def _weights(content: Any, file: str) -> tuple[Mapping[str, Any], str | None]:
    """Return the state dict in what was stored, and the key it stood under."""
    if _is_state_dict(content):
        return content, None
    if isinstance(content, Mapping):
        for key in KEYS:
            if _is_state_dict(content.get(key)):
                return content[key], key
            if isinstance(content.get(key), Mapping):
                inner, deeper = _one_deeper(content[key])
                if inner is not None:
                    return inner, f"{key}.{deeper}"
        others = [key for key, value in content.items() if _is_state_dict(value) and "optim" not in str(key).lower()]
        if len(others) == 1:
            return content[others[0]], str(others[0])
        if others:
            raise ModelError(
                f"{file} holds weights under {', '.join(map(str, others[:5]))}; save the one network you mean"
            )
    raise ModelError(f"{file} holds no tensors by name; save it with {SAVE_LINE}")


def _one_deeper(content: Mapping[str, Any]) -> tuple[Mapping[str, Any] | None, str | None]:
    """Return the state dict one level deeper, or None."""
    for key in KEYS:
        if _is_state_dict(content.get(key)):
            return content[key], key
    return None, None


def _is_state_dict(content: Any) -> bool:
    """Return whether something is tensors by name."""
    return isinstance(content, Mapping) and bool(content) and all(hasattr(t, "is_quantized") for t in content.values())


def write_state_dict(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return the bytes of a state dict of double tensors."""
    torch = import_torch()
    tensors: dict[str, Any] = {name: torch.from_numpy(np.array(a, dtype=float)) for name, a in arrays.items()}
    buffer = io.BytesIO()
    torch.save(tensors, buffer)
    return buffer.getvalue()
