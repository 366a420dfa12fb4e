"""Text from anywhere, made into what Slack shows as exactly that text.

Slack parses mrkdwn: `<!channel>` calls everybody, `<https://…|x>` links, `*x*` is bold, `:x:` is an emoji. It does not
parse plain_text, raw_text and the text elements of rich_text, so all blocks are made of those, and mrkdwn is left to
the one place that has nothing else: a message's top-level text. Everywhere a character that cannot be seen or that
turns text around is shown (`core.ask.present.visible`), and no text is empty: Slack refuses the whole message then.
"""

import re

from adapters.chat.text import Json, cut, filled, label
from adapters.slack.limits import MESSAGE_TEXT
from core.ask.present.visible import lines

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
