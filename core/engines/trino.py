"""Trino, over HTTP, through its SQLAlchemy dialect. The database field is `catalog` or `catalog/schema`.

Trino has no session that every connector keeps read-only. What is left is the guard and an account whose access
control lets it only read. Nothing tells here whether it may do more, so it counts as one that may.
"""

import re
from typing import Any, ClassVar

from sqlalchemy import URL

from core.engines import web
from core.engines.base import Limits, ServerKind, Target
from core.engines.dialects import DialectSession, Opened, Questions, opened, refused, tail
from core.engines.failures import failed, first_match, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.tls import code_of as code_of_tls
from core.errors import ColloqueryError, DatabaseUnavailable

_CODES = {
    "TABLE_NOT_FOUND": "query.no_such_table",
    "SCHEMA_NOT_FOUND": "query.no_such_table",
    "CATALOG_NOT_FOUND": "database.unknown_database",
    "MISSING_CATALOG_NAME": "database.unknown_database",
    "COLUMN_NOT_FOUND": "query.no_such_column",
    "AMBIGUOUS_NAME": "query.ambiguous_column",
    "FUNCTION_NOT_FOUND": "query.no_such_function",
    "EXPRESSION_NOT_AGGREGATE": "query.not_grouped",
    "EXPRESSION_NOT_SCALAR": "query.not_grouped",
    "SYNTAX_ERROR": "query.syntax",
    "TYPE_MISMATCH": "query.type_mismatch",
    "INVALID_CAST_ARGUMENT": "query.type_mismatch",
    "INVALID_LITERAL": "query.type_mismatch",
    "INVALID_FUNCTION_ARGUMENT": "query.type_mismatch",
    "NUMERIC_VALUE_OUT_OF_RANGE": "query.out_of_range",
    "DIVISION_BY_ZERO": "query.division_by_zero",
    "PERMISSION_DENIED": "query.no_permission",
    "USER_CANCELED": "query.cancelled",
    "EXCEEDED_TIME_LIMIT": "query.too_slow",
    "EXCEEDED_CPU_LIMIT": "query.too_big",
    "EXCEEDED_GLOBAL_MEMORY_LIMIT": "query.too_big",
    "EXCEEDED_LOCAL_MEMORY_LIMIT": "query.too_big",
    "EXCEEDED_SCAN_LIMIT": "query.too_big",
    "QUERY_HAS_TOO_MANY_STAGES": "query.too_big",
    "COMPILER_ERROR": "query.too_big",
    "QUERY_QUEUE_FULL": "database.too_many_connections",
    "SERVER_STARTING_UP": "database.refused",
    "SERVER_SHUTTING_DOWN": "database.refused",
}
"""By the name of the server's error."""

_STATUS = {
    "database.sign_in": r"\b40[13]\b|Authentication failed|TLS/SSL is required for authentication",
    "database.refused": r"\b(?:404|50[0234])\b",
}
"""By what the client tells of the HTTP reply, where the server told no error of its own."""
_NAMES = re.compile(r"'([^']+)'|\"([^\"]+)\"")
_NEAR = re.compile(r"mismatched input '([^']*)'")


_QUESTIONS = Questions(
    version="SELECT version()",
    tables="""
SELECT t.table_schema, t.table_name, CASE WHEN t.table_type = 'VIEW' THEN 'view' ELSE 'table' END, c.comment,
       CAST(NULL AS bigint), CASE WHEN t.table_type = 'VIEW' THEN 0 ELSE 1 END
FROM $inside.tables AS t
LEFT JOIN system.metadata.table_comments AS c
  ON c.catalog_name = t.table_catalog AND c.schema_name = t.table_schema AND c.table_name = t.table_name
WHERE t.table_schema <> 'information_schema' AND (c.catalog_name = $catalog OR c.catalog_name IS NULL)
""",
    columns="""
SELECT table_schema, table_name, column_name, data_type, CASE WHEN is_nullable = 'NO' THEN 0 ELSE 1 END,
       CAST(NULL AS varchar)
FROM $inside.columns WHERE table_schema <> 'information_schema'
ORDER BY table_schema, table_name, ordinal_position
""",
)
"""Comments of tables are kept by the server for every connector; those of columns are not."""


