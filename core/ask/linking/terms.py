"""Words on both sides of linking: those of a schema's names and texts, and those of a question.

A schema gives terms (stems). A question gives concepts: one for each word that can name something, with every term it
may stand for, in both languages, and how close that term is (0 to 1).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from core.lexicon import STOPWORDS, Word, compound, split_identifier, stem, translations, words
from core.lexicon.numbers import COUNTERS

TRANSLATED = 0.9
"""Closeness of a word of the other language; of a part of a longer translation it is 0.7."""
_PART = 0.7
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

_TEXT_WORD = re.compile(r"[a-z]+|[가-힣]+", re.IGNORECASE)
_TEXT_WORDS = 40
"""A comment is read this far."""


def is_hangul(term: str) -> bool:
    """Whether a term is Korean."""
    return "가" <= term[:1] <= "힣"


@lru_cache(maxsize=65_536)
def name_terms(name: str) -> tuple[str, ...]:
    """The terms of a table's or column's name."""
    found: list[str] = []
    for piece in split_identifier(name):
        if is_hangul(piece):
            found += (piece, *compound(piece))
        else:
            found.append(stem(piece))
    pairs = (left + right for left, right in pairwise(found))
    return tuple(dict.fromkeys((*found, *pairs)))


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


def _concept(forms: tuple[str, ...]) -> Concept:
    terms: dict[str, float] = {}
    for form in forms:
        terms[stem(form)] = 1.0
    base = next((form for form in forms if translations(form)), forms[-1])
    for term, closeness in _translated(base).items():
        terms.setdefault(term, closeness)
    return Concept(stem(base), tuple(sorted(terms.items(), key=lambda pair: (-pair[1], pair[0]))))


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
    """The words of a question, with quoted strings opened."""
    found: list[Word] = []
    for word in words(question):
        found += words(word.text) if word.kind == "quoted" else (word,)
    return [word for word in found if word.kind in ("word", "number") and word.text[:1].isalpha() and not _counts(word)]


def _counts(word: Word) -> bool:
    """Whether a word only says what a number before it counts, as 명 in 10명. A year, month or day says more."""
    return word.attached and word.text in COUNTERS and word.text not in ("년", "월", "일")


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
    unique: dict[str, Concept] = {}
    for concept in (*(concept for concept, _ in found), *_pairs(found)):
        unique.setdefault(concept.word, concept)
    return tuple(unique.values())
