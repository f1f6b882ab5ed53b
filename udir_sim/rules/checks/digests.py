"""Rules of the two hash fields and of personal numbers in clear: UD-S01 to S16, UD-D02, UD-D04."""

# ruff: noqa: D103 - what a function finds is the condition of its rule in the catalogue, not said twice here
# mypy: disable-error-code="no-any-return"
# (numpy's types lose track of & and | between masks)

import hashlib
from functools import cache

import numpy as np

from udir_sim.rules.catalogue import words
from udir_sim.rules.checks.registry import Checks
from udir_sim.rules.checks.rows import (
    BLANK,
    Bytes,
    Group,
    Mask,
    Rows,
    Text,
    between,
    digit,
    every,
    hex_digit,
    letter,
    some,
    upper,
)
from udir_sim.rules.checks.sha1 import CLEAR_FIELDS

check = Checks()
HASHES = ("D02", "D04")
_GROUPS_OF_8 = np.array([8, 17, 26, 35])


def _justified(text: Text) -> Mask:
    return text.filled & (text.begin == 0)


def not_hexadecimal(rows: Rows, field: str) -> Mask:
    return ~every(hex_digit(rows.bytes(field)))


def with_digits(rows: Rows, field: str) -> Mask:
    values = rows.bytes(field)
    return some(digit(values)) if field in ("D08", "D09") else some(values == ord("-"))


@check("UD-S14-FILLED", *HASHES)
def one_character_repeated(rows: Rows, field: str) -> Mask:
    values = rows.bytes(field)
    return rows.text(field).filled & every(values == values[:, :1])


