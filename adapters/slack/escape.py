"""Text from anywhere, made into what Slack shows as exactly that text.

Slack parses mrkdwn: `<!channel>` calls everybody, `<https://…|x>` links, `*x*` is bold, `:x:` is an emoji. It does not
parse plain_text, raw_text and the text elements of rich_text, so all blocks are made of those, and mrkdwn is left to
the one place that has nothing else: a message's top-level text. Everywhere a character that cannot be seen or that
turns text around is shown (`core.ask.present.visible`), and no text is empty: Slack refuses the whole message then.
"""

import re
from collections.abc import Iterator
from typing import Any

from adapters.slack.limits import MESSAGE_TEXT
from core.ask.present.visible import lines, one_line
from core.locale.format import NULL

Json = dict[str, Any]
"""A JSON object as Slack takes it."""

_BLANK = re.compile(r"[\s\u200c\u200d\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f]*")
"""White space, joiners, fillers: a text of nothing else counts as empty."""

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""The three characters that Slack's own escapes are for (docs.slack.dev/messaging/formatting-message-text)."""

# For the characters that format there is no escape: signs of the same look stand in for them. An underscore inside a
# word formats nothing, so that customer_id stays as it is; a zero-width space would not help, it ends a word.
_LOOKALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_FORMATTING = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
_QUOTE = re.compile(r"^([^\S\n]*)>", re.MULTILINE)
_EMOJI_OR_LINK = re.compile(r":(?=//|\S*:)")
_LINK = re.compile(r":(?=//)")
_FENCE = re.compile(r"`{3,}")
_RATIO = "∶"
_BROKEN_END = re.compile(r"(?:&\w*|_)…\Z")
"""What a cut can leave: half of an escape, or an underscore that no longer is inside a word."""


def size(text: str) -> int:
    """The length of a text in UTF-16 units: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _start(text: str, most: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")


def cut(text: str, most: int) -> str:
    """`text`, or its start with "…" at its end, at most `most` long by `size`."""
    return text if size(text) <= most else _start(text, most - 1) + "…"


def pieces(text: str, most: int) -> Iterator[str]:
    """`text` in pieces of at most `most` each, cut at the end of a line where there is one."""
    while size(text) > most:
        start = _start(text, most)
        end = start.rfind("\n") + 1 or len(start)
        yield text[:end]
        text = text[end:]
    yield text


def is_blank(text: str) -> bool:
    """True when there is nothing to see in `text`."""
    return _BLANK.fullmatch(text) is not None


def filled(text: str) -> str:
    """`text`, or a dash when it is blank."""
    return NULL if is_blank(text) else text


def travels(text: str) -> bool:
    """True when `text` comes back from Slack as it was sent in the value of a button or an option."""
    return not is_blank(text) and one_line(text) == text


def label(text: str, most: int) -> str:
    """`text` on one line, visible, cut, never empty: for cells, buttons, captions and titles."""
    return filled(cut(one_line(text[: most + 1]), most))


def code(text: str) -> str:
    """SQL as it is, tabs and line ends kept, what cannot be seen shown."""
    return "\t".join(lines(part) for part in text.split("\t"))


def plain_text(text: str, most: int) -> Json:
    """A plain_text object of one line. `emoji` is off: a cell `:tada:` is shown as those letters."""
    return {"type": "plain_text", "text": label(text, most), "emoji": False}


def mrkdwn(text: str, most: int = MESSAGE_TEXT) -> str:
    """`text` for a message's top-level text, where Slack parses mrkdwn."""
    shown = _QUOTE.sub(r"\1›", lines(text[: 2 * most + 2]))
    shown = _EMOJI_OR_LINK.sub(_RATIO, shown)
    shown = _FORMATTING.sub(lambda found: found.group().translate(_LOOKALIKES), shown)
    return _escaped(filled(shown), most)


def fenced(text: str, most: int = MESSAGE_TEXT) -> str:
    """`text` as a block of code in mrkdwn, which keeps columns under each other: for a message without blocks."""
    shown = _FENCE.sub(lambda found: found.group().translate(_LOOKALIKES), lines(text[: 2 * most + 2]))
    shown = _LINK.sub(_RATIO, shown)
    return f"```\n{_escaped(filled(shown), most - 8)}\n```"


def _escaped(text: str, most: int) -> str:
    return _BROKEN_END.sub("…", cut(text.translate(_ENTITIES), most))
