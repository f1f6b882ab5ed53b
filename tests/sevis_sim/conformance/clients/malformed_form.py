"""A poor client: its value parts have no line end before the next delimiter (a Ruby client of 2019 did that)."""

import sys
import uuid

from plain_client import Client


class MalformedForm(Client):
    def form(self, fields: dict[str, str], document: bytes, file_name: str) -> tuple[bytes, str]:
        boundary = uuid.uuid4().hex
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}'
            for name, text in fields.items()
        ).encode()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="xml"; filename="{file_name}"\r\n\r\n'
        body += head.encode() + document + f"\r\n--{boundary}--\r\n".encode()
        return body, f"multipart/form-data; boundary={boundary}"


if __name__ == "__main__":
    sys.exit(MalformedForm().main())
