"""Critical candidates near a trained network: the minimisers on chosen faces, each with its verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.data import Dataset, standardize
from ..problem.losses import able, get_loss
from ..problem.networks import TwoLayerNet
from .face_fit import exact_fit, float_fit
from .optimality import certify
from .verdict import Verdict

MOST_EXACT_WEIGHTS = 130
MOST_EXACT_ENTRIES = 20_000


@dataclass(frozen=True, eq=False)
class Candidate:
    """A point near a trained network that solves its face's program, with its verdict.

    Attributes:
        net: the point as doubles.
        W, v, c: the same, `Fraction` where exact.
        verdict: verdict on exactly these weights.
        distance: max_j |R_j - R_j of the network| / max_j |R_j of the network|.
        faces: (m, n) entries -1, 0, 1: off, on the hyperplane, on.
        box: at a local minimum, how far every weight may move without a lower loss anywhere; else None.
    """

    net: TwoLayerNet
    W: np.ndarray
    v: np.ndarray
    c: Any
    verdict: Verdict
    distance: float
    faces: np.ndarray
    box: float | None = None

    @property
    def kinks(self) -> int:
        """Number of (unit, sample) pairs that lie on a hyperplane."""
        return int((self.faces == 0).sum())


def face_candidate(
    data: Dataset,
    net: TwoLayerNet,
    signs: np.ndarray,
    output_bias: bool,
    loss: Any,
    tolerances: Tolerances = DEFAULT,
    silent: np.ndarray | None = None,
    exact: bool = True,
    slope: float = 0.0,
) -> Candidate | None:
    """Return the minimiser of the loss with every unit held on its face, or None where it leaves the faces.

    Args:
        data: samples with targets.
        net: the network to stay near.
        signs: (m, n) entries -1, 0, 1: off, on the hyperplane, on.
        output_bias: whether c is trained.
        loss: a loss object.
        tolerances: the numerical policy.
        silent: (m,) bool, units held at R_j = 0 and left as they are; None for none but those with v_j = 0.
        exact: False never computes over the rationals.
        slope: of the units below 0.
    """
    silent = net.v == 0 if silent is None else silent
    faces = signs
    signs = np.where(silent[:, None], -1, signs).astype(np.int8)
    R0 = net.v[:, None] * net.W
    y = np.asarray(data.y, dtype=float)
    c0, slopes = net.c if output_bias else None, np.where(silent, 0.0, slope)
    fit = float_fit(data.X, y, signs, R0, c0, loss, slopes=slopes)
    if fit is None:
        return None
    W, c = _hidden(net, fit.R, signs, slopes), fit.c if output_bias else None
    if not _on_face(data.X, W, signs, silent, tolerances.boundary):
        return None
    v, exact_mode = net.v, False
    weights = sum(int((s > 0).any() or low != 0) for s, low in zip(signs, slopes, strict=True)) * data.d + 1
    feasible = weights <= MOST_EXACT_WEIGHTS and data.n * weights <= MOST_EXACT_ENTRIES
    if exact and able(loss, "quadratic") and feasible:
        solution = exact_fit(data, signs, R0, c0, slopes)
        v_exact = np.array([Fraction(float(t)) for t in net.v], dtype=object)
        W_exact = _hidden(net, solution.R, signs, slopes)
        if _on_face(data.X, np.array(W_exact, dtype=float), signs, silent, tolerances.boundary):
            W, v, c, exact_mode = W_exact, v_exact, solution.c if output_bias else None, True
    below = Fraction(slope) if exact_mode else slope
    verdict = certify(data, None, W, v, c, loss=loss, exact=exact_mode, slope=below, tolerances=tolerances)
    R = v[:, None] * W
    move = np.linalg.norm(np.array(R, dtype=float) - R0, axis=1).max(initial=0.0)
    size = np.linalg.norm(R0, axis=1).max(initial=0.0)
    near = TwoLayerNet(np.array(W, dtype=float), net.v, 0.0 if c is None else float(c))
    distance = float(move / size) if size > 0 else float(move)
    return Candidate(near, W, v, c, verdict, distance, faces)


def _hidden(net: TwoLayerNet, R: np.ndarray, signs: np.ndarray, slopes: np.ndarray | None = None) -> np.ndarray:
    """Return w_j = R_j / v_j; units with v_j = 0 and units that reach no sample keep their weights."""
    exact_numbers = R.dtype == object
    W = np.empty(net.W.shape, dtype=object if exact_numbers else float)
    for j in range(net.width):
        reaches = (signs[j] >= 0).any() or (slopes is not None and slopes[j] != 0)
        keep = net.v[j] == 0 or not reaches
        if keep:
            W[j] = [Fraction(float(t)) for t in net.W[j]] if exact_numbers else net.W[j]
        else:
            W[j] = R[j] / (Fraction(float(net.v[j])) if exact_numbers else net.v[j])
    return W


def mended_faces(
    data: Dataset,
    net: TwoLayerNet,
    signs: np.ndarray,
    output_bias: bool,
    loss: Any,
    silent: np.ndarray,
    tolerances: Tolerances = DEFAULT,
) -> np.ndarray | None:
    """Return the faces with the samples that the minimiser carries across a hyperplane put on it, or None.

    None where nothing crosses, where no minimiser was found, or where a unit has more crossings than columns.

    The arguments are those of `face_candidate`.
    """
    faces = np.where(silent[:, None], -1, signs).astype(np.int8)
    R0 = net.v[:, None] * net.W
    fit = float_fit(data.X, np.asarray(data.y, dtype=float), faces, R0, net.c if output_bias else None, loss)
    if fit is None:
        return None
    crossings = _crossed(data.X, _hidden(net, fit.R, faces), faces, silent, tolerances.boundary)
    if not crossings.any() or crossings.sum(axis=1).max() > data.d:
        return None
    return np.where(crossings, 0, signs).astype(np.int8)


def _on_face(X: np.ndarray, W: np.ndarray, signs: np.ndarray, silent: np.ndarray, boundary: float) -> bool:
    """Return whether every sample off the hyperplanes stays on its side, clearly."""
    return not _crossed(X, W, signs, silent, boundary).any()


def _crossed(X: np.ndarray, W: np.ndarray, signs: np.ndarray, silent: np.ndarray, boundary: float) -> np.ndarray:
    """Return (m, n) bool, the samples off the hyperplanes that do not clearly stay on their side."""
    lengths = np.linalg.norm(X, axis=1)
    with np.errstate(over="ignore"):  # weights of no finite length stay on no side
        reach = boundary * np.outer(np.linalg.norm(W, axis=1), lengths)
    off = (signs != 0) & ~silent[:, None] & (lengths > 0)[None, :]
    return off & ~(signs * (X @ W.T).T > reach)


def candidates(
    data: Dataset,
    net: TwoLayerNet,
    output_bias: bool,
    loss: Any = "squared",
    tolerances: Tolerances = DEFAULT,
    slope: float = 0.0,
) -> Iterator[Candidate]:
    """Yield the consistent candidates, coarse choices of kinks last.

    For each angle of `tolerances.snap_angles` the samples within it of a unit's hyperplane are put on it, the loss is
    minimised with R_j orthogonal to them as near to the network as possible, and the point is kept where every other
    sample stays on its side.

    Args:
        data: samples with targets, columns as the network expects them.
        net: the trained network.
        output_bias: whether c is trained.
        loss: name or object.
        tolerances: the numerical policy.
        slope: of the units below 0.
    """
    loss_object = get_loss(loss)
    common = standardize(data)
    scaled_W = net.W @ np.linalg.inv(common.transform).T
    heights = (data.X @ net.W.T).T
    reach = np.outer(np.linalg.norm(scaled_W, axis=1), np.linalg.norm(common.X, axis=1))
    live = np.ones(data.n, dtype=bool)
    live[list(data.zero_rows)] = False
    visits = set()
    for angle in tolerances.snap_angles:
        signs = np.sign(heights).astype(np.int8)
        signs[np.abs(heights) <= angle * reach] = 0
        signs[:, ~live] = -1
        key = signs.tobytes()
        if key in visits:
            continue
        visits.add(key)
        candidate = face_candidate(data, net, signs, output_bias, loss_object, tolerances, slope=slope)
        if candidate is not None:
            yield candidate


def is_near(candidate: Candidate, loss: float, constant: float, tolerances: Tolerances = DEFAULT) -> bool:
    """Return whether a candidate lies within the limits: 1 % in R_j, and 1 % of the best constant's loss in loss."""
    change = abs(candidate.verdict.loss - loss)
    return candidate.distance <= tolerances.snap_distance and change <= tolerances.snap_loss * constant
