"""Real reports hold what the schema says, no key more and none less, and pages read no other path."""

from __future__ import annotations

import ast
import json
import types
import typing
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs
from reluscape.stories import page, schema

ROWS = np.array([[0.0], [1.0], [2.0], [3.0]])
HEIGHTS = np.array([0.0, 1.0, 0.0, 1.0])
READERS = ("at", "number", "interval", "claim_cell")
KINDS = {
    "survey": schema.SurveyReport,
    "census": schema.CensusReport,
    "explain": schema.ExplainReport,
    "design": schema.DesignReport,
}


def faults(value, wanted, place="report"):
    """Return where a value is not what a type says: an independent reading of TypedDict, list, dict and unions."""
    origin, args = typing.get_origin(wanted), typing.get_args(wanted)
    if wanted is typing.Any:
        return []
    if origin in (typing.NotRequired, typing.Required):
        return faults(value, args[0], place)
    if origin in (typing.Union, types.UnionType):
        tried = [faults(value, each, place) for each in args]
        return [] if any(not found for found in tried) else min(tried, key=len)
    if typing.is_typeddict(wanted):
        if not isinstance(value, dict):
            return [f"{place}: {type(value).__name__}, not an object"]
        hints = typing.get_type_hints(wanted, include_extras=True)
        optional = {key for key, hint in hints.items() if typing.get_origin(hint) is typing.NotRequired}
        found = [f"{place}.{key}: missing" for key in hints if key not in value and key not in optional]
        found += [f"{place}.{key}: unknown" for key in value if key not in hints]
        return found + [f for key in hints if key in value for f in faults(value[key], hints[key], f"{place}.{key}")]
    if origin is list:
        if not isinstance(value, list):
            return [f"{place}: {type(value).__name__}, not a list"]
        return [f for k, each in enumerate(value) for f in faults(each, args[0], f"{place}.{k}")]
    if origin is dict:
        if not isinstance(value, dict):
            return [f"{place}: {type(value).__name__}, not an object"]
        return [f for key, each in value.items() for f in faults(each, args[1], f"{place}.{key}")]
    if wanted is type(None):
        return [] if value is None else [f"{place}: {value!r}, not null"]
    good = {float: (int, float), int: (int,), str: (str,), bool: (bool,)}[wanted]
    if not isinstance(value, good) or (isinstance(value, bool) and wanted is not bool):
        return [f"{place}: {value!r}, not {wanted.__name__}"]
    return []


def deep(*sizes, slope=0.0, seed=0):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=(out, into)) for into, out in pairwise(sizes)]
    return rs.DeepNet(weights, [rng.normal(size=len(w)) for w in weights], slopes=[slope] * (len(sizes) - 2))


def explained():
    one = rs.TwoLayerNet([[1.0, -0.5], [-1.0, 1.5]], [1.0, 0.5], 0.1, True)
    Y = np.stack([HEIGHTS, 1 - HEIGHTS], axis=1)
    yield "one hidden layer", rs.explain(one, ROWS, HEIGHTS)
    yield "test rows", rs.explain(one, ROWS, HEIGHTS, X_test=ROWS + 0.5, y_test=HEIGHTS)
    yield "logits", rs.explain(one, ROWS, HEIGHTS, loss="bce")
    yield "wrong input", rs.explain(rs.TwoLayerNet([[9.0, 1.0]], [9.0], 0.0, True), ROWS, HEIGHTS, loss="squared")
    yield "deep", rs.explain(deep(1, 3, 2, 1), ROWS, HEIGHTS)
    yield "several outputs", rs.explain(deep(1, 3, 2), ROWS, Y, loss="squared")
    yield "softmax", rs.explain(deep(1, 3, 2), ROWS, HEIGHTS, loss="cross_entropy")
    yield "leaky", rs.explain(deep(1, 3, 1, slope=0.1), ROWS, HEIGHTS)
    yield "exact point", rs.explain(rs.TwoLayerNet([[1.0, 0.0]], [1.0]), [[1, 0], [0, 1]], [1, -1])


def test_every_explanation_is_as_the_schema_says():
    answers = set()
    for name, story in explained():
        found = faults(json.loads(story.to_json()), schema.ExplainReport)
        assert not found, (name, found[:5])
        answers.add(story.answer)
        assert page.render(story.report)
    assert len(answers) >= 2


@pytest.mark.parametrize("target", [HEIGHTS, [0.0, 0.0, 1.0, 1.0]])
def test_every_survey_is_as_the_schema_says(target):
    rows = [[0], [1], [2], [2]] if target is not HEIGHTS else ROWS
    story = rs.survey(rs.Dataset(rows, target, bias=True), widths=(1, 2), trials=20, max_width=2)
    assert not faults(json.loads(story.to_json()), schema.SurveyReport)


@pytest.mark.parametrize("cap", [None, 0.3])
def test_every_census_is_as_the_schema_says(cap):
    story = rs.landscape(rs.Dataset(ROWS, HEIGHTS, bias=True), width=1, trials=20, height_cap=cap)
    assert not faults(json.loads(story.to_json()), schema.CensusReport)


def test_every_design_is_as_the_schema_says():
    from reluscape.requ import tell_design

    story = tell_design([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1])
    assert not faults(json.loads(story.to_json()), schema.DesignReport)
    assert page.render(story.report)


def test_the_checker_finds_what_is_wrong():
    claim = {"value": 0.5, "low": None, "high": None, "kind": "exact"}
    assert faults(claim, schema.Claim) == []
    assert faults({**claim, "kid": 1}, schema.Claim) == ["report.kid: unknown"]
    assert faults({key: claim[key] for key in ("value", "low", "kind")}, schema.Claim) == ["report.high: missing"]
    assert faults({**claim, "kind": 3}, schema.Claim) == ["report.kind: 3, not str"]
    assert faults(True, int) == ["report: True, not int"]


def known(path, wanted):
    """Return whether a dotted path leads somewhere in a type."""
    step, _, rest = path.partition(".")
    options = [wanted]
    while any(typing.get_origin(o) in (typing.Union, types.UnionType, typing.NotRequired) for o in options):
        options = [
            each
            for o in options
            for each in (
                typing.get_args(o)
                if typing.get_origin(o) in (typing.Union, types.UnionType, typing.NotRequired)
                else [o]
            )
        ]
    if not step or typing.Any in options:
        return True
    for option in options:
        if typing.is_typeddict(option):
            hints = typing.get_type_hints(option, include_extras=True)
            if step in hints and known(rest, hints[step]):
                return True
        elif typing.get_origin(option) is list and step.lstrip("-").isdigit():
            return known(rest, typing.get_args(option)[0])
        elif typing.get_origin(option) is dict:
            return known(rest, typing.get_args(option)[1])
    return False


def test_pages_read_paths_of_the_schema_only():
    """Every path that stands in the pages' source as text leads somewhere in one of the reports."""
    paths = set()
    for file in sorted(Path(page.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and len(node.args) > 1 and isinstance(node.args[0], ast.Name):
                first, second, called = *node.args[:2], getattr(node.func, "id", "")
                if (
                    called in READERS
                    and first.id == "report"
                    and isinstance(second, ast.Constant)
                    and isinstance(second.value, str)
                ):
                    paths.add(second.value)
    assert len(paths) > 20
    strange = {path for path in paths if not any(known(path, kind) for kind in KINDS.values())}
    assert not strange
