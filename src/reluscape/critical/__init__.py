"""Critical points: the exact test of local optimality, escapes from what is no minimum, snapping to exact points."""

from .optimality import certify
from .verdict import Verdict

__all__ = ["Verdict", "certify"]
