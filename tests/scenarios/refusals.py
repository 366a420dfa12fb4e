"""What goes wrong or must not be: forbidden SQL, models and databases that fail, limits, questions that are stopped."""

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

from core.errors import BeyondWriter, ColloqueryError, DatabaseUnavailable, ModelFailed, QueryFailed, QueryRefused
from core.saved import TemplateEdit
from tests.local_model import Turn
from tests.scenarios.asking import FREE
from tests.scenarios.stage import ADMIN, KOREAN, VIEWER, Stage, Talk, Use
from tests.scenarios.world import CLOSED, SHOP, Scenario

HARD = "Which customers remind you of a summer afternoon?"
"""Words that the built-in writer does not know, so that a model is asked."""
COUNT = "SELECT COUNT(*) AS n FROM customers"
ENDLESS = "SELECT COUNT(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"
"""Runs for longer than anybody waits."""


async def _refused(stage: Stage, sql: str, error: ColloqueryError) -> None:
    """A statement is refused in words, is never run, and the question after it is answered as before."""
    talk = Talk("room")
    view = await stage.say(VIEWER, sql, talk)
    assert stage.words(VIEWER, error) in view.text
    assert (view.rows, view.chart) == ((), "")
    (row,) = await stage.analytics()
    assert (row.success, row.error_message) == (False, error.code)
    assert await stage.audited("query.run") == []
    assert (await stage.say(VIEWER, "How many customers are there?", talk)).rows == (("2,400",),)


async def delete(stage: Stage) -> None:
    before = await _fingerprint(stage)
    await _refused(stage, "DELETE FROM customers", QueryRefused("guard.writes", place="DELETE"))
    assert await _fingerprint(stage) == before


async def two_statements(stage: Stage) -> None:
    sql = "SELECT 1 AS one FROM customers; DELETE FROM customers"
    view = await stage.say(VIEWER, sql, Talk("room"))
    assert "There is more than one statement" in view.text
    assert view.rows == ()
    assert await stage.audited("query.run") == []


async def lock(stage: Stage) -> None:
    view = await stage.say(VIEWER, "SELECT * FROM customers FOR UPDATE", Talk("room"))
    assert "The query would lock rows" in view.text
    assert "Leave the lock out; reading needs none." in view.text
    assert view.rows == ()
    assert await stage.audited("query.run") == []


async def in_korean(stage: Stage) -> None:
    talk = Talk("private")
    refused = await stage.say(KOREAN, "DELETE FROM customers", talk)
    assert stage.words(KOREAN, QueryRefused("guard.writes", place="DELETE")) in refused.text
    unknown = await stage.say(KOREAN, "인생의 의미는 무엇인가요?", talk)
    assert stage.words(KOREAN, BeyondWriter("writer.unknown_words", words=("인생의", "의미는"))) in unknown.text
    assert "문의 번호" in unknown.text
    assert "Reference" not in refused.text + unknown.text


async def repaired(stage: Stage) -> None:
    assert stage.model is not None
    view = await stage.say(VIEWER, HARD, Talk("private"))
    assert view.rows == (("2,400",),)
    assert len(stage.model.completions) == 2
    (row,) = await stage.analytics()
    tokens = sum(sum(call.reported) for call in stage.model.completions)
    assert (row.success, row.total_tokens, row.llm_model) == (True, tokens, "gpt-4o")
    assert view.facts["SQL written by"].startswith("gpt-4o")
    assert f"{tokens:,} tokens" in view.facts["Cost"]


async def model_down(stage: Stage) -> None:
    assert stage.model is not None
    talk = Talk("private")
    view = await stage.say(VIEWER, HARD, talk)
    assert stage.words(VIEWER, ModelFailed("model.down")) in view.text
    for secret in (stage.model.key, stage.model.base_url, "127.0.0.1"):
        assert secret not in view.text
    # What needs no model is answered meanwhile.
    typed = await stage.say(VIEWER, COUNT, talk)
    assert (typed.rows, typed.facts["Cost"]) == ((("2,400",),), FREE)
    await stage.has_template(VIEWER, TemplateEdit("All", "How many people buy here?", COUNT))
    template = await stage.say(VIEWER, "How many people buy here?", talk)
    assert (template.rows, template.facts["Cost"]) == ((("2,400",),), FREE)


