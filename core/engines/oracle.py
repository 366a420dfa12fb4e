"""Oracle Database, by the driver's thin mode: no client libraries, no tnsnames, no wallet.

Every statement is the first of a read-only transaction that is rolled back. The driver's own limit counts one round
trip, not the statement: the clock on our side counts the statement.
"""

import re
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any, ClassVar

import oracledb

from core.chat import ColumnKind
from core.engines.base import Health, Limits, ServerKind, Target
from core.engines.cells import Answer, Heading
from core.engines.failures import failed, token_at, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.session import CATALOG_SECONDS, SqlSession
from core.engines.structure import Catalogue, Row, assemble
from core.engines.tls import code_of as code_of_tls
from core.engines.tls import context
from core.engines.values import with_values
from core.errors import BadConnection, ColloqueryError, DatabaseUnavailable
from core.schema import Schema

_SERVICE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.$#-]{0,127}")
"""What a service name is made of; the driver writes it into a connect descriptor full of parentheses."""

_SESSION = (
    "ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY-MM-DD HH24:MI:SS' NLS_TIMESTAMP_FORMAT = 'YYYY-MM-DD HH24:MI:SS.FF'"
    " NLS_NUMERIC_CHARACTERS = '.,'"
)

_KINDS: dict[str, ColumnKind] = {
    "DB_TYPE_BINARY_INTEGER": "integer",
    "DB_TYPE_BINARY_FLOAT": "float",
    "DB_TYPE_BINARY_DOUBLE": "float",
    "DB_TYPE_BOOLEAN": "boolean",
    "DB_TYPE_DATE": "datetime",
    "DB_TYPE_TIMESTAMP": "datetime",
    "DB_TYPE_TIMESTAMP_TZ": "datetime",
    "DB_TYPE_TIMESTAMP_LTZ": "datetime",
    "DB_TYPE_RAW": "binary",
    "DB_TYPE_LONG_RAW": "binary",
    "DB_TYPE_BLOB": "binary",
}

_CODES = {
    "ORA-00942": "query.no_such_table",
    "ORA-04043": "query.no_such_table",
    "ORA-00904": "query.no_such_column",
    "ORA-00918": "query.ambiguous_column",
    "ORA-00979": "query.not_grouped",
    "ORA-00937": "query.not_grouped",
    "ORA-01031": "query.no_permission",
    "ORA-41900": "query.no_permission",
    "ORA-00900": "query.syntax",
    "ORA-00903": "query.syntax",
    "ORA-00905": "query.syntax",
    "ORA-00906": "query.syntax",
    "ORA-00907": "query.syntax",
    "ORA-00909": "query.syntax",
    "ORA-00911": "query.syntax",
    "ORA-00917": "query.syntax",
    "ORA-00920": "query.syntax",
    "ORA-00921": "query.syntax",
    "ORA-00923": "query.syntax",
    "ORA-00933": "query.syntax",
    "ORA-00936": "query.syntax",
    "ORA-01756": "query.syntax",
    "ORA-03048": "query.syntax",
    "ORA-03049": "query.syntax",
    "ORA-00932": "query.type_mismatch",
    "ORA-01722": "query.type_mismatch",
    "ORA-01858": "query.type_mismatch",
    "ORA-01861": "query.type_mismatch",
    "ORA-01843": "query.type_mismatch",
    "ORA-01830": "query.type_mismatch",
    "ORA-01847": "query.type_mismatch",
    "ORA-01426": "query.out_of_range",
    "ORA-01476": "query.division_by_zero",
    "ORA-01456": "query.read_only",
    "ORA-16000": "query.read_only",
    "ORA-28194": "query.read_only",
    "ORA-00054": "query.locked",
    "ORA-30006": "query.locked",
    "ORA-00060": "query.locked",
    "ORA-01652": "query.too_big",
    "ORA-04030": "query.too_big",
    "ORA-04031": "query.too_big",
    "ORA-01489": "query.too_big",
    "ORA-02391": "database.too_many_connections",
    "ORA-00018": "database.too_many_connections",
    "ORA-00020": "database.too_many_connections",
    "ORA-12516": "database.too_many_connections",
    "ORA-12519": "database.too_many_connections",
    "ORA-12520": "database.too_many_connections",
    "ORA-01013": "query.cancelled",
    "ORA-00040": "query.too_slow",
    "ORA-56735": "query.too_slow",
    "DPY-4024": "query.too_slow",
    "ORA-01005": "database.sign_in",
    "ORA-01017": "database.sign_in",
    "ORA-01045": "database.sign_in",
    "ORA-28000": "database.sign_in",
    "ORA-28001": "database.sign_in",
    "DPY-4001": "database.sign_in",
    "DPY-3015": "database.sign_in",  # a password verifier too old for the thin mode
    "ORA-12505": "database.unknown_database",
    "ORA-12514": "database.unknown_database",
    "DPY-6001": "database.unknown_database",
    "DPY-6003": "database.unknown_database",
    "DPY-3010": "database.refused",  # a server too old for the thin mode
    "DPY-6000": "database.refused",
    "ORA-28759": "database.tls",
    "ORA-29024": "database.tls_not_trusted",
}
_LOST = re.compile(
    r"DPY-(1001|4011|4027|5\d{3}|6\d{3})|DPI-1080|ORA-(00028|01012|01033|01034|01089|02396|03113|03114|03135|12\d{3})\b"
)

