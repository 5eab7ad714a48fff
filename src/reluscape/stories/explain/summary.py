"""The short form of what was found: `ModelReport`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...critical import Verdict, certify
from ...critical.trained.answer import WRONG_INPUT
from ...critical.trained.deep import DeepFindings, with_top
from ...critical.trained.jacobian_facts import JacobianFacts, jacobian_facts
from ...critical.trained.last_layer import LastLayer, last_layer
from ...critical.trained.layers import LayerFacts, layer_facts
from ...critical.trained.one_hidden_layer import Findings
from ...critical.trained.saving import snapped_or_escaped
from ...problem.outputs import OutputLoss
from ...problem.trained.layered import Layered
from ...problem.trained.reading import Trained
from .deep_story import deep_facts, deep_next_steps, deep_verdict_lines
from .judgement import Judgement
from .result import ModelReport
from .story import distance_to_minimum, facts, next_steps, verdict_lines

MOST_EXACT_WORK = 500_000


@dataclass(frozen=True, eq=False)
class Layers:
    """A network seen layer by layer: what is told of any network, deep or not.

    Attributes:
        layers: facts of every layer, the output last.
        last: the last layer alone.
        jacobian: rank and Lemma 1's bound, None where too large.
    """

    layers: tuple[LayerFacts, ...]
    last: LastLayer
    jacobian: JacobianFacts | None

    @classmethod
    def of(cls, seen: Layered) -> Layers:
        """Compute them."""
        return cls(layer_facts(seen), last_layer(seen), jacobian_facts(seen))


def summary(found: Findings, trained: Trained, layers: Layers, judged: Judgement) -> ModelReport:
    """Return the short form for one hidden layer and one output."""
    near, loss = found.near, judged.choice.loss
    nearest = near.net if near is not None else None
    if nearest is None and found.descent is not None and found.descent.finished:
        nearest = found.descent.net
    steps = tuple(next_steps(found, trained, judged))
    told = facts(found, trained, judged) if judged.answer != WRONG_INPUT else []
    return ModelReport(
        verdict=found.verdict,
        snapped=near.net if near is not None else None,
        distance=near.distance if near is not None else distance_to_minimum(found),
        explanation=_text(verdict_lines(found, trained, judged), told, steps),
        gradient_norm=found.gradient_norm,
        given=found.given,
        nearest=nearest,
        prove=lambda: _proof(found, trained, judged.loss),
        layers=layers.layers,
        last_layer=layers.last,
        jacobian=layers.jacobian,
        next_steps=steps,
        better=snapped_or_escaped(found, trained, loss),
        answer=judged.answer,
    )


def deep_summary(found: DeepFindings, seen: Layered, judged: Judgement) -> ModelReport:
    """Return the short form for a network of any depth."""
    upper = found.top.found if found.top is not None else None
    near = upper.near if upper is not None else None
    nearest = near.net if near is not None else None
    if nearest is None and upper is not None and upper.descent is not None and upper.descent.finished:
        nearest = upper.descent.net
    leaky = found.leaky
    steps = tuple(deep_next_steps(found, seen, judged))
    told = deep_facts(found, seen, judged) if judged.answer != WRONG_INPUT else []
    return ModelReport(
        verdict=found.verdict,
        snapped=_snapped(found, seen),
        distance=_beside(found),
        explanation=_text(deep_verdict_lines(found, seen, judged), told, steps),
        gradient_norm=found.gradient_norm,
        given=_given(found),
        nearest=leaky.near if leaky is not None else with_top(seen, nearest) if nearest is not None else None,
        prove=leaky.prove if leaky is not None else lambda: None,
        layers=found.layers,
        last_layer=found.last,
        jacobian=found.jacobian,
        next_steps=steps,
        better=_lower(found),
        answer=judged.answer,
        kinks=found.proof.kinks if found.proof is not None and found.proof.method == "certified" else None,
    )


def _snapped(found: DeepFindings, seen: Layered) -> Any:
    """Return the exact point beside the network, or None."""
    if found.proof is not None and found.proof.verdict == "local minimum":
        return found.proof.net
    if found.leaky is not None:
        return found.leaky.near
    near = found.top.found.near if found.top is not None else None
    return with_top(seen, near.net) if near is not None else None


def _beside(found: DeepFindings) -> float | None:
    """Return how far that point is, or None."""
    if found.proof is not None and found.proof.method == "certified":
        return found.proof.distance
    if found.leaky is not None:
        return found.leaky.distance
    return _distance(found.top.found if found.top is not None else None)


def _lower(found: DeepFindings) -> Any:
    """Return a network that is lower, or None."""
    if found.better is not None:
        return found.better[0]
    return found.proof.lower if found.proof is not None else None


def _distance(upper: Findings | None) -> float | None:
    """Return how far the exact point beside the last two layers is, or None."""
    if upper is None:
        return None
    return upper.near.distance if upper.near is not None else distance_to_minimum(upper)


def _given(found: DeepFindings) -> Verdict:
    """Return the verdict on exactly the given weights."""
    if found.leaky is not None:
        return found.leaky.given
    return found.verdict if found.silent is None or found.silent.near is None else found.silent.given


def _text(lines: list[str], told: list[tuple[str, str]], steps: tuple[str, ...]) -> str:
    """Return the whole story as text."""
    body = ["", *(f"{what}: {words}" for what, words in told)] if told else []
    after = [f"{k}. {step}" for k, step in enumerate(steps, start=1)]
    return "\n".join([*lines, *body, "", "what to do next:", *after])


def _proof(found: Findings, trained: Trained, loss: OutputLoss) -> dict[str, Any] | None:
    """Return the certificate of the given weights read as exact doubles, where it says the same as the verdict."""
    net = trained.net
    if not loss.quadratic or trained.data.n * net.width * trained.data.d > MOST_EXACT_WORK:
        return None
    c = net.c if trained.output_bias else None
    verdict = certify(trained.data, None, net.W, net.v, c, exact=True)
    return verdict.certificate if verdict.is_local_minimum == found.verdict.is_local_minimum else None
