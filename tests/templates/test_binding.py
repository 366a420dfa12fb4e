"""Values in a template's SQL: literals of the tree, whatever they are."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from core.engines.base import Limits, Session, Target
from core.engines.registry import engine
from core.errors import BadEdit, QueryRefused
from core.sql.guard import check
from core.sql.policies import POLICIES
from core.sql.source import parse
from core.templates.binding import read_template
from core.templates.values import CONTROL, Value
from tests.engines.servers import find, fresh

TEXTS = (
    "Seoul", "", " ",
    "it's", '"quoted"', "`quoted`", "''", "'", "\\", "\\\\", "\\'", "\\n", "a\\", "100%", "%s %(x)s %d",
    "a_b%",
    ":name", "a::b", "?", "$1", "$$x$$", "{name}", "line\nbreak", "two\r\nlines", "tab\there", "서울특별시", "日本語",
    "😀👍🏽", "e\u0301", "\u00a0", "\u200b\ufeff", "--", "/* x */", "#", ";", "'; DROP TABLE t; --", "' OR '1'='1",
    "\\'; DROP TABLE t; -- ", "x" * 500,
)  # fmt: skip
FORGED = ("NUL\0", "\x1b[0m", "\x85", "\ud800")


def _bound(dialect: str, sql: str, **values: Value) -> str:
    return read_template(sql, dialect).bind(values)


def _run(session: Session, dialect: str, sql: str, **values: Value) -> tuple[object, ...]:
    """What the server makes of it, by the way of every question: bound, guarded, run read-only."""
    verdict = check(_bound(dialect, sql, **values), dialect)
    assert verdict.allowed, (verdict, values)
    (row,) = session.run(verdict.sql, Limits()).rows
    return row


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Session]]:
    """A dialect and a session as questions have it, on each of the three servers."""
    if request.param == "sqlite":
        path = tmp_path / "asked.db"
        sqlite3.connect(path).close()
        with closing(engine("sqlite").connect(Target("sqlite", str(path), 0, "", "", ""))) as session:
            yield "sqlite", session
        return
    with fresh(find(request.param)) as made, closing(engine(request.param).connect(made.target)) as session:
        yield {"postgresql": "postgres", "mariadb": "mysql"}[request.param], session


def test_every_text_comes_back_as_it_was(asked: tuple[str, Session]) -> None:
    dialect, session = asked
    for text in TEXTS:
        assert _run(session, dialect, "SELECT :x AS x, 'a' AS a", x=text) == (text, "a"), text


def test_numbers_and_days_come_back_as_they_were(asked: tuple[str, Session]) -> None:
    dialect, session = asked
    exact = Decimal("-12345678901234567890.123456789")
    assert _run(session, dialect, "SELECT :n - 1, 3 - :n, -:n", n=Decimal(-5)) == (-6, 8, 5)
    if dialect != "sqlite":  # whose numbers are doubles
        assert _run(session, dialect, "SELECT :n AS n", n=exact) == (format(exact, "f"),)
    first, _, _ = _run(session, dialect, "SELECT :d AS d, 1, 2", d=date(2024, 2, 29))
    assert first == "2024-02-29"
    later = "CASE WHEN :d > '2024-02-28' THEN 1 ELSE 0 END"
    assert _run(session, dialect, f"SELECT {later} AS x", d=date(2024, 2, 29)) == (1,)


@pytest.mark.parametrize("text", FORGED)
@pytest.mark.parametrize("dialect", POLICIES)
def test_what_no_query_may_hold_never_runs(dialect: str, text: str) -> None:
    with pytest.raises(BadEdit) as refused:
        _bound(dialect, "SELECT a FROM t WHERE a = :x", x=text)
    assert refused.value.code == "template.bad_text"


_SHAPED = "SELECT a FROM t WHERE b = :x AND c LIKE CONCAT(:x, '%') AND d IN (:x, :y) AND e BETWEEN 1 AND 2"


def _shape(tree: exp.Expr) -> str:
    """A tree without the texts in it."""
    bare = tree.copy()
    for literal in bare.find_all(exp.Literal, exp.National):
        literal.set("this", "")
    return repr(bare)


@given(
    dialect=st.sampled_from(sorted(POLICIES)),
    text=st.text(max_size=40) | st.text("'\"\\`;-/*%:$\n\r{}()Nq[]xX&", max_size=20) | st.sampled_from(TEXTS),
)
def test_whatever_the_value_the_tree_has_one_shape(dialect: str, text: str) -> None:
    policy = POLICIES[dialect]
    try:
        sql = _bound(dialect, _SHAPED, x=text, y="y")
    except BadEdit as refused:
        assert refused.code == "template.bad_text"
        assert CONTROL.search(text) or (dialect == "tsql" and re.search(r"\\\r?\n", text))
        return
    reader = Dialect.get_or_raise(policy.dialect)
    assert _shape(parse(sql, reader)) == _shape(parse(_bound(dialect, _SHAPED, x="x", y="y"), reader))
    texts = [str(node.this) for node in parse(sql, reader).find_all(exp.Literal, exp.National)]
    assert texts.count(text) >= 3
    verdict = check(sql, dialect)
    assert verdict.allowed, verdict
    again = [str(node.this) for node in parse(verdict.sql, reader).find_all(exp.Literal, exp.National)]
    assert again.count(text) >= 3


@given(
    dialect=st.sampled_from(sorted(POLICIES)),
    number=st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**20), max_value=10**20),
    day=st.dates(),
)
def test_numbers_and_days_keep_the_shape_of_their_sign(dialect: str, number: Decimal, day: date) -> None:
    sql = "SELECT a FROM t WHERE b > :n AND c >= :d"
    reader = Dialect.get_or_raise(POLICIES[dialect].dialect)
    plain = _bound(dialect, sql, n=Decimal(-1) if number < 0 else Decimal(1), d=date(2024, 1, 1))
    bound = _bound(dialect, sql, n=number, d=day)
    assert _shape(parse(bound, reader)) == _shape(parse(plain, reader))
    assert format(abs(number), "f") in bound
    assert day.isoformat() in bound
    assert check(bound, dialect).allowed


@pytest.mark.parametrize(
    ("dialect", "sql", "names"),
    [
        ("postgres", "SELECT ':no', a::date, b::text FROM t WHERE c = :yes -- :no\n AND d = :yes /* :no */", ("yes",)),
        ("postgres", "SELECT y[1:n], $$ :no $$ FROM t WHERE b = :n", ("n",)),
        ("postgres", 'SELECT ":no" FROM t WHERE b=:도시 AND c=:_no', ("도시",)),
        ("sqlite", "SELECT a FROM t WHERE b=:from AND c<:table LIMIT :limit", ("from", "table", "limit")),
        ("mysql", "SELECT ':it''s', \":no\", `:no` FROM t WHERE a = :date", ("date",)),
        ("oracle", "SELECT q'[:no]' FROM t WHERE a = :rownum", ("rownum",)),
        ("tsql", "SELECT [:no] FROM t WHERE a = :top", ("top",)),
    ],
)  # fmt: skip
def test_what_is_a_parameter(dialect: str, sql: str, names: tuple[str, ...]) -> None:
    try:
        assert read_template(sql, dialect).names == names
    except QueryRefused as refused:  # `:_no` is no parameter, and the guard lets nobody else's pass
        assert "_no" in sql, refused.code


@pytest.mark.parametrize(
    "sql", ["SELECT a FROM t WHERE b = ?", "SELECT a FROM t WHERE b = @x", "SELECT :_x", "SELECT :1"]
)
def test_parameters_of_others_are_refused(sql: str) -> None:
    try:
        bound = _bound("sqlite", sql)
    except QueryRefused:
        return
    assert not check(bound, "sqlite").allowed


@pytest.mark.parametrize(
    "sql", ["SELECT a :x FROM t", "SELECT a AS :x FROM t", "SELECT a FROM t :x", "SELECT a FROM :x"]
)
@pytest.mark.parametrize("dialect", POLICIES)
def test_a_name_is_no_place_for_a_value(dialect: str, sql: str) -> None:
    try:
        bound = _bound(dialect, sql, x="secret")
    except (BadEdit, QueryRefused):
        return
    # DuckDB writes an alias before a colon, Snowflake a path after one: there it is no parameter, and takes no value.
    assert "secret" not in bound or not check(bound, dialect).allowed, bound


def test_an_interval_keeps_its_sign(asked: tuple[str, Session]) -> None:
    dialect, session = asked
    if dialect == "sqlite":
        sql = "SELECT DATE(:d, :n || ' days') AS d"  # it has no intervals
    else:
        sql = "SELECT CAST(:d + INTERVAL :n DAY AS DATE) AS d"
    assert _run(session, dialect, sql, d=date(2024, 3, 1), n=Decimal(-1)) == ("2024-02-29",)


def test_mariadb_reads_backslashes_as_they_are_written() -> None:
    with fresh(find("mariadb")) as made, closing(engine("mariadb").connect(made.target)) as session:
        (row,) = session.run("SELECT @@sql_mode AS m", Limits()).rows
    assert "STRICT_TRANS_TABLES" in str(row[0])
    assert "NO_BACKSLASH_ESCAPES" not in str(row[0])


def test_a_line_end_that_sql_server_would_swallow_is_refused() -> None:
    with pytest.raises(BadEdit) as refused:
        _bound("tsql", "SELECT :x AS x", x="a\\\nb")
    assert refused.value.code == "template.bad_text"


def test_the_template_itself_is_not_changed_by_its_values() -> None:
    template = read_template("SELECT :x AS x", "sqlite")
    assert template.bind({"x": "a"}) == "SELECT 'a' AS x"
    assert template.bind({"x": "b"}) == "SELECT 'b' AS x"
    assert replace(template) == template
