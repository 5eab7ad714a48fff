"""What survey.json holds."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from .shared import Claim, Fit, Loss, Number, Report


class BasinValues(TypedDict):
    """A sorted sample of basin values."""

    sample: list[float]
    kind: str
    trials: int
    undecided: int
    min: NotRequired[float]
    quartiles: NotRequired[list[float]]
    max: NotRequired[float]


class OtherLaw(TypedDict):
    """The chance of a good start under another law of initialisation."""

    law: str
    good: Claim


class Trap(TypedDict):
    """A place where trainings were caught."""

    loss: float
    share: float | None
    runs: int
    certified: bool | None


class TrainingBlock(TypedDict):
    """What the trainings of one width ended in."""

    optimiser: str
    rate: float
    law: str
    runs: int
    steps: int
    losses: list[float]
    median: Number | None
    median_share: Number | None
    solved: Claim
    trapped: Claim
    dead: Claim
    dead_units: float
    trap_count: int
    traps: list[Trap]
    lbfgs: Claim | None


class Width(TypedDict):
    """One number of hidden units; the shares of starts are told for one target and the squared loss."""

    width: int
    regions: Claim
    basins: Claim
    reference: Loss
    threshold: Number | None
    good: Claim | None
    trained: Claim
    training: TrainingBlock
    full_rank: NotRequired[Claim]
    zero: NotRequired[Claim]
    better_than_affine: NotRequired[Claim]
    basin_values: NotRequired[BasinValues]
    other_law: NotRequired[OtherLaw]


class Point(TypedDict):
    """One width of the search for the width at which starts are good."""

    width: int
    good: Claim


class EveryStart(TypedDict):
    """The width from which a random start is good often enough."""

    probability: float
    width: int | None
    more_than: int | None
    stopped_by: str
    curve: list[Point]


class TrainedPoint(TypedDict):
    """One width of the search for the width with which training ends well."""

    width: int
    trained: Claim
    reference: Loss


class LeastWidth(TypedDict):
    """The least width that reaches the lowest loss of any width, as far as it is proved."""

    width: int | None
    proved: bool
    at_least: int
    loss: Number | None
    share: Number | None


class WidthFor(TypedDict):
    """The width that is enough for training."""

    probability: float
    width: int | None
    more_than: int | None
    stopped_by: str
    curve: list[TrainedPoint]
    least: LeastWidth | None


class HeldOut(TypedDict):
    """Losses on rows left out of training; 0 folds where these are the rows of a table that were not drawn."""

    folds: int
    rows: int
    trained_on: int
    width: int
    tried: list[int]
    network: Loss
    affine: Loss
    constant: Loss


class AllRows(TypedDict):
    """Losses of fits of all rows of a table that those surveyed were drawn from."""

    rows: int
    width: int
    network: Loss
    affine: Loss
    constant: Loss
    trained_width: int | None
    trained: Claim | None


class Promise(TypedDict):
    """What a theorem asks for."""

    statement: str
    source: str
    law: str
    event: str
    applies: bool
    reason: str
    width: Number | None
    probability: Number | None
    curve: list[list[Number | None]] | None


class SurveySettings(TypedDict):
    """What was asked of a survey."""

    law: str
    trials: int
    trainings: int
    tolerance: float
    widths: list[int]
    max_width: int
    seconds: float | None


class SurveyLosses(TypedDict):
    """How much there is to gain."""

    constant: Loss
    affine: Loss
    best_network: Loss
    any_width: NotRequired[Loss]


class SurveyPictures(TypedDict):
    """The geometry that the page draws, each as its figure reads it."""

    data: dict[str, Any] | None
    fan: dict[str, Any] | None
    slice: dict[str, Any] | None
    fit: NotRequired[Fit | None]


class LawPoint(TypedDict):
    """The share of basins of one width that hold a global minimum of every width."""

    width: int
    good: Claim


class WidthLaw(TypedDict):
    """The width law under weight decay, and the width at which it reaches the probability."""

    population: str
    probability: float
    width: int | None
    limit: Number | None
    curve: list[LawPoint]


class DecayBlock(TypedDict):
    """What is told under weight decay; values of widths and of trainings are then those of the objective."""

    value: float
    biases: bool
    inputs: str
    lambda_max: Claim | None
    times: float | None
    lambda_max_as_given: Claim | None
    times_as_given: float | None
    constant: Number | None
    any_width: Claim | None
    least_width: int | None
    most_width: int | None
    law: WidthLaw | None
    reasons: dict[str, str]


class SurveyReport(Report):
    """survey.json."""

    settings: SurveySettings
    losses: SurveyLosses
    held_out: HeldOut | None
    all_rows: AllRows | None
    regions: Claim
    widths: list[Width]
    hurried: bool
    width_for: WidthFor
    every_start: EveryStart | None
    promises: list[Promise]
    pictures: SurveyPictures
    weight_decay: NotRequired[DecayBlock]
    verdict: NotRequired[list[str]]
