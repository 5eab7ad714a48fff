"""Every door to the regions names what is wrong with its data."""

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError, ReluscapeError
from reluscape.geometry.generic.generic import generic_regions
from reluscape.geometry.volumes.region_volume import region_volume

DOORS = {
    "count_regions": rs.count_regions,
    "count_basins": lambda X: rs.count_basins(X, 2),
    "estimate_regions": rs.estimate_regions,
    "enumerate_regions": rs.enumerate_regions,
    "enumerate_faces": rs.enumerate_faces,
    "is_realizable": lambda X: rs.is_realizable(X, [1, 0]),
    "sample_regions": lambda X: rs.sample_regions(X, 3),
    "sample_regions, law": lambda X: rs.sample_regions(X, 3, law="normal"),
    "generic_region": lambda X: rs.generic_region(X, 0),
    "generic_regions": generic_regions,
    "count_faces": rs.count_faces,
    "region_facets": lambda X: rs.region_facets(X, [1, 0]),
    "region_volumes": rs.region_volumes,
    "region_volume": lambda X: region_volume(X, [1, 0]),
    "show_region": lambda X: rs.show_region(X, [1, 0]),
    "zonotope": rs.zonotope,
}
WRONG = {
    "nan": np.array([[1.0, np.nan], [0.0, 1.0]]),
    "infinity": np.array([[1.0, 2.0], [-np.inf, 1.0]]),
    "ragged": [[1, 2], [3]],
    "text": [["a", "b"], ["1", "2"]],
    "three axes": np.zeros((2, 2, 2)),
    "beyond doubles": [[10**400, 1], [1, 1]],
    "nothing": None,
    "complex": np.array([[1j, 1], [0, 1]]),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("wrong", WRONG)
def test_a_named_error_in_one_line(door, wrong):
    with pytest.raises(InputError) as error:
        DOORS[door](WRONG[wrong])
    assert isinstance(error.value, ReluscapeError)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("wrong", [-1, 1.5, "3", None, True])
@pytest.mark.parametrize(
    "ask",
    [
        lambda v: rs.count_regions(np.eye(2), width=v),
        lambda v: rs.count_basins(np.eye(2), v),
        lambda v: rs.sample_regions(np.eye(2), v),
        lambda v: rs.estimate_regions(np.eye(2), v),
        lambda v: rs.generic_region(np.eye(2), v),
    ],
)
def test_numbers_that_are_not_whole(ask, wrong):
    with pytest.raises(InputError, match=r"or more$"):
        ask(wrong)


def test_targets_beyond_doubles():
    with pytest.raises(InputError, match="y has a value beyond the range of doubles"):
        rs.Dataset([[1], [2]], [1, 10**400])


def test_sparse_tables_are_read():
    from scipy.sparse import csr_matrix

    assert rs.count_regions(csr_matrix([[1, 0], [0, 1], [1, 1]])) == 6
