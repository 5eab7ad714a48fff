"""Faces against compositions of cocircuits, Euler's relation, and facets against the definition."""

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from reluscape.errors import CertificateError, InputError, TooLarge
from reluscape.geometry.arrangement import Arrangement
from reluscape.geometry.faces import faces
from reluscape.geometry.faces.face_counts import count_faces
from reluscape.geometry.faces.faces import enumerate_faces, extreme_rays, face_bound, region_facets
from reluscape.problem.data import Dataset
from tests.oracles.covectors import covectors
from tests.oracles.strict_cone import realizable_patterns
from tests.strategies import integer_matrices


@given(integer_matrices(max_n=6, max_d=3))
def test_every_covector_with_its_witness(X):
    faces = enumerate_faces(X)
    assert {tuple(row) for row in faces.covectors.tolist()} == covectors(X)
    assert len(set(map(bytes, faces.covectors))) == len(faces)
    for signs, w in zip(faces.covectors, faces.witnesses, strict=True):
        products = [sum(a * int(b) for a, b in zip(row, w, strict=True)) for row in X]
        assert [(p > 0) - (p < 0) for p in products] == signs.tolist()


@given(integer_matrices(max_n=6, max_d=3))
def test_euler_and_dimensions(X):
    faces = enumerate_faces(X)
    d = X.shape[1]
    assert sum((-1) ** int(k) for k in faces.dims) == (-1) ** d
    for dim in sorted(set(faces.dims.tolist())):
        only = enumerate_faces(X, dim=dim)
        assert (only.covectors == faces.covectors[faces.dims == dim]).all()
    regions = {tuple(row) for row in (faces.covectors[faces.dims == d] > 0).tolist()}
    alive = [i for i in range(len(X)) if any(X[i])]
    if len(alive) == len(X):
        assert regions == realizable_patterns(X)


@pytest.mark.parametrize(("n", "d"), [(6, 2), (7, 3), (6, 4), (7, 5)])
def test_general_position_reaches_the_bound(n, d):
    X = np.random.default_rng(n).integers(-(10**6), 10**6, size=(n, d))
    faces = enumerate_faces(X)
    assert np.bincount(faces.dims, minlength=d + 1).tolist() == [face_bound(n, d, j) for j in range(d + 1)]


@given(integer_matrices(max_n=6, max_d=4))
def test_the_number_without_a_list_is_that_of_the_covectors(X):
    faces = enumerate_faces(X)
    assert count_faces(X) == len(covectors(X)) == len(faces)
    for dim in set(faces.dims.tolist()):
        assert count_faces(X, dim) == int((faces.dims == dim).sum())
    assert f"{len(faces):,} faces" in faces.check()


@pytest.mark.parametrize("size", [10**3, 10**25])
def test_numbers_in_general_position(size):
    generator = np.random.default_rng(size % 97)
    X = [[int(v) * size + int(u) for v, u in generator.integers(-999, 999, (5, 2))] for _ in range(12)]
    assert [count_faces(X, j) for j in range(6)] == [face_bound(12, 5, j) for j in range(6)]


def test_the_number_decides_where_the_bound_is_too_large(monkeypatch):
    # Faces of A_6: ordered set partitions of seven things into j blocks, j! S(7, j).
    X = [[int(c == i) - int(c == j) for c in range(7)] for i, j in itertools.combinations(range(7), 2)]
    surjections = [sum((-1) ** i * math.comb(j, i) * (j - i) ** 7 for i in range(j + 1)) for j in range(8)]
    assert [count_faces(X, j) for j in range(1, 8)] == surjections[1:]
    monkeypatch.setattr(faces, "FACE_LIMIT", 20_000)
    assert len(enumerate_faces(X, 6)) == surjections[6]
    with pytest.raises(TooLarge, match=f"^{sum(surjections):,} faces") as refused:
        enumerate_faces(X)
    assert refused.value.estimate == 47_293
    with pytest.raises(TooLarge, match=r"^329,730 faces"):
        enumerate_faces(np.random.default_rng(0).standard_normal((30, 5)), 3)


