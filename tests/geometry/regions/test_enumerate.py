"""Every region once, in order, with a point inside: against elimination, subsets, flats and published numbers."""

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reluscape.errors import CertificateError, DataWarning, InputError, ShapeError, SolverError, TooLarge
from reluscape.geometry.arrangement import Arrangement
from reluscape.geometry.counting.counting import cover_number
from reluscape.geometry.listing import enumeration, enumeration_plain
from reluscape.geometry.listing.exact_restriction import restrict
from reluscape.geometry.listing.mended_walk import MendedWalk
from reluscape.geometry.regions import count_regions, enumerate_regions, is_realizable
from reluscape.numbers import exact
from reluscape.problem.data import Dataset
from tests.geometry.regions.arrangements import PUBLISHED, coxeter_b, grid, resonance, threshold
from tests.oracles.strict_cone import realizable_patterns
from tests.oracles.whitney import regions_by_flats, regions_by_subsets
from tests.strategies import integer_matrices


def check_points(regions, X):
    """Every witness lies strictly inside its region, in exact arithmetic."""
    rows = exact.integer_rows(exact.fraction_matrix(np.asarray(X, dtype=object)))[0]
    patterns = regions.patterns
    for w, pattern in zip(regions.witnesses.tolist(), patterns, strict=True):
        common = np.array([Fraction(v) for v in w], dtype=object)
        signs = [exact.sign(v) for v in rows.dot(common)]
        assert [s > 0 for s in signs] == pattern.tolist()
        assert all(s or not any(row) for s, row in zip(signs, rows, strict=True))


def check_order(patterns):
    """Patterns are different and in lexicographic order, False before True."""
    listed = [tuple(row) for row in patterns.tolist()]
    assert listed == sorted(set(listed))


@given(integer_matrices())
def test_lines_of_the_arrangement(X):
    """Two rows have one normal just where they are multiples, and their signs tell whether positive ones."""
    data = Dataset(X)
    lines = Arrangement.of(data)
    for i, row in enumerate(X):
        assert (lines.row_class[i] < 0) == (lines.row_sign[i] == 0) == (not any(row))
        if any(row):
            normal = lines.normals[lines.row_class[i]]
            factor = next(Fraction(int(v)) / w for v, w in zip(normal, row, strict=True) if w)
            assert [factor * v for v in row] == normal.tolist()
            assert (factor > 0) == (lines.row_sign[i] > 0)
    assert len({tuple(v) for v in [*lines.normals.tolist(), *(-lines.normals).tolist()]}) == 2 * len(lines.normals)
    assert exact.rank(lines.reduced) == lines.rank == data.rank


def compiled(X):
    """The same table from the compiled engine, which small data do not reach by themselves."""
    arrangement = Arrangement.of(Dataset(X))
    reduced = np.asarray(arrangement.reduced)
    return [
        engine.half_regions(reduced, arrangement.row_class, arrangement.row_sign < 0)
        for engine in (enumeration, enumeration_plain)
    ]


@given(integer_matrices(max_n=6, max_d=4))
def test_equals_the_realizable_patterns(X):
    regions = enumerate_regions(X)
    alive = [i for i in range(len(X)) if any(X[i])]
    assert regions.zero_rows == tuple(i for i in range(len(X)) if i not in alive)
    assert not regions.patterns[:, regions.zero_rows].any()
    expected = realizable_patterns(X[alive]) if alive else {()}
    assert [tuple(row) for row in regions.patterns[:, alive].tolist()] == sorted(expected)
    check_points(regions, X)


@given(integer_matrices(max_n=9, max_d=4), st.booleans())
def test_compiled_and_plain_engines_agree(X, large):
    if not any(any(row) for row in X):
        return
    if large:
        # an invertible map with large entries keeps the patterns and leaves int64
        d = X.shape[1]
        stretch = np.array([[10**12 * (i == j) + 3 * i + 7 * j + 1 for j in range(d)] for i in range(d)], dtype=object)
        X = X.dot(stretch)
    fast, plain = compiled(X)
    assert (fast.bits == plain.bits).all()
    rows = np.asarray(Arrangement.of(Dataset(X)).reduced)
    assert not fast.fractions
    signs = exact.signs_of_products(rows, fast.points)
    expected = exact.signs_of_products(rows, np.array([plain.fractions.get(i, p) for i, p in enumerate(plain.points)]))
    assert (signs == expected).all()
    assert (signs != 0).all()


