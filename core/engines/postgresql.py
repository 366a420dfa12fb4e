"""PostgreSQL. Each statement runs through a cursor inside a read-only transaction that is always rolled back.

DECLARE CURSOR takes nothing but a query, and is sent by the extended protocol, which takes nothing but one statement.
All settings are local to the transaction, so that a pooler in between (PgBouncer) sees a plain one.
"""

import os
import re
import socket
from collections.abc import Sequence
from typing import Any, ClassVar, LiteralString

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Loader
from psycopg.pq import TransactionStatus

from core.chat import ColumnKind, TlsMode
from core.engines.base import Health, Limits, ServerKind, Target
from core.engines.cells import Answer, Heading, first_batch
from core.engines.failures import failed, first_match, token_at, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_addresses
from core.engines.session import CATALOG_SECONDS, SqlSession
from core.engines.structure import Catalogue, Row, assemble
from core.engines.tls import CaFile, code_of, trusted_file
from core.engines.values import with_values
from core.schema import Schema

_BEGIN = """BEGIN TRANSACTION READ ONLY;
SET LOCAL statement_timeout = {milliseconds};
SET LOCAL lock_timeout = 5000;
SET LOCAL idle_in_transaction_session_timeout = {idle};
SET LOCAL standard_conforming_strings = on;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL intervalstyle = 'postgres';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL cursor_tuple_fraction = 1.0"""
_TRANSACTION_TIMEOUT = ";\nSET LOCAL transaction_timeout = {milliseconds}"
"""From PostgreSQL 17 on: the only limit of the server that spans several fetches."""

_DECLARE = "DECLARE answer NO SCROLL CURSOR FOR\n"

_KINDS: dict[int, ColumnKind] = {
    16: "boolean",
    17: "binary",
    20: "integer",
    21: "integer",
    23: "integer",
    26: "integer",
    700: "float",
    701: "float",
    1082: "date",
    1083: "time",
    1114: "datetime",
    1184: "datetime",
    1266: "time",
    1700: "decimal",
}
"""Types by their object id, which no server ever changes. All others are text."""

_STATES = {
    "42P01": "query.no_such_table",
    "3F000": "query.no_such_table",
    "42703": "query.no_such_column",
    "42702": "query.ambiguous_column",
    "42P09": "query.ambiguous_column",
    "42883": "query.no_such_function",
    "42803": "query.not_grouped",
    "42501": "query.no_permission",
    "42601": "query.syntax",
    "42P10": "query.syntax",
    "42P02": "query.syntax",
    "42804": "query.type_mismatch",
    "42846": "query.type_mismatch",
    "42725": "query.type_mismatch",
    "42P18": "query.type_mismatch",
    "22P02": "query.type_mismatch",
    "22007": "query.type_mismatch",
    "22008": "query.type_mismatch",
    "22003": "query.out_of_range",
    "22012": "query.division_by_zero",
    "25006": "query.read_only",
    "55P03": "query.locked",
    "40P01": "query.locked",
    "57014": "query.cancelled",
    "25P04": "query.too_slow",  # transaction_timeout: ends the session with it
    "53100": "query.too_big",
    "53200": "query.too_big",
    "53400": "query.too_big",
    "54000": "query.too_big",
    "54001": "query.too_big",
    "54011": "query.too_big",
    "53300": "database.too_many_connections",
    "28000": "database.sign_in",
    "28P01": "database.sign_in",
    "3D000": "database.unknown_database",
    "08P01": "query.failed",  # a parameter ($1) that nobody gives
}
_CLASSES = {"08": "database.unreachable", "57P": "database.unreachable", "53": "query.too_big", "54": "query.too_big"}

REFUSALS = {
    "database.sign_in": r"password|authentication|role .+ does not exist|pg_hba|not permitted to log in|SASL"
    r"|permission denied for database|인증|롤\(role\)",
    "database.unknown_database": r"database .+ does not exist|데이터베이스 없음",
    "database.too_many_connections": r"too many (?:clients|connections)|connection slots|최대 ?(?:동시 )?접속",
    "database.tls": r"SSL error|certificate|does not support SSL|SSL connection is required",
    "database.refused": r"FATAL|치명적",
}
"""While a connection is made the driver knows no SQLSTATE, and the server may speak Korean. First fit first."""

_MODES: dict[TlsMode, str] = {"off": "disable", "prefer": "prefer", "require": "require", "verify": "verify-full"}

