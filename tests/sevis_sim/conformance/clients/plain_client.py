"""A small good client of the standard library: `sevis-sim conform -- python plain_client.py` finds nothing wrong.

It is called with ``upload`` or ``download``, reads the variables that conform sets, and ends with 0 (done), 10 (some
records failed), 75 (try again later), 76 (nobody knows whether it has arrived) or 1 (refused). The poor clients beside
it are this one with one mistake each.
"""

import http.client
import io
import os
import re
import ssl
import sys
import uuid
import zipfile
import zlib
from urllib.parse import urlencode, urlsplit

ACCEPTED, SOME_FAILED, AGAIN, ASK, REFUSED = 0, 10, 75, 76, 1


class NoAnswer(Exception):
    """The connection could not be made, or broke."""


def variable(name: str) -> str:
    return os.environ[f"SEVIS_SIM_{name}"]


class Client:
    """Each poor client overrides one method."""

    def main(self) -> int:
        return self.upload() if sys.argv[1] == "upload" else self.download()

    def upload(self) -> int:
        with open(variable("FILE"), "rb") as file:
            document = file.read()
        try:
            status, body = self.send(document, variable("BATCH_ID"))
        except NoAnswer:
            return self.lost(document)
        if status == 403:
            return REFUSED
        code = re.search(rb'<Upload [^>]*resultCode="(S\d{4})"', body)
        if status >= 500 or code is None or code[1] == b"S0001":
            return AGAIN
        if code[1] == b"S0010":
            return ASK  # an earlier upload whose answer was lost may have arrived after all
        return ACCEPTED if code[1] == b"S0000" else REFUSED

    def lost(self, _document: bytes) -> int:
        return ASK

    def send(self, document: bytes, batch_id: str) -> tuple[int, bytes]:
        fields = {"orgid": variable("ORG_ID"), "batchid": batch_id, "userid": variable("USER_ID")}
        body, content_type = self.form(fields, document, os.path.basename(variable("FILE")))
        return self.request("POST", variable("UPLOAD_URL"), body, {"Content-Type": content_type})

    def form(self, fields: dict[str, str], document: bytes, file_name: str) -> tuple[bytes, str]:
        boundary = uuid.uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
            for name, text in fields.items()
        ]
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="xml"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: text/xml\r\n\r\n".encode() + document + b"\r\n")
        return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

    def download(self) -> int:
        fields = {"orgid": variable("ORG_ID"), "batchid": variable("BATCH_ID"), "userid": variable("USER_ID")}
        try:
            status, body = self.request("GET", f"{variable('DOWNLOAD_URL')}?{urlencode(fields)}", None, {})
        except NoAnswer:
            return AGAIN
        if status == 403:
            return REFUSED
        log = body
        if body.startswith(b"PK"):
            try:
                with zipfile.ZipFile(io.BytesIO(body)) as archive:
                    if archive.testzip() is not None:
                        return AGAIN
                    log = archive.read("sevis_transaction_log.xml")
            except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, NotImplementedError, OSError):
                return AGAIN
        code = re.search(rb'<Download [^>]*resultCode="(S\d{4})"', log)
        if code is None or code[1] == b"S0030":
            return AGAIN
        if code[1] != b"S0000":
            return REFUSED
        with open(variable("OUTPUT"), "wb") as file:
            file.write(body)
        return self.read(log)

    def read(self, _log: bytes) -> int:
        return SOME_FAILED if re.search(rb'<Result [^>]*status="(false|0)"', _log) else ACCEPTED

    def request(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        parts = urlsplit(url)
        context = ssl.create_default_context(cafile=variable("CA"))
        if variable("CLIENT_CERT"):
            context.load_cert_chain(variable("CLIENT_CERT"), variable("CLIENT_KEY"))
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=20)
        try:
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error
        finally:
            connection.close()


if __name__ == "__main__":
    sys.exit(Client().main())
