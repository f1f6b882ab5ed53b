"""What can go wrong with a form: only a layout file that is written wrongly."""


class LayoutError(ValueError):
    """A layout says something that the engine cannot print; the message names file, place, expectation, remedy."""
