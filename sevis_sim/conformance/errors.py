"""The error of a run that cannot be made as it was asked for."""


class ConformError(Exception):
    """A client file, a baseline, a pack or a name cannot be used: one line for each thing that is wrong."""
