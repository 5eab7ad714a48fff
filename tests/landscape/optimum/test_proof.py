"""Proofs of global minima: against every layer in fractions by another route, and altered in every part."""

import copy
import functools
from fractions import Fraction
from itertools import combinations, combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reluscape as rs
from reluscape.landscape.optimum import global_minimum, proof
from reluscape.landscape.optimum.relaxation import Relaxation
from reluscape.numbers import exact
from tests.strategies import problems

FIVE = [[-4, 1], [-2, 1], [1, 1], [2, 1], [5, 1]], [2, -2, 4, 0, 3]


def sectors(X):
    """The closed cells of data with at most two columns, each as rays that generate what it adds."""
    rows = [tuple(row) for row in X if any(row)]
    if not rows:
        return []
    if exact.rank(np.array(rows, dtype=object)) == 1:
        return [[rows[0]], [tuple(-v for v in rows[0])]]
    rays = {}
    for a, b in rows:
        size = abs(a) + abs(b)
        rays[(-b / size, a / size)] = rays[(b / size, -a / size)] = None
    around = sorted(rays, key=lambda ray: np.arctan2(float(ray[1]), float(ray[0])))
    return [[p, q] for p, q in zip(around, [*around[1:], around[0]], strict=True)]


def squares(columns, y):
    """The squared distance of y to a cone: the least over all subsets of generators that need no negative weight."""
    best = exact.dot(y, y)
    for size in range(1, len(columns) + 1):
        for part in combinations(columns, size):
            weights = exact.solve([[exact.dot(a, b) for b in part] for a in part], [exact.dot(a, y) for a in part])
            if all(w >= 0 for w in weights):
                fit = [exact.dot(weights, row) for row in zip(*part, strict=True)]
                best = min(best, sum((a - b) ** 2 for a, b in zip(y, fit, strict=True)))
    return best


def lowest(X, y, width, bias):
    """The lowest loss of all layers of unit states, in fractions."""

    def centred(v):
        return tuple(a - sum(v) / Fraction(len(v)) for a in v) if bias else tuple(v)

    states = []
    for rays in sectors(X):
        for s in (1, -1):
            columns = {centred([s * max(exact.dot(x, ray), Fraction(0)) for x in X]) for ray in rays}
            states.append(frozenset(c for c in columns if any(c)))
    distance = functools.cache(lambda columns: squares(sorted(columns), centred(y)))
    layers = combinations_with_replacement(states, width) if states else [()]
    return min(distance(frozenset().union(*layer)) for layer in layers) / len(y)


@given(problems(max_n=4, max_d=2, bias=False), st.integers(1, 2), st.booleans())
@settings(max_examples=25)
def test_proven_minimum_is_the_lowest_of_all_layers_in_fractions(problem, width, bias):
    X, y = problem
    found = global_minimum(X, y, width, output_bias=bias)
    assert found.exact_value == lowest(X, y, width, bias)
    assert found.certificate["kind"] == "global-minimum"
    assert rs.verify(found.certificate)
    assert Fraction(found.lower) <= found.exact_value
    assert found.complete


@given(problems(max_n=5, max_d=3), st.booleans())
@settings(max_examples=20)
def test_data_of_any_rank_are_proved(problem, bias):
    """The verifier counts the cells itself, whatever the rank and however degenerate the rows."""
    found = global_minimum(*problem, 1, output_bias=bias)
    assert found.certificate["kind"] == "global-minimum"
    answer = rs.verify(found.certificate)
    assert answer, answer.message
    loss = found.net.loss(*problem)
    assert loss == pytest.approx(float(found.exact_value), abs=1e-9 * max(1, sum(v * v for v in problem[1])))


@pytest.mark.parametrize(("width", "bias", "value"), [(1, True, "1/6"), (1, False, "1/4"), (2, False, 0), (3, True, 0)])
def test_xor_from_one_to_three_units(width, bias, value):
    found = global_minimum([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]], [0, 1, 1, 0], width, output_bias=bias)
    assert found.certificate["claim"] == {"value": str(value), "width": width, "output_bias": bias}
    assert rs.verify(found.certificate)


