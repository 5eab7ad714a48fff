"""`certify_model` and `explain`: ask the rooms below and put their answers together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ...critical.trained.answer import WRONG_INPUT
from ...critical.trained.deep import investigate_deep
from ...critical.trained.one_hidden_layer import investigate
from ...errors import InputError, ModelError
from ...problem.losses import check_labels, get_loss
from ...problem.outputs import CROSS_ENTROPY, output_loss
from ...problem.penalties import NONE, WeightDecay, as_penalty
from ...problem.problem import Problem, as_problem
from ...problem.trained.layered import as_layered, read_layered
from ...problem.trained.loss_choice import LossChoice, loss_of_targets, stated_loss
from ...problem.trained.opening import Opened, open_model
from ...problem.trained.reading import Trained, read_trained
from ...problem.trained.rescaling import scale_of, scaled_layers, scaled_targets
from ...problem.trained.targets import label_notes
from .deep_report import build_deep_report
from .judging import Judge, Options, test_layers, test_rows
from .report import build_report
from .result import Explanation, ModelReport
from .summary import Layers, deep_summary, summary

STARTS = 3


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
    X, y, loss, weight_decay, output_bias = _unpacked(X, y, loss, weight_decay, output_bias)
    opened = open_model(model, slope)
    options = Options(starts=0, standardize_target=standardize_target)
    short = _run(opened, X, y, weight_decay, loss, _biases(model, output_bias), options)[0]
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
    X, y, loss, weight_decay, output_bias = _unpacked(X, y, loss, weight_decay, output_bias)
    if target is None and isinstance(getattr(y, "name", None), str):
        target = y.name
    opened = open_model(model, slope)
    trained_biases = biases if biases is not None else _biases(model, output_bias)
    options = Options(STARTS, seed, standardize_target, X_test, y_test, progress or (lambda what, share: None))
    short, write = _run(opened, X, y, weight_decay, loss, trained_biases, options)
    named = {"file": file, "model_file": model_file, "command": command, "seed": seed, "target": target}
    report = write({**named, "warnings": [*_notes(opened, y, loss), *warnings], "classes": classes})
    options.progress("done", 1.0)
    report["seconds"] = round(time.monotonic() - begin, 2)
    return Explanation(report, short)


def _unpacked(X: Any, y: Any, loss: Any, weight_decay: Any, output_bias: bool | None) -> tuple[Any, ...]:
    """Return samples, targets, loss, decay and output bias as they are, or as a `Problem` in place of the samples says.

    Raises:
        InputError: a Problem beside targets, or beside a loss or a decay that contradicts it.
    """
    if not isinstance(X, Problem):
        return X, y, loss, weight_decay, output_bias
    asked = {"loss": loss, "weight_decay": weight_decay}
    problem = as_problem(X, y, **{name: value for name, value in asked.items() if value is not None})
    targets = None if problem.outputs == 1 else problem.targets
    decay = 0 if problem.penalty is NONE else problem.penalty
    bias = problem.output_bias or output_bias
    return problem.data, targets, problem.given_loss, decay, bias


def _notes(opened: Opened, y: Any, loss: Any) -> tuple[str, ...]:
    """Return what was assumed, folded, left out or recoded in reading model and targets, in sentences."""
    return (*opened.notes, *label_notes(_arrays(y), opened.outputs, opened.classes, loss))


def _biases(model: Any, output_bias: bool | None) -> tuple[bool | None, ...] | None:
    """Return which biases are trained where only the output's is stated."""
    return None if output_bias is None else (None, output_bias)


