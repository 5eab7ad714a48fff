"""The first line of a survey: the answer in a few words, whichever fit is the better one."""

import pytest

from reluscape.stories.survey.verdict import verdict_lines


def report(network, plane, constant=1.0, accuracies=(None, None, None)):
    def fit(value, accuracy):
        return {"value": value, "share": value, "accuracy": accuracy}

    fits = [fit(value, a) for value, a in zip((network, plane, constant), accuracies, strict=True)]
    claim = {"value": 0.5, "low": 0.3, "high": 0.7, "trials": 20}
    return {
        "data": {"features": ["a", "b"], "loss": "squared", "n": 20, "bias": True, "output_bias": True},
        "losses": {"best_network": {**fits[0], "width": 4}, "affine": fits[1], "constant": fits[2]},
        "held_out": {
            "folds": 5, "rows": 20, "trained_on": 16, "width": 4, "tried": [4],
            "network": fits[0], "affine": fits[1], "constant": fits[2],
        },
        "width_for": {
            "width": None, "stopped_by": "time", "least": None,
            "curve": [{"width": 4, "trained": claim}, {"width": 8, "trained": claim}],
        },
        "widths": [
            {"width": 4, "good": None, "training": {"traps": [], "runs": 20}},
        ],
        "regions": {"kind": "exact", "value": "8"},
        "promises": [],
        "settings": {"tolerance": 0.05},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("network", "plane", "start"),
    [
        (0.2, 0.9, "A network is worth it: on rows left out of training 4 units leave 20% of the variance"),
        (0.9, 0.9, "A straight plane is as good as a network"),
        (1.6, 0.9, "A straight plane is better than a network"),
        (1.2, 1.1, "Neither a network of the widths listed nor a straight plane beats a constant"),
    ],
)
def test_the_first_line_says_which_fit_is_better(network, plane, start):
    lines = verdict_lines(report(network, plane))
    assert lines[0].startswith(start)
    assert len(lines[0]) <= 180
    assert len(lines) <= 6


def test_classes_are_compared_by_the_rows_they_get_right():
    about = report(0.3, 0.2, accuracies=(0.9, 0.8, 0.6))
    about["held_out"]["rows"] = 200
    assert verdict_lines(about)[0] == (
        "A network is worth it: 4 units get 90% of rows left out of training right, a straight plane 80%."
    )


@pytest.mark.parametrize(
    ("network", "plane", "start"),
    [
        (145, 146, "A straight plane is as good as a network"),
        (148, 145, "A network is worth it"),
        (130, 146, "A straight plane is better than a network"),
        (147, 145, "A straight plane is as good as a network"),
    ],
)
def test_a_row_or_two_is_chance(network, plane, start):
    """Of 150 rows: 5 against 4 wrong, 2 against 5, 20 against 4, 3 against 5; chance is the root of their sum."""
    about = report(0.3, 0.2, accuracies=(network / 150, plane / 150, 50 / 150))
    about["held_out"]["rows"] = 150
    assert verdict_lines(about)[0].startswith(start)


def test_fewer_units_are_told_beside_the_widest():
    (line,) = [line for line in verdict_lines(report(0.2, 0.9)) if line.startswith("Up to 8 units")]
    assert "10 of 20 trainings ended at the best known loss (30% to 70%); with 4 units, 10 of 20 did. With" in line


@pytest.mark.parametrize(
    ("network", "start", "end"),
    [
        (1.6, "A straight plane is better than a network of 1 or 2 units: ", "; for 4 or 8 units there was no time."),
        (0.9, "A straight plane is as good as a network of 1 or 2 units: ", "; for 4 or 8 units there was no time."),
        (0.2, "A network is worth it: ", "; for 4 or 8 units there was no time."),
    ],
)
def test_a_plane_is_said_to_be_better_than_the_widths_that_there_was_time_for(network, start, end):
    about = report(network, 0.9)
    about["widths"] = [{**about["widths"][0], "width": width} for width in (1, 2, 4, 8)]
    about["held_out"] |= {"width": 2, "tried": [1, 2]}
    line = verdict_lines(about)[0]
    assert line.startswith(start)
    assert line.endswith(end)


def test_each_line_says_which_rows_of_a_large_table_it_rests_on():
    about = report(0.2, 0.9)
    about["data"]["n"] = 2_000
    about["held_out"] |= {"folds": 0, "rows": 48_000, "trained_on": 2_000}
    about["all_rows"] = {"rows": 50_000, "width": 8} | {
        key: {"value": share, "share": share, "accuracy": None}
        for key, share in (("network", 0.1), ("affine", 0.3), ("constant", 1.0))
    }
    lines = verdict_lines(about)
    assert lines[0] == (
        "A network is worth it: on the 48,000 rows that were not drawn 4 units leave 20% of the variance, a straight "
        "plane 90%."
    )
    assert lines[1] == "Fitted to all 50,000 rows, 8 units leave 10%, the plane 30%."
    assert "are not enough for training on the 2,000 rows drawn to end well" in lines[2]


def test_few_random_starts_are_told_as_a_count():
    about = report(0.2, 0.9)
    about["widths"][0] |= {"good": {"value": 0.0, "low": 0.0, "high": 0.3694, "trials": 8}, "basin_values": {}}
    about["every_start"] = {"probability": 0.95, "width": None, "more_than": 4}
    (line,) = [line for line in verdict_lines(about) if "random start" in line]
    assert line == (
        "With 4 units, 0 of 8 random starts lie in a good basin before any training, too few to tell more than 0% to "
        "36.9%. It takes more than 4 units for 95% of all starts to be good."
    )


@pytest.mark.parametrize(("trials", "low", "verb"), [(5, 0.478, "seem"), (20, 0.832, "are")])
def test_a_width_that_few_trainings_speak_for_only_seems_enough(trials, low, verb):
    about = report(0.2, 0.9)
    about["width_for"] |= {"width": 8, "stopped_by": "reached"}
    about["width_for"]["curve"][1]["trained"] = {"value": 1.0, "low": low, "high": 1.0, "trials": trials}
    (line,) = [line for line in verdict_lines(about) if "enough for training" in line]
    assert line.startswith(f"8 units {verb} enough for training: {trials} of {trials} trainings ended")
