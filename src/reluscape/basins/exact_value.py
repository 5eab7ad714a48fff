"""Basin values of the squared loss as fractions: floats propose the rays, rational arithmetic decides and proves."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from .. import exact
from ..certificates import fraction_text, fraction_texts, new
from ..data import Dataset, readonly
from ..errors import TooLarge
from ..solvers.exact_cone import Cone, primitive
from ..solvers.quadratic import BasinPrograms
from .rays import Cell
from .result import Basin

LARGEST = 4000
ROUNDING_BITS = 40


class ExactBasin:
    """The basin program in integers: generators A_j (X ray) of the predictions, X and y times a common denominator.

    Args:
        data: samples with targets.
        A: (m, n) pattern, False on zero rows.
        signs: (m,) -1 or 1.
        output_bias: True adds the line of constant predictions.
    """

    def __init__(self, data: Dataset, A: np.ndarray, signs: np.ndarray, output_bias: bool) -> None:
        self.data, self.A, self.signs, self.output_bias = data, A, signs, output_bias
        self.columns = list(exact.pivot_columns(data.fractions)) if data.n else []
        r = len(self.columns)
        targets = np.asarray(data.y_fractions, dtype=object)
        values = [*data.fractions[:, self.columns].reshape(-1), *targets]
        self.scale = math.lcm(1, *(v.denominator for v in values))
        self.X = [[int(v * self.scale) for v in row] for row in data.fractions[:, self.columns]]
        self.y = [int(v * self.scale) for v in targets]
        self.nonzero = [i for i in range(data.n) if i not in set(data.zero_rows)]
        self.primitive_rows = {i: primitive(self.X[i]) for i in self.nonzero}
        self.r = r
        self.units: list[int] = []
        self.first: dict[tuple[bytes, int], int] = {}
        for j in range(len(A)):
            key = (A[j].tobytes(), int(signs[j]))
            if A[j].any() and key not in self.first:
                self.first[key] = j
                self.units.append(j)
        self.cells = {j: self._cell(j) for j in self.units}
        self.cone = Cone(self.y)
        self.made: dict[int, tuple[int, list[Fraction]]] = {}  # generator -> (unit, ray), unit -1 for the bias

    def _cell(self, j: int) -> Cell:
        rows, seen = [], set()
        for i in self.nonzero:
            row = tuple(self.primitive_rows[i] if self.A[j, i] else [-v for v in self.primitive_rows[i]])
            if row not in seen:
                seen.add(row)
                rows.append(list(row))
        return Cell(rows, self.r)

    def add_ray(self, j: int, ray: list[int]) -> int:
        """Add the predictions of a ray w of unit j's cell: s_j A_ji <w, x_i>."""
        s = int(self.signs[j])
        features = [
            s * sum(map(int.__mul__, ray, self.X[i])) if active else 0 for i, active in enumerate(self.A[j].tolist())
        ]
        divisor = math.gcd(*features) or 1
        number = self.cone.add([v // divisor for v in features])
        if number not in self.made:
            self.made[number] = (j, [Fraction(v, divisor) for v in ray])
        return number

    def propose(self) -> list[int]:
        """Return the generators that a float solution uses: each unit's point, put on its face and split into rays."""
        start = []
        if self.output_bias:
            for s in (1, -1):
                number = self.cone.add([s] * self.data.n)
                self.made[number] = (-1, [Fraction(s)])
        for j, w in self._float_points().items():
            for ray in self.cells[j].decompose(w):
                start.append(self.add_ray(j, ray))
        return self._float_support(start)

    def _float_points(self) -> dict[int, list[int]]:
        """Return integer points of the cells near a float solution, exactly on the faces it points to."""
        programs = BasinPrograms(self.data, self.output_bias, merge=False)
        space = programs.space
        A, signs = self.A[self.units], self.signs[self.units]
        program, members = programs.presolve(A, signs)
        solution = programs.solve(program)
        points = {}
        for a, group in enumerate(members):
            if program.codes[a] == 0:
                continue
            j = self.units[group[0]]
            cell = self.cells[j]
            features = self.data.X[:, self.columns]
            z = np.linalg.lstsq(features, self.data.X @ solution.Z[a], rcond=None)[0] * self.signs[j]
            tight = space.sample[space.rows[solution.tight[a]]]
            face = (
                cell.null_vectors([self.primitive_rows[i] for i in tight])
                if len(tight)
                else [[int(c == b) for c in range(self.r)] for b in range(self.r)]
            )
            w = _rounded(face, z)
            if w is not None and any(w) and min(cell.heights(w)) >= 0:
                points[j] = w
        return points

    def _float_support(self, candidates: list[int]) -> list[int]:
        """Return the candidates that floats give a positive weight."""
        from scipy.optimize import nnls

        pool = list(dict.fromkeys(candidates + [g for g, (j, _) in self.made.items() if j == -1]))
        if not pool or not any(self.y):
            return []
        G = np.array([self.cone._floats[g] for g in pool]).T
        top = max(map(abs, self.y))
        try:
            weights, _ = nnls(G, np.array([v / top for v in self.y]))
        except RuntimeError:
            return pool
        return [g for g, w in zip(pool, weights, strict=True) if w > 0]

    def solve(self) -> tuple[Fraction, np.ndarray, Fraction, list[dict[int, Fraction]]]:
        """Return the value, Z (m, d), c, and per unit the multipliers {sample: value} of its cone."""
        start = self.propose()
        while True:
            found = self.cone.nearest(start)
            multipliers: list[dict[int, Fraction]] = [{} for _ in self.A]
            improved = False
            for j in self.units:
                proof, ray = self._price(j, found.residual)
                if ray is not None:
                    self.add_ray(j, ray)
                    improved = True
                elif not improved:
                    multipliers[j] = {i: v / (found.denominator * self.scale) for i, v in proof.items()}
            if not improved:
                break
            start = list(found.weights)
        total = sum(v * v for v in found.residual)
        n = self.data.n
        value = Fraction(total, found.denominator**2 * self.scale**2 * max(n, 1))
        Z = np.full((len(self.A), self.data.d), Fraction(0), dtype=object)
        c = Fraction(0)
        for g, weight in found.weights.items():
            j, vector = self.made[g]
            w = exact.to_fraction(weight)
            if j == -1:
                c += w * vector[0] / self.scale
                continue
            for column, v in zip(self.columns, vector, strict=True):
                Z[j, column] += w * v * int(self.signs[j])
        for j in range(len(self.A)):
            key = (self.A[j].tobytes(), int(self.signs[j]))
            if self.A[j].any():
                multipliers[j] = multipliers[self.first[key]]
        return value, Z, c, multipliers

    def _price(self, j: int, residual: list[int]) -> tuple[dict[int, Fraction], list[int] | None]:
        """Return multipliers that prove unit j cannot help, or a ray of its cell that does.

        With h = s_j sum_i A_ji residual_i x_i, either h = -sum_i lambda_i s_i x_i with lambda >= 0, or the projection
        of h on the cell has a positive product with h.
        """
        s = int(self.signs[j])
        h = [0] * self.r
        for i in np.flatnonzero(self.A[j]).tolist():
            factor = s * residual[i]
            h = [a + factor * b for a, b in zip(h, self.X[i], strict=True)]
        cell = self.cells[j]
        if not any(h):
            return {}, None
        polar = Cone([-v for v in h])
        for row in cell.rows:
            polar.add(row)
        found = polar.nearest(_guess(cell.rows, h))
        if any(found.residual):
            return {}, cell.extreme_ray(primitive([-v for v in found.residual]), h)
        where: dict[tuple[int, ...], int] = {}
        for i in self.nonzero:
            sign = 1 if self.A[j, i] else -1
            where.setdefault(tuple(sign * v for v in self.primitive_rows[i]), i)
        proof = {}
        for g, weight in found.weights.items():
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


def exact_basin(data: Dataset, A: np.ndarray, signs: np.ndarray, output_bias: bool) -> Basin:
    """Return the basin with its value as a fraction and the certificate that proves it.

    Raises:
        TooLarge: more than 4,000 variables.
    """
    variables = len(A) * data.d
    if variables > LARGEST:
        raise TooLarge(
            f"an exact basin value with {variables} variables; {LARGEST} are feasible, take fewer units", variables
        )
    value, Z, c, multipliers = ExactBasin(data, A, signs, output_bias).solve()
    heights = exact.fractions_of(exact.fmpq_matrix(Z) * exact.fmpq_matrix(data.fractions).transpose()) if Z.size else Z
    prediction = [c + sum((heights[j, i] for j in range(len(A)) if A[j, i]), Fraction(0)) for i in range(data.n)]
    claim = {
        "value": fraction_text(value),
        "patterns": ["".join("1" if bit else "0" for bit in row) for row in A],
        "signs": [int(s) for s in signs],
        "output_bias": bool(output_bias),
    }
    witness = {
        "Z": fraction_texts(Z),
        "c": fraction_text(c),
        "multipliers": [[[i, fraction_text(v)] for i, v in sorted(row.items())] for row in multipliers],
    }
    return Basin(
        value=float(value),
        exact_value=value,
        Z=readonly(Z, dtype=float),
        c=float(c),
        prediction=readonly(prediction, dtype=float),
        attained=True,
        direction=None,
        residual=0.0,
        kind="certified",
        zero_rows=data.zero_rows,
        certificate=new("basin-value", data.fractions, data.y_fractions, claim, witness),
    )
