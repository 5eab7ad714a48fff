"""Listing regions against one linear program per test and against Sage; the engines' own rates.

Run with OMP_NUM_THREADS=1. All tools see the same instances in this one process, kernels compiled before the clock
starts. `--full` adds the 15,028,134 regions of {0, 1}^6 with a trailing 1. Sage is run where the package
`passagemath-polyhedra` is installed.
"""

from __future__ import annotations

import argparse
import itertools
import math
import resource
import time
from pathlib import Path

import highspy
import numpy as np

import reluscape as rs
from reluscape.geometry.generic.generic import generic_regions
from reluscape.geometry.regions.realizable import is_realizable
from reluscape.numbers.exact import signs_of_products

CLEAR = Path("/proc/self/clear_refs")


def gaussian(n, d):
    return np.random.default_rng(1000 * n + d).standard_normal((n, d))


def threshold(k):
    return np.array([[*p, 1] for p in itertools.product((0, 1), repeat=k)])


def resonance(k):
    return np.array([p for p in itertools.product((0, 1), repeat=k) if any(p)])


def braid(k):
    return np.array(
        [[int(c == i) - int(c == j) for c in range(k + 1)] for i, j in itertools.combinations(range(k + 1), 2)]
    )


def small_integers(n, d, top):
    return np.random.default_rng(n + d).integers(-top, top + 1, size=(n, d))


def grid(k):
    return np.array([[*p, 1] for p in itertools.product((-1, 0, 1), repeat=k)])


# name: (rows, known number of regions or None)
INSTANCES = {
    "gaussian 20x5": (gaussian(20, 5), 10072),
    "gaussian 15x8": (gaussian(15, 8), 19816),
    "gaussian 50x3": (gaussian(50, 3), 2452),
    "threshold 4": (threshold(4), 1882),
    "braid 6": (braid(6), 5040),
    "resonance 5": (resonance(5), 11292),
    "grid 3": (grid(3), 2702),
    "integers 20x5": (small_integers(20, 5, 2), None),
    "integers 24x4": (small_integers(24, 4, 3), None),
}
SAGE = ("threshold 4", "resonance 5")


def best_of(call, seconds=1.0):
    """Return the shortest time of repeated calls and the last result."""
    best, spent, result = math.inf, 0.0, None
    while spent < seconds:
        start = time.perf_counter()
        result = call()
        took = time.perf_counter() - start
        best, spent = min(best, took), spent + took
    return best, result


def forget_peak():
    """Start the high-water mark of this process's memory anew where the system can."""
    try:
        CLEAR.write_text("5")
    except OSError:
        return False
    return True


