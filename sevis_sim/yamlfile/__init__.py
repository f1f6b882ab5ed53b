"""YAML files whose errors name file, line and column: settings and scenarios are read here.

==============  =======================================================================
``loader``      text to `Document`: YAML 1.2, bounded, duplicate keys are errors
``document``    the values of a file and where each of them stands
``problems``    what is wrong in a file, one line each, with a suggestion
``explain``     the errors of a pydantic model as such problems
==============  =======================================================================

Scalars are read as they are written: ``01`` stays ``"01"``, a date stays a text, ``no`` stays ``"no"``. The model that
reads the document says what a value is, so nothing is lost on the way. Only an empty value, ``~`` and ``null`` mean
nothing (a person may be called Null). ruamel.yaml is imported when the first file is read.
"""

from sevis_sim.yamlfile.document import Document, Node, Position, Step, path_text
from sevis_sim.yamlfile.explain import Finding, explain, findings, reject
from sevis_sim.yamlfile.loader import YamlError, load_file, load_text
from sevis_sim.yamlfile.problems import Problem, quoted, suggestion

__all__ = [
    "Document",
    "Finding",
    "Node",
    "Position",
    "Problem",
    "Step",
    "YamlError",
    "explain",
    "findings",
    "load_file",
    "load_text",
    "path_text",
    "quoted",
    "reject",
    "suggestion",
]
