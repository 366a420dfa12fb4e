"""The rows of templates: how they are read, and the version that tells whether they changed."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, Table, and_, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.ids import new_id
from core.saved import Parameter
from core.storage.base import utc_now
from core.storage.models import QueryTemplate, SystemConfig, User
from core.storage.own_tables import TemplateDetail
from core.storage.session import insert_if_absent
from core.templates.template import EXAMPLE, Template

VERSION_KEY = "templates.version"
"""The row of system_config that every change of a template gives a new value, in the same transaction.

Counting rows and comparing times would miss changes of two replicas whose clocks differ.
"""

_templates, _details = cast(Table, QueryTemplate.__table__), cast(Table, TemplateDetail.__table__)
_users, _settings = cast(Table, User.__table__), cast(Table, SystemConfig.__table__)
_PARAMETERS = TypeAdapter(tuple[Parameter, ...])

_VERSION = select(_settings.c.config_value).where(_settings.c.config_key == VERSION_KEY)

_EVERY: Select[Any] = select(
    _templates,
    _users.c.full_name,
    _details.c.template_id,
    _details.c.connection_id,
    _details.c.dialect,
    _details.c.parameters,
    _details.c.checked_hash,
    _details.c.problem,
).select_from(
    _templates.outerjoin(_details, _details.c.template_id == _templates.c.id).outerjoin(
        _users, _users.c.id == _templates.c.user_id
    )
)
_ONE = _EVERY.where(_templates.c.id == bindparam("template"))
_UNRECORDED = _details.c.template_id.is_(None)


async def version_of(session: AsyncSession) -> str:
    """What changes whenever a template does; empty before the first change."""
    value = await session.scalar(_VERSION)
    return value if isinstance(value, str) else ""


async def changed(session: AsyncSession) -> None:
    """Say that templates changed, at the end of the caller's transaction."""
    now, version = utc_now(), new_id()
    done = await session.execute(
        update(_settings).where(_settings.c.config_key == VERSION_KEY).values(config_value=version, updated_at=now)
    )
    if not cast(Any, done).rowcount and not await insert_if_absent(
        session,
        SystemConfig,
        config_key=VERSION_KEY,
        config_value=version,
        description="Changes with every template, so that each process knows when to look at them again.",
        created_at=now,
    ):
        await changed(session)  # another process inserted it a moment ago


async def load_one(session: AsyncSession, template_id: str) -> Template | None:
    """One template, as it is now."""
    row = (await session.execute(_ONE, {"template": template_id})).one_or_none()
    return None if row is None else _template(row)


async def load_of(session: AsyncSession, connection_id: str, most: int) -> tuple[Template, ...]:
    """Those that may answer questions of a connection: verified, the most used, the earliest first; at most `most`."""
    of_it = or_(_details.c.connection_id == connection_id, _UNRECORDED)
    order = (
        _templates.c.is_verified.desc(), _templates.c.usage_count.desc(), _templates.c.created_at, _templates.c.id
    )  # fmt: skip
    return await _load(session, _EVERY.where(of_it).order_by(*order).limit(most))


async def load_seen(
    session: AsyncSession, person_id: str, connections: Sequence[str], *, everything: bool, most: int
) -> tuple[Template, ...]:
    """Those that somebody may be shown, at most `most`: verified, their own, the most used first; alike, by name.

    `everything`: also what others keep to themselves, and examples.
    """
    own = _templates.c.user_id == person_id
    gone = _details.c.connection_id.is_(None)
    seen = _EVERY.where(
        or_(_details.c.connection_id.in_(connections), _UNRECORDED, gone if everything else and_(gone, own))
    )
    if not everything:
        shared = or_(own, _templates.c.is_public, _templates.c.is_verified, _templates.c.user_id.is_(None))
        seen = seen.where(shared, or_(_templates.c.category.is_(None), _templates.c.category != EXAMPLE))
    ranked = (_templates.c.is_verified.desc(), case((own, 0), else_=1), _templates.c.usage_count.desc())
    order = (*ranked, func.lower(_templates.c.name), _templates.c.id)
    return await _load(session, seen.order_by(*order).limit(most))


async def load_owned(session: AsyncSession, person_id: str) -> tuple[Template, ...]:
    """Those that somebody made, examples not among them."""
    own = _EVERY.where(
        _templates.c.user_id == person_id, or_(_templates.c.category.is_(None), _templates.c.category != EXAMPLE)
    )
    return await _load(session, own.order_by(_templates.c.id))


async def load_unchecked(
    session: AsyncSession, connection_id: str, schema_hash: str, most: int
) -> tuple[Template, ...]:
    """Those of a connection that were not checked against this schema yet."""
    old = or_(_details.c.checked_hash.is_(None), _details.c.checked_hash != schema_hash)
    wanted = _EVERY.where(_details.c.connection_id == connection_id, old)
    return await _load(session, wanted.order_by(_templates.c.id).limit(most))


def parameters_as_json(parameters: Iterable[Parameter]) -> object:
    """As template_details keeps them."""
    return _PARAMETERS.dump_python(tuple(parameters), mode="json")


async def _load(session: AsyncSession, wanted: Select[Any]) -> tuple[Template, ...]:
    return tuple(_template(row) for row in await session.execute(wanted))


def _template(row: Row[Any]) -> Template:
    return Template(
        id=row.id,
        owner_id=row.user_id,
        owner=row.full_name or "",
        name=row.name,
        question=row.question_template,
        sql=row.sql_template,
        parameters=_PARAMETERS.validate_python(row.parameters or (), strict=False),
        description=row.description or "",
        category=row.category or "",
        connection_id=row.connection_id,
        recorded=row.template_id is not None,
        dialect=row.dialect or "",
        is_public=row.is_public,
        is_verified=row.is_verified,
        usage_count=row.usage_count,
        checked_hash=row.checked_hash,
        problem=row.problem or "",
    )
