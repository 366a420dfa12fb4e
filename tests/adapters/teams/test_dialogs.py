"""Dialogs: answered in time, refused with what was typed still in them, done once, for whoever sends them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.teams.listeners import pressing, rooms
from adapters.teams.listeners.rooms import merged
from tests.adapters.teams.activities import invoke
from tests.adapters.teams.people import BOB, GROUP, GROUP_WITH_GUEST, GUEST, PERSONAL
from tests.adapters.teams.server import FakeConnector
from tests.adapters.teams.somebody import (
    Whole,
    answered,
    at_work,
    card_of,
    data_of,
    filled,
    question_of,
    value_of,
    words,
)

pytestmark = pytest.mark.usefixtures("fast")

EDITED = "SELECT COUNT(*) AS n FROM customers"


@pytest.fixture
async def whole(teams: FakeConnector, tmp_path: Path) -> AsyncIterator[Whole]:
    async with at_work(teams, tmp_path) as made:
        yield made


async def test_sql_is_changed_and_run_where_it_was_asked(whole: Whole) -> None:
    ada = whole.ada.at(GROUP)
    posted = await answered(ada)
    dialog = await ada.open(data_of(posted, "edit"))
    assert "COUNT(*)" in value_of(dialog, "sql")
    assert await ada.send(dialog, sql=EDITED) == {}
    await ada.teams.until(lambda: len(whole.answers(GROUP)) == 2)
    assert whole.answers(GROUP)[-1].says("FROM customers")


async def test_a_form_that_comes_twice_is_run_once(whole: Whole) -> None:
    posted = await answered(whole.ada)
    dialog = await whole.ada.open(data_of(posted, "edit"))
    value = {"data": filled(card_of(dialog), sql=EDITED)}
    sent = invoke(whole.ada.teams.service_url, "task/submit", value)
    assert await asyncio.gather(*(whole.ada.asked(sent) for _ in range(3))) == [{}, {}, {}]
    await whole.ada.teams.until(lambda: len(whole.answers(PERSONAL)) == 2)
    await whole.ada.settled()
    assert len(whole.answers(PERSONAL)) == 2


@pytest.mark.parametrize(
    ("sql", "why"), [("  ", "There is no question"), ("SELECT 1 -- " + "x" * 3000, "3,012 characters")]
)
async def test_what_is_refused_comes_back_as_it_was_typed(whole: Whole, sql: str, why: str) -> None:
    posted = await answered(whole.ada)
    again = await whole.ada.send(await whole.ada.open(data_of(posted, "edit")), sql=sql)
    assert why in words(again)
    assert value_of(again, "sql").strip() == sql.strip()
    assert await whole.ada.send(again, sql=EDITED) == {}
    await whole.ada.teams.until(lambda: len(whole.answers(PERSONAL)) == 2)


async def test_nobody_opens_or_sends_anothers(whole: Whole) -> None:
    posted = await answered(whole.ada.at(GROUP))
    bob = whole.ada.being(BOB).at(GROUP)
    data = data_of(posted, "edit")
    assert "belongs to somebody else" in words(await bob.open(data))
    form = await whole.ada.at(GROUP).open(data)
    assert "belongs to somebody else" in words(await bob.send(form, sql=EDITED))
    guest = whole.ada.being(GUEST).at(GROUP_WITH_GUEST)
    assert "SELECT" not in words(await guest.open(data))
    await whole.ada.settled()
    assert len(whole.answers(GROUP)) == 1


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-4000-8000-000000000000", "a" * 5000])
async def test_no_value_is_believed(whole: Whole, value: str) -> None:
    for name in rooms.OPENS:
        card_of(await whole.ada.open({"cq": name, "v": value}))
    for name in rooms.SENT:
        answer = await whole.ada.invoke("task/submit", {"data": {"cq": name, "v": value, "sent": "1"}})
        assert not answer or card_of(answer)
    assert "not known here any more" in words(await whole.ada.open({"cq": "nobody_knows", "v": value}))
    assert "not known here any more" in words(await whole.ada.invoke("task/submit", {"data": {"cq": "nobody_knows"}}))


@pytest.mark.parametrize("value", [None, "x", [], {"data": "x"}, {"data": {"cq": 3}}, {}])
async def test_what_is_no_form_of_ours_is_answered_too(whole: Whole, value: object) -> None:
    for name in ("task/fetch", "task/submit"):
        sent = invoke(whole.ada.teams.service_url, name, value)  # type: ignore[arg-type]
        assert "not known here any more" in words(await whole.ada.asked(sent))


async def test_the_dialog_of_a_korean_is_in_korean(whole: Whole) -> None:
    posted = await answered(whole.ada)
    dialog = await whole.ada.speaking("ko-KR").open(data_of(posted, "edit"))
    assert dialog["task"]["value"]["title"] == "SQL 수정"


async def test_what_takes_long_says_so_and_its_outcome_is_told(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    posted = await answered(whole.ada.at(GROUP))
    monkeypatch.setattr(pressing, "PATIENCE", 0.0)
    ada = whole.ada.at(GROUP)
    dialog = await ada.open(data_of(posted, "edit"))
    assert "Loading" in words(dialog)
    form = await ada.shown('"id": "sql"', private=True)
    assert form.says("Edit SQL")
    (card,) = form.cards
    # The form works as a message, too; what is refused there comes as another.
    await ada.press(filled(card, sql=" "), form)
    await ada.shown("There is no question", private=True)
    await ada.press(filled(card, sql=EDITED), form)
    await ada.teams.until(lambda: len(whole.answers(GROUP)) == 2)


async def test_a_late_refusal_is_told_privately(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    posted = await answered(whole.ada.at(GROUP))
    monkeypatch.setattr(pressing, "PATIENCE", 0.0)
    bob = whole.ada.being(BOB).at(GROUP)
    assert "Loading" in words(await bob.open(data_of(posted, "edit")))
    await bob.shown("belongs to somebody else", private=True)


async def test_a_button_for_a_dialog_works_as_a_message(whole: Whole) -> None:
    """As a client without dialogs sends it."""
    posted = await answered(whole.ada)
    await whole.ada.press({"cq": "edit", "v": question_of(posted)}, posted)
    await whole.ada.shown('"id": "sql"')


def test_a_name_belongs_to_one_listener() -> None:
    with pytest.raises(ValueError, match="edit"):
        merged(({"edit": 1}, {"edit": 2}))
    assert merged(({"edit": 1}, {"stop": 2})) == {"edit": 1, "stop": 2}
