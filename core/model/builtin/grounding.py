"""Grounding: each word of the question is tied to the schema, a value, a number, a date or a grammar word.

The longest phrase that begins at a word wins. What nothing explains is an unknown word, and one of those is enough to
say that the question is beyond the writer.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from core.lexicon import Word, stem, words
from core.lexicon.korean import is_hangul, is_tail
from core.model.builtin import grammar, refusals
from core.model.builtin.dates import date_at
from core.model.builtin.phrases import Phrase
from core.model.builtin.vocabulary import Vocabulary, english_key, vocabulary
from core.schema import Linked, ValueMatch

_MOST_WORDS = 120
"""A question of more words is a text: reading on would take time and lead nowhere."""
_LONGEST_KEY = 7
_LONGEST_KOREAN = 5
_NOT_A_NAME = frozenset({"filler", "be", "of", "and", "or", "stop", "in", "relative", "which", "to", "not", "no"})
"""Roles of words too common to be taken for a name, unless the very name is asked for."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the words from one position may stand for, and how many words those are."""

    length: int
    phrase: Phrase


@dataclass(slots=True)
class _Grounder:
    question: str
    found: tuple[Word, ...]
    schema: Vocabulary
    values: dict[str, tuple[ValueMatch, ...]]
    today: date
    at_character: dict[int, int] = field(default_factory=dict)

    def _text(self, at: int, length: int) -> str:
        return self.question[self.found[at].start : self.found[at + length - 1].end]

    def _phrase(self, at: int, length: int) -> Phrase:
        last = self.found[at + length - 1]
        return Phrase(self._text(at, length), self.found[at].start, last.end)

    def _value(self, at: int) -> _Reading | None:
        for length in range(min(10, len(self.found) - at), 0, -1):
            for text, tail in self._endings(at, length):
                if matches := self.values.get(_folded(text)):
                    return _Reading(length, replace(self._phrase(at, length), values=matches, tail=tail))
        return None

    def _endings(self, at: int, length: int) -> Iterator[tuple[str, str]]:
        """The text of some words, as it is and without the particles that end it; a quoted one without its quotes."""
        last = self.found[at + length - 1]
        if length == 1 and last.kind == "quoted":
            yield last.text, ""
            return
        whole = self._text(at, length)
        yield whole, ""
        if whole.lower().endswith(("'s", "’s")):
            yield whole[:-2], ""
        if is_hangul(last.text):
            for form in last.forms[1:]:
                yield whole[: len(whole) - len(last.text) + len(form)], last.text[len(form) :]

    def _span(self, at: int) -> _Reading | None:
        word = self.found[at]
        if word.kind == "quoted" or not (hit := date_at(self.question, word.start, self.today)):
            return None
        span, end = hit
        length = 1
        while at + length < len(self.found) and self.found[at + length].start < end:
            length += 1
        last = self.found[at + length - 1]
        tail = self.question[end : last.end]
        if tail and not is_tail(tail):
            return None
        number = word.number if length == 1 and span.year is not None else None
        return _Reading(length, replace(self._phrase(at, length), span=span, number=number, tail=tail))

    def _english(self, at: int) -> _Reading | None:
        lowers = [word.text.lower() for word in self.found[at : at + _LONGEST_KEY] if not is_hangul(word.text)]
        roles = grammar.english()
        for length in range(len(lowers), 0, -1):
            key = roles.get(tuple(lowers[:length]), "")
            named = self._named(tuple(lowers[:length])) if length <= self.schema.longest + 2 else None
            if named and lowers[0] in ("of", "the", "a", "in", "for", "and", "by", "to", "at", "on", "an"):
                named = None
            if named and lowers[length - 1] in ("of", "the", "a", "in", "for", "and", "by", "to", "at", "on", "an"):
                named = None
            if key or named:
                phrase = replace(self._phrase(at, length), key=key)
                if key in ("filler", "list") and (at == 0 or self.found[at - 1].text.lower() == "please"):
                    named = None
                if named and not (key in _NOT_A_NAME and not self._very_name(named, lowers[:length])):
                    phrase = replace(phrase, tables=named.tables, columns=named.columns)
                return _Reading(length, phrase)
        return None

    def _very_name(self, named: Phrase, lowers: list[str]) -> bool:
        """Whether a common word is a name all the same: as a noun ("places"), not as a verb ("made" for make)."""
        if not lowers[-1].startswith(stem(lowers[-1])) or lowers[-1].endswith(("ed", "ing")):
            return False
        return any(candidate.level >= 4 for candidate in (*named.tables, *named.columns))

    def _named(self, lowers: tuple[str, ...]) -> Phrase | None:
        if "named" in lowers:
            return None
        key = english_key(lowers)
        tables, columns = self.schema.tables.get(key, ()), self.schema.columns.get(key, ())
        return Phrase("", 0, 0, tables=tables, columns=columns) if tables or columns else None

    def _korean(self, at: int) -> _Reading | None:
        roles = grammar.korean()
        for length in range(min(_LONGEST_KOREAN, len(self.found) - at), 0, -1):
            run = self.found[at : at + length]
            if any(word.kind in ("quoted", "number", "date") for word in run):
                continue
            head = "".join(word.text for word in run[:-1])
            for form in run[-1].forms:
                joined = (head + form).lower()
                key = roles.get(joined, "")
                tables, columns = self.schema.tables.get(joined, ()), self.schema.columns.get(joined, ())
                if not (key or tables or columns) or (form != run[-1].text and not is_hangul(form)):
                    continue
                tail = run[-1].text[len(form) :]
                return _Reading(
                    length, replace(self._phrase(at, length), key=key, tables=tables, columns=columns, tail=tail)
                )
        return None

    def _best(self, at: int) -> _Reading | None:
        word = self.found[at]
        value = self._value(at)
        if word.kind == "quoted":
            phrase = replace(self._phrase(at, 1), quoted=word.text, values=value.phrase.values if value else ())
            return _Reading(1, phrase)
        span = self._span(at)
        named = self._korean(at) if is_hangul(word.text) else self._english(at)
        readings = [reading for reading in (value, span, named) if reading]
        if word.number is not None and not span:
            readings.append(_Reading(1, replace(self._phrase(at, 1), number=word.number)))
        if not readings:
            return None
        length = max(reading.length for reading in readings)
        merged = self._phrase(at, length)
        for reading in readings:
            if reading.length == length:
                other = reading.phrase
                merged = replace(
                    merged,
                    key=merged.key or other.key,
                    tables=merged.tables or other.tables,
                    columns=merged.columns or other.columns,
                    values=merged.values or other.values,
                    number=other.number if merged.number is None else merged.number,
                    span=merged.span or other.span,
                    tail=merged.tail or other.tail,
                )
        return _Reading(length, merged)

    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases in order; `BeyondWriter` names every word that none explains."""
        found: list[Phrase] = []
        unknown: list[str] = []
        at = 0
        while at < len(self.found):
            word = self.found[at]
            if word.kind == "particle" and found and word.attached and word.text not in ("별", "별로", "당", "마다"):
                found[-1] = replace(found[-1], tail=found[-1].tail + word.text)
                at += 1
                continue
            reading = self._best(at)
            if reading:
                found.append(reading.phrase)
                at += reading.length
                continue
            if word.kind != "sign" or word.text not in "'’\"“”‘`$₩€£":
                unknown.append(word.text)
            at += 1
        if unknown:
            raise refusals.unknown_words(unknown)
        return tuple(found)


def _folded(text: str) -> str:
    return " ".join(text.lower().split())


def ground(question: str, linked: Linked, today: date) -> tuple[Phrase, ...]:
    """The phrases of a question over the tables and values it was linked to.

    Raises `BeyondWriter` ("writer.unknown_words") when a word stands for nothing.
    """
    found = words(question)
    if len(found) > _MOST_WORDS:
        raise refusals.beyond()
    values: dict[str, tuple[ValueMatch, ...]] = {}
    for match in linked.values:
        for text in {_folded(match.phrase), _folded(match.value)}:
            if match not in values.get(text, ()):
                values[text] = (*values.get(text, ()), match)
    return _Grounder(question, found, vocabulary(linked.tables), values, today).phrases()
