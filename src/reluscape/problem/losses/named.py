"""From a name, or another library's loss, to a loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError
from .checks import check_quadratic
from .kinds import KINDS, CrossEntropy, HuberLoss, Loss, able

_KINDS = {kind.name: kind for kind in KINDS}
NAMES = tuple(_KINDS)
_OTHER_NAMES = {
    "mse": "squared", "mse_loss": "squared", "squared_error": "squared", "l2": "squared",
    "binary_cross_entropy": "bce", "binary_cross_entropy_with_logits": "bce", "bce_with_logits": "bce",
    "log_loss": "bce", "soft_margin": "logistic", "soft_margin_loss": "logistic",
    "huber_loss": "huber", "smooth_l1": "huber", "smooth_l1_loss": "huber",
    "crossentropy": "cross_entropy", "softmax": "cross_entropy",
}  # fmt: skip
# classes of torch.nn by their names, so that torch need not be there
_MODULES = {
    "MSELoss": "squared", "SoftMarginLoss": "logistic", "BCEWithLogitsLoss": "bce", "BCELoss": "bce",
    "HuberLoss": "huber", "SmoothL1Loss": "huber", "CrossEntropyLoss": "cross_entropy",
}  # fmt: skip
# what must have this value for such a module to be the plain mean
_PLAIN = {"reduction": "mean", "weight": None, "pos_weight": None, "label_smoothing": 0.0}


def plain_loss(loss: Any) -> Any:
    """Return the loss as a name of `NAMES`, or as an object with value and gradient; a loss of torch is read.

    Raises:
        InputError: an unknown name, a module that is not the plain mean of a loss known here, or an own loss that
            declares to be the squared one and is not.

    >>> plain_loss("mse"), plain_loss("bce")
    ('squared', 'bce')
    """
    if isinstance(loss, str):
        name = loss.strip().lower().replace("-", "_").replace(" ", "_")
        name = _OTHER_NAMES.get(name, name)
        if name not in _KINDS:
            raise InputError(f"unknown loss {loss!r}; choose {_listed()} or give an object with value and gradient")
        return name
    if isinstance(loss, CrossEntropy):
        return loss.name
    if _is_loss(loss):
        if able(loss, "quadratic") and not able(loss, "known"):
            check_quadratic(loss)
        return loss
    kind = loss.__name__ if isinstance(loss, type) else type(loss).__name__
    if kind not in _MODULES or isinstance(loss, type):
        hint = f"; give {kind}(), not the class" if kind in _MODULES or _is_loss(loss, type) else ""
        raise InputError(
            f"the loss {kind} is not known; choose {_listed()}, or give an object with the methods value(f, y) and "
            f"gradient(f, y), one number per sample{hint}"
        )
    for option, plain in _PLAIN.items():
        setting = getattr(loss, option, plain)
        if setting is not plain and not (isinstance(setting, type(plain)) and setting == plain):
            text = setting if isinstance(setting, str | float | int) else "a tensor"
            raise InputError(f"{kind} with {option}={text} is not covered; its plain form has {option}={plain!r}")
    if kind == "HuberLoss":
        return HuberLoss(float(loss.delta))
    if kind == "SmoothL1Loss":
        if not loss.beta > 0:
            raise InputError("SmoothL1Loss with beta=0 has a kink at 0; a loss must be differentiable")
        return HuberLoss(float(loss.beta), float(loss.beta))
    return _MODULES[kind]


def get_loss(loss: Any) -> Loss:
    """Return the loss of one output with this name, or the user's own object with `value(f, y)` and `gradient(f, y)`.

    Raises:
        InputError: an unknown name, an object without these methods, or a loss that joins several outputs.

    >>> get_loss("squared").value(np.array([1.0]), np.array([3.0]))
    array([4.])
    """
    read = plain_loss(loss)
    if read == CrossEntropy.name:
        raise InputError("cross_entropy is a loss of several outputs; with one output take 'bce' or 'logistic'")
    return _KINDS[read]() if isinstance(read, str) else read


def codes_of(loss: Any) -> tuple[int, int]:
    """Return the numbers that stand for two classes under a loss: the labels it declares, else 0 and 1.

    >>> codes_of("logistic"), codes_of("squared"), codes_of(None)
    ((-1, 1), (0, 1), (0, 1))
    """
    return (None if loss is None else labels_of(loss)) or (0, 1)


def labels_of(loss: Any) -> tuple[int, int] | None:
    """Return the two targets that a loss has a meaning for, None where it takes all numbers.

    >>> labels_of("log_loss"), labels_of("squared")
    ((0, 1), None)
    """
    read = plain_loss(loss)
    labels = getattr(_KINDS[read] if isinstance(read, str) else read, "labels", None)
    return None if labels is None else (labels[0], labels[1])


def declares(loss: Any, ability: str) -> bool:
    """Return whether a loss, by its name or as an object, declares an ability.

    >>> declares("mse", "quadratic"), declares("cross_entropy", "joint"), declares("bce", "quadratic")
    (True, True, False)
    """
    read = plain_loss(loss)
    return able(_KINDS[read]() if isinstance(read, str) else read, ability)


def mean_loss(loss: Any, f: np.ndarray, y: np.ndarray) -> float:
    """Return the mean of l(f_i, y_i) over the samples (0 for no samples)."""
    values = get_loss(loss).value(np.asarray(f, dtype=float), np.asarray(y, dtype=float))
    return float(np.mean(values)) if np.size(values) else 0.0


def mean_losses(loss: Any, F: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the means (k,) of l(f_i, y_i) for predictions F (k, n): an own loss sees them in one row.

    >>> mean_losses("squared", np.array([[1.0, 3.0], [0.0, 1.0]]), np.array([0.0, 1.0])).tolist()
    [2.5, 0.0]
    """
    if not F.size:
        return np.zeros(len(F))
    values = get_loss(loss).value(F.reshape(-1), np.tile(np.asarray(y, dtype=float), len(F)))
    return np.asarray(np.reshape(values, F.shape).mean(axis=1))


def _is_loss(loss: Any, of: type = object) -> bool:
    """Return whether an object (no class, unless asked for classes) has the two methods."""
    right_kind = isinstance(loss, type) if of is type else not isinstance(loss, type)
    return right_kind and all(callable(getattr(loss, name, None)) for name in ("value", "gradient"))


def _listed() -> str:
    """Return the names in words."""
    return ", ".join(map(repr, NAMES))
