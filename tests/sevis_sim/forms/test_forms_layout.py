"""Layouts are data: a new field is a line in a file, and a file that is wrong says where and how to mend it."""

from pathlib import Path

import pytest
from form_samples import i20
from hypothesis import example, given
from hypothesis import strategies as st

from sevis_sim.forms import context, layout
from sevis_sim.forms.errors import LayoutError
from sevis_sim.forms.expression import compile_text
from sevis_sim.forms.formatters import FORMATTERS

HEAD = """
form = "I-20"
edition = "x"
title = "MINE - TEST ONLY"
subject = "TEST ONLY"
person = {principal = "data/PersonalInfo", dependent = "dependent"}
sources.principal = {person = "PersonalInfo", data = "", organization = "school's profile:"}
sources.dependent = {person = "Dependent"}
maps.yes = {true = "Yes"}
"""


def parse(body: str, who="principal"):
    return layout.parse(HEAD + body, who, "mine.toml")


def block(cells: str) -> str:
    return f'[[blocks]]\ntitle = "ONE"\nrows = [[{cells}]]\n'


def evaluate(text: str, request=None, maps=None) -> str:
    mapping = context.build(request or i20()) | {"item": {"a": "1", "b": "", "c": "x y"}}
    return compile_text(text, maps or {}, "here").evaluate(mapping)


def test_a_new_field_is_a_data_change_only():
    made = parse(block('{label = "EMAIL", value = "{person/Email}", span = 6}'))
    mapping = context.build(i20())
    mapping["person"] = mapping["data"]["PersonalInfo"]
    assert made.blocks[0].rows[0][0].value.evaluate(mapping) == "not-email@example.test"
    assert made.blocks[0].rows[0][0].source == "PersonalInfo/Email"


def test_a_block_can_be_for_one_kind_of_person():
    body = block('{label = "A", value = "x"}').replace("rows", 'print = "dependent"\nrows')
    assert parse(body).blocks == ()
    assert len(parse(body, "dependent").blocks) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (block('{label = "A", valu = "x"}'), r"mine.toml: block 1 \(ONE\), row 1, cell 1: unknown key 'valu'"),
        (block('{label = "A", value = "{data/X|date-wrong}"}'), "no formatter 'date-wrong'.*there are code-and-words"),
        (block('{label = "A", value = "{data/X|words:nothing}"}'), "no code table 'nothing'"),
        (block('{label = "A", value = "{data/X|map:nothing}"}'), r"no word list 'nothing'.*add \[maps.nothing\]"),
        (block('{label = "A", value = "{data/X"}'), "braces do not match"),
        (block('{label = "A", value = "{data//X}"}'), "empty step"),
        (block('{label = "A", value = "{nowhere/X}"}'), "path nowhere/X begins with none of data"),
        (block('{label = "A", span = 13}'), "span 13 does not fit; a row has 12 columns"),
        (block('{label = "A", span = 8}, {label = "B", span = 5}'), "cell 2: span 5 does not fit"),
        (block('{label = "A", style = "fancy"}'), "no style 'fancy'; there are above"),
        ('[[blocks]]\ntitle = "ONE"\n', "give one of rows, each, count, list; found"),
        ('[[blocks]]\ntitle = "ONE"\ncount = 2\n', "a table needs columns"),
        ('[[blocks]]\nprint = "nobody"\nrows = []\n', "print is principal or dependent, not 'nobody'"),
        ('[[blocks]]\nblank = "nobody"\nrows = []\n', "blank is principal or dependent, not 'nobody'"),
        ("", "mine.toml: blocks is missing"),
        ("[[blocks", "mine.toml: not TOML: Expected"),
    ],
)  # fmt: skip
def test_a_wrong_layout_is_refused_with_place_and_remedy(body, message):
    with pytest.raises(LayoutError, match=message):
        parse(body)


