"""Connections as cards: a page of the list, and one of them with all that may be done with it. Pure.

A button `connection_menu` sends `<what>|<id>`; those that open a form are named after it, as in `connection_edit`.
`connections` shows a further page, `add_connection` opens the form for a new one.
"""

from collections.abc import Iterator, Sequence

from adapters.chat.connection_form import lines
from adapters.chat.text import Json, cut, label
from adapters.teams import cards, limits
from adapters.teams.render import Message, page
from core.ask.present import connection_words
from core.chat import ConnectionView
from core.locale import format_number, say

PAGE = 10
"""Connections of a card: as many as fit into a message with the longest names and states."""
FORMS = frozenset({"edit", "give", "take", "delete"})
"""What opens a dialog."""

_NAME = 200
_STATE = 500


def list_page(views: Sequence[ConnectionView], locale: str, *, start: int = 0, may_add: bool = False) -> Message:
    """The connections from `start` on, as many as fit, and how to see the rest."""
    heading = say(locale, "chat.connections.all")
    body = [cards.header(heading)]
    shown = views[start : start + PAGE]
    if not shown:
        body += cards.paragraphs(say(locale, "chat.home.no_connection"), locale)
    body += [_entry(view, locale) for view in shown]
    return page(heading, body, list(_around(len(views) - start - PAGE, start + PAGE, locale, may_add=may_add)),
                locale=locale)  # fmt: skip


def detail_page(view: ConnectionView, locale: str, timezone: str) -> Message:
    """All that there is to one but its password, and what may be done with it."""
    told = [(name, cut(value, limits.TEXT)) for name, value in connection_words.details(view, locale, timezone)]
    buttons = [_button(view, what, locale) for what in lines(view) if what != "show"]
    return page(label(view.name, _NAME), [cards.header(view.name), cards.facts(told)], buttons, locale=locale)


def _entry(view: ConnectionView, locale: str) -> Json:
    stands = " · ".join(label(one, _STATE) for one in connection_words.about(view, locale))
    offered = [what for what in lines(view) if what == "show" or (what == "default" and not view.is_default)]
    buttons = [_button(view, what, locale) for what in offered]
    return cards.container(
        [cards.text(label(view.name, _NAME), bold=True), cards.note(stands), cards.action_set(buttons)], separator=True
    )


def _button(view: ConnectionView, what: str, locale: str) -> Json:
    title = say(locale, f"chat.connections.{what}")
    if what in FORMS:
        return cards.button(title, f"connection_{what}", view.id, opens=True)
    return cards.button(title, "connection_menu", f"{what}|{view.id}")


def _around(left: int, next_start: int, locale: str, *, may_add: bool) -> Iterator[Json]:
    if left > 0:
        more = say(locale, "chat.templates.more", n=format_number(locale, left))
        yield cards.button(more, "connections", str(next_start))
    if may_add:
        yield cards.button(say(locale, "chat.connections.add"), "add_connection", opens=True)
