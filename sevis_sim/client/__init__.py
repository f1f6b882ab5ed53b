"""The reference client: what a SEVIS client does on the wire, done plainly, for the shell, the demo and the tests.

================  ==================================================================================
``sevis``         `SevisClient`: upload and download over mutual TLS
``header``        who a file says it is from, and the same file under another batch ID
``form``          the multipart form, in the order and manner of ``curl -F``
``replies``       what came back, and in one line what it means
``settings``      addresses, certificate and names from ``SEVIS_SIM_*`` variables
``control``       `ControlClient`: the control API of a simulator
``tls``           TLS contexts from files
``errors``        one line for everything that can go wrong on the way
================  ==================================================================================

It knows nothing of the simulator's insides, so it works against any service that speaks the same protocol.
"""

from sevis_sim.client.control import ControlClient
from sevis_sim.client.errors import ClientError, ControlError
from sevis_sim.client.header import FileHeader, read_header, with_batch_id
from sevis_sim.client.replies import DownloadReply, UploadReply
from sevis_sim.client.settings import ClientSettings, from_environment
from sevis_sim.client.sevis import SevisClient
from sevis_sim.client.tls import client_context

__all__ = [
    "ClientError",
    "ClientSettings",
    "ControlClient",
    "ControlError",
    "DownloadReply",
    "FileHeader",
    "SevisClient",
    "UploadReply",
    "client_context",
    "from_environment",
    "read_header",
    "with_batch_id",
]
