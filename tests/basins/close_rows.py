"""Instances hard for floats, by seed: rows close together or of very different sizes, repeated, parallel, zero."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np


def instance(seed, largest=6):
    """X (n, d), y, patterns of exact weights near the samples' hyperplanes, output signs, whether an output bias."""
    g, rng = random.Random(seed), np.random.default_rng(seed)
    d, bias, n = g.choice([1, 2, 2, 3]), g.random() < 0.6, g.randint(2, largest)
    spacing, kind = Fraction(1, 10 ** g.randint(1, 8)), g.choice(["close", "scale", "both", "neither"])
    rows = []
    for _ in range(n):
        how = g.choice(["new", "new", "near", "near", "repeat", "parallel", "antipodal", "zero"])
        row = [Fraction(g.randint(-9, 9), g.choice([1, 3, 5])) for _ in range(d)]
        if how == "zero" and g.random() < 0.5:
            row = [Fraction(0)] * d
        elif rows and how == "near" and kind in ("close", "both"):
            row = [v + spacing * g.randint(-3, 3) for v in g.choice(rows)]
        elif rows and how in ("repeat", "parallel", "antipodal"):
            row = [{"repeat": 1, "parallel": Fraction(3, 2), "antipodal": -2}[how] * v for v in g.choice(rows)]
        if kind in ("scale", "both") and g.random() < 0.5:
            factor = Fraction(10) ** g.randint(-6, 6)
            row = [factor * v for v in row]
        rows.append(row)
    X = np.array([[*row, Fraction(1)] if bias else row for row in rows], dtype=object)
    y = [Fraction(g.randint(-3, 3)) for _ in range(n)]
    patterns = [_pattern(g, rng, X, spacing) for _ in range(g.randint(1, 4))]
    return X, y, patterns, [g.choice([-1, 1]) for _ in patterns], g.random() < 0.5


def _pattern(g, rng, X, spacing):
    """Pattern of weights on no hyperplane, often between close ones."""
    while True:
        w = np.array([Fraction(float(v)) for v in rng.standard_normal(X.shape[1])], dtype=object)
        x = X[g.randrange(len(X))]
        if g.random() < 0.6 and len(x) > 1 and any(x):
            w = w - w.dot(x) / x.dot(x) * x
            w = w + spacing * np.array([Fraction(float(v)) for v in rng.standard_normal(len(x))], dtype=object)
        heights = X.dot(w)
        if all(h != 0 or not any(row) for h, row in zip(heights, X, strict=True)):
            return [bool(h > 0) for h in heights]
