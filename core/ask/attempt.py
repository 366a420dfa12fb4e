"""Steps 7 and 8 for one query: checked and run. A question takes one attempt, or a few when a query is mended."""

from dataclasses import dataclass, field
from typing import Literal

from core.ask.check import Checked, check
from core.ask.draft import Draft
from core.ask.journal import Words
from core.ask.known import Known
from core.ask.present.steps import step
from core.ask.road import Walk
from core.engines.base import Rows
from core.errors import ColloqueryError
from core.model.base import Usage

Repaired = Literal["", "refused", "empty"]
"""Why a model was called once more for the query: the first one was refused or failed, or found nothing."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A query that ran, and what came of it."""

    written: Draft
    checked: Checked
    rows: Rows = field(repr=False)
    repaired: Repaired = ""


async def attempt(walk: Walk, known: Known, written: Draft) -> Attempt:
    """Check and run. Raises `QueryRefused`, `QueryFailed`, `DatabaseUnavailable`."""
    road, locale = walk.road, walk.asked.person.locale
    walk.tell(step("checking", locale))
    walk.ledger.dialect = known.schema.dialect
    if written.written_by != "asker":
        walk.ledger.draft = written.sql
    checked = check(written.sql, known.schema, road.limits.rows, known.private)
    walk.ledger.note(checked.sql, checked.tables, written.written_by)
    walk.journal.note(
        "checked",
        tables=len(checked.tables),
        mended=len(checked.mended),
        hidden=len(checked.hidden),
        sql=Words(checked.sql),
    )
    walk.tell(step("running", locale))
    target = road.connections.target(known.connection)
    rows = await road.databases.run(known.connection.id, target, checked.sql, road.limits, walk.stop)
    walk.journal.note("ran", rows=len(rows.rows), truncated=rows.truncated)
    return Attempt(written, checked, rows)


def spend_on_failure(walk: Walk, error: ColloqueryError) -> None:
    """A model call that failed may have cost tokens all the same."""
    usage = error.details.get("usage")
    if isinstance(usage, Usage):
        walk.ledger.spend(usage, str(error.details.get("model", "")))
