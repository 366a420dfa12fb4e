import hashlib
import os
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.ask.present import choose
from core.chat import Column
from core.demo import build, questions
from core.demo.names import UNSOLD_PRODUCT
from core.demo.tables import TABLES
from core.errors import StoreFailed
from core.locale import LANGUAGES
from tests.demo.gold import GOLD

TODAY = date(2026, 3, 5)


def fingerprint(path: Path) -> str:
    with closing(sqlite3.connect(path)) as database:
        dump = "\n".join(line for line in database.iterdump() if "sqlite_stat" not in line)
    return hashlib.sha256(dump.encode()).hexdigest()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    build(path, TODAY)
    return path


@pytest.fixture(scope="module")
def shop(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as database:
        yield database


def one(shop: sqlite3.Connection, sql: str) -> Any:
    """The first cell of the first row."""
    return shop.execute(sql).fetchone()[0]


def test_it_is_whole(path: Path, shop: sqlite3.Connection, tmp_path: Path) -> None:
    summary = build(tmp_path / "shop.db", TODAY)
    assert dict(summary.rows) == {table: one(shop, f"SELECT COUNT(*) FROM {table}") for table in TABLES}
    assert (summary.first_day, summary.last_day) == (date(2023, 3, 6), TODAY)
    assert dict(summary.rows)["order_items"] == 50_000
    assert 9 <= len(TABLES) <= 12
    assert [entry.name for entry in tmp_path.iterdir()] == ["shop.db"]


def test_the_same_seed_and_day_give_the_same_shop(path: Path, tmp_path: Path) -> None:
    build(tmp_path / "same.db", TODAY)
    build(tmp_path / "seed.db", TODAY, seed=7)
    build(tmp_path / "later.db", date(2026, 3, 6))
    prints = [fingerprint(p) for p in (path, tmp_path / "same.db", tmp_path / "seed.db", tmp_path / "later.db")]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 3


def test_the_rows_are_those_of_every_machine(path: Path) -> None:
    # Anyone who builds the shop of this day and seed has these very rows.
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute("SELECT * FROM order_items ORDER BY id").fetchall()
    assert hashlib.sha256(repr(rows).encode()).hexdigest()[:16] == "d9cf353ab3f5ee55"


def test_it_is_made_in_seconds(tmp_path: Path) -> None:
    start = time.perf_counter()
    build(tmp_path / "demo.db", TODAY)
    assert time.perf_counter() - start < 5


def test_keys_and_estimates(shop: sqlite3.Connection) -> None:
    assert shop.execute("PRAGMA foreign_key_check").fetchall() == []
    assert shop.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    estimated = {table for (table,) in shop.execute("SELECT DISTINCT tbl FROM sqlite_stat1")}
    assert estimated == set(TABLES)
    for table in ("customers", "products", "orders", "order_items", "payments", "refunds", "reviews"):
        assert shop.execute(f"PRAGMA foreign_key_list({table})").fetchall()


def test_every_table_and_column_is_described_in_both_languages(shop: sqlite3.Connection) -> None:
    for table, definition in shop.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name IN " + str(tuple(TABLES))
    ):
        lines = definition.splitlines()
        columns = [row[1] for row in shop.execute(f"PRAGMA table_info({table})")]
        assert lines[0].startswith(f"CREATE TABLE {table} ( -- ")
        assert [line.split()[0] for line in lines[1:-1]] == columns
        for line in lines[:-1]:
            english, korean = line.split(" -- ")[1].split(" / ")
            assert english.isascii()
            assert any("가" <= character <= "힣" for character in korean)


def test_names_are_in_both_languages(shop: sqlite3.Connection) -> None:
    korean = one(shop, "SELECT COUNT(*) FROM customers WHERE name >= '가' AND name <= '힣'")
    assert 1_500 < korean < 2_100
    assert one(shop, "SELECT COUNT(*) FROM customers") == 2_400
    assert one(shop, "SELECT name_ko FROM cities WHERE name = 'Seoul'") == "서울"


def test_the_oddities_are_there(shop: sqlite3.Connection) -> None:
    assert one(shop, "SELECT COUNT(*) FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)") >= 60
    unsold = shop.execute(
        "SELECT name, status FROM products WHERE id NOT IN (SELECT product_id FROM order_items)"
    ).fetchall()
    assert unsold == [(UNSOLD_PRODUCT[0], "discontinued")]
    assert one(shop, "SELECT COUNT(*) FROM refunds") > 500
    assert one(shop, "SELECT COUNT(*) FROM orders WHERE status = 'cancelled'") > 500
    assert (
        one(shop, "SELECT SUM(amount) FROM order_items JOIN orders ON orders.id = order_id WHERE status = 'cancelled'")
        == 0
    )
    assert one(shop, "SELECT COUNT(*) FROM payments WHERE status = 'failed'") > 100
    nullable = {
        "customers": ("phone", "birth_year"),
        "products": ("supplier_id",),
        "employees": ("manager_id", "left_on"),
        "orders": ("employee_id", "coupon"),
        "refunds": ("reason",),
        "reviews": ("comment",),
    }
    for table, columns in nullable.items():
        for column in columns:
            empty, all_rows = shop.execute(f"SELECT SUM({column} IS NULL), COUNT(*) FROM {table}").fetchone()
            assert 0 < empty < all_rows, column