_TABLES = """
SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END, d.description,
       CASE WHEN c.relkind IN ('r', 'p', 'm') AND c.reltuples >= 0 THEN c.reltuples::bigint END,
       c.relkind IN ('r', 'p', 'm')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_description AS d
       ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND has_schema_privilege(n.oid, 'USAGE')
  AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS e
        WHERE e.classid = 'pg_catalog.pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
"""
_COLUMNS = """
SELECT n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       d.description, t.typcategory IN ('S', 'E')
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_description AS d
       ON d.objoid = c.oid AND d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
  AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
  AND has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY c.oid, a.attnum
"""
_KEYS = """
SELECT n.nspname, c.relname, a.attname
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY AS u(number, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.number
WHERE k.contype = 'p' AND NOT c.relispartition
ORDER BY c.oid, u.place
"""
_REFERENCES = """
SELECT n.nspname, c.relname, k.conname, a.attname, tn.nspname, tc.relname, ta.attname
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_class AS tc ON tc.oid = k.confrelid
JOIN pg_catalog.pg_namespace AS tn ON tn.oid = tc.relnamespace
CROSS JOIN LATERAL unnest(k.conkey, k.confkey) WITH ORDINALITY AS u(ours, theirs, place)
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = u.ours
JOIN pg_catalog.pg_attribute AS ta ON ta.attrelid = tc.oid AND ta.attnum = u.theirs
WHERE k.contype = 'f' AND NOT c.relispartition AND k.conparentid = 0
ORDER BY c.oid, k.conname, u.place
"""
_CAN_WRITE = """
SELECT r.rolsuper
    OR pg_has_role(current_user, 'pg_write_server_files', 'USAGE')
    OR pg_has_role(current_user, 'pg_execute_server_program', 'USAGE')
    OR EXISTS (
        SELECT FROM pg_catalog.pg_class AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
          AND has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE'))
FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user
"""
_TLS = "SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid() AND ssl"


class _AsText(Loader):
    """The server's own spelling: exact digits, no date that Python cannot hold."""

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "replace")


class _AsBytes(Loader):
    def load(self, data: Buffer) -> bytes:
        return bytes.fromhex(bytes(data).removeprefix(b"\\x").decode("ascii"))


def _plain_adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    for known in psycopg.adapters.types:
        for oid in (known.oid, known.array_oid):
            adapters.register_loader(oid, _AsText)
    adapters.register_loader(0, _AsText)
    adapters.register_loader("bytea", _AsBytes)
    return adapters


_ADAPTERS = _plain_adapters()


