"""A proof that an exact local minimum with weight decay lies beside given floats, checked like any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import flint
import numpy as np

from ...basins.decay.programs import decay_of
from ...basins.decay.pulls import Cells, exact_multipliers, independent_first
from ...certificates import fraction_text, fraction_texts, new, verify
from ...certificates.decayed_face import DecayedFace, ball
from ...certificates.decayed_minimum import PLATEAU, ZERO, face_of
from ...certificates.decayed_terms import DecayTerms
from ...errors import CertificateError, TooLarge
from ...geometry.arrangement import Arrangement
from ...numbers import exact
from ...numbers.intervals import precise_intervals
from ...numbers.roots import rounded
from ...problem.losses import curvature
from ...problem.problem import Problem
from ...solvers.decayed_face import face_newton

LOSSES = ("squared", "logistic", "bce")
ROUNDS = 8
# how far, in multiples of what is allowed, Newton's method in floats may end
NEARLY = 2.0
VARIABLE_BITS, SLOPE_BITS, VALUE_BITS = 176, 100, 100
# cells up to which every one is looked at to tell a global minimum
MOST_CELLS = 20_000


@dataclass(frozen=True, eq=False)
class Proof:
    """A proved local minimum.

    Attributes:
        W, v, c: its balanced weights as doubles.
        lower, upper: ends of its objective.
        distance: bound on how far it is from the given weights.
        is_global: whether it is a global minimum of every width; None where the cells were too many to look at.
        kinks: pairs of a unit and a sample on its hyperplane.
        certificate: the proof.
    """

    W: np.ndarray
    v: np.ndarray
    c: float
    lower: Fraction
    upper: Fraction
    distance: float
    is_global: bool | None
    kinks: tuple[tuple[int, int], ...]
    certificate: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Beside:
    """The search for a minimum beside given weights.

    Args:
        problem: with weight decay and one output.
        W, v, c: the weights.
        within: how far the minimum may be, relative to 1 + the largest weight.
    """

    problem: Problem
    W: np.ndarray
    v: np.ndarray
    c: float
    within: float

    @cached_property
    def cells(self) -> Cells:
        """All cells."""
        return Cells(self.problem.data, decay_of(self.problem).penalised, MOST_CELLS)

    @cached_property
    def terms(self) -> DecayTerms:
        """The penalty in fractions."""
        decay = decay_of(self.problem)
        return DecayTerms(Fraction(decay.lam), decay.penalised, Fraction(decay.kappa), decay.has_constant)

    def found(self) -> Proof | None:
        """Return the first guess of kinks and zero units that proves a minimum near enough, or None."""
        if self.problem.mean_loss.name not in LOSSES:
            return None
        reach = self.within * (1.0 + max(np.abs(self.W).max(initial=0.0), np.abs(self.v).max(initial=0.0)))
        visits: set[bytes] = set()
        with precise_intervals():
            for kinks, zero in product(self._kinks(), self._zeros(reach)):
                key = kinks.tobytes() + zero.tobytes()
                if key not in visits:
                    visits.add(key)
                    proof = self._from(kinks, zero, reach)
                    if proof is not None:
                        return proof
        return None

    def _kinks(self) -> Iterator[np.ndarray]:
        """Yield guesses (m, n) of the samples on hyperplanes."""
        X = self.problem.data.X
        lengths = np.linalg.norm(self.W, axis=1)[:, None] * np.linalg.norm(X, axis=1)[None, :]
        sine = np.abs(self.W @ X.T) / np.where(lengths > 0, lengths, 1.0)
        for width in sorted({self.problem.tolerances.boundary, *self.problem.tolerances.kink_widths, self.within}):
            yield (sine <= width) & (lengths > 0)

    def _zeros(self, reach: float) -> Iterator[np.ndarray]:
        """Yield guesses (m,) of the units at zero."""
        size = np.maximum(np.linalg.norm(self.W[:, self.terms.penalised], axis=1), np.abs(self.v))
        for width in (reach * self.within, reach):
            yield size <= width

    def _from(self, kinks: np.ndarray, zero: np.ndarray, reach: float) -> Proof | None:
        """Return the proof from one guess, or None."""
        data, terms = self.problem.data, self.terms
        on = self.W @ data.X.T > 0
        on[:, list(data.zero_rows)] = False
        of = np.asarray(Arrangement.of(data).row_class)
        on_kink = np.zeros_like(on)
        for j, i in np.argwhere(kinks):
            if of[i] >= 0:
                on_kink[j] |= of == of[i]
        states: dict[bytes, int] = {}
        group: list[int] = []
        members: list[list[int]] = []
        for j in range(len(self.W)):
            if zero[j]:
                plateau = not terms.penalised.all() and self.W[j, -1] < 0
                group.append(PLATEAU if plateau else ZERO)
                continue
            if self.v[j] == 0 or not (on[j] | on_kink[j]).any():
                return None
            name = (on[j] & ~on_kink[j]).tobytes() + on_kink[j].tobytes() + bytes([int(self.v[j] > 0)])
            group.append(states.setdefault(name, len(members)))
            if group[-1] == len(members):
                members.append([j])
            else:
                members[group[-1]].append(j)
        first = [units[0] for units in members]
        U = np.array([sum(abs(self.v[j]) * self.W[j] for j in units) for units in members]).reshape(-1, data.d)
        signs = [1 if self.v[j] > 0 else -1 for j in first]
        patterns, folds = (on & ~on_kink)[first].reshape(-1, data.n), on_kink[first].reshape(-1, data.n)
        name_of_loss = self.problem.mean_loss.name
        shares_bias = terms.constant and not terms.penalised.all()
        offsets = [
            rounded(Fraction(float(u[-1])), SLOPE_BITS) if shares_bias and p.all() else Fraction(0)
            for u, p in zip(U, patterns, strict=True)
        ]
        try:
            face = face_of(data.fractions, data.y_fractions, name_of_loss, patterns, folds, signs, terms, offsets)
        except CertificateError:
            return None
        start = self._settled(face, U, group, members, signs, reach)
        if start is None:
            return None
        t = face.newton([ball(v) for v in start], ROUNDS)
        if t is None:
            return None
        variables = [rounded(_middle(v), VARIABLE_BITS) for v in t]
        return self._certified(face, variables, patterns, folds, signs, group, members, reach)

    def _settled(
        self, face: DecayedFace, U: np.ndarray, group: list[int], members: list[list[int]], signs: list[int],
        reach: float,
    ) -> list[float] | None:  # fmt: skip
        """Return the variables where Newton's method in floats ends on the face; None where that is out of reach."""
        shared = float(sum((s * b for s, b in zip(face.signs, face.offsets, strict=True)), Fraction(0)))
        bases, lifts = [np.linalg.qr(np.array(B, dtype=float).T)[0].T for B in face.bases], np.zeros(U.shape)
        lifts[:, -1:] = np.array(face.offsets, dtype=float).reshape(-1, 1)
        active = np.asarray(face.active, dtype=bool).reshape(len(U), self.problem.n)
        X, y, decay = self.problem.data.X, np.asarray(self.problem.y, dtype=float), decay_of(self.problem)

        def bend(f: np.ndarray, y: np.ndarray) -> np.ndarray:
            return curvature(self.problem.loss, f, y, self.problem.tolerances)

        c = float(self.c) + shared if face.has_constant else 0.0
        u, c = face_newton(X, y, active, np.array(signs, dtype=float), bases, decay, self.problem.loss, bend, U, c)
        W, v = self._balanced(np.array(u + lifts, dtype=object), group, self._shares(group, members), signs)
        away = np.sqrt(((W - self.W) ** 2).sum() + ((v - self.v) ** 2).sum())
        if not away <= NEARLY * reach * np.sqrt(W.size + v.size + 1):
            return None
        start: list[float] = []
        for B, w in zip(face.bases, u, strict=True):
            start += np.linalg.lstsq(np.array(B, dtype=float).T, w, rcond=None)[0].tolist()
        return [*start, c] if face.has_constant else start

    def _certified(
        self,
        face: DecayedFace,
        variables: list[Fraction],
        patterns: np.ndarray,
        folds: np.ndarray,
        signs: list[int],
        group: list[int],
        members: list[list[int]],
        reach: float,
    ) -> Proof | None:
        """Return the proof of the point on a face, checked by the verifier."""
        data, terms = self.problem.data, self.terms
        point = [ball(v) for v in variables]
        weights = np.array([[_middle(x) for x in u] for u in face.weights(point)], dtype=object).reshape(-1, data.d)
        shared = sum((s * b for s, b in zip(face.signs, face.offsets, strict=True)), Fraction(0))
        c = variables[-1] - shared if face.has_constant else Fraction(0)
        shares = self._shares(group, members)
        W, v = self._balanced(weights, group, shares, signs)
        square = ((W - self.W) ** 2).sum() + ((v - self.v) ** 2).sum() + (float(c) - self.c) ** 2
        distance = float(np.sqrt(square))
        if not distance <= reach * np.sqrt(W.size + v.size + 1):
            return None
        f = face.predictions(point) if face.size else [flint.arb(0)] * data.n
        slopes = np.array([rounded(_middle(x), SLOPE_BITS) for x in face.slopes(f)], dtype=object)
        is_global, entries = self._outside(slopes, patterns, folds, signs)
        if ZERO in group and not is_global:
            return None
        value = face.value(point) if face.size else face.losses(f)
        middle, room = _middle(value) / max(data.n, 1), Fraction(1, 1 << VALUE_BITS)
        room *= 1 + abs(middle)
        lower, upper = rounded(middle - room, VALUE_BITS + 20), rounded(middle + room, VALUE_BITS + 20)
        radius = Fraction(distance) * Fraction(1_000_001, 1_000_000) + Fraction(1, 1 << 50)
        claim = {
            "W": fraction_texts(exact.fraction_array(self.W)),
            "v": fraction_texts(exact.fraction_array(self.v)),
            "c": fraction_text(exact.to_fraction(self.c)) if terms.constant else None,
            "output_bias": terms.constant,
            "distance": fraction_text(rounded(radius, 70)),
            "lower": fraction_text(lower),
            "upper": fraction_text(upper),
            "global_minimum": bool(is_global),
        }
        witness = {
            "patterns": [_bits(row) for row in patterns],
            "kinks": [_bits(row) for row in folds],
            "signs": signs,
            "variables": fraction_texts(variables),
            "offsets": fraction_texts(list(face.offsets)),
            "group": [str(g) for g in group],
            "shares": fraction_texts(shares),
            "slopes": fraction_texts(slopes),
            "order": independent_first(data),
            "cells": entries if is_global else [],
        }
        name, penalty = self.problem.mean_loss.name, self.problem.penalty
        certificate = new("decayed-local-minimum", data.fractions, data.y_fractions, claim, witness, name, penalty)
        if not verify(certificate).ok:
            return None
        kinks = tuple((j, int(i)) for j, g in enumerate(group) if g >= 0 for i in np.flatnonzero(folds[g]))
        return Proof(W, v, float(c), lower, upper, distance, is_global, kinks, certificate)

    def _shares(self, group: list[int], members: list[list[int]]) -> list[Fraction]:
        """Return each unit's share of its unit of the face, as the given weights have it; they sum to 1."""
        norms = np.abs(self.v) * np.linalg.norm(self.W[:, self.terms.penalised], axis=1)
        shares = [Fraction(0)] * len(group)
        for units in members:
            total = sum(norms[j] for j in units)
            left = Fraction(1)
            for j in units[1:]:
                shares[j] = rounded(Fraction(float(norms[j] / total)), 40) if total else Fraction(0)
                left -= shares[j]
            shares[units[0]] = left
        return shares

    def _balanced(
        self, weights: np.ndarray, group: list[int], shares: list[Fraction], signs: list[int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the balanced weights of the minimum, as doubles."""
        W, v = np.zeros(self.W.shape), np.zeros(len(self.v))
        for j, g in enumerate(group):
            if g == PLATEAU:
                W[j, -1] = self.W[j, -1]
            if g < 0:
                continue
            u = np.array(shares[j] * weights[g], dtype=float)
            root = float(np.sqrt(np.linalg.norm(u[self.terms.penalised])))
            if root > 0:
                W[j], v[j] = u / root, signs[g] * root
        return W, v

    def _outside(
        self, slopes: np.ndarray, patterns: np.ndarray, folds: np.ndarray, signs: list[int]
    ) -> tuple[bool | None, list[dict[str, Any]]]:
        """Return whether no cell is pulled by the decay but those next to a unit, and the multipliers that show it."""
        try:
            cells = self.cells.patterns
        except TooLarge:
            return None, []
        data, terms = self.problem.data, self.terms
        floats, lam = np.array(slopes, dtype=float), float(terms.lam)
        sizes = self.cells.sizes(floats)
        live = np.ones(self.problem.n, dtype=bool)
        live[list(data.zero_rows)] = False
        gauge = terms.constant and not terms.penalised.all()
        everywhere = any(gauge and p.all() and not k.any() for p, k in zip(patterns, folds, strict=True))
        shared = {1, -1} if everywhere else set()
        tight, entries = lam * (1 - self.problem.tolerances.stationarity), []
        inside: list[tuple[np.ndarray, int, np.ndarray]] = []
        for r in np.argsort(-sizes, kind="stable"):  # those that may be pulled hardest first
            pattern = cells[r]
            if terms.penalised.all() and sizes[r] < tight:  # bounded without multipliers
                break
            for sign in (1, -1):
                beside = zip(patterns, folds, signs, strict=True)
                if any(s == sign and not ((pattern != p) & ~k & live).any() for p, k, s in beside):
                    continue
                if sign in shared and (sign * floats[~pattern & live] > 0).all():
                    continue
                pull = self.cells.pull(floats, pattern, sign)
                if pull.value >= tight:
                    return False, []
                inside.append((pattern, sign, pull.multipliers))
        rows_of = data.fractions[self.cells.first]
        for pattern, sign, multipliers in inside:
            g = -sign * slopes[pattern].dot(data.fractions[pattern])
            rows = rows_of * np.where(pattern[self.cells.first], 1, -1).astype(object)[:, None]
            z = exact_multipliers(g, rows, multipliers, terms)
            pairs = [[int(self.cells.first[k]), fraction_text(v)] for k, v in enumerate(z) if v]
            if pairs:
                entries.append({"pattern": _bits(pattern), "sign": sign, "multipliers": pairs})
        return True, entries


def _bits(row: np.ndarray) -> str:
    """Return booleans as a text of zeros and ones."""
    return "".join("01"[int(v)] for v in row)


def _middle(value: Any) -> Fraction:
    """Return the middle of a ball as a fraction."""
    mantissa, exponent = flint.arb(value.mid()).man_exp()
    return Fraction(int(mantissa)) * (Fraction(2) ** int(exponent))
