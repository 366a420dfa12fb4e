"""Sign-ins: a row of refresh_tokens for each device somebody came in with, and the two tokens that it holds.

The access token is a JWT of 15 minutes that names the row, so that ending the row ends it at once. The refresh token is
random; the row keeps the SHA-256 of the one that is good now. See docs/decisions/0020-signing-in.md.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import CursorResult, Row, Table, bindparam, false, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.access import Device, SignIn
from core.audit.origin import origin
from core.audit.record import record
from core.people.devices import device_name
from core.people.refresh import Refresh, RefreshText, new_nonce
from core.people.signer import Signer
from core.storage.base import UtcDateTime
from core.storage.crypto import Keyring
from core.storage.models import RefreshToken, User
from core.storage.session import add_row

ACCESS_LASTS = timedelta(minutes=15)
REFRESH_LASTS = timedelta(days=30)
"""Since it was renewed last."""
LONGEST = timedelta(days=90)
"""Since somebody came in, however often it was renewed: then they prove again who they are."""

GRACE = timedelta(seconds=30)
"""For so long a used token gets the same successor again: of two tabs at once, and where an answer was lost."""

By = Literal["password", "link"]

_rows, _users = cast("Table", RefreshToken.__table__), cast("Table", User.__table__)


@dataclass(frozen=True)
class SignIns:
    """Begins and renews sign-ins, each within the caller's transaction."""

    access: Signer
    text: RefreshText

    @classmethod
    def of(cls, keyring: Keyring) -> "SignIns":
        """Sign-ins whose tokens are signed with keys of this keyring."""
        return cls(Signer.of(keyring, "at", "sign-in", ACCESS_LASTS), RefreshText.of(keyring))

    async def begin(self, session: AsyncSession, user: User, by: By, now: datetime) -> SignIn:
        """A new sign-in of somebody whose row the caller has locked."""
        token, until = Refresh.first(uuid4()), now + REFRESH_LASTS
        about = _told() | {"by": by, "used_at": now.isoformat()}
        await add_row(
            session,
            RefreshToken,
            id=str(token.row),
            user_id=user.id,
            token_hash=token.hash,
            expires_at=until,
            created_at=now,
            is_active=True,
            is_revoked=False,
            device_info=about,
        )
        user.last_login = now
        new = {"by": by, "device": about["name"]}
        await record(session, "sign_in.began", "user", user.id, by=user.id, new=new, at=now)
        return self._given(token, until, user.id, user.full_name, user.role, now)

    async def renew(self, session: AsyncSession, text: str, now: datetime) -> SignIn | str:
        """The next sign-in for a refresh token; or the code of why there is none, after what that asked for was done.

        The row moves on in one UPDATE that names the hash it moves on from: of two at once, one moves it.
        """
        token = self.text.read(text)
        if token is None:
            return "sign_in.ended"
        found = await _held(session, token, now)
        if found is not None and token.has(found.token_hash):
            nonce = new_nonce()
            following, until = token.next(nonce), min(now + REFRESH_LASTS, found.created_at + LONGEST)
            about = _about(found) | _told() | {"used_at": now.isoformat(), "before": token.hash, "nonce": nonce}
            if await _move_on(session, token, following, until, about):
                return self._given(following, until, found.user_id, found.full_name, found.role, now)
            found = await _held(session, token, now)  # another was first, and ours is the one before by now
        if found is None:
            return "sign_in.ended"
        about = _about(found)
        if token.has(about.get("before")) and now <= _moment(about) + GRACE:
            following = token.next(about["nonce"])
            return self._given(following, found.expires_at, found.user_id, found.full_name, found.role, now)
        if not token.is_ours:
            return "sign_in.ended"
        old, code = {"device": about.get("name")}, "sign_in.reused"
        if not await end(session, str(token.row), now):
            return "sign_in.ended"  # of several replays at once, one ended it
        await record(session, code, "user", found.user_id, by=found.user_id, old=old, refused=code, at=now)
        return code

    async def owner_of(self, session: AsyncSession, text: str) -> tuple[str, str] | None:
        """The sign-in and the person of a refresh token that is good, or was just before; for signing out."""
        token = self.text.read(text)
        if token is None:
            return None
        found = (await session.execute(select(_rows).where(_rows.c.id == str(token.row)))).one_or_none()
        if found is None or not (token.has(found.token_hash) or token.has(_about(found).get("before"))):
            return None
        return found.id, found.user_id

    def _given(self, token: Refresh, until: datetime, user: str, name: str, role: str, now: datetime) -> SignIn:  # noqa: PLR0917 (what a sign-in is)
        access, access_until = self.access.sign(now, sub=user, sid=str(token.row))
        return SignIn(
            access=access,
            access_until=access_until,
            refresh=self.text.written(token),
            refresh_until=until,
            device=str(token.row),
            user=user,
            name=name,
            role="admin" if role == "admin" else "viewer",
        )


