"""SQLite. A file is opened read-only and an authorizer lets nothing pass but reading its own tables."""

import logging
import sqlite3
import time
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import quote

from core.engines.base import Health, Limits, ServerKind, Target
from core.engines.cells import Answer, Heading
from core.engines.failures import failed, first_match, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_file
from core.engines.session import SqlSession
from core.engines.sqlite_comments import read_comments
from core.engines.structure import Catalogue, Row, assemble
from core.engines.values import with_values
from core.schema import Schema

_log = logging.getLogger(__name__)

_STEPS = 4_000
"""Steps of SQLite's machine between two looks at the clock: some tens of microseconds."""

_BUSY_SECONDS = 5.0
"""How long a statement waits for somebody who writes to the file."""

_CEILINGS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 50_000_000,  # bytes of one value or row: one step of printf() can ask for gigabytes
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 500,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}

_FUNCTION_NAMES = """
    abs changes char coalesce concat concat_ws format glob hex ifnull iif instr last_insert_rowid length like likelihood
    likely lower ltrim max min nullif octet_length printf quote random randomblob replace round rtrim sign soundex
    sqlite_version substr substring total_changes trim typeof unhex unicode unlikely upper zeroblob
    avg count group_concat string_agg sum total median percentile percentile_cont percentile_disc
    row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
    date time datetime julianday unixepoch strftime timediff current_date current_time current_timestamp
    acos acosh asin asinh atan atan2 atanh ceil ceiling cos cosh degrees exp floor ln log log10 log2 mod pi pow power
    radians sin sinh sqrt tan tanh trunc
    json json_array json_array_length json_error_position json_extract json_object json_patch json_pretty json_quote
    json_remove json_replace json_set json_type json_valid json_group_array json_group_object json_insert
    -> ->>
    match bm25 highlight snippet matchinfo offsets rtreecheck
"""
"""SQL functions that neither write, nor read files, nor load code. What is not here is refused."""
_FUNCTIONS = frozenset(_FUNCTION_NAMES.split())

_HIDDEN_TABLES = ("sqlite_", "pragma_", "dbstat", "bytecode", "tables_used")

_TABLES = """
SELECT 'main', l.name, CASE l.type WHEN 'view' THEN 'view' ELSE 'table' END, m.sql, l.wr, l.type
FROM pragma_table_list AS l JOIN sqlite_master AS m ON m.name = l.name AND m.type IN ('table', 'view')
WHERE l.schema = 'main' AND l.type IN ('table', 'view', 'virtual') AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
"""
_COLUMNS = """
SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid
"""
_REFERENCES = """
SELECT m.name, f.id, f."from", f."table", f."to", f.seq FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f
WHERE m.type = 'table' ORDER BY m.name, f.id DESC, f.seq
"""

_PATTERNS = {
    "query.too_slow": r"^interrupted$",
    "query.no_such_table": r"no such table: (.+)|no such module: (.+)",
    "query.no_such_column": r"no such column: (.+)|has no column named (.+)",
    "query.no_such_function": r"no such function: (\w+)|wrong number of arguments to function (\w+)"
    r"|not authorized to use function: (\w+)",
    "query.ambiguous_column": r"ambiguous column name: (.+)",
    "query.no_permission": r"access to ([^\s.]+)\.\S+ is prohibited",
    "query.read_only": r"not authorized|readonly database|authoriz",
    "query.incomplete": r"incomplete input",
    "query.several_statements": r"one statement at a time",
    "query.syntax": r'near "(.+)": syntax error|unrecognized token: "(.)|misuse of|syntax error',
    "query.too_big": r"too big|too many|parser stack overflow|expression tree is too large|too complex|full",
    "query.type_mismatch": r"malformed JSON|bad JSON path|JSON path error|datatype mismatch",
    "query.locked": r"database (?:table )?is locked",
    "query.not_grouped": r"a GROUP BY clause is required before HAVING",
    "database.damaged": r"unable to open|not a database|image is malformed|disk I/O|closed database",
}


