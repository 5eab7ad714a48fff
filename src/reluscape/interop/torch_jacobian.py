"""Jacobians by automatic differentiation: of a deep network given as arrays, and of any torch module."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ModelError
from .torch_modules import import_torch


def deep_jacobian(weights: Sequence[np.ndarray], biases: Sequence[np.ndarray | None], X: np.ndarray) -> np.ndarray:
    """Return the derivative of a ReLU network's single output in all weights and biases, (n, parameters).

    Columns follow the layers; within a layer each unit's weights come first, then its bias if the layer has one.

    Args:
        weights: matrices (out, in), first layer first.
        biases: vectors (out,), None for a layer without.
        X: (n, d) inputs.
    """
    torch = import_torch()
    n = len(X)
    # every sample has a copy of the parameters, so that one backward pass gives one gradient per sample
    layers = []
    for w, b in zip(weights, biases, strict=True):
        matrix = torch.from_numpy(np.array(w) if b is None else np.concatenate([w, b[:, None]], axis=1))
        layers.append(matrix.expand(n, *matrix.shape).clone().requires_grad_())
    h = torch.from_numpy(np.array(X, dtype=float))[:, :, None]
    for k, (layer, b) in enumerate(zip(layers, biases, strict=True)):
        h = layer @ h if b is None else layer[:, :, :-1] @ h + layer[:, :, -1:]
        h = torch.relu(h) if k + 1 < len(layers) else h
    gradients = torch.autograd.grad(h.sum(), layers)
    return np.concatenate([g.numpy().reshape(n, g.shape[1] * g.shape[2]) for g in gradients], axis=1)


def module_jacobian(module: Any, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the outputs (n,) of a torch module and their derivative in all its trainable parameters, (n, p).

    Everything is computed in double precision; the module itself is left as it is.

    Args:
        module: a torch module that takes a batch (1, d) and has a single output.
        X: (n, d) inputs.

    Raises:
        ModelError: more than one output, or nothing to train.
    """
    torch = import_torch()
    twin = copy.deepcopy(module).double()
    parameters = [p for p in twin.parameters() if p.requires_grad]
    if not parameters:
        raise ModelError("the module has no trainable parameter")
    outputs, rows = [], []
    for x in torch.from_numpy(np.array(X, dtype=float)):
        output = twin(x[None, :]).reshape(-1)
        if len(output) != 1:
            raise ModelError(f"the module has {len(output)} outputs; the Jacobian is of a single one")
        gradients = torch.autograd.grad(output[0], parameters, allow_unused=True)
        parts = [torch.zeros_like(p) if g is None else g for g, p in zip(gradients, parameters, strict=True)]
        rows.append(torch.cat([part.reshape(-1) for part in parts]).numpy())
        outputs.append(output.item())
    J = np.array(rows, dtype=float).reshape(len(rows), sum(p.numel() for p in parameters))
    return np.array(outputs, dtype=float), J