@given(integer_matrices(max_n=8, max_d=4, zero_rows=False))
def test_zaslavsky_and_whitney(X):
    distinct = [X[i] for i in range(len(X))]
    number = regions_by_flats(distinct)
    assert number == regions_by_subsets(distinct)
    assert len(enumerate_regions(X, witnesses=False)) == number
    assert count_regions(X) == number


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_numbers(name):
    X, number = PUBLISHED[name]
    regions = enumerate_regions(X)
    assert len(regions) == number == count_regions(X)
    packed = regions.packed
    assert len(np.unique(packed, axis=0)) == number
    assert (packed[1:].astype(np.int16) != packed[:-1].astype(np.int16)).any(axis=1).all()
    signs = np.sign(np.asarray(X) @ regions.witnesses.T)
    assert (regions.patterns == (signs > 0).T).all()
    assert signs.all()


def test_threshold_functions_of_five_variables():
    regions = enumerate_regions(threshold(5), witnesses=False)
    assert len(regions) == 94572
    check_order(regions.patterns)


@given(integer_matrices(max_n=6, max_d=3), st.permutations(range(6)), st.integers(1, 63))
def test_closed_under_negation_and_moved_with_the_rows(X, order, turn):
    regions = enumerate_regions(X)
    alive = np.array([any(row) for row in X])
    as_set = {tuple(row) for row in regions.patterns.tolist()}
    assert {tuple(row) for row in (regions.patterns ^ alive).tolist()} == as_set
    order = [i for i in order if i < len(X)]
    factors = np.array([Fraction(-1 - i if turn >> i & 1 else 1, 1 + i % 3) for i in range(len(X))], dtype=object)
    moved = enumerate_regions((X * factors[:, None])[order])
    flips = np.array([turn >> i & 1 == 1 for i in range(len(X))]) & alive
    assert {tuple(row) for row in ((regions.patterns ^ flips)[:, order]).tolist()} == {
        tuple(row) for row in moved.patterns.tolist()
    }
    check_order(moved.patterns)


@pytest.mark.parametrize(("X", "length"), [(grid(3), 5), (coxeter_b(4), 6), (threshold(4), 9)])
def test_shards_make_up_the_whole(X, length):
    whole = enumerate_regions(X)
    shards = [enumerate_regions(X, prefix=bits) for bits in itertools.product((0, 1), repeat=length)]
    assert (np.concatenate([shard.patterns for shard in shards]) == whole.patterns).all()
    for shard in shards:
        if len(shard):
            check_points(shard, X)


@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=5, max_size=5), min_size=6, max_size=8),
    st.sampled_from([1, 10**12, 10**40]),
    st.integers(1, 6),
    st.integers(0, 10**6),
)
def test_shards_of_longer_integers_are_parts_of_the_list(base, size, length, start):
    rows = [[int(size) * v + (3 * i + j * j) % 5 - 2 for j, v in enumerate(row)] for i, row in enumerate(base)]
    rows += [[a + b for a, b in zip(rows[0], rows[1], strict=True)], [-a for a in rows[2]]]
    X = np.array([row for row in rows if any(row)], dtype=object)
    whole = enumerate_regions(X)
    prefix = whole[start % len(whole)][:length]
    part = enumerate_regions(X, prefix=prefix)
    assert (part.patterns == whole.patterns[(whole.patterns[:, :length] == prefix).all(axis=1)]).all()
    check_points(part, X)


@given(integer_matrices(max_n=6, max_d=3), st.lists(st.booleans(), max_size=6))
def test_a_shard_holds_what_begins_like_its_prefix(X, bits):
    bits = bits[: len(X)]
    patterns = enumerate_regions(X).patterns
    begins = (patterns[:, : len(bits)] == bits).all(axis=1)
    assert (enumerate_regions(X, prefix=bits).patterns == patterns[begins]).all()


@pytest.mark.parametrize("exponent", [50, 60, 200])
def test_nearly_dependent_rows_are_decided_exactly(exponent):
    thin = Fraction(1, 2**exponent)
    apart = [[1, 0, 0], [0, 1, 0], [1, 1, thin], [1, -1, 0], [2, 3, 5], [0, 0, 1]]
    together = [[*row[:2], 0] if row[2] == thin else row for row in apart]
    for X in (apart, together):
        regions = enumerate_regions(np.array(X, dtype=object))
        assert {tuple(row) for row in regions.patterns.tolist()} == realizable_patterns(X)
        check_points(regions, X)
        fast = compiled(np.array(X, dtype=object))[0]
        assert 2 * len(fast.bits) == len(regions)


def test_doubles_with_a_determinant_of_about_1e_15():
    # the third row is the sum of the others: in decimals, not in doubles
    X = np.array([[0.1, 0.7, 1.0], [0.2, 0.1, 1.0], [0.3, 0.8, 2.0], [0.5, 0.25, 1.0]])
    assert abs(np.linalg.det(X[:3])) < 1e-15
    regions = enumerate_regions(Dataset(X))
    truth = realizable_patterns([[Fraction(v) for v in row] for row in X])
    assert {tuple(row) for row in regions.patterns.tolist()} == truth
    decimals = exact.exact_decimals(X)
    found = {tuple(row) for row in enumerate_regions(decimals).patterns.tolist()}
    assert found == realizable_patterns(decimals)
    assert len(found) < len(truth)


