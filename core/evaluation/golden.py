"""A golden set: questions with the rows, or the SQL, that are their right answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.chat import Cell
from core.errors import BadGoldenSet

Kind = Literal["own", "spider", "bird"]
"""In whose form a set is written: ours, or that of the dev.json of Spider or BIRD."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One question and what is right. It has either `sql` or `rows`."""

    id: str
    text: str
    connection: str | None = None
    """By name; None is the asker's default."""
    sql: str = ""
    rows: tuple[tuple[Cell, ...], ...] | None = None
    columns: tuple[str, ...] = ()
    """The names of the columns of `rows`, where they were given."""
    order: bool | None = None
    """Whether the order of the rows matters; None: when `sql` has an ORDER BY at its top."""
    without: tuple[str, ...] = ()
    """As in `core.chat.Question`."""
    difficulty: str = ""
    hint: str = ""
    """BIRD's "evidence": knowledge from outside that the question takes for granted."""


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """The questions of a file, in its order."""

    kind: Kind
    questions: tuple[Golden, ...]

    def chosen(self, only: Sequence[str], most: int | None) -> tuple[Golden, ...]:
        """Those with these ids, all without any; at most so many. Raises `BadGoldenSet` for an id that is not there."""
        ids = {one.id for one in self.questions}
        for unknown in (one for one in only if one not in ids):
            raise BadGoldenSet("golden.no_such_id", id=unknown[:100])
        found = [one for one in self.questions if not only or one.id in only]
        return tuple(found[:most])


def asked(golden: Golden, *, evidence: bool) -> str:
    """The question as it is put: with its hint, if it has one and it is wanted, on a line of its own after "Hint:"."""
    return f"{golden.text}\nHint: {golden.hint}" if evidence and golden.hint else golden.text
