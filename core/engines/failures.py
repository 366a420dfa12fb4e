"""From what a driver raises to a typed error with a stable code.

A driver's text may hold hosts, users and values of cells, so none of it goes on: an engine finds the code, and at most
a name, and that name must be written in the query itself.
"""

import re
from collections.abc import Mapping

from core.errors import ColloqueryError, DatabaseUnavailable, QueryFailed

_TOKEN = re.compile(
    r"""[^\W\d][\w$\#]*(?:\.[^\W\d][\w$\#]*)*   # a plain, perhaps qualified name
      | "(?:[^"]|"")+" | `(?:[^`]|``)+` | \[[^\]]+\]   # a quoted one
      | \d+ | [^\s\w]""",
    re.VERBOSE,
)
_QUOTES = "\"`[]'"
_NAME_LENGTH = 128

NAMED = frozenset(
    {
        "query.no_such_table",
        "query.no_such_column",
        "query.no_such_function",
        "query.ambiguous_column",
        "query.not_grouped",
        "query.no_permission",
    }
)
"""Codes whose sentence needs a `name`. Without one the failure is told as query.failed."""


class SessionLost(DatabaseUnavailable):
    """The server had let go of an idle session: the statement was never begun and may be run on a fresh one."""


def failed(code: str, name: str = "", seconds: float = 0.0) -> ColloqueryError:
    """The error of a code, with the details its sentence needs and no other."""
    if code.startswith("database."):
        return DatabaseUnavailable(code)
    if code in NAMED:
        return QueryFailed(code, name=name) if name else QueryFailed("query.failed")
    if code == "query.syntax":
        return QueryFailed(code, near=name) if name else QueryFailed("query.incomplete")
    if code == "query.too_slow":
        return QueryFailed(code, seconds=f"{seconds:g}")
    return QueryFailed(code)


def told(sql: str, name: str) -> str:
    """`name` as a driver told it, without its quotes, if the query itself has it; else nothing.

    A qualified name the query does not spell out ("shop.public.orders") is tried by its last parts.
    """
    plain = re.sub(r"[\"`\[\]]", "", name).strip().strip("'")
    text = re.sub(r"[\"`\[\]]", "", sql).casefold()
    parts = plain.split(".")
    for start in range(len(parts)):
        candidate = ".".join(parts[start:])
        if candidate and candidate.casefold() in text:
            return candidate[:_NAME_LENGTH]
    return ""


def token_at(sql: str, offset: int) -> str:
    """The name or sign that begins at this character of the query; nothing at its end."""
    found = _TOKEN.match(sql, offset) if 0 <= offset < len(sql) else None
    return found.group().strip(_QUOTES)[:_NAME_LENGTH] if found else ""


def first_token(text: str) -> str:
    """The first name or sign of a piece of the query that a server quotes as the place of a mistake."""
    return token_at(text.lstrip(), 0)


def first_match(patterns: Mapping[str, str], text: str) -> tuple[str, str] | None:
    """The code whose pattern fits a driver's text, and the name its first group caught (perhaps empty)."""
    for code, pattern in patterns.items():
        if found := re.search(pattern, text, re.IGNORECASE):
            return code, next((group for group in found.groups() if group), "")
    return None
