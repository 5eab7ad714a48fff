"""Liang, Sun and Srikant: the assumptions, and what the two theorems and two propositions promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import AssumptionError
from ...numbers.checks import readonly
from ...numbers.seeds import as_generator
from ...requ.bad_minimum import BadMinimum
from ...requ.constants import coercivity_constant, positive, sublevel_radius
from ...requ.conv import widths
from ...requ.interpolation import interpolate, interpolate_exactly
from ...requ.labels import labelled_dataset
from ...requ.losses import epsilon, margin_loss
from ...requ.network import ReQUNet
from ...requ.quadratic import QuadraticSeparation, quadratically_separable
from ..arguments import require, which_form, whole

__all__ = [
    "NoBadMinima", "liang_assumption_1", "liang_assumption_2", "liang_claim_2", "liang_definition_1",
    "liang_proposition_1", "liang_proposition_2", "liang_proposition_4", "liang_proposition_5",
    "liang_theorem_1", "liang_theorem_2",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class NoBadMinima:
    """What a design theorem promises: coercive, and zero training error at every local minimum.

    Attributes:
        width: units that suffice.
        epsilon: of Assumption 1.
        gamma: margin of the data, a lower bound.
        lambda0: epsilon times gamma: every coefficient lies below it.
        kind: "certified", or "sampled" where gamma is a minimum over sampled filters.
        excluded: what the coefficients have to avoid besides.
        coercivity: c with L >= c |theta|^3 for the coefficients given, or None.
        radius: every theta with no more loss than the zero network has |theta| <= radius, or None.
    """

    width: int
    epsilon: float
    gamma: float
    lambda0: float
    kind: str
    excluded: str
    coercivity: float | None = None
    radius: float | None = None


def liang_assumption_1(loss: Any = "logistic", base: float = 2) -> float:
    """Return epsilon = inf over z >= 0 of l'(z), the largest constant of Assumption 1, for a named or a user's loss.

    Args:
        loss: "logistic", "exponential", "smooth_hinge", or an object with `value(z)` and `derivative(z)`.
        base: base of the logarithm of the logistic loss; print writes log2, for which epsilon = 1/(2 ln 2).

    Raises:
        AssumptionError: the loss is negative, decreasing, not differentiable or has no epsilon; the place is named.

    Source: Liang, Sun and Srikant, Assumption 1 (3 in the appendix).

    Example:
        >>> round(liang_assumption_1(), 5), liang_assumption_1("exponential")
        (0.72135, 1.0)
    """
    return epsilon(loss, base)


def liang_assumption_2(X: Any, y: Any, form: str | None = None) -> tuple[tuple[int, ...], ...]:
    """Return the groups of equal samples after checking Assumption 2.

    "printed" (default): no two samples are equal. "sharp": no two equal samples have different labels; equal samples of
    one label do no harm, since only the margin has to be positive.

    Args:
        X: (n, d) samples, or a `Dataset`.
        y: (n,) labels -1 or 1.
        form: "printed" or "sharp".

    Raises:
        AssumptionError: it fails; the samples are named.

    Source: Liang, Sun and Srikant, Assumption 2 (4 in the appendix).

    Example:
        >>> liang_assumption_2([[0], [0], [1]], [1, 1, -1], "sharp")
        ((0, 1),)
    """
    data = labelled_dataset(X, y)
    if which_form(form, "printed", ("printed", "sharp")) == "printed" and data.duplicates:
        raise AssumptionError(f"hypothesis violated (Assumption 2): samples {data.duplicates[0]} are equal")
    if data.conflicts:
        raise AssumptionError(
            f"hypothesis violated (Assumption 2): samples {data.conflicts[0]} are equal and have different labels; "
            "no network can classify both"
        )
    return data.duplicates


def liang_theorem_1(
    X: Any, y: Any, lambdas: Any = None, loss: Any = "logistic", base: float = 2, form: str | None = None
) -> NoBadMinima:
    """Return width n + 1 and lambda_0 below which every local minimum has zero training error, after its checks.

    lambda_0 = epsilon gamma with a proven lower bound gamma. "corrected" (default, also "sharp"): gamma* = max_p
    min_i y_i p(x_i) / sum_k |alpha_k| |v_k|^2, which no other constant in the proof can beat. "printed": lambda~ = max
    over |rho| = 1 of min_i y_i p(x_i) with n + 1 units, bounded below by rescaling the same network; it is at most
    2/(3 sqrt 3) of gamma*.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.
        lambdas: (m,) coefficients to check, or None.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        form: "printed", "corrected" or "sharp".

    Raises:
        AssumptionError: Assumption 1 or 2; fewer than n + 1 coefficients; one not in (0, lambda_0); two equal ones,
            which lie in the excluded null set (`rs.requ.equal_lambda_minimum` is the counterexample).

    Source: Liang, Sun and Srikant, Theorem 1. Its lambda~ is a non-convex maximum that depends on m and is not
    computed in print; "Lemma 8 in Appendix J" is Claim 2 in Appendix I.

    Example:
        >>> found = liang_theorem_1([[2.0]], [1])
        >>> found.width, round(found.gamma, 6), round(found.lambda0, 4)
        (2, 5.0, 3.6067)
    """
    from ...requ.margin import margin

    data = labelled_dataset(X, y)
    liang_assumption_2(data, None, "sharp")
    eps = epsilon(loss, base)
    variant = which_form(form, "corrected")
    largest = margin(data)
    gamma = float(largest.lower)
    if variant == "printed":
        gamma = _rescaled(largest, data.n + 1)
    return _promise(data.n + 1, eps, gamma, "certified", lambdas, data.n, loss, base)


def _rescaled(largest: Any, units: int) -> float:
    """Return a lower bound of print's lambda~ from a network of few units: margin over its best norm to the third."""
    cost = np.abs(largest.c) * (np.asarray(largest.U) ** 2).sum(axis=1)
    terms = cost[cost > 0]
    if len(terms) > units:
        return 0.0
    # for |alpha| |v|^2 = c the least |rho|^3 of p is (3 sqrt 3 / 2) (sum c^(2/3))^(3/2)
    return float(largest.lower * terms.sum() / (1.5 * np.sqrt(3) * (terms ** (2 / 3)).sum() ** 1.5))


