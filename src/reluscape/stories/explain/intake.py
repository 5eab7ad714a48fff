"""From a model and a table to a case: read both, choose the loss, examine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...critical.trained.elsewhere import TestRows, test_layers, test_rows
from ...critical.trained.examine import examine
from ...errors import InputError, ModelError, ReluscapeError
from ...geometry.arrangement import Arrangement
from ...geometry.counting.counting import has_more_regions
from ...landscape.optimum.decayed_infinite import bound_of_all_widths
from ...landscape.optimum.lambda_max import least_lambda_max
from ...problem.data import Dataset
from ...problem.losses import declares, plain_loss
from ...problem.outputs import CROSS_ENTROPY, output_loss
from ...problem.penalties import NONE, WeightDecay, as_penalty
from ...problem.problem import Problem, as_problem
from ...problem.trained.layered import Layered, as_layered, read_layered
from ...problem.trained.loss_choice import LossChoice, loss_of_targets, stated_loss
from ...problem.trained.opening import Opened
from ...problem.trained.reading import Trained, read_trained
from ...problem.trained.recipe import recipe_of
from ...problem.trained.rescaling import Scale, scale_of, scaled_layers, scaled_targets
from .case import Case

# cells of one unit up to which the lowest objective of any width is computed beside an explanation
FEW_CELLS = 2_000
# cells up to which lambda_max is known, beyond them a bound
MOST_CELLS = 500
DIVIDED = (
    "scikit-learn's lbfgs divides the loss of several outputs by their number and the gradient not: the network is "
    "stationary for neither objective; train with adam, or one network for each output"
)


@dataclass(frozen=True, eq=False)
class Options:
    """What is asked for beside the network and its data.

    Attributes:
        starts: fresh starts for the best known network.
        seed: root of their random streams.
        standardize_target: as in `certify_model`.
        X_test, y_test: rows kept apart from training, or None.
        progress: called with (what, share done).
    """

    starts: int = 0
    seed: int = 0
    standardize_target: Any = False
    X_test: Any = None
    y_test: Any = None
    progress: Callable[[str, float], None] = lambda what, share: None


def unpacked(X: Any, y: Any, loss: Any, weight_decay: Any, output_bias: bool | None) -> tuple[Any, ...]:
    """Return samples, targets, loss, decay and output bias as they are, or as a `Problem` in place of the samples says.

    Raises:
        InputError: a Problem beside targets, or beside a loss or a decay that contradicts it.
    """
    if not isinstance(X, Problem):
        return X, y, loss, weight_decay, output_bias
    request = {"loss": loss, "weight_decay": weight_decay}
    problem = as_problem(X, y, **{name: value for name, value in request.items() if value is not None})
    targets = None if problem.outputs == 1 else problem.targets
    decay = 0 if problem.penalty is NONE else problem.penalty
    bias = problem.output_bias or output_bias
    return problem.data, targets, problem.given_loss, decay, bias


def read_case(
    opened: Opened,
    X: Any,
    y: Any,
    weight_decay: Any,
    loss: Any,
    biases: tuple[bool | None, ...] | None,
    options: Options,
) -> Case:
    """Read the model with its data, examine it, and return all that the words are made of."""
    decay = _decay(opened, weight_decay, X, loss)
    choice = stated_loss(loss, opened.trained_on)
    first = "squared" if choice is None else choice.loss
    if declares(first, "quadratic") and opened.reading.head is not None and opened.classes is None:
        raise ModelError(
            f"{opened.reading.kind} ends in a {opened.reading.head}: the squared loss of what it gives is not covered, "
            f"only {opened.trained_on}"
        )
    penalty = decay if isinstance(decay, WeightDecay) else NONE
    decay_value = decay if penalty is NONE else float(penalty.strength)
    whole = opened.one_hidden_layer and first != CROSS_ENTROPY and penalty is NONE
    read = _one_hidden_layer if whole else _any_depth
    layers, fit, choice, scale, test = read(opened, arrays(X), arrays(y), choice, biases, options)
    if not len(layers.X):
        raise InputError("the data have 0 rows, about which every claim is true; give at least 1")
    if test is not None and not test.rows:
        raise InputError("the test rows are 0; give at least 1, or leave them out")
    layers = replace(layers, recipe=recipe_of(opened.reading.trainer))
    if penalty is not NONE and opened.one_hidden_layer and choice.loss != CROSS_ENTROPY:
        hidden, output = biases if biases is not None and len(biases) == 2 else (None, None)
        fit = scaled_targets(read_trained(opened, arrays(X), arrays(y), output, hidden, choice.loss), scale)
    it = examine(
        layers, fit, decay_value, penalty, options.starts, options.seed, progress=options.progress,
        bound=_bound_of_all_widths,
    )  # fmt: skip
    line = DIVIDED if penalty is not NONE and _divides_twice(opened.reading.trainer, opened.outputs) else None
    most = None
    if it.decayed is not None:
        most = least_lambda_max(it.decayed.problem, it.decayed.downhill[0].W, MOST_CELLS)
    return Case(it, choice, decay_value, opened.trained_on, scale, test, line, most)


def _divides_twice(trainer: Any, outputs: int) -> bool:
    """Return whether the trainer is scikit-learn's lbfgs on several outputs of a regression."""
    return outputs > 1 and getattr(trainer, "solver", None) == "lbfgs" and not hasattr(trainer, "classes_")


