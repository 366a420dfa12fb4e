"""The local Teams client's page as a person uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from adapters.teams.http import PATH
from tests.adapters.teams.playground import started
from tests.browser.serving import Server

_CARD = ".ac-adaptiveCard"
_NOTE = "not supported yet"
"""With these words the client says below a message what it cannot show of it."""
_OURS = "localhost"


@contextmanager
def serving_teams(directory: Path) -> Iterator[str]:
    """A server with the demo shop whose door is Teams, and a client that talks to it; the address of its page."""
    server = Server(directory, TEAMS_DEV_NO_AUTH="1")
    server.start()
    try:
        with started(directory, f"http://127.0.0.1:{server.port}{PATH}") as url:
            yield url
    finally:
        server.close()


class TeamsPage:
    """Ada's chats."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        # The client would fetch pictures and fonts from elsewhere.
        context.route("**/*", _stay_here)
        self.page: Page = context.new_page()
        self.page.set_default_timeout(20_000)
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(address)
        self.box = self.page.get_by_role("textbox")
        expect(self.box).to_be_visible()

    @property
    def cards(self) -> Locator:
        """All cards that stand in the chat, the oldest first."""
        return self.page.locator(_CARD)

    def go_to(self, name: str) -> None:
        """Open another chat or channel."""
        self.page.get_by_text(name, exact=True).first.click()

    def send(self, text: str) -> None:
        """Write a message."""
        self.box.click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def ask(self, text: str) -> Locator:
        """Ask and wait for the answer: its card."""
        answers = self.cards.filter(has=self.page.get_by_role("button", name="CSV", exact=True))
        before = answers.count()
        self.send(text)
        expect(answers).to_have_count(before + 1)
        return answers.last

    def tidy(self) -> None:
        """Leave the conversation alone on the screen: without the client's log, and what it says of itself."""
        self.page.get_by_text("Log Panel").locator("xpath=following::button[2]").click()
        for note in self.page.get_by_text(_NOTE).all():
            note.evaluate("note => note.parentElement.parentElement.style.visibility = 'hidden'")


def _stay_here(route: Route) -> None:
    """Nothing but this machine is called."""
    if route.request.url.split("/")[2].startswith(_OURS):
        route.continue_()
    else:
        route.abort()
