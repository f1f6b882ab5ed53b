"""The published JSON Schema, as an editor reads it, takes what is shipped and knows mistakes."""

import json

import pytest
from ruamel.yaml import YAML

from sevis_sim.resources import folder

jsonschema_rs = pytest.importorskip("jsonschema_rs")

FILES = sorted(
    file for file in folder("scenarios").rglob("*.yaml") if not {"parts", "files"} & set(file.parent.parts[-1:])
)


@pytest.fixture(scope="module")
def validator():
    return jsonschema_rs.Draft202012Validator(json.loads((folder("schemas") / "scenario.schema.json").read_text()))


def read(text):
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_scenario_is_as_the_schema_says(validator, file):
    assert [error.message for error in validator.iter_errors(read(file.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    "text",
    [
        "scenario: t\nsumary: x",
        "scenario: t\nsteps: [{downlod: {batchId: b}}]",
        "scenario: t\nsteps: [{upload: {file: a.xml, at_once: many}}]",
        "scenario: t\nexpect: [{batch: b, succes: 1}]",
        "scenario: t\nsystem: gamma",
        "scenario: t\nfaults: [{at: nowhere, do: drop}]",
    ],
)
def test_an_editor_tells_mistakes(validator, text):
    assert not validator.is_valid(read(text))
