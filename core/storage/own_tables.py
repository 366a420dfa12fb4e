"""Tables of our own: what the specification's fifteen cannot hold. Each has a note in docs/decisions."""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from core.ids import new_id
from core.storage.base import TABLE_OPTIONS, Base, JsonValue, LongText, UtcDateTime, utc_now


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
