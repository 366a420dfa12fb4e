"""The tables of the store, exactly as the specification lists them (alembic_version is Alembic's own).

What these cannot hold is in `core.storage.own_tables`. Ids are UUID text; times are UTC.
"""

from datetime import datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, false, true
from sqlalchemy.orm import Mapped, mapped_column

from core.ids import new_id
from core.storage.base import TABLE_OPTIONS, Base, JsonOrNull, JsonValue, LongText, Number, UtcDateTime, utc_now

_DEPRECATED = "deprecated, unused"


class User(Base):
    """A person. `token_usage` is their total; `preferences["token_usage"]` holds its parts."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    full_name: Mapped[str] = mapped_column(String(100))
    company: Mapped[str | None] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(20), default="viewer", server_default="viewer")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token_usage: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    preferences: Mapped[JsonValue | None] = mapped_column(JsonOrNull)


class RefreshToken(Base):
    """A sign-in that can be renewed; only the SHA-256 of the token is kept."""

    __tablename__ = "refresh_tokens"
    __table_args__ = (
        Index(None, "user_id"),
        Index(None, "expires_at"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    token_hash: Mapped[str] = mapped_column(String(255), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    is_revoked: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    device_info: Mapped[JsonValue | None] = mapped_column(JsonOrNull)


class ApiKey(Base):
    """A program's key; only its SHA-256 is kept, with a prefix to recognise it by."""

    __tablename__ = "api_keys"
    __table_args__ = (
        Index(None, "user_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    key_name: Mapped[str] = mapped_column(String(100))
    key_hash: Mapped[str] = mapped_column(String(255), unique=True)
    key_prefix: Mapped[str] = mapped_column(String(20))
    permissions: Mapped[JsonValue | None] = mapped_column(JsonOrNull)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used: Mapped[datetime | None] = mapped_column(UtcDateTime)
    usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ChatSession(Base):
    """A thread of conversation, wherever it takes place."""

    __tablename__ = "chat_sessions"
    __table_args__ = (
        Index(None, "user_id", "last_message_at"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    title: Mapped[str | None] = mapped_column(String(255))
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_message_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


class ChatMessage(Base):
    """One message of a thread: a question ("user") or its answer ("assistant")."""

    __tablename__ = "chat_messages"
    __table_args__ = (
        Index(None, "session_id", "sequence_number"),
        Index(None, "query_id"),
        Index(None, "timestamp"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(String(36), ForeignKey("chat_sessions.id"))
    message_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[str] = mapped_column(LongText)
    query_id: Mapped[str | None] = mapped_column(String(36))
    sql_query: Mapped[str | None] = mapped_column(LongText)
    query_result: Mapped[JsonValue | None] = mapped_column(JsonOrNull)
    execution_time: Mapped[float | None] = mapped_column(Number)
    error_message: Mapped[str | None] = mapped_column(LongText)
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    sequence_number: Mapped[int] = mapped_column(Integer)


class UserSession(Base):
    """A stretch of a person's activity."""

    __tablename__ = "user_sessions"
    __table_args__ = (
        Index(None, "user_id", "session_start"),
        Index(None, "session_end"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    session_start: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    session_end: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(LongText)
    queries_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())


class QueryAnalytics(Base):
    """One question answered or failed: tokens, cost, time, rows."""

    __tablename__ = "query_analytics"
    __table_args__ = (
        Index(None, "user_id", "timestamp", "total_tokens"),
        Index(None, "timestamp"),
        Index(None, "query_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    query_id: Mapped[str] = mapped_column(String(36))
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    question: Mapped[str] = mapped_column(LongText)
    sql_query: Mapped[str] = mapped_column(LongText)
    execution_time: Mapped[float] = mapped_column(Number)
    row_count: Mapped[int] = mapped_column(Integer)
    success: Mapped[bool] = mapped_column(Boolean)
    error_message: Mapped[str | None] = mapped_column(LongText)
    chart_type: Mapped[str | None] = mapped_column(String(50))
    prompt_tokens: Mapped[int | None] = mapped_column(Integer, default=0, server_default="0")
    completion_tokens: Mapped[int | None] = mapped_column(Integer, default=0, server_default="0")
    total_tokens: Mapped[int | None] = mapped_column(Integer, default=0, server_default="0")
    llm_model: Mapped[str | None] = mapped_column(String(100))
    llm_cost_estimate: Mapped[float | None] = mapped_column(Number, default=0.0, server_default="0.0")
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class QueryTemplate(Base):
    """A question with placeholders and its SQL; `user_id` NULL is public."""

    __tablename__ = "query_templates"
    __table_args__ = (
        Index(None, "user_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(LongText)
    question_template: Mapped[str] = mapped_column(LongText)
    sql_template: Mapped[str] = mapped_column(LongText)
    category: Mapped[str | None] = mapped_column(String(50))
    is_public: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    is_verified: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    usage_count: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DatabaseConnection(Base):
    """A database that can be asked; its password is encrypted before it gets here."""

    __tablename__ = "database_connections"
    __table_args__ = (
        Index(None, "user_id", "connection_name"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(String(36), ForeignKey("users.id"))
    connection_name: Mapped[str] = mapped_column(String(100))
    db_type: Mapped[str] = mapped_column(String(50), default="postgresql", server_default="postgresql")
    db_host: Mapped[str] = mapped_column(String(255))
    db_port: Mapped[int] = mapped_column(Integer)
    db_user: Mapped[str] = mapped_column(String(100))
    encrypted_db_password: Mapped[str | None] = mapped_column(String(512))
    db_name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DatabaseSchema(Base):
    """One reading of a connection's schema; the five deprecated columns stay unused."""

    __tablename__ = "database_schemas"
    __table_args__ = (
        Index(None, "connection_id", "is_active"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    connection_id: Mapped[str] = mapped_column(String(36), ForeignKey("database_connections.id"))
    schema_hash: Mapped[str] = mapped_column(String(64))
    raw_schema: Mapped[JsonValue] = mapped_column(JSON)
    generated_documentation: Mapped[str | None] = mapped_column(LongText)
    table_count: Mapped[int | None] = mapped_column(Integer)
    total_columns: Mapped[int | None] = mapped_column(Integer)
    last_updated: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    is_active: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    database_name: Mapped[str | None] = mapped_column(String(100), doc=_DEPRECATED)
    table_name: Mapped[str | None] = mapped_column(String(100), doc=_DEPRECATED)
    schema_info: Mapped[JsonValue | None] = mapped_column(JsonOrNull, doc=_DEPRECATED)
    row_count: Mapped[int | None] = mapped_column(Integer, doc=_DEPRECATED)
    table_size: Mapped[str | None] = mapped_column(String(50), doc=_DEPRECATED)


class AuditLog(Base):
    """An important action: who, what, from where, old and new values, whether it succeeded."""

    __tablename__ = "audit_logs"
    __table_args__ = (
        Index(None, "timestamp"),
        Index(None, "user_id", "timestamp"),
        Index(None, "resource_type", "resource_id"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    user_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(100))
    resource_type: Mapped[str] = mapped_column(String(50))
    resource_id: Mapped[str | None] = mapped_column(String(36))
    old_values: Mapped[JsonValue | None] = mapped_column(JsonOrNull)
    new_values: Mapped[JsonValue | None] = mapped_column(JsonOrNull)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(LongText)
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    success: Mapped[bool] = mapped_column(Boolean)
    error_message: Mapped[str | None] = mapped_column(LongText)


class Event(Base):
    """Something the system did or met."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "event_type", "timestamp"),
        Index(None, "timestamp"),
        Index(None, "user_id", "timestamp"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    event_type: Mapped[str] = mapped_column(String(50))
    user_id: Mapped[str | None] = mapped_column(String(36), ForeignKey("users.id"))
    event_data: Mapped[JsonValue | None] = mapped_column(JsonOrNull)
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    ip_address: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(LongText)
    session_id: Mapped[str | None] = mapped_column(String(36))


class PerformanceMetric(Base):
    """One measure."""

    __tablename__ = "performance_metrics"
    __table_args__ = (
        Index(None, "metric_name", "timestamp"),
        TABLE_OPTIONS,
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    metric_name: Mapped[str] = mapped_column(String(100))
    metric_value: Mapped[float] = mapped_column(Number)
    metric_unit: Mapped[str | None] = mapped_column(String(20))
    timestamp: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    additional_data: Mapped[JsonValue | None] = mapped_column(JsonOrNull)


class SystemConfig(Base):
    """A setting that changes while running; sensitive ones are encrypted and never shown."""

    __tablename__ = "system_config"

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    config_key: Mapped[str] = mapped_column(String(100), unique=True)
    config_value: Mapped[JsonValue] = mapped_column(JSON)
    description: Mapped[str | None] = mapped_column(LongText)
    is_sensitive: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_by: Mapped[str | None] = mapped_column(String(36))
