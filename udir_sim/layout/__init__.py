"""What stands where in a UDIRSTUD file.

==============  =======================================================================
``layout.toml`` the fields: columns, kinds, codes, what reports may show of them
``loader``      reads it
``copybook``    the same as a COBOL copybook
``ruler``       a record under a ruler of columns, personal values masked
==============  =======================================================================
"""

from udir_sim.layout.copybook import copybook
from udir_sim.layout.loader import layout, parse_layout
from udir_sim.layout.model import Field, FieldKind, Layout, Record, RecordKind, Show
from udir_sim.layout.ruler import digest_shape, masked_record, record_of, ruler, shape, shown

__all__ = [
    "Field",
    "FieldKind",
    "Layout",
    "Record",
    "RecordKind",
    "Show",
    "copybook",
    "digest_shape",
    "layout",
    "masked_record",
    "parse_layout",
    "record_of",
    "ruler",
    "shape",
    "shown",
]
