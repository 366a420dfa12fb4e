"""SQL Server, by ODBC. The driver needs libodbc and Microsoft's (or FreeTDS's) driver on the machine.

SQL Server has no read-only transaction. What is left is a transaction that is always rolled back, the guard before it,
and an account that may only read: `health` says when it may do more.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from importlib import import_module
from struct import unpack
from types import ModuleType
from typing import Any, ClassVar

from core.engines.base import Health, Limits, ServerKind, Target
from core.engines.cells import Answer, Heading
from core.engines.failures import failed, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.session import CATALOG_SECONDS, SqlSession
from core.engines.structure import Catalogue, Row, assemble
from core.engines.tls import code_of as code_of_tls
from core.engines.values import with_values
from core.errors import BadConnection, ColloqueryError, DatabaseUnavailable
from core.schema import Schema

_FREETDS = "FreeTDS"
_DRIVERS = ("ODBC Driver 18 for SQL Server", "ODBC Driver 17 for SQL Server", _FREETDS)
"""Best first."""

_DATETIMEOFFSET = -155
"""ODBC's number of a type that pyodbc cannot read by itself."""

_CODES = {
    208: "query.no_such_table",
    4701: "query.no_such_table",
    207: "query.no_such_column",
    4104: "query.no_such_column",
    209: "query.ambiguous_column",
    195: "query.no_such_function",
    4121: "query.no_such_function",
    174: "query.no_such_function",
    8120: "query.not_grouped",
    8127: "query.not_grouped",
    8121: "query.not_grouped",
    229: "query.no_permission",
    230: "query.no_permission",
    262: "query.no_permission",
    297: "query.no_permission",
    916: "database.sign_in",
    102: "query.syntax",
    105: "query.syntax",
    156: "query.syntax",
    319: "query.syntax",
    170: "query.syntax",
    206: "query.type_mismatch",
    241: "query.type_mismatch",
    242: "query.type_mismatch",
    245: "query.type_mismatch",
    402: "query.type_mismatch",
    8114: "query.type_mismatch",
    8117: "query.type_mismatch",
    220: "query.out_of_range",
    8115: "query.out_of_range",
    8134: "query.division_by_zero",
    3906: "query.read_only",
    1222: "query.locked",
    1205: "query.locked",
    701: "query.too_big",
    1105: "query.too_big",
    8623: "query.too_big",
    8631: "query.too_big",
    8649: "query.too_big",
    4060: "database.unknown_database",
    911: "database.unknown_database",
    18456: "database.sign_in",
    18452: "database.sign_in",
    18486: "database.sign_in",
    18487: "database.sign_in",
    18488: "database.sign_in",
    10928: "database.too_many_connections",
    10929: "database.too_many_connections",
    17809: "database.too_many_connections",
    10054: "database.unreachable",
    10060: "database.unreachable",
    40613: "database.unreachable",
}
"""By the server's own error number, which stands in parentheses in the driver's text."""

_STATES = {
    "HYT00": "query.too_slow",
    "HYT01": "database.unreachable",
    "HY008": "query.cancelled",
    "42S02": "query.no_such_table",
    "42S22": "query.no_such_column",
    "22012": "query.division_by_zero",
    "22003": "query.out_of_range",
    "22007": "query.type_mismatch",
    "22018": "query.type_mismatch",
    "28000": "database.sign_in",
    "IM002": "database.driver_missing",
    "01000": "database.driver_missing",  # unixODBC: the driver's library cannot be opened
    "08001": "database.unreachable",
    "08S01": "database.unreachable",
    "08003": "database.unreachable",
    "08004": "database.refused",
}

