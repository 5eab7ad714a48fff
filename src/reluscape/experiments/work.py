"""One unit of work: a chunk of a cell's trials, measured with streams that depend on seed, cell and trial alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ReluscapeError
from ..numbers.seeds import stream
from ..solvers.interior_point import compile_from_now_on
from .plan import Cell
from .quantities import get_quantity
from .quantities.samples import FOLDER, is_file
from .results import ChunkResult


@dataclass(frozen=True)
class Task:
    """A chunk to be measured.

    Attributes:
        cell: where.
        chunk: number of the chunk inside the cell.
        first: number of its first trial.
        trials: how many trials it holds.
        seed: root of the random streams.
        folder: where the tables lie that the cell names.
        device: torch device for the quantities that have a form for it; None measures here.
    """

    cell: Cell
    chunk: int
    first: int
    trials: int
    seed: int
    folder: str = "."
    device: str | None = None


def measure(task: Task) -> ChunkResult:
    """Run the trials of a task; an error becomes a result that says so."""
    compile_from_now_on()  # a chunk measured again has the same digits
    cell, place = task.cell, (task.cell.index, task.chunk)
    try:
        quantity = get_quantity(cell.quantity)
        quantity.check(dict(cell.parameters))
        parameters = dict(cell.parameters)
        if is_file(parameters.get("data")):
            parameters[FOLDER] = task.folder
        rngs = [stream(task.seed, "sweep", cell.key, task.first + trial) for trial in range(task.trials)]
        results = quantity.measure_many(parameters, rngs, task.device)
        rows = [[float(numbers[name]) for name in quantity.numbers] for numbers in results]
    except ReluscapeError as problem:
        return ChunkResult(*place, "failed", message=str(problem))
    except Exception as problem:  # a broken quantity must not end the sweep; the line is kept in the store
        return ChunkResult(*place, "failed", message=f"{type(problem).__name__}: {problem}")
    return ChunkResult(*place, "done", tuple(quantity.numbers), np.array(rows, dtype=float))
