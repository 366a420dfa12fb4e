"""What follows `usage`, done: with a real house, for an administrator, for others and for guests."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.limits_form import Outcome, set_as_filled_in, wanted
from adapters.chat.usage import SPANS, Figures, Howto, Sentence, done, help_words, span_of
from adapters.chat.usage_words import WINDOWS, File
from bot.wiring import House
from core.chat import Actor
from core.errors import BadEdit, NotAllowed
from tests.houses import ADMINISTRATOR, ask, open_house, settings_for
from tests.houses import LEE as LEE_OF_THE_HOUSE

LEE = replace(LEE_OF_THE_HOUSE, id="U0LEE")
STRANGER = replace(LEE, id="U9", email=None, kind="foreign", name="Stranger")
MISSING = "Who?"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house that Lee has spoken to."""
    async with open_house(settings_for(tmp_path)) as built:
        await ask(built, "How many customers are there?", LEE)
        yield built


async def find(account: str) -> Actor:
    return {LEE.id: LEE}.get(account, replace(LEE, id=account, name="Nobody", email=None))


async def outcome(house: House, text: str, actor: Actor = ADMINISTRATOR) -> object:
    return await done(house.service.usage, find, actor, text, points=20)


async def test_each_word_has_its_outcome(house: House) -> None:
    mine = await outcome(house, "", LEE)
    assert isinstance(mine, Figures) and not mine.manages and mine.span is None
    for span in SPANS:
        everybody = await outcome(house, f"all {span}")
        assert isinstance(everybody, Figures) and everybody.manages and everybody.span == span
    lee = await outcome(house, "@U0LEE")
    assert isinstance(lee, Figures) and lee.reply.plain.startswith("Lee: ")
    assert "limits" in str(await outcome(house, "limits")).lower()
    assert await outcome(house, "csv people week", LEE) == File("people", "week")
    assert (await outcome(house, "help", LEE), await outcome(house, "nonsense")) == (Howto(False), Howto(True))


@pytest.mark.parametrize("actor", [LEE, STRANGER, replace(LEE, id="U8", kind="guest", email=None)])
@pytest.mark.parametrize("text", ["all", "@U0LEE", "lee@example.com", "limits", "limit everyone day 5"])
async def test_only_administrators_see_and_set_what_is_not_theirs(house: House, actor: Actor, text: str) -> None:
    with pytest.raises(NotAllowed):
        await outcome(house, text, actor)
    assert {(one.hour, one.day, one.month) for one in await house.service.usage.limits(ADMINISTRATOR)} == {
        (None, None, None)
    }


async def test_windows_that_are_not_named_stay(house: House) -> None:
    assert await outcome(house, "limit @U0LEE hour 2000 day 20,000") == Sentence(
        "The limits are set. Lee: 2,000 tokens an hour, 20,000 tokens a day. What is not set is as for the role, or "
        "for everyone."
    )
    told = await outcome(house, "limit lee@example.com hour - month 3")
    assert isinstance(told, Sentence) and "20,000 tokens a day, 3 tokens a month" in told.text
    with pytest.raises(BadEdit, match=r"^people\.never_spoken$"):
        await outcome(house, "limit @U77 hour 5")


@pytest.mark.parametrize(
    ("chosen", "person", "typed", "told"),
    [
        ("person", "", {"hour": "5"}, Outcome(MISSING, "person")),
        ("forged", "", {}, Outcome(MISSING, "person")),
        ("everyone", "", {"day": "1.5"}, Outcome("Write a whole number of tokens, or nothing.", "day")),
        ("everyone", "", {"day": "9" * 30}, Outcome("Write a whole number of tokens, or nothing.", "day")),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field(
    house: House, chosen: str, person: str, typed: dict[str, str], told: Outcome
) -> None:
    form = wanted(chosen, person, {window: typed.get(window, "") for window in WINDOWS})
    assert await set_as_filled_in(house.service.usage, ADMINISTRATOR, form, form.person, MISSING) == told


async def test_a_form_sets_all_three(house: House) -> None:
    usage = house.service.usage
    form = wanted("person", " lee@example.com ", {"hour": "0", "day": "", "month": "007"})
    told = await set_as_filled_in(usage, ADMINISTRATOR, form, form.person, MISSING)
    assert told.field == "" and "Lee: 0 tokens an hour, 7 tokens a month" in told.text
    for number, field in (("9999999999", "hour"), ("1", "person")):
        form = wanted("person", "no@example.com" if field == "person" else "lee@example.com", {"hour": number})
        told = await set_as_filled_in(usage, ADMINISTRATOR, form, form.person, MISSING)
        assert told.field == field
    refused = await set_as_filled_in(usage, LEE, wanted("everyone", "", {"hour": "1"}), "", MISSING)
    assert refused.field == "" and "Only administrators" in refused.text
    assert [(one.subject, one.hour, one.month) for one in await usage.limits(ADMINISTRATOR) if one.month] == [
        ("person", 0, 7)
    ]


def test_what_a_button_carries_is_a_span_or_this_month() -> None:
    assert [span_of(one) for one in (*SPANS, "forged", "")] == [*SPANS, "month", "month"]


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_the_help_says_more_to_administrators(locale: str) -> None:
    assert "200000" in help_words(locale, manages=True)
    assert "200000" not in help_words(locale, manages=False)
