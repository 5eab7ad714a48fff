"""One self-contained page from a survey's or an explanation's JSON; it opens offline."""

from .page import render

__all__ = ["render"]
