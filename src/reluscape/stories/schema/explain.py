"""What explain.json holds."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from .shared import Fit, Loss, Number, Report


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
    axis: NotRequired[str]
    reading: NotRequired[str]


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
    reading: NotRequired[str]


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
    last_layer: LastLayer | None
    jacobian: Jacobian | None
    last_two_layers: NotRequired[VerdictBlock | None]
    next_steps: list[str]
    lines: list[Line]
    slice: Slice | None
    fit: NotRequired[Fit | None]
