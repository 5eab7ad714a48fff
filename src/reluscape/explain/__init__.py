"""The story of one trained network: the verdict on it, what its units do, and what to do next."""

from .assemble import certify_model, explain
from .result import Explanation, ModelReport

__all__ = ["Explanation", "ModelReport", "certify_model", "explain"]
