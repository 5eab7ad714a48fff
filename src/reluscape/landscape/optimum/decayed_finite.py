"""The lowest objective with weight decay of one width, where that width reaches the optimum of infinite width."""

from __future__ import annotations

import numpy as np

from ...errors import UnsupportedError
from ...numbers.checks import readonly
from ...problem.networks import TwoLayerNet
from ...problem.problem import Problem
from .decayed_infinite import decayed_infinite_width_minimum
from .result import GlobalMinimum


def decayed_minimum(problem: Problem, width: int) -> GlobalMinimum:
    """Return the global minimum of a width of at least m*, the fewest units that reach the optimum of infinite width.

    No network of any width lies below the dual bound, and an optimal network of m* units, with units at zero beside
    it, lies at the upper end.

    Args:
        problem: what is minimised, with weight decay.
        width: number of hidden units m.

    Raises:
        UnsupportedError: a width below m*.
    """
    wide = decayed_infinite_width_minimum(problem)
    if width < wide.least_width:
        raise UnsupportedError(
            f"a width of {width} cannot reach the lowest objective of any width ({wide.value:.6g}, from "
            f"{wide.least_width} units on); what is lowest below is undecided; local_minima(..., weight_decay=) lists "
            "the isolated minima of small widths"
        )
    idle = width - wide.net.width
    W = np.concatenate([wide.net.W, np.zeros((idle, wide.net.d))])
    net = TwoLayerNet(W, np.append(wide.net.v, np.zeros(idle)), wide.net.c, problem.output_bias)
    return GlobalMinimum(
        value=wide.value,
        exact_value=None,
        net=net,
        lower=wide.lower,
        upper=wide.upper,
        complete=wide.certificate is not None,
        layers=None,
        looked_at=0,
        pattern=readonly((problem.data.X @ W.T > 0).T),
        signs=readonly(np.where(net.v < 0, -1, 1).astype(np.int8)),
        certificate=wide.certificate,
        kind=wide.kind,
        problem=problem,
    )
