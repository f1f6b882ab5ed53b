"""Cases of the rules as data: for each code what brings it about, and what comes near and is fine.

The same cases are tests (tests/sevis_sim/events/test_rules.py), batches (``sevis-sim generate --for-code S1042``) and
documentation (docs/codes.md). Files are ``student/*.yaml`` and ``exchange_visitor/*.yaml``, one for each family of
events; a new file, group or case joins by being there. Loading takes a moment: nothing that processes does it.

A file is a list of groups of cases that share a record and an event::

    - event: Registration              # path of the update; left out for creates
      base: STU-001                    # requestID of a good record of scenarios/files/students.xml, …visitors.xml
      given: {today: 2029-09-03}       # changes that all cases of the group share, on both sides
      before: []                       # what happened to the record after its create, see below
      sends:                           # what the event element holds if nothing is changed
        "@printForm": false
        LastSession: false
      cases:
        - {code: S1068, breaks: {LastSession: true}, near: {LastSession: false}}
        - code: S1116
          breaks: {stored:EducationalInfo/PrgEndDate: 2029-12-14}
          near: {stored:EducationalInfo/PrgEndDate: 2029-12-15}
          says: 12/15/2029             # what the message must hold

Everything that a group says a case may say for itself: ``event`` and ``base`` replace the group's, the keys of
``given`` and ``sends`` are laid over the group's, ``before`` follows the group's. A near miss that is left out is the
good record itself. The first case of a code whose batch a file can hold is the one that ``generate --for-code`` takes.

``given``, ``breaks`` and ``near`` are changes. A list of mappings stands for all of them laid over each other, so a
block can be named by an anchor where it first stands (``given: &pupil {…}``) and used again (``given: [*pupil, {…}]``).

====================================  ================================================================================
key                                   what is changed
====================================  ================================================================================
``LastSession``, ``USAddress/State``  an element of the event; of a create, of the record. Steps of a list are numbers
                                      from 1: ``CreateDependent/Dependent/1/BirthDate``. Nothing (``~``) takes it away,
                                      ``""`` leaves it blank
``record:@userID``                    the same in the element around the event: ``Student``, ``ExchangeVisitor``
``today``                             the Eastern day of processing; 2026-03-06 if nothing is said. Choose a business
                                      day: a simulator processes on no other
``status``                            status of the stored record and its dependents; ACTIVE
``stored:PersonalInfo/Email``         the data of the stored record
``dependent 1:status``                status of a stored dependent, from 1; any other path leads into its data,
                                      ``dependent 1:fact:arrived`` is a fact of it
``level 2:status``                    status at a student's further education level; any other path leads into its data
``site 1:State``                      the data of a stored site of activity
``fact:visaIssued``                   a fact that only the outside world knows (``domain/facts.toml``)
``known``                             further records that SEVIS has: request IDs of good records, one or a list
``earlier``                           good records that are created earlier in the same file, one or a list
``organization``                      who sends: ``school`` or ``sponsor``; the record's own kind
``organization:visas``                a field of the organization (`domain.organizations.Organization`)
``switch:k12_levels``                 an uncertain reading (`domain.readings.Switches`)
====================================  ================================================================================

Ids that only exist once the record does are written as what they are, alone as a value: ``dependent 1`` and ``site 1``
are their SEVIS ID and site id, ``stored:Path/To/It`` the text at that path of the stored data.

``before`` is a list of what happened since the create, in this order, before the changes above are made. An entry is an
update that was processed, ``{event: …, sends: {…}, today: …}``, or a change: ``{changes: {status: TERMINATED}}``.
"""

from sevis_sim.events.cases.load import CasesError, cases, load
from sevis_sim.events.cases.model import GONE, Before, RuleCase, changed
from sevis_sim.events.cases.stage import Staged, bases, findings, played, stage

__all__ = [
    "GONE",
    "Before",
    "CasesError",
    "RuleCase",
    "Staged",
    "bases",
    "cases",
    "changed",
    "findings",
    "load",
    "played",
    "stage",
]
