"""The table of quantities by name."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...errors import InputError
from .samples import OF_A_LAW, check_samples, is_table
from .values import Check

Measure = Callable[[dict[str, Any], np.random.Generator], Mapping[str, float]]
Batch = Callable[[dict[str, Any], Sequence[np.random.Generator], str], list[dict[str, float]]]


@dataclass(frozen=True)
class Quantity:
    """Something that one trial measures.

    Attributes:
        name: what it is called in a plan.
        description: one sentence.
        parameters: names with their defaults; None where a value must be given.
        numbers: the numbers one trial gives, by name; NaN where a number does not exist in a trial.
        function: function (parameters, rng) -> {number: value}.
        chances: those numbers that are 0 or 1 in each trial; their means are probabilities and get an interval.
        batch: function (parameters, rngs, device) -> one {number: value} a stream, many trials at once on a device.
        checks: what refuses the value of a parameter that no trial can take, by the parameter's name.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    numbers: tuple[str, ...]
    function: Measure = field(repr=False)
    chances: tuple[str, ...] = ()
    batch: Batch | None = field(default=None, repr=False)
    checks: Mapping[str, Check] = field(default_factory=dict, repr=False)

    def check(self, parameters: Mapping[str, Any]) -> None:
        """Refuse unknown and missing parameters, and values that no trial can take."""
        for name in parameters:
            if name not in self.parameters:
                names = ", ".join(self.parameters)
                raise InputError(f"{self.name} has no parameter {name!r}; it takes {names}")
        has_seed = "data_seed" in self.parameters
        brought = OF_A_LAW if has_seed and is_table(parameters.get("data")) else ()
        for name, default in self.parameters.items():
            if default is None and name not in parameters and name not in brought:
                raise InputError(f"{self.name} needs the parameter {name!r}; add it under grid, zip or fixed")
        whole = {**self.parameters, **parameters}
        if has_seed:
            check_samples(parameters, whole, self.name)
        for name, check in self.checks.items():
            check(whole, name)

    def measure(self, parameters: Mapping[str, Any], rng: np.random.Generator) -> Mapping[str, float]:
        """Run one trial."""
        return self.function({**self.parameters, **parameters}, rng)

    def measure_many(
        self, parameters: Mapping[str, Any], rngs: Sequence[np.random.Generator], device: str | None = None
    ) -> Sequence[Mapping[str, float]]:
        """Run one trial for each stream, all at once on a device where there is a form for that."""
        if device is None or self.batch is None:
            return [self.measure(parameters, rng) for rng in rngs]
        return self.batch({**self.parameters, **parameters}, rngs, device)


# name -> module of this package that holds QUANTITY of that name
QUANTITIES = {
    "full_rank": "rank",
    "zero_loss": "zero_loss",
    "basin_value": "basin",
    "good_basin": "good_basin",
    "reachable": "reachable",
    "gradient_descent": "training",
    "training_path": "training_path",
    "requ_training": "requ_training",
}


def get_quantity(name: str) -> Quantity:
    """Return the quantity with this name, or the user's own, given in Python as "module:attribute"."""
    if ":" in name:
        module, attribute = name.split(":", 1)
        return getattr(importlib.import_module(module), attribute)
    if name not in QUANTITIES:
        raise InputError(f"unknown quantity {name!r}; choose one of {', '.join(QUANTITIES)}")
    return importlib.import_module(f".{QUANTITIES[name]}", __package__).QUANTITY
