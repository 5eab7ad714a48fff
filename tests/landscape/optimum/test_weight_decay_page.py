"""The worked XOR of docs/weight-decay.md prints what is shown."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "weight-decay.md"


def test_the_page_prints_what_is_shown():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried > 0
    assert failed == 0
