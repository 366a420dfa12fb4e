"""Trino, ClickHouse, Snowflake and BigQuery without a server: where a line goes, what is asked, what failures mean."""

import importlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import ModuleType
from typing import Any

import pytest
import requests
import sqlglot
from clickhouse_connect.driver import exceptions as clickhouse_exceptions
from google.api_core import exceptions as api_exceptions
from google.auth import exceptions as auth_exceptions
from google.cloud.bigquery.dbapi import exceptions as bigquery_exceptions
from snowflake.connector import errors as snowflake_errors
from sqlalchemy import URL
from trino import exceptions as trino_exceptions

from core.engines import bigquery, clickhouse, dialects, snowflake, trino, web
from core.engines.base import Limits, ServerKind, Target
from core.engines.dialects import tail
from core.engines.hosts import HostPolicy
from core.engines.registry import engine
from core.engines.type_names import is_text, kind_of
from core.engines.values import query
from core.errors import BadConnection, ColloqueryError, DatabaseUnavailable
from core.locale import error_words
from core.schema import Column, Table
from tests.engines.servers import free_port

TRINO = Target("trino", "127.0.0.1", 8080, "ann", "", "hive/sales", local=True)
CLICKHOUSE = Target("clickhouse", "127.0.0.1", 8123, "ann", "secret", "sales", local=True)
SNOWFLAKE = Target("snowflake", "myorg-sales", 443, "ann", "secret", "SHOP/SALES?warehouse=WH&role=READER")
BIGQUERY = Target("bigquery", "bigquery.googleapis.com", 443, "", "", "proj-1/sales?location=EU", local=True)


# Where a line goes


@pytest.mark.parametrize(
    ("made", "written"),
    [
        (trino.url(replace(TRINO, tls="verify", password="p/@:%")), "trino://ann:p%2F%40%3A%25@127.0.0.1:8080/hive/sales"),
        (clickhouse.url(CLICKHOUSE, "10.0.0.9"), "clickhousedb://ann:secret@10.0.0.9:8123/sales"),
        (snowflake.url(SNOWFLAKE),
         "snowflake://ann:secret@myorg-sales.snowflakecomputing.com/SHOP/SALES?role=READER&warehouse=WH"),
        (bigquery.url(BIGQUERY), "bigquery://proj-1/sales?user_supplied_client=true"),
    ],
)  # fmt: skip
def test_urls(made: URL, written: str) -> None:
    assert made.render_as_string(hide_password=False) == written
    assert "secret" not in repr(made) and "p%2F" not in repr(made)


@pytest.mark.parametrize("kind", ["trino", "snowflake"])
@pytest.mark.parametrize(
    "database", ["a?x=1", "a/b/c", "a?role=x y", "a?role=", "a'b", 'a"b', "a?session_properties={}", "a;b", "a/"]
)
def test_a_database_field_says_nothing_else(kind: str, database: str) -> None:
    make: Callable[[Target], URL] = {"trino": trino.url, "snowflake": snowflake.url}[kind]
    with pytest.raises(BadConnection) as caught:
        make(replace(TRINO if kind == "trino" else SNOWFLAKE, database=database))
    assert caught.value.code == "connection.bad_database"


def test_a_database_is_needed() -> None:
    for database in ("", "  ", "/x", "?role=x"):
        with pytest.raises(BadConnection) as caught:
            tail(database, 2, frozenset({"role"}))
        assert caught.value.code == "connection.no_database"


@pytest.mark.parametrize(
    ("host", "where"),
    [
        ("myorg-sales", "myorg-sales.snowflakecomputing.com"),
        ("xy12345.eu-central-1", "xy12345.eu-central-1.snowflakecomputing.com"),
        ("MYORG-SALES.snowflakecomputing.com", "myorg-sales.snowflakecomputing.com"),
        ("xy1.cn-north.amazonaws.snowflakecomputing.cn", "xy1.cn-north.amazonaws.snowflakecomputing.cn"),
        ("evil.example.com", "evil.example.com.snowflakecomputing.com"),
        ("127.0.0.1", "127.0.0.1.snowflakecomputing.com"),
    ],
)
def test_snowflake_lies_under_its_own_domain(host: str, where: str) -> None:
    assert snowflake.host_of(replace(SNOWFLAKE, host=host)) == where
    told = snowflake.options(replace(SNOWFLAKE, host=host), 10)
    assert told["host"] == where and str(where).startswith(f"{told['account']}.")


