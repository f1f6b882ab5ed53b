"""What can go wrong with a receiver itself."""


class ReceiverError(Exception):
    """A door cannot be opened; the message is one line that says what to do."""


class NotKept(Exception):
    """A file could not be kept, for no fault of its sender's: the disk is full or damaged; the message is one line."""
