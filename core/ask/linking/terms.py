"""Words on both sides of linking: those of a schema's names and texts, and those of a question.

A schema gives terms (stems). A question gives concepts: one for each word that can name something, with every term it
may stand for, in both languages, and how close that term is (0 to 1).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.lexicon import (
    STOPWORDS,
    Word,
    compound,
    split_identifier,
    stem,
    taken_apart,
    translations,
    words,
    written_out,
)
from core.lexicon.numbers import COUNTERS

TRANSLATED = 0.9
"""Closeness of a word of the other language; of a part of a longer translation it is 0.7."""
_PART = 0.7
_SYNONYM = 0.5
"""Closeness of another word of the same language with a translation in common: 책 and 도서, pupil and student."""
_JOINED = 0.8
"""Closeness of two neighbouring words written as one name: "zip code" and zipcode."""

OPERATIONS = frozenset(
    """top bottom number count average mean total sum maximum minimum max min most least more fewer high highest low
    lowest large largest small smallest long longest short shortest old oldest young youngest first last latest recent
    distinct different unique year month day week today yesterday percent percentage share ratio rank trend compare
    평균 합계 총합 최대 최소 많은 적은 높은 낮은 긴 짧은 큰 작은 많이 적게
    최근 상위 하위 년 월 일 연도 월별 연도별 추이 비율 비중 순위 순서 개수 건수""".split()  # noqa: SIM905 - one word a line would fill the file
)
"""Words that say what is done with the data, not which; a schema need not know them."""

_CAMEL = re.compile("[a-z][A-Z]")
_TEXT_WORD = re.compile(r"[a-z]+|[가-힣]+", re.IGNORECASE)
_TEXT_WORDS = 40
"""A comment is read this far."""


def is_hangul(term: str) -> bool:
    """Whether a term is Korean."""
    return "가" <= term[:1] <= "힣"


@lru_cache(maxsize=65_536)
def name_terms(name: str) -> tuple[str, ...]:
    """The terms of a table's or column's name: its words, what short forms stand for, and neighbours as one."""
    found: list[str] = []
    full: list[str] = []
    others: list[str] = []
    for piece in split_identifier(name):
        if is_hangul(piece):
            found += (piece, *compound(piece))
            full += (piece, *compound(piece))
            continue
        found.append(stem(piece))
        for part in taken_apart(piece) or (piece,):
            meant = [stem(word) for phrase in written_out(part) for word in phrase.split()]
            full += meant[:1] or [stem(part)]
            others += meant[1:]
    pairs = (left + right for left, right in (*pairwise(found), *pairwise(full)))
    return tuple(dict.fromkeys((*found, *full, *others, *pairs)))


@lru_cache(maxsize=65_536)
def _eojeol_terms(eojeol: str) -> tuple[str, ...]:
    found = [form for word in words(eojeol) for form in word.forms if len(form) > 1]
    return tuple(dict.fromkeys((*found, *(part for form in found for part in compound(form)))))


@lru_cache(maxsize=16_384)
def text_terms(text: str) -> tuple[str, ...]:
    """The terms of a comment or description, without words that name nothing."""
    found: list[str] = []
    for piece in _TEXT_WORD.findall(text[:1_000])[:_TEXT_WORDS]:
        if is_hangul(piece):
            found += _eojeol_terms(piece)
        elif len(piece) > 1 and piece.lower() not in STOPWORDS:
            found.append(stem(piece))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Concept:
    """One word of a question and the terms it may stand for, closest first."""

    word: str
    terms: tuple[tuple[str, float], ...]
    synonyms: tuple[tuple[str, float], ...] = ()
    """Looser terms, for a schema that has none of the others."""
    pair: bool = False
    """Two neighbouring words read as one name."""


def _translated(form: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for phrase in translations(form):
        parts = [stem(part) if part.isascii() else part for part in phrase.split()]
        for part in parts:
            if part not in STOPWORDS:
                found[part] = max(found.get(part, 0.0), TRANSLATED if len(parts) == 1 else _PART)
    return found


def _synonyms(form: str) -> Iterator[str]:
    """Other words with a translation in common. One syllable, as 주 (state, week), has too many meanings for that."""
    for other in translations(form):
        if other.isascii() or len(other) > 1:
            yield from (stem(word) for word in translations(other) if " " not in word)


def _concept(forms: tuple[str, ...]) -> Concept:
    terms: dict[str, float] = {}
    for form in forms:
        terms[stem(form)] = 1.0
    base = next((form for form in forms if translations(form)), forms[-1])
    for term, closeness in _translated(base).items():
        terms.setdefault(term, closeness)
    for phrase in written_out(base):
        terms.setdefault("".join(stem(part) for part in phrase.split()), TRANSLATED)
    synonyms = tuple((term, _SYNONYM) for term in dict.fromkeys(_synonyms(base)) if term not in terms)
    return Concept(stem(base), tuple(sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))), synonyms)


def _korean(word: Word) -> list[Concept]:
    """The concepts of an eojeol: what the dictionary knows of it, else its parts, else itself."""
    known = [form for form in word.forms if translations(form)]
    if not known and any(form in STOPWORDS for form in word.forms):
        return []
    if known and known[0] in STOPWORDS:
        return []
    for form in word.forms:
        parts = compound(form)
        if not translations(form) and parts:
            return [_concept((form,)), *(_concept((part,)) for part in parts)]
        if translations(form):
            break
    return [_concept(tuple(form for form in word.forms if len(form) > 1 or form in known) or word.forms)]


def _readable(question: str) -> list[Word]:
    """The words of a question, with quoted strings opened and those that only count left out."""
    found: list[Word] = []
    for word in words(question):
        found += words(word.text) if word.kind == "quoted" else (word,)
    return [
        word
        for before, word in pairwise((None, *found))
        if word is not None
        and word.kind in ("word", "number")
        and word.text[:1].isalpha()
        and not _counts(word, before)
    ]


def _counts(word: Word, before: Word | None) -> bool:
    """Whether a word only says what the number or "how many" before it counts, as 명 in 10명이 and 몇 명인가요.

    A year, month or day says more.
    """
    if before is None or not (before.text == "몇" or (word.attached and before.kind == "number")):
        return False
    return any(form in COUNTERS and form not in ("년", "월", "일") for form in word.forms)


def _pairs(concepts: list[tuple[Concept, Word]]) -> list[Concept]:
    """Two neighbouring words as one: names are written together, and together they tell more than apart."""
    found: list[Concept] = []
    for (left, before), (right, after) in pairwise(concepts):
        if after.start - before.end > 1 or before.start == after.start:
            continue
        terms = {left.word + right.word: 1.0}
        for phrase in (f"{left.word} {right.word}", left.word + right.word):
            for other in translations(phrase):
                parts = [stem(part) for part in other.split()]
                terms.setdefault("".join(parts), TRANSLATED)
        found.append(Concept(left.word + right.word, tuple(terms.items()), pair=True))
    return found


@lru_cache(maxsize=1_024)
def concepts(question: str) -> tuple[Concept, ...]:
    """The concepts of a question in order, each once."""
    found: list[tuple[Concept, Word]] = []
    for word in _readable(question):
        if is_hangul(word.text):
            found += [(concept, word) for concept in _korean(word)]
        elif word.text.lower() not in STOPWORDS and len(word.text) > 1:
            found.append((_concept(word.forms or (word.text.lower(),)), word))
            pieces = split_identifier(word.text) if _CAMEL.search(word.text) else ()
            found += [(_concept((piece, stem(piece))), word) for piece in pieces if len(piece) > 1]
    unique: dict[str, Concept] = {}
    for concept in (*(concept for concept, _ in found), *_pairs(found)):
        unique.setdefault(concept.word, concept)
    return tuple(unique.values())
