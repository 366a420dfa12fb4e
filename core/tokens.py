"""Tokens, counted offline. They decide what fits into a prompt, what is reserved and what it may cost.

The vocabulary is o200k_base, that of the gpt-4o family, from the `bpe-openai` package, which carries its tables. A
compatible server with another model counts a little differently; what was really used comes back with its answer.
"""

from functools import cache, lru_cache
from typing import Any

MESSAGE_OVERHEAD = 4
"""Tokens that a chat message costs beside its text: 3 that frame it and 1 for its role (OpenAI cookbook, "How to count
tokens with tiktoken", for the gpt-4o family)."""

REPLY_OVERHEAD = 3
"""Tokens that prime the answer, once a request (same source)."""

_SHORT = 240
"""Longest text, in characters, that is worth remembering: names and lines of a schema come again, prompts do not."""


@cache
def _encoding() -> Any:
    # Loading the tables takes longer than everything else at start, and a command that counts nothing needs none.
    from bpe_openai import get_encoding  # type: ignore[import-untyped]  # noqa: PLC0415 (it ships no types)

    return get_encoding("o200k_base")


@lru_cache(maxsize=65_536)
def _remembered(text: str) -> int:
    return len(_encoding().encode_ordinary(text))


def count(text: str) -> int:
    """Tokens of a text. What looks like one of a model's special tokens is counted, and meant, as plain text."""
    return _remembered(text) if len(text) <= _SHORT else len(_encoding().encode_ordinary(text))


def count_messages(*texts: str) -> int:
    """Tokens of a chat request with one message for each text, with everything the server adds around them."""
    return sum(count(text) + MESSAGE_OVERHEAD for text in texts) + REPLY_OVERHEAD


def cut(text: str, tokens: int) -> str:
    """The text when it has at most `tokens` tokens; otherwise its beginning and "…", together at most as many."""
    if count(text) <= tokens:
        return text
    if tokens < 1:
        return ""
    shortest, longest = 0, len(text)
    while shortest < longest:
        middle = (shortest + longest + 1) // 2
        if count(text[:middle].rstrip() + "…") <= tokens:
            shortest = middle
        else:
            longest = middle - 1
    return text[:shortest].rstrip() + "…"
