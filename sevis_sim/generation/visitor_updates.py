"""What exchange visitors' events say."""

from sevis_sim.domain.document import Node, child, children, value
from sevis_sim.generation import places
from sevis_sim.generation.data import load
from sevis_sim.generation.student_updates import named, remarks
from sevis_sim.generation.target import Maker, Target


def _biographical(target: Target) -> Node:
    draw, data = target.draw, target.record.data
    stored = child(data, "Biographical")
    node: Node = {"FullName": named(draw, stored)} if draw.adds(0.4) else {}
    for name in (
        "BirthDate",
        "Gender",
        "BirthCity",
        "BirthCountryCode",
        "CitizenshipCountryCode",
        "PermanentResidenceCountryCode",
        "BirthCountryReason",
    ):
        if value(stored, name) and draw.adds(0.1):
            node[name] = value(stored, name)
    if draw.adds(0.5):
        node["EmailAddress"] = f"visitor{draw.digits(6)}@example.org"
    if draw.adds(0.4):
        node["PhoneNumber"] = places.us_number(draw)
    if draw.adds(0.1):
        category = value(data, "CategoryCode")
        known = load("programs")["categories"].get(category, {"positions": ["213"]})
        node["PositionCode"] = draw.one(known["positions"])
    if draw.adds(0.6) or not node:
        node["USAddress"] = places.us_address(draw)
    if draw.adds(0.2):
        node["MailAddress"] = places.us_address(draw)
    return remarks(draw, node)


def _validate(target: Target) -> Node:
    draw = target.draw
    node: Node = {"USAddress": places.us_address(draw)}
    if draw.adds(0.5):
        node["EmailAddress"] = f"visitor{draw.digits(6)}@example.org"
    if draw.adds(0.4):
        node["PhoneNumber"] = places.us_number(draw)
    plans = [site for site in target.record.sites if children(site.data, "TippPhase")]
    if plans and draw.adds(0.3):
        today = target.today.isoformat()
        node["TippSignatureDates"] = {
            "TippSite": [
                {
                    "SiteId": site.site_id,
                    "ProgramOfficial": {"UserName": target.official, "SignatureDate": today},
                    "EvSignatureDate": today,
                }
                for site in plans
            ]
        }
    return node


MAKERS: dict[str, Maker] = {"Biographical": _biographical, "Validate": _validate}
"""Makers by the path of the event."""
