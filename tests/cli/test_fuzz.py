"""Whatever the commands are given, they answer, or refuse it in one line, and leave nothing half-written.

Every case is made from its number by a seeded generator, so a case that fails fails again.
"""

import io
import json
import os
import random
import struct
import zipfile

import numpy as np
import pytest
from safetensors.numpy import save

import reluscape as rs
from reluscape.cli import app, main

TABLE = "a,b,y\n" + "".join(f"{i},{i * i % 5}.25,{i * 3 % 4}\n" for i in range(5))
SURVEY = ["--target", "y", "--width", "1", "--trials", "5", "--max-width", "2", "--seconds", "1"]
PLAN = 'quantity = "full_rank"\ntrials = 4\nchunk = 2\nseed = 1\n[grid]\nn = [2, 3]\n[fixed]\nd = 1\nwidth = 2\n'
# statuses that a command may end with: done, a proof that fails (verify alone), wrong input
STATUSES = {"verify": {0, 1, 2}}
LEFT_BESIDE = (".tmp", ".part", ".new")

NUMBERS = (
    *("1e299", "-1e299", "1e308", "1e309", "1e-299", "1e-400", "5e-324", "-0", "inf", "-inf", "nan", "0x1p3", "1_0"),
    *("1/3", "1/0", "1e999999999", "9" * 5000, "0." + "3" * 400, "١٢", "", " ", "True", "yes", "None", "=1+1"),
)
TEXTS = (
    *(
        "\x00",
        '"',
        "'",
        "\ufeff",
        "\u202e",
        "\r",
        "\n",
        ",",
        ";",
        "\t",
        "\\",
        "$x^2$",
        "<script>",
        "[bold]",
        "%s",
        "{}",
    ),
    *("\ud800", "é", "名", "x" * 500, '"' + "q" * 200_000, "\x1b[2J", "..", "/", "~", "-"),
)
WORDS = ("cauchy", "\udcff", "a" * 300, "a,,b", "-", ".", "t.csv")
SIZES = ("0", "-1", "1", "2.5", "1e3", "100000", "1000000000000", "9" * 20, "9" * 5000, "inf", "nan", "", "x", "0x10")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text(TABLE)
    return tmp_path


@pytest.fixture
def told(folder, capsys):
    """Return a function that runs a command and holds it to what every command promises."""

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        out, err = capsys.readouterr()
        status = ended.value.code or 0
        assert status in STATUSES.get(words[0], {0, 2}), err
        assert "Traceback" not in out + err
        assert app.DEFECT not in err
        if status == 2:
            lines = [line for line in err.splitlines() if not line.startswith("compiling") and ": note: " not in line]
            assert len(lines) == 1, err
            assert lines[0].startswith("reluscape")
        left = [path.name for path in folder.rglob("*") if path.suffix in LEFT_BESIDE or path.name.startswith(".")]
        assert left == []
        for path in folder.rglob("*.json"):
            if path.parent != folder:
                json.loads(path.read_text(encoding="utf-8"))
        return status

    return run


def mutated_text(draw, text):
    """Return a text with one to three of its places cut out, doubled, or replaced by odd things."""
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(text) + 1)
        end = min(len(text), place + draw.choice((0, 1, 1, 4, 40)))
        kind = draw.randrange(5)
        if kind == 0:
            text = text[:place] + text[end:]
        elif kind == 1:
            text = text[:end] + text[place:]
        elif kind == 2:
            text = text[:place] + draw.choice(TEXTS) + text[end:]
        else:
            fields = text.replace("\n", ",\n,").split(",")
            fields[draw.randrange(len(fields))] = draw.choice(NUMBERS + TEXTS)
            text = ",".join(fields).replace(",\n,", "\n")
    return text


def mutated_bytes(draw, content):
    """Return bytes with one to four of them flipped, a piece cut out, or the end lost."""
    found = bytearray(content)
    kind = draw.randrange(4)
    if kind == 0:
        return bytes(found[: draw.randrange(len(found))])
    if kind == 1:
        place = draw.randrange(len(found))
        del found[place : place + draw.choice((1, 8, 64))]
        return bytes(found)
    for _ in range(draw.randint(1, 4)):
        found[draw.randrange(min(len(found), 400 if kind == 2 else len(found)))] = draw.randrange(256)
    return bytes(found)


def put(path, text):
    """Write a text whose signs need not all be text."""
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("case", range(90))
def test_tables(case, folder, told):
    draw = random.Random(f"table {case}")
    put(folder / "m.csv", mutated_text(draw, TABLE))
    told(
        "survey", "m.csv", *SURVEY, "--dry-run", *draw.choice(([], ["--drop-missing"], ["--regression"], ["--no-bias"]))
    )