_TABLES = """
SELECT t.owner, t.table_name, 'table', c.comments, t.num_rows, 1
FROM all_tables t
JOIN all_users u ON u.username = t.owner AND u.oracle_maintained = 'N'
LEFT JOIN all_tab_comments c ON c.owner = t.owner AND c.table_name = t.table_name
WHERE t.nested = 'NO' AND t.secondary = 'N' AND (t.iot_type IS NULL OR t.iot_type = 'IOT')
  AND t.table_name NOT LIKE 'BIN$%' AND t.table_name NOT LIKE 'MLOG$%' AND t.table_name NOT LIKE 'RUPD$%'
UNION ALL
SELECT v.owner, v.view_name, 'view', c.comments, NULL, 0
FROM all_views v
JOIN all_users u ON u.username = v.owner AND u.oracle_maintained = 'N'
LEFT JOIN all_tab_comments c ON c.owner = v.owner AND c.table_name = v.view_name
"""
"""Without the recycle bin, the inside of nested and index-organised tables, and the logs of materialized views."""
_COLUMNS = """
SELECT c.owner, c.table_name, c.column_name,
       CASE
         WHEN c.data_type IN ('VARCHAR2', 'NVARCHAR2', 'CHAR', 'NCHAR') THEN c.data_type || '(' || c.char_length || ')'
         WHEN c.data_type = 'NUMBER' AND c.data_precision IS NOT NULL
           THEN 'NUMBER(' || c.data_precision || ',' || c.data_scale || ')'
         ELSE c.data_type
       END,
       CASE WHEN c.nullable = 'Y' THEN 1 ELSE 0 END, m.comments,
       CASE WHEN c.data_type IN ('VARCHAR2', 'NVARCHAR2', 'CHAR', 'NCHAR') THEN 1 ELSE 0 END
FROM all_tab_columns c
JOIN all_users u ON u.username = c.owner AND u.oracle_maintained = 'N'
LEFT JOIN all_col_comments m
       ON m.owner = c.owner AND m.table_name = c.table_name AND m.column_name = c.column_name
ORDER BY c.owner, c.table_name, c.column_id
"""
_KEYS = """
SELECT k.owner, k.table_name, p.column_name
FROM all_constraints k
JOIN all_users u ON u.username = k.owner AND u.oracle_maintained = 'N'
JOIN all_cons_columns p ON p.owner = k.owner AND p.constraint_name = k.constraint_name
WHERE k.constraint_type = 'P'
ORDER BY k.owner, k.table_name, p.position
"""
_REFERENCES = """
SELECT k.owner, k.table_name, k.constraint_name, p.column_name, r.owner, r.table_name, r.column_name
FROM all_constraints k
JOIN all_users u ON u.username = k.owner AND u.oracle_maintained = 'N'
JOIN all_cons_columns p ON p.owner = k.owner AND p.constraint_name = k.constraint_name
JOIN all_cons_columns r
  ON r.owner = k.r_owner AND r.constraint_name = k.r_constraint_name AND r.position = p.position
WHERE k.constraint_type = 'R'
ORDER BY k.owner, k.table_name, k.constraint_name, p.position
"""
_DEFAULT = "SELECT SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') FROM dual"
_CAN_WRITE = """
SELECT COUNT(*) FROM (
  SELECT privilege FROM session_privs
  WHERE privilege LIKE 'INSERT ANY%' OR privilege LIKE 'UPDATE ANY%' OR privilege LIKE 'DELETE ANY%'
     OR privilege LIKE 'CREATE%TABLE' OR privilege LIKE 'ALTER ANY%' OR privilege LIKE 'DROP ANY%'
  UNION ALL
  SELECT privilege FROM all_tab_privs
  WHERE privilege IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER')
    AND (grantee = SYS_CONTEXT('USERENV', 'SESSION_USER') OR grantee IN (SELECT role FROM session_roles))
  UNION ALL
  SELECT table_name FROM user_tables
)
"""

