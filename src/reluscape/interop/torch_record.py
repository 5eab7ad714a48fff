"""A recorder of torch functions: what a module does to its input, call by call, as the steps of a chain of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ModelError
from .chain import COVERED, Chain
from .torch_modules import import_torch

# the same numbers in the same order, whatever the shape; the shape is checked after the call
SAME = {
    "view", "reshape", "flatten", "squeeze", "unsqueeze", "contiguous", "clone", "to", "float", "double", "type_as",
    "half", "bfloat16", "type", "detach", "requires_grad_", "cpu", "cuda", "view_as", "reshape_as", "positive",
    "squeeze_", "unsqueeze_", "unflatten", "alias",
}  # fmt: skip
DROPS = {"dropout", "dropout_", "alpha_dropout", "feature_dropout", "feature_alpha_dropout", "dropout1d"}
HEADS = {"sigmoid": "Sigmoid", "sigmoid_": "Sigmoid", "softmax": "Softmax", "log_softmax": "LogSoftmax"}
RELUS = {"relu", "relu_"}
LEAKY = {"leaky_relu", "leaky_relu_"}
CLAMPS = {"clamp", "clamp_", "clip", "clip_", "clamp_min", "clamp_min_"}
PRODUCTS = {"matmul", "__matmul__", "mm", "__rmatmul__"}
SUMS = {"add", "__add__", "__radd__", "__iadd__", "add_"}
DIFFERENCES = {"sub", "__sub__", "__rsub__", "__isub__", "sub_", "subtract", "rsub"}
SCALINGS = {"mul", "__mul__", "__rmul__", "__imul__", "mul_", "multiply"}
RATIOS = {"div", "__truediv__", "__itruediv__", "div_", "divide", "true_divide"}
# what asks for a shape or a type, and new tensors that only take these over
ASKS = {
    "dim", "size", "numel", "ndimension", "is_floating_point", "stride", "get_device", "__len__", "is_contiguous",
    "element_size", "is_complex", "nelement", "__repr__", "__format__", "zeros_like", "ones_like", "new_zeros",
    "new_ones", "new_full", "full_like", "new_tensor", "new_empty", "empty_like", "storage_offset", "__hash__",
    "has_names",
}  # fmt: skip
PROPERTIES = {
    "shape",
    "dtype",
    "device",
    "ndim",
    "requires_grad",
    "is_cuda",
    "layout",
    "names",
    "is_leaf",
    "grad_fn",
    "itemsize",
}


class Recorder:
    """Runs a module and builds the `Chain` of what it does to its input.

    Args:
        module: the module, in evaluation while it runs.
        kind: what it is, in words.
        rows: (n, d) tensor it will run on.
    """

    def __init__(self, module: Any, kind: str, rows: Any) -> None:
        self.torch = import_torch()
        self.module, self.chain, self.rows = module, Chain(kind), len(rows)
        self.parameters = {_storage(p): name for name, p in module.named_parameters()}
        self.spent: dict[tuple[int, int], str] = {}
        self.latest: Any = None
        self.old: list[Any] = []  # values of earlier steps are kept, so that no address is used twice
        self.width = 0
        self.places: list[tuple[str, str]] = []

    def run(self, rows: Any) -> Any:
        """Return the module's outputs for the rows; every call on the way is a step.

        Raises:
            ModelError: a call that is no step of a chain.
        """
        self._advance(rows)
        self.width = rows.shape[1]
        recorder = self

        class Mode(self.torch.overrides.TorchFunctionMode):  # type: ignore[name-defined]
            def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return recorder.met(func, args, kwargs or {})

        hooks = []
        for name, part in self.module.named_modules():
            if name:
                hooks.append(part.register_forward_pre_hook(self._enter(name, type(part).__name__)))
                hooks.append(part.register_forward_hook(self._leave))
        try:
            with Mode():
                return self.module(rows)
        finally:
            for hook in hooks:
                hook.remove()

    def check_end(self, outputs: Any) -> None:
        """Refuse outputs that are not the last step's."""
        if outputs is not self.latest:
            what = "several values" if isinstance(outputs, tuple | list | dict) else "something else than its last step"
            raise ModelError(f"{self.chain.kind} returns {what}; a module with one output tensor is covered")
        if outputs.numel() != self.rows * self.width:
            raise ModelError(f"{self.chain.kind} returns an array of shape {tuple(outputs.shape)}")

    def met(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Take one call of a torch function."""
        name = getattr(func, "__name__", str(func))
        values = [*_flat(args), *_flat(kwargs)]
        stale = any(v is old for v in values for old in self.old)
        if not stale and not any(v is self.latest for v in values):
            return func(*args, **kwargs)
        if name == "__get__":
            name = str(getattr(getattr(func, "__self__", None), "__name__", "__get__"))
            if name in PROPERTIES:
                return func(*args, **kwargs)
        if name in ASKS:
            return func(*args, **kwargs)
        if stale:
            raise self._refusal(
                f"{name} takes a value from before the last step (a skip connection or a second branch)"
            )
        if sum(v is self.latest for v in values) > 1:
            raise self._refusal(f"{name} takes the same value twice")
        if self.latest.ndim > 2 and name not in SAME:
            raise self._refusal(f"{name} takes values of shape {tuple(self.latest.shape)}")
        before = self.latest
        self._step(name, func, args, kwargs)
        result = func(*args, **kwargs)
        if not isinstance(result, self.torch.Tensor):
            raise self._refusal(f"{name} reads the values themselves")
        if result.numel() != self.rows * self.width or (result.ndim > 1 and result.shape[0] != self.rows):
            raise self._refusal(f"{name} gives values of shape {tuple(result.shape)}")
        if result is not before:
            self.old.append(before)
        self._advance(result)
        return result

    def _step(self, name: str, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Add one call to the chain; refuse what fits nowhere."""
        chain, where = self.chain, self._where(name)
        if name in SAME:
            return
        if name in DROPS:
            call = _bound(("input", "p", "training"), args, kwargs, {"p": 0.5, "training": True})
            if kwargs.get("train", call["training"]) and call["p"]:
                raise self._refusal(f"{name} drops values in evaluation too (give it training=self.training)")
            chain.note("Dropout is left out, as in evaluation.")
        elif name == "linear":
            call = _bound(("input", "weight", "bias"), args, kwargs, {"bias": None})
            self._linear(call["weight"], call["bias"], where)
        elif name in PRODUCTS:
            left, right = args[:2] if name != "__rmatmul__" else args[1::-1]
            if left is not self.latest:
                raise self._refusal(f"{name} multiplies from the left; rows are samples")
            self._linear(right.T if right.ndim == 2 else right[None, :], None, where)
        elif name == "addmm" and args[1] is self.latest and not kwargs:
            self._linear(args[2].T, args[0], where)
        elif name in RELUS:
            chain.activation(0.0, where)
        elif name in LEAKY:
            call = _bound(("input", "negative_slope"), args, kwargs, {"negative_slope": 0.01})
            chain.activation(float(call["negative_slope"]), where)
        elif self._is_relu(name, args, kwargs):
            chain.activation(0.0, where)
        elif name in HEADS:
            dim = _bound(("input", "dim"), args, kwargs, {"dim": 1}).get("dim")
            if name.endswith("softmax") and dim not in (1, -1, None):
                raise self._refusal(f"{name} runs over the samples (dim={dim})")
            chain.finish(HEADS[name], where)
        elif name == "batch_norm":
            self._batch_norm(args, kwargs, where)
        elif name in SUMS | DIFFERENCES | SCALINGS | RATIOS | {"neg", "__neg__", "neg_", "negative"}:
            self._arithmetic(name, args, kwargs, where)
        else:
            raise self._refusal(f"{name} is none of the steps that are covered")

    def _linear(self, weight: Any, bias: Any, where: str) -> None:
        """Add a linear layer whose weights are parameters, each used once."""
        if self.latest.ndim != 2:
            raise self._refusal(f"the layer takes values of shape {tuple(self.latest.shape)}")
        for tensor, what in ((weight, "weights"), (bias, "bias")):
            self._own(tensor, what)
        self.chain.linear(_array(weight), None if bias is None else _array(bias), where)
        self.width = int(weight.shape[0])

    def _own(self, tensor: Any, what: str) -> None:
        """Refuse weights that are no parameter, or one that another layer uses."""
        if tensor is None:
            return
        name = self.parameters.get(_storage(tensor))
        if name is None:
            raise self._refusal(
                f"the {what} are computed from other numbers or are not trained (weight_norm, pruning, a buffer); "
                "make them parameters of the layer first"
            )
        if _storage(tensor) in self.spent:
            raise self._refusal(f"{name} is used twice: layers that share weights are not covered")
        self.spent[_storage(tensor)] = name

    def _batch_norm(self, args: tuple[Any, ...], kwargs: dict[str, Any], where: str) -> None:
        """Fold a BatchNorm that uses its running mean and variance."""
        functional = ("input", "running_mean", "running_var", "weight", "bias", "training", "momentum", "eps")
        native = ("input", "weight", "bias", "running_mean", "running_var", "training", "momentum", "eps")
        names = native if len(args) == 9 else functional
        unset = {"weight": None, "bias": None, "training": False, "eps": 1e-5}
        call = _bound(names, args, kwargs, unset)
        if call["training"] or call["running_mean"] is None:
            raise self._refusal("BatchNorm without running statistics mixes the samples; it is covered in evaluation")
        scale = 1.0 / np.sqrt(_array(call["running_var"]) + float(call["eps"]))
        mean = _array(call["running_mean"])
        self._own(call["bias"], "bias")
        weight = 1.0 if call["weight"] is None else _array(call["weight"])
        shift = 0.0 if call["bias"] is None else _array(call["bias"])
        self.chain.scaling(scale * weight, shift - mean * scale * weight, where, trained=call["bias"] is not None)
        self.chain.note("BatchNorm is folded into the linear layer beside it, with its running mean and variance.")

    def _arithmetic(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], where: str) -> None:
        """Add a sum, difference, product or ratio with numbers that do not depend on the input."""
        if name in {"neg", "__neg__", "neg_", "negative"}:
            self.chain.scaling(-1.0, 0.0, where)
            return
        call = _bound(("input", "other", "alpha"), args, kwargs, {"alpha": 1})
        first, second = call["input"], call["other"]
        if kwargs.get("rounding_mode") is not None or kwargs.get("out") is not None:
            raise self._refusal(f"{name} rounds or writes elsewhere")
        other = second if first is self.latest else first
        numbers = self._numbers(other, name)
        is_parameter = hasattr(other, "detach") and _storage(other) in self.parameters
        reverse = (first is not self.latest) != (name in ("__rsub__", "rsub"))
        if name in SUMS | DIFFERENCES:
            if is_parameter:
                self._own(other, "bias")
            sign = 1.0 if name in SUMS else -1.0
            if sign < 0 and reverse:
                self.chain.scaling(-1.0 * float(call["alpha"]), numbers, where, is_parameter)
            else:
                self.chain.scaling(1.0, sign * float(call["alpha"]) * numbers, where, is_parameter)
            return
        if is_parameter:
            raise self._refusal(f"{name} scales by a trained parameter")
        if name in RATIOS and first is not self.latest:
            raise self._refusal(f"{name} divides by a computed value")
        if name in RATIOS and not np.all(numbers):
            raise self._refusal(f"{name} divides by 0")
        self.chain.scaling(1.0 / numbers if name in RATIOS else numbers, 0.0, where)

    def _numbers(self, other: Any, name: str) -> np.ndarray:
        """Return what stands beside the value: one number, or one for each column."""
        numbers = _array(other) if hasattr(other, "detach") else np.asarray(other, dtype=float)
        wide = numbers.ndim == 2 and numbers.shape[0] == 1
        if numbers.size == 1 and numbers.ndim < 3:
            return numbers.reshape(1)
        if (numbers.ndim == 1 or wide) and numbers.size == self.width and self.latest.ndim == 2:
            return numbers.reshape(-1)
        raise self._refusal(f"{name} takes an array of shape {numbers.shape} that is not one number a column")

    def _is_relu(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Return whether a call is max(z, 0) in other words."""
        if name in CLAMPS:
            call = _bound(("input", "min", "max"), args, kwargs, {"min": None, "max": None})
            return _zero(call["min"]) and call["max"] is None
        if name in ("max", "maximum") and len(args) + len(kwargs) == 2:
            call = _bound(("input", "other"), args, kwargs, {"other": None})
            return _zero(call["other"] if call["input"] is self.latest else call["input"])
        if name in ("threshold", "threshold_", "_threshold"):
            call = _bound(("input", "threshold", "value"), args, kwargs, {})
            return _zero(call["threshold"]) and _zero(call["value"])
        return False

    def _refusal(self, words: str) -> ModelError:
        """Return the error that names the place and what is covered."""
        if self.places:
            name, kind = self.places[-1]
            return ModelError(f"{self.chain.kind}: layer {name!r} is {kind}: {words}; {COVERED}")
        return ModelError(f"{self.chain.kind}: in forward, {words}; {COVERED}")

    def _where(self, name: str) -> str:
        """Return the place of a call, for messages."""
        if not self.places:
            return f"{name} in forward"
        return f"layer {self.places[-1][0]!r} ({self.places[-1][1]})"

    def _advance(self, value: Any) -> None:
        """Make a tensor the current value."""
        self.latest = value

    def _enter(self, name: str, kind: str) -> Callable[[Any, Any], None]:
        """Return a hook that notes which part runs."""

        def hook(_module: Any, _inputs: Any) -> None:
            self.places.append((name, kind))

        return hook

    def _leave(self, _module: Any, _inputs: Any, _output: Any) -> None:
        """Note that the innermost part has run."""
        self.places.pop()


def _bound(
    names: tuple[str, ...], args: tuple[Any, ...], kwargs: dict[str, Any], defaults: dict[str, Any]
) -> dict[str, Any]:
    """Return a call's arguments by name."""
    return {**defaults, **kwargs, **dict(zip(names, args, strict=False))}


def _flat(values: Any) -> list[Any]:
    """Return the values inside nested lists, tuples and mappings."""
    if isinstance(values, dict):
        values = list(values.values())
    if isinstance(values, tuple | list):
        return [inner for value in values for inner in _flat(value)]
    return [values]


def _storage(tensor: Any) -> tuple[int, int]:
    """Return what tells a tensor's memory from that of others: a view of all of it has the same."""
    return int(tensor.untyped_storage().data_ptr()), int(tensor.numel())


def _array(tensor: Any) -> np.ndarray:
    """Return a tensor as floats."""
    return np.asarray(tensor.detach().cpu().double().numpy(), dtype=float)


def _zero(value: Any) -> bool:
    """Return whether a number or an array of numbers is 0 throughout."""
    if value is None:
        return False
    numbers = _array(value) if hasattr(value, "detach") else np.asarray(value, dtype=float)
    return bool(numbers.size) and not numbers.any()
