"""Torch modules of any form: what they compute is recorded while they run, step by step, and put together as layers.

The module runs once in evaluation on a few rows of random numbers. Every function of torch it calls on a value that
depends on these rows is met in its order, whether a layer calls it or `forward` itself, and must be a step of a chain
of layers. A copy in double precision runs where one can be made, so that the reading can be compared to the last digit.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ModelError
from .chain import COVERED, Chain
from .reading import Reading
from .torch_modules import import_torch
from .torch_record import Recorder

PROBES = 7
WRAPPERS = {
    "DataParallel": "module",
    "DistributedDataParallel": "module",
    "AveragedModel": "module",
    "OptimizedModule": "_orig_mod",
}


def read_torch(module: Any, **more: Any) -> Reading:
    """Return what a torch module computes, as layers.

    Args:
        module: any module whose forward takes rows (n, d) and is a chain of linear layers with ReLU or LeakyReLU
            between, with what can be folded or left out; wrappers such as torch.compile's are taken off.
        more: further attributes of the `Reading`.

    Raises:
        ModelError: something else is computed, named with the layer or the function.
    """
    torch = import_torch()
    module = unwrapped(module)
    kind = f"the torch module {type(module).__name__}"
    if isinstance(module, torch.jit.ScriptModule):
        raise ModelError(
            "the model is a TorchScript module, whose steps cannot be seen; give the nn.Module it is made of"
        )
    if any(torch.nn.parameter.is_lazy(p) for p in module.parameters()):
        raise ModelError(f"{kind} has a lazy layer that was never run; call it once on the data")
    twin, precision = _twin(module)
    sizes = _sizes(twin)
    if not sizes:
        raise ModelError(f"{kind} has no weight matrix; {COVERED}")
    problem: Exception | None = None
    refusal: ModelError | None = None
    for candidate, eps in [(twin, precision)] + ([(module, _precision(module))] if twin is not module else []):
        for d in sizes:
            rows = np.random.default_rng(0).normal(size=(PROBES, d))
            try:
                chain = _record(candidate, kind, rows)
            except ModelError as fault:
                refusal = refusal or fault  # another number of columns may be the right one
                continue
            except Exception as fault:  # forward is the user's code: it may raise anything
                problem = problem or fault
                continue
            frozen = _frozen(module)
            if frozen:
                names = ", ".join(frozen[:4])
                chain.note(f"{names} did not train (requires_grad is False); the verdict is on training all weights.")
            more.setdefault("run", runner(candidate))
            reading = chain.reading(precision=eps, **more)
            if reading.inputs == d:
                return reading
    if refusal is not None:
        raise refusal
    words = (
        str(problem).strip().splitlines()[0] if problem is not None and str(problem).strip() else type(problem).__name__
    )
    raise ModelError(f"{kind} does not run on rows of {' or '.join(map(str, sizes[:3]))} numbers: {words[:160]}")


def unwrapped(module: Any) -> Any:
    """Return a module without the wrappers of torch.compile, DataParallel and averaged weights."""
    while type(module).__name__ in WRAPPERS and hasattr(module, WRAPPERS[type(module).__name__]):
        module = getattr(module, WRAPPERS[type(module).__name__])
    return module


def runner(module: Any) -> Callable[[np.ndarray], np.ndarray]:
    """Return a function from rows (n, d) to a module's outputs in evaluation, as floats (n, k)."""

    def run(X: np.ndarray) -> np.ndarray:
        torch = import_torch()
        with torch.no_grad(), _Evaluation(module):
            outputs = module(_rows(torch, module, X))
        if not hasattr(outputs, "detach"):
            raise ModelError(f"{type(module).__name__} returns a {type(outputs).__name__}, expected one tensor")
        return np.asarray(outputs.detach().cpu().double().numpy()).reshape(len(X), -1)

    return run


class _Evaluation:
    """A module in evaluation for the time of a block; every part goes back to the mode it was in."""

    def __init__(self, module: Any) -> None:
        self.modes = [(part, part.training) for part in module.modules()]
        self.module = module

    def __enter__(self) -> None:
        self.module.eval()

    def __exit__(self, *_: object) -> None:
        for part, mode in self.modes:
            part.training = mode


def _rows(torch: Any, module: Any, X: np.ndarray) -> Any:
    """Return rows as a tensor of the module's type and place."""
    like = next((p for p in module.parameters() if p.is_floating_point()), None)
    dtype, device = (torch.float64, "cpu") if like is None else (like.dtype, like.device)
    return torch.as_tensor(np.array(X, dtype=float), dtype=dtype, device=device)


def _twin(module: Any) -> tuple[Any, float]:
    """Return a copy in double precision, or the module itself where none can be made, and the precision it runs in."""
    try:
        return copy.deepcopy(module).double(), float(np.finfo(float).eps)
    except Exception:  # a copy asks every attribute of the user's class for one, and any may refuse
        return module, _precision(module)


def _precision(module: Any) -> float:
    """Return the largest rounding unit among a module's parameters."""
    torch = import_torch()
    return float(max((torch.finfo(p.dtype).eps for p in module.parameters() if p.is_floating_point()), default=2e-16))


def _sizes(module: Any) -> list[int]:
    """Return the numbers of columns that a matrix of the module takes, those declared first in front."""
    reading = [int(part.in_features) for part in module.modules() if hasattr(part, "in_features")]
    for p in module.parameters():
        if p.ndim == 2:
            reading += [int(p.shape[1]), int(p.shape[0])]
    return list(dict.fromkeys(reading))


def _frozen(module: Any) -> list[str]:
    """Return the names of parameters that do not train, unless none does (a model exported without gradients)."""
    parameters = list(module.named_parameters())
    frozen = [name for name, p in parameters if not p.requires_grad]
    return frozen if len(frozen) < len(parameters) else []


def _record(module: Any, kind: str, rows: np.ndarray) -> Chain:
    """Run a module on rows under a recorder; return the chain of its steps."""
    torch = import_torch()
    values = _rows(torch, module, rows)
    recorder = Recorder(module, kind, values)
    with torch.no_grad(), _Evaluation(module):
        outputs = recorder.run(values)
    recorder.check_end(outputs)
    return recorder.chain
