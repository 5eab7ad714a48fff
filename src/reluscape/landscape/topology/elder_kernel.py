"""Compiled kernel: the elder rule on a graph whose edges come in order of height."""

from __future__ import annotations

import numpy as np

from ...numbers.kernels import kernel


@kernel(lambda birth, left, right, height, order, *_: 5 * len(birth) + 20 * len(order), seconds=1.0)
def elder_rule(birth, left, right, height, order, deaths, into):
    """Merge nodes along edges in the given order; a component that meets an older one dies at that height.

    Fills deaths (height at which each node's component ended, infinity for survivors) and into (the elder it joined).
    """
    n = len(birth)
    parent = np.arange(n)
    for i in range(n):
        deaths[i] = np.inf
        into[i] = i
    for e in order:
        a, b = left[e], right[e]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a == b:
            continue
        if birth[a] > birth[b] or (birth[a] == birth[b] and a > b):
            a, b = b, a
        deaths[b] = height[e]
        into[b] = a
        parent[b] = a
