"""The grammar words, ready for looking up."""

import tomllib
from functools import cache
from pathlib import Path

from core.lexicon import words


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = tomllib.loads(
        Path(__file__).with_name("grammar.toml").read_text(encoding="utf-8")
    )
    return data


@cache
def english() -> dict[tuple[str, ...], str]:
    """English phrases, as lower-case words, and their roles. Of a phrase in two roles the first keeps it."""
    found: dict[tuple[str, ...], str] = {}
    for role, phrases in _data()["english"].items():
        for phrase in phrases:
            found.setdefault(tuple(word.text.lower() for word in words(phrase)), role)
    return found


@cache
def korean() -> dict[str, str]:
    """Korean phrases without their spaces, and their roles. Of a phrase in two roles the first keeps it."""
    found: dict[str, str] = {}
    for role, phrases in _data()["korean"].items():
        for phrase in phrases:
            found.setdefault(phrase.replace(" ", ""), role)
    return found
