"""PostgreSQL, MariaDB and MySQL, live: reading alone, limits, cancels, failures in words' codes."""

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from decimal import Decimal

import pytest

from core.engines.base import Limits, Session
from core.engines.failures import SessionLost
from core.engines.registry import engine
from core.errors import BadConnection, ColloqueryError, DatabaseUnavailable, QueryFailed
from tests.engines.proxy import Proxy
from tests.engines.servers import Database, Server, free_port, wait_until

MANY = {
    "postgresql": "SELECT n, repeat('x', 100) FROM generate_series(1, 1000000) AS n",
    "mysql": "SELECT a.n, repeat('x', 100) FROM hundred a, hundred b, hundred c",
}
SLEEP = {"postgresql": "SELECT pg_sleep(20)", "mysql": "SELECT sleep(20)"}
BUSY = {
    "postgresql": "SELECT count(*) FROM generate_series(1, 10000000) a, generate_series(1, 10000) b",
    "mysql": "SELECT count(*) FROM hundred a, hundred b, hundred c, hundred d, hundred e, hundred f",
}


def by_kind(texts: dict[str, str], database: Database) -> str:
    return texts.get(database.kind) or texts["mysql"]


@pytest.fixture
def shop(database: Database) -> Database:
    database.execute(
        "CREATE TABLE goods (id INT PRIMARY KEY, name VARCHAR(40), price DECIMAL(10, 2))",
        "INSERT INTO goods VALUES (1, 'tea', 4.50), (2, '커피', 12.30), (3, NULL, NULL)",
        "CREATE TABLE hundred (n INT PRIMARY KEY)",
        "INSERT INTO hundred VALUES " + ", ".join(f"({n})" for n in range(100)),
    )
    return database


@pytest.fixture
def session(shop: Database) -> Iterator[Session]:
    with closing(engine(shop.kind).connect(shop.target)) as opened:
        yield opened


def code_of(session: Session, sql: str, seconds: float = 10.0) -> tuple[str, dict[str, object]]:
    with pytest.raises(ColloqueryError) as caught:
        session.run(sql, Limits(seconds=seconds))
    return caught.value.code, caught.value.details


def running(shop: Database, marker: str) -> int:
    """How many statements that hold the marker run at the server, by its own list."""
    if shop.kind == "postgresql":
        listed = shop.server.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
            f" AND datname = '{shop.target.database}' AND application_name = 'colloquery'"
        )
        return int(listed[0][0])
    listed = shop.server.execute("SHOW FULL PROCESSLIST")
    return sum(row[3] == shop.target.database and row[4] == "Query" and marker in str(row[7]) for row in listed)


def test_reads_rows(session: Session) -> None:
    result = session.run("SELECT id, name, price FROM goods ORDER BY id", Limits())
    assert [column.kind for column in result.columns] == ["integer", "text", "decimal"]
    assert result.rows == ((1, "tea", "4.50"), (2, "커피", "12.30"), (3, None, None))
    assert not result.truncated


def test_an_empty_result_keeps_its_columns(session: Session) -> None:
    result = session.run("SELECT id, name FROM goods WHERE id > 9", Limits())
    assert [column.name for column in result.columns] == ["id", "name"]
    assert result.rows == ()


def test_types(session: Session, shop: Database) -> None:
    mysql = "SELECT DATE '2024-01-02', TIMESTAMP '2024-01-02 03:04:05', 1.5e0, x'00ff', NULL, SUM(price) FROM goods"
    postgresql = mysql.replace("x'00ff'", "'\\x00ff'::bytea").replace("1.5e0", "1.5::float8")
    result = session.run(postgresql if shop.kind == "postgresql" else mysql, Limits())
    assert [column.kind for column in result.columns] == ["date", "datetime", "float", "binary", "text", "decimal"]
    assert result.rows == (("2024-01-02", "2024-01-02T03:04:05", 1.5, "0x00ff", None, "16.80"),)


