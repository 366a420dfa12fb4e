"""The statements that figures are counted with. Each reads a stretch of slots, never the history before it.

A stretch is `first` (a slot, inside) to `end` (a slot, outside); what is of one person has `person` too.
"""

from collections.abc import Sequence
from typing import Any, Final, cast

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    case,
    desc,
    func,
    literal_column,
    null,
    select,
    text,
)
from sqlalchemy import cast as cast_to

from core.storage.models import DatabaseConnection, QueryAnalytics, User
from core.storage.own_tables import QuestionDetail, QuestionKind
from core.usage.calendar import DAY

_detail_table = cast("Table", QuestionDetail.__table__)
_kind_table = cast("Table", QuestionKind.__table__)
_details, _kinds = _detail_table.c, _kind_table.c
_users = cast("Table", User.__table__).c
_analytics = cast("Table", QueryAnalytics.__table__).c
_connections = cast("Table", DatabaseConnection.__table__).c

TIMED: Final = 1_000
"""Answered questions, the last ones, whose times the medians are of."""

_FIRST: BindParameter[int] = bindparam("first", type_=Integer)
_END: BindParameter[int] = bindparam("end", type_=Integer)
_INSIDE = (_details.slot >= _FIRST) & (_details.slot < _END)
_THEIRS = _details.user_id == bindparam("person")

_QUESTIONS = func.count(_details.question).label("questions")
# Sums of integers are decimals to two of the servers: whole numbers are quicker to read.
_TOKENS = cast_to(func.sum(_details.total_tokens), BigInteger).label("tokens")
_NANO = cast_to(func.sum(_details.nanodollars), BigInteger).label("nano")

BY_SLOT = select(_details.slot, _QUESTIONS, _TOKENS, _NANO).where(_INSIDE).group_by(_details.slot)
"""Of each slot with any use: in the order of the rows, so that nothing is sorted."""

_COUNTED = (
    select(_details.kind_id, _QUESTIONS, _TOKENS, _NANO).where(_INSIDE).group_by(_details.kind_id).subquery("counted")
)
BY_KIND = select(
    _kinds.connection_id,
    _kinds.connection_name,
    _kinds.topic,
    _kinds.llm_model,
    _kinds.calls,
    _kinds.error,
    _COUNTED.c.questions,
    _COUNTED.c.tokens,
    _COUNTED.c.nano,
).join_from(_COUNTED, _kind_table, _kinds.id == _COUNTED.c.kind_id)

BY_KIND_OF_PERSON = (
    select(null(), null(), null(), _kinds.llm_model, _kinds.calls, _kinds.error, _QUESTIONS, _TOKENS, _NANO)
    .join_from(_detail_table, _kind_table, _kinds.id == _details.kind_id)
    .where(_INSIDE, _THEIRS)
    .group_by(_kinds.llm_model, _kinds.calls, _kinds.error, _details.question.is_(None))
)
"""The same columns; which database and what about is not asked of one person. Calls that answer nobody are apart."""


def _times(inside: ColumnElement[bool]) -> Select[Any]:
    last = (
        select(_details.kind_id, _details.milliseconds)
        .where(inside, _details.failed == 0, _details.question.is_not(None))
        .order_by(_details.slot.desc())
        .limit(TIMED)
        .subquery()
    )
    return select(_kinds.llm_model, last.c.milliseconds).join_from(last, _kind_table, _kinds.id == last.c.kind_id)


TIMES = _times(_INSIDE)
TIMES_OF_PERSON = _times(_INSIDE & _THEIRS)

BY_PERSON = text(
    # CROSS JOIN makes SQLite take the people one by one and read each one's stretch of the index, which is in order;
    # by itself it would sort a month's rows. To the other servers it is the same join.
    "SELECT u.id, count(d.question) AS questions, sum(d.failed) AS failed, sum(d.total_tokens) AS tokens,"
    " sum(d.nanodollars) AS nano FROM users u CROSS JOIN question_details d"
    " WHERE d.user_id = u.id AND d.slot >= :first AND d.slot < :end GROUP BY u.id"
)

