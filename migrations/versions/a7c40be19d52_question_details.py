"""What is counted of questions, apart from what they say (docs/decisions/0016); counted of those that are there too."""

import unicodedata
from datetime import datetime
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision: str = "a7c40be19d52"
down_revision: str | None = "f3a8c15d9e64"
branch_labels: str | None = None
depends_on: str | None = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")
OPTIONS: dict[str, Any] = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
INDEXED = ("user_id", "slot", "kind_id", "question", "failed", "milliseconds", "total_tokens", "nanodollars")
INCLUDED = ("user_id", "kind_id", "question", "failed", "total_tokens", "nanodollars")
VACUUMED = {"autovacuum_vacuum_insert_scale_factor": 0, "autovacuum_vacuum_insert_threshold": 5000}
AT_ONCE = 2_000
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the store's times are UTC without a zone

_analytics = sa.table(
    "query_analytics",
    sa.column("id", sa.String),
    sa.column("query_id", sa.String),
    sa.column("user_id", sa.String),
    sa.column("question", sa.Text),
    sa.column("execution_time", sa.Float),
    sa.column("success", sa.Boolean),
    sa.column("error_message", sa.Text),
    sa.column("total_tokens", sa.Integer),
    sa.column("llm_model", sa.String),
    sa.column("llm_cost_estimate", sa.Float),
    sa.column("timestamp", MOMENT),
)
_messages = sa.table("chat_messages", sa.column("query_id", sa.String))


def upgrade() -> None:
    kinds = op.create_table(
        "question_kinds",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("connection_id", sa.String(36), nullable=True),
        sa.Column("connection_name", sa.String(100), nullable=True),
        sa.Column("topic", sa.String(255), nullable=True),
        sa.Column("llm_model", sa.String(100), nullable=True),
        sa.Column("written_by", sa.String(20), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(100), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_question_kinds"),
        **OPTIONS,
    )
    details = op.create_table(
        "question_details",
        sa.Column("slot", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("kind_id", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("total_tokens", sa.Integer(), nullable=False),
        sa.Column("nanodollars", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("slot", "id", name="pk_question_details", postgresql_include=list(INCLUDED)),
        sqlite_with_rowid=False,
        postgresql_with=VACUUMED,
        **OPTIONS,
    )
    if not op.get_context().as_sql:  # a script of SQL has no rows to look at
        _count_what_is_there(op.get_bind(), kinds, details)
    op.create_index("ix_question_details_person", "question_details", list(INDEXED))


def downgrade() -> None:
    op.drop_table("question_details")
    op.drop_table("question_kinds")


def _count_what_is_there(connection: sa.Connection, kinds: sa.Table, details: sa.Table) -> None:
    """A row for each analytics row. Of what they were about and who wrote them, only the model is known."""
    asked = sa.exists(sa.select(sa.literal(1)).where(_messages.c.query_id == _analytics.c.query_id)).label("asked")
    written: set[int] = set()
    last = ""
    while True:
        rows = connection.execute(
            sa.select(_analytics, asked).where(_analytics.c.id > last).order_by(_analytics.c.id).limit(AT_ONCE)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        kind_of = {row.id: _kind(row) for row in rows}
        new = {kind["id"]: kind for kind in kind_of.values() if kind["id"] not in written}
        written |= new.keys()
        if new:
            connection.execute(sa.insert(kinds), list(new.values()))
        connection.execute(sa.insert(details), [_detail(row, kind_of[row.id]["id"]) for row in rows])


def _kind(row: Any) -> dict[str, Any]:
    model, error = row.llm_model, (row.error_message or "unexpected")[:100] if not row.success else None
    by = {"template": "template", "built-in": "built_in", None: None}.get(model, "model")
    parts = (None, None, None, model, by, 1 if model else 0, error)
    names = ("connection_id", "connection_name", "topic", "llm_model", "written_by", "calls", "error")
    return {"id": _number(repr(parts)), **dict(zip(names, parts, strict=True))}


def _detail(row: Any, kind: int) -> dict[str, Any]:
    failed = bool(row.asked) and not row.success
    return {
        "slot": int((row.timestamp - EPOCH).total_seconds()) // 900,
        "id": row.id,
        "user_id": row.user_id,
        "kind_id": kind,
        "question": _number(_plain(row.question)) if row.asked else None,
        "failed": int(failed),
        "milliseconds": round((row.execution_time or 0) * 1000),
        "total_tokens": row.total_tokens or 0,
        "nanodollars": round((row.llm_cost_estimate or 0) * 10**9),
    }


def _plain(question: str) -> str:
    return " ".join(unicodedata.normalize("NFC", question).casefold().split())


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) >> 1
