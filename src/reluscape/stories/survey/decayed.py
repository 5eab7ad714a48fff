"""What a survey tells under weight decay: where the decay stands, m* and M*, the width law beside training."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import ReluscapeError
from ...landscape.widths.decayed import DecayMap
from ...landscape.widths.result import WidthMap
from ...numbers.tolerances import DEFAULT
from .. import schema
from ..claims import claim, plain, probability_claim
from ..wording import count, percent, significant


def decay_block(decay: DecayMap, width_map: WidthMap) -> schema.DecayBlock:
    """Return the part of the report that weight decay adds."""
    penalty, wide = decay.problem.penalty, decay.wide
    value = float(penalty.strength)
    most, raw_most = decay.most, decay.most_as_given
    return {
        "value": value,
        "biases": penalty.biases,
        "inputs": "as they are" if width_map.settings.raw else "standardised",
        "lambda_max": None if most is None else claim(most.value, most.kind),
        "times": _times(value, most),
        "lambda_max_as_given": None if raw_most is None else claim(raw_most.value, raw_most.kind),
        "times_as_given": _times(value, raw_most),
        "constant": plain(width_map.subject.constant),
        "any_width": None if wide is None else claim(wide.value, wide.kind, float(wide.lower), float(wide.upper)),
        "least_width": None if wide is None else wide.least_width,
        "most_width": None if wide is None else wide.most_width,
        "law": _law(decay, width_map),
        "reasons": dict(decay.reasons),
    }


def _times(value: float, most: Any) -> float | None:
    """Return how many times lambda_max a decay is."""
    return value / most.value if most is not None and most.value > 0 else None


def _law(decay: DecayMap, width_map: WidthMap) -> schema.WidthLaw | None:
    """Return the width law at the widths tried, and the width at which it is enough."""
    law, settings = decay.law, width_map.settings
    if law is None:
        return None
    try:
        width: int | None = law.width_for(settings.probability)
    except ReluscapeError:
        width = None
    return {
        "population": law.population,
        "probability": settings.probability,
        "width": width,
        "limit": plain(law.limit),
        "curve": [{"width": w, "good": probability_claim(law.probability(w))} for w in sorted(width_map.trained)],
    }


def plain_losses(width_map: WidthMap) -> tuple[float, float]:
    """Return the losses without penalty of the best constant and of the best network known."""
    subject, problem = width_map.subject, width_map.subject.problem
    constant = problem.constant_value if subject.output_bias else problem.mean_loss.value(
        np.zeros(problem.targets.shape), problem.targets
    )  # fmt: skip
    if width_map.outputs is None:
        return constant, constant
    return constant, float(problem.mean_loss.value(width_map.outputs.T, problem.targets))


def decay_lines(report: dict[str, Any]) -> list[str]:
    """Return the sentences on a report's weight decay, none where there is none.

    >>> decay_lines({})
    []
    """
    block = report.get("weight_decay")
    return [] if block is None else [line for line in (_stand(block), _widths(report, block)) if line]


def _stand(block: dict[str, Any]) -> str:
    """Where the decay stands against lambda_max."""
    value = significant(block["value"])
    if block["times"] is None:
        why = block["reasons"].get("most")
        if block["lambda_max"] is not None:
            return f"With any weight decay the best network of any width is a constant; yours is {value}."
        return f"Above which weight decay a constant is best is not told ({why}); yours is {value}."
    most, times = significant(block["lambda_max"]["value"]), block["times"]
    inputs = "standardised inputs" if block["inputs"] == "standardised" else "the inputs as they are"
    if times >= 1 - DEFAULT.same_loss:
        text = (
            f"Your weight decay of {value} is {significant(times)} times the value ({most}, {inputs}) above which the "
            "best network of any width is a constant: no training can be worth it"
        )
    else:
        text = (
            f"Your weight decay of {value} is {percent(times)} of the value ({most}, {inputs}) above which the best "
            "network of any width is a constant"
        )
    raw_times = block["times_as_given"]
    if raw_times is not None and abs(raw_times - times) > DEFAULT.same_loss * times:
        text += f"; for the inputs as given it is {significant(raw_times)} times theirs"
    return text + "."


def _widths(report: dict[str, Any], block: dict[str, Any]) -> str:
    """The widths that reach the lowest objective, and that of the law beside that of training."""
    if block["any_width"] is None:
        why = block["reasons"].get("wide")
        return "" if why is None or "most" in block["reasons"] else f"The best network of any width is not told: {why}."
    if block["times"] is None or block["times"] >= 1:
        return ""
    least, most = block["least_width"], block["most_width"]
    text = (
        f"{count(least, 'unit').capitalize()} reach{'es' if least == 1 else ''} the lowest objective of any width, "
        f"{significant(block['any_width']['value'])} (m* = {least}, M* = {most})"
    )
    law = block["law"]
    if law is not None:
        share = percent(law["probability"])
        enough = report["width_for"]["width"]
        units = "more than was tried" if enough is None else f"{enough:,}"
        law_width = "at no width" if law["width"] is None else f"from {count(law['width'], 'unit')} on"
        text += f"; {share} of all basins hold a global minimum {law_width} (width law), while training needs {units}"
    return text + "."
