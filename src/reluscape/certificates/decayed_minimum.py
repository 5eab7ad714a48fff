"""Checking that an exact local minimum with weight decay lies beside given weights, in intervals."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from ..errors import CertificateError
from ..numbers import exact
from .decayed_face import DecayedFace, ball
from .decayed_terms import DecayTerms, terms_of
from .effort import Effort
from .numerals import told
from .schema import Part
from .splitting import Cones

BITS = 192
ZERO, PLATEAU = -1, -2


def check_minimum(part: Part, X: np.ndarray, y: np.ndarray | None, effort: Effort) -> str:
    """Re-check that one exact local minimum lies in a box beside the given weights.

    On the face of the claimed activations, kinks and signs Krawczyk's test proves one critical point and an interval
    Cholesky factor that it is a minimum there. A unit's samples off its kinks are off them in the whole box; at its
    kinks the multipliers lie strictly inside their bounds; where a unit is at zero, and where the claim is a global
    minimum, no cell is pulled by the decay or more, but for those next to a unit of the same sign.
    """
    assert y is not None
    try:
        with flint.ctx.workprec(BITS):
            return _checked(part, X, y, effort)
    except ZeroDivisionError:
        raise CertificateError("an interval holds zero where it must not") from None


def _checked(part: Part, X: np.ndarray, y: np.ndarray, effort: Effort) -> str:
    claim, witness, terms = part.claim, part.witness, terms_of(part, X)
    n = len(X)
    if part.loss != "squared":
        low = -1 if part.loss == "logistic" else 0
        if any(v not in (low, 1) for v in y):
            raise CertificateError(f"the targets are not {low} and 1, as the {part.loss} loss needs")
    patterns = np.array(witness["patterns"], dtype=bool).reshape(-1, n)
    kinks = np.array(witness["kinks"], dtype=bool).reshape(-1, n)
    signs = witness["signs"]
    if not len(patterns) == len(kinks) == len(signs):
        raise CertificateError("patterns, kinks and signs are not of the same number of units")
    d = X.shape[1]
    effort.spend(len(signs) * n * d + 2 * int(kinks.sum()) * d * d, "the faces")
    offsets = witness["offsets"]
    if len(offsets) != len(signs):
        raise CertificateError("the offsets are not one for each unit of the face")
    for pattern, kink, offset in zip(patterns, kinks, offsets, strict=True):
        if offset and not (pattern.all() and not kink.any() and terms.constant and not terms.penalised.all()):
            raise CertificateError("a unit that is not active on all samples cannot share its bias with the constant")
    face = face_of(X, y, part.loss, patterns, kinks, signs, terms, offsets)
    size = face.size
    effort.spend_integers(10 * (n * size * size + size**3), BITS, "the intervals")
    t = [ball(v) for v in witness["variables"]]
    if len(t) != face.size:
        raise CertificateError("the variables are not as many as the face has")
    box = face.only_minimum(t)
    if box is None:
        raise CertificateError("the box is not proved to hold a minimum of the face")
    weights = face.weights(box)
    f = face.predictions(box) if face.size else [flint.arb(0)] * n
    e = face.slopes(f)
    for j, u in enumerate(weights):
        _check_unit(j, X, e, u, patterns[j], kinks[j], signs[j], terms)
    group = [int(v) for v in witness["group"]]
    count = 0
    if ZERO in group or claim["global_minimum"]:
        count = _check_cells(part, X, e, patterns, kinks, signs, terms, effort)
    _check_value(claim, face, box, n)
    _check_distance(claim, witness, group, weights, signs, box, terms)
    which = "a global minimum of every width" if claim["global_minimum"] else "a local minimum"
    return (
        f"{which} of mean {part.loss} loss plus weight decay lies within {float(claim['distance']):.3g} of the given "
        f"weights of {len(group)} units; its objective lies between {told(claim['lower'])} and {told(claim['upper'])}"
        + (f"; {count:,} cells" if count else "")
    )


def face_of(
    X: np.ndarray,
    y: np.ndarray,
    loss: str,
    patterns: np.ndarray,
    kinks: np.ndarray,
    signs: Sequence[int],
    terms: DecayTerms,
    offsets: Sequence[Fraction] = (),
) -> DecayedFace:
    """Return the face of some activations and kinks.

    A unit that is active on every sample and has a free bias shares it with a free constant; its bias is held then.
    """
    d = X.shape[1]
    bases = []
    for pattern, kink in zip(patterns, kinks, strict=True):
        rows = X[kink]
        if pattern.all() and not kink.any() and terms.constant and not terms.penalised.all():
            rows = np.array([[Fraction(0)] * (d - 1) + [Fraction(1)]], dtype=object)
        basis = exact.nullspace(rows) if len(rows) else np.eye(d, dtype=int).astype(object)
        bases.append(exact.fraction_matrix(basis).reshape(-1, d) if d else np.zeros((0, 0), dtype=object))
        if not len(bases[-1]):
            raise CertificateError("a unit's kinks leave it no weights")
    return DecayedFace(
        X, y, loss, patterns & ~kinks, list(signs), bases, terms.lam, terms.kappa, terms.penalised, terms.constant,
        list(offsets),
    )  # fmt: skip


def _check_unit(
    j: int,
    X: np.ndarray,
    e: list[Any],
    u: list[Any],
    pattern: np.ndarray,
    kink: np.ndarray,
    sign: int,
    terms: DecayTerms,
) -> None:
    """Check the sides of a unit's samples, and the multipliers at its kinks."""
    for i, x in enumerate(X):
        if kink[i] or not any(x):
            continue
        height = sum((ball(a) * b for a, b in zip(x, u, strict=True)), flint.arb(0))
        if not (height > 0 if pattern[i] else height < 0):
            raise CertificateError(f"unit {j} is not proved to be {'active' if pattern[i] else 'off'} on sample {i}")
    lines: dict[tuple[int, ...], list[Any]] = {}
    for i in np.flatnonzero(kink).tolist():
        if not any(X[i]):
            continue
        row = exact.integer_rows(X[i : i + 1])[0][0]
        lead = next(v for v in row if v)
        key = tuple(int(v) * (1 if lead > 0 else -1) for v in row)
        length = abs(next(a / b for a, b in zip(X[i], key, strict=True) if b))
        above, below = lines.setdefault(key, [flint.arb(0), flint.arb(0)])
        push = sign * e[i] * ball(length)
        lines[key] = [above + push, below] if lead > 0 else [above, below + push]
    if not lines:
        return
    N = np.array(list(lines), dtype=object)
    if exact.rank(N) < len(N):
        raise CertificateError(f"the kinks of unit {j} are dependent; such a point is not checked")
    norm = sum((u[a] * u[a] for a in np.flatnonzero(terms.penalised)), flint.arb(0)).sqrt()
    base = []
    for a in range(X.shape[1]):
        total = flint.arb(0)
        for i in np.flatnonzero(pattern & ~kink).tolist():
            total += sign * e[i] * ball(X[i, a])
        base.append(total + (ball(terms.lam) * u[a] / norm if terms.penalised[a] else 0))
    gram = flint.arb_mat([[ball(exact.dot(p, q)) for q in N] for p in N])
    right = flint.arb_mat([[-sum((ball(v) * b for v, b in zip(p, base, strict=True)), flint.arb(0))] for p in N])
    theta = gram.solve(right)
    for k, (above, below) in enumerate(lines.values()):
        if _apart(N, k, X[pattern & ~kink], terms) and above >= 0 and below >= 0:
            continue
        if not (theta[k, 0] < above and -theta[k, 0] < below):
            raise CertificateError(f"a multiplier at a kink of unit {j} is not proved to be inside its bounds")


