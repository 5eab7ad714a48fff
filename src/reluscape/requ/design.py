"""The design: a width and a regulariser with which every local minimum classifies all training data correctly."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import AssumptionError, DataWarning, InputError, ShapeError
from ..numbers.checks import readonly
from ..numbers.entries import entries
from ..numbers.seeds import as_generator
from ..numbers.threads import one_thread
from ..numbers.tolerances import DEFAULT, Tolerances
from .constants import coercivity_constant, positive, sublevel_radius
from .labels import labelled, two_classes
from .losses import MarginLoss, epsilon, margin_loss
from .margin import Margin, margin

__all__ = ["Design", "check_lambdas", "design", "draw_lambdas"]

# lambda_j are drawn from this share of lambda_0 up to lambda_0, in the middle halves of m equal cells
LOWEST = 0.2


@dataclass(frozen=True, eq=False)
class Design:
    """What to train: m ReQU units under (1/3) sum_j lambda_j (|a_j|^3 + 2 |u_j|^3), the loss summed over the samples.

    Attributes:
        epsilon: inf over z >= 0 of l'(z).
        gamma_lower: proven lower bound of gamma*.
        gamma_upper: the upper value; `margin.kind` says whether it is proven.
        lambda0: epsilon * gamma_lower; every coefficient has to stay below it.
        lambdas: (m,) distinct coefficients in (0, lambda0).
        width: m >= n + 1.
        n, d: shape of the data.
        loss: l as a function of z = -y f.
        margin: gamma* with its certificate.
        notes: plain sentences that were also given as warnings.
    """

    epsilon: float
    gamma_lower: float
    gamma_upper: float
    lambda0: float
    lambdas: np.ndarray
    width: int
    n: int
    d: int
    loss: MarginLoss
    margin: Margin
    notes: tuple[str, ...] = ()

    @property
    def coercivity(self) -> float:
        """The sharp c with L(theta) >= c |theta|^3."""
        return coercivity_constant(self.lambdas)

    @property
    def radius(self) -> float:
        """Every theta with a loss at most that of the silent network has at most this length."""
        return sublevel_radius(self.n * float(self.loss.value(np.zeros(1))[0]), self.lambdas)

    def __str__(self) -> str:
        """Say the design in plain words."""
        return "\n".join(self.lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The design in plain words, line by line."""
        proven = "proven" if self.margin.kind != "numerical" else "proven from below, the upper end only searched for"
        return (
            f"use {self.width} ReQU units: one more than the {self.n} samples"
            if self.width == self.n + 1
            else f"use {self.width} ReQU units (at least {self.n + 1} are needed for {self.n} samples)",
            f"the margin gamma* of the data lies between {self.gamma_lower:.6g} and {self.gamma_upper:.6g} ({proven})",
            f"the loss has slope at least epsilon = {self.epsilon:.6g} on every misclassified sample",
            f"so every coefficient has to stay below lambda_0 = epsilon gamma* = {self.lambda0:.6g}",
            f"the {self.width} coefficients are distinct, from {min(self.lambdas):.4g} to {max(self.lambdas):.4g}",
            "then every local minimum classifies all training samples correctly, for all coefficients but a set of "
            "measure zero (Theorem 1)",
            f"and nothing runs to infinity: no weights longer than {self.radius:.4g} beat the silent network",
        )


