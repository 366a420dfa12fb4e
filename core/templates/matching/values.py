"""What a question says for a placeholder, read by the placeholder's kind."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from core.lexicon.identifiers import split_identifier
from core.lexicon.korean import is_hangul
from core.lexicon.numbers import FIGURES, english_number
from core.templates.matching import vocabulary
from core.templates.matching.counting import NATIVE, figure, sino, unit_after
from core.templates.matching.lexemes import Lexeme, lower, normal
from core.templates.matching.times import day_of, times

_MOST_WORDS = 5
"""Words of a text that is not quoted: longer than the names of people, places and goods are."""
_INSIDE_NAMES = frozenset("of the de la van von der del al bin".split())  # noqa: SIM905
_NO_NAME = re.compile(r"[,;:?!\n(){}\[\]]")
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|「([^」]+)」|『([^』]+)』|(?<!\w)'([^']+)'(?!\w)")
_OF_TIME = frozenset("date day days week month quarter year period when since until from to".split())  # noqa: SIM905
_KOREAN_OF_TIME = ("월", "날짜", "일자", "연도", "년도", "년", "기간", "분기", "주", "달", "시기", "날", "요일")


def number_in(text: str) -> str | None:
    """A number as people write it, in plain figures: "1,000", 천, "ten", 50만원; None when it is none.

    Counters are taken along; a unit that says more, as % or 일, makes it something else.
    """
    low = lower(normal(text)).strip().removeprefix("₩").strip()
    minus = low.startswith("-")
    low = low.removeprefix("-").removeprefix("+")
    figures = FIGURES.match(low)
    if figures is None:
        number = english_number(low) if low.isascii() else NATIVE.get(low) or sino(low)
        value = None if number is None else str(number)
    else:
        rest = low[figures.end() :].strip()
        if rest and ((unit := unit_after(rest)) is None or unit.name or unit.rest):
            return None
        value = figure(figures)
    return None if value is None else "-" * minus + value


def day_in(text: str, today: date) -> str | None:
    """A calendar day as ISO 8601: "March 5, 2026", 3월 5일, yesterday; None when it is none."""
    low = lower(normal(text)).strip()
    found = times(low)
    day = day_of(found[0], today) if len(found) == 1 and low[: found[0].start] + low[found[0].end :] == "" else None
    return day.isoformat() if day else None


def key_of(text: str) -> str:
    """What two writings of one value have in common."""
    return " ".join(lower(normal(text)).split())


def choice_in(text: str, values: Sequence[str]) -> str | None:
    """The known value that this text is, whatever its case and width; None when it is none."""
    wanted = key_of(unquoted(text))
    return next((value for value in values if key_of(value) == wanted), None)


def choices_in(low: str, keys: Sequence[tuple[str, str]]) -> Iterator[tuple[int, int, str]]:
    """Where known values stand in a text in lower case: start, end, value. `keys`: (`key_of` the value, value)."""
    for key, value in keys:
        start = low.find(key) if key else -1
        while start >= 0:
            end = start + len(key)
            if not _goes_on(low, start - 1, start) and not (_goes_on(low, end - 1, end) and not is_hangul(low[end])):
                yield start, end, value
            start = low.find(key, end)


def _goes_on(low: str, at: int, after: int) -> bool:
    """Whether the letters at two places that follow each other are of one word."""
    if at < 0 or after >= len(low) or not (low[at].isalnum() and low[after].isalnum()):
        return False
    return is_hangul(low[at]) == is_hangul(low[after])


def quoted_in(text: str) -> Iterator[tuple[int, int, str]]:
    """What stands in quotes: start and end with the quotes, and the text between them."""
    for match in _QUOTED.finditer(text):
        yield *match.span(), next(filter(None, match.groups()))


def unquoted(text: str) -> str:
    """The text without quotes around all of it."""
    whole = _QUOTED.fullmatch(text.strip())
    return next(filter(None, whole.groups())) if whole else text.strip()


def is_of_time(name: str) -> bool:
    """Whether a placeholder's name says that it is a time: {month}, {기준월}."""
    return bool(_OF_TIME & set(split_identifier(name))) or name.endswith(_KOREAN_OF_TIME)


def is_value(text: str, lexemes: Sequence[Lexeme], name: str, *, in_title_case: bool = False) -> bool:
    """Whether words that nobody quoted can be the value of a text placeholder of this name.

    A name of something, not more of the question: no operator, no time (unless the name asks for one), none of the
    vocabulary's words. Words that limit (new, online) may be part of what is written in capitals, unless all is.
    """
    if not lexemes or _NO_NAME.search(text):
        return False
    if is_code(text):
        return not is_of_time(name)
    if is_of_time(name):
        return len(lexemes) <= 2 and all(one.kind in ("time", "number") for one in lexemes)
    words = sum(one.kind in ("word", "number", "operator") for one in lexemes)
    if not 0 < words <= _MOST_WORDS or lexemes[0].kind == "filler" or lexemes[-1].kind == "filler":
        return False
    if any(is_hangul(eojeol) and eojeol in vocabulary.qualifiers() for eojeol in text.split()):
        return False
    is_name = not in_title_case and is_written_as_name(text) and not is_hangul(text)
    if any(is_hangul(one.surface) and (one.is_verb or (one.particles and one is not lexemes[-1])) for one in lexemes):
        return False
    return all(_may_be_part(one, lexemes[at - 1] if at else None, is_name) for at, one in enumerate(lexemes))


def _may_be_part(lexeme: Lexeme, before: Lexeme | None, is_name: bool) -> bool:
    match lexeme.kind:
        case "word":
            limits = lexeme.surface in vocabulary.qualifiers()
            return (is_name and limits) or not (lexeme.is_known or lexeme.bound or limits)
        case "operator":
            ends_name = before is not None and before.end == lexeme.start and not before.is_known
            return is_name or (ends_name and lexeme.surface == "수")  # 김철수 is no number of 김철
        case "filler":
            return lexeme.surface in _INSIDE_NAMES
        case "number":
            return True
        case _:
            return False


_CODE = re.compile(r"(?=[^\W_]*[\w./#-]*\d)(?=[\w./#-]*[^\W\d_])[\w./#-]+")


def is_code(text: str) -> bool:
    """Whether it is one string of letters and figures, as A-1029."""
    return _CODE.fullmatch(text) is not None and not any(is_hangul(sign) for sign in text)


def is_written_as_name(text: str) -> bool:
    """Whether every word of Latin letters begins with a capital, as in New York."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if not is_hangul(word) and word not in _INSIDE_NAMES]
    return bool(words) and all(unicodedata.category(word[0]) == "Lu" for word in words)
