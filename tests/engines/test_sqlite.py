"""SQLite: reading, and nothing else."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.engines.base import Limits, Session
from core.engines.hosts import HostPolicy
from core.engines.sqlite import ENGINE
from core.errors import ColloqueryError, DatabaseUnavailable, QueryFailed
from core.schema import ForeignKey
from tests.engines.conftest import file_target

SCRIPT = """
CREATE TABLE customers ( -- Who buys
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,        -- as on the invoice
    "도시" VARCHAR(40),         -- 사는 곳
    email TEXT,
    grade TEXT DEFAULT 'a, -- b' /* not a -- comment */
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES CUSTOMERS, -- two on a line
    total NUMERIC(10, 2), -- with a comma (inside)
    made TEXT
);
CREATE TABLE lines (
    order_id INTEGER, place INTEGER, product TEXT,
    PRIMARY KEY (order_id, place), -- no column
    FOREIGN KEY (order_id, place) REFERENCES other (a, b)
) WITHOUT ROWID;
CREATE TABLE other (a INTEGER, b INTEGER, PRIMARY KEY (a, b));
CREATE VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;
CREATE VIEW broken AS SELECT * FROM gone;
CREATE VIRTUAL TABLE notes USING fts5(body);
INSERT INTO customers VALUES (1, 'Kim', '서울', 'kim@x', 'a'), (2, 'Lee', '부산', 'lee@x', 'b');
INSERT INTO customers VALUES (3, 'Ha', '서울', NULL, 'a');
INSERT INTO orders VALUES (1, 1, 10.5, '2024-01-02'), (2, 1, 20, '2024-02-03'), (3, 2, NULL, '2024-03-04 10:00:00');
INSERT INTO notes VALUES ('a red bicycle'), ('a blue car');
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "odd % name?#.db"
    with closing(sqlite3.connect(made)) as connection:
        connection.executescript(SCRIPT)
    return made


@pytest.fixture
def session(path: Path) -> Iterator[Session]:
    with closing(ENGINE.connect(file_target(path))) as opened:
        yield opened


def code_of(session: Session, sql: str, seconds: float = 5.0) -> tuple[str, dict[str, object]]:
    with pytest.raises(ColloqueryError) as caught:
        session.run(sql, Limits(seconds=seconds))
    return caught.value.code, caught.value.details


def test_reads_rows(session: Session) -> None:
    result = session.run('SELECT name, "도시", id FROM customers ORDER BY id', Limits(rows=2))
    assert [column.name for column in result.columns] == ["name", "도시", "id"]
    assert [column.kind for column in result.columns] == ["text", "text", "integer"]
    assert result.rows == (("Kim", "서울", 1), ("Lee", "부산", 2))
    assert result.truncated
    assert 0 <= result.seconds < 1


def test_kinds_come_from_the_values(session: Session) -> None:
    result = session.run("SELECT total, made, date(made), x'00', 1 > 0, NULL FROM orders", Limits())
    assert [column.kind for column in result.columns] == ["float", "datetime", "date", "binary", "integer", "text"]
    assert result.rows[0] == (10.5, "2024-01-02T00:00:00", "2024-01-02", "0x00", 1, None)


def test_the_schema(session: Session) -> None:
    schema = session.read_schema()
    tables = {table.name: table for table in schema.tables}
    assert list(tables) == sorted(tables)
    assert schema.dialect == "sqlite"
    assert "broken" not in tables
    assert "sqlite_sequence" not in tables
    assert not any(name.startswith("notes_") for name in tables)
    customers = tables["customers"]
    assert (customers.comment, customers.primary_key, customers.row_estimate) == ("Who buys", ("id",), 3)
    assert [(column.name, column.type, column.nullable, column.comment) for column in customers.columns] == [
        ("id", "INTEGER", False, ""),
        ("name", "TEXT", False, "as on the invoice"),
        ("도시", "VARCHAR(40)", True, "사는 곳"),
        ("email", "TEXT", True, ""),
        ("grade", "TEXT", True, ""),
    ]
    assert tables["orders"].foreign_keys == (ForeignKey(("customer_id",), "customers", ("id",)),)
    assert tables["orders"].columns[1].comment == "two on a line"
    assert tables["orders"].columns[2].comment == "with a comma (inside)"
    assert tables["lines"].foreign_keys == (ForeignKey(("order_id", "place"), "other", ("a", "b")),)
    assert tables["lines"].primary_key == ("order_id", "place")
    assert tables["lines"].row_estimate is None
    assert (tables["totals"].kind, tables["totals"].row_estimate) == ("view", None)
    assert [column.name for column in tables["totals"].columns] == ["customer_id", "total"]


def test_values_of_short_text_columns_but_not_of_private_ones(session: Session) -> None:
    values = {(found.table, found.column): found for found in session.read_schema().values}
    assert values["customers", "도시"].values == ("서울", "부산")
    assert values["customers", "도시"].complete
    assert ("customers", "email") not in values
    assert ("totals", "total") not in values


