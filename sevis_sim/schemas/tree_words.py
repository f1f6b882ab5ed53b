"""The words for occurrence and values of elements: in `sevis-sim schemas show` and `diff`."""

from sevis_sim.schemas.tree import Content, Node, Value

_BASES = {
    "string": "text",
    "normalizedString": "text",
    "token": "text",
    "boolean": "true or false",
    "date": "a date",
    "dateTime": "a date and time",
    "gYear": "a year",
    "anySimpleType": "anything",
    "decimal": "a number",
    "integer": "a whole number",
    "int": "a whole number",
    "positiveInteger": "a whole number from 1 on",
    "nonNegativeInteger": "a whole number from 0 on",
}
_LIMITS = {
    "length": "exactly {} characters",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "totalDigits": "at most {} digits",
    "fractionDigits": "at most {} digits after the point",
    "minInclusive": "from {} on",
    "maxInclusive": "up to {}",
    "minExclusive": "above {}",
    "maxExclusive": "below {}",
    "whiteSpace": "white space {}d",
}
_MARKS = {(1, 1): "", (0, 1): "?", (0, None): "*", (1, None): "+"}


def occurrence(node: Node) -> str:
    """Say how often an element or attribute stands: ``required``, ``optional``, ``1 to 250``."""
    if node.is_attribute:
        return "required" if node.low else "optional"
    if node.alternative and node.high == 1:
        return "one of several"
    if node.high == 1:
        return "required" if node.low else "optional"
    if node.high is None:
        words = f"{node.low} or more"
    else:
        words = f"{node.low} to {node.high}" if node.low != node.high else f"{node.low} times"
    return f"{words}, one of several" if node.alternative else words


def value(one: Value) -> str:
    """Say what a text must be: ``text, at most 40 characters``, ``one of 252 codes (BirthCntryCodeType)``."""
    parts = []
    if one.codes:
        name = f" ({one.name})" if one.name else ""
        shown = f"one of {len(one.codes)} codes" if len(one.codes) > 1 else f"only {one.codes[0]}"
        parts.append(f"{shown}{name}")
    else:
        parts.append(base(one.base))
    parts += [] if one.codes else _limits(dict(one.limits))
    parts += [f"pattern {pattern}" for pattern in one.patterns]
    return ", ".join(parts)


def _limits(limits: dict[str, str]) -> list[str]:
    """Say the facets that a person asks for: not how white space is treated, nor that nothing is enough."""
    least, most = limits.get("minLength", "0"), limits.get("maxLength")
    words = []
    if most is not None and least not in ("0", most):
        words.append(f"{least} to {limit('length', most).removeprefix('exactly ')}")
    elif most is not None:
        words.append(limit("length" if least == most else "maxLength", most))
    elif least != "0":
        words.append(limit("minLength", least))
    return words + [
        limit(name, text) for name, text in limits.items() if name not in ("minLength", "maxLength", "whiteSpace")
    ]


def values(node: Node) -> str:
    """Say what an element or attribute holds; blank for an element of elements."""
    words = " — or — ".join(value(one) for one in node.values)
    extras = []
    if node.types:
        extras.append(f"xsi:type {'must' if node.needs_type else 'may'} be {' or '.join(node.types)}")
    if node.nillable:
        extras.append("xsi:nil allowed")
    if node.fixed is not None:
        extras.append(f"always {node.fixed}")
    if node.default is not None:
        extras.append(f"{node.default} where it is left out")
    return "; ".join(filter(None, (words, *extras)))


def base(name: str) -> str:
    """Say a built-in type of XML Schema."""
    return _BASES.get(name, name)


def limit(name: str, text: str) -> str:
    """Say a facet: ``at most 40 characters``."""
    words = _LIMITS.get(name, f"{name} {{}}").format(text)
    return words.replace("characters", "character") if text == "1" else words


def content(given: Content, occurs: bool = True) -> str:
    """Write order and alternatives: ``A, (B | C)?, D``.

    Args:
        given: of an element.
        occurs: False leaves out the marks of the outermost group.

    """
    if isinstance(given, str):
        return given
    model, low, high, members = given
    separator = {"choice": " | ", "all": " & "}.get(model, ", ")
    text = separator.join(content(member) for member in members)
    mark = _MARKS.get((low, high), f"{{{low},{'' if high is None else high}}}")
    return f"({text}){mark}" if occurs else text + (f" {mark}" if mark else "")
