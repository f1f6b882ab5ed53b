"""A poor client: a result that has come is success to it, whatever became of the records."""

import sys

from plain_client import ACCEPTED, Client


class IgnoresErrors(Client):
    def read(self, _log: bytes) -> int:
        return ACCEPTED


if __name__ == "__main__":
    sys.exit(IgnoresErrors().main())
