"""``sevis-sim schemas`` as a user runs it, inside this process."""

import json
import sys

import pytest
from schema_variants import alpha, variant

from sevis_sim.cli import main
from sevis_sim.resources import folder

STUDENT = "Create-UpdateStudent.xsd"
ISSUE = '<xs:element name="IssueReason" type="table:StudentCreationReason"/>'
OPTIONAL = ISSUE.replace("/>", ' minOccurs="0"/>')


@pytest.fixture
def schemas(capsys, monkeypatch, tmp_path):
    """Runs the command on a data folder; gives exit code, output, errors."""

    def run(*arguments):
        words = [*map(str, arguments), "--data", str(tmp_path / "data")]
        monkeypatch.setattr(sys, "argv", ["sevis-sim", "schemas", *words])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_releases_are_imported_and_listed(schemas, tmp_path):
    code, out, err = schemas("import", alpha(tmp_path / "set"), "--name", "alpha-6.27")
    assert (code, err) == (0, "")
    assert "imported as alpha-6.27" in out
    code, out, err = schemas("list")
    assert (code, err) == (0, "")
    assert "6.31  (shipped, production)" in out
    assert f"alpha-6.27  (imported, alpha)  {tmp_path / 'data' / 'schemas' / 'alpha-6.27'}" in out
    listed = json.loads(schemas("list", "--json")[1])
    assert [(each["name"], each["versions"][STUDENT]) for each in listed] == [("6.31", "6.31"), ("alpha-6.27", "6.31")]


def test_what_was_mended_is_a_warning_and_the_exit_code_stays_good(schemas, tmp_path):
    source = alpha(tmp_path / "set")
    log = source / "SevisTransLog.xsd"
    log.write_text(log.read_text().replace('schemaLocation="SEVISTable.xsd"', 'schemaLocation="Table.xsd"'))
    code, _, err = schemas("import", source)
    assert code == 0
    assert err.startswith(f"sevis-sim: warning: {log}:7: imports the namespace")


def test_what_cannot_be_imported_is_one_line(schemas, tmp_path):
    source = variant(tmp_path / "set")
    (source / "Common.xsd").unlink()
    code, out, err = schemas("import", source)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "lacks Common.xsd" in err
    assert schemas("import", tmp_path / "nowhere")[0] == 2


def test_show_prints_paths_occurrence_limits_and_sizes_of_code_tables(schemas):
    code, out, _ = schemas("show", "6.31", "student")
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in out.splitlines()[1:]}
    assert code == 0
    assert rows["CreateStudent/Student"] == "1 to 250"
    assert (
        rows["CreateStudent/Student/PersonalInfo/FullName/LastName"]
        == r"required text, 1 to 40 characters, pattern \D+"
    )
    assert rows["CreateStudent/Student/PersonalInfo/Gender"] == "required one of 3 codes (GenderCodeType)"
    assert rows["BatchHeader/BatchID"] == "required text, exactly 14 characters"
    assert "TransactionLog" not in out


def test_show_gives_all_documents_as_json(schemas):
    documents = json.loads(schemas("show", "6.31", "--json")[1])
    assert [each["file"] for each in documents] == [STUDENT, "Create-UpdateExchangeVisitor.xsd", "SevisTransLog.xsd"]
    nodes = {node["path"]: node for node in documents[0]["elements"]}
    gender = nodes["SEVISBatchCreateUpdateStudent/CreateStudent/Student/PersonalInfo/Gender"]
    assert gender["values"][0]["codes"] == ["F", "M", "U"]
    assert (gender["low"], gender["high"], gender["occurrence"]) == (1, 1, "required")


def test_show_of_what_is_not_there_names_what_is(schemas):
    code, _, err = schemas("show", "7.0")
    assert code == 2
    assert "there are: 6.31" in err
    code, _, err = schemas("show", "6.31", "Common.xsd")
    assert code == 2
    assert "SevisTransLog.xsd (TransactionLog)" in err


def test_diff_ends_with_one_where_something_changed_for_a_client(schemas, tmp_path):
    schemas("import", variant(tmp_path / "mine", (STUDENT, ISSUE, OPTIONAL)))
    code, out, err = schemas("diff", "6.31", "mine")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "New, and what was good stays good:",
        "",
        "  optional now, required before",
        "    SEVISBatchCreateUpdateStudent/CreateStudent/Student/IssueReason",
        "",
        "1 change from 6.31 to mine",
    ]
    code, out, _ = schemas("diff", "6.31", "mine", "--json")
    assert code == 1
    (change,) = json.loads(out)["changes"]
    assert (change["kind"], change["before"], change["after"]) == ("occurrence", "required", "optional")
    assert change["narrows"] is False


def test_diff_says_first_what_may_be_refused_now_and_last_what_logs_have(schemas, tmp_path):
    log = "SevisTransLog.xsd"
    required, optional = (
        '<xs:attribute name="status" type="table:IndicatorYesNoType" use="required">',
        ' use="required"',
    )
    assert required in (folder("schemas") / "6.31" / log).read_text()
    changed = (log, required, required.replace(optional, ""))
    schemas("import", variant(tmp_path / "mine", (STUDENT, ISSUE, OPTIONAL), changed))
    forward = schemas("diff", "6.31", "mine")[1].splitlines()
    back = schemas("diff", "mine", "6.31")[1].splitlines()
    headings = ["What was good may be refused now:", "New, and what was good stays good:"]
    logs = "In what you read, the transaction log:"
    assert [line for line in forward if line.endswith(":")] == [headings[1], logs]
    assert [line for line in back if line.endswith(":")] == [headings[0], logs]
    assert forward[-1] == "1 change from 6.31 to mine"  # the same one, in what is sent and in what is read


def test_an_imported_release_says_how_to_use_it_and_wrong_folders_what_is_wrong(schemas, tmp_path):
    _, out, _ = schemas("import", alpha(tmp_path / "set"), "--name", "mine")
    assert f"sevis-sim check FILE --release mine --data {tmp_path / 'data'}" in out
    assert "releases: {alpha: mine}" in out
    _, out, _ = schemas("import", variant(tmp_path / "other"), "--name", "other")
    assert "releases: {production: other}" in out
    code, _, err = schemas("import", tmp_path / "set" / "Common.xsd")
    assert (code, "Common.xsd: a file; give the folder with" in err) == (2, True)
    (tmp_path / "set" / "Common.xsd").rename(tmp_path / "set" / "common-6.27.XSD")
    code, _, err = schemas("import", tmp_path / "set")
    assert code == 1
    assert "it has common-6.27.XSD, give them the official names" in err


def test_diff_ends_with_nought_where_only_namespaces_changed(schemas, tmp_path):
    schemas("import", alpha(tmp_path / "alpha"))
    assert schemas("diff", "6.31", "alpha")[:2] == (0, "no change for a client from 6.31 to alpha\n")
    code, out, _ = schemas("diff", "6.31", "alpha", "--json")
    assert (code, json.loads(out)["changes"]) == (0, [])


@pytest.mark.parametrize("command", [("show", "own"), ("diff", "6.31", "own")])
def test_a_release_that_was_damaged_after_the_import_is_one_line(schemas, tmp_path, command):
    assert schemas("import", variant(tmp_path / "own"))[0] == 0
    common = tmp_path / "data" / "schemas" / "own" / "Common.xsd"
    common.write_text(common.read_text(encoding="utf-8").replace('maxLength value="', 'maxLength value="x', 1))
    code, out, err = schemas(*command)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "Common.xsd:" in err
    assert "no usable schema: maxLength has the value 'x" in err
