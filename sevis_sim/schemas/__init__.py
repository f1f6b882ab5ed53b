"""The XML documents of SEVIS: reading them safely, and judging them against a release of the schemas.

================  ========================================================================================
``parsing``       bytes to tree; refuses document types, entities, bombs
``release``       a folder of XSDs; lxml gives the verdict
``hardening``     what libxml2 gets wrong of the XSD standard, set right
``code_lists``    what libxml2 is slow with, in another form
``explanation``   a refusal in plain words: what xmlschema finds in the record, what only libxml2 finds
``found_by_…``    the errors of each of the two libraries
``declarations``  what a schema declares at one place of a document
``wording``       the words for each kind of error
``…_words``       the same for the order of elements (``content``) and for values
``facets``        the limits of a simple type, and which a text breaks
``violation``     what is reported
``generate``      SEVISTable.xsd from the code tables
``releases``      the releases shipped and imported, side by side
``importing``     takes over official files: checked, mended, copied
``tree``          what the schemas say about each element and attribute
``tree_words``    the same in words
``compare``       what changed between two releases
``samples``       synthetic valid documents, by walking the schemas
================  ========================================================================================
"""

from sevis_sim.schemas.parsing import NotWellFormed, parse
from sevis_sim.schemas.release import Release, release
from sevis_sim.schemas.violation import Violation

__all__ = ["NotWellFormed", "Release", "Violation", "parse", "release"]
