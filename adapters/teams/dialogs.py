"""Dialogs: what Teams asks us to show when a button opens one, and what it is answered when its form is sent. Pure.

A form's button sends its name and value and all fields by their ids. What is refused comes back as the same form,
filled in again, with what was wrong above it (`form(…, wrong=…)`).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from adapters.chat.text import Json, label
from adapters.teams import cards, limits
from adapters.teams.activity import SENT
from adapters.teams.door import Door
from adapters.teams.entities import CARD
from adapters.teams.escape import markdown
from adapters.teams.press import Press
from adapters.teams.render import Message
from core.locale import say

Height = Literal["small", "medium", "large"]


@dataclass(frozen=True, slots=True)
class Dialog:
    """A card of its own over the conversation, with a form or something to read."""

    title: str
    card: Json
    height: Height = "medium"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that the dialog shows instead; it can be closed."""

    text: str


Open = Callable[[Door, Press], Awaitable[Dialog | Told]]
"""What a button opens. Refusals (`ColloqueryError`) are shown as `Told` by the dispatcher."""

Work = Callable[[Door, Press], Awaitable[Dialog | Told | None]]
"""What a form that was sent does; None closes it. A form with something wrong is returned again, filled in."""


def form(  # noqa: PLR0917 (what a form is made of)
    title: str,
    name: str,
    value: str,
    body: Sequence[Json],
    submit: str,
    locale: str,
    wrong: str = "",
    *,
    height: Height = "medium",
) -> Dialog:
    """A form: its fields, and the button that sends them as `name` with `value`. `wrong`: what is wrong with them."""
    above = (
        [cards.container(list(cards.paragraphs(wrong, locale, bold=True))) | {"style": "attention"}] if wrong else []
    )
    return Dialog(title, cards.card([*above, *body], [cards.send(submit, name, value, {SENT: "1"})]), height)


def told(text: str, locale: str) -> Dialog:
    """A dialog that says something."""
    return Dialog(say(locale, "teams.page.title"), cards.card(cards.paragraphs(text, locale)), "small")


def shown(dialog: Dialog) -> Json:
    """What Teams is answered so that it shows a dialog, or puts it in the place of the one that is shown."""
    return {
        "task": {
            "type": "continue",
            "value": {
                "title": label(dialog.title, limits.TITLE),
                "height": dialog.height,
                "width": "medium",
                "card": {"contentType": CARD, "content": dialog.card},
            },
        }
    }


def as_message(dialog: Dialog) -> Message:
    """The same as a message: where no dialog can be opened, or not in time. Its form works there, too."""
    card = {**dialog.card, "body": [cards.header(dialog.title), *dialog.card["body"]]}
    return Message(markdown(dialog.title), card, summary=dialog.title)
