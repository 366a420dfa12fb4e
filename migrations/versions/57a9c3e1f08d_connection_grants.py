"""Who may use a connection, and whose default it is (docs/decisions/0003)."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "57a9c3e1f08d"
down_revision: str | None = "b86e05f2d917"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "connection_grants",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "connection_id",
            sa.String(36),
            sa.ForeignKey("database_connections.id", name="fk_connection_grants_connection_id_database_connections"),
            nullable=False,
        ),
        sa.Column("subject_kind", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.String(36), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "granted_by",
            sa.String(36),
            sa.ForeignKey("users.id", name="fk_connection_grants_granted_by_users"),
            nullable=False,
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_connection_grants"),
        sa.UniqueConstraint(
            "connection_id",
            "subject_kind",
            "subject_id",
            name="uq_connection_grants_connection_id_subject_kind_subject_id",
        ),
        **OPTIONS,
    )
    op.create_index("ix_connection_grants_granted_by", "connection_grants", ["granted_by"])
    op.create_index("ix_connection_grants_subject_kind_subject_id", "connection_grants", ["subject_kind", "subject_id"])


def downgrade() -> None:
    op.drop_table("connection_grants")
