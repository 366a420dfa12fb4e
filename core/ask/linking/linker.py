"""Schema linking: the part of a schema that one question needs, as compact text within a budget, without a model."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from core.ask.linking.columns import Columns
from core.ask.linking.glossary import Entry, Glossary
from core.ask.linking.graph import Graph
from core.ask.linking.index import Index
from core.ask.linking.lines import Lines, narrowed
from core.ask.linking.ranking import rank
from core.ask.linking.selection import Selection
from core.ask.linking.spelled_out import SpelledOut
from core.ask.linking.terms import OPERATIONS, concepts
from core.ask.linking.values import Values
from core.schema import Documentation, GlossaryEntry, Linked, Private, Schema, Table, ValueMatch
from core.tokens import count

_EXTRAS_SHARE = 0.3
"""Most of the budget that matched values and glossary lines may take."""
_PLACES = 3
"""Columns shown for one phrase that several columns hold."""
_NEAR = 5
"""Best tables whose neighbours are looked at when there is room."""
_ENUMERATIONS = 4
"""Complete short lists of values shown at most."""

_NONE: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def _by_table(private: Private) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for table, column in private:
        found.setdefault(table, set()).add(column)
    return {table: frozenset(columns) for table, columns in found.items()}


@dataclass(frozen=True, slots=True)
class _Extras:
    """What stands below the tables, and its tokens."""

    values: tuple[ValueMatch, ...]
    terms: tuple[str, ...]
    tokens: int


class Linker:
    """Links questions to one schema. Built once for a schema, its glossary and its documentation, then only read.

    Building takes one to two seconds for 10,000 tables of 18 columns. The same question gives the same answer always.
    """

    def __init__(
        self,
        schema: Schema,
        glossary: Iterable[GlossaryEntry] = (),
        documentation: Iterable[Documentation] = (),
    ) -> None:
        self._schema = schema
        self._tables = schema.tables
        self._positions = {table.id: position for position, table in enumerate(schema.tables)}
        self._index = Index(schema.tables, tuple(documentation))
        self._values = Values(schema.values)
        self._glossary = Glossary(tuple(glossary), schema.tables)
        self._spelled_out = SpelledOut(schema.tables)
        self._graph = Graph(schema.tables)
        self._lines = Lines(schema)
        self._filled = sum(bool(table.columns) for table in schema.tables)
        self._columns = sum(len(table.columns) for table in schema.tables)
        self._complete = {(each.table, each.column): each.values for each in schema.values if each.complete}

    def link(self, question: str, budget: int, boost: tuple[str, ...] = (), private: Private = frozenset()) -> Linked:
        """The part of the schema that `question` needs, in at most `budget` tokens of text.

        The whole schema when it fits. Otherwise the best tables, joined along foreign keys; each keeps its keys and
        the columns the question names, then others as far as the budget goes. `boost` are ids of tables that the
        question before this one used. `private` columns appear nowhere in the result.

        Fewer tokens than one table's line with its keys give no table at all, never more than `budget`.
        """
        hits = self._index.look_up(concepts(question))
        matches = tuple(m for m in self._values.match(question, private) if m.table in self._positions)
        entries = _allowed(self._glossary.match(question), private)
        boosted = tuple(self._positions[table] for table in boost if table in self._positions)
        order = rank(
            hits,
            matches=matches,
            entries=entries,
            spelled_out=self._spelled_out.match(question),
            boost=boosted,
            positions=self._positions,
            graph=self._graph,
        )
        columns = Columns(hits, _forced(matches, entries, self._tables), self._index.documented)
        visible = self._visible(private)
        extras = self._extras(matches, entries, order, budget)
        room = budget - extras.tokens
        tables = self._whole(order, visible, room, len(private))
        if tables is None:
            tables = Selection(
                order=order,
                others=self._others(order),
                visible=visible,
                graph=self._graph,
                lines=self._lines,
                columns=columns,
                budget=room,
            ).choose()
        return self._linked(tables, columns, extras, budget, private)

    @property
    def dialect(self) -> str:
        """The sqlglot dialect of the schema."""
        return self._schema.dialect

    def prunes(self, linked: Linked, private: Private = frozenset()) -> bool:
        """Whether tables or columns that may be seen were left out of a result of this linker."""
        hidden = sum(
            column.name in columns
            for table, columns in _by_table(private).items()
            if table in self._positions
            for column in self._tables[self._positions[table]].columns
        )
        return sum(len(table.columns) for table in linked.tables) < self._columns - hidden

    def covers(self, question: str) -> float:
        """How much of what a question names the schema knows, 0 to 1: how far a short selection can be trusted."""
        named = [concept for concept in concepts(question) if not concept.pair and concept.word not in OPERATIONS]
        if not named:
            return 0.0
        found = sum(hit.meant for hit in self._index.look_up(named))
        values = sum(len(phrase.split()) for phrase in {m.phrase for m in self._values.match(question, frozenset())})
        return min(1.0, (found + values + len(self._glossary.match(question))) / len(named))

    def _visible(self, private: Private) -> Callable[[int], Table]:
        hidden = _by_table(private)

        def visible(position: int) -> Table:
            table = self._tables[position]
            if hidden and not hidden.keys().isdisjoint(key.ref_table for key in table.foreign_keys):
                keys = table.foreign_keys
                table = replace(
                    table,
                    foreign_keys=tuple(
                        key for key in keys if hidden.get(key.ref_table, _NONE).isdisjoint(key.ref_columns)
                    ),
                )
            if table.id not in hidden:
                return table
            return narrowed(table, {column.name for column in table.columns} - hidden[table.id])

        return visible

    def _extras(
        self, matches: tuple[ValueMatch, ...], entries: tuple[Entry, ...], order: list[int], budget: int
    ) -> _Extras:
        """The values and glossary lines to show."""
        places = {position: place for place, position in enumerate(order)}
        shown: list[ValueMatch] = []
        for phrase in dict.fromkeys(match.phrase for match in matches):
            held = [match for match in matches if match.phrase == phrase]
            held.sort(key=lambda match: places.get(self._positions[match.table], len(places)))
            shown += held[:_PLACES]
        room = int(budget * _EXTRAS_SHARE)
        left = room
        terms: list[str] = []
        for entry in entries:
            if entry.line and count(entry.line + "\n") <= left:
                terms.append(entry.line)
                left -= count(entry.line + "\n")
        values: list[ValueMatch] = []
        for match in shown:
            cost = sum(count(line + "\n") for line in self._lines.values((match,)))
            if cost <= left:
                values.append(match)
                left -= cost
        return _Extras(tuple(values), tuple(terms), room - left)

    def _whole(self, order: list[int], visible: Callable[[int], Table], room: int, hidden: int) -> list[Table] | None:
        """Every table with every column, best first, or None when their lines do not fit."""
        if self._columns - hidden > room:
            return None
        ranked = set(order)
        rest = (position for position in range(len(self._tables)) if position not in ranked)
        tables = [table for table in map(visible, (*order, *rest)) if table.columns]
        listed = {table.id for table in tables}
        cost = sum(count(self._lines.table(table, listed) + "\n") for table in tables)
        return tables if cost <= room else None

    def _others(self, order: list[int]) -> list[int]:
        """Tables that nothing speaks for but that may be needed: those joined to the best, then the most joined."""
        known = set(order)
        near = (other for position in order[:_NEAR] for other in self._graph.neighbours(position))
        return [position for position in dict.fromkeys((*near, *self._graph.central)) if position not in known]

    def _linked(
        self,
        tables: list[Table],
        columns: Columns,
        extras: _Extras,
        budget: int,
        private: Private,
    ) -> Linked:
        listed = {table.id for table in tables}
        kept = {(table.id, column.name) for table in tables for column in table.columns}
        values = tuple(match for match in extras.values if (match.table, match.column) in kept)
        after = [*self._lines.values(values), *extras.terms]
        lines = [self._lines.table(table, listed, columns.tells) for table in tables]
        text = "\n".join((*lines, *after))
        if count(text) > budget:
            text = "\n".join((*(self._lines.table(table, listed) for table in tables), *after))
        for line in self._enumerations(tables, columns, values):
            longer = f"{text}\n{line}"
            if count(longer) <= budget:
                text = longer
        return Linked(
            self._schema.dialect, tuple(tables), values, extras.terms, text, count(text), self._all(tables, private)
        )

    def _all(self, tables: list[Table], private: Private) -> bool:
        """Whether these are all tables that have a column to be seen."""
        visible = self._visible(private)
        emptied = (self._positions[table] for table in _by_table(private) if table in self._positions)
        lost = sum(bool(self._tables[at].columns) and not visible(at).columns for at in emptied)
        return len(tables) == self._filled - lost

    def _enumerations(self, tables: list[Table], columns: Columns, values: tuple[ValueMatch, ...]) -> list[str]:
        """Complete short lists of values, of columns that the question names and that no matched value shows."""
        known = {(match.table, match.column) for match in values}
        found: list[str] = []
        for table in tables:
            for column in table.columns:
                place = (table.id, column.name)
                if place in self._complete and place not in known and columns.names(table, column.name):
                    line = self._lines.enumeration(*place, self._complete[place])
                    found += [line] if line else []
                    if len(found) == _ENUMERATIONS:
                        return found
        return found


def _forced(
    matches: tuple[ValueMatch, ...], entries: tuple[Entry, ...], tables: tuple[Table, ...]
) -> frozenset[tuple[str, str]]:
    """The columns that a value or a glossary term points to."""
    pointed = ((tables[position].id, column) for entry in entries for position, column in entry.columns)
    return frozenset((*((match.table, match.column) for match in matches), *pointed))


def _allowed(entries: tuple[Entry, ...], private: Private) -> tuple[Entry, ...]:
    """The glossary entries that name no private column."""
    hidden = {column.lower() for _, column in private}
    return tuple(entry for entry in entries if hidden.isdisjoint(entry.names))
