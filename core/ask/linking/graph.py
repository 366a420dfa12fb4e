"""Foreign keys as a graph of tables: which belong together, and how two of them are joined."""

from collections import deque

from core.schema import Table

_LONGEST = 3
"""Joins of the longest path that is looked for: two tables between."""
_WIDEST = 2_000
"""Tables looked at before a path is given up, in a schema where everything hangs on everything."""
_CENTRAL = 40


class Graph:
    """The foreign keys of a schema, in both directions. Tables are positions in the schema."""

    def __init__(self, tables: tuple[Table, ...]) -> None:
        positions = {table.id: position for position, table in enumerate(tables)}
        linked: list[set[int]] = [set() for _ in tables]
        for position, table in enumerate(tables):
            for key in table.foreign_keys:
                other = positions.get(key.ref_table)
                if other is not None and other != position:
                    linked[position].add(other)
                    linked[other].add(position)
        self._neighbours = [tuple(sorted(each)) for each in linked]
        self.groups = self._schemas(tables)
        """For each table the number of the group it belongs to: its schema, or what its foreign keys reach."""

        self.central = sorted(range(len(tables)), key=lambda at: (-len(self._neighbours[at]), at))[:_CENTRAL]
        """The tables that are joined with the most others."""

    def _schemas(self, tables: tuple[Table, ...]) -> list[int]:
        numbers = {schema: number for number, schema in enumerate(dict.fromkeys(table.schema for table in tables))}
        if len(numbers) > 1:
            return [numbers[table.schema] for table in tables]
        groups = [-1] * len(tables)
        for start in range(len(tables)):
            waiting = [start] if groups[start] < 0 else []
            while waiting:
                position = waiting.pop()
                groups[position] = start
                waiting += (other for other in self._neighbours[position] if groups[other] < 0)
        return groups

    def neighbours(self, position: int) -> tuple[int, ...]:
        """The tables that one is joined with."""
        return self._neighbours[position]

    def path(self, start: int, goals: set[int]) -> tuple[int, ...]:
        """The tables between `start` and the nearest of `goals`; empty when they are neighbours or too far apart."""
        came_from = {start: start}
        waiting = deque([(start, 0)])
        while waiting and len(came_from) < _WIDEST:
            position, far = waiting.popleft()
            if far == _LONGEST:
                return ()
            for other in self._neighbours[position]:
                if other in came_from:
                    continue
                came_from[other] = position
                if other in goals:
                    return _between(other, start, came_from)
                waiting.append((other, far + 1))
        return ()


def _between(goal: int, start: int, came_from: dict[int, int]) -> tuple[int, ...]:
    found: list[int] = []
    position = came_from[goal]
    while position != start:
        found.append(position)
        position = came_from[position]
    return tuple(found)
