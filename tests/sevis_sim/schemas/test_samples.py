"""Synthetic documents are valid, repeatable, and reach every element in the end."""

import pytest
from lxml import etree

from sevis_sim.resources import folder
from sevis_sim.schemas import parse, release
from sevis_sim.schemas.samples import Sampler, load

EV = load(folder("schemas") / "6.31" / "Create-UpdateExchangeVisitor.xsd")
ROOT = "SEVISBatchCreateUpdateEV"


@pytest.mark.parametrize("optional", [0.0, 0.5, 0.8])
def test_documents_are_valid_with_few_and_with_many_optional_elements(optional):
    for seed in range(10):
        document = Sampler(EV, seed, optional=optional, repeats=1).document(ROOT)
        assert release().validate(parse(etree.tostring(document))) == []


def test_the_same_seed_makes_the_same_document_and_another_seed_another():
    first, again, other = (etree.tostring(Sampler(EV, seed).document(ROOT)) for seed in (7, 7, 8))
    assert first == again
    assert first != other


EVENTS = {
    "Biographical", "Dependent", "FinancialInfo", "Program", "Reprint", "Reprint7002", "SiteOfActivity", "Status",
    "TIPP", "Validate",
}  # fmt: skip


def test_every_event_gets_its_turn():
    seen = set()
    for seed in range(200):
        document = Sampler(EV, seed, optional=0.5, repeats=2).document(ROOT)
        seen |= {event[-1].tag for event in document.iterfind("UpdateEV/ExchangeVisitor")}
        if seen >= EVENTS:
            return
    assert seen >= EVENTS
