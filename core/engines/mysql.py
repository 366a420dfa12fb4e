"""MySQL, and all of MariaDB that is the same. The driver is imported here alone.

The session itself is read-only, not a transaction: DDL would end that. A result is streamed; one that is left unread is
killed at the server from a second connection, because closing it would read it to its end. Servers before MySQL 5.7.8
have no time limit of their own: the clock on our side kills there.
"""

import os
import re
import socket
import ssl
import struct
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from typing import Any

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.cursors import Cursor, SSCursor

from core.chat import ColumnKind
from core.engines.base import Health, Limits, ServerKind, Target
from core.engines.cells import Answer, Heading
from core.engines.failures import failed, first_token, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.session import CATALOG_SECONDS, SqlSession
from core.engines.structure import Catalogue, Row, assemble
from core.engines.tls import code_of, context
from core.engines.values import with_values
from core.errors import BadConnection, ColloqueryError, DatabaseUnavailable
from core.schema import Schema

_SQL_MODE = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
"""Explicit, because quotes and backslashes must mean what the guard's dialect takes them for."""

_KNOWS_DEPENDENCE = (5, 7, 5)
"""From this version on, ONLY_FULL_GROUP_BY lets columns pass that depend on the grouped key."""

_KINDS: dict[int, ColumnKind] = {
    FIELD_TYPE.TINY: "integer",
    FIELD_TYPE.SHORT: "integer",
    FIELD_TYPE.LONG: "integer",
    FIELD_TYPE.LONGLONG: "integer",
    FIELD_TYPE.INT24: "integer",
    FIELD_TYPE.YEAR: "integer",
    FIELD_TYPE.BIT: "integer",
    FIELD_TYPE.DECIMAL: "decimal",
    FIELD_TYPE.NEWDECIMAL: "decimal",
    FIELD_TYPE.FLOAT: "float",
    FIELD_TYPE.DOUBLE: "float",
    FIELD_TYPE.DATE: "date",
    FIELD_TYPE.NEWDATE: "date",
    FIELD_TYPE.TIME: "time",
    FIELD_TYPE.DATETIME: "datetime",
    FIELD_TYPE.TIMESTAMP: "datetime",
}

_KILL_SECONDS = 3.0
"""How long the second connection, which kills, may take to be made."""

_DECODERS: Any = {FIELD_TYPE.BIT: int.from_bytes}
"""All else stays the text that the server sent, for `core.engines.cells` to read."""

_CODES = {
    1146: "query.no_such_table",
    1109: "query.no_such_table",
    1054: "query.no_such_column",
    1247: "query.no_such_column",
    1052: "query.ambiguous_column",
    1055: "query.not_grouped",
    1140: "query.not_grouped",
    1305: "query.no_such_function",
    1582: "query.no_such_function",
    1630: "query.no_such_function",
    1142: "query.no_permission",
    1143: "query.no_permission",
    1370: "query.no_permission",
    1227: "query.no_permission",
    1064: "query.syntax",
    1149: "query.syntax",
    1065: "query.syntax",
    1267: "query.type_mismatch",
    1292: "query.type_mismatch",
    1366: "query.type_mismatch",
    1690: "query.out_of_range",
    1365: "query.division_by_zero",
    1792: "query.read_only",
    1290: "query.read_only",
    1205: "query.locked",
    1213: "query.locked",
    1104: "query.too_big",
    1021: "query.too_big",
    1038: "query.too_big",
    1114: "query.too_big",
    1116: "query.too_big",
    1153: "query.too_big",
    1436: "query.too_big",
    3: "query.too_big",  # the disk for temporary tables is full
    1317: "query.cancelled",
    1969: "query.too_slow",
    3024: "query.too_slow",
    1040: "database.too_many_connections",
    1203: "database.too_many_connections",
    1226: "database.too_many_connections",
    1044: "database.sign_in",
    1045: "database.sign_in",
    1251: "database.sign_in",
    1698: "database.sign_in",
    1820: "database.sign_in",
    1862: "database.sign_in",
    2059: "database.sign_in",
    3118: "database.sign_in",
    1049: "database.unknown_database",
    1129: "database.refused",
    1130: "database.refused",
    2026: "database.tls",
    0: "database.unreachable",
    1053: "database.unreachable",
    1927: "database.unreachable",
    2003: "database.unreachable",
    2006: "database.unreachable",
    2013: "database.unreachable",
    2014: "database.unreachable",
    2027: "database.unreachable",
    2055: "database.unreachable",
    4031: "database.unreachable",
}
"""By the server's (1000 and up) or the client's (2000 to 2999) error number."""

_NAMES = {
    "query.no_permission": r"for (?:table|column) [`']?(.+?)[`']?(?: in table .+)?$",
    "query.not_grouped": r"column '([^']+)'|^'([^']+)' isn't in",
    "query.no_such_function": r"(?:FUNCTION|function) '?([\w.$]+)'?",
    "query.syntax": r"near '(.*)' at line",
}
"""Where the name stands in an English message; in all others it is the first that is quoted."""

