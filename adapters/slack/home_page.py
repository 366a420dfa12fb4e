"""The Home tab: what a person has used, asked and may ask. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.slack import blocks, limits, sections
from adapters.slack.buttons import action_id
from adapters.slack.escape import Json, label
from core.chat import ConnectionChoice, Exchange, Reply
from core.locale import format_date, say
from core.saved import SavedTemplate

_RECENT = 10
"""Questions that are listed."""
_QUESTION = 150
"""Characters of a question in the list."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the Home tab shows. `templates` are somebody's favorites; `overview` is for administrators."""

    usage: Reply | None = None
    recent: tuple[Exchange, ...] = ()
    templates: tuple[SavedTemplate, ...] = ()
    connections: tuple[ConnectionChoice, ...] = ()
    overview: Reply | None = None
    has_page: bool = False
    """Whether it is known where the page is, so that there can be a link to it."""


def render_home(page: HomePage, locale: str, timezone: str = "UTC") -> Json:
    """The view for views.publish. Buttons `cq_template:<n>` send a question, the menu `cq_connection` a name."""
    shown = [
        *sections.connections(page.connections, locale),
        *sections.templates(page.templates, locale),
        *sections.use(say(locale, "slack.home.usage"), page.usage),
        *_recent(page, locale, timezone),
        *(_to_page(locale) if page.has_page else ()),
        *sections.use(say(locale, "slack.home.overview"), page.overview),
    ]
    return {"type": "home", "blocks": list(blocks.within(shown, limits.VIEW_BLOCKS, locale))}


def render_refusal(text: str, locale: str) -> Json:
    """The view of somebody who may not see any of it, and why."""
    return {"type": "home", "blocks": list(blocks.paragraphs(text, locale))}


def _to_page(locale: str) -> Iterator[Json]:
    yield blocks.header(say(locale, "slack.home.page"))
    yield blocks.actions([blocks.button(say(locale, "slack.home.sign_in"), action_id("sign_in"), "page")])


def _recent(page: HomePage, locale: str, timezone: str) -> Iterator[Json]:
    yield blocks.header(say(locale, "slack.home.recent"))
    if not page.recent:
        yield from blocks.paragraphs(say(locale, "slack.home.no_recent"), locale)
    for exchange in page.recent[:_RECENT]:
        asked = f"  {format_date(locale, exchange.asked_at, timezone)}"
        question = blocks.text_element(label(exchange.text, _QUESTION))
        yield blocks.rich_section([question, {**blocks.text_element(asked), "style": {"italic": True}}])
