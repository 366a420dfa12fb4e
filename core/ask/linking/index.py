"""The index of a schema's words: which tables a word of a question leads to, and how strongly.

Built once for a schema. A concept is looked up with all its terms and with the schema's own words that are spelled
alike, so that a table is found whichever of them it uses.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from math import log

from core.ask.linking.inputs import Documentation
from core.ask.linking.spelling import Spelling
from core.ask.linking.terms import Concept, name_terms, text_terms
from core.schema import Table

_K1 = 1.2
_B = 0.5
"""BM25's usual saturation, and less than its usual correction for length: a wide table is not a less likely one."""

_NAME_WEIGHT = 4.0
"""How much a word of the table's own name outweighs a column's in the second ranking."""

_TEXT_WEIGHT = 0.6
"""How much a word of a comment or description counts beside one of a name."""

_PAIR_WEIGHT = 0.5
"""How much two words found side by side in a name add to what each of them says alone."""

_VISITS = 8_000
"""Postings read for one question, rarest concepts first: bounds the time on 10,000 tables. A word that nearly every
table has decides nothing."""

_CANDIDATES = 80
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


def _saturated(weight: float, length: float, average: float) -> float:
    return weight * (_K1 + 1) / (weight + _K1 * (1 - _B + _B * length / average))


class Index:
    """Postings of every term of a schema."""

    def __init__(self, tables: tuple[Table, ...], documentation: tuple[Documentation, ...]) -> None:
        self._size = len(tables)
        self._postings: dict[str, dict[int, tuple[float, float]]] = {}
        self._sums: dict[str, dict[int, float]] = {}
        self.documented: dict[tuple[str, str], tuple[str, ...]] = {}
        """Terms of single columns from their documentation, by table id and column name."""
        written: dict[str, list[Documentation]] = defaultdict(list)
        for entry in documentation:
            written[entry.table].append(entry)
        self._fill([self._weights(table, written.get(table.id, ())) for table in tables])
        self._spelling = Spelling(term for table in tables for term in _names(table))

    def _weights(self, table: Table, written: Iterable[Documentation]) -> dict[str, list[float]]:
        """Each term of a table with its weight in the flat and in the name-weighted ranking."""
        found: dict[str, list[float]] = {}

        def add(terms: Iterable[str], flat: float, named: float) -> None:
            for term in terms:
                weights = found.setdefault(term, [0.0, 0.0])
                weights[0] += flat
                weights[1] += named

        add(name_terms(table.name), 1.0, _NAME_WEIGHT)
        add(text_terms(table.comment), 1.0, 0.0)
        for column in table.columns:
            add(name_terms(column.name), 1.0, 1.0)
            if column.comment:
                add(text_terms(column.comment), _TEXT_WEIGHT, 0.0)
        for entry in written:
            called = tuple(term for word in entry.words for term in text_terms(word))
            described = text_terms(entry.description)
            if entry.column:
                key = (table.id, entry.column)
                self.documented[key] = (*self.documented.get(key, ()), *called, *described)
            add(called, 1.0, 1.0 if entry.column else _NAME_WEIGHT)
            add(described, _TEXT_WEIGHT, 0.0)
        return found

    def _fill(self, weights: list[dict[str, list[float]]]) -> None:
        lengths = [[sum(each[which] for each in table.values()) for which in (0, 1)] for table in weights]
        average = [sum(length[which] for length in lengths) / max(1, self._size) or 1.0 for which in (0, 1)]
        for position, (table, length) in enumerate(zip(weights, lengths, strict=True)):
            for term, weight in table.items():
                flat = _saturated(weight[0], length[0], average[0])
                named = _saturated(weight[1], length[1], average[1]) if weight[1] else 0.0
                self._postings.setdefault(term, {})[position] = (flat, named)
                self._sums.setdefault(term, {})[position] = flat + named

    def look_up(self, concepts: Iterable[Concept]) -> list[Hits]:
        """What each concept finds among the tables that may be meant, the rarest concept first."""
        known = sorted((self._known(concept) for concept in concepts), key=lambda each: each.visits)
        known = [each for each in known if each.visits]
        candidates = self._candidates(known)
        return [self._hits(each, candidates) for each in known]

    def _known(self, concept: Concept) -> _Known:
        meant = tuple(pair for pair in concept.terms if pair[0] in self._postings)
        exact = {term for term, _ in meant}
        alike = () if concept.pair else self._spelling.alike(concept.word)
        alike = tuple(pair for pair in alike if pair[0] not in exact)
        own = sum(len(self._postings[term]) for term, _ in meant)
        others = sum(len(self._postings[term]) for term, _ in alike)
        frequency = min(self._size, own or others)
        weight = log(1 + (self._size - frequency + 0.5) / (frequency + 0.5))
        return _Known(meant, alike, own or others, weight * (_PAIR_WEIGHT if concept.pair else 1.0))

    def _candidates(self, known: list[_Known]) -> set[int]:
        """The tables with the highest sums, read until enough postings are."""
        scores: dict[int, float] = defaultdict(float)
        left = _VISITS
        for each in known:
            left -= each.visits
            if left < 0:
                break
            for term, closeness in each.meant or each.alike:
                weight = each.weight * closeness
                for position, score in self._sums[term].items():
                    scores[position] += weight * score
        return set(nlargest(_CANDIDATES, scores, key=lambda position: (scores[position], -position)))

    def _hits(self, known: _Known, candidates: set[int]) -> Hits:
        flat: dict[int, float] = {}
        named: dict[int, float] = {}
        spelled: dict[int, float] = {}
        for term, closeness, meant in _both(known):
            postings = self._postings[term]
            for position in candidates & postings.keys():
                weight, weight_named = postings[position]
                if meant:
                    flat[position] = max(flat.get(position, 0.0), closeness * weight)
                    named[position] = max(named.get(position, 0.0), closeness * weight_named)
                if weight_named:
                    spelled[position] = max(spelled.get(position, 0.0), closeness)
        return Hits(known.weight, (*known.meant, *known.alike), bool(known.meant), flat, named, spelled)


def _both(known: _Known) -> Iterator[tuple[str, float, bool]]:
    yield from ((term, closeness, True) for term, closeness in known.meant)
    yield from ((term, closeness, False) for term, closeness in known.alike)


def _names(table: Table) -> Iterator[str]:
    yield from name_terms(table.name)
    for column in table.columns:
        yield from name_terms(column.name)
