"""A question as words: English tokens, Korean eojeols, numbers, dates and quoted strings, each with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from core.lexicon import korean, numbers
from core.lexicon.english import stem
from core.lexicon.numbers import Number

Kind = Literal["word", "number", "date", "quoted", "particle", "sign"]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text and where it stands: `text[start:end]` of what was read."""

    text: str
    """As written; of a quoted string what is between the quotes."""
    stem: str
    """English: its stem. Korean: its shortest form. Otherwise the text in lower case."""
    start: int
    end: int
    kind: Kind = "word"
    forms: tuple[str, ...] = ()
    """What it may be looked up as, best first: the word in lower case, its stem; an eojeol without its particles."""
    number: Number | None = None
    """The value of a number."""
    attached: bool = False
    """True when no space parts it from the word before, as the 년 of 2024년."""


_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]+"|“[^”]+”|‘[^’]+’|「[^」]+」|『[^』]+』|(?<!\w)'[^']+'(?![A-Za-z]))
  | (?P<date>\d{4}-\d{2}(?:-\d{2})?(?!\d))
  | (?P<figures>\d)
  | (?P<hangul>[가-힣]+)
  | (?P<latin>[^\W\d_가-힣]+(?:['’][^\W\d_가-힣]+)*\d*)
  | (?P<sign><>|>=|<=|!=|[^\w\s])
    """,
    re.VERBOSE,
)


def _latin(text: str, start: int, attached: bool) -> Word:
    lower, root = text.lower(), stem(text)
    value = numbers.english_number(lower)
    forms = (lower,) if lower == root else (lower, root)
    return Word(text, root, start, start + len(text), "word" if value is None else "number", forms, value, attached)


def _hangul(text: str, start: int, attached: bool) -> Word:
    if attached and korean.is_tail(text):
        return Word(text, text, start, start + len(text), "particle", (text,), None, True)
    found = korean.forms(text)
    return Word(text, found[-1], start, start + len(text), "word", found, None, attached)


def _tokens(text: str) -> Iterator[Word]:
    at = last_end = 0
    while match := _TOKEN.search(text, at):
        start, at = match.span()
        attached = start == last_end and start > 0
        piece = match[0]
        if match["quoted"]:
            yield Word(piece[1:-1], piece[1:-1].lower(), start, at, "quoted", (piece[1:-1].lower(),))
        elif match["date"]:
            yield Word(piece, piece, start, at, "date", (piece,))
        elif match["figures"]:
            figures = numbers.FIGURES.match(text, start)
            assert figures is not None
            at = figures.end()
            yield Word(figures[0], figures[0], start, at, "number", (figures[0],), numbers.scaled(figures), attached)
        elif match["hangul"]:
            if counted := numbers.korean_number(text, start):
                value, at = counted
                piece = text[start:at]
                yield Word(piece, piece, start, at, "number", (piece,), value, attached)
            else:
                yield _hangul(piece, start, attached)
        elif match["latin"]:
            yield _latin(piece, start, attached)
        else:
            yield Word(piece, piece, start, at, "sign", (piece,), None, attached)
        last_end = at


def _joined(text: str, first: Word, second: Word) -> Word | None:
    """Two words that are one number together: "two hundred", "3만 5천", "a dozen" stays as it is."""
    if first.kind != "number" or first.number is None:
        return None
    scale = numbers.english_scale(second.text.lower())
    value: Number | None = None
    if scale is not None:
        value = first.number * scale
    elif second.number is not None and korean.is_hangul(first.text + second.text) and "년" not in first.text:
        value = first.number + second.number if numbers.adds_up(first.number, second.number) else None
    if value is None:
        return None
    value = int(value) if value == int(value) else value
    piece = text[first.start : second.end]
    return Word(piece, piece, first.start, second.end, "number", (piece,), value, first.attached)


@lru_cache(maxsize=2_048)
def words(text: str) -> tuple[Word, ...]:
    """The words of a text in order. Signs of punctuation are words of kind "sign"."""
    found: list[Word] = []
    for word in _tokens(text):
        joined = _joined(text, found[-1], word) if found else None
        if joined:
            found[-1] = joined
        else:
            found.append(word)
    return tuple(found)
