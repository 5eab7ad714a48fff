"""The short form of an examination: `ModelReport`."""

from __future__ import annotations

from ...critical.trained.exact_proof import exact_proof
from .case import Case
from .result import ModelReport
from .words import facts, next_steps, verdict_lines


def model_report(case: Case) -> ModelReport:
    """Return the verdict, the networks behind it and the story in plain lines."""
    it, steps = case.it, next_steps(case)
    return ModelReport(
        verdict=it.verdict,
        snapped=it.snapped,
        distance=it.distance,
        box=it.box,
        explanation=_text(verdict_lines(case), facts(case), steps),
        gradient_norm=it.gradient_norm,
        given=it.given,
        nearest=it.nearest,
        prove=lambda: exact_proof(it),
        layers=it.layers,
        last_layer=it.last,
        jacobian=it.jacobian,
        next_steps=steps,
        better=it.saved,
        answer=it.answer,
        kinks=None if it.certified is None else it.certified.kinks,
        problem=it.layered.problem,
    )


def _text(lines: list[str], named_facts: list[tuple[str, str]], steps: tuple[str, ...]) -> str:
    """Return the whole story as text."""
    body = ["", *(f"{what}: {words}" for what, words in named_facts)] if named_facts else []
    after = [f"{k}. {step}" for k, step in enumerate(steps, start=1)]
    return "\n".join([*lines, *body, "", "what to do next:", *after])
