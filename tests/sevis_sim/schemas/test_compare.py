"""What changed between two releases, in words."""

import pytest
from schema_variants import SHIPPED, alpha, variant
from support import REFERENCE

from sevis_sim.schemas.compare import compare
from sevis_sim.schemas.release import DOCUMENT_FILES
from sevis_sim.schemas.tree import trees

STUDENT, EV, LOG = DOCUMENT_FILES
CREATE = "SEVISBatchCreateUpdateStudent/CreateStudent/Student"


@pytest.fixture(scope="module")
def shipped():
    return trees(SHIPPED, DOCUMENT_FILES)


@pytest.fixture
def changes(shipped, tmp_path):
    """Gives the changes from the shipped release to one with edits."""

    def compared(*edits):
        return compare(shipped, trees(variant(tmp_path / "after", *edits), DOCUMENT_FILES))

    return compared


def test_a_release_does_not_differ_from_itself(changes):
    assert changes() == []


@pytest.mark.skipif(not (REFERENCE / "official-xsd").exists(), reason="the official schemas are not on this machine")
def test_the_shipped_release_does_not_differ_from_the_official_files_written_otherwise(shipped):
    assert compare(shipped, trees(REFERENCE / "official-xsd", DOCUMENT_FILES)) == []


def test_namespaces_are_no_change_for_a_client(shipped, tmp_path):
    assert compare(shipped, trees(alpha(tmp_path / "alpha"), DOCUMENT_FILES)) == []


ISSUE = '<xs:element name="IssueReason" type="table:StudentCreationReason"/>'
NICKNAME = '<xs:element name="Nickname" type="xs:string"/>'
COMMUTER = '            <xs:element name="Commuter" type="table:IndicatorYesNoType" minOccurs="0"/>\n'
BIRTH = '<xs:element name="BirthDate" type="table:DateType"/>'
GENDER = '<xs:element name="Gender" type="table:GenderCodeType"/>'
CREATES = (
    "At most 250 new records.</xs:documentation></xs:annotation>\n        <xs:complexType>\n          <xs:sequence>\n"
    '            <xs:element name="Student" maxOccurs="250">'
)
FEMALE = (
    "creating exchange visitors.</xs:documentation></xs:annotation>\n"
    '    <xs:restriction base="xs:string">\n'
    '      <xs:enumeration value="M">'
)


@pytest.mark.parametrize(
    ("edit", "kind", "words", "path"),
    [
        ((STUDENT, ISSUE, ISSUE + NICKNAME), "added", "element added, required: text", f"{CREATE}/Nickname"),
        (
            (STUDENT, ISSUE, ISSUE + NICKNAME.replace("/>", ' minOccurs="0"/>')),
            "added",
            "element added, optional: text",
            f"{CREATE}/Nickname",
        ),
        ((STUDENT, COMMUTER, ""), "removed", "element removed", f"{CREATE}/PersonalInfo/Commuter"),
        (
            (STUDENT, ISSUE, ISSUE.replace("/>", ' minOccurs="0"/>')),
            "occurrence",
            "optional now, required before",
            f"{CREATE}/IssueReason",
        ),
        (
            (STUDENT, COMMUTER, COMMUTER.replace(' minOccurs="0"', "")),
            "occurrence",
            "required now, optional before",
            f"{CREATE}/PersonalInfo/Commuter",
        ),
        (
            (STUDENT, CREATES, CREATES.replace("250", "500")),
            "occurrence",
            "1 to 500 now, 1 to 250 before",
            CREATE,
        ),
        (
            ("Common.xsd", '<xs:length value="14"/>', '<xs:length value="20"/>'),
            "limit",
            "exactly 20 characters now, exactly 14 characters before",
            "SEVISBatchCreateUpdateStudent/BatchHeader/BatchID",
        ),
        (
            ("Common.xsd", r'value="[A-Z]{3}214F\d{8}"', r'value="[A-Z]{4}214F\d{7}"'),
            "pattern",
            r"pattern [A-Z]{4}214F\d{7} now, [A-Z]{3}214F\d{8} before",
            "SEVISBatchCreateUpdateStudent/BatchHeader/OrgID",
        ),
        (
            (
                "SEVISTable.xsd",
                FEMALE,
                FEMALE.replace('value="M"', 'value="X"/><xs:enumeration value="M"'),
            ),
            "codes-added",
            "code added in GenderCodeType: X",
            f"{CREATE}/PersonalInfo/Gender",
        ),
        (
            ("SEVISTable.xsd", FEMALE, FEMALE.replace('value="M"', 'value="Q"')),
            "codes-removed",
            "code removed in GenderCodeType: M",
            f"{CREATE}/PersonalInfo/Gender",
        ),
        (
            (
                "Common.xsd",
                'name="printForm" type="table:IndicatorYesNoType" use="required"',
                'name="p" type="xs:date"',
            ),
            "removed",
            "attribute removed",
            f"{CREATE}/@printForm",
        ),
        (
            ("Common.xsd", 'type="table:IndicatorYesNoType" use="required"', 'type="table:IndicatorYesNoType"'),
            "occurrence",
            "optional now, required before",
            f"{CREATE}/@printForm",
        ),
        (
            (
                STUDENT,
                '<xs:element name="BirthDate" type="table:DateType"/>',
                '<xs:element name="BirthDate" type="xs:string"/>',
            ),
            "base",
            "text now, a date before",
            f"{CREATE}/PersonalInfo/BirthDate",
        ),
        (
            (STUDENT, f"{BIRTH}\n      {GENDER}", f"{GENDER}\n      {BIRTH}"),
            "order",
            "order, alternatives or repetition changed",
            f"{CREATE}/PersonalInfo",
        ),
        (
            (EV, '<xs:complexType name="EXEMPT">', '<xs:complexType name="FREE">'),
            "xsi-type",
            "xsi:type: one of FREE, SOA now, one of EXEMPT, SOA before",
            "SEVISBatchCreateUpdateEV/CreateEV/ExchangeVisitor/AddSiteOfActivity/SiteOfActivity",
        ),
        (
            (STUDENT, ISSUE, ISSUE.replace("/>", ' nillable="true"/>')),
            "nil",
            "xsi:nil allowed now",
            f"{CREATE}/IssueReason",
        ),
        (
            (
                LOG,
                '<xs:element name="BatchID" type="xs:string"/>',
                '<xs:element name="BatchID" type="xs:string" fixed="B"/>',
            ),
            "fixed",
            "always: B now, nothing before",
            "TransactionLog/BatchHeader/BatchID",
        ),
    ],
)
def test_each_kind_of_change_is_told_with_its_place(changes, edit, kind, words, path):
    found = changes(edit)
    assert [each for each in found if each.kind == kind and path in each.paths and words in each.words], found


