"""The row that each question leaves to be counted, beside its analytics row and in the same transaction.

Why it is apart: docs/decisions/0016. What many questions have in common is kept once, as a kind; texts are kept as
numbers, which are computed from them and need no look-up.
"""

import unicodedata
from dataclasses import astuple, dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import blake2b

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.storage.models import QueryAnalytics
from core.storage.own_tables import QuestionDetail, QuestionKind
from core.storage.session import add_row, insert_if_absent
from core.usage.calendar import slot_of

NANO = 9
"""Places of a dollar that are kept: a token of the cheapest model costs several billionths."""

_MOST_MILLISECONDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Kind:
    """What questions have in common, as `core.storage.own_tables.QuestionKind` says."""

    connection_id: str | None = None
    connection_name: str | None = None
    topic: str | None = None
    llm_model: str | None = None
    written_by: str | None = None
    calls: int = 0
    error: str | None = None

    @property
    def id(self) -> int:
        """Computed from the rest."""
        return _number(repr(astuple(self)))


@dataclass(frozen=True, slots=True)
class Spent:
    """What a question, or a call that answers nobody, came to. `question`: its text, None for such a call."""

    question: str | None
    seconds: float
    tokens: int
    usd: Decimal


@dataclass(frozen=True)
class Details:
    """Writes the rows. It remembers the kinds that are there, so that most questions write one row and ask nothing."""

    _there: dict[Kind, int] = field(default_factory=dict, repr=False, compare=False)

    async def add(
        self, session: AsyncSession, row_id: str, user_id: str, spent: Spent, kind: Kind, *, at: datetime
    ) -> None:
        """Write the row of the analytics row `row_id`."""
        await add_row(
            session,
            QuestionDetail,
            slot=slot_of(at),
            id=row_id,
            user_id=user_id,
            kind_id=await self._kind(session, kind),
            question=None if spent.question is None else question_number(spent.question),
            failed=int(kind.error is not None and spent.question is not None),
            milliseconds=min(round(spent.seconds * 1000), _MOST_MILLISECONDS),
            total_tokens=spent.tokens,
            nanodollars=nanodollars(spent.usd),
        )

    async def join(self, session: AsyncSession, row_id: str, at: datetime, spent: Spent, model: str) -> None:
        """Add one more call of a model to the row of an analytics row."""
        found = await session.execute(
            select(QuestionDetail, QuestionKind)
            .join(QuestionKind, QuestionKind.id == QuestionDetail.kind_id)
            .where(QuestionDetail.slot == slot_of(at), QuestionDetail.id == row_id)
        )
        detail, before = found.one()
        kind = Kind(
            connection_id=before.connection_id,
            connection_name=before.connection_name,
            topic=before.topic,
            llm_model=model,
            written_by=before.written_by,
            calls=before.calls + 1,
            error=before.error,
        )
        await session.execute(
            update(QuestionDetail)
            .where(QuestionDetail.slot == detail.slot, QuestionDetail.id == row_id)
            .values(
                kind_id=await self._kind(session, kind),
                total_tokens=QuestionDetail.total_tokens + spent.tokens,
                nanodollars=QuestionDetail.nanodollars + nanodollars(spent.usd),
            )
        )

    async def _kind(self, session: AsyncSession, kind: Kind) -> int:
        number = self._there.get(kind)
        if number is None:
            number = kind.id
            values = dict(zip(kind.__slots__, astuple(kind), strict=True))
            new = await insert_if_absent(session, QuestionKind, id=number, **values)
            # One that this transaction wrote may yet be rolled back; one that was there stays.
            if not new:
                self._there[kind] = number
        return number


async def connection_of(session: AsyncSession, query: str) -> str | None:
    """The id of the connection that a question was asked of, by its `query_id`; None when it came to none."""
    row = (
        await session.execute(
            select(QueryAnalytics.id, QueryAnalytics.timestamp).where(QueryAnalytics.query_id == query).limit(1)
        )
    ).one_or_none()
    if row is None:
        return None
    return await session.scalar(
        select(QuestionKind.connection_id)
        .join(QuestionDetail, QuestionDetail.kind_id == QuestionKind.id)
        .where(QuestionDetail.slot == slot_of(row.timestamp), QuestionDetail.id == row.id)
    )


def question_number(text: str) -> int:
    """A number that all spellings of a question have in common: its case, spacing and composition do not matter."""
    return _number(" ".join(unicodedata.normalize("NFC", text).casefold().split()))


def nanodollars(usd: Decimal) -> int:
    """US dollars as billionths, a half to the even."""
    return int(usd.scaleb(NANO).to_integral_value(ROUND_HALF_EVEN))


def dollars(nano: int) -> Decimal:
    """Billionths as US dollars, exactly."""
    return Decimal(nano).scaleb(-NANO)


def _number(text: str) -> int:
    """63 bits: two of a million different texts are the same with a chance of one in ten million."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()) >> 1
