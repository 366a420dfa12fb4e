"""The index of a schema's words: which tables a word of a question leads to, and how strongly.

Built once for a schema. A concept is looked up with all its terms and with the schema's own words that are spelled
alike, so that a table is found whichever of them it uses.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import chain
from math import log

from core.ask.linking.spelling import Spelling
from core.ask.linking.terms import Concept, name_terms, text_terms
from core.schema import Documentation, Table

_K1 = 1.2
_B = 0.5
"""BM25's usual saturation, and less than its usual correction for length: a wide table is not a less likely one."""

_NAME_WEIGHT = 4.0
"""How much a word of the table's own name outweighs a column's in the second ranking."""

_TEXT_WEIGHT = 0.6
"""How much a word of a comment or description counts beside one of a name."""

_PAIR_WEIGHT = 0.5
"""How much two words found side by side in a name add to what each of them says alone."""

_VISITS = 5_000
"""Postings read for one question, rarest concepts first: bounds the time on 10,000 tables. A word that nearly every
table has decides nothing."""

_CANDIDATES = 60
"""Tables that are looked at closely."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What one concept found among the candidates. Tables are positions in the schema."""

    weight: float
    """Inverse document frequency: how much the concept tells."""
    terms: tuple[tuple[str, float], ...]
    """The schema's terms it stands for and how close each is."""
    meant: bool = True
    """False when no term of the concept itself is in the schema, only words that are spelled alike."""
    flat: dict[int, float] = field(default_factory=dict)
    """BM25's saturated frequency with names, comments and documentation alike."""
    named: dict[int, float] = field(default_factory=dict)
    """The same with the table's name weighted and free texts left out."""
    spelled: dict[int, float] = field(default_factory=dict)
    """Closeness of the best term of the table's names, 0 to 1."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A concept with its terms that the schema has."""

    meant: tuple[tuple[str, float], ...]
    alike: tuple[tuple[str, float], ...]
    visits: int
    weight: float


_Weights = tuple[dict[str, float], dict[str, float]]


def _drag(length: float, average: float) -> float:
    """What BM25 adds below the fraction for a table of this length."""
    return _K1 * (1 - _B + _B * length / average)


def _add(weights: dict[str, float], often: Mapping[str, int], each: float) -> None:
    for term, times in often.items():
        weights[term] = weights.get(term, 0.0) + times * each


