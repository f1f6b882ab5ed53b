import csv
import functools
from pathlib import Path

import pytest
import xmlschema
from lxml import etree
from xmlschema.validators import XsdElement

from sevis_sim.codes import table
from sevis_sim.domain.document import child, children, to_node, value
from sevis_sim.resources import folder
from sevis_sim.scenarios import Scenario, elements
from sevis_sim.scenarios.elements import read

CREATES = {
    "student": ("Create-UpdateStudent.xsd", ("CreateStudent", "Student")),
    "exchangeVisitor": ("Create-UpdateExchangeVisitor.xsd", ("CreateEV", "ExchangeVisitor")),
}
LEFT_BY_UPDATES = {
    "student": {
        "Registration",
        "AuthDropBelowFC",
        "CPTEmployment",
        "OffCampusEmployment",
        "OPTEmployment",
        "OPTEmployer",
        "Program",
        "DisciplinaryAction",
        "Request",
        "Termination",
        "Cancellation",
        "Completion",
    },
    "student dependent": {"Termination", "Cancellation"},
    "exchangeVisitor dependent": {"Termination"},
}


@functools.cache
def schema(name):
    return xmlschema.XMLSchema(str(folder("schemas") / "6.31" / name), validation="skip")


def inner(kind):
    """Return the elements of a complex type by name; none of a simple one."""
    if not kind.is_complex() or kind.has_simple_content():
        return {}
    return {each.local_name: each for each in kind.content.iter_elements() if isinstance(each, XsdElement)}


def paths(kind, above=""):
    """Yield the paths of all elements below a type that have no children, with their types."""
    for name, element in inner(kind).items():
        if inner(element.type):
            yield from paths(element.type, f"{above}{name}/")
        else:
            yield f"{above}{name}", element.type


def declared():
    """Return what the schemas declare for each part of elements.csv."""
    found = {}
    for population, (file, sections) in CREATES.items():
        [root] = [each for name, each in schema(file).elements.items() if name.startswith("SEVISBatch")]
        for section in sections:
            root = inner(root.type)[section]
        apart = ("CreateDependent/", "AddSiteOfActivity/", "AddTIPP/TippSite/")
        found[population] = {p: t for p, t in paths(root.type) if not p.startswith(apart)}
        found[population].pop("AddSiteOfActivity/SiteOfActivity", None)
        dependent = inner(inner(root.type)["CreateDependent"].type)["Dependent"]
        found[f"{population} dependent"] = dict(paths(dependent.type))
    visitors = schema(CREATES["exchangeVisitor"][0])
    plan = inner(visitors.types["AddTIPP"])["TippSite"]
    found["exchangeVisitor site"] = dict(paths(visitors.types["SOA"])) | dict(paths(plan.type))
    found["exchangeVisitor site"].pop("SiteId")
    return found


