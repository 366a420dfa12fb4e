"""The web door over a real house that can ask a small shop, and a browser's manners."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from adapters.web import WebSettings, create_app
from bot.wiring import House
from core.demo.shop import questions
from tests.houses import add_sqlite, make_shop, open_house, settings_for

ORIGIN = "http://localhost:8000"
SAME_SITE = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
TOKEN = "a-token-for-the-tests-of-the-page"


@pytest.fixture(scope="session")
def web_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_shop(tmp_path_factory.mktemp("web") / "shop.db")


@pytest.fixture
async def web_house(tmp_path: Path, web_shop: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path), {"web": None}) as built:
        await add_sqlite(built, web_shop)
        yield built


def page(built: House, settings: WebSettings | None = None) -> FastAPI:
    return create_app(built.service, settings or WebSettings(), questions)


@asynccontextmanager
async def browser(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers or SAME_SITE) as client:
        yield client


@pytest.fixture
async def client(web_house: House) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on this machine, at the page of a server bound to loopback."""
    async with browser(page(web_house)) as one:
        yield one
