"""Makes files that break one rule: generated records around the base records of the examples, and an edit of these."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from udir_sim.generator.files import Plan, data_records, without_findings
from udir_sim.generator.pairs import PAIR_RULES
from udir_sim.layout import layout
from udir_sim.rules import Example, Rule
from udir_sim.rules.examples import BASE_CREATED, Draft, Sample, apply_edit, base_records

_FIRST_NUMBER = 21_300_000
"""Where the numbers of the other students start: none of their IDs is one of the base records."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A file that breaks one rule, and how it must be read for the rule to speak."""

    rule: Rule
    example: Example
    sample: Sample
    """Day of receipt, and switches of the profile; its content is the file without the other students."""
    plan: Plan
    draft: Draft

    def lines(self) -> Iterator[bytes]:
        """Yield the file in pieces."""
        draft = self.draft
        if draft.empty:
            return
        yield draft.mark
        others_written = False
        for name, record in draft.records:
            if not others_written and name in ("D2", "T"):
                others_written = True
                for other in data_records(self.plan, _FIRST_NUMBER) if draft.extra else ():
                    yield self._coded(other + draft.end)
            yield self._coded(bytes(record) + draft.ends.get(name, draft.end) + draft.after.get(name, b""))

    def _coded(self, content: bytes) -> bytes:
        if not self.draft.encoding:
            return content
        encoding = "utf-16-le" if self.draft.encoding == "utf-16" else self.draft.encoding
        return content.decode("latin-1").encode(encoding)


def mutate(plan: Plan, rule: Rule) -> Mutation:
    """Return a file that breaks a rule.

    Two of its records are the base records of the examples; all are dated as of 1 September 1999.

    Raises:
        ValueError: one file alone cannot break the rule, or the plan has fewer than the base's two records.

    """
    if rule.id in PAIR_RULES:
        raise ValueError(f"{rule.id} compares with an earlier file: make a pair")
    if plan.records < 2:
        raise ValueError("a file that breaks a rule has at least 2 data records")
    example = rule.fails[0]
    records = base_records()
    for name, record in records:
        location = layout().field("H02" if name in ("H", "T") else "D01").span
        record[location] = plan.location.encode()
    extra = 0 if "drop D1" in example.edit else plan.records - 2
    draft = Draft(records, end=plan.line_end, extra=extra)
    apply_edit(draft, "count")
    apply_edit(draft, example.edit)
    others = replace(plan, records=max(extra, 1), created=BASE_CREATED, rates=without_findings(plan.rates))
    if draft.encoding == "utf-16":
        draft.mark = b"\xff\xfe"
    return Mutation(rule, example, draft.sample(), others, draft)
