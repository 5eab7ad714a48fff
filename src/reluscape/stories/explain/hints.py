"""What may have gone wrong where a network does not fit the rows it is judged on, in words."""

from __future__ import annotations

from ...critical.trained.examination import Examination
from ...critical.trained.predictions import Renumbered
from ..wording import count, percent

ANY = (
    "likely reasons: inputs that were scaled in training (--standardize), a scaled target (--standardize-target), "
    "other numbers for the classes (--labels), another loss (--loss) or, where the file holds weights alone, an "
    "activation other than ReLU"
)


def hints(it: Examination) -> tuple[str, ...]:
    """Return the likely mistakes, those that were tried and fit first."""
    lines, fit = [], it.outlook.rescaled
    if fit is not None:
        sign = "+" if fit.b >= 0 else "-"
        lines.append(
            f"your outputs look standardised: add --standardize-target ({fit.a:.4g} * output {sign} "
            f"{abs(fit.b):.4g} explains {percent(fit.share)} of the target)"
        )
    if it.fits_scaled:
        lines.append("on standardised inputs the network fits better than a constant: add --standardize")
    if it.outlook.renumbered is not None:
        lines.append(_renumbered(it.outlook.renumbered, it.outlook.rows))
    if it.outlook.is_wrong() and not lines:
        lines.append(ANY)
    return tuple(lines)


def _renumbered(other: Renumbered, rows: int) -> str:
    """Return that the classes fit with other numbers."""
    good = f"{other.right:,} of {count(rows, 'row')} are right"
    if len(other.outputs) == 2:
        return f"the two classes look exchanged: the other way round {good}; --labels gives them other numbers"
    pairs = ", ".join(f"{name} to {output}" for name, output in enumerate(other.outputs))
    return (
        f"the classes look numbered otherwise: {good} if the classes, in order, belong to these outputs, both counted "
        f"from 0: {pairs}; --labels CLASS=OUTPUT,... says so"
    )