def test_real_tables_at_two_units_through_files(tmp_path):
    chins = rs.Dataset.from_csv("examples/linnerud.csv", target="weight", features=["chins"], bias=True)
    every = rs.Dataset.from_csv("examples/linnerud.csv", target="weight", bias=True)
    for data in (chins, every):
        found = global_minimum(data, width=2, output_bias=True)
        path = tmp_path / "proof.json"
        rs.certificates.write(path, found.certificate)
        answer = rs.verify(path, data)
        assert answer.kind == "global-minimum"
        assert answer, answer.message
        assert f"{len(found.certificate['witness']['duals'])} lower bounds" in answer.message
        assert Fraction(found.lower) <= found.exact_value <= Fraction(found.net.loss(data)) + Fraction(1, 10**9)


def test_a_start_that_is_not_the_best_is_replaced():
    data = rs.Dataset(*FIVE)
    expected = lowest(data.fractions, data.y_fractions, 2, True)
    for pattern in [[[1, 1, 0, 0, 0], [0, 0, 0, 1, 1]], [[0] * 5, [1] * 5], [[1, 0, 0, 0, 0]] * 2]:
        for order in ([0, 1, 2, 3, 4], [3, 1, 4, 0, 2]):
            start = proof.exact_basin(data, True, np.array(pattern, dtype=bool), np.array([1, -1]))
            assert start.value > expected
            found = proof.prove_minimum(data, True, order, start)
            assert found.value == found.best.value == expected
            assert rs.verify(found.certificate)
            patterns, signs = np.array([p for p, _ in found.states]), [s for _, s in found.states]
            assert rs.basin_value(data, None, patterns, signs, exact=True, output_bias=True).exact_value == expected