class SqliteSession(SqlSession):
    """An open file."""

    driver_errors = (sqlite3.Error,)

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection
        self._ends = 0.0
        self._own = False
        """True while the catalogue is read by our own queries, which the authorizer would refuse to others."""
        self._cursor: sqlite3.Cursor | None = None

    def health(self) -> Health:
        """SQLite's version. The file is open read-only, whatever its permissions are."""
        with self._statement(seconds=10):
            (version,) = self._rows("SELECT sqlite_version()")[0]
        return Health(f"SQLite {version}", can_write=False)

    def read_schema(self) -> Schema:
        """Tables and views of the file, comments from the text that made them."""
        with self._statement():
            structure = assemble("sqlite", "main", self._catalogue())
        return with_values(structure, self.run)

    def authorize(self, action: int, one: str | None, two: str | None, _db: str | None, _by: str | None) -> int:
        """Say which of its steps a statement may take: SQLite asks while it prepares it."""
        if self._own or action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and not (one or "").lower().startswith(_HIDDEN_TABLES):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in _FUNCTIONS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_PRAGMA and one == "data_version" and two is None:
            return sqlite3.SQLITE_OK  # full-text tables ask it of themselves
        return sqlite3.SQLITE_DENY

    def too_late(self) -> int:
        """Whether the running statement must end: SQLite asks every few thousand steps."""
        return int(bool(self._stopped) or time.monotonic() > self._ends)

    def _select(self, sql: str, limits: Limits) -> Answer:
        self._ends = time.monotonic() + limits.seconds
        self._begun = True
        cursor = self._cursor = self._connection.execute(sql)
        return Answer(tuple(Heading(column[0]) for column in cursor.description or ()), cursor.fetchmany)

    def _clean(self) -> None:
        if self._cursor:
            self._cursor.close()
            self._cursor = None

    def _interrupt(self) -> None:
        self._connection.interrupt()

    def _sever(self) -> None:
        self._stopped = self._stopped or "query.cancelled"
        self._connection.interrupt()

    def _shut(self) -> None:
        self._connection.close()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        code, name = first_match(_PATTERNS, str(error)) or ("query.failed", "")
        return code, told(sql, name)

    def _rows(self, sql: str, *values: object) -> list[Row]:
        self._own = True
        self._ends = time.monotonic() + 60
        try:
            return self._connection.execute(sql, values).fetchall()
        finally:
            self._own = False

    def _catalogue(self) -> Catalogue:
        listed = self._rows(_TABLES)
        columns = [(name, *column) for _, name, *_ in listed for column in self._columns(name)]
        comments = {name: read_comments(sql or "") for _, name, kind, sql, _, _ in listed if kind == "table"}
        keys = sorted((row for row in columns if row[4]), key=lambda row: (row[0], row[4]))
        return Catalogue(
            tables=self._tables(listed, {name: text for name, (text, _) in comments.items()}),
            columns=[
                ("main", table, name, spelling, not (required or pk), _comment(comments, table, name), _texty(spelling))
                for table, name, spelling, required, pk in columns
            ],
            keys=[("main", row[0], row[1]) for row in keys],
            references=self._references(listed, keys),
        )

    def _columns(self, table: str) -> list[Row]:
        try:
            return self._rows(_COLUMNS, table)
        except sqlite3.OperationalError:
            _log.info("schema: %r is broken (a view whose tables are gone?) and is left out", table)
            return []

    def _tables(self, listed: Iterable[Row], comments: dict[str, str]) -> list[Row]:
        analysed = {name for (name,) in self._rows("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'")}
        counts: dict[str, int] = {}
        if analysed:
            for table, numbers in self._rows("SELECT tbl, stat FROM sqlite_stat1 WHERE stat IS NOT NULL"):
                counts.setdefault(table, int(numbers.split()[0]))
        rows: list[Row] = []
        for schema, name, kind, _, without_rowid, made in listed:
            estimate = counts.get(name)
            if estimate is None and made == "table" and not without_rowid:
                (last,) = self._rows(f"SELECT max(rowid) FROM {_quoted(name)}")[0]  # noqa: S608 - a quoted identifier
                estimate = last or 0
            rows.append((schema, name, kind, comments.get(name, ""), estimate, made == "table"))
        return rows

    def _references(self, listed: Iterable[Row], keys: Iterable[Row]) -> list[Row]:
        """Foreign keys, with the table as it is really spelled and the primary key where none is named."""
        spelled = {name.lower(): name for _, name, *_ in listed}
        primary: dict[str, list[str]] = {}
        for row in keys:
            primary.setdefault(row[0], []).append(row[1])
        references: list[Row] = []
        for table, number, column, target, target_column, place in self._rows(_REFERENCES):
            to = spelled.get(target.lower())
            key = primary.get(to or "", [])
            meant = target_column or (key[place] if place < len(key) else None)
            if to and meant:
                references.append(("main", table, number, column, "main", to, meant))
        return references


class Sqlite:
    """Files of SQLite."""

    kind: ClassVar[ServerKind] = "sqlite"
    dialect: ClassVar[str] = "sqlite"
    default_port: ClassVar[int] = 0

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> SqliteSession:
        """Open the file read-only. See `core.engines.base.Engine`."""
        path = checked_file(target.host, hosts)
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode=ro",
            uri=True,
            timeout=min(seconds, _BUSY_SECONDS),
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            _wake(connection)
        except sqlite3.Error:
            connection.close()
            raise failed("database.damaged") from None
        for ceiling, value in _CEILINGS.items():
            connection.setlimit(ceiling, value)
        connection.text_factory = _text
        session = SqliteSession(connection)
        connection.set_authorizer(session.authorize)
        connection.set_progress_handler(session.too_late, _STEPS)
        return session


ENGINE = Sqlite()


def _wake(connection: sqlite3.Connection) -> None:
    """Have the header read, and virtual tables connected: that takes steps which the authorizer will refuse."""
    virtual = connection.execute("SELECT name FROM pragma_table_list WHERE type = 'virtual'").fetchall()
    for (name,) in [*virtual, ("json_each",), ("json_tree",)]:
        connection.execute("SELECT count(*) FROM pragma_table_xinfo(?)", (name,)).fetchone()


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _texty(spelling: str) -> bool:
    return any(word in spelling.upper() for word in ("CHAR", "TEXT", "CLOB", "STRING"))


def _comment(comments: dict[str, tuple[str, dict[str, str]]], table: str, column: str) -> str:
    return comments.get(table, ("", {}))[1].get(column, "")
