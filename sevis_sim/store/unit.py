"""One transaction, whatever it offers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from sevis_sim.store.dialect import Dialect


class Unit:
    """One transaction: a connection on which everything happens or nothing does."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        self._at_last: list[Callable[[], object]] = []
        self._afterwards: list[Callable[[], None]] = []

    @contextmanager
    def part(self) -> Iterator[None]:
        """Undo what the block did, and that alone, where it raises; then raise it, explained as of `Dialect.explain`.

        Where the transaction as a whole cannot go on after that, it ends with the same error.
        """
        driver, afterwards = self.connection.connection.cursor(), len(self._afterwards)
        driver.execute("SAVEPOINT part")
        try:
            yield
        except BaseException as error:
            del self._afterwards[afterwards:]
            self.dialect.spool.rolled_back()
            known = isinstance(error, self.dialect.errors) and self.dialect.explain(error)
            try:
                driver.execute("ROLLBACK TO SAVEPOINT part")
                driver.execute("RELEASE SAVEPOINT part")
            except self.dialect.errors as lost:
                raise lost from error
            if known:
                raise known from error
            raise
        driver.execute("RELEASE SAVEPOINT part")

    def before_commit(self, call: Callable[[], object]) -> None:
        """Have ``call`` called in this transaction when all else is done in it; what it raises undoes it."""
        self._at_last.append(call)

    def done(self) -> None:
        """Make the calls asked for by `before_commit`."""
        for call in self._at_last:
            call()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have ``call`` called once this transaction is committed, in the thread that did it; never on roll-back."""
        self._afterwards.append(call)

    def committed(self) -> None:
        """Make the calls asked for by `after_commit`."""
        for call in self._afterwards:
            call()
