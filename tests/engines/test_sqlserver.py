"""SQL Server without a server: the connection string, what the catalogue is asked, what failures mean."""

import importlib
import re
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from struct import pack
from typing import Any

import pytest
import sqlglot

from core.engines import sqlserver
from core.engines.base import Target
from core.engines.registry import engine
from core.engines.values import query
from core.errors import BadConnection, DatabaseUnavailable
from core.schema import Column, Table
from tests.engines.proxy import Proxy
from tests.engines.servers import free_port

TARGET = Target("sqlserver", "127.0.0.1", 1433, "sa", "secret", "shop", local=True)
MICROSOFT = "ODBC Driver 18 for SQL Server"


def parsed(text: str) -> dict[str, str]:
    """A connection string as ODBC reads it: a value in braces ends at a brace that is not doubled."""
    fields = {}
    for name, braced, plain in re.findall(r"(\w+)=(?:\{((?:[^}]|\}\})*)\}|([^;{}]*))(?:;|$)", text):
        assert name not in fields, "the first one wins: a second is an injection"
        fields[name] = braced.replace("}}", "}") or plain
    return fields


@pytest.mark.parametrize("driver", [MICROSOFT, "FreeTDS"])
@pytest.mark.parametrize(
    "value",
    [
        "plain",
        "a;SERVER=evil",
        "a};SERVER=evil;x={",
        "}",
        "{",
        "{}",
        "}}",
        "};Trusted_Connection=yes;{",
        "a=b",
        "한글;{}",
        "x;AttachDbFilename=c:\\x;Failover_Partner=evil",
    ],
)
def test_nothing_escapes_its_field(driver: str, value: str) -> None:
    target = replace(TARGET, user=value, password=value, database=value)
    fields = parsed(sqlserver.connection_string(target, "10.0.0.9", driver))
    assert (fields["UID"], fields["PWD"], fields["DATABASE"], fields["DRIVER"]) == (value, value, value, driver)
    assert fields["SERVER"] == ("10.0.0.9" if driver == "FreeTDS" else "tcp:10.0.0.9,1433")
    assert fields["APP"] == "colloquery"
    known = {"DRIVER", "SERVER", "DATABASE", "UID", "PWD", "APP", "Encrypt", "TrustServerCertificate"}
    assert set(fields) <= known | {"ApplicationIntent", "MultiSubnetFailover", "PORT", "TDS_Version", "Encryption"}


@pytest.mark.parametrize("field", ["user", "password", "database"])
def test_control_characters_are_refused(field: str) -> None:
    changes: dict[str, Any] = {field: "a\0b"}
    with pytest.raises(BadConnection):
        sqlserver.connection_string(replace(TARGET, **changes), "10.0.0.9", MICROSOFT)


def test_a_database_is_needed() -> None:
    with pytest.raises(BadConnection) as caught:
        sqlserver.connection_string(replace(TARGET, database=""), "10.0.0.9", MICROSOFT)
    assert caught.value.code == "connection.no_database"


@pytest.mark.parametrize("sql", sqlserver.QUERIES, ids=range(len(sqlserver.QUERIES)))
def test_the_catalogue_is_asked_in_its_dialect(sql: str) -> None:
    assert isinstance(sqlglot.parse_one(sql, dialect="tsql"), sqlglot.exp.Query)


@pytest.mark.parametrize("estimate", [10, 1_000_000])
def test_values_are_asked_in_its_dialect(estimate: int) -> None:
    table = Table("T]1", (Column("한글", "nvarchar(10)"),), schema="s", row_estimate=estimate)
    sql = query("tsql", table, table.columns[0])
    sqlglot.parse_one(sql, dialect="tsql")
    assert "[s].[T]]1]" in sql
    assert ("TABLESAMPLE" in sql) == (estimate > 20_000)


class Raised(Exception):
    """The shape of every exception of a DB-API ODBC driver: the SQLSTATE and the text."""


def text(message: str, number: int, state: str) -> tuple[str, str]:
    return state, f"[{state}] [Microsoft][{MICROSOFT}][SQL Server]{message} ({number}) (SQLExecDirectW)"


FAILURES = [
    (text("Invalid object name 'dbo.nope'.", 208, "42S02"), "query.no_such_table", "nope"),
    (text("Invalid column name 'x'.", 207, "42S22"), "query.no_such_column", "x"),
    (text('The multi-part identifier "t.x" could not be bound.', 4104, "42000"), "query.no_such_column", "x"),
    (text("Ambiguous column name 'x'.", 209, "42000"), "query.ambiguous_column", "x"),
    (text("'nofn' is not a recognized built-in function name.", 195, "42000"), "query.no_such_function", ""),
    (text("Column 'nope.x' is invalid in the select list.", 8120, "42000"), "query.not_grouped", "x"),
    (text("The SELECT permission was denied on the object 'nope'.", 229, "42000"), "query.no_permission", "nope"),
    (text("Incorrect syntax near 'wher'.", 102, "42000"), "query.syntax", "wher"),
    (text("Conversion failed when converting the varchar value 'kim@x'.", 245, "22018"), "query.type_mismatch", ""),
    (text("Arithmetic overflow error.", 8115, "22003"), "query.out_of_range", ""),
    (text("Divide by zero error encountered.", 8134, "22012"), "query.division_by_zero", ""),
    (text("Lock request time out period exceeded.", 1222, "HYT00"), "query.locked", ""),
    (text("Query timeout expired", 0, "HYT00"), "query.too_slow", ""),
    (text("Operation canceled", 0, "HY008"), "query.cancelled", ""),
    (text("Cannot open database \"x\" requested by the login.", 4060, "42000"), "database.unknown_database", "x"),
    (text("Login failed for user 'sa'.", 18456, "28000"), "database.sign_in", ""),
    (text("Login timeout expired", 0, "HYT01"), "database.unreachable", ""),
    (text("TCP Provider: Error code 0x2749", 10054, "08S01"), "database.unreachable", ""),
    (text("SSL Provider: certificate verify failed", -1, "08001"), "database.tls_not_trusted", ""),
    (text("What nobody has seen", 99999, "42000"), "query.failed", ""),
    (("IM002", "[IM002] [unixODBC][Driver Manager]Data source name not found (0)"), "database.driver_missing", ""),
    (("01000", "[01000] [unixODBC]Can't open lib 'x' : file not found (0)"), "database.driver_missing", ""),
]  # fmt: skip


