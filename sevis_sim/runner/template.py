"""The commented scenario that ``sevis-sim scenario init`` writes."""

from importlib import resources

_NAME = "$NAME"


def template(name: str) -> str:
    """Return it under a name."""
    text = resources.files("sevis_sim.runner").joinpath("template.yaml").read_text("utf-8")
    return text.replace(_NAME, name)
