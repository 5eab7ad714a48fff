"""The convolutional network of the second theorem: padding, shapes, widths, its loss and the identity at its minima."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..errors import AssumptionError, InputError, ShapeError
from ..numbers.checks import readonly, real_number, real_numbers, whole_number
from ..numbers.entries import entries
from .constants import positive, regularizer

__all__ = [
    "ConvReQUNet", "Widths", "identity_gap", "identity_terms", "pad_convolve", "random_net", "toeplitz", "widths",
]  # fmt: skip


def pad_convolve(v: Any, z: Any) -> np.ndarray:
    """Return v * z, the convolution with padding, of length d_v + d_z - 1: a correlation, the filter is not flipped.

    (v * z)(j) = sum_i v(i) zpad(i + j - 1), zpad = z with d_v - 1 zeros on both sides.

    Args:
        v: (d_v,) filter.
        z: (d_z,) vector, or (n, d_z) rows that are convolved one by one.

    Raises:
        ShapeError: empty, or of another shape.

    Source: Liang, Sun and Srikant, Section 2. Print assumes d_v < d_z; with the padding it is not needed.

    Example:
        >>> pad_convolve([1, 2], [3, 4, 5]).tolist()
        [6, 11, 14, 5]
    """
    rows, filt = _natural(z, "z"), _natural(v, "the filter")
    if rows.ndim not in (1, 2) or not rows.shape[-1]:
        raise ShapeError(f"z has shape {rows.shape}, expected (d_z,) or (n, d_z)")
    for name, values in (("the filter", filt), ("z", rows)):
        real_numbers(name, values)
    return rows @ toeplitz(filt, rows.shape[-1]).T


def toeplitz(v: Any, dz: int) -> np.ndarray:
    """Return V (d_v + d_z - 1, d_z) with v * z = V z: V[j, k] = v(d_v + k - j), counted from 1, and 0 elsewhere.

    Args:
        v: (d_v,) filter.
        dz: length of z.

    Raises:
        ShapeError: v is not a vector.
        InputError: d_z is no whole number of at least 1.

    Source: Liang, Sun and Srikant, Claim 1. Its last rows should read v(1), v(2), v(3) for v(d_1), v(d_2), v(d_3).

    Example:
        >>> toeplitz([1, 2], 2).tolist()
        [[2, 0], [1, 2], [0, 1]]
    """
    filt, dz = _natural(v, "the filter"), whole_number("the length of z", dz, 1)
    if filt.ndim != 1 or not len(filt):
        raise ShapeError(f"the filter has shape {filt.shape}, expected (d_v,)")
    V = np.zeros((len(filt) + dz - 1, dz), dtype=filt.dtype)
    for k in range(dz):
        V[k : k + len(filt), k] = filt[::-1]
    return V


@dataclass(frozen=True)
class Widths:
    """Shapes and widths of a convolutional ReQU network; also readable by key, as in ``widths(...)["sharp"]``.

    Attributes:
        layers: outputs of the layers before the last one: d, d + (s - 1), ..., d + (s - 1)(l - 1).
        h: the last of them, d + (s - 1)(l - 1).
        W, b: shapes of the last layer's weights and biases at the sharp width: (h, m) and (m,).
        printed: least width that print asks for, (d + l s) n + 1.
        corrected: (h + 1) n + 1, the count of free numbers in the samples' features.
        sharp: n + s (l - 1) + 1: for fixed data these are n slopes of the loss and s (l - 1) filter weights.
    """

    layers: tuple[int, ...]
    h: int
    W: tuple[int, int]
    b: tuple[int]
    printed: int
    corrected: int
    sharp: int

    def keys(self) -> Iterator[str]:
        """Name the values."""
        return (f.name for f in fields(self))

    def __getitem__(self, key: str) -> Any:
        """Return a value by name."""
        return getattr(self, key)


def widths(d: int, s: int, l: int, n: int) -> Widths:  # noqa: E741 - the paper's letter
    """Return the shapes of a network of l layers, and the widths of its last one that rule out bad minima.

    Args:
        d: number of inputs.
        s: filter length.
        l: number of layers: l - 1 convolutions and the ReQU layer.
        n: number of samples.

    Raises:
        InputError: a number below 1.

    Source: Liang, Sun and Srikant, (1) and Theorem 2. Printed shapes are (d + (s - 1) l, m) and d + (s - 1) l; the
    last hidden layer has d + (s - 1)(l - 1) outputs and b one entry per unit.

    Example:
        >>> w = widths(3, 2, 3, 4)
        >>> w.layers, w.printed, w.corrected, w.sharp
        ((3, 4, 5), 37, 25, 9)
    """
    for name, value in (("d", d), ("s", s), ("l", l), ("n", n)):
        whole_number(name, value, 1)
    layers = tuple(d + (s - 1) * k for k in range(l))
    h, sharp = layers[-1], n + s * (l - 1) + 1
    return Widths(layers, h, (h, sharp), (sharp,), (d + l * s) * n + 1, (h + 1) * n + 1, sharp)


@dataclass(frozen=True, eq=False)
class ConvReQUNet:
    """f(x) = a . ReQU(W^T h(x) + b), h(x) = sigma(v_(l-1) * sigma(... sigma(v_1 * x))), sigma leaky with slope k.

    Attributes:
        a: (m,) output weights.
        W: (h, m) weights of the last layer, one column per unit.
        b: (m,) biases, one per unit.
        filters: (l - 1, s) filters, none for l = 1.
        lambdas: (m,) positive coefficients of the regulariser.
        lambda_c: positive coefficient of the filters.
        slope: k of sigma(t) = t for t >= 0 and k t below, 0 < k < 1.

    Raises:
        ShapeError: shapes that do not fit.
        AssumptionError: a coefficient that is not positive, or a slope outside (0, 1).

    Source: Liang, Sun and Srikant, (1) and (6), in the corrected shapes.

    Example:
        >>> net = ConvReQUNet([1.0], [[1.0], [0.0]], [0.0], [[1.0, 0.0]], [0.5], 1.0)
        >>> net.predict([[2.0]])
        array([0.])
    """

    a: np.ndarray
    W: np.ndarray
    b: np.ndarray
    filters: np.ndarray
    lambdas: np.ndarray
    lambda_c: float = 1.0
    slope: float = 0.1

    def __post_init__(self) -> None:
        """Check and freeze."""
        a, W, b = readonly(self.a, float), readonly(self.W, float), readonly(self.b, float)
        filters = readonly(self.filters, float)
        if filters.ndim != 2:
            filters = readonly(filters.reshape(0, 1) if not filters.size else np.atleast_2d(filters))
        if a.ndim != 1 or W.ndim != 2 or W.shape[1] != len(a) or b.shape != a.shape:
            raise ShapeError(f"a, W and b have shapes {a.shape}, {W.shape}, {b.shape}; expected (m,), (h, m), (m,)")
        if len(W) - len(filters) * (filters.shape[1] - 1) < 1:
            raise ShapeError(f"{len(filters)} filters of length {filters.shape[1]} leave no input for h = {len(W)}")
        if not 0 < self.slope < 1:
            raise AssumptionError(f"hypothesis violated: 0 < slope < 1, got {self.slope:g}")
        for name, value in (("a", a), ("W", W), ("b", b), ("filters", filters)):
            object.__setattr__(self, name, value)
        object.__setattr__(self, "lambdas", readonly(positive("lambda", self.lambdas, len(a))))
        object.__setattr__(self, "lambda_c", float(positive("lambda_c", self.lambda_c)[0]))

    @property
    def width(self) -> int:
        """Number of ReQU units m."""
        return len(self.a)

    @property
    def d(self) -> int:
        """Number of inputs."""
        return len(self.W) - len(self.filters) * (self.filters.shape[1] - 1)

    @property
    def U(self) -> np.ndarray:
        """(m, h + 1) weights of the last layer as rows with the bias last."""
        return np.concatenate([self.W.T, self.b[:, None]], axis=1)

    def features(self, X: Any) -> np.ndarray:
        """Return h(x_i) (n, h)."""
        h = real_numbers("X", X)
        if h.ndim != 2 or h.shape[1] != self.d:
            raise ShapeError(f"the data have shape {h.shape}, the network expects {self.d} columns")
        for v in self.filters:
            h = leaky(pad_convolve(v, h), self.slope)
        return h

    def predict(self, X: Any) -> np.ndarray:
        """Return f(x_i) (n,)."""
        return np.maximum(self.features(X) @ self.W + self.b, 0.0) ** 2 @ self.a

    @property
    def regularizer(self) -> float:
        """V of (6): that of the last layer plus lambda_c/4 sum_k (|v_k|^2 - 1)^2."""
        sizes = (self.filters**2).sum(axis=1)
        return regularizer(self.a, self.U, self.lambdas) + self.lambda_c / 4 * float(((sizes - 1) ** 2).sum())


def leaky(t: np.ndarray, slope: float) -> np.ndarray:
    """Return t where t >= 0 and slope * t below."""
    return np.where(t >= 0, t, slope * t)


def random_net(
    d: int,
    s: int,
    layers: int,
    m: int,
    lambdas: Any,
    lambda_c: float = 1.0,
    slope: float = 0.1,
    rng: Any = None,
) -> ConvReQUNet:
    """Return a network with standard normal weights.

    Args:
        d: number of inputs.
        s: filter length.
        layers: number l of layers, l - 1 of them convolutions.
        m: number of ReQU units.
        lambdas: (m,) positive coefficients.
        lambda_c: coefficient of the filters.
        slope: slope of the leaky ReLU.
        rng: anything `numpy.random.default_rng` takes.

    Example:
        >>> random_net(2, 2, 3, 4, 0.1, rng=0).W.shape
        (4, 4)
    """
    stream = np.random.default_rng(rng)
    h = widths(d, s, layers, 1).h
    draw = stream.standard_normal
    return ConvReQUNet(draw(m), draw((h, m)), draw(m), draw((layers - 1, s)), lambdas, lambda_c, slope)


def identity_terms(net: Any) -> dict[str, Any]:
    """Return both sides of the identity that holds at every local minimum, in the printed and the corrected form.

    Corrected: lambda_c/2 (|v_k|^2 - 1) |v_k|^2 = sum_j lambda_j |u_j| |w_j|^2 for every k, and
    sum_j lambda_j |a_j|^3 = sum_j lambda_j |u_j|^3. Printed (with the lambda_c/4 of (6)):
    lambda_c/2 (|v_k|^2 - 1) |v_k|^2 = sum_j lambda_j |u_j|^3, which forgets that scaling h leaves the biases alone.

    Args:
        net: `ConvReQUNet`, a `ConvReQU` torch module, or anything with a, W, b, filters, lambdas, lambda_c.

    Returns:
        "filters" (l - 1,), "corrected" and "printed" right-hand sides, "a" = sum_j lambda_j |a_j|^3.

    Source: Liang, Sun and Srikant, Appendix H. Derived from f(h scaled by r), whose derivative is
    2 sum_j a_j relu(u_j . h~)(w_j . h), and u_j's own stationarity.
    """
    if not all(hasattr(net, name) for name in ("a", "W", "b", "filters", "lambdas", "lambda_c")):
        raise InputError(f"a network of convolutions and ReQU units is needed, not {type(net).__name__}")
    a, W, b, filters = (real_numbers(name, getattr(net, name)) for name in ("a", "W", "b", "filters"))
    lambdas = positive("lambda", net.lambdas, len(a))
    size_w = (W**2).sum(axis=0)
    size_u = np.sqrt(size_w + b**2)
    sizes = (filters.reshape(-1, filters.shape[-1] if filters.size else 1) ** 2).sum(axis=1)
    scale = real_number("lambda_c", net.lambda_c)
    return {
        "filters": scale / 2 * (sizes - 1) * sizes,
        "corrected": float(lambdas @ (size_u * size_w)),
        "printed": float(lambdas @ size_u**3),
        "a": float(lambdas @ np.abs(a) ** 3),
    }


def identity_gap(net: Any, form: str = "corrected") -> float:
    """Return the largest |left - right| of the identity over the filters; 0 at an exact local minimum.

    Args:
        net: `ConvReQUNet`, a `ConvReQU` torch module, or anything with a, W, b, filters, lambdas, lambda_c.
        form: "corrected" or "printed", see `identity_terms`.

    Returns:
        The gap; with no filters that of sum_j lambda_j |a_j|^3 = sum_j lambda_j |u_j|^3.

    Raises:
        InputError: another form.

    Source: Liang, Sun and Srikant, Appendix H, corrected.

    Example:
        >>> flat = ConvReQUNet([0.0], [[0.0], [0.0]], [0.0], [[1.0, 0.0]], [0.5])
        >>> identity_gap(flat)
        0.0
    """
    if form not in ("printed", "corrected"):
        raise InputError(f"form is {form!r}; the identity comes as printed, corrected")
    terms = identity_terms(net)
    if not len(terms["filters"]):
        return abs(terms["a"] - terms["printed"])
    return float(np.abs(terms["filters"] - terms[form]).max())


def _natural(values: Any, name: str) -> np.ndarray:
    """Return the entries of a vector or table in the type that NumPy gives to their list."""
    return np.asarray(entries(values, name).tolist())
