"""The files of a reply: drawn and written aside, uploaded into its thread.

Slack takes a file in three steps: it names a place for the bytes, they go there, and the file is shared. Only the last
is seen by anybody, and only it must not be done twice.
"""

import asyncio
import logging

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.calls import SECONDS_A_FILE, Calls, NotReached, Refused, Unclear
from adapters.slack.marks import OwnMessages
from adapters.slack.render import Attachment
from adapters.slack.spot import Spot
from core.chat import Chart, Reply, Table
from core.export.csv_file import csv_chunks
from core.export.picture import png

_PAUSE = 0.5
"""Seconds before a file that may have been shared is looked for: Slack shares it a little later than it says."""
_OK = 200

log = logging.getLogger(__name__)


async def upload(
    client: AsyncWebClient,
    calls: Calls,
    spot: Spot,
    reply: Reply,
    attachments: tuple[Attachment, ...],
    *,
    own: OwnMessages,
) -> tuple[str, ...]:
    """Upload the files; the names of those that did not arrive for sure."""
    failed: list[str] = []
    for attachment in attachments:
        try:
            content = await asyncio.to_thread(_content, attachment, reply)
            await put(client, calls, spot, name=attachment.name, title=attachment.title, content=content, own=own)
        except (Refused, Unclear, NotReached, ValueError) as error:  # ValueError: a chart that cannot be drawn
            log.warning("a file was not uploaded: %s", type(error).__name__ if isinstance(error, ValueError) else error)
            failed.append(attachment.name)
    return tuple(failed)


async def put(
    client: AsyncWebClient,
    calls: Calls,
    spot: Spot,
    *,
    name: str,
    title: str,
    content: bytes,
    own: OwnMessages | None = None,
) -> None:
    """Upload one file into a thread. Raises `Refused`, `Unclear`, `NotReached`.

    With `own` a file whose sharing is unclear is looked for, and shared again when it is not there.
    """
    place = await calls.read(client.files_getUploadURLExternal, filename=name, length=len(content))
    file_id = str(place["file_id"])
    await _send(client, str(place["upload_url"]), content)
    for last in (own is None, True):
        try:
            await calls.share(
                client.files_completeUploadExternal,
                spot.channel,
                thread_ts=spot.thread or None,
                files=[{"id": file_id, "title": title}],
            )
        except Unclear:
            await asyncio.sleep(_PAUSE)
            if own is not None and await _is_shared(own, spot, file_id):
                return
            if last:
                raise
        else:
            return


async def _send(client: AsyncWebClient, url: str, content: bytes) -> None:
    """The bytes, to the place that Slack named. No token goes there."""
    assert client.session is not None, "the client was made by `web_client`"
    for last in (False, True):
        try:
            async with client.session.post(
                url,
                data=content,
                proxy=client.proxy,
                timeout=aiohttp.ClientTimeout(total=SECONDS_A_FILE),
            ) as answer:
                if answer.status == _OK:
                    return
                reason = f"HTTP {answer.status}"
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            reason = type(error).__name__
        if last:
            raise Refused(reason)


async def _is_shared(own: OwnMessages, spot: Spot, file_id: str) -> bool:
    async for message in own.after(spot):
        if any(file.get("id") == file_id for file in message.get("files", ())):
            return True
    return False


def _content(attachment: Attachment, reply: Reply) -> bytes:
    part = reply.parts[attachment.part]
    if isinstance(part, Table):
        return b"".join(csv_chunks(part))
    assert isinstance(part, Chart), "only tables and charts become files"
    return png(part, reply.locale)
