"""Text that strangers wrote, as a model may be shown it: on one line, inside a fence it cannot leave."""

import re
import unicodedata

_TAG = re.compile(r"<(?=[/!?A-Za-z])")


def one_line(text: str) -> str:
    """The text without line breaks, control and invisible signs, its white space single."""
    cleaned = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in text)
    return " ".join(cleaned.split())


def plain_line(text: str) -> str:
    """A text that cannot leave its line, nor close the block that `fenced` puts around data."""
    return _TAG.sub("< ", one_line(text))


def fenced(text: str) -> str:
    """A block of data. Every line of it was made by `plain_line`, so that none can hold the closing tag."""
    return f"<data>\n{text}\n</data>"
