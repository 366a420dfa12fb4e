"""Signing in, one's own account, and what happens when a sign-in ends: in a real browser, over a real server."""

import json
import os
import re
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.serving import Server, chromium, open_browser

TOKEN = "the-token-of-this-test"
PASSWORD = "a long enough password"

Opener = Callable[..., Page]

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
    """A house that asks everybody to sign in."""
    one = Server(tmp_path_factory.mktemp("guarded"), "--host", "0.0.0.0", COLLOQUERY_WEB_TOKEN=TOKEN)
    one.start()
    yield one
    one.close()


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def opened(**options: Any) -> BrowserContext:
        made.append(browser.new_context(viewport={"width": 1100, "height": 900}, **{"locale": "en-US", **options}))
        made[-1].set_default_timeout(20_000)
        return made[-1]

    yield opened
    for one in made:
        one.close()


def _owner(server: Server, path: str, body: dict[str, Any] | None = None) -> Any:
    """What the owner asks of the API with the token's cookie."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{server.origin}/?token={TOKEN}", timeout=20).read()
    request = urllib.request.Request(
        f"{server.origin}/api/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
        method="POST",
    )
    with opener.open(request, timeout=20) as response:
        return json.loads(response.read())


@pytest.fixture(scope="module")
def ada(server: Server) -> str:
    """Somebody with a password; their e-mail address."""
    user = _owner(server, "users", {"email": "ada@example.com", "name": "Ada Kim"})
    link = _owner(server, f"users/{user['id']}/invitation")
    tokens = _post(server, "auth/link", {"token": link["token"]})
    _put(server, "me/password", {"new": PASSWORD}, tokens["access"])
    return "ada@example.com"


def _post(server: Server, path: str, body: dict[str, Any]) -> Any:
    return _send(server, "POST", path, body)


def _put(server: Server, path: str, body: dict[str, Any], access: str) -> Any:
    return _send(server, "PUT", path, body, access)


def _send(server: Server, method: str, path: str, body: dict[str, Any], access: str = "") -> Any:
    headers = {"content-type": "application/json", **({"authorization": f"Bearer {access}"} if access else {})}
    data = json.dumps(body).encode()
    request = urllib.request.Request(f"{server.origin}/api/v1/{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.loads(response.read())


def _sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.locator("body.ready").wait_for()
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password]").fill(password)
    page.locator("#password button[type=submit]").click()


@pytest.mark.parametrize(
    ("locale", "title", "wrong", "welcome"),
    [
        ("en-US", "Sign in", re.compile("password", re.IGNORECASE), "Ask your data a question"),
        ("ko-KR", "로그인", re.compile("비밀번호"), re.compile("[가-힣]")),
    ],
)
def test_a_password_lets_in_and_a_wrong_one_says_so(
    server: Server, ada: str, contexts: Callable[..., BrowserContext], locale: str, title: str, wrong: Any, welcome: Any
) -> None:
    page = contexts(locale=locale).new_page()
    response = page.goto(server.origin)
    assert response is not None and response.status == 401
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    _sign_in(page, ada, "wrong")
    expect(page.get_by_role("alert")).to_contain_text(wrong)
    _sign_in(page, ada)
    expect(page.locator("#welcome h1")).to_have_text(welcome)
    page.fill("#question", "How many customers are there?" if locale == "en-US" else "고객은 몇 명인가요?")
    page.press("#question", "Enter")
    expect(page.locator("article .big")).to_be_visible()
    assert page.evaluate("document.cookie") == ""


def test_what_ends_is_renewed_unseen_and_what_has_ended_leads_to_the_way_in_and_back(
    server: Server, ada: str, contexts: Callable[..., BrowserContext]
) -> None:
    context = contexts()
    page = context.new_page()
    page.goto(server.origin)
    _sign_in(page, ada)
    page.locator("#welcome h1").wait_for()
    page.fill("#question", "How many customers are there?")
    page.press("#question", "Enter")
    expect(page.locator("article .big")).to_be_visible()
    thread = page.url

    def spoil(*names: str) -> None:
        kept = context.cookies()
        context.clear_cookies()
        context.add_cookies([{**one, **({"value": "ended"} if one["name"] in names else {})} for one in kept])

    spoil("colloquery_access")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    expect(page.locator("article .big")).to_be_visible()
    assert sum("session/refresh" in one for one in asked) == 1
    assert page.url == thread

    spoil("colloquery_access", "colloquery_refresh")
    page.reload()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert page.url == f"{server.origin}/sign-in"
    _sign_in(page, ada)
    expect(page.locator("article .big")).to_be_visible()
    assert page.url == thread


def test_a_link_lets_in_by_a_click_and_a_password_is_set(
    server: Server, contexts: Callable[..., BrowserContext]
) -> None:
    user = _owner(server, "users", {"email": "new@example.com", "name": "김새로"})
    token = _owner(server, f"users/{user['id']}/invitation")["token"]
    page = contexts(locale="ko-KR").new_page()
    page.goto(f"{server.origin}/sign-in#{token}")
    expect(page.locator("#link button")).to_be_visible()
    assert "#" not in page.url and page.locator("#password").is_hidden()
    page.locator("#link button").click()
    expect(page.locator("#who-title")).to_have_text("나")
    expect(page.locator("#who dd").first).to_have_text("김새로")
    page.locator("input[autocomplete=new-password]").fill(PASSWORD)
    page.locator("#password button[type=submit]").click()
    expect(page.locator("#password .note[role=status]")).to_have_text("비밀번호를 정했어요.")

    other = contexts().new_page()
    other.goto(f"{server.origin}/sign-in#{token}")
    other.locator("#link button").click()
    expect(other.get_by_role("alert")).not_to_be_empty()


def test_devices_and_keys_of_ones_own(server: Server, ada: str, contexts: Callable[..., BrowserContext]) -> None:
    other = contexts().new_page()
    other.goto(server.origin)
    _sign_in(other, ada)
    other.locator("#welcome h1").wait_for()

    page = contexts().new_page()
    page.goto(server.origin)
    _sign_in(page, ada)
    page.locator("#to-account").click()
    expect(page.locator("#devices li")).not_to_have_count(0)
    expect(page.locator("#devices li", has_text="This device")).to_have_count(1)
    before = page.locator("#devices li").count()
    page.locator("#devices li button").first.click()
    expect(page.locator("#devices li")).to_have_count(before - 1)

    page.get_by_text("New key").click()
    page.locator("#keys input[type=text]").fill("nightly report")
    page.get_by_role("button", name="Make the key").click()
    key = page.locator("#keys code").text_content() or ""
    assert key.startswith("cq_")
    headers = {"authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"{server.origin}/api/v1/me", headers=headers)
    with urllib.request.urlopen(request, timeout=20) as response:
        assert json.loads(response.read())["by"] == "key"
    page.reload()
    expect(page.locator("#keys li", has_text="nightly report")).to_be_visible()
    assert key not in page.content()
    page.get_by_role("button", name="Revoke: nightly report").click()
    expect(page.locator("#keys li", has_text="Revoked")).to_be_visible()

    page.get_by_role("button", name="Sign out", exact=True).first.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(server.origin)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_whoever_is_no_administrator_has_no_dashboard(
    server: Server, ada: str, contexts: Callable[..., BrowserContext]
) -> None:
    page = contexts(locale="ko-KR").new_page()
    page.goto(server.origin)
    _sign_in(page, ada)
    expect(page.locator("#open-use")).to_be_visible()
    expect(page.locator("#to-dashboard")).to_be_hidden()
    page.goto(f"{server.origin}/dashboard")
    expect(page.locator("#problem .notice")).to_contain_text("관리자만")
    expect(page.locator("#rules")).to_be_hidden()


def test_the_way_in_can_be_used_without_a_mouse_and_is_named(
    server: Server, contexts: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    page = contexts(color_scheme="dark").new_page()
    page.goto(server.origin)
    page.locator("body.ready").wait_for()
    for name in ("E-mail", "Password"):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    page.get_by_label("E-mail", exact=True).focus()
    page.keyboard.type("nobody@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type("whatever it is")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
