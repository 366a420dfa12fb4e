"""From an account on a platform to a person.

An account seen for the first time makes a person, or joins one by e-mail, but only when the home workspace or tenant
vouches for the address (`Actor.email`) and the account is a full member there.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.chat import Actor
from core.ids import identity_id, new_id
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.models import AuditLog, User
from core.storage.own_tables import UserIdentity
from core.storage.session import Store, insert_if_absent

LOCAL_WORKSPACE = "local"
"""The workspace of whoever sits at the machine that holds the store."""

_LOCAL_PLATFORMS = frozenset({"terminal", "web"})
"""The doors of that machine; a chat platform's workspace may call itself what it likes."""

_LOCAL_EMAIL = "owner@local.invalid"
_NO_PASSWORD = "!"  # noqa: S105 (no bcrypt hash looks like this, so nothing signs in with it)
_SEEN_EVERY = timedelta(minutes=10)

_users, _identities = cast("Table", User.__table__), cast("Table", UserIdentity.__table__)


@dataclass(frozen=True)
class People:
    """The people of the store. `administrators` are e-mails or "platform:workspace:account" of first administrators."""

    store: Store
    administrators: Collection[str] = field(default=())

    async def find(self, actor: Actor) -> Person | None:
        """The person behind an account that was seen before, else None. Changes nothing."""
        async with self.store.reading() as session:
            found = await _load(session, actor)
        return _person(actor, found) if found else None

    async def meet(self, actor: Actor) -> Person:
        """The person behind an account, made when it is new. In a transaction of its own."""
        person = await self.find(actor)
        if person is not None:
            return person
        async with self.store.writing() as session:
            return await self.know(session, actor)

    async def know(self, session: AsyncSession, actor: Actor) -> Person:
        """The person behind an account, made when it is new. Within the caller's transaction."""
        found = await _load(session, actor)
        if found is None:
            await self._welcome(session, actor)
            found = await _load(session, actor)
            assert found is not None, "it was inserted, by this transaction or by another at the same moment"
        elif utc_now() - found.last_seen > _SEEN_EVERY:
            await _refresh(session, actor)
        return _person(actor, found)

    async def _welcome(self, session: AsyncSession, actor: Actor) -> None:
        email = _email(actor)
        user = await session.scalar(select(User).where(User.email == email))
        if user is None:
            await insert_if_absent(
                session,
                User,
                id=new_id(),
                email=email,
                password_hash=_NO_PASSWORD,
                full_name=actor.name[:100],
                role="admin" if self._is_first_administrator(actor, email) else "viewer",
                created_at=utc_now(),
            )
            user = (await session.scalars(select(User).where(User.email == email))).one()
        await insert_if_absent(
            session,
            UserIdentity,
            id=identity_id(actor.platform, actor.workspace, actor.id),
            user_id=user.id,
            platform=actor.platform,
            workspace=actor.workspace,
            account=actor.id,
            display_name=actor.name[:100],
            email=actor.email,
            locale=actor.locale,
            timezone=actor.timezone,
            created_at=utc_now(),
            last_seen=utc_now(),
        )
        session.add(
            AuditLog(
                user_id=user.id,
                action="people.account_seen",
                resource_type="user",
                resource_id=user.id,
                new_values={"platform": actor.platform, "role": user.role},
                success=True,
            )
        )
        await session.flush()

    def _is_first_administrator(self, actor: Actor, email: str) -> bool:
        account = f"{actor.platform}:{actor.workspace}:{actor.id}"
        return _is_local(actor) or email in self.administrators or account in self.administrators


def _is_local(actor: Actor) -> bool:
    return actor.workspace == LOCAL_WORKSPACE and actor.platform in _LOCAL_PLATFORMS


def _email(actor: Actor) -> str:
    if _is_local(actor):
        return _LOCAL_EMAIL
    if actor.email and actor.kind == "member":
        return actor.email.strip().lower()
    # users.email may not be empty; ".invalid" is reserved (RFC 2606), so nobody can own such an address.
    return f"{identity_id(actor.platform, actor.workspace, actor.id)}@{actor.platform}.invalid"


_ACCOUNT = (
    select(
        _users.c.id,
        _users.c.full_name,
        _users.c.role,
        _users.c.is_active,
        _users.c.preferences,
        _identities.c.last_seen,
    )
    .join_from(_identities, _users, _users.c.id == _identities.c.user_id)
    .where(_identities.c.id == bindparam("identity"))
)


async def _load(session: AsyncSession, actor: Actor) -> Row[*tuple[Any, ...]] | None:
    identity = identity_id(actor.platform, actor.workspace, actor.id)
    return (await session.execute(_ACCOUNT, {"identity": identity})).one_or_none()


async def _refresh(session: AsyncSession, actor: Actor) -> None:
    await session.execute(
        update(UserIdentity)
        .where(UserIdentity.id == identity_id(actor.platform, actor.workspace, actor.id))
        .values(last_seen=utc_now(), display_name=actor.name[:100], locale=actor.locale, timezone=actor.timezone)
    )


def _person(actor: Actor, user: Row[*tuple[Any, ...]]) -> Person:
    preferences = cast("dict[str, object]", user.preferences or {})
    chosen = preferences.get("connection_id")
    return Person(
        id=user.id,
        name=user.full_name,
        role="admin" if user.role == "admin" else "viewer",
        is_active=user.is_active,
        kind=actor.kind,
        locale=actor.locale,
        timezone=actor.timezone,
        default_connection=chosen if isinstance(chosen, str) else None,
    )
