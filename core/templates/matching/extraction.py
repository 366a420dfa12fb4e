"""A question held against a template: its values are taken out, and what is left must mean the same."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, product

from core.templates.matching.lexemes import Lexeme, Lexer
from core.templates.matching.meaning import meaning
from core.templates.matching.pattern import Pattern, Slot, Template, plain
from core.templates.matching.spans import Asked, Taken, texts_in, typed_in
from core.templates.matching.values import (
    choice_in,
    day_in,
    is_value,
    is_written_as_name,
    number_in,
    quoted_in,
    unquoted,
)

_MOST_TRIED = 24
"""Ways of taking values out of one question that are tried for one pattern."""
_MOST_READ = 8_000
"""Characters read for one question, with values taken out in one way or another: some 15 milliseconds' worth."""
_ROOM = 6
"""Words that the value of a placeholder may have, when it is neither quoted nor a longer choice."""
_QUOTED_ROOM = 60

_PREPOSITIONS = frozenset("of in for from at on by with to about named called".split())  # noqa: SIM905
_PREPOSITION = "preposition"
_ARTICLES = frozenset(("a", "an", "the"))

Values = dict[str, str]
"""By the placeholder's name."""


class Extraction:
    """One question, held against one template after another."""

    def __init__(self, asked: Asked, lexer: Lexer) -> None:
        self._asked = asked
        self._lexer = lexer
        self._left = _MOST_READ

    def word_for_word(self, template: Template) -> Values | None:
        """The values, when the question is the template's but for them; None when it is not, or in doubt."""
        said = template.word_for_word.values(plain(self._asked.text))
        if said is None:
            return None
        values: Values = {}
        for slot in template.slots:
            value = self._value(said[slot.sign], slot)
            if value is None:
                return None
            values[slot.parameter.name] = value
        return values

    def _value(self, text: str, slot: Slot) -> str | None:
        if slot.is_text:
            bare = unquoted(text)
            titled = self._asked.is_in_title_case
            good = bare != text or is_value(text, self._read(text), slot.parameter.name, in_title_case=titled)
            return bare if good else None
        match slot.parameter.kind:
            case "number":
                return number_in(text)
            case "date":
                return day_in(text, self._asked.today)
            case _:
                return choice_in(text, [value for _, value in slot.keys])

    def closely(self, pattern: Pattern) -> Values | None:
        """The values with which the question means the same as the pattern; None without any, or with several."""
        if _has_more(self._asked, pattern):
            return None
        found: list[Values] = []
        typed = [list(typed_in(self._asked, slot, pattern)) for slot in pattern.slots if not slot.is_text]
        for way in islice(product(*typed), _MOST_TRIED):
            if not _apart(way):
                continue
            values = {taken.slot.parameter.name: taken.value for taken in way}
            for texts in self._texts(_masked(self._asked.text, way), pattern):
                if values | texts not in found:
                    found.append(values | texts)
        return found[0] if len(found) == 1 and self._left >= 0 else None

    def _texts(self, masked: str, pattern: Pattern) -> Iterator[Values]:
        """The values of the text placeholders with which a question without its other values means the pattern."""
        lexemes = self._read(masked)
        texts = [slot for slot in pattern.slots if slot.is_text]
        if not texts:
            if meaning(lexemes) == pattern.meaning:
                yield {}
            return
        for way in islice(texts_in(masked, lexemes, self._asked, pattern, texts), _MOST_TRIED):
            rest = self._read(_masked(masked, way))
            if meaning(rest) == pattern.meaning and all(
                one.is_quoted or _stands_alike(one, rest, pattern.lexemes) for one in way
            ):
                yield {one.slot.parameter.name: one.value for one in way}

    def _read(self, text: str) -> tuple[Lexeme, ...]:
        """The lexemes of a text; none when too much was read already: no pattern means nothing."""
        self._left -= len(text)
        return self._lexer.read(text) if self._left >= 0 else ()


def _has_more(asked: Asked, pattern: Pattern) -> bool:
    """Whether the question says more than the pattern and its values can: then nothing of it need be tried."""
    if all(slot.parameter.kind in ("number", "date") for slot in pattern.slots):
        return any(one.kind == "word" and f"w:{one.id}" not in pattern.literals for one in asked.lexemes)
    room = sum(_room(slot, asked.text) for slot in pattern.slots)
    return _many(asked.lexemes) > _many(pattern.lexemes) + room


def _many(lexemes: Sequence[Lexeme]) -> int:
    return sum(one.kind != "filler" for one in lexemes)


def _room(slot: Slot, text: str) -> int:
    if slot.keys:
        return max(_ROOM, 2 * max(key.count(" ") + 1 for key, _ in slot.keys))
    return _QUOTED_ROOM if any(quoted_in(text)) else _ROOM


def _apart(taken: Sequence[Taken]) -> bool:
    """Whether no two values share a letter."""
    ordered = sorted(taken, key=lambda one: one.start)
    return all(one.end <= other.start for one, other in pairwise(ordered))


def _masked(text: str, taken: Sequence[Taken]) -> str:
    """The text with placeholders in the place of values; where one is said twice, wherever the value stands again."""
    repeated = [(one.slot.sign, text[one.start : one.end]) for one in taken if one.slot.times > 1]
    for one in sorted(taken, key=lambda one: -one.start):
        text = text[: one.start] + one.slot.sign + text[one.end :]
    for sign, said in repeated:
        text = re.sub(rf"(?<!\w){re.escape(said)}(?![A-Za-z0-9])", sign, text, flags=re.IGNORECASE)
    return text


def _stands_alike(taken: Taken, lexemes: Sequence[Lexeme], pattern: Sequence[Lexeme]) -> bool:
    """Whether a word before or after a value is the one that the template has there.

    "wholesale sales" is not "sales of {city}" with a city of that name; "Seoul sales" is, for it is written as a name.
    """
    (before, after), (wanted_before, wanted_after) = (_beside(taken.slot, one) for one in (lexemes, pattern))
    if (before != "" and before == wanted_before) or (after != "" and after == wanted_after):
        return True
    led, was_led = before == _PREPOSITION, wanted_before == _PREPOSITION
    return is_written_as_name(taken.value) and (
        (was_led and after.startswith("word")) or (led and wanted_after.startswith("word"))
    )


def _beside(slot: Slot, lexemes: Sequence[Lexeme]) -> tuple[str, str]:
    at = next((at for at, one in enumerate(lexemes) if one.kind == "slot" and one.id == slot.sign), -1)
    before = next((one for one in reversed(lexemes[: max(at, 0)]) if one.surface not in _ARTICLES), None)
    after = lexemes[at + 1] if 0 <= at < len(lexemes) - 1 else None
    if after is not None and after.surface in ("'s", "s"):
        return _name(before) or _PREPOSITION, _name(lexemes[at + 2] if at + 2 < len(lexemes) else None)
    return _name(before), _name(after)


def _name(lexeme: Lexeme | None) -> str:
    if lexeme is None:
        return ""
    if lexeme.kind in ("filler", "operator") and lexeme.surface in _PREPOSITIONS:
        return _PREPOSITION
    return f"{lexeme.kind}:{lexeme.id}" if lexeme.kind != "filler" else ""
