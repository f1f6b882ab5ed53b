"""One explained error of a document."""

from dataclasses import dataclass

from lxml import etree


@dataclass(frozen=True, slots=True)
class Place:
    """What is wrong, where, and how to mend it."""

    message: str
    element: etree._Element | None
    """None where libxml2 gave no path that can be followed."""
    attribute: str | None = None
    value: str | None = None
    """What stands there, where the value is what is wrong."""
    line: int | None = None
    """Only where there is no element."""
    remedy: str = ""
