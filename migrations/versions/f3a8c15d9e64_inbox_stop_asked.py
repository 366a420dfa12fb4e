"""Stop a question that another process is at (docs/decisions/0002)."""

import sqlalchemy as sa
from alembic import op

revision: str = "f3a8c15d9e64"
down_revision: str | None = "d95b03c6e7f2"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("inbox") as inbox:
        inbox.add_column(sa.Column("stop_asked", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("inbox") as inbox:
        inbox.drop_column("stop_asked")
