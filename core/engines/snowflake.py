"""Snowflake, through its SQLAlchemy dialect.

The host is the account (`myorg-sales`, or its whole name under snowflakecomputing.com): the driver goes to Snowflake's
own names alone, over TLS that is always checked. The database field is `database/schema?warehouse=…&role=…`. A session
cannot be made read-only; it is a transaction that is never committed, and the role decides what it may do.
"""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from sqlalchemy import URL

from core.engines.base import Limits, ServerKind, Target
from core.engines.dialects import DialectSession, Opened, Questions, opened, refused, tail
from core.engines.extras import driver
from core.engines.failures import told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.session import CATALOG_SECONDS
from core.engines.structure import Catalogue, Row
from core.errors import BadConnection

_DOMAINS = (".snowflakecomputing.com", ".snowflakecomputing.cn")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,200}")
_OPTIONS = frozenset({"warehouse", "role"})

_CODES = {
    904: "query.no_such_column",
    2003: "query.no_such_table",
    2140: "query.no_such_function",
    2141: "query.no_such_function",
    1044: "query.type_mismatch",
    2016: "query.type_mismatch",
    979: "query.not_grouped",
    1003: "query.syntax",
    2028: "query.ambiguous_column",
    3001: "query.no_permission",
    100035: "query.type_mismatch",
    100038: "query.type_mismatch",
    100040: "query.type_mismatch",
    100046: "query.out_of_range",
    100051: "query.division_by_zero",
    100078: "query.out_of_range",
    604: "query.cancelled",
    630: "query.too_slow",
    625: "query.too_slow",
    606: "query.no_permission",
    607: "query.no_permission",
    390100: "database.sign_in",
    390101: "database.sign_in",
    390144: "database.sign_in",
    390189: "database.sign_in",
    390201: "database.unknown_database",
    390390: "database.sign_in",
    394507: "database.sign_in",
    250001: "database.sign_in",
    250003: "database.unreachable",
    290404: "database.unreachable",
    390112: "database.unreachable",
    390114: "database.unreachable",
    390195: "database.unreachable",
}
"""By the server's or the driver's error number."""

_NAME = re.compile(r"invalid identifier '([^']+)'|[Oo]bject '([^']+)'|[Uu]nknown function (\S+)|unexpected '([^']+)'")

_KINDS = ("FIXED", "REAL", "TEXT", "DATE", "TIMESTAMP", "VARIANT", "TIMESTAMP_LTZ", "TIMESTAMP_TZ", "TIMESTAMP_NTZ",
          "OBJECT", "ARRAY", "BINARY", "TIME", "BOOLEAN")  # fmt: skip
"""The driver's numbers of types, from 0."""
_AS_CELLS: dict[str, Any] = {
    "REAL": "float", "TEXT": "text", "DATE": "date", "TIMESTAMP": "datetime", "TIMESTAMP_LTZ": "datetime",
    "TIMESTAMP_TZ": "datetime", "TIMESTAMP_NTZ": "datetime", "BINARY": "binary", "TIME": "time", "BOOLEAN": "boolean",
}  # fmt: skip

QUESTIONS = Questions(
    version="SELECT CURRENT_VERSION()",
    tables="""
SELECT table_schema, table_name, CASE WHEN table_type LIKE '%VIEW' THEN 'view' ELSE 'table' END, comment, row_count,
       CASE WHEN table_type = 'BASE TABLE' THEN 1 ELSE 0 END
FROM information_schema.tables WHERE table_schema <> 'INFORMATION_SCHEMA'
""",
    columns="""
SELECT table_schema, table_name, column_name,
       CASE WHEN data_type = 'NUMBER' THEN data_type || '(' || numeric_precision || ',' || numeric_scale || ')'
            ELSE data_type END,
       CASE WHEN is_nullable = 'NO' THEN 0 ELSE 1 END, comment
FROM information_schema.columns WHERE table_schema <> 'INFORMATION_SCHEMA'
ORDER BY table_schema, table_name, ordinal_position
""",
    keys="SHOW PRIMARY KEYS IN DATABASE",
    references="SHOW IMPORTED KEYS IN DATABASE",
)


class SnowflakeSession(DialectSession):
    """A session of one role in one database."""

    dialect: ClassVar[str] = "snowflake"
    product: ClassVar[str] = "Snowflake"
    questions = QUESTIONS

    def __init__(self, opened: Opened, default: str) -> None:
        super().__init__(opened, default, True)
        self._query_id = ""
        self._seconds = 0

    def _can_write(self) -> bool:
        return True  # what a role may do is written in its grants, object by object

    def _execute(self, sql: str, limits: Limits) -> Any:
        seconds = max(1, round(limits.seconds + 0.5))
        if seconds != self._seconds:
            self._connection.cursor().execute(f"ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {seconds}").close()
            self._seconds = seconds
        cursor = self._cursor = self._connection.cursor()
        if not sql.lstrip().upper().startswith(("SELECT", "WITH", "VALUES", "(")):
            cursor.execute(sql)  # our own SHOW: the server answers at once
            return cursor
        # Known by its id before it has ended, so that it can be stopped.
        self._query_id = str(cursor.execute_async(sql)["queryId"])
        cursor.get_results_from_sfqid(self._query_id)
        return _Fetched(cursor)

    def _kind(self, column: Any) -> Any:
        number = column[1]
        name = _KINDS[number] if isinstance(number, int) and 0 <= number < len(_KINDS) else ""
        if name == "FIXED":
            return "integer" if not column[5] else "decimal"
        return _AS_CELLS.get(name)

    def _catalogue(self) -> Catalogue:
        found = super()._catalogue()
        return Catalogue(found.tables, found.columns, *shown_keys(found.keys, found.references))

    def _interrupt(self) -> None:
        if self._query_id:
            self._connection.cursor().abort_query(self._query_id)

    def _clean(self) -> None:
        self._query_id = ""
        super()._clean()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        return meaning(error, sql)


