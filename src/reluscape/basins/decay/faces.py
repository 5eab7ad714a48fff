"""The exact face beside a point found in floats: kinks guessed by widths, bases over the rationals."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import flint
import numpy as np

from ...certificates.decayed_face import DecayedFace
from ...geometry.arrangement import Arrangement
from ...numbers import exact
from ...numbers.intervals import ball
from ...problem.problem import Problem
from .programs import decay_of

LOSSES = ("squared", "logistic", "bce")


def face_of(
    problem: Problem, arrangement: Arrangement, pattern: np.ndarray, signs: np.ndarray, kinks: np.ndarray
) -> DecayedFace:
    """Return the face of live units (m, n) with kinks (m, k) on hyperplanes of the arrangement."""
    decay = decay_of(problem)
    on_kink = np.zeros_like(pattern)
    live = arrangement.row_class >= 0
    on_kink[:, live] = kinks[:, arrangement.row_class[live]]
    bases = []
    for row in kinks:
        normals = arrangement.normals[np.flatnonzero(row)]
        if len(normals):
            bases.append(exact.fraction_matrix(exact.nullspace(normals)).reshape(-1, problem.data.d))
        else:
            bases.append(exact.fraction_matrix(np.eye(problem.data.d, dtype=int).astype(object)))
    return DecayedFace(
        problem.data.fractions, problem.data.y_fractions, problem.mean_loss.name, pattern & ~on_kink, list(signs),
        bases, Fraction(decay.lam), Fraction(decay.kappa), decay.penalised, decay.has_constant,
    )  # fmt: skip


def coordinates(face: DecayedFace, u: np.ndarray, c: float) -> list[flint.arb]:
    """Return the variables of the face nearest to weights u (m, d)."""
    out = []
    for B, w in zip(face.bases, u, strict=True):
        if len(B):
            F = np.array(B, dtype=float)
            out += np.linalg.lstsq(F.T, w, rcond=None)[0].tolist()
    return [ball(v) for v in (*out, *([float(c)] if face.has_constant else []))]


def guessed_kinks(
    normals: np.ndarray, u: np.ndarray, widths: tuple[float, ...], multipliers: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Yield different guesses (m, k) of the hyperplanes that weights lie on, by the sine of the angle."""
    lengths = np.linalg.norm(u, axis=1)[:, None] * np.linalg.norm(normals, axis=1)[None, :]
    sine = np.abs(u @ normals.T) / np.where(lengths > 0, lengths, 1.0)
    visits = set()
    for width in widths:
        guess = sine <= width
        if guess.tobytes() not in visits:
            visits.add(guess.tobytes())
            yield guess
