"""The losses that a trained network is held against: of the best constant and plane, its basin, better networks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...basins import affine_fit, constant_fit
from ...numbers.tolerances import DEFAULT
from ...problem.networks import DeepNet, TwoLayerNet
from ...problem.penalties import NONE
from .elsewhere import TestRows
from .examination import Examination
from .predictions import rows_right


@dataclass(frozen=True)
class Compared:
    """One prediction, or the infimum over several, beside the network's.

    Attributes:
        value: its loss on the training rows.
        share: the same relative to the best constant's, None where that is 0.
        right: rows on the right side where the target has two classes and the prediction is known, else None.
        rows: number of training rows.
        kind: "exact" or "numerical".
        test: its loss on the test rows, None where there are none or it is no network.
    """

    value: float
    share: float | None
    right: int | None
    rows: int
    kind: str
    test: float | None

    def is_worse_than(self, other: Compared) -> bool:
        """Return whether it fits the test rows worse than another; False where there are none."""
        return self.test is not None and other.test is not None and not self.test <= other.test

    @property
    def accuracy(self) -> float | None:
        """The share of rows on the right side."""
        return None if self.right is None else self.right / self.rows


def comparisons(it: Examination, test: TestRows | None = None) -> dict[str, Compared]:
    """Return what is known by name.

    The names are "model", "constant", "affine", "basin" (the lowest loss in the network's own basin), "last_layer" (the
    best last layer for the same features, without weight decay) and "best_known"; those that were not computed are left
    out.

    Args:
        it: what is known about the network.
        test: rows kept apart from training, or None.
    """
    return {name: _compared(it, test, *entry) for name, entry in _entries(it)}


def networks(it: Examination, test: TestRows | None) -> list[tuple[str, Compared]]:
    """Return the networks that are named: the model, the exact point beside it or the descent's end, the best known."""
    if it.whole is None:
        return [("model", _compared(it, test, it.loss, "numerical", None, it.layered.net))]
    findings, model = it.whole.findings, it.whole.trained
    entries: list[tuple[str, float, TwoLayerNet]] = [("model", it.loss, model.net)]
    if findings.near is not None:
        entries.append(("exact_point", findings.near.verdict.loss, findings.near.net))
    elif findings.descent is not None:
        end = findings.descent.net
        entries.append(("descended", end.loss(model.data, loss=it.layered.loss.each), end))
    if findings.best is not None and findings.best[0] is not model.net:
        entries.append(("best_known", findings.best[1], findings.best[0]))
    return [(name, _compared(it, test, value, "numerical", None, net)) for name, value, net in entries]


def saved_network(it: Examination, test: TestRows | None) -> Compared | None:
    """Return the network worth saving as an entry, None where there is none."""
    record: tuple[TwoLayerNet | DeepNet, float] | None = it.whole.saved if it.whole is not None else it.known
    return None if record is None else _compared(it, test, record[1], "numerical", None, record[0])


Entry = tuple[float, str, np.ndarray | None, TwoLayerNet | DeepNet | None]


def _entries(it: Examination) -> Iterator[tuple[str, Entry]]:
    """Yield names with loss, kind, predictions and network, each where it is known."""
    network, record = it.layered, it.known
    if it.whole is None:
        yield "model", (it.loss, "numerical", network.predictions, network.net)
        yield "constant", (it.constant, "numerical", None, None)
        if it.affine is not None:
            yield "affine", (it.affine, "numerical", None, None)
        if it.penalty is NONE:  # under weight decay it is another network that is best
            yield "last_layer", (it.last.lowest, it.last.kind, it.last.net.hidden(network.X)[-1], it.last.net)
        if record is not None and isinstance(record[0], DeepNet):
            yield "best_known", (record[1], "numerical", record[0].hidden(network.X)[-1], record[0])
        return
    net, data = it.whole.trained.net, it.whole.trained.data
    yield "model", (it.loss, "numerical", net.predict(data)[:, None], net)
    if network.loss.quadratic:
        constant, affine = constant_fit(data), affine_fit(data)
        yield "constant", (it.constant, "exact", np.full((data.n, 1), float(constant.intercept)), None)
        plane = np.asarray(data.X @ np.asarray(affine.coefficients, dtype=float)) + float(affine.intercept)
        yield "affine", (float(affine.value), "exact", plane[:, None], None)
    else:
        yield "constant", (it.constant, "numerical", None, None)
    if it.whole.findings.basin is not None:
        proved = it.whole.findings.basin_ends is not None
        yield "basin", (it.whole.findings.basin, "certified" if proved else "numerical", None, None)
    if record is not None and isinstance(record[0], TwoLayerNet):
        yield "best_known", (record[1], "numerical", record[0].predict(data)[:, None], record[0])


def _compared(
    it: Examination,
    test: TestRows | None,
    value: float,
    kind: str,
    F: np.ndarray | None,
    net: TwoLayerNet | DeepNet | None,
) -> Compared:
    """Return one entry."""
    right = None if F is None else rows_right(F, it.layered.Y, it.layered.loss.classes)
    if kind != "exact" and abs(value) <= DEFAULT.zero_loss * it.constant:
        value = 0.0  # what is left is rounding
    share = value / it.constant if it.constant > 0 else None
    return Compared(value, share, right, len(it.layered.Y), kind, test.loss(net) if test is not None and net else None)
