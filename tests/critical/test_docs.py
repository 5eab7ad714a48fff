"""What docs/why-xor-gets-stuck.md shows runs, and its callback finds the dead units of a torch module."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import numpy as np
import pytest

import reluscape as rs

PAGE = Path(__file__).parents[2] / "docs" / "why-xor-gets-stuck.md"


def test_the_page_runs():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 10
    assert failed == 0


def test_the_values_of_the_page_are_reached_and_no_others():
    """Gradient steps from many starts stop only at values of the list, or are on their way past a saddle."""
    from scipy.optimize import minimize

    X, y = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1.0]]), np.array([0, 1, 1, 0.0])
    rng = np.random.default_rng(0)

    def loss(theta):
        H = X @ theta[:6].reshape(2, 3).T
        A = np.maximum(H, 0)
        e = 2 * (A @ theta[6:8] + theta[8] - y) / 4
        dW = ((H > 0) * e[:, None]).T @ X * theta[6:8, None]
        return np.mean((A @ theta[6:8] + theta[8] - y) ** 2), np.concatenate([dW.ravel(), A.T @ e, [e.sum()]])

    ends = []
    for _ in range(40):
        found = minimize(loss, rng.normal(size=9), jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 2000})
        W, v, c = found.x[:6].reshape(2, 3), found.x[6:8], found.x[8]
        end = rs.descend(X, y, W, v, c, exact=False)
        assert end.finished
        ends.append(end.loss)
    listed = [0, 1 / 8, 1 / 6, 1 / 4]
    near = {min(listed, key=lambda value: abs(value - end)) for end in ends}
    assert all(min(abs(value - end) for value in listed) < 1e-9 for end in ends)
    assert {0, 1 / 4} <= near


@pytest.mark.torch
def test_the_callback_of_the_page(capsys):
    torch = pytest.importorskip("torch")
    blocks = re.findall(r"```python\n(def .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 1
    lines = [line for line in blocks[0].splitlines() if line.strip()]
    assert len(lines) <= 11
    space: dict = {}
    exec(blocks[0], space)
    X = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    hidden = torch.nn.Linear(2, 3)
    with torch.no_grad():
        hidden.weight.copy_(torch.tensor([[-1.0, -1], [1, 1], [-1, -2]]))
        hidden.bias.copy_(torch.tensor([-1.0, 0, -1]))
    assert space["dead_units"](hidden, X) == [0, 2]
    W = np.column_stack([hidden.weight.detach().numpy(), hidden.bias.detach().numpy()])
    assert rs.dead_units(W, np.column_stack([X.numpy(), np.ones(4)])) == (0, 2)
    space["report_dead_units"](7, hidden, X)
    assert capsys.readouterr().out == "epoch 7: 2 of 3 units are off on all samples: [0, 2]\n"
