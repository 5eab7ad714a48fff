"""The walk through the house names rooms and files that are there, on the floors that the import contract guards."""

import re
import tomllib
from pathlib import Path

import pytest

import reluscape

SOURCE = Path(reluscape.__file__).parent
TOP = Path(__file__).parents[2]
TEXT = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
MAP = re.search(r"```\n(.*?)```", TEXT, re.DOTALL).group(1)
ROOMS = {path.name for path in SOURCE.iterdir() if (path / "__init__.py").exists()}


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py|[a-z_]+(?:/[a-z_]+)*/)`", TEXT))))
def test_every_file_and_folder_that_is_named_is_there(name):
    assert (SOURCE / name).exists() or any(SOURCE.rglob(name))


def test_the_table_lists_every_room():
    listed = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))
    assert listed == ROOMS


def test_the_map_draws_the_floors_of_the_contract():
    contracts = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    floors = [
        {room.strip().removeprefix("reluscape.") for room in layer.split("|")}
        for layer in next(contract for contract in contracts if contract["type"] == "layers")["layers"]
    ]
    left = [set(re.findall(r"\w+", line[:46])) & (ROOMS | {"errors"}) for line in MAP.splitlines()]
    assert [floor - {"_lazy"} for floor in floors] == [names for names in left if names]
