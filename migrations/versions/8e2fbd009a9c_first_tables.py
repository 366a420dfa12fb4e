"""The tables and columns of the specification, and nothing else."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "8e2fbd009a9c"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
NUMBER = sa.Float().with_variant(mysql.DOUBLE(asdecimal=False), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("full_name", sa.String(100), nullable=False),
        sa.Column("company", sa.String(100), nullable=True),
        sa.Column("role", sa.String(20), server_default="viewer", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("last_login", MOMENT, nullable=True),
        sa.Column("token_usage", sa.Integer(), server_default="0", nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        **OPTIONS,
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_refresh_tokens_user_id_users"), nullable=False
        ),
        sa.Column("token_hash", sa.String(255), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_revoked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("device_info", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_refresh_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_refresh_tokens_token_hash"),
        **OPTIONS,
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_api_keys_user_id_users"), nullable=False
        ),
        sa.Column("key_name", sa.String(100), nullable=False),
        sa.Column("key_hash", sa.String(255), nullable=False),
        sa.Column("key_prefix", sa.String(20), nullable=False),
        sa.Column("permissions", sa.JSON(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("last_used", MOMENT, nullable=True),
        sa.Column("usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_hash", name="uq_api_keys_key_hash"),
        **OPTIONS,
    )
    op.create_table(
        "chat_sessions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_chat_sessions_user_id_users"), nullable=False
        ),
        sa.Column("title", sa.String(255), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("last_message_at", MOMENT, nullable=True),
        sa.Column("message_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_sessions"),
        **OPTIONS,
    )
    op.create_table(
        "chat_messages",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "session_id",
            sa.String(36),
            sa.ForeignKey("chat_sessions.id", name="fk_chat_messages_session_id_chat_sessions"),
            nullable=False,
        ),
        sa.Column("message_type", sa.String(20), nullable=False),
        sa.Column("content", LONG_TEXT, nullable=False),
        sa.Column("query_id", sa.String(36), nullable=True),
        sa.Column("sql_query", LONG_TEXT, nullable=True),
        sa.Column("query_result", sa.JSON(), nullable=True),
        sa.Column("execution_time", NUMBER, nullable=True),
        sa.Column("error_message", LONG_TEXT, nullable=True),
        sa.Column("timestamp", MOMENT, nullable=False),
        sa.Column("sequence_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_messages"),
        **OPTIONS,
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_user_sessions_user_id_users"), nullable=False
        ),
        sa.Column("session_start", MOMENT, nullable=False),
        sa.Column("session_end", MOMENT, nullable=True),
        sa.Column("ip_address", sa.String(45), nullable=True),
        sa.Column("user_agent", LONG_TEXT, nullable=True),
        sa.Column("queries_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_user_sessions"),
        **OPTIONS,
    )
    op.create_table(
        "query_analytics",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("query_id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_query_analytics_user_id_users"), nullable=False
        ),
        sa.Column("question", LONG_TEXT, nullable=False),
        sa.Column("sql_query", LONG_TEXT, nullable=False),
        sa.Column("execution_time", NUMBER, nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("error_message", LONG_TEXT, nullable=True),
        sa.Column("chart_type", sa.String(50), nullable=True),
        sa.Column("prompt_tokens", sa.Integer(), server_default="0", nullable=True),
        sa.Column("completion_tokens", sa.Integer(), server_default="0", nullable=True),
        sa.Column("total_tokens", sa.Integer(), server_default="0", nullable=True),
        sa.Column("llm_model", sa.String(100), nullable=True),
        sa.Column("llm_cost_estimate", NUMBER, server_default="0.0", nullable=True),
        sa.Column("timestamp", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_query_analytics"),
        **OPTIONS,
    )
    op.create_table(
        "query_templates",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_query_templates_user_id_users"), nullable=True
        ),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("description", LONG_TEXT, nullable=True),
        sa.Column("question_template", LONG_TEXT, nullable=False),
        sa.Column("sql_template", LONG_TEXT, nullable=False),
        sa.Column("category", sa.String(50), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_verified", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("usage_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_query_templates"),
        **OPTIONS,
    )
    op.create_table(
        "database_connections",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id",
            sa.String(36),
            sa.ForeignKey("users.id", name="fk_database_connections_user_id_users"),
            nullable=False,
        ),
        sa.Column("connection_name", sa.String(100), nullable=False),
        sa.Column("db_type", sa.String(50), server_default="postgresql", nullable=False),
        sa.Column("db_host", sa.String(255), nullable=False),
        sa.Column("db_port", sa.Integer(), nullable=False),
        sa.Column("db_user", sa.String(100), nullable=False),
        sa.Column("encrypted_db_password", sa.String(512), nullable=True),
        sa.Column("db_name", sa.String(100), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_database_connections"),
        **OPTIONS,
    )
    op.create_table(
        "database_schemas",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "connection_id",
            sa.String(36),
            sa.ForeignKey("database_connections.id", name="fk_database_schemas_connection_id_database_connections"),
            nullable=False,
        ),
        sa.Column("schema_hash", sa.String(64), nullable=False),
        sa.Column("raw_schema", sa.JSON(), nullable=False),
        sa.Column("generated_documentation", LONG_TEXT, nullable=True),
        sa.Column("table_count", sa.Integer(), nullable=True),
        sa.Column("total_columns", sa.Integer(), nullable=True),
        sa.Column("last_updated", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("database_name", sa.String(100), nullable=True),
        sa.Column("table_name", sa.String(100), nullable=True),
        sa.Column("schema_info", sa.JSON(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("table_size", sa.String(50), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_database_schemas"),
        **OPTIONS,
    )
    op.create_table(
        "audit_logs",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_audit_logs_user_id_users"), nullable=True
        ),
        sa.Column("action", sa.String(100), nullable=False),
        sa.Column("resource_type", sa.String(50), nullable=False),
        sa.Column("resource_id", sa.String(36), nullable=True),
        sa.Column("old_values", sa.JSON(), nullable=True),
        sa.Column("new_values", sa.JSON(), nullable=True),
        sa.Column("ip_address", sa.String(45), nullable=True),
        sa.Column("user_agent", LONG_TEXT, nullable=True),
        sa.Column("timestamp", MOMENT, nullable=False),
        sa.Column("success", sa.Boolean(), nullable=False),
        sa.Column("error_message", LONG_TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_logs"),
        **OPTIONS,
    )
    op.create_table(
        "events",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("event_type", sa.String(50), nullable=False),
        sa.Column("user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_events_user_id_users"), nullable=True),
        sa.Column("event_data", sa.JSON(), nullable=True),
        sa.Column("timestamp", MOMENT, nullable=False),
        sa.Column("ip_address", sa.String(45), nullable=True),
        sa.Column("user_agent", LONG_TEXT, nullable=True),
        sa.Column("session_id", sa.String(36), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        **OPTIONS,
    )
    op.create_table(
        "performance_metrics",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("metric_name", sa.String(100), nullable=False),
        sa.Column("metric_value", NUMBER, nullable=False),
        sa.Column("metric_unit", sa.String(20), nullable=True),
        sa.Column("timestamp", MOMENT, nullable=False),
        sa.Column("additional_data", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_performance_metrics"),
        **OPTIONS,
    )
    op.create_table(
        "system_config",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("config_key", sa.String(100), nullable=False),
        sa.Column("config_value", sa.JSON(), nullable=False),
        sa.Column("description", LONG_TEXT, nullable=True),
        sa.Column("is_sensitive", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=True),
        sa.Column("updated_by", sa.String(36), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_system_config"),
        sa.UniqueConstraint("config_key", name="uq_system_config_config_key"),
        **OPTIONS,
    )


def downgrade() -> None:
    op.drop_table("system_config")
    op.drop_table("performance_metrics")
    op.drop_table("events")
    op.drop_table("audit_logs")
    op.drop_table("database_schemas")
    op.drop_table("database_connections")
    op.drop_table("query_templates")
    op.drop_table("query_analytics")
    op.drop_table("user_sessions")
    op.drop_table("chat_messages")
    op.drop_table("chat_sessions")
    op.drop_table("api_keys")
    op.drop_table("refresh_tokens")
    op.drop_table("users")