def liang_theorem_2(
    X: Any,
    y: Any,
    s: int,
    layers: int,
    lambdas: Any = None,
    lambda_c: float = 1.0,
    slope: float = 0.1,
    loss: Any = "logistic",
    base: float = 2,
    form: str | None = None,
    samples: int = 50,
    rng: Any = None,
) -> NoBadMinima:
    """Return the width and lambda_0 of a convolutional network all of whose local minima have zero training error.

    Width: "printed" (d + l s) n + 1, "corrected" (default) (d + (s-1)(l-1) + 1) n + 1, "sharp" n + s (l-1) + 1.
    lambda_0 is that of `liang_lemma_6`, certified for l = 1, else over sampled filters.

    Args:
        X: (n, d) samples, or a `Dataset`.
        y: (n,) labels -1 or 1.
        s: filter length.
        layers: number l of layers, l - 1 of them convolutions.
        lambdas: (m,) coefficients to check, or None.
        lambda_c: coefficient of the filters, positive.
        slope: slope of the leaky ReLU.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        form: "printed", "corrected" or "sharp".
        samples: number of filters tried.
        rng: anything `numpy.random.default_rng` takes.

    Raises:
        AssumptionError: as in `liang_theorem_1`, or lambda_c not positive, or the slope.

    Source: Liang, Sun and Srikant, Theorem 2 and Appendix H. Corrected: the scaling argument there ignores the biases
    (`rs.requ.conv.identity_terms`), the shapes of W and b, and lambda_c/2 for lambda_c/4; the conclusion survives.

    Example:
        >>> found = liang_theorem_2([[1.0], [-1.0]], [1, -1], 2, 2, form="sharp", samples=4, rng=0)
        >>> found.width, found.kind
        (5, 'sampled')
    """
    from .conv import liang_lemma_6

    data = labelled_dataset(X, y)
    liang_assumption_2(data, None, "sharp")
    scale = float(positive("lambda_c", lambda_c)[0])
    shapes = widths(data.d, s, layers, data.n)
    m = shapes[which_form(form, "corrected")]
    lemma = liang_lemma_6(data, None, s, layers, slope, loss, base, samples, rng)
    filters = layers - 1
    return _promise(
        m, lemma.epsilon, lemma.gamma, lemma.kind, lambdas, data.n, loss, base, lambda_c=scale, filters=filters
    )


