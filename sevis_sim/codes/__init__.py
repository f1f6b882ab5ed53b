"""What the codes of SEVIS mean.

``catalogue`` holds the official disposition and error codes with their texts, ``meaning`` says in our words when each
comes and how to mend it (``meanings/*.toml``), ``docs`` writes docs/codes.md from both.
``tables`` reads the code tables of ``tables/*.csv``: the codes that stand inside XML elements (education
levels, countries, subjects…), their words, and whether the schemas know them.
"""

from sevis_sim.codes.tables import Table, table

__all__ = ["Table", "table"]
