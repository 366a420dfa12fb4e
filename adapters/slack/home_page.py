"""The Home tab: what a person has used, asked and may ask. Pure."""

from collections.abc import Iterator

from adapters.chat.home import QUESTION_SHOWN, RECENT, HomePage
from adapters.chat.text import Json, label
from adapters.slack import blocks, limits, sections
from adapters.slack.buttons import action_id
from core.locale import format_date, say


def render_home(page: HomePage, locale: str, timezone: str = "UTC") -> Json:
    """The view for views.publish. Buttons `cq_template:<n>` send a question, the menu `cq_connection` a name."""
    shown = [
        *sections.connections(page.connections, locale),
        *sections.templates(page.templates, locale),
        *sections.use(say(locale, "chat.home.usage"), page.usage),
        *_recent(page, locale, timezone),
        *(_to_page(locale) if page.has_page else ()),
        *sections.use(say(locale, "chat.home.overview"), page.overview),
    ]
    return {"type": "home", "blocks": list(blocks.within(shown, limits.VIEW_BLOCKS, locale))}


def render_refusal(text: str, locale: str) -> Json:
    """The view of somebody who may not see any of it, and why."""
    return {"type": "home", "blocks": list(blocks.paragraphs(text, locale))}


def _to_page(locale: str) -> Iterator[Json]:
    yield blocks.header(say(locale, "chat.home.page"))
    yield blocks.actions([blocks.button(say(locale, "chat.home.sign_in"), action_id("sign_in"), "page")])


def _recent(page: HomePage, locale: str, timezone: str) -> Iterator[Json]:
    yield blocks.header(say(locale, "chat.home.recent"))
    if not page.recent:
        yield from blocks.paragraphs(say(locale, "chat.home.no_recent"), locale)
    for exchange in page.recent[:RECENT]:
        asked = f"  {format_date(locale, exchange.asked_at, timezone)}"
        question = blocks.text_element(label(exchange.text, QUESTION_SHOWN))
        yield blocks.rich_section([question, {**blocks.text_element(asked), "style": {"italic": True}}])
