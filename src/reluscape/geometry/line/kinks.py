"""Piecewise linear functions through given points of the line: the fewest kinks, and the pieces that need no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

Slopes = tuple[Fraction | None, Fraction | None]
EVERYTHING: Slopes = (None, None)


@dataclass(frozen=True)
class Pieces:
    """A piece of slope s_j through every point j, and the kinks between neighbours.

    Attributes:
        slopes: one slope per point.
        cuts: one number per gap: 0, 1 (the pieces cross inside the gap) or 2 (they need not).
    """

    slopes: tuple[Fraction, ...]
    cuts: tuple[int, ...]

    @property
    def kinks(self) -> int:
        """Total number of kinks; at a single point, 1 for a value that is not zero."""
        return sum(self.cuts)


@dataclass(frozen=True)
class _State:
    """Slopes that the piece at a point can have, and the state before it with the cut between."""

    slopes: Slopes
    before: _State | None
    cut: int


def fewest_kinks(points: list[Fraction], values: list[Fraction]) -> Pieces:
    """Return pieces through the points with as few kinks as possible, where a gap may hold up to two kinks.

    Two pieces of slopes s and t cross inside the gap with chord slope c exactly where (s - c)(t - c) <= 0; with two
    kinks in the gap any two pieces go. A sweep keeps the set of possible slopes for every number of kinks.
    """
    layers: dict[int, list[_State]] = {0: [_State(EVERYTHING, None, 0)]}
    for chord in chords(points, values):
        after: dict[int, list[_State]] = {}
        for kinks, states in layers.items():
            for state in states:
                for cut in (0, 1, 2):
                    slopes = advance(state.slopes, chord, cut)
                    if slopes is not None:
                        after.setdefault(kinks + cut, []).append(_State(slopes, state, cut))
        # A state with every slope makes all states with as many or more kinks superfluous.
        best = min((k for k, states in after.items() if any(s.slopes == EVERYTHING for s in states)), default=None)
        layers = {k: _thinned(states) for k, states in after.items() if best is None or k <= best}
    least = min(layers)
    return _trace(layers[least][0], chords(points, values))


def chords(points: list[Fraction], values: list[Fraction]) -> list[Fraction]:
    """Return the slopes between neighbouring points."""
    return [(values[j + 1] - values[j]) / (points[j + 1] - points[j]) for j in range(len(points) - 1)]


def advance(slopes: Slopes, chord: Fraction, cut: int) -> Slopes | None:
    """Return the slopes possible after a gap with 0, 1 or more kinks, or None."""
    low, high = slopes
    below, above = low is None or low <= chord, high is None or high >= chord
    if cut == 0:
        return (chord, chord) if below and above else None
    if cut >= 2 or (below and above):
        return EVERYTHING
    return (chord, None) if below else (None, chord)


def cut_counts(points: list[Fraction], values: list[Fraction], kinks: int, most: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to spread kinks over the gaps, `most` to a gap, that allows pieces through all points."""
    slopes = chords(points, values)

    def extend(gap: int, left: int, possible: Slopes) -> Iterator[tuple[int, ...]]:
        if gap == len(slopes):
            if left == 0:
                yield ()
            return
        for cut in range(min(most, left) + 1):
            after = advance(possible, slopes[gap], cut)
            if after is not None and left - cut <= most * (len(slopes) - gap - 1):
                for rest in extend(gap + 1, left - cut, after):
                    yield (cut, *rest)

    return extend(0, kinks, EVERYTHING)


def _thinned(states: list[_State]) -> list[_State]:
    """Keep one state per set of slopes, and only one where it has every slope."""
    whole = next((s for s in states if s.slopes == EVERYTHING), None)
    if whole is not None:
        return [whole]
    return list({s.slopes: s for s in states}.values())


def _trace(last: _State, slopes_between: list[Fraction]) -> Pieces:
    """Return one choice of slopes along the chain of states."""
    slope = _any_slope(last.slopes)
    slopes, cuts = [slope], []
    state = last
    for chord in reversed(slopes_between):
        before = state.before
        if before is None:
            break
        cuts.append(state.cut)
        slope = chord if state.cut == 0 else _nearest(before.slopes, chord)
        slopes.append(slope)
        state = before
    return Pieces(tuple(reversed(slopes)), tuple(reversed(cuts)))


def _any_slope(slopes: Slopes) -> Fraction:
    """Return some slope of a set."""
    low, high = slopes
    return low if low is not None else (high if high is not None else Fraction(0))


def _nearest(slopes: Slopes, chord: Fraction) -> Fraction:
    """Return the slope of a set nearest to a chord; a single kink then allows the most on the other side."""
    low, high = slopes
    if low is not None and low > chord:
        return low
    if high is not None and high < chord:
        return high
    return chord
