"""What commands show. Pure: values in, a message out."""

from collections.abc import Iterable

from adapters.slack import blocks, limits
from adapters.slack.escape import Json, mrkdwn
from adapters.slack.render import Message
from core.chat import Actor
from core.locale import say

_COMMANDS = ("ask", "usage", "templates", "connections", "help")
_USAGE = ("help_mine", "help_csv")
_USAGE_OF_ALL = ("help_all", "help_of", "help_limits", "help_limit", "help_csv_of_all")


def usage_help(actor: Actor, *, manages: bool) -> Message:
    """What may follow `usage`; one that `manages` may say more."""
    names = (*_USAGE, *_USAGE_OF_ALL) if manages else _USAGE
    lines = [say(actor.locale, "slack.usage.how"), *(f"• {say(actor.locale, f'slack.usage.{name}')}" for name in names)]
    return _sentence("\n".join(lines), actor.locale)


def help_page(actor: Actor, first: str = "") -> Message:
    """How to ask, and the command words."""
    lines = [first or say(actor.locale, "slack.help.how")]
    lines += [f"• {name}: {say(actor.locale, f'slack.help.{name}')}" for name in _COMMANDS]
    return _sentence("\n".join(lines), actor.locale)


def _sentence(text: str, locale: str) -> Message:
    return _message(text, blocks.paragraphs(text, locale), locale)


def _message(text: str, shown: Iterable[Json], locale: str) -> Message:
    return Message(mrkdwn(text), blocks.within(tuple(shown), limits.MESSAGE_BLOCKS, locale))
