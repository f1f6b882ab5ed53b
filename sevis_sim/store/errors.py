"""What can go wrong with the store, in one line each that says what to do."""


class StoreError(Exception):
    """The database cannot do what was asked; the message is one line that says why and what to do."""


class AlreadyThere(StoreError):
    """A row with this identity exists already."""


class DuplicateSandbox(AlreadyThere):
    """A sandbox of this name exists already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"sandbox {name!r} exists already: choose another name or delete it first")


class DuplicateBatch(AlreadyThere):
    """The organization has used this batch ID in this system before (S0010)."""

    def __init__(self, batch_id: str) -> None:
        super().__init__(f"batch ID {batch_id!r} is used already: give the batch another ID")
        self.batch_id = batch_id


class DuplicateCertificate(AlreadyThere):
    """The certificate is bound to another sandbox; one certificate cannot decide between two."""

    def __init__(self, fingerprint: str, sandbox: str) -> None:
        super().__init__(
            f"certificate {fingerprint} belongs to sandbox {sandbox!r}: use another certificate or delete it there"
        )
        self.sandbox = sandbox


class SevisIdTaken(AlreadyThere):
    """A SEVIS ID of the record to be saved belongs to another record of the same sandbox and system."""

    def __init__(self, sevis_id: str, owner: str) -> None:
        super().__init__(f"SEVIS ID {sevis_id} belongs to record {owner} already: choose another")
        self.sevis_id = sevis_id


class MissingReference(StoreError):
    """A row was to refer to a sandbox, organization, certificate or batch that is not there."""


class MissingContents(StoreError):
    """What a row says is kept beside the database is not there (any more): waiting does not bring it back."""
