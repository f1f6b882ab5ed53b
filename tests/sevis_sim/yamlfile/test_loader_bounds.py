import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.yamlfile import Position, YamlError, load_file, load_text, loader


def problem(text: str) -> str:
    with pytest.raises(YamlError) as caught:
        load_text(text, "f")
    [found] = caught.value.problems
    return str(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b: c", "f:1:5: mapping values are not allowed here; quote a text that has ': ' in it"),
        ("a: @x", "f:1:4: found character '@' that cannot start any token; indent with blanks"),
        ("a:\n\tb: 1", "f:2:1: "),
        ("a: 'x", "f:1:6: found unexpected end of stream"),
        ("a: 1\nb: [1,\n", "f:3:1: expected the node content"),
        ("a: \x07", "f:1:4: the character U+0007 may not stand in a YAML file"),
        ("a: 1\nb: \x00", "f:2:4: the character U+0000 may not stand in a YAML file"),
        ("a: \ud800", "f:1:4: the character U+D800 may not stand in a YAML file"),
        ('a: "\\uD800"', "f:1:4: half of a surrogate pair"),
        ("--- 1\n--- 2\n", "f:2:1: a second document begins here"),
        ("%YAML 3.0\n---\na: 1", "f:1:1: "),
        ("x: 1\nb: 2\nx: 3", "f:3:1: the key 'x' stands here twice, first in line 1"),
        ("a: {x: 1, x: 2}", "f:1:11: the key 'x' stands here twice"),
        ("a: {01: 1, '01': 2}", "f:1:12: the key '01' stands here twice"),
        ("[k]: v", "f:1:1: a key must be a text"),
        ("? {k: 1}\n: v", "f:1:3: a key must be a text"),
        (": v", "f:1:1: a key must be a text"),
        ("~: v", "f:1:1: a key must be a text"),
        ("a: &x {b: 1}\n*x : v", "f:2:1: a key must be a text"),
        ("base: &b {c: 1}\nd:\n  <<: *b", "f:3:3: merge keys '<<' are no part of YAML 1.2"),
        ("a: *b", "f:1:4: '*b' has no '&b' before it"),
        ("a: &x [1, *x]", "f:1:11: '*x' stands inside of what it repeats"),
        ("a: &x {b: {c: *x}}", "f:1:15: '*x' stands inside of what it repeats"),
        ("a: !!python/object:os.system x", "f:1:4: the tag '!!python/object:os.system' is not known here"),
        ("a: !mine {b: 1}", "f:1:4: the tag '!mine' is not known here"),
        ("a: !!binary aGk=", "f:1:4: the tag '!!binary' is not known here"),
    ],
)
def test_each_error_stands_where_it_is(text, expected):
    assert problem(text).startswith(expected)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("\ufeff", None),
        ("a: ~\nb: null\nc:\nd: ''\n", {"a": None, "b": None, "c": None, "d": ""}),
        ("a: Null\nb: NULL\nc: 'null'\nd: !!str null", {"a": "Null", "b": "NULL", "c": "null", "d": "null"}),
        ("a: [0o14, 0x1F, 1_000, 1e3, .inf, -0, 1.10]", {"a": ["0o14", "0x1F", "1_000", "1e3", ".inf", "-0", "1.10"]}),
        ("a: [yes, No, on, true, TRUE]", {"a": ["yes", "No", "on", "true", "TRUE"]}),
        ("a: |\n  x\n  y\nb: >-\n  p\n  q\n", {"a": "x\ny\n", "b": "p q"}),
        ("? a\n", {"a": None}),
        ("a: !!int 7", {"a": "7"}),
        ("%YAML 1.1\n---\na: no", {"a": "no"}),
        ("a: &x {b: [1]}\nc: *x\nd: [*x, *x]", {"a": {"b": ["1"]}, "c": {"b": ["1"]}, "d": [{"b": ["1"]}] * 2}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": "1", "b": "2", "c": "2"}),
        ("k: &x a\n*x : 1", {"k": "a", "a": "1"}),
    ],
)
def test_values_are_taken_as_written(text, value):
    assert load_text(text, "f").value == value


def test_what_an_alias_repeats_is_a_copy():
    value = load_text("a: &x {b: 1}\nc: *x", "f").value
    value["a"]["b"] = "changed"
    assert value["c"] == {"b": "1"}


