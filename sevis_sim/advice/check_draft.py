"""A finding while the file is still being read: it points to an element instead of a place in the text."""

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True)
class Draft:
    """One thing that is wrong; what the fields mean: `check_model.Finding`."""

    code: str
    message: str
    element: etree._Element | None = None
    attribute: str = ""
    line: int | None = None
    """Only where there is no element."""
    column: int | None = None
    path: str = ""
    """Only where the element does not tell it."""
    value: str | None = None
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note, about a record or the whole file."""

    message: str
    element: etree._Element | None = None
