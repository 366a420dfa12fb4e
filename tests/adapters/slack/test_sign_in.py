"""The link to the page: asked for on the Home tab, shown to one person, good once."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from bot.wiring import House
from core.errors import NotSignedIn
from tests.adapters.slack.payloads import view_problems
from tests.adapters.slack.people import page, until
from tests.adapters.slack.proxy import Proxy
from tests.adapters.slack.server import ADA, DIRECT, GENERAL, GUEST, TEAM, WITH_GUEST, LocalSlack
from tests.adapters.slack.whole import over_a_socket, said_by_us

pytestmark = pytest.mark.usefixtures("fast")

ROOT = "https://ask.example.com"


@pytest.fixture
async def built(proxy: Proxy, tmp_path: Path) -> AsyncIterator[House]:
    given = {"administrators": (f"slack:{TEAM}:{ADA}",), "public_url": ROOT}
    async with over_a_socket(proxy.api_url, tmp_path, **given) as house:
        yield house


def buttons(view: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for block in view["blocks"] if block["type"] == "actions" for one in block["elements"]]


async def home(slack: LocalSlack, user: str) -> dict[str, Any]:
    async with page(slack) as opened:
        await slack.open_home(user=user)

        async def drawn() -> dict[str, Any] | None:
            return opened.homes.get(user)

        return await until(drawn)


async def asked_for(slack: LocalSlack, user: str) -> dict[str, Any]:
    """The form with the link, or whatever came instead. The server knows buttons of messages only."""
    (button,) = [one for one in buttons(await home(slack, ADA)) if one["action_id"] == "cq_sign_in"]
    await slack.command(GENERAL, "/usage", user=ADA)
    shown = await said_by_us(slack, GENERAL, "This hour", privately=True)
    async with page(slack) as opened:
        await slack.press(GENERAL, shown["ts"], button, user=user)
        return await opened.modal()


async def test_a_link_lets_in_whoever_asked_for_it_once(slack: LocalSlack, built: House) -> None:
    form = await asked_for(slack, ADA)
    assert view_problems({key: form[key] for key in ("type", "title", "blocks")}) == []
    (link,) = buttons(form)
    where, _, token = link["url"].partition("#")
    assert where == f"{ROOT}/sign-in"
    came = await built.service.people.enter(unquote(token))
    assert came.role == "admin"
    with pytest.raises(NotSignedIn):
        await built.service.people.enter(unquote(token))


async def test_no_message_holds_the_link(slack: LocalSlack, built: House) -> None:
    (link,) = buttons(await asked_for(slack, ADA))
    token = link["url"].partition("#")[2]
    assert token
    for channel in (GENERAL, DIRECT):
        assert token not in json.dumps(await slack.messages(channel))


async def test_guests_get_none(slack: LocalSlack, built: House, proxy: Proxy) -> None:
    proxy.people[GUEST] = {"is_restricted": True}
    (button,) = [one for one in buttons(await home(slack, ADA)) if one["action_id"] == "cq_sign_in"]
    await slack.command(WITH_GUEST, "/usage", user=ADA)
    shown = await said_by_us(slack, WITH_GUEST, "This hour", privately=True)
    async with page(slack) as opened:
        await slack.press(WITH_GUEST, shown["ts"], button, user=GUEST)
        await said_by_us(slack, WITH_GUEST, "Guests", privately=True)
        assert opened.modals == []


async def test_without_an_address_no_link_is_offered(slack: LocalSlack, proxy: Proxy, tmp_path: Path) -> None:
    async with over_a_socket(proxy.api_url, tmp_path):
        assert "cq_sign_in" not in json.dumps(await home(slack, ADA))