Read = tuple[Layered, Trained | None, LossChoice, Scale | None, TestRows | None]


def _any_depth(
    opened: Opened,
    X: Any,
    y: Any,
    choice: LossChoice | None,
    biases: tuple[bool | None, ...] | None,
    options: Options,
) -> Read:
    """Read a network layer by layer, with its loss, its scale of targets and its test rows."""
    first = "squared" if choice is None else choice.loss
    if opened.given is not None and first != CROSS_ENTROPY:
        hidden, output = biases if biases is not None and len(biases) == 2 else (None, None)
        layers = as_layered(read_trained(opened, X, y, output, hidden, first), first)
    else:
        layers = read_layered(opened, X, y, first, _stated(opened, biases))
    scale = scale_of(layers.Y, options.standardize_target)
    layers = scaled_layers(layers, scale)
    if choice is None:
        choice = loss_of_targets(layers)
        layers = replace(layers, loss=output_loss(choice.loss, layers.Y))
    test = None
    if options.X_test is not None:
        X_test, y_test = arrays(options.X_test), arrays(options.y_test)
        test = test_layers(scaled_layers(read_layered(opened, X_test, y_test, choice.loss, layers.biases), scale))
    return layers, None, choice, scale, test


def _one_hidden_layer(
    opened: Opened,
    X: Any,
    y: Any,
    choice: LossChoice | None,
    biases: tuple[bool | None, ...] | None,
    options: Options,
) -> Read:
    """Read a network of one hidden layer and one output, which the exact test covers as a whole."""
    hidden, output = biases if biases is not None and len(biases) == 2 else (None, None)

    def read(X: Any, y: Any, loss: Any) -> Trained:
        return read_trained(opened, X, y, output, hidden, loss)

    fit = read(X, y, "squared" if choice is None else choice.loss)
    scale = scale_of(np.asarray(fit.data.y, dtype=float)[:, None], options.standardize_target)
    fit = scaled_targets(fit, scale)
    choice = choice or loss_of_targets(as_layered(fit, "squared"))
    layers = as_layered(fit, choice.loss)
    test = None
    if options.X_test is not None:
        apart = read(arrays(options.X_test), arrays(options.y_test), choice.loss)
        test = test_rows(scaled_targets(apart, scale), choice.loss)
    return layers, fit, choice, scale, test


def _stated(opened: Opened, biases: tuple[bool | None, ...] | None) -> tuple[bool, ...] | None:
    """Return for each layer whether a bias is trained: what is stated, for all layers or the output alone, else known.

    Raises:
        InputError: the statement is for another number of layers.
    """
    if biases is None:
        return None
    defaults = opened.net.has_bias if opened.biases is None else opened.biases
    if len(biases) == 2 and biases[0] is None:
        biases = (*(None,) * (opened.net.depth - 1), biases[1])
    if len(biases) != opened.net.depth:
        raise InputError(f"biases has {len(biases)} entries, the network {opened.net.depth} layers; give one for each")
    return tuple(has if said is None else bool(said) for said, has in zip(biases, defaults, strict=True))


def arrays(values: Any) -> Any:
    """Return torch tensors as arrays, anything else as it is."""
    return values.detach().cpu().numpy() if hasattr(values, "detach") else values


def _decay(opened: Opened, request: Any, X: Any, loss: Any) -> Any:
    """Return what is known about weight decay: a penalty, 0, None, "ignore" or "unknown".

    Raises:
        ModelError: a decay that the model says as a number alone, without what it was added to.
        InputError: a decay of one layer alone.
    """
    if request in ("ignore", "unknown"):
        return request
    if request is None and opened.decay_unsaid:
        return "unknown"  # the optimiser knew it, the module does not
    if isinstance(request, str):
        raise ModelError(f"weight_decay is {request!r}; give a number, a WeightDecay, 'ignore' or 'unknown'")
    if request is not None:
        penalty = as_penalty(request)
        return 0.0 if penalty is NONE else penalty
    value, trainer = opened.weight_decay, opened.reading.trainer
    if value and trainer is not None:
        return _of_trainer(trainer, X, plain_loss(loss or opened.trained_on or "squared"), opened.outputs)
    if value:
        raise ModelError(
            f"the model was trained with weight decay {value:g}, whose minima are not those of the plain loss; "
            'give it as weight_decay=reluscape.WeightDecay(value), judge the plain loss with weight_decay="ignore" '
            "(--ignore-weight-decay), or refit with alpha=0"
        )
    return value


def _bound_of_all_widths(problem: Problem) -> float | None:
    """Return the lowest objective of any width with weight decay, None where the cells are many or it is not found."""
    if has_more_regions(Arrangement.of(problem.data), FEW_CELLS):
        return None
    try:
        return bound_of_all_widths(problem)
    except (ReluscapeError, np.linalg.LinAlgError):
        return None


def _of_trainer(trainer: Any, X: Any, loss: Any, outputs: int) -> Any:
    """Return the penalty that a scikit-learn network or a torch optimizer trained with, 0.0 for one apart from it."""
    if hasattr(trainer, "param_groups"):
        penalty = WeightDecay.from_torch(trainer, loss, outputs)
    else:
        penalty = WeightDecay.from_sklearn(trainer, X.n if isinstance(X, Dataset) else len(X))
    return 0.0 if penalty is None else penalty
