"""Fits the best tables and columns into a budget of tokens."""

from collections.abc import Callable

from core.ask.linking.columns import Columns
from core.ask.linking.graph import Graph
from core.ask.linking.lines import Lines, keys, narrowed
from core.schema import Table
from core.tokens import count

TABLE_SHARE = 0.8
"""Part of the budget that tables may take with their keys and matching columns only; what is left fills columns in."""

COLUMNS = 10
"""Columns beside its keys that a table gets before others get more."""

_MATCHING = 6
"""Matching columns a table comes with; more are filled in like others."""

_MISSES = 4
"""Tables in a row that no longer fit before the search for a smaller one ends."""

_SHORTEST_LINE = 5
"""Tokens below which no line of a table fits any more."""

KEYS_SHARE = 0.6
"""A table whose keys alone take more than this part of the budget loses some: its matching columns come first then."""


class Selection:
    """Chooses for one question and one budget. `visible` gives a table without what may not be seen."""

    def __init__(
        self,
        *,
        order: list[int],
        others: list[int],
        visible: Callable[[int], Table],
        graph: Graph,
        lines: Lines,
        columns: Columns,
        budget: int,
    ) -> None:
        self._order = [*order, *others]
        self._ranked = len(order)
        self._visible = visible
        self._graph = graph
        self._lines = lines
        self._columns = columns
        self._budget = budget
        self._wanted: dict[int, list[str]] = {}
        self._spare: dict[int, list[str]] = {}
        self._listed: set[str] = set()
        self._filled: list[int] = []
        self._slims: dict[int, tuple[list[str], list[str]]] = {}
        self._used = 0

    def choose(self) -> list[Table]:
        """The chosen tables, best first, their columns pruned; their lines take at most the budget together."""
        self._take_tables(self._order[: self._ranked], int(self._budget * TABLE_SHARE))
        self._fill_columns(COLUMNS)
        self._take_tables(self._order[self._ranked :], self._budget)
        self._fill_columns(None)
        while self._wanted and self._exact() > self._budget:
            self._give_up_one()
        return self._chosen()

    def _chosen(self) -> list[Table]:
        ordered = sorted(self._wanted, key=self._order_of)
        return [narrowed(self._visible(position), self._wanted[position], self._listed) for position in ordered]

    def _exact(self) -> int:
        """Tokens of the lines as they will stand in the text."""
        return sum(
            count(self._lines.table(table, self._listed, self._columns.tells) + "\n") for table in self._chosen()
        )

    def _give_up_one(self) -> None:
        """Take back the last column that was filled in, else the last table."""
        if self._filled:
            position = self._filled.pop()
            self._wanted[position].pop()
        else:
            position, _ = self._wanted.popitem()
            self._listed = self._listed - {self._visible(position).id}

    def _order_of(self, position: int) -> tuple[int, int]:
        return (self._order.index(position) if position in self._order else len(self._order), position)

    def _line_cost(self, position: int, names: list[str], listed: set[str]) -> int:
        return self._lines.cost(self._visible(position), set(names), listed, self._columns.tells)

    def _cost(self, wanted: dict[int, list[str]]) -> int:
        return sum(self._line_cost(position, names, self._listed) for position, names in wanted.items())

    def _slim(self, position: int) -> tuple[list[str], list[str]]:
        if position not in self._slims:
            self._slims[position] = self._made_slim(position)
        return self._slims[position]

    def _made_slim(self, position: int) -> tuple[list[str], list[str]]:
        """What a table comes with, its keys and matching columns, and the rest of its columns, best first."""
        table = self._visible(position)
        ordered, matched = self._columns.ordered(table)
        own = keys(table)
        first = min(matched, _MATCHING) if own or matched else 1
        most = int(self._budget * KEYS_SHARE)
        if len(own) > most // 8 and self._line_cost(position, own, self._listed) > most:
            own = self._fitting(position, [*ordered[:first], *own], most)
            return own, [name for name in ordered if name not in own]
        return own + ordered[:first], ordered[first:]

    def _fitting(self, position: int, names: list[str], most: int) -> list[str]:
        """As many of the first names as a line of `most` tokens holds."""
        shortest, longest = 0, min(len(names), most)
        while shortest < longest:
            middle = (shortest + longest + 1) // 2
            fits = self._line_cost(position, names[:middle], self._listed) <= most
            shortest, longest = (middle, longest) if fits else (shortest, middle - 1)
        return names[:shortest]

    def _take_tables(self, order: list[int], room: int) -> None:
        used, misses, before = self._used, 0, len(self._wanted)
        for position in order:
            if self._wanted and room - used < _SHORTEST_LINE:
                break
            if position in self._wanted:
                continue
            path = self._graph.path(position, set(self._wanted)) if self._wanted else ()
            for group in ((position, *path), (position,)) if path else ((position,),):
                slim = {each: self._slim(each) for each in group if self._visible(each).columns}
                slim = {each: (names, rest) for each, (names, rest) in slim.items() if names}
                listed = self._listed | {self._visible(each).id for each in slim}
                cost = sum(self._line_cost(each, names, listed) for each, (names, _) in slim.items())
                if slim and used + cost <= (room if self._wanted else self._budget):
                    break
            else:
                misses += 1
                if misses > _MISSES:
                    break
                continue
            used += cost
            self._listed = listed
            for each, (names, rest) in slim.items():
                self._wanted[each], self._spare[each] = list(names), rest
        if len(self._wanted) > before:
            # Arrows to tables that were taken later make earlier lines longer.
            self._used = self._cost(self._wanted)

    def _fill_columns(self, most: int | None) -> None:
        """Give every table columns until it has `most` beside its keys, the best table first."""
        for position, names in self._wanted.items():
            table = self._visible(position)
            named = {column.name: column for column in table.columns}
            rest = self._spare[position]
            room = len(rest) if most is None else max(0, most - len(names) + len(keys(table)))
            for name in rest[:room]:
                cost = self._lines.column_cost(table, named[name], self._listed, self._columns.tells)
                if self._used + cost > self._budget:
                    return
                self._used += cost
                names.append(name)
                self._filled.append(position)
            self._spare[position] = rest[room:]