class Index:
    """Postings of every term of a schema."""

    def __init__(self, tables: tuple[Table, ...], documentation: tuple[Documentation, ...]) -> None:
        self._size = len(tables)
        self._postings: dict[str, dict[int, tuple[float, float]]] = defaultdict(dict)
        self._sums: dict[str, dict[int, float]] = defaultdict(dict)
        self.documented: dict[tuple[str, str], tuple[str, ...]] = {}
        """Terms of single columns from their documentation, by table id and column name."""
        written: dict[str, list[Documentation]] = defaultdict(list)
        for entry in documentation:
            written[entry.table].append(entry)
        self._fill([self._weights(table, written.get(table.id, ())) for table in tables])
        names = dict.fromkeys(name for table in tables for name in (table.name, *(each.name for each in table.columns)))
        self._spelling = Spelling(term for name in names for term in name_terms(name))

    def _weights(self, table: Table, written: Iterable[Documentation]) -> _Weights:
        """The terms of a table with their weights in the flat and in the name-weighted ranking."""
        columns = Counter(chain.from_iterable(name_terms(column.name) for column in table.columns))
        flat: dict[str, float] = dict(columns)
        named: dict[str, float] = dict(columns)
        texts = Counter(chain.from_iterable(text_terms(each.comment) for each in table.columns if each.comment))
        _add(flat, texts, _TEXT_WEIGHT)
        own = dict.fromkeys(name_terms(table.name), 1)
        _add(flat, own, 1.0)
        _add(named, own, _NAME_WEIGHT)
        if table.comment:
            _add(flat, dict.fromkeys(text_terms(table.comment), 1), 1.0)
        for entry in written:
            called = Counter(term for word in entry.words for term in text_terms(word))
            described = text_terms(entry.description)
            if entry.column:
                key = (table.id, entry.column)
                self.documented[key] = (*self.documented.get(key, ()), *called, *described)
            _add(flat, called, 1.0)
            _add(named, called, 1.0 if entry.column else _NAME_WEIGHT)
            _add(flat, dict.fromkeys(described, 1), _TEXT_WEIGHT)
        return flat, named

    def _fill(self, weights: list[_Weights]) -> None:
        lengths = [[sum(each.values()) for each in table] for table in weights]
        average = [sum(length[which] for length in lengths) / max(1, self._size) or 1.0 for which in (0, 1)]
        for position, ((flat, named), length) in enumerate(zip(weights, lengths, strict=True)):
            flat_drag, named_drag = (_drag(length[which], average[which]) for which in (0, 1))
            for term, weight in flat.items():
                own = weight * (_K1 + 1) / (weight + flat_drag)
                by_name = named.get(term, 0.0)
                by_name = by_name * (_K1 + 1) / (by_name + named_drag)
                self._postings[term][position] = (own, by_name)
                self._sums[term][position] = own + by_name

    def look_up(self, concepts: Iterable[Concept]) -> list[Hits]:
        """What each concept finds among the tables that may be meant, the rarest concept first."""
        known = sorted((self._known(concept) for concept in concepts), key=lambda each: each.visits)
        known = [each for each in known if each.visits]
        candidates = self._candidates(known)
        return [self._hits(each, candidates) for each in known]

    def _known(self, concept: Concept) -> _Known:
        meant = tuple(pair for pair in concept.terms if pair[0] in self._postings)
        meant = meant or tuple(pair for pair in concept.synonyms if pair[0] in self._postings)
        exact = {term for term, _ in meant}
        alike = () if concept.pair else self._spelling.alike(concept.word)
        if not meant and not concept.pair:
            alike = self._alike(concept)
        alike = tuple(pair for pair in alike if pair[0] not in exact)
        own = sum(len(self._postings[term]) for term, _ in meant)
        others = sum(len(self._postings[term]) for term, _ in alike)
        frequency = min(self._size, own or others)
        weight = log(1 + (self._size - frequency + 0.5) / (frequency + 0.5))
        return _Known(meant, alike, own or others, weight * (_PAIR_WEIGHT if concept.pair else 1.0))

    def _alike(self, concept: Concept) -> tuple[tuple[str, float], ...]:
        """For a word that the schema does not have: its short forms, and what its translations are spelled like."""
        found: dict[str, float] = {}
        for word, closeness in concept.terms:
            for term, each in (*self._spelling.short_forms(word), *self._spelling.alike(word)):
                found[term] = max(found.get(term, 0.0), closeness * each)
        return tuple(found.items())

    def _candidates(self, known: list[_Known]) -> set[int]:
        """The tables with the highest sums, read until enough postings are."""
        scores = [0.0] * self._size
        left = _VISITS
        for each in known:
            left -= each.visits
            if left < 0:
                break
            for term, closeness in each.meant or each.alike:
                weight = each.weight * closeness
                for position, score in self._sums[term].items():
                    scores[position] += weight * score
        best = nlargest(_CANDIDATES, range(self._size), key=scores.__getitem__)
        return {position for position in best if scores[position]}

    def _hits(self, known: _Known, candidates: set[int]) -> Hits:
        flat: dict[int, float] = {}
        named: dict[int, float] = {}
        spelled: dict[int, float] = {}
        for term, closeness, meant in _both(known):
            postings = self._postings[term]
            for position in candidates & postings.keys():
                weight, weight_named = postings[position]
                if meant:
                    if closeness * weight > flat.get(position, 0.0):
                        flat[position] = closeness * weight
                    if closeness * weight_named > named.get(position, 0.0):
                        named[position] = closeness * weight_named
                if weight_named and closeness > spelled.get(position, 0.0):
                    spelled[position] = closeness
        return Hits(known.weight, (*known.meant, *known.alike), bool(known.meant), flat, named, spelled)


def _both(known: _Known) -> Iterator[tuple[str, float, bool]]:
    yield from ((term, closeness, True) for term, closeness in known.meant)
    yield from ((term, closeness, False) for term, closeness in known.alike)
