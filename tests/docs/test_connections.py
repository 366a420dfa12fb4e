"""The guide to connections: its commands run, its accounts can read and cannot write, in both languages the same."""

import re
import shlex
from collections.abc import Iterator
from contextlib import closing, suppress

import psycopg
import pymysql
import pytest

from core.engines.base import Limits, Target
from core.engines.registry import engine
from tests.bot.conftest import logging_as_it_was
from tests.bot.inside import alone, command
from tests.docs.test_documents import ROOT, commands
from tests.engines.servers import Database, find, fresh

__all__ = ["alone", "logging_as_it_was"]

GUIDES = ("docs/connections.md", "docs/connections.ko.md")
PASSWORD = "a long one of its own"


def statements(name: str) -> list[list[str]]:
    """The SQL of the guide, a list for each server."""
    blocks = re.findall(r"```sql\n(.*?)```", (ROOT / name).read_text(encoding="utf-8"), re.DOTALL)
    return [[one.strip() for one in block.split(";\n") if one.strip()] for block in blocks]


def test_both_languages_show_the_same() -> None:
    assert commands(GUIDES[0]) == commands(GUIDES[1])
    assert statements(GUIDES[0]) == statements(GUIDES[1])


def test_its_commands_run_one_after_another() -> None:
    assert command("demo")[0] == 0
    for line in commands(GUIDES[0]):
        arguments = shlex.split(line)[1:]
        if arguments[:2] == ["connections", "add"]:
            # Nothing listens there: the command is understood, tries, and says that it cannot reach the server.
            nowhere = ["127.0.0.1" if word == "db.example.com" else word for word in arguments]
            code, told = command(*nowhere, "--port", "1", stdin="\n")
            assert code == 1, line + told
        else:
            code, told = command(*arguments)
            assert code == 0, line + told


@pytest.fixture(params=["postgresql", "mariadb"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    with fresh(find(request.param)) as made:
        yield made


def test_the_accounts_read_and_cannot_write(database: Database) -> None:
    target, own = database.target, f"colloquery_{database.target.database[-12:]}"
    block = statements(GUIDES[0])[0 if target.kind == "postgresql" else 1]
    told = [one.replace("colloquery", own).replace("sales", target.database) for one in block]
    account = Target(target.kind, target.host, target.port, own, PASSWORD, target.database, local=True)
    try:
        _run(target, "CREATE TABLE items (id INT PRIMARY KEY)", *told, "INSERT INTO items VALUES (1)")
        if target.kind == "postgresql":
            _run(target, "CREATE TABLE later (id INT)")
        with closing(engine(target.kind).connect(account, 5)) as session:
            assert session.health().can_write is False
            assert session.run("SELECT count(*) FROM items", Limits()).rows == ((1,),)
            tables = {table.name for table in session.read_schema().tables}
        assert tables == ({"items", "later"} if target.kind == "postgresql" else {"items"})
    finally:
        with suppress(psycopg.Error, pymysql.Error):
            gone = f"DROP OWNED BY {own}; DROP ROLE {own}" if target.kind == "postgresql" else f"DROP USER '{own}'@'%'"
            _run(target, *gone.split("; "))


def _run(target: Target, *sql: str) -> None:
    if target.kind == "postgresql":
        with psycopg.connect(
            host=target.host, port=target.port, user=target.user, password=target.password, dbname=target.database,
            autocommit=True,
        ) as line:  # fmt: skip
            for one in sql:
                line.execute(one.encode())
        return
    with pymysql.connect(
        host=target.host, port=target.port, user=target.user, password=target.password, database=target.database,
        autocommit=True,
    ) as connection, connection.cursor() as cursor:  # fmt: skip
        for one in sql:
            cursor.execute(one)
