"""Help for the reader of an error: the nearest thing that would have been right."""

from collections.abc import Iterable


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return ``" (did you mean 'x'?)"`` for the choice nearest to ``word``, or ``""`` if none is near."""
    import difflib  # only needed once something is wrong

    near = difflib.get_close_matches(word.lower(), list(choices), n=1, cutoff=0.6)
    return f" (did you mean {near[0]!r}?)" if near else ""


def quoted(value: object, limit: int = 60) -> str:
    """Return ``repr(value)`` on one line, cut after ``limit`` characters."""
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
