"""Text, None and NaN in the place of numbers: one line that says what is wrong, in every room."""

from math import inf, nan

import pytest

import reluscape as rs

X, Y = [[1, 0], [0, 1], [1, 1]], [1, -1, 2]
NET = rs.TwoLayerNet([[1, 2]], [1])

CALLS = {
    "weights": lambda: rs.TwoLayerNet([["a", 2]], [1]),
    "output bias": lambda: rs.TwoLayerNet([[1, 2]], [1], c="a"),
    "rng": lambda: rs.sample_regions(X, 2, rng="a"),
    "rng of the conjugate problems": lambda: rs.bounds.liang_problem_5([[[1.0]]], [1.0], rng="a"),
    "law that returns no pair": lambda: rs.good_basin_probability(X, Y, 2, law=lambda *_: 3, trials=5, exact=False),
    "dimension of a face": lambda: rs.enumerate_faces(X, dim="a"),
    "width of a curve": lambda: rs.full_rank_curve(X, population="regions")("a"),
    "width of a probability": lambda: rs.good_basin_probability(X, Y, "a"),
    "trials": lambda: rs.good_basin_probability(X, Y, 2, trials=None, exact=False),
    "networks of a slice": lambda: rs.loss_slice("a", NET, X, Y),
    "dead units": lambda: rs.dead_units([["a", "b"]], X),
    "height cap": lambda: rs.barrier_tree([[1], [-1]], [1, 2], 1, height_cap="a"),
    "reach": lambda: rs.reachable_minimum(X, Y, [[1, 2]], [1], c="a"),
    "time limit": lambda: rs.global_minimum(X, Y, 1, time_limit="a"),
    "width of a global minimum": lambda: rs.global_minimum(X, Y, None),
    "delta": lambda: rs.bounds.safran_claim_1("a", 3),
    "ratio": lambda: rs.bounds.safran_lemma_8(3, None),
    "angle": lambda: rs.bounds.safran_claim_3(3, "a"),
    "gradient": lambda: rs.bounds.karhadkar_lemma_1(None, 1.0, 3),
    "radius": lambda: rs.bounds.liang_proposition_3(1, 2, 1.0, "a", 3),
    "base": lambda: rs.requ.design([[0], [1]], [1, -1], base="2"),
    "coefficients": lambda: rs.requ.coercivity_constant(["a"]),
    "level": lambda: rs.requ.sublevel_radius("a", [1]),
    "regulariser of NaN": lambda: rs.requ.regularizer([nan], [[1, 2]], [1]),
    "regulariser of infinity": lambda: rs.requ.regularizer([1], [[1, inf]], [1]),
    "training error": lambda: rs.requ.training_error("a", [[0], [1]], [1, -1]),
    "bad minimum": lambda: rs.requ.bad_minimum("a", 2, 0.25),
    "filter": lambda: rs.requ.conv.pad_convolve(["a"], [1]),
    "length": lambda: rs.requ.conv.toeplitz([1], "a"),
    "widths": lambda: rs.requ.conv.widths("a", 1, 1, 1),
    "convolutional network": lambda: rs.requ.conv.identity_gap("a"),
    "ReQU network": lambda: rs.requ.certify([[0], [1]], [1, -1], "a", [0.1]),
    "clusters": lambda: rs.constructions.clusters([["a", 1]], 0.1, [1]),
    "widths of a survey": lambda: rs.survey(X, Y, widths="ab"),
    "no widths of a survey": lambda: rs.survey(X, Y, widths=None),
    "NaN for a width of a survey": lambda: rs.survey(X, Y, widths=(nan,)),
    "infinite width of a survey": lambda: rs.survey(X, Y, widths=(1, inf)),
    "tolerance of a survey": lambda: rs.survey(X, Y, tolerance="a"),
    "ragged pattern": lambda: rs.basin_value(X, Y, [[True], [True, False]], [1, 1]),
    "deep weights": lambda: rs.DeepNet([[["a"]], [[1]]], [[0], [0]]),
    "no deep weights": lambda: rs.DeepNet(None, None),
    "points of a line": lambda: rs.represent_1d(None, None),
    "line of a polyline": lambda: rs.function_space_1d(None),
    "line of zero loss": lambda: rs.zero_loss_fraction_1d(None, None, None),
    "draws": lambda: rs.unseen_mass(None),
    "interval of a slice": lambda: rs.loss_slice(NET, NET, X, Y, interval="a"),
    "singletons": lambda: rs.constructions.singletons(None),
    "trials of a survey": lambda: rs.survey(X, Y, trials="a"),
    "seconds of a survey": lambda: rs.survey(X, Y, seconds="a"),
    "greatest width of a survey": lambda: rs.survey(X, Y, max_width="a"),
    "seed of a survey": lambda: rs.survey(X, Y, seed="a"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_is_refused_in_one_line(call):
    with pytest.raises(rs.ReluscapeError) as refused:
        call()
    assert str(refused.value).strip()
    assert "\n" not in str(refused.value)


def test_every_name_that_the_statements_list_can_be_fetched():
    names = [name for name in dir(rs.bounds) if not name.startswith("_")]
    assert {"table", "Promise", "karhadkar_theorem_2", "safran_theorem_6_exact"} <= set(names)
    assert all(getattr(rs.bounds, name) is not None for name in names)
