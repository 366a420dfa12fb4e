"""A house served over loopback in a thread of its own, with people of every kind in it, for clients that block."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from adapters.http.settings import HttpSettings
from bot.server import mount_http
from bot.wiring import House
from core.access import NewKey, NewPerson
from core.chat import Scopes
from tests.houses import add_sqlite, open_house, settings_for

OWNER = HttpSettings().person
PASSWORD = "a long enough password"
TOKEN = "the-token-of-the-owner-of-a-served-house"


@dataclass
class Served:
    """Where it is, and what its people hold."""

    url: str = ""
    emails: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """The API's own address."""
        return f"{self.url}/api/v1"


@contextmanager
def served(
    directory: Path, shop: Path, store: Path, scopes: Scopes = (("ask", None),), **settings: Any
) -> Iterator[Served]:
    """A house beyond loopback, as far as it knows: everybody has to sign in. Has a viewer, an administrator, a key."""
    told, ready, failure = Served(), threading.Event(), list[BaseException]()
    loop = asyncio.new_event_loop()
    server: list[uvicorn.Server] = []

    async def run() -> None:
        shutil.copy(store, directory / "app_data.db")
        doors = {"web": None, "api": None}
        async with open_house(settings_for(directory), dict(doors)) as built:
            await _people(built, shop, told, scopes)
            app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
            mount_http(app, built.service, HttpSettings(TOKEN, a_minute=0, a_minute_each=0, **settings))
            config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", proxy_headers=False)
            one = uvicorn.Server(config)
            listening = config.bind_socket()
            listening.listen(64)  # whoever comes before the server is ready waits
            told.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.append(one)
            ready.set()
            await one._serve([listening])  # not `serve`, which takes the signals of the process that tests

    def work() -> None:
        try:
            loop.run_until_complete(run())
        except BaseException as error:  # noqa: BLE001 (told to whoever waits)
            failure.append(error)
        finally:
            loop.close()
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(60)
        if failure:
            raise failure[0]
        yield told
    finally:
        for one in server:
            one.should_exit = True
        thread.join(30)


async def _people(built: House, shop: Path, told: Served, scopes: Scopes) -> None:
    people = built.service.people
    connection = await add_sqlite(built, shop)
    told.ids["connection_id"] = connection.id
    for role in ("viewer", "admin"):
        email = f"{role}@example.com"
        line = await people.add(OWNER, NewPerson(email, role.title(), role))
        await people.give_password(OWNER, line.id, PASSWORD)
        told.emails[role] = email
        told.ids[role] = line.id
    # Whom administrators may do anything to: a viewer whom they promote would be none any more.
    told.ids["user_id"] = (await people.add(OWNER, NewPerson("bystander@example.com", "Bystander"))).id
    made = await people.make_key(OWNER, NewKey("one permission", scopes), owner=told.ids["admin"])
    told.keys["key"] = made.key
    told.ids["key_id"] = made.line.id
