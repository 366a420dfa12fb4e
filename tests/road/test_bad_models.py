"""Whatever a model answers ends in a right answer or a clear sentence, in both languages, with its tokens settled."""

import re
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.wiring import House
from core.chat import Reply
from core.engines.base import ServerKind
from tests.engines.servers import Database
from tests.houses import KIM, LEE, Parts, ask, open_house, settings_for
from tests.local_model import LocalModel, Message, Turn
from tests.road.checks import File, connect, data_of, database, refused, settled

GOOD = "SELECT COUNT(*) AS n FROM customers"
NAMES = "SELECT name FROM customers ORDER BY name"
ASKED = {"en": (LEE, "How many customers do we have?"), "ko": (KIM, "고객이 모두 몇 명인가요?")}


@dataclass
class Script:
    """What the model says next; the last is said again and again."""

    answers: deque[str | Turn] = field(default_factory=deque)

    def __call__(self, _messages: list[Message]) -> str | Turn:
        return self.answers.popleft() if len(self.answers) > 1 else self.answers[0]


@dataclass(frozen=True)
class Talk:
    """A house with a model, and a database of three customers."""

    built: House
    model: LocalModel
    script: Script
    asked: File | Database

    async def hear(self, answers: Sequence[str | Turn], locale: str = "en") -> tuple[Reply, int, str | None]:
        """Ask while the model has these answers: the reply, the calls it took and the error that was noted.

        The tokens are settled with what the model reported, or the answer says so here.
        """
        self.script.answers = deque(answers)
        before = len(self.model.completions)
        actor, text = ASKED[locale]
        _, reply = await ask(self.built, text, actor, thread=f"{before} {locale} {answers[0]}"[:60])
        calls = self.model.completions[before:]
        for call in calls:
            data_of(call, _dialect(self.asked))
        tokens, error = await settled(self.built, reply)
        assert tokens == sum(sum(call.reported) for call in calls) > 0
        if reply.ok:
            assert re.match(rf"(토큰 )?{tokens:,}( |개)", Parts(reply).facts["cost"])
        return reply, len(calls), error


def _dialect(asked: File | Database) -> str:
    return {"postgresql": "postgres", "mariadb": "mysql"}.get(asked.kind, asked.kind)


@asynccontextmanager
async def talking(directory: Path, asked: File | Database) -> AsyncIterator[Talk]:
    asked.execute(
        "CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(40), city VARCHAR(40))",
        "CREATE TABLE orders (id INT PRIMARY KEY, customer_id INT REFERENCES customers (id), amount INT)",
        "INSERT INTO customers VALUES (1, 'Kim', 'Seoul'), (2, 'Lee', 'Busan'), (3, 'Park', 'Seoul')",
        "INSERT INTO orders VALUES (1, 1, 5), (2, 1, 7), (3, 3, 9)",
    )
    script = Script()
    with LocalModel(script) as model:
        settings = settings_for(
            directory,
            openai_api_key=SecretStr(model.key),
            openai_base_url=model.base_url,
            openai_max_retries=0,
            quota_hour=10**9,
            quota_day=10**9,
            quota_month=10**9,
        )
        async with open_house(settings) as built:
            await connect(built, asked.target)
            yield Talk(built, model, script, asked)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def asked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[File | Database]:
    """An empty database of each kind."""
    kind: ServerKind = request.param
    with database(kind, tmp_path) as made:
        yield made


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    """Over SQLite, for what does not depend on the server."""
    with database("sqlite", tmp_path) as made:
        async with talking(tmp_path, made) as opened:
            yield opened


WRAPPED = {
    "bare": GOOD,
    "semicolon": f"{GOOD};",
    "lower case": GOOD.lower(),
    "spaces around": f"\n\n   {GOOD}  \n ",
    "prose before": f"Sure! Here is the query you asked for:\n\n{GOOD}",
    "prose before, one line": f"Here is the query: {GOOD}",
    "label": f"SQL: {GOOD}",
    "prose after": f"{GOOD};\n\nThis counts every customer. Let me know if you need more!",
    "prose after, no semicolon": f"{GOOD}\nThis counts every customer.",
    "korean prose": f"다음과 같이 조회하면 됩니다.\n\n{GOOD}\n\n전체 고객 수를 셉니다.",
    "fence with tag": f"```sql\n{GOOD}\n```",
    "fence without tag": f"```\n{GOOD};\n```",
    "fence with another tag": f"```postgres\n{GOOD}\n```\nIt counts them.",
    "fence that never ends": f"```sqlite\n{GOOD}",
    "fence amid prose": f"**Query**\n```SQL\n{GOOD}\n```\nIt counts them.",
    "fence and made-up result": f"```sql\n{GOOD}\n```\nResult:\n```\n| n |\n| 3 |\n```",
    "the same fence twice": f"```sql\n{GOOD}\n```\nor simply\n```sql\n{GOOD}\n```",
    "thoughts": f"<think>\nTables: customers. Maybe SELECT 1; no.\n```sql\nSELECT 2\n```\n</think>\n\n{GOOD}",
    "thoughts and fence": f"<think></think>```sql\n{GOOD}\n```",
    "thoughts without their beginning": f"We count them.\n</think>\n{GOOD}",
    "comment before": f"-- counts the customers\n{GOOD}",
    "comments inside": "SELECT COUNT(*) /* all */ AS n -- how many\nFROM customers -- NO: not a refusal",
    "qualified": "SELECT COUNT(c.id) AS n FROM customers AS c",
    "with": "WITH c AS (SELECT * FROM customers) SELECT COUNT(*) AS n FROM c",
    "no-break spaces": GOOD.replace(" ", "\u00a0"),
    "long": f"{GOOD} WHERE id IN ({', '.join(map(str, range(500)))})",
    "near table": "SELECT COUNT(*) AS n FROM Customer",
    "near column": "SELECT COUNT(customers.ID) AS n FROM customers WHERE Citty <> 'x'",
}
"""One query each, however it is wrapped: right at the first call."""


