"""A proof about scaled inputs and a standardised target is verified from the table as it is."""

import json

import numpy as np
import pytest

import reluscape as rs
from reluscape.cli import main


def run(words):
    with pytest.raises(SystemExit) as end:
        main(words.split())
    return end.value.code


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A table, the network that is dead on its scaled rows, and a scaler of other rows."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    X, y = rng.normal(3.0, 2.0, (9, 2)).round(3), rng.normal(50.0, 7.0, 9).round(2)
    rows = [",".join(map(str, (*x, t))) for x, t in zip(X.tolist(), y.tolist(), strict=True)]
    (tmp_path / "d.csv").write_text("\n".join(["a,b,y", *rows]))
    np.savez(tmp_path / "s.npz", mean=[2.5, 3.5], scale=[1.7, 0.3], target_mean=[49.0], target_scale=[6.5])
    rs.TwoLayerNet([[1.0, 0.5, 0.25]], [0.5], 0.125, True).save(tmp_path / "n.npz")
    return tmp_path


@pytest.mark.parametrize(
    "options",
    ["--standardize", "--standardize-target", "--standardize --standardize-target", "--scaler s.npz",
     "--scaler s.npz --standardize-target"],
)  # fmt: skip
def test_what_explain_proves_verify_reads_again(table, capsys, options):
    assert run(f"explain n.npz d.csv --target y --loss squared --out o --certificate c.json {options}") == 0
    assert run("verify c.json --data d.csv") == 0
    said = capsys.readouterr().out
    assert "verified" in said
    assert ("inputs standardised" in said) == ("--standardize " in options + " " or "scaler" in options)
    assert ("target standardised" in said) == ("target" in options)
    # another scale is another table
    content = json.loads((table / "c.json").read_text())
    note = content["data"]["table"]
    for name in ("input_scale", "target_scale"):
        if name in note:
            note[name] = [*note[name][:-1], "2.0"]
            (table / "other.json").write_text(json.dumps(content))
            assert run("verify other.json --data d.csv") == 1
            for wrong in (["nan"], ["x"], []):
                note[name] = wrong
                (table / "other.json").write_text(json.dumps(content))
                assert run("verify other.json --data d.csv") == 2
            break
