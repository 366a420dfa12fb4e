"""From what Slack sends to what was said: pure, so that recorded payloads can test it.

A message is ours when it mentions us, is a direct message, or stands in a thread that we already answer in. The same
text may come twice, as `message` and as `app_mention`: both give the same `Said`, so that it is one question.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Payload = Mapping[str, Any]

_HEARD_SUBTYPES = frozenset({None, "file_share", "thread_broadcast"})
"""Other subtypes are edits, deletions, joins and what bots say."""

_LINK = re.compile(r"<(?P<kind>[@#!]?)(?P<target>[^<>|\s]+)(?:\|(?P<label>[^<>]*))?>")
_FOR_OTHERS = re.compile(r"\s*<(?:@|!(?:here|channel|everyone|subteam))")
"""A message in a thread that begins like this is addressed to somebody else."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something somebody said to us, or may have."""

    user: str
    channel: str
    message: str
    """Its ts: unique within the channel."""
    thread: str
    """The ts of the thread's first message; its own when it begins one."""
    text: str
    """Without the mention, entities opened, links as people read them."""
    kind: Literal["direct", "mention", "thread"]
    """`thread`: in a thread, and addressed to nobody; ours only when we already answer there."""
    ext_shared: bool = False
    """The event says that the channel is shared with another organisation."""


def said(body: Payload, bot_user: str) -> Said | None:
    """What a `message` or `app_mention` event says; None when it is not for us to hear."""
    event = body.get("event") or {}
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not user or not channel or not ts or user == bot_user:
        return None
    if event.get("bot_id") or event.get("bot_profile") or event.get("subtype") not in _HEARD_SUBTYPES:
        return None
    raw = str(event.get("text") or "")
    text = plain_text(raw, bot_user)
    thread = str(event.get("thread_ts") or ts)
    kind = _kind(event, raw, bot_user, in_thread=thread != ts)
    if kind is None or (kind == "thread" and not text):
        return None
    return Said(str(user), str(channel), str(ts), thread, text, kind, bool(body.get("is_ext_shared_channel")))


def words_on(body: Payload) -> str:
    """The words of ours beside what was pressed or sent: on the buttons of its message, or of its form."""
    view, message = body.get("view") or {}, body.get("message") or {}
    blocks = [*(view.get("blocks") or ()), *(message.get("blocks") or ())]
    inside = [one for block in blocks for one in (*(block.get("elements") or ()), block.get("accessory") or {})]
    buttons = [one.get("text") for one in inside if one.get("type") == "button"]
    told = [*(view.get(name) for name in ("title", "submit", "close")), *buttons]
    return " ".join(str(one["text"]) for one in told if isinstance(one, Mapping) and "text" in one)


def plain_text(raw: str, bot_user: str) -> str:
    """Slack's text as it was typed: our own mention left out, links by their label, &lt; as <."""

    def opened(link: re.Match[str]) -> str:
        target, label = link["target"], link["label"]
        if link["kind"] == "@":
            return f"@{label or target}"
        if link["kind"] == "#":
            return f"#{label or target}"
        if link["kind"] == "!":
            return label or f"@{target.split('^')[0]}"
        return label or target.removeprefix("mailto:")

    own = rf"<@{re.escape(bot_user)}(?:\|[^<>]*)?>"
    # A greeting at the start, then whatever stands about a mention further on. 님 is Korean for Mr. and Ms.
    raw = re.sub(rf"^(?:\s*{own}(?:님(?=[\s,:]|$))?[,:]?)+", "", raw)
    raw = re.sub(rf"[ \t]*{own}[ \t]*", " ", raw)
    text = _LINK.sub(opened, raw)
    # Slack escapes these three and nothing else; the ampersand last, or &amp;lt; would be opened twice.
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _kind(event: Payload, raw: str, bot_user: str, *, in_thread: bool) -> Literal["direct", "mention", "thread"] | None:
    if event.get("channel_type") == "im" or str(event.get("channel")).startswith("D"):
        return "direct"
    if event.get("type") == "app_mention" or re.search(rf"<@{re.escape(bot_user)}[|>]", raw):
        return "mention"
    return "thread" if in_thread and not _FOR_OTHERS.match(raw) else None
