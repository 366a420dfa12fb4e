"""Text made at random: nothing is ever raised, and nothing that passes does more than read the tables it names."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.sql.explain import describe
from core.sql.guard import REASONS, check
from core.sql.names import mend
from core.sql.policies import POLICIES
from core.sql.refusal import PLACE_LENGTH
from tests.sql.shop import shop, statements
from tests.sql.test_guard import LEGIT, REFUSED

TEXT = """
    SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT OFFSET FETCH FIRST ROWS ONLY WITH RECURSIVE AS UNION ALL EXCEPT
    INTERSECT JOIN LEFT ON USING LATERAL CROSS APPLY IN EXISTS NOT AND OR BETWEEN LIKE ESCAPE IS NULL CASE WHEN THEN
    ELSE END CAST DISTINCT TOP INTO VALUES INSERT UPDATE DELETE DROP TABLE PRAGMA ATTACH VACUUM EXEC SET FOR XML
    OPTION OVER PARTITION WINDOW FILTER PIVOT CONNECT PRIOR LEVEL ( ( ( ) ) ) [ ] { } , , , ; . .. * + - / % = <> < >
    || -> ->> :: : ? @ @@ := ! ~ & | ^ # $ $$ \\ ' " ` -- /* */ /*! /*+ /*M! 1 0 -1 1e9 0x41 'a' 'it''s' N'x' E'\\n'
    U&"x" "id" [id] `id` orders customers o c id total status name t x * COUNT(*) SUM(total) pg_sleep(1)
    load_extension('x') randomblob(9) sqlite_master pragma_table_info main temp rowid count(*) date('now')
    json_each('[1]') GO ＳＥＬＥＣＴ 가 é \u00a0 \u3000 \n \t \r \x00 \x0b \u202e \ufeff
"""
TOKENS = st.lists(st.sampled_from([word for word in TEXT.split(" ") if word]), max_size=40).map(" ".join)
DIALECTS = tuple(POLICIES)
KNOWN = [
    sql
    for lists in (*LEGIT.values(), *(tuple(q for qs in r.values() for q in qs) for r in REFUSED.values()))
    for sql in lists
]
FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def spliced(draw: st.DrawFn) -> str:
    """Two known queries cut and joined, with something random between."""
    left, right = draw(st.sampled_from(KNOWN)), draw(st.sampled_from(KNOWN))
    return left[: draw(st.integers(0, len(left)))] + draw(TOKENS) + right[draw(st.integers(0, len(right))) :]


def _holds(sql: str, dialect: str) -> None:
    for schema in (None, shop(dialect)):
        verdict = check(sql, dialect, schema)
        if verdict.allowed:
            again = check(verdict.sql, dialect, schema)
            assert again.allowed and again.sql == verdict.sql
        else:
            assert verdict.reason in REASONS - {"failed"}, (verdict, sql)
            assert len(verdict.place) <= PLACE_LENGTH and verdict.place.isprintable()
    assert describe(sql, dialect) == describe(sql, dialect)
    assert mend(sql, dialect, shop(dialect)).sql is not None


@given(st.one_of(TOKENS, TOKENS.map("SELECT ".__add__), spliced(), st.text(max_size=200)), st.sampled_from(DIALECTS))
@FUZZ
def test_nothing_is_ever_raised(sql: str, dialect: str) -> None:
    _holds(sql, dialect)


ALLOWED_ACTIONS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, 33}
# 33 is SQLITE_RECURSIVE, which the module does not name before Python 3.11.


@pytest.fixture(scope="module")
def watched() -> Iterator[tuple[sqlite3.Connection, list[tuple[object, ...]]]]:
    seen: list[tuple[object, ...]] = []

    def authorize(action: int, one: str | None, two: str | None, database: str | None, _: str | None) -> int:
        forbidden_table = action == sqlite3.SQLITE_READ and (one or "").lower().startswith(("sqlite_", "pragma_"))
        forbidden_function = action == sqlite3.SQLITE_FUNCTION and two in {
            "load_extension",
            "randomblob",
            "zeroblob",
            "readfile",
            "writefile",
        }
        if action not in ALLOWED_ACTIONS or forbidden_table or forbidden_function:
            seen.append((action, one, two))
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK

    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for statement in statements("sqlite"):
            connection.execute(statement)
        for query in LEGIT["sqlite"]:
            # Virtual tables such as json_each register themselves on first use.
            connection.execute(query).fetchone()
        connection.set_authorizer(authorize)
        yield connection, seen


@given(st.one_of(spliced(), TOKENS.map("SELECT ".__add__)), st.booleans())
@FUZZ
def test_what_passes_never_touches_more_than_it_reads(
    watched: tuple[sqlite3.Connection, list[tuple[object, ...]]], sql: str, with_schema: bool
) -> None:
    connection, seen = watched
    verdict = check(sql, "sqlite", shop("sqlite") if with_schema else None, max_rows=20)
    if not verdict.allowed:
        return
    steps = iter(range(50))
    connection.set_progress_handler(lambda: next(steps, None) is None, 10_000)
    changes = connection.total_changes
    try:
        connection.execute(verdict.sql).fetchall()
    except sqlite3.Error:
        pass  # names that only exist in another list, or too much work: what counts is what was tried
    finally:
        connection.set_progress_handler(None, 0)
    assert not seen, (verdict.sql, seen)
    assert connection.total_changes == changes
