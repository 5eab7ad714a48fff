"""How a network was trained, as far as the optimizer that trained it says, so that fresh starts can train the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

LBFGS, ADAM, SGD = "L-BFGS", "Adam", "SGD"


@dataclass(frozen=True)
class Recipe:
    """One of the optimizers that can be repeated.

    Attributes:
        name: "Adam", "SGD" or "L-BFGS".
        rates: the learning rate at the first and at the last step, between which it falls or rises evenly.
        averages: Adam's decay rates of the mean gradient and of the mean square.
        floor: what Adam adds to the root of the mean square.
        steps: their number, None where it is not known.
        momentum: what SGD keeps of its last step, (share kept, share of a new gradient left out, Nesterov's).
    """

    name: str
    rates: tuple[float, float] = (0.0, 0.0)
    averages: tuple[float, float] = (0.9, 0.999)
    floor: float = 1e-8
    steps: int | None = None
    momentum: tuple[float, float, bool] = (0.0, 0.0, False)


def recipe_of(trainer: Any) -> Recipe | None:
    """Return the recipe of a torch optimizer or of a fitted scikit-learn network; None for others.

    >>> from types import SimpleNamespace
    >>> recipe_of(SimpleNamespace(solver="lbfgs", n_iter_=40)).name
    'L-BFGS'
    """
    groups = getattr(trainer, "param_groups", None)
    if groups:
        return _of_torch(trainer, groups)
    solver = getattr(trainer, "solver", None)
    if solver == "lbfgs":
        return Recipe(LBFGS, steps=int(trainer.n_iter_))
    if solver == "sgd":
        rate = float(trainer.learning_rate_init)
        return Recipe(SGD, (rate, rate), momentum=(float(trainer.momentum), 0.0, bool(trainer.nesterovs_momentum)))
    if solver == "adam":
        rate = float(trainer.learning_rate_init)
        steps = getattr(getattr(trainer, "_optimizer", None), "t", None)
        return Recipe(ADAM, (rate, rate), (float(trainer.beta_1), float(trainer.beta_2)), float(trainer.epsilon),
                      None if steps is None else int(steps))  # fmt: skip
    return None


def _of_torch(optimizer: Any, groups: list[dict[str, Any]]) -> Recipe | None:
    """Return the recipe of a torch optimizer, None where its groups differ or it is none that can be repeated."""
    name, first = type(optimizer).__name__, groups[0]
    if name == "LBFGS":
        return Recipe(LBFGS)
    keys = ("lr", "betas", "eps", "amsgrad", "momentum", "dampening", "nesterov", "maximize")
    if first.get("amsgrad") or first.get("maximize") or any(g.get(k) != first.get(k) for g in groups for k in keys):
        return None
    last = float(first["lr"])
    if name == "SGD":
        momentum = float(first["momentum"]), float(first["dampening"]), bool(first["nesterov"])
        return Recipe(SGD, (float(first.get("initial_lr", last)), last), momentum=momentum)
    if name != "Adam":
        return None
    steps = [int(np.asarray(float(state["step"]))) for state in optimizer.state.values() if "step" in state]
    b1, b2 = (float(b) for b in first["betas"])
    return Recipe(ADAM, (float(first.get("initial_lr", last)), last), (b1, b2), float(first["eps"]),
                  max(steps) if steps else None)  # fmt: skip
