"""Policy files: what opens or closes a door must be said, and what is wrong is shown where it stands."""

import json

import pytest

from sevis_sim.yamlfile import YamlError
from udir_sim.attributes import Policies, load_policies, policies_schema
from udir_sim.attributes.policy import EXAMPLE

GOOD = """
applications:
  A:
    locations: [06]
    types: all
    statuses: [R]
    dates: true
"""


@pytest.fixture
def policies(tmp_path):
    def read(text: str) -> Policies:
        file = tmp_path / "policies.yaml"
        file.write_text(text, encoding="utf-8")
        return load_policies(file)

    return read


def test_the_example_holds_the_three_policies_of_the_decision_table():
    applications = load_policies(EXAMPLE).applications
    assert {name: sorted(each.statuses) for name, each in applications.items()} == {
        "PUBLISHER1": ["R"],
        "PUBLISHER2": ["A", "B", "F", "R"],
        "PUBLISHER3": ["A", "B", "F", "R", "W"],
    }
    assert all(each.locations == {"06", "09"} for each in applications.values())
    assert all(each.types == set("PGUEX") for each in applications.values())
    assert [each.dates for each in applications.values()] == [True, True, False]


def test_an_empty_file_knows_no_application(policies):
    assert policies("").applications == {}


def test_all_means_every_campus_and_an_unquoted_number_is_a_location(policies):
    read = policies(GOOD.replace("[06]", "all")).applications["A"]
    assert read.locations == {f"{number:02}" for number in range(1, 11)}
    assert policies(GOOD).applications["A"].locations == {"06"}


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        (("[06]", "[6]"), "4:17", "there is no location '6' (did you mean '06'?)"),
        (("[06]", "[06, SD]"), "4:21", "there is no location 'SD' (did you mean '06'?)"),
        (("[06]", "[66]"), "4:17", "there is no location '66'; expected 01 BK Berkeley, 02"),
        (("[06]", "[[06]]"), "4:17", "there is no location a list"),
        (("[06]", "[]"), "4:16", "the list is empty, so nobody is ever eligible"),
        (("[06]", "06"), "4:16", "'06' stands here; expected all, or a list such as [01]"),
        (("all", "[u]"), "5:13", "there is no student type 'u' (did you mean 'U'?)"),
        (("[R]", "[registered]"), "6:16", "did you mean 'R'?"),
        (("dates: true", "dates: maybe"), "7:12", "expected true or false"),
        (("    dates: true\n", ""), "4:5", "the key 'dates' is missing"),
        (("statuses", "statusses"), "6:5", "unknown key 'statusses' (did you mean 'statuses'?)"),
        (("  A:", "  A B:"), "3:3", "'A B' cannot name an application"),
        (("dates: true", "dates: true\n    tri_state: true"), "8:16", "it needs test_mode: true"),
        (("dates: true", "dates: true\n    queries_per_minute: 0"), "8:25", "expected at least 1"),
        (("\napplications", "net_id_from: [uid]\napplications"), "1:15", "no place 'uid' (did you mean 'UID'?)"),
        (("\napplications", "net_id_from: [1.2.x]\napplications"), "1:15", "no place '1.2.x'; expected UID"),
        (("applications", "aplications"), "2:1", "did you mean 'applications'?"),
    ],
)
def test_what_is_wrong_is_shown_where_it_stands_with_what_would_be_right(policies, tmp_path, change, place, words):
    with pytest.raises(YamlError) as caught:
        policies(GOOD.replace(*change))
    assert f"{tmp_path / 'policies.yaml'}:{place}: " in str(caught.value)
    assert words in str(caught.value)


def test_the_version_changes_with_the_conditions_and_not_with_the_words(policies):
    version = policies(GOOD).applications["A"].version
    assert policies(GOOD + "    summary: other words\n    queries_per_minute: 5\n").applications["A"].version == version
    assert policies(GOOD.replace("[R]", "[R, F]")).applications["A"].version != version
    assert policies(GOOD.replace("all", "[X, E, U, G, P]")).applications["A"].version == version


def test_the_schema_for_editors_names_every_key_and_code():
    schema = policies_schema()
    application = schema["$defs"]["Application"]
    assert application["required"] == ["locations", "types", "statuses", "dates"]
    assert application["properties"]["statuses"]["anyOf"][1]["items"] == {"enum": ["A", "R", "B", "W", "F"]}
    assert all(each.get("description") for each in application["properties"].values())
    json.dumps(schema)
