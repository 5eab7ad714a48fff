"""Everything that decides what is done for each width: law, trials, tolerance, trainings, time."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.checks import real_number, whole_number
from ...problem.networks.initialization import get_law

# seconds of a survey where none are asked for: at least, at most; entries of the table for each, and those a row adds
LEAST_SECONDS, MOST_SECONDS, ENTRIES_A_SECOND, ROW = 6.0, 20.0, 150, 6
# largest width, numbers of starts, of seconds (a year) and of trainings that are taken
WIDEST, MOST_TRIALS, LONGEST, MOST_TRAININGS = 10_000, 10_000_000, 31_557_600, 100_000


@dataclass(frozen=True)
class Settings:
    """Everything that decides a survey's numbers.

    Attributes:
        widths: widths to report.
        law: law of initialisation, in standardised inputs.
        trials: random initialisations per number.
        tolerance: a basin is good up to this share of the way from the reference to the best constant.
        seconds: bound on the time spent sampling; None takes the default.
        max_width: widest layer that the search for 95 % tries.
        output_bias: a free constant is added to the predictions.
        seed: root of the random streams.
        probability: the share of trainings that end well, and of good starts, that the searches are for.
        trainings: runs of training of each width.
        raw: whether networks are trained on the inputs as they are.
    """

    widths: tuple[int, ...] = (1, 2, 4, 8)
    law: Any = "normal"
    trials: int = 400
    tolerance: float = 0.05
    seconds: float | None = None
    max_width: int = 128
    output_bias: bool = True
    seed: int = 0
    probability: float = 0.95
    trainings: int = 20
    raw: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that no survey can follow."""
        if not np.iterable(self.widths) or not len(self.widths):
            raise InputError("no width was given; name at least one, for instance 1,2,4,8")
        for width in self.widths:
            if not isinstance(width, Real) or isinstance(width, bool) or width not in range(1, WIDEST + 1):
                raise InputError(f"the width {width!r} is impossible; a width is a whole number from 1 to {WIDEST:,}")
        whole_number("trials", self.trials, 1)
        if not 0 <= real_number("the tolerance", self.tolerance) < 1:
            raise InputError(f"the tolerance is {self.tolerance!r}; it lies between 0 and 1")
        if self.seconds is not None and not 0 < real_number("seconds", self.seconds) <= LONGEST:
            raise InputError(f"seconds is {self.seconds!r}; it lies above 0 and is at most {LONGEST:,}")
        if whole_number("max-width", self.max_width, 1) > WIDEST:
            raise InputError(f"max-width is {self.max_width}; it is at most {WIDEST:,}")
        if self.trials > MOST_TRIALS:
            raise InputError(f"trials is {self.trials}; it is at most {MOST_TRIALS:,}")
        if whole_number("trainings", self.trainings, 1) > MOST_TRAININGS:
            raise InputError(f"trainings is {self.trainings}; it is at most {MOST_TRAININGS:,}")
        whole_number("the seed", self.seed)
        get_law(self.law)
        object.__setattr__(self, "widths", tuple(sorted({int(w) for w in self.widths})))

    def budget(self, n: int, d: int) -> float:
        """Return the seconds of a survey of n rows and d inputs: those asked for, else more for a larger table.

        >>> Settings().budget(20, 4), Settings().budget(10**6, 3), Settings(seconds=3).budget(20, 4)
        (6.0, 20.0, 3.0)
        """
        return self.usual_seconds(n, d) if self.seconds is None else float(self.seconds)

    def usual_seconds(self, n: int, d: int) -> float:
        """Return the seconds of a survey of n rows and d inputs where none are asked for."""
        return float(round(min(max(LEAST_SECONDS, n * (d + ROW) / ENTRIES_A_SECOND), MOST_SECONDS)))
