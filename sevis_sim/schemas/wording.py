"""The words for each kind of error that xmlschema reports."""

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

_ATTRIBUTE = re.compile(r"attribute (?P<name>[\w:{}/.]+)=(?P<quote>['\"])")
_SHOWN = 60
_FEW = 12

_FORMS = {r"\D+": "no digits", r"\D*": "no digits", r"\D{1,40}": "1 to 40 characters, no digits"}
_BUILTINS = {
    "boolean": "true, false, 1 or 0",
    "date": "a calendar day written YYYY-MM-DD",
    "dateTime": "an instant written YYYY-MM-DDThh:mm:ss",
    "integer": "a whole number",
    "nonNegativeInteger": "a whole number, not negative",
    "short": "a whole number from -32768 to 32767",
    "int": "a whole number from -2147483648 to 2147483647",
}


def say(error: Any, attribute: str | None) -> str:
    """Return what stands there and what is allowed."""
    kind = type(error).__name__
    name = _local(error.elem)
    if kind == "XMLSchemaChildrenValidationError":
        expected = either([_name(particle) for particle in error.expected or ()])
        child = unexpected_child(error)
        if child is not None:
            allowed = f"; expected: {expected}" if expected else ""
            return f"{_local(child)} is not expected here in {name}{allowed}"
        return f"{name} lacks {expected}" if expected else f"{name} is incomplete"
    reason = str(error.reason or "")
    if type(error.validator).__name__ == "XsdAttributeGroup":
        quoted = re.search(r"'([^']*)'", reason)
        if "missing" in reason:
            return f"{name} lacks the attribute {quoted[1] if quoted else ''}".rstrip()
        return f"{name} has no attribute {quoted[1] if quoted else ''}; remove it".replace(" ;", ";")
    if "character data" in reason:
        return f"{name} holds elements only; there is text between them"
    if "can't have child elements" in reason:
        return f"{name} holds text only; there are elements in it"
    if "nillable" in reason:
        return f"{name} cannot be nil; remove xsi:nil"
    if "xsi:nil" in reason:
        remedy = "must be true or false" if "boolean" in reason else "is true, but the element is not empty"
        return f"{name}: xsi:nil {remedy}"
    subject = f"{name}/@{attribute}" if attribute else name
    return f"{subject} is {quote(value_of(error))}; {_allowed(error)}"


def _allowed(error: Any) -> str:
    validator = error.validator
    facet = type(validator).__name__
    value = value_of(error)
    if facet == "XsdEnumerationFacets":
        codes = [str(code) for code in validator.enumeration]
        listed = either(codes[:_FEW]) if len(codes) <= _FEW else f"{', '.join(codes[:_FEW])} … ({len(codes)} codes)"
        close = next((c for c in codes if c.lower() in (value.strip().lower(), value.strip().zfill(2).lower())), None)
        allowed = f"allowed: {listed}" if any(codes) else "it must be empty"
        return f"{allowed}; did you mean {quote(close)}?" if close is not None else allowed
    if facet == "XsdPatternFacets":
        meaning = _documentation(validator) or _FORMS.get(validator.regexps[0], "")
        forms = " or ".join(validator.regexps)
        return f"it must have the form {forms}" + (f" ({meaning})" if meaning else "")
    if facet in ("XsdLengthFacet", "XsdMinLengthFacet", "XsdMaxLengthFacet"):
        bound = {"XsdLengthFacet": "exactly", "XsdMinLengthFacet": "at least", "XsdMaxLengthFacet": "at most"}
        unit = "character" if validator.value == 1 else "characters"
        return f"it has {len(value)} characters, {bound[facet]} {validator.value} {unit} are allowed"
    if facet.endswith("clusiveFacet"):
        bound = {"Max": "at most", "Min": "at least"}
        return f"it must be {bound.get(facet[3:6], 'within')} {validator.value}"
    if facet == "XsdTotalDigitsFacet":
        return f"it may have at most {validator.value} digits"
    builtin = str(getattr(validator, "local_name", "") or "")
    if builtin in _BUILTINS:
        return f"it must be {_BUILTINS[builtin]}"
    return str(error.reason or "it does not fit its type").rstrip(".")


def is_about_type(error: Any) -> bool:
    """Tell whether an element has no, or a wrong, ``xsi:type``."""
    reason = str(error.reason or "")
    return "is abstract" in reason or "cannot substitute" in reason


def child_with_type(error: Any, element: etree._Element) -> etree._Element | None:
    """Return the element that ``xsi:type`` is wrong on; None for the parent's echo of the same error."""
    return None if type(error.validator).__name__ == "XsdGroup" else element


def about_type(element: etree._Element, stated: str | None, base: Any, schema: Any) -> str:
    """Return which types ``xsi:type`` may name, given the declared type of the element."""
    names = sorted(
        str(known.local_name)
        for known in (schema.types.values() if base is not None else ())
        if known is not base and not getattr(known, "abstract", False) and known.is_derived(base)
    )
    found = f"has xsi:type {quote(stated)}" if stated else "has no xsi:type"
    return f"{_local(element)} {found}; " + (f"allowed: {either(names)}" if names else "leave xsi:type out")


def attribute_of(error: Any) -> tuple[str | None, str | None]:
    """Return the attribute that an error is about, and the wrong value of it or of the element."""
    match = _ATTRIBUTE.match(str(error.reason or ""))
    kind = type(error).__name__
    structural = kind == "XMLSchemaChildrenValidationError" or etree.iselement(error.obj)
    if structural or type(error.validator).__name__ == "XsdAttributeGroup":
        return None, None
    return (match["name"] if match else None), value_of(error)


def unexpected_child(error: Any) -> etree._Element | None:
    """Return the child that must not stand where it stands, if that is the error."""
    child = getattr(error, "invalid_child", None)
    return child if isinstance(child, etree._Element) else None


def value_of(error: Any) -> str:
    """Return the value as it was judged."""
    if isinstance(error.obj, str):
        return error.obj
    if _ATTRIBUTE.match(str(error.reason or "")) or error.elem is None:
        return str(error.obj)
    return error.elem.text or ""


def either(names: Sequence[str]) -> str:
    """Return ``A, B or C``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}" if names else ""


def quote(value: str) -> str:
    """Return a value between quotes, cut to a readable length; an empty one in words."""
    if not value:
        return "empty"
    return repr(value if len(value) <= _SHOWN else value[:_SHOWN] + "…")


def _documentation(facet: Any) -> str:
    """Return our own words on the type that a facet belongs to."""
    annotation = getattr(getattr(facet, "parent", None), "annotation", None)
    text = " ".join(str(annotation).split()) if annotation is not None else ""
    return text.rstrip(".")


def _name(particle: Any) -> str:
    return str(getattr(particle, "local_name", None) or getattr(particle, "name", None) or "any element")


def _local(element: Any) -> str:
    return str(etree.QName(element).localname) if etree.iselement(element) else "the document"
