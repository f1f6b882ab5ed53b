"""What the codes of SEVIS mean.

``tables`` reads the code tables of ``tables/*.csv``: the codes that stand inside XML elements (education
levels, countries, subjects…), their words, and whether the schemas know them.
"""

from sevis_sim.codes.tables import Table, table

__all__ = ["Table", "table"]
