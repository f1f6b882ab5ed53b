"""The faults that this receiver knows: slow and interrupted transfers, receiver down, held files (issue 7, item 8)."""

from sevis_sim.faults import TRANSPORT, Kind, Vocabulary

UPLOAD = "upload"
TRANSFER = "transfer"
REPORT = "report"
SFTP = "sftp"
FILE = "file"

VOCABULARY = Vocabulary(
    {
        UPLOAD: TRANSPORT,
        TRANSFER: (
            Kind("interrupt", "bytes", "ends the connection after so many bytes of the file, HTTPS or SFTP", 0),
            Kind("slow", "bytes", "takes the file in at so many bytes a second, HTTPS or SFTP", 100_000),
        ),
        REPORT: TRANSPORT,
        SFTP: (
            Kind("drop", "nothing", "ends the SSH connection before the log-in: receiver down"),
            Kind("delay", "seconds", "lets a log-in wait so many seconds (wall time)", 1.0),
        ),
        FILE: (Kind("hold", "text", "holds the file for this reason, whatever the check says", "held by a fault"),),
    },
    ("location", "door", "file"),
)
"""``whom`` knows the campus by its two digits, the door (https, sftp, folder) and the file's name."""