@pytest.mark.parametrize("host", ["", "a/b", "a@b", "a b", "a:1", "https://a", "a..b", "-a", "a?b", "a#b"])
def test_snowflake_hosts_that_are_none(host: str) -> None:
    with pytest.raises(BadConnection):
        snowflake.host_of(replace(SNOWFLAKE, host=host))
    with pytest.raises(BadConnection):
        snowflake.host_of(replace(SNOWFLAKE, port=8443))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"local": False}, "connection.machine_credentials"),
        ({"password": "x"}, "connection.no_password_taken"),
        ({"host": "127.0.0.1"}, "connection.bad_host"),
        ({"host": "evil.example.com"}, "connection.bad_host"),
        ({"host": "googleapis.com.evil.example"}, "connection.bad_host"),
        ({"port": 8443}, "connection.bad_host"),
        ({"database": "proj-1"}, "connection.bad_database"),
        ({"database": "proj-1/sales?maximum_bytes_billed=-1"}, "connection.bad_database"),
        ({"database": "proj-1/sales?credentials_path=x"}, "connection.bad_database"),
    ],
)
def test_bigquery_signs_in_with_what_the_machine_has(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(BadConnection) as caught:
        bigquery.fields(replace(BIGQUERY, **changes))
    assert caught.value.code == code


def test_what_bigquery_may_be_billed_for() -> None:
    assert bigquery.most_bytes(bigquery.fields(BIGQUERY)[1]) == 10 * 1024**3
    more = replace(BIGQUERY, database="proj-1/sales?maximum_bytes_billed=1000")
    assert bigquery.most_bytes(bigquery.fields(more)[1]) == 1000


def test_snowflake_s_default_schema() -> None:
    assert snowflake.default_schema(SNOWFLAKE) == "SALES"
    assert snowflake.default_schema(replace(SNOWFLAKE, database="shop?role=r")) == "PUBLIC"


# How a statement is limited


def test_limits_of_clickhouse() -> None:
    assert clickhouse.statement_settings(Limits(seconds=0.2, rows=10)) == {
        "max_execution_time": 1, "max_result_rows": 11, "result_overflow_mode": "break",
    }  # fmt: skip
    told = clickhouse.options(CLICKHOUSE, 5)
    assert (told["readonly"], told["allow_ddl"]) == (2, 0)
    assert (told["connect_timeout"], told["query_retries"], told["autogenerate_session_id"]) == (5, 0, False)


def test_limits_of_snowflake() -> None:
    told = snowflake.options(SNOWFLAKE, 7)
    assert (told["login_timeout"], told["autocommit"]) == (7, False)
    assert told["session_parameters"] == {
        "QUERY_TAG": "colloquery", "STATEMENT_TIMEOUT_IN_SECONDS": 120, "LOCK_TIMEOUT": 5, "MULTI_STATEMENT_COUNT": 1,
    }  # fmt: skip


# How the line is secured


@pytest.mark.parametrize(
    ("tls", "scheme"), [("off", "http"), ("prefer", "http"), ("require", "https"), ("verify", "https")]
)
def test_encrypted_lines_have_a_port_of_their_own(tls: Any, scheme: str) -> None:
    assert web.scheme(replace(TRINO, tls=tls)) == scheme


@pytest.mark.parametrize("tls", ["off", "prefer"])
def test_trino_s_password_is_not_sent_in_clear(tls: Any) -> None:
    with pytest.raises(BadConnection) as caught:
        engine("trino").connect(replace(TRINO, password="secret", tls=tls))
    assert caught.value.code == "connection.password_in_clear"


def test_a_line_is_checked_against_the_name() -> None:
    pool = web.pinned_pool(replace(CLICKHOUSE, host="db.example.com", tls="verify"))
    context = pool.connection_pool_kw["ssl_context"]
    assert isinstance(context, ssl.SSLContext) and context.verify_mode is ssl.CERT_REQUIRED
    assert getattr(context, "name", "") == "db.example.com"
    context = web.pinned_pool(replace(CLICKHOUSE, tls="require")).connection_pool_kw["ssl_context"]
    assert context.verify_mode is ssl.CERT_NONE
    assert "ssl_context" not in web.pinned_pool(CLICKHOUSE).connection_pool_kw


class _Elsewhere(BaseHTTPRequestHandler):
    """A server that answers everything by pointing to another place."""

    seen: list[str]

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        self.seen.append(f"{self.headers['Host']}{self.path}")
        body = self.reply.encode()
        self.send_response(self.status)
        for name, value in self.told.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""

    status, reply = 200, "{}"
    told: dict[str, str] = {}  # noqa: RUF012 - of a class made for one test


@pytest.fixture
def liar() -> Iterator[tuple[type[_Elsewhere], int]]:
    handler = type("Handler", (_Elsewhere,), {"seen": [], "told": {}})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield handler, server.server_port
        server.shutdown()
        thread.join()


def test_a_request_goes_to_the_checked_address_with_its_name(liar: tuple[type[_Elsewhere], int]) -> None:
    handler, port = liar
    target = replace(TRINO, host="trino.invalid", port=port)
    with web.pinned_session(target, "127.0.0.1") as session:
        assert session.get(f"http://trino.invalid:{port}/v1", timeout=5).status_code == 200
    assert handler.seen == [f"trino.invalid:{port}/v1"]


@pytest.mark.parametrize(
    "where", ["http://127.0.0.1:{free}/x", "http://localhost:{port}/x", "https://127.0.0.1:{port}/"]
)
def test_no_reply_leads_elsewhere(liar: tuple[type[_Elsewhere], int], where: str) -> None:
    handler, port = liar
    elsewhere = where.format(free=free_port(), port=port)
    with web.pinned_session(replace(TRINO, port=port), "127.0.0.1") as session:
        with pytest.raises(requests.exceptions.RequestException):
            session.get(elsewhere, timeout=5)
        handler.status, handler.told = 302, {"Location": elsewhere}
        with pytest.raises(requests.exceptions.RequestException):
            session.get(f"http://127.0.0.1:{port}/", timeout=5)
    assert len(handler.seen) == 1


def test_trino_s_next_page_is_not_fetched_from_elsewhere(liar: tuple[type[_Elsewhere], int]) -> None:
    handler, port = liar
    with socket.create_server(("127.0.0.1", 0)) as other:
        other.settimeout(0.3)
        address = f"http://127.0.0.1:{other.getsockname()[1]}/v1/statement/x/1"
        handler.reply = f'{{"id": "x", "infoUri": "x", "nextUri": "{address}", "stats": {{"state": "QUEUED"}}}}'
        handler.told = {"Content-Type": "application/json"}
        with pytest.raises(ColloqueryError) as caught:
            engine("trino").connect(replace(TRINO, port=port), 3)
        assert caught.value.code == "database.unreachable"
        with pytest.raises(TimeoutError):
            other.accept()


# Reached, or not


@pytest.mark.parametrize("target", [TRINO, CLICKHOUSE], ids=["trino", "clickhouse"])
def test_a_closed_port_is_told_in_words(target: Target) -> None:
    began = time.monotonic()
    with pytest.raises(DatabaseUnavailable) as caught:
        engine(target.kind).connect(replace(target, port=free_port()), 3)
    assert time.monotonic() - began < 5
    assert caught.value.code == "database.unreachable"
    assert error_words("ko", caught.value) and error_words("en", caught.value)


@pytest.mark.parametrize("target", [TRINO, CLICKHOUSE], ids=["trino", "clickhouse"])
def test_a_silent_server_is_given_up_within_the_time(target: Target) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(DatabaseUnavailable) as caught:
            engine(target.kind).connect(replace(target, port=silent.getsockname()[1]), 2)
        assert time.monotonic() - began < 6
    assert caught.value.code in ("database.unreachable", "query.too_slow")


@pytest.mark.parametrize("target", [TRINO, CLICKHOUSE], ids=["trino", "clickhouse"])
def test_a_machine_that_is_not_allowed_hears_nothing(target: Target, liar: tuple[type[_Elsewhere], int]) -> None:
    handler, port = liar
    for changes, hosts in (({"local": False}, HostPolicy()), ({}, HostPolicy(allowed=("10.0.0.0/8",)))):
        changed: dict[str, Any] = {"port": port, **changes}
        with pytest.raises(DatabaseUnavailable) as caught:
            engine(target.kind).connect(replace(target, **changed), 3, hosts)
        assert caught.value.code == "database.host_not_allowed"
    assert handler.seen == []


EXTRAS: dict[ServerKind, tuple[Target, str]] = {
    "trino": (TRINO, "trino"),
    "clickhouse": (CLICKHOUSE, "clickhouse_connect"),
    "snowflake": (SNOWFLAKE, "snowflake.connector"),
    "bigquery": (BIGQUERY, "google.cloud.bigquery"),
    "duckdb": (Target("duckdb", "/nowhere", 0, "", "", ""), "duckdb"),
}


@pytest.mark.parametrize("kind", EXTRAS)
def test_an_extra_that_is_missing_is_named(kind: ServerKind, monkeypatch: pytest.MonkeyPatch) -> None:
    target, module = EXTRAS[kind]

    def without(name: str) -> ModuleType:
        if name.startswith(module.partition(".")[0]):
            raise ImportError(name)
        return importlib.import_module(name)

    def no_dialect(*_: object, **__: object) -> None:
        raise ImportError(module)

    monkeypatch.setattr("core.engines.extras.import_module", without)
    monkeypatch.setattr(dialects, "create_engine", no_dialect)
    with pytest.raises(BadConnection) as caught:
        engine(kind).connect(target, 1)
    assert (caught.value.code, caught.value.details) == ("connection.extra_missing", {"extra": kind})
    for locale in ("en", "ko"):
        assert f"pip install '.[{kind}]'" in "".join(map(str, error_words(locale, caught.value)))


def test_every_extra_is_declared() -> None:
    import tomllib
    from pathlib import Path

    declared = tomllib.loads(Path("pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(EXTRAS) <= set(declared)


# What the catalogue is asked


QUESTIONS = [
    *(("trino", sql) for sql in trino.questions('o"dd').all()),
    *(("clickhouse", sql) for sql in clickhouse.QUESTIONS.all()),
    *(("snowflake", sql) for sql in snowflake.QUESTIONS.all() if not sql.startswith("SHOW")),
    *(("bigquery", sql) for sql in bigquery.questions("sales").all()),
]


@pytest.mark.parametrize(("dialect", "sql"), QUESTIONS, ids=range(len(QUESTIONS)))
def test_the_catalogue_is_asked_in_its_dialect(dialect: str, sql: str) -> None:
    assert isinstance(sqlglot.parse_one(sql, dialect=dialect), sqlglot.exp.Query)
    assert "$" not in sql


@pytest.mark.parametrize("dialect", ["trino", "clickhouse", "snowflake", "bigquery", "duckdb"])
@pytest.mark.parametrize("estimate", [10, 1_000_000])
def test_values_are_asked_in_its_dialect(dialect: str, estimate: int) -> None:
    table = Table("T`1", (Column("한글", "varchar"),), schema="s", row_estimate=estimate)
    assert isinstance(sqlglot.parse_one(query(dialect, table, table.columns[0]), dialect=dialect), sqlglot.exp.Query)


def test_keys_of_snowflake() -> None:
    primary = [("t", "DB", "S", "O", "B", 2, "pk"), ("t", "DB", "S", "O", "A", 1, "pk")]
    imported = [
        ("t", "DB", "S", "C", "Y", "DB", "S", "O", "B", 2, "NO", "NO", "fk"),
        ("t", "DB", "S", "C", "X", "DB", "S", "O", "A", 1, "NO", "NO", "fk"),
    ]
    keys, references = snowflake.shown_keys(primary, imported)
    assert keys == [("S", "O", "A"), ("S", "O", "B")]
    assert references == [("S", "O", "fk", "A", "S", "C", "X"), ("S", "O", "fk", "B", "S", "C", "Y")]


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [
        ("varchar(10)", "text"), ("STRING", "text"), ("Nullable(String)", "text"), ("LowCardinality(String)", "text"),
        ("LowCardinality(Nullable(FixedString(3)))", "text"), ("bigint", "integer"), ("UInt64", "integer"),
        ("INT64", "integer"), ("HUGEINT", "integer"), ("decimal(10,2)", "decimal"), ("Decimal(10, 2)", "decimal"),
        ("BIGNUMERIC", "decimal"), ("NUMBER(38,0)", "decimal"), ("double", "float"), ("FLOAT64", "float"),
        ("Float32", "float"), ("boolean", "boolean"), ("Bool", "boolean"), ("date", "date"), ("Date32", "date"),
        ("DateTime64(3)", "datetime"), ("timestamp(3) with time zone", "datetime"), ("TIMESTAMP_NTZ", "datetime"),
        ("time(3)", "time"), ("TIME", "time"), ("BYTES", "binary"), ("varbinary", "binary"), ("BLOB", "binary"),
        ("array(varchar)", None), ("Array(String)", None), ("STRUCT<a INT64>", None), ("INTEGER[]", None),
        ("map(varchar, bigint)", None), ("JSON", None), ("interval day to second", None), ("Point", None),
    ],
)  # fmt: skip
def test_types_by_name(spelling: str, kind: str | None) -> None:
    assert kind_of(spelling) == kind
    assert is_text(spelling) == (kind == "text")


# What failures mean


def _trino(name: str, text: str) -> Exception:
    failure: Exception = trino_exceptions.TrinoUserError({"errorName": name, "message": text}, "q")
    return failure


@pytest.mark.parametrize(
    ("name", "text", "meaning"),
    [
        ("TABLE_NOT_FOUND", "line 1:15: Table 'hive.sales.nope' does not exist", ("query.no_such_table", "nope")),
        ("COLUMN_NOT_FOUND", "line 1:8: Column 'x' cannot be resolved", ("query.no_such_column", "x")),
        ("FUNCTION_NOT_FOUND", "line 1:8: Function 'nofn' not registered", ("query.no_such_function", "")),
        ("SYNTAX_ERROR", "line 1:20: mismatched input 'wher'. Expecting: <EOF>", ("query.syntax", "wher")),
        ("DIVISION_BY_ZERO", "Division by zero", ("query.division_by_zero", "")),
        ("INVALID_CAST_ARGUMENT", "Cannot cast 'kim@x' to INT", ("query.type_mismatch", "")),
        ("PERMISSION_DENIED", "Access Denied: Cannot select from table nope", ("query.no_permission", "")),
        ("EXCEEDED_TIME_LIMIT", "Query exceeded the maximum run time limit of 5.00s", ("query.too_slow", "")),
        ("USER_CANCELED", "Query was canceled", ("query.cancelled", "")),
        ("CATALOG_NOT_FOUND", "Catalog 'hive' not found", ("database.unknown_database", "")),
        ("WHAT_NOBODY_HAS_SEEN", "x", ("query.failed", "x")),
    ],
)
def test_what_failures_of_trino_mean(name: str, text: str, meaning: tuple[str, str]) -> None:
    code, about = trino.meaning(_trino(name, text), "SELECT x FROM nope wher 1 = 1")
    assert (code, "" if code == "query.failed" else about) == (meaning[0], "" if code == "query.failed" else meaning[1])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("error 401: b'Unauthorized'", "database.sign_in"),
        ("error 503: service unavailable", "database.refused"),
        ("HTTPSConnectionPool: certificate verify failed: self-signed certificate", "database.tls_not_trusted"),
        ("HTTPConnectionPool: Max retries exceeded", "database.unreachable"),
    ],
)
def test_what_a_line_of_trino_s_means(text: str, code: str) -> None:
    assert trino.meaning(trino_exceptions.HttpError(text), "") == (code, "")


