"""A whole house with canaries for secrets, at its most talkative, and everything that comes out of it."""

import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text

from adapters.http.settings import HttpSettings
from bot import logs
from bot.server import mount_http
from bot.settings import Settings
from bot.wiring import House
from core.storage.compare import METADATA
from tests.adapters.slack.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.adapters.slack.whole import serving
from tests.adapters.teams.people import APP_ID, PASSWORD, TENANT
from tests.adapters.teams.tokens import TOKEN_OF_BOT, token
from tests.houses import add_sqlite, make_shop, open_house, settings_for
from tests.local_model import LocalModel, Turn

KEY_OF_MODEL = "sk-canary-model-key-0123456789abcdef"
PASSWORD_OF_DATABASE = "canary db/pass+wörd'1"
PASSWORD_OF_STORE = "canary-store-password-77"
PASSWORD_OF_PERSON = "canary person battery staple"
TOKEN_OF_PAGE = "canary-web-token-0123456789"
KEY_OF_STORE = "canary" + "A" * 36 + "="
"""No key, but a secret all the same."""
API_KEY = "cq_canaryCANARY0123456789abcdefghij"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
SLACK = (BOT_TOKEN, APP_TOKEN, SIGNING_SECRET)
HEAD_OF_INCOMING = token("").partition(".")[0]
"""What the tokens begin with that the Bot Framework shows us."""
TEAMS = (PASSWORD, TOKEN_OF_BOT, HEAD_OF_INCOMING)

CANARIES = (
    KEY_OF_MODEL, PASSWORD_OF_DATABASE, PASSWORD_OF_STORE, PASSWORD_OF_PERSON, TOKEN_OF_PAGE, KEY_OF_STORE, API_KEY,
    JWT, *SLACK, *TEAMS,
)  # fmt: skip


@dataclass
class Scene:
    """The house, a browser at its page, and what was heard of it so far besides log and store."""

    house: House
    client: httpx.AsyncClient
    model: LocalModel
    directory: Path
    servers: dict[str, str]
    """The URLs of real databases, by the kind of server."""
    heard: list[str] = field(default_factory=list)
    typed: bool = False
    """People typed the secrets as the words of a question: the store keeps what was asked."""

    def hear(self, *things: object) -> None:
        """Whatever somebody could see: a page, a message, words, a repr."""
        self.heard += [thing if isinstance(thing, str) else repr(thing) for thing in things]

    async def send(self, method: str, path: str, **what: Any) -> httpx.Response:
        """A request; its answer is heard whole."""
        answer = await self.client.request(method, path, **what)
        self.hear(answer.text, str(answer.headers))
        return answer


def spellings(secret: str) -> set[str]:
    """A secret as it may be written in a log, an address, JSON, a repr."""
    return {
        secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1],
        secret.encode().hex(),
    }  # fmt: skip


def leaks(place: str, said: str) -> list[str]:
    """Which canaries are in a text, and around what."""
    found = []
    for secret in CANARIES:
        for spelling in spellings(secret):
            if (at := said.find(spelling)) >= 0:
                found.append(f"{place}: …{said[max(0, at - 200) : at + 60]!r}…")
    return found


@contextmanager
def talkative_log(settings: Settings) -> Iterator[StringIO]:
    """The log as a serving process sets it up, every library at its most verbose."""
    root, stream = logging.getLogger(), StringIO()
    before = {name: logging.getLogger(name).level for name in ("", *root.manager.loggerDict)}
    handlers = list(root.handlers)
    logs.set_up("DEBUG", settings)
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(stream)
    for name in list(root.manager.loggerDict):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        for name, one in root.manager.loggerDict.items():
            if isinstance(one, logging.Logger):
                one.setLevel(before.get(name, logging.NOTSET))
        root.setLevel(before[""])


_ERROR = {"message": f"Incorrect API key provided: {KEY_OF_MODEL}.", "code": KEY_OF_MODEL}
_REPEATING = (
    Turn(status=401, error=_ERROR),
    Turn(status=400, error=_ERROR, headers={"x-key": KEY_OF_MODEL}),
    Turn(status=500, body=KEY_OF_MODEL.encode()),
    Turn(body=f"no JSON, but {KEY_OF_MODEL}".encode()),
)
"""What a model's server says that repeats the key it was shown."""


@asynccontextmanager
async def scene(directory: Path, servers: dict[str, str]) -> AsyncIterator[tuple[Scene, StringIO]]:
    """The scene, and its log."""
    with LocalModel(_REPEATING, key=KEY_OF_MODEL) as model:
        settings = settings_for(
            directory,
            openai_api_key=SecretStr(KEY_OF_MODEL),
            openai_base_url=model.base_url,
            openai_max_retries=0,
            web_token=SecretStr(TOKEN_OF_PAGE),
            slack_bot_token=SecretStr(BOT_TOKEN),
            slack_app_token=SecretStr(APP_TOKEN),
            slack_signing_secret=SecretStr(SIGNING_SECRET),
            teams_app_id=APP_ID,
            teams_app_password=SecretStr(PASSWORD),
            teams_tenants=(TENANT,),
            allowed_hosts=("127.0.0.1",),
        )
        with talkative_log(settings) as log:
            async with open_house(settings, {"web": None, "api": None, "memory": None}) as house:
                await add_sqlite(house, make_shop(directory / "shop.db"))
                app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
                mount_http(app, house.service, HttpSettings(TOKEN_OF_PAGE, a_minute=0, a_minute_each=0))
                async with serving(app, 0) as url, httpx.AsyncClient(base_url=url, timeout=30) as client:
                    yield Scene(house, client, model, directory, servers), log


async def stored(house: House, *, tables: frozenset[str] | None = None) -> str:
    """Every value of every table of the store, encrypted ones too; or of these tables."""
    values = []
    async with house.store.reading() as session:
        for table in METADATA.sorted_tables:
            if tables is None or table.name in tables:
                for row in await session.execute(text(f'SELECT * FROM "{table.name}"')):
                    values += [f"{table.name}.{name}={value}" for name, value in row._mapping.items()]
    return "\n".join(values)
