"""The exact law of the basin value of a random initialisation, for one width."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ...geometry.volumes.unit_law import unit_law
from ...problem.problem import as_problem
from ..sampling import check_width
from .axes import axes_of
from .axes import value_law as axes_law
from .curve import one_sign
from .one_width import value_law
from .sets import states_of


def basin_value_distribution(
    X: Any,
    y: Any = None,
    width: int = 1,
    law: Any = "normal",
    signs: Any = None,
    output_bias: bool = False,
) -> Mapping[Fraction, Fraction | float]:
    """Return {value: probability} of the basin that a random initialisation starts in, in ascending order.

    Every set of at most `width` alive states is valued exactly; its probability is that of seeing exactly these states
    in `width` independent units. Samples on orthogonal lines (singletons, orthogonal samples) have a closed form.

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
        TooLarge: more than a million sets of states, or more than 200,000 sums of gains on orthogonal lines.
        UnsupportedError: the law has no closed form for these cells.

    Example:
        >>> law = basin_value_distribution([[1, 0], [0, 1]], [1, 1], 1)
        >>> {str(value): str(probability) for value, probability in law.items()}
        {'0': '1/8', '1/2': '1/4', '1': '5/8'}
    """
    problem = as_problem(X, y, output_bias=output_bias, signs=signs)
    data, output_bias, signs = problem.only(output_bias=True, signs=True), problem.output_bias, problem.signs
    width, sign = check_width(width), one_sign(signs)
    axes = None if output_bias else axes_of(data, law)
    if axes is not None:
        return axes_law(axes, width, sign)
    states = states_of(unit_law(data, law), sign)
    shares = value_law(data, states, width, output_bias)
    return {value: p if states.rational else float(p) for value, p in shares.items() if p != 0}
