"""SHA-1 by numpy against hashlib."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from udir_sim.rules.checks.sha1 import matches

VALUES = st.lists(
    st.binary(min_size=1, max_size=32).filter(lambda value: value.strip(b" ") != b""), min_size=1, max_size=20
)


def field(values: list[bytes], width: int):
    return np.frombuffer(b"".join(value.ljust(width)[:width] for value in values), np.uint8).reshape(-1, width)


def digest(value: bytes, *, lower: bool = False) -> bytes:
    text = hashlib.sha1(value.strip(b" ")).hexdigest()
    return (text if lower else text.upper()).encode()


@given(VALUES, st.integers(0, 2), st.booleans())
def test_a_value_matches_its_own_digest_wherever_it_stands_in_its_field(values, blanks, lower):
    moved = [b" " * min(blanks, 32 - len(value)) + value for value in values]
    digests = [digest(value.ljust(32), lower=lower) for value in moved]
    ((found,),) = matches([field(moved, 32)], [field(digests, 40)])
    assert found.all()


@given(VALUES)
def test_a_value_does_not_match_the_digest_of_another_one(values):
    digests = [digest(value + b"x") for value in values]
    ((found,),) = matches([field(values, 32)], [field(digests, 40)])
    assert not found.any()


def test_several_fields_and_digests_are_compared_each_with_each():
    students, ssns = field([digest(b"A1"), digest(b"B2")], 40), field([digest(b"B2"), digest(b"A1")], 40)
    first, second = matches([field([b"A1", b"A1"], 7), field([b"", b"B2"], 10)], [students, ssns])
    assert [mask.tolist() for mask in first] == [[True, False], [False, True]]
    assert [mask.tolist() for mask in second] == [[False, True], [False, False]]
