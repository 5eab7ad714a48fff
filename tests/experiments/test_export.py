"""The same numbers in pandas, xarray, Parquet and CSV, computed again from the single trials."""

import csv
import json
import sys

import numpy as np
import pandas
import pytest

from reluscape.errors import InputError, UnsupportedError
from reluscape.experiments import Store, Sweep, run
from reluscape.experiments.engines import Serial
from reluscape.experiments.export import export, to_dataframe, to_xarray
from reluscape.experiments.runner import pending

PLAN = Sweep(
    "demo",
    grid={"quantity": ["full_rank", "basin_value"], "width": [1, 4]},
    zip={"n": [2, 5], "d": [1, 2]},
    fixed={"threshold": 0.2},
    trials=25,
    chunk=10,
    seed=3,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "a.db"
    run(PLAN, path)
    with Store(path) as opened:
        yield opened


def test_data_frames_and_arrays_hold_the_means_of_the_trials(store):
    frame, trials, cube = to_dataframe(store), to_dataframe(store, trials=True), to_xarray(store)
    assert len(frame) == 4 * 2 + 4 * 3
    assert len(trials) == 8 * 25
    assert (trials.groupby("cell")["trial"].apply(sorted).map(lambda t: t == list(range(25)))).all()
    assert cube["mean"].dims == ("quantity", "width", "point", "number")
    for row in frame.to_dict("records"):
        chosen = trials[(trials["quantity"] == row["quantity"]) & (trials["width"] == row["width"])]
        values = chosen[(chosen["n"] == row["n"]) & (chosen["d"] == row["d"])][row["number"]]
        assert row["mean"] == pytest.approx(values.mean(), rel=1e-14)
        assert row["standard_error"] == pytest.approx(values.sem(), rel=1e-12, abs=1e-15)
        there = cube.isel(point=int(np.flatnonzero(cube["n"].values == row["n"])[0]))
        there = there.sel(quantity=row["quantity"], width=row["width"], number=row["number"])
        assert float(there["mean"]) == row["mean"]
        assert int(there["trials"]) == row["trials"] == 25
        assert int(there["d"]) == row["d"]
    lonely = cube.sel(quantity="full_rank", number="share")
    assert np.isnan(lonely["mean"]).all()
    assert (lonely["trials"] == 0).all()
    assert json.loads(cube.attrs["plan"])["seed"] == 3
    assert "reluscape" in json.loads(cube.attrs["versions"])


@pytest.mark.parametrize("trials", [False, True])
def test_files_hold_what_the_frame_holds(store, trials, tmp_path):
    frame = to_dataframe(store, trials)
    back = pandas.read_parquet(export(store, tmp_path / "t.parquet", trials))
    pandas.testing.assert_frame_equal(back, frame)
    text = pandas.read_csv(export(store, tmp_path / "t.csv", trials))
    pandas.testing.assert_frame_equal(text[frame.columns], frame, check_dtype=False, rtol=1e-14)


def test_csv_is_plain_text_without_any_extra(store, tmp_path):
    rows = list(csv.DictReader(export(store, tmp_path / "t.csv").read_text().splitlines()))
    assert [float(row["mean"]) for row in rows] == [row["mean"] for row in store.summary()]
    assert {row["threshold"] for row in rows if row["quantity"] == "full_rank"} == {""}


def test_half_a_sweep_is_exported_as_it_is(tmp_path):
    with Store(tmp_path / "a.db", PLAN) as part:
        part.put(Serial().run(iter(list(pending(PLAN, set()))[:3])))
        cube = to_xarray(part)
        assert int(cube["trials"].sum()) == 2 * 25
        assert int(np.isfinite(cube["mean"]).sum()) == 2


def test_what_cannot_be_exported_is_said(store, tmp_path, monkeypatch):
    with pytest.raises(InputError, match=r"ends in \.csv or \.parquet"):
        export(store, tmp_path / "t.xls")
    with pytest.raises(InputError, match="cannot write"):
        export(store, tmp_path / "none" / "t.csv")
    plan = Sweep("bare", "full_rank", fixed={"n": 1, "d": 1, "width": 1}, trials=2, keep_trials=False)
    run(plan, tmp_path / "b.db")
    with Store(tmp_path / "b.db") as bare, pytest.raises(InputError, match="keep_trials = true"):
        to_dataframe(bare, trials=True)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(UnsupportedError, match="pip install pandas"):
        to_dataframe(store)
