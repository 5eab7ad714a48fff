"""The notebooks of docs/notebooks run from the first cell to the last, and show what their words say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"


def run(name):
    """Run every code cell in one namespace and return it; what a cell ends in must have a representation."""
    import matplotlib.pyplot as plt

    space = {"__name__": "__main__"}
    content = json.loads((FOLDER / f"{name}.ipynb").read_text("utf-8"))
    assert content["nbformat"] == 4
    for cell in content["cells"]:
        assert cell.get("outputs", []) == []
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), space)
    plt.close("all")
    return space


def test_every_notebook_has_its_test():
    tested = {"lecture-xor", "stuck-network", "papers-figures"}
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == tested


def test_the_lecture():
    space = run("lecture-xor")
    assert space["solution"].exact_loss == 0
    assert str(space["constant"].exact_loss) == "1/4"
    assert space["constant"].is_local_minimum
    assert [str(value) for value in space["law"]] == ["0", "1/8", "1/6", "1/4"]


@pytest.mark.torch
def test_the_stuck_network():
    pytest.importorskip("torch")
    space = run("stuck-network")
    assert (space["story"].answer, space["again"].answer) == ("stuck", "solved")
    assert "<svg" in space["story"]._repr_html_()


def test_the_figures_of_the_papers():
    assert run("papers-figures")["drawing"].data["minima"][1][1] == 0.5
