"""Reading the schemas of live servers: keys, comments, estimates, values, odd names, many tables."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from core.engines import values
from core.engines.base import Limits, Session
from core.engines.registry import engine
from core.schema import ForeignKey, Schema, Table
from tests.engines.servers import Database, Server, fresh

ODD = [
    'a "quote"',
    "with space",
    "한글 열",
    "select",
    "MixedCase",
    "b`tick",
    "c]bracket",
    "d'single",
    "e;semi",
    "--",
    "%s",
]


def read(database: Database) -> Schema:
    with closing(engine(database.kind).connect(database.target)) as session:
        return session.read_schema()


def tables_of(schema: Schema) -> dict[str, Table]:
    return {table.id: table for table in schema.tables}


@pytest.fixture
def shop(database: Database) -> Database:
    if database.kind == "postgresql":
        comments = [
            "COMMENT ON TABLE customers IS 'Who buys'",
            "COMMENT ON COLUMN customers.city IS '사는 곳'",
            "COMMENT ON COLUMN customers.note IS 'phone number of the customer'",
        ]
        inline = ("", "", "")
    else:
        comments = []
        inline = (" COMMENT '사는 곳'", " COMMENT 'phone number of the customer'", " COMMENT 'Who buys'")
    database.execute(
        "CREATE TABLE customers (id INT NOT NULL, branch INT NOT NULL, name VARCHAR(80) NOT NULL,"
        f" city VARCHAR(40){inline[0]}, email VARCHAR(80), note VARCHAR(80){inline[1]}, code CHAR(2),"
        f" born DATE, amount DECIMAL(12, 2), PRIMARY KEY (branch, id)){inline[2]}",
        *comments,
        "CREATE TABLE orders (id INT PRIMARY KEY, customer INT, branch INT, state VARCHAR(10),"
        " FOREIGN KEY (branch, customer) REFERENCES customers (branch, id))",
        "CREATE VIEW totals AS SELECT branch, count(*) AS n FROM orders GROUP BY branch",
        "INSERT INTO customers VALUES (1, 1, 'Kim', '서울', 'kim@x', '010', 'a', NULL, 1),"
        " (2, 1, 'Lee', '부산', 'lee@x', '011', 'b', NULL, 2), (3, 1, 'Ha', '서울', NULL, '012', 'a', NULL, 3)",
        "INSERT INTO orders VALUES (1, 1, 1, 'paid'), (2, 2, 1, NULL)",
        "ANALYZE" if database.kind == "postgresql" else "ANALYZE TABLE customers, orders",
    )
    return database


def test_tables_keys_comments_and_estimates(shop: Database) -> None:
    schema = read(shop)
    tables = tables_of(schema)
    assert list(tables) == ["customers", "orders", "totals"]
    customers = tables["customers"]
    assert (customers.comment, customers.kind, customers.schema) == ("Who buys", "table", "")
    assert customers.primary_key == ("branch", "id")
    assert customers.row_estimate == 3
    columns = {column.name: column for column in customers.columns}
    assert list(columns) == ["id", "branch", "name", "city", "email", "note", "code", "born", "amount"]
    assert columns["city"].comment == "사는 곳"
    assert columns["city"].type in ("character varying(40)", "varchar(40)")
    assert columns["amount"].type in ("numeric(12,2)", "decimal(12,2)")
    assert (columns["name"].nullable, columns["city"].nullable) == (False, True)
    assert tables["orders"].foreign_keys == (ForeignKey(("branch", "customer"), "customers", ("branch", "id")),)
    assert (tables["totals"].kind, tables["totals"].comment, tables["totals"].row_estimate) == ("view", "", None)
    assert schema.dialect == ("postgres" if shop.kind == "postgresql" else "mysql")


def test_values_of_what_is_not_private(shop: Database) -> None:
    found = {(entry.table, entry.column): entry for entry in read(shop).values}
    assert found["customers", "city"].values == ("서울", "부산")
    assert found["customers", "city"].complete
    assert found["orders", "state"].values == ("paid",)
    assert set(found["customers", "code"].values) == {"a", "b"}
    assert ("customers", "email") not in found
    assert ("customers", "note") not in found


def test_the_hash_follows_the_structure_alone(shop: Database) -> None:
    first = read(shop).hash
    shop.execute("INSERT INTO customers (id, branch, name, city) VALUES (9, 9, 'Choi', '대구')")
    assert read(shop).hash == first
    shop.execute("ALTER TABLE orders ADD COLUMN extra INT")
    assert read(shop).hash != first


def test_many_values_are_kept_by_frequency_and_are_not_complete(database: Database) -> None:
    database.execute("CREATE TABLE t (a VARCHAR(100), b VARCHAR(100))")
    rows = [f"('v{n}', '{'long' * 20 if n == 7 else 'x'}')" for n in range(300)] + ["('often', 'x')"] * 3
    database.execute(f"INSERT INTO t VALUES {', '.join(rows)}")
    found = {entry.column: entry for entry in read(database).values}
    assert len(found["a"].values) == values.VALUES_A_COLUMN
    assert found["a"].values[0] == "often"
    assert not found["a"].complete
    assert found["b"].values == ("x",)
    assert not found["b"].complete


def test_a_large_table_is_sampled(database: Database) -> None:
    digits = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(10))
    numbers = " CROSS JOIN ".join(f"({digits}) AS d{place}" for place in range(5))
    formula = " + ".join(f"d{place}.n * {10**place}" for place in range(5))
    database.execute(
        "CREATE TABLE big (id INT PRIMARY KEY, era VARCHAR(10))",
        f"INSERT INTO big SELECT {formula}, CASE WHEN {formula} < 90000 THEN 'old' ELSE 'new' END FROM {numbers}",
        "ANALYZE" if database.kind == "postgresql" else "ANALYZE TABLE big",
    )
    schema = read(database)
    assert schema.tables[0].row_estimate is not None
    assert 80_000 < schema.tables[0].row_estimate < 120_000
    (era,) = schema.values
    assert "new" in era.values  # at the far end of the table
    assert not era.complete


def test_a_table_that_fails_or_is_locked_is_skipped(shop: Database, caplog: pytest.LogCaptureFixture) -> None:
    if shop.kind == "postgresql":
        lock = ["BEGIN", "LOCK TABLE customers IN ACCESS EXCLUSIVE MODE"]
    else:
        lock = ["LOCK TABLES customers WRITE"]
    with (
        closing(shop.server.connect(shop.target.database)) as blocker,
        closing(blocker.cursor()) as cursor,
        caplog.at_level("INFO"),
    ):
        for statement in lock:
            cursor.execute(statement)
        began = time.monotonic()
        schema = read(shop)
        assert time.monotonic() - began < 20
    assert {entry.table for entry in schema.values} <= {"orders"}
    assert "customers" in tables_of(schema)
    assert "customers" in caplog.text


def test_odd_names(database: Database) -> None:
    q = database.quote
    table = 'Order "items" 주문'
    listed = ", ".join(q(name) for name in ODD)
    database.execute(
        f"CREATE TABLE {q(table)} (id INT PRIMARY KEY, {', '.join(f'{q(name)} VARCHAR(20)' for name in ODD)})",
        f"CREATE TABLE {q('group')} (id INT, ref INT, FOREIGN KEY (ref) REFERENCES {q(table)} (id))",
        f"INSERT INTO {q(table)} (id, {listed}) VALUES (1{', 0' * len(ODD)})",
    )
    schema = read(database)
    tables = tables_of(schema)
    assert [column.name for column in tables[table].columns] == ["id", *ODD]
    assert tables["group"].foreign_keys == (ForeignKey(("ref",), table, ("id",)),)
    assert {entry.column for entry in schema.values} == set(ODD)
    with closing(engine(database.kind).connect(database.target)) as session:
        result = session.run(f"SELECT * FROM {q(table)}", Limits())
    assert [column.name for column in result.columns] == ["id", *ODD]


@pytest.fixture
def wide(database: Database) -> Iterator[tuple[Database, int]]:
    """As wide a table as the server holds: 1,600 columns in PostgreSQL, 2,000 elsewhere."""
    count = 1_600 if database.kind == "postgresql" else 2_000
    tail = "" if database.kind == "postgresql" else " ENGINE = MyISAM"
    database.execute(f"CREATE TABLE wide ({', '.join(f'c{n} INT' for n in range(count))}){tail}")
    yield database, count


def test_as_many_columns_as_there_can_be(wide: tuple[Database, int]) -> None:
    database, count = wide
    (table,) = read(database).tables
    assert [column.name for column in table.columns] == [f"c{n}" for n in range(count)]
    with closing(engine(database.kind).connect(database.target)) as session:
        assert len(session.run("SELECT * FROM wide", Limits()).columns) == count


def test_an_empty_database(session: Session) -> None:
    schema = session.read_schema()
    assert (schema.tables, schema.values, len(schema.hash)) == ((), (), 64)


def test_hundreds_of_tables(database: Database) -> None:
    engine_of = "" if database.kind == "postgresql" else " ENGINE = MyISAM"
    made = [f"CREATE TABLE t{n} (id INT PRIMARY KEY, a INT, b INT){engine_of}" for n in range(500)]
    database.execute(*(["; ".join(made)] if database.kind == "postgresql" else made))
    began = time.monotonic()
    assert len(read(database).tables) == 500
    assert time.monotonic() - began < 10


def test_several_schemas_of_postgresql(postgresql: Server) -> None:
    with fresh(postgresql) as database:
        database.execute(
            "CREATE SCHEMA sales",
            "CREATE SCHEMA \"Odd Name\"",
            "CREATE TYPE mood AS ENUM ('sad', 'ok')",
            "CREATE TABLE sales.orders (id INT PRIMARY KEY, feeling mood, tags TEXT[], doc JSONB)",
            "CREATE TABLE public.lines (id INT, order_id INT REFERENCES sales.orders)",
            "CREATE TABLE \"Odd Name\".things (id INT, kind TEXT)",
            "CREATE TABLE parted (id INT, day DATE) PARTITION BY RANGE (day)",
            "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
            "CREATE MATERIALIZED VIEW sales.summary AS SELECT count(*) AS n FROM sales.orders",
            "INSERT INTO sales.orders VALUES (1, 'ok', '{a}', '{}')",
            "INSERT INTO \"Odd Name\".things VALUES (1, 'x')",
        )  # fmt: skip
        schema = read(database)
        tables = tables_of(schema)
        assert list(tables) == ["lines", "parted", "Odd Name.things", "sales.orders", "sales.summary"]
        assert tables["lines"].foreign_keys == (ForeignKey(("order_id",), "sales.orders", ("id",)),)
        assert [column.type for column in tables["sales.orders"].columns] == ["integer", "mood", "text[]", "jsonb"]
        assert tables["sales.summary"].kind == "view"
        found = {(entry.table, entry.column): entry.values for entry in schema.values}
        assert found == {("sales.orders", "feeling"): ("ok",), ("Odd Name.things", "kind"): ("x",)}

        database.execute(f"ALTER DATABASE {database.target.database} SET search_path = sales, public")
        tables = tables_of(read(database))
        assert list(tables)[:2] == ["orders", "summary"]
        assert tables["public.lines"].foreign_keys == (ForeignKey(("order_id",), "orders", ("id",)),)


def test_mysql_reads_the_connected_database_alone(mariadb: Server) -> None:
    with fresh(mariadb) as one, fresh(mariadb) as other:
        one.execute("CREATE TABLE a (id INT PRIMARY KEY) ENGINE = InnoDB")
        other.execute(
            f"CREATE TABLE b (id INT, FOREIGN KEY (id) REFERENCES {one.target.database}.a (id)) ENGINE = InnoDB"
        )
        assert list(tables_of(read(one))) == ["a"]
        (table,) = read(other).tables
        assert (table.name, table.foreign_keys) == ("b", ())
        other.execute("DROP TABLE b")


def test_the_mysql_engine_also_reads_mariadb(mariadb: Server) -> None:
    """People say MySQL and mean MariaDB: its own limit is not there then, the clock on our side is."""
    with fresh(mariadb) as database:
        database.execute("CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(9))")
        target = replace(database.target, kind="mysql")
        with closing(engine("mysql").connect(target)) as session:
            assert [table.name for table in session.read_schema().tables] == ["a"]
            assert session.run("SELECT 1", Limits()).rows == ((1,),)


def test_what_an_extension_owns_is_not_listed(postgresql: Server) -> None:
    with fresh(postgresql) as database, fresh(postgresql) as other:
        database.execute(
            "CREATE SCHEMA tools",
            "CREATE EXTENSION pg_stat_statements",
            "CREATE EXTENSION pg_buffercache SCHEMA tools",
            "CREATE EXTENSION postgres_fdw",
            "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw"
            f" OPTIONS (dbname '{other.target.database}', host '127.0.0.1')",
            "CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'postgres', password_required 'false')",
            "CREATE FOREIGN TABLE elsewhere (id INT, kind TEXT) SERVER far",
            "CREATE VIEW mine AS SELECT calls FROM pg_stat_statements",
            "CREATE TABLE tools.kept (id INT PRIMARY KEY, kind TEXT)",
            "INSERT INTO tools.kept VALUES (1, 'x')",
        )
        (owned,) = database.execute("SELECT count(*) FROM pg_depend WHERE classid = 1259 AND deptype = 'e'")
        assert owned[0] >= 3
        schema = read(database)
        assert list(tables_of(schema)) == ["elsewhere", "mine", "tools.kept"]
        assert [(entry.table, entry.column) for entry in schema.values] == [("tools.kept", "kind")]


def test_a_table_may_point_to_one_that_is_not_listed(postgresql: Server) -> None:
    with fresh(postgresql) as database:
        database.execute(
            "CREATE EXTENSION intarray",
            "CREATE TABLE theirs (id INT PRIMARY KEY)",
            "ALTER EXTENSION intarray ADD TABLE theirs",
            "CREATE TABLE ours (id INT PRIMARY KEY, their_id INT REFERENCES theirs)",
        )
        (table,) = read(database).tables
        assert (table.name, table.foreign_keys) == ("ours", (ForeignKey(("their_id",), "theirs", ("id",)),))
        database.execute("ALTER EXTENSION intarray DROP TABLE theirs")


def test_sequences_and_broken_views_of_mariadb_are_not_listed(mariadb: Server) -> None:
    with fresh(mariadb) as database:
        database.execute(
            "CREATE SEQUENCE numbers",
            "CREATE TABLE past (id INT PRIMARY KEY, kind VARCHAR(9)) WITH SYSTEM VERSIONING",
            "INSERT INTO past VALUES (1, 'old')",
            "UPDATE past SET kind = 'new'",
            "CREATE TABLE gone (id INT)",
            "CREATE VIEW broken AS SELECT id FROM gone",
            "CREATE VIEW sound AS SELECT kind FROM past",
            "DROP TABLE gone",
        )
        schema = read(database)
        assert [(table.name, table.kind) for table in schema.tables] == [("past", "table"), ("sound", "view")]
        assert [(entry.table, entry.values) for entry in schema.values] == [("past", ("new",))]


@pytest.mark.parametrize("name", ["mysql", "information_schema", "performance_schema", "sys"])
def test_the_databases_of_the_server_itself_have_no_tables(mariadb: Server, name: str) -> None:
    with closing(engine("mariadb").connect(replace(mariadb.admin, database=name))) as session:
        assert session.read_schema().tables == ()
