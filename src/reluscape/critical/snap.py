"""Snapping a trained network to the exact critical point beside it: choose kinks, fit on the faces, test exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..numbers.tolerances import DEFAULT, Tolerances
from ..problem.data import Dataset, standardize
from ..problem.losses import get_loss
from ..problem.networks import TwoLayerNet
from .candidate import Candidate, face_candidate


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
    chosen = get_loss(loss)
    common = standardize(data)
    scaled_W = net.W @ np.linalg.inv(common.transform).T
    heights = (data.X @ net.W.T).T
    reach = np.outer(np.linalg.norm(scaled_W, axis=1), np.linalg.norm(common.X, axis=1))
    live = np.ones(data.n, dtype=bool)
    live[list(data.zero_rows)] = False
    seen = set()
    for angle in tolerances.snap_angles:
        signs = np.sign(heights).astype(np.int8)
        signs[np.abs(heights) <= angle * reach] = 0
        signs[:, ~live] = -1
        key = signs.tobytes()
        if key in seen:
            continue
        seen.add(key)
        found = face_candidate(data, net, signs, output_bias, chosen, tolerances, slope=slope)
        if found is not None:
            yield found


def is_near(candidate: Candidate, loss: float, constant: float, tolerances: Tolerances = DEFAULT) -> bool:
    """Return whether a candidate lies within the limits: 1 % in R_j, and 1 % of the best constant's loss in loss."""
    change = abs(candidate.verdict.loss - loss)
    return candidate.distance <= tolerances.snap_distance and change <= tolerances.snap_loss * constant
