"""One cell of the published heat map: full rank at initialisation on fresh random data, every verdict exact."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Any

import flint
import numpy as np

from ...bounds.arguments import whole
from ...bounds.karhadkar.line import unpinned_cut_sets
from ...errors import InputError, TieError
from ...jacobian.rank import RankOracle
from ...numbers import exact
from ...numbers.estimates import Probability
from ...numbers.seeds import as_generator
from ...numbers.tolerances import MACHINE_PRECISION
from ...problem.networks.initialization import get_law

__all__ = ["full_rank_fraction_random_data", "line_in_a_box"]

DATA_LAWS = ("uniform", "normal")
BOX_LAWS = ("torch", "he_uniform", "glorot_uniform")
# drawn inputs are rounded to multiples of 2^-40, so that a sample is an integer vector over 2^40
GRID_BITS = 40


def full_rank_fraction_random_data(
    n: int,
    d: int,
    width: int,
    data: str = "uniform",
    law: Any = "torch",
    trials: int = 100,
    rng: Any = None,
    exact: bool | None = None,
) -> Probability:
    """Return how often the Jacobian with respect to W has full rank n on random data at initialisation.

    Each trial draws n samples of d inputs, appends a column of ones, draws W from `law` and decides the rank
    exactly; v is frozen and non-zero. For one input, uniform data and a law that is uniform in a box the answer is
    a closed form.

    Args:
        n: samples.
        d: inputs beside the column of ones.
        width: units.
        data: "uniform" on [0, 1] or "normal", both on the grid of multiples of 2^-40.
        law: law of initialisation.
        trials: draws, where the answer is simulated.
        rng: anything that `numpy.random.default_rng` takes.
        exact: None takes the closed form where there is one, True insists on it, False simulates.

    Source: Karhadkar and Montufar, Figure 3; their released code draws uniform data and PyTorch's law.

    Example:
        >>> round(float(full_rank_fraction_random_data(10, 1, 90)), 3)
        0.502
        >>> full_rank_fraction_random_data(5, 8, 1, trials=20, rng=0).trials
        20
    """
    n, d, width, trials = whole("n", n, 0), whole("d", d, 0), whole("the width", width, 0), whole("trials", trials)
    if data not in DATA_LAWS:
        raise InputError(f"data is {data!r}; choose one of {', '.join(DATA_LAWS)}")
    weight_law = get_law(law)
    population = f"initialization, {data} data"
    has_formula = d == 1 and data == "uniform" and weight_law.name in BOX_LAWS
    if exact and not has_formula:
        raise InputError("a closed form is known for d=1, uniform data and a uniform law only; leave exact=None")
    if has_formula and exact is not False:
        return Probability.exact(line_in_a_box(n, width), population, weight_law.name)
    generator = as_generator(rng)
    full = 0
    for _ in range(trials):
        rows = draw_rows(generator, n, d, data)
        W, _v = weight_law.sample(generator, width, d + 1)
        full += RankOracle(rows).is_full(exact_pattern(W, rows))
    return Probability.sampled(full, trials, population, weight_law.name)


def line_in_a_box(n: int, width: int) -> Fraction:
    """Return the probability of full rank for n uniform points of [0, 1] and units uniform in a box, with bias.

    A unit has its kink, uniform, inside [0, 1] with probability 1/4, and is else active on all points or on none
    with equal chance. With K kinks inside, all C(n + K, n) orders of points and kinks are equally likely, and every
    kink faces left or right by a fair coin.

    Example:
        >>> line_in_a_box(1, 1), line_in_a_box(2, 1)
        (Fraction(1, 2), Fraction(11, 24))
    """
    if n == 0:
        return Fraction(1)
    total = flint.fmpq(0)
    for kinks, (short, free_orders) in enumerate(_orders(n, 1 << width.bit_length())[: width + 1]):
        # of the 2^kinks C(n + kinks, n) labelled orders: without constants and deficient though runs are short
        weight = comb(width, kinks) * 3 ** (width - kinks)
        total += flint.fmpq(weight * ((short << width) - free_orders), comb(n + kinks, n) << width)
    return Fraction(int(total.p), int(total.q)) / 4**width


@lru_cache(maxsize=256)
def _orders(n: int, count: int) -> tuple[tuple[int, int], ...]:
    """Return for 0, ..., count - 1 kinks among n points: orders with runs of at most two points, and the unpinned ones.

    The first is [z^n] (1 + z + z^2)^(kinks + 1); the second counts labelled orders with short runs that are deficient
    without constants.
    """
    deficient = [int(c) for c in unpinned_cut_sets(n).coeffs()]
    base, power = flint.fmpz_poly([1, 1, 1]), flint.fmpz_poly([1])
    pairs = []
    for kinks in range(count):
        power = flint.fmpz_poly((power * base).coeffs()[: n + 1])
        free_orders = sum(c * comb(kinks + 1, q + 1) for q, c in enumerate(deficient[: kinks + 1]))
        pairs.append((int(power[n]), free_orders))
    return tuple(pairs)


def draw_rows(rng: np.random.Generator, n: int, d: int, data: str) -> np.ndarray:
    """Draw samples with a column of ones as integers: 2^40 times the sample."""
    inputs = rng.random((n, d)) if data == "uniform" else rng.standard_normal((n, d))
    rows = np.full((n, d + 1), 1 << GRID_BITS, dtype=np.int64)
    rows[:, :d] = np.rint(inputs * float(1 << GRID_BITS)).astype(np.int64)
    return rows


def exact_pattern(W: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the exact activation pattern of weights on integer rows."""
    X = rows.astype(float)
    products = W @ X.T
    # the integers are below 2^53, so that only the products round; one bound for all of them is enough here
    columns = rows.shape[1]
    rounding = columns * (columns + 2) * MACHINE_PRECISION * np.abs(W).max(initial=0) * np.abs(X).max(initial=0)
    if np.abs(products).min(initial=np.inf) > rounding:
        return products > 0
    signs = exact.signs_of_products(rows, W)
    if (signs == 0).any():
        raise TieError("the law drew a weight exactly on a sample's hyperplane; use a law with a density")
    return np.ascontiguousarray(signs > 0)
