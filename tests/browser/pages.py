"""What the tests of the pages of connections and administration share."""

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.locale import say
from tests.browser.serving import Chat, Server, chromium, open_browser

Opener = Callable[..., Page]

LANGUAGES = {"en": "en-US", "ko": "ko-KR"}
HOSTILE = '<img src=x onerror="window.hacked=1">'

_CALL = """async ([method, path, body]) => {
  const sent = body === null ? {} : {headers: {"content-type": "application/json"}, body: JSON.stringify(body)};
  const response = await fetch("api/v1/" + path, {method, ...sent});
  return [response.status, await response.json()];
}"""

_NAMELESS = """() => [...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role=region]')]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML)"""

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        reason = "no Chromium to test with"
        if os.environ.get("COLLOQUERY_REQUIRE_SERVERS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with open_browser(executable) as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("looked_after"))
    one.start()
    yield one
    one.close()


@pytest.fixture
def chats() -> list[Chat]:
    """The pages that a test has opened."""
    return []


@pytest.fixture
def open_page(browser: Browser, server: Server, chats: list[Chat]) -> Iterator[Opener]:
    """Opens a page with a browser of its own; at the end, nothing may have gone wrong in any."""
    contexts = []

    def opened(path: str, *, width: int = 1280, language: str = "en", **context: Any) -> Page:
        options = {"timezone_id": "Asia/Seoul", "reduced_motion": "reduce", "locale": LANGUAGES[language], **context}
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        chats.append(Chat(page, path if path.startswith("http") else server.origin + path))
        if "sign-in" not in path:
            page.locator("body.loaded").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [error for chat in chats for error in chat.errors] == []


def words(language: str, key: str, **values: object) -> str:
    """What the page says: a sentence of its own."""
    return say(language, f"web.page.{key}", **values)


def call(page: Page, method: str, path: str, body: Any = None) -> Any:
    """What the API answers to this page; it must be a success."""
    status, answer = page.evaluate(_CALL, [method, path, body])
    assert status < 300, (status, answer)
    return answer


def field(inside: Locator, label: str) -> Locator:
    """What is filled in under this label."""
    named = inside.page.locator(".label", has_text=re.compile(f"^{re.escape(label)}$"))
    return inside.locator("label", has=named).locator("input, select, textarea")


def press(inside: Page | Locator, name: str) -> None:
    """Click the button of this name."""
    inside.get_by_role("button", name=name, exact=True).click()


def expect_refusals(chats: list[Chat], number: int) -> None:
    """The browser notes each answer that is no success by itself."""
    noted = [chat.errors.pop() for chat in chats for _ in range(len(chat.errors))]
    assert len(noted) == number and all(error.startswith("Failed to load resource") for error in noted), noted


def fits(page: Page) -> bool:
    """Nothing of the page is wider than the screen."""
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return bool(sizes[0] <= sizes[1])


def expect_names(page: Page) -> None:
    """Everything to press or fill in has a name, and every id is there once."""
    assert page.evaluate(_NAMELESS) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    assert page.locator("h1:visible").count() == 1


def expect_untouched(page: Page) -> None:
    """Whatever was written in a name or a value, nothing of it became a part of the page."""
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img").count() == 0


def sign_in(page: Page, open_page: Opener, server: Server, email: str, name: str, language: str = "en") -> Page:
    """Somebody new, let in by a one-time link, in a browser of their own. `page` is an administrator's."""
    person = call(page, "POST", "users", {"email": email, "name": name})
    link = call(page, "POST", f"users/{person['id']}/invitation")
    theirs = open_page(f"{server.origin}/sign-in#{link['token']}", language=language)
    theirs.locator("#link [type=submit]").click()
    theirs.locator("body.account.loaded").wait_for()
    return theirs
