"""The last run of each recurring job, and an index for what goes through messages in the order of time (0026)."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "f1c6d3a90b27"
down_revision: str | None = "e7a2d84c1f95"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(100), nullable=True),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("mark", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_job_runs"),
        **OPTIONS,
    )
    op.create_index("ix_chat_messages_timestamp", "chat_messages", ["timestamp"])


def downgrade() -> None:
    op.drop_index("ix_chat_messages_timestamp", "chat_messages")
    op.drop_table("job_runs")
