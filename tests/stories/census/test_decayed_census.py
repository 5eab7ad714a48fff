"""The census of a landscape with weight decay: its words, its numbers, its proof, its command."""

import json

import numpy as np
import pytest

import reluscape as rs
from reluscape.errors import InputError
from tests.oracles.decayed import descended

XOR = rs.Dataset([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0], bias=True)


@pytest.fixture(scope="module")
def story():
    return rs.landscape(XOR, width=2, trials=20, weight_decay=rs.WeightDecay("1/20", biases=False))


def test_levels_are_those_of_the_tree_and_no_descent_is_lower(story):
    report = story.report
    values = [valley["value"] for valley in report["valleys"]]
    assert [round(2 * v, 5) for v in values] == [0.24284] * 2 + [0.32926] * 4 + [0.37142] * 4
    assert report["losses"]["any_width"]["value"] == pytest.approx(values[0])
    assert report["losses"]["zero"]["value"] == pytest.approx(0.25)
    ends = descended(story.tree.problem, 2, 10, np.random.default_rng(0))
    assert min(ends) >= values[0] - 1e-6


def test_words(story):
    assert "lowest objective (loss plus decay)" in story.verdict
    assert "training (Adam, a falling step)" in story.verdict
    assert "proved for every width, with weight decay" in story.verdict
    assert story.report["settings"]["weight_decay"] == pytest.approx(0.05)
    assert story.report["settings"]["free_biases"] is True
    json.dumps(story.report, allow_nan=False)


def test_proofs_of_the_bottoms_verify(story):
    certificate = story.certificate()
    members = certificate["witness"]["members"]
    assert len(members) >= 2
    assert {member["kind"] for member in members} == {"decayed-local-minimum"}
    assert rs.verify(certificate).ok
    broken = {**members[0], "claim": {**members[0]["claim"], "upper": members[0]["claim"]["lower"], "lower": "0"}}
    assert not rs.verify({**certificate, "witness": {"members": [broken, *members[1:]]}}).ok


def test_page_and_picture(story, tmp_path):
    assert story.to_html(tmp_path / "page.html").stat().st_size > 10_000
    assert story.plot() is not None


def test_free_biases_alone_are_refused():
    from reluscape.cli.options import decay_of_options

    with pytest.raises(InputError, match="give --weight-decay too"):
        decay_of_options(None, True)
    assert decay_of_options(0.1, True) == rs.WeightDecay("0.1", biases=False)
    assert decay_of_options(None, False) is None
