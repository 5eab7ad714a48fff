"""The merge tree in fractions alone: every pair of closed basins, every subset of rays, no active sets, no ranks."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import gcd, inf


def eliminated(rows, columns):
    """Return the reduced echelon form of a list of rows and its pivot columns."""
    rows, pivots = [list(map(Fraction, row)) for row in rows], []
    for c in range(columns):
        at = next((r for r in range(len(pivots), len(rows)) if rows[r][c]), None)
        if at is None:
            continue
        top = len(pivots)
        rows[top], rows[at] = rows[at], rows[top]
        rows[top] = [v / rows[top][c] for v in rows[top]]
        for r, row in enumerate(rows):
            if r != top and row[c]:
                rows[r] = [a - row[c] * b for a, b in zip(row, rows[top], strict=True)]
        pivots.append(c)
    return rows, pivots


def null_line(rows, r):
    """Return the line of vectors orthogonal to some rows in r dimensions, or None where there is no single one."""
    reduced, pivots = eliminated(rows, r)
    free = [c for c in range(r) if c not in pivots]
    if len(free) != 1:
        return None
    line = [Fraction(0)] * r
    line[free[0]] = Fraction(1)
    for row, c in zip(reduced, pivots, strict=False):
        line[c] = -row[free[0]]
    return line


def product(a, b):
    return sum((u * v for u, v in zip(a, b, strict=True)), Fraction(0))


def cells_and_features(X):
    """Return the closed cells, each as the set of its rays, and what every ray adds to the samples."""
    rows = [[Fraction(v) for v in row] for row in X]
    _, pivots = eliminated(rows, len(rows[0]))
    rows, r = [[row[c] for c in pivots] for row in rows], len(pivots)
    lines = []
    for row in rows:
        if any(row) and all(len(eliminated([row, line], r)[1]) == 2 for line in lines):
            lines.append(row)
    if not lines:
        return [frozenset()], []
    rays = []
    for subset in itertools.combinations(lines, r - 1):
        line = null_line(subset, r)
        if line is not None:
            rays += [ray for ray in (line, [-v for v in line]) if ray not in rays]
    cells = []
    for side in itertools.product((-1, 1), repeat=len(lines)):
        inside = [
            q
            for q, ray in enumerate(rays)
            if all(s * product(line, ray) >= 0 for s, line in zip(side, lines, strict=True))
        ]
        middle = [sum((rays[q][c] for q in inside), Fraction(0)) for c in range(r)]
        if all(s * product(line, middle) > 0 for s, line in zip(side, lines, strict=True)):
            cells.append(frozenset(inside))
    return cells, [tuple(max(product(row, ray), Fraction(0)) for row in rows) for ray in rays]


def nearest_distance(columns, y):
    """Return the least squared distance of y from the cone of some columns: over all independent subsets."""
    best = product(y, y)
    for k in range(1, min(len(columns), len(y)) + 1):
        for subset in itertools.combinations(columns, k):
            system = [[product(a, b) for b in subset] + [product(a, y)] for a in subset]
            reduced, pivots = eliminated(system, k)
            if len(pivots) < k:
                continue
            weights = [row[k] for row in reduced]
            if min(weights) >= 0:
                best = min(best, product(y, y) - sum((w * row[k] for w, row in zip(weights, system, strict=True)), 0))
    return best


def primitive(column):
    """Return the shortest integer vector on the ray of a column."""
    denominator = 1
    for v in column:
        denominator *= v.denominator // gcd(denominator, v.denominator)
    integers = [int(v * denominator) for v in column]
    divisor = gcd(*integers) or 1
    return tuple(Fraction(v // divisor) for v in integers)


class Basins:
    """All layers of closed basins of a data set, and the lowest loss of any set of signed rays."""

    def __init__(self, X, y, width, bias=False, labelled=False, signs=None):
        self.n, self.labelled, self.signs = len(y), labelled, signs
        cells, features = cells_and_features(X)
        self.y = [Fraction(v) for v in y]
        if bias:
            self.y = self.centred(self.y)
            features = [self.centred(f) for f in features]
        self.columns = [primitive(f) for f in features]
        self.known = {}
        raw = cells_and_features(X)[1]
        self.states = [
            (frozenset((q, s) for q in cell), s, any(any(raw[q]) for q in cell)) for cell in cells for s in (1, -1)
        ]
        pick = itertools.product if labelled else itertools.combinations_with_replacement
        layers = pick(self.states, repeat=width) if labelled else pick(self.states, width)
        self.nodes = [node for node in layers if signs is None or self.frozen([s for _, s, _ in node])]
        self.birth = [self.loss(frozenset().union(*(rays for rays, _, _ in node))) for node in self.nodes]

    def frozen(self, signs):
        """Return whether a layer has the frozen signs: unit by unit where units have names."""
        return signs == list(self.signs) if self.labelled else sorted(signs) == sorted(self.signs)

    def centred(self, row):
        mean = sum(row, Fraction(0)) / len(row)
        return [v - mean for v in row]

    def loss(self, rays):
        columns = frozenset(tuple(s * v for v in self.columns[q]) for q, s in rays if any(self.columns[q]))
        if columns not in self.known:
            self.known[columns] = nearest_distance(sorted(columns), self.y) / self.n
        return self.known[columns]

    def height(self, i, j):
        """Return the lowest loss in the intersection of two closed basins, over all ways to match their units."""
        best = None
        orders = [self.nodes[j]] if self.labelled else set(itertools.permutations(self.nodes[j]))
        for order in orders:
            if self.signs is not None and any(a[1] != b[1] for a, b in zip(self.nodes[i], order, strict=True)):
                continue
            shared = [a[0] & b[0] if a[1] == b[1] else frozenset() for a, b in zip(self.nodes[i], order, strict=True)]
            loss = self.loss(frozenset().union(*shared))
            best = loss if best is None else min(best, loss)
        return best

    def tree(self):
        """Return (lowest loss, sorted (birth, merge) pairs, sorted (value, number of live basins) of the valleys)."""
        edges = []
        for i, j in itertools.combinations(range(len(self.nodes)), 2):
            height = self.height(i, j)
            if height is not None:
                edges.append((height, i, j))
        edges.sort()
        group = [{i} for i in range(len(self.nodes))]
        pairs, valleys, at = [], [], 0
        for level in sorted(set(self.birth) | {height for height, _, _ in edges}):
            while at < len(edges) and edges[at][0] <= level:
                _, i, j = edges[at]
                at += 1
                a, b = group[i], group[j]
                if a is b:
                    continue
                _, high = sorted(min(self.birth[k] for k in side) for side in (a, b))
                if high < level:
                    pairs.append((high, level))
                a |= b
                for k in b:
                    group[k] = a
            for side in {id(side): side for side in group}.values():
                if min(self.birth[k] for k in side) == level:
                    bottom = [k for k in side if self.birth[k] == level]
                    valleys.append((level, sum(all(alive for _, _, alive in self.nodes[k]) for k in bottom)))
        ends = {id(side): min(self.birth[k] for k in side) for side in group}
        lowest = min(self.birth)
        survivors = sorted(ends.values())[1:]
        return lowest, sorted(pairs + [(birth, inf) for birth in survivors]), sorted(valleys)