WRITES = [
    "INSERT INTO goods VALUES (9, 'x', 1)",
    "UPDATE goods SET price = 0",
    "DELETE FROM goods",
    "CREATE TABLE x (a INT)",
    "CREATE TEMPORARY TABLE x (a INT)",
    "DROP TABLE goods",
    "ALTER TABLE goods ADD COLUMN x INT",
    "TRUNCATE goods",
    "CREATE INDEX i ON goods (name)",
    "SELECT * FROM goods FOR UPDATE",
    "SELECT 1; DELETE FROM goods",
    "SELECT 1; COMMIT; DELETE FROM goods",
    "COMMIT; DROP TABLE goods",
    "GRANT ALL ON goods TO nobody",
    "LOCK TABLES goods WRITE",
]
POSTGRES_WRITES = [
    "WITH x AS (DELETE FROM goods RETURNING *) SELECT * FROM x",
    "SELECT * INTO x FROM goods",
    "COPY goods TO '/tmp/x'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SET default_transaction_read_only = off",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
    "BEGIN READ WRITE",
    "COMMIT",
    "ROLLBACK",
    "LISTEN x",
    "NOTIFY x",
    "DO $$ BEGIN DELETE FROM goods; END $$",
    "CALL x()",
    "PREPARE p AS DELETE FROM goods",
    "EXPLAIN ANALYZE DELETE FROM goods",
    "VACUUM",
    "DISCARD ALL",
    "LOCK goods",
    "SELECT nextval('x')",
    "DECLARE c CURSOR WITH HOLD FOR SELECT 1",
    "TABLE goods; DELETE FROM goods",
    "SELECT set_config('transaction_read_only', 'off', false)",
]


MYSQL_WRITES = [
    "REPLACE INTO goods VALUES (1, 'x', 1)",
    "START TRANSACTION READ WRITE; DELETE FROM goods",
    "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE goods",
    "OPTIMIZE TABLE goods",
    "RENAME TABLE goods TO x",
    "CREATE USER nobody",
    "CREATE FUNCTION f() RETURNS INT RETURN 1",
]


def test_nothing_is_written(session: Session, shop: Database) -> None:
    for sql in WRITES + (POSTGRES_WRITES if shop.kind == "postgresql" else MYSQL_WRITES):
        code, _ = code_of(session, sql)
        assert code.startswith("query."), sql
        assert session.usable(), sql
        assert shop.execute("SELECT count(*), sum(price) FROM goods")[0] == (3, Decimal("16.80")), sql
        assert session.run("SELECT count(*) FROM goods", Limits()).rows == ((3,),)


def test_a_session_keeps_nothing_of_the_statement_before(session: Session, shop: Database) -> None:
    if shop.kind != "postgresql":
        for setting in ("SESSION TRANSACTION READ WRITE", "SESSION sql_mode = 'ANSI_QUOTES'", "autocommit = 0"):
            session.run(f"SET {setting}", Limits())
            assert code_of(session, "DELETE FROM goods")[0] == "query.read_only"
        assert session.run('SELECT "a" FROM goods', Limits()).rows[0] == ("a",)
        return
    session.run("SELECT set_config('statement_timeout', '0', false), pg_advisory_lock(1)", Limits())
    assert session.run("SELECT current_setting('statement_timeout')", Limits(seconds=7)).rows == (("7s",),)
    # Of this database: other tests hold locks in theirs.
    ours = "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database()"
    assert shop.server.execute(f"{ours} AND locktype = 'advisory'")[0] == (0,)


FAILURES = [
    ("SELECT * FROM nope", "query.no_such_table", {"name": "nope"}),
    ("SELECT * FROM Nope.nope", "query.no_such_table", {"name": "Nope.nope"}),
    ("SELECT nope FROM goods", "query.no_such_column", {"name": "nope"}),
    ("SELECT g.nope FROM goods g", "query.no_such_column", {"name": "g.nope"}),
    ("SELECT id FROM goods a JOIN goods b ON a.id = b.id", "query.ambiguous_column", {"name": "id"}),
    ("SELECT nofn(1)", "query.no_such_function", {"name": "nofn"}),
    ("SELECT * FROM goods WHERE LIMIT 1", "query.syntax", {"near": "LIMIT"}),
    ("SELECT (1", "query.incomplete", {}),
    ("SELECT 9223372036854775807 + 9223372036854775807", "query.out_of_range", {}),
    ("SELECT 1\0", "query.bad_characters", {}),
]


def test_failures_name_what_is_wrong(session: Session) -> None:
    for sql, code, details in FAILURES:
        assert code_of(session, sql) == (code, details), sql
        assert session.usable()


POSTGRES_FAILURES = [
    ("SELECT 1 / 0", "query.division_by_zero", {}),
    ("SELECT id, count(*) FROM hundred a, goods", "query.not_grouped", {"name": "id"}),
    ("SELECT CAST('x' AS INT)", "query.type_mismatch", {}),
    ("SELECT name = 1 FROM goods", "query.type_mismatch", {}),
    ("SELECT $1", "query.failed", {}),
    ('SELECT "Name" FROM goods', "query.no_such_column", {"name": "Name"}),
    ("SELECT 1; SELECT 2", "query.several_statements", {}),
    ("SELECT '가나다' FROM 없음", "query.no_such_table", {"name": "없음"}),
]


