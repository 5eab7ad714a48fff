"""Basin programs with weight decay, for any convex differentiable loss, each with a bound on what is left to gain."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION, Tolerances
from ..problem.losses import LogisticLoss, Loss, able
from ..problem.losses.curvatures import curvature
from .decayed_basin_kernel import basin_point, in_own_units
from .decayed_face import face_bases, face_newton, pull
from .decayed_gap_kernel import LOGISTIC, OTHER, SQUARED, gap_at
from .decayed_other import other_point
from .decayed_slopes import moved_gap

# most steps, steps without a gain, share of the way to a border, least share of the parameter to aim at, and from how
# many times the largest pull the decay falls, 0 where it does not: the next where one ends too early
PACES = ((100, 12, 0.995, DEFAULT.decayed_centring, 0.0), (300, 60, 0.7, 0.1, 2.0), (1000, 200, 0.4, 0.4, 2.0))


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
        kept = np.asarray(u, dtype=float).take(self._kept, axis=-1)
        return np.sqrt((kept * kept).sum(axis=-1))

    @cached_property
    def _kept(self) -> np.ndarray:
        """Numbers of the penalised coordinates."""
        return np.flatnonzero(self.penalised)

    @cached_property
    def shares(self) -> np.ndarray:
        """(d,) 1.0 where a coordinate is penalised, 0.0 elsewhere."""
        return np.where(self.penalised, 1.0, 0.0)

    @cached_property
    def floats(self) -> tuple[float, float]:
        """The weights of the norms and of c^2 / 2."""
        return float(self.lam), float(self.kappa)


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
    """The data of all programs in units of size 1.

    `first` holds a sample of each hyperplane, and `side` the side of the normal on which it lies; a multiplier of 1 is
    `of_multiplier` of the data's, whose samples are `raw`, whose targets, or labels -1 and 1, are `targets`.
    """

    X: np.ndarray
    y: np.ndarray
    C: np.ndarray
    first: np.ndarray
    side: np.ndarray
    of_multiplier: np.ndarray
    raw: np.ndarray
    targets: np.ndarray
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
class _Program:
    """One program in units of size 1: features G (m, n, d), columns of cones C (m, d, k), penalised pen (m, d)."""

    G: np.ndarray
    C: np.ndarray
    pen: np.ndarray
    lam: float
    kappa: float
    has_c: bool

    @cached_property
    def F(self) -> np.ndarray:
        """(n, m d + 1) features of all units, and the constant's."""
        m, n, d = self.G.shape
        out = np.full((n, m * d + 1), float(self.has_c))
        out[:, :-1] = self.G.transpose(1, 0, 2).reshape(n, m * d)
        return out

    def gap(self, at: _Units, e: np.ndarray, x: np.ndarray, z: np.ndarray, enough: float) -> float:
        """Return how far a point with multipliers and slopes e is from the lowest, up to rounding.

        Where that is more than `enough`, its slopes are moved.
        """
        m, d, k = self.C.shape
        units = np.full(m, k), self.pen, np.arange(m), np.arange(m + 1) * d
        scratch = np.zeros(m * d + 1), np.zeros(m * d + 1), np.zeros((m, k))
        loss = float(np.sum(at.loss.value(self.F @ x, at.y)))
        rest = self.lam, self.kappa, self.has_c, x, z
        gap = float(gap_at(at.kind, at.y, self.F, e, loss, self.C, *units, *rest, *scratch))
        return gap if gap <= enough else min(gap, moved_gap(self, at, x, z))


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
        X, y, C = np.ascontiguousarray(self.X / chi), np.array(y, dtype=float), np.ascontiguousarray(C / sizes[:, None])
        side = np.asarray(self.side, dtype=float)[first]
        raw = np.array(self.X, dtype=float, order="C")
        targets = np.array(y if kind == LOGISTIC else self.y, dtype=float)
        of_multiplier = chi * unit / gamma / sizes
        return _Units(X, y, C, first, side, of_multiplier, raw, targets, chi, gamma, unit, kind, loss, decay)

    def sides(self, pattern: np.ndarray) -> np.ndarray:
        """Return the side (m, k) of every hyperplane, -1.0 or 1.0."""
        at = self._scaled
        return np.where(pattern.take(at.first, axis=1), at.side, -at.side)

    def solve(self, pattern: np.ndarray, signs: np.ndarray, sharp: bool = False) -> DecayedPoint:
        """Return the lowest point of the closed basin of a pattern (m, n) and signs (m,).

        With `sharp` Newton's method on its face follows in any case, for slopes with all their digits.
        """
        at, picks = self._scaled, self._states(pattern, signs)
        on, sign = pattern.take(picks, axis=0), np.asarray(signs, dtype=float).take(picks)
        m, d = len(picks), at.X.shape[1]
        if at.kind == OTHER:
            result = self._other(on, sign)
        elif at.zero == 0:  # nothing is lower than the zero network
            result = np.zeros(m * d + 1), np.zeros((m, len(at.C))), 0.0
        else:
            result = self._interior(on, sign)
        if sharp or not result[2] <= self.tolerances.kkt * at.zero:
            result = self._sharpened(on, sign, *result, sharp)
        return self._told(pattern, signs, picks, on, sign, *result)

    def _told(
        self, pattern: np.ndarray, signs: np.ndarray, picks: np.ndarray, on: np.ndarray, sign: np.ndarray,
        x: np.ndarray, z: np.ndarray, gap: float,
    ) -> DecayedPoint:  # fmt: skip
        """Return the point of live units in the units of the data."""
        at, m = self._scaled, len(pattern)
        n, d = at.X.shape
        weights, multipliers, f, e = np.zeros((m, d)), np.zeros((m, len(at.C))), np.zeros(n), np.zeros(n)
        c, of = float(x[-1]) * at.gamma, (at.gamma / at.chi, at.gamma, at.of_multiplier)
        if at.kind == OTHER:
            weights[picks] = x[:-1].reshape(-1, d) * of[0]
            multipliers[picks] = z * of[2]
            return self.point(pattern, signs, weights, c, multipliers, gap * at.unit)
        tables = on, sign, picks, at.raw, at.targets, at.kind, self.decay.shares, *self.decay.floats
        value = in_own_units(*tables, x, z, *of, weights, multipliers, f, e)
        return DecayedPoint(float(value), gap * at.unit, weights, c, f, e, multipliers)

    def _program(self, on: np.ndarray, sign: np.ndarray) -> _Program:
        """Return the tables of a program of live units, each of another state."""
        at, decay = self._scaled, self._scaled.decay
        features = (on * sign[:, None])[:, :, None] * at.X
        cones = np.ascontiguousarray(self.sides(on)[:, None, :] * at.C.T)
        pen = np.ones((len(on), 1)) * decay.shares
        return _Program(features, cones, pen, decay.lam, decay.kappa, decay.has_constant)

    def _interior(self, on: np.ndarray, sign: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return the point (m d + 1,), multipliers (m, k) and gap of the compiled interior point."""
        at = self._scaled
        (lam, kappa), has_c = at.decay.floats, at.decay.has_constant
        tables = on, sign, at.X, at.C, at.first, at.side, at.decay.shares, at.y, at.kind, lam, kappa, has_c
        (m, d), k = (len(on), at.X.shape[1]), len(at.C)
        best = np.zeros(m * d + 1), np.zeros((m, k)), np.inf
        for pace in PACES:
            gap, point, z = np.zeros(1), np.zeros((1, m + 1, d)), np.zeros((1, m, k))
            basin_point(*tables, self._start, self.tolerances.interior_gap, *pace, gap, point, z)
            if gap[0] < best[2]:
                best = point.reshape(-1)[: m * d + 1], z[0], float(gap[0])
            if best[2] <= self.tolerances.kkt * at.zero:
                break
        return best

    def _other(self, on: np.ndarray, sign: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        """Return the same by the interior point for any loss."""
        at, program = self._scaled, self._program(on, sign)
        tables = program.F, at.y, program.C, program.pen, program.lam, program.kappa, program.has_c
        rest = at.loss, self._start, self.tolerances.interior_gap, self.tolerances
        result = other_point(*tables, *rest, 0.0)
        if not result[2] <= self.tolerances.kkt * at.zero:
            result = min(result, other_point(*tables, *rest, 2.0), key=lambda r: r[2])
        return result

    def _sharpened(
        self, on: np.ndarray, sign: np.ndarray, x: np.ndarray, z: np.ndarray, gap: float, sharp: bool
    ) -> tuple[np.ndarray, np.ndarray, float]:
        """Return a point whose gap was too large, or which is to have all its digits, with a smaller gap."""
        at, program = self._scaled, self._program(on, sign)
        if not gap <= self.tolerances.kkt * at.zero:
            gap = min(gap, moved_gap(program, at, x, z))
        if not sharp and gap <= self.tolerances.kkt * at.zero:
            return x, z, gap
        enough = MACHINE_PRECISION * self.tolerances.rank if sharp else self.tolerances.kkt
        return self._polish(on, sign, self.sides(on), program, x, z, gap, enough * at.zero)

    def _polish(
        self, on: np.ndarray, sign: np.ndarray, o: np.ndarray, program: _Program, x: np.ndarray, z: np.ndarray,
        least: float, enough: float,
    ) -> tuple[np.ndarray, np.ndarray, float]:  # fmt: skip
        """Return the point sharpened on its face, as multipliers and slacks show it, until its gap is small enough."""
        at = self._scaled
        X, y, C, loss, decay = at.X, at.y, at.C, at.loss, at.decay
        pen, lam = decay.penalised, float(decay.lam)
        u, start = x[:-1].reshape(len(on), X.shape[1]), float(x[-1])
        norms, best = decay.norms(u), (x, z, least)

        def bend(f: np.ndarray, y: np.ndarray) -> np.ndarray:
            return curvature(loss, f, y, self.tolerances)

        guesses: set[bytes] = set()
        for width in self.tolerances.kink_widths:
            live = norms > width * max(at.zero / lam, np.finfo(float).tiny)
            heights, size = o * (u @ C.T), np.linalg.norm(u, axis=1)[:, None]
            kinks = (heights <= width * size) | (heights * lam < z * size * width)
            guess = kinks[live].tobytes() + live.tobytes()
            if guess in guesses:
                continue
            guesses.add(guess)
            bases = face_bases(C, kinks, live)
            w, c = face_newton(X, y, on, sign, bases, decay, loss, bend, u * live[:, None], start)
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
            there = np.append(w, c)
            gap = program.gap(at, e, there, multipliers, enough)
            if gap < best[2]:
                best = there, multipliers, gap
            if best[2] <= enough:
                break
        return best

    def point(
        self, pattern: np.ndarray, signs: np.ndarray, u: np.ndarray, c: float, multipliers: np.ndarray, gap: float
    ) -> DecayedPoint:
        """Return weights as a point with its value."""
        heights = np.where(pattern, u @ self.X.T, 0.0)
        f = np.asarray(signs, dtype=float) @ heights + c
        y = np.asarray(self.y, dtype=float)
        lam, kappa = self.decay.floats
        value = (
            float(np.asarray(self.loss.value(f, y)).sum()) + lam * float(self.decay.norms(u).sum()) + kappa * c * c / 2
        )
        return DecayedPoint(value, gap, u, c, f, np.asarray(self.loss.gradient(f, y), dtype=float), multipliers)

    def _states(self, pattern: np.ndarray, signs: np.ndarray) -> np.ndarray:
        """Return one live unit of each state."""
        rows, width = np.asarray(pattern, dtype=bool).tobytes(), pattern.shape[1]
        first: dict[tuple[bytes, bool], int] = {}
        for j, up in enumerate((np.asarray(signs) > 0).tolist()):
            row = rows[j * width : (j + 1) * width]
            if 1 in row:
                first.setdefault((row, up), j)
        return np.array(list(first.values()), dtype=np.int64)

    @cached_property
    def _start(self) -> float:
        """A constant to begin with: the mean of the targets where that is what the loss wants."""
        y, kappa = self._scaled.y, self._scaled.decay.kappa
        if not self.decay.has_constant or not able(self.loss, "quadratic") or not len(y):
            return 0.0
        return float(np.sum(y) / (len(y) + kappa / 2))
