"""What a door may ask about people, and who comes in how: `Service.people`.

Here it is decided who may; how it is kept is in `core.people`. From where somebody acts, a door tells with
`core.audit.origin.acting_from(ip, agent)` around each call: devices, throttling and audit read it there. See
docs/decisions/0020-signing-in.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Literal

from sqlalchemy import select

from core.access import Device, KeyLine, MadeKey, NewKey, NewPerson, Page, PersonLine, SignedIn, SignIn, SignInLink
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.audit.record import record
from core.audit.refusals import Refusal
from core.chat import Actor
from core.errors import BadEdit, NotAllowed, NotSignedIn, TooSoon
from core.people import addresses, api_keys, directory, passwords, sign_ins
from core.people.coming_in import ComingIn, Proof
from core.people.directory import require_id
from core.people.people import is_local
from core.people.permission import Resource, require
from core.people.person import Person
from core.people.tally import Tally
from core.storage.models import User
from core.storage.session import lock_row, persistently

WITHOUT_CURRENT = timedelta(minutes=15)
"""For so long after they came in by a link, people may set a new password without the one they have forgotten."""


@notes_refusals
@dataclass(frozen=True)
class PeopleDesk:
    """People, sign-ins and keys. Every method with an `actor` raises `NotAllowed` where `may` says no."""

    road: Road
    cost: int = passwords.COST

    @cached_property
    def tally(self) -> Tally:
        """Requests of this process, counted until they are written."""
        return Tally(self.road.store, self.road.clock)

    @cached_property
    def coming_in(self) -> ComingIn:
        """What lets people in, with the keys that encrypt passwords."""
        return ComingIn.of(self.road.store, self.road.connections.keyring, self.road.clock, self.cost)

    async def close(self) -> None:
        """Write what was counted, and let the threads go."""
        await self.tally.close()
        if "coming_in" in self.__dict__:
            self.coming_in.passwords.close()

    # Who sends a request: for every request of a door. They count as activity of that person.

    async def signed_in(
        self, access: str, *, platform: Literal["web", "api"] = "web", locale: str = "en", timezone: str = "UTC"
    ) -> SignedIn:
        """Whose access token this is. Raises `NotSignedIn` (sign_in.ended: wrong, expired or signed out)."""
        now, signer = self.road.clock(), self.coming_in.sign_ins.access
        claims = signer.read(access, now, "sub", "sid")
        if claims is None:
            raise NotSignedIn("sign_in.ended")
        user, device = claims["sub"], claims["sid"]
        async with self.road.store.reading() as session:
            name = await sign_ins.name_of(session, user, device, now)
        if name is None:
            raise NotSignedIn("sign_in.ended")
        self.tally.seen(user)
        actor = Actor(platform, "account", user, name, locale=locale, timezone=timezone, user=user)
        return SignedIn(actor, device, signer.until(claims))

    async def actor_of_key(self, key: str, *, locale: str = "en", timezone: str = "UTC") -> Actor:
        """Whose key this is, with its scopes. Raises `NotSignedIn` (sign_in.key, sign_in.key_expired)."""
        async with self.road.store.reading() as session:
            found = await api_keys.find(session, key, self.road.clock())
        if isinstance(found, str):
            raise NotSignedIn(found)
        self.tally.seen(found.user)
        self.tally.used(found.id)
        return Actor(
            "api", "key", found.id, found.name,
            locale=locale, timezone=timezone, user=found.user, scopes=found.scopes,
        )  # fmt: skip

    async def seen(self, actor: Actor) -> None:
        """A request of somebody who needs no token: the owner of the machine at the page."""
        person = await self.road.people.find(actor)
        if person is not None:
            self.tally.seen(person.id)

    # Coming in and leaving: nobody is known yet, so nothing is asked of `may`.

    async def sign_in(self, email: str, password: str) -> SignIn:
        """Come in with a password.

        Raises `NotSignedIn` (sign_in.wrong; people.inactive only to who knew the password) and `TooSoon`
        (sign_in.wait, sign_in.busy; `details["seconds"]` says how long to wait, for Retry-After).
        """
        try:
            return self._came(await self.coming_in.with_password(email, password))
        except (NotSignedIn, TooSoon) as refusal:
            await self._note(refusal, email)
            raise

    async def enter(self, token: str) -> SignIn:
        """Come in by a one-time link.

        Raises `NotSignedIn` (sign_in.link: wrong or too old; sign_in.link_used; people.inactive).
        """
        try:
            return self._came(await self.coming_in.by_link(token))
        except NotSignedIn as refusal:
            await self._note(refusal)
            raise

    async def refresh(self, token: str) -> SignIn:
        """The next sign-in for a refresh token, which is used up by it.

        Two tabs at once get the same. Raises `NotSignedIn` (sign_in.ended; sign_in.reused: an old one came again, and
        the whole sign-in has ended).
        """
        return self._came(await self.coming_in.renewed(token))

    async def sign_out(self, token: str) -> None:
        """End the sign-in of a refresh token. Of one that has ended or never was, nothing happens."""
        await self.coming_in.leave(token)

    # One's own sign-ins. `device` is `SignedIn.device`, where the actor came in with a token.

    async def link(self, actor: Actor) -> SignInLink:
        """A one-time link for the actor themselves, for members who may ask; 10 minutes. Asked for in a chat."""
        person = await self.road.people.meet(actor)
        require(person, "ask", Resource("question"))
        require(person, "manage", Resource("sign_in", person.id))
        async with self.road.store.writing() as session:
            return await self.coming_in.link(session, person.id, by=person.id)

    async def devices(self, actor: Actor, *, device: str | None = None) -> tuple[Device, ...]:
        """The actor's sign-ins that have not ended, last used first."""
        person = await self._themselves(actor)
        async with self.road.store.reading() as session:
            return await sign_ins.listed(session, person.id, self.road.clock(), device)

    async def end_device(self, actor: Actor, device_id: str) -> None:
        """End one of the actor's own sign-ins. Raises `BadEdit` (sign_in.no_device)."""
        person = await self._themselves(actor)
        require_id(device_id, "sign_in.no_device")
        async with self.road.store.writing() as session:
            if not await self.coming_in.end(session, device_id, person.id):
                raise BadEdit("sign_in.no_device")

    async def sign_out_everywhere(self, actor: Actor, person_id: str | None = None) -> int:
        """End all sign-ins of the actor or, by administrators, of somebody. Counts them. Raises `BadEdit`."""
        person = await self.road.people.meet(actor)
        if person_id is None or person_id == person.id:
            require(person, "manage", Resource("sign_in", person.id))
        else:
            require(person, "administer", Resource("system"))
        whose = await self._user(person_id or person.id)
        return await persistently(lambda: self.coming_in.end_all(whose.id, by=person.id))

    async def set_password(
        self, actor: Actor, new: str, *, current: str | None = None, device: str | None = None
    ) -> None:
        """Set the actor's own password; their other devices are signed out.

        `current` is needed where there is one, unless this device came in by a link some minutes ago. Raises `BadEdit`
        (password.short, .long, .signs, .is_email, .no_email; .current: it is wrong), `TooSoon`.
        """
        person = await self._themselves(actor)
        user = await self._user(person.id)
        proof = None
        if user.password_hash != passwords.NONE and not await self._came_by_link(person.id, device):
            proof = await self._prove(user, current or "")
        hashed = await self.coming_in.hashed(new, user)
        await self.coming_in.change_password(user, hashed, proof, by=person.id, but=device)

    # Administrators.

    async def all(
        self, actor: Actor, *, search: str = "", after: str | None = None, most: int = 50
    ) -> Page[PersonLine]:
        """People whose name or e-mail has `search` in it, the newest first. Raises `BadEdit` (people.bad_page)."""
        await self._administrator(actor)
        async with self.road.store.reading() as session:
            return await directory.page(session, search, after, most)

    async def one(self, actor: Actor, person_id: str) -> PersonLine:
        """One person; administrators, and everybody themselves. Raises `BadEdit` (people.unknown)."""
        person = await self.road.people.meet(actor)
        if person_id == person.id:
            require(person, "manage", Resource("sign_in", person.id))
        else:
            require(person, "administer", Resource("system"))
        return await self._line(person_id)

    async def add(self, actor: Actor, new: NewPerson) -> PersonLine:
        """Add somebody by e-mail; they come in by a link. Raises `BadEdit` (people.bad_email, .exists, .no_name)."""
        by = (await self._administrator(actor)).id
        async with self.road.store.writing() as session:
            person_id = await directory.add(session, new, by=by, now=self.road.clock())
        return await self._line(person_id)

    async def invite(self, actor: Actor, person_id: str) -> SignInLink:
        """A link for somebody else, while they have never come in anywhere; at the machine itself, for anybody.

        Raises `BadEdit` (people.unknown, people.came_in_already).
        """
        by = (await self._administrator(actor)).id
        line = await self._line(person_id)
        if not is_local(actor) and (line.accounts or line.last_seen is not None or line.has_password):
            raise BadEdit("people.came_in_already")
        async with self.road.store.writing() as session:
            return await self.coming_in.link(session, line.id, by=by)

    async def set_role(self, actor: Actor, person_id: str, role: Literal["viewer", "admin"]) -> PersonLine:
        """Make somebody an administrator, or not; it signs them out everywhere.

        Raises `BadEdit` (people.unknown, people.last_administrator, people.owner_of_machine).
        """
        by = (await self._administrator(actor)).id

        async def work() -> None:
            async with self.road.store.writing() as session:
                await directory.set_role(session, person_id, role, by=by, now=self.road.clock())

        await persistently(work)
        return await self._line(person_id)

    async def set_active(self, actor: Actor, person_id: str, active: bool) -> PersonLine:
        """Deactivate somebody, which ends their sign-ins and stops their keys, or activate them again.

        Raises `BadEdit` (people.unknown, .yourself, .last_administrator, .owner_of_machine).
        """
        by = (await self._administrator(actor)).id

        async def work() -> None:
            async with self.road.store.writing() as session:
                await directory.set_active(session, person_id, active, by=by, now=self.road.clock())

        await persistently(work)
        return await self._line(person_id)

    async def give_password(self, actor: Actor, person_id: str, new: str) -> None:
        """Set somebody's password: the owner of the machine alone. Raises `BadEdit` as `set_password` does."""
        by = (await self._at_the_machine(actor)).id
        user = await self._user((await self._line(person_id)).id)
        hashed = await self.coming_in.hashed(new, user)
        await self.coming_in.change_password(user, hashed, None, by=by)

    # Keys of programs. A key makes, lists and revokes none.

    async def keys(self, actor: Actor, *, everybody: bool = False) -> tuple[KeyLine, ...]:
        """The actor's own keys or, for administrators, everybody's; the newest first."""
        person = await self.road.people.meet(actor)
        require(person, "manage", Resource("key", None if everybody else person.id))
        async with self.road.store.reading() as session:
            return await api_keys.lines(session, self.road.clock(), None if everybody else person.id)

    async def make_key(self, actor: Actor, new: NewKey, *, owner: str | None = None) -> MadeKey:
        """Make a key of the actor's own or, by the owner of the machine, of the person with the id `owner`.

        Raises `BadEdit` (key.no_name, .no_scope, .bad_scope, .bad_days, .not_administrator, .too_many).
        """
        person = await (self.road.people.meet(actor) if owner is None else self._at_the_machine(actor))
        require(person, "manage", Resource("key", person.id))
        holder = person.id if owner is None else (await self._line(owner)).id
        return await persistently(lambda: self._make_key(new, holder, by=person.id))

    async def revoke_key(self, actor: Actor, key_id: str) -> KeyLine:
        """Stop a key at once: one's own, or anybody's by administrators. Raises `BadEdit` (key.unknown)."""
        person = await self.road.people.meet(actor)
        require(person, "manage", Resource("key", person.id))
        require_id(key_id, "key.unknown")
        now = self.road.clock()
        async with self.road.store.writing() as session:
            line = await api_keys.line(session, key_id, now)
            require(person, "manage", Resource("key", line.owner))
            if await api_keys.revoke(session, key_id):
                old = {"name": line.name, "owner": line.owner}
                await record(session, "key.revoked", "key", key_id, by=person.id, old=old, at=now)
            return await api_keys.line(session, key_id, now)

    async def _administrator(self, actor: Actor) -> Person:
        person = await self.road.people.meet(actor)
        require(person, "administer", Resource("system"))
        return person

    async def _at_the_machine(self, actor: Actor) -> Person:
        person = await self._administrator(actor)
        if not is_local(actor):
            raise NotAllowed("people.only_at_machine")
        return person

    async def _themselves(self, actor: Actor) -> Person:
        person = await self.road.people.meet(actor)
        require(person, "manage", Resource("sign_in", person.id))
        return person

    async def _line(self, person_id: str) -> PersonLine:
        async with self.road.store.reading() as session:
            return await directory.line(session, person_id)

    async def _user(self, person_id: str) -> User:
        async with self.road.store.reading() as session:
            return await directory.user(session, person_id)

    async def _came_by_link(self, person_id: str, device: str | None) -> bool:
        now = self.road.clock()
        async with self.road.store.reading() as session:
            theirs = await sign_ins.listed(session, person_id, now, device)
        return any(one.is_this and one.by == "link" and now - one.signed_in_at <= WITHOUT_CURRENT for one in theirs)

    async def _prove(self, user: User, current: str) -> Proof:
        try:
            return await self.coming_in.prove(user.email, current)
        except NotSignedIn as refusal:
            await self._note(refusal, user.email)
            raise BadEdit("password.current") from None

    async def _make_key(self, new: NewKey, holder: str, *, by: str) -> MadeKey:
        now = self.road.clock()
        async with self.road.store.writing() as session:
            owner = await lock_row(session, User, holder)
            if owner is None or not owner.is_active:
                raise BadEdit("people.unknown")
            made = await api_keys.make(session, new, owner, now)
            scopes = [scope for scope, _ in made.line.scopes]
            told = {"name": made.line.name, "owner": holder, "scopes": scopes, "days": new.days}
            await record(session, "key.made", "key", made.line.id, by=by, new=told, at=now)
        return made

    def _came(self, sign_in: SignIn) -> SignIn:
        self.tally.seen(sign_in.user)
        return sign_in

    async def _note(self, refusal: NotSignedIn | TooSoon, email: str = "") -> None:
        """Write down who was not let in, as far as it is known: never what they typed."""
        whose = ""
        if refusal.code == "sign_in.wrong" and (account := addresses.account(email)):
            async with self.road.store.reading() as session:
                whose = await session.scalar(select(User.id).where(User.email == account)) or ""
        asked = f"sign_in {whose}".strip()
        await self.road.refusals.note(Refusal(None, refusal.code, asked, "sign_in.refused", "user"))