@check("UD-S01-SSN9", *HASHES, among=not_hexadecimal)
def nine_digits(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    return _justified(text) & (text.length == 9) & text.only(digit(text.bytes))


@check("UD-S02-SSNDASH", *HASHES, among=not_hexadecimal)
def digits_in_groups(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    found = _justified(text) & (text.length == 11)
    return found & _grouped_number(text.bytes, 0)


@check("UD-S03-MD5", *HASHES, among=not_hexadecimal)
def md5(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    return _justified(text) & (text.length == 32) & text.only(hex_digit(text.bytes))


@check("UD-S06-SPACED", *HASHES, among=not_hexadecimal)
def digest_in_groups(rows: Rows, field: str) -> Mask:
    """The record has its length, so the last group was cut."""
    values = rows.bytes(field)
    blanks = np.zeros(values.shape[1], np.bool_)
    blanks[_GROUPS_OF_8] = True
    found: Mask = every(np.where(blanks, values == BLANK, hex_digit(values)))
    return found


@check("UD-S08-BASE64", *HASHES, among=not_hexadecimal)
def base64(rows: Rows, field: str) -> Mask:
    """Twenty bytes of a digest take 27 characters and one ``=``."""
    text = rows.text(field)
    values = text.bytes
    allowed = letter(values) | digit(values) | (values == ord("+")) | (values == ord("/"))
    allowed[:, 27] = values[:, 27] == ord("=")
    return _justified(text) & (text.length == 28) & text.only(allowed)


@check("UD-S05-SHORTHEX", *HASHES, among=not_hexadecimal)
def short_digest(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    return _justified(text) & (text.length >= 11) & (text.length <= 39) & text.only(hex_digit(text.bytes))


@check("UD-S04-CLEARID", "D02", among=not_hexadecimal)
def registration_number(rows: Rows, field: str) -> Mask:
    """Up to 20 letters, digits and dashes. 11 and more hexadecimal digits are UD-S05's, which comes before."""
    text = rows.text(field)
    allowed = letter(text.bytes) | digit(text.bytes) | (text.bytes == ord("-"))
    return _justified(text) & (text.length <= 20) & text.only(allowed)


@check("UD-D02-REQ", "D02", among=not_hexadecimal)
def no_student_id(rows: Rows, field: str) -> Mask:
    return ~rows.text(field).filled


@check("UD-??-HEX", *HASHES, among=not_hexadecimal)
def no_digest(rows: Rows, field: str) -> Mask:
    return rows.text(field).filled & ~every(hex_digit(rows.bytes(field)))


@check("UD-??-CASE", *HASHES, closes=False)
def lower_case_digest(rows: Rows, field: str) -> Mask:
    return some(between(rows.bytes(field), "a", "f"))


@check("UD-S09-NULLHASH", *HASHES, closes=False)
def digest_of_nothing(rows: Rows, field: str) -> Mask:
    return known_digests(rows.bytes(field), _packed(null=True))


@check("UD-S10-TESTHASH", *HASHES, closes=False)
def digest_of_unusable_number(rows: Rows, field: str) -> Mask:
    return known_digests(rows.bytes(field), _packed(null=False))


@check("UD-S11-IDISSSN", "D04", closes=False, also=("D02",), group=Group(0))
def same_digest(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    return text.filled & every(upper(text.bytes) == upper(rows.bytes("D02")))


@check("UD-S12-SSNINCLEAR", *CLEAR_FIELDS, also=("D04",), group=Group.CLEAR)
def ssn_in_clear(rows: Rows, field: str) -> Mask:
    return _confirmed(rows, field, "D04")


@check("UD-S13-IDINCLEAR", *CLEAR_FIELDS, closes=False, also=("D02",), group=Group.CLEAR)
def student_id_in_clear(rows: Rows, field: str) -> Mask:
    return _confirmed(rows, field, "D02")


@check("UD-S15-SSNELSEWHERE", "D05", "D06", "D08", "D09", among=with_digits)
def number_elsewhere(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    found = rows.none()
    for start in range(text.bytes.shape[1] - 10):
        found |= _grouped_number(text.bytes, start, dashes_only=True)
    if field in ("D08", "D09"):
        digits = digit(text.bytes)
        for start in range(text.bytes.shape[1] - 8):
            found |= every(digits[:, start : start + 9])
    return found


@check("UD-S16-NINEDIGITS", "D05", "D06", closes=False)
def nine_digit_id(rows: Rows, field: str) -> Mask:
    text = rows.text(field)
    return text.filled & (text.length - text.begin == 9) & (digit(text.bytes).sum(axis=1) == 9)


def _grouped_number(values: Bytes, start: int, *, dashes_only: bool = False) -> Mask:
    """Return which values have ddd-dd-dddd at a position, with dashes or, if wanted, blanks."""
    part = values[:, start : start + 11]
    divided = (part[:, 3] == ord("-")) & (part[:, 6] == ord("-"))
    if not dashes_only:
        divided |= (part[:, 3] == BLANK) & (part[:, 6] == BLANK)
    if not divided.any():  # as good as always: spare the digits
        return divided
    digits = digit(part)
    result: Mask = divided & every(digits[:, :3]) & every(digits[:, 4:6]) & every(digits[:, 7:])
    return result


def _confirmed(rows: Rows, field: str, digest_field: str) -> Mask:
    """Return whose clear field has the digest that stands in a hash field; hashlib has the last word."""
    found = rows.clear_matches(field)[HASHES.index(digest_field)].copy()
    for record in np.flatnonzero(found):
        value = rows.bytes(field)[record].tobytes().strip(b" ")
        digest = rows.bytes(digest_field)[record].tobytes().decode("latin-1").lower()
        found[record] = hashlib.sha1(value, usedforsecurity=False).hexdigest() == digest
    return found


@cache
def _packed(*, null: bool) -> Bytes:
    """Return the digests of `words.toml` as rows of 40 bytes, in upper case, sorted."""
    digests = sorted(words().null_digests if null else words().test_digests)
    return np.frombuffer("".join(digests).encode(), np.uint8).reshape(-1, 40)


def known_digests(values: Bytes, known: Bytes) -> Mask:
    """Return which digests, 40 bytes each, are in a small table, whatever their case."""
    wide = np.ascontiguousarray(upper(values)).view("V40").ravel()
    found = np.zeros(len(values), np.bool_)
    heads = np.ascontiguousarray(wide.view(np.uint8).reshape(-1, 40)[:, :8]).view(np.uint64).ravel()
    known_heads = np.ascontiguousarray(known[:, :8]).view(np.uint64).ravel()
    for record in np.flatnonzero(np.isin(heads, known_heads)):
        found[record] = every(known == wide.view(np.uint8).reshape(-1, 40)[record]).any()
    return found


def advice(digest: bytes) -> str:
    """Return what was hashed to give a digest of `words.toml`, or ``""``."""
    text = digest.decode("latin-1").upper()
    return words().null_digests.get(text, "") or words().test_digests.get(text, "")
