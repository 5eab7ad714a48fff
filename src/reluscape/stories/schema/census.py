"""What census.json holds."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from .shared import Claim, Loss, Number, Report


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
    loss: str
    height_cap: Number | None
    weight_decay: Number | None
    free_biases: bool


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