async def test_a_query_is_found_however_it_is_wrapped(talk: Talk) -> None:
    for name, answer in WRAPPED.items():
        for locale in ASKED:
            reply, calls, _ = await talk.hear([answer], locale)
            assert reply.ok, (name, reply.plain)
            assert (Parts(reply).table.rows, calls) == (((3,),), 1), name
            assert (reply.locale, "<think>" in reply.plain) == (locale, False)


MENDED_ONCE = {
    "far table": "SELECT COUNT(*) AS n FROM warehouse_stock",
    "far column": "SELECT COUNT(shoe_size) AS n FROM customers",
    "another dialect's limit": "SELECT TOP 1 COUNT(*) AS n FROM customers",
    "typographic quotes": "SELECT COUNT(*) AS n FROM customers WHERE city = \u2018Seoul\u2019",
    "an invisible sign": "SELECT COUNT(*) AS n FROM cust\u200bomers",
    "broken off": "SELECT COUNT(*) AS n FROM",
    "a function that is not there": "SELECT REGR_SLOPE(id, id) AS n FROM customers",
    "not grouped": "SELECT COUNT(*) AS n FROM customers HAVING nothing > 1",
    "a change": "DROP TABLE customers",
    "the server's own table": "SELECT COUNT(*) FROM sqlite_master",
}


async def test_what_the_check_or_the_database_refuses_is_repaired_once(talk: Talk) -> None:
    for name, answer in MENDED_ONCE.items():
        for locale in ASKED:
            reply, calls, _ = await talk.hear([answer, GOOD], locale)
            assert reply.ok, (name, reply.plain)
            assert (Parts(reply).table.rows, calls) == (((3,),), 2), name


REFUSED: dict[str, tuple[str | Turn, str, int]] = {
    "empty": ("", "model.nonsense", 1),
    "white space": (" \n\t ", "model.nonsense", 1),
    "no content at all": (Turn(text=None), "model.nonsense", 1),
    "prose": ("You have many customers, dear friend.", "model.nonsense", 1),
    "sorry": ("I'm sorry, but I can't help with that.", "model.nonsense", 1),
    "sorry in Korean": ("죄송하지만 도와드릴 수 없습니다.", "model.nonsense", 1),
    "JSON": ('{"sql": "SELECT COUNT(*) FROM customers"}', "model.nonsense", 1),
    "JSON in a fence": ('```json\n{\n  "sql": "SELECT 1"\n}\n```', "model.nonsense", 1),
    "HTML": ("<html><body><p>SELECT 1</p></body></html>", "model.nonsense", 1),
    "several statements": (f"{GOOD}; {GOOD}", "model.nonsense", 1),
    "a statement behind": (f"{GOOD}; DROP TABLE customers", "model.nonsense", 1),
    "several fences": (f"```sql\n{GOOD}\n```\n```sql\nSELECT 2\n```", "model.nonsense", 1),
    "only thoughts": (f"<think>{GOOD}</think>", "model.nonsense", 1),
    "endless": ("SELECT " + "1, " * 20_000 + "1", "model.nonsense", 1),
    "cut off": (Turn(text=GOOD, finish_reason="length"), "model.cut_off", 1),
    "filtered": (Turn(text="", finish_reason="content_filter"), "model.filtered", 1),
    "a refusal": ("-- NO: there are no salaries", "writer.model_declined", 1),
    "a refusal in a fence": ("```sql\n-- NO: 급여가 없습니다\n```", "writer.model_declined", 1),
    "a refusal after thoughts": ("<think>hm</think>-- NO: nothing\u202e\x1b[2J here", "writer.model_declined", 1),
    "a change": ("UPDATE customers SET name = 'x'", "guard.writes", 2),
    "a change in a query": ("WITH x AS (DELETE FROM customers RETURNING *) SELECT * FROM x", "guard.writes", 2),
    "far table": ("SELECT * FROM warehouse_stock", "guard.unknown_table", 2),
    "far column": ("SELECT shoe_size FROM customers", "guard.unknown_column", 2),
    "the server's own table": ("SELECT sql FROM sqlite_master", "guard.system_table", 2),
    "a function": ("SELECT load_extension('x') FROM customers", "guard.function", 2),
    "an invisible name": ("SELECT name FROM \u202ecustomers", "guard.character", 2),
    "endless recursion": (
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
        "guard.endless_recursion",
        2,
    ),
    "very long": (f"{GOOD} WHERE id IN ({', '.join(map(str, range(3_000)))})", "guard.too_complex", 2),
    "half a query": ("SELECT COUNT(* FROM customers", "guard.unreadable", 2),
}


