"""How values are kept in columns: instants as integers, mappings as compact JSON text."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Text
from sqlalchemy.engine import Dialect as SqlDialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# One encoder for all rows: json.dumps builds a new one on each call that names separators. ASCII only, because a
# lone surrogate in a value that came by JSON could not be written as UTF-8.
to_json = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
from_json = json.loads


def to_microseconds(instant: datetime) -> int:
    """Return whole microseconds since 1970 UTC; ValueError for an instant without an offset."""
    if instant.tzinfo is None:
        raise ValueError(f"instant {instant.isoformat()} has no UTC offset: give an aware datetime")
    return (instant - _EPOCH) // _MICROSECOND


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole microseconds since 1970 UTC: exact, sortable, the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: SqlDialect) -> int | None:  # noqa: ARG002
        """Turn an aware instant into microseconds; ValueError for one without an offset."""
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: SqlDialect) -> datetime | None:  # noqa: ARG002
        """Turn microseconds into an aware instant in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


class Json(TypeDecorator[Any]):
    """A plain value (mappings, lists, text, numbers) as compact JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: SqlDialect) -> str:  # noqa: ARG002
        """Encode the value; TypeError where it is not plain."""
        return to_json(value)

    def process_result_value(self, value: Any, dialect: SqlDialect) -> Any:  # noqa: ARG002
        """Decode the text."""
        return from_json(value)
