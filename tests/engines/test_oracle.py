"""Oracle without a server: where a connection goes, what the catalogue is asked, what failures mean."""

import sqlite3
import time
from contextlib import closing
from dataclasses import replace

import oracledb
import pytest
import sqlglot
from oracledb.errors import _Error

from core.engines import oracle
from core.engines.base import Target
from core.engines.values import query
from core.errors import BadConnection, DatabaseUnavailable
from core.schema import Column, Table
from tests.engines.proxy import Proxy
from tests.engines.servers import free_port

TARGET = Target("oracle", "127.0.0.1", 1521, "scott", "ti)(ger", "shop.example.com", local=True)


def failure(text: str, offset: int = 0) -> oracledb.Error:
    return oracledb.DatabaseError(_Error(text, offset=offset))


def test_the_parameters_are_fields() -> None:
    params = oracle.parameters(TARGET, "10.0.0.9", 3.0)
    assert (params.host, params.port, params.service_name) == ("10.0.0.9", 1521, "shop.example.com")
    assert (params.user, params.tcp_connect_timeout) == ("scott", 3.0)
    descriptor = params.get_connect_string()
    assert "HOST=10.0.0.9" in descriptor.upper()
    assert descriptor.upper().count("(HOST=") == 1


@pytest.mark.parametrize(
    "service",
    [
        "x)(HOST=evil",
        "x)))(DESCRIPTION=(ADDRESS=(PROTOCOL=tcp)(HOST=evil)(PORT=1)))",
        "evil:1521/x",
        "//evil/x",
        "x?wallet_location=/etc",
        "x;y",
        "x y",
        "(x",
        "x\n",
        "x" * 129,
        "",
    ],
)
def test_a_service_name_is_a_name(service: str) -> None:
    with pytest.raises(BadConnection) as caught:
        oracle.parameters(replace(TARGET, database=service), "10.0.0.9", 3.0)
    assert caught.value.code == ("connection.bad_database" if service else "connection.no_database")


def test_a_closed_and_a_silent_port_read_alike() -> None:
    with Proxy(None) as silent:
        for port in (free_port(), silent.port):
            began = time.monotonic()
            with pytest.raises(DatabaseUnavailable) as caught:
                oracle.ENGINE.connect(replace(TARGET, port=port), 1.0)
            assert (caught.value.code, caught.value.details) == ("database.unreachable", {})
            assert time.monotonic() - began < 3


def test_hosts_are_checked_first() -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        oracle.ENGINE.connect(replace(TARGET, host="169.254.169.254"), 1.0)
    assert caught.value.code == "database.host_not_allowed"
    with pytest.raises(BadConnection):
        oracle.ENGINE.connect(replace(TARGET, host="a)(HOST=b"), 1.0)


@pytest.mark.parametrize("sql", oracle.QUERIES, ids=range(len(oracle.QUERIES)))
def test_the_catalogue_is_asked_in_its_dialect(sql: str) -> None:
    tree = sqlglot.parse_one(sql, dialect="oracle")
    assert isinstance(tree, sqlglot.exp.Query)


@pytest.mark.parametrize("estimate", [10, 1_000_000])
def test_values_are_asked_in_its_dialect(estimate: int) -> None:
    table = Table('T"1', (Column("한글", "VARCHAR2(10)"),), schema="S", primary_key=("ID",), row_estimate=estimate)
    sql = query("oracle", table, table.columns[0])
    sqlglot.parse_one(sql, dialect="oracle")
    assert '"S"."T""1"' in sql
    assert ("SAMPLE" in sql) == (estimate > 20_000)


