"""Releases side by side: those shipped, and official files that a user imports."""

import shutil

import pytest
from schema_documents import student, with_change
from schema_variants import FILES, SHIPPED, alpha, variant
from support import REFERENCE

from sevis_sim.schemas import parse
from sevis_sim.schemas.importing import import_release, open_folder
from sevis_sim.schemas.releases import ReleaseError, find_release, releases

OFFICIAL = REFERENCE / "official-xsd"
ALPHA_TABLE = "http://www.ice.gov/xmlschema/sevisbatch/alpha/Table"
LOG = "SevisTransLog.xsd"
TABLE_IMPORT = (
    '<xs:import namespace="http://www.ice.gov/xmlschema/sevisbatch/{}Table" schemaLocation="SEVISTable.xsd"/>'
)
A_LOG = (
    b"<TransactionLog><BatchHeader><BatchID>B</BatchID><OrgID>O</OrgID></BatchHeader>"
    b'<BatchDetail status="true" system="PROD"/></TransactionLog>'
)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def edit(folder, file, old, new):
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


def refusal(source, data, name="mine"):
    with pytest.raises(ReleaseError) as caught:
        import_release(source, data, name)
    assert "\n" not in str(caught.value)
    assert not (data / "schemas" / "mine").exists()
    assert not list((data / "schemas").glob(".*")) if (data / "schemas").exists() else True
    return str(caught.value)


def judges_documents(release):
    valid, wrong = student().encode(), with_change(student(), "<IssueReason>I", "<IssueReason>Z")
    return (
        release.validate(parse(valid)) == []
        and release.validate(parse(wrong)) != []
        and release.validate_log(parse(A_LOG)) == []
        and release.validate_log(parse(A_LOG.replace(b'"true"', b'"maybe"'))) != []
    )


def test_without_a_data_folder_only_the_shipped_releases_are_there(data):
    (only,) = releases(data)
    assert (only.name, only.shipped, only.namespace, only.problem) == ("6.31", True, "production", "")
    assert only.versions["Create-UpdateStudent.xsd"] == "6.31"
    assert only.versions[LOG] == "6.27"
    assert not data.exists()


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official schemas are not on this machine")
def test_the_official_files_are_imported_byte_for_byte_and_judge_documents(data):
    done = import_release(OFFICIAL, data, "official")
    assert done.warnings == ()
    assert contents(done.folder) == {file: (OFFICIAL / file).read_bytes() for file in FILES}
    assert judges_documents(find_release("official", data))


@pytest.mark.parametrize("base", [SHIPPED, OFFICIAL], ids=["shipped", "official"])
def test_files_with_alpha_namespaces_are_imported_and_judge_documents(tmp_path, data, base):
    if not base.exists():
        pytest.skip("the official schemas are not on this machine")
    done = import_release(alpha(tmp_path / "alpha-set", base), data)
    assert (done.name, done.warnings) == ("alpha-set", ())
    assert [each.namespace for each in releases(data)] == ["production", "alpha"]
    assert judges_documents(find_release("alpha-set", data))


@pytest.mark.parametrize(
    "wrong",
    [
        TABLE_IMPORT.format("alpha/").replace("SEVISTable.xsd", "SEVISTableAlpha.xsd"),
        TABLE_IMPORT.format(""),
        TABLE_IMPORT.format("").replace("SEVISTable.xsd", "SEVISTableAlpha.xsd"),
        TABLE_IMPORT.format("alpha/").replace("SEVISTable.xsd", "Common.xsd"),
        TABLE_IMPORT.format("alpha/").replace(' schemaLocation="SEVISTable.xsd"', ""),
        TABLE_IMPORT.format("alpha/").replace("/Table", "/Tables"),
    ],
    ids=["location", "namespace", "both", "crossed", "no location", "misspelt"],
)
def test_a_wrong_import_of_the_log_schema_is_mended_in_the_copy_with_a_warning(tmp_path, data, wrong):
    source = alpha(tmp_path / "alpha-6.27")
    edit(source, LOG, TABLE_IMPORT.format("alpha/"), wrong)
    before = contents(source)
    done = import_release(source, data)
    (warning,) = done.warnings
    assert f"{source / LOG}:7: imports the namespace http" in warning
    assert contents(source) == before
    assert {file for file in FILES if (done.folder / file).read_bytes() != before[file]} == {LOG}
    assert judges_documents(find_release("alpha-6.27", data))


def test_a_log_schema_with_production_prefixes_among_alpha_files_is_mended(tmp_path, data):
    source = alpha(tmp_path / "mixed")
    shutil.copy(SHIPPED / LOG, source / LOG)
    done = import_release(source, data)
    assert len(done.warnings) == 2  # both of its imports
    assert judges_documents(find_release("mixed", data))


