"""What goes back to a client: the transaction log, and the zip that carries it together with the forms.

====================  ==========================================================================
``stages``            what a log can tell of a batch: header, upload, processing
``transaction_log``   writes a log, in the order of the schema and the manner of a real one
``archive``           writes the zip: the log first, then the forms
``parsed``            a log as read back
``read_log``          reads a log, ours or anybody's
``read_archive``      reads a zip that may be damaged or hostile
====================  ==========================================================================
"""

from sevis_sim.results.archive import LOG_NAME, archive
from sevis_sim.results.parsed import ParsedLog, ParsedProcess, ParsedRecord, ParsedUpload
from sevis_sim.results.read_archive import ArchiveError, ParsedArchive, read_archive
from sevis_sim.results.read_log import LogError, read_log
from sevis_sim.results.stages import LogHeader, ProcessStage, UploadStage
from sevis_sim.results.transaction_log import transaction_log

__all__ = [
    "LOG_NAME",
    "ArchiveError",
    "LogError",
    "LogHeader",
    "ParsedArchive",
    "ParsedLog",
    "ParsedProcess",
    "ParsedRecord",
    "ParsedUpload",
    "ProcessStage",
    "UploadStage",
    "archive",
    "read_archive",
    "read_log",
    "transaction_log",
]
