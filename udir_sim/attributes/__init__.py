"""The attribute service: may a student use what an application offers? It says yes or no, and nothing else.

=========================  ===========================================================================
``eligibility``            the decision, pure: tests 4 to 10 on the records of a Net ID
``policy``                 applications and their policies: the YAML file and its model
``students``               tests 2 and 3: from a student's certificate to a Net ID
``service``                `AttributeService`: all ten tests in order, and an audit entry for each question
``audit``                  that entry; Net IDs in it are hashed with a key
``throttle``               how often an application may ask
``routes``, ``openapi``    the service over HTTPS, and its description
``opening``                the service of a data directory
=========================  ===========================================================================

The directory comes in as a `Records`, time and the audit log as functions, so that everything here can be tried
without a server. `routes` imports aiohttp; nothing else does.
"""

from udir_sim.attributes.audit import AUDIT, EligibilityAsked, NetIdHash
from udir_sim.attributes.eligibility import AttributeRecord, Decision, Outside, Reason, decide
from udir_sim.attributes.policy import Application, Policies, load_policies, policies_schema
from udir_sim.attributes.service import Answer, AttributeService, Found, Question, Records
from udir_sim.attributes.students import CertificateRefused, NetIdRefused, Students, issue_student, plain_net_id

__all__ = [
    "AUDIT",
    "Answer",
    "Application",
    "AttributeRecord",
    "AttributeService",
    "CertificateRefused",
    "Decision",
    "EligibilityAsked",
    "Found",
    "NetIdHash",
    "NetIdRefused",
    "Outside",
    "Policies",
    "Question",
    "Reason",
    "Records",
    "Students",
    "decide",
    "issue_student",
    "load_policies",
    "plain_net_id",
    "policies_schema",
]
