"""Coming in: with a password, or by a one-time link. Nothing of it says whether somebody is known."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.access import SignIn, SignInLink
from core.audit.origin import origin
from core.audit.record import record
from core.errors import BadEdit, NotSignedIn
from core.ids import event_id
from core.people import addresses, passwords, sign_ins, throttle
from core.people.passwords import Passwords
from core.people.sign_ins import SignIns
from core.people.signer import Signer
from core.people.turns import Rank, Turns
from core.storage.crypto import Keyring
from core.storage.models import Event, User
from core.storage.session import Store, insert_if_absent, lock_row, persistently

LINK_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody knew their password. `kept` is its hash, which must still be theirs when something comes of it."""

    user: str
    kept: str
    attempt: throttle.Attempt
    renewed: str | None = None
    """Its hash at today's cost, where it was made at a lower one."""


@dataclass(frozen=True)
class ComingIn:
    """Lets people in. Each call is a transaction of its own, or several."""

    store: Store
    clock: Callable[[], datetime]
    sign_ins: SignIns
    links: Signer
    passwords: Passwords
    looks: Turns = field(default_factory=lambda: Turns(2, 10_000, 5))
    """At the store, before a turn at bcrypt: a flood does not fill the line for its connections either."""

    @classmethod
    def of(cls, store: Store, keyring: Keyring, clock: Callable[[], datetime], cost: int) -> "ComingIn":
        """With keys of this keyring."""
        links = Signer.of(keyring, "link", "sign-in link", LINK_LASTS)
        return cls(store, clock, SignIns.of(keyring), links, Passwords(cost))

    async def with_password(self, email: str, password: str) -> SignIn:
        """A sign-in. Raises `NotSignedIn` (sign_in.wrong, people.inactive), `TooSoon` (sign_in.wait, .busy)."""
        proof = await self.prove(email, password)
        return await persistently(lambda: self._begin(proof))

    async def prove(self, email: str, password: str) -> Proof:
        """That somebody knows their password. Whoever has to wait costs no bcrypt. Raises as `with_password`."""
        account = addresses.account(email)
        rows, rank = throttle.rows_of(account, origin().ip), Rank.now()
        async with self.looks.turn(rank), self.store.reading() as session:
            known = await throttle.knows(session, account, origin().ip)
            await throttle.refuse_early(session, rows, self.clock(), known)
        async with self.passwords.turns.turn(Rank(known, rank.came)):
            attempt = await persistently(lambda: self._count(rows, known))
            async with self.store.reading() as session:
                user = await session.scalar(select(User).where(User.email == account))
            right = await self.passwords.right_now(password, user.password_hash if user else None)
            if user is None or not right:
                raise NotSignedIn("sign_in.wrong")
            if not user.is_active:
                raise NotSignedIn("people.inactive")
            outdated = self.passwords.is_outdated(user.password_hash)
            renewed = await self.passwords.hashed_now(password) if outdated else None
        return Proof(user.id, user.password_hash, attempt, renewed)

    async def link(self, session: AsyncSession, user_id: str, *, by: str) -> SignInLink:
        """A link for somebody; by themselves, or by an administrator."""
        now = self.clock()
        token, until = self.links.sign(now, sub=user_id)
        await record(session, "sign_in.link_made", "user", user_id, by=by, at=now)
        return SignInLink(token, until)

    async def by_link(self, token: str) -> SignIn:
        """A sign-in. Raises `NotSignedIn` (sign_in.link, .link_used, people.inactive)."""
        return await persistently(lambda: self._enter(token))

    async def renewed(self, token: str) -> SignIn:
        """The next sign-in for a refresh token. Raises `NotSignedIn` (sign_in.ended, .reused)."""
        got = await persistently(lambda: self._renew(token))
        if isinstance(got, str):
            raise NotSignedIn(got)
        return got

    async def leave(self, token: str) -> None:
        """End the sign-in of a refresh token, if there is one."""
        await persistently(lambda: self._leave(token))

    async def end(self, session: AsyncSession, device: str, user_id: str) -> bool:
        """End one sign-in of somebody. False when there is none of them that goes on."""
        now = self.clock()
        if not await sign_ins.end(session, device, now, user_id=user_id):
            return False
        await record(session, "sign_in.ended", "user", user_id, by=user_id, new={"device": device}, at=now)
        return True

    async def end_all(self, user_id: str, *, by: str) -> int:
        """End all sign-ins of somebody. Counts them."""
        async with self.store.writing() as session:
            user, now = await _locked(session, user_id), self.clock()
            ended = await sign_ins.end_all(session, user, now)
            await record(session, "sign_in.all_ended", "user", user.id, by=by, new={"ended": ended}, at=now)
        return ended

    async def hashed(self, new: str, user: User) -> str:
        """The hash of a password that somebody may have. Raises `BadEdit` (password.…), `TooSoon`."""
        if addresses.is_internal(user.email):
            raise BadEdit("password.no_email")
        passwords.check(new, user.email)
        return await self.passwords.hashed(new)

    async def change_password(
        self, user: User, hashed: str, proof: Proof | None, *, by: str, but: str | None = None
    ) -> None:
        """Keep a new password's hash and end all sign-ins but one. Raises `BadEdit` when it was changed meanwhile."""
        await persistently(lambda: self._change_password(user, hashed, proof, by=by, but=but))

    async def _change_password(
        self, before: User, hashed: str, proof: Proof | None, *, by: str, but: str | None
    ) -> None:
        async with self.store.writing() as session:
            user, now = await _locked(session, before.id), self.clock()
            if user.password_hash != before.password_hash:
                raise BadEdit("password.current")
            if proof is not None:
                await throttle.take_back(session, proof.attempt)
            user.password_hash = hashed
            ended = await sign_ins.end_all(session, user, now, but=but)
            old = {"has_password": before.password_hash != passwords.NONE}
            new = {"has_password": True, "sign_ins_ended": ended}
            await record(session, "people.password", "user", user.id, by=by, old=old, new=new, at=now)

    async def _renew(self, token: str) -> SignIn | str:
        async with self.store.writing() as session:
            return await self.sign_ins.renew(session, token, self.clock())

    async def _leave(self, token: str) -> None:
        async with self.store.writing() as session:
            if (owner := await self.sign_ins.owner_of(session, token)) is not None:
                await self.end(session, *owner)

    async def _begin(self, proof: Proof) -> SignIn:
        async with self.store.writing() as session:
            user = await _locked(session, proof.user)
            if not user.is_active or user.password_hash != proof.kept:
                raise NotSignedIn("sign_in.wrong")  # it was changed while it was looked at
            await throttle.take_back(session, proof.attempt)
            if proof.renewed is not None:
                user.password_hash = proof.renewed
            return await self.sign_ins.begin(session, user, "password", self.clock())

    async def _count(self, rows: dict[str, str], known: bool) -> throttle.Attempt:
        async with self.store.writing() as session:
            return await throttle.count(session, rows, self.clock(), known)

    async def _enter(self, token: str) -> SignIn:
        now = self.clock()
        claims = self.links.read(token, now, "sub")
        if claims is None:
            raise NotSignedIn("sign_in.link")
        async with self.store.writing() as session:
            user = await lock_row(session, User, claims["sub"])
            left = sign_ins.signed_out_at(user) if user is not None else None
            if user is None or (left is not None and claims["iat"] <= left.timestamp()):
                raise NotSignedIn("sign_in.link")
            if not user.is_active:
                raise NotSignedIn("people.inactive")
            fresh = await insert_if_absent(
                session,
                Event,
                id=event_id("sign_in.link", claims["jti"]),
                event_type="sign_in.link_used",
                user_id=user.id,
                timestamp=now,
            )
            if not fresh:
                raise NotSignedIn("sign_in.link_used")
            return await self.sign_ins.begin(session, user, "link", now)


async def _locked(session: AsyncSession, user_id: str) -> User:
    user = await lock_row(session, User, user_id)
    assert user is not None, "people are never deleted"
    return user
