"""Scikit-learn models that skops saved: only types known to be harmless are built."""

from __future__ import annotations

from typing import Any

from ..errors import ModelError, UnsupportedError

# what a fitted MLP holds beside the types that skops trusts by itself
HARMLESS = {
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.neural_network._stochastic_optimizers.BaseOptimizer",
}


def load_skops(content: bytes, file: str) -> Any:
    """Return the estimator in a `.skops` file.

    Raises:
        ModelError: the file cannot be read, or asks for types that are not known to be harmless.
        UnsupportedError: skops is not installed.
    """
    try:
        import skops.io
    except ImportError:
        raise UnsupportedError(f"{file} needs skops: pip install skops") from None
    try:
        unknown = sorted(set(skops.io.get_untrusted_types(data=content)) - HARMLESS)
    except Exception as problem:  # a damaged archive raises many kinds
        raise ModelError(f"{file} is not a readable skops file ({_first(problem)})") from None
    if unknown:
        raise ModelError(
            f"{file} asks for {', '.join(map(str, unknown[:3]))}, which is not known to be harmless and is not built; "
            "save the network alone: reluscape.DeepNet.from_sklearn(model).save('model.npz')"
        )
    try:
        return skops.io.loads(content, trusted=sorted(HARMLESS))
    except Exception as problem:
        raise ModelError(f"{file} cannot be built with this scikit-learn ({_first(problem)})") from None


def _first(problem: Exception) -> str:
    """Return the first line of an error."""
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0][:160]
