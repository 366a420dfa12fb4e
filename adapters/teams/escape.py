"""Text from anywhere, made into what Teams shows as exactly that text.

A message's own text is sent as Markdown, the one format in which "[1]" becomes a citation (bot-messages-ai-generated-
content shows it in no other). Teams makes HTML of it, and its clients make links of what looks like an address. Which
Markdown it knows is only listed roughly (format-your-bot-messages), and an underscore inside a word has been seen to
make text slanted. So nothing is left to a parser: signs of the same look stand in for the characters that format, as in
Slack, and a word joiner, which nobody sees, parts those that mean something together only: `[` and `1]`, `:` and `//`,
`shop` and `.com`. A line that does not begin with a letter begins with one, so that it is no list, heading or quote.

Cards are made of text runs and code boxes, which parse nothing, but for moments: see `run_text`.
"""

import re

from adapters.chat.text import cut, filled
from adapters.teams.limits import MESSAGE_TEXT
from core.ask.present.visible import lines

JOINER = "\u2060"
"""The word joiner: no width, no break, no space. Whoever sends us one has it shown as its number."""

_TEMPLATE = re.compile(r"\{(?=\{)|(?<=\{)\{")
"""`{{DATE(…)}}` is worked out by the client that draws a card."""

_LOOKALIKES = str.maketrans({"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"})
_EMPTY_LINES = re.compile(r"\n\s*\n")
_TOGETHER = re.compile(r"[\[\]\\]|:(?=//)|(?<=\w)\.(?=[^\W\d_])")
"""Brackets, a backslash, and what makes an address of the words around it."""
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BROKEN_END = re.compile(rf"(?:&\w*|[\[\]\\]|\s+{JOINER}?)…\Z")
"""What a cut can leave: half of an entity, a bracket without its joiner, a line of nothing."""

_FENCE = re.compile(r"`{3,}")
_IN_CODE = re.compile(r"<|&(?=[#\w])|:(?=//)")
"""In a block of code entities stay as they are: tags and entities of its text are parted instead."""


def run_text(text: str) -> str:
    """`text` for a text run of a card, which parses nothing but the moments between two braces."""
    return _TEMPLATE.sub("{" + JOINER, lines(text))


def markdown(text: str, most: int = MESSAGE_TEXT) -> str:
    """`text` for a message's own text, each of its lines a paragraph: Markdown joins lines that follow each other."""
    begin = _EMPTY_LINES.sub("\n", text.strip("\n"))[: 2 * most + 2]
    shown = filled(lines(begin)).translate(_LOOKALIKES)
    shown = _TOGETHER.sub(lambda found: found.group() + JOINER, shown).translate(_ENTITIES)
    paragraphs = [_begun(line) for line in shown.split("\n") if line.strip()]
    return _BROKEN_END.sub("…", cut("\n\n".join(paragraphs), most))


def fenced(text: str, most: int = MESSAGE_TEXT) -> str:
    """`text` as a block of code, which keeps columns under each other: for a message without a card."""
    shown = _FENCE.sub(lambda found: found.group().translate(_LOOKALIKES), lines(text[: 2 * most + 2]))
    shown = _IN_CODE.sub(lambda found: found.group() + JOINER, shown)
    return f"```\n{cut(filled(shown), most - 8)}\n```"


def _begun(line: str) -> str:
    return line if line[0].isalpha() else JOINER + line
