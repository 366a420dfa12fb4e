"""The blocks that answers, modals and the Home tab are made of. Pure: values in, JSON out."""

from collections.abc import Iterator, Sequence
from itertools import islice

from adapters.chat.text import Json, filled, label, pieces
from adapters.slack import limits
from adapters.slack.escape import plain_text
from core.ask.present.visible import lines
from core.locale import say

PIECES = 4
"""Blocks of 3,000 characters that a text is shown in; a longer one is cut, and that is said. Ours: Slack names no
limit for a whole message, and refuses one somewhere above it."""


def text_element(text: str, bold: bool = False) -> Json:
    """A piece of rich text: Slack never parses it."""
    element: Json = {"type": "text", "text": filled(text)}
    return element | {"style": {"bold": True}} if bold else element


def rich_section(elements: Sequence[Json]) -> Json:
    """A paragraph of rich text."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def emoji(name: str) -> Json:
    """An emoji in a paragraph of rich text."""
    return {"type": "emoji", "name": name}


def paragraphs(text: str, locale: str, bold: bool = False, lead: Json | None = None) -> Iterator[Json]:
    """A text of any length. `lead` goes before it on its first line."""
    shown = list(islice(pieces(lines(text), limits.TEXT), PIECES + 1))
    for index, piece in enumerate(shown[:PIECES]):
        text_of_piece = text_element(piece, bold)
        yield rich_section([lead, text_of_piece] if lead and index == 0 else [text_of_piece])
    if len(shown) > PIECES:
        yield context(say(locale, "chat.cut"))


def preformatted(text: str) -> Json:
    """A text in a fixed-width box, at most 3,000 characters."""
    box = {"type": "rich_text_preformatted", "elements": [text_element(text)]}
    return {"type": "rich_text", "elements": [box]}


def header(text: str) -> Json:
    """A large line."""
    return {"type": "header", "text": plain_text(text, limits.HEADER)}


def context(text: str) -> Json:
    """A small grey line."""
    return {"type": "context", "elements": [plain_text(text, limits.TEXT)]}


def actions(elements: Sequence[Json]) -> Json:
    """A row of buttons or menus, at most 25."""
    return {"type": "actions", "elements": list(elements)}


def button(text: str, action_id: str, value: str, style: str | None = None) -> Json:
    """A button. `style` is primary, danger or None."""
    made: Json = {
        "type": "button",
        "text": plain_text(text, limits.BUTTON_TEXT),
        "action_id": action_id,
        "value": value,
    }
    return made | {"style": style} if style else made


def option(text: str, value: str) -> Json:
    """One line of a menu. `value` has at most 150 characters."""
    return {"text": plain_text(text, limits.OPTION_TEXT), "value": value}


def select(placeholder: str, action_id: str, options: Sequence[Json], chosen: Json | None = None) -> Json:
    """A menu of 1 to 100 options, one of which can be chosen already."""
    made: Json = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(placeholder, limits.PLACEHOLDER),
        "options": list(options),
    }
    return made | {"initial_option": chosen} if chosen else made


def title(text: str) -> Json:
    """The title of a modal, or the text of one of its two buttons."""
    return plain_text(text, limits.VIEW_TITLE)


def raw_text(text: str) -> Json:
    """A cell of a table, as text."""
    return {"type": "raw_text", "text": label(text, limits.CELL)}


def within(blocks: Sequence[Json], most: int, locale: str) -> tuple[Json, ...]:
    """The blocks, or the first of them and a line that says that there were more."""
    if len(blocks) <= most:
        return tuple(blocks)
    return (*blocks[: most - 1], context(say(locale, "chat.cut")))