def _apart(N: np.ndarray, k: int, active: np.ndarray, terms: DecayTerms) -> bool:
    """Return whether a kink's normal is at right angles to all that moves the unit, so that its multiplier is 0.

    The unit's weights at the minimum of the face are then a combination of vectors at right angles to the normal.
    """
    others = [*active, *(N[p] for p in range(len(N)) if p != k)]
    return bool(terms.penalised.all()) and all(exact.dot(N[k], row) == 0 for row in others)


def _check_cells(
    part: Part,
    X: np.ndarray,
    e: list[Any],
    patterns: np.ndarray,
    kinks: np.ndarray,
    signs: Sequence[int],
    terms: DecayTerms,
    effort: Effort,
) -> int:
    """Check that no cell is pulled by the decay or more, but for those next to a unit of the same sign."""
    order = part.witness["order"]
    n, d = X.shape
    cones = Cones(X[order], effort)
    cones.begin(n)
    cells, place = (cones.inside(0, n) if n else []), np.argsort(order)
    effort.spend(2 * len(cells) * (n * d + n * max(len(patterns), 1)), "the pulls of the cells")
    near = np.array(part.witness["slopes"], dtype=object)
    if len(near) != n:
        raise CertificateError("the slopes are not one for each sample")
    away = sum((abs(a - ball(b)) for a, b in zip(e, near, strict=True)), flint.arb(0))
    reach = sum((ball(terms.square(x)).sqrt() for x in X), flint.arb(0)) * 2
    table: dict[tuple[str, int], list[tuple[int, Fraction]]] = {}
    for cell in part.witness["cells"]:
        table[("".join("01"[int(v)] for v in cell["pattern"]), cell["sign"])] = cell["multipliers"]
    live = np.array([any(x) for x in X], dtype=bool)
    # a unit that is active everywhere and shares its bias with the constant: s e_i as multipliers of the samples that
    # another cell has off give that cell the same pull, exactly the decay; so do opposite weights of the other sign
    gauge = terms.constant and not terms.kappa and not terms.penalised.all()
    everywhere = any(gauge and p.all() and not k.any() for p, k in zip(patterns, kinks, strict=True))
    shared = {1, -1} if everywhere else set()
    for cell in cells:
        text = "".join(cones.pattern(cell)[i] for i in place)
        on = np.array([bit == "1" for bit in text], dtype=bool)
        if not on.any():
            continue
        for sign in (1, -1):
            if any(
                s == sign and not ((on != p) & ~k & live).any() for p, k, s in zip(patterns, kinks, signs, strict=True)
            ):
                continue
            if sign in shared and all(sign * e[i] > 0 for i in np.flatnonzero(~on & live)):
                continue
            q = -sign * near[on].dot(X[on])
            for i, number in table.get((text, sign), ()):
                if number < 0:
                    raise CertificateError(f"a multiplier of the cell {text} is negative")
                q = q + (number if on[i] else -number) * X[i]
            whole = bool(on[live].all()) and terms.constant and not terms.kappa  # there the slopes sum to zero
            free = any(v for v, in_penalty in zip(q, terms.penalised, strict=True) if not in_penalty)
            if (free and not whole) or not ball(terms.square(q)).sqrt() + away * reach < ball(terms.lam):
                raise CertificateError(
                    f"the cell {text} with sign {sign} is not proved to be pulled by less than the decay"
                )
    return len(cells)


