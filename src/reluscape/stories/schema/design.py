"""What design.json holds."""

from __future__ import annotations

from typing import Any, TypedDict

from .shared import Claim, Fit, Header


class DesignData(TypedDict):
    """The samples of a design."""

    file: str
    target: str
    features: list[str]
    n: int
    d: int
    classes: dict[str, str] | None
    inputs: str
    warnings: list[str]


class DesignPlan(TypedDict):
    """The designed network and regulariser."""

    loss: str
    base: float | None
    width: int
    epsilon: float
    gamma: dict[str, Any]
    lambda0: float
    lambdas: list[float]
    coercivity: float
    radius: float
    lines: list[str]


class DesignTraining(TypedDict):
    """How the training went and where it ended."""

    loss: float
    training_error: float
    certified: bool
    escapes: int
    history: list[list[Any]]
    a: list[float]
    U: list[list[float]]


class DesignClaim(TypedDict):
    """One thing that holds at the end, or not."""

    name: str
    holds: bool
    kind: str
    text: str


class DesignCertificate(TypedDict):
    """What is known of the point that the training ended in."""

    kind: str
    stationarity: float
    active: list[int]
    inactive: int
    max_psi: Claim
    least_lambda: float | None
    curvature: float | None
    claims: list[DesignClaim]


class DesignPictures(TypedDict):
    """What the page draws."""

    fit: Fit | None
    outputs: list[float]
    labels: list[float]


class DesignReport(Header):
    """design.json."""

    data: DesignData
    verdict: list[str]
    design: DesignPlan
    training: DesignTraining
    certificate: DesignCertificate
    pictures: DesignPictures