@given(problems(max_n=6, max_d=2), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_floats_propose_what_fractions_find(problem, bias, random):
    """Cones that hold a generator and its negative, and generators that depend on each other once centred."""
    data = rs.Dataset(*problem)
    relaxation = Relaxation(data, bias, range(data.n))
    relaxation.see([*relaxation.basis, *(i for i in range(data.n) if i not in relaxation.basis)])
    cells = relaxation.tree.inside(0, 0, data.n)
    search, _, known = proof._bounds_of(
        relaxation, data.n, np.array([[2 * c, 2 * c + 1] for c in cells]), relaxation.tree.order
    )
    states = random.sample(range(len(known)), random.randint(0, len(known)))
    size = max(1.0, float(sum(v * v for v in problem[1])))
    assert search.rough(states).value == pytest.approx(float(search.exact(states).value), abs=1e-9 * size)


@pytest.fixture(scope="module")
def five():
    return global_minimum(*FIVE, 2, output_bias=True).certificate


def order_repeats(proof):
    proof["witness"]["order"][0] = proof["witness"]["order"][1]


def order_changed(proof):
    order = proof["witness"]["order"]
    order[-1], order[0] = order[0], order[-1]


def network_dropped(proof):
    proof["witness"]["W"].pop()


def vector_changed(proof):
    q = proof["witness"]["duals"][-1]
    q[0], q[1] = str(int(q[0]) + 1), str(int(q[1]) - 1)


def vector_turned(proof):
    proof["witness"]["duals"][0] = [str(-int(v)) for v in proof["witness"]["duals"][0]]


def vector_not_centred(proof):
    proof["witness"]["duals"][0] = [str(1000 * int(v) + 1) for v in proof["witness"]["duals"][0]]


def vector_too_long(proof):
    proof["witness"]["duals"][0] += ["0"] * 5


def depth_lowered(proof):
    """The later samples are not cut, and rays lie on both sides of them."""
    proof["witness"]["depths"] = [min(k, 2) for k in proof["witness"]["depths"]]


def depth_too_large(proof):
    proof["witness"]["depths"][0] = len(proof["witness"]["duals"][0]) + 1


def depth_below_the_rank(proof):
    proof["witness"]["depths"][-1] = 1


def depth_missing(proof):
    proof["witness"]["depths"].pop()


def depth_zero(proof):
    proof["witness"]["depths"][0] = 0


def value_lowered(proof):
    proof["claim"]["value"] = "1"


def worse_network(proof):
    proof["witness"]["W"] = [["0", "0"], ["0", "0"]]
    proof["witness"]["c"] = "7/5"
    proof["claim"]["value"] = "116/25"


def wider_claim(proof):
    proof["claim"]["width"] = 3
    proof["witness"]["W"].append(["0", "0"])
    proof["witness"]["v"].append("0")


def bound_dropped(proof):
    """The last ones see all samples: nothing comes after them."""
    del proof["witness"]["duals"][-1], proof["witness"]["depths"][-1]


def bounds_emptied(proof):
    proof["witness"]["duals"] = []


def bias_hidden(proof):
    proof["claim"]["output_bias"] = False


ALTERED = [
    (order_repeats, "each of the 5 samples once"),
    (order_changed, "below the claimed value|no lower bound holds"),
    (network_dropped, "weights W"),
    (vector_changed, "below the claimed value|no lower bound holds"),
    (vector_turned, "below the claimed value"),
    (vector_not_centred, "sum to zero|below the claimed value"),
    (vector_too_long, "entries"),
    (depth_lowered, "no lower bound holds"),
    (depth_too_large, "the depth of lower bound 0"),
    (depth_below_the_rank, "fewer than the rank 2"),
    (depth_missing, "depths for"),
    (depth_zero, "at least 1"),
    (value_lowered, "does not have the claimed loss"),
    (worse_network, "below the claimed value"),
    (wider_claim, "no lower bound holds"),
    (bound_dropped, "no lower bound"),
    (bounds_emptied, "there is no lower bound"),
    (bias_hidden, "output bias, the claim has none"),
]


@pytest.mark.parametrize(("alter", "problem"), ALTERED, ids=lambda v: getattr(v, "__name__", ""))
def test_an_altered_proof_fails(five, alter, problem):
    assert rs.verify(five)
    altered = copy.deepcopy(five)
    alter(altered)
    answer = rs.verify(altered)
    assert not answer
    assert any(part in answer.message for part in problem.split("|")), answer.message


def test_without_depths_the_vectors_count_where_their_samples_are_cut(five):
    """What holds of a cell holds of the cells inside it."""
    altered = copy.deepcopy(five)
    assert any(k < len(q) for k, q in zip(altered["witness"].pop("depths"), altered["witness"]["duals"], strict=True))
    assert rs.verify(altered)


@pytest.mark.parametrize("k", range(12))
def test_every_bound_is_needed_or_covered_twice(five, k):
    """Without a bound the proof fails, unless all layers that it bounds have another one."""
    duals = five["witness"]["duals"]
    if k < len(duals):
        altered = copy.deepcopy(five)
        altered["witness"]["duals"] = duals[k : k + 1]
        altered["witness"]["depths"] = altered["witness"]["depths"][k : k + 1]
        assert not rs.verify(altered)


def test_out_of_reach_the_certificate_says_what_it_proves(monkeypatch):
    truth = global_minimum(*FIVE, 2, output_bias=True)
    monkeypatch.setattr(proof, "MOST_BOUNDS", 1)
    found = global_minimum(*FIVE, 2, output_bias=True)
    assert found.certificate["kind"] == "basin-value"
    assert "lower end is numerical" in found.certificate["claim"]["proves"]
    assert found.exact_value == truth.exact_value
    assert found.lower < found.upper
    assert rs.verify(found.certificate)


def test_zero_loss_found_by_the_search_is_proved():
    found = global_minimum(*FIVE, 3, output_bias=True)
    assert (found.exact_value, found.lower, found.complete) == (0, 0, True)
    assert found.certificate["kind"] == "global-minimum"
    assert rs.verify(found.certificate)


def many_samples(proof):
    proof["data"]["n"] = 10**10


def very_wide(proof):
    m = 20_000
    proof["claim"]["width"] = m
    proof["witness"]["W"] += [["0", "0"]] * (m - 2)
    proof["witness"]["v"] += ["0"] * (m - 2)


def huge_exponent(proof):
    proof["claim"]["value"] = "1e100000000"


def other_digits(proof):
    proof["claim"]["value"] = "nan"


@pytest.mark.parametrize("alter", [many_samples, very_wide, huge_exponent, other_digits])
def test_what_would_exhaust_the_verifier_is_refused(five, alter):
    altered = copy.deepcopy(five)
    alter(altered)
    answer = rs.verify(altered)
    assert not answer
    assert "\n" not in answer.message
    assert len(answer.message) < 400


def test_a_number_of_thousands_of_digits_is_no_certificate(tmp_path):
    path = tmp_path / "proof.json"
    path.write_text('{"schema": 1, "kind": "global-minimum", "claim": ' + "9" * 5000 + "}")
    answer = rs.verify(path)
    assert not answer
    assert "not a JSON file" in answer.message