ENDINGS = ("\n", "\r\n", "\r")
# values that a column may hold in every row or in one of them
ODD_VALUES = (*NUMBERS, "0", "-0.0", "7", "9" * 400, "1" + "0" * 160, "٣", "1e-160", "+1", ".5", "5.", "1 000", "1,5")


def odd_table(draw):
    """Return the bytes of a small table with a few of the habits that tables have."""
    rows = draw.choice((0, 1, 2, 3, 5))
    columns = draw.choice((1, 2, 3, 3, 3, 12))
    names = [*(f"x{k}" for k in range(columns - 1)), "y"]
    cells = [[str(draw.randrange(-2, 3)) for _ in names] for _ in range(rows)]
    for _ in range(draw.randint(0, 3)):
        habit = draw.choice(("zero row", "constant", "repeated", "odd cell", "odd column", "ragged", "twin", "blank"))
        i, k = draw.randrange(max(rows, 1)), draw.randrange(columns)
        if habit == "twin":
            names[k] = draw.choice(names)
        if not rows:
            continue
        if habit == "zero row":
            cells[i] = ["0"] * len(cells[i])
        elif habit == "constant":
            value = draw.choice(("0", "1", "7", "1e200"))
            for row in cells:
                row[k : k + 1] = [value]
        elif habit == "repeated":
            cells.append(list(cells[i]))
        elif habit == "odd cell":
            cells[i][k : k + 1] = [draw.choice(ODD_VALUES)]
        elif habit == "odd column":
            for row in cells:
                row[k : k + 1] = [draw.choice(ODD_VALUES)]
        elif habit == "ragged":
            cells[i] = cells[i][:-1] if draw.random() < 0.5 else [*cells[i], "1"]
        else:
            cells.insert(i, [""] * draw.choice((0, columns)))
    comma = draw.choice((",", ",", ";", "\t", "|"))
    text = draw.choice(ENDINGS).join(comma.join(row) for row in [names, *cells])
    coding = draw.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-32"))
    return text.encode(coding, "replace")


@pytest.mark.parametrize("case", range(150))
def test_tables_with_odd_habits(case, folder, told):
    draw = random.Random(f"habits {case}")
    (folder / "m.csv").write_bytes(odd_table(draw))
    extra = draw.choice(([], ["--drop-missing"], ["--regression"], ["--no-bias"], ["--positive", "1"]))
    told("survey", "m.csv", *SURVEY, "--dry-run", *extra)
    if case % 5 == 0:
        put_network(folder)
        told("explain", "m.npz", "m.csv", "--target", "y")
        told("design", "m.csv", "--target", "y", "--dry-run")


def test_a_table_of_almost_nothing_is_worked_through(folder, told):
    """Zero rows whose targets contradict each other, repeated rows, and a constant column."""
    (folder / "m.csv").write_text("a,b,y\n0,0,1\n0,0,2\n3,0,0\n3,0,0\n")
    put_network(folder)
    assert told("survey", "m.csv", *SURVEY) == 0
    assert told("census", "m.csv", "--target", "y", "--width", "1") == 0
    assert told("explain", "m.npz", "m.csv", "--target", "y") == 0


@pytest.mark.parametrize("place", ["missing.csv", "folder", "pipe", "", "x" * 300, "a/b", "t.csv/..", "empty", "~"])
@pytest.mark.parametrize(
    "command", ["survey", "explain", "model", "census", "design", "sweep", "verify", "data", "test"]
)
def test_places_that_hold_no_such_file(command, place, folder, told):
    (folder / "folder").mkdir()
    (folder / "empty").write_bytes(b"")
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")
    put_network(folder)
    (folder / "p.json").write_text("{}")
    words = {
        "survey": ["survey", place, *SURVEY, "--dry-run"],
        "explain": ["explain", "m.npz", place, "--target", "y"],
        "model": ["explain", place, "t.csv", "--target", "y"],
        "census": ["census", place, "--target", "y", "--width", "1"],
        "design": ["design", place, "--target", "y"],
        "sweep": ["sweep", place, "--dry-run"],
        "verify": ["verify", place],
        "data": ["verify", "p.json", "--data", place],
        "test": ["explain", "m.npz", "t.csv", "--target", "y", "--test", place],
    }
    assert told(*words[command]) == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("option", ["--save", "--certificate"])
def test_what_is_no_file_is_never_written_over(option, folder, told):
    os.mkfifo(folder / "pipe")
    put_network(folder)
    assert told("explain", "m.npz", "t.csv", "--target", "y", option, "pipe") == 2
    assert (folder / "pipe").is_fifo()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser reads every file")
def test_a_file_that_may_not_be_read_is_refused(folder, told):
    (folder / "t.csv").chmod(0)
    assert told("survey", "t.csv", *SURVEY, "--dry-run") == 2


# the surveys that are run to their end; the others are read and planned only
WHOLE = {("y", "1e299"), ("b", "1e-200"), ("y", "1e154")}


