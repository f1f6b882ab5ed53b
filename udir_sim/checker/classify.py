"""The rules, on records that the quick look suspects."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from udir_sim.checker.census import Census
from udir_sim.checker.keys import Keys, ShortKeys, key, short_key, shortened
from udir_sim.checker.model import Finding
from udir_sim.checker.scan import SHORT_KINDS
from udir_sim.checker.tally import Tally
from udir_sim.layout import layout, masked_record, shown
from udir_sim.rules import Severity
from udir_sim.rules.checks import ROW_CHECKS, Check, Context, Mask, Rows, advice
from udir_sim.rules.checks.rows import Bytes, upper

_ADVISED = frozenset({"UD-S09-NULLHASH", "UD-S10-TESTHASH"})


@dataclass(slots=True)
class Classified:
    """What the rules say about some records."""

    numbers: npt.NDArray[np.int64]
    """Of the records, rising."""
    matrix: Bytes
    hits: list[tuple[Check, Mask]] = field(default_factory=list)
    with_errors: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))
    census: Census = field(default_factory=Census)
    student_keys: Keys = field(default_factory=lambda: np.zeros(0, np.uint64))
    short_keys: dict[str, ShortKeys] = field(default_factory=dict)


def active_checks(tally: Tally) -> tuple[Check, ...]:
    """Return the checks whose rules are reported here."""
    return tuple(check for check in ROW_CHECKS if tally.severity(check.rule_id, check.variant) is not Severity.OFF)


def classify(
    matrix: Bytes,
    numbers: npt.NDArray[np.int64],
    groups: Bytes,
    context: Context,
    checks: tuple[Check, ...],
    errors: frozenset[str],
) -> Classified:
    """Apply the rules to data records.

    Args:
        matrix: the records, shape (records, 246).
        numbers: of the records, rising.
        groups: what each is suspected of, as bits of `Group`.
        context: what the rules must know.
        checks: the rules, in order.
        errors: what of them counts as ERROR or worse, as rule and variant with a ``/`` between.

    """
    rows = Rows(matrix, context, groups)
    result = Classified(numbers, matrix, with_errors=rows.none(), census=Census.of_rows(rows))
    for check in checks:
        found = check.run(rows)
        if found.any():
            result.hits.append((check, found))
            if f"{check.rule_id}/{check.variant}" in errors:
                result.with_errors |= found
    _keys(rows, result)
    return result


def _keys(rows: Rows, result: Classified) -> None:
    """Give records their keys; none for what is no digest and for digests of nothing: another rule says so."""
    location = rows.context.location
    offset = key(rows.bytes("D01"))
    if location is not None:
        offset = offset - key(np.frombuffer(location, np.uint8).reshape(1, 2))
    students = key(upper(rows.bytes("D02"))) + offset
    students[rows.explained("D02")] = 0
    result.student_keys = students
    for kind in SHORT_KINDS:
        values = np.ascontiguousarray(upper(rows.bytes(kind)))
        # As in the quick look, the location is no part of the short keys: they are compared within the same file,
        # and records of another location are told apart when candidates are confirmed.
        keys = shortened(key(values)) if kind == "D04" else short_key(values)
        keys[~rows.text(kind).filled | rows.explained(kind)] = 0
        result.short_keys[kind] = keys
    for check, found in result.hits:
        if check.field_id == "D04" and check.rule_id in _ADVISED:
            result.short_keys["D04"][found] = 0
        if check.field_id == "D02" and check.rule_id in _ADVISED:
            result.student_keys[found] = 0


def report(result: Classified, tally: Tally) -> None:
    """Add what the rules found to the tally."""
    for check, found in result.hits:
        places = np.flatnonzero(found)

        def describe(position: int, check: Check = check, places: npt.NDArray[np.intp] = places) -> Finding:
            place = places[position]
            return describe_row(check, result.matrix[place].tobytes(), int(result.numbers[place]))

        tally.add_many(check.rule_id, result.numbers[places], describe, check.variant)
    tally.note_held(result.numbers[result.with_errors])


def describe_row(check: Check, record: bytes, number: int) -> Finding:
    """Return the finding of a rule in one record, without anything that identifies a person."""
    of_field = layout().field(check.field_id)
    value = record[of_field.span]
    note = advice(value) if check.rule_id in _ADVISED else ""
    columns = of_field.columns
    if check.rule_id in ("UD-F04-ASCII", "UD-F05-CTRL"):
        place = _first_unreadable(value, control=check.rule_id == "UD-F05-CTRL")
        columns = (of_field.start + place, of_field.start + place)
    return Finding(
        number,
        columns,
        of_field.id,
        shown(of_field, value),
        f"the digest of {note}" if note else "",
        masked_record(layout(), record),
    )


def _first_unreadable(value: bytes, *, control: bool) -> int:
    for place, byte in enumerate(value):
        if (byte < 0x20 or byte == 0x7F) if control else byte >= 0x80:
            return place
    return 0
