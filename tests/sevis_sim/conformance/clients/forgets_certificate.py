"""A poor client: it presents no certificate."""

import os
import sys

from plain_client import Client

if __name__ == "__main__":
    os.environ["SEVIS_SIM_CLIENT_CERT"] = ""
    sys.exit(Client().main())
