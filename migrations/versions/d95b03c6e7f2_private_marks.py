"""Which columns are private, and who sees them all the same (docs/decisions/0014)."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "d95b03c6e7f2"
down_revision: str | None = "c7d2f4a81e06"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "private_marks",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "connection_id",
            sa.String(36),
            sa.ForeignKey("database_connections.id", name="fk_private_marks_connection_id_database_connections"),
            nullable=True,
        ),
        sa.Column("table_pattern", sa.String(255), nullable=False),
        sa.Column("column_pattern", sa.String(255), nullable=False),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column(
            "changed_by",
            sa.String(36),
            sa.ForeignKey("users.id", name="fk_private_marks_changed_by_users"),
            nullable=False,
        ),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_private_marks"),
        **OPTIONS,
    )
    op.create_index("ix_private_marks_changed_by", "private_marks", ["changed_by"])
    op.create_index("ix_private_marks_connection_id", "private_marks", ["connection_id"])
    with op.batch_alter_table("connection_grants") as grants:
        grants.add_column(sa.Column("sees_private", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("connection_grants") as grants:
        grants.drop_column("sees_private")
    op.drop_table("private_marks")
