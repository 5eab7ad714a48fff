"""Where the weight decay of a trained network stands against the one above which a constant is best."""

from __future__ import annotations

from ..wording import percent, significant
from .case import Case


def decay_stand(case: Case) -> str:
    """Return the clause on where the decay stands, empty where nothing is known."""
    if case.lambda_max is None or case.lambda_max[0] <= 0:
        return ""
    most, whole = case.lambda_max
    value = float(case.it.penalty.strength)
    above = "above which the best network of any width is a constant"
    if value >= most:
        return (
            f"; the decay is {significant(value / most)} times the value ({significant(most)}) {above}" if whole else ""
        )
    share = percent(value / most)
    if whole:
        return f"; the decay is {share} of the value ({significant(most)}) {above}"
    limit = share if share.startswith("less than") else f"at most {share}"
    return f"; the decay is {limit} of the value (at least {significant(most)}) {above}"