@one_thread()
def design(
    X: Any,
    y: Any = None,
    loss: Any = "logistic",
    base: float = 2,
    width: int | None = None,
    rng: Any = None,
    lambdas: Any = None,
    prove: bool = True,
    tolerances: Tolerances = DEFAULT,
) -> Design:
    """Return a network size and a regulariser whose landscape has no bad local minimum and no way to infinity.

    lambda_0 = epsilon gamma*, m = n + 1 units, coefficients drawn below lambda_0 so that no two are close.

    Args:
        X: (n, d) samples without a column of ones, or a Dataset of them.
        y: (n,) labels -1 and +1.
        loss: "logistic", "exponential", "smooth_hinge" (p = 3), or an object with value(z) and derivative(z), z = -y f,
            for which Assumption 1 is checked on a grid.
        base: of the logarithm in the logistic loss.
        width: m; None for n + 1.
        rng: for the search and the coefficients.
        lambdas: (m,) coefficients to check instead of drawing some.
        prove: bound gamma* from above too, see `margin`; lambda_0 rests on the lower bound, which is always proven.
        tolerances: the numerical policy.

    Raises:
        AssumptionError: equal points with different labels; width below n + 1; a loss against Assumption 1; a given
            coefficient that is not positive, or not below lambda_0.
        InputError: labels other than -1 and +1, a single class among several samples, NaN.

    Warns:
        DataWarning: given coefficients that are equal, which lie in the excluded set; a tiny lambda_0.

    Source: Liang, Sun and Srikant, Theorem 1, with a lambda_0 that can be computed (print gives none) and is at least
    3 sqrt(3) / 2 times epsilon lambda-tilde of the proof. For one sample it is sharp: theta = 0 is a bad local minimum
    from lambda_0 on. No finite test shows that coefficients avoid the excluded set of measure zero; `certify` does so
    afterwards, where it finds an inactive unit.

    Example:
        >>> plan = design([[0.0], [1.0]], [1, -1], rng=0)
        >>> plan.width, round(plan.gamma_lower, 4), round(plan.lambda0, 4)
        (3, 0.4714, 0.34)
    """
    data, labels = labelled(X, y)
    lambdas = None if lambdas is None else entries(lambdas, "lambdas")
    two_classes(labels)
    slope = epsilon(loss, base)
    if width is None:
        width = data.n + 1 if lambdas is None else lambdas.size
    if isinstance(width, bool) or not isinstance(width, int | np.integer):
        raise InputError(f"width is {width!r}; give a whole number")
    if width < data.n + 1:
        raise AssumptionError(
            f"hypothesis violated (Theorem 1): m >= n + 1 units; {width} for {data.n} samples, give width={data.n + 1}"
        )
    generator = as_generator(rng)
    best_margin = margin(data, labels, generator, prove, tolerances)
    lambda0 = float(np.nextafter(slope * best_margin.lower, 0.0))
    notes = []
    if lambdas is None:
        coefficients = draw_lambdas(lambda0, int(width), generator)
    else:
        coefficients = positive("lambda", lambdas)
        if len(coefficients) != width:
            raise ShapeError(f"{len(coefficients)} coefficients for width {width}; give one per unit")
        notes += check_lambdas(coefficients, lambda0)
    reach = min(float(np.sum(row**2)) + 1 for row in data.X)
    if best_margin.lower < tolerances.tiny_margin * reach:
        notes.append(
            f"lambda_0 = {lambda0:.3g} is tiny: the labels of near samples differ, so the design holds but the "
            "regulariser is next to nothing and training will be slow"
        )
    for note in notes:
        warnings.warn(note, DataWarning, stacklevel=2)
    return Design(
        slope, best_margin.lower, best_margin.upper, lambda0, readonly(coefficients), int(width), data.n, data.d,
        margin_loss(loss, base), best_margin, tuple(notes),
    )  # fmt: skip


def draw_lambdas(lambda0: float, m: int, rng: Any = None) -> np.ndarray:
    """Return m coefficients in (0.2 lambda_0, lambda_0), random and at least 0.4 lambda_0 / m apart, in random order.

    One falls into the middle half of each of m equal cells, so their joint law has a density and the excluded set of
    measure zero is missed with probability one.
    """
    generator = as_generator(rng)
    places = (np.arange(m) + 0.25 + 0.5 * generator.random(m)) / m
    return generator.permutation(lambda0 * (LOWEST + (1 - LOWEST) * places))


def check_lambdas(lambdas: np.ndarray, lambda0: float, tolerances: Tolerances = DEFAULT) -> list[str]:
    """Return what to warn of in given coefficients: ties.

    Raises:
        AssumptionError: one is not below lambda_0.
    """
    high = np.flatnonzero(lambdas >= lambda0)
    if len(high):
        raise AssumptionError(
            f"hypothesis violated (Theorem 1): every lambda is below lambda_0 = {lambda0:.6g}; number {high[0]} is "
            f"{lambdas[high[0]]:.6g}"
        )
    order = np.sort(lambdas)
    close = np.flatnonzero(np.diff(order) <= tolerances.tied_lambdas * lambda0)
    if not len(close):
        return []
    return [
        f"coefficients {order[close[0]]:.6g} and {order[close[0] + 1]:.6g} are tied: equal ones lie in the excluded "
        "set of Theorem 1, and bad local minima come with them; draw distinct ones"
    ]