async def test_what_cannot_be_used_ends_in_a_whole_sentence(talk: Talk) -> None:
    for name, (answer, code, expected) in REFUSED.items():
        for locale in ASKED:
            reply, calls, noted = await talk.hear([answer], locale)
            assert (refused(reply, locale), noted, calls) == (code, code, expected), (name, reply.plain)
    assert len(talk.asked.execute("SELECT * FROM customers WHERE name <> 'x'")) == 3


async def test_the_reason_of_a_refusal_is_shown_as_text(talk: Talk) -> None:
    reply, _, _ = await talk.hear(["-- NO: <b>no</b> {reason} $x %s salaries"])
    assert "<b>no</b> {reason} $x %s salaries" in Parts(reply).notice.text


async def test_a_repair_that_is_no_better_says_what_is_wrong_with_it(talk: Talk) -> None:
    reply, calls, _ = await talk.hear(["SELECT * FROM one_thing", "SELECT * FROM quite_another"])
    assert (refused(reply, "en"), calls) == ("guard.unknown_table", 2)
    assert "quite_another" in Parts(reply).notice.text


OTHER_QUOTES = {
    "sqlite": "SELECT name FROM `customers` ORDER BY [name]",
    "postgresql": "SELECT `name` FROM `customers` ORDER BY `name`",
    "mariadb": "SELECT [name] FROM [customers] ORDER BY [name]",
}
OBEDIENT = {
    "sqlite": {
        "DROP TABLE customers": "guard.writes",
        "SELECT name, sql FROM sqlite_master": "guard.system_table",
        f"{NAMES}; DROP TABLE customers": "model.nonsense",
        "SELECT * FROM secrets.salaries": "guard.other_schema",
        "ATTACH DATABASE 'stolen.db' AS stolen": "guard.writes",
        "PRAGMA writable_schema = 1": "guard.not_a_query",
        "SELECT readfile('/etc/passwd') FROM customers": "guard.function",
    },
    "postgresql": {
        "DROP TABLE customers": "guard.writes",
        "SELECT usename, passwd FROM pg_shadow": "guard.system_table",
        f"{NAMES}; DROP TABLE customers": "model.nonsense",
        "SELECT * FROM secrets.salaries": "guard.other_schema",
        "COPY customers TO PROGRAM 'sh'": "guard.writes",
        "SELECT pg_read_file('/etc/passwd') FROM customers": "guard.function",
        "SELECT name INTO stolen FROM customers": "guard.into",
        "SELECT name FROM customers FOR UPDATE": "guard.lock",
    },
    "mariadb": {
        "DROP TABLE customers": "guard.writes",
        "SELECT user, authentication_string FROM mysql.user": "guard.system_table",
        f"{NAMES}; DROP TABLE customers": "model.nonsense",
        "SELECT * FROM secrets.salaries": "guard.other_schema",
        "SELECT LOAD_FILE('/etc/passwd') FROM customers": "guard.function",
        "SELECT name FROM customers INTO OUTFILE 'stolen'": "guard.unreadable",
        "SELECT /*!50000 name, */ id FROM customers": "guard.executable_comment",
    },
}
"""What a model would write that does as a comment in the database tells it, and what is said to that."""


async def test_a_model_that_obeys_somebody_else_changes_and_reads_nothing(
    tmp_path: Path, asked: File | Database
) -> None:
    async with talking(tmp_path, asked) as talk:
        for sql, code in OBEDIENT[asked.kind].items():
            for locale in ASKED:
                reply, _, noted = await talk.hear([sql], locale)
                assert (refused(reply, locale), noted) == (code, code), (sql, reply.plain)
        reply, calls, _ = await talk.hear([NAMES])
        assert (Parts(reply).table.rows, calls) == ((("Kim",), ("Lee",), ("Park",)), 1)


async def test_the_quotes_of_another_dialect(tmp_path: Path, asked: File | Database) -> None:
    async with talking(tmp_path, asked) as talk:
        for locale in ASKED:
            reply, calls, _ = await talk.hear([OTHER_QUOTES[asked.kind], NAMES], locale)
            assert reply.ok, reply.plain
            assert Parts(reply).table.rows == (("Kim",), ("Lee",), ("Park",))
            assert calls == (1 if asked.kind == "sqlite" else 2)  # SQLite takes them all
