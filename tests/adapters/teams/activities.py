"""Activities as Teams sends them: messages, mentions, what buttons and dialogs send, who was added."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.adapters.teams.people import ADA, BOT, CHANNEL, PERSONAL, TEAM, TENANT, Json, Member, base, kind_of

_numbers = count(1_790_000_000_000)
"""The ids of messages are milliseconds, as text."""


def new_id() -> str:
    """The id of a message, later than all others."""
    return str(next(_numbers))


def activity(
    service_url: str, kind: str, *, by: Member = ADA, conversation: str = PERSONAL, thread: str | None = None,
    **fields: Any,
) -> Json:  # fmt: skip
    """Anything that Teams sends. `thread`: the id of the first message of a channel's thread. A field that is None is
    not there.
    """
    scope = kind_of(conversation)
    if scope == "channel" and thread is not None:
        conversation = f"{base(conversation)};messageid={thread}"
    tenant = {"tenant": {"id": TENANT}}
    of_channel = {"channel": {"id": base(conversation)}, "team": {"id": TEAM}} if scope == "channel" else {}
    sent: Json = {
        "type": kind,
        "id": new_id(),
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "localTimestamp": datetime.now(UTC).isoformat(),
        "localTimezone": "Asia/Seoul",
        "locale": "en-US",
        "serviceUrl": service_url,
        "channelId": "msteams",
        "from": {"id": by.id, "name": by.name, "aadObjectId": by.aad},
        "recipient": {"id": BOT, "name": "Colloquery"},
        "conversation": {
            "id": conversation,
            "conversationType": scope,
            "tenantId": TENANT,
            **({} if scope == "personal" else {"isGroup": True}),
        },
        "channelData": {**of_channel, **tenant},
        **fields,
    }
    return {name: value for name, value in sent.items() if value is not None}


def message(service_url: str, text: str, **fields: Any) -> Json:
    """Somebody writes in their personal chat, or elsewhere by `conversation`."""
    return activity(service_url, "message", **{"text": text, "textFormat": "plain", "attachments": [], **fields})


def mention(service_url: str, text: str, *, conversation: str = CHANNEL, **fields: Any) -> Json:
    """Somebody mentions the bot. In a channel without `thread` it begins a thread of its own."""
    sent = message(service_url, f"<at>Colloquery</at> {text}", conversation=conversation, **fields)
    if kind_of(conversation) == "channel" and ";" not in sent["conversation"]["id"]:
        sent["conversation"]["id"] += f";messageid={sent['id']}"
    mentioned = {"id": BOT, "name": "Colloquery"}
    sent["entities"] = [
        {"type": "mention", "mentioned": mentioned, "text": "<at>Colloquery</at>"},
        {"type": "clientInfo", "locale": "en-US", "country": "US", "platform": "Web", "timezone": "Asia/Seoul"},
    ]
    return sent


def submit(service_url: str, value: Json, *, reply_to: str | None = None, **fields: Any) -> Json:
    """Somebody presses a button of a card: a message with a value and without a text."""
    return activity(service_url, "message", **{"value": value, "replyToId": reply_to, **fields})


def invoke(service_url: str, name: str, value: Json, *, reply_to: str | None = None, **fields: Any) -> Json:
    """What Teams asks and shows the answer of: task/fetch, task/submit, message/submitAction, fileConsent/invoke."""
    return activity(service_url, "invoke", **{"name": name, "value": value, "replyToId": reply_to, **fields})


def conversation_update(
    service_url: str, *, added: tuple[str, ...] = (), removed: tuple[str, ...] = (), event: str | None = None,
    **fields: Any,
) -> Json:  # fmt: skip
    """People or the bot itself (`people.BOT`) were added to a conversation or left it."""
    sent = activity(service_url, "conversationUpdate", **fields)
    if added:
        sent["membersAdded"] = [{"id": one} for one in added]
    if removed:
        sent["membersRemoved"] = [{"id": one} for one in removed]
    if event is not None:
        sent["channelData"]["eventType"] = event
    return sent
