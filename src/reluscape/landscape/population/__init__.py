"""The loss over standard normal inputs of a layer of ReLU units that imitates a teacher, and where it gets stuck.

F(W) = (1/2) E (sum_i relu(<w_i, x>) - sum_j relu(<v_j, x>))^2, x standard normal: no samples, all output weights 1.
"""

from __future__ import annotations

from ..._lazy import lazy_getattr

_EXPORTS = {
    "Descent": ".descent",
    "LocalMinimum": ".minimum",
    "PUBLISHED": ".published",
    "StuckFraction": ".fraction",
    "descend": ".descent",
    "gradient": ".loss",
    "hessian": ".loss",
    "loss": ".loss",
    "prove": ".minimum",
    "stuck_fraction": ".fraction",
    "stuck_minimum": ".stuck",
}

__all__ = [*sorted(_EXPORTS)]


__getattr__ = lazy_getattr(__name__, _EXPORTS)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
