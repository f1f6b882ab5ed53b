from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from sevis_sim.yamlfile import Finding, explain, load_text, quoted, reject, suggestion


@dataclass(frozen=True)
class Reading:
    __pydantic_config__: ClassVar = {"extra": "forbid"}
    identity: Literal["biographic", "name"] = "name"


class Wheel(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(ge=10, le=30, description="inches across")
    kind: Literal["front", "back"] = "front"


class Bicycle(BaseModel):
    model_config = ConfigDict(extra="forbid")
    maker: str = Field(description="who made it", alias="madeBy")
    wheels: tuple[Wheel, ...] = ()
    spare: Wheel | None = None
    by_place: dict[Literal["left", "right"], Annotated[Wheel, Field()]] = Field(default_factory=dict)
    frame: str = Field(default="", pattern="^[A-Z]{2}$", examples=["AB"])
    bell: bool = False
    reading: Reading = Reading()
    rgb: list[str] = []

    @field_validator("rgb")
    @classmethod
    def _rgb(cls, rgb):
        wrong = [Finding((n,), f"no {c}") for n, c in enumerate(rgb) if c != "red"]
        if wrong:
            reject(wrong)
        return rgb

    @model_validator(mode="after")
    def _agrees(self):
        if len(self.wheels) > 2:
            reject([Finding(("wheels", 2), "too many"), Finding(("madeBy",), "wrong maker", at_key=True)])
        return self


def problems(text: str) -> list[str]:
    document = load_text(text, "f")
    with pytest.raises(ValidationError) as caught:
        Bicycle.model_validate(document.value)
    return [str(problem) for problem in explain(caught.value, document, Bicycle)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("madeBy: a\nwhels: []", "f:2:1: whels: unknown key 'whels' (did you mean 'wheels'?)"),
        (
            "madeBy: a\nqqqqqq: []",
            "f:2:1: qqqqqq: unknown key 'qqqqqq'; known keys: madeBy, wheels, spare, by_place, frame, bell",
        ),
        ("bell: true", "f:1:1: the key 'madeBy' is missing: who made it"),
        ("madeBy:\n", "f:1:7: madeBy: nothing stands here; expected a text"),
        ("madeBy: [a]", "f:1:9: madeBy: a list stands here; expected a text"),
        (
            "madeBy: a\nwheels:\n - {size: 20}\n - {size: 40}",
            "f:4:11: wheels[1].size: '40' stands here; expected at most 30",
        ),
        ("madeBy: a\nwheels: [{size: x}]", "f:2:17: wheels[0].size: 'x' stands here; expected a whole number"),
        ("madeBy: a\nwheels: [{}]", "f:2:10: wheels[0]: the key 'size' is missing: inches across"),
        ("madeBy: a\nwheels: [{size: 20, sze: 1}]", "f:2:21: wheels[0].sze: unknown key 'sze' (did you mean 'size'?)"),
        ("madeBy: a\nwheels: {size: 1}", "f:2:9: wheels: a mapping stands here; expected a list"),
        ("madeBy: a\nwheels: [x]", "f:2:10: wheels[0]: 'x' stands here; expected a mapping (key: value)"),
        ("madeBy: a\nspare: {size: 20, kid: a}", "f:2:19: spare.kid: unknown key 'kid' (did you mean 'kind'?)"),
        (
            "madeBy: a\nspare: {size: 20, kind: Fron}",
            "f:2:25: spare.kind: 'Fron' is not allowed here (did you mean 'front'?); expected front or back",
        ),
        (
            "madeBy: a\nby_place: {lft: {size: 20}}",
            "f:2:12: by_place.lft: 'lft' is not allowed here (did you mean 'left'?); expected left or right",
        ),
        ("madeBy: a\nby_place: {left: {siz: 20}}", "f:2:18: by_place.left: the key 'size' is missing (is it 'siz'?)"),
        ("madeBy: a\nframe: abc", "f:2:8: frame: 'abc' stands here; expected another form, such as AB"),
        ("madeBy: a\nbell: loud", "f:2:7: bell: 'loud' stands here; expected true or false"),
        (
            "madeBy: a\nreading: {identty: name}",
            "f:2:11: reading.identty: unknown key 'identty' (did you mean 'identity'?)",
        ),
        ("madeBy: a\nreading: x", "f:2:10: reading: 'x' stands here; expected a mapping (key: value)"),
        ("madeBy: a\nrgb: [red, blue]", "f:2:12: rgb[1]: no blue"),
        ("[]", "f:1:1: a list stands here; expected a mapping (key: value)"),
        ("", "f:1:1: nothing stands here; expected a mapping (key: value)"),
    ],
)
def test_each_kind_of_error_has_its_place_and_its_words(text, expected):
    assert problems(text)[0].startswith(expected)


def test_problems_come_in_the_order_of_the_file():
    found = problems("bell: loud\nwheels: [{size: 1}]\nnonsense: 1\nmadeBy: {}")
    assert [line.split(":")[1] for line in found] == ["1", "2", "3", "4"]


def test_a_validator_of_ours_may_find_several_things_and_blame_a_key():
    found = problems("wheels: [{size: 20}, {size: 20}, {size: 20}]\nmadeBy: a")
    assert found == ["f:1:34: wheels[2]: too many", "f:2:1: madeBy: wrong maker"]


def test_outside_of_files_such_an_error_reads_as_one_line():
    with pytest.raises(ValidationError, match=r"wheels\[2\]: too many; madeBy: wrong maker"):
        Bicycle.model_validate({"madeBy": "a", "wheels": [{"size": 20}] * 3})


def test_suggestions_forgive_case_and_separators():
    assert suggestion("no-show", ["NO SHOW", "ACTIVE"]) == " (did you mean 'NO SHOW'?)"
    assert suggestion("xyzzy", ["NO SHOW", "ACTIVE"]) == ""


def test_long_values_are_cut():
    assert quoted("x" * 500) == "'" + "x" * 58 + "…"
    assert len(quoted("x" * 500)) == 60
