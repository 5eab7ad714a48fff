"""Torch state dicts on disk, read without unpickling anything but tensors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from .torch_modules import import_torch

SAVE_LINE = "torch.save(model.state_dict(), 'model.pt')"


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Return the tensors of a state dict as float arrays, in their stored order.

    Raises:
        ModelError: the file holds anything but tensors by name.
    """
    torch = import_torch()
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # torch raises many kinds, pickle's among them
        raise ModelError(
            f"{path.name} is no plain state dict; nothing is unpickled here: save it with {SAVE_LINE}"
        ) from None
    if isinstance(content, Mapping) and isinstance(content.get("state_dict"), Mapping):
        content = content["state_dict"]
    if not isinstance(content, Mapping) or not content or not all(hasattr(t, "detach") for t in content.values()):
        raise ModelError(f"{path.name} holds no tensors by name; save it with {SAVE_LINE}")
    return {str(name): tensor.detach().double().numpy() for name, tensor in content.items()}


def write_state_dict(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Return the bytes of a state dict of double tensors."""
    import io

    torch = import_torch()
    tensors: dict[str, Any] = {name: torch.from_numpy(np.array(a, dtype=float)) for name, a in arrays.items()}
    buffer = io.BytesIO()
    torch.save(tensors, buffer)
    return buffer.getvalue()
