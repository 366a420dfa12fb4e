"""What commands show. Pure: values in, a message out."""

from adapters.chat.help import help_text
from adapters.chat.text import Json
from adapters.teams import cards
from adapters.teams.render import Message, page
from core.chat import Actor
from core.locale import say

_WORDS = ("home", "page", "stop")
"""Command words that this platform has besides those of every chat."""


def help_page(actor: Actor, first: str = "") -> Message:
    """How to ask, the command words, and buttons that do what they say."""
    locale = actor.locale
    also = [(word, say(locale, f"teams.help.{word}")) for word in _WORDS]
    text = help_text(locale, first, also)
    return page(text, cards.paragraphs(text, locale), buttons(locale), locale=locale)


def welcome_page(actor: Actor) -> Message:
    """What we are, where several people read: nothing about anybody."""
    return help_page(actor, say(actor.locale, "teams.page.welcome"))


def buttons(locale: str) -> list[Json]:
    """What most people want to see next."""
    return [
        cards.button(say(locale, "chat.home.usage"), "home"),
        cards.button(say(locale, "chat.home.all_templates"), "templates", "0|"),
        cards.button(say(locale, "chat.connections.all"), "connections", "0"),
    ]
