"""The vectorised rules against a plain loop over records, and the quick look against both."""

import importlib.util
from datetime import date

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT

from udir_sim.checker.scan import Scanner
from udir_sim.checker.table import Table
from udir_sim.rules import Mode, Profile, catalogue
from udir_sim.rules.checks import ROW_CHECKS, Context, Rows
from udir_sim.rules.examples import Draft, apply_edit, base_records

_spec = importlib.util.spec_from_file_location("udir_plain", ROOT / "benchmarks" / "udir_plain.py")
assert _spec is not None
assert _spec.loader is not None
udir_plain = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(udir_plain)

CREATED = date(1999, 9, 1)
CONTEXT = Context(Mode.STRICT, Profile(), b"06", CREATED)
COUNTED = {"UD-D03-UBLANK", "UD-D06-NONE", "UD-S11-IDISSSN"}
EDITS = [
    example.edit
    for rule in catalogue().values()
    for example in rule.fails
    if example.edit.startswith("D1@") and ";" not in example.edit
]


@st.composite
def records(draw) -> bytes:
    """A data record with some faults: examples of rules, and bytes anywhere."""
    draft = Draft(base_records())
    if draw(st.booleans()):
        draft.records[1] = ("D1", draft.records[2][1])
    for edit in draw(st.lists(st.sampled_from(EDITS), max_size=3)):
        apply_edit(draft, edit)
    record = bytearray(draft.record("D1"))
    places = st.tuples(st.integers(0, 245), st.sampled_from(b" 09AFGXaz-\x00\x7f\xf1\xb1\xd7/:@[`{"))
    for place, byte in draw(st.lists(places, max_size=4)):
        record[place] = byte
    return bytes(record)


def by_rules(rows: Rows) -> list[set[tuple[str, str]]]:
    found: list[set[tuple[str, str]]] = [set() for _ in range(rows.count)]
    for check in ROW_CHECKS:
        for place in np.flatnonzero(check.run(rows)):
            found[place].add((check.rule_id, check.field_id))
    return found


@given(st.lists(records(), min_size=1, max_size=12))
@settings(max_examples=60)
def test_rules_find_what_a_plain_loop_finds(many):
    matrix = np.frombuffer(b"".join(many), np.uint8).reshape(-1, 246)
    plain = [udir_plain.check_record(record.decode("latin-1"), "06", CREATED) for record in many]
    assert by_rules(Rows(matrix, CONTEXT)) == plain


@given(st.lists(records(), min_size=1, max_size=12))
@settings(max_examples=60)
def test_the_quick_look_suspects_every_record_with_findings_of_what_is_found(many):
    content = b"".join(many)
    matrix = np.frombuffer(content, np.uint8).reshape(-1, 246)
    scan = Scanner(CONTEXT).scan(Table(content, len(many), 246))
    groups = np.zeros(len(many), np.uint8)
    groups[scan.suspects] = scan.groups
    found = by_rules(Rows(matrix, CONTEXT))
    assert by_rules(Rows(matrix, CONTEXT, groups)) == found
    unsuspected = set(range(len(many))) - set(scan.suspects.tolist())
    assert all({rule for rule, _ in found[place]} <= COUNTED for place in unsuspected)


@given(st.lists(records(), min_size=1, max_size=12))
@settings(max_examples=40)
def test_what_the_quick_look_counts_is_what_the_rules_count(many):
    content = b"".join(many)
    scan = Scanner(CONTEXT).scan(Table(content, len(many), 246))
    found = by_rules(Rows(np.frombuffer(content, np.uint8).reshape(-1, 246), CONTEXT))
    good = set(range(len(many))) - set(scan.suspects.tolist())
    for rule in COUNTED:
        expected = [place for place in sorted(good) if rule in {name for name, _ in found[place]}]
        assert scan.informations.get(rule, np.zeros(0, int)).tolist() == expected
