"""Which stored values a question names: exactly, in any case, with Korean particles taken off, longest first."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from core.lexicon import STOPWORDS, Word, stem, translations, words
from core.schema import ColumnValues, ValueMatch

_LONGEST = 6
"""Words of the longest value that is looked for."""
_PARTED = re.compile(r"[_-]+")
_MOST_PLACES = 8
"""Columns remembered for one phrase; more would say nothing about where it is meant."""


def _key(text: str) -> str:
    """How a value is looked up: in any case, and with no_show, no-show and "no show" alike."""
    return " ".join(_PARTED.sub(" ", unicodedata.normalize("NFKC", text)).casefold().split())


def _root(key: str) -> str:
    """The key with its last word in the singular."""
    before, _, last = key.rpartition(" ")
    return f"{before} {stem(last)}".strip()


@dataclass(frozen=True, slots=True)
class _Stored:
    table: str
    column: str
    value: str


class Values:
    """The values of a schema's short text columns, by how they are written."""

    def __init__(self, columns: tuple[ColumnValues, ...]) -> None:
        self._stored: dict[str, list[_Stored]] = defaultdict(list)
        self._by_stem: dict[str, list[_Stored]] = defaultdict(list)
        for column in columns:
            for value in dict.fromkeys(column.values):
                self._remember(_Stored(column.table, column.column, value))

    def _remember(self, stored: _Stored) -> None:
        key = _key(stored.value)
        if not key or key.isdigit():
            return
        self._stored[key].append(stored)
        if key.isascii() and key.replace(" ", "").isalpha() and len(key) > 3:
            self._by_stem[_root(key)].append(stored)

    def match(self, question: str, private: frozenset[tuple[str, str]]) -> tuple[ValueMatch, ...]:
        """Every value that the question names, in its order; of phrases that overlap the longest."""
        if not self._stored:
            return ()
        said = [word for word in words(question) if word.kind != "particle"]
        found: list[tuple[int, ValueMatch]] = []
        taken: set[int] = set()
        for length in range(min(_LONGEST, len(said)), 0, -1):
            for first in range(len(said) - length + 1):
                span = range(first, first + length)
                if taken.intersection(span):
                    continue
                phrase, stored = self._named(question, said[first : first + length])
                open_to_all = [place for place in stored if (place.table, place.column) not in private]
                if not open_to_all:
                    continue
                taken.update(span)
                found += (
                    (first, ValueMatch(place.table, place.column, place.value, phrase))
                    for place in open_to_all[:_MOST_PLACES]
                )
        return tuple(match for _, match in sorted(found, key=lambda pair: pair[0]))

    def _named(self, question: str, said: list[Word]) -> tuple[str, list[_Stored]]:
        """The phrase of some neighbouring words and where it is stored."""
        start, last = said[0].start, said[-1]
        phrase = last.text if len(said) == 1 else question[start : last.end]
        if len(said) == 1 and not _telling(last):
            return phrase, []
        for key in _spellings(question[start : last.start], last):
            if stored := self._stored.get(key):
                return phrase, stored
        if last.kind == "word":
            others = (stem(other) for form in last.forms for other in translations(form)) if len(said) == 1 else ()
            for root in (_root(_key(question[start : last.start] + last.stem)), *others):
                if stored := self._by_stem.get(root):
                    return phrase, stored
        return phrase, []


def _telling(word: Word) -> bool:
    """Whether a single word can name a value: "a" or "of" cannot, unless it is quoted; "F" can."""
    if word.kind == "quoted":
        return True
    if word.kind in ("sign", "number", "date"):
        return False
    lower = word.text.lower()
    return lower not in STOPWORDS and (len(word.text) > 1 or not word.text.isascii() or word.text in "FMYN")


def _spellings(before: str, last: Word) -> Iterator[str]:
    """The ways a phrase may be stored: as it stands, and with the endings of its last word taken off."""
    for form in dict.fromkeys((last.text, *last.forms)):
        yield _key(before + form)
        if any("가" <= sign <= "힣" for sign in form):
            for other in translations(form) if not before else ():
                yield _key(other)