def test_doubles_over_many_orders_of_magnitude():
    X = np.random.default_rng(0).standard_normal((12, 4)) * np.array([1e-200, 1.0, 1e150, 1e-30])
    regions = enumerate_regions(X)
    assert len(regions) == 2 * (1 + 11 + 55 + 165)
    check_points(regions, X)


@given(st.lists(st.lists(st.tuples(st.integers(-3, 3), st.integers(-300, 300)), min_size=4, max_size=4), max_size=6))
def test_entries_over_hundreds_of_orders_of_magnitude(powers):
    rows = [[Fraction(a) * Fraction(2) ** b for a, b in row] for row in powers]
    X = np.array([*rows, [Fraction(1), Fraction(0), Fraction(0), Fraction(1)]], dtype=object)
    X = X[[any(row) for row in X]]
    for regions in (enumerate_regions(X), enumerate_regions(np.concatenate([X, -X, X]))):
        assert len(regions) == regions_by_flats(X)
        check_points(regions, X if regions.n == len(X) else [*X, *-X, *X])


@given(
    st.lists(st.lists(st.integers(-9, 9), min_size=4, max_size=4), min_size=4, max_size=5),
    st.sampled_from([10**20, 10**40, 10**60]),
)
def test_rows_that_rounding_makes_parallel(base, size):
    large = [[size * v + (i * j) % 3 - 1 for j, v in enumerate(row)] for i, row in enumerate(base)]
    nearly = [[v + (j == i) for j, v in enumerate(row)] for i, row in enumerate(large[:2])]
    X = np.array([*large, *nearly], dtype=object)
    X = X[[any(row) for row in X]]
    fast, plain = compiled(X)
    assert (fast.bits == plain.bits).all()


def test_any_kind_of_numbers():
    texts = enumerate_regions([["0.1", "1"], ["1/3", "1"], ["0.3", "1"]])
    assert len(texts) == 6
    assert len(enumerate_regions(np.array([[0.1, 1.0], [0.2, 1.0], [0.1, 1.0]]))) == 4
    assert len(enumerate_regions(np.array([[1, 2], [2, 4], [-1, -2]]))) == 2
    assert len(enumerate_regions(np.zeros((2, 3)))) == 1
    assert len(enumerate_regions(np.empty((0, 3)))) == 1


def test_blocks_slices_and_the_packed_table():
    regions = enumerate_regions(grid(3))
    patterns = regions.patterns
    assert (np.concatenate(list(regions.blocks(100))) == patterns).all()
    assert (np.packbits(patterns, axis=1) == regions.packed).all()
    assert (regions[7] == patterns[7]).all()
    assert (regions[-1] == patterns[-1]).all()
    assert (regions[3:90:7] == patterns[3:90:7]).all()
    assert (np.array(list(itertools.islice(regions, 5))) == patterns[:5]).all()
    with pytest.raises(IndexError):
        regions[len(regions)]


def test_one_region_some_regions_and_the_line_that_names_the_table():
    regions = enumerate_regions([[1, 0], [0, 1], [1, 1]])
    everything = regions.patterns
    assert (regions[[5, 0, -1]] == everything[[5, 0, -1]]).all()
    assert (regions[everything[:, 0]] == everything[3:]).all()
    assert regions[[]].shape == (0, 3)
    assert repr(regions).startswith("Regions(6 regions of 3 samples, with witnesses,")
    assert "3 regions of a shard" in repr(enumerate_regions([[1, 0], [0, 1], [1, 1]], prefix=(1,)))
    for wrong in (1.5, "a", [[0]], [True]):
        with pytest.raises(InputError, match="whole number, a slice"):
            regions[wrong]
    with pytest.raises(IndexError, match="numbers run from 0 to 5"):
        regions[6]


def test_decimals_with_another_list_are_named():
    X = np.array([[0.1, 0.3, 1], [0.2, 0.6, 1], [0.3, 0.9, 1], [0.7, 0.1, 1]])
    with pytest.warns(DataWarning, match="14 regions, but the decimals they print have 12"):
        assert len(enumerate_regions(X)) == 14
    assert len(enumerate_regions(exact.exact_decimals(X))) == 12
    enumerate_regions(X, prefix=(1,))
    enumerate_regions(Dataset(X))


