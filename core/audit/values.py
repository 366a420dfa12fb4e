"""What a line of audit may hold: values of a bounded size, without secrets, that every server stores alike."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from math import isfinite
from typing import Any, Final

from core.audit.masking import MASK, masked, names_a_secret

LONGEST_TEXT: Final = 4_000
"""Characters of one text; a longer one is cut and carries the hash of the whole."""

MOST_ITEMS: Final = 200
"""Of a list or an object."""

LARGEST: Final = 32_000
"""Characters of all values of a line together, as JSON."""

_DEEPEST = 6
_MOST_VALUES = 2_000
_FEW = 50
_SHORT = 200
"""What of each text is left when all of them together are too large."""


def kept(values: Mapping[str, object] | None) -> dict[str, object] | None:
    """`values` as they are kept: texts cut, secrets masked, everything of them a JSON value.

    Control characters stay as they are: JSON escapes them, and whoever shows them shows the escape.
    """
    if values is None:
        return None
    for longest in (LONGEST_TEXT, _SHORT):
        found = _Keeping(longest).mapping(values, _DEEPEST)
        if len(json.dumps(found)) <= LARGEST:
            return found
    return {"cut": True, "names": [_text(str(name), _SHORT) for name in islice(values, _FEW)]}


def one_text(text: str | None, most: int) -> str | None:
    """A text of a column: without what some servers refuse, secrets masked, cut."""
    return None if text is None else masked(_storable(text))[:most]


@dataclass(slots=True)
class _Keeping:
    """One pass over some values."""

    longest: int
    left: int = _MOST_VALUES
    """How many values may still be looked at: a small object may hold a million."""

    def value(self, value: object, depth: int) -> object:
        self.left -= 1
        match value:
            case None | bool() | int():
                return value
            case float():
                # JSON knows no infinity, and PostgreSQL none in it.
                return value if isfinite(value) else str(value)
            case str():
                return _text(value, self.longest)
            case Mapping():
                return self.mapping(value, depth - 1) if depth else "…"
            case list() | tuple() | set() | frozenset():
                return self._items(value, depth - 1) if depth else "…"
            case _:
                return _text(str(value), self.longest)

    def mapping(self, values: Mapping[Any, object], depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, value in values.items():
            if len(found) == MOST_ITEMS or self.left <= 0:
                found["…"] = f"{len(values):,} in all"
                break
            key = _text(str(name), _SHORT)
            is_secret = names_a_secret(key) and isinstance(value, str) and value != ""
            found[key] = MASK if is_secret else self.value(value, depth)
        return found

    def _items(self, values: Collection[object], depth: int) -> list[object]:
        found: list[object] = []
        for value in values:
            if len(found) == MOST_ITEMS or self.left <= 0:
                return [*found, f"… ({len(values):,} in all)"]
            found.append(self.value(value, depth))
        return found


def _text(text: str, longest: int) -> str:
    """The text, or its beginning, how long it was and the hash of all of it: proof of what it went on with."""
    text = _storable(text)
    if len(text) <= longest:
        return masked(text)
    whole = sha256(text.encode()).hexdigest()
    # Masked as a whole: a secret that the cut goes through would no longer look like one.
    return f"{masked(text)[:longest]}… ({len(text):,} characters, sha256 {whole})"


def _storable(text: str) -> str:
    """Without lone surrogates, which are no UTF-8, and NUL, which PostgreSQL refuses in a text."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")
