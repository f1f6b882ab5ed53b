"""250 valid records against plain lxml and xmlschema; one bad record explained."""

from lxml import etree

from benchmarks.inputs import students
from benchmarks.timing import median_ms, report
from sevis_sim.resources import folder
from sevis_sim.schemas import parse, release


def run() -> None:
    import xmlschema

    document = students(250)
    file = folder("schemas") / "6.31" / "Create-UpdateStudent.xsd"
    plain = etree.XMLSchema(etree.parse(file))
    peer = xmlschema.XMLSchema10(str(file), validation="skip")
    shipped = release()
    assert shipped.validate(parse(document)) == []

    ours = median_ms(lambda: shipped.validate(parse(document)))
    lxml_ms = median_ms(lambda: plain.validate(etree.fromstring(document)))
    peer_ms = median_ms(lambda: peer.is_valid(document), 3)
    report("validate 250 creates", f"{250_000 / ours:.0f} rec/s", f"lxml parse + validate: {lxml_ms / ours:.2f} of it")
    report("", "", f"xmlschema: {peer_ms / ours:.1f} x", "≥ 12 x")

    bad = document.replace(b"<Gender>", b"<Gender>X", 1)
    assert len(shipped.validate(parse(bad))) >= 1
    explained = median_ms(lambda: shipped.validate(parse(bad)), 5)
    report("explain 1 bad record of 250", f"{explained:.0f} ms", f"lxml {lxml_ms:.0f} ms", "≤ 50 ms")
