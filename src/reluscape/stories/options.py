"""Keyword arguments of the stories beyond what is asked: where the data come from, and settings with usual values.

A story takes them by keyword, checked by type checkers through these dictionaries; what names things in the report
travels as one value, `Origin`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypedDict


@dataclass(frozen=True)
class Origin:
    """What the report says about where its data come from; no number depends on it.

    Attributes:
        file: name of the data.
        model_file: name of the model's file.
        command: what was typed.
        target: name of the target; None takes the data's own.
        warnings: sentences to pass on.
        classes: names of the classes by their numbers, for a classification.
    """

    file: str | None = None
    model_file: str | None = None
    command: str | None = None
    target: str | None = None
    warnings: tuple[str, ...] = ()
    classes: dict[int, str] | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Origin:
        """Return what keyword arguments say about the origin, the others left out."""
        return cls(**{field.name: options[field.name] for field in fields(cls) if field.name in options})


class DataOrigin(TypedDict, total=False):
    """How a report names its data; see `Origin`."""

    file: str | None
    command: str | None
    warnings: tuple[str, ...]
    classes: dict[int, str] | None


class SurveyOptions(DataOrigin, total=False):
    """Settings of a survey; see `survey`."""

    law: Any
    trials: int
    tolerance: float
    seconds: float | None
    max_width: int
    output_bias: bool
    trainings: int
    raw: bool
    undrawn: tuple[Any, Any] | None
    spent: float


class LandscapeOptions(DataOrigin, total=False):
    """Settings of a landscape beside those it is about; see `landscape`."""

    weight_decay: Any
    loss: str | None
    seed: int
    progress: Callable[[str, float], None] | None


class DesignOptions(TypedDict, total=False):
    """Settings of a design's story; see `tell_design`."""

    file: str | None
    command: str
    classes: dict[int, str] | None
    standardized: bool
    steps: int
    notes: tuple[str, ...]
    progress: Callable[[str, float], None] | None


class ModelOptions(TypedDict, total=False):
    """How a model is read; see `certify_model`."""

    output_bias: bool | None
    standardize_target: Any
    slope: float | None
    optimizer: Any


class ExplainOptions(ModelOptions, DataOrigin, total=False):
    """How a model is read, rows kept apart, and names for the report; see `explain`."""

    biases: tuple[bool, ...] | None
    X_test: Any
    y_test: Any
    model_file: str | None
    target: str | None


def check_options(function: str, options: Mapping[str, Any], kind: Any) -> None:
    """Raise TypeError for a keyword argument that a function does not take, in Python's own words.

    Args:
        function: its name.
        options: keyword arguments.
        kind: the typed dictionary that lists them.
    """
    for name in options:
        if name not in kind.__optional_keys__:
            raise TypeError(f"{function}() got an unexpected keyword argument {name!r}")
