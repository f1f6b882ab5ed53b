"""Every named type and element of the official schemas, part by part and in order, against ours.

A document can name any of them by xsi:type, so their names and derivations count as well as their content. Groups
and attribute groups have no name in a document: they are looked through.
"""

import functools

import pytest
from support import REFERENCE

from sevis_sim.resources import folder
from sevis_sim.schemas.samples import load

OURS, OFFICIAL = folder("schemas") / "6.31", REFERENCE / "official-xsd"
FILES = ("Create-UpdateStudent.xsd", "Create-UpdateExchangeVisitor.xsd", "SevisTransLog.xsd")
XS = "{http://www.w3.org/2001/XMLSchema}"

pytestmark = pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not on this machine")


@functools.cache
def components(path):
    schema = load(path)
    own = [kind for kind in schema.maps.types.values() if not kind.name.startswith(XS)]
    types = {kind.name: definition(kind) for kind in own}
    elements = {name: element(declared) for name, declared in schema.maps.elements.items() if not name.startswith(XS)}
    return types, elements


def reference(kind):
    """A named type by its name, an anonymous one by what it is."""
    return kind.name or definition(kind)


def definition(kind):
    return simple(kind) if kind.is_simple() else complex_type(kind)


def simple(kind):
    if getattr(kind, "member_types", None):
        return ("union", tuple(reference(member) for member in kind.member_types))
    facets = {}
    base = kind
    while base is not None and not (base.name or "").startswith(XS):
        for name, facet in base.facets.items():
            if name is not None and name != f"{XS}enumeration":
                stated = facet.regexps if hasattr(facet, "regexps") else facet.value
                facets.setdefault(name, []).append(tuple(stated) if isinstance(stated, list) else stated)
        base = base.base_type
    return (
        "simple",
        base.name if base is not None else None,
        kind.white_space,
        tuple(sorted((name, str(dict.fromkeys(values))) for name, values in facets.items())),
        tuple(sorted(map(str, kind.enumeration or ()))),
    )


def complex_type(kind):
    base = kind.base_type
    # The base of an anonymous type cannot be seen in a document.
    derivation = (kind.derivation, base.name) if kind.name and base is not None and base.name else None
    attributes = {
        name: (attribute.use, attribute.default, attribute.fixed, reference(attribute.type))
        for name, attribute in kind.attributes.items()
    }
    content = definition(kind.content) if kind.has_simple_content() else particle(kind.content)
    return ("complex", kind.abstract, kind.mixed, derivation, tuple(sorted(attributes.items(), key=str)), content)


def element(declared):
    kind = declared.type
    return (declared.name, declared.nillable, declared.default, declared.fixed, declared.abstract, reference(kind))


def particle(group):
    """Return a group without brackets that change nothing."""
    if not hasattr(group, "model"):
        if group.name is None:
            return ("any", group.min_occurs, group.max_occurs, str(group.namespace), group.process_contents)
        return ("element", group.min_occurs, group.max_occurs, element(group))
    members = [member for member in map(particle, group) if member != ("sequence", 1, 1, ())]
    occurs = (group.min_occurs, group.max_occurs)
    if len(members) == 1:
        kind, low, high, *rest = members[0]
        if occurs == (1, 1):
            return members[0]
        if occurs == (0, 1) and (low, high) == (1, 1):
            return (kind, 0, 1, *rest)
    flat = []
    for member in members:
        same = member[0] == group.model and member[1:3] == (1, 1)
        flat.extend(member[3] if same else [member])
    if group.model == "choice":
        flat.sort(key=str)  # alternatives have no order
    return (group.model if flat else "sequence", *(occurs if flat else (1, 1)), tuple(flat))


@pytest.mark.parametrize("file", FILES)
def test_the_same_types_have_the_same_names_and_no_others_can_be_named(file):
    ours, official = components(OURS / file)[0], components(OFFICIAL / file)[0]
    assert sorted(ours) == sorted(official)


@pytest.mark.parametrize("file", FILES)
def test_every_named_type_is_the_same_part_by_part(file):
    ours, official = components(OURS / file)[0], components(OFFICIAL / file)[0]
    different = [name for name in official if ours[name] != official[name]]
    assert {name: (ours[name], official[name]) for name in different} == {}


@pytest.mark.parametrize("file", FILES)
def test_every_root_element_is_the_same_part_by_part(file):
    assert components(OURS / file)[1] == components(OFFICIAL / file)[1]


def test_the_schemas_are_valid_schemas():
    import xmlschema

    for file in FILES:
        assert xmlschema.XMLSchema10(str(OURS / file), validation="strict").elements