class PostgresqlSession(SqlSession):
    """A connection to one database."""

    driver_errors = (psycopg.Error,)

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]], ca: CaFile | None = None) -> None:
        super().__init__()
        self._connection = connection
        self._ca = ca
        """As long as the session lives: whoever cancels makes a second line."""

    def health(self) -> Health:
        """The version, and whether the role is a superuser or may change any table."""
        with self._statement(seconds=10):
            self._begin(10)
            (can_write,) = self._rows(_CAN_WRITE)[0]
            version = self._connection.info.parameter_status("server_version") or ""
            is_encrypted = bool(self._connection.pgconn.ssl_in_use)
            tls = self._rows(_TLS) if is_encrypted else []
        return Health(
            f"PostgreSQL {version.split(' ')[0]}", can_write == "t", is_encrypted, str(tls[0][0] or "") if tls else ""
        )

    def read_schema(self) -> Schema:
        """All schemas but the system's, without what the role may not read, the parts of partitioned tables and what
        belongs to an extension (pg_stat_statements, PostGIS's spatial_ref_sys).
        """
        with self._statement():
            self._begin(CATALOG_SECONDS)
            (default,) = self._rows("SELECT current_schema()")[0]
            rows = Catalogue(
                tables=[(*row[:5], row[5] == "t") for row in self._rows(_TABLES)],
                columns=[(*row[:4], row[4] == "t", row[5], row[6] == "t") for row in self._rows(_COLUMNS)],
                keys=self._rows(_KEYS),
                references=self._rows(_REFERENCES),
            )
        return with_values(assemble("postgres", default or "", rows), self.run)

    def _select(self, sql: str, limits: Limits) -> Answer:
        self._begin(limits.seconds)
        cursor = self._connection.cursor()
        # Only a statement that asks for binary results is sent by the extended protocol; this one has no results.
        cursor.execute((_DECLARE + sql).encode(), binary=True)
        pending = [self._fetch(cursor, first_batch(limits))]

        def fetch(count: int) -> Sequence[Row]:
            return pending.pop() if pending else self._fetch(cursor, count)

        headings = tuple(
            Heading(column.name, _KINDS.get(column.type_code, "text")) for column in cursor.description or ()
        )
        return Answer(headings, fetch)

    def _fetch(self, cursor: psycopg.Cursor[tuple[Any, ...]], count: int) -> list[Row]:
        cursor.execute(f"FETCH FORWARD {count} FROM answer".encode())
        return list(cursor.fetchall())

    def _begin(self, seconds: float) -> None:
        text = _BEGIN + (_TRANSACTION_TIMEOUT if self._connection.info.server_version >= 170000 else "")
        milliseconds = max(1, int(seconds * 1000))
        self._connection.execute(text.format(milliseconds=milliseconds, idle=milliseconds + 60_000).encode())
        self._begun = True

    def _rows(self, sql: LiteralString) -> list[Row]:
        return list(self._connection.execute(sql).fetchall())

    def _clean(self) -> None:
        """Roll back, then drop what outlives a transaction: advisory locks, listens, prepared statements."""
        if self._connection.info.transaction_status != TransactionStatus.IDLE:
            self._connection.execute("ROLLBACK")
        self._connection.execute("DISCARD ALL")

    def _interrupt(self) -> None:
        self._connection.cancel_safe(timeout=5.0)

    def _sever(self) -> None:
        # The duplicate keeps the number from being reused in between; shutting it down wakes whoever waits on it.
        with socket.socket(fileno=os.dup(self._connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    def _shut(self) -> None:
        self._connection.close()
        if self._ca is not None:
            self._ca.remove()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        state = error.sqlstate or "" if isinstance(error, psycopg.Error) else ""
        if not state or self._connection.closed:
            return "database.unreachable", ""
        code = _STATES.get(state) or next((code for head, code in _CLASSES.items() if state.startswith(head)), "")
        diagnosis = error.diag if isinstance(error, psycopg.Error) else None
        name = ""
        if diagnosis and diagnosis.statement_position:
            name = token_at(sql, int(diagnosis.statement_position) - 1 - len(_DECLARE))
        elif code == "query.syntax":
            code = "query.several_statements"
        if code == "query.no_such_function" and not name[:1].isidentifier():
            return "query.type_mismatch", ""  # an operator that these types do not have
        if not name and diagnosis and code != "query.syntax":
            # Some languages quote a name otherwise than English does.
            quoted = re.search('["“«„](.+?)["”»“]', diagnosis.message_primary or "")
            name = told(sql, quoted.group(1)) if quoted else ""
        if code == "query.no_permission" and not name:
            name = told(sql, (diagnosis.message_primary or "").split(" ")[-1]) if diagnosis else ""
        return code or "query.failed", name


class Postgresql:
    """Servers of PostgreSQL 12 and later."""

    kind: ClassVar[ServerKind] = "postgresql"
    dialect: ClassVar[str] = "postgres"
    default_port: ClassVar[int] = 5432

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> PostgresqlSession:
        """Sign in. See `core.engines.base.Engine`."""
        if "\0" in target.user + target.password + target.database:
            raise failed("database.sign_in")
        addresses = checked_addresses(
            target.host, target.port, hosts, local=target.local, database=target.database or target.user
        )
        code = "database.unreachable"
        ca = CaFile(target.tls_ca) if target.tls == "verify" and target.tls_ca else None
        for address in addresses:
            try:
                return PostgresqlSession(_connect(target, address, seconds, ca), ca)
            except psycopg.Error as error:
                code = refusal(str(error))
                if code != "database.unreachable":
                    break
        if ca is not None:
            ca.remove()
        raise failed(code)


ENGINE = Postgresql()


def refusal(text: str) -> str:
    """The code of what libpq says of a connection that could not be made."""
    code, _ = first_match(REFUSALS, text) or ("database.unreachable", "")
    return code_of(text) if code == "database.tls" else code


def _connect(target: Target, address: str, seconds: float, ca: CaFile | None) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=target.host,  # for TLS and messages; the line goes to hostaddr
        hostaddr=address,
        port=target.port,
        user=target.user,
        password=target.password,
        dbname=target.database,
        connect_timeout=max(2, int(seconds)),
        application_name="colloquery",
        client_encoding="utf8",
        options="",
        sslmode=_MODES[target.tls],
        # Of a file in our home nothing is taken: neither whom to trust nor a password for whoever asks.
        sslrootcert=(str(ca.path) if ca else trusted_file()) if target.tls == "verify" else os.devnull + "/none",
        passfile=os.devnull,
        gssencmode="disable",
        tcp_user_timeout=30_000,
        keepalives_idle=60,
        autocommit=True,
        prepare_threshold=None,
        context=_ADAPTERS,
    )
