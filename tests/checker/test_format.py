"""The written format, its JSON Schema, the package and the checker name the same kinds and fields."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from reluscape.certificates.schema import KINDS, TABLE
from tests.certificates.mutations import WAYS
from tests.certificates.samples import OF_KINDS, certificates
from tests.checker.json_schema import allowed
from tests.checker.standalone import CHECKER

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "certificates.schema.json").read_text("utf-8"))
PAGE = (DOCS / "certificates.md").read_text("utf-8")


def names(fields):
    """Names of fields without the mark of those that may be absent."""
    return {name.rstrip("?") for name in fields}


def test_every_kind_has_its_place_on_the_page_and_in_the_schema():
    for kind in KINDS:
        assert f"`{kind}`" in PAGE
        assert {"$ref": f"#/$defs/{kind}"} in SCHEMA["anyOf"]
        unknown = f"`{kind}`" in PAGE.split("## Kinds that the checker does not know")[1]
        assert unknown is (kind not in CHECKER.KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_fields_have_one_name_everywhere(kind):
    form, written = KINDS[kind], SCHEMA["$defs"][kind]["properties"]
    claim, witness = names(form.claim), names(form.witness) or {"members"}
    assert set(written["claim"]["properties"]) == claim
    assert set(written["witness"]["properties"]) == witness
    assert all(f"`{name}`" in PAGE for name in claim | witness)
    if kind in CHECKER.KINDS:
        targets, losses, decays, known_claim, known_witness, _ = CHECKER.KINDS[kind]
        assert (targets, tuple(losses), decays) == (form.targets, form.losses, form.decays)
        assert names(known_claim) == claim
        assert (names(known_witness) or {"members"}) == witness


def test_the_note_on_the_table_has_one_form():
    assert names(CHECKER.TABLE) == set(TABLE) == set(SCHEMA["$defs"]["table"]["properties"])
    assert all(f"`{name}`" in PAGE for name in TABLE)


@pytest.mark.parametrize("number", range(len(OF_KINDS)), ids=[f"{i}-{kind}" for i, kind in enumerate(OF_KINDS)])
def test_true_certificates_have_the_shape_and_whatever_is_valid_too(number):
    rng = random.Random(number)
    assert allowed(certificates()[number], SCHEMA, SCHEMA)
    refused = 0
    for _ in range(30):
        content = certificates()[number]
        rng.choice(WAYS)(rng, content)
        try:
            content = json.loads(json.dumps(content))
        except (TypeError, ValueError):
            continue
        fits = allowed(content, SCHEMA, SCHEMA)
        refused += not fits
        assert fits or CHECKER.check(json.dumps(content))[0] == 2
    assert refused
