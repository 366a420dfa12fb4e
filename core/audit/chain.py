"""The chain over the audit: what is hashed of a line, and how one seal rests on the one before.

A seal is an HMAC-SHA256 over its number, the seal before it, its time, the id of its key, and the whole line. Whoever
can write to the store but does not hold the key can make none.
"""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from sqlalchemy import RowMapping, Table

from core.errors import BadEdit
from core.records import AuditHead
from core.storage.crypto import Keyring
from core.storage.models import AuditLog
from core.storage.own_tables import AuditSeal

logs: Final = cast(Table, AuditLog.__table__)
seals: Final = cast(Table, AuditSeal.__table__)

ROW: Final = tuple(
    logs.c[name]
    for name in (
        "id", "user_id", "action", "resource_type", "resource_id", "old_values", "new_values", "ip_address",
        "user_agent", "timestamp", "success", "error_message",
    )
)  # fmt: skip
"""All that a line is made of, in the order in which it is hashed."""

BEGINNING: Final = "0" * 64
"""What stands for the seal before the first."""

_PURPOSE = "audit"
_FORM = "colloquery audit 1"
_HEAD = re.compile(r"([1-9][0-9]{0,18}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Link:
    """A seal's place in the chain: all that it is made of besides the line and the seal before."""

    number: int
    key_id: str
    sealed_at: datetime


class Sealer:
    """Makes seals and recognises them, with the keys that are derived from a keyring for this alone."""

    def __init__(self, keyring: Keyring) -> None:
        self.active = keyring.active
        self._keys: Mapping[str, bytes] = keyring.derived(_PURPOSE)

    def has(self, key_id: str) -> bool:
        """Whether the key of this id is at hand."""
        return key_id in self._keys

    def seal(self, link: Link, before: str, line: bytes) -> str:
        """The seal of a line (`line_of`) that follows the seal `before`. Its key must be at hand."""
        # The parts before the line hold neither a comma nor anything of free length but the key's id, which has none.
        head = f"{_FORM},{link.number},{before},{link.key_id},{_moment(link.sealed_at)},".encode()
        return hmac.new(self._keys[link.key_id], head + line, "sha256").hexdigest()

    def is_seal(self, seal: str, link: Link, before: str, line: bytes) -> bool:
        """Whether `seal` is what it should be."""
        return hmac.compare_digest(seal.encode(), self.seal(link, before, line).encode())


def line_of(row: RowMapping) -> bytes:
    """A row of audit_logs as it is hashed: the same bytes whichever server it was stored on."""
    values = [_moment(row[column.name]) if column is logs.c.timestamp else row[column.name] for column in ROW]
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def head_of(text: str) -> AuditHead:
    """A head as it was printed or logged, "number:seal". Raises `BadEdit` (audit.bad_head)."""
    found = _HEAD.fullmatch(text.strip().lower())
    if found is None:
        raise BadEdit("audit.bad_head")
    return AuditHead(int(found[1]), found[2])


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