FAILURES = [
    ("ORA-00942: table or view does not exist", 14, "query.no_such_table", "nope"),
    ('ORA-00942: table or view "SHOP"."NOPE" does not exist', 0, "query.no_such_table", "NOPE"),
    ('ORA-00904: "X": invalid identifier', 7, "query.no_such_column", "x"),
    ('ORA-00904: "X": invalid identifier', 0, "query.no_such_column", "X"),
    ("ORA-00918: column ambiguously defined", 7, "query.ambiguous_column", "x"),
    ("ORA-00979: not a GROUP BY expression", 7, "query.not_grouped", "x"),
    ("ORA-01031: insufficient privileges", 14, "query.no_permission", "nope"),
    ("ORA-00933: SQL command not properly ended", 19, "query.syntax", "wher"),
    ("ORA-00936: missing expression", 0, "query.syntax", ""),
    ("ORA-01722: invalid number 'secret value'", 0, "query.type_mismatch", ""),
    ("ORA-01476: divisor is equal to zero", 0, "query.division_by_zero", ""),
    ("ORA-01456: may not perform insert, delete, update operation", 0, "query.read_only", ""),
    ("ORA-01013: user requested cancel of current operation", 0, "query.cancelled", ""),
    ("DPY-4024: call timeout of 1000 ms exceeded", 0, "query.too_slow", ""),
    ("ORA-01652: unable to extend temp segment", 0, "query.too_big", ""),
    ("ORA-12345678: what nobody has seen", 0, "query.failed", ""),
    ("ORA-01017: invalid credential; logon denied", 0, "database.sign_in", ""),
    ("ORA-28000: the account is locked", 0, "database.sign_in", ""),
    ("ORA-00018: maximum number of sessions exceeded", 0, "database.too_many_connections", ""),
    ("DPY-4011: the database or network closed the connection", 0, "database.unreachable", ""),
    ("ORA-03113: end-of-file on communication channel", 0, "database.unreachable", ""),
    ("DPY-6005: cannot connect to database (CONNECTION_ID=x).\n[Errno 111] refused", 0, "database.unreachable", ""),
    (
        "DPY-6005: cannot connect to database.\nDPY-6001: Service \"y\" is not registered. (Similar to ORA-12514)",
        0,
        "database.unknown_database",
        "",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "offset", "code", "name"), FAILURES)
def test_what_failures_mean(text: str, offset: int, code: str, name: str) -> None:
    assert oracle.meaning(failure(text, offset), "SELECT x FROM nope wher 1 = 1") == (code, name)


def test_a_refused_connection_is_a_real_exception_of_the_driver() -> None:
    with (
        pytest.raises(oracledb.Error) as caught,
        closing(oracledb.connect(params=oracle.parameters(replace(TARGET, port=free_port()), "127.0.0.1", 1.0))),
    ):
        pass
    assert oracle.meaning(caught.value, "") == ("database.unreachable", "")


def test_only_what_people_made_is_listed() -> None:
    """The query is plain enough for SQLite to run it over a catalogue made up like Oracle's."""
    with closing(sqlite3.connect(":memory:")) as catalogue:
        catalogue.executescript(
            """
            CREATE TABLE all_users (username, oracle_maintained);
            INSERT INTO all_users VALUES ('SHOP', 'N'), ('SYS', 'Y');
            CREATE TABLE all_tables (owner, table_name, num_rows, nested, secondary, iot_type);
            INSERT INTO all_tables VALUES
                ('SHOP', 'ORDERS', 5, 'NO', 'N', NULL), ('SHOP', 'BY_KEY', 5, 'NO', 'N', 'IOT'),
                ('SHOP', 'SYS_IOT_OVER_7', 5, 'NO', 'N', 'IOT_OVERFLOW'), ('SHOP', 'INNER_1', 5, 'YES', 'N', NULL),
                ('SHOP', 'SYS_IOT_MAP_7', 5, 'NO', 'N', 'IOT_MAPPING'), ('SHOP', 'DR$TEXT$I', 5, 'NO', 'Y', NULL),
                ('SHOP', 'BIN$abc==$0', 5, 'NO', 'N', NULL), ('SHOP', 'MLOG$_ORDERS', 5, 'NO', 'N', NULL),
                ('SHOP', 'RUPD$_ORDERS', 5, 'NO', 'N', NULL), ('SYS', 'USER$', 5, 'NO', 'N', NULL);
            CREATE TABLE all_views (owner, view_name);
            INSERT INTO all_views VALUES ('SHOP', 'TOTALS'), ('SYS', 'ALL_USERS');
            CREATE TABLE all_tab_comments (owner, table_name, comments);
            INSERT INTO all_tab_comments VALUES ('SHOP', 'ORDERS', 'Who bought');
            """
        )
        rows = catalogue.execute(oracle.QUERIES[0]).fetchall()
    assert sorted(rows) == [
        ("SHOP", "BY_KEY", "table", None, 5, 1),
        ("SHOP", "ORDERS", "table", "Who bought", 5, 1),
        ("SHOP", "TOTALS", "view", None, None, 0),
    ]
