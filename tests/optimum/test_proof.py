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
from reluscape import exact
from reluscape.cones import cells_of, generators_of
from reluscape.optimum import finite, global_minimum, proof
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


def test_real_table_at_two_units_through_its_file(tmp_path):
    data = rs.Dataset.from_csv("examples/linnerud.csv", target="weight", features=["chins"], bias=True)
    found = global_minimum(data, width=2, output_bias=True)
    path = tmp_path / "proof.json"
    rs.certificates.write(path, found.certificate)
    answer = rs.verify(path, data)
    assert answer.kind == "global-minimum"
    assert answer
    assert "24 cells, 1,035 layers" in answer.message


def test_a_start_that_is_not_the_best_is_replaced():
    data = rs.Dataset(*FIVE)
    generators = generators_of(cells_of(data), True)
    expected = lowest(data.fractions, data.y_fractions, 2, True)
    for layer in [(0, 1), (3, 7), (5, 5)]:
        found = proof.prove_minimum(generators, layer, 2)
        assert found.value == expected
        assert rs.verify(found.certificate)


@given(problems(max_n=6, max_d=2), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_floats_propose_what_fractions_find(problem, bias, random):
    """Cones that hold a generator and its negative, and generators that depend on each other once centred."""
    generators = generators_of(cells_of(rs.Dataset(*problem)), bias)
    search = proof._Search(generators)
    states = random.sample(range(generators.states), random.randint(0, generators.states))
    size = max(1.0, float(sum(v * v for v in problem[1])))
    assert search.rough(states)[0] == pytest.approx(float(search.exact(states).value), abs=1e-9 * size)


@pytest.fixture(scope="module")
def five():
    return global_minimum(*FIVE, 2, output_bias=True).certificate


def cell_repeated(proof):
    proof["witness"]["cells"][0] = proof["witness"]["cells"][1]


def cell_on_a_line(proof):
    proof["witness"]["cells"][0] = ["1", "4"]


def cell_dropped(proof):
    del proof["witness"]["cells"][-1]
    last = len(proof["witness"]["cells"])
    for dual in proof["witness"]["duals"]:
        dual["states"] = [s for s in dual["states"] if s[0] != last]


def vector_changed(proof):
    q = proof["witness"]["duals"][0]["q"]
    q[0], q[1] = str(int(q[0]) + 1), str(int(q[1]) - 1)


def vector_turned(proof):
    q = proof["witness"]["duals"][0]["q"]
    proof["witness"]["duals"][0]["q"] = [str(-int(v)) for v in q]


def vector_not_centred(proof):
    q = proof["witness"]["duals"][0]["q"]
    proof["witness"]["duals"][0]["q"] = [str(1000 * int(v) + 1) for v in q]


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
    del proof["witness"]["duals"][0]


def state_dropped(proof):
    del proof["witness"]["duals"][0]["states"][0]


def multiplier_dropped(proof):
    state = next(s for d in proof["witness"]["duals"] for s in d["states"] if s[2])
    del state[2][0]


def multiplier_negative(proof):
    state = next(s for d in proof["witness"]["duals"] for s in d["states"] if s[2])
    state[2][0][1] = "-" + state[2][0][1]


def sign_flipped(proof):
    state = next(s for d in proof["witness"]["duals"] for s in d["states"] if s[2])
    state[1] = -state[1]


def bias_hidden(proof):
    proof["claim"]["output_bias"] = False


ALTERED = [
    (cell_repeated, "listed twice"),
    (cell_on_a_line, "on the hyperplane"),
    (cell_dropped, "9 cells are listed, but the samples cut weight space into 10"),
    (vector_changed, "below the claimed value|not proved"),
    (vector_turned, "below the claimed value"),
    (vector_not_centred, "sum to zero|below the claimed value"),
    (value_lowered, "does not have the claimed loss"),
    (worse_network, "below the claimed value"),
    (wider_claim, "no lower bound holds"),
    (bound_dropped, "no lower bound"),
    (state_dropped, "no lower bound"),
    (multiplier_dropped, "not proved"),
    (multiplier_negative, "negative"),
    (sign_flipped, "not proved"),
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


def test_out_of_reach_the_certificate_says_what_it_proves(monkeypatch):
    truth = global_minimum(*FIVE, 2, output_bias=True)
    monkeypatch.setattr(proof, "MOST_SETS", 10)
    found = global_minimum(*FIVE, 2, output_bias=True)
    assert found.certificate["kind"] == "basin-value"
    assert "lower end is numerical" in found.certificate["claim"]["proves"]
    assert found.exact_value == truth.exact_value
    assert found.lower < found.upper
    assert rs.verify(found.certificate)


def test_zero_loss_found_by_the_search_is_proved(monkeypatch):
    monkeypatch.setattr(finite, "MOST_LISTED", 0)
    found = global_minimum(*FIVE, 3, output_bias=True)
    assert (found.exact_value, found.lower, found.complete) == (0, 0, True)
    assert found.certificate["kind"] == "global-minimum"
    assert rs.verify(found.certificate)