def test_a_prefix_of_another_release_is_mended_even_where_the_imports_fit(tmp_path, data):
    source = alpha(tmp_path / "prefix")
    edit(
        source,
        LOG,
        'xmlns:table="http://www.ice.gov/xmlschema/sevisbatch/alpha/',
        'xmlns:table="http://www.ice.gov/xmlschema/sevisbatch/',
    )
    done = import_release(source, data)
    assert "uses http://www.ice.gov/xmlschema/sevisbatch/Table, which no file" in done.warnings[0]
    assert judges_documents(find_release("prefix", data))


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(tmp_path, data, file):
    source = variant(tmp_path / "source")
    (source / file).unlink()
    assert f"{source} lacks {file}: a release consists of" in refusal(source, data)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (LOG, "</xs:schema>", "", f"{LOG}:"),
        (LOG, '<?xml version="1.0" encoding="UTF-8"?>', "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x'>", "document type"),
        ("Common.xsd", "xs:schema", "xs:scheme", "Common.xsd: not an XML Schema; the root element is scheme"),
        (LOG, 'name="TransactionLog"', 'name="Log"', f"{LOG}: declares no element TransactionLog; it declares Log"),
        (LOG, "SEVISTable.xsd", "http://127.0.0.1:9/SEVISTable.xsd", f"{LOG}:7: imports http://127.0.0.1:9/"),
        (LOG, "SEVISTable.xsd", "../SEVISTable.xsd", f"{LOG}:7: imports ../SEVISTable.xsd, outside of the folder"),
        (LOG, "SEVISTable.xsd", "file:///etc/passwd", "outside of the folder"),
        (
            LOG,
            TABLE_IMPORT.format(""),
            TABLE_IMPORT.format("") + '<xs:include schemaLocation="More.xsd"/>',
            f"{LOG}:7: includes More.xsd, which is none of",
        ),
        (
            LOG,
            TABLE_IMPORT.format(""),
            '<xs:import namespace="urn:other" schemaLocation="Other.xsd"/>',
            f"{LOG}:7: imports the namespace urn:other from Other.xsd; neither belongs to",
        ),
        (LOG, 'type="table:IndicatorYesNoType"', 'type="table:NoSuchType"', "NoSuchType"),
        (
            "SEVISTable.xsd",
            'targetNamespace="http://www.ice.gov/xmlschema/sevisbatch/Table"',
            "",
            "no target namespace",
        ),
        (LOG, 'elementFormDefault="unqualified"', 'targetNamespace="urn:x"', f"{LOG}: has a target namespace"),
    ],
)
def test_what_is_no_usable_release_is_refused_in_one_line_that_names_the_file(tmp_path, data, file, old, new, said):
    source = variant(tmp_path / "source")
    edit(source, file, old, new)
    message = refusal(source, data)
    assert message.startswith(str(source / file))
    assert said in message
    assert ".importing" not in message


@pytest.mark.parametrize("name", ["", "..", "../up", ".hidden", "a/b", "a b", "x" * 65])
def test_a_name_that_is_no_name_of_a_folder_is_refused(tmp_path, data, name):
    assert "is no name for a release" in refusal(variant(tmp_path / "source"), data, name)


def test_a_name_that_is_taken_is_refused_and_what_has_it_stays(tmp_path, data):
    source = variant(tmp_path / "source")
    done = import_release(source, data)
    before = contents(done.folder)
    edit(source, LOG, 'version="6.27"', 'version="9"')
    assert "exists already" in refusal(source, data, "source")
    assert "is a shipped release" in refusal(source, data, "6.31")
    assert contents(done.folder) == before


def test_a_folder_that_is_not_there_is_refused(tmp_path, data):
    assert "there is no such folder" in refusal(tmp_path / "nowhere", data)


def test_a_damaged_release_is_listed_with_its_problem_and_cannot_be_had(tmp_path, data):
    done = import_release(variant(tmp_path / "mine"), data)
    (done.folder / LOG).unlink()
    assert [each.problem for each in releases(data)] == ["", f"{LOG} is missing"]
    with pytest.raises(ReleaseError, match=f"lacks {LOG}"):
        find_release("mine", data)


@pytest.mark.parametrize("name", ["nothing", "../data/schemas/mine", ""])
def test_a_release_that_is_not_there_is_answered_with_those_that_are(tmp_path, data, name):
    import_release(variant(tmp_path / "mine"), data)
    with pytest.raises(ReleaseError, match=r"there are: 6\.31, mine"):
        find_release(name, data)


def test_a_folder_of_alpha_files_may_be_used_without_importing_it(tmp_path):
    assert judges_documents(open_folder(alpha(tmp_path / "alpha"))[0])


def test_alpha_files_with_the_wrong_import_may_be_used_without_importing_them(tmp_path):
    source = alpha(tmp_path / "alpha")
    log = source / LOG
    wrong = log.read_text().replace(f'namespace="{ALPHA_TABLE}"', f'namespace="{ALPHA_TABLE.replace("/alpha", "")}"')
    log.write_text(wrong)
    release, warnings = open_folder(source)
    assert len(warnings) == 1
    assert warnings[0].startswith(f"{log}:7: imports the namespace http")
    release.compile()
    assert judges_documents(release)
    assert log.read_text() == wrong


@pytest.mark.parametrize("given", ["nothing", "a-file"])
def test_what_is_no_folder_of_schemas_is_refused_in_one_line(tmp_path, given):
    (tmp_path / "a-file").write_text("x")
    with pytest.raises(ReleaseError, match=f"{given}: (there is no such folder|a file; give the folder)"):
        open_folder(tmp_path / given)