def test_row_estimates_from_statistics(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DELETE FROM orders WHERE id = 1; ANALYZE;")
        connection.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")
        connection.execute("INSERT INTO later VALUES (7)")
        connection.commit()
    with closing(ENGINE.connect(file_target(path))) as session:
        estimates = {table.name: table.row_estimate for table in session.read_schema().tables}
    assert estimates["orders"] == 2
    assert estimates["later"] == 7  # no statistics: its last rowid


def test_the_hash_follows_the_structure_alone(path: Path) -> None:
    def read() -> str:
        with closing(ENGINE.connect(file_target(path))) as session:
            return session.read_schema().hash

    first = read()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO customers VALUES (9, 'Choi', '대구', NULL, 'c')")
        connection.commit()
    assert read() == first
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE customers ADD COLUMN note TEXT")
    assert read() != first


WRITES = [
    "INSERT INTO other VALUES (1, 2)",
    "UPDATE customers SET name = 'x'",
    "DELETE FROM customers",
    "REPLACE INTO other VALUES (1, 2)",
    "DROP TABLE other",
    "CREATE TABLE x (a)",
    "CREATE TEMP TABLE x (a)",
    "ALTER TABLE other ADD COLUMN c",
    "ATTACH 'file:x.db?mode=rwc' AS x",
    "DETACH main",
    "VACUUM",
    "VACUUM INTO 'copy.db'",
    "REINDEX",
    "ANALYZE",
    "PRAGMA query_only = OFF",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA table_info(other)",
    "PRAGMA data_version = 1",
    "BEGIN",
    "SAVEPOINT a",
    "SELECT load_extension('x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT writefile('x', 'y')",
    "SELECT fts3_tokenizer('x', x'00')",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM SQLITE_SCHEMA",
    "SELECT * FROM pragma_table_info('other')",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM dbstat",
    "WITH x AS (SELECT 1) DELETE FROM other",
    "INSERT INTO notes(notes) VALUES ('optimize')",
]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_but_reading_passes(session: Session, path: Path, sql: str) -> None:
    before = path.read_bytes()
    code, _ = code_of(session, sql)
    assert code.startswith("query.")
    assert path.read_bytes() == before
    assert sorted(file.name for file in path.parent.iterdir()) == [path.name]
    assert session.run("SELECT count(*) FROM customers", Limits()).rows == ((3,),)


READS = [
    "SELECT value FROM json_each('[1, 2]')",
    "SELECT key, value FROM json_tree('{\"a\": [1]}')",
    "SELECT body FROM notes WHERE notes MATCH 'red' ORDER BY rank",
    "SELECT highlight(notes, 0, '[', ']') FROM notes WHERE notes MATCH 'car'",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 5) SELECT sum(x) FROM c",
    'SELECT name, row_number() OVER (PARTITION BY "도시" ORDER BY id) FROM customers',
    "SELECT strftime('%Y-%m', made), sum(total) FILTER (WHERE total > 1) FROM orders GROUP BY 1 HAVING count(*) > 0",
    "SELECT group_concat(name, '; '), json_group_array(id) FROM customers",
    "SELECT * FROM totals",
    "SELECT round(ln(2), 2), iif(1, 2, 3), printf('%05d', 7), substr('abc', 2), '{\"a\":1}' ->> 'a'",
    "VALUES (1, 2), (3, 4)",
    "EXPLAIN QUERY PLAN SELECT 1",
]


@pytest.mark.parametrize("sql", READS)
def test_analysis_passes(path: Path, sql: str) -> None:
    with closing(ENGINE.connect(file_target(path))) as session:  # nothing was prepared on it before
        assert session.run(sql, Limits()).rows is not None


FAILURES = [
    ("SELECT * FROM nope", "query.no_such_table", {"name": "nope"}),
    ("SELECT nope FROM orders", "query.no_such_column", {"name": "nope"}),
    ("SELECT o.nope FROM orders o", "query.no_such_column", {"name": "o.nope"}),
    ("SELECT id FROM orders JOIN customers", "query.ambiguous_column", {"name": "id"}),
    ("SELECT nofn(1)", "query.no_such_function", {"name": "nofn"}),
    ("SELECT upper(1, 2)", "query.no_such_function", {"name": "upper"}),
    ("SELECT * FROM orders WHER id = 1", "query.syntax", {"near": "id"}),
    ("SELEC 1", "query.syntax", {"near": "SELEC"}),
    ("SELECT 1 FROM", "query.incomplete", {}),
    ("SELECT 1; SELECT 2", "query.several_statements", {}),
    ("SELECT zeroblob(100000000)", "query.too_big", {}),
    ("SELECT 1\0; SELECT 2", "query.bad_characters", {}),
    ("SELECT '\ud800'", "query.bad_characters", {}),
    ("SELECT " + "(" * 2_000 + "1" + ")" * 2_000, "query.too_big", {}),
]