def listed():
    found = {}
    with Path(elements.__file__).with_name("elements.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["part"], {})[row["path"]] = row["kind"]
    return found


def test_the_elements_are_those_that_the_schemas_declare_for_a_create():
    expected = {part: set(types) | LEFT_BY_UPDATES.get(part, set()) for part, types in declared().items()}
    assert {part: set(kinds) for part, kinds in listed().items()} == expected


def names(kind):
    """Yield the names of a simple type and those it is derived from."""
    while kind is not None:
        yield kind.local_name
        kind = kind.base_type


def test_each_kind_is_what_the_schema_says_of_the_element():
    found = listed()
    for part, types in declared().items():
        for path, kind in types.items():
            said = found[part][path]
            derived = set(names(kind))
            if said == "date":
                assert {"DateType", "date"} & derived, path
            elif said == "boolean":
                assert "boolean" in derived, path
            elif said == "dollars":
                assert "MonetaryType" in derived, path
            elif said != "text":
                assert any(table(said).listed(name) for name in derived if name), path
            else:
                assert not {"DateType", "MonetaryType", "boolean"} & derived, path


def creates():
    for file in sorted((folder("scenarios") / "files").glob("*.xml")):
        for section in etree.parse(file).getroot().iterchildren("CreateStudent", "CreateEV"):
            for element in section:
                yield pytest.param(str(section.tag), to_node(element), id=f"{file.stem}-{element.get('requestID')}")


@pytest.mark.parametrize(("section", "create"), list(creates()))
def test_whatever_a_create_can_say_a_scenario_can_say(section, create):
    """The shipped sample creates, written as records, come back as the event would store them."""
    data = {name: v for name, v in create.items() if not name.startswith("@")}
    dependents = children({"_": data.pop("CreateDependent", {})}, "_/Dependent")
    sites = [
        {"type": value(site, "@type")} | {name: v for name, v in site.items() if name != "@type"}
        for site in children({"_": data.pop("AddSiteOfActivity", {})}, "_/SiteOfActivity")
    ]
    plan = {name: v for name, v in child(data, "AddTIPP").items() if not name.startswith("@")}
    data.pop("AddTIPP", None)
    sites += [{"type": "TIPP"} | site for site in plan.pop("TippSite", [])]
    if plan:
        data["AddTIPP"] = plan
    org = "ABC214F00012000" if section == "CreateStudent" else "P-1-12345"
    ids = {"sevisID": "N9900000001", "org": org, "status": "ACTIVE"}
    people = [{"sevisID": f"N99000001{n:02d}"} | each for n, each in enumerate(dependents)]
    scenario = Scenario.model_validate(
        {"scenario": "s", "records": [ids | data | {"Dependents": people} | ({"Sites": sites} if sites else {})]}
    )
    [record] = scenario.to_records()
    assert record.data == data
    assert [each.data for each in record.dependents] == dependents
    assert [value(site.data, "@type") or "TIPP" for site in record.sites] == [site["type"] for site in sites]
    for site, sent in zip(record.sites, sites, strict=True):
        phases = [{name: v for name, v in p.items() if name != "PhaseId"} for p in children(site.data, "TippPhase")]
        stored = {name: v for name, v in site.data.items() if name not in ("@type", "TippPhase")}
        assert stored == {name: v for name, v in sent.items() if name not in ("type", "TippPhase")}
        assert phases == sent.get("TippPhase", [])


TREE = {"A": "text", "D": "date", "N": "dollars", "B": "boolean", "C": "dependent-relationship", "X": "any"}
TREE |= {"G": {"Inner": "text"}, "TippPhase": {"PhaseName": "text"}}


@pytest.mark.parametrize(
    ("given", "node"),
    [
        ({"A": "01", "D": "2026-03-06", "N": "0", "B": "true", "C": "01"}, ...),
        ({"A": None, "D": None, "N": "", "G": None}, {"A": "", "D": "", "N": "", "G": ""}),
        ({"A": 7, "B": True}, {"A": "7", "B": "true"}),
        ({"X": {"Y": [None, {"Z": False}]}}, {"X": {"Y": ["", {"Z": "false"}]}}),
        ({"TippPhase": {"PhaseName": "one"}}, {"TippPhase": [{"PhaseName": "one"}]}),
        ({"TippPhase": [{"PhaseName": "one"}, {}]}, {"TippPhase": [{"PhaseName": "one"}, {}]}),
    ],
)
def test_what_is_written_becomes_elements(given, node):
    assert read(given, TREE) == (given if node is ... else node, [])


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        ({"a": ""}, ("r", "a"), "unknown element 'a' (did you mean 'A'?)"),
        ({"Statos": ""}, ("r", "Statos"), "unknown element 'Statos' (did you mean 'status'?)"),
        ({"Inner": ""}, ("r", "Inner"), "unknown element 'Inner'; it stands inside of G"),
        ({"G": {"Innr": ""}}, ("r", "G", "Innr"), "unknown element 'Innr' (did you mean 'Inner'?)"),
        ({"G": {"Zzz": ""}}, ("r", "G", "Zzz"), "unknown element 'Zzz'; known here: Inner"),
        ({"G": "x"}, ("r", "G"), "'x' stands here; expected a mapping with Inner"),
        ({"G": []}, ("r", "G"), "a list stands here; expected a mapping with Inner"),
        ({"A": {}}, ("r", "A"), "a mapping stands here; expected a text"),
        ({"D": "2026-02-30"}, ("r", "D"), "'2026-02-30' stands here; expected a day such as 2026-03-06"),
        ({"D": "20260306"}, ("r", "D"), "'20260306' stands here; expected a day such as 2026-03-06"),
        ({"N": "1.5"}, ("r", "N"), "'1.5' stands here; expected whole dollars, up to eight digits"),
        ({"B": "yes"}, ("r", "B"), "'yes' stands here; expected true or false"),
        ({"C": "1"}, ("r", "C"), "'1' is no code of the table dependent-relationship (did you mean '01'?)"),
        ({"C": "77"}, ("r", "C"), "'77' is no code of the table dependent-relationship: 01, 02"),
        ({"C": []}, ("r", "C"), "a list stands here; expected a code of the table dependent-relationship"),
        ({"TippPhase": [{}, {"x": ""}]}, ("r", "TippPhase", 1, "x"), "unknown element 'x'; known here: PhaseName"),
        ({"CreateDependent": ""}, ("r", "CreateDependent"), "unknown element 'CreateDependent'; write dependents as a"),
    ],
)
def test_what_is_no_element_is_told_with_its_path(given, path, message):
    [finding] = read(given, TREE, ("r",), ("status",))[1]
    assert finding.path == path
    assert finding.message.startswith(message)
    assert finding.at_key == message.startswith("unknown element")


def test_elements_of_students_and_exchange_visitors_differ():
    assert "PersonalInfo" in elements.elements("student")
    assert "PersonalInfo" not in elements.elements("exchangeVisitor")
    assert not elements.elements("student", "site")
