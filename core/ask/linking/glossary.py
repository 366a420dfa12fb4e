"""Which glossary terms a question uses, what they point to, and their lines for the prompt."""

import re
from collections import defaultdict
from dataclasses import dataclass

from core.lexicon import stem, words
from core.model.plain import plain_line
from core.schema import GlossaryEntry, Table
from core.tokens import count

LINE_TOKENS = 25
"""A longer line is not shown: half an SQL expression would mislead. Its tables still count."""

_MOST = 4
"""Lines shown for one question, longest term first."""

_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*|\"[^\"]+\"|`[^`]+`|\[[^\]]+\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A glossary entry made ready: its line, and the tables and columns its meaning names."""

    line: str
    names: frozenset[str]
    """Every name in the meaning, in lower case."""
    tables: frozenset[int]
    columns: frozenset[tuple[int, str]]


class Glossary:
    """The glossary of a schema, by its terms."""

    def __init__(self, entries: tuple[GlossaryEntry, ...], tables: tuple[Table, ...]) -> None:
        positions: dict[str, list[int]] = defaultdict(list)
        if entries:
            for position, table in enumerate(tables):
                positions[table.name.lower()].append(position)
                if table.schema:
                    positions[table.id.lower()].append(position)
        self._terms: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in entries:
            ready = _ready(entry, tables, positions)
            for term in dict.fromkeys((entry.term, *entry.words)):
                for key in _keys(term):
                    self._terms[key].append(ready)
        self._longest = max(map(len, self._terms), default=0)

    def match(self, question: str) -> tuple[Entry, ...]:
        """The entries whose term, or another word for it, the question uses; longest first, at most four."""
        if not self._terms:
            return ()
        said = [word.forms for word in words(question) if word.kind not in ("particle", "sign")]
        found: list[Entry] = []
        for length in range(min(self._longest + 1, len(said)), 0, -1):
            for first in range(len(said) - length + 1):
                before = tuple(stem(forms[0]) for forms in said[first : first + length - 1])
                for form in said[first + length - 1]:
                    for key in dict.fromkeys(((*before, stem(form)), ("".join(before) + stem(form),))):
                        found += self._terms.get(key, ())
        return tuple(dict.fromkeys(found))[:_MOST]


def _keys(term: str) -> tuple[tuple[str, ...], ...]:
    """A term word by word and, because Korean is spaced freely, written together."""
    apart = tuple(stem(word.forms[0]) for word in words(term) if word.kind not in ("particle", "sign"))
    return tuple(dict.fromkeys((apart, ("".join(apart),)))) if apart else ()


def _ready(entry: GlossaryEntry, tables: tuple[Table, ...], positions: dict[str, list[int]]) -> Entry:
    line = f"{plain_line(entry.term)} = {plain_line(entry.means)}"
    named = {name.strip('"`[]').lower() for name in _NAME.findall(entry.means)}
    parts = {part for name in named for part in name.split(".")}
    found = {at for name in named for at in positions.get(name, ())}
    found |= {at for name in named if "." in name for at in positions.get(name.rpartition(".")[0], ())}
    columns = {(at, column.name) for at in found for column in tables[at].columns if column.name.lower() in parts}
    return Entry(
        line if count(line) <= LINE_TOKENS else "", frozenset(named | parts), frozenset(found), frozenset(columns)
    )
