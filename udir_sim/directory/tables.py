"""The tables as the migrations leave them, for building queries; a test compares the two."""

from datetime import date

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, Table, Text
from sqlalchemy.engine import Dialect as SqlDialect
from sqlalchemy.types import TypeDecorator

from sevis_sim.store.columns import Instant

_tables = MetaData()


class Day(TypeDecorator[date]):
    """A day, kept as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: SqlDialect) -> str | None:  # noqa: ARG002
        """Turn a day into text."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: SqlDialect) -> date | None:  # noqa: ARG002
        """Turn text into a day."""
        return None if value is None else date.fromisoformat(value)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


deliveries = Table(
    "deliveries",
    _tables,
    Column("id", Text, primary_key=True),
    _text("location"),
    _text("sha256"),
    _text("name"),
    _text("door"),
    Column("received", Instant, nullable=False),
    _number("bytes"),
    _text("header_location"),
    Column("created", Day),
    _number("data_records"),
    _text("verdict"),
    _text("state"),
    _text("note"),
    _text("file"),
    _text("file_sha256"),
    _text("report_sha256"),
    _number("against"),
    Column("decided", Instant),
)

loads = Table(
    "loads",
    _tables,
    Column("location", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("kind"),
    _text("delivery"),
    Column("back_to", BigInteger),
    Column("instant", Instant, nullable=False),
    Column("created", Day),
    _number("records"),
    _number("added"),
    _number("changed"),
    _number("deleted"),
    _number("unchanged"),
    _number("carried"),
)

records = Table(
    "records",
    _tables,
    Column("key", BigInteger, primary_key=True),
    _text("location"),
    Column("student_id", LargeBinary, nullable=False),
    Column("net_id", Text),
    _number("since"),
    Column("until", BigInteger),
    Column("digest", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

new_records = Table(
    "records",
    MetaData(),
    *(Column(column.name) for column in records.columns if column.name != "key"),
)
"""``records`` without its key, which the database gives: for inserting many."""

ALL = tuple(_tables.sorted_tables)
