"""A certificate with its private key, in memory or as files of every kind that clients want."""

import re
import ssl
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Self

from sevis_sim.pki import files
from sevis_sim.pki.certificate import fingerprint
from sevis_sim.pki.files import PkiError

DEFAULT_PASSWORD = "changeit"  # noqa: S105 - a published password of test files, the one Java keystores start with
"""Password of .p12 files unless another one is given."""

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_P12_ROUNDS = 2048  # as OpenSSL does; more would only slow down opening a file whose password is published


@dataclass(frozen=True, slots=True)
class IdentityFiles:
    """Where an identity was written."""

    cert: Path
    """PEM: the certificate and what links it to its authority."""
    key: Path
    """PEM (PKCS #8), not encrypted, mode 0600."""
    p12: Path
    """PKCS #12 with key, certificate and issuer, mode 0600."""
    cer: Path
    """Base-64 X.509 text of the certificate alone: the file to register, also opened by Windows."""
    ca: Path | None = None
    """PEM of the authority that the client must trust, where it was written along."""


@dataclass(frozen=True)
class Identity:
    """A certificate with its private key.

    You obtain one from `CertificateAuthority.issue_client`, `.issue_server`, `issue_by_profile` or `Identity.load`.
    """

    name: str
    """Base name of its files: letters, digits, ``.``, ``_`` and ``-``."""
    certificate_pem: bytes
    """The certificate, followed by intermediate certificates where there are any."""
    key_pem: bytes = field(repr=False)
    issuer_pem: bytes = field(default=b"", repr=False)
    """Certificate of the authority that signed it; empty if self-signed or not known."""

    def __post_init__(self) -> None:
        check_name(self.name)

    @cached_property
    def der(self) -> bytes:
        """The certificate alone in DER form."""
        return ssl.PEM_cert_to_DER_cert(_first_certificate(self.certificate_pem).decode("ascii"))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the DER form, 64 lower-case hexadecimal digits."""
        return fingerprint(self.der)

    def p12(self, password: str = DEFAULT_PASSWORD) -> bytes:
        """Return a PKCS #12 file that old and new clients open.

        3DES with SHA-1 (RFC 7292 appendix B) is the one encryption that OpenSSL 1 to 3, every Java and .NET
        (Windows Server 2016 included) and macOS read without a legacy switch; AES is refused by the older ones.
        """
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
        from cryptography.hazmat.primitives.serialization import PrivateFormat, load_pem_private_key, pkcs12

        key = load_pem_private_key(self.key_pem, None)
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise PkiError(f"the key of {self.name} is neither RSA nor ECDSA; a .p12 can hold only those")
        chain = x509.load_pem_x509_certificates(self.certificate_pem)
        issuers = chain[1:] + (x509.load_pem_x509_certificates(self.issuer_pem) if self.issuer_pem else [])
        encryption = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(_P12_ROUNDS)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())  # noqa: S303 - what old readers demand, see above
            .build(password.encode())
        )
        return pkcs12.serialize_key_and_certificates(self.name.encode(), key, chain[0], issuers or None, encryption)

    def write(self, folder: Path, password: str = DEFAULT_PASSWORD, ca: bytes | None = None) -> IdentityFiles:
        """Write ``NAME.key``, ``NAME.pem``, ``NAME.p12`` and ``NAME.cer``, replacing older ones.

        Args:
            folder: Made where it is missing.
            password: Of the .p12 file.
            ca: PEM of the authority that the client must trust; also written, as ``ca.pem``.

        Raises:
            PkiError: the folder cannot be written, or its ``ca.pem`` is another authority's.
        """
        cert, key, p12, cer = (folder / f"{self.name}.{ending}" for ending in ("pem", "key", "p12", "cer"))
        written = IdentityFiles(cert, key, p12, cer, folder / files.AUTHORITY if ca is not None else None)
        if written.ca is not None and ca is not None:
            files.refuse_other_authority(written.ca, ca)
            files.write(written.ca, ca, files.PUBLIC)
        files.write(written.key, self.key_pem, files.PRIVATE)
        files.write(written.p12, self.p12(password), files.PRIVATE)
        files.write(written.cer, _first_certificate(self.certificate_pem), files.PUBLIC)
        files.write(written.cert, self.certificate_pem, files.PUBLIC)
        return written

    @classmethod
    def load(cls, folder: Path, name: str) -> Self:
        """Read ``NAME.pem`` and ``NAME.key``.

        Raises:
            PkiError: a file is missing or damaged, or the key belongs to another certificate.
        """
        check_name(name)
        certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
        remedy = f"restore it, or delete {certificate.name} and {key.name} and issue a new certificate"
        identity = cls(name, files.read(certificate, remedy), files.read(key, remedy))
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
        except ssl.SSLError as error:
            if error.reason == "KEY_VALUES_MISMATCH":
                raise PkiError(f"{key} does not belong to {certificate.name}; {remedy}") from error
            raise PkiError(f"{certificate} or {key.name} is damaged; {remedy}") from error
        except ValueError as error:
            raise PkiError(f"{key} is encrypted; write it without a password, or {remedy}") from error
        return identity

    def load_into(self, context: ssl.SSLContext) -> None:
        """Let a context present this identity to the other side."""
        # The ssl module reads keys only from files; the folder has mode 0700 and lives for this call only.
        with tempfile.TemporaryDirectory(prefix="identity-") as folder:
            both = Path(folder) / "identity.pem"
            files.write(both, self.certificate_pem + b"\n" + self.key_pem, files.PRIVATE, durable=False)
            context.load_cert_chain(both)

    def ssl_context(self, ca: bytes) -> ssl.SSLContext:
        """Return a client's TLS context: it presents this identity and trusts servers of the authority `ca` (PEM)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=ca.decode("ascii"))
        self.load_into(context)
        return context


def check_name(name: str) -> None:
    """Raise PkiError unless a name can be the base name of files everywhere."""
    if not _FILE_NAME.fullmatch(name):
        raise PkiError(
            f"{name!r} cannot name certificate files; use up to 100 letters, digits, dots, hyphens and underscores"
        )


def file_name_of(common_name: str) -> str:
    """Make a base name for files from a common name: what is not allowed becomes a hyphen."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", common_name).strip("-._")[:100] or "certificate"


def _first_certificate(pem: bytes) -> bytes:
    end = b"-----END CERTIFICATE-----"
    start = pem.find(b"-----BEGIN CERTIFICATE-----")
    stop = pem.find(end, start)
    if start < 0 or stop < 0:
        raise PkiError("the PEM text holds no certificate; export the certificate again")
    return pem[start : stop + len(end)] + b"\n"


def _no_password() -> str:
    """Answer OpenSSL's question for a key's password; without this it would ask on the terminal."""
    raise ValueError("the key is encrypted")
