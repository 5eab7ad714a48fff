"""An interruption that has something to say: what was kept and how to go on."""

from __future__ import annotations

from ..errors import ReluscapeError


class Stopped(ReluscapeError):
    """The user stopped a command that keeps what it has done; the program ends with the status of an interrupt."""

    status = 130
