"""What tells one result from another without keeping its rows: a keyed hash.

Nobody who reads the store can try out which rows it came from. Rows without an ORDER BY count as the same in any order,
and floating-point numbers by their first twelve digits, because a server may add them up in another order each time.
"""

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256

from core.chat import Cell, Table

PURPOSE = "schedule"
"""Of the keys: see `core.storage.crypto.Keyring.derived`."""


def fingerprint(table: Table, *, ordered: bool, key_id: str, keys: Mapping[str, bytes]) -> str:
    """The id of the key, a colon, and the hash of headings and rows."""
    key = keys[key_id]
    rows = [_hash(key, [_told(cell) for cell in row]) for row in table.rows]
    headings = [[column.name, column.kind] for column in table.columns]
    whole = _hash(key, [headings, table.truncated, rows if ordered else sorted(rows)])
    return f"{key_id}:{whole}"


def is_same(before: str, table: Table, *, ordered: bool, keys: Mapping[str, bytes]) -> bool:
    """Whether a table has this fingerprint. Not so when there was none, or when its key is gone."""
    key_id = before.partition(":")[0]
    return key_id in keys and fingerprint(table, ordered=ordered, key_id=key_id, keys=keys) == before


def _told(cell: Cell) -> Cell:
    return f"{cell:.12g}" if isinstance(cell, float) else cell


def _hash(key: bytes, value: object) -> str:
    return hmac.new(key, json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), sha256).hexdigest()
