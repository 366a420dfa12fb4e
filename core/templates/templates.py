"""The templates of the store: kept, changed, matched with questions, checked again when a schema has changed."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.errors import BadEdit, NoTemplate
from core.ids import example_id, new_id
from core.people.person import Person
from core.saved import TemplateEdit
from core.schema import Schema
from core.storage.base import utc_now
from core.storage.models import QueryTemplate, User
from core.storage.own_tables import TemplateDetail
from core.storage.session import Store, add_row, lock_row
from core.templates import stored
from core.templates.checking import problem_of, same_name
from core.templates.kept import Kept
from core.templates.template import EXAMPLE, Template

log = logging.getLogger(__name__)

MOST_OF_ONE = 1_000
"""Templates that one person may have."""

MOST_OF_A_CONNECTION = 10_000
"""Templates that may answer questions of one connection; beyond them the least used do not."""

MOST_RECHECKED = 200
"""Templates that are checked again in one go."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A template that passed its checks, to be kept."""

    edit: TemplateEdit
    connection_id: str
    schema: Schema
    """What it was checked against."""
    problem: str
    is_public: bool = False
    is_verified: bool = False


@dataclass(frozen=True)
class Templates:
    """The templates of the store. Whether somebody may do it is asked before (`core.ask.template_desk`)."""

    store: Store
    clock: Callable[[], datetime] = utc_now
    _kept: dict[str, tuple[tuple[str, Schema], Kept]] = field(default_factory=dict)
    _building: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def version(self, session: AsyncSession) -> str:
        """What changes whenever a template does: for `of`."""
        return await stored.version_of(session)

    async def of(self, connection_id: str, schema: Schema, version: str) -> Kept:
        """The templates of a connection, ready to be asked; built again when they or the schema have changed.

        `schema` is the same value until it changes, as the catalog gives it.
        """
        wanted = version, schema
        if (kept := self._ready(connection_id, wanted)) is None:
            async with self._building.setdefault(connection_id, asyncio.Lock()):
                if (kept := self._ready(connection_id, wanted)) is None:
                    async with self.store.reading() as session:
                        rows = await stored.load_of(session, connection_id, MOST_OF_A_CONNECTION)
                    _, before = self._kept.get(connection_id, (None, None))
                    kept = await asyncio.to_thread(Kept, connection_id, rows, schema, before)
                    self._kept[connection_id] = (wanted, kept)
        return kept

    def _ready(self, connection_id: str, wanted: tuple[str, Schema]) -> Kept | None:
        (version, schema), kept = self._kept.get(connection_id, (("", None), None))
        return kept if kept is not None and version == wanted[0] and schema is wanted[1] else None

    async def one(self, session: AsyncSession, template_id: str) -> Template | None:
        """One template, as it is now."""
        return await stored.load_one(session, template_id)

    async def seen(
        self, session: AsyncSession, person: Person, connections: Sequence[str], *, everything: bool, most: int
    ) -> tuple[Template, ...]:
        """Those that somebody may be shown: see `core.templates.stored.load_seen`."""
        return await stored.load_seen(session, person.id, connections, everything=everything, most=most)

    async def owned(self, session: AsyncSession, person: Person) -> tuple[Template, ...]:
        """Those that somebody made."""
        return await stored.load_owned(session, person.id)

    async def add(self, person: Person, entry: Entry) -> str:
        """Keep a checked template as theirs. Returns its id. Raises `BadEdit` (template.name_taken, .too_many)."""
        template_id = new_id()
        async with self.store.writing() as session:
            await lock_row(session, User, person.id)  # of two with the same name at once, one comes second
            await self._free_name(session, person.id, entry.edit.name)
            await self._insert(session, person, template_id, entry)
            await self._audit(session, person, "template.saved", template_id, new=_audited(entry))
        return template_id

    async def change(self, person: Person, before: Template, entry: Entry) -> None:
        """Change one. Raises `BadEdit` (template.name_taken), `NoTemplate` when it was deleted meanwhile."""
        async with self.store.writing() as session:
            if before.owner_id is not None:
                await lock_row(session, User, before.owner_id)
                await self._free_name(session, before.owner_id, entry.edit.name, but=before.id)
            now = await stored.load_one(session, before.id)
            changed = update(QueryTemplate).where(QueryTemplate.id == before.id)
            done = await session.execute(changed.values(**_row(entry), updated_at=self.clock()))
            if now is None or not _touched(done):
                raise NoTemplate
            if now.recorded:
                detail = update(TemplateDetail).where(TemplateDetail.template_id == before.id)
                await session.execute(detail.values(**_detail(entry)))
            else:
                await add_row(session, TemplateDetail, template_id=before.id, **_detail(entry))
            old = _audited_template(now)
            await self._audit(session, person, "template.changed", before.id, old=old, new=_audited(entry))

    async def delete(self, person: Person, template: Template) -> None:
        """Delete one."""
        async with self.store.writing() as session:
            await _delete(session, template.id)
            await self._audit(session, person, "template.deleted", template.id, old=_audited_template(template))

    async def share(self, person: Person, template: Template, *, public: bool) -> None:
        """Make it public, or private."""
        await self._mark(person, template, "template.shared", {"public": template.is_public}, {"public": public})

    async def verify(self, person: Person, template: Template, *, verified: bool) -> None:
        """Mark it verified, or not."""
        old, new = {"verified": template.is_verified}, {"verified": verified}
        await self._mark(person, template, "template.verified", old, new)

    async def affirm(self, session: AsyncSession, person: Person, entry: Entry) -> None:
        """Keep an answer as an example, within the caller's transaction. The last one of a question counts.

        One that somebody has made a template of their own since stays as they have it.
        """
        template_id = example_id(entry.connection_id, same_name(entry.edit.question))
        before = await stored.load_one(session, template_id)
        if before is not None and not before.is_example:
            return
        await _delete(session, template_id)
        await self._insert(session, person, template_id, entry)
        await self._audit(session, person, "template.example_kept", template_id, new=_audited(entry))

    async def withdraw(self, session: AsyncSession, person: Person, question: str, connection_id: str) -> None:
        """Drop the example that this person made of a question, within the caller's transaction."""
        template_id = example_id(connection_id, same_name(question))
        found = await stored.load_one(session, template_id)
        if found is not None and found.is_example and found.belongs_to(person):
            await _delete(session, template_id)
            old = _audited_template(found)
            await self._audit(session, person, "template.example_withdrawn", template_id, old=old)

    async def flag(self, template: Template, problem: str) -> None:
        """Note why a template cannot be used as it is."""
        async with self.store.writing() as session:
            await session.execute(
                update(TemplateDetail).where(TemplateDetail.template_id == template.id).values(problem=problem)
            )
            await stored.changed(session)
        log.info("a template is out of use: %s", problem, extra={"template": template.id})

    async def recheck(self, connection_id: str, schema: Schema, most: int = MOST_RECHECKED) -> int:
        """Check the templates of a connection against its schema as it is now, at most `most`; how many changed.

        For whoever reads a schema again, and whoever lists templates.
        """
        async with self.store.reading() as session:
            old = await stored.load_unchecked(session, connection_id, schema.hash, most)
        if not old:
            return 0
        today = self.clock().date()
        found = await asyncio.to_thread(
            lambda: [problem_of(one.sql, one.question, one.parameters, schema, today) for one in old]
        )
        async with self.store.writing() as session:
            for problem in set(found):
                ids = [one.id for one, its in zip(old, found, strict=True) if its == problem]
                await session.execute(
                    update(TemplateDetail)
                    .where(TemplateDetail.template_id.in_(ids), TemplateDetail.connection_id == connection_id)
                    .values(checked_hash=schema.hash, problem=problem or None)
                )
            changed = sum(one.problem != problem for one, problem in zip(old, found, strict=True))
            if changed:
                await stored.changed(session)
        return changed

    async def _mark(
        self, person: Person, template: Template, action: str, old: dict[str, bool], new: dict[str, bool]
    ) -> None:
        values = {f"is_{name}": value for name, value in new.items()}
        async with self.store.writing() as session:
            done = await session.execute(
                update(QueryTemplate).where(QueryTemplate.id == template.id).values(**values, updated_at=self.clock())
            )
            if not _touched(done):
                raise NoTemplate
            await self._audit(session, person, action, template.id, old=old, new={"name": template.name, **new})

    async def _insert(self, session: AsyncSession, person: Person, template_id: str, entry: Entry) -> None:
        row = {"id": template_id, "user_id": person.id, "created_at": self.clock(), **_row(entry)}
        await add_row(session, QueryTemplate, **row)
        await add_row(session, TemplateDetail, template_id=template_id, **_detail(entry))

    async def _free_name(self, session: AsyncSession, owner_id: str, name: str, but: str = "") -> None:
        rows = await session.execute(
            select(QueryTemplate.id, QueryTemplate.name).where(
                QueryTemplate.user_id == owner_id,
                or_(QueryTemplate.category.is_(None), QueryTemplate.category != EXAMPLE),
            )
        )
        others = [row for row in rows if row.id != but]
        if any(same_name(row.name) == same_name(name) for row in others):
            raise BadEdit("template.name_taken", name=name)
        if len(others) >= MOST_OF_ONE:
            raise BadEdit("template.too_many", most=MOST_OF_ONE)

    async def _audit(
        self,
        session: AsyncSession,
        person: Person,
        action: str,
        template_id: str,
        *,
        old: Mapping[str, object] | None = None,
        new: Mapping[str, object] | None = None,
    ) -> None:
        """Note a change, and tell every process of it."""
        await record(session, action, "template", template_id, by=person.id, old=old, new=new, at=self.clock())
        await stored.changed(session)