async def database_down(stage: Stage) -> None:
    talk = Talk("private")
    view = await stage.say(VIEWER, "How many orders are there?", talk)
    assert stage.words(VIEWER, DatabaseUnavailable("database.unreachable")) in view.text
    for secret in ("127.0.0.1", "keeper", "canary", "psycopg", "refused"):
        assert secret not in view.text
    (row,) = await stage.analytics()
    assert (row.success, row.error_message) == (False, "database.unreachable")
    await stage.ask_by_default(VIEWER, SHOP)
    assert (await stage.say(VIEWER, "How many orders are there?", talk)).rows == (("22,180",),)


async def limit_reached(stage: Stage) -> None:
    talk = Talk("private")
    first = await stage.say(VIEWER, HARD, talk)
    assert "820 tokens (800 in, 20 out)" in first.facts["Cost"]
    second = await stage.say(VIEWER, HARD, talk)
    assert "and 80 of your 900 for this hour are left." in second.text
    assert "You can go on from " in second.text
    assert ":00" in second.text.partition("You can go on from ")[2].partition(".")[0]
    assert stage.model is not None
    assert len(stage.model.completions) == 1
    simple = await stage.say(VIEWER, "How many customers are there?", talk)
    assert (simple.rows, simple.facts["Cost"]) == ((("2,400",),), FREE)


async def limit_raised(stage: Stage) -> None:
    talk = Talk("private")
    await stage.say(VIEWER, HARD, talk)
    assert "for this hour are left" in (await stage.say(VIEWER, HARD, talk)).text
    await stage.limit_everybody(ADMIN, 5_000)
    third = await stage.say(VIEWER, HARD, talk)
    assert third.rows == (("2,400",),)
    assert await stage.use(VIEWER) == Use(1_640, 5_000)


async def stopped(stage: Stage) -> None:
    talk = Talk("private")
    working = await stage.start(VIEWER, ENDLESS, talk)
    view = await stage.stop(VIEWER, working, talk)
    assert stage.words(VIEWER, QueryFailed("query.cancelled")) in view.text
    assert view.rows == ()
    (row,) = await stage.analytics()
    assert (row.success, row.error_message) == (False, "query.cancelled")
    # Its query is over: the file's one lane is free for the next.
    assert (await stage.say(VIEWER, "How many customers are there?", talk)).rows == (("2,400",),)


async def _fingerprint(stage: Stage) -> str:
    """What is in the shop's file."""
    async with stage.house.store.reading() as session:
        (shop,) = [one for one in await stage.house.road.connections.every(session) if one.name == SHOP]
    with closing(sqlite3.connect(shop.host)) as line:
        assert line.execute("SELECT COUNT(*) FROM customers").fetchone() == (2_400,)
    return hashlib.sha256(Path(shop.host).read_bytes()).hexdigest()


ONE = (VIEWER,)
USED_UP = Turn(text=COUNT, usage=(800, 20))
HOUR = {"quota_hour": 900}

SCENARIOS = (
    Scenario("DELETE is refused and nothing is changed", delete, ONE),
    Scenario("two statements are refused", two_statements, ONE),
    Scenario("a lock is refused", lock, ONE),
    Scenario("refusals in Korean", in_korean, (KOREAN,)),
    Scenario("wrong SQL of a model is repaired once", repaired, ONE, model=["SELECT zzz_nothing FROM customers", COUNT],
             settings={"quota_hour": 10_000}),
    Scenario("the model is down", model_down, ONE, model=Turn(status=500)),
    Scenario("the database is down", database_down, ONE, connections=(CLOSED, SHOP), default=CLOSED),
    Scenario("the hour's limit is reached", limit_reached, ONE, model=USED_UP, settings=HOUR),
    Scenario("the hour's limit is raised", limit_raised, (ADMIN, VIEWER), model=USED_UP, settings=HOUR),
    Scenario("a question that runs is stopped", stopped, ONE),
)  # fmt: skip