@pytest.mark.parametrize(
    ("number", "text", "meaning"),
    [
        (60, "Unknown table expression identifier 'nope' in scope SELECT", ("query.no_such_table", "nope")),
        (60, "Table sales.nope does not exist", ("query.no_such_table", "nope")),
        (47, "Unknown expression identifier `x` in scope SELECT", ("query.no_such_column", "x")),
        (46, "Function with name `x` does not exist", ("query.no_such_function", "x")),
        (62, "Syntax error: failed at position 20 (wher): wher 1", ("query.syntax", "wher")),
        (215, "Column nope.x is not under aggregate function and not in GROUP BY", ("query.not_grouped", "x")),
        (164, "ann: Cannot execute query in readonly mode", ("query.read_only", "")),
        (159, "Timeout exceeded", ("query.too_slow", "")),
        (394, "Query was cancelled", ("query.cancelled", "")),
        (241, "Memory limit exceeded", ("query.too_big", "")),
        (497, "Not enough privileges", ("query.no_permission", "")),
        (516, "Authentication failed", ("database.sign_in", "")),
        (99999, "what nobody has seen: kim@x", ("query.failed", "")),
        (None, "Error SSL: CERTIFICATE_VERIFY_FAILED", ("database.tls_not_trusted", "")),
        (None, "Error executing HTTP request", ("database.unreachable", "")),
    ],
)
def test_what_failures_of_clickhouse_mean(number: int | None, text: str, meaning: tuple[str, str]) -> None:
    failure = clickhouse_exceptions.OperationalError(text, code=number)
    assert clickhouse.meaning(failure, "SELECT x FROM nope wher 1 = 1") == meaning


