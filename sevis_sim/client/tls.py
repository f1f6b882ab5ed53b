"""TLS contexts of a client, from files, with errors that name the file and the remedy."""

import ssl
from pathlib import Path

from sevis_sim.client.errors import ClientError, one_line

_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"
_KEY_END = b"PRIVATE KEY-----"


def client_context(
    cert: Path | str | None = None, key: Path | str | None = None, ca: Path | str | None = None
) -> ssl.SSLContext:
    """Build the context of a client.

    Args:
        cert: PEM file of the client certificate, with its key unless ``key`` names that. None: present none.
        key: PEM file of the private key, not encrypted.
        ca: PEM file of the authority to trust. None: those that the system trusts.

    Raises:
        ClientError: a file cannot be read or is no PEM, the key is encrypted, or it belongs to another certificate.

    """
    if ca is None:
        context = ssl.create_default_context()
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _trust(context, Path(ca))
    if cert is not None:
        _present(context, Path(cert), None if key is None else Path(key))
    elif key is not None:
        raise ClientError(f"the key {key} is of no use without its certificate: name it, too (SEVIS_SIM_CLIENT_CERT)")
    return context


def _trust(context: ssl.SSLContext, ca: Path) -> None:
    if _CERTIFICATE not in _read(ca, "CA file"):
        raise ClientError(f"the CA file {ca} holds no PEM certificate; use the ca.pem of the simulator")
    try:
        context.load_verify_locations(cafile=ca)
    except (ssl.SSLError, OSError) as error:
        raise ClientError(f"the CA file {ca} is damaged: {one_line(error)}") from error


def _present(context: ssl.SSLContext, cert: Path, key: Path | None) -> None:
    if _CERTIFICATE not in _read(cert, "client certificate"):
        raise ClientError(
            f"the client certificate {cert} is no PEM file; use the .pem file, or convert a .p12: "
            "openssl pkcs12 -in FILE.p12 -out client.pem -nodes"
        )
    if _KEY_END not in _read(key or cert, "private key"):
        raise ClientError(
            f"{key or cert} holds no PEM private key"
            + ("" if key else "; name the file that does (SEVIS_SIM_CLIENT_KEY, --key)")
        )
    try:
        context.load_cert_chain(cert, key, password=_no_password)
    except _EncryptedKey:
        raise ClientError(
            f"the private key {key or cert} is encrypted; write it without a password: openssl pkey -in KEY -out NEW"
        ) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ClientError(f"the key {key or cert} does not belong to the client certificate {cert}") from error
        raise ClientError(f"the client certificate {cert} or its key is damaged: {one_line(error)}") from error
    except OSError as error:
        raise ClientError(f"the client certificate {cert} cannot be loaded: {one_line(error)}") from error


class _EncryptedKey(Exception):
    """OpenSSL asks for a password."""


def _no_password() -> str:
    """Answer OpenSSL's question for a password; without this it would ask on the terminal."""
    raise _EncryptedKey


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ClientError(f"the {what} {path} does not exist") from None
    except OSError as error:
        raise ClientError(f"the {what} {path} cannot be read: {error.strerror or one_line(error)}") from error
