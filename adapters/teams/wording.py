"""What a message's own text says of a reply, within the text's size. Pure."""

from adapters.chat.parts import is_heading, plain_words
from adapters.chat.text import is_blank, label, size
from adapters.teams import limits
from adapters.teams.escape import fenced, markdown
from core.chat import Choices, Meters, Notice, Part, Reply, Sql, Table, Text
from core.locale import say


def words(reply: Reply) -> str:
    """What the message's text says: the sentences, what we ask back, and what went wrong and what to do then."""
    told = [said for index, part in enumerate(reply.parts) if not is_blank(said := _said(reply, part, index))]
    # A reply of a table alone still needs a text: what its plain twin begins with.
    return "\n".join(told) or next(line for line in plain_words(reply).split("\n") if not is_blank(line))


def _said(reply: Reply, part: Part, index: int) -> str:
    match part:
        case Text() if not is_heading(reply, index):
            return part.text
        case Notice():
            return f"{part.text}\n{part.hint}"
        case Choices():
            return part.prompt
    return ""


def shortened(words: str, locale: str, mark: str = "") -> str:
    """The words within the size of a message's text; when they are cut, that is said."""
    room = limits.MESSAGE_TEXT - size(mark)
    text = markdown(words, room)
    if text == markdown(words, 2 * limits.MESSAGE_TEXT):
        return text + mark
    note = f"\n\n{say(locale, 'chat.cut')}"
    return markdown(words, room - size(note)) + mark + note


def plain_text(reply: Reply) -> str:
    """The reply's plain twin, whose columns stay under each other."""
    words = plain_words(reply)
    if not any(isinstance(part, Table | Sql | Meters) for part in reply.parts):
        return shortened(words, reply.locale)
    text = fenced(words)
    if text == fenced(words, 2 * limits.MESSAGE_TEXT):
        return text
    note = f"\n\n{say(reply.locale, 'chat.cut')}"
    return fenced(words, limits.MESSAGE_TEXT - size(note)) + note


def start(text: str) -> str:
    """The start of a text on one line, for a notification."""
    return label(" ".join(text.split()), limits.SUMMARY)
