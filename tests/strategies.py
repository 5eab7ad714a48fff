"""Hypothesis strategies for data as they come: repeated, parallel, antipodal and zero rows, lost rank, one sample."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import strategies as st


@st.composite
def integer_matrices(draw, max_n=6, max_d=3, min_n=1, bound=3, zero_rows=True, bias=None):
    """Integer data (n, d), often degenerate; object array of Fraction."""
    d = draw(st.integers(1, max_d))
    n = draw(st.integers(min_n, max_n))
    entry = st.integers(-bound, bound)
    rows: list[list[int]] = []
    for _ in range(n):
        kind = draw(st.sampled_from(["fresh", "fresh", "fresh", "repeat", "negate", "rescale", "zero", "sum"]))
        if kind == "zero" and zero_rows:
            rows.append([0] * d)
        elif kind in ("repeat", "negate", "rescale") and rows:
            base = draw(st.sampled_from(rows))
            factor = {"repeat": 1, "negate": -1, "rescale": 2}[kind]
            rows.append([factor * v for v in base])
        elif kind == "sum" and len(rows) >= 2:
            rows.append([a + b for a, b in zip(rows[0], rows[-1], strict=True)])
        else:
            rows.append(draw(st.lists(entry, min_size=d, max_size=d)))
    if not zero_rows:
        rows = [r if any(r) else [1] + [0] * (d - 1) for r in rows]
    if bias is True or (bias is None and draw(st.booleans())):
        rows = [[*r, 1] for r in rows]
    return np.array([[Fraction(v) for v in r] for r in rows], dtype=object)


@st.composite
def problems(draw, max_n=6, max_d=3, min_n=1, zero_rows=True, bias=None):
    """Degenerate data with targets: (X (n, d), y (n,)) as object arrays of Fraction."""
    X = draw(integer_matrices(max_n=max_n, max_d=max_d, min_n=min_n, zero_rows=zero_rows, bias=bias))
    y = draw(st.lists(st.integers(-3, 3), min_size=len(X), max_size=len(X)))
    return X, np.array([Fraction(v) for v in y], dtype=object)


@st.composite
def patterns_and_signs(draw, n, max_m=3):
    """Any pattern (m, n) and signs (m,), realizable or not."""
    m = draw(st.integers(1, max_m))
    bits = draw(st.lists(st.booleans(), min_size=m * n, max_size=m * n))
    signs = draw(st.lists(st.sampled_from([-1, 1]), min_size=m, max_size=m))
    return np.array(bits, dtype=bool).reshape(m, n), np.array(signs)
