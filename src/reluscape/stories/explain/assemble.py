"""`certify_model` and `explain`: ask the rooms below and put their answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...critical.trained.examine import STARTS
from ...problem.trained.opening import Opened, open_model, trained_by
from ...problem.trained.targets import label_notes
from .intake import Options, arrays, read_case, unpacked
from .model_report import model_report
from .report import build_report
from .result import Explanation, ModelReport


def certify_model(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    weight_decay: Any = None,
    loss: Any = None,
    output_bias: bool | None = None,
    standardize_target: Any = False,
    slope: float | None = None,
    optimizer: Any = None,
) -> ModelReport:
    """Return the verdict on a trained network.

    A trained network is never exactly at a critical point. It is called a minimum only if its own weights pass the
    test, or if an exact point that passes lies within 1 % in R_j = v_j w_j with a loss that differs by at most 1 % of
    the best constant's.

    The exact test covers one hidden layer and one output. With more of either the report has the gradient and the
    kinks, the last layer's optimality (a convex problem), the Jacobian's rank with Lemma 1's bound, what each layer's
    units do, and for one output the exact test of the last two layers; the verdict says what follows from that. One
    hidden layer of LeakyReLU with one output gets the exact test, its basin and fresh starts too.

    Args:
        model: a torch module, a fitted scikit-learn MLP or a Pipeline or search that ends in one, a skorch net, a Keras
            model, a `TwoLayerNet` or `DeepNet`, or the path of a model file.
        X: (n, d) samples as the model takes them, or a `Dataset`; as many columns as the model has inputs.
        y: (n,) targets, None where X is a `Dataset` with targets; (n, k) for k outputs, or classes, one an output.
        weight_decay: None (asked of the model), a number, "ignore" or "unknown".
        loss: "squared" (the mean over samples of the sum over outputs), "logistic", "bce", "cross_entropy" (several
            outputs), or an object with value(f, y) and gradient(f, y). None takes the model's own, else what the
            targets suggest: two classes 0 and 1 "bce", -1 and 1 "logistic", a column of classes with one output each
            "cross_entropy", anything else "squared"; the explanation says which and why.
        output_bias: whether the output bias is trained; None asks the model.
        standardize_target: whether the network was trained on (y - mean) / deviation, with those of these rows (True)
            or given as (mean, deviation).
        slope: of the hidden units below 0 where they are LeakyReLU and the model is a file of weights alone; None takes
            what the model says, and ReLU where it says nothing.
        optimizer: the torch optimizer that trained the model, whose weight decay is read (`WeightDecay.from_torch`).

    Returns:
        `ModelReport`.

    Raises:
        ModelError: a model that cannot be read, or one trained with weight decay.
        ShapeError, InputError: data that do not fit the model.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> certify_model(TwoLayerNet([[1.0, 0.0]], [1.0]), [[1, 0], [0, 1]], [1, -1]).verdict.kind
        'local minimum'
    """
    X, y, loss, weight_decay, output_bias = unpacked(X, y, loss, weight_decay, output_bias)
    opened = trained_by(open_model(model, slope), optimizer, weight_decay)
    options = Options(starts=0, standardize_target=standardize_target)
    short = model_report(read_case(opened, X, y, weight_decay, loss, _biases(model, output_bias), options))
    notes = [f"note: {note}" for note in _notes(opened, y, loss)]
    return replace(short, explanation="\n".join([short.explanation, *notes]))


def explain(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    weight_decay: Any = None,
    loss: Any = None,
    output_bias: bool | None = None,
    biases: tuple[bool, ...] | None = None,
    standardize_target: Any = False,
    slope: float | None = None,
    optimizer: Any = None,
    X_test: Any = None,
    y_test: Any = None,
    file: str | None = None,
    model_file: str | None = None,
    command: str | None = None,
    seed: int = 0,
    target: str | None = None,
    warnings: tuple[str, ...] = (),
    classes: dict[int, str] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Explanation:
    """Return the story of a trained network: verdict, basin, units, lines to better networks, next steps.

    Args:
        model: as in `certify_model`.
        X: (n, d) samples or a `Dataset`.
        y: (n,) or (n, k) targets.
        weight_decay: as in `certify_model`.
        loss: as in `certify_model`.
        output_bias: as in `certify_model`.
        biases: for each layer whether it trains a bias; None asks the model. Replaces `output_bias`.
        standardize_target: as in `certify_model`.
        slope: as in `certify_model`.
        optimizer: as in `certify_model`.
        X_test: (t, d) rows kept apart from training, or a `Dataset`; then every network that is named is told with its
            loss on both, and a network with a lower training loss is put forward only where these rows agree.
        y_test: (t,) or (t, k) their targets.
        file: name of the data, for the report.
        model_file: name of the model's file, for the report.
        command: what was typed, for the report.
        seed: root of the random streams of the fresh starts.
        target: name of the target, for the report; None takes the data's own.
        warnings: what is worth saying about the data, for the report.
        classes: names of the two classes by their number, for the report.
        progress: called with (what, share done).

    Returns:
        `Explanation` with `.answer`, `.verdict`, `.to_json()`, `.to_html(path)`.

    Raises:
        ModelError, ShapeError, InputError: as `certify_model`.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> print(explain(TwoLayerNet([[-1.0, -1.0]], [1.0]), [[1, 0], [0, 1]], [1, 1]).report["units"]["dead"])
        [0]
    """
    begin = time.monotonic()
    X, y, loss, weight_decay, output_bias = unpacked(X, y, loss, weight_decay, output_bias)
    if target is None and isinstance(getattr(y, "name", None), str):
        target = y.name
    opened = trained_by(open_model(model, slope), optimizer, weight_decay)
    trained_biases = biases if biases is not None else _biases(model, output_bias)
    options = Options(STARTS, seed, standardize_target, X_test, y_test, progress or (lambda what, share: None))
    case = read_case(opened, X, y, weight_decay, loss, trained_biases, options)
    short = model_report(case)
    named: dict[str, Any] = {"file": file, "model_file": model_file, "command": command, "seed": seed, "target": target}
    named |= {"warnings": [*_notes(opened, y, loss), *warnings], "classes": classes}
    report = build_report(case, short.next_steps, named)
    options.progress("done", 1.0)
    report["seconds"] = round(time.monotonic() - begin, 2)
    return Explanation(dict(report), short)


def _notes(opened: Opened, y: Any, loss: Any) -> tuple[str, ...]:
    """Return what was assumed, folded, left out or recoded in reading model and targets, in sentences."""
    return (*opened.notes, *label_notes(arrays(y), opened.outputs, opened.classes, loss))


def _biases(model: Any, output_bias: bool | None) -> tuple[bool | None, ...] | None:
    """Return which biases are trained where only the output's is stated."""
    return None if output_bias is None else (None, output_bias)
