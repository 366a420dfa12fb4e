"""What the tests of bad input share: databases of any kind to ask, and what every reply must be."""

import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any

from sqlalchemy import func, select

from bot.wiring import House
from core.ask.prompt import CEILING
from core.ask.prompt.texts import system_text
from core.chat import Reply
from core.connections.connection import NewConnection
from core.connections.connections import EVERYONE
from core.engines.base import ServerKind, Target
from core.ids import query_id
from core.locale.words import catalogue
from core.storage.models import QueryAnalytics
from core.storage.own_tables import TokenReservation
from core.tokens import count_messages
from tests.engines.servers import Database, find, fresh
from tests.houses import Parts, administrator
from tests.local_model import Call

_LEAKS = re.compile(
    r"Traceback|\b\w+(Error|Exception)\b|sqlite3|psycopg|pymysql|sqlglot|\bNone\b|details=|site-packages"
)


@dataclass(frozen=True)
class File:
    """A SQLite file with the same calls as a database on a server."""

    target: Target
    kind: ServerKind = "sqlite"

    def execute(self, *statements: str) -> list[Any]:
        """Run statements; the rows of the last one."""
        rows: list[Any] = []
        with closing(sqlite3.connect(self.target.host, isolation_level=None)) as connection:
            for statement in statements:
                rows = connection.execute(statement).fetchall()
        return rows

    def quote(self, name: str) -> str:
        """A name as SQLite takes it, whatever is in it."""
        return '"' + name.replace('"', '""') + '"'


@contextmanager
def database(kind: ServerKind, directory: Path) -> Iterator[File | Database]:
    """An empty database of this kind, gone afterwards. Skips where there is no such server."""
    if kind == "sqlite":
        path = directory / "asked.db"
        sqlite3.connect(path).close()
        yield File(Target("sqlite", str(path), 0, "", "", ""))
        return
    with fresh(find(kind)) as made:
        yield made


async def connect(built: House, target: Target, name: str = "asked") -> None:
    """Make it the database that everybody asks."""
    person = await administrator(built)
    new = NewConnection(name, target.kind, target.host, target.port, target.user, target.password, target.database)
    added = await built.road.connections.add(person, new, local=True)
    await built.road.connections.give(person, added, "everyone", EVERYONE, default=True)


def refused(reply: Reply, locale: str) -> str:
    """The code of a reply that is no answer, once its sentence was seen to be whole: every blank of it filled."""
    assert not reply.ok, reply.plain
    assert reply.locale == locale
    notice = Parts(reply).notice
    sentences = catalogue(locale)
    key = f"errors.{notice.code}"
    reference = re.escape(sentences["present.reference"].replace("{reference}", reply.question_id[-8:]))
    assert re.fullmatch(_pattern(sentences[f"{key}.text"]), notice.text, re.DOTALL), (notice.code, notice.text)
    assert re.fullmatch(_pattern(sentences[f"{key}.hint"]) + " " + reference, notice.hint, re.DOTALL), notice.hint
    assert not _LEAKS.search(notice.text + notice.hint), notice.text
    assert notice.text in reply.plain
    assert all(sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in reply.plain)
    code: str = notice.code
    return code


def _pattern(sentence: str) -> str:
    """A sentence of the catalogue as a pattern: at every blank something that says something."""
    pieces = Formatter().parse(sentence)
    return "".join(re.escape(said) + (r"\s*\S.*" if blank is not None else "") for said, blank, _, _ in pieces)


async def settled(built: House, reply: Reply) -> tuple[int, str | None]:
    """The tokens a question was charged with and the error noted, once nothing of it is set aside any more."""
    async with built.store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(TokenReservation)) == 0
        row = (
            await session.scalars(select(QueryAnalytics).where(QueryAnalytics.query_id == query_id(reply.question_id)))
        ).one()
    assert row.success is reply.ok
    return (row.prompt_tokens or 0) + (row.completion_tokens or 0), row.error_message


def data_of(call: Call, dialect: str) -> list[str]:
    """The lines of a prompt's data, once it was seen that the fence holds and that all of it is short."""
    system, user = (message["content"] for message in call.messages)
    assert system in (system_text("system", dialect), system_text("repair", dialect))
    assert count_messages(system, user) + call.body["max_tokens"] <= CEILING
    lines: list[str] = user.split("\n")
    assert lines[0] == "<data>"
    end = lines.index("</data>")
    assert len(re.findall(r"<[/!?]?data", user, re.IGNORECASE)) == 2
    rest = [line.partition(":")[0] for line in lines[end + 1 :]]
    assert rest in (
        ["Today", "Question"], ["Before", "SQL", "Today", "Question"], ["Question", "Query", "Problem"],
    )  # fmt: skip
    odd = {sign for line in lines for sign in line if unicodedata.category(sign)[0] in "CZ"} - {" "}
    assert not odd, odd
    return lines[1:end]