@pytest.mark.parametrize("value", ["1e299", "-1e200", "1e-200", "1e154", "1e-299"])
@pytest.mark.parametrize("place", ["b", "y"])
def test_tables_of_numbers_far_from_one(value, place, folder, told):
    rows = [
        f"{i},{value if place == 'b' and i == 2 else i * i % 5},{value if place == 'y' and i < 3 else i % 3}"
        for i in range(5)
    ]
    (folder / "m.csv").write_text("a,b,y\n" + "\n".join(rows) + "\n")
    told("survey", "m.csv", *SURVEY, "--dry-run")
    if (place, value) in WHOLE:
        told("survey", "m.csv", *SURVEY)


def arrays(draw):
    """Return the arrays of a network of two inputs with numbers as no training gives them."""
    units = draw.choice((0, 1, 2, 3, 40))
    extreme = draw.choice((1.0, 1e200, 1e-200, 1e300, 1e-300, 5e-324, np.nan, np.inf, 0.0))
    rng = np.random.default_rng(draw.randrange(10**6))
    scales = [extreme if draw.random() < 0.5 else 1.0 for _ in range(4)]
    shapes = ((units, 2), (units,), (units,), ())
    found = dict(
        zip("Wbvc", (s * rng.standard_normal(shape) for s, shape in zip(scales, shapes, strict=True)), strict=True)
    )
    if draw.random() < 0.2:
        name = draw.choice("Wbvc")
        found[name] = draw.choice(
            (found[name].astype(np.float16), found[name].ravel(), np.zeros((0, 7)), found[name] > 0, found[name][None])
        )
    return found


def packed(form, found):
    """Return the bytes of a model file of one form."""
    buffer = io.BytesIO()
    if form == "npz":
        np.savez(buffer, **found)
        return buffer.getvalue()
    state = {
        "0.weight": found["W"],
        "0.bias": found["b"],
        "2.weight": found["v"][None],
        "2.bias": found["c"].reshape(-1),
    }
    if form == "safetensors":
        return save({name: np.ascontiguousarray(array) for name, array in state.items()})
    import torch

    torch.save({name: torch.from_numpy(np.array(array)) for name, array in state.items()}, buffer)
    return buffer.getvalue()


def put_network(folder):
    """Write a network of two inputs and one unit."""
    arrays = {"W": np.ones((1, 2)), "b": np.zeros(1), "v": np.ones(1), "c": np.array(0.0)}
    (folder / "m.npz").write_bytes(packed("npz", arrays))


FORMS = ["npz", "safetensors", pytest.param("pt", marks=pytest.mark.torch)]


@pytest.mark.parametrize("case", range(16))
@pytest.mark.parametrize("form", FORMS)
def test_models_of_extreme_weights(form, case, folder, told):
    draw = random.Random(f"model {case}")
    (folder / f"m.{form}").write_bytes(packed(form, arrays(draw)))
    told(
        "explain", f"m.{form}", "t.csv", "--target", "y", *draw.choice(([], ["--standardize"], ["--loss", "logistic"]))
    )


@pytest.mark.parametrize("case", range(30))
@pytest.mark.parametrize("form", FORMS)
def test_models_with_flipped_bytes(form, case, folder, told):
    draw = random.Random(f"bytes {form} {case}")
    content = packed(form, {"W": np.array([[1.0, 0.0]]), "b": np.zeros(1), "v": np.ones(1), "c": np.array(0.5)})
    (folder / f"m.{form}").write_bytes(mutated_bytes(draw, content))
    told("explain", f"m.{form}", "t.csv", "--target", "y")


@pytest.mark.parametrize(
    "header", [b"{}", b'{"W":{"dtype":"F64","shape":[9999999999999999999],"data_offsets":[0,8]}}', b"["]
)
def test_safetensors_with_headers_that_cannot_be(header, folder, told):
    for length in (len(header), 0, 2**62):
        (folder / "m.safetensors").write_bytes(struct.pack("<Q", length) + header + bytes(8))
        assert told("explain", "m.safetensors", "t.csv", "--target", "y") == 2


@pytest.mark.parametrize("method", [1, 6, 12, 99])
def test_archives_that_cannot_be_unpacked(method, folder, told):
    content = bytearray(packed("npz", {"W": np.ones((1, 2)), "b": np.zeros(1), "v": np.ones(1), "c": np.array(0.0)}))
    for k in range(len(content) - 4):
        if content[k : k + 4] == b"PK\x01\x02":
            content[k + 10] = method
    (folder / "m.npz").write_bytes(bytes(content))
    assert told("explain", "m.npz", "t.csv", "--target", "y") == 2
    with zipfile.ZipFile(folder / "e.npz", "w") as archive:
        archive.writestr("W.npy", b"\x93NUMPY\x01\x00\x10\x00{'descr': '<f8'}")
    assert told("explain", "e.npz", "t.csv", "--target", "y") == 2


