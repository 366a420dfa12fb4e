"""The home card: what a person has used, asked and may ask. Pure."""

from collections.abc import Iterator

from adapters.chat.home import QUESTION_SHOWN, RECENT, HomePage
from adapters.chat.text import Json, label
from adapters.teams import cards, sections
from adapters.teams.render import Message, page
from core.locale import format_date, say


def render_home(home: HomePage, locale: str, timezone: str = "UTC") -> Message:
    """The card. Its buttons ask templates, choose a database and open the page."""
    shown = [
        *sections.connections(home.connections, locale),
        *sections.templates(home.templates, locale),
        *sections.use(say(locale, "chat.home.usage"), home.usage),
        *_recent(home, locale, timezone),
        *sections.use(say(locale, "chat.home.overview"), home.overview),
    ]
    return page(say(locale, "teams.page.welcome"), shown, _to_page(home, locale), locale=locale)


def _to_page(home: HomePage, locale: str) -> list[Json]:
    return [cards.button(say(locale, "chat.home.sign_in"), "sign_in", opens=True)] if home.has_page else []


def _recent(home: HomePage, locale: str, timezone: str) -> Iterator[Json]:
    yield cards.header(say(locale, "chat.home.recent"))
    if not home.recent:
        yield from cards.paragraphs(say(locale, "chat.home.no_recent"), locale)
    for exchange in home.recent[:RECENT]:
        asked = f"  {format_date(locale, exchange.asked_at, timezone)}"
        yield cards.rich([cards.run(label(exchange.text, QUESTION_SHOWN)), cards.run(asked, subtle=True)])
