"""What survey.json, explain.json and census.json hold: the one description that writers, pages and tests share.

The words are those of docs/survey-json.md. A number is null where it is not known, not finite, or has no meaning there.
"""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

Number = int | float | str  # text where a whole number is beyond 2^53


class Claim(TypedDict):
    """A number with its interval and how it is known."""

    value: Number | None
    low: Number | None
    high: Number | None
    kind: str
    trials: NotRequired[int | None]
    population: NotRequired[str | None]
    law: NotRequired[str | None]
    exact: NotRequired[str]
    text: NotRequired[str]
    estimate: NotRequired[dict[str, Any]]


class Loss(TypedDict):
    """A loss, and the same as a share of the target's variance, or of the best constant's loss."""

    value: Number | None
    share: Number | None
    accuracy: Number | None
    kind: str
    width: NotRequired[int]
    source: NotRequired[str]
    test: NotRequired[Number | None]


class Position(TypedDict):
    """Whether the samples are in general position."""

    status: str
    text: str


class Data(TypedDict):
    """The samples."""

    file: str
    target: str
    features: list[str]
    n: int
    d: int
    rank: int
    bias: bool
    output_bias: bool
    task: str
    classes: dict[str, str] | None
    warnings: list[str]
    duplicates: int
    zero_rows: list[int]
    general_position: Position
    hidden_bias: NotRequired[bool]
    floor_share: NotRequired[float | None]
    inputs: NotRequired[str]
    loss: NotRequired[str]
    outputs: NotRequired[int]


class Header(TypedDict):
    """Where a report comes from."""

    schema: int
    kind: str
    version: str
    command: str
    seed: int
    created: str
    versions: dict[str, str]


class Report(Header):
    """What all three reports hold."""

    data: Data
    seconds: NotRequired[float]


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
    """Losses on rows left out of training."""

    folds: int
    width: int
    network: Loss
    affine: Loss
    constant: Loss


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
    """What is there to win."""

    constant: Loss
    affine: Loss
    best_network: Loss
    any_width: NotRequired[Loss]


class SurveyPictures(TypedDict):
    """The geometry that the page draws, each as its figure reads it."""

    data: dict[str, Any] | None
    fan: dict[str, Any] | None
    slice: dict[str, Any] | None


class SurveyReport(Report):
    """survey.json."""

    settings: SurveySettings
    losses: SurveyLosses
    held_out: HeldOut | None
    regions: Claim
    widths: list[Width]
    hurried: bool
    width_for: WidthFor
    every_start: EveryStart | None
    promises: list[Promise]
    pictures: SurveyPictures
    verdict: NotRequired[list[str]]


class Size(TypedDict):
    """What was looked at."""

    basins: int
    walls: int


class Network(TypedDict):
    """A network of one hidden layer."""

    W: list[list[float]]
    v: list[float]
    c: Number | None


class Valley(TypedDict):
    """One valley."""

    value: Number | None
    share: Number | None
    exact: str | None
    kind: str
    barrier: Number | None
    merge_height: Number | None
    spurious: bool
    parent: int | None
    dimension: int
    basins: int
    verdict: str
    starts: Claim
    active: list[int]
    signs: list[int]
    network: Network


class Chances(TypedDict):
    """What random starts can reach."""

    without_climbing: Claim
    first_basin: Claim
    gradient_descent: Claim
    above_zero: Claim
    steps: int
    descent_losses: list[Number | None]


class CensusSettings(TypedDict):
    """What was asked of a census."""

    width: int
    law: str
    trials: int
    height_cap: Number | None


class CensusLosses(TypedDict):
    """The losses that valleys are measured against."""

    constant: Loss
    affine: Loss
    zero: Loss
    best_network: Loss
    any_width: Loss


class CensusPictures(TypedDict):
    """The barrier tree, the ways out and the plane, each as its figure reads it."""

    disconnectivity: dict[str, Any]
    passages: list[dict[str, Any]]
    plane: dict[str, Any] | None