MYSQL_FAILURES = [
    ("SELECT id, count(*) FROM goods HAVING nope > 1", "query.no_such_column", {"name": "nope"}),
    ("SELECT name FROM goods UNION SELECT 1, 2", "query.failed", {}),
    ("SELECT 'x", "query.incomplete", {}),
    ("SELECT `na me` FROM goods", "query.no_such_column", {"name": "na me"}),
    ("SELECT '가나다' FROM 없음", "query.no_such_table", {"name": "없음"}),
]


def test_failures_of_one_server(session: Session, shop: Database) -> None:
    for sql, code, details in POSTGRES_FAILURES if shop.kind == "postgresql" else MYSQL_FAILURES:
        assert code_of(session, sql) == (code, details), sql


def test_an_account_that_may_not_read_a_table(shop: Database) -> None:
    user = "u" + shop.target.database[-12:]
    name = shop.target.database
    if shop.kind == "postgresql":
        made = [f"CREATE ROLE {user} LOGIN PASSWORD 'pä ss'", f"GRANT SELECT ON hundred TO {user}"]
        dropped = [f"DROP OWNED BY {user}", f"DROP ROLE {user}"]
    else:
        made = [
            f"CREATE USER '{user}'@'127.0.0.1' IDENTIFIED BY 'pä ss'",
            f"GRANT SELECT ON {name}.hundred TO '{user}'@'127.0.0.1'",
        ]
        dropped = [f"DROP USER '{user}'@'127.0.0.1'"]
    shop.execute(*made)
    try:
        target = replace(shop.target, user=user, password="pä ss")
        with closing(engine(shop.kind).connect(target)) as session:
            assert code_of(session, "SELECT * FROM goods") == ("query.no_permission", {"name": "goods"})
            assert [table.name for table in session.read_schema().tables] == ["hundred"]
            assert not session.health().can_write
    finally:
        shop.execute(*dropped)


def test_health_warns_of_an_account_that_can_write(session: Session, shop: Database) -> None:
    health = session.health()
    assert health.can_write
    assert {"postgresql": "PostgreSQL ", "mariadb": "MariaDB ", "mysql": "MySQL "}[shop.kind] in health.version


def test_the_row_limit_cuts_a_million_rows(session: Session, shop: Database) -> None:
    result = session.run(by_kind(MANY, shop), Limits(rows=1_000, seconds=60))
    assert (len(result.rows), result.truncated) == (1_000, True)
    session.close()
    assert wait_until(lambda: running(shop, "hundred") == 0)


def test_a_result_as_long_as_the_limit_is_whole_and_leaves_the_session_usable(session: Session) -> None:
    result = session.run("SELECT n FROM hundred ORDER BY n", Limits(rows=100))
    assert (len(result.rows), result.truncated) == (100, False)
    assert session.usable()
    result = session.run("SELECT n FROM hundred ORDER BY n LIMIT 100", Limits(rows=99))
    assert (len(result.rows), result.truncated, result.rows[-1]) == (99, True, (98,))
    assert session.usable()


def test_the_byte_limits(session: Session) -> None:
    result = session.run("SELECT repeat('가', 1000) FROM hundred", Limits(cell_bytes=100, total_bytes=1_000))
    assert result.truncated
    assert len(result.rows) == 11
    assert result.rows[0] == ("가" * 33 + "…",)


@pytest.mark.parametrize("texts", [SLEEP, BUSY], ids=["asleep", "busy"])
def test_a_slow_query_is_stopped_at_the_server(session: Session, shop: Database, texts: dict[str, str]) -> None:
    began = time.monotonic()
    assert code_of(session, by_kind(texts, shop), 0.5) == ("query.too_slow", {"seconds": "0.5"})
    assert time.monotonic() - began < 3
    assert wait_until(lambda: running(shop, "") == 0 if shop.kind == "postgresql" else running(shop, "sleep(20)") == 0)


