"""Takes the pictures of the pages that the README shows: `python -m tests.browser.pictures`.

A real server, the demo shop, the built-in writer, a real browser; for the dashboard, months of invented use. The
pictures go to docs/images.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from tests.adapters.teams.playground import is_installed
from tests.browser.serving import ROOT, Chat, Server, chromium, open_browser
from tests.browser.teams_page import TeamsPage, serving_teams
from tests.history import fill

IMAGES = ROOT / "docs" / "images"

# What a machine with nothing but Linux's fallback font shows is not what readers see: take the one made for Korean.
_FAMILY = "'Noto Sans CJK KR', sans-serif"
_FONT = f":root {{ --text: {_FAMILY}; }}"

_PICTURES = (
    ("web.png", "en-US", "light", ("How many customers are in Seoul?", "Top 5 products by sales amount")),
    ("web-ko.png", "ko-KR", "dark", ("서울에 사는 고객은 몇 명인가요?", "월별 매출액을 보여 주세요")),
)


def main() -> int:
    """Take them all."""
    executable = chromium()
    if executable is None:
        print("There is no Chromium to take pictures with.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, open_browser(executable) as browser:
        shop, used, teams = Path(directory, "shop"), Path(directory, "used"), Path(directory, "teams")
        shop.mkdir()
        teams.mkdir()
        fill(used, busy=6)
        _answers(browser, shop)
        _dashboard(browser, used)
        if is_installed():
            _teams(browser, teams)
        else:
            print("There is no local Teams client to take a picture of (npm ci --prefix tests).", file=sys.stderr)
    return 0


def _answers(browser: Browser, directory: Path) -> None:
    server = Server(directory)
    server.start()
    try:
        for name, locale, scheme, questions in _PICTURES:
            chat = Chat(_page(browser, locale, scheme), server.origin)
            chat.page.add_style_tag(content=_FONT)
            for question in questions:
                chat.ask(question)
            _take(chat.page, name)
    finally:
        server.close()


def _dashboard(browser: Browser, directory: Path) -> None:
    server = Server(directory)
    server.start()
    try:
        chat = Chat(_page(browser, "en-US", "light", height=1180), f"{server.origin}/dashboard")
        chat.page.add_style_tag(content=_FONT)
        chat.page.locator("body.loaded").wait_for()
        _take(chat.page, "dashboard.png")
    finally:
        server.close()


def _teams(browser: Browser, directory: Path) -> None:
    """The local Teams client, as it shows an answer to somebody who writes to us directly."""
    with serving_teams(directory) as address:
        one = TeamsPage(_context(browser, "en-US", "light", height=1160), address)
        one.page.add_style_tag(content=f"* {{ font-family: {_FAMILY} !important; }}")
        one.ask("Top 5 products by sales amount")
        one.tidy()
        _take(one.page, "teams.png")


def _page(browser: Browser, locale: str, scheme: str, height: int = 900) -> Page:
    return _context(browser, locale, scheme, height).new_page()


def _context(browser: Browser, locale: str, scheme: str, height: int) -> BrowserContext:
    return browser.new_context(
        viewport={"width": 1280, "height": height},
        locale=locale,
        timezone_id="Asia/Seoul",
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        bypass_csp=True,
    )


def _take(page: Page, name: str) -> None:
    page.mouse.move(0, 0)
    page.wait_for_timeout(500)
    page.screenshot(path=IMAGES / name)
    page.context.close()


if __name__ == "__main__":
    sys.exit(main())
