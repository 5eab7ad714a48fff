"""Argument lists stay short: a public function beyond eight parameters is listed here with the reason."""

import inspect

import pytest

import reluscape as rs

MOST = 8
CONTRACT = "the keywords are those of the contract; a Problem in place of X says loss, weight decay, bias and signs"
PAPER = "one argument for each letter of the printed statement"
LONG = {
    "basin_value": CONTRACT,
    "basin_values": CONTRACT,
    "certify": CONTRACT,
    "descend": CONTRACT,
    "global_minimum": CONTRACT,
    "barrier_tree": CONTRACT,
    "reachable_probability": CONTRACT,
    "good_basin_probability": CONTRACT,
    "genuine_minimum_share": "the data and the usual arguments of a sampled share: law, trials, rng, exact",
    "start_above_zero": "the data and the usual arguments of a sampled share: law, trials, rng, exact",
    "decay_path": "the problem without its decay, and one argument each for the ends, accuracy and size of the path",
    "predicted_against_observed": "the data, and one argument each for what is predicted, trained and drawn",
    "bounds.liang_theorem_2": PAPER,
    "bounds.liang_lemma_6": PAPER,
    "requ.design": "the data, and one argument for each quantity that the theorem leaves open",
    "requ.train": "the data, and one argument for each stage of the training that can be bounded",
}


def functions():
    """Return the public functions and classes, by name."""
    found = {name: getattr(rs, name) for name in rs.__all__}
    for package in ("bounds", "requ", "constructions", "datasets"):
        module = getattr(rs, package)
        found |= {f"{package}.{name}": getattr(module, name) for name in getattr(module, "__all__", dir(module))}
    return {name: thing for name, thing in found.items() if inspect.isfunction(thing)}


@pytest.fixture(scope="module")
def long():
    """Return the public functions with more than eight parameters."""
    counts = {name: len(inspect.signature(thing).parameters) for name, thing in functions().items()}
    return {name: count for name, count in counts.items() if count > MOST}


def test_longer_argument_lists_are_listed_with_their_reason(long):
    assert set(long) <= set(LONG), "a settings object, a Problem, or a line in this table with the reason"


def test_the_table_lists_no_function_that_became_short(long):
    assert set(LONG) <= set(long)
