"""One transaction, whatever it offers."""

from collections.abc import Callable

from sqlalchemy import Connection

from sevis_sim.store.dialect import Dialect


class Unit:
    """One transaction: a connection on which everything happens or nothing does."""

    def __init__(self, connection: Connection, dialect: Dialect) -> None:
        self.connection = connection
        self.dialect = dialect
        self._at_last: list[Callable[[], object]] = []
        self._afterwards: list[Callable[[], None]] = []

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