def questions(catalog: str) -> Questions:
    """What a catalog is asked."""
    return _QUESTIONS.about(inside=f"{_quoted(catalog)}.information_schema", catalog=_text(catalog))


class TrinoSession(DialectSession):
    """A session: Trino has no connection, each statement is a conversation of its own."""

    dialect: ClassVar[str] = "trino"
    product: ClassVar[str] = "Trino"

    def __init__(self, opened: Opened, catalog: str, schema: str, is_encrypted: bool) -> None:
        super().__init__(opened, schema, is_encrypted)
        self.questions = questions(catalog)
        self._seconds = 0

    def _can_write(self) -> bool:
        return True

    def _execute(self, sql: str, limits: Limits) -> Any:
        seconds = max(1, round(limits.seconds + 0.5))
        if seconds != self._seconds:
            self._sent(f"SET SESSION query_max_run_time = '{seconds}s'").fetchall()
            self._seconds = seconds
        return self._sent(sql)

    def _sent(self, sql: str) -> Any:
        # Known to `_interrupt` before it is sent: `execute` returns when the first rows are there.
        cursor = self._cursor = self._connection.cursor()
        cursor.execute(sql)
        return cursor

    def _interrupt(self) -> None:
        if (cursor := self._cursor) is not None:
            cursor.cancel()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        return meaning(error, sql)


class Trino:
    """Coordinators of Trino."""

    kind: ClassVar[ServerKind] = "trino"
    dialect: ClassVar[str] = "trino"
    default_port: ClassVar[int] = 8080

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> TrinoSession:
        """Sign in and ask for nothing yet but the version. See `core.engines.base.Engine`.

        Raises `BadConnection` (connection.password_in_clear: Trino takes passwords over TLS alone).
        """
        names, _ = tail(target.database, 2)
        web.require_secured(target)
        failure: ColloqueryError = DatabaseUnavailable("database.unreachable")
        for address in checked_addresses(target.host, target.port, hosts, local=target.local):
            session = TrinoSession(
                opened("trino", url(target), options(target, address, seconds), _line_errors()),
                names[0],
                names[1] if len(names) > 1 else "",
                web.is_encrypted(target),
            )
            try:
                session.health()
            except DatabaseUnavailable as error:
                session.close()
                failure = failed(error.code)
                if error.code != "database.unreachable":
                    break
            except ColloqueryError as error:
                session.close()
                raise refused(error.code) from None
            else:
                return session
        raise failure


ENGINE = Trino()


def url(target: Target) -> URL:
    """Where it is, for the dialect; a password becomes HTTP's basic authentication."""
    names, _ = tail(target.database, 2)
    return URL.create(
        "trino",
        username=target.user or "colloquery",
        password=target.password or None,
        host=target.host,
        port=target.port,
        database="/".join(names),
    )


def options(target: Target, address: str, seconds: float) -> dict[str, object]:
    """What the driver is told beside the URL."""
    return {
        "http_scheme": web.scheme(target),
        "http_session": web.pinned_session(target, address),
        "source": "colloquery",
        "max_attempts": 1,
        "request_timeout": seconds,
        # The spooling protocol would have us fetch results from whichever store the server names.
        "encoding": None,
        "legacy_prepared_statements": True,
    }


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of a driver's exception, and the name that its text quotes."""
    named = getattr(error, "error_name", None)
    if named is None:
        return code_of_line(error), ""
    code = _CODES.get(str(named), "query.failed")
    text = str(getattr(error, "message", ""))
    found = _NEAR.search(text) if code == "query.syntax" else _NAMES.search(text)
    name = next((group for group in found.groups() if group), "") if found else ""
    return code, told(sql, name)


def code_of_line(error: Exception) -> str:
    """The code of a failure that is not the server's own."""
    text = str(error)
    if re.search(r"SSL|certificate", text):
        return code_of_tls(text)
    found = first_match(_STATUS, text)
    return found[0] if found else "database.unreachable"


def _line_errors() -> tuple[type[Exception], ...]:
    """What the client lets through of `requests`, and its own HTTP errors, which are none of the DB-API's."""
    from core.engines.extras import driver  # noqa: PLC0415

    return (driver("requests", "trino").exceptions.RequestException, driver("trino.exceptions", "trino").HttpError)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
