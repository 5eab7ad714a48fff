"""The infimum of a basin with the logistic loss between rational ends, attained or not, with its certificate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor
from typing import Any

import flint
import numpy as np
import scipy.optimize as so
import scipy.sparse as sp

from ..certificates import fraction_text, fraction_texts, new
from ..certificates.logistic_basin import entropies, losses
from ..errors import InputError, ReluscapeError, SolverError
from ..numbers import exact
from ..numbers.checks import readonly
from ..numbers.intervals import precise_intervals
from ..numbers.tolerances import DEFAULT, MACHINE_PRECISION
from ..problem.data import Dataset, check_signs
from ..problem.losses import LogisticLoss
from ..problem.penalties import NONE
from ..problem.problem import Problem, as_problem
from ..solvers.recession import recession_direction
from .patterns import live_pattern
from .result import Basin
from .smooth import SmoothBasins

END_BITS, DENOMINATOR, ROUNDS, HALVINGS = 80, 1 << 24, 60, 40
# sides of a basin times weights up to which its infimum is proved in passing, in about a second
MOST_ENTRIES = 20_000


@dataclass(frozen=True, eq=False)
class Infimum:
    """What was proved of a basin.

    Attributes:
        lower, upper: ends of the infimum of the mean loss.
        Z, c: exact weights z_j = v_j w_j (m, d) and output bias that reach the upper end, far along the direction.
        direction, direction_c: exact direction, 0 where the infimum is attained.
        certificate: the proof.
    """

    lower: Fraction
    upper: Fraction
    Z: np.ndarray
    c: Fraction
    direction: np.ndarray
    direction_c: Fraction
    certificate: dict[str, Any]

    @property
    def attained(self) -> bool:
        """Whether some network has the infimum."""
        return self.direction_c == 0 and not self.direction.any()


def proved_infimum(
    data: Dataset, A: np.ndarray, signs: np.ndarray, loss: LogisticLoss, output_bias: bool, Z: np.ndarray, c: float
) -> Infimum:
    """Return the infimum of the logistic loss in a closed basin between rational ends.

    Samples that some direction of the basin separates strictly without raising another loss tend to loss 0; the rest
    is minimised over what the basin becomes far along that direction, on the face of its sides that are tight. The
    slopes are projected on what their conditions ask, exactly.

    Args:
        data: samples with labels.
        A: (m, n) activations, False on zero samples.
        signs: (m,) output signs.
        loss: "logistic" or "bce".
        output_bias: whether there is an output bias.
        Z: (m, d) weights in floats to begin with.
        c: output bias to begin with.

    Raises:
        SolverError: no exact direction, point or slopes lie beside those in floats.
    """
    program = _Program(data, A, np.asarray(signs).astype(int), loss, output_bias)
    direction = program.direction()
    moves, sides = program.F.dot(direction), program.G.dot(direction)
    at_rest, level_sides = moves == 0, sides == 0
    start = np.append(np.asarray(Z, dtype=float).ravel(), [float(c)] if output_bias else [])
    for width in DEFAULT.kink_widths:
        answer = program.on_face(at_rest, level_sides, start, width)
        if answer is not None:
            return program.told(direction, at_rest, *answer)
    raise SolverError(
        "no exact point and slopes of this basin lie beside those in floats; take basin_value, or standardise the "
        "inputs"
    )


def logistic_infimum(
    X: Any, y: Any, pattern: Any, sign: Any, loss: Any = "logistic", output_bias: bool = False
) -> Basin:
    """Return the basin of one pattern with its infimum of the logistic loss between rational ends, and a certificate.

    inf (1/n) sum_i log(1 + exp(-t_i f_i)), f_i = sum_j A_ji <z_j, x_i> + c, over s_j <z_j, x_i> >= 0 where A_ji is True
    and <= 0 elsewhere, t_i = -1 or 1 the class. Samples that a direction of the basin separates tend to loss 0.

    Args:
        X: (n, d) samples, a `Dataset`, or a `Problem`.
        y: (n,) targets -1 and 1, 0 and 1 for "bce".
        pattern: (m, n) bool, the activation pattern of a cell.
        sign: (m,) -1 or 1, the signs of the output weights.
        loss: "logistic" or "bce".
        output_bias: True adds a free constant c.

    Returns:
        `Basin` with `lower`, `upper` (`Fraction`), `attained`, `direction` and `certificate`; kind "certified".

    Raises:
        InputError: another loss, or targets of no two classes.
        ShapeError: shapes that do not fit.
        SolverError: no exact direction, point or slopes lie beside those in floats.

    Source: Safran and Shamir, Definition 2, with the logistic loss; Fenchel's duality bounds it from below.

    Example:
        >>> basin = logistic_infimum([[1, 0], [0, 1], [1, 0]], [1, 1, -1], [[True, True, True]], [1])
        >>> basin.attained, round(float(basin.lower), 6)
        (False, 0.462098)
    """
    own = isinstance(X, Problem) and loss == "logistic"  # what is not told is the problem's
    problem = as_problem(X, y, loss=X.given_loss if own else loss, output_bias=output_bias)
    if not isinstance(problem.loss, LogisticLoss):
        raise InputError('logistic_infimum needs the loss "logistic" or "bce"')
    data = problem.only(loss=True, output_bias=True)
    A = live_pattern(data, pattern)
    signs = check_signs(sign, len(A))
    begin = SmoothBasins(data, problem.loss, problem.output_bias).solve(A, signs)
    infimum = proved_infimum(data, A, signs, problem.loss, problem.output_bias, begin.Z, begin.c)
    Z, c = np.array(infimum.Z, dtype=float), float(infimum.c)
    return replace(
        begin,
        value=float((infimum.lower + infimum.upper) / 2),
        Z=readonly(Z),
        c=c,
        prediction=readonly((A * (Z @ data.X.T)).sum(axis=0) + c),
        attained=infimum.attained,
        direction=None if infimum.attained else readonly(np.array(infimum.direction, dtype=float)),
        c_direction=None if infimum.attained else float(infimum.direction_c),
        residual=0.0,
        gap=float(infimum.upper - infimum.lower),
        kind="certified",
        certificate=infimum.certificate,
        lower=infimum.lower,
        upper=infimum.upper,
        problem=problem,
    )


def infimum_in_reach(problem: Problem, pattern: np.ndarray, signs: np.ndarray) -> Basin | None:
    """Return the basin with its proved infimum, or None: another loss, a large basin, or no proof beside the floats."""
    m, n = pattern.shape
    plain = isinstance(problem.loss, LogisticLoss) and problem.penalty is NONE and problem.outputs == 1
    if not plain or not n or m * n * (m * problem.data.d + 1) > MOST_ENTRIES:
        return None
    try:
        return logistic_infimum(problem, None, pattern, signs)
    except (ReluscapeError, np.linalg.LinAlgError):
        return None


class _Program:
    """min sum_i log(1 + exp(-t_i (F x)_i)) over G x >= 0, x the weights of all units and the output bias."""

    def __init__(self, data: Dataset, A: np.ndarray, signs: np.ndarray, loss: LogisticLoss, output_bias: bool) -> None:
        self.data, self.A, self.signs, self.loss, self.output_bias = data, A, signs, loss, output_bias
        (m, n), d = A.shape, data.d
        X = data.fractions
        live = [i for i in range(n) if i not in set(data.zero_rows)]
        self.of = [(j, i) for j in range(m) for i in live]
        self.size = m * d + int(output_bias)
        self.F = np.full((n, self.size), Fraction(0), dtype=object)
        self.G = np.full((len(self.of), self.size), Fraction(0), dtype=object)
        for j in range(m):
            self.F[A[j], j * d : (j + 1) * d] = X[A[j]]
        for k, (j, i) in enumerate(self.of):
            self.G[k, j * d : (j + 1) * d] = X[i] * int(signs[j] * (1 if A[j, i] else -1))
        if output_bias:
            self.F[:, -1] = Fraction(1)
        self.labels = np.array([1 if t == 1 else -1 for t in data.y_fractions], dtype=object)
        self.floats = self.F.astype(float), self.G.astype(float), self.labels.astype(float)

    def direction(self) -> np.ndarray:
        """Return an exact direction along which no loss rises, that moves as many predictions as any; 0 without one."""
        F, G, t = self.floats
        none = np.full(self.size, Fraction(0), dtype=object)
        ray = recession_direction(F, sp.csr_matrix(G), t > 0, t < 0)
        if ray is None:
            return none
        small = DEFAULT.recession_move
        moves, sides = t * (F @ ray), G @ ray
        tight = np.concatenate([self.F[np.abs(moves) <= small], self.G[np.abs(sides) <= small]])
        basis = self._basis(tight)
        weights = np.linalg.lstsq(basis.astype(float).T, ray, rcond=None)[0] if len(basis) else np.zeros(0)
        top = float(np.abs(weights).max(initial=0.0)) or 1.0
        way = none + np.array([Fraction(float(v / top)).limit_denominator(DENOMINATOR) for v in weights]).dot(basis)
        if (self.labels * self.F.dot(way) < 0).any() or (self.G.dot(way) < 0).any():
            raise SolverError("no exact direction lies beside the one in floats along which the losses fall")
        return np.asarray(way)

    def _basis(self, rows: np.ndarray) -> np.ndarray:
        """Return exact rows that span where these rows vanish."""
        if not len(rows):
            return exact.fraction_matrix(np.eye(self.size, dtype=int).astype(object))
        return exact.fraction_matrix(exact.nullspace(rows)).reshape(-1, self.size)

    def on_face(
        self, live: np.ndarray, stops: np.ndarray, start: np.ndarray, width: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Return (x, slopes, multipliers of the sides) for one guess of the tight sides, or None.

        Args:
            live: (n,) samples whose losses stay.
            stops: sides that the direction does not leave.
            start: a point in floats.
            width: height, relative to 1 and to sample times weights, up to which a side is tight.
        """
        F, G, t = self.floats
        x, tight, size = start, np.zeros(len(stops), dtype=bool), float(np.abs(F).max(initial=0.0))
        for _ in range(len(stops) + 1):  # sides that the minimiser of a face lies on are tight too
            sizes = 1.0 + np.linalg.norm(G, axis=1) * np.linalg.norm(x)  # losses bend over a height of 1
            wider = tight | (stops & (G @ x <= width * sizes))
            if x is not start and (wider == tight).all():
                break
            tight = wider
            basis = self._basis(self.G[tight])
            Q = np.linalg.qr(basis.astype(float).T)[0].T if len(basis) else np.zeros((0, self.size))
            x = self._newton(F[live] @ Q.T, t[live], Q @ start, size) @ Q if len(Q) else np.zeros(self.size)
        numbers = np.linalg.lstsq(basis.astype(float).T, x, rcond=None)[0] if len(basis) else np.zeros(0)
        point = np.full(self.size, Fraction(0), dtype=object)
        if len(basis):
            point = point + np.array([Fraction(float(v)) for v in numbers], dtype=object).dot(basis)
        if (self.G[stops].dot(point) < 0).any():
            return None
        f = np.array(self.F.dot(point), dtype=float)
        nu = np.where(live, self.loss.gradient(f, np.asarray(self.data.y, dtype=float)), 0.0)
        pair = self._balanced(nu, live, tight)
        return None if pair is None else (point, *pair)

    @staticmethod
    def _newton(F: np.ndarray, t: np.ndarray, x: np.ndarray, size: float) -> np.ndarray:
        """Return the minimiser of the losses of features F, numbers up to `size`, from a point near it."""

        def value(x: np.ndarray) -> float:
            return float(np.logaddexp(0.0, -t * (F @ x)).sum())

        now = value(x)
        for _ in range(ROUNDS):
            f = F @ x
            p = np.exp(-np.logaddexp(0.0, t * f))
            bends, ways = np.linalg.eigh(F.T @ ((p * (1 - p))[:, None] * F))
            has_bend = bends > len(x) * MACHINE_PRECISION * size * size  # elsewhere the losses are level
            step = ways[:, has_bend] @ ((ways.T @ (F.T @ (t * p)))[has_bend] / bends[has_bend])
            share = 1.0
            for _ in range(HALVINGS):
                ahead = value(x + share * step)
                if ahead <= now:
                    break
                share /= 2
            else:
                break
            x = x + share * step
            if not ahead < now and np.linalg.norm(step) <= MACHINE_PRECISION * (1 + np.linalg.norm(x)):
                break
            now = ahead
        return x

    def _balanced(self, nu: np.ndarray, live: np.ndarray, tight: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
        """Return exact slopes and multipliers beside floats with F^T nu = G^T z, z >= 0, nu of the loss; or None."""
        F, G, _ = self.floats
        rows = np.flatnonzero(tight)
        scale = float(np.abs(nu).max(initial=0.0)) or 1.0
        z = so.nnls(G[rows].T, F.T @ nu / scale, maxiter=50 * len(rows) + 100)[0] * scale if len(rows) else np.zeros(0)
        support = rows[z > DEFAULT.decayed_tight * float(z.max(initial=0.0))]
        number = dict(zip(rows.tolist(), z.tolist(), strict=True))
        samples = np.flatnonzero(live)
        E = np.concatenate([self.F[samples], -self.G[support]]).T  # (size, samples and sides)
        guess = [Fraction(float(nu[i])) for i in samples] + [Fraction(number[int(r)]) for r in support]
        values = np.array(guess, dtype=object)
        if len(guess) and self.size:
            pivots = list(exact.pivot_columns(E.T))
            E = E[pivots]
            if pivots:
                y = exact.solve(E.dot(E.T), E.dot(values))
                if y is None:
                    return None
                values = values - E.T.dot(np.array(y, dtype=object))
        slopes, multipliers = np.full(len(nu), Fraction(0), dtype=object), np.full(len(G), Fraction(0), dtype=object)
        slopes[samples], multipliers[support] = values[: len(samples)], values[len(samples) :]
        alpha = -self.labels * slopes
        inside = (alpha >= 0).all() and (alpha <= 1).all() and (multipliers >= 0).all()
        return (slopes, multipliers) if inside else None

    def told(
        self, direction: np.ndarray, live: np.ndarray, point: np.ndarray, slopes: np.ndarray, multipliers: np.ndarray
    ) -> Infimum:
        """Return both ends with the certificate."""
        n, d, m = max(self.data.n, 1), self.data.d, len(self.A)
        f = self.F.dot(point) if self.size else np.full(self.data.n, Fraction(0), dtype=object)
        with precise_intervals():
            above = _fraction(losses([t * v for t, v, k in zip(self.labels, f, live, strict=True) if k]).upper())
            below = _fraction(entropies(list(-self.labels * slopes)).lower())
        unit = 1 << END_BITS
        upper, lower = Fraction(ceil(above / n * unit), unit), max(Fraction(floor(below / n * unit), unit), Fraction(0))
        parts = [point[: m * d].reshape(m, d), direction[: m * d].reshape(m, d)]
        c, dc = (point[-1], direction[-1]) if self.output_bias else (Fraction(0), Fraction(0))
        entries: list[list[list[Any]]] = [[] for _ in range(m)]
        for (j, i), number in zip(self.of, multipliers, strict=True):
            if number:
                entries[j].append([i, fraction_text(number)])
        claim = {
            "lower": fraction_text(lower),
            "upper": fraction_text(upper),
            "patterns": ["".join("01"[int(v)] for v in row) for row in self.A],
            "signs": [int(s) for s in self.signs],
            "output_bias": self.output_bias,
        }
        witness = {
            "Z": fraction_texts(parts[0]),
            "c": fraction_text(c),
            "direction": fraction_texts(parts[1]),
            "direction_c": fraction_text(dc),
            "slopes": fraction_texts(slopes),
            "multipliers": entries,
        }
        data = self.data
        proof = new("logistic-basin-value", data.fractions, data.y_fractions, claim, witness, self.loss.name)
        return Infimum(lower, upper, parts[0], c, parts[1], dc, proof)


def _fraction(value: Any) -> Fraction:
    """Return an exact end of a ball as a fraction."""
    mantissa, exponent = flint.arb(value).man_exp()
    return Fraction(int(mantissa)) * (Fraction(2) ** int(exponent))
