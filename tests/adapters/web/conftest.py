"""The HTTP doors over a real house that can ask a small shop, and a browser's manners."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from adapters.http.settings import HttpSettings
from bot.server import mount_http
from bot.wiring import House
from tests.adapters.api.described import watching
from tests.houses import add_sqlite, make_shop, open_house, settings_for

ORIGIN = "http://localhost:8000"
SAME_SITE = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
TOKEN = "a-token-for-the-tests-of-the-page"


@pytest.fixture(scope="session")
def web_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("web") / "shop.db")


@pytest.fixture
async def web_house(tmp_path: Path, web_shop: Path, migrated_file: Path) -> AsyncIterator[House]:
    shutil.copy(migrated_file, tmp_path / "app_data.db")
    async with open_house(settings_for(tmp_path), {"web": None, "api": None}) as built:
        await add_sqlite(built, web_shop)
        yield built


def page(built: House, settings: HttpSettings | None = None) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    mount_http(app, built.service, settings or HttpSettings())
    return app


@asynccontextmanager
async def browser(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport,
        base_url=ORIGIN,
        headers=headers or SAME_SITE,
        event_hooks={"response": [watching(app)]},
    ) as client:
        yield client


def is_refusal(response: httpx.Response, status: int, code: str) -> None:
    """A problem as RFC 9457 has it, with words."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "hint", "id"} <= set(told)
    assert (told["code"], told["status"]) == (code, status), response.text
    assert told["type"] == f"urn:colloquery:problem:{code}"
    assert told["title"] and told["detail"] and told["hint"]
    assert told["id"] == response.headers["x-request-id"]


@pytest.fixture
async def client(web_house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine, at the page of a server bound to loopback."""
    async with browser(page(web_house)) as one:
        yield one
