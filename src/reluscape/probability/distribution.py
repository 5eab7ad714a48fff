"""The exact law of the basin value of a random initialisation, for one width."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

import flint
import numpy as np

from ..basins import basin_value
from ..data import as_dataset
from ..errors import InputError, TooLarge
from ..geometry.unit_law import unit_law
from ..widthcurve import PRECISION_BITS
from .curve import _one_sign
from .sampling import check_width
from .sets import states_of

MOST_SETS = 20_000


def basin_value_distribution(
    X: Any,
    y: Any,
    width: int,
    law: Any = "normal",
    signs: Any = None,
    output_bias: bool = False,
) -> Mapping[Fraction, Fraction | float]:
    """Return {value: probability} of the basin that a random initialisation starts in, in ascending order.

    Every set of at most `width` alive states is valued exactly; its probability is that of seeing exactly these states
    in `width` independent units.

    Args:
        X: (n, d) samples or a `Dataset`.
        y: (n,) targets, None where X is a `Dataset` with targets.
        width: number of units m.
        law: law of initialisation, by name.
        signs: None, or one frozen sign that all units share.
        output_bias: True adds a free constant to every basin.

    Returns:
        Exact values; probabilities are `Fraction` where the cells' probabilities are rational, else floats (rounded
        once from proven intervals).

    Raises:
        TooLarge: more than 20,000 sets of states.
        UnsupportedError: the law has no closed form for these cells.

    Example:
        >>> law = basin_value_distribution([[1, 0], [0, 1]], [1, 1], 1)
        >>> {str(value): str(probability) for value, probability in law.items()}
        {'0': '1/8', '1/2': '1/4', '1': '5/8'}
    """
    data = as_dataset(X, y)
    if data.y_fractions is None:
        raise InputError("basin values need targets; give y")
    width = check_width(width)
    states = states_of(unit_law(data, law), _one_sign(signs))
    s = len(states)
    count = sum(comb(s, k) for k in range(min(width, s) + 1))
    if count > MOST_SETS:
        raise TooLarge(
            f"{count:,} sets of at most {width} of {s} states, {MOST_SETS:,} are feasible; simulate the law instead",
            count,
        )
    found: dict[Fraction, Any] = {}
    old = flint.ctx.prec
    try:
        flint.ctx.prec = PRECISION_BITS
        for k in range(min(width, s) + 1):
            for chosen in combinations(range(s), k):
                members = list(chosen)
                basin = basin_value(
                    data, None, states.patterns[members], states.signs[members], exact=True, output_bias=output_bias
                )
                value = Fraction(basin.exact_value or 0)
                p = _exactly(states, chosen, width)
                found[value] = found[value] + p if value in found else p
    finally:
        flint.ctx.prec = old
    return {value: p if states.rational else float(p) for value, p in sorted(found.items()) if p != 0}


def _exactly(states: Any, chosen: tuple[int, ...], width: int) -> Any:
    """Return the probability that the alive states of `width` units are exactly these."""
    zero = Fraction(0) if states.rational else flint.arb(0)
    shares = np.array([states.shares[j] for j in chosen], dtype=object)
    total = zero
    for k in range(len(chosen) + 1):
        for part in combinations(range(len(chosen)), k):
            base = states.dead + sum((shares[j] for j in part), zero)
            total = total + (-1) ** (len(chosen) - k) * (base**width if width else zero + 1)
    return total
