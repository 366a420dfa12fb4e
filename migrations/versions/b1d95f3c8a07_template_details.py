"""What a template needs besides its row (docs/decisions/0017)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "b1d95f3c8a07"
down_revision: str | None = "a7c40be19d52"
branch_labels: str | None = None
depends_on: str | None = None

OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "template_details",
        sa.Column(
            "template_id",
            sa.String(36),
            sa.ForeignKey("query_templates.id", name="fk_template_details_template_id_query_templates"),
            nullable=False,
        ),
        sa.Column(
            "connection_id",
            sa.String(36),
            sa.ForeignKey("database_connections.id", name="fk_template_details_connection_id_database_connections"),
            nullable=True,
        ),
        sa.Column("dialect", sa.String(20), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("checked_hash", sa.String(64), nullable=True),
        sa.Column("problem", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("template_id", name="pk_template_details"),
        **OPTIONS,
    )
    op.create_index("ix_template_details_connection_id", "template_details", ["connection_id"])


def downgrade() -> None:
    op.drop_table("template_details")