def test_refusals():
    with pytest.raises(TooLarge, match="GB") as refused:
        enumerate_regions(np.random.default_rng(0).standard_normal((300, 8)))
    assert refused.value.estimate == 2 * sum(math.comb(299, i) for i in range(8))
    with pytest.raises(InputError, match="finite"):
        enumerate_regions([[1.0, np.nan]])
    with pytest.raises(InputError, match="finite"):
        enumerate_regions([[1.0, np.inf]])
    with pytest.raises(ShapeError):
        enumerate_regions([[1, 2], [3]])
    with pytest.raises(InputError, match="at most 2 bits"):
        enumerate_regions([[1, 0], [0, 1]], prefix=[1, 1, 1])
    with pytest.raises(InputError, match="0/1"):
        enumerate_regions([[1, 0], [0, 1]], prefix=[2])
    with pytest.raises(InputError, match="without witnesses"):
        _ = enumerate_regions([[1, 0]], witnesses=False).witnesses


@pytest.mark.parametrize(("n", "d"), [(20, 3), (13, 5), (10, 7), (70, 2), (66, 3)])
def test_doubles_in_general_position(n, d):
    X = np.random.default_rng(n).standard_normal((n, d))
    regions = enumerate_regions(X)
    assert len(regions) == cover_number(n, d)
    check_order(regions.patterns)
    some = np.linspace(0, len(regions) - 1, 60).astype(int)
    rows = exact.integer_rows(exact.fraction_matrix(X))[0]
    for i in some:
        values = rows.dot(np.array([Fraction(v) for v in regions.witnesses[i]], dtype=object))
        assert [v > 0 for v in values] == regions[i].tolist()


def test_rounded_traces_are_refused_where_the_data_are_degenerate():
    # the last row is an exact combination of wide rows: rounding breaks the dependence, the exact tier keeps it
    X = np.array([[Fraction(v) for v in row] for row in np.random.default_rng(1).standard_normal((9, 4))], dtype=object)
    X = np.concatenate([X, [X[0] + X[1] - 3 * X[2]]])
    arrangement = Arrangement.of(Dataset(X))
    rows = [tuple(int(v) for v in row) for row in arrangement.balanced]
    source, turn = np.arange(10), np.zeros(10, dtype=bool)
    assert enumeration._from_rounded(rows, source, turn, np.zeros(0, dtype=np.int8), True) is None
    assert len(enumerate_regions(X)) == regions_by_flats(X.tolist()) < cover_number(10, 4)


@pytest.mark.parametrize(
    "X", [resonance(3), coxeter_b(3), [[1, 2, 0], [1, 2, 1], [0, 0, 1], [2, 4, 2], [1, 0, 0], [3, 1, 1]]]
)
def test_every_pattern_against_a_linear_program(X):
    from scipy.optimize import linprog

    X = np.array(X, dtype=float)
    n, d = X.shape
    found = set()
    for bits in itertools.product([False, True], repeat=n):
        signed = np.where(bits, 1.0, -1.0)[:, None] * X
        program = linprog(
            np.append(np.zeros(d), -1.0),
            A_ub=np.c_[-signed, np.ones(n)],
            b_ub=np.zeros(n),
            bounds=[(-1, 1)] * d + [(None, 1)],
        )
        if program.x[d] > 1e-7:
            found.add(bits)
        assert is_realizable(X, bits).realizable == (bits in found)
    assert [tuple(row) for row in enumerate_regions(X).patterns.tolist()] == sorted(found)


@pytest.mark.parametrize(
    "X", [grid(3), threshold(4), np.eye(3), np.zeros((2, 2)), np.random.default_rng(2).random((70, 3))]
)
def test_the_second_proof_of_a_table(X):
    assert "regions" in enumerate_regions(X).check()
    assert "in order, as many" in enumerate_regions(X, witnesses=False).check()


def test_the_second_proof_finds_what_is_wrong():
    regions = enumerate_regions(threshold(4))
    shorter = replace(regions, _bits=regions._bits[:-1], _points=regions._points[:-1])
    with pytest.raises(CertificateError, match="1,880 regions, the arrangement 1,882"):
        shorter.check()
    swapped = replace(regions, _points=regions._points[::-1])
    with pytest.raises(CertificateError, match="not inside"):
        swapped.check()
    with pytest.raises(CertificateError, match="order"):
        replace(regions, _bits=regions._bits[::-1]).check()
    assert "of a shard" in enumerate_regions(threshold(4), prefix=[1, 0]).check()


def test_traces_that_do_not_belong_to_the_data_are_noticed():
    rows = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]
    other = [*rows[:3], (1, 1, -1)]
    walk = MendedWalk(rows, np.arange(4), np.zeros(4, dtype=bool), np.zeros(0, dtype=np.int8))
    traces = [restrict(other, k, np.zeros(0, dtype=np.int8)) for k in range(1, 4)]
    cells = [enumeration._cells(t.rows, t.source, t.turn, t.wanted, True) for t in traces]
    with pytest.raises(SolverError, match="report"):
        enumeration._walked(walk, np.array([0, *(t.pivot for t in traces)]), [None, *cells], True)