_TABLES = """
SELECT '', TABLE_NAME, CASE WHEN TABLE_TYPE LIKE '%VIEW' THEN 'view' ELSE 'table' END,
       CASE WHEN TABLE_TYPE LIKE '%VIEW' THEN '' ELSE TABLE_COMMENT END, TABLE_ROWS,
       TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')
FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE <> 'SEQUENCE'
  AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
"""
"""Sequences are MariaDB's. The server's own databases have no tables to ask, whoever connects to them."""
_COLUMNS = """
SELECT '', TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'YES', COLUMN_COMMENT,
       DATA_TYPE IN ('char', 'varchar', 'tinytext', 'text', 'enum', 'set')
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION
"""
_KEYS = """
SELECT '', TABLE_NAME, COLUMN_NAME
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND INDEX_NAME = 'PRIMARY'
ORDER BY TABLE_NAME, SEQ_IN_INDEX
"""
_REFERENCES = """
SELECT '', TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, '', REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_SCHEMA = DATABASE()
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
"""
_WRITING = re.compile(
    r"^GRANT .*\b(ALL PRIVILEGES|INSERT|UPDATE|DELETE|CREATE|DROP|ALTER|FILE|SUPER|EXECUTE|TRIGGER|EVENT)\b.* ON ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What differs between MySQL and MariaDB."""

    name: str
    sql_mode: str
    time_limit: str
    """The setting of the server's own time limit, in `seconds` or `milliseconds`."""
    limited_from: tuple[int, ...]
    """The first version that has it."""
    is_mariadb: bool


MYSQL = Traits(
    name="MySQL",
    sql_mode=f"{_SQL_MODE},ONLY_FULL_GROUP_BY",
    time_limit=", max_execution_time = {milliseconds:d}",
    limited_from=(5, 7, 8),
    is_mariadb=False,
)


class MysqlSession(SqlSession):
    """A connection to one database."""

    # Beside its own errors, what the driver raises at nonsense from a server that is none.
    driver_errors = (pymysql.MySQLError, OSError, RuntimeError, AssertionError, IndexError, struct.error)

    def __init__(self, target: Target, address: str, seconds: float, traits: Traits) -> None:
        super().__init__()
        self._traits = traits
        self._dial = (target, address, min(seconds, _KILL_SECONDS))
        self._connection, self._line = _connect(target, address, seconds)
        self._cursor: Any = None
        version = str(self._connection.get_server_info())
        self._version = _version(version)
        self._has_limit = ("MariaDB" in version) is traits.is_mariadb and self._version >= traits.limited_from
        self._sql_mode = traits.sql_mode if self._version >= _KNOWS_DEPENDENCE else _SQL_MODE

    def health(self) -> Health:
        """The version, and whether any grant of the account lets it change something."""
        with self._statement(seconds=10):
            self._begin(10)
            grants = self._rows("SHOW GRANTS")
            (version,) = self._rows("SELECT VERSION()")[0]
        line = self._connection._sock
        tls = line.version() or "" if isinstance(line, ssl.SSLSocket) else ""
        name = f"{self._traits.name} {version.split('-')[0]}"
        return Health(name, any(_WRITING.search(row[0]) for row in grants), bool(tls), tls)

    def read_schema(self) -> Schema:
        """The tables and views of the connected database; none of a database that is the server's own."""
        with self._statement():
            self._begin(CATALOG_SECONDS)
            rows = Catalogue(
                tables=[(*row[:5], row[5] == "1") for row in self._rows(_TABLES)],
                columns=[(*row[:4], row[4] == "1", row[5], row[6] == "1") for row in self._rows(_COLUMNS)],
                keys=self._rows(_KEYS),
                references=self._rows(_REFERENCES),
            )
        return with_values(assemble("mysql", "", rows), self.run)

    def _select(self, sql: str, limits: Limits) -> Answer:
        self._begin(limits.seconds)
        cursor = self._cursor = self._connection.cursor(SSCursor)
        cursor.execute(sql)
        if not cursor.description:
            return Answer((), lambda count: ())
        headings = tuple(Heading(column[0], _kind(column)) for column in cursor.description)
        return Answer(headings, cursor.fetchmany)

    def _begin(self, seconds: float) -> None:
        """Set the session up, each time anew: whatever the last statement changed of it is undone."""
        self._execute("SET SESSION TRANSACTION READ ONLY")
        self._begun = True
        limit = self._traits.time_limit if self._has_limit else ""
        self._execute(
            f"SET SESSION sql_mode = '{self._sql_mode}', lc_messages = 'en_US', lock_wait_timeout = 5,"
            f" innodb_lock_wait_timeout = 5{limit.format(milliseconds=int(seconds * 1000) or 1, seconds=seconds)}"
        )

    def _execute(self, sql: str) -> None:
        with self._connection.cursor(Cursor) as cursor:
            cursor.execute(sql)

    def _rows(self, sql: str) -> list[Row]:
        with self._connection.cursor(Cursor) as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())

    def _clean(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is None:
            return
        if self._stopped or (cursor.description and cursor.fetchone() is not None):
            self._spoiled = True
            self._discard(cursor)
        else:
            cursor.close()

    def _discard(self, cursor: Any) -> None:
        """Give up a result that is not read to its end: closing it would read all of it, so it is killed first."""
        watch = Timer(5.0, _cut, (self._line,))
        watch.start()
        try:
            self._interrupt()
            cursor.close()
        except self.driver_errors:
            if cursor._result is not None:
                cursor._result.unbuffered_active = False  # or it would try to read on when it is collected
        finally:
            watch.cancel()

    def _interrupt(self) -> None:
        connection, line = _connect(*self._dial)
        try:
            with connection.cursor(Cursor) as cursor:
                cursor.execute(f"KILL QUERY {int(self._connection.thread_id()):d}")
        finally:
            _hang_up(connection, line)

    def _sever(self) -> None:
        _cut(self._line)

    def _shut(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            self._discard(cursor)
        _hang_up(self._connection, self._line)

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        if not isinstance(error, pymysql.MySQLError):
            return "database.unreachable", ""
        code = connect_code(error) if _number(error) in _CODES else "query.failed"
        found = re.search(_NAMES.get(code, r"'([^']*)'"), str(error.args[-1]) if error.args else "", re.DOTALL)
        name = next((group for group in found.groups() if group), "") if found else ""
        return code, first_token(name) if code == "query.syntax" else told(sql, name)


@dataclass(frozen=True, slots=True)
class MysqlEngine:
    """Servers that speak MySQL's protocol."""

    traits: Traits
    kind: ServerKind
    dialect: str = "mysql"
    default_port: int = 3306

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> MysqlSession:
        """Sign in. See `core.engines.base.Engine`."""
        if not target.database:
            raise BadConnection("connection.no_database")
        failure: ColloqueryError = DatabaseUnavailable("database.unreachable")
        for address in checked_addresses(target.host, target.port, hosts, local=target.local, database=target.database):
            try:
                return MysqlSession(target, address, seconds, self.traits)
            except MysqlSession.driver_errors as error:
                failure = failed(connect_code(error))
                if failure.code != "database.unreachable":
                    break
        raise failure


ENGINE = MysqlEngine(MYSQL, "mysql")


def connect_code(error: Exception) -> str:
    """The code of what went wrong while a connection was made."""
    cause = getattr(error, "original_exception", error)
    if isinstance(cause, ssl.SSLError):
        return code_of(str(cause))
    code = _CODES.get(_number(error), "database.unreachable")
    return code_of(str(error)) if code == "database.tls" else code


def _number(error: Exception) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _connect(target: Target, address: str, seconds: float) -> tuple[Any, socket.socket]:
    """A connection, and a second handle on its line: the driver's own is replaced when TLS begins."""
    plain = socket.create_connection((address, target.port), seconds)
    line = socket.socket(fileno=os.dup(plain.fileno()))
    # The driver waits without end for a greeting, and a stranger may never send one.
    watch = Timer(seconds, _cut, (line,))
    watch.start()
    try:
        connection: Any = pymysql.connect(
            user=target.user,
            password=target.password.encode(),  # text would be taken for Latin-1
            database=target.database,
            host=target.host,  # for messages; the line goes to the address
            port=target.port,
            charset="utf8mb4",
            autocommit=True,
            local_infile=False,
            program_name="colloquery",
            conv=_DECODERS,
            ssl_disabled=target.tls == "off",
            # Where one is given, the driver sends nothing unless the server takes it.
            ssl=context(target) if target.tls in ("require", "verify") else None,
            defer_connect=True,
        )
        for option, value in ((socket.TCP_NODELAY, 1), (socket.TCP_USER_TIMEOUT, 30_000)):
            plain.setsockopt(socket.IPPROTO_TCP, option, value)
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.connect(plain)
    except BaseException:
        plain.close()
        line.close()
        raise
    finally:
        watch.cancel()
    return connection, line


def _cut(line: socket.socket) -> None:
    """Wake whoever waits on a line. It may have ended by itself in the meantime, on the other side or on ours."""
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _hang_up(connection: Any, line: socket.socket) -> None:
    with suppress(pymysql.MySQLError, OSError):
        connection.close()
    line.close()


def _kind(column: Sequence[Any]) -> ColumnKind:
    """The kind of a column, as its description tells. TINYINT(1) and BIT(1) are how MySQL spells a boolean."""
    _, code, _, length, _, scale, *_ = column
    if code in (FIELD_TYPE.TINY, FIELD_TYPE.BIT) and length == 1:
        return "boolean"
    if code == FIELD_TYPE.NEWDECIMAL and scale == 0:
        return "integer"
    return _KINDS.get(code, "text")


def _version(text: str) -> tuple[int, ...]:
    """ "5.5.5-10.11.19-MariaDB" is MariaDB's 10.11.19: the first number is there for old replicas."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", text.removeprefix("5.5.5-"))
    return tuple(int(part) for part in found.groups()) if found else (0, 0, 0)
