"""Tables of our own: what the specification's fifteen cannot hold. Each has a note in docs/decisions."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.ids import new_id
from core.storage.base import TABLE_OPTIONS, Base, JsonOrNull, JsonValue, LongText, UtcDateTime, utc_now


class UserIdentity(Base):
    """An account of a person on a platform. `id` is `core.ids.identity_id`."""

    __tablename__ = "user_identities"
    __table_args__ = (UniqueConstraint("platform", "workspace", "account"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    workspace: Mapped[str] = mapped_column(String(100))
    account: Mapped[str] = mapped_column(String(100))
    display_name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str | None] = mapped_column(String(255))
    locale: Mapped[str | None] = mapped_column(String(20))
    timezone: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class InboxItem(Base):
    """A question that was accepted and must be answered once. `id` is `core.ids.message_id`.

    state: accepted → claimed → answered (its reply is the chat_messages row `core.ids.reply_id`) → delivered.
    stop_asked: somebody wants it to end, and another process than theirs is at it.
    """

    __tablename__ = "inbox"
    __table_args__ = (Index(None, "state", "lease_until"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    session_id: Mapped[str] = mapped_column(String(36), ForeignKey("chat_sessions.id"), index=True)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    question: Mapped[JsonValue] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), default="accepted", server_default="accepted")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    claimed_by: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stop_asked: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class ConnectionGrant(Base):
    """Who may use a connection besides its owner, and whose default it is.

    subject_kind is user, place or everyone; subject_id the user's id, the place's session-independent key, or "*".
    sees_private: columns marked private are shown to the subject, too.
    """

    __tablename__ = "connection_grants"
    __table_args__ = (
        UniqueConstraint("connection_id", "subject_kind", "subject_id"),
        Index(None, "subject_kind", "subject_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(36), ForeignKey("database_connections.id"))
    subject_kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[str] = mapped_column(String(36))
    is_default: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    sees_private: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    granted_by: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class TokenReservation(Base):
    """Tokens set aside before a model call and settled after it; worthless once its lease has passed."""

    __tablename__ = "token_reservations"
    __table_args__ = (Index(None, "user_id", "lease_until"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    tokens: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)


class GlossaryTerm(Base):
    """A business word of a connection and what it means there: a column, a table or an SQL expression.

    `id` is `core.ids.term_id`; `words` is a list of other ways to say it.
    """

    __tablename__ = "glossary_terms"
    __table_args__ = (Index(None, "connection_id"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    connection_id: Mapped[str] = mapped_column(String(36), ForeignKey("database_connections.id"))
    term: Mapped[str] = mapped_column(String(200))
    means: Mapped[str] = mapped_column(LongText)
    words: Mapped[JsonValue] = mapped_column(JSON)
    changed_by: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class PrivateMark(Base):
    """Columns that an administrator called private, or not private. `id` is `core.ids.private_mark_id`.

    Both patterns are names in which * stands for any letters. Without a connection they hold for all of them.
    """

    __tablename__ = "private_marks"
    __table_args__ = (Index(None, "connection_id"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    connection_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("database_connections.id"))
    table_pattern: Mapped[str] = mapped_column(String(255))
    column_pattern: Mapped[str] = mapped_column(String(255))
    is_private: Mapped[bool] = mapped_column(Boolean)
    changed_by: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


_SEEN_SOON = {"autovacuum_vacuum_insert_scale_factor": 0, "autovacuum_vacuum_insert_threshold": 5000}
"""An index answers PostgreSQL alone only for pages that it has vacuumed: of a table that grows, not a fifth at once."""


class QuestionKind(Base):
    """What many questions have in common, once: `question_details` refers to it by a number, quick to group by.

    `id` is computed from the rest (`core.usage.details`). written_by: model, built_in, template, earlier or asker, or
    NULL when it did not come to a query; topic: the table that the query is mainly about; error: a code, or NULL.
    """

    __tablename__ = "question_kinds"
    __table_args__ = (TABLE_OPTIONS,)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    connection_id: Mapped[str | None] = mapped_column(String(36))
    connection_name: Mapped[str | None] = mapped_column(String(100))
    topic: Mapped[str | None] = mapped_column(String(255))
    llm_model: Mapped[str | None] = mapped_column(String(100))
    written_by: Mapped[str | None] = mapped_column(String(20))
    calls: Mapped[int] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(100))


class QuestionDetail(Base):
    """What is counted of an analytics row, narrow and in the order of time, so that a month is counted in a moment.

    `slot` is its time in quarter-hours since 1970, which every calendar's hours and days are made of, and `id` the
    analytics row's. question: a number that questions have in common whatever their case and spacing; NULL for a call
    that answers nobody. failed: 1 or 0. nanodollars: billionths of a US dollar.
    """

    __tablename__ = "question_details"
    __table_args__ = (
        # SQLite and MariaDB keep the table in the order of this key; PostgreSQL does not, and gets all in its index.
        PrimaryKeyConstraint(
            "slot", "id",
            postgresql_include=["user_id", "kind_id", "question", "failed", "total_tokens", "nanodollars"],
        ),
        Index(
            "ix_question_details_person",
            "user_id", "slot", "kind_id", "question", "failed", "milliseconds", "total_tokens", "nanodollars",
        ),
        TABLE_OPTIONS | {"sqlite_with_rowid": False, "postgresql_with": _SEEN_SOON},
    )  # fmt: skip

    slot: Mapped[int] = mapped_column(Integer, autoincrement=False)
    id: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[str] = mapped_column(String(36))
    kind_id: Mapped[int] = mapped_column(BigInteger)
    question: Mapped[int | None] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(Integer)
    milliseconds: Mapped[int] = mapped_column(Integer)
    total_tokens: Mapped[int] = mapped_column(Integer)
    nanodollars: Mapped[int] = mapped_column(BigInteger)


class TemplateDetail(Base):
    """What a template needs besides its row: its database, its placeholders, and whether it still fits the schema.

    checked_hash: the schema that it was last checked against; problem: the code of what was wrong then, or NULL.
    """

    __tablename__ = "template_details"
    __table_args__ = (TABLE_OPTIONS,)

    template_id: Mapped[str] = mapped_column(String(36), ForeignKey("query_templates.id"), primary_key=True)
    connection_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("database_connections.id"), index=True)
    dialect: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[JsonValue] = mapped_column(JSON)
    checked_hash: Mapped[str | None] = mapped_column(String(64))
    problem: Mapped[str | None] = mapped_column(String(100))


class OutboxItem(Base):
    """A message that answers nobody's question: an alert, word that a limit has started again.

    `id` is `core.ids.notice_id` of what it says, so that it is said once. state: waiting → claimed → sent, or dropped.
    user_id: whom it is for, when that is one person. lease_until: nobody takes it up before.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "state", "due_at"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    place: Mapped[JsonValue] = mapped_column(JSON)
    content: Mapped[JsonValue] = mapped_column(JSON)
    user_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConnectionOption(Base):
    """What a connection needs besides its row: whether it may be asked, how its line is secured, how it was found.

    tls is off, prefer, require or verify; tls_ca a certificate authority's certificates as PEM, else the system's.
    is_local: it was added at this machine itself, so it may lie on it. version, can_write, problem and checked_at are
    of the last time somebody or the schedule looked: problem is the code of why it did not answer, or NULL.
    """

    __tablename__ = "connection_options"
    __table_args__ = (TABLE_OPTIONS,)

    connection_id: Mapped[str] = mapped_column(String(36), ForeignKey("database_connections.id"), primary_key=True)
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    is_local: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    tls: Mapped[str] = mapped_column(String(10), default="prefer", server_default="prefer")
    tls_ca: Mapped[str | None] = mapped_column(LongText)
    version: Mapped[str | None] = mapped_column(String(255))
    can_write: Mapped[bool | None] = mapped_column(Boolean)
    problem: Mapped[str | None] = mapped_column(String(100))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """Wrong sign-ins of late, for one address, one account, or both: `id` is `core.ids.attempt_id` of what is counted.

    Nobody may try again before blocked_until. A row whose last_at lies further back than a throttle looks is worthless.
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (Index(None, "last_at"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyKey(Base):
    """An answer that a program may fetch again by repeating its request: `id` is `core.ids.idempotency_id`.

    request_hash tells the same request from another under the same key; status is NULL while the first is under way.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index(None, "created_at"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int | None] = mapped_column(Integer)
    body: Mapped[JsonValue | None] = mapped_column(JsonOrNull)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class AuditSeal(Base):
    """The chain over audit_logs: each seal is a keyed hash of the seal before it and of its row.

    `number` counts up from 1 without a gap. A row is sealed some seconds after it was written.
    """

    __tablename__ = "audit_seals"
    __table_args__ = (TABLE_OPTIONS,)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    audit_id: Mapped[str] = mapped_column(String(36), ForeignKey("audit_logs.id"), unique=True)
    key_id: Mapped[str] = mapped_column(String(32))
    seal: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Address(Base):
    """What a door must remember to find something of its platform again: how a conversation is reached, which message
    of ours holds an answer. `id` is `core.ids.address_id`; the value is the door's own.

    expires_at: nobody needs it any more; NULL for what is needed as long as it is there.
    """

    __tablename__ = "addresses"
    __table_args__ = (Index(None, "expires_at"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    platform: Mapped[str] = mapped_column(String(20))
    value: Mapped[JsonValue] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class JobRun(Base):
    """The last run of a recurring job, on whatever process it was, and when the next is due there.

    problem: the code of why it failed, NULL when it did not. mark: how far a job has come that goes through a table
    once. process: which one ran it, its machine and number, NULL before revision 5f9b27c1e8d3.
    """

    __tablename__ = "job_runs"
    __table_args__ = (TABLE_OPTIONS,)

    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    milliseconds: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column(BigInteger)
    problem: Mapped[str | None] = mapped_column(String(100))
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mark: Mapped[str | None] = mapped_column(String(100))
    process: Mapped[str | None] = mapped_column(String(100))


class Schedule(Base):
    """A question that is asked again and again. `question` is what is asked, as JSON of `core.chat.Question`.

    platform: of the place where it is posted. timing and condition: `core.ask.scheduling`. next_at: when it is asked
    next, NULL while it is paused; paused_why: the code of why, NULL where somebody paused it. last_at: the moment that
    the last run was due; missed_at: the last one that was let pass. fingerprint: a keyed hash of the rows of the last
    result. failures: runs in a row that gave no result.
    """

    __tablename__ = "schedules"
    __table_args__ = (Index(None, "next_at"), TABLE_OPTIONS)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"), index=True)
    platform: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    question: Mapped[JsonValue] = mapped_column(JSON)
    connection_id: Mapped[str] = mapped_column(String(36))
    timezone: Mapped[str] = mapped_column(String(64))
    timing: Mapped[JsonValue] = mapped_column(JSON)
    condition: Mapped[JsonValue] = mapped_column(JSON)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_why: Mapped[str | None] = mapped_column(String(100))
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_outcome: Mapped[str | None] = mapped_column(String(20))
    last_problem: Mapped[str | None] = mapped_column(String(100))
    missed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fingerprint: Mapped[str | None] = mapped_column(String(120))
    failures: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
