"""`certify_model` and `explain`: ask the rooms below and put their answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Unpack

from ...critical.trained.examine import STARTS
from ...numbers.overflow import refuses_overflow
from ...numbers.threads import one_thread
from ...problem.trained.opening import Opened, open_model, trained_by
from ...problem.trained.targets import label_notes
from ..options import ExplainOptions, ModelOptions, Origin, check_options
from .intake import Options, arrays, read_case, unpacked
from .model_report import model_report
from .report import build_report
from .result import Explanation, ModelReport


@refuses_overflow
@one_thread()
def certify_model(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    weight_decay: Any = None,
    loss: Any = None,
    **options: Unpack[ModelOptions],
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
        options: by keyword, `output_bias`, whether the output bias is trained (None asks the model),
            `standardize_target`, whether the network was trained on (y - mean) / deviation, with those of these rows
            (True) or given as (mean, deviation), `slope` of the hidden units below 0 where they are LeakyReLU and the
            model is a file of weights alone (None takes what the model says, and ReLU where it says nothing),
            `optimizer`, the torch optimizer that trained the model, whose weight decay is read
            (`WeightDecay.from_torch`).

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
    check_options("certify_model", options, ModelOptions)
    X, y, loss, weight_decay, output_bias = unpacked(X, y, loss, weight_decay, options.get("output_bias"))
    handle = trained_by(open_model(model, options.get("slope")), options.get("optimizer"), weight_decay)
    reading = Options(starts=0, standardize_target=options.get("standardize_target", False))
    short = model_report(read_case(handle, X, y, weight_decay, loss, _biases(output_bias), reading))
    notes = [f"note: {note}" for note in _notes(handle, y, loss)]
    return replace(short, explanation="\n".join([short.explanation, *notes]))


@refuses_overflow
@one_thread()
def explain(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    weight_decay: Any = None,
    loss: Any = None,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
    **options: Unpack[ExplainOptions],
) -> Explanation:
    """Return the story of a trained network: verdict, basin, units, lines to better networks, next steps.

    Args:
        model: a torch module, a fitted scikit-learn MLP or a Pipeline or search that ends in one, a skorch net, a Keras
            model, a `TwoLayerNet` or `DeepNet`, or the path of a model file.
        X: (n, d) samples as the model takes them, or a `Dataset`.
        y: (n,) targets or classes, (n, k) for k outputs, None where X is a `Dataset` with targets.
        weight_decay: None (asked of the model), a number, a `WeightDecay`, "ignore" or "unknown".
        loss: the name of a loss or an object with value(f, y) and gradient(f, y); None takes the model's own, else what
            the targets suggest, and a line says which and why.
        seed: root of the random streams of the fresh starts.
        progress: called with (what, share done).
        options: by keyword, those of `certify_model`; `biases`, for each layer whether it trains a bias (None asks the
            model), which replaces `output_bias`; `X_test` (t, d), rows kept apart from training, or a `Dataset`, and
            `y_test`, their targets: then every network that is named is told with its loss on both, and a network with
            a lower training loss is put forward only where these rows agree; for the report `file`, name of the data,
            `model_file`, `command`, what was typed, `target`, its name (None takes the data's own), `warnings`, what
            is worth saying about the data, `classes`, names of the two classes by their number.

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
    check_options("explain", options, ExplainOptions)
    origin, biases = Origin.of(options), options.get("biases")
    if origin.target is None and isinstance(getattr(y, "name", None), str):
        origin = replace(origin, target=y.name)
    X, y, loss, weight_decay, output_bias = unpacked(X, y, loss, weight_decay, options.get("output_bias"))
    handle = trained_by(open_model(model, options.get("slope")), options.get("optimizer"), weight_decay)
    tell = progress or (lambda what, share: None)
    apart = options.get("X_test"), options.get("y_test")
    reading = Options(STARTS, seed, options.get("standardize_target", False), *apart, tell)
    trained_biases = biases if biases is not None else _biases(output_bias)
    case = read_case(handle, X, y, weight_decay, loss, trained_biases, reading)
    short = model_report(case)
    origin = replace(origin, warnings=(*_notes(handle, y, loss), *origin.warnings))
    report = build_report(case, short.next_steps, origin, seed)
    tell("done", 1.0)
    report["seconds"] = round(time.monotonic() - begin, 2)
    return Explanation(dict(report), short)


def _notes(opened: Opened, y: Any, loss: Any) -> tuple[str, ...]:
    """Return what was assumed, folded, left out or recoded in reading model and targets, in sentences."""
    return (*opened.notes, *label_notes(arrays(y), opened.outputs, opened.classes, loss))


def _biases(output_bias: bool | None) -> tuple[bool | None, ...] | None:
    """Return which biases are trained where only the output's is stated."""
    return None if output_bias is None else (None, output_bias)
