"""Test certificates: an authority per data directory, what it issues, and what others send for registration.

===============  =====================================================================================
``authority``    the certificate authority: create, save, load, issue server and client certificates
``identity``     a certificate with its key, in memory or as files of every kind that clients want
``profiles``     broken certificates by name (expired, self-signed, another authority's ...), as data
``servers``      server certificates by name, for clients to refuse
``personal``     certificates of persons with more in their subject, and the revocation list
``certificate``  reading a certificate that somebody sent: the facts, or why it is not one
``files``        reading and writing these files; keys are private from their first byte
===============  =====================================================================================

Nothing here knows what the certificates are for. trustme is imported only when something is issued.
"""

from sevis_sim.pki.authority import CertificateAuthority, ensure_server_identity
from sevis_sim.pki.certificate import CertificateFacts, NotACertificate, fingerprint, read_certificate
from sevis_sim.pki.files import PkiError
from sevis_sim.pki.identity import Identity, IdentityFiles
from sevis_sim.pki.personal import REVOCATIONS, Revocations, issue_personal, subject_value
from sevis_sim.pki.profiles import Profile, issue_by_profile, profile_named, profiles
from sevis_sim.pki.servers import ServerProfile, issue_server_by_profile, server_profiles

__all__ = [
    "REVOCATIONS",
    "CertificateAuthority",
    "CertificateFacts",
    "Identity",
    "IdentityFiles",
    "NotACertificate",
    "PkiError",
    "Profile",
    "Revocations",
    "ServerProfile",
    "ensure_server_identity",
    "fingerprint",
    "issue_by_profile",
    "issue_personal",
    "issue_server_by_profile",
    "profile_named",
    "profiles",
    "read_certificate",
    "server_profiles",
    "subject_value",
]
