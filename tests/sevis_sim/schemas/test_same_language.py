"""Our schemas accept exactly the language of the official ones, by lxml's and by xmlschema's verdict."""

import random
from functools import cache

import pytest
from lxml import etree
from mutations import mutate
from support import REFERENCE

from sevis_sim.resources import folder
from sevis_sim.schemas import release
from sevis_sim.schemas.samples import Sampler, load

OURS, OFFICIAL = folder("schemas") / "6.31", REFERENCE / "official-xsd"
DOCUMENTS = {
    "Create-UpdateStudent.xsd": "SEVISBatchCreateUpdateStudent",
    "Create-UpdateExchangeVisitor.xsd": "SEVISBatchCreateUpdateEV",
    "SevisTransLog.xsd": "TransactionLog",
}
PARTS = 5
EACH = 150
"""3 documents x 5 parts x 150 = 2,250 verdicts, half of them on damaged documents."""

pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not on this machine")


@cache
def compiled(path):
    return etree.XMLSchema(etree.parse(path)), load(path)


def verdict(schema, document: bytes) -> bool:
    try:
        return schema.is_valid(document)
    except Exception:
        return False


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", DOCUMENTS)
def test_verdicts_are_the_same_on_generated_and_damaged_documents(name, part):
    our_lxml, our_xmlschema = compiled(OURS / name)
    official_lxml, official_xmlschema = compiled(OFFICIAL / name)
    rng = random.Random(f"{name} {part}")
    sources = [our_xmlschema, official_xmlschema]  # each side makes half: neither may know more than the other
    accepted = refused = 0
    for number in range(EACH):
        optional = rng.choice([0.05, 0.3, 0.6])
        sampler = Sampler(sources[number % 2], rng.randrange(10**9), optional=optional, repeats=1)
        document = sampler.document(DOCUMENTS[name])
        if number % 4 >= 2:
            document = mutate(document, rng)
        document = etree.fromstring(etree.tostring(document))
        shown = etree.tostring(document).decode()[:3000]
        by_lxml = official_lxml.validate(document)
        assert our_lxml.validate(document) == by_lxml, shown
        plain = etree.tostring(document)
        by_xmlschema = verdict(official_xmlschema, plain)
        assert verdict(our_xmlschema, plain) == by_xmlschema, shown
        validate = release().validate_log if name.startswith("Sevis") else release().validate
        assert (validate(document.getroottree()) == []) == by_xmlschema, shown
        accepted, refused = accepted + by_xmlschema, refused + (not by_xmlschema)
    assert accepted > EACH / 3
    assert refused > EACH / 8


def _facets(kind):
    """What a simple type allows, whatever it is called."""
    if kind.is_simple() and getattr(kind, "member_types", None):
        return ("union", tuple(_facets(member) for member in kind.member_types))
    if kind.is_simple():
        return (
            kind.primitive_type.local_name if kind.primitive_type is not None else None,
            kind.white_space,
            kind.min_length,
            kind.max_length,
            tuple(sorted(map(str, kind.enumeration or ()))),
            tuple(sorted(kind.patterns.regexps)) if kind.patterns else (),
            str(kind.max_value),
            str(kind.min_value),
        )
    return None


def _children(group, low=1):
    """Yield the elements of a group with the least number of times they must stand there.

    A group of one element is no more than that element: an optional one makes it optional.
    """
    for member in group:
        if hasattr(member, "model"):
            yield from _children(member, low * member.min_occurs if len(member) == 1 else 1)
        elif member.name is not None:
            yield member, low * member.min_occurs


def _walk(declaration, low=1, path=""):
    """Yield every element with its occurrence, attributes and facets."""
    path = f"{path}/{declaration.local_name}"
    kind = declaration.type
    attributes = {}
    if kind.is_complex():
        attributes = {
            name: (attribute.use, attribute.default, _facets(attribute.type))
            for name, attribute in sorted(kind.attributes.items(), key=str)
            if name
        }
    yield (
        path,
        low,
        declaration.max_occurs,
        declaration.nillable,
        attributes,
        _facets(kind),
        kind.abstract,
    )
    if kind.is_complex() and not kind.has_simple_content():
        for child, least in _children(kind.content):
            yield from _walk(child, least, path)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_element_has_the_same_occurrence_type_and_facets(name):
    # Alternatives of a choice may be written down in any order; that of sequences is proved by the swaps above.
    ours, official = (sorted(_walk(compiled(f / name)[1].elements[DOCUMENTS[name]]), key=str) for f in (OURS, OFFICIAL))
    assert [row[0] for row in ours] == [row[0] for row in official]
    for our_row, official_row in zip(ours, official, strict=True):
        assert our_row == official_row


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_types_that_xsi_type_can_name_are_the_same(name):
    def named(path):
        schema = compiled(path)[1]
        bases = [t for t in schema.maps.types.values() if getattr(t, "name", None) and t.is_complex() and t.abstract]
        return {
            base.local_name: sorted(
                t.local_name
                for t in schema.maps.types.values()
                if getattr(t, "name", None) and t.is_complex() and t is not base and t.is_derived(base)
            )
            for base in bases
        }

    assert named(OURS / name) == named(OFFICIAL / name)
