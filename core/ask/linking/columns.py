"""Which columns of a table a question needs: its keys, those it names, then those people usually want."""

from functools import lru_cache

from core.ask.linking.index import Hits
from core.ask.linking.lines import keys
from core.ask.linking.names import short_type
from core.ask.linking.terms import name_terms, text_terms
from core.lexicon import split_identifier
from core.schema import Column, Table

_TEXT = 0.6
"""How much a match in a comment or description counts beside one in the name."""
_FORCED = 100.0
"""Score of a column that a value or a glossary term points to: above everything words can say."""
_SPEAKING = 4
"""Letters that a name needs to say something: qty and st2 do not."""
_EARLY = 12
"""Columns at the beginning of a table, where dates and numbers matter most."""
_LABELS = frozenset(("name", "title", "label", "date", "status", "type", "amount", "total", "price", "이름", "명"))


class Columns:
    """Scores the columns of tables for one question."""

    def __init__(
        self,
        hits: list[Hits],
        forced: frozenset[tuple[str, str]],
        documented: dict[tuple[str, str], tuple[str, ...]],
    ) -> None:
        self._speaks: dict[str, list[tuple[int, float]]] = {}
        for concept, hit in enumerate(hits):
            for term, closeness in hit.terms:
                self._speaks.setdefault(term, []).append((concept, (0.2 + hit.weight) * closeness))
        self._telling: dict[tuple[str, str], bool] = {}
        self._forced = forced
        self._documented = documented

    def tells(self, name: str, comment: str) -> bool:
        """Whether a comment says something the question asks about and the name does not, or the name says nothing."""
        key = (name, comment)
        if key not in self._telling:
            self._telling[key] = self._tells(name, comment)
        return self._telling[key]

    def _tells(self, name: str, comment: str) -> bool:
        named = name_terms(name)
        letters = "".join(split_identifier(name))
        if letters != "id" and len(letters) < _SPEAKING and letters.isascii():
            return True
        return any(term in self._speaks and term not in named for term in text_terms(comment))

    def names(self, table: Table, column: str) -> bool:
        """Whether the question names a column."""
        return any(each.name == column and self._score(table.id, each) > 0 for each in table.columns)

    def _score(self, table: str, column: Column) -> float:
        if self._forced and (table, column.name) in self._forced:
            return _FORCED
        named, said = name_terms(column.name), text_terms(column.comment) if column.comment else ()
        if self._documented:
            said += self._documented.get((table, column.name), ())
        spoken = self._speaks.keys()
        # Most columns have nothing to do with a question, and a large schema has very many of them.
        if spoken.isdisjoint(named) and spoken.isdisjoint(said):
            return 0.0
        return self._spoken(named, said)

    def _spoken(self, named: tuple[str, ...], said: tuple[str, ...]) -> float:
        """How much the question's words speak for a column: for each concept its best match."""
        best: dict[int, float] = {}
        for terms, share in ((named, 1.0), (said, _TEXT)):
            for term in terms:
                for concept, weight in self._speaks.get(term, ()):
                    if share * weight > best.get(concept, 0.0):
                        best[concept] = share * weight
        return sum(best.values())

    def ordered(self, table: Table) -> tuple[list[str], int]:
        """The names of a table's columns that are no keys, best first, and how many of them the question names."""
        known, place = set(keys(table)), table.id
        scored = [
            (-self._score(place, column), _rarely_wanted(column.name, column.type, early=at < _EARLY), at)
            for at, column in enumerate(table.columns)
            if column.name not in known
        ]
        scored.sort()
        matched = sum(score < 0 for score, _, _ in scored)
        return [table.columns[at].name for _, _, at in scored], matched


@lru_cache(maxsize=65_536)
def _rarely_wanted(name: str, kind: str, *, early: bool) -> bool:
    """Whether a column is none of those that people usually want."""
    return _LABELS.isdisjoint(name_terms(name)) and not (early and short_type(kind))
