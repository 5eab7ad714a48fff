"""`certify_model` and `explain`: ask the rooms below and put their answers together."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ..critical import certify
from ..errors import ModelError
from ..losses import check_labels, get_loss
from .findings import Findings, investigate
from .reading import Trained, read_trained
from .report import build_report
from .result import Explanation, ModelReport
from .story import distance_to_minimum, verdict_lines

MOST_EXACT_WORK = 500_000


def certify_model(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    weight_decay: Any = None,
    loss: Any = "squared",
    output_bias: bool | None = None,
) -> ModelReport:
    """Return the verdict on a trained network.

    A trained network is never exactly at a critical point. It is called a minimum only if its own weights pass the
    test, or if an exact point that passes lies within 1 % in R_j = v_j w_j with a loss that differs by at most 1 % of
    the best constant's.

    Args:
        model: torch Sequential(Linear, ReLU, Linear), fitted scikit-learn MLP, `TwoLayerNet` or `DeepNet` of one
            hidden layer.
        X: (n, d) samples as the model takes them, or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        weight_decay: None (asked of the model), a number, "ignore" or "unknown".
        loss: "squared", "logistic", "bce" or an object with value(f, y) and gradient(f, y).
        output_bias: whether the output bias is trained; None asks the model.

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
    trained = read_trained(model, X, y, output_bias)
    decay = _decay(trained, weight_decay)
    found = _investigate(trained, loss, starts=0)
    return _model_report(found, trained, loss, decay)


def explain(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    weight_decay: Any = None,
    loss: Any = "squared",
    output_bias: bool | None = None,
    file: str | None = None,
    model_file: str | None = None,
    command: str | None = None,
    seed: int = 0,
) -> Explanation:
    """Return the story of a trained network: verdict, basin, units, lines to better networks, next steps.

    Args:
        model: as in `certify_model`.
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        weight_decay: as in `certify_model`.
        loss: as in `certify_model`.
        output_bias: as in `certify_model`.
        file: name of the data, for the report.
        model_file: name of the model's file, for the report.
        command: what was typed, for the report.
        seed: root of the random streams of the fresh starts.

    Returns:
        `Explanation` with `.verdict`, `.to_json()`, `.to_html(path)`.

    Raises:
        ModelError, ShapeError, InputError: as `certify_model`.

    Example:
        >>> from reluscape import TwoLayerNet
        >>> print(explain(TwoLayerNet([[-1.0, -1.0]], [1.0]), [[1, 0], [0, 1]], [1, 1]).report["units"]["dead"])
        [0]
    """
    begin = time.monotonic()
    trained = read_trained(model, X, y, output_bias)
    decay = _decay(trained, weight_decay)
    found = _investigate(trained, loss, starts=3, seed=seed)
    summary = _model_report(found, trained, loss, decay)
    better = summary.snapped
    if better is None and found.descent is not None and found.descent.losses[-1] < found.loss:
        better = found.descent.net
    named = {"file": file, "model_file": model_file, "command": command, "seed": seed, "weight_decay": decay}
    report = build_report(found, trained, summary, loss, named)
    report["seconds"] = round(time.monotonic() - begin, 2)
    return Explanation(report, summary, better)


def _investigate(trained: Trained, loss: Any, starts: int, seed: int = 0) -> Findings:
    """Check the labels and compute."""
    check_labels(get_loss(loss), np.asarray(trained.data.y))
    return investigate(trained, loss, starts=starts, seed=seed)


def _decay(trained: Trained, asked: Any) -> Any:
    """Return what is known about weight decay; a known one that is not to be ignored is an error.

    Raises:
        ModelError: the model was trained with weight decay.
    """
    if asked in ("ignore", "unknown"):
        return asked
    value = trained.weight_decay if asked is None else float(asked)
    if value:
        raise ModelError(
            f"the model was trained with weight decay {value:g}, whose minima are not those of the plain loss; "
            'judge the plain loss with weight_decay="ignore" (--ignore-weight-decay), or refit with alpha=0'
        )
    return value


def _proof(found: Findings, trained: Trained, loss: str) -> dict[str, Any] | None:
    """Return the certificate of the given weights read as exact doubles, where it says the same as the verdict."""
    net = trained.net
    if loss != "squared" or trained.data.n * net.width * trained.data.d > MOST_EXACT_WORK:
        return None
    c = net.c if trained.output_bias else None
    verdict = certify(trained.data, None, net.W, net.v, c, exact=True)
    return verdict.certificate if verdict.is_local_minimum == found.verdict.is_local_minimum else None


def _model_report(found: Findings, trained: Trained, loss: Any, decay: Any) -> ModelReport:
    """Return the short form."""
    name = loss if isinstance(loss, str) else type(loss).__name__
    near = found.near
    nearest = near.net if near is not None else None
    if nearest is None and found.descent is not None and found.descent.finished:
        nearest = found.descent.net
    return ModelReport(
        verdict=found.verdict,
        snapped=near.net if near is not None else None,
        distance=near.distance if near is not None else distance_to_minimum(found),
        explanation="\n".join(verdict_lines(found, trained, name, decay)),
        gradient_norm=found.gradient_norm,
        given=found.given,
        nearest=nearest,
        prove=lambda: _proof(found, trained, name),
    )
