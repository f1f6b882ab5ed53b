"""The layout against the columns of the interface file, and what reports may show."""

import re

import pytest

from udir_sim.layout import copybook, digest_shape, layout, masked_record, parse_layout, ruler, shape, shown
from udir_sim.rules.examples import base_records

SPECIFIED = {
    "H": [(1, 1), (2, 3), (4, 11), (12, 19), (20, 246)],
    "T": [(1, 1), (2, 3), (4, 11), (12, 19), (20, 246)],
    "D": [
        (1, 2), (3, 42), (43, 49), (50, 89), (90, 121), (122, 131), (132, 132), (133, 172), (173, 212), (213, 213),
        (214, 214), (215, 222), (223, 230), (231, 238), (239, 246),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", SPECIFIED)
def test_fields_stand_in_the_columns_of_the_interface_file(kind):
    record = {"H": layout().header, "T": layout().trailer, "D": layout().data}[kind]
    assert [field.columns for field in record.fields] == SPECIFIED[kind]


def test_a_gap_between_fields_is_an_error_that_names_the_field():
    text = """
        length = 3
        [locations]
        [[record]]
        kind = "header"
        code = "H"
        cobol = "H"
        fields = [
          { id = "H01", name = "a", start = 1, length = 1, kind = "code", show = "value", cobol = "A" },
          { id = "H02", name = "b", start = 3, length = 1, kind = "code", show = "value", cobol = "B" },
        ]
    """
    with pytest.raises(ValueError, match="H02 of the header record starts in column 3, not 2"):
        parse_layout(text)


def test_an_unknown_field_is_an_error_that_lists_the_known_ones():
    with pytest.raises(KeyError, match="no field 'D99' in the data record"):
        layout().field("D99")


def test_the_copybook_has_every_column_once_and_fits_cobol_lines():
    text = copybook(layout())
    lengths = [int(digits) for digits in re.findall(r"PIC [X9]\((\d+)\)", text)]
    assert sum(lengths) == 3 * 246
    assert all(len(line) <= 72 for line in text.splitlines())


def test_shapes_count_runs_as_cobol_pictures_do():
    assert shape(b"A00012345  ") == "A9(8)·(2)"
    assert shape(b"a-\xf1") == "a-?"


def test_the_shape_of_a_digest_does_not_tell_its_letters_from_its_digits():
    assert digest_shape(b"690492E0893D28AFA4E2B6C9AE8885BEBE69307B") == "H(40)"
    assert digest_shape(b"900123456 ") == "9(9)·"


def test_a_date_that_may_be_part_of_a_name_is_shown_as_a_shape_only():
    field = layout().field("D12")
    assert shown(field, b"19990931") == "19990931"
    assert shown(field, b"RIVERA  ") == "A(6)·(2)"
    assert shown(layout().field("D08"), b"RIVERA".ljust(40)) == ""


def test_a_masked_record_holds_no_personal_value():
    record = bytes(dict(base_records())["D1"])
    masked = masked_record(layout(), record)
    assert len(masked) == 246
    for personal in ("690492E0", "49D42919", "A00012345", "1234567", "O'Neil", "Mary"):
        assert personal not in masked
    assert masked.endswith("UR19990923199912111999091520000103")


def test_of_a_record_with_shifted_columns_only_the_beginning_is_shown():
    assert masked_record(layout(), b"06" + b"RIVERA19990909") == "06##############"
    assert masked_record(layout(), b"RIVERA, JO") == "#######·##"


def test_the_ruler_marks_columns_across_its_lines():
    lines = ruler("x" * 246, (80, 85))
    assert [line[5:] for line in lines if "^" in line] == [" " * 79 + "^^^", "^^^"]
    assert lines[0].startswith("   1 ----+----1----+")
