"""Networks as torch modules."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import UnsupportedError


def import_torch() -> Any:
    """Return the torch package.

    Raises:
        UnsupportedError: torch is not installed.
    """
    try:
        import torch
    except ImportError:
        raise UnsupportedError("this needs torch: pip install torch") from None
    return torch


def two_layer_module(W: np.ndarray, v: np.ndarray, c: float) -> Any:
    """Return Sequential(Linear, ReLU, Linear) in double precision; the last column of W becomes the hidden bias."""
    torch = import_torch()
    m, d = W.shape
    hidden, output = torch.nn.Linear(d - 1, m, dtype=torch.float64), torch.nn.Linear(m, 1, dtype=torch.float64)
    with torch.no_grad():
        hidden.weight.copy_(torch.from_numpy(np.array(W[:, :-1])))
        hidden.bias.copy_(torch.from_numpy(np.array(W[:, -1])))
        output.weight.copy_(torch.from_numpy(np.array(v)[None, :]))
        output.bias.fill_(c)
    return torch.nn.Sequential(hidden, torch.nn.ReLU(), output)
