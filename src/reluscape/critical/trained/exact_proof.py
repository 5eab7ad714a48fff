"""The proof of a verdict on given weights, read as the doubles they are."""

from __future__ import annotations

from typing import Any

from .. import certify
from .examination import Examination

MOST_WORK = 500_000


def exact_proof(it: Examination) -> dict[str, Any] | None:
    """Return the certificate of the given weights where exact arithmetic says the same as the verdict, else None.

    Only a network that the exact test covers as a whole has one, under the squared loss and where that is small enough.
    """
    if it.leaky is not None:
        return it.leaky.prove()
    if it.whole is None or not it.layered.loss.quadratic:
        return None
    model = it.whole.trained
    net = model.net
    if model.data.n * net.width * model.data.d > MOST_WORK:
        return None
    c = net.c if model.output_bias else None
    verdict = certify(model.data, None, net.W, net.v, c, exact=True)
    return verdict.certificate if verdict.is_local_minimum == it.verdict.is_local_minimum else None
