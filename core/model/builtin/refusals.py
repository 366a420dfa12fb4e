"""The ways in which the writer says that a question is beyond it. It never guesses."""

from collections.abc import Sequence

from core.errors import BeyondWriter


def unknown_words(words: Sequence[str]) -> BeyondWriter:
    """Words of the question that stand for nothing known."""
    return BeyondWriter("writer.unknown_words", words=", ".join(dict.fromkeys(words)))


def ambiguous(first: str, second: str) -> BeyondWriter:
    """Two tables, or two columns as `table.column`, may be meant as well as each other: the asker can say which."""
    return BeyondWriter("writer.ambiguous", a=first, b=second)


def unclear(first: str, second: str) -> BeyondWriter:
    """Two readings are as good as each other, and neither is a name that could be chosen."""
    return BeyondWriter("writer.unclear", a=first, b=second)


def no_join(first: str, second: str) -> BeyondWriter:
    """No foreign key leads from one table to the other."""
    return BeyondWriter("writer.no_join", a=first, b=second)


def beyond() -> BeyondWriter:
    """All words are known, but not what they mean together."""
    return BeyondWriter("writer.beyond")