@pytest.mark.parametrize("texts", [SLEEP, BUSY], ids=["asleep", "busy"])
def test_a_cancel_from_another_thread_stops_it_at_the_server(
    session: Session, shop: Database, texts: dict[str, str]
) -> None:
    marker = "sleep" if texts is SLEEP else "hundred"
    seen = threading.Event()

    def cancel() -> None:
        if wait_until(lambda: running(shop, marker) == 1):
            seen.set()
        session.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    began = time.monotonic()
    assert code_of(session, by_kind(texts, shop), 30) == ("query.cancelled", {})
    assert time.monotonic() - began < 10
    thread.join()
    assert seen.is_set()
    assert wait_until(lambda: running(shop, marker) == 0)
    assert not session.usable()


def test_a_cancel_when_nothing_runs_spoils_nothing(session: Session) -> None:
    session.cancel()
    assert session.run("SELECT count(*) FROM goods", Limits()).rows == ((3,),)
    session.cancel()
    assert session.usable()


def test_a_killed_idle_session_says_that_nothing_was_begun(session: Session, shop: Database) -> None:
    session.run("SELECT 1", Limits())
    kill_sessions(shop)
    with pytest.raises(SessionLost) as caught:
        session.run("SELECT 1", Limits())
    assert caught.value.code == "database.unreachable"
    assert not session.usable()


def kill_sessions(shop: Database) -> None:
    """End every session on the database of this test but the administrator's own."""
    if shop.kind == "postgresql":
        shop.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{shop.target.database}' AND application_name = 'colloquery'"
        )
        return
    for row in shop.server.execute("SHOW PROCESSLIST"):
        if row[3] == shop.target.database:
            shop.server.execute(f"KILL {row[0]}")


def test_what_keeps_a_sign_in_from_working(shop: Database) -> None:
    connect = engine(shop.kind).connect
    wrong = {
        "database.sign_in": replace(shop.target, user="nobody' OR 1=1"),
        "database.unknown_database": replace(shop.target, database="no such; host=10.0.0.1"),
        "database.unreachable": replace(shop.target, port=free_port()),
    }
    for code, target in wrong.items():
        with pytest.raises(DatabaseUnavailable) as caught:
            connect(target, 2)
        assert (caught.value.code, caught.value.details) == (code, {})
        assert caught.value.__suppress_context__ or caught.value.__context__ is None
    with pytest.raises(BadConnection):
        connect(replace(shop.target, host="127.0.0.1,127.0.0.1"), 2)
    with pytest.raises(DatabaseUnavailable) as caught:
        connect(replace(shop.target, host="169.254.169.254"), 2)
    assert caught.value.code == "database.host_not_allowed"


def test_a_wrong_password(shop: Database) -> None:
    if shop.kind == "postgresql":
        pytest.skip("this server trusts everybody on loopback")
    with pytest.raises(DatabaseUnavailable) as caught:
        engine(shop.kind).connect(replace(shop.target, password="틀린 암호"), 5)
    assert caught.value.code == "database.sign_in"


def test_closed_silent_and_babbling_ports_read_alike(server: Server) -> None:
    """Nobody can tell from the words what listens somewhere; a silent one is left in time."""
    for proxy in (Proxy(None, greeting=b""), Proxy(None, greeting=b"HTTP/1.1 400 Bad Request\r\n\r\n" * 9)):
        with proxy:
            began = time.monotonic()
            with pytest.raises(DatabaseUnavailable) as caught:
                engine(server.kind).connect(replace(server.admin, port=proxy.port), 2)
            assert caught.value.code == "database.unreachable"
            assert time.monotonic() - began < 5


def test_a_line_that_goes_dead_is_cut_by_closing(shop: Database) -> None:
    with Proxy(shop.target.port) as proxy:
        session = engine(shop.kind).connect(replace(shop.target, port=proxy.port))
        assert session.run("SELECT 1", Limits()).rows == ((1,),)
        timer = threading.Timer(1.0, session.close)
        threading.Timer(0.3, proxy.go_dead).start()
        timer.start()
        began = time.monotonic()
        with pytest.raises(ColloqueryError) as caught:
            session.run(by_kind(SLEEP, shop), Limits(seconds=30))
        assert caught.value.code == "database.unreachable"
        assert time.monotonic() - began < 8
        timer.join()


def test_a_dead_line_does_not_hide_the_time_limit(shop: Database) -> None:
    with Proxy(shop.target.port) as proxy:
        session = engine(shop.kind).connect(replace(shop.target, port=proxy.port), 2)
        threading.Timer(0.1, proxy.go_dead).start()
        threading.Timer(3.0, session.close).start()
        with pytest.raises(QueryFailed) as caught:
            session.run(by_kind(SLEEP, shop), Limits(seconds=0.5))
        assert caught.value.code == "query.too_slow"
        session.close()
