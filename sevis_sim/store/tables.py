"""The tables as the migrations leave them, for building queries; a test compares the two."""

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text

from sevis_sim.store.columns import Instant, Json

_tables = MetaData()


def _key(name: str) -> Column[int]:
    return Column(name, BigInteger, primary_key=True)


def _id(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


meta = Table("meta", _tables, _id("name"), Column("value", Json, nullable=False))

sandboxes = Table(
    "sandboxes",
    _tables,
    _id("name"),
    # As text: a seed may be any integer, a column holds 64 bits.
    _text("seed"),
    Column("clock", Json, nullable=False),
    Column("settings", Json, nullable=False),
    # For a snapshot: of which sandbox, and when it was taken.
    Column("snapshot_of", Text),
    Column("taken", Instant),
)

due_work = Table(
    "due_work",
    _tables,
    _key("sequence"),
    _text("sandbox"),
    Column("instant", Instant, nullable=False),
    _text("kind"),
    _text("key"),
)

journal = Table(
    "journal",
    _tables,
    _key("id"),
    Column("sandbox", Text),
    Column("instant", Instant, nullable=False),
    _text("kind"),
    _text("summary"),
    Column("subjects", Json, nullable=False),
    Column("detail", Json, nullable=False),
)

journal_subjects = Table(
    "journal_subjects",
    _tables,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    _id("name"),
    _text("value"),
)

journal_bodies = Table(
    "journal_bodies",
    _tables,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("sandbox", Text),
    Column("kept", BigInteger, nullable=False),
    Column("request_head", LargeBinary, nullable=False),
    Column("request_body", LargeBinary, nullable=False),
    Column("request_size", BigInteger, nullable=False),
    Column("response_head", LargeBinary),
    Column("response_body", LargeBinary),
    Column("response_size", BigInteger),
    Column("request_place", BigInteger),
    Column("response_place", BigInteger),
    Column("request_start", BigInteger, nullable=False),
    Column("response_start", BigInteger, nullable=False),
)

organizations = Table("organizations", _tables, _id("sandbox"), _id("org_id"), Column("facts", Json, nullable=False))

certificates = Table(
    "certificates",
    _tables,
    _id("fingerprint"),
    _text("sandbox"),
    _text("name"),
    _text("pem"),
    _text("subject"),
    _text("issuer"),
    _text("serial"),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("revoked", Instant),
    Column("anchor", BigInteger, nullable=False),
)

certificate_registrations = Table(
    "certificate_registrations",
    _tables,
    _id("fingerprint"),
    _id("org_id"),
    _text("sandbox"),
    Column("registered", Instant, nullable=False),
)

snapshot_certificates = Table(
    "snapshot_certificates",
    _tables,
    _id("sandbox"),
    _id("fingerprint"),
    _id("org_id"),
    Column("instant", Instant),
)

batches = Table(
    "batches",
    _tables,
    _key("key"),
    _text("sandbox"),
    _text("system"),
    _text("org_id"),
    _text("batch_id"),
    _text("user_id"),
    _text("file_name"),
    Column("received", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("available", Instant, nullable=False),
    _text("status"),
    Column("processed", Instant),
    Column("success", BigInteger, nullable=False),
    Column("failure", BigInteger, nullable=False),
    _text("exchange"),
)

batch_files = Table(
    "batch_files",
    _tables,
    Column("batch_key", BigInteger, primary_key=True, autoincrement=False),
    _id("kind"),
    Column("content_key", BigInteger, nullable=False),
)

# Shared by the copies of a file, and gone with the last of them.
file_contents = Table(
    "file_contents",
    _tables,
    _key("key"),
    Column("content", LargeBinary, nullable=False),
    Column("place", BigInteger),
)


def _record_table(name: str, version: Column[int]) -> Table:
    return Table(
        name,
        _tables,
        _id("sandbox"),
        _id("system"),
        _id("sevis_id"),
        _text("org_id"),
        _text("population"),
        _text("status"),
        _text("identity"),
        version,
        Column("batch_key", BigInteger),
        Column("instant", Instant, nullable=False),
        _text("payload"),
    )


records = _record_table("records", Column("version", BigInteger, nullable=False))
record_versions = _record_table("record_versions", Column("version", BigInteger, primary_key=True, autoincrement=False))

record_ids = Table("record_ids", _tables, _id("sandbox"), _id("system"), _id("sevis_id"), _text("principal"))

record_dates = Table(
    "record_dates",
    _tables,
    _id("sandbox"),
    _id("system"),
    _id("sevis_id"),
    Column("day", Text),
    Column("since", Text),
)

ALL = tuple(_tables.sorted_tables)
