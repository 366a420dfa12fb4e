"""How the rooms of the guard say no to each other; `core.sql.guard.check` turns it into a `Verdict`."""

import re

PLACE_LENGTH = 80
"""The longest place that is shown to people, in characters."""

_SPACES = re.compile("[ \t\r\n]+")


class Refusal(Exception):
    """The query must not run. `reason` is one of `core.sql.guard.REASONS`, `place` the offending piece of it."""

    def __init__(self, reason: str, place: str = "") -> None:
        self.reason = reason
        self.place = shown(place)
        super().__init__(reason)


def shown(text: str) -> str:
    """`text` on one line, at most `PLACE_LENGTH` characters, with what cannot be seen written as an escape."""
    line = _SPACES.sub(" ", text[: PLACE_LENGTH * 4]).strip(" ")
    seen = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line)
    return seen if len(seen) <= PLACE_LENGTH else seen[: PLACE_LENGTH - 1] + "…"
