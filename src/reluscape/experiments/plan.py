"""The frozen plan of a sweep: which cells, how many trials, which seed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from ..errors import InputError

SETTINGS = {"name", "quantity", "trials", "chunk", "seed", "keep_trials"}
MAX_CELLS = 1_000_000


@dataclass(frozen=True)
class Cell:
    """One point of the grid.

    Attributes:
        index: its place in the plan.
        quantity: name of what is measured.
        parameters: the values of this cell, by name.
    """

    index: int
    quantity: str
    parameters: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The text that names the cell, and seeds its trials, whatever its place in the plan."""
        return json.dumps([self.quantity, dict(sorted(self.parameters.items()))], separators=(",", ":"))


@dataclass(frozen=True)
class Sweep:
    """A plan: a quantity measured on a grid of cells, so many independent trials each.

    Attributes:
        name: what the sweep is called.
        quantity: name of a quantity (see `reluscape.experiments.quantities`).
        grid: lists of values whose product is swept.
        zip: lists of equal length that vary together; the product is taken with the grid.
        fixed: values that are the same in every cell.
        trials: independent trials per cell.
        chunk: trials per unit of work; results do not depend on it, only their storage does.
        seed: root of every random stream.
        keep_trials: store each trial's numbers beside the statistics.

    Example:
        >>> plan = Sweep("demo", "full_rank", grid={"n": [5, 10], "width": [3]}, fixed={"d": 1}, trials=20)
        >>> [dict(cell.parameters) for cell in plan.cells()]
        [{'d': 1, 'n': 5, 'width': 3}, {'d': 1, 'n': 10, 'width': 3}]
    """

    name: str
    quantity: str
    grid: Mapping[str, list[Any]] = field(default_factory=dict)
    zip: Mapping[str, list[Any]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    trials: int = 100
    chunk: int = 50
    seed: int = 0
    keep_trials: bool = True

    def __post_init__(self) -> None:
        """Check the plan before anything starts."""
        for name, least in (("trials", 1), ("chunk", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"{name} is {value!r}; it is a whole number, at least {least}")
        for where, axes in (("grid", self.grid), ("zip", self.zip)):
            for name, values in axes.items():
                if not isinstance(values, list) or not values:
                    raise InputError(f"{where}.{name} is {values!r}; it is a list with at least one value")
        names = [*self.grid, *self.zip, *self.fixed]
        repeated = sorted({n for n in names if names.count(n) > 1})
        if repeated:
            raise InputError(f"{repeated[0]!r} is given twice; it can be in one of grid, zip and fixed")
        if len({len(v) for v in self.zip.values()}) > 1:
            raise InputError(f"the lists under zip differ in length: {', '.join(self.zip)}")
        if self.number_of_cells > MAX_CELLS:
            raise InputError(f"the plan has {self.number_of_cells:,} cells; at most {MAX_CELLS:,} are taken")

    @property
    def number_of_cells(self) -> int:
        """How many cells the plan has."""
        count = len(next(iter(self.zip.values()))) if self.zip else 1
        for values in self.grid.values():
            count *= len(values)
        return count

    @property
    def chunks_per_cell(self) -> int:
        """How many units of work one cell is cut into."""
        return -(-self.trials // self.chunk)

    def cells(self) -> Iterator[Cell]:
        """Yield the cells in the plan's order."""
        rows = list(zip(*self.zip.values(), strict=True)) if self.zip else [()]
        index = 0
        for values in product(*self.grid.values()):
            for row in rows:
                parameters = {**self.fixed, **dict(zip(self.grid, values, strict=True))}
                parameters.update(zip(self.zip, row, strict=True))
                yield Cell(index, self.quantity, dict(sorted(parameters.items())))
                index += 1

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return {
            "name": self.name,
            "quantity": self.quantity,
            "grid": dict(self.grid),
            "zip": dict(self.zip),
            "fixed": dict(self.fixed),
            "trials": self.trials,
            "chunk": self.chunk,
            "seed": self.seed,
            "keep_trials": self.keep_trials,
        }

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that decides the numbers."""
        return hashlib.sha256(json.dumps(self.to_dict(), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Sweep:
        """Return the plan that plain data describe; unknown names are refused."""
        unknown = set(content) - SETTINGS - {"grid", "zip", "fixed"}
        if unknown:
            known = ", ".join(sorted(SETTINGS | {"grid", "zip", "fixed"}))
            raise InputError(f"the plan has an unknown entry {sorted(unknown)[0]!r}; known are {known}")
        if "quantity" not in content:
            raise InputError('the plan names no quantity; add a line such as quantity = "full_rank"')
        return cls(**{"name": "sweep", **content})

    @classmethod
    def from_toml(cls, path: str | Path) -> Sweep:
        """Read a plan from a TOML file."""
        path = Path(path)
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError(f"there is no file {path}; check the name") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise InputError(f"{path.name} is not a TOML file: {problem}") from None
        if ":" in str(content.get("quantity", "")):
            raise InputError(f"{path.name} names a module; a quantity of your own can only be given from Python")
        return cls.from_dict({"name": path.stem, **content})
