"""Reading a certificate that somebody sent: the facts about it, or the reason why it is not one."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

MAX_BYTES = 64 * 1024
"""Largest file looked at; a certificate has about 1 to 4 kB."""

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_BARE_BASE64 = re.compile(rb"MI[A-Za-z0-9+/=\s]+")
_USAGES = {
    ExtendedKeyUsageOID.CLIENT_AUTH: "clientAuth",
    ExtendedKeyUsageOID.SERVER_AUTH: "serverAuth",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "emailProtection",
    ExtendedKeyUsageOID.CODE_SIGNING: "codeSigning",
    ExtendedKeyUsageOID.TIME_STAMPING: "timeStamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSPSigning",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "anyExtendedKeyUsage",
}
_SEND_INSTEAD = "send the certificate alone, as .cer or .pem (Base-64 X.509) or DER"


class NotACertificate(ValueError):
    """What was sent is not one X.509 certificate; the message is one line that says what it is and what to send."""


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says of itself."""

    fingerprint: str
    """SHA-256 of the DER form, 64 lower-case hexadecimal digits."""
    subject: str
    """Distinguished name as RFC 4514 text, as is the issuer."""
    issuer: str
    serial: str
    """Serial number, lower-case hexadecimal."""
    not_before: datetime
    """Aware, UTC; both ends are inclusive (RFC 5280 section 4.1.2.5)."""
    not_after: datetime
    pem: bytes
    self_signed: bool
    """Signed with its own key."""
    is_ca: bool
    """May sign other certificates (basicConstraints)."""
    key: str
    """Kind and size of the public key, such as ``RSA 2048`` or ``EC secp256r1``."""
    usages: tuple[str, ...]
    """Extended key usages by their usual names, object identifiers where there is none; empty means any."""

    def valid_at(self, instant: datetime) -> bool:
        """Tell whether the validity period covers an aware instant."""
        return self.not_before <= instant <= self.not_after


def fingerprint(der: bytes) -> str:
    """Return the SHA-256 of a certificate's DER form, 64 lower-case hexadecimal digits."""
    return hashlib.sha256(der).hexdigest()


def read_certificate(data: bytes) -> CertificateFacts:
    """Read one certificate in PEM, bare Base-64 or DER form.

    Raises:
        NotACertificate: a .p12, a private key, a certificate request, several certificates, or something else.
    """
    certificate = _parse(data)
    try:
        return _facts(certificate)
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise NotACertificate(f"the certificate is damaged ({error}); export it again") from error


def _parse(data: bytes) -> x509.Certificate:
    if not data.strip():
        raise NotACertificate(f"the file is empty; {_SEND_INSTEAD}")
    if len(data) > MAX_BYTES:
        raise NotACertificate(f"{len(data)} bytes are too many for a certificate; {_SEND_INSTEAD}")
    data = _plain_text(data)
    if b"PRIVATE KEY-----" in data:
        raise NotACertificate(f"the file holds a private key, which must stay secret; {_SEND_INSTEAD}")
    blocks = list(_BLOCK.finditer(data))
    certificates = [block for block in blocks if block[1] in {b"CERTIFICATE", b"X509 CERTIFICATE"}]
    if len(certificates) > 1:
        raise NotACertificate(
            f"the file holds {len(certificates)} certificates; send only the client's own, without its chain"
        )
    if certificates:
        return _load(_base64_between(certificates[0][0]))
    if blocks:
        kind = blocks[0][1].decode("ascii").lower()
        raise NotACertificate(f"the file holds a {kind}, not a certificate; {_SEND_INSTEAD}")
    if b"-----BEGIN" in data:
        raise NotACertificate("the file is cut off: it has a BEGIN line but no matching END line; export it again")
    if _BARE_BASE64.fullmatch(data.strip()):
        return _load(_decode(data))
    _refuse_other_der(data)
    return _load(data)


def _plain_text(data: bytes) -> bytes:
    """Undo what Windows editors add to text files: byte order marks and UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace").encode("ascii", errors="replace")
    return data.removeprefix(b"\xef\xbb\xbf")


def _base64_between(block: bytes) -> bytes:
    return _decode(re.sub(rb"-----[^-]+-----", b"", block))


def _decode(text: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error as error:
        raise NotACertificate(f"the Base-64 text is damaged ({error}); export the certificate again") from error


def _load(der: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion) as error:
        raise NotACertificate(f"this is not an X.509 certificate; {_SEND_INSTEAD}") from error


def _refuse_other_der(data: bytes) -> None:
    """Name the other kinds of file that users pick by mistake, by how their first DER element begins."""
    content = _sequence_content(data)
    if content.startswith(b"\x02\x01\x03\x30"):  # RFC 7292 PFX: version 3, then a SEQUENCE
        raise NotACertificate(f"this is a .p12 (PKCS #12) file, which holds the private key; {_SEND_INSTEAD}")
    if content.startswith(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"):  # RFC 2315 ContentInfo
        raise NotACertificate(f"this is a .p7b (PKCS #7) file, which may hold several; {_SEND_INSTEAD}")
    if content.startswith((b"\x02\x01\x00", b"\x02\x01\x01\x04")):  # RFC 5958 and 8017 version 0, RFC 5915 version 1
        raise NotACertificate(f"the file holds a private key, which must stay secret; {_SEND_INSTEAD}")


def _sequence_content(data: bytes) -> bytes:
    """Return the bytes inside an outer DER SEQUENCE; empty if there is none."""
    if len(data) < 2 or data[0] != 0x30:
        return b""
    length_bytes = data[1] & 0x7F if data[1] & 0x80 else 0
    return data[2 + length_bytes :]


def _facts(certificate: x509.Certificate) -> CertificateFacts:
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
        is_ca = constraints.ca
    except x509.ExtensionNotFound:
        is_ca = False
    try:
        usages = tuple(
            _USAGES.get(usage, usage.dotted_string)
            for usage in extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        )
    except x509.ExtensionNotFound:
        usages = ()
    return CertificateFacts(
        fingerprint=fingerprint(certificate.public_bytes(Encoding.DER)),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        pem=certificate.public_bytes(Encoding.PEM),
        self_signed=_signed_itself(certificate),
        is_ca=is_ca,
        key=_key_words(certificate),
        usages=usages,
    )


def _signed_itself(certificate: x509.Certificate) -> bool:
    if certificate.issuer != certificate.subject:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, TypeError, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _key_words(certificate: x509.Certificate) -> str:
    try:
        key = certificate.public_key()
    except (
        ValueError,
        TypeError,
        UnsupportedAlgorithm,
    ):  # a kind this library does not know; TLS decides whether it can be used
        return "unknown"
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey")
