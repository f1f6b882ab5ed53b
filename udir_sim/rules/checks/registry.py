"""How a rule's function is declared: which rule, which fields, and what it explains."""

from collections.abc import Callable
from dataclasses import dataclass

from udir_sim.rules.checks.rows import GROUPS, Among, Group, Mask, Rows

Find = Callable[[Rows, str], Mask]
"""A rule's function: of some records and the id of a field, returns which records break the rule."""


@dataclass(frozen=True, slots=True)
class Check:
    """A rule's function, bound to one field."""

    rule_id: str
    field_id: str
    """The field that findings point to; ``""`` for the record."""
    find: Find
    variant: str = ""
    closes: tuple[str, ...] = ()
    """Fields that need no further explanation where this check finds something."""
    waits: tuple[str, ...] = ()
    """Fields that must not be explained yet, else this check stays silent."""
    among: Among | None = None
    """Which records can break the rule at all; None: any."""
    group: Group = Group.ALL
    """Which suspicion of the quick look makes this check necessary; none: it is made in any case."""

    def run(self, rows: Rows) -> Mask:
        """Return which records break the rule and are not explained by another one yet."""
        found = self._found(rows)
        for field_id in self.waits:
            found = found & ~rows.explained(field_id)
        for field_id in self.closes:
            rows.explain(field_id, found)
        return found

    def _found(self, rows: Rows) -> Mask:
        suspected = rows.suspected(self.group)
        if suspected is None or suspected[1] is rows:
            return self._found_among(rows)
        found = rows.none()
        if len(suspected[0]):
            found[suspected[0]] = self._found_among(suspected[1])
        return found

    def _found_among(self, rows: Rows) -> Mask:
        if self.among is None:
            return self.find(rows, self.field_id)
        places, part = rows.part(self.among, self.field_id)
        found = rows.none()
        if len(places):
            found[places] = self.find(part, self.field_id)
        return found


class Checks:
    """The checks of one module, in the order in which they are to run."""

    def __init__(self) -> None:
        self.all: list[Check] = []

    def __call__(
        self,
        rule_id: str,
        *fields: str,
        variant: str = "",
        closes: bool = True,
        also: tuple[str, ...] = (),
        among: Among | None = None,
        group: Group | None = None,
    ) -> Callable[[Find], Find]:
        """Declare the function of a rule.

        Args:
            rule_id: the rule; ``??`` in it stands for the field.
            fields: the fields that it looks at, one by one.
            variant: which variant of the rule it finds.
            closes: whether a finding explains the field, so that later checks stay silent about it.
            also: fields that must not be explained yet, besides the one it looks at.
            among: which records it has to look at; tells quickly that most cannot break the rule.
            group: which suspicion makes it necessary, if not that of the field's own group.

        """

        def declare(find: Find) -> Find:
            for field_id in fields:
                own = (field_id,) if field_id else ()
                self.all.append(
                    Check(
                        rule_id.replace("??", field_id),
                        field_id,
                        find,
                        variant,
                        closes=own if closes else (),
                        waits=(*own, *also),
                        among=among,
                        group=GROUPS[field_id] if group is None else group,
                    )
                )
            return find

        return declare
