"""DuckDB. A file is opened read-only, and nothing outside of it: no other file, no network, no extension.

What DuckDB can reach besides its file is closed by its own settings, which are locked when the file is opened. A
session runs one SELECT and nothing else: SET, ATTACH, COPY, CALL and temporary tables are statements of other kinds.
"""

import time
from typing import Any, ClassVar

from core.engines.base import Health, Limits, ServerKind, Target
from core.engines.cells import Answer, Heading
from core.engines.extras import driver
from core.engines.failures import failed, first_match, told
from core.engines.hosts import ANY_HOST, HostPolicy, checked_file
from core.engines.session import SqlSession
from core.engines.structure import Catalogue, Row, assemble
from core.engines.type_names import is_text, kind_of
from core.engines.values import with_values
from core.schema import Schema

_MEMORY = "512MB"
_THREADS = 2
"""For all sessions of one file together: DuckDB keeps one instance of it in a process."""
_SEVER_SECONDS = 5.0
"""How long a statement is interrupted again and again where its session is closed under it."""

_SETTINGS = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",  # or the name of a table could mean a variable of ours
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "memory_limit": _MEMORY,
    "threads": str(_THREADS),
    "lock_configuration": "true",
}

_TABLES = """
SELECT schema_name, table_name, 'table', comment, estimated_size, 1 FROM duckdb_tables()
WHERE database_name = current_database() AND NOT internal AND NOT temporary
UNION ALL
SELECT schema_name, view_name, 'view', comment, NULL, 0 FROM duckdb_views()
WHERE database_name = current_database() AND NOT internal AND NOT temporary
"""
_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns()
WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index
"""
_KEYS = """
SELECT schema_name, table_name, unnest(constraint_column_names) FROM duckdb_constraints()
WHERE database_name = current_database() AND constraint_type = 'PRIMARY KEY'
"""
_REFERENCES = """
SELECT schema_name, table_name, constraint_index, unnest(constraint_column_names), schema_name, referenced_table,
       unnest(referenced_column_names)
FROM duckdb_constraints() WHERE database_name = current_database() AND constraint_type = 'FOREIGN KEY'
"""
QUERIES = (_TABLES, _COLUMNS, _KEYS, _REFERENCES)
"""Every query of the catalogue."""

_PATTERNS = {
    "query.cancelled": r"^INTERRUPT Error|Interrupted",
    "query.no_such_table": r"Table with name (\S+) does not exist|Referenced table \"(.+?)\" not found",
    "query.no_such_column": r"Referenced column \"(.+?)\" not found|does not have a column named \"(.+?)\"",
    "query.no_such_function": r"Function with name \"?([^\s\"]+)\"? does not exist"
    r"|No function matches the given name and argument types '(\w+)",
    "query.ambiguous_column": r"Ambiguous reference to column name \"(.+?)\"",
    "query.not_grouped": r"column \"(.+?)\" must appear in the GROUP BY",
    "query.read_only": r"read-only mode|Permission Error|configuration has been locked|disabled (?:by|through) config",
    "query.syntax": r"syntax error at or near \"(.+?)\"",
    "query.incomplete": r"^Parser Error",
    "query.out_of_range": r"out of range|Overflow",
    "query.type_mismatch": r"Conversion Error|Could not convert|Cannot compare|Type mismatch|Binder Error: Cannot",
    "query.division_by_zero": r"division by zero",
    "query.too_big": r"Out of Memory|expression depth|exceeds the maximum",
    "database.damaged": r"FATAL Error|INTERNAL Error|IO Error|Serialization Error",
}


class DuckDbSession(SqlSession):
    """An open file."""

    def __init__(self, connection: Any, module: Any) -> None:
        self.driver_errors = (module.Error,)
        super().__init__()
        self._connection = connection
        self._select_kind = module.StatementType.SELECT

    def health(self) -> Health:
        """DuckDB's version. The file is open read-only, whatever its permissions are."""
        with self._statement(seconds=10):
            ((version,),) = self._rows("SELECT version()")
        return Health(f"DuckDB {version.removeprefix('v')}", can_write=False)

    def read_schema(self) -> Schema:
        """Tables and views of every schema of the file; `main` is the default one."""
        with self._statement():
            tables, columns, keys, references = (self._rows(sql) for sql in QUERIES)
        texts = [(*row, is_text(row[3])) for row in columns]
        structure = assemble("duckdb", "main", Catalogue(tables, texts, keys, references))
        return with_values(structure, self.run)

    def _select(self, sql: str, limits: Limits) -> Answer:
        statements = self._connection.extract_statements(sql)
        if len(statements) != 1:
            raise failed("query.several_statements" if statements else "query.incomplete")
        if statements[0].type != self._select_kind:
            raise failed("query.read_only")
        self._begun = True
        answer = self._connection.execute(statements[0])
        headings = tuple(Heading(column[0], kind_of(str(column[1]))) for column in answer.description or ())
        return Answer(headings, answer.fetchmany)

    def _rows(self, sql: str) -> list[Row]:
        return list(self._connection.execute(sql).fetchall())

    def _clean(self) -> None:
        """Nothing is left: a result is read whole by DuckDB, and each SELECT is a transaction of its own."""

    def _interrupt(self) -> None:
        self._connection.interrupt()

    def _sever(self) -> None:
        self._stopped = self._stopped or "query.cancelled"
        gives_up = time.monotonic() + _SEVER_SECONDS
        # One that comes before DuckDB has begun finds nothing to interrupt.
        while not self._ended.is_set() and time.monotonic() < gives_up:
            self._connection.interrupt()
            self._ended.wait(0.05)

    def _shut(self) -> None:
        self._connection.close()

    def _translate(self, error: Exception, sql: str) -> tuple[str, str]:
        return meaning(error, sql)


class DuckDb:
    """Files of DuckDB."""

    kind: ClassVar[ServerKind] = "duckdb"
    dialect: ClassVar[str] = "duckdb"
    default_port: ClassVar[int] = 0

    def connect(self, target: Target, seconds: float = 10.0, hosts: HostPolicy = ANY_HOST) -> DuckDbSession:
        """Open the file read-only. See `core.engines.base.Engine`.

        Raises `BadConnection` where the extra is not installed; `DatabaseUnavailable` (database.file_in_use while
        another process writes to it, database.damaged).
        """
        module = driver("duckdb", "duckdb")
        path = checked_file(target.host, hosts)
        try:
            connection = module.connect(str(path), read_only=True, config=_SETTINGS)
        except module.Error as error:
            in_use = "lock on file" in str(error) or "different configuration" in str(error)
            raise failed("database.file_in_use" if in_use else "database.damaged") from None
        return DuckDbSession(connection, module)


ENGINE = DuckDb()


def meaning(error: Exception, sql: str) -> tuple[str, str]:
    """The code of DuckDB's exception, and the name that its text quotes."""
    code, name = first_match(_PATTERNS, str(error)) or ("query.failed", "")
    return code, told(sql, name)
