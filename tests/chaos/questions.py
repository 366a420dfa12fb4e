"""Who asks what, where: in channels, threads and direct messages; of the model, in SQL, of the built-in writer."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from adapters.slack.directory import PLATFORM
from core.chat import Actor, Place, Question
from core.ids import message_id
from tests.adapters.slack.server import ADA, BOB, BOT, DIRECT, TEAM, LocalSlack
from tests.adapters.slack.whole import Json, event

CAROL, DAN = "U0CAROL", "U0DAN"
PEOPLE = (ADA, BOB, CAROL, DAN)
FRUGAL = CAROL
"""Has no tokens: what she asks, the built-in writer answers."""

CHANNELS = tuple(f"C0CHAOS{number}" for number in range(16))
DIRECTLY = {ADA: DIRECT, **{user: f"D{user[1:]}" for user in PEOPLE[1:]}}

USERS: Sequence[Json] = [
    {"id": user, "name": user.lower(), "real_name": user, "email": f"{user.lower()}@example.com", "tz": "UTC"}
    for user in (CAROL, DAN)
]
PLACES: Sequence[Json] = [
    *({"id": one, "name": one.lower(), "is_channel": True, "members": [*PEOPLE, BOT]} for one in CHANNELS),
    *(
        {"id": DIRECTLY[user], "name": f"dm-{user}", "is_im": True, "is_private": True, "members": [user, BOT]}
        for user in PEOPLE[1:]
    ),
]

By = Literal["model", "asker", "built_in"]


@dataclass
class Asked:
    """A question that stands in the local Slack server, and the event that tells of it."""

    number: int
    user: str
    by: By
    """Who writes its SQL."""
    text: str
    channel: str
    thread: str
    event: Json
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    deliveries: int = 0
    """Those that a process may have heard of."""

    @property
    def id(self) -> str:
        """The question's id, as any process computes it."""
        place = Place(PLATFORM, TEAM, self.channel, self.thread)
        who = Actor(PLATFORM, TEAM, self.user, self.user)
        return message_id(Question(who, place, self.event["event"]["ts"], "", datetime.now(UTC)))

    @property
    def said(self) -> str:
        """What its answer alone says; nothing where the built-in writer has the words."""
        return "" if self.by == "built_in" else said(self.number)


def said(number: int) -> str:
    """A word for one question's answer."""
    return f"the-answer-to-{number}-."


def tokens(number: int) -> int:
    """What the model's server says that its call has cost."""
    return 100 + number


def sql(number: int) -> str:
    """A query for that answer."""
    return f"SELECT '{said(number)}' AS word, COUNT(*) AS customers FROM customers"


async def put(slack: LocalSlack, number: int, draw: random.Random, earlier: Mapping[int, Asked]) -> Asked:
    """The next question: drawn who asks, what and where; some in the thread of an earlier one, without a mention."""
    user = draw.choice(PEOPLE)
    by: By = "built_in" if user == FRUGAL else draw.choice(("model", "model", "model", "asker"))
    text = {
        "model": f"Which customers of number {number} remind you of summer?",
        "asker": sql(number),
        "built_in": f"How many customers have an id over {number}?",
    }[by]
    if number % 5 == 4:
        base = earlier[number - 3]
        # Only a thread that we answer in is listened to.
        await base.acknowledged.wait()
        thread = base.thread
        ts = await slack.say(base.channel, text, user=user, thread=thread)
        told = event(text, channel=base.channel, user=user, ts=ts, event_ts=ts, thread_ts=thread, text=text)
        told["event"]["type"] = "message"
        return Asked(number, user, by, text, base.channel, thread, told)
    if number % 5 == 3:
        channel = DIRECTLY[user]
        ts = await slack.say(channel, text, user=user)
        told = event(text, channel=channel, user=user, ts=ts, event_ts=ts, channel_type="im", text=text)
        told["event"]["type"] = "message"
        return Asked(number, user, by, text, channel, ts, told)
    channel = CHANNELS[number % len(CHANNELS)]
    ts = await slack.say(channel, f"<@{BOT}> {text}", user=user)
    return Asked(number, user, by, text, channel, ts, event(text, channel=channel, user=user, ts=ts, event_ts=ts))