@pytest.mark.parametrize(("sql", "code", "details"), FAILURES, ids=[code for _, code, _ in FAILURES])
def test_failures_name_what_is_wrong(session: Session, sql: str, code: str, details: dict[str, object]) -> None:
    assert code_of(session, sql) == (code, details)
    assert session.usable()


ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT sum(x) FROM c"


def test_the_clock_ends_an_endless_query(session: Session) -> None:
    began = time.monotonic()
    assert code_of(session, ENDLESS, 0.3) == ("query.too_slow", {"seconds": "0.3"})
    assert time.monotonic() - began < 1
    assert session.usable()


def test_another_thread_cancels(session: Session) -> None:
    timer = threading.Timer(0.2, session.cancel)
    timer.start()
    began = time.monotonic()
    assert code_of(session, ENDLESS, 20) == ("query.cancelled", {})
    assert time.monotonic() - began < 2
    assert not session.usable()
    timer.join()


def test_closing_under_a_running_query_ends_it(session: Session) -> None:
    timer = threading.Timer(0.2, session.close)
    timer.start()
    assert code_of(session, ENDLESS, 20)[0] == "query.cancelled"
    timer.join()
    assert not session.usable()
    with pytest.raises(DatabaseUnavailable):
        session.run("SELECT 1", Limits())


def test_a_cancel_when_nothing_runs_spoils_nothing(session: Session) -> None:
    session.cancel()
    assert session.usable()
    assert session.run("SELECT 1", Limits()).rows == ((1,),)


def test_health(session: Session) -> None:
    health = session.health()
    assert health.version == f"SQLite {sqlite3.sqlite_version}"
    assert not health.can_write


def test_text_that_is_no_utf8_is_read(session: Session) -> None:
    assert session.run("SELECT CAST(x'61ff62' AS TEXT)", Limits()).rows == (("a\ufffdb",),)


def test_what_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"not a database, but long enough to be read as one" * 30)
    with pytest.raises(DatabaseUnavailable) as caught:
        ENGINE.connect(file_target(tmp_path / "a.db"))
    assert caught.value.code == "database.damaged"
    with pytest.raises(DatabaseUnavailable) as caught:
        ENGINE.connect(file_target(tmp_path / "none.db"))
    assert caught.value.code == "database.unreachable"
    with pytest.raises(DatabaseUnavailable) as caught:
        ENGINE.connect(file_target(tmp_path / "a.db"), hosts=HostPolicy(folders=(tmp_path / "other",)))
    assert caught.value.code == "database.host_not_allowed"


def test_odd_names_and_two_thousand_columns(tmp_path: Path) -> None:
    names = [
        'a "quote"',
        "with space",
        "한글 열",
        "select",
        "MixedCase",
        "mixedcase2",
        "a`b",
        "a]b",
        "a'b",
        "a;b",
        "--",
    ]
    wide = names + [f"c{n}" for n in range(2_000 - len(names))]
    with closing(sqlite3.connect(tmp_path / "w.db")) as connection:
        columns = ", ".join('"' + name.replace('"', '""') + '" TEXT' for name in wide)
        connection.execute(f'CREATE TABLE "주문 ""table"" [x]" ({columns})')
        connection.execute('INSERT INTO "주문 ""table"" [x]" ("select", "한글 열") VALUES (\'v\', \'값\')')
        connection.commit()
    with closing(ENGINE.connect(file_target(tmp_path / "w.db"))) as session:
        schema = session.read_schema()
        (table,) = schema.tables
        assert table.name == '주문 "table" [x]'
        assert [column.name for column in table.columns] == wide
        assert {found.column: found.values for found in schema.values} == {"select": ("v",), "한글 열": ("값",)}
        assert len(session.run('SELECT * FROM "주문 ""table"" [x]"', Limits()).columns) == 2_000


def test_an_empty_file_has_an_empty_schema(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "e.db").close()
    (tmp_path / "e.db").touch()
    with closing(ENGINE.connect(file_target(tmp_path / "e.db"))) as session:
        schema = session.read_schema()
        assert (schema.tables, schema.values) == ((), ())
        assert len(schema.hash) == 64


def test_ten_thousand_tables_are_read_in_seconds(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "many.db")) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for n in range(10_000):
            connection.execute(f"CREATE TABLE t{n} (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t0, n INT)")
        connection.commit()
    with closing(ENGINE.connect(file_target(tmp_path / "many.db"))) as session:
        began = time.monotonic()
        schema = session.read_schema()
        assert len(schema.tables) == 10_000
        assert schema.tables[5].foreign_keys[0].ref_table == "t0"
        assert time.monotonic() - began < 10


def test_errors_carry_nothing_of_the_rows(session: Session) -> None:
    with pytest.raises(QueryFailed) as caught:
        session.run("SELECT json_extract(email, '$.a') FROM customers", Limits())
    assert "kim" not in f"{caught.value!r} {caught.value.details}"
    assert caught.value.__suppress_context__
