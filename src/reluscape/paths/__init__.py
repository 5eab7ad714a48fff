"""Paths in weight space along which the loss falls, or does not rise above its ends."""

from .above_zero import AboveZero, start_above_zero
from .inside import connect
from .monotone import monotone_path
from .result import Path

__all__ = ["AboveZero", "Path", "connect", "monotone_path", "start_above_zero"]
