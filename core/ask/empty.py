"""A query ran and found nothing: is that the answer, or is a value in it written otherwise than it is stored?

The second look costs as little as it can. Where the catalog knows every value the query looks for, nothing found is
the answer. Else near misses are put right at 0 tokens and the query runs again; and when that finds nothing either,
the model that wrote the query is called once more, if it was not already, and told the values that are known.

What is found so is the answer, and its facts say how. In every other case the first result stands: a second look never
turns an answer into an error. Whoever typed SQL is taken at their word: it runs as it is, once.
"""

import logging
from collections.abc import Awaitable
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches

from core.ask.attempt import Attempt, attempt, spend_on_failure
from core.ask.draft import Draft, write
from core.ask.known import Known
from core.ask.present.steps import step
from core.ask.prompt import read_sql, repair
from core.ask.road import Walk
from core.chat import Cell, ColumnKind
from core.errors import ColloqueryError
from core.schema import ColumnValues, Schema, Table
from core.sql.literals import ComparedValue, MendedValues, aggregates, compared_values, mend_values
from core.sql.names import mend

log = logging.getLogger(__name__)


async def second_look(walk: Walk, known: Known, first: Attempt) -> Attempt:
    """The attempt to answer with: `first`, or one that finds what `first` did not. Raises only when it is stopped."""
    if first.written.written_by == "asker" or not found_nothing(first):
        return first
    # What was written, not what ran: in that, private columns are gone already, and the second run must say so too.
    named = mend(first.written.sql, known.schema.dialect, known.schema)
    mended = mend_values(named.sql, known.schema.dialect, known.schema)
    if mended.changes and (found := await _tried(walk, _with_values(walk, known, first, mended))):
        return found
    doubtful = _doubtful(mended.sql, known)
    if doubtful and first.written.request and (found := await _tried(walk, _rewritten(walk, known, first, doubtful))):
        return found
    walk.ledger.note(first.checked.sql, first.checked.tables, first.written.written_by)
    return first


def found_nothing(ran: Attempt) -> bool:
    """No rows, or the one row of zeros and NULLs that an aggregate makes of no rows."""
    if not ran.rows.rows:
        return True
    if len(ran.rows.rows) > 1:
        return False
    hidden = {position for position, _ in ran.checked.hidden}
    row = enumerate(zip(ran.rows.rows[0], ran.rows.columns, strict=True))
    seen = [_is_nothing(cell, column.kind) for position, (cell, column) in row if position not in hidden]
    return bool(seen) and all(seen) and aggregates(ran.checked.sql, ran.checked.dialect)


def _is_nothing(cell: Cell, kind: ColumnKind) -> bool:
    if kind == "decimal" and isinstance(cell, str):
        return Decimal(cell) == 0
    return cell is None or (not isinstance(cell, str) and cell == 0)


def _doubtful(sql: str, known: Known) -> tuple[ComparedValue, ...]:
    """The values that may be written otherwise.

    Dates and numbers are written as they are meant, and of a private column no value could be told to a model.
    """
    return tuple(
        value
        for value in compared_values(sql, known.schema.dialect, known.schema)
        if not value.known
        and any(sign.isalpha() for sign in value.text)
        and (value.table, value.column) not in known.entry.private
    )


async def _tried(walk: Walk, look: Awaitable[Attempt]) -> Attempt | None:
    """What `look` comes to; None when it fails or finds nothing either."""
    try:
        ran = await look
    except ColloqueryError as error:
        if walk.stop.is_set():
            raise
        spend_on_failure(walk, error)
        log.info("a second look came to nothing: %s", error.code)
        return None
    return None if found_nothing(ran) else ran


async def _with_values(walk: Walk, known: Known, first: Attempt, mended: MendedValues) -> Attempt:
    ran = await attempt(walk, known, replace(first.written, sql=mended.sql))
    changes = tuple((change.wrong, change.right) for change in mended.changes)
    return replace(ran, checked=replace(ran.checked, mended=first.checked.mended + changes), repaired=first.repaired)


async def _rewritten(walk: Walk, known: Known, first: Attempt, doubtful: tuple[ComparedValue, ...]) -> Attempt:
    """The one further call of the model, and what its query finds, its own near misses put right."""
    request = first.written.request
    assert request is not None, "only what a model wrote is repaired"
    walk.tell(step("repairing", walk.asked.person.locale))
    said = ", ".join(dict.fromkeys(f"{value.column} = {value.literal}" for value in doubtful))
    prompt = repair(
        request.question,
        first.written.sql,
        f"No rows. Perhaps a value is written differently: {said}",
        _tables(known.schema, first.checked.tables, request.linked.tables),
        known.schema.dialect,
        values=_values(known.schema, doubtful),
        private=known.private,
    )
    written = await write(walk, replace(request, prompt=prompt))
    walk.journal.note("repaired", code="empty", tokens=walk.ledger.usage.total_tokens)
    ran = await attempt(walk, known, Draft(read_sql(written.sql), "model", written.model))
    return await second_look(walk, known, replace(ran, repaired="empty"))


def _tables(schema: Schema, read: tuple[str, ...], linked: tuple[Table, ...]) -> tuple[Table, ...]:
    """The tables that the query reads, and those that it might have read."""
    return (
        *(table for table in schema.tables if table.id in read),
        *(table for table in linked if table.id not in read),
    )


def _values(schema: Schema, doubtful: tuple[ComparedValue, ...]) -> tuple[ColumnValues, ...]:
    """The known values of the columns in doubt: what is spelled like the texts looked for, then the most frequent."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for value in doubtful:
        wanted.setdefault((value.table, value.column), []).append(value.text)
    found: list[ColumnValues] = []
    for each in schema.values:
        texts = wanted.get((each.table, each.column), [])
        near = [value for text in texts for value in get_close_matches(text, each.values)]
        if texts:
            found.append(replace(each, values=tuple(dict.fromkeys((*near, *each.values)))))
    return tuple(found)
