"""Interior point for many basin programs over one data set at once, in double precision on a device."""

from __future__ import annotations

from typing import Any

import numpy as np

from .torch_device import batch_size, find_device
from .torch_modules import import_torch

STEP, WORSE, LEAST_STEP, COMPACT = 0.9975, 8, 1e-9, 0.75
PADDING = 2
# shares by which the diagonal of a matrix that does not factor is raised, in turn
RAISED = (2.0**-48, 2.0**-42, 2.0**-36, 2.0**-30)


def interior_points(
    U: np.ndarray,
    E: np.ndarray,
    y: np.ndarray,
    C: np.ndarray,
    rows: np.ndarray,
    active: np.ndarray,
    codes: np.ndarray,
    limits: tuple[float, float, int],
    device: str,
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise |sum_j active_j * (U z_j) + c E - y|^2 / 2 with s_j <z_j, C_t> >= 0 (active) or <= 0, for B programs.

    Mehrotra's predictor-corrector, all programs in step with each other; those that are done leave the batch.

    Args:
        U: (n, r) features with orthonormal columns.
        E: (n,) unit column of the output bias, or (0,) for none.
        y: (n,) targets of about unit length.
        C: (k, r) unit constraint normals.
        rows: (k,) the sample that each constraint belongs to.
        active: (B, m, n) bool.
        codes: (B, m) sign of each unit, 0 for one without cone, 2 for padding.
        limits: gap and residuals at which a program is done, relative diagonal, largest number of iterations.
        device: name of a torch device.

    Returns:
        (B,) squared residuals and (B,) what separates them from the minimum: complementarity, the primal residual times
        the multipliers, the dual residual times the weights (infinite where a factorisation failed).
    """
    place = find_device(device)
    B, m, n = active.shape
    size = m * U.shape[1] + int(len(E) > 0)
    step = batch_size(place, 8 * (2 * size * n + 4 * size * size + 14 * m * len(C)))
    square, residual = np.empty(B), np.empty(B)
    for first in range(0, B, step):
        part = slice(first, first + step)
        batch = _Batch((U, E, y, C), rows, active[part], codes[part], limits, place)
        square[part], residual[part] = batch.run()
    return square, residual


class _Batch:
    """The state of the programs that are still running."""

    MOVING = ("ids", "F", "P", "q", "sides", "cone", "x", "s", "mu", "base", "worse", "last", "count")

    def __init__(
        self,
        data: tuple[np.ndarray, ...],
        rows: np.ndarray,
        active: np.ndarray,
        codes: np.ndarray,
        limits: tuple[float, float, int],
        place: Any,
    ) -> None:
        torch = self.torch = import_torch()
        self.gap_limit, ridge, self.limit = limits

        def send(array: np.ndarray) -> Any:
            return torch.from_numpy(np.array(array, dtype=float)).to(place)

        U, E, self.y, self.C = (send(array) for array in data)
        A, signs = send(active), send(codes)
        B, m, n = A.shape
        k, r = self.C.shape
        self.m, self.r, self.bias = m, r, int(len(E) > 0)
        F = (A[:, :, None, :] * U.T[None, None]).reshape(B, m * r, n)
        self.F = torch.cat([F, E.expand(B, 1, n)], dim=1) if self.bias else F
        size = self.F.shape[1]
        self.P = self.F @ self.F.transpose(1, 2)
        self.q = self.F @ self.y
        trace = self.P.diagonal(dim1=1, dim2=2).sum(dim=1)
        padding = (signs == PADDING).double().repeat_interleave(r, dim=1)
        self.P.diagonal(dim1=1, dim2=2)[:, : m * r] += padding
        self.cone = ((signs == 1) | (signs == -1)).double()[:, :, None]
        self.sides = (2.0 * A[:, :, torch.from_numpy(np.array(rows)).to(place)] - 1.0) * signs[:, :, None] * self.cone
        self.count = self.cone.sum(dim=(1, 2)) * k
        self.base = ridge * (trace / max(size, 1)).clamp_min(1e-12)
        self.products = (self.C[:, :, None] * self.C[:, None, :]).reshape(k, r * r)
        self.x = torch.zeros((B, size), dtype=torch.float64, device=place)
        units = (signs != PADDING).double().sum(dim=1).clamp_min(1.0)
        height = (2.0 / (units * r).sqrt()).clamp_max(1.0)
        self.s = height[:, None, None].expand(B, m, k).clone()
        largest = self.q.abs().amax(dim=1).clamp_min(1e-8) if size else torch.ones(B, dtype=torch.float64, device=place)
        self.mu = (largest / max(k, 1) ** 0.5)[:, None, None].expand(B, m, k).clone()
        self.ids = torch.arange(B, device=place)
        self.worse = torch.zeros(B, dtype=torch.int64, device=place)
        self.last = torch.ones(B, dtype=torch.float64, device=place)
        self.best = torch.full((B,), float("inf"), dtype=torch.float64, device=place)
        self.square, self.apart = torch.full_like(self.best, float("nan")), torch.full_like(self.best, float("inf"))

    def run(self) -> tuple[np.ndarray, np.ndarray]:
        """Return squared residuals and what separates them from the minimum."""
        with self.torch.no_grad():
            for iteration in range(self.limit + 1):
                primal, dual, gap, at_end = self._look()
                if iteration == self.limit or bool(at_end.all()):
                    break
                if float(at_end.double().mean()) > 1.0 - COMPACT:
                    keep = ~at_end
                    for name in self.MOVING:
                        setattr(self, name, getattr(self, name)[keep])
                    primal, dual, gap = primal[keep], dual[keep], gap[keep]
                self._step(primal, dual, gap)
        return self.square.cpu().numpy(), self.apart.cpu().numpy()

    def _heights(self, x: Any) -> Any:
        """Return <z_j, C_t> for weights in x, (B, m, k)."""
        return x[:, : self.m * self.r].reshape(len(x), self.m, self.r) @ self.C.T

    def _pull(self, work: Any) -> Any:
        """Return sum_t work_jt C_t as a vector of the size of x."""
        pull = (work @ self.C).reshape(len(work), -1)
        return self.torch.nn.functional.pad(pull, (0, self.bias))

    def _look(self) -> tuple[Any, Any, Any, Any]:
        """Return primal and dual residuals, the gap and which programs are done; remember the best points."""
        torch = self.torch
        primal = (self.sides * self._heights(self.x) - self.s) * self.cone
        gap = (self.s * self.mu * self.cone).sum(dim=(1, 2))
        dual = (self.P @ self.x[:, :, None])[:, :, 0] - self.q - self._pull(self.sides * self.mu)
        large = self.x.abs().amax(dim=1).clamp_min(1.0) if self.x.shape[1] else torch.ones_like(gap)
        short = primal.abs().amax(dim=(1, 2)) if self.s.numel() else torch.zeros_like(gap)
        feasible = short / large
        stationary = dual.abs().amax(dim=1) if self.x.shape[1] else torch.zeros_like(gap)
        merit = torch.maximum(torch.maximum(gap, feasible), stationary)
        better = merit < self.best[self.ids]
        left = (self.x[:, None, :] @ self.F)[:, 0, :] - self.y
        picks = self.ids[better]
        self.best[picks] = merit[better]
        self.square[picks] = (left * left).sum(dim=1)[better]
        weights, multipliers = 1.0 + self.x.abs().sum(dim=1), 1.0 + (self.mu * self.cone).sum(dim=(1, 2))
        self.apart[picks] = (gap + short * multipliers + stationary * weights)[better]
        self.worse = torch.where(better, torch.zeros_like(self.worse), self.worse + 1)
        stuck = (self.worse > WORSE) | ~torch.isfinite(merit) | (self.last < LEAST_STEP)
        return primal, dual, gap, (merit <= self.gap_limit) | stuck

    def _factor(self, M: Any) -> tuple[Any, Any]:
        """Return Cholesky factors and which are none; near a vertex the diagonal is raised above the rounding."""
        torch = self.torch
        diagonal = M.diagonal(dim1=1, dim2=2)
        whole = diagonal.clone()
        L, info = torch.linalg.cholesky_ex(M)
        for increase in RAISED:
            bad = info > 0
            if not bool(bad.any()):
                break
            diagonal[bad] = whole[bad] * (1.0 + increase)
            L[bad], info[bad] = torch.linalg.cholesky_ex(M[bad])
        return L, info > 0

    def _step(self, primal: Any, dual: Any, gap: Any) -> None:
        """Take one predictor and corrector step."""
        torch = self.torch
        B, m, r = len(self.x), self.m, self.r
        blocks = ((self.mu / self.s * self.cone) @ self.products).reshape(B, m, r, r)
        M = self.P.clone()
        M.diagonal(dim1=1, dim2=2).add_(self.base[:, None])
        inner = M[:, : m * r, : m * r].unflatten(2, (m, r)).unflatten(1, (m, r))
        inner.diagonal(dim1=1, dim2=3).add_(blocks.permute(0, 2, 3, 1))
        L, no_factor = self._factor(M)
        tau = gap / self.count.clamp_min(1.0)
        extra = torch.zeros_like(self.s)
        for corrector in (False, True):
            target = self.s * self.mu + extra
            right = self._pull(-self.sides * (target + self.mu * primal) / self.s) - dual
            step = torch.cholesky_solve(right[:, :, None], L)[:, :, 0]
            step_s = (self.sides * self._heights(step) + primal) * self.cone
            step_mu = -(target + self.mu * step_s) / self.s * self.cone
            shrink = torch.ones_like(gap)
            if self.s.numel():
                fall = torch.maximum((-step_s / self.s).amax(dim=(1, 2)), (-step_mu / self.mu).amax(dim=(1, 2)))
                shrink = fall.clamp_min(1.0)
            along = 1.0 / shrink
            if not corrector:
                wide = along[:, None, None]
                after = ((self.s + wide * step_s) * (self.mu + wide * step_mu) * self.cone).sum(dim=(1, 2))
                ratio = torch.where(gap > 0, after / gap.clamp_min(1e-300), torch.zeros_like(gap))
                extra = (step_s * step_mu - (ratio**3 * tau)[:, None, None]) * self.cone
        along = torch.where(shrink > 1.0, STEP * along, along)
        self.last = torch.where(no_factor, torch.zeros_like(along), along)
        along = self.last
        self.x = self.x + along[:, None] * step.nan_to_num()
        self.s = self.s + along[:, None, None] * step_s.nan_to_num()
        self.mu = self.mu + along[:, None, None] * step_mu.nan_to_num()
