"""All kinds of journal entries together, for whoever explains or checks them; a simulator starts without it."""

from sevis_sim.faults import FAULT_EVENTS
from sevis_sim.journal import COMMON, Catalogue
from sevis_sim.sandbox.happenings import (
    BatchAccepted,
    BatchDelayed,
    BatchProcessed,
    CertificateRegistered,
    DownloadAnswered,
    DueWorkFailed,
    RequestFailed,
    RequestUnreadable,
    ResultAvailable,
    ResultRemoved,
    UploadAnswered,
)
from sevis_sim.sandbox.record_happenings import RECORD_HAPPENINGS
from sevis_sim.sandbox.sandbox_events import SANDBOX_EVENTS

HAPPENINGS = Catalogue(
    COMMON,
    UploadAnswered,
    DownloadAnswered,
    RequestUnreadable,
    RequestFailed,
    BatchAccepted,
    BatchProcessed,
    BatchDelayed,
    ResultAvailable,
    ResultRemoved,
    CertificateRegistered,
    DueWorkFailed,
    FAULT_EVENTS,
    SANDBOX_EVENTS,
    RECORD_HAPPENINGS,
)
"""Every kind of entry that a journal of this simulator can hold."""