def test_the_second_proof_finds_what_is_wrong():
    found = enumerate_faces([[1, 0], [0, 1], [1, 1]])
    with pytest.raises(CertificateError, match="12 faces are listed, the arrangement has 13"):
        replace(found, covectors=found.covectors[:-1], witnesses=found.witnesses[:-1]).check()
    with pytest.raises(CertificateError, match="not on it"):
        replace(found, witnesses=-found.witnesses).check()
    with pytest.raises(CertificateError, match="twice"):
        replace(found, covectors=np.zeros_like(found.covectors)).check()


def test_the_braid_fan():
    # Faces of the braid arrangement A_3 are the ordered set partitions of four things: 1, 14, 36, 24.
    X = [[int(c == i) - int(c == j) for c in range(4)] for i, j in itertools.combinations(range(4), 2)]
    faces = enumerate_faces(X)
    assert np.bincount(faces.dims).tolist() == [0, 1, 14, 36, 24]


def test_zero_rows_and_lost_rank():
    faces = enumerate_faces([[0, 0], [0, 0]])
    assert faces.covectors.tolist() == [[0, 0]]
    assert faces.dims.tolist() == [2]
    assert enumerate_faces([[0, 0], [2, 4]]).dims.tolist() == [1, 2, 2]


def test_refusals():
    with pytest.raises(InputError, match="dimensions 0 to 2"):
        enumerate_faces([[1, 0], [0, 1]], dim=3)
    with pytest.raises(TooLarge, match="one dimension") as refused:
        enumerate_faces(np.random.default_rng(0).standard_normal((60, 8)))
    assert refused.value.estimate > 2_000_000


@given(integer_matrices(max_n=5, max_d=3, zero_rows=False))
def test_facets_are_the_neighbours_one_hyperplane_away(X):
    regions = realizable_patterns(X)
    for pattern in sorted(regions)[:6]:
        facets = region_facets(X, pattern)
        neighbours = {tuple(row) for row in facets.neighbours.tolist()}
        assert neighbours <= regions
        faces = enumerate_faces(X, dim=X.shape[1] - 1)
        walls = {
            tuple(int(i) for i in np.flatnonzero(signs == 0))
            for signs in faces.covectors
            if all(s == 0 or (s > 0) == p for s, p in zip(signs, pattern, strict=True))
        }
        assert set(facets.samples) == walls


def test_facets_of_no_region():
    with pytest.raises(InputError, match="no unit"):
        region_facets([[1, 0], [0, 1], [1, 1]], [True, True, False])
    with pytest.raises(InputError, match="no unit"):
        region_facets([[1, 0], [2, 0]], [True, False])
    assert region_facets([[1, 0], [0, 0]], [True, False]).samples == ((0,),)


@given(integer_matrices(max_n=5, max_d=3, zero_rows=False))
def test_extreme_rays_are_exact_and_span_the_region(X):
    data = Dataset(X)
    arrangement = Arrangement.of(data)
    for pattern in sorted(realizable_patterns(X))[:4]:
        signs = np.zeros(len(arrangement.normals), dtype=int)
        signs[arrangement.row_class] = np.where(pattern, 1, -1) * arrangement.row_sign
        rays = extreme_rays(arrangement, signs)
        assert len(rays) >= arrangement.rank
        inside = [sum(ray[c] for ray in rays) for c in range(data.d)]
        products = [sum(a * Fraction(b) for a, b in zip(row, inside, strict=True)) for row in X]
        assert [p > 0 for p in products] == list(pattern)
        for ray in rays:
            values = [
                s * sum(int(a) * b for a, b in zip(row, ray, strict=True))
                for s, row in zip(signs, arrangement.normals, strict=True)
            ]
            assert min(values) == 0 or arrangement.rank == 1
            assert math.gcd(*ray) == 1
