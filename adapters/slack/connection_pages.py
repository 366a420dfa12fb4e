"""Connections as a message: a page of the list, with what may be done with each. Pure.

The menu `cq_connection_menu` sends `<what>|<id>`; `cq_connections` shows a further page, `cq_add_connection` opens the
form for a new one.
"""

from collections.abc import Iterator, Sequence

from adapters.chat.connection_form import lines
from adapters.chat.text import Json, label
from adapters.slack import blocks
from adapters.slack.buttons import action_id
from adapters.slack.escape import mrkdwn
from adapters.slack.render import Message
from core.ask.present import connection_words
from core.chat import ConnectionView
from core.locale import format_number, say

PAGE = 12
"""Connections of a message: each takes three of its 50 blocks."""

_NAME = 200
_STATE = 500


def list_page(views: Sequence[ConnectionView], locale: str, *, start: int = 0, may_add: bool = False) -> Message:
    """The connections from `start` on, as many as fit, and how to see the rest."""
    heading = say(locale, "chat.connections.all")
    drawn = [blocks.header(heading)]
    shown = views[start : start + PAGE]
    if not shown:
        drawn += blocks.paragraphs(say(locale, "chat.home.no_connection"), locale)
    for number, view in enumerate(shown):
        drawn += _entry(view, locale, number)
    around = list(_around(len(views) - start - PAGE, start + PAGE, locale, may_add=may_add))
    if around:
        drawn.append(blocks.actions(around))
    return Message(mrkdwn(heading), tuple(drawn))


def detail_page(view: ConnectionView, locale: str, timezone: str) -> Message:
    """All that there is to one, but its password."""
    drawn = [blocks.rich_section([blocks.text_element(label(view.name, _NAME), bold=True)])]
    told = [f"{name}: {value}" for name, value in connection_words.details(view, locale, timezone)]
    drawn += blocks.paragraphs("\n".join(told), locale)
    return Message(mrkdwn(view.name), tuple(drawn))


def _entry(view: ConnectionView, locale: str, number: int) -> Iterator[Json]:
    mark = [blocks.emoji("warning")] if view.problem and view.is_enabled else []
    name = f"{' ' if mark else ''}{label(view.name, _NAME)}"
    yield blocks.rich_section([*mark, blocks.text_element(name, bold=True)])
    yield blocks.context(" · ".join(label(one, _STATE) for one in connection_words.about(view, locale)))
    yield blocks.actions([_menu(view, locale, number)])


def _menu(view: ConnectionView, locale: str, number: int) -> Json:
    """What may be done with it."""
    options = [blocks.option(say(locale, f"chat.connections.{what}"), f"{what}|{view.id}") for what in lines(view)]
    return blocks.select(say(locale, "chat.connections.more"), action_id("connection_menu", number), options)


def _around(left: int, next_start: int, locale: str, *, may_add: bool) -> Iterator[Json]:
    if left > 0:
        more = say(locale, "chat.templates.more", n=format_number(locale, left))
        yield blocks.button(more, action_id("connections"), str(next_start))
    if may_add:
        yield blocks.button(say(locale, "chat.connections.add"), action_id("add_connection"), "new")
