"""Schemas that do not compile: file and line of the fault, in our words."""

import pytest
from schema_variants import SHIPPED, variant

from sevis_sim.schemas import Release


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("Create-UpdateStudent.xsd", 'type="common:', 'type="common:No', "refers to No"),
        ("Common.xsd", '<xs:maxLength value="', '<xs:maxLength value="x', "maxLength has the value 'x"),
        ("Common.xsd", '<xs:pattern value="', '<xs:pattern value="[a-', "which is no regular expression"),
        ("SEVISTable.xsd", 'base="xs:string"', 'base="xs:sting"', "refers to sting, which none of the files declares"),
        (
            "Common.xsd",
            'type="table:StateCodeType"',
            'type="table:StateCodeType" default="ZZ"',
            "has the value 'ZZ', which",
        ),
        ("Common.xsd", "<xs:simpleType ", '<xs:simpleType strange="1" ', "simpleType: The attribute 'strange' is not"),
    ],
)
def test_the_fault_is_named_with_its_file_and_line(tmp_path, file, old, new, words):
    folder = variant(tmp_path / "broken")
    text = (SHIPPED / file).read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match="no usable schema") as error:
        Release(folder).compile()
    told = str(error.value)
    assert words in told
    assert int(told.partition(f"/{file}:")[2].partition(":")[0]) in range(
        line - 2, line + 1
    )  # or where its type begins
    assert len(told) < len(str(folder)) + 250
    assert not any(each in told for each in ("QName", "{http", "facet", "does not resolve", "\n"))


def test_what_must_not_stand_there_is_told_of_its_parent(tmp_path):
    folder = variant(tmp_path / "broken")
    text = (SHIPPED / "Common.xsd").read_text(encoding="utf-8")
    (folder / "Common.xsd").write_text(text.replace("</xs:complexType>", "<xs:sequenze/></xs:complexType>", 1))
    with pytest.raises(ValueError, match=r"/Common\.xsd:\d+: .* holds something that XML Schema does not allow there"):
        Release(folder).compile()
