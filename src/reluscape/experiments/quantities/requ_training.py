"""Sweep quantity: does training a ReQU network under its designed regulariser end with errors on the training data."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import DataWarning, InputError
from ...requ.constants import training_error
from ...requ.design import design, draw_lambdas
from ...requ.losses import margin_loss
from ...requ.network import lifted
from ...requ.objective import Objective
from ...requ.training import lbfgs, random_net, train
from .registry import Quantity
from .samples import SAMPLES, draw_samples
from .values import Check, not_negative, size

DESIGNED = "designed"


def _measure(parameters: dict[str, Any], rng: np.random.Generator) -> dict[str, float]:
    """Design for the drawn samples, train from one random start, and count the errors that are left."""
    lifted_samples, y = draw_samples(parameters, rng)
    X = lifted_samples[:, :-1]
    if not np.isin(y, (-1.0, 1.0)).all():
        raise InputError('requ_training needs labels -1 and +1; choose targets = "signs" or a table of two classes')
    if len(set(y.tolist())) < 2:
        return dict.fromkeys(QUANTITY.numbers, float("nan"))
    strength = not_negative(parameters, "strength")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        plan = design(X, y, parameters["loss"], rng=rng, prove=False)
    lambdas = plan.lambdas
    if parameters["width"] != DESIGNED:
        lambdas = draw_lambdas(plan.lambda0, size(parameters, "width"), rng)
    start = random_net(len(lambdas), X.shape[1], rng)
    if strength == 0:
        objective = Objective(lifted(X), y, np.zeros(len(lambdas)), margin_loss(parameters["loss"]))
        net = lbfgs(objective, start)
        error, proof, loss = training_error(net, X, y), float("nan"), objective.value(net)
    else:
        end = train(X, y, strength * lambdas, parameters["loss"], start=start, prove=False)
        error, proof, loss = end.training_error, float(end.certified), end.loss
    return {"fails": float(error > 0), "error": float(error), "certified": proof, "loss": float(loss)}


def _width(parameters: Mapping[str, Any], name: str) -> None:
    """Refuse a width that is neither the designed one nor a whole number."""
    if parameters[name] != DESIGNED:
        size(parameters, name)


CHECKS: dict[str, Check] = {
    "width": _width,
    "strength": not_negative,
    "loss": lambda parameters, name: margin_loss(parameters[name]),
}

QUANTITY = Quantity(
    "requ_training",
    "whether a ReQU network trained from a random start leaves errors on its training data: n + 1 units and the "
    "designed coefficients times strength (1 as designed, 0 plain L-BFGS without a regulariser), or another width",
    {**SAMPLES, "targets": "signs", "width": DESIGNED, "strength": 1.0, "loss": "logistic"},
    ("fails", "error", "certified", "loss"),
    _measure,
    ("fails", "certified"),
    checks=CHECKS,
)
