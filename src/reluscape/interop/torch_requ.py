"""ReQU networks with their regulariser as torch modules, fully connected and convolutional."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import AssumptionError, InputError, ShapeError, UnsupportedError
from ..numbers.seeds import as_generator
from .torch_modules import import_torch

__all__ = ["ConvReQU", "RegularizedReQU"]

if TYPE_CHECKING:

    class _Module:
        """What type checkers see of torch.nn.Module."""

        def register_buffer(self, name: str, tensor: Any) -> None:
            """Keep a tensor that is not trained."""

        def __call__(self, X: Any) -> Any:
            """Run forward."""
else:
    try:
        _Module = import_torch().nn.Module
    except UnsupportedError:

        class _Module:
            """Stands in where torch is missing and says so when a module is built."""

            def __init__(self) -> None:
                import_torch()


class RegularizedReQU(_Module):
    """f(x) = sum_j a_j relu(<w_j, x> + b_j)^2 with V = (1/3) sum_j lambda_j (|a_j|^3 + 2 |u_j|^3), as a torch module.

    `forward(X)` returns the predictions, `penalty()` V and `objective(X, y)` the whole loss, a sum over the samples.
    Parameters `a` (m,), `W` (m, d), `b` (m,) are in double precision.

    Args:
        d: number of inputs, without a column of ones.
        lambdas: (m,) positive coefficients, one per unit; `rs.requ.design` finds them.
        loss: "logistic", "exponential", "smooth_hinge", or a function of the tensor z = -y f, one number per sample.
        base: base of the logarithm of the logistic loss.
        rng: anything `numpy.random.default_rng` takes; weights start standard normal.

    Raises:
        UnsupportedError: torch is not installed.
        AssumptionError: a coefficient that is not positive.
        InputError: no such loss, or d below 1.

    Source: Liang, Sun and Srikant, (4).
    """

    def __init__(self, d: int, lambdas: Any, loss: Any = "logistic", base: float = 2, rng: Any = None) -> None:
        super().__init__()
        self.d = _count("d", d)
        self._loss = _torch_loss(loss, base)
        self.register_buffer("lambdas", _coefficients(lambdas))
        stream, m = as_generator(rng), len(self.lambdas)
        self.a = _parameter(stream.standard_normal(m))
        self.W = _parameter(stream.standard_normal((m, d)))
        self.b = _parameter(stream.standard_normal(m))

    lambdas: Any

    @property
    def U(self) -> Any:
        """(m, d + 1) rows (w_j, b_j)."""
        return import_torch().cat([self.W, self.b[:, None]], dim=1)

    def forward(self, X: Any) -> Any:
        """Return f(x_i) (n,)."""
        return (X @ self.W.T + self.b).clamp(min=0) ** 2 @ self.a

    def penalty(self) -> Any:
        """Return V."""
        return _penalty(self.a, (self.W**2).sum(dim=1) + self.b**2, self.lambdas)

    def objective(self, X: Any, y: Any) -> Any:
        """Return sum_i l(-y_i f(x_i)) + V for labels y (n,) of -1 and 1."""
        return self._loss(-y * self(X)).sum() + self.penalty()

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Return (a, U) as arrays, for `rs.requ.ReQUNet` and `rs.requ.certify`."""
        return self.a.detach().cpu().numpy().copy(), self.U.detach().cpu().numpy().copy()


