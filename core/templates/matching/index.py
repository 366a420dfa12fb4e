"""Which saved template a question fits, word for word or closely: at 0 tokens."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from core.lexicon.korean import is_hangul
from core.templates.matching.examples import Examples
from core.templates.matching.extraction import Extraction, Values
from core.templates.matching.hangul import Segmenter
from core.templates.matching.lexemes import Lexeme, Lexer, normal
from core.templates.matching.meaning import Meaning, literals, meaning
from core.templates.matching.pattern import LONGEST_TEXT, Candidate, Pattern, Template, plain_key
from core.templates.matching.spans import Asked

_MOST_PATTERNS = 48
"""Patterns that one question is held against: those with the most of its words."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A template that a question fits, with what it says for the placeholders: (name, text), in order of parameters."""

    id: str
    values: tuple[tuple[str, str], ...]
    """Numbers in plain figures, days as ISO 8601, choices as they are known; a default as it was given."""
    exact: bool
    """Word for word but for case, width, spacing and the final mark."""
    score: float
    """1 when exact, less the more the wording differs; above 0."""


@dataclass(frozen=True, slots=True)
class _Found:
    pattern: Pattern
    values: Values
    exact: bool

    @property
    def rank(self) -> tuple[int, bool, int, int]:
        """The less is left to guess the better: free text, other words, defaults, few words in common."""
        texts = sum(slot.is_text for slot in self.pattern.slots)
        return texts, not self.exact, self.pattern.dropped, -len(self.pattern.literals)


class TemplateIndex:
    """Templates made ready to be asked. Built once for a list of templates; nothing in it changes."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._templates = [Template.of(candidate) for candidate in candidates]
        self._lexer = Lexer(Segmenter(_own_words(self._templates)))
        self._word_for_word: dict[str, list[int]] = defaultdict(list)
        self._by_meaning: dict[Meaning, list[Pattern]] = defaultdict(list)
        self._patterns: list[Pattern] = []
        self._with_literal: dict[str, list[int]] = defaultdict(list)
        read = [_read(template, self._lexer) for template in self._templates]
        for place, (template, lexemes) in enumerate(zip(self._templates, read, strict=True)):
            self._add(place, template, lexemes)
        self._examples = Examples(read)

    def _add(self, place: int, template: Template, lexemes: tuple[Lexeme, ...]) -> None:
        if not template.can_fit:
            return
        if not template.slots:
            self._word_for_word[plain_key(template.text)].append(place)
        for pattern in template.patterns(place, lexemes) if len(template.text) <= LONGEST_TEXT else ():
            if not pattern.slots:
                self._by_meaning[pattern.meaning].append(pattern)
                continue
            for literal in pattern.literals:
                self._with_literal[literal].append(len(self._patterns))
            self._patterns.append(pattern)

    def fits(self, question: str, allowed: Container[str], today: date) -> Fit | None:
        """The template that this question means, out of those `allowed`; None when there is none or it is in doubt.

        Relative days are of `today`. Word for word wins; then the one of which least had to be guessed.
        """
        text = normal(question)
        for place in self._word_for_word.get(plain_key(text), ()):
            if self._id(place) in allowed:
                return self._fit(place, {}, exact=True, score=1.0)
        if len(text) > LONGEST_TEXT:
            return None
        asked = Asked(text, self._lexer.read(text), today)
        best = _without_doubt([*self._in_other_words(asked, allowed), *self._filled_in(asked, allowed)])
        if best is None:
            return None
        score = 1.0 if best.exact else _likeness(asked.lexemes, best.pattern.lexemes)
        return self._fit(best.pattern.place, best.values, best.exact, score)

    def near(self, question: str, allowed: Container[str], most: int = 4) -> tuple[str, ...]:
        """The ids of those whose questions are like this one, nearest first, at most `most`.

        Those in the language of the question; when there are none, others.
        """
        text = normal(question)[:LONGEST_TEXT]
        found = self._examples.near(self._lexer.read(text))
        for wanted in (is_hangul(text), not is_hangul(text)):
            ids = (self._id(place) for place in found if is_hangul(self._templates[place].text) == wanted)
            near = tuple(islice((one for one in ids if one in allowed), most))
            if near:
                return near
        return ()

    def _in_other_words(self, asked: Asked, allowed: Container[str]) -> Iterator[_Found]:
        """Templates that ask the same with no value to be read."""
        for pattern in self._by_meaning.get(meaning(asked.lexemes), ()):
            if self._id(pattern.place) in allowed:
                yield _Found(pattern, {}, exact=False)

    def _filled_in(self, asked: Asked, allowed: Container[str]) -> Iterator[_Found]:
        """Templates that ask the same once values are taken out of the question."""
        extraction = Extraction(asked, self._lexer)
        exactly: set[int] = set()
        tried: set[object] = set()
        for pattern in self._all_there(asked):
            if pattern.place in exactly or self._id(pattern.place) not in allowed:
                continue
            values = None if pattern.dropped else extraction.word_for_word(self._templates[pattern.place])
            if values is not None:
                exactly.add(pattern.place)
                yield _Found(pattern, values, exact=True)
            elif pattern.skeleton not in tried:
                tried.add(pattern.skeleton)  # of those that ask the same the earliest is taken
                values = extraction.closely(pattern)
                if values is not None:
                    yield _Found(pattern, values, exact=False)

    def _all_there(self, asked: Asked) -> list[Pattern]:
        """Patterns all of whose words the question has, those with the most of them first."""
        counts: Counter[int] = Counter()
        for literal in literals(asked.lexemes):
            counts.update(self._with_literal.get(literal, ()))
        whole = [self._patterns[at] for at, count in counts.items() if count == len(self._patterns[at].literals)]
        return sorted(whole, key=lambda one: (-len(one.literals), one.dropped, one.place))[:_MOST_PATTERNS]

    def _id(self, place: int) -> str:
        return self._templates[place].candidate.id

    def _fit(self, place: int, values: Values, exact: bool, score: float) -> Fit:
        candidate = self._templates[place].candidate
        declared = {one.name: one.default or "" for one in candidate.parameters}
        return Fit(candidate.id, tuple((declared | values).items()), exact, score)


def _without_doubt(found: Sequence[_Found]) -> _Found | None:
    """The best; None when another is as good and asks something else."""
    if not found:
        return None
    best = min(found, key=lambda one: (one.rank, one.pattern.place))
    if any(one.rank == best.rank and one.pattern.skeleton != best.pattern.skeleton for one in found):
        return None
    return best


def _likeness(one: Sequence[Lexeme], other: Sequence[Lexeme]) -> float:
    """Above a half, for the meaning is the same: the more words both have as they are, the nearer to 1."""
    left, right = ({lexeme.surface for lexeme in both if lexeme.kind != "slot"} for both in (one, other))
    return 0.5 + 0.49 * len(left & right) / max(1, len(left | right))


def _read(template: Template, lexer: Lexer) -> tuple[Lexeme, ...]:
    return lexer.read(template.text[:LONGEST_TEXT])


def _own_words(templates: Sequence[Template]) -> frozenset[str]:
    """Korean words of the templates that no table knows, so that a compound in a question is cut where they end."""
    lexer = Lexer(Segmenter())
    return frozenset(
        one.id
        for template in templates
        if is_hangul(template.text)
        for one in _read(template, lexer)
        if one.kind == "word" and not one.is_known and len(one.id) > 1 and is_hangul(one.id)
    )
