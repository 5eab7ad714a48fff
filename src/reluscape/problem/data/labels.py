"""Classes given as text, as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...errors import InputError
from ...numbers.exact import to_fraction


def text_classes(y: Any) -> list[str] | None:
    """Return the different values of targets given as text, in the order of letters; None for numbers.

    Text that is a number, such as "1/3", is one.

    >>> text_classes(["no", "yes", "no"]), text_classes(["1/3", "0.5"]), text_classes([1.0, 2.0])
    (['no', 'yes'], None, None)
    """
    if y is None or (isinstance(y, np.ndarray) and y.dtype.kind not in "OUST"):
        return None
    values = y.tolist() if hasattr(y, "tolist") else list(y)
    if not values or not all(isinstance(value, str) for value in values):
        return None
    values_in_order = sorted(set(values))
    return None if all(_is_number(value) for value in values_in_order) else values_in_order


def coded_classes(y: Any) -> tuple[Any, dict[int, str] | None]:
    """Return targets as numbers, with the names of two classes that were text: the first is -1, the second 1.

    Raises:
        InputError: text with one value or more than two.

    >>> coded_classes(["no", "yes", "no"])
    ([-1, 1, -1], {-1: 'no', 1: 'yes'})
    """
    names = text_classes(y)
    if names is None:
        return y, None
    if len(names) != 2:
        listing = ", ".join(map(repr, names[:6]))
        raise InputError(
            f"the targets are text with {len(names)} different values ({listing}); give two classes, or numbers"
        )
    numbers = {names[0]: -1, names[1]: 1}
    return [numbers[value] for value in y], {-1: names[0], 1: names[1]}


def _is_number(text: str) -> bool:
    """Return whether text is a number."""
    try:
        to_fraction(text)
    except InputError:
        return False
    return True