class CensusReport(Report):
    """census.json."""

    settings: CensusSettings
    losses: CensusLosses
    size: Size
    valley_count: int
    spurious_count: int
    ties: list[int]
    valleys: list[Valley]
    pairs: list[list[Number | None]]
    chances: Chances | None
    pictures: NotRequired[CensusPictures]
    verdict: NotRequired[list[str]]


class Model(TypedDict):
    """The network that is explained."""

    file: str
    width: int
    hidden: list[int]
    outputs: int
    weight_decay: Number | None
    output_bias: bool
    loss: str
    loss_reason: str
    trainable: str


class VerdictBlock(TypedDict):
    """The exact test's verdict."""

    kind: str
    reason: str
    is_local_minimum: bool | None
    differentiable: bool
    loss: Number | None
    exact_loss: str | None
    slack: Number | None
    method: str


class ExplainVerdict(VerdictBlock):
    """The same with the lines."""

    text: list[str]


class Fact(TypedDict):
    """One fact of the story."""

    name: str
    text: str


class Snapped(TypedDict):
    """The exact point beside the network."""

    loss: Number | None
    exact_loss: str | None
    distance: Number | None
    relative_change: Number | None


class Nearest(TypedDict):
    """The nearest exact minimum found."""

    loss: Number | None
    exact_loss: str | None
    distance: Number | None
    basins: int
    kinks: int | None


class Better(TypedDict):
    """The nearest better basin."""

    kinks: int
    value: Number | None
    at_least: int
    unit: int | None
    samples: list[int]


class Units(TypedDict):
    """What the units of the first layer do."""

    dead: list[int]
    duplicated: list[list[int]]
    always_active: list[int]
    zero_output: list[int]


class DeadSamples(TypedDict):
    """Rows on which no unit is on."""

    dead: list[int]


class AffineFit(TypedDict):
    """Whether the network is an affine function of the inputs on these rows."""

    is_affine: bool | None
    text: str


class Layer(TypedDict):
    """One layer."""

    layer: int
    units: int
    output: bool
    dead: list[int]
    always_active: list[int]
    duplicated: list[list[int]]
    dead_samples: list[int]
    on_kink: int
    near_kink: int
    gradient_norm: Number | None
    relative_gradient: Number | None


class LastLayer(TypedDict):
    """What the last layer alone can reach."""

    lowest: Number | None
    gap: Number | None
    share: Number | None
    optimal: bool
    attained: bool
    kind: str


class Jacobian(TypedDict):
    """Rank and Lemma 1's bound."""

    rank: int
    rows: int
    columns: int
    full: bool
    bound: Number | None
    sigma_min: Number | None
    kind: str


class Line(TypedDict):
    """The loss along a straight line through weight space."""

    title: str
    ends: str
    breakpoints: list[float]
    loss: list[float]
    samples: list[list[float]]
    minima: list[list[float]]
    note: str


class Borders(TypedDict):
    """Where a unit switches for a row, and where an output weight is zero."""

    kinks: list[list[float]]
    zero_outputs: list[list[float]]


class Slice(TypedDict):
    """A plane through weight space."""

    points: list[list[str | float]]
    window: list[float]
    borders: Borders
    a: list[float]
    b: list[float]
    loss: list[list[float]]
    x_label: str
    y_label: str
    note: str


class ExplainLosses(TypedDict):
    """The losses that the network is held against."""

    model: Loss
    constant: Loss
    affine: NotRequired[Loss]
    basin: NotRequired[Loss]
    last_layer: NotRequired[Loss]
    best_known: NotRequired[Loss]


class ExplainReport(Report):
    """explain.json."""

    answer: str
    model: Model
    verdict: ExplainVerdict
    story: list[Fact]
    losses: ExplainLosses
    gradient_norm: Number | None
    snapped: Snapped | None
    nearest: Nearest | None
    better_basin: Better | None
    units: Units
    samples: DeadSamples
    affine_fit: AffineFit
    layers: list[Layer]
    last_layer: LastLayer
    jacobian: Jacobian | None
    last_two_layers: NotRequired[VerdictBlock | None]
    next_steps: list[str]
    lines: list[Line]
    slice: Slice | None
