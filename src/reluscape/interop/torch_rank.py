"""Which Jacobians of a batch certainly have full rank: one verified Cholesky each, in double precision on a device."""

from __future__ import annotations

import numpy as np

from .torch_device import batch_size, find_device
from .torch_modules import import_torch

PRECISION = 2.0**-53
SAFETY = 4.0


def certainly_full(patterns: np.ndarray, X: np.ndarray, device: str) -> np.ndarray:
    """Return for each pattern whether the rows a_i (x) x_i of the Jacobian are certainly independent.

    The Gram matrix of the rows, scaled to unit length, has the entries <a_i, a_k> <x_i, x_k>. If the Cholesky
    factorisation of it minus a multiple of the identity runs to its end, the matrix itself is positive definite: the
    multiple exceeds every rounding error of forming and of factoring it. True is therefore a proof; False says
    nothing. Rows of zeros are left out.

    Args:
        patterns: (B, m, n) bool.
        X: (n, d) or (B, n, d) samples.
        device: name of a torch device.

    Returns:
        (B,) bool.

    Source: Rump, Verification of positive definiteness (2006), with the error of forming the matrix added.
    """
    torch = import_torch()
    place = find_device(device)
    B, m, n = patterns.shape
    d = X.shape[-1]
    if n == 0:
        return np.ones(B, dtype=bool)
    length = np.abs(X).max(axis=-1, keepdims=True)
    unit_rows = X / np.where(length > 0, length, 1.0)
    unit_rows = unit_rows / np.where(length > 0, np.linalg.norm(unit_rows, axis=-1, keepdims=True), 1.0)
    there = length[..., 0] > 0
    shift = SAFETY * PRECISION * n * (n + 2 * d + 16)
    full = np.zeros(B, dtype=bool)
    step = batch_size(place, 8 * (3 * n * n + m * n + n * d))
    with torch.no_grad():
        for first in range(0, B, step):
            part = slice(first, first + step)
            one = np.ascontiguousarray(unit_rows[part] if X.ndim == 3 else unit_rows)
            nonzero = torch.from_numpy(np.ascontiguousarray(there[part] if X.ndim == 3 else there)).to(place)
            A = torch.from_numpy(np.ascontiguousarray(patterns[part])).to(place).double()
            U = torch.from_numpy(one).to(place)
            counts = A.transpose(1, 2) @ A
            active = counts.diagonal(dim1=1, dim2=2)
            scale = torch.where(active > 0, active, torch.ones_like(active)).rsqrt()
            gram = counts * (U @ U.transpose(-1, -2)) * scale[:, :, None] * scale[:, None, :]
            has_unit = (active > 0) | ~nonzero
            gram = gram * (nonzero[..., :, None] & nonzero[..., None, :])
            diagonal = torch.where(nonzero, gram.diagonal(dim1=1, dim2=2), torch.ones_like(active)) - shift
            gram.diagonal(dim1=1, dim2=2).copy_(diagonal)
            _, info = torch.linalg.cholesky_ex(gram)
            full[part] = ((info == 0) & has_unit.all(dim=1)).cpu().numpy()
    return full
