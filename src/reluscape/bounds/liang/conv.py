"""Liang, Sun and Srikant on convolutions: silent units, distinct features, and the margin that every filter leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...numbers.checks import readonly
from ...numbers.seeds import as_generator
from ...numbers.tolerances import DEFAULT, Tolerances
from ...requ.conv import ConvReQUNet, leaky, pad_convolve, toeplitz, widths
from ...requ.labels import labelled_dataset
from ...requ.losses import epsilon
from ...requ.network import ReQUNet
from ..arguments import require, whole
from .lemmas import CriticalUnits, critical_units

__all__ = [
    "DistinctFeatures", "FilterMargin", "liang_claim_1", "liang_lemma_4", "liang_lemma_5", "liang_lemma_6",
]  # fmt: skip


def liang_claim_1(v: Any, dz: int) -> tuple[int, float]:
    """Return rank and least singular value of z -> v * z: the rank is d_z, so v * z = 0 only for z = 0.

    The least singular value over |v| = 1 falls with the filter's length, for s = 2 to sqrt(1 - cos(pi/(d_z + 1))), so
    margins can collapse with depth.

    Args:
        v: (s,) filter, not zero.
        dz: length of z.

    Raises:
        AssumptionError: v = 0.

    Source: Liang, Sun and Srikant, Claim 1.

    Example:
        >>> rank, least = liang_claim_1([1.0, -1.0], 8)
        >>> rank, round(least / 2**0.5, 4)
        (8, 0.2456)
    """
    filt = np.asarray(v, dtype=float)
    require(bool(np.any(filt)), "the filter is not zero")
    values = np.linalg.svd(toeplitz(filt, dz), compute_uv=False)
    return int(dz), float(values[-1])


def liang_lemma_4(
    net: ConvReQUNet, X: Any, y: Any, loss: Any = "logistic", base: float = 2, tolerances: Tolerances = DEFAULT
) -> CriticalUnits:
    """Return what Lemma 4 says about a point that is critical in the last layer: some ReQU unit is silent.

    Promised for m >= n + s(l - 1) + 1 and coefficients outside a null set that depends on the data; print's
    m > (d + l s) n and the counted m > (d + (s - 1)(l - 1) + 1) n leave it free of the data (`rs.requ.conv.widths`).

    Args:
        net: the network with its coefficients.
        X: (n, d) samples, or a `Dataset`.
        y: (n,) labels -1 or 1.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        tolerances: how small the last layer's gradient must be.

    Raises:
        AssumptionError: the point is not critical in the last layer.

    Source: Liang, Sun and Srikant, Lemma 4, (27)-(32). The matrices have size d + (s - 1)(l - 1) + 1, not d + 1.

    Example:
        >>> quiet = ConvReQUNet([0.0] * 2, [[0.0] * 2] * 2, [0.0] * 2, [[1.0, 0.0]], [0.1, 0.2])
        >>> liang_lemma_4(quiet, [[1.0], [2.0]], [1, -1]).silent
        (0, 1)
    """
    data = labelled_dataset(X, y)
    need = widths(net.d, net.filters.shape[1], len(net.filters) + 1, data.n).sharp
    flat = ReQUNet(net.a, net.U)
    critical = critical_units(flat, net.features(data.X), data.y, net.lambdas, loss, base, promise=net.width >= need)
    require(
        critical.gradient <= tolerances.requ_critical,
        f"the point is critical in the last layer; its gradient is {critical.gradient:.3g} (train further first)",
    )
    return critical


@dataclass(frozen=True, eq=False)
class DistinctFeatures:
    """The last hidden layer's outputs and how far apart they stay.

    Attributes:
        features: (n, h) outputs.
        distance: least distance of two of them; infinite for one sample.
        bound: what is promised: least distance of two samples times slope and least singular value of every layer.
    """

    features: np.ndarray
    distance: float
    bound: float


def liang_lemma_5(filters: Any, X: Any, slope: float = 0.1) -> DistinctFeatures:
    """Return the features of distinct samples under non-zero filters, which are distinct, with a lower bound.

    Args:
        filters: (l - 1, s) filters, none of them zero.
        X: (n, d) distinct samples.
        slope: slope of the leaky ReLU below 0, 0 < slope < 1.

    Raises:
        AssumptionError: a filter 0, equal samples, or a slope outside (0, 1).

    Source: Liang, Sun and Srikant, Lemma 5, with its constant.

    Example:
        >>> found = liang_lemma_5([[1.0, 2.0]], [[1.0], [-1.0]], 0.5)
        >>> found.distance >= found.bound > 0
        True
    """
    h, rows = np.asarray(X, dtype=float), np.asarray(filters, dtype=float)
    require(0 < slope < 1, f"0 < slope < 1, got {slope:g}")
    bound = distance = _least_distance(h)
    require(distance > 0, "the samples are distinct (Assumption 2)")
    for k, v in enumerate(rows.reshape(len(rows), -1)):
        require(bool(np.any(v)), f"no filter is zero, filter {k} is")
        bound *= slope * liang_claim_1(v, h.shape[1])[1]
        h = leaky(pad_convolve(v, h), slope)
    return DistinctFeatures(readonly(h), _least_distance(h), float(bound))


@dataclass(frozen=True, eq=False)
class FilterMargin:
    """lambda_0 of the convolutional network from the margins of its features.

    Attributes:
        epsilon: of Assumption 1.
        gamma: least margin gamma* of the features found over unit filters.
        lambda0: epsilon times gamma.
        filters: (l - 1, s) unit filters at which it was found.
        kind: "certified" for l = 1 (no filter to choose), else "sampled": a larger sample can only lower it.
        samples: number of filters tried.
    """

    epsilon: float
    gamma: float
    lambda0: float
    filters: np.ndarray
    kind: str
    samples: int


def liang_lemma_6(
    X: Any,
    y: Any,
    s: int,
    layers: int,
    slope: float = 0.1,
    loss: Any = "logistic",
    base: float = 2,
    samples: int = 50,
    rng: Any = None,
) -> FilterMargin:
    """Return lambda_0 = epsilon min over unit filters of gamma*(features), the minimum over a sample of filters.

    Longer filters only raise the margin (replace (w, b) by (w/r, b)), so unit filters are enough and the minimum is
    attained and positive: the features stay distinct on a compact set.

    Args:
        X: (n, d) samples without repeated points of different labels, or a `Dataset`.
        y: (n,) labels -1 or 1.
        s: filter length.
        layers: number l of layers, l - 1 of them convolutions.
        slope: slope of the leaky ReLU.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        samples: number of random unit filters (the two constant signs of the first entry are tried too).
        rng: anything `numpy.random.default_rng` takes.

    Raises:
        AssumptionError: Assumption 1 or 2, or the slope.

    Source: Liang, Sun and Srikant, Lemma 6. Print fixes one network rho* for all filters, which no min-max theorem
    gives: where the filter's sign turns, it classifies all samples wrongly; rho* must depend on the filters.

    Example:
        >>> found = liang_lemma_6([[1.0], [-1.0]], [1, -1], 1, 2, rng=0, samples=4)
        >>> found.kind, 0 < found.lambda0 < found.epsilon
        ('sampled', True)
    """
    from ...requ.margin import margin

    data = labelled_dataset(X, y)
    s, layers = whole("s", s), whole("layers", layers)
    require(0 < slope < 1, f"0 < slope < 1, got {slope:g}")
    eps = epsilon(loss, base)
    stream = as_generator(rng)
    count = 1 if layers == 1 else whole("samples", samples)
    best, at = np.inf, np.zeros((0, s))
    for k in range(count):
        V = stream.standard_normal((layers - 1, s))
        if k < 2:
            V = np.zeros((layers - 1, s))
            V[:, :1] = 1.0 - 2.0 * k
        V /= np.linalg.norm(V, axis=1, keepdims=True)
        h = data.X
        for v in V:
            h = leaky(pad_convolve(v, h), slope)
        gamma = margin(h, data.y).lower
        if gamma < best:
            best, at = gamma, V
    kind = "certified" if layers == 1 else "sampled"
    return FilterMargin(eps, float(best), float(eps * best), readonly(at), kind, count)


def _least_distance(h: np.ndarray) -> float:
    """Return the least distance of two rows."""
    if len(h) < 2:
        return np.inf
    apart = np.linalg.norm(h[:, None, :] - h[None, :, :], axis=2)
    return float(apart[~np.eye(len(h), dtype=bool)].min())
