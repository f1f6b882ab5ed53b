"""What is refused of those who play the outside world. Apart from the work itself, which loads the rules."""


class OutsideError(Exception):
    """Something that the outside world cannot have told SEVIS: one line that says why and what is possible."""

    def __init__(self, message: str, field: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.field = field
        """What is at fault, as the control API calls it."""
        self.missing = missing
        """Whether there is no such record or organization."""
