"""What commands show. Pure: values in, a message out."""

from collections.abc import Iterable

from adapters.chat.help import help_text
from adapters.chat.text import Json
from adapters.chat.usage import help_words
from adapters.slack import blocks, limits
from adapters.slack.escape import mrkdwn
from adapters.slack.render import Message
from core.chat import Actor


def usage_help(actor: Actor, *, manages: bool) -> Message:
    """What may follow `usage`; one that `manages` may say more."""
    return _sentence(help_words(actor.locale, manages=manages), actor.locale)


def help_page(actor: Actor, first: str = "") -> Message:
    """How to ask, and the command words."""
    return _sentence(help_text(actor.locale, first), actor.locale)


def _sentence(text: str, locale: str) -> Message:
    return _message(text, blocks.paragraphs(text, locale), locale)


def _message(text: str, shown: Iterable[Json], locale: str) -> Message:
    return Message(mrkdwn(text), blocks.within(tuple(shown), limits.MESSAGE_BLOCKS, locale))
