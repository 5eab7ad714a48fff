"""Safran and Shamir's Theorem 5 on the user's data: clusters checked, Claim 4, Lemma 9 constructed, the value."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from ...errors import AssumptionError, ShapeError
from ...numbers.checks import readonly
from ...problem.data import Dataset, as_dataset
from ...problem.networks import TwoLayerNet
from ...problem.targets import with_targets
from ..arguments import require, which_form, whole
from .basins import as_two_layer, sides
from .cover import able, predicted
from .statements import safran_theorem_5_radius

__all__ = [
    "Surrogate",
    "safran_claim_4",
    "safran_lemma_9",
    "safran_theorem_5_conditions",
    "safran_theorem_5_value",
]


@dataclass(frozen=True)
class Clusters:
    """Clustered data in the letters of Theorem 5.

    Attributes:
        members: (n,) cluster of each sample, that of its nearest centre.
        radius: (k,) delta_j, the largest distance from the centre inside the cluster.
        centers: (k, d).
        targets: (k,) the target of the sample nearest to each centre.
        gamma: Lipschitz constant of the targets inside clusters.
        largest: B, the largest length of a sample.
        sigma_max: largest singular value of the centres.
        sigma_min: smallest one.
    """

    members: np.ndarray
    radius: np.ndarray
    centers: np.ndarray
    targets: np.ndarray
    gamma: float
    largest: float
    sigma_max: float
    sigma_min: float

    @property
    def k(self) -> int:
        """Number of clusters."""
        return len(self.centers)

    @property
    def delta(self) -> float:
        """Largest radius."""
        return float(self.radius.max())

    @property
    def c(self) -> float:
        """Least length of a centre."""
        return float(np.linalg.norm(self.centers, axis=1).min())


@dataclass(frozen=True, eq=False)
class Surrogate:
    """The two networks of Lemma 9, its two bounds and what the networks do.

    Attributes:
        net: (W~, v~), exact on the centres.
        near: (W', v'), in the basin of the start.
        error_bound: promised largest |N(W~)(x_i) - y_i|.
        distance_bound: promised largest |N(W')(x_i) - N(W~)(x_i)|.
        error: the truth beside `error_bound`.
        distance: the truth beside `distance_bound`.
    """

    net: TwoLayerNet
    near: TwoLayerNet
    error_bound: float
    distance_bound: float
    error: float
    distance: float


def safran_claim_4(centers: Any, targets: Any, form: str | None = None) -> float:
    """Return a bound on the length of each weight vector that interpolates targets on independent centres.

    sigma_max / sigma_min^2 |y| ("printed", the default), or |y| / sigma_min ("sharp": C^T (C C^T)^-1 has norm
    1 / sigma_min).

    Args:
        centers: (k, d) centres of rank k.
        targets: (k,) targets.
        form: "printed" or "sharp".

    Raises:
        AssumptionError: dependent centres.

    Source: Safran and Shamir, Claim 4.

    Example:
        >>> safran_claim_4([[2, 0], [0, 1]], [3, 4]), safran_claim_4([[2, 0], [0, 1]], [3, 4], form="sharp")
        (10.0, 5.0)
    """
    C = np.atleast_2d(np.asarray(centers, dtype=float))
    size = float(np.linalg.norm(np.asarray(targets, dtype=float)))
    largest, smallest = _singular(C)
    if which_form(form, "printed", ("printed", "sharp")) == "printed":
        return largest / smallest**2 * size
    return size / smallest


def safran_theorem_5_conditions(X: Any, y: Any, centers: Any) -> dict[str, float]:
    """Check Theorem 5's hypotheses on data and centres, and return its constants.

    Each sample belongs to its nearest centre, delta_j is the largest distance inside cluster j.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        centers: (k, d) centres.

    Returns:
        delta, c (least |c_j|), B (largest |x_i|), gamma (Lipschitz constant of the targets inside clusters), sigma_max,
        sigma_min of the centres, ratio (largest delta_j / |c_j|), allowed (the largest ratio that the theorem allows).

    Raises:
        AssumptionError: naming the hypothesis: more centres than inputs, dependent centres (an assumption that print
            does not state), a centre without sample, a sample within the radius of two centres, a cluster too wide.

    Source: Safran and Shamir, Theorem 5.

    Example:
        >>> found = safran_theorem_5_conditions([[1, 1], [1.01, 1], [-2, 0.5]], [1, 1, -1], [[1, 1], [-2, 0.5]])
        >>> found["ratio"] <= found["allowed"]
        True
    """
    data = with_targets(X, y)
    clusters = clustered(data, centers)
    d = data.d
    distance = np.linalg.norm(data.X[:, None, :] - clusters.centers[None], axis=2)
    twice = np.flatnonzero((distance <= clusters.radius[None]).sum(axis=1) > 1)
    require(
        not len(twice), f"each sample lies in one cluster (sample {int(twice[0]) if len(twice) else 0} lies in two)"
    )
    length = np.linalg.norm(clusters.centers, axis=1)
    ratio, radius = float((clusters.radius / length).max()), safran_theorem_5_radius(d)
    require(ratio <= radius, f"delta_j / |c_j| <= {radius:.4g} in {d} dimensions, found {ratio:.4g}")
    return {
        "delta": clusters.delta,
        "c": clusters.c,
        "B": clusters.largest,
        "gamma": clusters.gamma,
        "sigma_max": clusters.sigma_max,
        "sigma_min": clusters.sigma_min,
        "ratio": ratio,
        "allowed": radius,
    }


def safran_theorem_5_value(X: Any, y: Any, centers: Any, width: int, form: str | None = None) -> float:
    """Return the basin value of Theorem 5, the square of the sum of Lemma 9's two bounds.

    "printed": delta^2 ((1 + B/c) m sigma_max / sigma_min^2 |y_hat| + 2 gamma)^2. y_hat takes from each cluster the
    target of its sample nearest to the centre. The forms are those of `safran_lemma_9`.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        centers: (k, d) centres.
        width: number of units m.
        form: "printed", "corrected" (default) or "sharp".

    Raises:
        AssumptionError: a hypothesis of the theorem fails on these data.

    Source: Safran and Shamir, Appendix B.7; its last display writes y_hat where y is meant.

    Example:
        >>> value = safran_theorem_5_value([[1, 1], [1.01, 1], [-2, 0.5]], [1, 1, -1], [[1, 1], [-2, 0.5]], 3)
        >>> 0 < value < 0.1
        True
    """
    data = with_targets(X, y)
    safran_theorem_5_conditions(data, None, centers)
    return sum(_bounds(clustered(data, centers), whole("width", width), form)) ** 2


def safran_lemma_9(X: Any, y: Any, centers: Any, W: Any, v: Any, form: str | None = None) -> Surrogate:
    """Return a network that fits the cluster centres, the nearest one in the basin of (W, v), and how far they may be.

    W~ is Theorem 4's network on the centres, made by the units that no cluster touches; W' replaces each of its rows by
    the nearest point of the unit's closed cell. With s = |y_hat| and k centres the bounds are
    "printed": delta (m sigma_max / sigma_min^2 s + 2 gamma) and m B (delta / c) sigma_max / sigma_min^2 s;
    "corrected" (default): delta sqrt(k) / (sigma_min - delta sqrt(k)) in place of delta / c;
    "sharp": besides, sqrt(min(m, k)) s / sigma_min in place of m sigma_max / sigma_min^2 s.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        centers: (k, d) independent centres.
        W: (m, d) weights of the start.
        v: (m,) output weights of the start.
        form: of the bounds.

    Raises:
        AssumptionError: dependent centres, delta sqrt(k) >= sigma_min (not for "printed"), or a centre with
            a target other than 0 that no untouched unit with the right output sign is active on; the message names it.

    Source: Safran and Shamir, Lemma 9. Its second part looks at one cluster at a time. A weight near two clusters at a
    small angle is farther from its cell: with C C^T b = t s, t = delta |w| / (1 - delta sqrt(k) / sigma_min), the
    vector w + C^T b lies in the cell and |C^T b| <= t sqrt(k) / sigma_min, which is the corrected constant.

    Example:
        >>> X, y, C = [[1, 1], [1.01, 1], [-2, 0.5]], [1, 1, -1], [[1, 1], [-2, 0.5]]
        >>> found = safran_lemma_9(X, y, C, [[1, 0.2], [-1, 0.1]], [1, -1])
        >>> found.error <= found.error_bound and found.distance <= found.distance_bound
        True
    """
    data = with_targets(X, y)
    clusters, start = clustered(data, centers), as_two_layer((W, v))
    heights = start.W @ clusters.centers.T
    in_touch = (np.abs(heights) <= clusters.radius[None] * np.linalg.norm(start.W, axis=1)[:, None]).any(axis=1)
    free = np.flatnonzero(~in_touch)
    active = heights[free] > 0
    gaps = np.flatnonzero((clusters.targets != 0) & ~able(active, start.v[free], clusters.targets).any(axis=0))
    require(
        not len(gaps),
        f"an untouched unit with the right output sign is active on each centre (none on centre "
        f"{gaps[0] if len(gaps) else 0})",
    )
    signs = np.where(start.v >= 0, 1.0, -1.0)
    there = np.zeros(start.W.shape)
    outputs = predicted(active, start.v[free], clusters.targets)
    there[free] = np.linalg.lstsq(clusters.centers, outputs.T, rcond=None)[0].T
    cell = sides(data, start.W)
    near = np.array([_nearest(there[j], cell[j][:, None] * data.X) for j in range(start.width)]).reshape(there.shape)
    net, beside = TwoLayerNet(there, signs), TwoLayerNet(near, signs)
    prediction = net.predict(data.X)
    error_bound, distance_bound = _bounds(clusters, start.width, form)
    return Surrogate(
        net,
        beside,
        error_bound,
        distance_bound,
        float(np.abs(prediction - data.y).max()),
        float(np.abs(beside.predict(data.X) - prediction).max()),
    )


def _bounds(clusters: Clusters, m: int, form: str | None) -> tuple[float, float]:
    """Return Lemma 9's two bounds."""
    variant = which_form(form, "corrected")
    size = float(np.linalg.norm(clusters.targets))
    total = m * clusters.sigma_max / clusters.sigma_min**2 * size
    if variant == "sharp":
        total = sqrt(min(m, clusters.k)) * size / clusters.sigma_min
    share = clusters.delta / clusters.c
    if variant != "printed":
        wide = clusters.delta * sqrt(clusters.k)
        require(wide < clusters.sigma_min, f"delta sqrt(k) < sigma_min, got {wide:.4g} and {clusters.sigma_min:.4g}")
        share = wide / (clusters.sigma_min - wide)
    return clusters.delta * (total + 2 * clusters.gamma), clusters.largest * share * total


def _nearest(w: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the point of {u : rows u >= 0} nearest to w: w plus the best non-negative combination of the rows."""
    from scipy.optimize import nnls

    if not w.any():
        return w
    return np.asarray(w + rows.T @ nnls(rows.T, -w)[0])


def clustered(data: Dataset, centers: Any) -> Clusters:
    """Assign samples to their nearest centres and measure the clusters.

    Raises:
        AssumptionError: too many, dependent or empty centres; equal samples with different targets.
    """
    C = np.atleast_2d(np.asarray(centers, dtype=float))
    if C.ndim != 2 or C.shape[1] != data.d:
        raise ShapeError(f"centers have shape {C.shape}, expected (k, {data.d})")
    require(len(C) <= data.d, f"at most d = {data.d} clusters, got {len(C)}")
    largest, smallest = _singular(C)
    distance = np.linalg.norm(data.X[:, None, :] - C[None], axis=2)
    members = distance.argmin(axis=1) if data.n else np.zeros(0, dtype=np.int64)
    targets, gamma, nearest = np.asarray(data.y), 0.0, []
    for j in range(len(C)):
        inside = np.flatnonzero(members == j)
        require(len(inside) > 0, f"every centre has a sample (centre {j} has none)")
        nearest.append(targets[inside[distance[inside, j].argmin()]])
        apart = np.linalg.norm(data.X[inside, None] - data.X[None, inside], axis=2)
        change = np.abs(targets[inside, None] - targets[None, inside])
        if ((apart == 0) & (change > 0)).any():
            raise AssumptionError("hypothesis violated: equal samples have equal targets (gamma would be infinite)")
        gamma = max(gamma, float((change / np.where(apart > 0, apart, 1.0)).max(initial=0.0)))
    return Clusters(
        readonly(members),
        readonly([distance[members == j, j].max(initial=0.0) for j in range(len(C))], dtype=float),
        readonly(C),
        readonly(nearest, dtype=float),
        gamma,
        float(np.linalg.norm(data.X, axis=1).max(initial=0.0)),
        largest,
        smallest,
    )


def _singular(C: np.ndarray) -> tuple[float, float]:
    """Return the largest and smallest singular value of independent centres."""
    exact = as_dataset(C)
    require(bool(C.any(axis=1).all()), "every centre differs from 0")
    require(exact.rank == len(C), "the centres are linearly independent (unstated in print)")
    singular = np.linalg.svd(C, compute_uv=False)
    require(bool(singular[-1] > 0), "the centres are linearly independent as floats")
    return float(singular[0]), float(singular[-1])
