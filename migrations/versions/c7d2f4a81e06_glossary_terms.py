"""Business words and what they mean (docs/decisions/0013)."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "c7d2f4a81e06"
down_revision: str | None = "e20d84b76f3a"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
TEXT = sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}


def upgrade() -> None:
    op.create_table(
        "glossary_terms",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column(
            "connection_id",
            sa.String(36),
            sa.ForeignKey("database_connections.id", name="fk_glossary_terms_connection_id_database_connections"),
            nullable=False,
        ),
        sa.Column("term", sa.String(200), nullable=False),
        sa.Column("means", TEXT, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column(
            "changed_by",
            sa.String(36),
            sa.ForeignKey("users.id", name="fk_glossary_terms_changed_by_users"),
            nullable=False,
        ),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_glossary_terms"),
        **OPTIONS,
    )
    op.create_index("ix_glossary_terms_changed_by", "glossary_terms", ["changed_by"])
    op.create_index("ix_glossary_terms_connection_id", "glossary_terms", ["connection_id"])


def downgrade() -> None:
    op.drop_table("glossary_terms")
