"""Commands of a test say nothing of kernels: whether one is compiled depends on the tests before it."""

import pytest

from reluscape.numbers import kernels


@pytest.fixture(autouse=True)
def _nothing_is_said_of_kernels(monkeypatch):
    monkeypatch.setattr(kernels, "before_compiling", lambda say: None)
    monkeypatch.setattr(kernels, "_waiting", [])
