"""What has become of the questions: what stands in Slack, and what the store has of it."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.storage.models import ChatMessage, QueryAnalytics, User
from core.storage.own_tables import InboxItem, OutboxItem, TokenReservation
from core.storage.session import Store
from core.usage.recount import parted
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import windows
from tests.adapters.slack.server import LocalSlack
from tests.adapters.slack.whole import Json
from tests.chaos.questions import CHANNELS, DIRECTLY, Asked, tokens

REPLY, PROGRESS = "cq_reply_", "cq_progress_"


@dataclass(frozen=True)
class Standing:
    """Our messages in Slack at the end."""

    replies: Mapping[str, Sequence[Json]]
    """By the question's id."""
    progress: Sequence[Json]
    """Messages that say that an answer is being made."""
    notes: Mapping[tuple[str, str], Sequence[str]]
    """Whatever else we said, by channel and thread: that a question could not be taken."""

    def says(self, asked: Asked, words: str) -> bool:
        """Whether the reply to a question holds these words."""
        return any(words in json.dumps(one) for one in self.replies.get(asked.id, ()))


async def standing(slack: LocalSlack) -> Standing:
    """Read all that we said."""
    replies: dict[str, list[Json]] = defaultdict(list)
    progress: list[Json] = []
    notes: dict[tuple[str, str], list[str]] = defaultdict(list)
    for channel in (*CHANNELS, *DIRECTLY.values()):
        for message in await slack.messages(channel, ours=True):
            marks = [str(block.get("block_id", "")) for block in message.get("blocks") or ()]
            if (mark := next((one for one in marks if one.startswith(REPLY)), "")) != "":
                replies[mark.removeprefix(REPLY)].append(message)
            elif any(one.startswith(PROGRESS) for one in marks):
                progress.append(message)
            else:
                notes[channel, str(message.get("thread_ts", ""))].append(str(message["text"]))
    return Standing(replies, progress, notes)


def wrongs_in_slack(asked: Sequence[Asked], found: Standing) -> list[str]:
    """Every question has one answer or one apology: what is not so.

    Of one that could not be stored, whoever asked it is told, and nobody remembers that. So one that came several times
    may be told of as often, and be answered, too.
    """
    counted = [(one.number, len(found.replies.get(one.id, ()))) for one in asked]
    wrong = [f"{count} replies to {number}" for number, count in counted if count > 1]
    wrong += [f"a reply to nobody: {one}" for one in found.replies.keys() - {one.id for one in asked}]
    threads: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for one in asked:
        threads[one.channel, one.thread].append(one)
    for place, several in threads.items():
        begun = several[0].id in found.replies
        # Where the first question could not be taken, nobody listens to what is said to nobody after it.
        without = [one for one in several[: None if begun else 1] if one.id not in found.replies]
        most = len(without) + sum(one.deliveries - 1 for one in several)
        if not len(without) <= len(found.notes[place]) <= most:
            wrong.append(f"{[one.number for one in without]} have no reply, and are told of: {found.notes[place]}")
    for one in asked:
        words = {other.said for other in asked if other.said and found.says(one, other.said)}
        if words - {one.said}:
            wrong.append(f"the reply to {one.number} says {words}")
    return wrong + [f"still at work on {one['ts']} in {one['channel']}" for one in found.progress]


async def unfinished(store: Store) -> list[str]:
    """What is in flight in the store."""
    async with store.reading() as session:
        open_items = select(InboxItem.state, InboxItem.id).where(InboxItem.state != "delivered")
        waiting = select(OutboxItem.state, OutboxItem.id).where(OutboxItem.state.in_(("waiting", "claimed")))
        reserved = select(TokenReservation.id)
        return [
            *(f"inbox: {state} {item}" for state, item in (await session.execute(open_items)).all()),
            *(f"outbox: {state} {item}" for state, item in (await session.execute(waiting)).all()),
            *(f"reserved: {one}" for one in await session.scalars(reserved)),
        ]


async def wrongs_in_store(store: Store, asked: Sequence[Asked], calls: Mapping[int, int]) -> list[str]:
    """Every question is kept once, with calls of the model that there were; every figure is the sum of these.

    `calls`: how many the model has answered, by the question's number. A process that is killed takes its own along.
    """
    by_text = {one.text: one for one in asked}
    async with store.reading() as session:
        rows = (await session.scalars(select(QueryAnalytics))).all()
        items = set(await session.scalars(select(InboxItem.id)))
        messages = select(ChatMessage.message_type, func.count()).group_by(ChatMessage.message_type)
        kept = {str(kind): int(count) for kind, count in (await session.execute(messages)).all()}
        people = list(await session.scalars(select(User.id)))
    wrong = [
        f"kept {times} times: {text}" for text, times in Counter(row.question for row in rows).items() if times > 1
    ]
    if kept != {"user": len(items), "assistant": len(items)} or len(rows) != len(items):
        wrong.append(f"{len(items)} questions, {kept} messages, {len(rows)} rows of analytics")
    for row in rows:
        one = by_text[row.question]
        times, rest = divmod(row.total_tokens or 0, tokens(one.number))
        if rest or times > calls.get(one.number, 0):
            wrong.append(f"{row.total_tokens} tokens of {one.number}, which has {tokens(one.number)} a call")
        if row.success and one.by == "model" and not row.total_tokens:
            wrong.append(f"{one.number} was answered by the model for nothing")
    wrong += [f"totals and rows differ: {one}" for one in await parted(store)]
    usage = TokenUsageService(store)
    for person in people:
        now = (await usage.check_rate_limit(person))["windows"]
        for window, span in zip(now, windows(usage.clock(), usage.zone), strict=True):
            used = sum(row.total_tokens or 0 for row in rows if row.user_id == person and row.timestamp >= span.start)
            if (window.used, window.reserved) != (used, 0):
                wrong.append(f"{person}: {window.used} used and {window.reserved} reserved, not {used}")
    return wrong
