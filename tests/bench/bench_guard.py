"""Measures the guard, and fails when it falls below what it must hold.

Run: `COLLOQUERY_SPIDER=<directory> python -m tests.bench.bench_guard [directory]`. The directory holds Spider's dev
questions and schemas in the form that `tests/bench/spider.py` reads; without it only the project's own lists are
measured.

Beside the guard runs what most bots have, in the same pass over the same queries: parse, look whether it is a SELECT,
look for INSERT, UPDATE, DELETE and the like in the tree.
"""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from time import perf_counter

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from core.schema import Schema
from core.sql.guard import check
from tests.bench import spider
from tests.sql.shop import shop
from tests.sql.test_guard import LEGIT, REFUSED

Ask = tuple[str, Schema | None]
"""A query and the schema it is checked against."""

logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
failed: list[str] = []


def must(what: str, holds: bool) -> None:
    """Print one requirement with its verdict and remember a failure."""
    print(f"  {'holds ' if holds else 'FAILS '} {what}")
    if not holds:
        failed.append(what)


def naive(sql: str, dialect: str) -> bool:
    """The common guard: the first statement is a SELECT and nothing in it writes."""
    try:
        tree = sqlglot.parse_one(sql, dialect="mysql" if dialect == "mariadb" else dialect)
    except (SqlglotError, RecursionError):
        return False
    return isinstance(tree, exp.Select) and tree.find(exp.DML, exp.DDL, exp.Command) is None


def _passes(asks: Iterable[Ask], allows: Callable[[str, Schema | None], bool]) -> tuple[float, float, float]:
    """Share that passes, and the median and 95th percentile of milliseconds a query."""
    passed, times = 0, []
    for sql, schema in asks:
        started = perf_counter()
        passed += allows(sql, schema)
        times.append((perf_counter() - started) * 1000)
    times.sort()
    return 100 * passed / len(times), median(times), times[len(times) * 95 // 100]


def _compare(name: str, asks: list[Ask], dialect: str) -> tuple[float, float]:
    """Print one line for both guards; our share that passes and our median."""
    ours = _passes(asks, lambda sql, schema: check(sql, dialect, schema).allowed)
    theirs = _passes(asks, lambda sql, _: naive(sql, dialect))
    print(
        f"  {name:9} {len(asks):5} queries   guard {ours[0]:6.2f} % pass, {ours[1]:.2f} ms median, {ours[2]:.2f} p95"
        f"   naive {theirs[0]:6.2f} %, {theirs[1]:.2f} ms, {theirs[2]:.2f}"
    )
    return ours[0], ours[1]


def own_lists() -> None:
    """The project's lists: all that harms refused, all analysis passed."""
    print("own list of harm (what passes is a failure)")
    for dialect, reasons in REFUSED.items():
        asks: list[Ask] = [(sql, shop(dialect)) for queries in reasons.values() for sql in queries]
        share, _ = _compare(dialect, asks, dialect)
        must(f"{dialect}: at least 60 and all refused", len(asks) >= 60 and share == 0)
    print("own list of analysis, against a catalog")
    for dialect, queries in LEGIT.items():
        share, middle = _compare(dialect, [(sql, shop(dialect)) for sql in queries], dialect)
        must(f"{dialect}: all pass, at most 1 ms median", share == 100 and middle <= 1)


def spider_dev(directory: Path) -> None:
    """Every query of Spider dev, in every dialect it can be translated to."""
    asked = json.loads((directory / "spider_dev.q.json").read_text(encoding="utf-8"))
    described = spider.schemas(directory / "spider_dev.schema.json")
    schemas = {name: spider.schema_of(each) for name, each in described.items()}
    print("Spider dev; on SQLite against each database's catalog")
    for dialect in REFUSED:
        asks: list[Ask] = []
        for each in asked:
            schema = schemas[each["db"]] if dialect == "sqlite" else None
            try:
                sql = each["sql"] if dialect == "sqlite" else _translated(each["sql"], dialect)
            except SqlglotError:
                continue
            asks.append((sql, schema))
        share, middle = _compare(dialect, asks, dialect)
        must(f"{dialect}: all pass, at most 1 ms median", share == 100 and middle <= 1)


def _translated(sql: str, dialect: str) -> str:
    return sqlglot.transpile(sql, read="sqlite", write="mysql" if dialect == "mariadb" else dialect)[0]


def main() -> None:
    """Measure everything that is available."""
    own_lists()
    where = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("COLLOQUERY_SPIDER", "")
    directory = Path(where)
    if where and (directory / "spider_dev.q.json").is_file():
        spider_dev(directory)
    else:
        print("Spider dev: not available")
    if failed:
        sys.exit(f"{len(failed)} requirements do not hold")


if __name__ == "__main__":
    main()
