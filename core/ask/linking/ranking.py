"""Ranks the tables of a schema for one question: several rankings fused, none of them trusted alone."""

from collections import defaultdict
from collections.abc import Iterable
from heapq import nsmallest

from core.ask.linking.glossary import Entry
from core.ask.linking.graph import Graph
from core.ask.linking.index import Hits
from core.schema import ValueMatch

_DEPTH = 100
"""Tables taken from each ranking."""
_RANK = 4
"""The constant of reciprocal rank fusion. The usual 60 is for lists of thousands; here the first few decide."""
_GROUP = 2.0
"""How much the rank of a table's group counts beside one ranking of tables: tables are asked for together."""
_POINTED = 3.0
"""How much a glossary term that points to a table counts, beside a first place in one ranking."""
_SPELLED_OUT = 6.0
"""The same for a table that the question calls by its whole name: more than all other signs together."""
_VALUE = 4.0
"""How much a value that only one table holds speaks for that table's group: as much as a rare word of a name."""
_JOINED = 0.5
"""What a table passes on to those it is joined with."""
_SPREADING = 10
"""Tables that pass something on."""
_CROWD = 12
"""A table joined with more others than this says little about each of them."""
_BEST_TABLE = 0.5
"""How much a group's best table adds to how much of the question the group covers."""


def _sum(hits: Iterable[Hits]) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
    flat: dict[int, float] = defaultdict(float)
    named: dict[int, float] = defaultdict(float)
    spelled: dict[int, float] = defaultdict(float)
    for hit in hits:
        for total, part in ((flat, hit.flat), (named, hit.named), (spelled, hit.spelled)):
            for position, score in part.items():
                total[position] += hit.weight * score
    return flat, named, spelled


def _best_first(scores: dict[int, float]) -> list[int]:
    return nsmallest(_DEPTH, scores, key=lambda position: (-scores[position], position))


def _covered(hits: Iterable[Hits], groups: list[int]) -> dict[int, float]:
    """How much of the question each group of tables knows: for every concept its best table."""
    covered: dict[int, float] = defaultdict(float)
    for hit in hits:
        for part in (hit.named, hit.spelled):
            best: dict[int, float] = {}
            for position, score in part.items():
                if score > best.get(groups[position], 0.0):
                    best[groups[position]] = score
            for group, score in best.items():
                covered[group] += hit.weight * score
    return covered


def _valued(matches: tuple[ValueMatch, ...], positions: dict[str, int]) -> dict[int, float]:
    """How many of the question's values each table holds; a value that many tables hold counts less."""
    places: dict[str, set[int]] = defaultdict(set)
    for match in matches:
        if match.table in positions:
            places[match.phrase].add(positions[match.table])
    found: dict[int, float] = defaultdict(float)
    for tables in places.values():
        for position in tables:
            found[position] += 1 / len(tables)
    return found


def rank(
    hits: list[Hits],
    *,
    matches: tuple[ValueMatch, ...],
    entries: tuple[Entry, ...],
    spelled_out: Iterable[int],
    boost: Iterable[int],
    positions: dict[str, int],
    graph: Graph,
) -> list[int]:
    """The tables that something speaks for, best first."""
    flat, named, spelled = _sum(hits)
    valued = _valued(matches, positions)
    fused: dict[int, float] = defaultdict(float)
    for scores in (flat, named, spelled, valued):
        for place, position in enumerate(_best_first(scores)):
            fused[position] += 1 / (_RANK + place)
    for position in {position for entry in entries for position in entry.tables}:
        fused[position] += _POINTED / _RANK
    for position in spelled_out:
        fused[position] += _SPELLED_OUT / _RANK
    for position in boost:
        fused[position] += 1 / _RANK

    together = _covered(hits, graph.groups)
    best: dict[int, float] = defaultdict(float)
    for position in fused:
        score = flat.get(position, 0.0) + named.get(position, 0.0) + spelled.get(position, 0.0)
        group = graph.groups[position]
        best[group] = max(best[group], score)
    for group, score in best.items():
        together[group] += _BEST_TABLE * score
    for position, share in valued.items():
        together[graph.groups[position]] += _VALUE * share
    order = {group: place for place, group in enumerate(_best_first(together))}
    for position in fused:
        if graph.groups[position] in order:
            fused[position] += _GROUP / (_RANK + order[graph.groups[position]])
    spread = _spread(fused, graph)
    return sorted(spread, key=lambda position: (-spread[position], position))


def _spread(fused: dict[int, float], graph: Graph) -> dict[int, float]:
    """A table joined to a likely one is likely too, even if the question does not name it."""
    spread = dict(fused)
    for position in _best_first(fused)[:_SPREADING]:
        neighbours = graph.neighbours(position)
        if len(neighbours) <= _CROWD:
            for other in neighbours:
                spread[other] = max(spread.get(other, 0.0), fused.get(other, 0.0) + _JOINED * fused[position])
    return spread
