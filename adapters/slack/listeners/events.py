"""Messages: in a channel with a mention, in a thread that we already answer in, in a direct message."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat.words import command
from adapters.slack.door import Door
from adapters.slack.inbound import said
from adapters.slack.listeners.commands import obey


def register(app: AsyncApp, door: Door) -> None:
    """Listen to messages, mentions, and the Stop that Slack shows beside a stream."""

    async def heard(body: dict[str, Any]) -> None:
        await hear(door, body)

    async def stopped(event: dict[str, Any]) -> None:
        for ts in event.get("streaming_message_ts") or ():
            await door.stop_stream(str(ts), str(event.get("user") or ""))

    app.event("message")(heard)
    app.event("app_mention")(heard)
    app.event("agent_session_stopped")(stopped)


async def hear(door: Door, body: dict[str, Any]) -> None:
    """A message. Slack is answered after this returns: by then a question is stored, or its refusal said."""
    heard = said(body, door.home.bot_user)
    if heard is None or (heard.kind == "thread" and not await door.answers_in(heard)):
        return
    word = command(heard.text)
    if word is not None and not (word[0] == "ask" and word[1]):
        actor, place = await door.whereabouts(heard)
        await obey(door, word[0], actor, place, word[1])
        return
    await door.hear(heard, text=word[1] if word else heard.text)
