"""The nearest better basin, where rows are multiples of each other that doubles do not show as such."""

from fractions import Fraction

import numpy as np
import pytest

import reluscape as rs
from reluscape.basins import basin_value
from reluscape.basins.nearest_better import better_basin, cell_beside


def multiples(seed):
    """Rows in groups of multiples by thirds, tenths and minus three; targets; a random network and its end."""
    rng = np.random.default_rng(seed)
    base = [[Fraction(int(v), 10) for v in row] for row in rng.integers(1, 10, (3, 2))]
    X = [[scale * v for v in row] for row in base for scale in (1, Fraction(1, 3), Fraction(7, 10), -3)]
    nets = [rs.TwoLayerNet(rng.standard_normal((20, 2)), rng.standard_normal(20)) for _ in range(2)]
    return rs.Dataset(X, rng.integers(-3, 4, len(X))), nets


@pytest.mark.parametrize("seed", range(3))
def test_a_walk_among_multiples_of_rows_meets_cells_only(seed):
    data, (start, end) = multiples(seed)
    assert better_basin(data, start, False, -1.0, [end]) is None  # every basin on the way was solved, none is below 0
    found = better_basin(data, start, False, start.loss(data.X, data.y), [end])
    assert found is not None
    assert found.value < start.loss(data.X, data.y)


@pytest.mark.parametrize("seed", range(3))
def test_a_unit_on_the_hyperplane_of_multiples_lies_beside_a_cell(seed):
    data, (start, _) = multiples(seed)
    W = np.array(start.W)
    for j in range(len(W)):  # on the hyperplane of one row, up to rounding
        x = data.X[j % data.n]
        W[j] = [-x[1], x[0]]
    pattern, on = cell_beside(data, rs.TwoLayerNet(W, start.v))
    assert on.any(axis=1).all()
    for row in pattern:
        basin_value(data, None, row[None], [1])  # refused where no unit has this pattern
        assert rs.is_realizable(data, row).realizable
