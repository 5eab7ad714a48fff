"""Numbers and matrices over the rationals: reading them, ranks, null spaces, exact signs of products with floats."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

import flint
import numpy as np

from ..errors import InputError, ShapeError
from .entries import entries

UNIT_ROUNDOFF = 2.0**-53
# a power of ten of a million digits and more
LONG_EXPONENT = re.compile(r"[eE][+-]?0*[1-9]\d{5,}")

# what pandas puts where nothing is known, by its types' names
MISSING = ("NAType", "NaTType")


def to_fraction(value: Any) -> Fraction:
    """Return a number as an exact fraction; a float is the dyadic rational it stores.

    >>> to_fraction("1/3"), to_fraction("0.1"), to_fraction(0.5)
    (Fraction(1, 3), Fraction(1, 10), Fraction(1, 2))
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool | np.bool_):
        return Fraction(int(value))
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, float | np.floating):
        if not np.isfinite(value):
            raise InputError(f"the value {float(value)} is not a finite number; remove or replace it")
        return Fraction(*value.as_integer_ratio())
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise InputError(f"the value {value} is not a finite number; remove or replace it")
        return to_fraction(str(value))
    if isinstance(value, str):
        try:
            if LONG_EXPONENT.search(value):
                raise ValueError(value)  # Python would write out all of its digits
            return Fraction(value.strip())
        except (ValueError, ZeroDivisionError):
            raise InputError(f"the text {value!r} is not a number such as '0.1' or '1/3'") from None
    if isinstance(value, flint.fmpq):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, flint.fmpz):
        return Fraction(int(value))
    if value is None or type(value).__name__ in MISSING:
        raise InputError(f"a value is missing ({value!r}); fill it, or leave its row or column out")
    raise InputError(f"{value!r} of type {type(value).__name__} is not a number that can be read exactly")


def fraction_array(values: Any) -> np.ndarray:
    """Return an array of any shape with every entry an exact `Fraction`; see `reluscape.entries` for what is read."""
    return _converted(entries(values), to_fraction)


def _converted(array: np.ndarray, convert: Callable[[Any], Fraction]) -> np.ndarray:
    """Return an object array of fractions, entry by entry."""
    out = np.empty(array.shape, dtype=object)
    flat_out, flat_in = out.reshape(-1), array.reshape(-1)
    if array.dtype == np.float64 and convert is to_fraction and np.isfinite(flat_in).all():
        flat_out[:] = [Fraction(*value.as_integer_ratio()) for value in flat_in.tolist()]
        return out
    kinds = set(map(type, flat_in.tolist())) if array.dtype == object else set()
    if kinds and kinds <= {int, Fraction} and convert is to_fraction:
        flat_out[:] = [value if type(value) is Fraction else Fraction(value) for value in flat_in.tolist()]
        return out
    whole = array.dtype.kind in "biu" or array.dtype == np.float64
    for i, value in enumerate(flat_in.tolist() if whole else flat_in):
        try:
            flat_out[i] = convert(value)
        except InputError as problem:
            raise InputError(f"{problem}{_place(array.shape, i)}") from None
    return out


def _place(shape: tuple[int, ...], i: int) -> str:
    """Return where the i-th entry of an array stands, in words; nothing for a single number.

    >>> _place((3, 2), 5), _place((4,), 1), _place((), 0)
    (' (row 2, column 1)', ' (entry 1)', '')
    """
    at = np.unravel_index(i, shape) if shape else ()
    if len(at) == 2:
        return f" (row {at[0]}, column {at[1]})"
    return f" (entry {', '.join(map(str, at))})" if at else ""


def fraction_matrix(X: Any) -> np.ndarray:
    """Return a two-dimensional array of `Fraction`."""
    array = fraction_array(X)
    if array.ndim != 2:
        raise ShapeError(f"expected a table with rows and columns, got {array.ndim} dimension(s)")
    return array


def exact_decimals(X: Any) -> np.ndarray:
    """Return numbers as the decimals that a person typed, exactly: of each float the shortest text that gives it back.

    The double nearest to 0.1 prints as "0.1" and becomes Fraction(1, 10) rather than its dyadic value; so does the
    single float nearest to 0.1, whose shortest text is that among single floats.

    Args:
        X: array of any shape, nested lists, table or tensor of finite numbers; read by position.

    Returns:
        Object array of the same shape with entries `Fraction`.

    Raises:
        InputError: an entry is not finite, or no number.

    Example:
        >>> exact_decimals([[0.1, 2.0]])[0, 0]
        Fraction(1, 10)
    """
    return _converted(entries(X, "X"), decimal_fraction)


def decimal_fraction(value: Any) -> Fraction:
    """Return a number as a fraction, a float as its shortest decimal.

    >>> decimal_fraction(0.1), decimal_fraction(np.float32(0.1)), decimal_fraction("1/3")
    (Fraction(1, 10), Fraction(1, 10), Fraction(1, 3))
    """
    if isinstance(value, float | np.floating) and np.isfinite(value):
        return Fraction(str(value))
    return to_fraction(value)


