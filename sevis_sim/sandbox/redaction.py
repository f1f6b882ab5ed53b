"""Taking out of journal and messages what a person could be known by (``personal.toml``), where a setting asks for it.

It is for screenshots, bug reports and shared servers. IDs that tie entries together stay: batch IDs, OrgIDs, SEVIS IDs
and request IDs. What cannot be read as text, such as a result zip, is not kept at all.
"""

import functools
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import resources
from typing import Any

from sevis_sim.journal import Entry, Message, Messages

REDACTED = "[redacted]"

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_PREDICATE = re.compile(r"\[[0-9]+\]")


class PersonalRedaction:
    """Replaces names, birth dates, addresses and the like (`journal.Redaction`)."""

    def __init__(self) -> None:
        self._names, self._fields = _personal()
        elements = "|".join(map(re.escape, sorted(self._names)))
        self._elements = re.compile(
            rf"(<(?:[\w.-]+:)?({elements})(?:\s[^<>]*)?(?<!/)>).*?(?=</(?:[\w.-]+:)?\2\s*>|\Z)", re.DOTALL
        )

    def text(self, text: str) -> str:
        """Return a text without the values of personal elements and without e-mail addresses."""
        return _EMAIL.sub(REDACTED, self._elements.sub(rf"\1{REDACTED}", text))

    def entry(self, entry: Entry) -> Entry:
        """Return the entry without them: also where the value of a violation is quoted in its message."""
        told = self._told(entry)

        def clean(text: str) -> str:
            for value in told:
                text = text.replace(value, REDACTED)
            return self.text(text)

        subjects = {name: clean(value) for name, value in entry.subjects.items()}
        detail = _each_text(entry.detail, clean)
        for violation in detail.get("violations") or ():
            if self._is_personal(violation):
                violation["remedy"] = ""  # which may have the value in another form, a birth date the other way round
        return replace(entry, summary=clean(entry.summary), subjects=subjects, detail=detail)

    def messages(self, messages: Messages) -> Messages:
        """Return request and answer without them."""
        answer = messages.response
        return Messages(self._message(messages.request), answer and self._message(answer))

    def _message(self, message: Message) -> Message:
        try:
            text = message.body.decode("utf-8")
        except UnicodeDecodeError as error:
            # Kept bodies may be cut within a character; anything else is no text of this encoding.
            text = message.body[: error.start].decode("utf-8") if error.start >= len(message.body) - 3 else "\0"
        body = b"" if "\0" in text else self.text(text).encode("utf-8")
        head = self.text(message.head.decode("latin-1")).encode("latin-1")
        return Message(head, body, message.size)

    def _told(self, entry: Entry) -> list[str]:
        """Return the personal values that an entry quotes, the longest first."""
        found = {str(entry.detail[name]) for name in self._fields.get(entry.kind, ()) if entry.detail.get(name)}
        for violation in entry.detail.get("violations") or ():
            if self._is_personal(violation):
                quoted = _QUOTED.findall(str(violation.get("message", "")))
                found |= {mark.format(one or other) for one, other in quoted for mark in ("'{}'", '"{}"')}
        return sorted((value for value in found if value.strip()), key=len, reverse=True)

    def _is_personal(self, violation: Mapping[str, Any]) -> bool:
        path = _PREDICATE.sub("", str(violation.get("path", "")))
        return path.rpartition("/")[2].rpartition(":")[2] in self._names


def personal_elements() -> frozenset[str]:
    """Return the names of the elements of batches by which a person could be known."""
    return _personal()[0]


@functools.cache
def _personal() -> tuple[frozenset[str], Mapping[str, tuple[str, ...]]]:
    content = tomllib.loads(resources.files("sevis_sim.sandbox").joinpath("personal.toml").read_text("utf-8"))
    return frozenset(content["elements"]), {kind: tuple(names) for kind, names in content["entries"].items()}


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each_text(each, change) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each_text(each, change) for each in value]
    return value
