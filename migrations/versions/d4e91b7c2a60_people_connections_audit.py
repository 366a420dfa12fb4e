"""Options of connections, wrong sign-ins, repeated requests, seals of the audit (docs/decisions/0020 to 0023)."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "d4e91b7c2a60"
down_revision: str | None = "c83e6a2f0b14"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
LONG_TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "connection_options",
        sa.Column(
            "connection_id",
            sa.String(36),
            sa.ForeignKey("database_connections.id", name="fk_connection_options_connection_id_database_connections"),
            nullable=False,
        ),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("is_local", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("tls", sa.String(10), server_default="prefer", nullable=False),
        sa.Column("tls_ca", LONG_TEXT, nullable=True),
        sa.Column("version", sa.String(255), nullable=True),
        sa.Column("can_write", sa.Boolean(), nullable=True),
        sa.Column("problem", sa.String(100), nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("connection_id", name="pk_connection_options"),
        **OPTIONS,
    )
    # What was there before was added at the machine, or by an administrator from a chat: it stays reachable.
    op.execute("INSERT INTO connection_options (connection_id, is_local) SELECT id, true FROM database_connections")
    op.create_table(
        "sign_in_attempts",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_attempts"),
        **OPTIONS,
    )
    op.create_index("ix_sign_in_attempts_last_at", "sign_in_attempts", ["last_at"])
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "user_id", sa.String(36), sa.ForeignKey("users.id", name="fk_idempotency_keys_user_id_users"),
            nullable=False,
        ),
        sa.Column("request_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency_keys"),
        **OPTIONS,
    )  # fmt: skip
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])
    op.create_index("ix_idempotency_keys_user_id", "idempotency_keys", ["user_id"])
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "audit_id", sa.String(36), sa.ForeignKey("audit_logs.id", name="fk_audit_seals_audit_id_audit_logs"),
            nullable=False,
        ),
        sa.Column("key_id", sa.String(32), nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
        sa.Column("sealed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_seals"),
        sa.UniqueConstraint("audit_id", name="uq_audit_seals_audit_id"),
        **OPTIONS,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("audit_seals")
    op.drop_table("idempotency_keys")
    op.drop_table("sign_in_attempts")
    op.drop_table("connection_options")
