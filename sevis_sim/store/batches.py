"""Accepted batches, and apart from them their documents, transaction logs and result archives."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from sevis_sim.domain.submissions import NEVER, Batch
from sevis_sim.store.errors import DuplicateBatch, MissingContents
from sevis_sim.store.places import make_room
from sevis_sim.store.repository import Repository
from sevis_sim.store.spool import LARGE
from sevis_sim.store.tables import batch_files, batches, file_contents

_GET = select(batches).where(batches.c.key == bindparam("key"))
_SANDBOX = select(batches.c.sandbox).where(batches.c.key == bindparam("key"))
_THIS = (
    batches.c.sandbox == bindparam("sandbox"),
    batches.c.system == bindparam("system"),
    batches.c.org_id == bindparam("org_id"),
    batches.c.batch_id == bindparam("batch_id"),
)
_FIND = select(batches).where(*_THIS)
_USED = select(batches.c.key).where(*_THIS)
_FILE = select(file_contents.c.content, file_contents.c.place).where(
    file_contents.c.key == batch_files.c.content_key,
    batch_files.c.batch_key == bindparam("key"),
    batch_files.c.kind == bindparam("kind"),
)
_ADD_CONTENT, _ADD_FILE = insert(file_contents), insert(batch_files)


class Batches(Repository):
    """Batches by key, and by sandbox, system, OrgID and batch ID.

    Copies of a sandbox share what stands in the files; what is large is in the spool. It is kept as it came:
    compressing a common upload of 100 KB takes as long (0.3 ms) as a disk saves by it.
    """

    def accept(
        self,
        sandbox: str,
        system: str,
        org_id: str,
        batch_id: str,
        user_id: str,
        file_name: str,
        received: datetime,
        due: datetime,
        available: datetime,
        document: bytes,
        exchange: str = "",
    ) -> Batch:
        """Keep an accepted batch and its document. Instants are aware; ``exchange`` names the upload in the journal.

        Raises:
            DuplicateBatch: the organization has used this batch ID in this system of this sandbox before.
        """
        row: dict[str, Any] = {
            "key": None,
            "sandbox": sandbox,
            "system": system,
            "org_id": org_id,
            "batch_id": batch_id,
            "user_id": user_id,
            "file_name": file_name,
            "received": received,
            "due": due,
            "available": available,
            "status": "accepted",
            "processed": None,
            "success": 0,
            "failure": 0,
            "exchange": exchange,
        }
        result = self._dialect.run(self._connection, self._dialect.insert_new(batches), row)
        if result.rowcount == 0:
            raise DuplicateBatch(batch_id)
        key = self._number(result)
        self._add_file(sandbox, key, "document", document)
        instants = {name: row[name].astimezone(UTC) for name in ("received", "due", "available")}
        return Batch(**(row | instants | {"key": key}))

    def find(self, sandbox: str, system: str, org_id: str, batch_id: str) -> Batch | None:
        """Return the batch that an organization uploaded under this ID, or None."""
        asked = {"sandbox": sandbox, "system": system, "org_id": org_id, "batch_id": batch_id}
        row = self._connection.execute(_FIND, asked).one_or_none()
        return None if row is None else Batch(**row._mapping)

    def used(self, sandbox: str, system: str, org_id: str, batch_id: str) -> bool:
        """Tell whether an organization has uploaded a batch under this ID."""
        asked = {"sandbox": sandbox, "system": system, "org_id": org_id, "batch_id": batch_id}
        return self._dialect.run(self._connection, _USED, asked).fetchone() is not None

    def get(self, key: int) -> Batch | None:
        """Return the batch with this key, or None."""
        row = self._connection.execute(_GET, {"key": key}).one_or_none()
        return None if row is None else Batch(**row._mapping)

    def list(
        self,
        sandbox: str,
        system: str | None = None,
        org_id: str | None = None,
        batch_id: str | None = None,
        *,
        limit: int = 100,
        before: int | None = None,
    ) -> list[Batch]:
        """Return batches of a sandbox, newest first; ``before`` is the key of the last one of the page before."""
        query = select(batches).where(batches.c.sandbox == sandbox).order_by(batches.c.key.desc()).limit(limit)
        if system is not None:
            query = query.where(batches.c.system == system)
        if org_id is not None:
            query = query.where(batches.c.org_id == org_id)
        if batch_id is not None:
            query = query.where(batches.c.batch_id == batch_id)
        if before is not None:
            query = query.where(batches.c.key < before)
        return [Batch(**row._mapping) for row in self._connection.execute(query)]

    def document(self, key: int) -> bytes:
        """Return the document as it was uploaded; empty where it was purged."""
        return self._file(key, "document") or b""

    def log(self, key: int) -> bytes | None:
        """Return the transaction log of the result; None before processing and after purging."""
        return self._file(key, "log")

    def archive(self, key: int) -> bytes | None:
        """Return the result archive (zip); None before processing and after purging."""
        return self._file(key, "archive")

    def finish(self, key: int, processed: datetime, success: int, failure: int, log: bytes, archive: bytes) -> bool:
        """Keep the result of a batch and mark it processed; False, and no change, where that was done before."""
        if not self._done(key, processed, success, failure):
            return False
        sandbox = self._connection.execute(_SANDBOX, {"key": key}).scalar_one()
        self._add_file(sandbox, key, "log", log)
        self._add_file(sandbox, key, "archive", archive)
        return True

    def lose(self, key: int, processed: datetime, success: int, failure: int) -> bool:
        """Mark a batch processed whose result was never written; False, and no change, where that was done before."""
        done = self._done(key, processed, success, failure)
        if done:
            self.hold_back(key, NEVER)
        return done

    def hold_back(self, key: int, available: datetime) -> None:
        """Let the result of a batch be available at another instant."""
        self._connection.execute(update(batches).where(batches.c.key == key).values(available=available))

    def _done(self, key: int, processed: datetime, success: int, failure: int) -> bool:
        statement = update(batches).where(batches.c.key == key, batches.c.status == "accepted")
        values = {"status": "processed", "processed": processed, "success": success, "failure": failure}
        return self._connection.execute(statement.values(values)).rowcount > 0

    def postpone(self, key: int, due: datetime, available: datetime) -> bool:
        """Let an accepted batch be processed at another instant; False, and no change, where it is processed."""
        statement = update(batches).where(batches.c.key == key, batches.c.status == "accepted")
        return self._connection.execute(statement.values(due=due, available=available)).rowcount > 0

    def purge(self, sandbox: str, received_before: datetime) -> int:
        """Delete the files of processed batches received before an instant; return how many batches had any.

        The batches stay: their IDs remain used, and one that waits for processing keeps its document.
        """
        old = select(batches.c.key).where(
            batches.c.sandbox == sandbox,
            batches.c.status == "processed",
            batches.c.received < received_before,
        )
        belongs = batch_files.c.batch_key.in_(old)
        count = select(func.count(batch_files.c.batch_key.distinct())).where(belongs)
        found = int(self._connection.execute(count).scalar_one())
        self._connection.execute(delete(batch_files).where(belongs))
        return found

    def remove_files(self, key: int) -> None:
        """Delete document, log and archive of one processed batch; the batch stays, its ID remains used."""
        self._connection.execute(delete(batch_files).where(batch_files.c.batch_key == key))

    def _add_file(self, sandbox: str, key: int, kind: str, content: bytes) -> None:
        place = None
        if len(content) > LARGE:
            make_room(self._connection, self._dialect)
            place, content = self._dialect.spool.add(content, sandbox), b""
        kept = self._dialect.run(self._connection, _ADD_CONTENT, {"key": None, "content": content, "place": place})
        row = {"batch_key": key, "kind": kind, "content_key": self._number(kept)}
        self._dialect.run(self._connection, _ADD_FILE, row)

    def _file(self, key: int, kind: str) -> bytes | None:
        row = self._connection.execute(_FILE, {"key": key, "kind": kind}).one_or_none()
        if row is None or row.place is None:
            return None if row is None else bytes(row.content)
        content = self._dialect.spool.read(row.place)
        if content is None:
            batch = self.get(key)
            whose = f"batch {batch.batch_id} of {batch.org_id}" if batch else "a batch"
            raise MissingContents(
                f"the {kind} of {whose} is missing from {self._dialect.spool.folder}: put that folder back, which "
                "belongs to the database, or reset the sandbox"
            )
        return content
