"""From what Teams sends to what was said: pure, so that recorded activities can test it.

A message is ours when it mentions us, is written in a personal chat, or stands in a thread that we already answer in.
We are whoever the activity is addressed to: its `recipient`.
"""

import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from adapters.chat.text import Json
from adapters.chat.words import command
from adapters.teams.activity import (
    BOT,
    ConversationType,
    conversation,
    conversation_type,
    entities,
    locale_of,
    name_of,
    ourselves,
    part,
    service_url,
    tenant_of,
    timezone_of,
    user_of,
)

_CHANGES = frozenset({"editMessage", "undeleteMessage", "softDeleteMessage"})
"""What happens to a message that was heard before."""

_AT = re.compile(r"<at\b[^<>]*>(.*?)</at>", re.DOTALL | re.IGNORECASE)
_QUOTED = re.compile(r"<quoted\b[^<>]*/?>(?:</quoted>)?", re.IGNORECASE)
"""Stands where somebody answers to a message; what that one says comes apart from the text."""
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SOMEBODY = "00000000-0000-0000-0000-000000000000"
"""Stands for an account while it is not known, to see what a text with one would mean."""
_OURS = "\x00"
"""Stands where we are mentioned. Nobody types it, and none is left of what came in."""
_NO_IDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Said:
    """Something somebody said to us, or may have."""

    user: str
    """Their id in Microsoft Entra, in lower case; `account` for who has none, such as a guest of a meeting."""
    account: str
    """Who they are to this bot: "29:…"."""
    channel: str
    """The conversation's id, without the thread."""
    thread: str
    """The id of the first message of a thread of a channel; empty elsewhere."""
    message: str
    """Its id: unique within the conversation."""
    text: str
    """Without the mention of us, other mentions as "@Name", entities opened."""
    kind: Literal["direct", "mention", "thread"]
    """`thread`: addressed to nobody; ours only in a thread where we already answer."""
    tenant: str
    service_url: str
    conversation_type: ConversationType
    locale: str
    timezone: str
    name: str
    unknown: tuple[str, ...] = ()
    """Accounts that a command names and whose ids in Entra the activity does not tell: `said` wants them as `ids`."""


def said(activity: Json, app_id: str, home_tenants: Collection[str], ids: Mapping[str, str] = _NO_IDS) -> Said | None:
    """What an activity says; None when it is not for us to hear.

    `home_tenants`: who may write to us; empty, everybody, which is for a client on this machine alone. `ids`: the ids
    in Entra of accounts that were `unknown`.
    """
    sender = part(activity, "from")
    account, message, scope = str(sender.get("id") or ""), str(activity.get("id") or ""), conversation_type(activity)
    channel, thread = conversation(activity)
    tenant = tenant_of(activity)
    if activity.get("type") != "message" or activity.get("value") is not None:
        return None
    if part(activity, "channelData").get("eventType") in _CHANGES or not (account and message and channel):
        return None
    if _is_bot(sender, activity) or (home_tenants and tenant not in {one.lower() for one in home_tenants}):
        return None
    mentions = _mentions(activity)
    us = ourselves(activity, app_id)
    raw = _raw(activity)
    names = [one.name for one in mentions]
    text, is_ours, for_others = _opened(raw, mentions, us, names)
    typed = [ids.get(one.account) or one.user or _SOMEBODY for one in mentions]
    as_command = _opened(raw, mentions, us, typed)[0]
    unknown: tuple[str, ...] = ()
    if mentions and _is_of_usage(as_command):
        text = as_command
        unknown = tuple(
            one.account
            for one, known in zip(mentions, typed, strict=True)
            if known == _SOMEBODY and one.account not in us
        )
    kind: Literal["direct", "mention", "thread"]
    kind = "direct" if scope == "personal" else "mention" if is_ours else "thread"
    if kind == "thread" and (not text or for_others):
        return None
    return Said(
        user_of(activity),
        account,
        channel,
        thread,
        message,
        text,
        kind,
        tenant,
        service_url(activity),
        scope,
        locale_of(activity),
        timezone_of(activity),
        name_of(activity),
        unknown,
    )


@dataclass(frozen=True, slots=True)
class _Mention:
    account: str
    user: str
    name: str
    text: str


def _mentions(activity: Json) -> list[_Mention]:
    """In the order in which they stand in the text."""
    found = []
    for entity in entities(activity):
        if entity.get("type") == "mention":
            whom = part(entity, "mentioned")
            user = str(whom.get("aadObjectId") or "").lower()
            name = str(whom.get("name") or "")
            shown = str(entity.get("text") or f"<at>{name}</at>")
            name = name or _AT.sub(r"\1", shown)
            found.append(_Mention(str(whom.get("id") or ""), user if _UUID.fullmatch(user) else "", name, shown))
    return found


def _opened(raw: str, mentions: list[_Mention], us: frozenset[str], shown: list[str]) -> tuple[str, bool, bool]:
    """The text with mentions shown as they are told, ours left out; whether we are mentioned; whether it begins with
    somebody else.
    """
    left = list(zip(mentions, shown, strict=True))
    is_ours = False

    def opened(tag: re.Match[str]) -> str:
        nonlocal is_ours
        found = next((one for one in left if _inner(one[0].text) == _inner(tag[0])), None)
        if found is None:
            return f"@{tag[1]}"
        left.remove(found)
        is_ours = is_ours or found[0].account in us
        return _OURS if found[0].account in us else f"@{found[1]}"

    begins = _AT.match(raw)
    text = _AT.sub(opened, raw)
    for mention, _ in left:
        # Some clients write a mention without its tag: exactly that text goes.
        if mention.account in us and mention.text in text:
            text, is_ours = text.replace(mention.text, _OURS, 1), True
    for_others = begins is not None and not text.startswith(_OURS)
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text).replace("\xa0", " ").replace("\r\n", "\n")
    # A greeting at the start, then whatever stands about a mention further on. 님 is Korean for Mr. and Ms.
    text = re.sub(rf"^(?:\s*{_OURS}(?:님(?=[\s,:]|$))?[,:]?)+", "", text)
    text = re.sub(rf"[ \t]*{_OURS}[ \t]*", " ", text)
    return text.strip(), is_ours, for_others


def _raw(activity: Json) -> str:
    return _QUOTED.sub("", str(activity.get("text") or "").replace(_OURS, "")).strip()


def _inner(tag: str) -> str:
    return " ".join(html.unescape(_AT.sub(r"\1", tag)).split())


def _is_of_usage(text: str) -> bool:
    word = command(text)
    return word is not None and word[0] == "usage"


def _is_bot(sender: Json, activity: Json) -> bool:
    account = str(sender.get("id") or "")
    ours = part(activity, "recipient").get("id")
    return account.startswith(BOT) or sender.get("role") == "bot" or account == ours
