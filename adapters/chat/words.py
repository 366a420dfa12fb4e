"""First words that are commands. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from adapters.chat import usage_words

_COMMAND_WORDS = {
    "ask": "ask", "usage": "usage", "templates": "templates", "connections": "connections",
    "schedules": "schedules", "help": "help",
    "질문": "ask", "사용량": "usage", "템플릿": "templates", "연결": "connections", "예약": "schedules",
    "도움말": "help",
}  # fmt: skip
"""First words that are commands: slash commands do not work in threads, and not every platform has them."""
_WITH_WORDS = frozenset({"ask", "templates"})
"""Those that something may follow: a question, what to look for."""


def command(text: str, also: Mapping[str, str] = MappingProxyType({})) -> tuple[str, str] | None:
    """A text that begins with a command word: the command and what follows. Only whole messages of one word,
    `ask …`, `templates …` and `usage` before its own words are commands: "usage of seats by month" is a question.

    `also`: further words of a platform, whole messages each.
    """
    first, rest = (*text.split(None, 1), "", "")[:2]
    name = {**_COMMAND_WORDS, **also}.get(first.lower().removeprefix("/").rstrip("?!.:"))
    if name is None or (rest and name not in _WITH_WORDS and not (name == "usage" and usage_words.parse(rest))):
        return None
    return name, rest.strip()
