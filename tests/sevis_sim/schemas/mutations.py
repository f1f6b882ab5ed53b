"""Damage to documents, of every kind that a schema can forbid; the same random generator gives the same damage."""

import copy
import random

from lxml import etree

XSI = "http://www.w3.org/2001/XMLSchema-instance"

TEXTS = [
    "", " ", "x", "0", "-1", "99999999", "100000000", "1.5", "N9912345678", "N123", "true", "TRUE", "Y", "01",
    "1", "US", "2026-02-29", "2026-13-01", "2026-1-1", "2026-03-06T00:00:00", "a@b.cd", "a@b", "P-5-12345",
    "ABC214F00012000", "x" * 10, "x" * 11, "x" * 14, "x" * 61, "x" * 251, "x" * 501, "Müller", "O'Brien 3rd",
    "a:b", "a/b", "12345", "1234", "12345-6789", "S0000", "00.0000", "11.0701", "0000000000",
]  # fmt: skip


def mutate(document: etree._Element, rng: random.Random) -> etree._Element:
    """Return a damaged copy; sometimes the damage does no harm, which is a case as well."""
    damaged = copy.deepcopy(document)
    for _ in range(rng.choice([1, 1, 1, 2])):
        elements = list(damaged.iter(etree.Element))
        rng.choice(_KINDS)(damaged, rng.choice(elements), rng)
    return damaged


def _text(_, element, rng):
    leaves = [e for e in element.iter(etree.Element) if len(e) == 0]
    rng.choice(leaves).text = rng.choice(TEXTS)


def _cut_text(_, element, rng):
    leaves = [e for e in element.iter(etree.Element) if len(e) == 0 and e.text]
    if leaves:
        leaf = rng.choice(leaves)
        leaf.text = rng.choice([leaf.text[:-1], leaf.text + "x", leaf.text + "0", leaf.text.lower(), leaf.text * 2])


def _drop(root, element, _):
    if element is not root:
        element.getparent().remove(element)


def _double(root, element, _):
    if element is not root:
        element.addnext(copy.deepcopy(element))


def _swap(root, element, _):
    following = element.getnext()
    if element is not root and following is not None:
        following.addnext(element)


def _rename(_, element, rng):
    element.tag = rng.choice(["Unknown", "Student", "FullName", "Address1", "Remarks", element.tag + "x"])


def _move(root, element, rng):
    if element is not root:
        target = rng.choice([e for e in root.iter(etree.Element) if element not in (e, *e.iterancestors())] or [root])
        target.append(element)


def _insert(_, element, rng):
    etree.SubElement(element, rng.choice(["Remarks", "FullName", "Extra", "UserDefinedA", "State"])).text = "x"


def _drop_attribute(_, element, rng):
    if element.attrib:
        del element.attrib[rng.choice(list(element.attrib))]


def _attribute(_, element, rng):
    names = [*element.attrib, "printForm", "userID", "requestID", "sevisID", "statusCode", "unknown"]
    names = [name for name in names if not name.startswith("{")]
    element.set(rng.choice(names), rng.choice(TEXTS).strip() or "x")


def _nil(_, element, rng):
    element.set(f"{{{XSI}}}nil", rng.choice(["true", "false", "1"]))


def _type(_, element, rng):
    element.set(f"{{{XSI}}}type", rng.choice(["SOA", "EXEMPT", "AddSOA", "AddONTRAVEL", "AddSEEKINGEMP", "AddEXEMPT"]))


def _text_between(_, element, __):
    if len(element):
        element.text = "stray"


_KINDS = [
    _text, _text, _text, _cut_text, _cut_text, _drop, _double, _swap, _rename, _move, _insert, _drop_attribute,
    _attribute, _attribute, _nil, _type, _text_between,
]  # fmt: skip
