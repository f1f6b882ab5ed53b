"""Rules about single requests: certificate, form, document."""

from lxml import etree

from sevis_sim.conformance.rules import document_of, finding, header, requests, uploads, whole
from sevis_sim.conformance.transcript import Transcript, Wire
from sevis_sim.conformance.verdicts import Finding
from sevis_sim.gateway.multipart import Form, boundary_of, header_deviations, read_form
from sevis_sim.schemas import NotWellFormed, parse

_MOST = 250


def presents_certificate(transcript: Transcript) -> Finding:
    """``tls.presents-certificate``."""
    asked = [(action, wire) for action, wire in requests(transcript) if wire.request_head]
    problems = [
        (action, f"it presented {_short(wire.certificate)}, and was given {_short(action.certificate)}")
        for action, wire in asked
        if wire.certificate != action.certificate
    ]
    return finding("tls.presents-certificate", [each for each, _ in asked], problems, "no request came in")


def refuses_wrong_server(transcript: Transcript) -> Finding:
    """``tls.refuses-wrong-server``."""
    check = "tls.refuses-wrong-server"
    if transcript.server == "valid":
        return Finding(check, "not applicable", ("the server's certificate is a good one",))
    problems = []
    for action in transcript.actions:
        sent = [wire for wire in action.wires if wire.request]
        if sent:
            many = f"{len(sent)} requests" if len(sent) > 1 else "a request"
            problems.append((action, f"it sent {many} to a server whose certificate is {transcript.server}"))
        elif action.means in ("accepted", "received", "partly"):
            problems.append((action, f"it says {action.means!r}, and has reached nobody"))
    tried = [each for each in transcript.actions if each.wires]
    if not problems and not tried:
        return Finding(check, "skip", ("the client never connected, so that it refused nothing",))
    return finding(check, tried, problems, "")


def well_formed(transcript: Transcript) -> Finding:
    """``form.well-formed``."""
    # A body that was not read (403, 413) or not kept says nothing.
    asked = [(action, wire) for action, wire in requests(transcript) if _has_form(wire) and wire.request_size]
    problems = []
    for action, wire in asked:
        content_type = header(wire, "content-type")
        deviations = header_deviations(content_type)
        boundary = boundary_of(content_type)
        if boundary is not None:
            deviations += [
                each
                for each in read_form(wire.request_body, boundary).deviations
                if whole(wire) or each.kind != "closing-missing"
            ]
        seen = set()
        for each in deviations:
            if each.forbidden and each.kind not in seen:
                seen.add(each.kind)
                problems.append((action, f"{each} [{each.kind}, {each.source}]"))
    return finding("form.well-formed", [each for each, _ in asked], problems, "no form came in")


def fields(transcript: Transcript) -> Finding:
    """``form.fields``."""
    looked_at, problems = [], []
    for action, wire in uploads(transcript):
        boundary = boundary_of(header(wire, "content-type"))
        form = read_form(wire.request_body, boundary) if boundary else Form()
        if boundary is None or any(each.forbidden for each in form.deviations) or not whole(wire):
            continue  # what a broken form says is the matter of form.well-formed
        looked_at.append(action)
        for name, wanted in (("orgid", action.organization), ("userid", action.user), ("batchid", action.batch)):
            found = form.parts[name].text if name in form.parts else ""
            # Another batch ID may be the client's own: whether it may send that is for other checks.
            if found != wanted and (name != "batchid" or not found):
                problems.append((action, f"{name} is {found!r}, expected {wanted!r}"))
        if "xml" not in form.parts:
            problems.append((action, "there is no part xml"))
    return finding("form.fields", looked_at, problems, "no upload came in whose form can be read")


def valid_xml(transcript: Transcript) -> Finding:
    """``xml.valid``: where the batch that the client was given is good, what it sends is, too."""
    looked_at, problems = [], []
    for action, wire in uploads(transcript):
        given = _root(action.document)
        document = document_of(wire)
        if given is None or document is None or not whole(wire):
            continue
        if document == action.document:
            if wire.truth not in ("S0012", "S0013"):
                looked_at.append(action)
            continue  # what is wrong with it was wrong before
        looked_at.append(action)
        if wire.truth in ("S0012", "S0013"):
            why = "; ".join(wire.violations[:3]) or wire.reason
            problems.append((action, f"it changed the document, which is no longer good ({wire.truth}): {why}"))
    return finding("xml.valid", looked_at, problems, "no good document was to be sent")


def unique_ids(transcript: Transcript) -> Finding:
    """``batch.unique-ids``."""
    sent: dict[tuple[str, str], bytes] = {}
    looked_at, problems = [], []
    for action, wire in uploads(transcript):
        document = document_of(wire)
        if document is None or not wire.batch:
            continue
        looked_at.append(action)
        before = sent.get((wire.organization, wire.batch))
        if before is None:
            if wire.truth == "S0000":
                sent[wire.organization, wire.batch] = document
        elif before != document and document != action.document:
            problems.append((action, f"{wire.batch} had been used for other content"))
    return finding("batch.unique-ids", looked_at, problems, "no batch came in")


def at_most_250(transcript: Transcript) -> Finding:
    """``batch.at-most-250``."""
    looked_at, problems = [], []
    for action, wire in uploads(transcript):
        document = document_of(wire)
        root = _root(document) if document else None
        if root is None or (document == action.document and wire.truth == "S0013"):
            continue  # a batch that is too large on purpose
        looked_at.append(action)
        for section in root.iterchildren(etree.Element):
            count = len(section) if str(section.tag) != "BatchHeader" else 0
            if count > _MOST:
                problems.append((action, f"{section.tag} has {count} records"))
    return finding("batch.at-most-250", looked_at, problems, "no batch came in that can be read")


def _has_form(wire: Wire) -> bool:
    return wire.request_head.startswith("POST ")


def _root(document: bytes) -> etree._Element | None:
    try:
        return parse(document).getroot()
    except NotWellFormed:
        return None


def _short(fingerprint: str) -> str:
    return f"certificate {fingerprint[:12]}…" if fingerprint else "no certificate"
