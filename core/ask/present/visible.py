"""Strings from outside made harmless to look at: what cannot be seen is shown, what turns text around is shown."""

import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"
"""Invisible, but part of emoji and of several scripts; they do not change the order of what is read."""


def _shown(character: str) -> str:
    if character == "\n":
        return "↵"
    if character == "\t":
        return " "
    if character in _JOINERS or unicodedata.category(character) not in _HIDDEN:
        return character
    return f"\\u{ord(character):04x}"


def one_line(text: str, width: int | None = None) -> str:
    """`text` on one line: control, bidi and unassigned characters and lone surrogates are escaped (`\\u202e`).

    With `width` it is cut to so many characters, the last being "…".
    """
    if width is not None and len(text) > width:
        text = text[: width - 1] + "…"
    return text if text.isprintable() else "".join(map(_shown, text))


def lines(text: str) -> str:
    """`text` with its line ends kept and everything else as in `one_line`. For SQL."""
    return "\n".join(one_line(line) for line in text.replace("\r\n", "\n").split("\n"))