_TABLES = """
SELECT s.name, o.name, CASE WHEN o.type = 'V' THEN 'view' ELSE 'table' END, CAST(d.value AS NVARCHAR(4000)),
       n.row_total, CASE WHEN o.type = 'U' THEN 1 ELSE 0 END
FROM sys.objects AS o
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
LEFT JOIN sys.extended_properties AS d
       ON d.class = 1 AND d.major_id = o.object_id AND d.minor_id = 0 AND d.name = 'MS_Description'
LEFT JOIN (
    SELECT p.object_id, SUM(p.rows) AS row_total FROM sys.partitions AS p
    WHERE p.index_id IN (0, 1) GROUP BY p.object_id
) AS n ON n.object_id = o.object_id
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
  AND NOT EXISTS (
        SELECT 1 FROM sys.extended_properties AS x
        WHERE x.class = 1 AND x.major_id = o.object_id AND x.minor_id = 0
          AND x.name = 'microsoft_database_tools_support')
"""
"""Microsoft's own tools mark what they add (sysdiagrams) by that property alone."""
_COLUMNS = """
SELECT s.name, o.name, c.name,
       CASE
         WHEN t.name IN ('nvarchar', 'nchar') AND c.max_length > 0
           THEN t.name + '(' + CAST(c.max_length / 2 AS VARCHAR(10)) + ')'
         WHEN t.name IN ('varchar', 'char', 'varbinary', 'binary') AND c.max_length > 0
           THEN t.name + '(' + CAST(c.max_length AS VARCHAR(10)) + ')'
         WHEN t.name IN ('varchar', 'nvarchar', 'varbinary') THEN t.name + '(max)'
         WHEN t.name IN ('decimal', 'numeric')
           THEN t.name + '(' + CAST(c.precision AS VARCHAR(10)) + ',' + CAST(c.scale AS VARCHAR(10)) + ')'
         ELSE t.name
       END,
       c.is_nullable, CAST(d.value AS NVARCHAR(4000)),
       CASE WHEN t.name IN ('varchar', 'nvarchar', 'char', 'nchar') THEN 1 ELSE 0 END
FROM sys.columns AS c
JOIN sys.objects AS o ON o.object_id = c.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.types AS t ON t.user_type_id = c.user_type_id
LEFT JOIN sys.extended_properties AS d
       ON d.class = 1 AND d.major_id = c.object_id AND d.minor_id = c.column_id AND d.name = 'MS_Description'
WHERE o.type IN ('U', 'V') AND o.is_ms_shipped = 0
ORDER BY s.name, o.name, c.column_id
"""
_KEYS = """
SELECT s.name, o.name, c.name
FROM sys.indexes AS i
JOIN sys.objects AS o ON o.object_id = i.object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.index_columns AS k ON k.object_id = i.object_id AND k.index_id = i.index_id
JOIN sys.columns AS c ON c.object_id = k.object_id AND c.column_id = k.column_id
WHERE i.is_primary_key = 1 AND o.is_ms_shipped = 0
ORDER BY s.name, o.name, k.key_ordinal
"""
_REFERENCES = """
SELECT s.name, o.name, f.name, c.name, ts.name, t.name, tc.name
FROM sys.foreign_keys AS f
JOIN sys.foreign_key_columns AS k ON k.constraint_object_id = f.object_id
JOIN sys.objects AS o ON o.object_id = f.parent_object_id
JOIN sys.schemas AS s ON s.schema_id = o.schema_id
JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = k.parent_column_id
JOIN sys.objects AS t ON t.object_id = f.referenced_object_id
JOIN sys.schemas AS ts ON ts.schema_id = t.schema_id
JOIN sys.columns AS tc ON tc.object_id = k.referenced_object_id AND tc.column_id = k.referenced_column_id
ORDER BY s.name, o.name, f.name, k.constraint_column_id
"""
_DEFAULT = "SELECT SCHEMA_NAME()"
_HEALTH = """
SELECT CAST(SERVERPROPERTY('ProductVersion') AS NVARCHAR(128)),
       CASE
         WHEN IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_MEMBER('db_owner') = 1 OR IS_MEMBER('db_datawriter') = 1
           OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'INSERT') = 1
           OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'UPDATE') = 1
           OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'DELETE') = 1
           OR HAS_PERMS_BY_NAME(DB_NAME(), 'DATABASE', 'EXECUTE') = 1
           OR EXISTS (
                SELECT 1 FROM sys.tables AS t JOIN sys.schemas AS s ON s.schema_id = t.schema_id
                WHERE HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(t.name), 'OBJECT', 'INSERT') = 1
                   OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(t.name), 'OBJECT', 'UPDATE') = 1
                   OR HAS_PERMS_BY_NAME(QUOTENAME(s.name) + '.' + QUOTENAME(t.name), 'OBJECT', 'DELETE') = 1)
         THEN 1 ELSE 0
       END
"""

