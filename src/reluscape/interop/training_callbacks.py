"""Callbacks of Keras and Lightning that call a function after each step of training; both are imported only here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import UnsupportedError


def keras_callback(step: Callable[[], Any]) -> Any:
    """Return a Keras callback that calls `step` after each batch.

    Raises:
        UnsupportedError: Keras is not installed.
    """
    try:
        import keras
    except ImportError:
        raise UnsupportedError("this needs keras, which is not installed; call step() in your own loop") from None

    class AfterEachBatch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            step()

    return AfterEachBatch()


def lightning_callback(step: Callable[[], Any]) -> Any:
    """Return a Lightning callback that calls `step` after each batch.

    Raises:
        UnsupportedError: neither lightning nor pytorch_lightning is installed.
    """
    try:
        from lightning.pytorch import Callback
    except ImportError:
        try:
            from pytorch_lightning import Callback
        except ImportError:
            raise UnsupportedError(
                "this needs lightning, which is not installed; call step() in your own loop"
            ) from None

    class AfterEachBatch(Callback):
        def on_train_batch_end(self, trainer: Any, module: Any, outputs: Any, batch: Any, place: int) -> None:
            step()

    return AfterEachBatch()
