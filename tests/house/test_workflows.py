"""The files that a host of the repository reads: they parse, and say what the checks here do."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in (".github/**/*.yml", ".pre-commit-config.yaml", "CITATION.cff", "mkdocs.yml")
    for path in ROOT.glob(pattern)
)
VERSIONS = ["3.11", "3.12", "3.13"]


class Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, and reads MkDocs' own tag as the list behind it."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        assert len(keys) == len(set(keys)), f"twice in line {node.start_mark.line + 1}"
        return super().construct_mapping(node, deep)


Loader.add_constructor("!ENV", lambda loader, node: loader.construct_sequence(node))


def read(name):
    return yaml.load((ROOT / name).read_text("utf-8"), Loader)


def steps(workflow):
    """Return every step of every job."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("name", FILES)
def test_every_file_parses_as_a_mapping_without_a_key_twice(name):
    assert isinstance(read(name), dict)


def test_the_files_are_there():
    assert {".github/workflows/checks.yml", ".github/workflows/publish.yml"} <= set(FILES)
    assert sum(name.startswith(".github/ISSUE_TEMPLATE/") for name in FILES) >= 2


@pytest.mark.parametrize("name", [name for name in FILES if "/workflows/" in name])
def test_a_workflow_starts_on_something_and_every_step_does_something(name):
    workflow = read(name)
    assert workflow[True]  # YAML reads the key "on" as true
    assert workflow["permissions"] == {"contents": "read"}
    for job in workflow["jobs"].values():
        assert job["runs-on"]
        assert job["steps"]
    for step in steps(workflow):
        assert len({"uses", "run"} & step.keys()) == 1
        assert "@" in step.get("uses", "@")
    assert any(".ci/run" in step.get("run", "") for step in steps(workflow))
    assert (ROOT / ".ci" / "run").exists()


def test_the_matrix_is_what_the_package_says_it_runs_on():
    matrix = read(".github/workflows/checks.yml")["jobs"]["tests"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    told = [line.rsplit(" ", 1)[1] for line in project["classifiers"] if "Python :: 3." in line]
    assert matrix["python"] == told == VERSIONS
    assert [system.split("-")[0] for system in matrix["os"]] == ["ubuntu", "macos", "windows"]


def test_publishing_waits_for_a_tag_and_every_check():
    publish = read(".github/workflows/publish.yml")
    assert publish[True] == {"push": {"tags": ["v*"]}}
    order = [step.get("run", step.get("uses")) for step in steps(publish)]
    check = next(k for k, what in enumerate(order) if ".ci/run" in what)
    assert check < next(k for k, what in enumerate(order) if "pypi-publish" in what)


def test_a_question_asks_for_what_an_answer_needs():
    for name in (name for name in FILES if "ISSUE_TEMPLATE" in name):
        form = read(name)
        assert form["name"]
        assert form["description"]
        assert any(part.get("validations", {}).get("required") for part in form["body"])
