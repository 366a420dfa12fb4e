"""A template made ready: its words, its placeholders as private characters, its meaning with and without defaults."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations

from core.saved import Parameter
from core.templates.matching.lexemes import Lexeme, lower, normal
from core.templates.matching.meaning import (
    DATES,
    MOST_OF_A_SORT,
    NUMBERS,
    TEXTS,
    Meaning,
    literals,
    meaning,
    without,
)
from core.templates.matching.times import SLOT
from core.templates.matching.values import is_of_time, key_of

PLACEHOLDER = re.compile(r"\{\s*([^\W\d_]\w*)\s*\}")
LONGEST_TEXT = 1_000
"""Characters: longer questions and templates meet word for word or not at all."""
_MOST_DROPPED = 4
"""Placeholders with a default of which each may be left out on its own: 16 ways at most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A template that questions may fit. Verified ones first: of several that fit alike, the earliest is taken."""

    id: str
    question: str
    parameters: tuple[Parameter, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The values known of each choice, by the parameter's name; may be empty: then it is read as text."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder of a template's question."""

    parameter: Parameter
    sign: str
    """The private character that stands for it."""
    keys: tuple[tuple[str, str], ...] = ()
    """Of a choice: how its known values are recognised, and the values, longest first."""
    times: int = 1
    """How often it stands in the question."""
    tail: str = ""
    """Letters of Hangul that the template has right after it: particles, 님."""

    @property
    def is_text(self) -> bool:
        """Whether anything may stand there."""
        return self.parameter.kind == "text" or (self.parameter.kind == "choice" and not self.keys)


@dataclass(frozen=True)
class Pattern:
    """One way in which a template may be asked: with these placeholders said, the others by default."""

    place: int
    """Of the template among the candidates."""
    slots: tuple[Slot, ...]
    lexemes: tuple[Lexeme, ...]
    literals: frozenset[str]
    meaning: Meaning
    dropped: int
    """How many placeholders are left to their defaults."""

    @cached_property
    def skeleton(self) -> object:
        """Two patterns with the same one ask the same."""
        return self.meaning, tuple((slot.parameter.name, slot.parameter.kind, slot.keys) for slot in self.slots)


@dataclass(frozen=True, slots=True)
class WordForWord:
    """What a template says between its placeholders, in lower case: one piece more than there are placeholders."""

    pieces: tuple[str, ...]
    signs: str
    """The private characters between the pieces; one that is said twice stands twice."""

    @classmethod
    def of(cls, text: str) -> "WordForWord":
        """Of a template's text."""
        found = re.split(f"({SLOT})", lower(text))
        return cls(tuple(found[::2]), "".join(found[1::2]))

    def values(self, text: str) -> dict[str, str] | None:
        """What stands in a question for each private character.

        None when the words are others, or when the values could be read in more than one way.
        """
        low = lower(text)
        first, *middle, last = self.pieces
        if len(low) < len(first) + len(last) or not (low.startswith(first) and low.endswith(last)):
            return None
        start, end = len(first), len(low) - len(last)
        cuts = _leftmost(low, middle, start, end)
        if cuts is None or cuts != _rightmost(low, middle, start, end):
            return None
        starts = (start, *(stop for _, stop in cuts))
        ends = (*(begin for begin, _ in cuts), end)
        found: dict[str, str] = {}
        for sign, begin, stop in zip(self.signs, starts, ends, strict=True):
            said = text[begin:stop].strip()
            if not said or lower(found.setdefault(sign, said)) != lower(said):
                return None
        return found


def _leftmost(low: str, pieces: Sequence[str], start: int, end: int) -> list[tuple[int, int]] | None:
    """Where the pieces stand, each as early as can be after at least one character for a value."""
    cuts: list[tuple[int, int]] = []
    for piece in pieces:
        at = low.find(piece, start + 1, end)
        if at < 0:
            return None
        start = at + len(piece)
        cuts.append((at, start))
    return cuts if start < end else None


def _rightmost(low: str, pieces: Sequence[str], start: int, end: int) -> list[tuple[int, int]] | None:
    """The same, each as late as can be."""
    cuts: list[tuple[int, int]] = []
    for piece in reversed(pieces):
        at = low.rfind(piece, start, end - 1)
        if at < 0:
            return None
        cuts.insert(0, (at, at + len(piece)))
        end = at
    return cuts if start < end else None


@dataclass(frozen=True)
class Template:
    """A candidate made ready."""

    candidate: Candidate
    text: str
    """Its question with private characters for placeholders."""
    slots: tuple[Slot, ...]
    can_fit: bool
    """False when a parameter that must be filled in stands nowhere in the question."""

    @classmethod
    def of(cls, candidate: Candidate) -> "Template":
        """Numbers, days and texts get characters of their own: what cannot change places needs no order."""
        parameters = {one.name: one for one in candidate.parameters}
        slots: dict[str, Slot] = {}
        counts = {NUMBERS: 0, DATES: 0, TEXTS: 0}
        question = normal(candidate.question)
        for name in dict.fromkeys(PLACEHOLDER.findall(question)):
            parameter = parameters.get(name) or Parameter(name)
            first = _sort_of(parameter)
            values = candidate.choices.get(name, ()) if parameter.kind == "choice" else ()
            keys = sorted({key_of(value): value for value in reversed(values)}.items(), key=lambda pair: -len(pair[0]))
            slots[name] = Slot(parameter, chr(first + min(counts[first], MOST_OF_A_SORT - 1)), tuple(keys))
            counts[first] += 1
        text = PLACEHOLDER.sub(lambda match: slots[match[1]].sign, question)
        for name, slot in slots.items():
            tail = re.search(f"{slot.sign}([가-힣]+)", text)
            slots[name] = replace(slot, times=text.count(slot.sign), tail=tail[1] if tail else "")
        missing = any(one.default is None and one.name not in slots for one in candidate.parameters)
        can_fit = not missing and max(counts.values()) <= MOST_OF_A_SORT
        return cls(candidate, text, tuple(slots.values()), can_fit)

    def patterns(self, place: int, lexemes: tuple[Lexeme, ...]) -> Iterator[Pattern]:
        """All ways to ask it, the one with everything said first. `lexemes` are its text's.

        None when no word of it stands outside its placeholders: such a template would answer anything.
        """
        optional = [slot for slot in self.slots if slot.parameter.default is not None]
        sizes = range(len(optional) + 1) if len(optional) <= _MOST_DROPPED else (0, len(optional))
        for size in sizes:
            for dropped in combinations(optional, size):
                rest = without(lexemes, frozenset(slot.sign for slot in dropped)) if dropped else lexemes
                words = literals(rest)
                if any(word.startswith("w:") for word in words):
                    said = tuple(slot for slot in self.slots if slot not in dropped)
                    yield Pattern(place, said, rest, words, meaning(rest), size)

    @cached_property
    def word_for_word(self) -> WordForWord:
        """Finds the values in a question of the same words."""
        return WordForWord.of(plain(self.text))


def _sort_of(parameter: Parameter) -> int:
    """The first private character of its sort: what it could change places with."""
    if parameter.kind == "number":
        return NUMBERS
    is_time = parameter.kind == "date" or (parameter.kind == "text" and is_of_time(parameter.name))
    return DATES if is_time else TEXTS


def plain(text: str) -> str:
    """A normal text without what does not change its meaning, but for case: spaces and the final mark."""
    return " ".join(text.split()).rstrip("?!.。~ ")


def plain_key(text: str) -> str:
    """`plain`, whatever the case."""
    return lower(plain(text)).casefold()