async def count_use(session: AsyncSession, template_id: str) -> None:
    """Count one use, within the transaction that settles the question."""
    await session.execute(
        update(QueryTemplate).where(QueryTemplate.id == template_id).values(usage_count=QueryTemplate.usage_count + 1)
    )


async def _delete(session: AsyncSession, template_id: str) -> None:
    await session.execute(delete(TemplateDetail).where(TemplateDetail.template_id == template_id))
    await session.execute(delete(QueryTemplate).where(QueryTemplate.id == template_id))


def _row(entry: Entry) -> dict[str, Any]:
    edit = entry.edit
    return {
        "name": edit.name,
        "question_template": edit.question,
        "sql_template": edit.sql,
        "description": edit.description or None,
        "category": edit.category or None,
        "is_public": entry.is_public,
        "is_verified": entry.is_verified,
    }


def _detail(entry: Entry) -> dict[str, Any]:
    return {
        "connection_id": entry.connection_id,
        "dialect": entry.schema.dialect,
        "parameters": stored.parameters_as_json(entry.edit.parameters),
        "checked_hash": entry.schema.hash,
        "problem": entry.problem or None,
    }


def _audited(entry: Entry) -> dict[str, object]:
    words = {"name": entry.edit.name, "question": entry.edit.question, "sql": entry.edit.sql}
    return {**words, "public": entry.is_public, "verified": entry.is_verified}


def _audited_template(template: Template) -> dict[str, object]:
    words = {"name": template.name, "question": template.question, "sql": template.sql}
    return {**words, "public": template.is_public, "verified": template.is_verified, "owner": template.owner_id}


def _touched(done: Any) -> bool:
    return bool(done.rowcount)
