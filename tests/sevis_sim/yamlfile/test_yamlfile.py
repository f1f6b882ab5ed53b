import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sevis_sim.yamlfile import YamlError, load_text


def problems(text: str) -> list[str]:
    with pytest.raises(YamlError) as caught:
        load_text(text, "a.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_scalars_are_read_as_written():
    document = load_text("a: 01\nb: 2026-03-06\nc: no\nd:\ne: 'x'\n", "a.yaml")
    assert document.value == {"a": "01", "b": "2026-03-06", "c": "no", "d": None, "e": "x"}


def test_every_value_knows_its_place():
    document = load_text("a:\n  - b: 1\n    c: 2\n", "a.yaml")
    assert document.position(("a", 0, "c")) == (3, 8)
    assert document.key_position(("a", 0, "c")) == (3, 5)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("a: 1\na: 2\n", "a.yaml:2:1", "a"),
        ("a: [1, 2\n", "a.yaml:", ""),
        ("a: *b\n", "a.yaml:1:4", "b"),
        ("a: &x [*x]\n", "a.yaml:1:", "x"),
        ("\tb: 1\n", "a.yaml:1:", ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, place, words):
    [problem, *_] = problems(text)
    assert problem.startswith(place)
    assert words in problem


def test_aliases_cannot_explode():
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert problems(bomb)


def test_nesting_is_bounded():
    assert problems("[" * 5000 + "]" * 5000)


@given(st.text(max_size=200))
def test_no_text_makes_the_loader_raise_anything_else(text):
    with contextlib.suppress(YamlError):
        load_text(text, "a.yaml")
