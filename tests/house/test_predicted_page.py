"""The page of predictions and observations is what its script makes of the measurements that lie beside it."""

import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("predicted_page", DOCS / "predicted.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(width, good, adam, asked=None, rows=4, kind="sampled"):
    def claim(value, kind="sampled"):
        return {"value": value, "low": max(value - 0.1, 0.0), "high": min(value + 0.1, 1.0), "kind": kind}

    observed = dict.fromkeys(("adam", "adam_own_rate", "lbfgs", "sklearn_adam", "sklearn_lbfgs"), claim(adam))
    shares = {"good": claim(good), "reachable": claim(good, kind), "full_rank": claim(0.5)}
    return {"table": "t", "rows": rows, "width": width, "theorems_ask_for": asked, **shares, **observed}


def test_the_page_is_made_from_the_measurements(script):
    page = script.PAGE.read_text(encoding="utf-8")
    assert script.filled(page, script.measured()) == page


def test_ranks_go_together_or_against_each_other(script):
    rows = [row(1, 0.1, 0.2, 3), row(2, 0.3, 0.4, 3), row(4, 0.7, 0.5, 3), row(8, 0.9, 0.1, 3)]
    assert script.correlation(rows[:3], "good", "adam") == (pytest.approx(1.0), 3)
    # ranks 1 2 3 4 against 2 3 4 1: 1 - 6 * (1 + 1 + 1 + 9) / (4 * 15)
    assert script.correlation(rows, "good", "adam") == (pytest.approx(-0.2), 4)
    assert script.correlation(rows, "full_rank", "adam") is None
    assert script.predicted(rows[1], "theorem") == 0.0
    assert script.predicted(rows[2], "theorem") == 1.0


def test_a_bound_is_no_number_to_rank(script):
    rows = [row(1, 0.1, 0.2, kind="certified"), row(2, 0.3, 0.4, kind="certified"), row(4, 0.7, 0.5)]
    assert script.correlation(rows, "reachable", "adam") is None
    assert script.predicted(rows[0], "theorem") is None
    assert "0 % or more" in script.everything(rows[:1])
