"""What the renderers of the chat doors need to know of a reply's parts. Pure."""

from adapters.chat.text import is_blank
from core.chat import Actions, Reply, Table
from core.locale import say


def is_heading(reply: Reply, index: int) -> bool:
    """A text right before a table, after what the reply begins with, is what the table is called."""
    return index > 0 and index + 1 < len(reply.parts) and isinstance(reply.parts[index + 1], Table)


def offers(reply: Reply, name: str) -> bool:
    """True when there is a button of that name (`core.chat.Action.name`)."""
    return any(item.name == name for part in reply.parts if isinstance(part, Actions) for item in part.items)


def plain_words(reply: Reply) -> str:
    """The reply's plain twin, never blank."""
    return say(reply.locale, "present.plain.nothing") if is_blank(reply.plain) else reply.plain
