"""The table of all promises for a data set: each paper's widths, or the hypothesis that fails."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ..numbers.overflow import refuses_overflow
from ..problem.data import as_dataset
from .arguments import tolerated_share
from .promise import Promise

__all__ = ["Promise", "table"]

# files of this room with a function promises(data, eps) -> list[Promise]
_PAPERS = ("karhadkar.promises", "safran.promises", "liang.promises")


@refuses_overflow
def table(X: Any, y: Any = None, eps: Any = 0.05) -> list[Promise]:
    """Return, for every statement about a width, what it promises on this data set or why it does not apply.

    Args:
        X: samples (n, d) or a Dataset, the column of ones included where the network has a bias.
        y: targets (n,), where a statement needs them.
        eps: tolerated probability, 0 < eps < 1.

    Returns:
        Rows with statement, source, law, applies, reason, width, probability (attributes, or keys).

    Example:
        >>> rows = table([[0, 1], [1, 1], [2, 1]], eps=0.05)
        >>> [(row.statement, row.width) for row in rows if row.applies and row["statement"].startswith("Theorem 7")]
        [('Theorem 7', 25)]
    """
    data, share = as_dataset(X, y), tolerated_share(eps)
    present = [f".{file}" for file in _PAPERS if find_spec(f".{file}", __package__)]
    return [row for file in present for row in import_module(file, __package__).promises(data, share)]
