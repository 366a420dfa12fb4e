"""Indexes for what is looked up: sums by person and time, threads in order, clean-up by time, foreign keys."""

from alembic import op

revision: str = "a41f6e8d0c53"
down_revision: str | None = "8e2fbd009a9c"
branch_labels: str | None = None
depends_on: str | None = None

INDEXES = (
    ("refresh_tokens", ("expires_at",)),
    ("refresh_tokens", ("user_id",)),
    ("api_keys", ("user_id",)),
    ("chat_sessions", ("user_id", "last_message_at")),
    ("chat_messages", ("query_id",)),
    ("chat_messages", ("session_id", "sequence_number")),
    ("user_sessions", ("session_end",)),
    ("user_sessions", ("user_id", "session_start")),
    ("query_analytics", ("query_id",)),
    ("query_analytics", ("timestamp",)),
    ("query_analytics", ("user_id", "timestamp", "total_tokens")),
    ("query_templates", ("user_id",)),
    ("database_connections", ("user_id", "connection_name")),
    ("database_schemas", ("connection_id", "is_active")),
    ("audit_logs", ("resource_type", "resource_id")),
    ("audit_logs", ("timestamp",)),
    ("audit_logs", ("user_id", "timestamp")),
    ("events", ("event_type", "timestamp")),
    ("events", ("timestamp",)),
    ("events", ("user_id", "timestamp")),
    ("performance_metrics", ("metric_name", "timestamp")),
)

REFERENCES = {"user_id": "users", "session_id": "chat_sessions", "connection_id": "database_connections"}


def upgrade() -> None:
    for table, columns in INDEXES:
        op.create_index(_name(table, columns), table, list(columns))


def downgrade() -> None:
    for table, columns in reversed(INDEXES):
        if columns[0] in REFERENCES and op.get_context().dialect.name == "mysql":
            _drop_from_under_reference(table, columns)
        else:
            op.drop_index(_name(table, columns), table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"


def _drop_from_under_reference(table: str, columns: tuple[str, ...]) -> None:
    # MariaDB keeps an index under each foreign key: it dropped its own when ours came, and makes one anew with the key.
    column, referred = columns[0], REFERENCES[columns[0]]
    key = f"fk_{table}_{column}_{referred}"
    op.drop_constraint(key, table, type_="foreignkey")
    op.drop_index(_name(table, columns), table)
    op.create_foreign_key(key, table, referred, [column], ["id"])