def _check_value(claim: dict[str, Any], face: DecayedFace, box: list[Any], n: int) -> None:
    """Check the ends of the objective."""
    value = face.value(box) if face.size else face.losses([flint.arb(0)] * n)
    if not (value >= ball(claim["lower"] * max(n, 1)) and value <= ball(claim["upper"] * max(n, 1))):
        raise CertificateError("the objective is not proved to lie between its ends")


def _check_distance(
    claim: dict[str, Any],
    witness: dict[str, Any],
    group: list[int],
    weights: list[list[Any]],
    signs: Sequence[int],
    box: list[Any],
    terms: DecayTerms,
) -> None:
    """Check that the balanced weights of the minimum are near the given ones; units of one state share it."""
    W, v, c, shares = claim["W"], claim["v"], claim["c"], witness["shares"]
    if (c is None) is terms.constant:
        raise CertificateError("the claim has an output bias and no value of it, or the other way round")
    if not len(group) == len(shares) == len(W):
        raise CertificateError("group and shares are not one for each unit")
    square = flint.arb(0)
    total = [Fraction(0)] * len(weights)
    for g, share, w, b in zip(group, shares, W, v, strict=True):
        if g in (ZERO, PLATEAU):
            gone = [w[a] for a in range(len(w)) if terms.penalised[a] or g == ZERO]
            if g == PLATEAU and not (w[-1] < 0 and not terms.penalised[-1]):
                raise CertificateError("a unit that is dead for its bias has no negative free bias")
            square += ball(sum((x * x for x in gone), b * b))
            continue
        if not 0 <= g < len(weights) or share <= 0:
            raise CertificateError("a unit belongs to no unit of the face, or has no share of it")
        total[g] += share
        u = [ball(share) * x for x in weights[g]]
        root = sum((u[a] * u[a] for a in np.flatnonzero(terms.penalised)), flint.arb(0)).sqrt().sqrt()
        away = [root * signs[g] - ball(b), *(x / root - ball(a) for x, a in zip(u, w, strict=True))]
        square += sum((x * x for x in away), flint.arb(0))
    if any(share != 1 for share in total):
        raise CertificateError("the shares of a unit of the face do not sum to 1")
    if terms.constant:
        shared = sum((s * b for s, b in zip(signs, witness["offsets"], strict=True)), Fraction(0))
        away_c = box[-1] - ball(shared) - ball(c)
        square += away_c * away_c
    if not square <= ball(claim["distance"]) ** 2:
        raise CertificateError("the minimum is not proved to be so near the given weights")
