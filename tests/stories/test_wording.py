"""How numbers are said: the same share has the same words everywhere, and no word is a wrong one."""

import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reluscape
from reluscape.stories.usual_width import usual_place
from reluscape.stories.wording import of_the_weights, part, percent, short, whole


def test_whole_numbers():
    assert whole("100000000000000000000") == "1.0 x 10^20"
    assert whole(2318) == "2,318"
    assert whole(10**5000) == "1.0 x 10^5000"
    assert short(1 / 3) == "0.3333"


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0%"),
        (0.0004, "less than 0.1%"),
        (0.05, "5%"),
        (0.5, "50%"),
        (0.97, "97%"),
        (0.9995, "more than 99.9%"),
        (1.0, "100%"),
        (1.0000001, "more than 100%"),
        (1.013, "101.3%"),
        (12.5, "1,250%"),
    ],
)
def test_percent(share, words):
    assert percent(share) == words


@given(st.fractions(min_value=0, max_value=1), st.sampled_from([1e-3, 1e-5]))
def test_percent_says_what_is_so(share, least):
    """The words read back as a number: an interval that holds the share, or the share within half a last digit."""
    words = percent(float(share), least)
    number = Fraction(re.search(r"[0-9.]+", words)[0]) / 100
    if words.startswith("less than"):
        assert 0 < share < number
    elif words.startswith("more than"):
        assert number < float(share) < 1
    else:
        digits = re.search(r"\.?([0-9]*)%", words)[1] if "." in words else ""
        assert abs(number - share) <= Fraction(1, 200) / 10 ** len(digits) + Fraction(1, 10**15)
        assert "e" not in words


def test_a_share_that_is_not_all_is_never_said_to_be_all():
    for k in range(1, 17):
        for share in (10.0**-k, 1 - 10.0**-k):
            for words in (percent(share), part(share, 1.0)):
                assert words not in ("0%", "100%", "100.0%")
    assert of_the_weights(0.9995) == "99.95% of the weights"
    assert of_the_weights(1e-20) == "less than 0.001% of the weights"


def test_no_story_writes_per_cent_by_itself():
    """One module says numbers; pictures may format the ticks of an axis."""
    root = Path(reluscape.__file__).parent
    for folder in ("stories", "cli"):
        for path in sorted((root / folder).rglob("*.py")):
            if path.name != "wording.py":
                for line in path.read_text(encoding="utf-8").splitlines():
                    assert not re.search(r":[,.0-9]*%}", line), (path.name, line)


def test_the_usual_width_is_decided_once():
    widths = [{"width": w} for w in (1, 2, 4, 8, 16)]
    assert usual_place({"widths": widths}) == 3
    assert usual_place({"widths": widths[:3]}) == 2
    assert usual_place({"widths": []}) is None
