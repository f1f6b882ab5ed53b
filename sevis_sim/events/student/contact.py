"""Rules about how a student can be reached. They judge the record as the event would leave it.

K-12 students (primary and secondary, `Switches.k12_levels`) and M-1 students under 14 have neither e-mail nor
telephone in SEVIS; all others must have both, unless they are exempt from giving a number.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sevis_sim.domain.document import Node, child, day, flag, value
from sevis_sim.domain.readings import Spared
from sevis_sim.domain.records import ACTIVE
from sevis_sim.events import days
from sevis_sim.events.declare import Broken, Case, broken, rule
from sevis_sim.events.student.education import M1, visa

YOUNG = 14
"""Years of age below which an M-1 student gives no contact data (error-codes.csv S1166)."""

_PHONES = ("Telephone/Phone/USNumber", "Telephone/Phone/Foreign/CountryNumber", "Telephone/Phone/Foreign/PhoneNumber")
_NUMBERS = (_PHONES[0], _PHONES[2])


_ELSEWHERE: Mapping[Spared, str] = MappingProxyType(
    {"commuter": "PersonalInfo/Commuter", "study-abroad": "Registration/StudyResearchAbroad"}
)
"""What says that a student lives outside the country."""


def _info(case: Case) -> Node:
    return child(case.after.data, "PersonalInfo")


def _k12(case: Case) -> bool:
    return value(case.after.data, "EducationalInfo/EduLevel/Level") in case.context.switches.k12_levels


def _young_m1(case: Case) -> bool:
    born = day(_info(case), "BirthDate")
    return visa(case) == M1 and born is not None and days.age(born, case.context.today) < YOUNG


def _exempt(case: Case) -> bool:
    return flag(_info(case), "Telephone/TelephoneExemptInd") is True


def _first(case: Case, names: tuple[str, ...]) -> Broken | None:
    return next((_broken(case, name) for name in names if value(_info(case), name)), None)


def _broken(case: Case, name: str) -> Broken:
    return broken(case.place("PersonalInfo", name))


@rule("S1163")
def k12_without_contact(case: Case) -> Broken | None:
    """A K-12 student has an e-mail address or a number."""
    return _first(case, ("Email", *_PHONES)) if _k12(case) else None


@rule("S1166")
def young_m1_without_contact(case: Case) -> Broken | None:
    """An M-1 student under 14 has an e-mail address or a number."""
    return _first(case, ("Email", *_PHONES)) if _young_m1(case) else None


@rule("S1167")
def exempt_without_number(case: Case) -> Broken | None:
    """A student who is exempt from giving a number has one."""
    return _first(case, _PHONES) if _exempt(case) else None


@rule("S1164")
def number_needed(case: Case) -> Broken | None:
    """Neither a U.S. nor a foreign number is known of a student who must give one."""
    if _k12(case) or _young_m1(case) or _exempt(case):
        return None
    missing = all(not value(_info(case), name) for name in _NUMBERS)
    return _broken(case, "Telephone") if missing and case.lacks("PersonalInfo/Telephone") else None


@rule("S1165")
def email_needed(case: Case) -> Broken | None:
    """No e-mail address is known of a student who must give one."""
    if _k12(case) or _young_m1(case):
        return None
    return _broken(case, "Email") if case.lacks("PersonalInfo/Email") else None


CONTACT = (k12_without_contact, young_m1_without_contact, exempt_without_number, number_needed, email_needed)
"""First what must not be there, then what must."""


@rule("S1063")
def us_address_needed(case: Case) -> Broken | None:
    """No U.S. address is known of a student who is in the country.

    That is on registration, after it, and on a create for a change of status; a commuter, or a student registered as
    studying abroad, lives elsewhere (`Switches.us_address_spared`).
    """
    data = case.after.data
    here = case.after.status == ACTIVE or value(data, "IssueReason") == "S"
    spared = case.context.switches.us_address_spared
    elsewhere = any(kind in spared and flag(data, path) for kind, path in _ELSEWHERE.items())
    if here and not elsewhere and case.lacks("USAddress") and not value(data, "USAddress/Address1"):
        return broken("USAddress")
    return None