@pytest.mark.parametrize(("args", "code", "name"), FAILURES, ids=[code for _, code, _ in FAILURES])
def test_what_failures_mean(args: tuple[str, str], code: str, name: str) -> None:
    assert sqlserver.meaning(Raised(*args), "SELECT x FROM nope wher 1 = 1") == (code, name)


def test_datetimeoffset() -> None:
    raw = pack("<6hI2h", 2024, 2, 29, 13, 14, 15, 123456700, 9, 0)
    assert sqlserver.datetimeoffset(raw) == datetime(2024, 2, 29, 13, 14, 15, 123456, timezone(timedelta(hours=9)))
    raw = pack("<6hI2h", 2024, 1, 1, 0, 0, 0, 0, -3, -30)
    assert sqlserver.datetimeoffset(raw).astimezone(UTC) == datetime(2024, 1, 1, 3, 30, tzinfo=UTC)


def odbc() -> Any:
    """pyodbc, where the machine can load it and has a driver for SQL Server."""
    try:
        found = importlib.import_module("pyodbc")
    except ImportError:
        pytest.skip("pyodbc cannot be loaded: libodbc is missing")
    if not set(found.drivers()) & {MICROSOFT, "ODBC Driver 17 for SQL Server", "FreeTDS"}:
        pytest.skip("no ODBC driver for SQL Server on this machine")
    return found


def test_the_engine_is_there_without_its_driver() -> None:
    found = engine("sqlserver")
    assert (found.kind, found.dialect, found.default_port) == ("sqlserver", "tsql", 1433)


def test_a_machine_without_odbc_is_told() -> None:
    try:
        drivers = importlib.import_module("pyodbc").drivers()
    except ImportError:
        drivers = []
    if set(drivers) & {MICROSOFT, "ODBC Driver 17 for SQL Server", "FreeTDS"}:
        pytest.skip("this machine has ODBC and a driver")
    with pytest.raises(DatabaseUnavailable) as caught:
        sqlserver.ENGINE.connect(TARGET, 1.0)
    assert caught.value.code == "database.driver_missing"


def test_closed_and_silent_ports_read_alike() -> None:
    odbc()
    with Proxy(None) as silent:
        for port in (free_port(), silent.port):
            began = time.monotonic()
            with pytest.raises(DatabaseUnavailable) as caught:
                sqlserver.ENGINE.connect(replace(TARGET, port=port), 1.0)
            assert (caught.value.code, caught.value.details) == ("database.unreachable", {})
            assert time.monotonic() - began < 5


def test_real_exceptions_of_the_driver() -> None:
    found = odbc()
    driver = next(name for name in (MICROSOFT, "ODBC Driver 17 for SQL Server", "FreeTDS") if name in found.drivers())
    string = sqlserver.connection_string(replace(TARGET, port=free_port()), "127.0.0.1", driver)
    with pytest.raises(found.Error) as caught:
        found.connect(string, timeout=1)
    assert sqlserver.meaning(caught.value, "") == ("database.unreachable", "")


def test_only_what_people_made_is_listed() -> None:
    """The query is plain enough for SQLite to run it over a catalogue made up like SQL Server's."""
    with closing(sqlite3.connect(":memory:")) as catalogue:
        catalogue.executescript(
            """
            ATTACH ':memory:' AS sys;
            CREATE TABLE sys.schemas (schema_id, name);
            INSERT INTO sys.schemas VALUES (1, 'dbo');
            CREATE TABLE sys.objects (object_id, schema_id, name, type, is_ms_shipped);
            INSERT INTO sys.objects VALUES (1, 1, 'orders', 'U', 0), (2, 1, 'totals', 'V', 0),
                (3, 1, 'sysdiagrams', 'U', 0), (4, 1, 'spt_values', 'U', 1), (5, 1, 'next_id', 'SO', 0);
            CREATE TABLE sys.extended_properties (class, major_id, minor_id, name, value);
            INSERT INTO sys.extended_properties VALUES (1, 1, 0, 'MS_Description', 'Who bought'),
                (1, 1, 2, 'MS_Description', 'a column'), (1, 3, 0, 'microsoft_database_tools_support', 1);
            CREATE TABLE sys.partitions (object_id, index_id, rows);
            INSERT INTO sys.partitions VALUES (1, 0, 5), (1, 0, 6), (1, 2, 11);
            """
        )
        rows = catalogue.execute(sqlserver.QUERIES[0]).fetchall()
    assert sorted(rows) == [("dbo", "orders", "table", "Who bought", 11, 1), ("dbo", "totals", "view", None, None, 0)]
