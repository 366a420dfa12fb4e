"""The words that questions are made of: which mean the same, which flip what is meant, which say nothing."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from core.lexicon import stem
from core.lexicon.korean import is_hangul

Kind = Literal["word", "operator", "filler"]
Direction = Literal["next", "prev", "free"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word or phrase is: `id` is the same for words of one meaning."""

    kind: Kind
    id: str
    direction: Direction = "free"
    """Of an operator: the side on which the word stands that it is tied to."""
    is_measure: bool = False
    """Of a word: its sum is meant when no more is said."""
    is_question_word: bool = True
    """False of what only the dictionary or a template knows: it may well be the name of something."""
    bound: str = ""
    """Of a word that is tied by itself: monthly is for each month."""


FILLER = Entry("filler", "")
ASKING = Entry("filler", "asking")
"""A request: filler before what is asked for, or politely after it."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8"))


def _listed(line: str) -> tuple[str, ...]:
    return tuple(part for word in line.split(",") if (part := word.strip()))


@cache
def entries() -> tuple[tuple[str, Entry], ...]:
    """All words and phrases as they are written, with what they are; what a word means comes before what it does."""
    found: list[tuple[str, Entry]] = []
    for group in _data()["same"]:
        names = _listed(group["words"])
        entry = Entry("word", names[0], is_measure=group.get("measure", False))
        found += [(name, entry) for name in names]
    for direction, operators in _data()["operators"].items():
        for name, line in operators.items():
            found += [(word, Entry("operator", name, direction)) for word in _listed(line)]
    for unit, line in _data()["each"].items():
        found += [(word, Entry("word", unit, bound="group")) for word in _listed(line)]
    for name, entry in (("english", FILLER), ("english_asking", ASKING), ("korean", FILLER)):
        found += [(word, entry) for word in _listed(_data()["filler"][name])]
    return tuple(found)


def reasons() -> tuple[str, ...]:
    """Why the words of each group mean the same."""
    return tuple(group["why"] for group in _data()["same"])


@cache
def english() -> dict[str, Entry]:
    """Words and phrases in lower case, parts joined by one space; beside them the same with every part stemmed.

    What stands literally wins over what only has the same stem: paid is not pay.
    """
    table: dict[str, Entry] = {}
    written = [(" ".join(word.replace("-", " ").split()), entry) for word, entry in entries() if not is_hangul(word)]
    for word, entry in written:
        table.setdefault(word, entry)
    for word, entry in written:
        if entry.kind == "word":
            table.setdefault(" ".join(stem(part) for part in word.split()), entry)
    return table


@cache
def korean() -> dict[str, Entry]:
    """Korean words and phrases, without spaces."""
    table: dict[str, Entry] = {}
    for word, entry in entries():
        if is_hangul(word):
            table.setdefault(word.replace(" ", ""), entry)
    return table


@cache
def korean_phrases() -> tuple[str, ...]:
    """Those of several words, as written, longest first."""
    return tuple(sorted((word for word, _ in entries() if is_hangul(word) and " " in word), key=len, reverse=True))


@cache
def korean_asking() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Verbs of Korean requests, and what else questions are asked with begins with; longest first."""
    verbs, others = (_listed(_data()["filler"][name]) for name in ("korean_verbs", "korean_asking"))
    return tuple(sorted(verbs, key=lambda word: -len(word))), tuple(sorted(others, key=lambda word: -len(word)))


@cache
def qualifiers() -> frozenset[str]:
    """Words that limit what is meant: no value of a placeholder, unless it is quoted or a name."""
    return frozenset(word for line in _data()["qualifiers"].values() for word in line.split())


@cache
def voiced() -> frozenset[str]:
    """Deeds of one person to another, as meanings: who does it is not to whom it is done."""
    names = frozenset(word for line in _data()["voiced"].values() for word in line.split())
    return names | {entry.id for word, entry in entries() if word in names and entry.kind == "word"}


LONGEST = 5
"""Words of the longest English phrase."""