def test_the_rows_agree_with_each_other(shop: sqlite3.Connection) -> None:
    wrong = (
        "SELECT COUNT(*) FROM orders JOIN customers ON customers.id = customer_id WHERE date(ordered_at) < joined_on",
        "SELECT COUNT(*) FROM order_items JOIN orders ON orders.id = order_id "
        "WHERE status <> 'cancelled' AND amount <> quantity * unit_price - discount",
        "SELECT COUNT(*) FROM order_items WHERE quantity < 1 OR unit_price < 1 OR discount < 0 OR amount < 0",
        "SELECT COUNT(*) FROM refunds JOIN order_items ON order_items.id = order_item_id WHERE refund_amount > amount",
        "SELECT COUNT(*) FROM refunds JOIN order_items i ON i.id = order_item_id JOIN orders ON orders.id = i.order_id "
        "WHERE refunded_at < ordered_at",
        "SELECT COUNT(*) FROM orders WHERE date(ordered_at) > '2026-03-05' OR date(ordered_at) < '2023-03-06'",
        "SELECT COUNT(*) FROM orders o JOIN orders p ON p.id = o.id + 1 WHERE p.ordered_at < o.ordered_at",
        "SELECT COUNT(*) FROM (SELECT order_id, SUM(amount) s FROM order_items GROUP BY order_id) "
        "JOIN payments USING (order_id) JOIN orders ON orders.id = order_id "
        "WHERE payments.status = 'succeeded' AND paid_amount <> s",
        "SELECT COUNT(*) FROM order_items i JOIN products p ON p.id = product_id JOIN orders o ON o.id = order_id "
        "WHERE p.status = 'discontinued' AND date(ordered_at) > '2025-06-01'",
        "SELECT COUNT(*) FROM (SELECT 1 FROM order_items GROUP BY order_id, product_id HAVING COUNT(*) > 1)",
    )
    assert [one(shop, sql) for sql in wrong] == [0] * len(wrong)


def test_it_grows_and_has_seasons(shop: sqlite3.Connection) -> None:
    by_month = dict(shop.execute(GOLD[2]).fetchall())
    assert sum(by_month[f"2025-{m:02}"] for m in range(1, 13)) > 1.2 * sum(
        by_month[f"2024-{m:02}"] for m in range(1, 13)
    )
    assert by_month["2025-11"] > 1.15 * by_month["2025-08"]
    share = one(shop, GOLD[0]) / 2_400
    assert 0.25 < share < 0.35


def test_the_gold_answers_show_a_number_bars_and_a_line(shop: sqlite3.Connection) -> None:
    kinds = []
    for sql in GOLD:
        cursor = shop.execute(sql)
        rows = cursor.fetchall()
        columns = [
            Column(name, "integer" if isinstance(value, int) else "text")
            for (name, *_), value in zip(cursor.description, rows[0], strict=True)
        ]
        chart = choose(columns, rows, "ko")
        kinds.append((chart.kind if chart else None, len(rows)))
    assert kinds == [("figure", 1), ("bar", 5), ("line", 37)]


@pytest.mark.parametrize("locale", LANGUAGES)
def test_questions(locale: str) -> None:
    asked = questions(locale)
    assert len(set(asked)) == len(GOLD)
    assert ("서울" in asked[0]) is (locale == "ko")


def test_building_on_the_last_day_of_february(tmp_path: Path) -> None:
    assert dict(build(tmp_path / "leap.db", date(2024, 2, 29)).rows)["order_items"] == 50_000


def test_an_old_shop_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "demo.db"
    path.write_text("something else")
    build(path, TODAY)
    with closing(sqlite3.connect(path)) as database:
        assert one(database, "SELECT COUNT(*) FROM orders") > 20_000


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed) as raised:
        build(tmp_path / "missing" / "demo.db", TODAY)
    assert (raised.value.code, raised.value.details) == ("demo.unwritable", {"name": "demo.db"})
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, sys
from datetime import date
from pathlib import Path
from core.demo import build
from core.errors import StoreFailed
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    build(Path(sys.argv[1]), date(2026, 3, 5))
except StoreFailed as error:
    print(error.code)
"""


def test_a_full_disk_leaves_the_old_shop_and_nothing_else(tmp_path: Path) -> None:
    # A limit on the size of a file stops the write half-way, as a full disk does.
    assert resource.RLIMIT_FSIZE
    path = tmp_path / "demo.db"
    path.write_text("the old one")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "demo.unwritable"
    assert path.read_text() == "the old one"
    assert [entry.name for entry in tmp_path.iterdir()] == ["demo.db"]