def integer_rows(F: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return primitive integer rows and positive scales with F[i] = scale[i] * rows[i] (scale 1 for a zero row)."""
    n, d = F.shape
    rows = np.empty((n, d), dtype=object)
    scales = np.empty(n, dtype=object)
    for i, row in enumerate([v.as_integer_ratio() for v in row] for row in F):
        denominator = math.lcm(*(below for _, below in row)) if d else 1
        integers = [above * (denominator // below) for above, below in row]
        divisor = math.gcd(*integers) if d else 0
        if divisor == 0:
            rows[i] = [0] * d
            scales[i] = Fraction(1)
        else:
            rows[i] = [v // divisor for v in integers]
            scales[i] = Fraction(divisor, denominator)
    return rows, scales


def integer_rows_of_doubles(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what `integer_rows` returns for the rationals that finite doubles (n, d) store.

    >>> integer_rows_of_doubles(np.array([[0.5, 0.75]]))[0].tolist()
    [[2, 3]]
    """
    n, d = X.shape
    rows = np.empty((n, d), dtype=object)
    scales = np.empty(n, dtype=object)
    if not d:
        scales[:] = Fraction(1)
        return rows, scales
    # each number is an odd integer times a power of two; the common divisor is that of the odd ones, times the lowest
    mantissa, power = np.frexp(X)
    whole = (mantissa * 2.0**53).astype(np.int64)
    even = whole & -whole
    zero = whole == 0
    even[zero] = 1
    odd = whole // even
    power = power - 53 + np.round(np.log2(even)).astype(np.int64)
    low = np.where(zero, np.iinfo(np.int64).max, power).min(axis=1)
    low[zero.all(axis=1)] = 0
    divisor = np.maximum(np.gcd.reduce(odd, axis=1), 1)
    shift = np.where(zero, 0, power - low[:, None])
    rows[:] = (odd // divisor[:, None]).astype(object) << shift.astype(object)
    for i, (factor, exponent) in enumerate(zip(divisor.tolist(), low.tolist(), strict=True)):
        scales[i] = Fraction(factor << exponent) if exponent >= 0 else Fraction(factor, 1 << -exponent)
    return rows, scales


def integer(text: str) -> int:
    """Return a decimal integer of any length; Python's own conversion stops at 4,300 digits.

    >>> integer("-12")
    -12
    """
    return int(flint.fmpz(text))


def fmpq(value: Any) -> flint.fmpq:
    """Return a number as a flint rational."""
    fraction = value if isinstance(value, Fraction) else to_fraction(value)
    return flint.fmpq(fraction.numerator, fraction.denominator)


def fmpq_matrix(F: np.ndarray) -> flint.fmpq_mat:
    """Return a rational matrix as a flint matrix."""
    n, d = F.shape
    return flint.fmpq_mat(n, d, [fmpq(v) for v in F.reshape(-1)])


def fmpz_matrix(Z: np.ndarray) -> flint.fmpz_mat:
    """Return an integer matrix as a flint matrix."""
    n, d = Z.shape
    return flint.fmpz_mat(n, d, [int(v) for v in Z.reshape(-1).tolist()])


def fractions_of(M: flint.fmpq_mat) -> np.ndarray:
    """Return a flint rational matrix as an object array of `Fraction`."""
    out = np.empty((M.nrows(), M.ncols()), dtype=object)
    for i in range(M.nrows()):
        for j in range(M.ncols()):
            entry = M[i, j]
            out[i, j] = Fraction(int(entry.p), int(entry.q))
    return out


def rank(M: Any) -> int:
    """Return the exact rank of a matrix of integers or fractions.

    >>> rank(np.array([[1, 2], [2, 4]], dtype=object))
    1
    """
    rows = _integers_with_the_span_of(M)
    return int(fmpz_matrix(rows).rank()) if rows.size else 0


def pivot_columns(M: Any) -> tuple[int, ...]:
    """Return the indices of the first columns that span the column space (those of the reduced echelon form)."""
    rows = _integers_with_the_span_of(M)
    if rows.size == 0:
        return ()
    R, _, r = fmpz_matrix(rows).rref()
    pivots: list[int] = []
    for i in range(r):
        pivots.append(next(j for j in range(pivots[-1] + 1 if pivots else 0, R.ncols()) if R[i, j] != 0))
    return tuple(pivots)


def _integers_with_the_span_of(M: Any) -> np.ndarray:
    """Return integer rows, each a multiple of a row of M."""
    M = np.asarray(M, dtype=object)
    whole = all(type(v) is int or isinstance(v, Integral) for v in M.reshape(-1).tolist())
    return M if whole else integer_rows(fraction_matrix(M))[0]


def line_of(row: tuple[int, ...]) -> tuple[tuple[int, ...] | None, int]:
    """Return a primitive row turned so that its first entry other than 0 is positive, and the sign that turned it.

    >>> line_of((0, -1, 2)), line_of((0, 0))
    (((0, 1, -2), -1), (None, 0))
    """
    lead = next((v for v in row if v), 0)
    if not lead:
        return None, 0
    return (row, 1) if lead > 0 else (tuple(-v for v in row), -1)


def primitive_rows(Z: np.ndarray) -> np.ndarray:
    """Return integer rows (n, d), each divided by the greatest common divisor of its entries.

    >>> primitive_rows(np.array([[2, -4], [0, 0]], dtype=object)).tolist()
    [[1, -2], [0, 0]]
    """
    out = np.empty(Z.shape, dtype=object)
    for i, row in enumerate(Z.tolist()):
        divisor = math.gcd(*row) or 1
        out[i] = [v // divisor for v in row]
    return out


def nullspace(M: Any) -> np.ndarray:
    """Return a basis of {x : M x = 0} as the rows of an object array (k, d) of `Fraction`."""
    F = fraction_matrix(np.asarray(M, dtype=object))
    n, d = F.shape
    if n == 0:
        return fraction_matrix(np.eye(d, dtype=object)) if d else np.empty((0, 0), dtype=object)
    R, r = fmpq_matrix(F).rref()
    pivots: list[int] = []
    for i in range(r):
        pivots.append(next(j for j in range(pivots[-1] + 1 if pivots else 0, d) if R[i, j] != 0))
    free = [j for j in range(d) if j not in set(pivots)]
    basis = np.full((len(free), d), Fraction(0), dtype=object)
    for k, j in enumerate(free):
        basis[k, j] = Fraction(1)
        for i, p in enumerate(pivots):
            entry = R[i, j]
            basis[k, p] = -Fraction(int(entry.p), int(entry.q))
    return basis


def solve(A: Any, b: Any) -> np.ndarray | None:
    """Return one exact solution x of A x = b (free variables zero), or None where there is none."""
    A = fraction_matrix(np.asarray(A, dtype=object))
    b = fraction_array(np.asarray(b, dtype=object)).reshape(-1)
    n, d = A.shape
    if n == 0:
        return np.full(d, Fraction(0), dtype=object)
    system = np.concatenate([A, b[:, None]], axis=1)
    R, r = fmpq_matrix(system).rref()
    x = np.full(d, Fraction(0), dtype=object)
    start = 0
    for i in range(r):
        pivot = next(j for j in range(start, d + 1) if R[i, j] != 0)
        if pivot == d:
            return None
        entry = R[i, d]
        x[pivot] = Fraction(int(entry.p), int(entry.q))
        start = pivot + 1
    return x


def dot(u: Iterable[Any], v: Iterable[Any]) -> Fraction:
    """Return the exact inner product of two rational vectors."""
    return sum((to_fraction(a) * to_fraction(b) for a, b in zip(u, v, strict=True)), Fraction(0))


def sign(value: Any) -> int:
    """Return -1, 0 or +1."""
    return (value > 0) - (value < 0)


def signs_of_products(rows: np.ndarray, w: np.ndarray, scaled: np.ndarray | None = None) -> np.ndarray:
    """Return the exact signs of <x_i, w> for integer rows and weights read as dyadic rationals.

    A float product decides wherever it exceeds its own rounding error; the remaining few are decided in integers.

    Args:
        rows: (n, d) integers of any size (object array).
        w: (d,) or (R, d) finite floats.
        scaled: `scaled_floats` of the rows, where they are used more than once.

    Returns:
        (n,) or (R, n) int8 array with entries -1, 0, +1.
    """
    W = np.atleast_2d(np.asarray(w, dtype=float))
    n, d = rows.shape
    signs = np.zeros((len(W), n), dtype=np.int8)
    if n == 0 or d == 0:
        return signs if np.ndim(w) == 2 else signs[0]
    X = scaled_floats(rows) if scaled is None else scaled
    products = W @ X.T
    bound = (d + 3) * 4 * UNIT_ROUNDOFF * (np.abs(W) @ np.abs(X).T) + np.finfo(float).tiny * d * 4
    signs[products > bound] = 1
    signs[products < -bound] = -1
    for r, i in np.argwhere(np.abs(products) <= bound):
        total = sum((Fraction(float(a)) * int(b) for a, b in zip(W[r], rows[i], strict=True)), Fraction(0))
        signs[r, i] = sign(total)
    return signs if np.ndim(w) == 2 else signs[0]


def scaled_floats(rows: np.ndarray) -> np.ndarray:
    """Return each integer row as floats divided by its largest entry, every entry correctly rounded."""
    n, d = rows.shape
    X = np.empty((n, d))
    try:
        X[:] = rows.astype(np.int64)
    except OverflowError:
        X[:] = np.inf
    if np.abs(X).max(initial=0.0) < 1 / UNIT_ROUNDOFF:  # such integers are doubles
        return X / np.maximum(np.abs(X).max(axis=1, keepdims=True, initial=0.0), 1.0)
    for i in range(n):
        top = max((abs(int(v)) for v in rows[i]), default=0) or 1
        X[i] = [int(v) / top for v in rows[i]]
    return X
