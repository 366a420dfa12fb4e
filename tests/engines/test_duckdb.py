"""DuckDB, live: reading one file, and nothing else."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from core.engines.base import Limits, Session, Target
from core.engines.duck import ENGINE
from core.engines.hosts import HostPolicy
from core.errors import ColloqueryError, DatabaseUnavailable, QueryFailed
from core.schema import ForeignKey
from core.sql.guard import check
from tests.sql.further_dialects import DUCKDB_LEGIT
from tests.sql.shop import shop, statements

SCRIPT = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name VARCHAR NOT NULL, "도시" VARCHAR, email VARCHAR);
COMMENT ON TABLE customers IS 'Who buys';
COMMENT ON COLUMN customers.name IS 'as on the invoice';
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers (id), total DECIMAL(10, 2),
                     made TIMESTAMP);
CREATE VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;
CREATE SCHEMA other;
CREATE TABLE other.notes (a INTEGER, b INTEGER, body VARCHAR, PRIMARY KEY (a, b));
INSERT INTO customers VALUES (1, 'Kim', '서울', 'kim@x'), (2, 'Lee', '부산', 'lee@x'), (3, 'Ha', '서울', NULL);
INSERT INTO orders VALUES (1, 1, 10.5, '2024-01-02'), (2, 1, 20, '2024-02-03'), (3, 2, NULL, '2024-03-04 10:00');
"""
SLOW = "SELECT sum(a.range % 7) FROM range(1000000000000) AS a"


def target(path: Path | str) -> Target:
    return Target("duckdb", str(path), 0, "", "", "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "odd % name.duckdb"
    with duckdb.connect(str(made)) as connection:
        connection.execute(SCRIPT)
    return made


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    with closing(ENGINE.connect(target(path))) as opened:
        yield opened


def code_of(session: Session, sql: str, seconds: float = 10.0) -> tuple[str, dict[str, object]]:
    with pytest.raises(ColloqueryError) as caught:
        session.run(sql, Limits(seconds=seconds))
    return caught.value.code, caught.value.details


def test_reads_rows(session: Session) -> None:
    result = session.run('SELECT name, "도시", id FROM customers ORDER BY id', Limits(rows=2))
    assert [column.name for column in result.columns] == ["name", "도시", "id"]
    assert [column.kind for column in result.columns] == ["text", "text", "integer"]
    assert result.rows == (("Kim", "서울", 1), ("Lee", "부산", 2))
    assert result.truncated


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        ("1::TINYINT", "integer", 1),
        ("1::HUGEINT", "integer", 1),
        ("1.50::DECIMAL(10, 2)", "decimal", "1.50"),
        ("1.5::DOUBLE", "float", 1.5),
        ("'nan'::DOUBLE", "text", "NaN"),
        ("TRUE", "boolean", True),
        ("'2024-02-03'", "text", "2024-02-03"),
        ("DATE '2024-02-03'", "date", "2024-02-03"),
        ("TIMESTAMP '2024-02-03 10:00:00'", "datetime", "2024-02-03T10:00:00"),
        ("TIME '10:00:00'", "time", "10:00:00"),
        ("'ab'::BLOB", "binary", "0x6162"),
        ("[1, 2]", "text", "[1, 2]"),
        ("{'a': 1}", "text", '{"a": 1}'),
        ("'00000000-0000-0000-0000-000000000001'::UUID", "text", "00000000-0000-0000-0000-000000000001"),
        ("NULL::INTEGER", "integer", None),
    ],
)
def test_types(session: Session, value: str, kind: str, cell: object) -> None:
    result = session.run(f"SELECT {value} AS a", Limits())
    assert (result.columns[0].kind, result.rows[0][0]) == (kind, cell)


def test_a_moment_has_its_offset(session: Session) -> None:
    result = session.run("SELECT TIMESTAMPTZ '2024-02-03 10:00:00+09' = TIMESTAMPTZ '2024-02-03 01:00:00+00' AS same,"
                         " TIMESTAMPTZ '2024-02-03 10:00:00+09' AS moment", Limits())  # fmt: skip
    assert [column.kind for column in result.columns] == ["boolean", "datetime"]
    same, at = result.rows[0]
    assert same is True and isinstance(at, str) and at[-6] in "+-"


