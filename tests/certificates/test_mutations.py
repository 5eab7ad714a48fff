"""3,000 altered certificates of all kinds: each is refused, or its claim is still true by another route."""

from __future__ import annotations

import random

import pytest

import reluscape as rs
from reluscape.certificates.schema import KINDS
from tests.certificates.mutations import WAYS
from tests.certificates.samples import OF_KINDS, certificates
from tests.oracles.claims import is_true

EACH = 250


def test_the_samples_are_of_every_kind():
    assert [certificate["kind"] for certificate in certificates()] == list(OF_KINDS)
    assert set(OF_KINDS) == set(KINDS)


@pytest.mark.parametrize("sample", range(len(OF_KINDS)), ids=[f"{i}-{kind}" for i, kind in enumerate(OF_KINDS)])
def test_no_altered_certificate_proves_what_is_false(sample):
    rng, accepted = random.Random(sample), 0
    original = certificates()[sample]
    for _ in range(EACH):
        altered, way = certificates()[sample], rng.choice(WAYS)
        way(rng, altered)
        answer = rs.verify(altered)
        assert not answer.message.startswith("the certificate is malformed"), (way.__name__, answer.message)
        assert "\n" not in answer.message
        assert len(answer.message.encode()) < 2000
        if answer and altered != original:
            accepted += 1
            assert is_true(altered), (way.__name__, answer.message)
    assert accepted < EACH // 2
    assert rs.verify(original)
    assert is_true(original)