def _promise(
    m: int,
    eps: float,
    gamma: float,
    kind: str,
    lambdas: Any,
    n: int,
    loss: Any,
    base: float,
    lambda_c: float | None = None,
    filters: int = 0,
) -> NoBadMinima:
    """Return the promise, after checking coefficients where some are given."""
    exceptions = "a null set of coefficients; equal ones belong to it"
    if lambdas is None:
        return NoBadMinima(m, eps, gamma, eps * gamma, kind, exceptions)
    lam = check_coefficients(lambdas, m, eps * gamma)
    at_zero = n * float(np.asarray(margin_loss(loss, base).value(np.zeros(1)))[0])
    # the loss of zeros, with filters of length one
    radius = sublevel_radius(at_zero, lam, lambda_c=lambda_c, filters=filters)
    return NoBadMinima(m, eps, gamma, eps * gamma, kind, exceptions, coercivity_constant(lam), radius)


def check_coefficients(lambdas: Any, m: int, lambda0: float) -> np.ndarray:
    """Return coefficients that a design theorem accepts.

    Raises:
        AssumptionError: too few, not in (0, lambda_0), or two equal ones.
    """
    lam = positive("lambda", lambdas)
    require(len(lam) >= m, f"m >= {m}, got {len(lam)} coefficients")
    high = np.flatnonzero(lam >= lambda0)
    require(
        not len(high),
        f"lambda_j < lambda_0 = {lambda0:.6g}, lambda_{high[0] if len(high) else 0} = "
        f"{lam[high[0]] if len(high) else 0:.6g} is not",
    )
    order = np.argsort(lam)
    ties = np.flatnonzero(np.diff(lam[order]) == 0)
    if len(ties):
        i, j = sorted((int(order[ties[0]]), int(order[ties[0] + 1])))
        raise AssumptionError(
            f"hypothesis violated: the coefficients are distinct, lambda_{i} = lambda_{j}; equal ones lie in the null "
            "set that the theorem excludes and can have bad local minima (rs.requ.equal_lambda_minimum)"
        )
    return lam


def liang_proposition_1(n: int, m: int, lambdas: Any = 0.25, form: str | None = None) -> BadMinimum:
    """Return data and a local minimum of m < n units with training error 1 - m/n.

    "corrected" (default): a regular simplex of squared radius n, which exists for every n. "printed": points of norm 2
    with all products below -1, which exist for n <= 4 only.

    Args:
        n: number of samples.
        m: number of units, below n.
        lambdas: (m,) coefficients in (0, 1/2), or one for all.
        form: "printed" or "corrected".

    Raises:
        AssumptionError: m not below n; a coefficient outside (0, 1/2); "printed" for n > 4.

    Source: Liang, Sun and Srikant, Proposition 1 (4 in the appendix). In (18) to (21) print forgets |z|^2 = 5: with
    u = r z the output is a r^2 |z|^4 and the regulariser r^3 |z|^3.

    Example:
        >>> liang_proposition_1(6, 2).training_error >= 1 - 2 / 6
        True
    """
    from ...requ.bad_minimum import bad_minimum

    lam = positive("lambda", lambdas, whole("m", m))
    require(bool((lam < 0.5).all()), f"every lambda lies in (0, 1/2), got {lam.max():g}")
    if which_form(form, "corrected", ("printed", "corrected")) == "printed":
        require(
            n <= 4, f"points of norm 2 with all products below -1 exist, which needs n <= 4, got n = {n} (0 <= |sum|^2)"
        )
        return bad_minimum(n, m, lam, radius2=4.0)
    return bad_minimum(n, m, lam)


def liang_proposition_4(n: int, m: int, lambdas: Any = 0.25, form: str | None = None) -> BadMinimum:
    """Return what `liang_proposition_1` returns: the appendix states it again under this number.

    Args:
        n: number of samples.
        m: number of units, below n.
        lambdas: (m,) coefficients in (0, 1/2), or one for all.
        form: "printed" or "corrected".

    Raises:
        AssumptionError: as there.

    Source: Liang, Sun and Srikant, Proposition 4 (Appendix B). It allows m = n, where the claim 1 - m/n = 0 is empty.

    Example:
        >>> liang_proposition_4(3, 1).training_error >= 1 - 1 / 3
        True
    """
    return liang_proposition_1(n, m, lambdas, form)


def liang_definition_1(X: Any, y: Any) -> QuadraticSeparation:
    """Decide quadratic separability exactly, with the quadratic function or multipliers that prove it.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.

    Source: Liang, Sun and Srikant, Definition 1; see `rs.requ.quadratically_separable`.

    Example:
        >>> liang_definition_1([[-1], [0], [1]], [1, -1, 1]).separable
        True
    """
    return quadratically_separable(X, y)


