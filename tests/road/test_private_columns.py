"""Private columns on the whole road: who sees them, where, and that nobody else gets a hint of them by any way."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.wiring import House
from core.ask.present.hidden import MASK
from core.catalog.editing import CatalogEditor
from core.connections.connection import Connection
from core.connections.connections import EVERYONE
from core.ids import place_id
from tests.houses import (
    KIM,
    LEE,
    Parts,
    add_sqlite,
    administrator,
    ask,
    in_korean,
    open_house,
    question,
    settings_for,
)
from tests.local_model import LocalModel
from tests.road.test_model_road import house_with

EMAILS = "SELECT name, email FROM customers ORDER BY id"
FILTERED = "SELECT COUNT(*) FROM customers WHERE email LIKE 'a%'"


async def _shown(built: House, text: str = EMAILS, **where: Any) -> Parts:
    _, reply = await ask(built, text, **where)
    return Parts(reply)


async def test_who_was_not_let_gets_a_mask_and_is_told(tmp_path: Path, shop: Path) -> None:
    async with open_house(settings_for(tmp_path)) as built:
        await add_sqlite(built, shop)
        parts = await _shown(built)
        assert {row[1] for row in parts.table.rows} == {MASK}
        assert all(row[0] != MASK for row in parts.table.rows)
        assert parts.facts["hidden"] == "customers.email"
        assert "email" not in parts.sql.text.replace("AS email", "")
        korean = Parts((await ask(built, EMAILS, in_korean(LEE)))[1])
        assert korean.facts["hidden"] == "customers.email"


@pytest.mark.parametrize("language", ["en", "ko"])
async def test_a_filter_on_it_is_refused_with_words(tmp_path: Path, shop: Path, language: str) -> None:
    async with open_house(settings_for(tmp_path)) as built:
        await add_sqlite(built, shop)
        _, reply = await ask(built, FILTERED, in_korean(LEE) if language == "ko" else LEE)
        assert not reply.ok
        assert Parts(reply).notice.code == "guard.private_column"
        assert "email" in reply.plain


async def _let(built: House, connection: Connection, kind: str, subject: str) -> None:
    person = await administrator(built)
    await built.road.connections.give(person, connection, kind, subject, private=True)  # type: ignore[arg-type]


async def test_who_was_let_sees_it_alone_and_not_among_others(tmp_path: Path, shop: Path) -> None:
    async with open_house(settings_for(tmp_path)) as built:
        connection = await add_sqlite(built, shop)
        await ask(built, "How many customers are there?")
        async with built.store.reading() as session:
            lee = await built.road.people.know(session, LEE)
        await _let(built, connection, "user", lee.id)
        assert (await _shown(built)).table.rows[0][1] != MASK
        assert (await _shown(built, FILTERED)).table.rows[0][0] is not None
        assert (await _shown(built, readers="team")).table.rows[0][1] == MASK
        assert Parts((await ask(built, EMAILS, KIM))[1]).table.rows[0][1] == MASK


async def test_a_place_or_everyone_may_be_let_but_never_outsiders(tmp_path: Path, shop: Path) -> None:
    async with open_house(settings_for(tmp_path)) as built:
        connection = await add_sqlite(built, shop)
        await _let(built, connection, "place", place_id(question("x").place))
        assert (await _shown(built, readers="team")).table.rows[0][1] != MASK
        _, reply = await ask(built, EMAILS, readers="outsiders")
        assert Parts(reply).notice.code == "people.outsiders_read"
    async with open_house(settings_for(tmp_path / "second")) as built:
        connection = await add_sqlite(built, shop)
        await _let(built, connection, "everyone", EVERYONE)
        assert Parts((await ask(built, EMAILS, KIM, readers="team"))[1]).table.rows[0][1] != MASK


async def test_an_administrators_mark_holds_at_the_next_question(tmp_path: Path, shop: Path) -> None:
    names = "SELECT name, grade FROM customers"
    async with open_house(settings_for(tmp_path)) as built:
        connection = await add_sqlite(built, shop)
        person = await administrator(built)
        assert (await _shown(built, names)).table.rows[0][1] != MASK
        await CatalogEditor(built.store).mark(person, connection, "customers", "grade", is_private=True)
        assert {row[1] for row in (await _shown(built, names)).table.rows} == {MASK}
        await CatalogEditor(built.store).mark(person, connection, "customers", "email", is_private=False)
        assert (await _shown(built)).table.rows[0][1] != MASK


async def test_a_model_is_never_told_of_it(tmp_path: Path, shop: Path) -> None:
    count = "SELECT COUNT(*) AS n FROM customers"
    with LocalModel([EMAILS, f"{count} WHERE email = 'x'", count]) as model:
        async with house_with(model, tmp_path, shop, quota_hour=10_000) as built:
            parts = await _shown(built, "Which customers have which email?")
            assert {row[1] for row in parts.table.rows} == {MASK}
            # The follow-up: what was shown to nobody is no context either, and a repair names no private column.
            _, reply = await ask(built, "And how many of them are there with the email x?")
            assert Parts(reply).table.rows[0][0] > 0
        sent = [json.dumps(call.body, ensure_ascii=False) for call in model.completions]
    assert len(sent) == 3
    data = [text.split("<data>")[1].split("</data>")[0] for text in sent]
    assert all("email" not in part and "phone" not in part for part in data)
