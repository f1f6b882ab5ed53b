"""Schools, program sponsors and the officials who may act for them."""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Self

Kind = Literal["school", "sponsor"]
Role = Literal["PDSO", "DSO", "RO", "ARO"]

SCHOOL_ROLES: frozenset[str] = frozenset({"PDSO", "DSO"})
SPONSOR_ROLES: frozenset[str] = frozenset({"RO", "ARO"})

LOGIN_DAYS = 45
"""So many days without a log-in to RTI deactivate a user; batches do not count as one (sevis-protocol.md §3)."""

_SCHOOL_CODE = re.compile(r"[A-Z]{3}214F[0-9]{8}")
_PROGRAM_NUMBER = re.compile(r"P-[1-4]-[0-9]{5}|G-[1-7]-[0-9]{5}")


def kind_of(org_id: str) -> Kind | None:
    """Tell a school code from a program number by its form; None if it is neither (Common.xsd OrganizationIDType)."""
    if _SCHOOL_CODE.fullmatch(org_id):
        return "school"
    if _PROGRAM_NUMBER.fullmatch(org_id):
        return "sponsor"
    return None


@dataclass(frozen=True, slots=True)
class Official:
    """A SEVIS user of an organization. ``id`` is case sensitive and has ten characters (Common.xsd UserIdType)."""

    id: str
    role: Role
    name: str = ""
    title: str = ""
    active: bool = True
    last_login: str = ""
    """Eastern calendar day of the last log-in to RTI, ISO; empty where nobody has said: never locked for it."""

    def locked(self, today: date) -> bool:
        """Tell whether SEVIS has deactivated the user for want of a log-in to RTI (sevis-protocol.md §3)."""
        return bool(self.last_login) and (today - date.fromisoformat(self.last_login)).days >= LOGIN_DAYS


@dataclass(frozen=True, slots=True)
class Organization:
    """A school or program sponsor with its officials.

    With nothing else said it is active; a school may issue F-1 and M-1 at every level, a sponsor may issue every
    category without a limit of forms and is no Korea WEST sponsor (design.md §3.2).
    """

    id: str
    kind: Kind
    name: str = ""
    address: tuple[str, ...] = ()
    """Lines of the postal address as forms print them."""
    place: str = ""
    """City and state where its forms are issued."""
    phone: str = ""
    approval_date: str = ""
    """Date of a school's approval, ISO."""
    active: bool = True
    visas: frozenset[str] = frozenset({"F-1", "M-1"})
    levels: frozenset[str] | None = None
    """Education levels (codes) that a school may teach; None means all."""
    public: bool = False
    categories: frozenset[str] | None = None
    """Exchange visitor categories (codes) that a sponsor is designated for; None means all."""
    occupations: frozenset[str] | None = None
    form_limit: int | None = None
    """DS-2019 forms left in a sponsor's allotment; None means no limit."""
    korea_west: bool = False
    officials: tuple[Official, ...] = field(default=())

    def official(self, user_id: str) -> Official | None:
        """Return the active official with exactly this user ID, or None."""
        return next((o for o in self.officials if o.id == user_id and o.active), None)

    def without_locked(self, today: date) -> Self:
        """Return it with the users deactivated who have not logged in to RTI for `LOGIN_DAYS` days."""
        if not any(official.locked(today) for official in self.officials):
            return self
        officials = (replace(each, active=each.active and not each.locked(today)) for each in self.officials)
        return replace(self, officials=tuple(officials))
