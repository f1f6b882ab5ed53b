"""SEVISTable.xsd is what the code tables say."""

from lxml import etree

from sevis_sim.codes import table
from sevis_sim.schemas import generate

XS = "{http://www.w3.org/2001/XMLSchema}"


def test_the_committed_file_is_fresh():
    assert generate.target().read_text(encoding="utf-8") == generate.generate()
    assert generate.main(["--check"]) == 0


def test_a_stale_file_is_told_and_then_written_anew(tmp_path, monkeypatch, capsys):
    stale = tmp_path / "SEVISTable.xsd"
    stale.write_text("old")
    monkeypatch.setattr(generate, "target", lambda: stale)
    assert generate.main(["--check"]) == 1
    assert "run python -m" in capsys.readouterr().err
    assert stale.read_text() == "old"
    assert generate.main([]) == 0
    assert generate.main(["--check"]) == 0


def test_the_codes_stand_in_the_order_of_the_table():
    schema = etree.fromstring(generate.generate().encode())
    (states,) = schema.iterfind(f"{XS}simpleType[@name='StateCodeType']")
    assert tuple(entry.get("value") for entry in states.iter(f"{XS}enumeration")) == table("state").codes()


def test_words_stand_beside_the_codes_of_short_lists():
    schema = etree.fromstring(generate.generate().encode())
    (levels,) = schema.iterfind(f"{XS}simpleType[@name='EduLevelCodeType']")
    (entry,) = (entry for entry in levels.iter(f"{XS}enumeration") if entry.get("value") == "04")
    assert "".join(entry.itertext()) == "BACHELOR'S"
