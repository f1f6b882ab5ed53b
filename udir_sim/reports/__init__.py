"""Reports of a check: for people, for programs, for spreadsheets, and two of them compared.

=============  ===========================================
``document``   JSON, and reading it back
``text``       plain text
``page``       one HTML file
``table``      CSV
``compare``    what two reports differ in
=============  ===========================================

No report shows a hashed or personal value: findings come masked from the checker.
"""

from udir_sim.reports.compare import (
    Change,
    Comparison,
    compare_reports,
    comparison_document,
    comparison_text,
)
from udir_sim.reports.document import (
    FORMAT,
    ReportError,
    Summary,
    as_document,
    difference_document,
    read_summary,
    report_schema,
    to_json,
)
from udir_sim.reports.page import to_html
from udir_sim.reports.table import to_csv
from udir_sim.reports.text import difference_text, to_text

__all__ = [
    "FORMAT",
    "Change",
    "Comparison",
    "ReportError",
    "Summary",
    "as_document",
    "compare_reports",
    "comparison_document",
    "comparison_text",
    "difference_document",
    "difference_text",
    "read_summary",
    "report_schema",
    "to_csv",
    "to_html",
    "to_json",
    "to_text",
]
