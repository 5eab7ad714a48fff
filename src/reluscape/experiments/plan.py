"""The frozen plan of a sweep: which cells, how many trials, which seed."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..numbers import files
from .quantities import Quantity, get_quantity
from .quantities.samples import is_file

SETTINGS = {"name", "quantity", "trials", "chunk", "seed", "keep_trials", "paired"}
# tables of a TOML file that say where to run, not what
APART = {"slurm"}
MAX_CELLS = 1_000_000
MOST_TRIALS, MOST_TRIALS_A_CHUNK = 1_000_000_000, 100_000
# bytes of the longest plan
MOST_PLAN = 20_000_000
# largest number in a plan; letters of a name and of a value that is told
LARGEST, LONGEST_NAME, MOST_SHOWN = 10**100, 200, 60


@dataclass(frozen=True)
class Cell:
    """One point of the grid.

    Attributes:
        index: its place in the plan.
        quantity: name of what is measured.
        parameters: the values of this cell, by name.
        paired: names whose values do not enter the streams of its trials.
    """

    index: int
    quantity: str
    parameters: Mapping[str, Any]
    paired: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The text that seeds the cell's trials, whatever its place in the plan."""
        parameters = {name: value for name, value in sorted(self.parameters.items()) if name not in self.paired}
        return json.dumps([self.quantity, parameters], separators=(",", ":"))


