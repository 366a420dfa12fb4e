"""People as administrators see and change them, each call within the caller's transaction."""

import base64
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.access import Account, NewPerson, Page, PersonLine
from core.audit.record import record
from core.errors import BadEdit, NotAllowed
from core.ids import new_id
from core.people import addresses, passwords, sign_ins
from core.people.people import LOCAL_EMAIL
from core.storage.models import User, UserSession
from core.storage.own_tables import UserIdentity
from core.storage.session import insert_if_absent, lock_row

MOST_LISTED = 200
"""People of a page."""

_SERVICES = "%@service.invalid"
_ID = re.compile(r"[0-9A-Za-z-]{1,36}", re.ASCII)


def require_id(given: str, otherwise: str) -> None:
    """Raise `BadEdit` with this code unless it can be the id of a row: servers choke on other signs."""
    if not _ID.fullmatch(given):
        raise BadEdit(otherwise)


async def page(session: AsyncSession, search: str, after: str | None, most: int) -> Page[PersonLine]:
    """People whose name or address has `search` in it, the newest first. Raises `BadEdit` (people.bad_page)."""
    most = max(1, min(most, MOST_LISTED))
    wanted = select(User).where(User.email.not_like(_SERVICES)).order_by(User.created_at.desc(), User.id.desc())
    if words := "".join(sign for sign in search if sign.isprintable()).strip()[:255]:
        by_email = and_(User.email.not_like(f"%{addresses.INTERNAL}"), User.email.icontains(words, autoescape=True))
        wanted = wanted.where(or_(User.full_name.icontains(words, autoescape=True), by_email))
    if after is not None:
        made, person_id = _read(after)
        wanted = wanted.where(or_(User.created_at < made, and_(User.created_at == made, User.id < person_id)))
    found = (await session.scalars(wanted.limit(most + 1))).all()
    shown = found[:most]
    last = _written(shown[-1].created_at, shown[-1].id) if len(found) > most else None
    return Page(await _lines(session, shown), last)


async def line(session: AsyncSession, person_id: str) -> PersonLine:
    """One person. Raises `BadEdit` (people.unknown)."""
    return (await _lines(session, [await user(session, person_id)]))[0]


async def user(session: AsyncSession, person_id: str) -> User:
    """The row of one person. Raises `BadEdit` (people.unknown)."""
    require_id(person_id, "people.unknown")
    found = await session.get(User, person_id)
    if found is None or found.email.endswith(_SERVICES.removeprefix("%")):
        raise BadEdit("people.unknown")
    return found


async def add(session: AsyncSession, new: NewPerson, *, by: str, now: datetime) -> str:
    """Add somebody; their id. Raises `BadEdit` (people.bad_email, .no_name, .exists)."""
    email, name = addresses.checked(new.email), " ".join(new.name.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise BadEdit("people.no_name", most=100)
    person_id = new_id()
    fresh = await insert_if_absent(
        session,
        User,
        id=person_id,
        email=email,
        password_hash=passwords.NONE,
        full_name=name,
        role=new.role,
        is_active=True,
        created_at=now,
    )
    if not fresh:
        raise BadEdit("people.exists", email=email)
    values = {"email": email, "name": name, "role": new.role}
    await record(session, "people.added", "user", person_id, by=by, new=values, at=now)
    return person_id


async def set_role(
    session: AsyncSession, person_id: str, role: Literal["viewer", "admin"], *, by: str, now: datetime
) -> None:
    """Change somebody's role, and end their sign-ins. Raises `BadEdit` (people.unknown, .last_administrator,
    .owner_of_machine), and `NotAllowed` when whoever does it is no administrator any more.
    """
    administrators, person = await _lock(session, person_id, by)
    if person.role == role:
        return
    if role != "admin":
        _require_others(administrators, person)
    old, person.role = person.role, role
    ended = await sign_ins.end_all(session, person, now)
    values = {"role": role, "sign_ins_ended": ended}
    await record(session, "people.role", "user", person.id, by=by, old={"role": old}, new=values, at=now)


async def set_active(session: AsyncSession, person_id: str, active: bool, *, by: str, now: datetime) -> None:
    """Deactivate somebody, which ends their sign-ins, or activate them again. Raises as `set_role`, and `BadEdit`
    (people.yourself).
    """
    administrators, person = await _lock(session, person_id, by)
    if person.is_active == active:
        return
    if not active and person.id == by:
        raise BadEdit("people.yourself")
    if not active:
        _require_others(administrators, person)
    person.is_active = active
    ended = await sign_ins.end_all(session, person, now)
    action, values = "people.activated" if active else "people.deactivated", {"is_active": active}
    new = values if active else values | {"sign_ins_ended": ended}
    await record(session, action, "user", person.id, by=by, old={"is_active": not active}, new=new, at=now)


async def _lock(session: AsyncSession, person_id: str, by: str) -> tuple[Sequence[User], User]:
    # The administrators first and in one order: of two who demote each other at once, the second finds itself demoted.
    administrators = (
        await session.scalars(
            select(User)
            .where(User.role == "admin", User.is_active)
            .order_by(User.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    ).all()
    if by not in {one.id for one in administrators}:
        raise NotAllowed("people.not_administrator")
    person = await lock_row(session, User, (await user(session, person_id)).id)
    assert person is not None, "people are never deleted"
    return administrators, person


def _require_others(administrators: Sequence[User], person: User) -> None:
    if person.email == LOCAL_EMAIL:
        raise BadEdit("people.owner_of_machine")
    if [one.id for one in administrators] == [person.id]:
        raise BadEdit("people.last_administrator")


async def _lines(session: AsyncSession, people: Sequence[User]) -> tuple[PersonLine, ...]:
    ids = [one.id for one in people]
    accounts: dict[str, list[UserIdentity]] = {}
    for row in await session.scalars(
        select(UserIdentity).where(UserIdentity.user_id.in_(ids)).order_by(UserIdentity.last_seen.desc())
    ):
        accounts.setdefault(row.user_id, []).append(row)
    ends = select(UserSession.user_id, func.max(UserSession.session_end)).where(UserSession.user_id.in_(ids))
    active = {row[0]: row[1] for row in await session.execute(ends.group_by(UserSession.user_id))}
    return tuple(_line(one, accounts.get(one.id, []), active.get(one.id)) for one in people)


def _line(person: User, accounts: Sequence[UserIdentity], active: datetime | None) -> PersonLine:
    seen = [at for at in (active, person.last_login, *(one.last_seen for one in accounts)) if at is not None]
    return PersonLine(
        id=person.id,
        name=person.full_name,
        email=addresses.shown(person.email),
        role="admin" if person.role == "admin" else "viewer",
        is_active=person.is_active,
        accounts=tuple(
            Account(one.platform, one.workspace, one.account, one.display_name, one.last_seen) for one in accounts
        ),
        last_seen=max(seen, default=None),
        created_at=person.created_at,
        has_password=person.password_hash != passwords.NONE,
    )


def _written(made: datetime, person_id: str) -> str:
    return base64.urlsafe_b64encode(f"{made.isoformat()} {person_id}".encode()).decode()


def _read(after: str) -> tuple[datetime, str]:
    try:
        made, _, person_id = base64.urlsafe_b64decode(after.encode()).decode().partition(" ")
        moment = datetime.fromisoformat(made)
        if moment.tzinfo is None:
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadEdit("people.bad_page") from None
    require_id(person_id, "people.bad_page")
    return moment, person_id
