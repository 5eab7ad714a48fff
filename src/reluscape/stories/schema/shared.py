"""What all reports hold: claims, losses, the data, the head."""

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


class Fit(TypedDict):
    """What a network of one or two inputs computes, on a grid with its samples."""

    grid: list[list[float]]
    value: list[Any]
    samples: list[list[float]]
    targets: list[float]
    labels: list[str]
    target: str
    level: float | None
