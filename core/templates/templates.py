"""Step 3, template: a question whose SQL is known already is answered from it, at 0 tokens."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.chat import TemplateLine
from core.ids import new_id
from core.lexicon import STOPWORDS, stem, words
from core.people.person import Person
from core.storage.models import QueryTemplate
from core.storage.session import Store, add_row

_ALIKE = 0.25
"""Share of their words that two questions must have in common for one to be an example of the other."""
_MOST_NEAR = 4

_templates = QueryTemplate.__table__
_VISIBLE = select(_templates).where(
    or_(_templates.c.user_id == bindparam("person"), _templates.c.is_public, _templates.c.user_id.is_(None))
)


@dataclass(frozen=True, slots=True)
class Match:
    """A template that fits a question. Its SQL goes through the same guard as everybody's."""

    id: str
    name: str
    sql: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A verified question like the one that was asked, and its SQL."""

    question: str
    sql: str


@dataclass(frozen=True)
class Templates:
    """The templates of the store."""

    store: Store

    async def match(
        self, session: AsyncSession, person: Person, question: str
    ) -> tuple[Match | None, tuple[Near, ...]]:
        """The template whose question this is, word for word but for case, space and the final mark.

        Verified ones first, then the asker's own, then public ones. Beside it verified ones that are like the
        question, nearest first, at most four: examples for whoever writes the SQL.
        """
        wanted = plain_question(question)
        rows = (await session.execute(_VISIBLE, {"person": person.id})).all()
        fitting = [row for row in rows if plain_question(row.question_template) == wanted]
        for row in sorted(fitting, key=lambda row: (not row.is_verified, row.user_id != person.id, row.id)):
            return Match(row.id, row.name, row.sql_template, row.is_verified), ()
        return None, _nearest(question, [row for row in rows if row.is_verified])

    async def visible(self, session: AsyncSession, person: Person) -> tuple[TemplateLine, ...]:
        """Those that this person may use: verified ones first, then their own, the most used first."""
        rows = (await session.execute(_VISIBLE, {"person": person.id})).all()
        ordered = sorted(
            rows, key=lambda row: (not row.is_verified, row.user_id != person.id, -row.usage_count, row.name, row.id)
        )
        return tuple(map(_line, ordered))

    async def named(self, session: AsyncSession, person: Person, name: str) -> TemplateLine | None:
        """The template of their own that has this name, whatever its case, width and spacing."""
        rows = await session.execute(_VISIBLE, {"person": person.id})
        wanted = plain_question(name)
        return next(
            (_line(row) for row in rows if row.user_id == person.id and plain_question(row.name) == wanted), None
        )

    async def add(
        self, session: AsyncSession, person: Person, name: str, *, question: str, sql: str, public: bool
    ) -> str:
        """Keep a question and its SQL as theirs, within the caller's transaction. Returns its id.

        Nothing is checked here: neither the name nor whether they may make it public.
        """
        template_id = new_id()
        await add_row(
            session,
            QueryTemplate,
            id=template_id,
            user_id=person.id,
            name=name,
            question_template=question,
            sql_template=sql,
            is_public=public,
        )
        return template_id

    async def used(self, match: Match) -> None:
        """Count one use."""
        async with self.store.writing() as session:
            await session.execute(
                update(QueryTemplate)
                .where(QueryTemplate.id == match.id)
                .values(usage_count=QueryTemplate.usage_count + 1)
            )


def _nearest(question: str, rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Near, ...]:
    asked = _stems(question)
    likeness = {row.id: _shared(asked, _stems(row.question_template)) for row in rows}
    near = sorted((row for row in rows if likeness[row.id] >= _ALIKE), key=lambda row: (-likeness[row.id], row.id))
    return tuple(Near(row.question_template, row.sql_template) for row in near[:_MOST_NEAR])


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of their words that both have: 0 to 1."""
    return len(one & other) / max(1, len(one | other))


@lru_cache(maxsize=4_096)
def _stems(text: str) -> frozenset[str]:
    told = (min(word.forms, key=len) for word in words(text) if word.kind in ("word", "number") and word.forms)
    return frozenset(stem(form) for form in told if form not in STOPWORDS)


def _line(row: Row[*tuple[Any, ...]]) -> TemplateLine:
    return TemplateLine(
        id=row.id,
        name=row.name,
        question=row.question_template,
        is_public=row.is_public or row.user_id is None,
        is_verified=row.is_verified,
        usage_count=row.usage_count,
    )


def plain_question(text: str) -> str:
    """A question without what does not change its meaning: case, width, spacing, the final mark."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().rstrip("?!.。").rstrip().casefold()
