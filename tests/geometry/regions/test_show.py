"""One region to look at: its parts against the table of all regions, its text, its refusals."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from reluscape.errors import InputError
from reluscape.geometry.regions import enumerate_regions, show_region
from reluscape.geometry.volumes.region_volume import region_volume
from reluscape.geometry.volumes.volumes import volumes
from reluscape.problem.data import Dataset
from tests.oracles.strict_cone import realizable_patterns
from tests.strategies import integer_matrices


@given(integer_matrices(max_n=5, max_d=3))
def test_every_part_of_every_region(X):
    regions = enumerate_regions(X)
    table = {tuple(row) for row in regions.patterns.tolist()}
    for i in range(0, len(regions), 1 + len(regions) // 5):
        view = regions.show(i)
        assert (view.pattern == regions[i]).all()
        assert view.active == tuple(np.flatnonzero(regions[i]))
        assert sorted(view.active + view.inactive + view.zero_rows) == list(range(len(X)))
        w = [Fraction(v) for v in view.witness.tolist()]
        for row, side in zip(X, regions[i], strict=True):
            value = sum(a * b for a, b in zip(row, w, strict=True))
            assert (value > 0) == side
            assert value or not any(row)
        behind = {tuple(row) for row in view.neighbours.tolist()}
        assert len(behind) == len(view.facets)
        assert behind <= table
        assert "facets" in str(view)


@given(integer_matrices(max_n=6, max_d=3))
def test_the_volume_is_that_of_the_table(X):
    found = volumes(X)
    if found.kind == "exact":
        for pattern, value in zip(found.patterns, found.values, strict=True):
            one = region_volume(X, pattern)
            assert one.kind == "exact"
            assert float(one) == pytest.approx(float(value), abs=1e-12)


def test_a_volume_in_rank_four_is_sampled_with_its_interval():
    view = show_region(np.eye(4), [1, 1, 0, 1], rng=0, trials=20_000)
    assert view.volume.kind == "sampled"
    assert view.volume.low < 1 / 16 < view.volume.high
    box = show_region([[1, 0], [0, 1]], [1, 0], law="torch", rng=0, trials=4_000).volume
    assert box.low < 1 / 4 < box.high


def test_names_of_the_columns_and_few_digits():
    data = Dataset([[1, 2], [3, 1], [2, 5]], bias=True, features=["age", "bmi"])
    view = show_region(data, [True, False, True])
    assert view.columns == ("age", "bmi", "1")
    assert "age" in str(view)
    assert "<td>2 of 3 samples: 0, 2</td>" in view._repr_html_()
    assert max(len(str(v)) for v in view.witness) <= 6
    html = show_region(Dataset([[1.0, 2.0]], features=["<a>", "b"]), [True])._repr_html_()
    assert "<a>" not in html


def test_facets_name_all_samples_on_one_hyperplane():
    view = show_region([[1, 0], [-2, 0], [0, 1], [0, 0]], [1, 0, 1, 1])
    assert view.facets == ((0, 1), (2,))
    assert view.zero_rows == (3,)
    assert not view.pattern[3]
    assert view.neighbours[0].tolist() == [False, True, True, False]


def test_long_lists_are_shortened_and_the_whole_space_is_a_region():
    X = np.c_[np.arange(1, 31), np.ones(30, dtype=int)]
    assert "(30 in all)" in str(show_region(X, np.ones(30)))
    assert "none" in str(show_region([[0, 0]], [0]))


def test_a_pattern_that_no_unit_has():
    with pytest.raises(InputError, match="no unit has"):
        show_region([[1, 0], [0, 1], [1, 1]], [True, True, False])
    with pytest.raises(InputError, match="no unit has"):
        show_region([[1, 0], [2, 0]], [True, False])
    assert (True, True, False) not in realizable_patterns([[1, 0], [0, 1], [1, 1]])
