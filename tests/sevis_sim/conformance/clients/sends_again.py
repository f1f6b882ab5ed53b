"""A poor client: where a reply is lost it sends the same records again at once, under another batch ID."""

import sys

from plain_client import ACCEPTED, AGAIN, Client, NoAnswer, variable


class SendsAgain(Client):
    def lost(self, _document: bytes) -> int:
        batch_id = variable("BATCH_ID")
        other = batch_id[:-1] + ("A" if batch_id[-1] != "A" else "B")
        try:
            _, body = self.send(_document.replace(batch_id.encode(), other.encode()), other)
        except NoAnswer:
            return AGAIN
        return ACCEPTED if b'resultCode="S0000"' in body else AGAIN


if __name__ == "__main__":
    sys.exit(SendsAgain().main())
