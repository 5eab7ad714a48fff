"""The device that batched kernels run on: a name that torch knows, checked before anything starts."""

from __future__ import annotations

from typing import Any

from ..errors import InputError, UnsupportedError
from .torch_modules import import_torch


def find_device(name: str) -> Any:
    """Return torch's device of this name, such as "cuda", "cuda:1" or "cpu".

    Raises:
        UnsupportedError: torch is not installed, or the machine has no such device.
        InputError: no name of a device with double precision.
    """
    torch = import_torch()
    try:
        device = torch.device(name)
    except RuntimeError:
        raise InputError(f"unknown device {name!r}; choose cuda, cuda:0, ... or cpu") from None
    if device.type not in ("cuda", "cpu"):
        raise InputError(f"{name!r} has no double precision; choose cuda or leave the device out")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UnsupportedError(f"this machine has no device {name!r} that torch can use; leave the device out")
    return device


def batch_size(device: Any, bytes_each: int) -> int:
    """Return how many problems of so many bytes fit at a time: half of a GPU's free memory, 256 MB otherwise."""
    torch = import_torch()
    room = torch.cuda.mem_get_info(device)[0] // 2 if device.type == "cuda" else 1 << 28
    return max(1, int(room // max(bytes_each, 1)))