@pytest.mark.parametrize(
    ("number", "text", "meaning"),
    [
        (2003, "Object 'NOPE' does not exist or not authorized.", ("query.no_such_table", "NOPE")),
        (904, "SQL compilation error: invalid identifier 'X'", ("query.no_such_column", "X")),
        (2140, "SQL compilation error: Unknown function NOFN", ("query.no_such_function", "")),
        (1003, "SQL compilation error: syntax error line 1 at position 3 unexpected 'wher'.", ("query.syntax", "wher")),
        (100051, "Division by zero", ("query.division_by_zero", "")),
        (100038, "Numeric value 'kim@x' is not recognized", ("query.type_mismatch", "")),
        (604, "SQL execution canceled", ("query.cancelled", "")),
        (630, "Statement reached its statement or warehouse timeout", ("query.too_slow", "")),
        (606, "No active warehouse selected", ("query.no_permission", "")),
        (390100, "Incorrect username or password was specified.", ("database.sign_in", "")),
        (999999, "what nobody has seen", ("query.failed", "")),
    ],
)
def test_what_failures_of_snowflake_mean(number: int, text: str, meaning: tuple[str, str]) -> None:
    assert (
        snowflake.meaning(snowflake_errors.ProgrammingError(text, errno=number), "SELECT x FROM nope wher 1 = 1")
        == meaning
    )


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("404 Not found: Table proj-1:sales.nope was not found in location EU", ("query.no_such_table", "nope")),
        ("404 Not found: Dataset proj-1:sales was not found in location EU", ("database.unknown_database", "")),
        ("400 Unrecognized name: x at [1:8]", ("query.no_such_column", "x")),
        ("400 Function not found: nofn at [1:8]", ("query.no_such_function", "")),
        ('400 Syntax error: Expected end of input but got identifier "wher" at [1:20]', ("query.syntax", "wher")),
        ("400 division by zero: 1 / 0", ("query.division_by_zero", "")),
        ("400 Bad int64 value: kim@x", ("query.type_mismatch", "")),
        ("400 Query exceeded limit for bytes billed: 10. 100 or higher required.", ("query.too_big", "")),
        ("403 Access Denied: Table proj-1:sales.nope: User does not have permission", ("query.no_permission", "nope")),
        ("403 Access Denied: Project proj-1: User does not have bigquery.jobs.create", ("database.sign_in", "")),
        ("499 Job execution was cancelled: User requested cancellation", ("query.cancelled", "")),
        ("what nobody has seen", ("query.failed", "")),
    ],
)
def test_what_failures_of_bigquery_mean(text: str, meaning: tuple[str, str]) -> None:
    assert bigquery.meaning(bigquery_exceptions.DatabaseError(text), "SELECT x FROM nope wher 1 = 1") == meaning


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (auth_exceptions.DefaultCredentialsError, "database.sign_in"),
        (auth_exceptions.RefreshError, "database.sign_in"),
        (auth_exceptions.TransportError, "database.unreachable"),
        (api_exceptions.ServiceUnavailable, "database.unreachable"),
    ],
)
def test_what_google_s_packages_mean(kind: Callable[[str], Exception], code: str) -> None:
    assert bigquery.meaning(kind("x"), "")[0] == code


def test_an_opened_driver_belongs_to_its_dialect() -> None:
    found = dialects.opened("trino", trino.url(TRINO), trino.options(TRINO, "127.0.0.1", 3))
    with closing(found.connection):
        assert (found.connection.catalog, found.connection.schema, found.connection.user) == ("hive", "sales", "ann")
        assert found.connection.http_scheme == "http"