@dataclass(frozen=True)
class Sweep:
    """A plan: a quantity measured on a grid of cells, so many independent trials each.

    Attributes:
        name: what the sweep is called.
        quantity: name of a quantity (see `reluscape.experiments.quantities`); empty where the grid or zip has an axis
            "quantity" (a fixed value then goes to the quantities that take it).
        grid: lists of values whose product is swept.
        zip: lists of equal length that vary together; the product is taken with the grid.
        fixed: values that are the same in every cell.
        trials: independent trials per cell.
        chunk: trials per unit of work; results do not depend on it, only their storage does.
        seed: root of every random stream.
        keep_trials: store each trial's numbers beside the statistics.
        paired: axes along which trials share their random draws, such as ["optimizer", "rate"]: the same data and
            starts for each value.
        folder: where the tables lie that the plan names; not part of the plan.

    Example:
        >>> plan = Sweep("demo", "full_rank", grid={"n": [5, 10], "width": [3]}, fixed={"d": 1}, trials=20)
        >>> [dict(cell.parameters) for cell in plan.cells()]
        [{'d': 1, 'n': 5, 'width': 3}, {'d': 1, 'n': 10, 'width': 3}]
    """

    name: str
    quantity: str = ""
    grid: Mapping[str, list[Any]] = field(default_factory=dict)
    zip: Mapping[str, list[Any]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    trials: int = 100
    chunk: int = 50
    seed: int = 0
    keep_trials: bool = True
    paired: list[str] = field(default_factory=list)
    folder: str = field(default=".", compare=False)

    def __post_init__(self) -> None:
        """Check the plan before anything starts."""
        for name, least in (("trials", 1), ("chunk", 1), ("seed", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InputError(f"{name} is {value!r}; it is a whole number, at least {least}")
        if min(self.chunk, self.trials) > MOST_TRIALS_A_CHUNK or self.trials > MOST_TRIALS:
            raise InputError(
                f"the plan has {_few(self.trials)} trials a cell in chunks of {_few(self.chunk)}; at most "
                f"{MOST_TRIALS:,} are taken, in chunks of at most {MOST_TRIALS_A_CHUNK:,}"
            )
        self._check_types()
        for where, axes in (("grid", self.grid), ("zip", self.zip)):
            for name, values in axes.items():
                if not isinstance(values, list) or not values:
                    raise InputError(f"{where}.{name} is {values!r}; it is a list with at least one value")
        for where, rows in (*self.grid.items(), ("zip", list(zip(*self.zip.values(), strict=False)))):
            texts = [repr(row) for row in rows]
            twice = next((text for k, text in enumerate(texts) if text in texts[:k]), None)
            if twice is not None:
                raise InputError(f"{where} names {twice} twice; its trials would be the same")
        names = [*self.grid, *self.zip, *self.fixed]
        duplicates = sorted({n for n in names if names.count(n) > 1})
        if duplicates:
            raise InputError(f"{duplicates[0]!r} is given twice; it can be in one of grid, zip and fixed")
        if len({len(v) for v in self.zip.values()}) > 1:
            raise InputError(f"the lists under zip differ in length: {', '.join(self.zip)}")
        for name in self.paired:
            if name not in (*self.grid, *self.zip) or name == "quantity":
                raise InputError(f"paired names {name!r}, which is no axis of the grid or zip")
        axis = "quantity" in (*self.grid, *self.zip)
        if not self.quantity and not axis:
            raise InputError('the plan names no quantity; add a line such as quantity = "full_rank"')
        if "quantity" in self.fixed or (self.quantity and axis):
            raise InputError("the plan names its quantity twice; keep the line or the axis")
        if self.number_of_cells > MAX_CELLS:
            raise InputError(f"the plan has {self.number_of_cells:,} cells; at most {MAX_CELLS:,} are taken")

    def _check_types(self) -> None:
        """Refuse names that are no text, and values that are neither numbers nor text."""
        for name in ("name", "quantity"):
            text = getattr(self, name)
            if not isinstance(text, str) or not all(c.isprintable() for c in text):
                raise InputError(f"{name} is {_few(text)}; it is plain text")
        if any(c in self.name for c in "/\\") or len(self.name) > LONGEST_NAME:
            raise InputError(f"name is {_few(self.name)}; it names the file of the results, so give a short one")
        if not isinstance(self.keep_trials, bool):
            raise InputError(f"keep_trials is {_few(self.keep_trials)}; it is true or false")
        if not isinstance(self.paired, list | tuple) or not all(isinstance(name, str) for name in self.paired):
            raise InputError(f"paired is {_few(self.paired)}; it is a list of names of axes")
        axes = [*self.grid.items(), *self.zip.items(), *((name, [value]) for name, value in self.fixed.items())]
        for name, values in axes:
            for value in _listed(values):
                finite = not isinstance(value, float) or isfinite(value)
                if not isinstance(value, str | int | float) or not finite or abs(_size(value)) > LARGEST:
                    raise InputError(f"{name} has the value {_few(value)}; it is a finite number, text, true or false")
        for value in [v for axes in (self.grid, self.zip) for v in _listed(axes.get("quantity"))]:
            if not isinstance(value, str):
                raise InputError(f"quantity has the value {_few(value)}; it is the name of a quantity")

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
        index, constants = 0, dict(self.fixed)
        for values in product(*self.grid.values()):
            for row in rows:
                parameters = {**dict(zip(self.grid, values, strict=True)), **dict(zip(self.zip, row, strict=True))}
                quantity = parameters.pop("quantity", self.quantity)
                if not self.quantity:
                    constants = {k: v for k, v in self.fixed.items() if k in get_quantity(quantity).parameters}
                yield Cell(index, quantity, dict(sorted({**constants, **parameters}.items())), tuple(self.paired))
                index += 1

    @property
    def quantity_names(self) -> list[str]:
        """Names of what the plan measures."""
        return self.grid.get("quantity") or self.zip.get("quantity") or [self.quantity]

    def quantities(self) -> list[Quantity]:
        """Return what the plan measures, in the order of its cells."""
        return [get_quantity(name) for name in dict.fromkeys(self.quantity_names)]

    def check(self) -> None:
        """Refuse a cell that its quantity cannot take, and a fixed value that nothing takes."""
        quantities = {quantity.name: quantity for quantity in self.quantities()}
        for name in self.fixed:
            if not any(name in quantity.parameters for quantity in quantities.values()):
                raise InputError(f"no quantity of the plan has a parameter {name!r}; take it out of fixed")
        for cell in self.cells():
            get_quantity(cell.quantity).check(cell.parameters)
        self._tables()

    def _tables(self) -> dict[str, str]:
        """Return the SHA-256 of every table that the plan names."""
        values = (*self.grid.get("data", []), *self.zip.get("data", []), self.fixed.get("data"))
        hashes = {}
        for name in sorted({value for value in values if is_file(value)}):
            try:
                hashes[name] = hashlib.sha256(files.read_limited(Path(self.folder) / name)).hexdigest()
            except InputError as problem:
                raise InputError(f"cannot read the table {name} in {self.folder}: {problem}") from None
        return hashes

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
            "paired": list(self.paired),
        }

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything that decides the numbers."""
        everything = [self.to_dict(), self._tables()]
        return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Sweep:
        """Return the plan that plain data describe; unknown names are refused."""
        unknown = set(content) - SETTINGS - {"grid", "zip", "fixed"}
        if unknown:
            entries = ", ".join(sorted(SETTINGS | {"grid", "zip", "fixed"}))
            raise InputError(f"the plan has an unknown entry {sorted(unknown)[0]!r}; known are {entries}")
        for name in ("grid", "zip", "fixed"):
            if not isinstance(content.get(name, {}), Mapping):
                raise InputError(f"{name} is {content[name]!r}; it is a table, written under [{name}]")
        return cls(**{"name": "sweep", **content})

    @classmethod
    def from_toml(cls, path: str | Path) -> Sweep:
        """Read a plan from a TOML file."""
        path = Path(path)
        content = {name: value for name, value in read_toml(path).items() if name not in APART}
        plan = cls.from_dict({"name": path.stem, **content})
        if any(":" in str(name) for name in plan.quantity_names):
            raise InputError(f"{path.name} names a module; a quantity of your own can only be given from Python")
        return replace(plan, folder=str(path.parent))


def _size(value: Any) -> float:
    """Return a number, 0 for text."""
    return 0 if isinstance(value, str) else value


def _listed(values: Any) -> list[Any]:
    """Return the values of an axis; none where it is no list, which is told later."""
    return values if isinstance(values, list) else []


def _few(value: Any) -> str:
    """Return a value as a few letters."""
    try:
        text = repr(value)
    except (ValueError, RecursionError):  # thousands of digits, or of brackets
        text = f"a {type(value).__name__}"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


def read_toml(path: Path) -> dict[str, Any]:
    """Return what a TOML file holds.

    Raises:
        InputError: it is no TOML file, nested too deeply, or holds a number of thousands of digits.
    """
    text = files.read_text(path, MOST_PLAN)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise InputError(f"{path.name} is not a TOML file: {problem}") from None
    except RecursionError:
        raise InputError(f"{path.name} is nested too deeply for a plan") from None
    except ValueError as problem:
        raise InputError(f"{path.name} holds a value that no plan has: {problem}") from None
