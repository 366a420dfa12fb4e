"""The bilingual dictionary of business words and the words that carry no meaning of their own."""

import tomllib
from functools import cache, lru_cache
from pathlib import Path

from core.lexicon import korean
from core.lexicon.english import stem


@cache
def _section(name: str) -> dict[str, str]:
    data: dict[str, dict[str, str]] = tomllib.loads(
        Path(__file__).with_name("dictionary.toml").read_text(encoding="utf-8")
    )
    return data[name]


STOPWORDS = frozenset(word for line in _section("stopwords").values() for word in line.split())
"""Words of both languages that name nothing in a database, in lower case."""


def _key(phrase: str) -> str:
    return phrase.lower() if korean.is_hangul(phrase) else " ".join(stem(part) for part in phrase.split())


@cache
def _table() -> dict[str, tuple[str, ...]]:
    """Each word or phrase (English ones stemmed) and its translations (English ones as written)."""
    found: dict[str, list[str]] = {}
    for english, line in _section("words").items():
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


def written_out(short: str) -> tuple[str, ...]:
    """The English words or phrases a short form in a name may stand for, likeliest first: qty is ("quantity",)."""
    line = _section("abbreviations").get(short.lower(), "")
    return tuple(word.strip() for word in line.split(",")) if line else ()


_SHORTEST = 5
"""Letters of the shortest name that is taken apart."""
_SURE = 4
"""Letters of one of the words at least, unless a short form ends the name: carpet is not a car and a pet."""


@lru_cache(maxsize=65_536)
def taken_apart(name: str) -> tuple[str, ...]:
    """The words of a lower-case name written together: custname is ("cust", "name"); empty when it is one word.

    Every letter has to belong to a word of the dictionary or to a short form, and the fewest words win.
    """
    if len(name) < _SHORTEST or not (name.isascii() and name.isalpha()) or _is_word(name) or written_out(name):
        return ()
    best: list[tuple[str, ...]] = [() for _ in range(len(name) + 1)]
    for end in range(2, len(name) + 1):
        for start in range(end - 1):
            piece = name[start:end]
            if (start == 0 or best[start]) and (
                _is_word(piece) or _is_short(piece, outer=start == 0 or end == len(name))
            ):
                found = (*best[start], piece)
                if not best[end] or len(found) < len(best[end]):
                    best[end] = found
    found = best[len(name)]
    sure = any(len(piece) >= _SURE for piece in found) or (bool(found) and bool(written_out(found[-1])))
    return found if len(found) > 1 and sure else ()


def _is_word(piece: str) -> bool:
    return len(piece) > 2 and _key(piece) in _table()


def _is_short(piece: str, *, outer: bool) -> bool:
    """Two letters are a short form only where a name begins or ends, as fx and dt do: elsewhere any word has them."""
    return len(piece) > (1 if outer else 2) and bool(written_out(piece))
