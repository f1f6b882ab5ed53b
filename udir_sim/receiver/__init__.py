"""Takes UDIRSTUD files in, judges them, and answers with the report.

================  =====================================================================================
``intake``        one file's way: known already? → judging → load or hold → journal
``judging``       is it good, and whose is it? → archive
``outcome``       what became of a file, and how it is told: JSON, text, HTML, HTTP status
``spool``         bytes on their way in, bounded in size and time
``campuses``      who may send: certificate, account and key of each campus
``https``         the first door: PUT and POST, and earlier reports
``replies``       HTTP answers in the form that the client asks for
``sftp``          the second door (asyncssh, extra ``sftp``): accounts and the port
``sftp_session``  what a campus can do in its folder
``dropbox``       a folder in which files are left and reports are found: of SFTP and of the third door
``watching``      the third door: a folder that is looked at again and again
``control``       test controls: held files, roll-back, faults, journal
``mischief``      the faults that this receiver knows
``happenings``    kinds of journal entries
================  =====================================================================================

The three doors know bytes and names; only `intake` knows what a file means, and it knows no door.
"""

from udir_sim.receiver.campuses import Campus, Campuses
from udir_sim.receiver.errors import ReceiverError
from udir_sim.receiver.intake import Intake
from udir_sim.receiver.judging import Arrival, Judge, Unreadable
from udir_sim.receiver.outcome import Outcome

__all__ = ["Arrival", "Campus", "Campuses", "Intake", "Judge", "Outcome", "ReceiverError", "Unreadable"]
