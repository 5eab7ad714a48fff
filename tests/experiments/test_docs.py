"""What docs/sweeps.md shows runs."""

import re
import runpy
from pathlib import Path

from reluscape.experiments import Sweep
from reluscape.experiments.slurm import job_options

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "sweeps.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_plans_can_be_run(tmp_path):
    first, own, slurm = blocks("toml")
    (tmp_path / "linnerud.csv").write_bytes((ROOT / "examples" / "linnerud.csv").read_bytes())
    for number, text in enumerate((first, own, f"{first}\n{slurm}")):
        path = tmp_path / f"{number}.toml"
        path.write_text(text, encoding="utf-8")
        plan = Sweep.from_toml(path)
        plan.check()
        assert plan.number_of_cells in (4, 9)
    import tomllib

    assert job_options(tomllib.loads(slurm)["slurm"])["queue"] == "short"


def test_script_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (script,) = blocks("python")
    (tmp_path / "script.py").write_text(script, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    runpy.run_path(str(tmp_path / "script.py"), run_name="__main__")
    assert "('width', 'number')" in capsys.readouterr().out
    assert (tmp_path / "demo.parquet").exists()
