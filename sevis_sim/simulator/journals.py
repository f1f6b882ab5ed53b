"""The journal as the settings want it."""

from sevis_sim.journal import Journal, Keep
from sevis_sim.settings import Settings
from sevis_sim.store import Store

_MEGABYTE = 1024 * 1024


def journal_of(store: Store, settings: Settings) -> Journal:
    """Return the journal of a simulator: how much it keeps of requests, and whether persons are redacted."""
    keep = Keep(settings.keep_exchanges, settings.keep_exchanges_mb * _MEGABYTE, settings.keep_entries)
    if not settings.redact:
        return Journal(store, keep)
    from sevis_sim.sandbox.redaction import PersonalRedaction

    return Journal(store, keep, PersonalRedaction())
