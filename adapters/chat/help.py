"""How to ask, and what the command words do."""

from collections.abc import Iterable

from core.locale import say

WORDS = ("ask", "usage", "templates", "connections", "schedules", "help")
"""Command words of every chat, in the order in which they are told."""


def help_text(locale: str, first: str = "", also: Iterable[tuple[str, str]] = ()) -> str:
    """The text, a line a word. `first`: how to ask, where it is not `chat.help.how`; `also`: words of a platform and
    what they do.
    """
    told = [(word, say(locale, f"chat.help.{word}")) for word in WORDS]
    lines = [
        first or say(locale, "chat.help.how"),
        *(f"• {word}: {does}" for word, does in (*told[:-1], *also, told[-1])),
    ]
    return "\n".join(lines)
