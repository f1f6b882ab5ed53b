"""Accept or refuse an upload, hand out a result: the disposition codes S0000 to S0031.

``caller`` says who is asking, as far as the certificate tells; ``receive`` takes an upload through its checks in the
order of design.md §3.1; ``collect`` answers a download; ``registration`` registers a certificate as RTI does;
``logins`` are those of officials to RTI.
"""

from sevis_sim.domain.submissions import MAX_FILE_NAME
from sevis_sim.intake.caller import Caller
from sevis_sim.intake.collect import Collection, collect
from sevis_sim.intake.logins import log_in
from sevis_sim.intake.receive import Receipt, receive
from sevis_sim.intake.registration import (
    Registration,
    RegistrationRefused,
    enroll,
    make_known,
    register,
    settle_status,
)

__all__ = [
    "MAX_FILE_NAME",
    "Caller",
    "Collection",
    "Receipt",
    "Registration",
    "RegistrationRefused",
    "collect",
    "enroll",
    "log_in",
    "make_known",
    "receive",
    "register",
    "settle_status",
]
