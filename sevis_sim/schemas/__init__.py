"""The XML documents of SEVIS: reading them safely, and judging them against a release of the schemas.

================  ========================================================================================
``parsing``       bytes to tree; refuses document types, entities, bombs
``release``       a folder of XSDs; lxml gives the verdict
``hardening``     what libxml2 gets wrong of the XSD standard, set right
``explanation``   a refusal in plain words, by xmlschema where it can, else by libxml2
``wording``       the words for each kind of error
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
