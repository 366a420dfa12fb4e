"""Scheduled questions (0027)."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "0c95e7a2b31f"
down_revision: str | None = "f1c6d3a90b27"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "schedules",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("owner_id", sa.String(36), nullable=False),
        sa.Column("platform", sa.String(20), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("connection_id", sa.String(36), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("timing", sa.JSON(), nullable=False),
        sa.Column("condition", sa.JSON(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.Column("paused_why", sa.String(100), nullable=True),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("last_outcome", sa.String(20), nullable=True),
        sa.Column("last_problem", sa.String(100), nullable=True),
        sa.Column("missed_at", MOMENT, nullable=True),
        sa.Column("fingerprint", sa.String(120), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_schedules_owner_id_users"),
        sa.PrimaryKeyConstraint("id", name="pk_schedules"),
        **OPTIONS,
    )
    op.create_index("ix_schedules_next_at", "schedules", ["next_at"])
    op.create_index("ix_schedules_owner_id", "schedules", ["owner_id"])


def downgrade() -> None:
    op.drop_table("schedules")
