"""Readings of the rules for which no certain source exists: what a setting may choose."""

import re
from dataclasses import dataclass
from typing import ClassVar, Literal

PersonalField = Literal[
    "FullName",
    "BirthDate",
    "Gender",
    "BirthCountryCode",
    "CitizenshipStatus",
    "CitizenshipCountryCode",
    "Email",
    "Commuter",
    "Telephone",
    "USAddress",
    "MailingAddress",
    "ForeignAddress",
]
"""The elements of PersonalInfo in an update of a student."""

EndedStatus = Literal["TERMINATED", "COMPLETED", "CANCELED"]
"""Statuses in which a dependent's stay has ended."""

Spared = Literal["commuter", "study-abroad"]
"""Kinds of students who live outside the country."""

_PROHIBITED = re.compile(r"[A-Z]{2}:[0-9][0-9.]{0,6}")


@dataclass(frozen=True, slots=True)
class Switches:
    """Readings of the rules for which no certain source exists, each with its evidence."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}  # settings read it as a part of theirs

    equal_expense_and_funding_allowed: bool = True
    """Expenses may equal funding. The text of S1024 says "less than", its known condition is that expenses exceed
    funding; treatment of equality was not found (error-codes.csv S1024, forms.md §4.1)."""

    identity: Literal["biographic", "name-and-birth-date"] = "biographic"
    """By what S1004 and S2141 recognise a person. ``biographic``: last and first name, birth date, gender, birth
    country and citizenship. The true key was not found (sevis-protocol.md §12, question 7)."""

    session_range_days: int | None = 366
    """How far ahead a session may end after today (S1085) and the next one start after that end (S1086). The true
    ranges were not found; about a year is inferred (sevis-protocol.md §12, question 8). None turns both off."""

    program_may_start_today: bool = True
    """An exchange visitor's program may start on the day of processing. S2011 is about past dates; one working
    client demands a future one (sevis-protocol.md §8)."""

    k12_levels: frozenset[str] = frozenset({"01", "02"})
    """Education levels that count as K-12 in S1163-S1165: primary and secondary (inferred)."""

    status_code_needed: Literal["where-ambiguous", "always"] = "where-ambiguous"
    """When an update of a student with a pending change of education level must have ``@statusCode``, else S1082.
    ``where-ambiguous``: if the event is allowed both for the Active and for the Initial record; ``always``: for every
    event but EducationLevel/Cancel. That the attribute serves to tell the two apart is inferred (error-codes.csv
    S1082)."""

    registration_deactivates_old_level: bool = True
    """Registration at a new education level makes the old record Deactivated (Help Hub 2023). Off: S1102 demands that
    the old one be completed or terminated first, as the text of that code says."""

    twelve_month_extension_visas: frozenset[Literal["01", "02"]] = frozenset({"02"})
    """Visa types whose program may be extended by twelve months past its original end only (S1016, which says "for
    this visa type"): M-1 (inferred)."""

    public_school_levels_refused: frozenset[str] = frozenset({"01"})
    """Education levels that a public school may not have (S1035): primary. Inferred (error-codes.csv S1035); the text
    says "invalid education level" only. Add 02 to keep secondary students out too."""

    commuter_citizenships: frozenset[str] | None = frozenset({"CA", "MX"})
    """Citizenships of commuters (S1053), in the FIPS codes of the country table: Canada and Mexico, from the border
    commuter rule (inferred, error-codes.csv S1053). None: all."""

    us_address_spared: frozenset[Spared] = frozenset({"commuter", "study-abroad"})
    """Students in the country who need no U.S. address (S1063): commuters, and those whose registration says that
    they study abroad, live elsewhere (inferred, error-codes.csv S1063). Empty: nobody is spared."""

    prohibited_subjects: frozenset[str] = frozenset()
    """Subjects that citizens of a country may not study (S1025), each as country code, colon and the beginning of a
    subject code: ``IR:14.23``. The list is not published (error-codes.csv S1025), so none is assumed."""

    locked_personal_fields: frozenset[PersonalField] = frozenset()
    """Elements of PersonalInfo that may not change once a student is Active (S1122), such as ``BirthDate``. Which
    fields lock when was not found (error-codes.csv S1122), so none is assumed."""

    initial_no_show_may_be_terminated: bool = True
    """Status/Terminate is allowed for an Initial record that has port-of-entry data, with reason 22 (no show). That
    reason would make no sense otherwise (inferred, sevis-protocol.md §7.1). Off: only Active records (S1054)."""

    completion_needs_end_reached: bool = True
    """Status/Complete needs a program end on or before the day of processing (S1132, whose text names no event;
    inferred). Off: a program can be completed early."""

    reactivated_dependents: frozenset[EndedStatus] = frozenset({"TERMINATED", "COMPLETED"})
    """Statuses from which Dependent/Reactivate brings a dependent back. Terminated is inferred (sevis-protocol.md
    §7.1); Completed dependents followed a principal who was. No code is known for any other status, so the event then
    changes nothing."""

    employment_named_by: Literal["either", "requested", "approved"] = "either"
    """Which dates name an OPT or off-campus employment whose approval brought others than were asked for (S1069):
    those asked for, those approved, or either. Not found; either suits clients that did not hear of the approval."""

    cpt_levels_refused: frozenset[str] = frozenset({"01", "02", "07", "08", "09", "10"})
    """Education levels without CPT (S1031): primary, secondary, language training and all of M-1. The list was not
    found (error-codes.csv S1031); language training is told by S1027 first, M-1 by S1056."""

    opt_levels_refused: frozenset[str] = frozenset({"01", "02", "07"})
    """Education levels without OPT (S1036): primary, secondary and language training (inferred, error-codes.csv
    S1036)."""

    part_time_commuters: frozenset[str] | None = frozenset({"CA", "MX"})
    """Citizenships for which a reduced course load may have reason 07, part-time commuter (S1087, inferred). None:
    all."""

    opt_fields_locked_by_approval: frozenset[str] = frozenset({"NewFullPartTimeIndicator", "AcademicYearMet"})
    """Elements of OPTEmployment/Edit that may not be sent once the OPT is approved (S1122). Which fields lock when
    was not found (error-codes.csv S1122); those that USCIS decided on are inferred."""

    opt_employer_fields_locked: frozenset[str] = frozenset()
    """Elements of OPTEmployer/Edit/Employer that may not be sent once the employment began (S1122), such as
    ``StartDate``. Not found, so none is assumed."""

    opt_statuses_without_updates: frozenset[str] = frozenset({"DENIED", "WITHDRAWN", "CANCELED"})
    """Statuses of an OPT that can neither be edited nor get employers (S1169, inferred)."""

    stem_extension_months: int = 24
    """Length of a STEM extension, which SEVIS sets itself: 24 months since release 6.26 of May 2016, 17 before
    (sevis-protocol.md §11)."""

    stem_subjects: frozenset[str] | None = None
    """Subjects with STEM extensions (S1139), as CIP codes or their beginnings. None: the shipped list,
    ``sevis_sim/events/student/stem.toml``."""

    stem_employers_may_start_earlier: bool = True
    """An employer of a STEM extension may have begun during the OPT that it extends (S1149): most stay with their
    employer. Off: not before the extension itself. Not found."""

    seeking_words: frozenset[str] | None = None
    """Words in an employer's name that say that the student is looking for one (S1157, list not published). None: the
    shipped ones, ``sevis_sim/events/student/seeking.toml``."""

    cap_gap_months: frozenset[int] = frozenset({4, 5, 6, 7, 8, 9})
    """Months of the year in which Request/CapGapExtension is open (S1140). SEVP sets the season; petitions can be
    filed from 1 April and a cap-gap ends on 1 October (8 CFR 214.2(f)(5)(vi)). Empty: closed."""

    cap_gap_after_completion: bool = True
    """Request/CapGapExtension is allowed for a Completed record within the 60 days after program and OPT (inferred,
    sevis-protocol.md §7.1). Off: only Active records (S1054)."""

    dependents_print_on_create: bool = True
    """printForm on a create also prints the dependents' forms, one per person (not found, forms.md §4.5)."""

    seeded_records_are_complete: bool = True
    """A record that did not come in by a batch is taken to hold what SEVIS demanded when it was made: S1063, S1164
    and S1165 then need an element that is there and empty, not one that the scenario left out. Off: what is not
    written down does not exist."""

    failed_update_names_sevis_id: bool = True
    """A failed update's log entry repeats the sevisID that was sent (not found, sevis-protocol.md §12, question 10)."""

    def __post_init__(self) -> None:
        """Refuse what the types cannot.

        Raises:
            ValueError: an entry of ``prohibited_subjects`` would never match anything.

        """
        for entry in sorted(self.prohibited_subjects):
            if _PROHIBITED.fullmatch(entry) is None:
                expected = "a country code, a colon and the beginning of a subject code, such as IR:14.23"
                raise ValueError(f"{entry!r} stands in prohibited_subjects; expected {expected}")
