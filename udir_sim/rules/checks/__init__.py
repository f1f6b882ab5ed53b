"""One small function a rule of data records. Each looks at many records at once and returns which of them break it.

============  =======================================================================
``rows``      many records as a matrix, with facts that rules share
``registry``  how a function is declared: rule, fields, what it explains
``texts``     bytes, location, codes, IDs, names
``digests``   hash fields and personal numbers
``dates``     dates, and dates against each other
``sha1``      SHA-1 of many values at once
============  =======================================================================

The order of `ROW_CHECKS` is the order of precedence: where one rule explains a field, later ones stay silent about it.
Needs numpy (extra ``udir``).
"""

from udir_sim.rules.checks import dates, digests, texts
from udir_sim.rules.checks.digests import advice
from udir_sim.rules.checks.registry import Check
from udir_sim.rules.checks.rows import Bytes, Context, Mask, Rows

ROW_CHECKS: tuple[Check, ...] = (*texts.unreadable.all, *digests.check.all, *texts.check.all, *dates.check.all)
"""The checks of data records by themselves, in order."""

__all__ = ["ROW_CHECKS", "Bytes", "Check", "Context", "Mask", "Rows", "advice"]
