"""Every command of the terminal, when whoever sits at the machine may nothing any more.

Nobody can deactivate the owner of the machine, so that it is done in the store. What each command then says proves that
it asks: it is refused in words, and nothing is changed.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.command_line import app
from core.errors import ColloqueryError
from core.people.people import LOCAL_EMAIL
from core.saved import TemplateEdit
from tests.houses import ADMINISTRATOR, add_sqlite, administrator, make_shop, open_house, settings_for
from tests.permissions.town import SHOP, dump

MACHINE = {
    "serve", "demo", "doctor", "mcp", "version", "sql check", "catalog link",
    "db upgrade", "db downgrade", "db revision", "db check", "db document",
    "backup", "restore", "keys status", "keys rotate", "keys new", "teams package",
    "usage recount", "usage prices",
}  # fmt: skip
"""Commands for whoever runs the machine: they serve, look after the store and its keys, or work on files of theirs."""

COMMANDS = {
    "ask": ("How many customers are there?",),
    "alerts show": (), "alerts set": ("--threshold", "9"), "alerts test": (),
    "api-keys list": (), "api-keys add": ("new", "--may", "ask"), "api-keys revoke": ("cq_00000000",),
    "audit list": (), "audit export": (), "audit verify": (),
    "catalog describe": (SHOP, "--yes"), "catalog show": (SHOP,),
    "catalog edit": (SHOP, "customers", "--description", "x"), "catalog export": (SHOP,),
    "catalog import": (SHOP, "FILE"), "catalog term add": (SHOP, "buyers", "customers"),
    "catalog term list": (SHOP,), "catalog term remove": (SHOP, "buyers"), "catalog private list": (SHOP,),
    "catalog private mark": ("*.phone", "--everywhere"),
    "jobs list": (), "jobs run": ("thin_metrics",),
    "config list": (), "config get": ("connections.added_by",),
    "config set": ("connections.added_by", "administrators"), "config unset": ("connections.added_by",),
    "connections add": ("new", "--type", "sqlite", "--host", "/nowhere.db"), "connections list": (),
    "connections show": (SHOP,), "connections edit": (SHOP, "--name", "renamed"), "connections test": (SHOP,),
    "connections enable": (SHOP,), "connections disable": (SHOP,), "connections default": (SHOP,),
    "connections give": (SHOP, "--to", "everyone"), "connections take": (SHOP, "--from", "everyone"),
    "connections refresh": (SHOP,), "connections remove": (SHOP,),
    "eval": ("FILE",),
    "people list": (), "people show": (LOCAL_EMAIL,), "people add": ("new@example.com", "--name", "New"),
    "people role": (LOCAL_EMAIL, "viewer"), "people deactivate": (LOCAL_EMAIL,), "people activate": (LOCAL_EMAIL,),
    "people password": (LOCAL_EMAIL, "--password", "correct horse battery"), "people link": (),
    "people sign-out": (LOCAL_EMAIL,),
    "schedules list": (), "schedules add": ("SELECT 1 AS one", "--when", "daily at 9"), "schedules pause": ("x",),
    "schedules resume": ("x",), "schedules run": ("x",), "schedules delete": ("x",),
    "templates list": (), "templates show": ("all",), "templates run": ("all",),
    "templates save": ("--name", "new", "--question", "How many?", "--sql", "SELECT COUNT(*) AS n FROM customers"),
    "templates edit": ("all", "--description", "x"), "templates delete": ("all",), "templates share": ("all",),
    "templates unshare": ("all",), "templates verify": ("all",), "templates unverify": ("all",),
    "templates export": (), "templates import": ("FILE",),
    "usage show": (), "usage dashboard": (), "usage export": ("people",), "usage limits": (),
    "usage set-limits": ("everyone", "--hour", "9"),
}  # fmt: skip
"""Every other one, and what it is given. FILE is a file that it takes."""

REFUSED = {"people.inactive", "connection.unknown", "connection.none"}
"""Who may ask no connection is told of none."""

FILES = {
    "eval": "- question: How many?\n  rows: [[1]]\n",
    "templates import": "version: 1\ntemplates: []\n",
    "catalog import": '{"documentation": [], "glossary": []}',
}


def names(command: object, path: tuple[str, ...] = ()) -> Iterator[str]:
    below = getattr(command, "commands", None)
    if below is None:
        yield " ".join(path)
    else:
        for name, one in below.items():
            yield from names(one, (*path, name))


def test_every_command_is_in_the_walk() -> None:
    assert set(names(typer.main.get_command(app))) == {*COMMANDS, *MACHINE}
    assert not MACHINE & set(COMMANDS)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose owner was deactivated, with a connection and a template of theirs."""
    directory = tmp_path_factory.mktemp("home")

    async def settle() -> None:
        async with open_house(settings_for(directory), {"terminal": None}) as built:
            await add_sqlite(built, make_shop(directory / "shop.db"), SHOP)
            await administrator(built)
            edit = TemplateEdit("all", "How many customers?", "SELECT COUNT(*) AS n FROM customers", connection=SHOP)
            await built.service.saved.keep(ADMINISTRATOR, edit)

    asyncio.run(settle())
    with closing(sqlite3.connect(directory / "app_data.db")) as store:
        store.execute("UPDATE users SET is_active = 0 WHERE email = ?", (LOCAL_EMAIL,))
        store.commit()
    for name, text in FILES.items():
        (directory / name.replace(" ", "-")).write_text(text)
    return directory


@pytest.fixture
def quiet() -> Iterator[None]:
    """A command sets the log up; it is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("quiet")
def test_each_is_refused_in_words_and_changes_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("COLLOQUERY_DATA_DIR", str(home))
    # There is a model, which nothing is ever sent to.
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    wrong = []
    before = _dump(home)
    for name, arguments in COMMANDS.items():
        given = [str(home / name.replace(" ", "-")) if one == "FILE" else one for one in arguments]
        ran = CliRunner().invoke(app, [*name.split(), *given])
        code = ran.exception.code if isinstance(ran.exception, ColloqueryError) else f"{ran.exit_code} {ran.output}"
        if code not in REFUSED and not (name == "ask" and "deactivated" in ran.output):
            wrong.append(f"{name}: {code[:200]}")
        if (after := _dump(home)) != before:
            wrong.append(f"{name}: changed {[table for table in after if after[table] != before[table]]}")
            before = after
    assert not wrong, "\n".join(wrong)


def _dump(home: Path) -> dict[str, list[object]]:
    with closing(sqlite3.connect(home / "app_data.db")) as store:
        # That an account of the machine was seen is written by whoever comes first.
        return {name: list(rows) for name, rows in dump(store).items() if name != "user_identities"}
