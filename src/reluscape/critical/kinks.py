"""Minima on borders: whether a product of faces holds one, for any number of units on any number of hyperplanes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import InputError, ShapeError
from ..numbers.checks import readonly
from ..problem.data import check_signs
from ..problem.losses import able
from ..problem.problem import Problem, as_problem
from .components import allowed_signs, make_face, minimisers
from .other_losses import allowed_signs_float, smooth_minimisers
from .placing import Placed, group, inside_face, place_units


@dataclass(frozen=True, eq=False)
class KinkMinima:
    """The minimisers over a product of faces, and whether they are local minima of the network.

    Attributes:
        covectors: (m, n) entries -1, 0, 1.
        loss: the least mean loss over the faces' spans, as a double; where it is not attained the infimum.
        exact_loss: the mean squared loss of the minimisers; None for another loss.
        attained: whether the infimum is attained, which the squared loss always does.
        errors: (n,) residuals f - y, the same for all minimisers and exact; for another loss its slopes, as doubles.
        allowed: per unit the output signs that pass the one-sided test, 0 for a silent unit.
        genuine: some choice of signs has a minimiser on the faces that is a local minimum.
        signs: (m,) one such choice, or None.
        point: exact weights there, or None.
        method: "exact", or "numerical" for another loss.
        problem: what was minimised.
    """

    covectors: np.ndarray
    loss: float
    exact_loss: Fraction | None
    attained: bool
    errors: np.ndarray
    allowed: tuple[frozenset[int], ...]
    genuine: bool
    signs: np.ndarray | None
    point: Placed | None
    method: str
    problem: Problem | None = field(default=None, repr=False, compare=False)


def kink_minima(X: Any, y: Any, covectors: Any, signs: Any = None, loss: Any = "squared") -> KinkMinima:
    """Decide whether a product of faces holds a local minimum, for any number of units on any hyperplanes.

    The loss is minimised over R_j orthogonal to the samples on unit j's hyperplane. All minimisers share their
    residuals e, hence the one-sided test: with psi_j(u) = sum over active samples of e_i <x_i, u> + sum over samples on
    the hyperplane of e_i relu(<x_i, u>), sign s passes where s psi_j is nowhere negative. Exact linear feasibility then
    finds a choice of signs with a minimiser on the faces.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets.
        covectors: (m, n) entries -1, 0, 1: the sign of <w_j, x_i>; as `enumerate_faces` lists them.
        signs: (m,) output weights frozen to -1 or 1; None trains them.
        loss: "squared" (closed form, exact), or another convex differentiable loss, numerically.

    Returns:
        `KinkMinima`.

    Raises:
        InputError: no targets, or a covector that no weights have.
        ShapeError: covectors or signs of another shape.

    Source: Liu, Part 1, Theorem 3 and (26)-(46), of one unit on one sample: print's (29) and (30) are strict and
    only sufficient, (44) always holds, and the activation of w_m itself must be checked with the same sign.

    Example:
        >>> kink_minima([[1, 0], [0, 1]], [1, -1], [[1, 0]]).exact_loss
        Fraction(1, 2)
    """
    problem = as_problem(X, y, loss=loss, signs=signs)
    data = problem.only(loss=True, signs=True)
    sigma = np.array(covectors)
    if sigma.ndim != 2 or sigma.shape[1] != data.n:
        raise ShapeError(f"covectors have shape {sigma.shape}, expected (m, {data.n}): one row per unit")
    if sigma.size and not np.isin(sigma, (-1, 0, 1)).all():
        raise InputError("a covector holds only -1, 0 and 1")
    frozen = None if problem.signs is None else check_signs(problem.signs, len(sigma))
    loss_object = problem.loss
    sigma[:, list(data.zero_rows)] = 0
    members = group(sigma)
    faces = [make_face(data, sigma[g[0]]) for g in members]
    points: list[np.ndarray] = [np.zeros(0)] * len(sigma)
    for g, face in zip(members, faces, strict=True):
        inside = inside_face(data, face)
        for j in g:
            points[j] = inside
    quadratic = able(loss_object, "quadratic")
    if quadratic:
        component, has_minimum = minimisers(data, faces), True
        sign_sets = [allowed_signs(data, face, component.errors) for face in faces]
    else:
        smooth = smooth_minimisers(data, faces, loss_object)
        component, has_minimum = smooth.component, smooth.attained
        sign_sets = [allowed_signs_float(data, face, smooth) if has_minimum else frozenset() for face in faces]
    placing = place_units(data, component, sign_sets, members, points, loss_object, frozen) if has_minimum else None
    per_unit = {j: passing for g, passing in zip(members, sign_sets, strict=True) for j in g}
    return KinkMinima(
        covectors=readonly(sigma.astype(np.int8)), loss=float(component.loss),
        exact_loss=component.loss if quadratic else None, attained=has_minimum,
        errors=readonly(component.errors, dtype=object if quadratic else float),
        allowed=tuple(per_unit[j] for j in range(len(sigma))), genuine=placing is not None,
        signs=placing.signs if placing else None, point=placing, method="exact" if quadratic else "numerical",
        problem=problem,
    )  # fmt: skip
