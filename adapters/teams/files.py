"""Files somebody asked for: to them alone.

In a personal chat Teams asks them whether it may be put into their OneDrive, and names a place for it when they agree.
Elsewhere a bot has nowhere to put a file: there it is a link to our own page, which lets the one person in that it is
for. The file itself is made when it is fetched, with the rights of whoever fetches it.
"""

import asyncio
import logging
from typing import Literal

from adapters.chat.text import Json, cut
from adapters.teams import cards
from adapters.teams.activity import conversation_type, part
from adapters.teams.calls import Connector, NotReached, Refused, Unclear
from adapters.teams.door import Door
from adapters.teams.hosts import takes_files
from adapters.teams.refusals import is_elsewhere
from adapters.teams.render import Attachment, page
from adapters.teams.spot import Spot
from core.ask.file_desk import CSV, DataFile, FileKind, list_name
from core.chat import Actor, Place, Reply, Table
from core.errors import ColloqueryError
from core.export.csv_file import csv_chunks
from core.figures import Listing, Span
from core.locale import error_words, say

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"

_NAME = 200
"""Characters of a file's name as Teams tells it back."""

log = logging.getLogger(__name__)


async def send(door: Door, actor: Actor, place: Place, kind: FileKind, about: str) -> None:
    """Give somebody a file. Raises `ColloqueryError` for one that is not there or not theirs.

    `about`: of an answer the question's id, of a list of use `core.ask.file_desk.list_name`.
    """
    desk, locale = door.service.files, actor.locale
    if place.readers == "alone":
        found = await desk.preview(actor, kind, about)
        await _offer(door.connector, await door.addresses.at(place), found, _named(kind, about), locale)
        return
    url = await desk.link(actor, kind, about)
    if url:
        text = say(locale, "teams.files.link")
        follow = cards.link(say(locale, "teams.files.download"), url)
        await door.show_privately(actor, place, page(text, cards.paragraphs(text, locale), [follow], locale=locale))
        return
    found = await desk.preview(actor, kind, about)
    try:
        await _offer(door.connector, await door.addresses.direct(actor), found, _named(kind, about), locale)
    except Refused as refused:
        if not is_elsewhere(refused):
            raise
        log.info("no personal chat with somebody: %s", refused.code)
        await door.tell_privately(actor, place, say(locale, "teams.files.no_way"))
    else:
        await door.tell_privately(actor, place, say(locale, "teams.files.in_chat", name=found.name))


async def send_listing(door: Door, actor: Actor, place: Place, listing: Listing | Literal[""], span: Span) -> None:
    """Give somebody a list of use; without a listing their own days."""
    await send(door, actor, place, "usage", list_name(listing or None, span))


async def consented(door: Door, activity: Json) -> None:
    """Somebody agreed that a file is put into their OneDrive, or did not."""
    value = part(activity, "value")
    context, upload = part(value, "context"), part(value, "uploadInfo")
    actor, place = await door.actor_of(activity), await door.place_of(activity)
    if conversation_type(activity) != "personal":
        return
    asked = str(activity.get("replyToId") or "")
    if value.get("action") != "accept":
        await door.tell_privately(actor, place, say(actor.locale, "teams.files.declined"))
    else:
        try:
            made = await door.service.files.take(actor, str(context.get("kind")), str(context.get("v")))
        except ColloqueryError as error:
            await door.tell_privately(actor, place, *error_words(actor.locale, error))
            return
        if not await _put(door, actor, place, made, upload):
            return
    if asked:
        await door.connector.delete(await door.addresses.at(place), asked)


async def offer_of_answer(connector: Connector, spot: Spot, reply: Reply, attachment: Attachment) -> None:
    """Offer the table of an answer that was just given in a personal chat. Raises as `Connector` does.

    What answers no question cannot be made again, and is not offered: a list of use has its own word for that.
    """
    table = reply.parts[attachment.part]
    if reply.question_id and isinstance(table, Table):
        content = await asyncio.to_thread(lambda: b"".join(csv_chunks(table)))
        found = DataFile(attachment.name, CSV, content)
        await _offer(connector, spot, found, _named("csv", reply.question_id), reply.locale)


def _named(kind: FileKind, about: str) -> Json:
    """What Teams sends back with the answer: it names the file, and holds nothing of it."""
    return {"kind": kind, "v": about}


async def _offer(connector: Connector, spot: Spot, found: DataFile, context: Json, locale: str) -> None:
    """Ask whether a file may be put into somebody's OneDrive."""
    content = {
        "description": say(locale, "teams.files.offer"),
        "sizeInBytes": len(found.content),
        "acceptContext": context,
        "declineContext": context,
    }
    card = {"contentType": CONSENT, "name": found.name, "content": content}
    await connector.send(spot, {"type": "message", "attachments": [card]})


async def _put(door: Door, actor: Actor, place: Place, made: DataFile, upload: Json) -> bool:
    """Put a file where Teams said it may go, and show it there; false when it is not there for sure, which is said."""
    url, name = str(upload.get("contentUrl")), cut(str(upload.get("name") or made.name), _NAME)
    try:
        await door.connector.put_file(str(upload.get("uploadUrl")), made.content)
    except (Refused, Unclear, NotReached) as error:
        log.warning("a file was not uploaded: %s", error)
        await door.tell_privately(actor, place, say(actor.locale, "chat.file_failed", name=name))
        return False
    if not takes_files(url, no_auth=door.settings.no_auth):
        await door.tell_privately(actor, place, say(actor.locale, "teams.files.arrived", name=name))
        return True
    content = {"uniqueId": str(upload.get("uniqueId")), "fileType": str(upload.get("fileType"))}
    card = {"contentType": INFO, "name": name, "contentUrl": url, "content": content}
    await door.connector.send(await door.addresses.at(place), {"type": "message", "attachments": [card]})
    return True
