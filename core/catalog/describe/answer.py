"""Reads what a model wrote about a schema. What cannot be used is passed over; nothing is trusted as markup."""

import re
from collections.abc import Iterable, Sequence

from core.catalog.describe.prompt import Item
from core.model.plain import one_line
from core.schema import Documentation

LONGEST_DESCRIPTION = 200
"""Characters."""
MOST_WORDS = 6
LONGEST_WORD = 40

_LONGEST = 100_000
"""Characters of an answer that are read: many times what its tokens can hold."""
_WORDS_END = re.compile(r"[,;、，；]")
_QUOTES = "`*\"'“”‘’"
_BULLET = re.compile(r"^(?:[-*•]\s+|\d{1,3}[.)]\s+)")
_NO_LETTERS = re.compile(r"[\W_]+")


def read_answer(text: str, items: Sequence[Item]) -> tuple[Documentation, ...]:
    """What was written about these, in their order. Names that were not asked about are passed over.

    Of several lines about one name the last counts: a reasoning model drafts before it answers.
    """
    asked = {_key(item.name): item for item in items}
    found: dict[tuple[str, str], Documentation] = {}
    for line in text[:_LONGEST].splitlines():
        name, _, rest = _BULLET.sub("", line.strip().strip("|").strip()).partition("|")
        item = asked.get(_key(name))
        if item is not None and rest and (read := _documentation(item, rest)):
            found[item.table, item.column] = read
    return tuple(found[place] for item in items if (place := (item.table, item.column)) in found)


def _documentation(item: Item, rest: str) -> Documentation | None:
    description, _, words = rest.partition("|")
    told = _shortened(one_line(description).strip(_QUOTES))
    called = _words(_WORDS_END.split(words.replace("|", ";")), item)
    if not told and not called:
        return None
    return Documentation(item.table, item.column, told, called, by="model")


def _words(written: Iterable[str], item: Item) -> tuple[str, ...]:
    """The usable ones: short, not twice, and not the name again."""
    known = {_letters(item.name), _letters(item.column or item.table)}
    found: dict[str, str] = {}
    for word in (one_line(each).strip(_QUOTES + " .") for each in written):
        letters = _letters(word)
        if letters and len(word) <= LONGEST_WORD and letters not in known:
            found.setdefault(letters, word)
    return tuple(found.values())[:MOST_WORDS]


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    return text[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(" ,;") + "…"


def _key(name: str) -> str:
    return one_line(name).strip(_QUOTES + " ").casefold()


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold()