class _Fetched:
    """A cursor of an asynchronous statement: its columns are known after its first rows were asked for."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor
        self._first: list[Any] | None = None

    @property
    def description(self) -> Any:
        if self._first is None:
            first = self._cursor.fetchone()
            self._first = [] if first is None else [first]
        return self._cursor.description

    def _held(self) -> list[Any]:
        """The row that was read for the sake of the columns, once."""
        held = (self._first or []) if self.description is not None else []
        self._first = []
        return held

    def fetchmany(self, count: int) -> list[Any]:
        held = self._held()
        return [*held, *self._cursor.fetchmany(count - len(held))]

    def fetchall(self) -> list[Any]:
        return [*self._held(), *self._cursor.fetchall()]

    def close(self) -> None:
        self._cursor.close()


class Snowflake:
    """Accounts of Snowflake."""

    kind: ClassVar[ServerKind] = "snowflake"
    dialect: ClassVar[str] = "snowflake"
    default_port: ClassVar[int] = 443

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> SnowflakeSession:
        """Sign in. See `core.engines.base.Engine`."""
        where, told_ = url(target), options(target, seconds)
        errors = driver("snowflake.connector.errors", "snowflake")
        checked_addresses(host_of(target), 443, hosts, local=target.local)
        try:
            return SnowflakeSession(opened("snowflake", where, told_), default_schema(target))
        except errors.Error as error:
            raise refused(meaning(error, "")[0]) from None


ENGINE = Snowflake()


def host_of(target: Target) -> str:
    """The account's name under Snowflake's domain. Raises `BadConnection` (connection.bad_host), also for a port."""
    host = target.host.strip().lower().removesuffix(".")
    if not _ACCOUNT.fullmatch(host) or target.port != 443 or ".." in host:
        raise BadConnection("connection.bad_host")
    return host if host.endswith(_DOMAINS) else host + _DOMAINS[0]


def url(target: Target) -> URL:
    """Where it is and who signs in, for the dialect. Raises `BadConnection`, as `tail` does, too."""
    names, asked = tail(target.database, 2, _OPTIONS)
    return URL.create(
        "snowflake",
        username=target.user,
        password=target.password,
        host=host_of(target),
        database="/".join(names),
        query=asked,
    )


def default_schema(target: Target) -> str:
    """The schema whose tables go by their plain names."""
    names, _ = tail(target.database, 2, _OPTIONS)
    return names[1].upper() if len(names) > 1 else "PUBLIC"


def options(target: Target, seconds: float) -> dict[str, object]:
    """What the driver is told beside the URL."""
    host = host_of(target)
    return {
        "account": next(host.removesuffix(domain) for domain in _DOMAINS if host.endswith(domain)),
        "host": host,
        "port": 443,
        "login_timeout": max(1, int(seconds)),
        "application": "colloquery",
        "autocommit": False,
        "session_parameters": {
            "QUERY_TAG": "colloquery",
            "STATEMENT_TIMEOUT_IN_SECONDS": int(CATALOG_SECONDS),
            "LOCK_TIMEOUT": 5,
            "MULTI_STATEMENT_COUNT": 1,
        },
    }


def shown_keys(primary: Iterable[Row], imported: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """Keys and references out of SHOW PRIMARY KEYS and SHOW IMPORTED KEYS, in the order of their columns.

    Of the first: created, database, schema, table, column, place; of the second: created, then database, schema,
    table, column that is pointed to and the same four of the one that points, place, two rules, name of the constraint.
    """
    keys: list[Row] = [
        (row[2], row[3], row[4]) for row in sorted(primary, key=lambda row: (row[2], row[3], int(row[5])))
    ]
    ordered = sorted(imported, key=lambda row: (row[6], row[7], str(row[12]), int(row[9])))
    return keys, [(row[6], row[7], str(row[12]), row[8], row[2], row[3], row[4]) for row in ordered]


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of a driver's exception, by its number, and the name that its text quotes."""
    number = getattr(error, "errno", None)
    code = _CODES.get(int(number), "") if number is not None else ""
    if not code:
        code = "database.unreachable" if type(error).__name__ == "OperationalError" else "query.failed"
    found = _NAME.search(str(error))
    name = next((group for group in found.groups() if group), "") if found else ""
    return code, told(sql, name)
