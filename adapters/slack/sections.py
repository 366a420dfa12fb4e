"""What a person has and may use, as blocks: on the Home tab, and as the answer to a command. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.chat.text import Json
from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id
from adapters.slack.render import render
from adapters.slack.template_pages import run_button
from core.chat import Chart, ConnectionChoice, Facts, Meters, Notice, Reply, Text
from core.locale import format_number, say
from core.saved import SavedTemplate


def connections(choices: Sequence[ConnectionChoice], locale: str) -> Iterator[Json]:
    """The databases a person may ask, in a menu that chooses one: `cq_connection` sends its id."""
    yield blocks.header(say(locale, "chat.home.connection"))
    offered = choices[: limits.OPTIONS]
    if not offered:
        yield from blocks.paragraphs(say(locale, "chat.home.no_connection"), locale)
        return
    options = [blocks.option(f"{choice.name} ({choice.kind})", choice.id) for choice in offered]
    chosen = next((option for option, choice in zip(options, offered, strict=True) if choice.is_default), None)
    placeholder = say(locale, "chat.home.pick_connection")
    yield blocks.actions([blocks.select(placeholder, action_id("connection"), options, chosen)])
    yield from _left_out(len(choices) - len(offered), locale)


def templates(saved: Sequence[SavedTemplate], locale: str) -> Iterator[Json]:
    """Favorite templates as buttons that ask them, and one that shows them all (`cq_templates`)."""
    yield blocks.header(say(locale, "chat.home.templates"))
    if not saved:
        yield from blocks.paragraphs(say(locale, "chat.no_templates"), locale)
    offered = saved[: limits.ACTIONS - 1]
    all_of_them = blocks.button(say(locale, "chat.home.all_templates"), action_id("templates"), "0|")
    yield blocks.actions([*(run_button(one, one.name, n) for n, one in enumerate(offered)), all_of_them])


def use(heading: str, reply: Reply | None) -> Iterator[Json]:
    """Use, shortened to what a Home tab shows: what matters, limits, the trend as a line of text, figures."""
    if reply is None:
        return
    yield blocks.header(heading)
    first = next((part for part in reply.parts if isinstance(part, Text)), None)
    kept = (part for part in reply.parts if part is first or isinstance(part, Notice | Meters | Chart | Facts))
    yield from render(replace(reply, parts=tuple(kept)), "simple", files=False).blocks


def _left_out(number: int, locale: str) -> Iterator[Json]:
    if number:
        yield blocks.context(say(locale, "chat.home.left_out", n=format_number(locale, number)))