PEOPLE = select(_users.id, _users.full_name, _users.email).where(_users.id.in_(bindparam("ids", expanding=True)))

CONNECTIONS = select(_connections.id, _connections.connection_name).where(
    _connections.id.in_(bindparam("ids", expanding=True))
)

REPEATED = (
    select(_details.question, func.count().label("times"))
    .where(_INSIDE, _details.question.is_not(None))
    .group_by(_details.question)
    .having(func.count() > 1)
    .order_by(desc("times"), _details.question)
    .limit(bindparam("most", type_=Integer))
)

REPEATED_BY = (
    select(
        _details.question,
        func.count(_details.user_id.distinct()).label("people"),
        _TOKENS,
        func.max(_details.id).label("sample"),
    )
    .where(_INSIDE, _details.question.in_(bindparam("questions", expanding=True)))
    .group_by(_details.question)
)

SAMPLES = select(_analytics.id, _analytics.question).where(_analytics.id.in_(bindparam("ids", expanding=True)))

FAILURES = (
    select(
        _kinds.error,
        func.count().label("questions"),
        func.count(_details.user_id.distinct()).label("people"),
        func.max(_details.slot).label("last"),
    )
    .join_from(_detail_table, _kind_table, _kinds.id == _details.kind_id)
    .where(_INSIDE, _details.failed == 1)
    .group_by(_kinds.error)
)

EARLIER = select(_details.slot).where(_details.slot < _FIRST).limit(1)
"""Whether anything was asked before a stretch."""
EARLIER_OF_PERSON = EARLIER.where(_THEIRS)

TOTAL_OF_PERSON = select(_users.token_usage).where(_users.id == bindparam("person"))


def by_day_of_person(offsets: Sequence[tuple[int, int]]) -> Select[int, int, int, int]:
    """Questions, tokens and cost of each day with any; `offsets` are `Calendar.offsets` of the stretch."""
    day = _day(offsets)
    return select(day, _QUESTIONS, _TOKENS, _NANO).where(_INSIDE, _THEIRS).group_by(day)


def days_of_people(offsets: Sequence[tuple[int, int]]) -> Select[Any]:
    """The tokens of the people `ids` on each day with any."""
    day = _day(offsets)
    return (
        select(_details.user_id, day, _TOKENS)
        .where(_INSIDE, _details.user_id.in_(bindparam("ids", expanding=True)), _details.total_tokens > 0)
        .group_by(_details.user_id, day)
    )


def candidates(offsets: Sequence[tuple[int, int]]) -> Select[Any]:
    """The `most` people whose largest day since the day `recent` is the largest, of those for whom it is large.

    Large is twice the mean of the other days of the stretch, or the only day: less than that is never unusual.
    """
    day = _day(offsets)
    days = (
        select(_details.user_id, day, _TOKENS)
        .where(_INSIDE, _details.total_tokens > 0)
        .group_by(_details.user_id, day)
        .subquery()
    )
    largest = func.max(case((days.c.day >= bindparam("recent", type_=Integer), days.c.tokens), else_=0))
    return (
        select(days.c.user_id)
        .group_by(days.c.user_id)
        .having(largest * (func.count() - 1) >= 2 * (func.sum(days.c.tokens) - largest), largest > 0)
        .order_by(desc(largest), days.c.user_id)
        .limit(bindparam("most", type_=Integer))
    )


def _day(offsets: Sequence[tuple[int, int]]) -> ColumnElement[int]:
    """The local day of a row, in days since 1970."""
    shift: ColumnElement[int] = _number(offsets[0][1])
    if len(offsets) > 1:
        later = ((_details.slot >= _number(since), _number(change)) for since, change in reversed(offsets[1:]))
        shift = case(*later, else_=shift)
    return ((_details.slot + shift) // _number(DAY)).label("day")


def _number(number: int) -> ColumnElement[int]:
    # Written out: with parameters, PostgreSQL takes the column and what it is grouped by for two expressions.
    return literal_column(str(int(number)), Integer)
