"""One or more true certificates of every kind, on small degenerate data."""

from __future__ import annotations

import functools
import json

import reluscape as rs
from reluscape import DeepNet
from reluscape.certificates import new
from reluscape.critical.proof import prove
from reluscape.landscape.optimum import global_minimum
from reluscape.landscape.optimum.decayed_infinite import decayed_infinite_width_minimum
from reluscape.landscape.optimum.decayed_splitting import Splits
from reluscape.problem.penalties import WeightDecay

LINE, HEIGHTS = [["1", "1"], ["0", "1"], ["2", "1"], ["1", "1"]], ["1", "0", "3", "2"]
# beside a minimum of three units against three others, two of which are opposite
SPURIOUS = [[2.34, 3.75], [0.61, -0.51], [-3.85, -1.3]]
PLANE, TARGETS = [[1, 0], [0, 1], [1, 1]], [-2, -2, 1]


# the kinds of the certificates in their order: a test that is only gathered computes none
OF_KINDS = (
    *("region-witness", "region-empty", "basin-value", "basin-value", "frozen-basin-value", "zero-loss", "zero-loss"),
    *("local-minimum", "local-minimum", "not-minimum", "global-minimum"),
    *("deep-local-minimum", "deep-not-minimum", "bundle"),
    *("decayed-basin-value", "lambda-max", "decayed-global-minimum", "decayed-local-minimum"),
    *("decayed-width-minimum", "decayed-cone-minimum"),
    *("population-minimum", "population-minimum", "several-outputs-minimum", "several-outputs-minimum"),
    *("logistic-basin-value", "logistic-basin-value"),
)


def _deep(target):
    """Two hidden layers of one unit: a minimum on the kink of a sample, and units at zero that wake."""
    if target < 0:
        net = DeepNet([[[0.0]], [[0.0]]], [None, None])
        return prove(net, [[1], [2]], [1, 1], "squared", 1).certificate
    net = DeepNet([[[1.0]], [[1.0]], [[1.0]]], [[0.0], [0.0], [0.0]])
    return prove(net, [[1], [2], [3]], [1, 2, 3], "squared", "1/100").certificate


@functools.cache
def _texts():
    minimum = rs.certify(PLANE, TARGETS, [[0, 0], [-1, -1]], [1, 1]).certificate
    dead = rs.certify(PLANE, TARGETS, [[-1, -1], [-2, -1]], [1, 1], trainable="W").certificate
    lowest = global_minimum([[-1, 1], [0, 1], [2, 1]], [1, 0, 1], 1, output_bias=True).certificate
    data, free = rs.Dataset(PLANE, TARGETS), WeightDecay("1/10", biases=False)
    cut = rs.Problem(LINE, HEIGHTS, weight_decay=free, output_bias=True)
    parts = [{k: v for k, v in minimum.items() if k != "data"}]
    certificates = [
        rs.is_realizable(PLANE, [1, 0, 1]).certificate,
        rs.is_realizable(PLANE, [0, 0, 1]).certificate,
        rs.basin_value(LINE, HEIGHTS, [[1, 0, 1, 1], [1, 1, 0, 1]], [1, -1], exact=True).certificate,
        rs.basin_value(LINE, HEIGHTS, [[0, 1, 0, 0]], [1], exact=True, output_bias=True).certificate,
        rs.basin_value(LINE, HEIGHTS, [[1, 0, 1, 1]], None, v=[["3"]], exact=True).certificate,
        rs.zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, -1]).certificate,
        rs.zero_loss([[0, 1], [1, 1]], [1, -1], [[1, 0], [0, 1]], [1, 1]).certificate,
        minimum,
        dead,
        rs.certify(PLANE, [1, 1, 1], [[1, -1], [-1, -2]], [1, 0]).certificate,
        lowest,
        _deep(2.0),
        _deep(-1.0),
        new(
            "bundle",
            data.fractions,
            data.y_fractions,
            {"local_minima": 1, "global_minimum": False},
            {"members": parts},
        ),
        rs.basin_value(LINE, HEIGHTS, [[1, 0, 1, 1]], [1], exact=True, weight_decay=free, output_bias=True).certificate,
        rs.lambda_max(LINE, HEIGHTS).certificate,
        rs.infinite_width_minimum(PLANE, TARGETS, weight_decay="1/5").certificate,
        rs.descend(LINE, HEIGHTS, [[1, 0.5]], [1], 0.0, weight_decay="1/5").verdict.certificate,
        global_minimum([[-1, 1], [0, 1], [2, 1]], [1, 0, 1], 1, weight_decay="1/50").certificate,
        decayed_infinite_width_minimum(cut, told_apart=Splits(cut)).certificate,
        rs.population.prove([[0.8, 0.8]], [[1, 0], [0, 1]]).certificate,
        rs.population.prove(SPURIOUS, [[3, 3], [-2, -2], [-2, 1]]).certificate,
        rs.infinite_width_minimum(
            LINE, [["1", "0"], ["0", "2"], ["3", "1"], ["2", "0"]], weight_decay="1/5"
        ).certificate,
        rs.infinite_width_minimum(
            [[1, 0, 1], [0, 1, 1], [1, 1, 0]], [[1, 2], [0, 1], [1, -1]], weight_decay=1
        ).certificate,
        rs.logistic_infimum(LINE, [1, -1, 1, -1], [[1, 0, 1, 1]], [1]).certificate,
        rs.logistic_infimum(LINE, [1, 0, 0, 0], [[1, 0, 1, 1]], [-1], loss="bce", output_bias=True).certificate,
    ]
    return [json.dumps(certificate) for certificate in certificates]


def certificates():
    """Return fresh copies."""
    return [json.loads(text) for text in _texts()]
