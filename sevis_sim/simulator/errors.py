"""The error of a simulator that cannot be started, or asked so."""


class SimulatorError(Exception):
    """The simulator cannot be started or asked so; the message says why and what to do."""
