"""Basins for hypothesis: degenerate data with targets, and the pattern of weights that touch no sample."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from tests import strategies


@st.composite
def basins(draw, max_n=6, max_d=3, max_m=3):
    """Degenerate data with targets, and a basin around weights that touch no sample."""
    X, y = draw(strategies.problems(max_n=max_n, max_d=max_d))
    m = draw(st.integers(0, max_m))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    W = rng.standard_normal((m, X.shape[1]))
    return X, y, np.asarray(W @ X.astype(float).T > 0).reshape(m, len(X)), rng.choice([-1, 1], m)