def test_places_of_keys_and_values():
    document = load_text("a: 1\nb:\n  - {c: x, d:   y}\n  -\ne:\n\n\nf: |\n  text\ng: &n [1]\nh: *n\n", "f")
    assert document.position() == Position(1, 1)
    assert document.position(("b", 0, "d")) == Position(3, 17)
    assert document.key_position(("b", 0, "d")) == Position(3, 12)
    assert document.key_position(("b", 0)) == Position(3, 5)
    assert document.position(("e",)) == Position(5, 2), "an empty value belongs to its key's line"
    assert document.position(("f",)) == Position(8, 4)
    assert document.position(("h", 0)) == Position(10, 8), "an alias stands where its anchor does"
    assert document.key_position(("h",)) == Position(11, 1)


def test_a_path_that_leads_nowhere_ends_at_the_nearest_value_around_it():
    document = load_text("a:\n  b: {c: 1}\n", "f")
    assert document.position(("a", "b", "x", 3)) == Position(2, 6)
    assert document.key_position(("a", "b", "x")) == Position(2, 6)
    assert document.position(("a", 0)) == Position(2, 3)
    assert document.depth(("a", "b", "x", 3)) == 2


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_nesting_ends_at_its_limit_exactly():
    load_text(nested(loader.MAX_DEPTH), "f")
    assert problem(nested(loader.MAX_DEPTH + 1)) == f"f:1:{loader.MAX_DEPTH + 1}: nested deeper than 64 levels"


def test_aliases_cannot_get_around_the_limit_of_nesting():
    half = loader.MAX_DEPTH // 2
    good = f"- &x {nested(half)}\n- {'[' * (half - 1)}*x{']' * (half - 1)}"
    assert len(load_text(good, "f").value) == 2
    bad = f"- &x {nested(half)}\n- {'[' * half}*x{']' * half}"
    assert problem(bad) == f"f:2:{half + 3}: nested deeper than 64 levels"


def test_an_alias_bomb_ends_before_it_is_built(monkeypatch):
    monkeypatch.setattr(loader, "MAX_NODES", 1000)
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert problem("\n".join(lines)).startswith("f:3:")
    assert "more than 1000 values, aliases counted" in problem("\n".join(lines))


def test_a_text_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(loader, "MAX_BYTES", 1024 * 1024)
    assert problem("#" * (1024 * 1024 + 1)) == "f:1:1: the text has more than 1 MB; split it"


def test_files_that_cannot_be_read_are_told(tmp_path, monkeypatch):
    def told(path):
        with pytest.raises(YamlError) as caught:
            load_file(path)
        return str(caught.value)

    file = tmp_path / "a.yaml"
    assert told(file) == f"{file}:1:1: the file cannot be read: No such file or directory"
    assert told(tmp_path) == f"{tmp_path}:1:1: the file cannot be read: Is a directory"
    file.write_bytes("a: 1\nä: ".encode() + b"\xe9\n")
    assert told(file) == f"{file}:2:4: byte 0xE9 is not UTF-8; save the file as UTF-8"
    monkeypatch.setattr(loader, "MAX_BYTES", 1024 * 1024)
    file.write_bytes(b"#" * (1024 * 1024 + 1))
    assert told(file) == f"{file}:1:1: the file has more than 1 MB; split it"


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    document = load_file(tmp_path / "a.yaml")
    assert document.value == {"a": "1", "b": "2"}
    assert document.position(("b",)) == Position(2, 4)


@given(st.text(st.sampled_from("ab01 :-[]{},&*!|>'\"\n\t#?%@`~<\\\ud800\x00é"), max_size=60))
def test_no_mixture_of_yaml_signs_breaks_the_loader(text):
    with contextlib.suppress(YamlError):
        document = load_text(text, "f")
        assert document.position(("x",)).line >= 1


@given(st.binary(max_size=60))
def test_no_bytes_break_the_loader(tmp_path_factory, data):
    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(data)
    with contextlib.suppress(YamlError):
        load_file(file)


plain = st.recursive(
    st.none() | st.text("abc 01", min_size=1, max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz", min_size=1, max_size=4), inner),
    max_leaves=12,
)


@given(plain)
def test_what_is_written_is_read_again_and_every_value_has_a_place(value):
    text = json.dumps(value, indent=2, ensure_ascii=False)  # JSON is YAML 1.2
    document = load_text(text, "f")
    assert document.value == value
    lines = text.splitlines()
    for path, inner in everything(value):
        position = document.position(path)
        begin = "{" if isinstance(inner, dict) else "[" if isinstance(inner, list) else json.dumps(inner)
        assert lines[position.line - 1][position.column - 1 :].startswith(begin)


def everything(value, path=()):
    """Yield the value and all values in it, with their paths."""
    yield path, value
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in steps:
        yield from everything(inner, (*path, step))
