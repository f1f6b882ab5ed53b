"""Whatever the schema lets pass, the rules house answers."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from rules_bench import BASES, GONE, MemoryWorld, created

ODD = st.sampled_from(
    ["", "0", "+0005", "-0044-03-15", "12026-01-01", "0001-01-01Z", "9999-12-31+14:00", "2024-02-29", "1899-12-31Z",
     "true", "1", "Y", "OO", "OTHER", "11", "13", "1A", "02", "EI", "US", "ẞ́ñ", "a@b", "\u00a0", "00000", "x" * 40]
)  # fmt: skip


def leaves(node, path=""):
    items = enumerate(node, start=1) if isinstance(node, list) else node.items()
    for name, inner in items:
        here = f"{path}/{name}" if path else str(name)
        yield here, isinstance(inner, dict | list)
        if isinstance(inner, dict | list):
            yield from leaves(inner, here)


AMOUNTS = ("Amount", "Funds", "Tuition", "Expense", "Exp", "Personal", "Employment", "EVGovt")


@st.composite
def mutated(draw):
    """A base record with elements left out, and values that the schema knows but nobody expects."""
    base = draw(st.sampled_from(sorted(BASES)))
    paths = [path for path, _ in leaves(BASES[base]) if not path.startswith("@")]
    inner = {path for path, is_inner in leaves(BASES[base]) if is_inner}
    changes = {}
    for path in draw(st.lists(st.sampled_from(paths), max_size=6, unique=True)):
        if path.split("/")[-1].isdigit():
            continue
        odd = draw(ODD)
        if "Date" in path:
            odd = odd if re.fullmatch(r"-?\d{4,}-\d\d-\d\d.*", odd) else "2029-12-31Z"
        elif path.endswith(AMOUNTS) or re.search(r"Amount\d?$", path):
            odd = "+0005"
        changes[path] = GONE if path in inner or draw(st.booleans()) else odd
    return base, {path: new for path, new in changes.items() if not any(path.startswith(f"{p}/") for p in changes)}


@settings(max_examples=300, deadline=None)
@given(mutated())
def test_no_odd_record_breaks_the_rules_house(mutation):
    base, changes = mutation
    done = created(MemoryWorld(), base, changes=changes)
    assert done.outcome.succeeded == (done.record is not None)
    if done.outcome.finding:
        assert done.outcome.message


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(BASES)), st.integers(min_value=1, max_value=500))
def test_the_same_record_at_the_same_place_gives_the_same_outcome(base, position):
    first, second = (created(MemoryWorld(), base, position=position) for _ in range(2))
    assert first == second
