"""Step 3, template: a question whose SQL is known already is answered from it, at 0 tokens."""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.people.person import Person
from core.storage.models import QueryTemplate
from core.storage.session import Store

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


@dataclass(frozen=True)
class Templates:
    """The templates of the store."""

    store: Store

    async def match(self, session: AsyncSession, person: Person, question: str) -> Match | None:
        """The template whose question this is, word for word but for case, space and the final mark.

        Verified ones first, then the asker's own, then public ones.
        """
        wanted = plain_question(question)
        rows = await session.execute(_VISIBLE, {"person": person.id})
        fitting = [row for row in rows if plain_question(row.question_template) == wanted]
        for row in sorted(fitting, key=lambda row: (not row.is_verified, row.user_id != person.id, row.id)):
            return Match(row.id, row.name, row.sql_template, row.is_verified)
        return None

    async def used(self, match: Match) -> None:
        """Count one use."""
        async with self.store.writing() as session:
            await session.execute(
                update(QueryTemplate)
                .where(QueryTemplate.id == match.id)
                .values(usage_count=QueryTemplate.usage_count + 1)
            )


def plain_question(text: str) -> str:
    """A question without what does not change its meaning: case, width, spacing, the final mark."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().rstrip("?!.。").rstrip().casefold()
