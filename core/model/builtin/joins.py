"""Foreign keys as a graph, and the one shortest way between two tables."""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from core.lexicon import split_identifier, stem
from core.model.builtin import refusals
from core.schema import Table


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: rows of `child` point to one row of `parent`."""

    child: str
    columns: tuple[str, ...]
    parent: str
    ref_columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One link walked from table `start` to table `end`. `up` goes to the parent: never more than one row."""

    link: Link
    start: str
    end: str

    @property
    def up(self) -> bool:
        """Whether the step goes from child to parent."""
        return self.start == self.link.child


Path = tuple[Step, ...]


def _declared(table: Table, ids: Collection[str]) -> Iterator[Link]:
    for key in table.foreign_keys:
        if key.ref_table in ids:
            yield Link(table.id, key.columns, key.ref_table, key.ref_columns)


def _same(left: str, right: str) -> bool:
    return tuple(map(stem, split_identifier(left))) == tuple(map(stem, split_identifier(right)))


def _implied(table: Table, tables: tuple[Table, ...]) -> Iterator[Link]:
    """Links that no key declares but names do: `customer_id` where one table customers has the key `id` or the same."""
    declared = {column for key in table.foreign_keys for column in key.columns}
    for column in table.columns:
        parts = split_identifier(column.name)
        if column.name in declared or table.primary_key == (column.name,) or len(parts) < 2 or parts[-1] != "id":
            continue
        parents = [
            other
            for other in tables
            if other is not table
            and len(other.primary_key) == 1
            and _same(other.name, " ".join(parts[:-1]))
            and other.primary_key[0].lower() in ("id", column.name.lower())
        ]
        if len(parents) == 1:
            yield Link(table.id, (column.name,), parents[0].id, parents[0].primary_key)


class Graph:
    """The links among some tables."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        self.tables = {table.id: table for table in tables}
        self._steps: dict[str, list[Step]] = {table.id: [] for table in tables}
        for table in tables:
            for link in (*_declared(table, self.tables), *_implied(table, tables)):
                if link.child != link.parent:
                    self._steps[link.child].append(Step(link, link.child, link.parent))
                    self._steps[link.parent].append(Step(link, link.parent, link.child))

    def steps(self, table: str) -> list[Step]:
        """The links of a table, either way."""
        return self._steps[table]

    def _shortest(self, start: str, end: str, only_up: bool) -> list[Path]:
        """All shortest ways."""
        found: list[Path] = []
        queue: deque[tuple[str, Path]] = deque([(start, ())])
        best: dict[str, int] = {start: 0}
        while queue:
            table, path = queue.popleft()
            if found and len(path) >= len(found[0]):
                break
            for step in self._steps[table]:
                if only_up and not step.up:
                    continue
                longer = (*path, step)
                if step.end == end:
                    found.append(longer)
                elif best.get(step.end, len(longer)) >= len(longer):
                    best[step.end] = len(longer)
                    queue.append((step.end, longer))
        return [path for path in found if len(path) == len(found[0])]

    def distance(self, start: str, end: str) -> int | None:
        """Steps of the shortest way, None without one."""
        if start == end:
            return 0
        ways = self._shortest(start, end, only_up=False)
        return len(ways[0]) if ways else None

    def path(self, start: str, end: str, prefer: Collection[str] = (), only_up: bool = False) -> Path:
        """The one shortest way; of several the one through most of `prefer`.

        Raises `BeyondWriter`: "writer.no_join" without a way, "writer.ambiguous" with several as good.
        """
        if start == end:
            return ()
        ways = self._shortest(start, end, only_up)
        if not ways:
            raise refusals.no_join(start, end)
        ranked = sorted(ways, key=lambda way: -sum(step.end in prefer for step in way))
        if len(ranked) > 1:
            first, second = ranked[:2]
            if sum(step.end in prefer for step in first) == sum(step.end in prefer for step in second):
                raise refusals.ambiguous(_described(first, second), _described(second, first))
        return ranked[0]

    def goes_up(self, start: str, end: str) -> bool:
        """Whether every row of `start` has at most one row of `end`."""
        return start == end or bool(self._shortest(start, end, only_up=True))


def _described(path: Path, other: Path) -> str:
    for step, rival in zip(path, other, strict=True):
        if step != rival:
            return f"{step.link.child}.{step.link.columns[0]}"
    return path[0].link.child


@lru_cache(maxsize=64)
def _graph(tables: tuple[Table, ...]) -> Graph:
    return Graph(tables)


def graph(tables: tuple[Table, ...]) -> Graph:
    """The graph of some tables, in any order."""
    return _graph(tuple(sorted(tables, key=lambda table: table.id)))