def peak():
    """Return the process's peak memory in MB since `forget_peak`."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Programs:
    """One HiGHS model for all tests: greatest margin t of w in a box, rows switched on and off, its basis kept."""

    def __init__(self, X):
        self.X = np.asarray(X, dtype=float)
        d = self.X.shape[1]
        self.h = highspy.Highs()
        self.h.silent()
        inf = highspy.kHighsInf
        for _ in range(d):
            self.h.addVar(-1.0, 1.0)
        self.h.addVar(-inf, 1.0)
        self.h.changeColCost(d, -1.0)
        index = np.arange(d + 1, dtype=np.int32)
        for row in self.X:
            self.h.addRow(-inf, inf, d + 1, index, np.append(row, -1.0))
        self.d, self.inf, self.solved = d, inf, 0

    def side(self, i, positive):
        """Ask for a side of hyperplane i."""
        self.h.changeCoeff(i, self.d, -1.0 if positive else 1.0)
        self.h.changeRowBounds(i, 0.0 if positive else -self.inf, self.inf if positive else 0.0)

    def free(self, i):
        """Ask for no side of hyperplane i."""
        self.h.changeRowBounds(i, -self.inf, self.inf)

    def witness(self):
        """Return a weight on all the sides asked for, or None."""
        self.h.run()
        self.solved += 1
        values = self.h.getSolution().col_value
        return np.array(values[: self.d]) if values[self.d] > 1e-7 else None


def margin(X, pattern):
    """Return the greatest margin of a weight in a box with this pattern: one HiGHS model, passed whole."""
    n, d = X.shape
    signed = np.where(pattern, 1.0, -1.0)[:, None] * X
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = d + 1, n
    lp.col_cost_ = np.append(np.zeros(d), -1.0)
    lp.col_lower_ = np.append(np.full(d, -1.0), -highspy.kHighsInf)
    lp.col_upper_ = np.ones(d + 1)
    lp.row_lower_ = np.zeros(n)
    lp.row_upper_ = np.full(n, highspy.kHighsInf)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.arange(n + 1, dtype=np.int32) * (d + 1)
    lp.a_matrix_.index_ = np.tile(np.arange(d + 1, dtype=np.int32), n)
    lp.a_matrix_.value_ = np.c_[signed, -np.ones(n)].ravel()
    h = highspy.Highs()
    h.silent()
    h.passModel(lp)
    h.run()
    return h.getSolution().col_value[d]


def one_program_per_test(X):
    """All regions by adding hyperplanes one by one: the witness decides one side, a program the other; mirrored."""
    distinct, role = [], []
    for row in np.asarray(X, dtype=float):
        at = next(
            (k for k, other in enumerate(distinct) if np.linalg.matrix_rank(np.array([row, other]), tol=1e-12) < 2),
            None,
        )
        role.append((len(distinct), True) if at is None else (at, bool(row @ distinct[at] > 0)))
        if at is None:
            distinct.append(row)
    programs = Programs(distinct)
    rows, n = programs.X, len(distinct)
    found = []

    def visit(k, signs, w):
        if k == n:
            found.append(list(signs))
            return
        value = rows[k] @ w
        sides = [value > 0] if abs(value) > 1e-9 else []
        for positive in (False, True):
            inside = w
            programs.side(k, positive)
            if positive not in sides:
                inside = programs.witness()
            if inside is not None:
                signs.append(positive)
                visit(k + 1, signs, inside)
                signs.pop()
        programs.free(k)

    programs.side(0, True)
    visit(1, [True], rows[0] / np.abs(rows[0]).max())
    half = np.array(found, dtype=bool).reshape(-1, n)
    own = np.stack([half[:, k] == along for k, along in role], axis=1)
    return np.concatenate([own, ~own]), programs.solved


def sage_regions():
    """Return Sage's number of regions as a function of integer rows, or None where it is not installed."""
    try:
        import sage.all__sagemath_polyhedra  # noqa: F401
        from sage.geometry.hyperplane_arrangement.arrangement import HyperplaneArrangements
        from sage.rings.rational_field import QQ
    except ImportError:
        return None

    def count(X):
        space = HyperplaneArrangements(QQ, names=tuple(f"w{i}" for i in range(X.shape[1])))
        planes = [sum(int(a) * w for a, w in zip(row, space.gens(), strict=True)) for row in X]
        return len(space(*planes).regions())

    return count


def listing(full):
    sage = sage_regions()
    if sage is None:
        print("Sage: not installed (passagemath-polyhedra), its column is left out")
    head = f"{'instance':<16}{'regions':>9}{'seconds':>10}{'per s':>11}{'MB':>7}"
    print(head + f"{'programs':>10}{'s':>9}{'MB':>7}{'ratio':>8}")
    ratios, wrong = [], []
    for name, (X, known) in INSTANCES.items():
        rs.enumerate_regions(X)
        forget_peak()
        base = peak()
        own, regions = best_of(lambda X=X: rs.enumerate_regions(X))
        memory = peak() - base
        check(X, regions, known)
        forget_peak()
        base = peak()
        start = time.perf_counter()
        patterns, solved = one_program_per_test(X)
        other = time.perf_counter() - start
        theirs = {row.tobytes() for row in np.packbits(patterns, axis=1)}
        ours = {row.tobytes() for row in regions.packed}
        if theirs != ours:
            wrong.append(f"{name}: {len(theirs)} instead of {len(ours)}")
        ratios.append(other / own)
        rate = len(regions) / own
        line = f"{name:<16}{len(regions):>9}{own:>10.5f}{rate:>11,.0f}{memory:>7.1f}"
        print(line + f"{solved:>10}{other:>9.3f}{peak() - base:>7.1f}{other / own:>8.0f}", flush=True)
        if sage is not None and name in SAGE:
            forget_peak()
            base = peak()
            start = time.perf_counter()
            number = sage(X)
            took = time.perf_counter() - start
            print(
                f"  Sage: {number} regions, {took:.2f} s, {peak() - base:.0f} MB, ratio {took / own:,.0f}", flush=True
            )
    print(f"geometric mean {math.exp(np.mean(np.log(ratios))):.0f}, least {min(ratios):.0f}")
    print("wrong answers of the programs: " + ("; ".join(wrong) if wrong else "none"))
    if full:
        forget_peak()
        start = time.perf_counter()
        regions = rs.enumerate_regions(threshold(6), witnesses=False)
        took = time.perf_counter() - start
        print(f"threshold 6: {len(regions):,} regions in {took:.1f} s, peak {peak():.0f} MB in all")


