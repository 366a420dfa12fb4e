"""What a door may ask about files of answers and lists: `Service.files`.

A file is made anew, with the rights of whoever gets it, each time somebody takes it. Where a platform takes no files, a
link is told to the one it is for: a signed claim of what the file is and whose, worth nothing to anybody else and
nothing after some minutes. It names no content and opens no door: who follows it must have signed in.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial
from typing import Literal, get_args

from core.ask.answered import Answered, answered_for
from core.ask.done import note_done
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.ask.usage_desk import UsageDesk
from core.chat import Actor, Facts, Table
from core.errors import NoAnswer, NotAllowed
from core.export.csv_file import csv_chunks
from core.export.excel import workbook
from core.export.names import file_name
from core.figures import Listing, Span
from core.people.signer import Signer

LINK_LASTS = timedelta(minutes=10)
"""As long as a link that signs somebody in (`core.people.coming_in`): time to do that first."""

FileKind = Literal["csv", "excel", "usage"]
"""An answer as a table of either kind, or a list of use as CSV."""

CSV = "text/csv; charset=utf-8"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file: what it is called, of which media type, and its bytes. The name is letters, digits, hyphens and a dot."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@notes_refusals
@dataclass(frozen=True)
class FileDesk:
    """Files for whoever may have them. `about`: of an answer the question's id; of a list `list_name`, or empty.

    All that name a file raise `NotAllowed`, `NoAnswer` (also for a kind or a list that is none), `StoreFailed`.
    """

    road: Road

    async def take(self, actor: Actor, kind: str, about: str) -> DataFile:
        """A file, now, for the actor; written down as taken."""
        if kind == "usage":
            return await self._listed(actor, about)
        answered = await answered_for(self.road, about, actor)
        made = await self._answer(answered, kind, actor.locale)
        rows = len(answered.table.rows)
        await note_done(self.road, answered.person, "answer.exported", "question", about, rows=rows)
        return made

    async def preview(self, actor: Actor, kind: str, about: str) -> DataFile:
        """The same to be offered: its name and size are told, its content is not given out."""
        if kind == "usage":
            return await self._listed(actor, about)
        return await self._answer(await answered_for(self.road, about, actor), kind, actor.locale)

    async def link(self, actor: Actor, kind: str, about: str) -> str:
        """Where the actor, signed in with a browser, finds the file for `LINK_LASTS`.

        Empty when it is not known how people reach the page. What they may not have is refused here already.
        """
        person = await self.road.people.meet(actor)
        if kind == "usage":
            await self._may_list(actor, about)
        else:
            _maker(await answered_for(self.road, about, actor), kind, actor.locale)
        if not self.road.public_url:
            return ""
        token, _ = self._signer.sign(self.road.clock(), sub=person.id, kind=kind, about=about)
        return f"{self.road.public_url}/files/{token}?lang={actor.locale}"

    async def follow(self, actor: Actor, token: str) -> DataFile:
        """The file of a link. Raises `NoAnswer` (file.link) when it has ended or is none, `NotAllowed` to others."""
        claims = self._claims(token)
        if claims is None:
            raise NoAnswer("file.link")
        person = await self.road.people.meet(actor)
        if person.id != claims["sub"]:
            raise NotAllowed("people.not_yours")
        return await self.take(actor, claims["kind"], claims["about"])

    def is_link(self, token: str) -> bool:
        """Whether a link is one of ours and has not ended; whose it is, is not asked."""
        return self._claims(token) is not None

    @cached_property
    def _signer(self) -> Signer:
        return Signer.of(self.road.connections.keyring, "file", "file link", LINK_LASTS)

    def _claims(self, token: str) -> dict[str, str] | None:
        return self._signer.read(token, self.road.clock(), "sub", "kind", "about")

    async def _answer(self, answered: Answered, kind: str, locale: str) -> DataFile:
        return await asyncio.to_thread(_maker(answered, kind, locale))

    async def _listed(self, actor: Actor, about: str) -> DataFile:
        name, usage = _list_of(about), UsageDesk(self.road)
        table = await (usage.table(actor, *name) if name else usage.my_table(actor))
        content = await asyncio.to_thread(_csv, table)
        return DataFile(f"usage-{name[0]}-{name[1]}.csv" if name else "my-usage.csv", CSV, content)

    async def _may_list(self, actor: Actor, about: str) -> None:
        usage = UsageDesk(self.road)
        await (usage.limits(actor) if _list_of(about) else usage.windows(actor))


def list_name(listing: Listing | None, span: Span) -> str:
    """What a list of use is called to `FileDesk`; empty for one's own days."""
    return f"{listing}:{span}" if listing else ""


def _list_of(about: str) -> tuple[Listing, Span] | None:
    if not about:
        return None
    what, _, within = about.partition(":")
    listing = next((one for one in get_args(Listing) if one == what), None)
    span = next((one for one in get_args(Span) if one == within), None)
    if listing is None or span is None:
        raise NoAnswer("answer.no_table")
    return listing, span


def _maker(answered: Answered, kind: str, locale: str) -> Callable[[], DataFile]:
    """How the file of an answer is made; what it needs is looked at now."""
    table, question = answered.table, answered.question.text
    if kind == "csv":
        return lambda: DataFile(file_name(question, "csv"), CSV, _csv(table))
    if kind != "excel":
        raise NoAnswer("answer.no_table")
    facts = next((part for part in answered.reply.parts if isinstance(part, Facts)), Facts(()))
    make = partial(workbook, table, answered.sql.text, facts, locale, question=question)
    return lambda: DataFile(file_name(question, "xlsx"), EXCEL, make())


def _csv(table: Table) -> bytes:
    return b"".join(csv_chunks(table))
