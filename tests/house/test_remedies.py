"""Every remedy of a TooLarge names a call that exists: a public function, with the argument that it is told to take."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import reluscape as rs

SOURCE = Path(rs.__file__).parent
CALL = re.compile(r"(\w+)\(\.\.\., (\w+)=")
BARE = re.compile(r"(?:leave|with|simulate|sample)[a-z ]* (exact)=(?:None|False)")


def messages():
    """Every text that a TooLarge is raised with, by file and line."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TooLarge":
                parts = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, str)]
                yield f"{path.name}:{node.lineno}", "".join(parts)


def test_every_remedy_names_a_call_that_exists():
    found = list(messages())
    assert len(found) > 20
    calls = [(place, *match) for place, text in found for match in CALL.findall(text)]
    assert calls
    for place, name, argument in calls:
        assert argument in inspect.signature(getattr(rs, name)).parameters, (place, name, argument)


def test_no_remedy_asks_for_an_argument_without_its_function():
    for place, text in messages():
        assert not BARE.search(text), (place, text)


def test_a_curve_out_of_reach_says_what_to_call_instead():
    """Eight points on a parabola have more states than an exact curve takes; the call that is named answers."""
    X, y = [[i, i * i, 1] for i in range(8)], [0, 1] * 4
    with pytest.raises(rs.TooLarge, match=r"good_basin_probability\(\.\.\., exact=False\)"):
        rs.good_basin_curve(X, y)
    assert rs.good_basin_probability(X, y, 2, trials=20, rng=0, exact=False).kind == "sampled"
