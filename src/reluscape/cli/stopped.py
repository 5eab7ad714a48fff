"""How an interrupted command ends: its status, its line, and what it may have to say about what was kept."""

from __future__ import annotations

from ..errors import ReluscapeError

INTERRUPTED, INTERRUPTED_TEXT = 130, "interrupted; nothing was written"


class Stopped(ReluscapeError):
    """The user stopped a command that keeps what it has done; the program ends with the status of an interrupt."""

    status = INTERRUPTED
