"""The bilingual dictionary of business words and the words that carry no meaning of their own."""

import tomllib
from functools import cache, lru_cache
from pathlib import Path

from core.lexicon import korean
from core.lexicon.english import stem


@cache
def _entries() -> dict[str, str]:
    data: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("dictionary.toml").read_text(encoding="utf-8")
    )
    return data["words"]


def _stopwords() -> frozenset[str]:
    data: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("dictionary.toml").read_text(encoding="utf-8")
    )
    return frozenset(word for line in data["stopwords"].values() for word in line.split())


STOPWORDS = _stopwords()
"""Words of both languages that name nothing in a database, in lower case."""


def _key(phrase: str) -> str:
    return phrase.lower() if korean.is_hangul(phrase) else " ".join(stem(part) for part in phrase.split())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Each word or phrase (English ones stemmed) and its translations (English ones as written)."""
    found: dict[str, list[str]] = {}
    for english, line in _entries().items():
        for word in line.split(","):
            hangul = word.strip()
            found.setdefault(_key(english), []).append(hangul)
            found.setdefault(hangul, []).append(english)
    return {word: tuple(dict.fromkeys(others)) for word, others in found.items()}


def translations(phrase: str) -> tuple[str, ...]:
    """The words of the other language for a word or short phrase, best first; empty when it is not in the dictionary.

    English may come in any number ("orders"), Korean without particles (고객, not 고객의).
    """
    return _table().get(_key(phrase), ())


@lru_cache(maxsize=16_384)
def compound(hangul: str) -> tuple[str, ...]:
    """The dictionary words a Korean compound is made of: 주문번호 is ("주문", "번호"); empty when it is none."""
    for cut in range(len(hangul) - 1, 0, -1):
        head, rest = hangul[:cut], hangul[cut:]
        if head not in _table():
            continue
        if rest in _table():
            return head, rest
        if tail := compound(rest):
            return head, *tail
    return ()
