"""A transaction log as read back. Records, sites, addresses are the nouns that a log is written from."""

from dataclasses import dataclass

from sevis_sim.domain.outcomes import AddressOutcome, DependentOutcome, EmployerOutcome, SiteOutcome


@dataclass(frozen=True, slots=True)
class ParsedUpload:
    """``Upload``. ``stamp`` is the text of the log."""

    code: str
    stamp: str
    file_name: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """``Record``: what became of one record of the upload."""

    request_id: str
    sevis_id: str | None
    user_id: str | None
    succeeded: bool
    code: str = ""
    """The error code; ``""`` for a record that succeeded."""
    message: str = ""
    processed: str = ""
    """``ProcessDate``, the text of the log."""
    user_defined_a: str | None = None
    user_defined_b: str | None = None
    sites: tuple[SiteOutcome, ...] = ()
    dependents: tuple[DependentOutcome, ...] = ()
    employers: tuple[EmployerOutcome, ...] = ()
    physical: AddressOutcome | None = None
    mailing: AddressOutcome | None = None


@dataclass(frozen=True, slots=True)
class ParsedProcess:
    """``Process``. The counts are those the log claims; None where it has none."""

    code: str
    stamp: str
    success: int | None = None
    failure: int | None = None
    total: int | None = None
    records: tuple[ParsedRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedLog:
    """A whole log."""

    batch_id: str
    org_id: str
    status: bool
    system: str | None = None
    upload: ParsedUpload | None = None
    process: ParsedProcess | None = None
    download_code: str | None = None
    """``resultCode`` of ``Download``; None where there is none, as in the reply to an upload."""

    @property
    def upload_code(self) -> str | None:
        """``resultCode`` of ``Upload``, None where there is none."""
        return self.upload.code if self.upload else None

    @property
    def process_code(self) -> str | None:
        """``resultCode`` of ``Process``, None where there is none."""
        return self.process.code if self.process else None

    @property
    def records(self) -> tuple[ParsedRecord, ...]:
        """The records; none while the batch has not been processed."""
        return self.process.records if self.process else ()

    @property
    def failures(self) -> tuple[ParsedRecord, ...]:
        """The records that failed."""
        return tuple(record for record in self.records if not record.succeeded)
