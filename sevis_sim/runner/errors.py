"""The error of a step that cannot be carried out."""


class PlayError(Exception):
    """A step cannot be carried out: one line that says why. It is the scenario's fault, not the client's."""
