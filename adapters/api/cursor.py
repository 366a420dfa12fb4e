"""Places in long lists, as text that programs send back unread.

They hold what the list is in order of, not how many came before: what is added meanwhile neither repeats nor hides
anything.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from adapters.http.handlers import Refusal

Item = TypeVar("Item")


def written(*parts: str | int) -> str:
    """A place as text."""
    data = json.dumps(parts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def read(cursor: str, *kinds: type) -> tuple[str | int, ...]:
    """The parts of a place, each of its kind. Raises `Refusal` for what was never ours."""
    try:
        data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        parts = json.loads(data)
    except (binascii.Error, ValueError, RecursionError):
        raise Refusal(400, "bad_cursor") from None
    if not isinstance(parts, list) or [type(part) for part in parts] != list(kinds):
        raise Refusal(400, "bad_cursor")
    if not all(_is_plain(part) for part in parts):
        raise Refusal(400, "bad_cursor")
    return tuple(parts)


def _is_plain(part: str | int) -> bool:
    if isinstance(part, int):
        return 0 <= part < 2**31
    return len(part) <= 300 and all(sign >= " " and not "\ud800" <= sign <= "\udfff" for sign in part)


def moment(text: str) -> datetime:
    """A moment that stood in a place. Raises `Refusal`."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Refusal(400, "bad_cursor") from None


def piece(
    items: Sequence[Item], name: Callable[[Item], str], limit: int, cursor: str | None
) -> tuple[Sequence[Item], str | None]:
    """A page of a list that is there whole: what comes after the item that was listed last, by its name.

    Where that one is gone meanwhile, what stands in its place comes next.
    """
    begin = 0
    if cursor is not None:
        last, number = read(cursor, str, int)
        at = next((at for at, item in enumerate(items) if name(item) == last), None)
        begin = int(number) if at is None else at + 1
    shown = items[begin : begin + limit]
    more = begin + limit < len(items)
    return shown, written(name(shown[-1]), begin + limit - 1) if more and shown else None