class ConvReQU(_Module):
    """f(x) = a . relu(W^T h(x) + b)^2 over l - 1 convolutions with padding and leaky ReLU, with (6) as its loss.

    `forward(X)` returns the predictions, `penalty()` the regulariser and `objective(X, y)` the whole loss. Parameters:
    `a` (m,), `W` (h, m), `b` (m,), `filters` (l - 1, s) with h = d + (s - 1)(l - 1), in double precision.
    `rs.requ.conv.identity_gap(module)` measures how far it is from a local minimum's identity.

    Args:
        d: number of inputs.
        s: filter length.
        layers: number l of layers, l - 1 of them convolutions.
        lambdas: (m,) positive coefficients of the last layer.
        lambda_c: positive coefficient of the filters.
        slope: slope k of the leaky ReLU below 0, 0 < k < 1.
        loss: "logistic", "exponential", "smooth_hinge", or a function of the tensor z = -y f.
        base: base of the logarithm of the logistic loss.
        rng: anything `numpy.random.default_rng` takes; weights start standard normal.

    Raises:
        UnsupportedError: torch is not installed.
        AssumptionError: a coefficient that is not positive, or a slope outside (0, 1).
        InputError: no such loss, or a count below 1.

    Source: Liang, Sun and Srikant, (1) and (6); shapes corrected, see `rs.requ.conv.widths`.
    """

    def __init__(
        self,
        d: int,
        s: int,
        layers: int,
        lambdas: Any,
        lambda_c: float = 1.0,
        slope: float = 0.1,
        loss: Any = "logistic",
        base: float = 2,
        rng: Any = None,
    ) -> None:
        super().__init__()
        self.d, self.s, self.layers = _count("d", d), _count("s", s), _count("layers", layers)
        if not 0 < slope < 1:
            raise AssumptionError(f"hypothesis violated: 0 < slope < 1, got {slope:g}")
        self.slope, self.lambda_c = float(slope), float(_coefficients([lambda_c])[0])
        self._loss = _torch_loss(loss, base)
        self.register_buffer("lambdas", _coefficients(lambdas))
        stream, m = as_generator(rng), len(self.lambdas)
        h = d + (s - 1) * (layers - 1)
        self.a = _parameter(stream.standard_normal(m))
        self.W = _parameter(stream.standard_normal((h, m)))
        self.b = _parameter(stream.standard_normal(m))
        self.filters = _parameter(stream.standard_normal((layers - 1, s)))

    lambdas: Any

    def features(self, X: Any) -> Any:
        """Return h(x_i) (n, h)."""
        torch = import_torch()
        h = X
        for v in self.filters:
            # torch's conv1d is a correlation, as print's star is
            h = torch.nn.functional.conv1d(h[:, None, :], v[None, None, :], padding=self.s - 1)[:, 0, :]
            h = torch.nn.functional.leaky_relu(h, self.slope)
        return h

    def forward(self, X: Any) -> Any:
        """Return f(x_i) (n,)."""
        return (self.features(X) @ self.W + self.b).clamp(min=0) ** 2 @ self.a

    def penalty(self) -> Any:
        """Return the regulariser of (6)."""
        sizes = (self.filters**2).sum(dim=1)
        last = _penalty(self.a, (self.W**2).sum(dim=0) + self.b**2, self.lambdas)
        return last + self.lambda_c / 4 * ((sizes - 1) ** 2).sum()

    def objective(self, X: Any, y: Any) -> Any:
        """Return sum_i l(-y_i f(x_i)) plus the regulariser for labels y (n,) of -1 and 1."""
        return self._loss(-y * self(X)).sum() + self.penalty()


def _penalty(a: Any, squares: Any, lambdas: Any) -> Any:
    """Return (1/3) sum lambda (|a|^3 + 2 |u|^3) with a gradient of 0, not NaN, at u = 0."""
    torch = import_torch()
    sizes = torch.where(squares > 0, squares, torch.ones_like(squares)).sqrt()
    cubes = torch.where(squares > 0, squares * sizes, torch.zeros_like(squares))
    return (lambdas * (a.abs() ** 3 + 2 * cubes)).sum() / 3


def _torch_loss(loss: Any, base: float) -> Any:
    """Return the loss as a function of a tensor."""
    torch = import_torch()
    if loss == "logistic":
        if not base > 1:
            raise InputError(f"the logarithm's base is {base!r}; give a number above 1, for instance 2")
        return lambda z: torch.nn.functional.softplus(z) / float(np.log(base))
    if loss == "exponential":
        return torch.exp
    if loss == "smooth_hinge":
        return lambda z: (1 + z).clamp(min=0) ** 3
    if callable(loss):
        return loss
    raise InputError(f"unknown loss {loss!r}; choose 'logistic', 'exponential', 'smooth_hinge' or give a function")


def _coefficients(values: Any) -> Any:
    """Return positive coefficients as a tensor."""
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or not len(array):
        raise ShapeError(f"lambda has shape {array.shape}, expected (m,): one per unit")
    if not (np.isfinite(array) & (array > 0)).all():
        raise AssumptionError("hypothesis violated: every lambda is positive and finite")
    return import_torch().tensor(array)


def _count(name: str, value: int) -> int:
    """Return a whole number of at least 1."""
    if isinstance(value, bool | str) or int(value) != value or value < 1:
        raise InputError(f"{name} is {value!r}; it is a whole number, 1 or more")
    return int(value)


def _parameter(values: np.ndarray) -> Any:
    """Return a trainable tensor in double precision."""
    torch = import_torch()
    return torch.nn.Parameter(torch.tensor(values))
