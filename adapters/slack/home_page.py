"""The Home tab: what a person has used, asked and may ask. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from adapters.slack import blocks, limits, sections
from adapters.slack.escape import Json, label
from core.chat import ConnectionChoice, Exchange, UsageWindow
from core.locale import format_date, say

_RECENT = 10
"""Questions that are listed."""
_QUESTION = 150
"""Characters of a question in the list."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """What the Home tab shows. `templates` are questions whose SQL is known; `overview` is for administrators."""

    windows: tuple[UsageWindow, ...] = ()
    recent: tuple[Exchange, ...] = ()
    templates: tuple[str, ...] = ()
    connections: tuple[ConnectionChoice, ...] = ()
    overview: tuple[str, ...] = ()


def render_home(page: HomePage, locale: str, timezone: str = "UTC") -> Json:
    """The view for views.publish. Buttons `cq_template:<n>` send a question, the menu `cq_connection` a name."""
    shown = [
        *sections.connections(page.connections, locale),
        *sections.templates(page.templates, locale),
        *sections.usage(page.windows, locale, timezone),
        *_recent(page, locale, timezone),
        *_overview(page, locale),
    ]
    return {"type": "home", "blocks": list(blocks.within(shown, limits.VIEW_BLOCKS, locale))}


def _recent(page: HomePage, locale: str, timezone: str) -> Iterator[Json]:
    yield blocks.header(say(locale, "slack.home.recent"))
    if not page.recent:
        yield from blocks.paragraphs(say(locale, "slack.home.no_recent"), locale)
    for exchange in page.recent[:_RECENT]:
        asked = f"  {format_date(locale, exchange.asked_at, timezone)}"
        question = blocks.text_element(label(exchange.text, _QUESTION))
        yield blocks.rich_section([question, {**blocks.text_element(asked), "style": {"italic": True}}])


def _overview(page: HomePage, locale: str) -> Iterator[Json]:
    if not page.overview:
        return
    yield blocks.header(say(locale, "slack.home.overview"))
    yield from blocks.paragraphs("\n".join(label(line, limits.TEXT) for line in page.overview), locale)
