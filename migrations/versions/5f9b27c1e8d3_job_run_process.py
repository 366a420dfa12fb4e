"""Which process ran a recurring job the last time (0026)."""

import sqlalchemy as sa
from alembic import op

revision: str = "5f9b27c1e8d3"
down_revision: str | None = "0c95e7a2b31f"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("job_runs") as job_runs:
        job_runs.add_column(sa.Column("process", sa.String(100), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("job_runs") as job_runs:
        job_runs.drop_column("process")
