"""A poor client: it does not look at the server's certificate."""

import ssl
import sys

from plain_client import Client

if __name__ == "__main__":
    ssl.create_default_context = ssl._create_unverified_context
    sys.exit(Client().main())