QUERIES = (_TABLES, _COLUMNS, _KEYS, _REFERENCES, _DEFAULT, _HEALTH)
"""Every query of the catalogue, for a look at them without a server."""


class SqlServerSession(SqlSession):
    """A connection to one database."""

    def __init__(
        self, connection: Any, driver_errors: tuple[type[Exception], ...], is_encrypted: bool | None = None
    ) -> None:
        self.driver_errors = driver_errors
        super().__init__()
        self._connection = connection
        self._is_encrypted = is_encrypted
        self._cursor: Any = None
        connection.add_output_converter(_DATETIMEOFFSET, datetimeoffset)

    def health(self) -> Health:
        """The version, and whether the account may change or execute anything."""
        with self._statement(seconds=10):
            ((version, can_write),) = self._rows(_HEALTH, 10)
        return Health(f"SQL Server {version}", bool(can_write), self._is_encrypted)

    def read_schema(self) -> Schema:
        """All schemas of the connected database, the account's default one first."""
        with self._statement():
            ((default,),) = self._rows(_DEFAULT)
            rows = Catalogue(*(self._rows(sql) for sql in (_TABLES, _COLUMNS, _KEYS, _REFERENCES)))
        return with_values(assemble("tsql", default, rows), self.run)

    def _select(self, sql: str, limits: Limits) -> Answer:
        cursor = self._cursor = self._open(limits.seconds)
        cursor.execute(sql)
        headings = tuple(Heading(column[0]) for column in cursor.description or ())
        return Answer(headings, cursor.fetchmany if headings else lambda count: ())

    def _open(self, seconds: float) -> Any:
        # The driver reads its limit, whole seconds, when a cursor is made.
        self._connection.timeout = max(1, round(seconds + 0.5))
        cursor = self._connection.cursor()
        cursor.execute("SET LOCK_TIMEOUT 5000")
        self._begun = True
        return cursor

    def _rows(self, sql: str, seconds: float = CATALOG_SECONDS) -> Sequence[Row]:
        cursor = self._cursor = self._open(seconds)
        return list(cursor.execute(sql).fetchall())

    def _clean(self) -> None:
        cursor, self._cursor = self._cursor, None
        if cursor is not None:
            cursor.close()
        self._connection.rollback()

    def _interrupt(self) -> None:
        if (cursor := self._cursor) is not None:
            cursor.cancel()

    def _sever(self) -> None:
        # ODBC hides the line: a cancel is all that can wake the thread that waits.
        self._interrupt()

    def _shut(self) -> None:
        self._connection.close()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        return meaning(error, sql)


class SqlServer:
    """Servers of SQL Server 2016 and later, and Azure SQL Database."""

    kind: ClassVar[ServerKind] = "sqlserver"
    dialect: ClassVar[str] = "tsql"
    default_port: ClassVar[int] = 1433

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> SqlServerSession:
        """Sign in. See `core.engines.base.Engine`; database.driver_missing when the machine has no ODBC driver."""
        odbc = _odbc()
        driver = next((name for name in _DRIVERS if name in odbc.drivers()), "")
        if not driver:
            raise DatabaseUnavailable("database.driver_missing")
        failure: ColloqueryError = DatabaseUnavailable("database.unreachable")
        for address in checked_addresses(target.host, target.port, hosts, local=target.local, database=target.database):
            text = connection_string(target, address, driver)
            try:
                connection = odbc.connect(text, timeout=max(1, int(seconds)), autocommit=False)
                return SqlServerSession(connection, (odbc.Error,), is_secured(target, driver))
            except odbc.Error as error:
                code = code_of(error)
                failure = failed(code if code.startswith("database.") else "database.unreachable")
                if failure.code != "database.unreachable":
                    break
        raise failure


