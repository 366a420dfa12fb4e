"""Tables that a question names exactly as they are called: archive_77, sales.orders_2024, "orders 2024"."""

import re
from collections import defaultdict

from core.schema import Table

_WORD = re.compile(r"[A-Za-z0-9가-힣]+")
_LONGEST = 6
"""Words of a name that is looked for."""


def _key(text: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(text))


class SpelledOut:
    """The names of a schema's tables of which no other word of the question could be meant.

    A name of one plain word is left out: "orders" may be the table, or what the question is about.
    """

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self._names: dict[tuple[str, ...], set[int]] = defaultdict(set)
        for position, table in enumerate(tables):
            for name in {table.name, table.id}:
                key = _key(name)
                if 1 < len(key) <= _LONGEST or any(sign.isdigit() for sign in "".join(key)):
                    self._names[key].add(position)
        self._longest = max(map(len, self._names), default=0)

    def match(self, question: str) -> frozenset[int]:
        """The positions of the tables whose whole name stands in the question; of names in one another the longest."""
        said = _key(question)
        found: set[int] = set()
        first = 0
        while first < len(said):
            for length in range(min(self._longest, len(said) - first), 0, -1):
                tables = self._names.get(said[first : first + length])
                if tables:
                    found |= tables
                    first += length - 1
                    break
            first += 1
        return frozenset(found)