def check(X, regions, known):
    """Stop where the list is wrong: its number, or a witness on the wrong side (signs decided exactly)."""
    data = rs.Dataset(X)
    signs = signs_of_products(data.rows, regions.witnesses)
    right = (signs != 0).all() and ((signs > 0) == regions.patterns).all()
    if not right or len(regions) != rs.count_regions(data) or known not in (None, len(regions)):
        raise SystemExit("a wrong list of regions")


def counting():
    print("\ncounts without a list")
    for name, X in (("threshold 5", threshold(5)), ("threshold 6", threshold(6)), ("resonance 6", resonance(6))):
        took, number = best_of(lambda X=X: rs.count_regions(X), 0.5)
        print(f"  {name}: {number:,} in {took:.4f} s")


def general_position():
    print("\nengine for general position, half of the regions written, bits only")
    # compiles the kernel before the clock starts
    list(generic_regions(gaussian(40, 5)).blocks())
    for n, d in ((40, 5), (100, 5), (100, 4), (30, 7), (22, 9)):
        regions = generic_regions(gaussian(n, d))
        took, _ = best_of(lambda regions=regions: sum(len(block) for block in regions.blocks()))
        print(f"  {n}x{d}: {len(regions):,} regions, {took:.4f} s, {len(regions) / took / 1e6:.1f} million a second")


def sampling():
    print("\nuniform samples")
    size = 10_000
    for n, d in ((100, 5), (1000, 10), (1000, 50)):
        data = rs.Dataset(gaussian(n, d))
        rs.sample_regions(data, 10, rng=0)
        took, _ = best_of(lambda data=data: rs.sample_regions(data, size, rng=0))
        print(f"  n={n}, d={d}: {size / took:,.0f} a second")


def one_pattern():
    print("\none pattern: is_realizable against a fresh HiGHS model, realizable and not")
    for n, d in ((50, 5), (200, 10), (1000, 20)):
        X = gaussian(n, d)
        data = rs.Dataset(X)
        rng = np.random.default_rng(0)
        patterns = [X @ rng.standard_normal(d) > 0 for _ in range(5)]
        patterns += [pattern ^ (np.arange(n) == rng.integers(n)) for pattern in patterns]
        answers = [is_realizable(data, pattern).realizable for pattern in patterns]
        own, _ = best_of(lambda data=data, patterns=patterns: [is_realizable(data, p) for p in patterns])

        def by_programs(X=X, patterns=patterns):
            return [margin(X, pattern) > 1e-7 for pattern in patterns]

        other, found = best_of(by_programs)
        agreed = (
            "the same answers"
            if found == answers
            else f"{sum(a != b for a, b in zip(found, answers, strict=True))} answers differ"
        )
        print(f"  {n}x{d}: {own / 10:.6f} s, HiGHS {other / 10:.6f} s, ratio {other / own:.1f}, {agreed}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="also list 15,028,134 regions")
    listing(parser.parse_args().full)
    counting()
    general_position()
    sampling()
    one_pattern()
