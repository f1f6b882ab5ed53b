"""What a run was made with."""

import platform
import ssl

from sevis_sim import __version__


def versions() -> dict[str, str]:
    """Return the versions that a result hangs on."""
    return {
        "sevis-sim": __version__,
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION,
        "system": platform.platform(),
    }