def liang_proposition_2(
    X: Any, y: Any, lambdas: Any = None, loss: Any = "logistic", base: float = 2, form: str | None = None
) -> NoBadMinima:
    """Return width and lambda_0 of a quadratic network all of whose local minima have zero training error.

    Width: "printed" and "corrected" (default) 2d + 4, "sharp" d + 2: active units have distinct coefficients that are
    eigenvalues of one matrix, positive ones for a_j > 0 and negative ones for a_j < 0, so at most d + 1 are active.
    lambda_0 = epsilon gamma_quad ("printed": infinite, print has no bound and is then false). Distinct coefficients are
    enough; no null set is excluded.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.
        lambdas: (m,) coefficients to check, or None.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        form: "printed", "corrected" or "sharp".

    Raises:
        AssumptionError: Assumption 1; not quadratically separable; too few coefficients, one not in (0, lambda_0), or
            two equal ones.

    Source: Liang, Sun and Srikant, Proposition 2 (5 in the appendix). For x = 0, y = 1 and lambda > 1/(2 ln 2) the
    zero network is a strict local minimum with an error; print's proof uses lambda_1 < lambda_0.

    Example:
        >>> found = liang_proposition_2([[-1], [0], [1]], [1, -1, 1], form="sharp")
        >>> found.width, round(found.gamma, 4)
        (3, 0.3333)
    """
    data = labelled_dataset(X, y)
    variant = which_form(form, "corrected")
    eps = epsilon(loss, base)
    separation = quadratically_separable(data)
    require(separation.separable, "the data are quadratically separable; liang_definition_1 proves that they are not")
    m = data.d + 2 if variant == "sharp" else 2 * data.d + 4
    limit = np.inf if variant == "printed" else eps * separation.gamma_quad
    exceptions = "equal coefficients"
    if lambdas is None:
        return NoBadMinima(m, eps, separation.gamma_quad, limit, "certified", exceptions)
    lam = check_coefficients(lambdas, m, limit)
    at_zero = data.n * float(np.asarray(margin_loss(loss, base).value(np.zeros(1)))[0])
    return NoBadMinima(
        m,
        eps,
        separation.gamma_quad,
        limit,
        "certified",
        exceptions,
        coercivity_constant(lam),
        sublevel_radius(at_zero, lam),
    )


def liang_proposition_5(
    X: Any, y: Any, lambdas: Any = None, loss: Any = "logistic", base: float = 2, form: str | None = None
) -> NoBadMinima:
    """Return what `liang_proposition_2` returns: the appendix states it again under this number.

    Args:
        X: (n, d) samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.
        lambdas: (m,) coefficients to check, or None.
        loss: as in `rs.requ.design`.
        base: base of the logarithm of the logistic loss.
        form: "printed", "corrected" or "sharp".

    Raises:
        AssumptionError: as there.

    Source: Liang, Sun and Srikant, Proposition 5 (Appendix C), with the same gap as Proposition 2.

    Example:
        >>> liang_proposition_5([[-1], [0], [1]], [1, -1, 1]).width
        6
    """
    return liang_proposition_2(X, y, lambdas, loss, base, form)


def liang_claim_2(X: Any, y: Any, form: str | None = None, rng: Any = None) -> tuple[ReQUNet, np.ndarray]:
    """Return a ReQU network of n units that classifies distinct samples, and its margins y_i p(x_i).

    The samples are projected to a random direction, where a line's construction classifies them.

    Args:
        X: (n, d) distinct samples without a column of ones, or a `Dataset`.
        y: (n,) labels -1 or 1.
        form: "printed" (default), Appendix I's coefficients, or "sharp", which interpolates the labels.
        rng: anything `numpy.random.default_rng` takes.

    Raises:
        AssumptionError: Assumption 2 as printed.

    Source: Liang, Sun and Srikant, Claim 2 (Appendix I). Print says n + 1 units; its own construction has n.

    Example:
        >>> net, margins = liang_claim_2([[0.0], [1.0]], [1, -1], rng=0)
        >>> net.width, bool((margins > 0).all())
        (2, True)
    """
    data = labelled_dataset(X, y)
    liang_assumption_2(data, None, "printed")
    stream = as_generator(rng)
    while True:
        w = stream.standard_normal(data.d)
        z = data.X @ w
        if len(set(z.tolist())) == data.n:
            break
    build = interpolate if which_form(form, "printed", ("printed", "sharp")) == "printed" else interpolate_exactly
    width = float(z.max() - z.min()) or 1.0
    fit = build(z, data.y.astype(int), z.min() - width / max(data.n - 1, 1))
    net = ReQUNet(*fit.weights(w))
    return net, readonly(data.y * net.predict(data.X))
