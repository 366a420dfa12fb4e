"""Lines of the audit for people: with words in their language, and as rows of a file."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from sqlalchemy import RowMapping

from core.ask.present.visible import one_line
from core.chat import Cell, Column, ColumnKind, Table
from core.locale import language_of, reason_words, say
from core.locale.words import catalogue
from core.records import AuditLine

_COLUMNS: Final[dict[str, ColumnKind]] = {
    "at": "datetime", "name": "text", "email": "text", "person": "text", "action": "text", "words": "text",
    "resource_type": "text", "resource_id": "text", "success": "boolean", "code": "text", "why": "text",
    "ip": "text", "agent": "text", "old": "text", "new": "text", "id": "text",
}  # fmt: skip

_UNVOUCHED = ".invalid"
"""The end of addresses that stand for none (RFC 2606)."""


def action_words(locale: str, action: str) -> str:
    """What an action is, in words; one that has none (of a newer version) is named."""
    return catalogue(language_of(locale)).get(f"audit.action.{action}", action)


def line(row: RowMapping, locale: str) -> AuditLine:
    """A row of audit_logs, with the `full_name` and `email` of whoever did it."""
    email = row["email"] or ""
    return AuditLine(
        id=row["id"],
        at=row["timestamp"],
        user_id=row["user_id"],
        name=row["full_name"] or "",
        email="" if email.endswith(_UNVOUCHED) else email,
        action=row["action"],
        words=action_words(locale, row["action"]),
        resource_type=row["resource_type"],
        resource_id=row["resource_id"],
        old=row["old_values"],
        new=row["new_values"],
        ip=row["ip_address"],
        agent=row["user_agent"],
        success=row["success"],
        code=row["error_message"],
        why=reason_words(locale, row["error_message"]) if row["error_message"] else "",
    )


def table(lines: Sequence[AuditLine], locale: str) -> Table:
    """Lines as rows of a file; whatever cannot be seen is escaped."""
    columns = tuple(Column(say(locale, f"audit.column.{name}"), kind) for name, kind in _COLUMNS.items())
    return Table(columns, tuple(map(_row, lines)))


def values_text(values: Mapping[str, Any] | None) -> str:
    """Old or new values on one line; control characters as the escapes of JSON."""
    return "" if values is None else one_line(json.dumps(values, ensure_ascii=False, sort_keys=True))


def _row(one: AuditLine) -> tuple[Cell, ...]:
    return (
        one.at.astimezone(UTC).isoformat(timespec="microseconds"), one_line(one.name), one_line(one.email),
        one.user_id, one_line(one.action), one_line(one.words), one_line(one.resource_type),
        _or_none(one.resource_id), one.success, _or_none(one.code), one_line(one.why), _or_none(one.ip),
        _or_none(one.agent), values_text(one.old), values_text(one.new), one.id,
    )  # fmt: skip


def _or_none(text: str | None) -> str | None:
    return None if text is None else one_line(text)
