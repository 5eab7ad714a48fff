"""Skorch nets: the torch module they hold, the loss and the weight decay they were given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import ModelError
from .reading import Reading

# torch's loss classes by the name the loss has here
CRITERIA = {
    "MSELoss": "squared",
    "BCEWithLogitsLoss": "bce",
    "BCELoss": "bce",
    "CrossEntropyLoss": "cross_entropy",
    "NLLLoss": "cross_entropy",
    "SoftMarginLoss": "logistic",
}
DECOUPLED = ("AdamW", "NAdamW")


def is_skorch(model: Any) -> bool:
    """Return whether a model is a skorch net, fitted or not."""
    return hasattr(model, "criterion") and hasattr(model, "module") and hasattr(model, "initialize_module")


def read_skorch(net: Any) -> Reading:
    """Return what was read of a skorch net's module, with what the net says of its training.

    Raises:
        ModelError: the net is not fitted, or its module is not covered.
    """
    from .torch_reading import read_torch

    name = type(net).__name__
    if not hasattr(net, "module_"):
        raise ModelError(f"the skorch {name} is not fitted; call fit first")
    reading = read_torch(net.module_)
    criterion = type(getattr(net, "criterion_", None)).__name__
    loss = CRITERIA.get(criterion, reading.loss)
    notes = [*reading.notes]
    if criterion in CRITERIA and reading.loss is not None and reading.loss != CRITERIA[criterion]:
        raise ModelError(
            f"the skorch {name} was trained with {criterion} on the outputs of a {reading.head}; "
            f"a {reading.head} is covered with the {reading.loss} loss"
        )
    if reading.head is None and criterion in ("BCELoss", "NLLLoss"):
        ending = "Sigmoid" if criterion == "BCELoss" else "Softmax or LogSoftmax"
        raise ModelError(f"the skorch {name} was trained with {criterion}, but its module does not end in a {ending}")
    if criterion not in CRITERIA:
        notes.append(f"The {name} was trained with {criterion}, which is not known here; give the loss.")
    classes = getattr(net, "classes_", None) if "Classifier" in name or hasattr(net, "classes_inferred_") else None
    decay, has_decay = _decay(net)
    return replace(
        reading,
        kind=f"the skorch {name}",
        loss=loss,
        notes=tuple(notes),
        classes=None if classes is None else tuple(classes.tolist()),
        weight_decay=decay,
        decay_known=has_decay,
        trainer=getattr(net, "optimizer_", None),
    )


def _decay(net: Any) -> tuple[float | None, bool]:
    """Return the weight decay of the net's optimiser and whether it says one; decoupled decay is no penalty."""
    groups = getattr(getattr(net, "optimizer_", None), "param_groups", None)
    if not groups or type(net.optimizer_).__name__ in DECOUPLED:
        return None, False
    values = {float(group.get("weight_decay", 0.0)) for group in groups}
    return (values.pop(), True) if len(values) == 1 else (None, False)