def test_one_change_alone_is_reported_for_one_edit(changes):
    found = changes((STUDENT, ISSUE, ISSUE.replace("/>", ' minOccurs="0"/>')))
    assert [(change.kind, change.paths) for change in found] == [("occurrence", (f"{CREATE}/IssueReason",))]


def test_a_change_of_a_shared_type_is_one_change_at_many_places(changes):
    (found,) = changes(("SEVISTable.xsd", FEMALE, FEMALE.replace('value="M"', 'value="X"/><xs:enumeration value="M"')))
    assert found.codes == ("X",)
    assert len(found.paths) > 2
    assert {path.partition("/")[0] for path in found.paths} == {
        "SEVISBatchCreateUpdateStudent",
        "SEVISBatchCreateUpdateEV",
    }


def test_only_the_outermost_of_added_elements_is_told(changes):
    added = (
        '<xs:element name="Pets"><xs:complexType><xs:sequence>'
        + NICKNAME
        + "</xs:sequence></xs:complexType></xs:element>"
    )
    found = changes((STUDENT, ISSUE, ISSUE + added))
    assert [(change.kind, change.paths) for change in found] == [("added", (f"{CREATE}/Pets",))]


def test_elements_that_may_only_come_together_are_told_from_those_that_may_come_alone(tmp_path):
    def pair(group, member):
        one = f'<xs:element name="Cat" type="xs:string" minOccurs="{member}"/>'
        return STUDENT, ISSUE, f'{ISSUE}<xs:sequence minOccurs="{group}">{one}{one.replace("Cat", "Dog")}</xs:sequence>'

    together = trees(variant(tmp_path / "together", pair(0, 1)), DOCUMENT_FILES)
    alone = trees(variant(tmp_path / "alone", pair(1, 0)), DOCUMENT_FILES)
    (found,) = compare(together, alone)
    assert (found.kind, found.paths) == ("order", (CREATE,))


def test_changes_are_the_same_ones_the_other_way_round(shipped, tmp_path):
    after = trees(variant(tmp_path / "after", (STUDENT, ISSUE, ISSUE + NICKNAME)), DOCUMENT_FILES)
    (there,), (back,) = compare(shipped, after), compare(after, shipped)
    assert (there.kind, back.kind) == ("added", "removed")
    assert there.paths == back.paths


def test_a_schema_that_recurs_is_read_to_its_end(tmp_path):
    loop = (
        '<xs:complexType name="Box"><xs:sequence>'
        '<xs:element name="Box" type="Box" minOccurs="0"/></xs:sequence></xs:complexType>'
    )
    edits = (
        (STUDENT, ISSUE, ISSUE + '<xs:element name="Box" type="Box"/>'),
        (
            STUDENT,
            '  <xs:complexType name="SEVISStudentBatchType">',
            loop + '  <xs:complexType name="SEVISStudentBatchType">',
        ),
    )
    tree = trees(variant(tmp_path / "loop", *edits), DOCUMENT_FILES)[0]
    assert f"{CREATE}/Box/Box" in tree.nodes
    assert f"{CREATE}/Box/Box/Box" not in tree.nodes
