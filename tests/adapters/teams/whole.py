"""A whole house behind Teams' door, as it is served."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from adapters.http.settings import HttpSettings
from adapters.teams.app import Teams
from adapters.teams.http import PATH
from adapters.teams.settings import TeamsSettings
from bot.server import mount_http
from bot.wiring import House
from tests.adapters.slack.whole import logged_as_served, serving
from tests.adapters.teams.people import APP_ID, TENANT, Json
from tests.adapters.teams.server import FakeConnector
from tests.houses import open_house, settings_for

__all__ = ["logged_as_served", "over_http", "post", "unsigned"]


def unsigned(public_url: str = "") -> TeamsSettings:
    """A bot without authentication, for a client on this machine."""
    return TeamsSettings(APP_ID, None, (TENANT,), no_auth=True, public_url=public_url)


@asynccontextmanager
async def over_http(
    directory: Path,
    connector: FakeConnector | None = None,
    *,
    port: int = 0,
    teams: TeamsSettings | None = None,
    **changes: Any,
) -> AsyncIterator[tuple[House, str]]:
    """A house whose door is Teams, over HTTP beside the page, as it is served; and that server's address. Where it
    answers is in the activities: `connector`, if one is given, is whose they will be.
    """
    settings = settings_for(directory, **changes)
    door = Teams(teams or unsigned(settings.public_url))
    async with (
        open_house(settings, {"teams": door.deliver, "web": None}, {"teams": door.announcer}) as built,
        door.opened(built.service),
    ):
        assert door.router is not None, "it is opened"
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        app.include_router(door.router)
        mount_http(app, built.service, HttpSettings())
        async with serving(app, port) as url:
            yield built, url


async def post(url: str, activity: Json, *, token: str | None = None) -> httpx.Response:
    """Deliver an activity as the Bot Framework does."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(timeout=20) as http:
        return await http.post(f"{url}{PATH}", json=activity, headers=headers)
