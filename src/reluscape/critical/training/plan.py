"""What a run of training is: its optimiser, its first weights, when it stops, and about how long it takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ...errors import InputError
from ...numbers.checks import real_number, whole_number
from ...problem.networks.initialization import get_law

OPTIMISERS = ("adam", "lbfgs", "bfgs")
MOST_STEPS, LEAST_STEPS = 2_000, 300
# nominal seconds: of a step of all runs, of a run in a step, of a hidden entry, of a product with an input
STEP, RUN, ENTRY, PRODUCT = 1.0e-4, 2e-6, 5.0e-9, 1.6e-10
# nominal seconds of the loss of one output entry, by the name of the loss
LOSS_ENTRY, OTHER_LOSS = {"squared": 0.0, "huber": 1e-8, "cross_entropy": 2.5e-8}, 1.2e-7
# entries of the hidden layer of a run, times inputs, up to which runs are compiled, under these losses; what a step of
# a run costs then, and the loss of an output entry
SMALL, COMPILED = 200_000, ("squared", "logistic", "bce", "cross_entropy")
# parameters up to which BFGS keeps a matrix of them, what an entry of it costs, and double precision for arrays
LARGEST_MATRIX, MATRIX_ENTRY, DOUBLE = 300, 1.2e-9, 2.0
SMALL_RUN, SMALL_ENTRY, SMALL_PRODUCT, SMALL_LOSS = 8e-7, 2.0e-9, 4e-10, 2.5e-8


@dataclass(frozen=True)
class Plan:
    """How runs are trained, all samples in every step.

    Attributes:
        runs: how many.
        optimiser: "adam" (Kingma and Ba, with their betas), "lbfgs" (memory 10, weak Wolfe steps) or "bfgs" (the same
            with a matrix of the parameters, where that is small).
        law: law of the first weights; output biases begin at zero.
        rate: Adam's step size.
        steps: most steps of a run.
        seed: root of the random streams; the first weights of a run depend on its number alone.
        compiled: whether runs of a small problem are compiled; else they are array programs, for which nobody waits
            where the runs are few.
    """

    runs: int = 20
    optimiser: str = "adam"
    law: Any = "torch"
    rate: float = 0.01
    steps: int = 2_000
    seed: int = 0
    compiled: bool = True

    def __post_init__(self) -> None:
        """Refuse plans that cannot be followed."""
        whole_number("the number of trainings", self.runs, 1)
        whole_number("steps", self.steps, 1)
        if self.optimiser not in OPTIMISERS:
            raise InputError(f"unknown optimiser {self.optimiser!r}; choose one of {', '.join(map(repr, OPTIMISERS))}")
        if not real_number("the rate", self.rate) > 0:
            raise InputError(f"the rate is {self.rate!r}; it lies above 0")
        get_law(self.law)

    def within(self, seconds: float, n: int, d: int, width: int, outputs: int = 1) -> Plan:
        """Return the plan with as many steps as nominally fit into so many seconds, so that a seed fixes every run.

        >>> Plan(runs=20).within(0.0, 1000, 5, 8).steps, Plan(runs=20).within(1e9, 4, 2, 2).steps
        (300, 2000)
        """
        cost = step_seconds(self.runs, n, d, width, outputs)
        steps = int(min(max(seconds / cost, LEAST_STEPS), MOST_STEPS))
        return replace(self, steps=steps)


def step_seconds(runs: int, n: int, d: int, width: int, outputs: int = 1, loss: str = "squared") -> float:
    """Return the nominal seconds of one step of so many runs: a fixed number, whatever the machine."""
    if is_small(n, d, width) and loss in COMPILED:
        loss_seconds = 0.0 if loss == COMPILED[0] else n * outputs * SMALL_LOSS
        return runs * (SMALL_RUN + n * width * (SMALL_ENTRY + SMALL_PRODUCT * (d + outputs)) + loss_seconds)
    return array_seconds(runs, n, d, width, outputs, loss)


def array_seconds(runs: int, n: int, d: int, width: int, outputs: int = 1, loss: str = "squared") -> float:
    """Return the nominal seconds of one step of so many runs as one array program."""
    loss_seconds = n * outputs * LOSS_ENTRY.get(loss, OTHER_LOSS)
    return STEP + runs * (RUN + n * width * (ENTRY + PRODUCT * (d + outputs)) + loss_seconds)


def search_seconds(runs: int, n: int, d: int, width: int, outputs: int = 1, loss: str = "squared") -> float:
    """Return the nominal seconds of one evaluation of so many runs of BFGS, its matrix of the parameters counted."""
    seconds, parameters = step_seconds(runs, n, d, width, outputs, loss), width * (d + outputs) + outputs
    if is_small(n, d, width) and loss in COMPILED and parameters <= LARGEST_MATRIX:
        return seconds + runs * MATRIX_ENTRY * parameters**2
    return DOUBLE * seconds


def is_small(n: int, d: int, width: int) -> bool:
    """Return whether one run after another, compiled, is as quick as all runs as one array program.

    >>> is_small(150, 4, 8), is_small(50_000, 10, 8)
    (True, False)
    """
    return d > 0 and n * d * max(width, 1) <= SMALL
