"""What an exported file is called."""

import re
import unicodedata
from typing import Literal

_LONGEST = 50
"""Letters of the question: with four bytes each and the rest of the name below the 255 bytes of common file systems."""


def file_name(title: str, extension: Literal["csv", "xlsx", "png"]) -> str:
    """`answer-<words of the title>.<extension>`: letters, digits and hyphens alone, safe on every system.

    The title may be any text, a question for instance. Nothing of it can be a path, a hidden file or a device of
    Windows; a title without letters gives `answer.<extension>`.
    """
    letters = "".join(sign if sign.isalnum() else " " for sign in unicodedata.normalize("NFKC", title))
    words = re.sub(r"\s+", "-", letters.strip())[:_LONGEST].strip("-")
    return f"answer-{words}.{extension}" if words else f"answer.{extension}"