QUERIES = (_TABLES, _COLUMNS, _KEYS, _REFERENCES, _DEFAULT, _CAN_WRITE)
"""Every query of the catalogue, for a look at them without a server."""


class OracleSession(SqlSession):
    """A connection to one service."""

    driver_errors = (oracledb.Error,)

    def __init__(self, connection: oracledb.Connection, is_encrypted: bool | None = None) -> None:
        super().__init__()
        self._connection = connection
        self._is_encrypted = is_encrypted
        self._cursor: oracledb.Cursor | None = None
        connection.outputtypehandler = exact

    def health(self) -> Health:
        """The version, and whether the account owns tables or may change those of others."""
        with self._statement(seconds=10):
            self._begin(10)
            ((count,),) = self._rows(_CAN_WRITE)
        return Health(f"Oracle {self._connection.version}", int(count) > 0, self._is_encrypted)

    def read_schema(self) -> Schema:
        """All schemas that people made, the current one first."""
        with self._statement():
            self._begin(CATALOG_SECONDS)
            ((default,),) = self._rows(_DEFAULT)
            rows = Catalogue(
                tables=[(*row[:5], row[5] == "1") for row in self._rows(_TABLES)],
                columns=[(*row[:4], row[4] == "1", row[5], row[6] == "1") for row in self._rows(_COLUMNS)],
                keys=self._rows(_KEYS),
                references=self._rows(_REFERENCES),
            )
        return with_values(assemble("oracle", default, rows), self.run)

    def _select(self, sql: str, limits: Limits) -> Answer:
        self._begin(limits.seconds)
        cursor = self._cursor = self._connection.cursor()
        cursor.arraysize, cursor.prefetchrows = 100, 101
        cursor.execute(sql)
        headings = tuple(Heading(column.name, kind_of(column)) for column in cursor.description or ())
        return Answer(headings, cursor.fetchmany if headings else lambda count: ())

    def _begin(self, seconds: float) -> None:
        # Set anew each time: the driver forgets it after some of its own pings.
        self._connection.call_timeout = max(1, int(seconds * 1000))
        self._rows("SET TRANSACTION READ ONLY")
        self._begun = True

    def _rows(self, sql: str) -> list[Row]:
        with self._connection.cursor() as cursor:
            cursor.arraysize = 2_000
            found = cursor.execute(sql)
            return list(found.fetchall()) if found is not None else []

    def _clean(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()
        self._connection.rollback()

    def _interrupt(self) -> None:
        self._connection.cancel()

    def _sever(self) -> None:
        # The driver hides the line. Should this go unheard, its own limit ends the wait.
        self._connection.cancel()

    def _shut(self) -> None:
        self._connection.close()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        code, name = meaning(error, sql)
        if code == "query.too_slow":
            self._spoiled = True  # the driver gave up waiting, the server may not have
        return code, name


class Oracle:
    """Servers of Oracle 12.1 and later, which is what the driver's thin mode speaks to."""

    kind: ClassVar[ServerKind] = "oracle"
    dialect: ClassVar[str] = "oracle"
    default_port: ClassVar[int] = 1521

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> OracleSession:
        """Sign in. See `core.engines.base.Engine`."""
        failure: ColloqueryError = DatabaseUnavailable("database.unreachable")
        for address in checked_addresses(target.host, target.port, hosts, local=target.local, database=target.database):
            params = parameters(target, address, seconds)
            try:
                return OracleSession(_within(seconds, partial(_connect, params, seconds)), is_secured(target))
            except oracledb.Error as error:
                code = code_of(error)
                failure = failed(code if code.startswith("database.") else "database.unreachable")
                if failure.code != "database.unreachable":
                    break
        raise failure


ENGINE = Oracle()


def is_secured(target: Target) -> bool:
    """Whether the line is encrypted: Oracle listens for that at a port of its own, so that there is nothing to ask."""
    return target.tls in ("require", "verify")


def parameters(target: Target, address: str, seconds: float) -> oracledb.ConnectParams:
    """How the driver is told where to go: fields, never a descriptor. Raises `BadConnection`."""
    if not target.database:
        raise BadConnection("connection.no_database")
    if not _SERVICE.fullmatch(target.database):
        raise BadConnection("connection.bad_database")
    params: oracledb.ConnectParams = oracledb.ConnectParams(
        host=address,
        port=target.port,
        protocol="tcps" if is_secured(target) else "tcp",
        ssl_context=context(target) if is_secured(target) else None,
        ssl_server_dn_match=False,  # it would look for the address; the context looks for the name
        service_name=target.database,
        user=target.user,
        password=target.password,
        tcp_connect_timeout=seconds,
        retry_count=0,
        expire_time=1,  # minutes between probes of an idle line
        program="colloquery",
        machine="colloquery",
        osuser="colloquery",
        terminal="colloquery",
    )
    return params


def _connect(params: oracledb.ConnectParams, seconds: float) -> oracledb.Connection:
    connection = oracledb.connect(params=params)
    connection.call_timeout = max(1, int(seconds * 1000))
    with connection.cursor() as cursor:
        cursor.execute(_SESSION)
    return connection


def _within(seconds: float, connect: Callable[[], oracledb.Connection]) -> oracledb.Connection:
    """The connection, or `DatabaseUnavailable` when it takes too long.

    The driver bounds reaching a port, but not the silence of whoever listens there, and shows no line to cut: such a
    call is left behind in a thread of its own, which ends with the line.
    """
    future: Future[oracledb.Connection] = Future()

    def work() -> None:
        try:
            connection = connect()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
            return
        if not future.set_running_or_notify_cancel():
            with suppress(oracledb.Error):  # nobody waits for it any more, so nobody is told
                connection.close()
            return
        future.set_result(connection)

    Thread(target=work, daemon=True, name="colloquery-oracle").start()
    try:
        return future.result(seconds)
    except TimeoutError:
        if future.cancel():
            raise DatabaseUnavailable("database.unreachable") from None
        return future.result()


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of a driver's exception, and the name it is about: at the offset it tells, or quoted in its text."""
    code = code_of(error)
    offset = getattr(error.args[0], "offset", 0) if error.args else 0
    name = token_at(sql, offset) if offset else ""
    if not name and code != "query.syntax":
        quoted = re.search(r'((?:"[^"]+"\.?)+)', str(error))
        name = told(sql, quoted.group(1)) if quoted else ""
    return code, name


def code_of(error: Exception) -> str:
    """The code of a driver's exception."""
    detail: Any = error.args[0] if error.args else None
    full = str(getattr(detail, "full_code", "") or "")
    text = str(error)
    if re.search(r"\[SSL|certificate verify failed", text):
        return code_of_tls(text)
    if full in _CODES:
        return _CODES[full]
    # A refused connection is wrapped: the server's own code stands further on in the text.
    inner = next((code for code in re.findall(r"(?:ORA|DPY)-\d+", text) if code in _CODES), None)
    if inner:
        return _CODES[inner]
    return "database.unreachable" if _LOST.search(f"{full} {text}") else "query.failed"


def exact(cursor: oracledb.Cursor, column: oracledb.FetchInfo) -> "oracledb.Var | None":
    """Have numbers fetched as their digits, and long texts as texts."""
    kind = column.type_code
    if kind is oracledb.DB_TYPE_NUMBER:
        return cursor.var(oracledb.DB_TYPE_VARCHAR, arraysize=cursor.arraysize)
    if kind in (oracledb.DB_TYPE_CLOB, oracledb.DB_TYPE_NCLOB):
        return cursor.var(oracledb.DB_TYPE_LONG, arraysize=cursor.arraysize)
    if kind is oracledb.DB_TYPE_BLOB:
        return cursor.var(oracledb.DB_TYPE_LONG_RAW, arraysize=cursor.arraysize)
    return None


def kind_of(column: oracledb.FetchInfo) -> ColumnKind:
    """The kind of a column. A NUMBER without a scale may hold fractions."""
    if column.type_code is oracledb.DB_TYPE_NUMBER:
        return "integer" if column.scale == 0 and column.precision else "decimal"
    return _KINDS.get(column.type_code.name, "text")
