"""Liang, Sun and Srikant's rows in the table: their widths belong to other networks than ReLU ones, and say so."""

from __future__ import annotations

from fractions import Fraction

from ...errors import ReluscapeError
from ...problem.data import Dataset
from ..promise import Promise
from .statements import liang_assumption_2

__all__ = ["promises"]

SOURCE = "Liang, Sun and Srikant"
LAW = "every local minimum of the loss with a cubic regulariser, coefficients distinct and below lambda_0"
EVENT = "zero training error at every local minimum, and no decreasing path to infinity"


def promises(data: Dataset, eps: Fraction) -> list[Promise]:
    """Return one row per statement; none is about ReLU networks, so none applies here, and the reason has its width."""
    if data.y is None:
        problem = "needs labels -1 and 1"
    else:
        try:
            liang_assumption_2(data, None, "sharp")
            problem = ""
        except ReluscapeError as failed:
            problem = str(failed)
    inputs = data.d - int(data.bias)
    rows = (
        ("Theorem 1 (ReQU)", "ReQU units", data.n + 1, "rs.requ.design"),
        ("Theorem 2 (ReQU, convolutions)", "a last layer of ReQU units behind convolutions", None, "liang_theorem_2"),
        ("Proposition 2 (quadratic units)", "quadratic units, where quadratically separable", inputs + 2,
         "liang_proposition_2"),
    )  # fmt: skip
    return [_row(statement, units, width, ask, problem) for statement, units, width, ask in rows]


def _row(statement: str, units: str, width: int | None, ask: str, problem: str) -> Promise:
    """Return a row that names what fails, or for which units the width would be."""
    demand = "" if width is None else f"; it asks for {width} units"
    reason = problem or f"about {units}, not ReLU units{demand}; see {ask}"
    return Promise(statement, SOURCE, LAW, False, reason, event=EVENT)
