"""What a person has and may use, as elements: on the home page, and as the answer to a command. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.chat.text import Json
from adapters.teams import cards, limits
from adapters.teams.buttons import rows, run_button
from adapters.teams.render import render
from core.chat import Chart, ConnectionChoice, Facts, Meters, Notice, Reply, Text
from core.locale import format_number, say
from core.saved import SavedTemplate

CONNECTION = "connection"
"""The button that chooses a database, and the menu it is chosen from."""


def connections(choices: Sequence[ConnectionChoice], locale: str) -> Iterator[Json]:
    """The databases a person may ask, in a menu; the button `connection` sends the id of the chosen one in the field
    of the same name."""
    yield cards.header(say(locale, "chat.home.connection"))
    offered = choices[: limits.CHOICES]
    if not offered:
        yield from cards.paragraphs(say(locale, "chat.home.no_connection"), locale)
        return
    options = [(f"{choice.name} ({choice.kind})", choice.id) for choice in offered]
    chosen = next((choice.id for choice in offered if choice.is_default), "")
    yield cards.choice(CONNECTION, say(locale, "chat.home.pick_connection"), options, chosen)
    yield cards.action_set([cards.send(say(locale, "chat.connections.default"), CONNECTION)])
    yield from _left_out(len(choices) - len(offered), locale)


def templates(saved: Sequence[SavedTemplate], locale: str) -> Iterator[Json]:
    """Favorite templates as buttons that ask them, and one that shows them all (`templates`)."""
    yield cards.header(say(locale, "chat.home.templates"))
    if not saved:
        yield from cards.paragraphs(say(locale, "chat.no_templates"), locale)
    offered = saved[: 2 * limits.BUTTONS - 1]
    all_of_them = cards.button(say(locale, "chat.home.all_templates"), "templates", "0|")
    yield from rows([*(run_button(one, one.name) for one in offered), all_of_them])


def use(heading: str, reply: Reply | None) -> Iterator[Json]:
    """Use, shortened to what a home page shows: what matters, limits, the trend as a line of text, figures."""
    if reply is None:
        return
    yield cards.header(heading)
    first = next((part for part in reply.parts if isinstance(part, Text)), None)
    if first is not None:
        yield from cards.paragraphs(first.text, reply.locale)
    for notice in (part for part in reply.parts if isinstance(part, Notice)):
        yield from cards.paragraphs(notice.text, reply.locale, bold=True)
    kept = tuple(part for part in reply.parts if isinstance(part, Meters | Chart | Facts))
    card = render(replace(reply, parts=kept), "simple", files=False).card
    yield from card["body"] if card else ()


def _left_out(number: int, locale: str) -> Iterator[Json]:
    if number:
        yield cards.note(say(locale, "chat.home.left_out", n=format_number(locale, number)))
