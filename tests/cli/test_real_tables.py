"""Tables in the form in which people have them: each answers at the first plain command, or asks one question.

Tables that packages ship are made anew, small, with the columns and faults that they have: text, dates, missing values,
True and False, several classes, several targets, many rows.
"""

import json

import numpy as np
import pytest

from reluscape.cli import main

RNG = np.random.default_rng(4)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def pick(words, n):
    return RNG.choice(words.split(), n).tolist()


def real(n, low=0.0, high=10.0, places=1):
    return RNG.uniform(low, high, n).round(places).tolist()


def whole(n, low=0, high=9):
    return RNG.integers(low, high, n).tolist()


def gaps(values, every):
    """The values with a hole in every so many rows."""
    return ["" if i % every == 3 else value for i, value in enumerate(values)]


def days(n):
    return [f"2012/{1 + i // 28 % 12:02d}/{1 + i % 28:02d}" for i in range(n)]


def passengers(n=60):
    sex, age = pick("male female", n), gaps(real(n, 1, 80), 9)
    return {
        "survived": whole(n, 0, 2), "pclass": whole(n, 1, 4), "sex": sex, "age": age, "fare": real(n, 5, 90, 4),
        "embarked": pick("S C Q", n), "deck": gaps(pick("A B C D E F G", n), 2), "alone": pick("True False", n),
    }  # fmt: skip


def birds(n=60):
    return {
        "species": pick("Adelie Chinstrap Gentoo", n), "island": pick("Biscoe Dream", n),
        "bill_length_mm": gaps(real(n, 35, 55), 30), "body_mass_g": whole(n, 3000, 6000), "sex": pick("MALE FEMALE", n),
    }  # fmt: skip


def cars(n=60):
    return {
        "mpg": real(n, 10, 40), "cylinders": pick("4 6 8", n), "horsepower": gaps(whole(n, 50, 200), 20),
        "origin": pick("usa europe japan", n), "name": [f"car {i}" for i in range(n)],
    }  # fmt: skip


def weather(n=60):
    return {
        "date": days(n), "precipitation": real(n), "temp_max": real(n, 0, 35), "wind": real(n, 0, 9),
        "weather": pick("drizzle rain sun snow fog", n),
    }  # fmt: skip


def trips(n=60):
    return {
        "pickup": [f"2019-03-{1 + i % 28:02d} 20:21:{i % 60:02d}" for i in range(n)], "distance": real(n, 0, 9, 2),
        "fare": real(n, 3, 40), "color": pick("yellow green", n), "payment": gaps(pick("cash card", n), 25),
    }  # fmt: skip


def shells(n=80):
    return {
        "Sex": pick("M F I", n), **{f"Weight{k}": real(n, 0, 1, 3) for k in range(7)}, "Rings": whole(n, 3, 27)
    }  # fmt: skip


def stones(n=2100):
    return {
        "carat": real(n, 0.2, 3, 2), "cut": pick("Fair Good Ideal Premium", n), "color": pick("D E F G H I J", n),
        "depth": real(n, 55, 70), "price": whole(n, 300, 18000),
    }  # fmt: skip


def houses(n=60):
    return {
        "longitude": real(n, -124, -114, 2), "rooms": whole(n, 2, 6000), "bedrooms": gaps(whole(n, 1, 900), 29),
        "income": real(n, 0, 15, 4), "value": whole(n, 15000, 500000),
        "ocean": pick("INLAND NEAR_BAY NEAR_OCEAN", n),
    }  # fmt: skip


TABLES = {
    "bills, a few words": (
        lambda n=60: {"total": real(n, 3, 50, 2), "tip": real(n, 1, 10, 2), "sex": pick("F M", n),
                      "smoker": pick("Yes No", n), "day": pick("Thur Fri Sat Sun", n), "size": whole(n, 1, 7)},
        "tip", "'sex' holds text",
    ),
    "flowers, three classes by name": (
        lambda n=45: {"sepal": real(n), "petal": real(n), "species": pick("setosa versicolor virginica", n)},
        "species", "trainings",
    ),
    "wines, three classes by number": (
        lambda n=45: {"alcohol": real(n, 11, 15, 2), "ash": real(n, 1, 3, 2), "target": whole(n, 0, 3)},
        "target", "--regression",
    ),
    "tumours, two classes by number": (
        lambda n=45: {"radius": real(n, 6, 28, 2), "texture": real(n, 9, 40, 2), "target": whole(n, 0, 2)},
        "target", "trainings",
    ),
    "exercises, several targets": (
        lambda n=20: {"Chins": whole(n, 1, 18), "Situps": whole(n, 50, 250), "Weight": whole(n, 138, 248),
                      "Waist": whole(n, 31, 47)},
        "Weight,Waist", "trainings",
    ),
    "prices of houses, 13 inputs": (
        lambda n=60: {**{f"x{k}": real(n, 0, 100, 3) for k in range(13)}, "medv": real(n, 5, 50)}, "medv", "trainings",
    ),
    "airline, months by name": (
        lambda n=48: {"year": [1949 + i // 12 for i in range(n)],
                      "month": [MONTHS[i % 12] for i in range(n)],
                      "passengers": whole(n, 100, 600)},
        "passengers", "each of its 12 values",
    ),
    "weather with dates": (weather, "temp_max", "dates"),
    "weather, five classes": (weather, "weather", "dates"),
    "shells, whole target of many values": (shells, "Rings", "each of its 3 values"),
    "stones, more than 2,000 rows": (stones, "price", "2,000 of 2,100 rows"),
    "passengers, holes in two columns": (passengers, "survived", None),
    "birds, few holes": (birds, "species", None),
    "cars, holes and names": (cars, "mpg", None),
    "trips, times and holes": (trips, "fare", None),
    "houses, few holes": (houses, "value", None),
}  # fmt: skip


def written(path, columns):
    rows = zip(*columns.values(), strict=True)
    path.write_text(",".join(columns) + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))


def run(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    out = capsys.readouterr()
    return ended.value.code or 0, out.out, out.err


@pytest.mark.parametrize("name", TABLES)
def test_a_plain_command_is_answered_or_asks_one_question(tmp_path, monkeypatch, capsys, name):
    make, target, told = TABLES[name]
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "t.csv", make())
    status, out, err = run(capsys, "survey", "t.csv", "--target", target, "--dry-run")
    if told is None:
        # one question, with the rows that each answer leaves; either answer is taken
        assert (status, len(err.strip().splitlines())) == (2, 1)
        assert "missing" in err
        assert "--drop-missing" in err
        assert run(capsys, "survey", "t.csv", "--target", target, "--dry-run", "--drop-missing")[0] == 0
    else:
        assert (status, err) == (0, "")
        assert told in out


@pytest.mark.parametrize("name", ["weather, five classes", "exercises, several targets"])
def test_an_answer_has_a_verdict_and_no_empty_line(tmp_path, monkeypatch, capsys, name):
    make, target, _ = TABLES[name]
    monkeypatch.chdir(tmp_path)
    written(tmp_path / "t.csv", make())
    how = ["--width", "1,2", "--max-width", "2", "--seconds", "1", "--json"]
    status, out, _ = run(capsys, "survey", "t.csv", "--target", target, *how)
    assert status == 0
    verdict = json.loads(out)["verdict"]
    assert 3 <= len(verdict) <= 6
    assert all(line.strip().endswith(".") for line in verdict)
    assert any("trainings" in line for line in verdict)
