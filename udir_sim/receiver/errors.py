"""The error of a receiver that cannot be started."""


class ReceiverError(Exception):
    """A door cannot be opened; the message is one line that says what to do."""
