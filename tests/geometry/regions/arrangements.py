"""Arrangements of the literature with their published numbers of regions."""

import itertools


def threshold(k):
    """All corners of the k-cube with a trailing 1: regions are threshold functions."""
    return [[*p, 1] for p in itertools.product((0, 1), repeat=k)]


def resonance(k):
    """All non-zero 0/1 vectors."""
    return [list(p) for p in itertools.product((0, 1), repeat=k) if any(p)]


def grid(k):
    """The points {-1, 0, 1}^k with a trailing 1."""
    return [[*p, 1] for p in itertools.product((-1, 0, 1), repeat=k)]


def edges(vertices, pairs):
    """The graphical arrangement: regions are acyclic orientations."""
    return [[int(c == i) - int(c == j) for c in range(vertices)] for i, j in pairs]


def braid(k):
    """The reflection arrangement A_k, k! (k + 1) = (k + 1)! regions."""
    return edges(k + 1, itertools.combinations(range(k + 1), 2))


def coxeter_d(k):
    """The reflection arrangement D_k: x_i = x_j and x_i = -x_j."""
    return [
        [int(c == i) + sign * int(c == j) for c in range(k)]
        for i, j in itertools.combinations(range(k), 2)
        for sign in (-1, 1)
    ]


def coxeter_b(k):
    """The reflection arrangement B_k: D_k and the coordinate hyperplanes."""
    return [[int(c == i) for c in range(k)] for i in range(k)] + coxeter_d(k)


def coxeter_f4():
    """The reflection arrangement F_4."""
    return coxeter_b(4) + [[1, *signs] for signs in itertools.product((-1, 1), repeat=3)]


def deformed(k, offsets):
    """Cones of x_i - x_j = c, i < j, over some offsets c, with the hyperplane at infinity."""
    rows = [
        [*[int(c == i) - int(c == j) for c in range(k)], -offset]
        for i, j in itertools.combinations(range(k), 2)
        for offset in offsets
    ]
    return [*rows, [0] * k + [1]]


PETERSEN = edges(
    10,
    [(i, (i + 1) % 5) for i in range(5)]
    + [(i, i + 5) for i in range(5)]
    + [(5 + i, 5 + (i + 2) % 5) for i in range(5)],
)
CUBE_GRAPH = edges(8, [(i, i | 1 << b) for i in range(8) for b in range(3) if not i >> b & 1])
K33 = edges(6, itertools.product(range(3), range(3, 6)))

# name: (rows, published number of regions of the central arrangement)
PUBLISHED = {
    # threshold functions of k variables: 14, 104, 1882, 94572 (OEIS A000609)
    "threshold 2": (threshold(2), 14),
    "threshold 3": (threshold(3), 104),
    "threshold 4": (threshold(4), 1882),
    # resonance arrangement: 2, 6, 32, 370, 11292 (OEIS A034997)
    "resonance 3": (resonance(3), 32),
    "resonance 4": (resonance(4), 370),
    "resonance 5": (resonance(5), 11292),
    "grid 3": (grid(3), 2702),
    "A4": (braid(4), 120),
    "A6": (braid(6), 5040),
    "B3": (coxeter_b(3), 48),
    "B4": (coxeter_b(4), 384),
    "D4": (coxeter_d(4), 192),
    "D5": (coxeter_d(5), 1920),
    "F4": (coxeter_f4(), 1152),
    "Petersen": (PETERSEN, 16680),
    "cube graph": (CUBE_GRAPH, 1862),
    "K33": (K33, 230),
    # affine arrangements by their cones, twice the affine number: (k + 1)^(k - 1), k! Catalan(k), 1 2 7 36 246
    "Shi 4": (deformed(4, (0, 1)), 250),
    "Catalan 4": (deformed(4, (-1, 0, 1)), 2 * 24 * 14),
    "Linial 5": (deformed(5, (1,)), 492),
}
