"""The whole job for one table: design, training, certificate, told in plain words."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any, Unpack

import numpy as np

from ..errors import DataWarning, TooLarge
from ..numbers.seeds import stream
from ..numbers.tolerances import DEFAULT
from ..problem.data import Dataset, standardize
from ..requ.design import Design, design
from ..requ.network import ReQUNet
from ..requ.training import Training, random_net, train
from . import schema
from .claims import claim
from .fitted import fitted
from .opening import opening
from .options import DesignOptions, Origin, check_options
from .report import Telling

__all__ = ["DesignStory", "tell_design"]

# beyond so many rows the search for the margin stops earlier; beyond so many nothing is started
FINE_ROWS, MOST_ROWS, MOST_STEPS = 60, 400, 2000
ROUGH = replace(DEFAULT, margin_gap=0.01)
# units that are not zero at the start
AWAKE = 12


@dataclass(frozen=True, eq=False, repr=False)
class DesignStory(Telling):
    """A designed network, trained and certified.

    Attributes:
        report: everything as plain data.
        design: the design, on the inputs as trained.
        training: the training with its certificate.
        net: the network for the inputs as given.
    """

    design: Design
    training: Training
    net: ReQUNet


def tell_design(
    X: Any,
    y: Any = None,
    loss: Any = "logistic",
    base: float = 2,
    width: int | None = None,
    seed: int = 0,
    **options: Unpack[DesignOptions],
) -> DesignStory:
    """Design a landscape for a data set, train to a certified point of it, and say in plain words what holds.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 and +1.
        loss: as in `design`.
        base: of the logarithm in the logistic loss.
        width: number of units; None for n + 1.
        seed: of everything random.
        options: by keyword, `standardized`, whether to centre and scale the inputs first (True; the network in the
            result takes the inputs as given), `steps`, the most Newton steps of the training, `progress`, called with
            what is being done and the share that is done; for the report `classes`, names of the classes -1 and +1,
            `file`, name of the table, `command`, what was typed, `notes`, remarks to pass on.

    Raises:
        TooLarge: more than 400 samples.
        InputError, AssumptionError: see `design`.

    Example:
        >>> story = tell_design([[0, 0], [0, 1], [1, 0], [1, 1]], [-1, 1, 1, -1])
        >>> story.training.certified, bool(story.net.predict([[0, 1]])[0] > 0)
        (True, True)
    """
    check_options("tell_design", options, DesignOptions)
    origin, with_scaling = Origin.of(options), options.get("standardized", True)
    data = X if isinstance(X, Dataset) else Dataset(X, y)
    labels = data.y if y is None else y
    if data.n > MOST_ROWS:
        raise TooLarge(
            f"{data.n} samples need {data.n + 1} units and a margin program of that size; at most {MOST_ROWS} are "
            f"taken, draw some (--rows {MOST_ROWS})",
            data.n,
        )
    say = options.get("progress") or (lambda what, share: None)
    inputs: Any = data
    transform = np.eye(data.d + 1)
    if with_scaling:
        scaling = standardize(Dataset(data.fractions, bias=True))
        inputs, transform = scaling.X[:, :-1], scaling.transform
    say("designing", 0.0)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", DataWarning)
        plan = design(
            inputs, labels, loss, base, width, stream(seed, "design"),
            tolerances=DEFAULT if data.n <= FINE_ROWS else ROUGH,
        )  # fmt: skip
    say("training", 0.3)
    start = random_net(plan.width, data.d, stream(seed, "start"), awake=AWAKE)
    end = train(inputs, labels, plan, start=start, steps=options.get("steps", MOST_STEPS))
    say("done", 1.0)
    net = end.net.transformed(transform)
    remarks = [*options.get("notes", ()), *(str(w.message) for w in said)]
    report: dict[str, Any] = {
        **opening("design", origin.command or "rs.requ.tell_design(...)", seed),
        "data": {
            "file": origin.file or "data",
            "target": data.target or "y",
            "features": list(data.features),
            "n": data.n,
            "d": data.d,
            "classes": {f"{k:+d}": name for k, name in origin.classes.items()} if origin.classes else None,
            "inputs": "standardised" if with_scaling else "as given",
            "warnings": remarks,
        },
        "verdict": _verdict(data, plan, end),
        **_numbers(plan, end, loss, base),
        "pictures": _pictures(data, np.asarray(labels, dtype=float), net),
    }
    return DesignStory(report, plan, end, net)


def _pictures(data: Dataset, labels: np.ndarray, net: ReQUNet) -> schema.DesignPictures:
    """Return what the page draws: the network over its samples, and its output for each of them."""
    outputs = np.asarray(net.predict(data.X), dtype=float)
    fit = fitted(net.predict, data.X, labels, list(data.features), data.target or "y", 0.0)
    return {"fit": fit, "outputs": outputs.tolist(), "labels": labels.tolist()}


def _numbers(plan: Design, end: Training, loss: Any, base: float) -> dict[str, Any]:
    """Return the design, the training and the certificate as plain data."""
    point = end.certificate
    return {
        "design": {
            "loss": loss if isinstance(loss, str) else type(loss).__name__,
            "base": base if loss == "logistic" else None,
            "width": plan.width,
            "epsilon": plan.epsilon,
            "gamma": claim(plan.gamma_lower, "certified", plan.gamma_lower, plan.gamma_upper, method=plan.margin.kind),
            "lambda0": plan.lambda0,
            "lambdas": plan.lambdas.tolist(),
            "coercivity": plan.coercivity,
            "radius": plan.radius,
            "lines": list(plan.lines),
        },
        "training": {
            "loss": end.loss,
            "training_error": end.training_error,
            "certified": end.certified,
            "escapes": end.escapes,
            "history": [[what, value] for what, value in end.history],
            "a": end.net.a.tolist(),
            "U": end.net.U.tolist(),
        },
        "certificate": {
            "kind": point.kind,
            "stationarity": point.stationarity,
            "active": list(point.active),
            "inactive": len(point.inactive),
            "max_psi": claim(point.peak.value, "certified" if point.peak.proof == "cells" else "numerical",
                             point.peak.value, point.peak.upper),
            "least_lambda": point.least_lambda if np.isfinite(point.least_lambda) else None,
            "curvature": point.curvature if np.isfinite(point.curvature) else None,
            "claims": [{"name": c.name, "holds": c.holds, "kind": c.kind, "text": c.text} for c in point.claims],
        },
    }  # fmt: skip


def _verdict(data: Dataset, plan: Design, end: Training) -> list[str]:
    """Return the answer in plain lines."""
    n, live = data.n, len(end.certificate.active)
    wrong = round(end.training_error * n)
    lines = [
        f"Design: {plan.width} ReQU units with weights kept small by {plan.width} different coefficients below "
        f"{plan.lambda0:.3g}. With it every dead end of training is a good one: each local minimum classifies all {n} "
        "rows correctly, and no path runs to infinity."
    ]
    if end.certified:
        lines.append(
            f"Training: ended at a local minimum, {n - wrong} of {n} rows correct; {live} of {plan.width} units are in "
            f"use{', the others are exactly zero' if live < plan.width else ''}."
        )
    else:
        lines.append(
            f"Training: stopped before a local minimum ({end.certificate.kind}), {n - wrong} of {n} rows correct so "
            "far; more steps would lead on."
        )
    claims = [c for c in end.certificate.claims if c.holds and c.name != "inactive unit"]
    proven = [c.text.split(":")[0] for c in claims if c.kind == "proven"]
    numeric_claims = [c.text.split(":")[0] for c in claims if c.kind == "numerical"]
    if proven:
        lines.append("Proven for this network: " + "; ".join(proven) + ".")
    if numeric_claims:
        lines.append("Computed, not proven: " + "; ".join(numeric_claims) + ".")
    margin = "exactly" if plan.margin.kind == "exact" else "at least"
    lines.append(
        f"Why: the data's margin is {margin} {plan.gamma_lower:.4g}, the loss has slope {plan.epsilon:.4g} or more on "
        f"a misclassified row, and their product {plan.lambda0:.4g} is what the coefficients stay below. They are "
        "drawn at random, since a set of measure zero has to be missed (equal ones lie in it)."
    )
    return lines