def test_schema(session: Session) -> None:
    schema = session.read_schema()
    tables = {table.id: table for table in schema.tables}
    assert schema.dialect == "duckdb"
    assert list(tables) == ["customers", "orders", "totals", "other.notes"]
    customers = tables["customers"]
    assert (customers.comment, customers.primary_key, customers.row_estimate) == ("Who buys", ("id",), 3)
    assert [(column.name, column.type, column.nullable) for column in customers.columns] == [
        ("id", "INTEGER", False), ("name", "VARCHAR", False), ("도시", "VARCHAR", True), ("email", "VARCHAR", True),
    ]  # fmt: skip
    assert customers.columns[1].comment == "as on the invoice"
    assert tables["orders"].foreign_keys == (ForeignKey(("customer_id",), "customers", ("id",)),)
    assert tables["totals"].kind == "view"
    assert tables["other.notes"].primary_key == ("a", "b")
    values = {(one.table, one.column): one for one in schema.values}
    assert values["customers", "도시"].values == ("서울", "부산") and values["customers", "도시"].complete
    assert ("customers", "email") not in values


def test_health(session: Session) -> None:
    health = session.health()
    assert health.version.startswith("DuckDB ") and not health.can_write and health.is_encrypted is None


READ_ONLY = (
    "INSERT INTO customers (id, name) VALUES (9, 'x')",
    "UPDATE customers SET name = 'x'",
    "DELETE FROM orders",
    "CREATE TABLE x (a INTEGER)",
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE TEMP MACRO f(x) AS x",
    "DROP TABLE orders",
    "SET memory_limit = '99GB'",
    "SET enable_external_access = true",
    "RESET memory_limit",
    "ATTACH ':memory:' AS m",
    "USE other",
    "LOAD httpfs",
    "INSTALL httpfs",
    "COPY customers TO '/tmp/colloquery-never.csv'",
    "EXPORT DATABASE '/tmp/colloquery-never'",
    "CHECKPOINT",
    "VACUUM",
    "BEGIN",
    "PREPARE q AS SELECT 1",
    "CALL pragma_version()",
    "EXPLAIN SELECT 1",
    "SET VARIABLE x = 1",
)


@pytest.mark.parametrize("sql", READ_ONLY)
def test_nothing_but_a_select_runs_below_the_guard(session: Session, sql: str) -> None:
    assert code_of(session, sql)[0] == "query.read_only"
    assert session.run("SELECT count(*) FROM customers", Limits()).rows == ((3,),)


def test_one_statement_at_a_time(session: Session) -> None:
    assert code_of(session, "SELECT 1; SELECT 2")[0] == "query.several_statements"
    assert code_of(session, "")[0] == "query.incomplete"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{outside}')",
        "SELECT * FROM read_text('{outside}')",
        "SELECT * FROM read_blob('{outside}')",
        "SELECT * FROM sniff_csv('{outside}')",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM parquet_scan('{outside}')",
        "SELECT * FROM read_csv('https://127.0.0.1:9/x.csv')",
    ],
)
def test_a_file_outside_is_not_read(session: Session, path: Path, sql: str) -> None:
    outside = path.parent / "outside.csv"
    outside.write_text("secret\nx\n")
    code, details = code_of(session, sql.format(outside=outside, folder=path.parent))
    assert code == "query.read_only" and "secret" not in str(details)


def test_the_name_of_a_file_is_no_table_and_a_variable_of_ours_neither(session: Session, path: Path) -> None:
    outside = path.parent / "outside.csv"
    outside.write_text("secret\nx\n")
    assert code_of(session, f"SELECT * FROM '{outside}'")[0] == "query.read_only"
    assert code_of(session, "SELECT * FROM READ_ONLY")[0] == "query.no_such_table"