@pytest.fixture(scope="module")
def proof():
    """Return a certificate of a small basin."""
    X, y = rs.exact_decimals([[0, 1], [1, 1], [2, 1], [3, 1]]), rs.exact_decimals([0, 1, 0, 1])
    return rs.basin_value(X, y, [[True, True, False, False]], [1], exact=True).certificate


ODD = (
    None,
    True,
    False,
    -1,
    0,
    1.0,
    1e308,
    10**30,
    "1/0",
    "1",
    "",
    "x" * 300,
    [],
    {},
    [[]],
    [None],
    {"a": []},
    "\ud800",
)


def places(tree, path=()):
    """Yield the path to every value of a tree of lists and objects."""
    yield path
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(value, (*path, key))


@pytest.mark.parametrize("case", range(100))
def test_certificates(case, folder, told, proof):
    draw = random.Random(f"certificate {case}")
    text = json.dumps(proof)
    if case % 3 == 0:
        put(folder / "p.json", mutated_text(draw, text))
    else:
        tree = json.loads(text)
        path = draw.choice([path for path in places(tree) if path])
        holder = tree
        for key in path[:-1]:
            holder = holder[key]
        if draw.random() < 0.3:
            del holder[path[-1]]
        else:
            holder[path[-1]] = draw.choice(ODD)
        (folder / "p.json").write_text(json.dumps(tree))
    told("verify", "p.json", *draw.choice(([], ["--data", "t.csv"], ["--data", "t.csv", "--target", "y"])))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 50_000, "9" * 6000, '{"schema": 1e400}', "\x00", "NaN", '{"schema":1,"schema":1}']
)
def test_certificates_that_are_hardly_json(text, folder, told):
    (folder / "p.json").write_text(text)
    assert told("verify", "p.json") in (1, 2)


VALUES = (
    *(
        '"x"',
        '""',
        "[]",
        "{}",
        "true",
        "nan",
        "inf",
        "-1",
        "0",
        "2.0",
        "1e11",
        "100000000000",
        "9" * 5000,
        "1979-05-27",
    ),
    *(
        '["full_rank"]',
        '["x", "y"]',
        "[[1]]",
        "[2.0]",
        "[1, 1]",
        "[0]",
        '["fresh"]',
        "{a = 1}",
        '"cauchy"',
        '"\\u0000"',
    ),
)
ENTRIES = (
    "quantity",
    "trials",
    "chunk",
    "seed",
    "name",
    "paired",
    "keep_trials",
    "n",
    "d",
    "width",
    "law",
    "data",
    "zip",
    "x",
)


@pytest.mark.parametrize("case", range(70))
def test_sweeps(case, folder, told):
    draw = random.Random(f"sweep {case}")
    if case % 3 == 0:
        put(folder / "p.toml", mutated_text(draw, PLAN))
    else:
        name, value = draw.choice(ENTRIES), draw.choice(VALUES)
        lines = [line for line in PLAN.splitlines() if not line.startswith(f"{name} ")]
        lines.insert(draw.choice((0, lines.index("[grid]") + 1, len(lines))), f"{name} = {value}")
        (folder / "p.toml").write_text("\n".join(lines) + "\n")
    told("sweep", "p.toml", "--engine", "serial", *draw.choice(([], ["--dry-run"])))


COMMANDS = {
    "survey": (
        ["survey", "t.csv", *SURVEY, "--dry-run"],
        (
            "--width",
            "--trials",
            "--seconds",
            "--max-width",
            "--rows",
            "--tolerance",
            "--seed",
            "--law",
            "--features",
            "--drop",
            "--positive",
        ),
    ),
    "census": (["census", "t.csv", "--target", "y", "--width", "1"], ("--width", "--target")),
    "design": (
        ["design", "t.csv", "--target", "y", "--positive", "0", "--dry-run"],
        ("--width", "--steps", "--seed", "--base", "--loss", "--rows", "--positive"),
    ),
    "explain": (
        ["explain", "m.npz", "t.csv", "--target", "y"],
        ("--loss", "--labels", "--features", "--scaler", "--test", "--target"),
    ),
    "figure": (["figure", "liu-11", "--quick"], ("--format", "--seed")),
    "sweep": (["sweep", "p.toml", "--dry-run"], ("--workers", "--engine", "--export", "--device", "--store")),
}


@pytest.mark.parametrize("case", range(70))
def test_command_lines(case, folder, told):
    draw = random.Random(f"words {case}")
    put_network(folder)
    (folder / "p.toml").write_text(PLAN)
    command, options = COMMANDS[draw.choice(list(COMMANDS))]
    option, value = (
        draw.choice(options),
        draw.choice((*SIZES, *WORDS)),
    )
    told(*command, option, value)