@pytest.mark.parametrize("form", ["I-20", "DS-2019"])
@pytest.mark.parametrize("who", ["principal", "dependent"])
def test_the_shipped_layouts_name_every_field_once(form, who):
    made = layout.load(form, who)
    for one in made.blocks:
        names = [cell.name for row in (*one.rows, one.columns) for cell in row if cell.name]
        assert len(names) == len(set(names)), one.title


def test_every_formatter_is_used_by_a_shipped_layout():
    text = "".join(path.read_text() for path in Path(layout.__file__).parent.glob("layouts/*.toml"))
    assert [name for name in FORMATTERS if f"|{name}" not in text] == []


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("{item/a}", "1"),
        ("{item/none}", ""),
        ("[{item/none}]", ""),
        ("{item/a}, {item/b}", "1"),
        ("{item/b}, {item/c}", "x y"),
        ("{item/b}\n{item/c}", "x y"),
        ("{item/b ?? item/c}", "x y"),
        ("{item/b|or:none}", "none"),
        ("{item/c|prefix: - }", "- x y"),
        ("{item/a + item/a|money}", "$2"),
        ("{item/b + item/none|money}", "$"),
        ("{item/a|money-cents}", "$1.00"),
        ("{item/c|money}", "x y"),
        ("{item/c|date-long}", "x y"),
        ("{item/a|map:yes}", "Yes"),
        ("{item/c|map:yes}", "x y"),
        ("{item|upper}", ""),
        ("{item/c/deeper}", ""),
        ("{organization/address|lines}", "Office of International Students\n100 College Avenue\nSpringfield, VA 22150"),
        ("plain text", "plain text"),
    ],
)
def test_a_value_source_gives_its_text(text, printed):
    assert evaluate(text, maps={"yes": {"1": "Yes"}}) == printed


@pytest.mark.parametrize(
    ("formatter", "value", "printed"),
    [
        ("date-long", "2025-08-04", "04 AUGUST 2025"),
        ("date-long:-30", "2026-03-01", "30 JANUARY 2026"),
        ("date-long", "2025-08-04-05:00", "04 AUGUST 2025"),
        ("date-long:-30", "0001-01-02", "0001-01-02"),
        ("date-mixed", "2025-08-04Z", "04 August 2025"),
        ("date-us", "2025-08-04", "08-04-2025"),
        ("money", "0", "$0"),
        ("money", "99999999", "$99,999,999"),
        ("money", "", "$"),
        ("money-cents", "", ""),
        ("number", "09", "9"),
        ("number", "00", "0"),
        ("number", "", ""),
        ("words:education-level", "04", "BACHELOR'S"),
        ("words:education-level", "99", "99"),
        ("words-and-code:subject", "11.0701", "Computer Science 11.0701"),
        ("words-and-code:subject", "90.0101", "90.0101"),
        ("code-and-words:subject", "11.0701", "11.0701 Computer Science"),
        ("code-and-words:subject", "99.9999", "99.9999"),
        ("other", "OTHER", ""),
        ("other", "DOD", "DOD"),
    ],
)
def test_a_formatter_prints_its_pattern(formatter, value, printed):
    text = compile_text(f"{{item/v|{formatter}}}", {}, "here").evaluate({"item": {"v": value}})
    assert text == printed


def test_a_sponsor_with_named_categories_lists_their_words():
    for given_set, printed in ((frozenset({"1D", "04"}), "PROFESSOR; STUDENT MASTERS"), (None, "All")):
        text = compile_text("{item/v|words-list:ev-category:All}", {}, "here").evaluate({"item": {"v": given_set}})
        assert text == printed


@given(
    st.recursive(
        st.one_of(st.none(), st.text(), st.integers(), st.booleans()),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner)),
    ),
    st.sampled_from(sorted(FORMATTERS)),
)
@example(value=[None, None], formatter="words-list")
def test_no_value_of_a_record_makes_a_formatter_fail(value, formatter):
    argument = {"words-list": "ev-category", "map": "yes"}.get(formatter, "subject" if "words" in formatter else "")
    text = compile_text(f"{{item/v|{formatter}:{argument}}}", {"yes": {}}, "here").evaluate({"item": {"v": value}})
    assert isinstance(text, str)
