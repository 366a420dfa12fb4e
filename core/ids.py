"""Ids. The only place that builds them.

Where a row stands for something outside, its id is computed from what it stands for (uuid5), so that a redelivered
event, a second replica or a restart finds the same row instead of making another.
"""

from datetime import UTC, datetime
from uuid import UUID, uuid4, uuid5

from core.chat import Actor, Place, Question

_SPACE = UUID("6c1ab5f4-0b0e-5b8e-9d0c-7f4b3d0a52e1")


def _of(kind: str, *parts: str) -> str:
    # The parts are joined with their lengths, so that ("ab", "c") and ("a", "bc") are two things.
    return str(uuid5(_SPACE, kind + "".join(f"|{len(part)}:{part}" for part in parts)))


def new_id() -> str:
    """A fresh random id, 36 characters."""
    return str(uuid4())


def session_id(place: Place) -> str:
    """The chat_sessions row of a thread."""
    return _of("session", place.platform, place.workspace, place.channel, place.thread)


def place_id(place: Place) -> str:
    """A channel or conversation, whatever the thread: what a connection is given to."""
    return _of("place", place.platform, place.workspace, place.channel)


def message_id(question: Question) -> str:
    """The chat_messages row of a question, and its id in the inbox. The same message twice is the same id."""
    place = question.place
    return _of("message", place.platform, place.workspace, place.channel, question.message)


def reply_id(question_id: str) -> str:
    """The chat_messages row of the answer to a question."""
    return _of("reply", question_id)


def query_id(question_id: str) -> str:
    """The id under which chat_messages and query_analytics meet."""
    return _of("query", question_id)


def reservation_id(question_id: str) -> str:
    """The tokens set aside for a question."""
    return _of("reservation", question_id)


def identity_id(platform: str, workspace: str, account: str) -> str:
    """The user_identities row of an account."""
    return _of("identity", platform, workspace, account)


def account_of(actor: Actor) -> str:
    """The user_identities row of whoever speaks."""
    return identity_id(actor.platform, actor.workspace, actor.id)


def service_account_id(name: str) -> str:
    """The users row of a service of our own."""
    return _of("service", name)


def term_id(connection_id: str, term: str) -> str:
    """The glossary_terms row of a business word: one meaning for each word of a connection."""
    return _of("term", connection_id, term.casefold())


def private_mark_id(connection_id: str | None, table: str, column: str) -> str:
    """The private_marks row of a pattern; without a connection it is of all of them."""
    return _of("private", connection_id or "", table, column)


def example_id(connection_id: str, question: str) -> str:
    """The query_templates row of an answer that is an example: one for each question of a connection."""
    return _of("example", connection_id, question)


def attempt_id(kind: str, *parts: str) -> str:
    """The sign_in_attempts row of an address, of an account, or of one from the other."""
    return _of("attempt", kind, *parts)


def stretch_id(user_id: str, ip: str | None, half_hour: int) -> str:
    """The user_sessions row of a stretch of activity that begins in this half hour since 1970."""
    return _of("stretch", user_id, ip or "", str(half_hour))


def idempotency_id(user_id: str, key: str) -> str:
    """The idempotency_keys row of a person's request."""
    return _of("idempotency", user_id, key)


def address_id(platform: str, *name: str) -> str:
    """The addresses row of something that a door must find again."""
    return _of("address", platform, *name)


def metric_id(name: str, hour: str) -> str:
    """The performance_metrics row that stands for an hour's measures."""
    return _of("metric", name, hour)


def event_id(*parts: str) -> str:
    """The events row of something that happens once: a delivery, a window's reset."""
    return _of("event", *parts)


def run_message(schedule_id: str, due: datetime) -> str:
    """The message that a scheduled question is at a due moment: another process asks the same one, not another."""
    return f"schedule:{schedule_id}:{due.astimezone(UTC).isoformat()}"


def notice_id(*parts: str) -> str:
    """The outbox row of something that is said once: what it is, to whom, about which stretch of time."""
    return _of("notice", *parts)
