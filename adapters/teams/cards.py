"""The elements that answers, dialogs and pages are made of: Adaptive Cards 1.5. Pure: values in, JSON out.

What comes from a database, a person or a model goes into text runs, which no client parses as markup, and so do our own
words: there is no TextBlock, where Markdown would be read.

A button sends `{"cq": <name>, "v": <value>}`; one that opens a dialog says so to Teams beside it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from adapters.chat.language import KOREAN, is_korean
from adapters.chat.text import Json, cut, filled, is_blank, label, pieces
from adapters.chat.text import code as visible
from adapters.teams import limits
from adapters.teams.activity import LANGUAGE, NAME, VALUE
from adapters.teams.escape import run_text
from core.ask.present.visible import lines
from core.locale import say

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
PIECES = 4
"""Text elements that a text is shown in; a longer one is cut, and that is said."""


def weight(made: object) -> int:
    """The bytes of JSON as Teams counts them: in UTF-16."""
    return len(json.dumps(made, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def within(body: Iterable[Json], most: int, locale: str) -> list[Json]:
    """The elements, or the first of them that fit into `most` bytes and a line that says that there were more."""
    made = list(body)
    if weight(made) <= most:
        return made
    said = note(say(locale, "chat.cut"))
    room = most - weight([said])
    kept: list[Json] = []
    for element in made:
        room -= weight(element) + weight(", ")
        if room < 0:
            break
        kept.append(element)
    return [*kept, said]


def card(body: Iterable[Json], actions: Sequence[Json] = ()) -> Json:
    """A whole card, as wide as the conversation."""
    made: Json = {
        "type": "AdaptiveCard",
        "$schema": SCHEMA,
        "version": limits.CARD_VERSION,
        "msteams": {"width": "full"},
        "body": list(body),
    }
    return made | {"actions": list(actions)} if actions else made


def run(text: str, *, bold: bool = False, subtle: bool = False) -> Json:
    """A piece of text that nothing parses, at most `limits.TEXT` characters."""
    made: Json = {"type": "TextRun", "text": filled(cut(run_text(text), limits.TEXT))}
    return made | ({"weight": "Bolder"} if bold else {}) | ({"isSubtle": True} if subtle else {})


def rich(runs: Sequence[Json], *, right: bool = False) -> Json:
    """A paragraph of such pieces."""
    made: Json = {"type": "RichTextBlock", "inlines": list(runs)}
    return made | {"horizontalAlignment": "Right"} if right else made


def text(said: str, *, bold: bool = False, subtle: bool = False, right: bool = False) -> Json:
    """A paragraph of one text, at most `limits.TEXT` characters."""
    return rich([run(said, bold=bold, subtle=subtle)], right=right)


def paragraphs(said: str, locale: str, *, bold: bool = False) -> Iterable[Json]:
    """A text of any length, in as many elements as it needs; one beyond `PIECES` is cut, and that is said."""
    shown = list(islice(pieces(lines(said), limits.TEXT), PIECES + 1))
    made = [text(piece, bold=bold) for piece in shown[:PIECES]]
    return made if len(shown) <= PIECES else [*made, note(say(locale, "chat.cut"))]


def header(said: str) -> Json:
    """A large line."""
    return rich([run(label(said, limits.HEADER), bold=True) | {"size": "Large"}])


def note(said: str) -> Json:
    """A small grey line."""
    return rich([run(said, subtle=True) | {"size": "Small"}])


def monospace(said: str) -> Json:
    """A text in a fixed width, at most `limits.CODE` characters."""
    shown = filled(cut(run_text(said), limits.CODE))
    return rich([{"type": "TextRun", "text": shown, "fontType": "Monospace"}])


def code(snippet: str, language: str = "Sql") -> Json:
    """A box of code, at most `limits.CODE` characters; a client that cannot draw it shows the same in a fixed width."""
    shown = filled(cut(visible(snippet), limits.CODE))
    return {"type": "CodeBlock", "codeSnippet": shown, "language": language, "fallback": monospace(shown)}


def facts(pairs: Sequence[tuple[str, str]]) -> Json:
    """Labels and values below each other."""
    shown = [rich([run(f"{name}: ", bold=True), run(value)]) for name, value in pairs[: limits.FACTS]]
    return container(shown)


def container(items: Sequence[Json], *, separator: bool = False, identity: str = "", folded: bool = False) -> Json:
    """Elements that belong together. `identity` names it for a client's switch (`toggle`), which shows what is
    `folded` at first."""
    made: Json = {"type": "Container", "items": list(items), "spacing": "Small"}
    made |= {"separator": True} if separator else {}
    made |= {"id": identity} if identity else {}
    return made | ({"isVisible": False} if folded else {})


def columns(*cells: Sequence[Json]) -> Json:
    """Elements beside each other, the first as wide as there is room."""
    made = [
        {"type": "Column", "width": "stretch" if number == 0 else "auto", "items": list(cell)}
        for number, cell in enumerate(cells)
    ]
    return {"type": "ColumnSet", "columns": made}


def action_set(actions: Sequence[Json]) -> Json:
    """A row of buttons."""
    return {"type": "ActionSet", "actions": list(actions)}


def button(title: str, name: str, value: str = "", *, opens: bool = False, style: str = "") -> Json:
    """A button that sends its name and a value; with `opens` Teams asks us for a dialog, which is shown at once."""
    data = _data(title, name, value) | ({"msteams": {"type": "task/fetch"}} if opens else {})
    made: Json = {"type": "Action.Submit", "title": label(title, limits.BUTTON_TEXT), "data": data}
    # What stands in the fields of a card would be sent with every button of it, and a missing one would stop it.
    made["associatedInputs"] = "none"
    return made | {"style": style} if style else made


def send(title: str, name: str, value: str = "", also: Mapping[str, str] | None = None) -> Json:
    """The button that sends a form with all its fields."""
    data = _data(title, name, value) | dict(also or {})
    return {"type": "Action.Submit", "title": label(title, limits.BUTTON_TEXT), "data": data}


def _data(title: str, name: str, value: str) -> Json:
    # What it does is told in the language that stands on it, whatever their client has.
    return {NAME: name, VALUE: value} | ({LANGUAGE: KOREAN} if is_korean(title) else {})


def link(title: str, url: str) -> Json:
    """A button that opens a page."""
    return {"type": "Action.OpenUrl", "title": label(title, limits.BUTTON_TEXT), "url": url}


def toggle(title: str, *identities: str) -> Json:
    """A button that shows or hides elements, in the client alone."""
    return {
        "type": "Action.ToggleVisibility",
        "title": label(title, limits.BUTTON_TEXT),
        "targetElements": list(identities),
    }


def field(
    identity: str, title: str, value: str = "", *, most: int = limits.INPUT, multiline: bool = False,
    secret: bool = False, required: bool = False, hint: str = "",
) -> Json:  # fmt: skip
    """A field for text, with what cannot be seen in its value spelled out. A `secret` one shows what is typed as dots,
    and never has a value to begin with."""
    made: Json = {
        "type": "Input.Text",
        "id": identity,
        "label": label(title, limits.TEXT),
        "isMultiline": multiline,
        "maxLength": most,
    }
    if secret:
        made["style"] = "Password"
    elif not is_blank(value):
        made["value"] = visible(value)
    return made | _needed(required, title) | ({"placeholder": label(hint, limits.TEXT)} if hint else {})


def number(identity: str, title: str, value: int | None = None, *, most: int | None = None) -> Json:
    """A field for a whole number from 0 on, which may stay empty."""
    made: Json = {"type": "Input.Number", "id": identity, "label": label(title, limits.TEXT), "min": 0}
    return made | ({} if value is None else {"value": value}) | ({} if most is None else {"max": most})


def choice(
    identity: str, title: str, options: Sequence[tuple[str, str]], chosen: str = "", *, required: bool = False
) -> Json:
    """A menu of (what people read, what is sent). What is sent twice is offered once."""
    offered = list({sent: shown for shown, sent in options}.items())
    made: Json = {
        "type": "Input.ChoiceSet",
        "id": identity,
        "label": label(title, limits.TEXT),
        "style": "compact",
        "choices": [{"title": label(shown, limits.CELL), "value": sent} for sent, shown in offered[: limits.CHOICES]],
    }
    return made | ({"value": chosen} if chosen else {}) | _needed(required, title)


def tick(identity: str, title: str, *, ticked: bool = False) -> Json:
    """A box to tick: it sends "true" or "false"."""
    return {
        "type": "Input.Toggle",
        "id": identity,
        "title": label(title, limits.TEXT),
        "value": "true" if ticked else "false",
        "valueOn": "true",
        "valueOff": "false",
        "wrap": True,
    }


def _needed(required: bool, title: str) -> Json:
    return {"isRequired": True, "errorMessage": label(title, limits.TEXT)} if required else {}