@pytest.mark.parametrize(
    ("sql", "code", "details"),
    [
        ("SELECT * FROM nope", "query.no_such_table", {"name": "nope"}),
        ("SELECT nope FROM orders", "query.no_such_column", {"name": "nope"}),
        ("SELECT nofn(1)", "query.no_such_function", {"name": "nofn"}),
        ("SELECT id FROM orders AS a JOIN orders AS b ON TRUE", "query.ambiguous_column", {"name": "id"}),
        ("SELECT id, count(*) FROM orders", "query.not_grouped", {"name": "id"}),
        ("SELECT 1 +", "query.syntax", {"near": "+"}),
        ("SELEC 1", "query.syntax", {"near": "SELEC"}),
        ("SELECT name::INTEGER FROM customers", "query.type_mismatch", {}),
        ("SELECT (id + 300)::TINYINT FROM customers", "query.out_of_range", {}),
        ("SELECT list(a.range + b.range) FROM range(100000) AS a, range(100000) AS b", "query.too_big", {}),
    ],
)
def test_what_failures_mean(session: Session, sql: str, code: str, details: dict[str, object]) -> None:
    assert code_of(session, sql) == (code, details)


def test_a_value_never_comes_out_in_an_error(session: Session) -> None:
    with pytest.raises(QueryFailed) as caught:
        session.run("SELECT email::INTEGER FROM customers", Limits())
    assert "kim@x" not in str(caught.value) + str(caught.value.details)


def test_time_is_limited(session: Session) -> None:
    began = time.monotonic()
    assert code_of(session, SLOW, seconds=0.5) == ("query.too_slow", {"seconds": "0.5"})
    assert time.monotonic() - began < 3
    assert not session.usable()


def test_a_query_is_stopped_from_another_thread(path: Path) -> None:
    with closing(ENGINE.connect(target(path))) as session, closing(ENGINE.connect(target(path))) as beside:
        told: list[str] = []
        thread = threading.Thread(target=lambda: told.append(code_of(session, SLOW, 60)[0]))
        thread.start()
        while thread.is_alive():
            session.cancel()
            thread.join(0.1)
        assert told == ["query.cancelled"]
        assert beside.run("SELECT 1", Limits()).rows == ((1,),)


def test_closing_ends_what_runs(path: Path) -> None:
    session = ENGINE.connect(target(path))
    told: list[str] = []
    thread = threading.Thread(target=lambda: told.append(code_of(session, SLOW, 60)[0]))
    thread.start()
    while thread.is_alive():
        session.close()
        thread.join(0.1)
    assert told in (["query.cancelled"], ["database.unreachable"])


def test_files_that_are_none(tmp_path: Path) -> None:
    text = tmp_path / "text.duckdb"
    text.write_text("no database at all" * 1000)
    with pytest.raises(DatabaseUnavailable) as caught:
        ENGINE.connect(target(text))
    assert caught.value.code == "database.damaged"
    with pytest.raises(DatabaseUnavailable) as caught:
        ENGINE.connect(target(tmp_path / "gone.duckdb"))
    assert caught.value.code == "database.unreachable"


def test_closed_files_and_other_folders(path: Path, tmp_path: Path) -> None:
    for hosts in (HostPolicy(closed=(path,)), HostPolicy(folders=(tmp_path / "elsewhere",))):
        with pytest.raises(DatabaseUnavailable) as caught:
            ENGINE.connect(target(path), hosts=hosts)
        assert caught.value.code == "database.host_not_allowed"


def test_a_file_that_another_process_writes_to_is_said_to_be_in_use(path: Path) -> None:
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout and writer.stdout.readline() == "open\n"
        with pytest.raises(DatabaseUnavailable) as caught:
            ENGINE.connect(target(path))
        assert caught.value.code == "database.file_in_use"
        writer.communicate()


def test_ordinary_analysis_runs_as_the_guard_prints_it(tmp_path: Path) -> None:
    made = tmp_path / "shop.duckdb"
    with duckdb.connect(str(made)) as connection:
        for statement in statements("duckdb"):
            connection.execute(statement)
    with closing(ENGINE.connect(target(made))) as session:
        for sql in DUCKDB_LEGIT:
            verdict = check(sql, "duckdb", shop("duckdb"))
            session.run(verdict.sql, Limits())