ENGINE = SqlServer()


def connection_string(target: Target, address: str, driver: str) -> str:
    """What ODBC is told. Every value that a person typed is in braces, where nothing but a brace means anything.

    Raises `BadConnection`.
    """
    if not target.database:
        raise BadConnection("connection.no_database")
    if any(sign < " " for sign in target.user + target.password + target.database):
        raise BadConnection("connection.bad_database")
    fields = {
        "DRIVER": _braced(driver),
        **_place(target, address, driver),
        "DATABASE": _braced(target.database),
        "UID": _braced(target.user),
        "PWD": _braced(target.password),
        "APP": "colloquery",
    }
    return ";".join(f"{name}={value}" for name, value in fields.items())


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of a driver's exception, and the name that its text quotes first."""
    found = re.search(r"'([^']*)'|\"([^\"]*)\"", str(error.args[-1]) if error.args else "")
    name = next((group for group in found.groups() if group), "") if found else ""
    return code_of(error), told(sql, name)


def code_of(error: Exception) -> str:
    """The code of a driver's exception: by the server's number, else by the SQLSTATE."""
    state = str(error.args[0]) if error.args else ""
    text = str(error.args[-1]) if error.args else ""
    if re.search(r"SSL|TLS|certificate", text):
        return code_of_tls(text)
    number = next((int(found) for found in re.findall(r"\((\d{2,6})\)", text) if int(found) in _CODES), None)
    if number is not None:
        return _CODES[number]
    return _STATES.get(state, "database.unreachable" if state.startswith("08") else "query.failed")


def datetimeoffset(raw: bytes) -> datetime:
    """The 20 bytes of ODBC's SQL_SS_TIMESTAMPOFFSET_STRUCT: date, time, nanoseconds, offset in hours and minutes."""
    year, month, day, hour, minute, second, nanoseconds, off_hour, off_minute = unpack("<6hI2h", raw)
    zone = timezone(timedelta(hours=off_hour, minutes=off_minute))
    return datetime(year, month, day, hour, minute, second, nanoseconds // 1000, zone)


def _odbc() -> ModuleType:
    """The driver. It is a shared object that needs another one, which many machines lack."""
    try:
        return import_module("pyodbc")
    except ImportError:
        raise DatabaseUnavailable("database.driver_missing") from None


def is_secured(target: Target, driver: str) -> bool | None:
    """Whether the line is encrypted; None where the driver leaves it to the server and does not tell."""
    if target.tls == "off":
        return False
    return None if target.tls == "prefer" and driver == _FREETDS else True


def _place(target: Target, address: str, driver: str) -> dict[str, str]:
    """Where the line goes and how it is secured.

    Raises `BadConnection`: connection.tls_driver where the driver here cannot check a name that is not the address,
    connection.tls_ca_driver because Microsoft's trusts the machine's authorities alone.
    """
    if target.tls == "verify" and driver != _DRIVERS[0]:
        raise BadConnection("connection.tls_driver", driver=_DRIVERS[0])
    if target.tls == "verify" and target.tls_ca:
        raise BadConnection("connection.tls_ca_driver")
    if driver == _FREETDS:
        encryption = {"off": "off", "prefer": "request"}.get(target.tls, "require")
        return {"SERVER": address, "PORT": str(target.port), "TDS_Version": "7.4", "Encryption": encryption}
    place = {
        "SERVER": f"tcp:{address},{target.port}",
        "Encrypt": "no" if target.tls == "off" else "yes",
        # Most servers have a certificate that nobody signed: encrypted, they are taken at their word.
        "TrustServerCertificate": "no" if target.tls == "verify" else "yes",
        "ApplicationIntent": "ReadOnly",
        "MultiSubnetFailover": "no",
    }
    return place | {"HostNameInCertificate": _braced(target.host)} if target.tls == "verify" else place


def _braced(value: str) -> str:
    return "{" + value.replace("}", "}}") + "}"
