"""A refusal as one text, where a form or a message has room for one."""

from core.errors import ColloqueryError
from core.locale import error_words


def refusal_words(locale: str, error: ColloqueryError) -> str:
    """What happened and what to do next, behind each other."""
    return " ".join(filter(None, error_words(locale, error)))
