"""What a door may ask of the audit: `Service.audit`. For administrators alone. See docs/audit.md."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, select

from core.ask.present.audit_lines import line, table
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.audit import searching
from core.audit.record import record
from core.audit.searching import Mark
from core.audit.verifying import verify
from core.chat import Actor
from core.errors import BadEdit
from core.export.csv_file import csv_chunks
from core.people.permission import Resource, require
from core.people.person import Person
from core.records import AuditHead, AuditPage, AuditSearch, AuditVerdict
from core.storage.models import User
from core.storage.session import persistently

EVERYTHING = AuditSearch()

MOST_LISTED = 200
"""Lines of a page."""


@notes_refusals
@dataclass(frozen=True)
class AuditDesk:
    """The audit, read and proven. Every method raises `NotAllowed` unless the actor is an administrator."""

    road: Road

    async def search(
        self, actor: Actor, wanted: AuditSearch = EVERYTHING, *, after: str = "", most: int = 50
    ) -> AuditPage:
        """The lines that fit, the newest first, at most `most` of them (1 to 200).

        `after` is the `next` of the page before. Raises `BadEdit`: audit.bad_search (an `after` that is none of ours,
        `most` out of range, a moment without a zone), people.unknown_email, people.unknown.
        """
        await self._administrator(actor)
        if not 1 <= most <= MOST_LISTED:
            raise BadEdit("audit.bad_search")
        searching.check(wanted)
        user_id = await self._who(wanted)
        return await self._page(wanted, user_id, searching.mark_of(after), most, actor.locale)

    async def csv(self, actor: Actor, wanted: AuditSearch = EVERYTHING) -> AsyncIterator[bytes]:
        """Every line that fits as a file, piece by piece, the newest first, with headings in the actor's language.

        Await it: it raises as `search` before anything is sent. That it was taken is audited.
        """
        person = await self._administrator(actor)
        searching.check(wanted)
        user_id = await self._who(wanted)
        await self._note(person, "audit.exported", _told(wanted))
        return self._chunks(wanted, user_id, actor.locale)

    async def verify(self, actor: Actor, heads: Sequence[AuditHead] = ()) -> AuditVerdict:
        """Walk the whole chain, sealing first what has no seal yet; some seconds for every hundred thousand lines.

        `heads` were noted earlier, elsewhere: the chain must still contain them. That it was looked at is audited.
        """
        person = await self._administrator(actor)
        verdict = await verify(self.road.sealing, heads, self.road.clock())
        await self._note(person, "audit.verified", {"lines": verdict.lines, "damaged": verdict.damaged})
        return verdict

    async def _page(
        self, wanted: AuditSearch, user_id: str | None, after: Mark | None, most: int, locale: str
    ) -> AuditPage:
        async with self.road.store.reading() as session:
            rows = await searching.found(session, wanted, user_id, after, most + 1)
        lines = tuple(line(row, locale) for row in rows[:most])
        return AuditPage(lines, str(Mark(lines[-1].at, lines[-1].id)) if len(rows) > most else "")

    async def _chunks(self, wanted: AuditSearch, user_id: str | None, locale: str) -> AsyncIterator[bytes]:
        """A page at a time, each in a transaction of its own: whoever reads slowly keeps none open."""
        after, is_first = "", True
        while is_first or after:
            page = await self._page(wanted, user_id, searching.mark_of(after), searching.MOST - 1, locale)
            for chunk in csv_chunks(table(page.lines, locale), heading=is_first):
                yield chunk
            after, is_first = page.next, False

    async def _who(self, wanted: AuditSearch) -> str | None:
        """The id of the person who is looked for, active or not."""
        who = wanted.who.strip()
        if not who:
            return None
        found = func.lower(User.email) == who.lower() if "@" in who else User.id == who
        async with self.road.store.reading() as session:
            user_id = await session.scalar(select(User.id).where(found))
        if user_id is None:
            raise BadEdit("people.unknown_email", email=who) if "@" in who else BadEdit("people.unknown")
        return user_id

    async def _note(self, person: Person, action: str, values: dict[str, object]) -> None:
        road = self.road

        async def write() -> None:
            async with road.store.writing() as session:
                await record(session, action, "audit", None, by=person.id, new=values, at=road.clock())

        await persistently(write)

    async def _administrator(self, actor: Actor) -> Person:
        person = await self.road.people.meet(actor)
        require(person, "administer", Resource("system"))
        return person


def _told(wanted: AuditSearch) -> dict[str, object]:
    """What was looked for, as a line of audit has it."""
    given = {name: value for name, value in asdict(wanted).items() if value not in ("", None)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}
