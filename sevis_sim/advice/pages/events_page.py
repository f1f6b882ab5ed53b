"""docs/student-events.md and docs/exchange-visitor-events.md: the events as they are built, from the registry."""

from collections.abc import Callable, Iterable, Iterator

from sevis_sim.advice.pages.blanks import blanks
from sevis_sim.domain.records import STATUSES, Population
from sevis_sim.events import gates, registry
from sevis_sim.events.declare import Event, Rule
from sevis_sim.events.student.requests import KINDS

_TITLES: dict[Population, str] = {"student": "students", "exchangeVisitor": "exchange visitors"}
_FORMS: dict[Population, str] = {"student": "I-20", "exchangeVisitor": "DS-2019"}
_CREATES: dict[Population, str] = {"student": "CreateStudent", "exchangeVisitor": "CreateEV"}

_INTRODUCTION = """\
# The events of {whose}

Generated from `sevis_sim/events/` by `python -m sevis_sim.advice.pages`; do not edit it here. What each code means is
in [codes.md](codes.md); `sevis-sim explain --event {example}` lists the codes of an event with their meanings.

A record of a batch is asked the questions below in this order, then those of its event in theirs. The first rule that
it breaks decides the one code that a transaction log can carry; a record that breaks none is changed and stored. An
element that an update leaves out stays as it is stored; one that it sends empty, where the schema lets it, blanks what
is stored. An address replaces the stored one whole.
"""


def events_page(population: Population) -> str:
    """Return the page of a population as it should be, Markdown."""
    found = _events(population)
    parts = [_INTRODUCTION.format(whose=_TITLES[population], example=found[-1].path)]
    parts.append("## Asked of every record\n\n" + "\n".join(_gates(population)) + "\n")
    parts.append("## All events\n\n" + "\n".join(_table(population, found)) + "\n")
    to_come = [path for whose, path in registry.missing() if whose == population]
    if to_come:
        names = ", ".join(f"`{path}`" for path in to_come)
        parts.append(f"Not processed yet; such a record ends in S9999: {names}.\n")
    parts += ["\n".join(_event(each)) + "\n" for each in found]
    return "\n".join(parts)


def _events(population: Population) -> list[Event]:
    """Return the events that are processed, the create first, updates in the order of the schema."""
    known = registry.events()
    paths = (_CREATES[population], *registry.UPDATES[population])
    return [known[population, path] for path in paths if (population, path) in known]


def _gates(population: Population) -> Iterator[str]:
    asked = [f"{each.code}: {_words(each.check)}" for each in gates.SENDER[population]]
    asked.append(f"{gates.NOT_FOUND[population]}, for updates: the organization has no record of this `sevisID`.")
    if population == "student":
        unclear = "two education levels are open, and `statusCode` does not say which is meant."
        asked.append(f"{gates.AMBIGUOUS}, for updates: {unclear}")
    asked += [f"{each.code}: {_words(each.check)}" for each in gates.KNOWN[population]]
    asked.append("For updates: the record is in a status in which the event is not allowed. Each event has its code.")
    yield from (f"{number}. {words}" for number, words in enumerate(asked, start=1))


def _table(population: Population, found: Iterable[Event]) -> Iterator[str]:
    yield f"| event | allowed in | otherwise | {_FORMS[population]} | rules |"
    yield "|---|---|---|---|---|"
    for event in found:
        link = f"[{event.path}](#{_anchor(event.path)})"
        cells = (link, _statuses(event), event.wrong_status or "–", _form(event), str(len(event.rules)))
        yield f"| {' | '.join(cells)} |"


def _anchor(path: str) -> str:
    """Return the anchor that Markdown readers give to a heading."""
    return path.lower().replace("/", "")


def _statuses(event: Event) -> str:
    if event.statuses is None:
        return "no record"
    if event.statuses == STATUSES[event.population]:
        return "any status"
    return ", ".join(sorted(event.statuses))


def _form(event: Event) -> str:
    if event.prints == "never":
        return "none"
    if event.prints == "always":
        return "always"
    return "printForm; yes if it is left out" if event.prints_unless_told else "printForm"


def _event(event: Event) -> Iterator[str]:
    yield f"## {event.path}\n"
    yield f"{_words(event.apply)}\n"
    if event.statuses is not None:
        wrong = f"; otherwise {event.wrong_status}" if event.wrong_status else ""
        yield f"- Allowed in {_statuses(event)}{wrong}."
    if event.of_pending_level:
        yield "- It is about a pending change of education level, whichever level `statusCode` names."
    if event.files:
        yield f"- It files a request, which waits for a decision of USCIS: {KINDS[event.files].means}."
    yield f"- {_FORMS[event.population]}: {_form(event)}{_whose_form(event)}."
    empty = [] if event.creates else blanks(event.population, event.path)
    if empty:
        yield f"- May be sent empty: {', '.join(_blank(each) for each in empty)}."
    if not event.rules:
        yield "- No rules of its own."
        return
    yield "- Rules, in this order:\n"
    yield from (f"  {number}. {_rule(each)}" for number, each in enumerate(event.rules, start=1))


def _blank(path: str) -> str:
    name, _, nil = path.partition(" ")
    return f"`{name}`{' with xsi:nil' if nil else ''}"


def _whose_form(event: Event) -> str:
    if event.prints == "never":
        return ""
    purpose = f", for the purpose “{event.purpose}”" if event.purpose else ""
    return purpose if event.prints_principal else f"{purpose}, of the dependents concerned only"


def _rule(rule: Rule) -> str:
    return f"{rule.code}: {_words(rule.check)}"


def _words(described: Callable[..., object]) -> str:
    """Return the first paragraph of a docstring, in the marks of Markdown.

    Raises:
        ValueError: there is none.

    """
    text = (described.__doc__ or "").partition("\n\n")[0]
    if not text:
        raise ValueError(f"{described.__module__}.{described.__qualname__} has no docstring")
    return " ".join(text.split()).replace("``", "`")
