"""Rules about a student or dependent as a person, bound to the students' codes, and how updates change their data."""

from sevis_sim.domain.document import Node, child, flag, value
from sevis_sim.domain.records import Record
from sevis_sim.events import addresses, people
from sevis_sim.events.address_rules import address_rules
from sevis_sim.events.changes import merge_block, replace
from sevis_sim.events.declare import Broken, Case, Rule, broken, rule

NAMES = (
    Rule("S1142", people.forbidden_name),
    Rule("S1148", people.not_latin),
    Rule("S1143", people.bad_preferred_name),
)
"""The forbidden word is the more telling message, so it comes first."""

BIRTH = Rule("S1067", people.born_in_future)
EMAIL = Rule("S1160", people.bad_email)
ADDRESSES = address_rules(addresses.STUDENT, ("USAddress", "MailingAddress"))


@rule("S1053")
def commuter(case: Case) -> Broken | None:
    """A commuter is a citizen of neither Canada nor Mexico (`Switches.commuter_citizenships`)."""
    info, allowed = child(case.after.data, "PersonalInfo"), case.context.switches.commuter_citizenships
    citizenship = value(info, "CitizenshipCountryCode")
    if flag(info, "Commuter") and allowed is not None and citizenship and citizenship not in allowed:
        return broken(case.place("PersonalInfo", "Commuter"))
    return None


_BIOGRAPHIC = (
    "FullName",
    "BirthDate",
    "Gender",
    "BirthCountryCode",
    "CitizenshipStatus",
    "CitizenshipCountryCode",
    "Email",
    "Commuter",
)


def merge_person(record: Record, sent: Node) -> None:
    """Lay the personal data that an update sends over the record: blank elements blank, addresses replace.

    An exempt student's telephone numbers go, unless the update sends some itself (which S1167 refuses).
    """
    merge_block(record, "PersonalInfo", sent, _BIOGRAPHIC)
    replace(record, sent, ("USAddress", "MailingAddress", "ForeignAddress"))
    if "Telephone" in sent:
        if value(sent, "Telephone/TelephoneExemptInd") == "Y":
            record.data.setdefault("PersonalInfo", {})["Telephone"] = dict(child(sent, "Telephone"))
        else:
            merge_block(record, "PersonalInfo", sent, ("Telephone",))
