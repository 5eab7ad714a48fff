"""The words of an explanation: those of a network that the exact test covers, or those of its layers."""

from __future__ import annotations

from ...critical.trained.answer import WRONG_INPUT
from . import deep_story, story
from .case import Case


def verdict_lines(case: Case) -> list[str]:
    """Return the verdict in at most six plain lines, the answer first."""
    whole = case.it.whole
    return deep_story.deep_verdict_lines(case) if whole is None else story.verdict_lines(case, whole.findings)


def facts(case: Case) -> list[tuple[str, str]]:
    """Return the story fact by fact, (what, in words); none where it is not the network that was trained."""
    if case.answer == WRONG_INPUT:
        return []
    whole = case.it.whole
    return deep_story.deep_facts(case) if whole is None else story.facts(case, whole.findings)


def next_steps(case: Case) -> tuple[str, ...]:
    """Return at most three lines on what to do next, best first."""
    whole = case.it.whole
    return tuple(deep_story.deep_next_steps(case) if whole is None else story.next_steps(case, whole.findings))