_ALIVE = (_rows.c.is_active, ~_rows.c.is_revoked, _rows.c.expires_at > bindparam("now", type_=UtcDateTime))
_HELD = (
    select(_rows, _users.c.full_name, _users.c.role)
    .join_from(_rows, _users, _users.c.id == _rows.c.user_id)
    .where(_rows.c.id == bindparam("row"), _users.c.is_active, *_ALIVE)
)
_CHECKED = (
    select(_users.c.full_name)
    .join_from(_rows, _users, _users.c.id == _rows.c.user_id)
    .where(_rows.c.id == bindparam("row"), _rows.c.user_id == bindparam("user"), _users.c.is_active, *_ALIVE)
)


async def name_of(session: AsyncSession, user_id: str, row_id: str, now: datetime) -> str | None:
    """The name of the active person whose sign-in this is and goes on; else None. What every request asks."""
    return await session.scalar(_CHECKED, {"row": row_id, "user": user_id, "now": now})


async def end(session: AsyncSession, row_id: str, now: datetime, *, user_id: str | None = None) -> bool:
    """End a sign-in; of that person, where one is given. False when there is none that goes on."""
    ended = _ending(now).where(_rows.c.id == row_id)
    if user_id is not None:
        ended = ended.where(_rows.c.user_id == user_id)
    return cast("CursorResult[Any]", await session.execute(ended)).rowcount == 1


async def end_all(session: AsyncSession, user: User, now: datetime, *, but: str | None = None) -> int:
    """End all sign-ins of somebody whose row the caller has locked, but one, and links on their way. Counts them."""
    ended = _ending(now).where(_rows.c.user_id == user.id)
    if but is not None:
        ended = ended.where(_rows.c.id != but)
    user.preferences = {**(user.preferences or {}), _SIGNED_OUT: now.isoformat()}
    return cast("CursorResult[Any]", await session.execute(ended)).rowcount


def signed_out_at(user: User) -> datetime | None:
    """When all their sign-ins were ended last: a link that was made before is worth nothing."""
    kept = user.preferences.get(_SIGNED_OUT) if isinstance(user.preferences, dict) else None
    return datetime.fromisoformat(kept) if isinstance(kept, str) else None


async def listed(session: AsyncSession, user_id: str, now: datetime, this: str | None) -> tuple[Device, ...]:
    """The sign-ins of somebody that go on, last used first."""
    found = (await session.execute(select(_rows).where(_rows.c.user_id == user_id, *_ALIVE), {"now": now})).all()
    return tuple(sorted((_device(row, this) for row in found), key=lambda one: one.used_at, reverse=True))


_SIGNED_OUT = "signed_out_at"


async def _held(session: AsyncSession, token: Refresh, now: datetime) -> Row[*tuple[Any, ...]] | None:
    return (await session.execute(_HELD, {"row": str(token.row), "now": now})).one_or_none()


async def _move_on(
    session: AsyncSession, token: Refresh, following: Refresh, until: datetime, about: dict[str, Any]
) -> bool:
    moved = (
        update(_rows)
        .where(_rows.c.id == str(token.row), _rows.c.token_hash == token.hash, _rows.c.is_active, ~_rows.c.is_revoked)
        .values(token_hash=following.hash, device_info=about, expires_at=until)
    )
    return cast("CursorResult[Any]", await session.execute(moved)).rowcount == 1


def _ending(now: datetime) -> Any:
    return update(_rows).where(~_rows.c.is_revoked).values(is_active=false(), is_revoked=true(), revoked_at=now)


def _told() -> dict[str, Any]:
    here = origin()
    return {"name": device_name(here.agent), "ip": here.ip, "agent": here.agent}


def _device(row: Row[*tuple[Any, ...]], this: str | None) -> Device:
    about = _about(row)
    return Device(
        id=row.id,
        name=str(about.get("name") or ""),
        ip=about.get("ip"),
        signed_in_at=row.created_at,
        used_at=_moment(about),
        until=row.expires_at,
        by="link" if about.get("by") == "link" else "password",
        is_this=row.id == this,
    )


def _about(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return dict(row.device_info or {})


def _moment(about: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(about["used_at"])
