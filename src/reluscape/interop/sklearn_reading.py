"""Fitted scikit-learn models that are or end in a multi-layer perceptron with ReLU units."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import ModelError
from .reading import Reading
from .skorch_reading import is_skorch, read_skorch

SCALED = "The pipeline's earlier steps ({}) are applied to X; what is analysed is what {} takes."


def is_sklearn(model: Any) -> bool:
    """Return whether a model has the face of a scikit-learn estimator."""
    return hasattr(model, "get_params") and (hasattr(model, "predict") or hasattr(model, "fit"))


def read_sklearn(model: Any) -> Reading:
    """Return the network of a fitted MLPRegressor or MLPClassifier, a Pipeline that ends in one, or a search over such.

    A classifier's outputs are its logits; a pipeline's earlier steps are the reading's `transform`.

    Raises:
        ModelError: the model is not fitted, is of another kind, or its units are not ReLU.
    """
    name = type(model).__name__
    if is_skorch(model):
        return read_skorch(model)
    if hasattr(model, "hidden_layer_sizes") or hasattr(model, "coefs_"):
        return _perceptron(model)
    if hasattr(model, "best_estimator_"):
        return _noted(read_sklearn(model.best_estimator_), f"The best estimator of the {name} is read.")
    if hasattr(model, "param_distributions") or hasattr(model, "param_grid"):
        raise ModelError(f"the {name} holds no best estimator; call fit first, with refit=True")
    if hasattr(model, "steps") and hasattr(model, "named_steps"):
        return _pipeline(model)
    if name == "TransformedTargetRegressor":
        return _target_transformed(model)
    own = "estimators_[0]" if hasattr(model, "estimators_") else "estimator_" if hasattr(model, "estimator_") else None
    hint = "" if own is None else f"; give a network that it holds, model.{own}"
    raise ModelError(
        f"a scikit-learn {name} cannot be read; MLPRegressor and MLPClassifier are, and a Pipeline or search that "
        f"ends in one{hint}"
    )


def _perceptron(mlp: Any) -> Reading:
    """Read the network itself."""
    name = type(mlp).__name__
    if not hasattr(mlp, "coefs_"):
        raise ModelError(f"the scikit-learn {name} is not fitted; call fit first")
    if mlp.activation != "relu" and len(mlp.coefs_) > 1:
        raise ModelError(f"the {name}'s activation is {mlp.activation!r}; only ReLU units are covered")
    out = getattr(mlp, "out_activation_", "identity")
    if out not in ("identity", "logistic", "softmax"):
        raise ModelError(
            f"the {name}'s outputs go through {out!r} (loss {mlp.loss!r}); the squared and the log-loss are covered"
        )
    head = {"logistic": "Sigmoid", "softmax": "Softmax"}.get(out)
    loss = {"logistic": "bce", "softmax": "cross_entropy"}.get(out, "squared")
    outputs = mlp.coefs_[-1].shape[1]
    classes = None
    if hasattr(mlp, "classes_") and (head == "Softmax" or outputs == 1):
        classes = tuple(np.asarray(mlp.classes_).tolist())
    names = getattr(mlp, "feature_names_in_", None)

    def run(X: np.ndarray) -> np.ndarray:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="X does not have valid feature names")
            if head is None:
                return np.asarray(mlp.predict(X)).reshape(len(X), -1)
            shares = np.asarray(mlp.predict_proba(X))
        return shares[:, 1:] if head == "Sigmoid" and outputs == 1 else shares

    return Reading(
        kind=f"the scikit-learn {name}",
        weights=tuple(np.asarray(w, dtype=float).T for w in mlp.coefs_),
        biases=tuple(np.asarray(b, dtype=float) for b in mlp.intercepts_),
        head=head,
        loss=loss,
        classes=classes,
        weight_decay=float(getattr(mlp, "alpha", 0.0)),
        decay_known=True,
        trainer=mlp,
        features=None if names is None else tuple(map(str, names)),
        run=run,
        precision=float(max(np.finfo(w.dtype).eps for w in mlp.coefs_)),
    )


def _pipeline(pipeline: Any) -> Reading:
    """Read the last step; the steps before it transform the rows."""
    if not pipeline.steps or pipeline.steps[-1][1] in (None, "passthrough"):
        raise ModelError(
            "the Pipeline does not end in a model; its last step is to be an MLPRegressor or MLPClassifier"
        )
    last = read_sklearn(pipeline.steps[-1][1])
    before = [(name, step) for name, step in pipeline.steps[:-1] if step not in (None, "passthrough")]
    if not before:
        return last
    front = pipeline[:-1]

    def transform(X: Any) -> np.ndarray:
        rows = front.transform(X)
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        rows = rows.to_numpy() if hasattr(rows, "to_numpy") else rows
        rows = np.asarray(rows, dtype=float)
        return rows if last.transform is None else np.asarray(last.transform(rows), dtype=float)

    steps = ", ".join(type(step).__name__ for _, step in before)
    names = last.features or _names_out(front, last.inputs)
    note = SCALED.format(steps, type(pipeline.steps[-1][1]).__name__)
    return replace(last, transform=transform, features=names, notes=(*last.notes, note))


def _names_out(front: Any, inputs: int) -> tuple[str, ...] | None:
    """Return the names of the columns that come out of a pipeline's earlier steps, where they know them."""
    try:
        names = tuple(str(name).split("__")[-1] for name in front.get_feature_names_out())
    except Exception:  # a step without names raises what its class likes
        return None
    return names if len(names) == inputs and len(set(names)) == inputs else None


def _target_transformed(model: Any) -> Reading:
    """Read the inner regressor; the targets are transformed as it was trained."""
    if not hasattr(model, "regressor_"):
        raise ModelError("the TransformedTargetRegressor is not fitted; call fit first")
    inner = read_sklearn(model.regressor_)

    def targets(y: Any) -> np.ndarray:
        values = np.asarray(y, dtype=float)
        result = np.asarray(model.transformer_.transform(values.reshape(len(values), -1)), dtype=float)
        return result.reshape(values.shape)

    note = "The targets are transformed as in training, and every loss is one of transformed targets."
    return replace(inner, target_transform=targets, notes=(*inner.notes, note))


def _noted(reading: Reading, note: str) -> Reading:
    """Return a reading with one note more."""
    return replace(reading, notes=(*reading.notes, note))
