"""Texts within a platform's limits: measured, cut, on one line, never empty, with nothing in them that is not seen."""

import re
from collections.abc import Iterator
from typing import Any

from core.ask.present.visible import lines, one_line
from core.locale.format import NULL

Json = dict[str, Any]
"""A JSON object as a platform takes it."""

_BLANK = re.compile(r"[\s\u200c\u200d\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f]*")
"""White space, joiners, fillers: a text of nothing else counts as empty."""


def size(text: str) -> int:
    """The length of a text in UTF-16 units: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _start(text: str, most: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")


def cut(text: str, most: int) -> str:
    """`text`, or its start with "…" at its end, at most `most` long by `size`."""
    return text if size(text) <= most else _start(text, most - 1) + "…"


def pieces(text: str, most: int) -> Iterator[str]:
    """`text` in pieces of at most `most` each, cut at the end of a line where there is one."""
    while size(text) > most:
        start = _start(text, most)
        end = start.rfind("\n") + 1 or len(start)
        yield text[:end]
        text = text[end:]
    yield text


def is_blank(text: str) -> bool:
    """True when there is nothing to see in `text`."""
    return _BLANK.fullmatch(text) is not None


def filled(text: str) -> str:
    """`text`, or a dash when it is blank."""
    return NULL if is_blank(text) else text


def travels(text: str) -> bool:
    """True when `text` comes back from a chat as it was sent in the value of a button or an option."""
    return not is_blank(text) and one_line(text) == text


def label(text: str, most: int) -> str:
    """`text` on one line, visible, cut, never empty: for cells, buttons, captions and titles."""
    return filled(cut(one_line(text[: most + 1]), most))


def code(text: str) -> str:
    """SQL as it is, tabs and line ends kept, what cannot be seen shown."""
    return "\t".join(lines(part) for part in text.split("\t"))