def _run(
    model: Any,
    X: Any,
    y: Any,
    weight_decay: Any,
    loss: Any,
    biases: tuple[bool | None, ...] | None,
    options: Options,
) -> tuple[ModelReport, Any]:
    """Return the short report and a function from names to the long one."""
    opened = open_model(model)
    decay = _decay(opened, weight_decay)
    X, y = _arrays(X), _arrays(y)
    choice = stated_loss(loss, opened.trained_on)
    told = "squared" if choice is None else choice.loss
    if told == "squared" and opened.reading.head is not None and opened.classes is None:
        raise ModelError(
            f"{opened.reading.kind} ends in a {opened.reading.head}: the squared loss of what it gives is not covered, "
            f"only {opened.trained_on}"
        )
    penalty = decay if isinstance(decay, WeightDecay) else NONE
    if opened.one_hidden_layer and told != CROSS_ENTROPY and penalty is NONE:
        return _run_two_layers(opened, X, y, decay, choice, biases, options)
    if opened.given is not None and told != CROSS_ENTROPY:
        hidden, output = biases if biases is not None and len(biases) == 2 else (None, None)
        seen = as_layered(read_trained(opened, X, y, output, hidden, told), told)
    else:
        seen = read_layered(opened, X, y, told, _stated(opened, biases))
    scale = scale_of(seen.Y, options.standardize_target)
    seen = scaled_layers(seen, scale)
    if choice is None:
        choice = loss_of_targets(seen)
        seen = replace(seen, loss=output_loss(choice.loss, seen.Y))
    test = None
    if options.X_test is not None:
        X_test, y_test = _arrays(options.X_test), _arrays(options.y_test)
        test = test_layers(scaled_layers(read_layered(opened, X_test, y_test, choice.loss, seen.biases), scale))
    known = decay if penalty is NONE else float(penalty.strength)
    judge = Judge(seen, choice, known, opened.trained_on, scale, test)
    starts = 0 if judge.at_first().answer == WRONG_INPUT else options.starts
    deep = investigate_deep(seen, starts=starts, seed=options.seed, progress=options.progress, penalty=penalty)
    judged = judge.of_deep(deep)
    short = replace(deep_summary(deep, seen, judged), problem=seen.problem)
    return short, lambda named: build_deep_report(deep, seen, short, judged, named)


def _run_two_layers(
    opened: Opened,
    X: Any,
    y: Any,
    decay: Any,
    choice: LossChoice | None,
    biases: tuple[bool | None, ...] | None,
    options: Options,
) -> tuple[ModelReport, Any]:
    """Return the short report and a function to the long one, for one hidden layer and one output."""
    hidden, output = biases if biases is not None and len(biases) == 2 else (None, None)

    def read(X: Any, y: Any, loss: Any) -> Trained:
        return read_trained(opened, X, y, output, hidden, loss)

    trained = read(X, y, "squared" if choice is None else choice.loss)
    scale = scale_of(np.asarray(trained.data.y, dtype=float)[:, None], options.standardize_target)
    trained = scaled_targets(trained, scale)
    choice = choice or loss_of_targets(as_layered(trained, "squared"))
    check_labels(get_loss(choice.loss), np.asarray(trained.data.y))
    test = None
    if options.X_test is not None:
        apart = read(_arrays(options.X_test), _arrays(options.y_test), choice.loss)
        test = test_rows(scaled_targets(apart, scale), choice.loss)
    seen = as_layered(trained, choice.loss)
    judge = Judge(seen, choice, decay, opened.trained_on, scale, test)
    starts = 0 if judge.at_first().answer == WRONG_INPUT else options.starts
    found = investigate(trained, choice.loss, starts=starts, seed=options.seed, progress=options.progress)
    judged = judge.of(found)
    layers = Layers.of(seen)
    short = replace(summary(found, trained, layers, judged), problem=seen.problem)
    return short, lambda named: build_report(found, trained, layers, short, judged, named)


def _stated(opened: Opened, biases: tuple[bool | None, ...] | None) -> tuple[bool, ...] | None:
    """Return for each layer whether a bias is trained: what is stated, for all layers or the output alone, else known.

    Raises:
        InputError: the statement is for another number of layers.
    """
    if biases is None:
        return None
    known = opened.net.has_bias if opened.biases is None else opened.biases
    if len(biases) == 2 and biases[0] is None:
        biases = (*(None,) * (opened.net.depth - 1), biases[1])
    if len(biases) != opened.net.depth:
        raise InputError(f"biases has {len(biases)} entries, the network {opened.net.depth} layers; give one for each")
    return tuple(has if said is None else bool(said) for said, has in zip(biases, known, strict=True))


def _arrays(values: Any) -> Any:
    """Return torch tensors as arrays, anything else as it is."""
    return values.detach().cpu().numpy() if hasattr(values, "detach") else values


def _decay(opened: Opened, asked: Any) -> Any:
    """Return what is known about weight decay; a known one that is not to be ignored is an error.

    Raises:
        ModelError: the model was trained with weight decay.
    """
    if asked in ("ignore", "unknown"):
        return asked
    if asked is None and opened.decay_unsaid:
        return "unknown"  # the optimiser knew it, the module does not
    if isinstance(asked, str):
        raise ModelError(f"weight_decay is {asked!r}; give a number, a WeightDecay, 'ignore' or 'unknown'")
    if asked is not None:
        penalty = as_penalty(asked)
        return 0.0 if penalty is NONE else penalty
    value = opened.weight_decay
    if value:
        raise ModelError(
            f"the model was trained with weight decay {value:g}, whose minima are not those of the plain loss; "
            'give it as weight_decay=reluscape.WeightDecay(value), judge the plain loss with weight_decay="ignore" '
            "(--ignore-weight-decay), or refit with alpha=0"
        )
    return value
