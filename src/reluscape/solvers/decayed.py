"""Basin programs with weight decay, for any convex differentiable loss, each with a bound on what is left to gain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.losses import LogisticLoss, Loss, able
from ..problem.losses.curvatures import curvature
from .decayed_face import face_bases, face_newton, pull
from .decayed_kernel import CYCLE, LOGISTIC, SHARES, SQUARED, centring, decayed_point, direction, factored, gap_of, move

STEPS, STALLED = 120, 25
# how many times the rise that curvatures foretell a step may bring, and how often it is halved for that
TRUST, HALVINGS = 3.0, 40
OTHER = -1


@dataclass(frozen=True, eq=False)
class Decay:
    """What weight decay adds to a SUM of losses: lam sum_j |P u_j| + (kappa / 2) c^2 with u_j = |v_j| w_j.

    (lam / 2) (|P w|^2 + v^2) >= lam |P u| with equality where |P w| = |v|.

    Attributes:
        lam: positive; n times the decay beside the mean loss.
        penalised: (d,) bool, the coordinates of w that P keeps.
        constant: "none" (no output bias), "free", or "decayed" (kappa = lam).
    """

    lam: Any
    penalised: np.ndarray
    constant: str

    @property
    def kappa(self) -> Any:
        """What multiplies c^2 / 2."""
        return self.lam if self.constant == "decayed" else 0 * self.lam

    @property
    def has_constant(self) -> bool:
        """Whether there is an output bias."""
        return self.constant != "none"

    def norms(self, u: np.ndarray) -> np.ndarray:
        """Return |P u_j| for each unit, in floats."""
        return np.sqrt((np.asarray(u, dtype=float)[..., self.penalised] ** 2).sum(axis=-1))


@dataclass(frozen=True, eq=False)
class _Scaled(Decay):
    """A decay whose two weights were scaled apart."""

    own_kappa: float = 0.0

    @property
    def kappa(self) -> float:
        """What multiplies c^2 / 2."""
        return self.own_kappa


@dataclass(frozen=True, eq=False)
class _InUnits:
    """A loss whose prediction and value are measured in other units: l(gamma f, y) / unit."""

    loss: Any
    gamma: float
    unit: float

    def value(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the losses."""
        return np.asarray(self.loss.value(self.gamma * f, y), dtype=float) / self.unit

    def gradient(self, f: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the derivatives."""
        return np.asarray(self.loss.gradient(self.gamma * f, y), dtype=float) * (self.gamma / self.unit)


@dataclass(frozen=True, eq=False)
class _Units:
    """The data of all programs in units of size 1; `first` holds a sample of each hyperplane."""

    X: np.ndarray
    y: np.ndarray
    C: np.ndarray
    first: np.ndarray
    sizes: np.ndarray
    chi: float
    gamma: float
    unit: float
    kind: int
    loss: Any
    decay: Decay

    @cached_property
    def zero(self) -> float:
        """The loss of the zero network."""
        return abs(float(np.sum(self.loss.value(np.zeros(len(self.y)), self.y))))


@dataclass(frozen=True, eq=False)
class DecayedPoint:
    """A point of a closed basin and how far it is from the lowest.

    Attributes:
        value: sum of losses plus penalty there.
        gap: value minus a lower bound, up to rounding.
        u: (m, d) weights u_j = |v_j| w_j; 0 for dead and repeated units.
        c: output bias.
        prediction: (n,) predictions.
        slopes: (n,) derivatives of the losses there.
        multipliers: (m, k) of the hyperplanes, at least 0.
    """

    value: float
    gap: float
    u: np.ndarray
    c: float
    prediction: np.ndarray
    slopes: np.ndarray
    multipliers: np.ndarray


@dataclass(frozen=True, eq=False)
class DecayedPrograms:
    """All basin programs of one data set, one loss and one decay.

    Args:
        X: (n, d) samples.
        y: (n,) targets.
        normals: (k, d) one for each hyperplane that some sample defines.
        of_row: (n,) number of each sample's hyperplane, -1 for a zero sample.
        side: (n,) 1 or -1: the sample is a positive or negative multiple of its normal; 0 for a zero sample.
        loss: convex, with value(f, y) and gradient(f, y).
        decay: the penalty.
    """

    X: np.ndarray
    y: np.ndarray
    normals: np.ndarray
    of_row: np.ndarray
    side: np.ndarray
    loss: Loss
    decay: Decay
    tolerances: Tolerances = DEFAULT

    @cached_property
    def _scaled(self) -> _Units:
        """The data in units in which samples, targets and losses are of size 1."""
        lengths = np.linalg.norm(self.X, axis=1)
        chi = float(lengths.max(initial=0.0)) or 1.0
        y, loss = np.asarray(self.y, dtype=float), self.loss
        C = np.asarray(self.normals, dtype=float).reshape(-1, self.X.shape[1])
        sizes = np.linalg.norm(C, axis=1)
        first = np.array([int(np.flatnonzero(self.of_row == r)[0]) for r in range(len(C))], dtype=np.int64)
        kind, gamma, unit = OTHER, 1.0, 1.0
        if isinstance(loss, LogisticLoss):
            kind, y = LOGISTIC, loss._sign(y)
        elif len(y):
            gamma = float(np.sqrt(np.mean(y * y))) or 1.0
            unit = gamma * gamma
            if able(loss, "quadratic"):
                kind, y = SQUARED, y / gamma
            else:
                slope = np.asarray(loss.gradient(np.zeros(len(y)), y), dtype=float)
                unit = gamma * (float(np.sqrt(np.mean(slope * slope))) or 1.0)
                loss = _InUnits(loss, gamma, unit)
        pen = self.decay.penalised
        kappa = float(self.decay.kappa) * gamma * gamma / unit
        decay = _Scaled(float(self.decay.lam) * gamma / (chi * unit), pen, self.decay.constant, kappa)
        # one layout of every array: the kernel is compiled for each
        X, y, C = np.ascontiguousarray(self.X / chi), np.ascontiguousarray(y), np.ascontiguousarray(C / sizes[:, None])
        return _Units(X, y, C, first, sizes, chi, gamma, unit, kind, loss, decay)

    def sides(self, pattern: np.ndarray) -> np.ndarray:
        """Return the side (m, k) of every hyperplane, -1.0 or 1.0."""
        first = self._scaled.first
        return np.ascontiguousarray(np.where(pattern[:, first], 1.0, -1.0) * self.side[first])

    def solve(self, pattern: np.ndarray, signs: np.ndarray, sharp: bool = False) -> DecayedPoint:
        """Return the lowest point of the closed basin of a pattern (m, n) and signs (m,).

        With `sharp` Newton's method on its face follows in any case, for slopes with all their digits.
        """
        at = self._scaled
        kept = self._states(pattern, signs)
        on = np.ascontiguousarray(pattern[kept])
        sign, o = np.asarray(signs, dtype=float)[kept], self.sides(on)
        m, d = len(on), at.X.shape[1]
        u, z, stats = np.zeros((m, d)), np.zeros((m, len(at.C))), np.zeros(4)
        decay, accuracy = at.decay, self.tolerances.interior_gap
        pen = decay.penalised.astype(float)
        stats[2] = self._start(at.y, decay.kappa)
        cell = (at.X, at.y, on, sign, at.C, o, pen, decay.lam, decay.kappa, decay.has_constant)
        if at.kind == OTHER:
            _other(*cell, at.loss, accuracy, u, z, stats, self.tolerances)
        else:
            decayed_point(*cell, at.kind, accuracy, STEPS, u, z, stats)
        if sharp or not stats[1] <= self.tolerances.kkt * at.zero:
            enough = MACHINE_PRECISION * self.tolerances.rank if sharp else self.tolerances.kkt
            self._polish(on, sign, o, u, z, stats, enough * at.zero)
        weights, multipliers = np.zeros((len(pattern), d)), np.zeros((len(pattern), len(at.C)))
        weights[kept] = u * (at.gamma / at.chi)
        multipliers[kept] = z * (at.chi * at.unit / at.gamma) / at.sizes
        return self.point(pattern, signs, weights, stats[2] * at.gamma, multipliers, stats[1] * at.unit)

    def _polish(
        self, on: np.ndarray, sign: np.ndarray, o: np.ndarray, u: np.ndarray, z: np.ndarray, stats: np.ndarray,
        enough: float,
    ) -> None:  # fmt: skip
        """Sharpen a point on its face, as the multipliers and slacks show it, until its gap is small enough."""
        at = self._scaled
        X, y, C, loss, decay = at.X, at.y, at.C, at.loss, at.decay
        pen, lam = decay.penalised, float(decay.lam)
        norms = decay.norms(u)

        def bend(f: np.ndarray, y: np.ndarray) -> np.ndarray:
            return curvature(loss, f, y, self.tolerances)

        tried: set[bytes] = set()
        for width in self.tolerances.kink_widths:
            live = norms > width * max(at.zero / lam, np.finfo(float).tiny)
            heights, size = o * (u @ C.T), np.linalg.norm(u, axis=1)[:, None]
            kinks = (heights <= width * size) | (heights * lam < z * size * width)
            guess = kinks[live].tobytes() + live.tobytes()
            if guess in tried:
                continue
            tried.add(guess)
            bases = face_bases(C, kinks, live)
            w, c = face_newton(X, y, on, sign, bases, decay, loss, bend, u * live[:, None], float(stats[2]))
            f = sign @ np.where(on, w @ X.T, 0.0) + c
            e = np.asarray(loss.gradient(f, y), dtype=float)
            multipliers = np.zeros_like(z)
            for j in range(len(w)):
                g, r = -sign[j] * (X[on[j]].T @ e[on[j]]), float(np.linalg.norm(w[j, pen]))
                if r == 0:
                    multipliers[j] = pull(g, o[j][:, None] * C, pen)[1]
                else:
                    rest = g - np.where(pen, lam * w[j] / r, 0.0)
                    multipliers[j, kinks[j]] = pull(rest, (o[j][:, None] * C)[kinks[j]], pen | True)[1]
            cell = (X, on, sign, C, o, pen.astype(float), lam, float(decay.kappa), decay.has_constant)
            gap = gap_of(*cell, w, multipliers, c, e, float(np.sum(loss.value(f, y))))
            if gap < stats[1]:
                u[:], z[:], stats[1], stats[2] = w, multipliers, gap, c
            if stats[1] <= enough:
                break

    def point(
        self, pattern: np.ndarray, signs: np.ndarray, u: np.ndarray, c: float, multipliers: np.ndarray, gap: float
    ) -> DecayedPoint:
        """Return weights as a point with its value."""
        heights = np.where(pattern, u @ self.X.T, 0.0)
        f = np.asarray(signs, dtype=float) @ heights + c
        y = np.asarray(self.y, dtype=float)
        value = float(np.sum(self.loss.value(f, y))) + float(self.decay.lam) * float(self.decay.norms(u).sum())
        value += float(self.decay.kappa) * c * c / 2
        return DecayedPoint(value, gap, u, c, f, np.asarray(self.loss.gradient(f, y), dtype=float), multipliers)

    def _states(self, pattern: np.ndarray, signs: np.ndarray) -> list[int]:
        """Return one live unit of each state."""
        first: dict[bytes, int] = {}
        for j in range(len(pattern)):
            if pattern[j].any():
                first.setdefault(pattern[j].tobytes() + bytes([int(signs[j] > 0)]), j)
        return list(first.values())

    def _start(self, y: np.ndarray, kappa: float) -> float:
        """Return a constant to begin with: the mean of the targets where that is what the loss wants."""
        if not self.decay.has_constant or not able(self.loss, "quadratic") or not len(y):
            return 0.0
        return float(np.sum(y) / (len(y) + kappa / 2))


def _other(
    X: np.ndarray,
    y: np.ndarray,
    on: np.ndarray,
    sign: np.ndarray,
    C: np.ndarray,
    o: np.ndarray,
    pen: np.ndarray,
    lam: float,
    kappa: float,
    has_c: bool,
    loss: Any,
    accuracy: float,
    u: np.ndarray,
    z: np.ndarray,
    stats: np.ndarray,
    tolerances: Tolerances,
) -> None:
    """Do what `decayed_point` does for a loss that the kernel does not know: slopes over each move give curvatures."""
    m, d = u.shape
    k, n = len(C), len(X)
    z[:] = max(lam, float(np.sqrt(accuracy)))
    nu, c, last, best = float(z.max(initial=max(lam, 1.0))), float(stats[2]), 0, np.inf
    s, p = np.ones((m, k)), np.zeros((m, d))
    M, B = np.zeros((m, d, d)), np.zeros((m, d, d))
    size = m * d + 1 if m * d + 1 <= 2 * n or m * d <= 60 else n
    H = np.zeros((size, size))
    keep = (u.copy(), z.copy(), c)
    ridge = float(np.sqrt(MACHINE_PRECISION))
    scale, reach, pace = None, np.full(n, 1.0), 0
    for it in range(4 * STEPS):
        f = sign @ np.where(on, u @ X.T, 0.0) + c
        e = np.asarray(loss.gradient(f, y), dtype=float)
        rise = np.asarray(loss.gradient(f + reach, y), dtype=float) - np.asarray(
            loss.gradient(f - reach, y), dtype=float
        )
        # a straight stretch is taken to bend within the size of its prediction for as long as steps are that long
        h = np.maximum(rise / (2 * reach), np.minimum(reach / (1.0 + np.abs(f)), 1.0) * np.abs(e) / (1.0 + np.abs(f)))
        h = h + ridge * max(float(h.max(initial=0.0)), ridge)
        total = float(np.sum(loss.value(f, y)))
        gap = gap_of(X, on, sign, C, o, pen, lam, kappa, has_c, u, z, c, e, total)
        scale = abs(total) if scale is None else scale
        if gap < best:
            last = it if gap < best / 2 else last
            best, keep = gap, (u.copy(), z.copy(), c)
        if best <= accuracy * scale or it - last > 4 * STALLED:
            break
        factored(X, on, sign, C, pen, lam, kappa, has_c, u, p, s, z, h, nu, M, B, H)
        du, dp, ds, dz = np.zeros((m, d)), np.zeros((m, d)), np.zeros((m, k)), np.zeros((m, k))
        at = (X, on, sign, C, o, pen, lam, kappa, has_c, u, p, s, z, c, e, h, nu)
        direction(*at, 0.0, 0.0, M, B, H, du, dp, ds, dz)
        target = max(centring(s, z, ds, dz, nu)[1], nu / 100)
        dc = direction(*at, target, 1.0, M, B, H, du, dp, ds, dz)
        pace = max(pace, (it - last) // (4 * CYCLE))
        ahead = sign @ np.where(on, du @ X.T, 0.0) + dc
        short = _trusted(loss, y, f, e, h, ahead)
        for way in (du, dp, ds, dz):
            way *= short
        step = short * move(u, p, s, z, du, dp, ds, dz, lam, SHARES[min(pace, len(SHARES) - 1)])
        c += step * dc
        nu += step * (target - nu)
        moved = np.abs(sign @ np.where(on, u @ X.T, 0.0) + c - f)
        # as far as the step went, or as the shortest that went too far
        moved = np.maximum(moved / 2, 2 * short * np.abs(ahead) if short < 1 else 0.0)
        reach = np.maximum(moved, tolerances.difference_step * (1.0 + np.abs(f)))
    u[:], z[:] = keep[0], keep[1]
    stats[1], stats[2] = best, keep[2]


def _trusted(loss: Any, y: np.ndarray, f: np.ndarray, e: np.ndarray, h: np.ndarray, way: np.ndarray) -> float:
    """Return the share of a step over which the losses' slopes rise no more than a few times what curvatures foretell.

    Where a loss is straight its curvature says nothing about how far that lasts.
    """
    share, foretold = 1.0, float((h * way) @ way)
    for _ in range(HALVINGS):
        risen = float((np.asarray(loss.gradient(f + share * way, y), dtype=float) - e) @ way)
        if not risen > TRUST * share * foretold:
            break
        share /= 2
    return share
