"""Which kinks of a certificate follow from others: where those vanish, theirs vanish too.

A height of the first layer is the sample times the unit's weights. One above is sum_u m_u h_u + b over the units below
that are on. Where the kinks of unit u vanish, h_u depends only on the sample's terms modulo the terms of those kinks.
So the terms of a sample in the next layer are, for each unit u that is on, its terms modulo those of the kinks of u,
and a one for the bias. A kink whose terms are a combination of those of earlier kinks of its unit follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from .effort import Effort

Terms = dict[Any, Fraction]


def follow(
    X: np.ndarray, has_bias: Sequence[bool], on: Sequence[np.ndarray], kink: Sequence[np.ndarray], effort: Effort
) -> list[list[set[int]]]:
    """Return for each hidden layer and unit the rows whose kink follows from earlier rows and from lower kinks."""
    out: list[list[set[int]]] = []
    terms: list[Terms] = [{a: v for a, v in enumerate(row) if v != 0} for row in X]
    for k, at in enumerate(kink):
        if has_bias[k]:
            terms = [{**own, "one": Fraction(1)} for own in terms]
        out.append([])
        rests = []
        for u in range(at.shape[1]):
            basis: list[tuple[Any, Terms]] = []
            out[k].append(set())
            for i in np.flatnonzero(at[:, u]).tolist():
                rest = _rest(terms[i], basis)
                if rest:
                    lead = next(iter(rest))
                    basis.append((lead, {name: v / rest[lead] for name, v in rest.items()}))
                else:
                    out[k][u].add(i)
            rests.append(basis)
        above = np.any([a.any(axis=1) for a in kink[k + 1 :]], axis=0) if k + 1 < len(kink) else ()
        longest = max(map(len, terms), default=0)
        effort.spend(
            int(np.sum(above)) * longest * (at.shape[1] + sum(map(len, rests))), "which kinks follow from others"
        )
        terms = [_above(own, on[k][i], rests) if k + 1 < len(kink) and above[i] else {} for i, own in enumerate(terms)]
    return out


def _above(own: Terms, active: np.ndarray, rests: Sequence[Sequence[tuple[Any, Terms]]]) -> Terms:
    """Return the terms of a sample in the next layer."""
    return {(u, name): v for u in np.flatnonzero(active).tolist() for name, v in _rest(own, rests[u]).items()}


def _rest(own: Terms, pivots: Sequence[tuple[Any, Terms]]) -> Terms:
    """Return terms modulo the known ones, each of which has a one at its name and nothing at earlier names."""
    rest = dict(own)
    for lead, vector in pivots:
        factor = rest.get(lead)
        if factor:
            for name, v in vector.items():
                rest[name] = rest.get(name, Fraction(0)) - factor * v
            rest = {name: v for name, v in rest.items() if v != 0}
    return rest
