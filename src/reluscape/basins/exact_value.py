"""Basin values of the squared loss as fractions: floats propose the rays, rational arithmetic decides and proves."""

from __future__ import annotations

import math
import time
from fractions import Fraction
from typing import Any

import numpy as np

from ..certificates import fraction_text, fraction_texts, new
from ..errors import InputError, TooLarge
from ..numbers import exact
from ..numbers.checks import readonly
from ..problem.data import Dataset
from ..solvers.exact_cone import Cone, primitive
from ..solvers.quadratic import BasinPrograms
from .rays import Cell
from .result import Basin

LARGEST = 4000
ROUNDING_BITS = 40

# a unit, a float point of its cell, and the samples on whose hyperplanes it seems to lie
Guess = tuple[int, np.ndarray, np.ndarray]


class ExactBasin:
    """The basin program in integers: generators v_jo A_ji <ray, x_i> of the predictions, X and y times a denominator.

    Weights w_j lie in the closed cell of their pattern; an output weight counts up to a positive factor.

    Args:
        data: samples.
        targets: (n, k) fractions.
        A: (m, n) pattern, False on zero rows.
        V: (m, k) output weights as fractions; (m, 1) signs for one output.
        output_bias: True adds the constant predictions.
        deadline: `time.monotonic()` after which to give up, or None.
    """

    def __init__(
        self,
        data: Dataset,
        targets: np.ndarray,
        A: np.ndarray,
        V: np.ndarray,
        output_bias: bool,
        deadline: float | None = None,
    ) -> None:
        self.data, self.A, self.output_bias, self.deadline = data, A, output_bias, deadline
        self.k = V.shape[1]
        self.columns = list(exact.pivot_columns(data.rows)) if data.n else []
        r = len(self.columns)
        flat = targets.T.reshape(-1).tolist()
        values = [*data.fractions[:, self.columns].reshape(-1), *flat]
        self.scale = math.lcm(1, *(v.denominator for v in values))
        self.X = [[int(v * self.scale) for v in row] for row in data.fractions[:, self.columns]]
        self.y = [int(v * self.scale) for v in flat]
        self.nonzero = [i for i in range(data.n) if i not in set(data.zero_rows)]
        self.primitive_rows = {i: primitive(self.X[i]) for i in self.nonzero}
        self.r = r
        self.V, self.size = _directions(V)
        self.units: list[int] = []
        self.first: dict[tuple[bytes, tuple[int, ...]], int] = {}
        for j in range(len(A)):
            key = self._key(j)
            if self._alive(j) and key not in self.first:
                self.first[key] = j
                self.units.append(j)
        self.cells = {j: self._cell(j) for j in self.units}
        self.cone = Cone(self.y, self.check_time)
        self.made: dict[int, tuple[int, list[Fraction]]] = {}  # generator -> (unit, ray), -1 - o for output bias o

    def check_time(self) -> None:
        """Raise TooLarge after the deadline."""
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise TooLarge("the exact basin value was not found within time_limit; give more seconds or fewer units")

    def _key(self, j: int) -> tuple[bytes, tuple[int, ...]]:
        return self.A[j].tobytes(), tuple(self.V[j])

    def _alive(self, j: int) -> bool:
        return bool(self.A[j].any()) and any(self.V[j])

    def _cell(self, j: int) -> Cell:
        rows, distinct = [], set()
        for i in self.nonzero:
            row = tuple(self.primitive_rows[i] if self.A[j, i] else [-v for v in self.primitive_rows[i]])
            if row not in distinct:
                distinct.add(row)
                rows.append(list(row))
        return Cell(rows, self.r)

    def add_ray(self, j: int, ray: list[int]) -> int:
        """Add the predictions v_jo A_ji <w, x_i> of a ray w of unit j's cell."""
        heights = [
            sum(map(int.__mul__, ray, self.X[i])) if active else 0 for i, active in enumerate(self.A[j].tolist())
        ]
        features = [v * h for v in self.V[j] for h in heights]
        divisor = math.gcd(*features) or 1
        number = self.cone.add([v // divisor for v in features])
        if number not in self.made:
            self.made[number] = (j, [Fraction(v, divisor) for v in ray])
        return number

    def propose(self, guesses: list[Guess]) -> list[int]:
        """Return the generators that a float solution uses: each unit's point, put on its face and split into rays."""
        start = []
        if self.output_bias:
            n = self.data.n
            for o in range(self.k):
                for s in (1, -1):
                    number = self.cone.add([0] * (o * n) + [s] * n + [0] * ((self.k - 1 - o) * n))
                    self.made[number] = (-1 - o, [Fraction(s)])
        for j, z, tight in guesses:
            w = self._on_face(j, z, tight)
            if w is not None:
                start += [self.add_ray(j, ray) for ray in self.cells[j].decompose(w)]
        return self._float_support(start)

    def _on_face(self, j: int, point: np.ndarray, tight: np.ndarray) -> list[int] | None:
        """Return an integer point of unit j's cell near a float one, exactly on the face it points to."""
        cell = self.cells[j]
        features = self.data.X[:, self.columns]
        z = np.linalg.lstsq(features, self.data.X @ point, rcond=None)[0]
        face = (
            cell.null_vectors([self.primitive_rows[i] for i in tight])
            if len(tight)
            else [[int(c == b) for c in range(self.r)] for b in range(self.r)]
        )
        w = _rounded(face, z)
        return w if w is not None and any(w) and min(cell.heights(w)) >= 0 else None

    def _float_support(self, candidates: list[int]) -> list[int]:
        """Return the candidates that floats give a positive weight."""
        from scipy.optimize import nnls

        pool = list(dict.fromkeys(candidates + [g for g, (j, _) in self.made.items() if j < 0]))
        if not pool or not any(self.y):
            return []
        G = np.array([self.cone._floats[g] for g in pool]).T
        top = max(map(abs, self.y))
        try:
            weights, _ = nnls(G, np.array([v / top for v in self.y]))
        except RuntimeError:
            return pool
        return [g for g, w in zip(pool, weights, strict=True) if w > 0]

    def solve(self, guesses: list[Guess]) -> tuple[Fraction, np.ndarray, list[Fraction], list[dict[int, Fraction]]]:
        """Return the value, W (m, d), c (k,), and per unit the multipliers {sample: value} of its cone."""
        start = self.propose(guesses)
        while True:
            projection = self.cone.nearest(start)
            multipliers: list[dict[int, Fraction]] = [{} for _ in self.A]
            progress = False
            for j in self.units:
                self.check_time()
                proof, ray = self._price(j, projection.residual)
                if ray is not None:
                    self.add_ray(j, ray)
                    progress = True
                elif not progress:
                    multipliers[j] = {i: v / (projection.denominator * self.scale) for i, v in proof.items()}
            if not progress:
                break
            start = list(projection.weights)
        total = sum(v * v for v in projection.residual)
        n = self.data.n
        value = Fraction(total, projection.denominator**2 * self.scale**2 * max(n, 1))
        W = np.full((len(self.A), self.data.d), Fraction(0), dtype=object)
        c = [Fraction(0)] * self.k
        for g, weight in projection.weights.items():
            j, vector = self.made[g]
            w = exact.to_fraction(weight)
            if j < 0:
                c[-1 - j] += w * vector[0] / self.scale
                continue
            for column, v in zip(self.columns, vector, strict=True):
                W[j, column] += w * v / self.size[j]
        for j in range(len(self.A)):
            if self._alive(j):
                first = self.first[self._key(j)]
                if first != j:
                    multipliers[j] = {i: v * self.size[j] for i, v in multipliers[first].items()}
        for j in self.units:
            multipliers[j] = {i: v * self.size[j] for i, v in multipliers[j].items()}
        return value, W, c, multipliers

    def _price(self, j: int, residual: list[int]) -> tuple[dict[int, Fraction], list[int] | None]:
        """Return multipliers that prove unit j cannot help, or a ray of its cell that does.

        With h = sum_io v_jo A_ji residual_io x_i, either h = -sum_i lambda_i s_i x_i with lambda >= 0, or the
        projection of h on the cell has a positive product with h.
        """
        n = self.data.n
        h = [0] * self.r
        for i in np.flatnonzero(self.A[j]).tolist():
            factor = sum(v * residual[o * n + i] for o, v in enumerate(self.V[j]))
            h = [a + factor * b for a, b in zip(h, self.X[i], strict=True)]
        cell = self.cells[j]
        if not any(h):
            return {}, None
        polar = Cone([-v for v in h], self.check_time)
        for row in cell.rows:
            polar.add(row)
        projection = polar.nearest(_guess(cell.rows, h))
        if any(projection.residual):
            return {}, cell.extreme_ray(primitive([-v for v in projection.residual]), h)
        where: dict[tuple[int, ...], int] = {}
        for i in self.nonzero:
            sign = 1 if self.A[j, i] else -1
            where.setdefault(tuple(sign * v for v in self.primitive_rows[i]), i)
        proof = {}
        for g, weight in projection.weights.items():
            i = where[tuple(polar.generators[g])]
            divisor = math.gcd(*self.X[i])
            proof[i] = exact.to_fraction(weight) / divisor
        return proof, None


def _guess(rows: list[list[int]], h: list[int]) -> list[int]:
    """Return the rows that floats use to write -h as a non-negative combination."""
    from scipy.optimize import nnls

    top = max(map(abs, h))
    S = np.array([[v / (max(map(abs, row)) or 1) for v in row] for row in rows])
    S /= np.linalg.norm(S, axis=1, keepdims=True)
    try:
        weights, _ = nnls(S.T, np.array([-v / top for v in h]))
    except RuntimeError:
        return []
    return [i for i, w in enumerate(weights) if w > 0]


def _rounded(face: list[list[int]], z: np.ndarray) -> list[int] | None:
    """Return an integer point of the span of the face's vectors near a multiple of z."""
    if not face or not np.isfinite(z).all():
        return None
    top = max(abs(v) for vector in face for v in vector)
    basis = np.array([[v / top for v in vector] for vector in face])
    coefficients = np.linalg.lstsq(basis.T, z, rcond=None)[0]
    largest = float(np.abs(coefficients).max(initial=0.0))
    if not largest > 0:
        return None
    integers = [round(float(v / largest) * 2.0**ROUNDING_BITS) for v in coefficients]
    return primitive([sum(a * vector[c] for a, vector in zip(integers, face, strict=True)) for c in range(len(z))])


def _directions(V: np.ndarray) -> tuple[list[list[int]], list[Fraction]]:
    """Return output weights as primitive integer rows, and the positive factors that make them again."""
    rows, factors = [], []
    for row in V:
        scale = math.lcm(1, *(v.denominator for v in row))
        integers = [int(v * scale) for v in row]
        divisor = math.gcd(*integers) or 1
        rows.append([v // divisor for v in integers])
        factors.append(Fraction(divisor, scale))
    return rows, factors


def deadline_of(time_limit: float | None, variables: int) -> float | None:
    """Return the moment after which an exact value is given up.

    Raises:
        TooLarge: no limit given, and more than 4,000 variables.
        InputError: a limit that is no positive number.
    """
    if time_limit is not None:
        if not time_limit > 0:
            raise InputError(f"time_limit is {time_limit!r}; it is a positive number of seconds")
        return time.monotonic() + float(time_limit)
    if variables > LARGEST:
        raise TooLarge(
            f"an exact basin value with {variables} variables; {LARGEST} are tried without time_limit, "
            "give time_limit (seconds) or fewer units",
            variables,
        )
    return None


def exact_basin(
    data: Dataset, A: np.ndarray, signs: np.ndarray, output_bias: bool, time_limit: float | None = None
) -> Basin:
    """Return the basin with its value as a fraction and the certificate that proves it.

    Raises:
        TooLarge: more than 4,000 variables without a time limit, or the time limit ran out.
    """
    deadline = deadline_of(time_limit, len(A) * data.d)
    V = exact.fraction_matrix(np.asarray(signs, dtype=int).reshape(-1, 1).astype(object)) if len(A) else _no_units(1)
    targets = np.asarray(data.y_fractions, dtype=object).reshape(-1, 1)
    program = ExactBasin(data, targets, A, V, output_bias, deadline)
    value, W, (c,), multipliers = program.solve(_guesses(program, signs))
    Z = W * V
    heights = exact.fractions_of(exact.fmpq_matrix(Z) * exact.fmpq_matrix(data.fractions).transpose()) if Z.size else Z
    prediction = [c + sum((heights[j, i] for j in range(len(A)) if A[j, i]), Fraction(0)) for i in range(data.n)]
    claim = {"signs": [int(s) for s in signs]}
    witness = {"Z": fraction_texts(Z), "c": fraction_text(c)}
    return proven(program, "basin-value", data.y_fractions, value, Z, c, prediction, claim, witness, multipliers)


def proven(
    program: ExactBasin,
    kind: str,
    targets: Any,
    value: Fraction,
    Z: np.ndarray,
    c: Any,
    prediction: Any,
    claim: dict[str, Any],
    witness: dict[str, Any],
    multipliers: list[dict[int, Fraction]],
) -> Basin:
    """Return a basin with its value as a fraction; claim and witness get what every such certificate has."""
    data = program.data
    claim = {
        "value": fraction_text(value),
        "patterns": ["".join("1" if bit else "0" for bit in row) for row in program.A],
        **claim,
        "output_bias": bool(program.output_bias),
    }
    witness = {
        **witness,
        "multipliers": [[[i, fraction_text(v)] for i, v in sorted(row.items())] for row in multipliers],
    }
    return Basin(
        value=float(value),
        exact_value=value,
        Z=readonly(Z, dtype=float),
        c=readonly(c, dtype=float) if np.ndim(c) else float(c),
        prediction=readonly(prediction, dtype=float),
        attained=True,
        direction=None,
        residual=0.0,
        gap=0.0,
        kind="certified",
        zero_rows=data.zero_rows,
        certificate=new(kind, data.fractions, targets, claim, witness),
    )


def _no_units(k: int) -> np.ndarray:
    return np.empty((0, k), dtype=object)


def _guesses(program: ExactBasin, signs: np.ndarray) -> list[Guess]:
    """Return points of the cells from a float solution of a program with one output."""
    data = program.data
    programs = BasinPrograms(data, program.output_bias, merge=False)
    space = programs.space
    reduction, members = programs.presolve(program.A[program.units], signs[program.units])
    solution = programs.solve(reduction, prove=False)
    guesses = []
    for a, group in enumerate(members):
        if reduction.codes[a] != 0:
            j = program.units[group[0]]
            guesses.append((j, solution.Z[a] * signs[j], space.sample[space.rows[solution.tight[a]]]))
    return guesses
