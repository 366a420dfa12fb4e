"""A run as a file, and the difference between two. It holds ids, verdicts, SQL and figures: no question, and no row."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from core.errors import BadGoldenSet
from core.evaluation.figures import Outcome, Totals, totals


@dataclass(frozen=True, slots=True)
class Run:
    """A golden set that was asked."""

    questions: tuple[Outcome, ...]
    complete: bool = True
    """False when it was ended before every question had been asked."""
    any_column_order: bool = False
    evidence: bool = True
    """BIRD's hints were given."""
    version: Literal[1] = 1
    """Of the file's form."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A run beside an earlier one, by the questions that are in both."""

    better: tuple[str, ...]
    """The ids of those that were not right and are now."""
    worse: tuple[str, ...]
    """And of those that were right and are not."""
    before: Totals
    now: Totals
    only_now: int
    only_before: int
    alike: bool
    """Both were measured in the same way, so that their figures can be held against each other."""


_RUN = TypeAdapter(Run)


def write(run: Run, path: Path) -> None:
    """Write a run; whole or not at all. Raises `BadGoldenSet` (golden.not_written)."""
    beside = path.with_name(f"{path.name}.part")
    try:
        beside.write_bytes(_RUN.dump_json(run, indent=1) + b"\n")
        beside.replace(path)
    except OSError:
        raise BadGoldenSet("golden.not_written", file=path.name) from None


def read(path: Path) -> Run:
    """A run that `write` wrote. Raises `BadGoldenSet` (golden.unreadable, golden.no_run)."""
    try:
        return _RUN.validate_json(path.read_bytes())
    except OSError:
        raise BadGoldenSet("golden.unreadable", file=path.name) from None
    except ValidationError:
        raise BadGoldenSet("golden.no_run", file=path.name) from None


def difference(before: Run, now: Run) -> Difference:
    """What changed."""
    earlier, later = ({one.id: one for one in run.questions} for run in (before, now))
    both = [name for name in later if name in earlier]
    return Difference(
        better=tuple(name for name in both if later[name].right and not earlier[name].right),
        worse=tuple(name for name in both if earlier[name].right and not later[name].right),
        before=_of(earlier, both),
        now=_of(later, both),
        only_now=len(later) - len(both),
        only_before=len(earlier) - len(both),
        alike=(before.any_column_order, before.evidence) == (now.any_column_order, now.evidence),
    )


def _of(outcomes: dict[str, Outcome], ids: Sequence[str]) -> Totals:
    return totals([outcomes[name] for name in ids])
