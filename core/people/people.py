"""From an account on a platform to a person.

An account seen for the first time makes a person, or joins one by e-mail, but only when the home workspace or tenant
vouches for the address (`Actor.email`) and the account is a full member there. One that is vouched for later joins
then, where that is safe (`core.people.joining`).
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.audit.record import record
from core.chat import Actor
from core.errors import NotAllowed
from core.ids import account_of, identity_id, new_id
from core.people import appointed
from core.people.addresses import is_internal, vouched
from core.people.joining import join
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.models import User
from core.storage.own_tables import UserIdentity
from core.storage.session import Store, insert_if_absent

LOCAL_WORKSPACE = "local"
"""The workspace of whoever sits at the machine that holds the store."""

_LOCAL_PLATFORMS = frozenset({"terminal", "web"})
"""The doors of that machine; a chat platform's workspace may call itself what it likes."""

LOCAL_EMAIL = "owner@local.invalid"
"""Of the owner of the machine."""

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
        """The person behind an account, made when it is new. Within the caller's transaction.

        Raises `NotAllowed` when the door named a person who is not there.
        """
        found = await _load(session, actor)
        if found is None and actor.user is not None:
            raise NotAllowed("people.unknown")
        if found is None:
            await self._welcome(session, actor)
            found = await _load(session, actor)
            assert found is not None, "it was inserted, by this transaction or by another at the same moment"
        elif found.last_seen is not None and utc_now() - found.last_seen > _SEEN_EVERY:
            await _refresh(session, actor)
            email = vouched(actor)
            if email is not None and not is_local(actor) and await self._catch_up(session, actor, email, found):
                found = await _load(session, actor)
                assert found is not None, "an account keeps its person or gets another"
        return _person(actor, found)

    async def appoint(self) -> int:
        """Make those administrators whom the setting names and who were seen before it did. Counts them."""
        named = appointed.names(self.administrators)
        async with self.store.reading() as session:
            waiting = await appointed.waiting(session, named) if named else []
        if not waiting:
            return 0
        async with self.store.writing() as session:
            return sum([await appointed.appoint(session, user_id, name) for user_id, name in waiting])

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
                role="admin" if is_local(actor) else "viewer",
                created_at=utc_now(),
            )
            user = (await session.scalars(select(User).where(User.email == email))).one()
        if (name := self._named(actor, email)) is not None:
            await appointed.appoint(session, user.id, name)
        await insert_if_absent(
            session,
            UserIdentity,
            id=identity_id(actor.platform, actor.workspace, actor.id),
            user_id=user.id,
            platform=actor.platform,
            workspace=actor.workspace,
            account=actor.id,
            display_name=actor.name[:100],
            email=vouched(actor),
            locale=actor.locale,
            timezone=actor.timezone,
            created_at=utc_now(),
            last_seen=utc_now(),
        )
        new = {"platform": actor.platform, "role": user.role}
        await record(session, "people.account_seen", "user", user.id, by=user.id, new=new)

    async def _catch_up(self, session: AsyncSession, actor: Actor, email: str, found: Row[*tuple[Any, ...]]) -> bool:
        """Whether something became of an account since it was seen first: it has an address, or is named."""
        joined = is_internal(found.email) and await join(session, found.id, actor, email)
        name = self._named(actor, email) if joined else None
        if name is not None:
            user_id = (await _load(session, actor) or found).id
            await appointed.appoint(session, user_id, name)
        return joined

    def _named(self, actor: Actor, email: str) -> str | None:
        """The name in the setting that makes this account a first administrator."""
        account = f"{actor.platform}:{actor.workspace}:{actor.id}"
        named = appointed.names(self.administrators)
        return next((one for one in (email, account) if one in named), None)


def is_local(actor: Actor) -> bool:
    """Whether they sit at the machine that holds the store."""
    return actor.workspace == LOCAL_WORKSPACE and actor.platform in _LOCAL_PLATFORMS


def _email(actor: Actor) -> str:
    if is_local(actor):
        return LOCAL_EMAIL
    # users.email may not be empty.
    return vouched(actor) or f"{account_of(actor)}@{actor.platform}.invalid"


_PERSON = (_users.c.id, _users.c.email, _users.c.full_name, _users.c.role, _users.c.is_active, _users.c.preferences)

_ACCOUNT = (
    select(*_PERSON, _identities.c.last_seen)
    .join_from(_identities, _users, _users.c.id == _identities.c.user_id)
    .where(_identities.c.id == bindparam("identity"))
)


_BY_ID = select(*_PERSON, null().label("last_seen")).where(_users.c.id == bindparam("user"))


async def _load(session: AsyncSession, actor: Actor) -> Row[*tuple[Any, ...]] | None:
    if actor.user is not None:
        return (await session.execute(_BY_ID, {"user": actor.user})).one_or_none()
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
        scopes=actor.scopes,
        account=account_of(actor),
    )
