"""What of a question may be the value of a placeholder, and where it stands."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import permutations

from core.templates.matching.hangul import attached_ending
from core.templates.matching.lexemes import Lexeme, lower
from core.templates.matching.pattern import Pattern, Slot
from core.templates.matching.times import day_of, times
from core.templates.matching.values import choices_in, is_code, is_value, quoted_in

_SURE_PARTICLES = (
    "에서의", "에서는", "에게서", "에서", "에게", "한테", "으로", "의", "은", "는", "을", "를", "에", "별",
)  # fmt: skip
"""Particles that hardly any name ends with: 고양이, 종로 and 여의도 are names to the end."""
_PAIRS = ("은는", "이가", "을를", "과와")
"""Particles that mean the same after a consonant and after a vowel."""
_CODE_AROUND = re.compile(r"[A-Za-z0-9_#./-]*[A-Za-z0-9]")


@dataclass(frozen=True)
class Asked:
    """A question, read once for all patterns."""

    text: str
    lexemes: tuple[Lexeme, ...]
    today: date

    @cached_property
    def is_in_title_case(self) -> bool:
        """Whether Every Word Begins With a Capital, so that capitals tell no name."""
        words = [word for word in re.findall(r"[A-Za-z]+", self.text) if len(word) > 2]
        return len(words) > 3 and sum(word[0].isupper() for word in words) > len(words) * 2 / 3


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that a text says, `text[start:end]`."""

    slot: Slot
    start: int
    end: int
    value: str
    is_quoted: bool = False


def typed_in(asked: Asked, slot: Slot, pattern: Pattern) -> Iterator[Taken]:
    """Everything in the question that may be the value of a number, day or choice."""
    if slot.keys:
        for start, end, value in choices_in(lower(asked.text), slot.keys):
            yield Taken(slot, start, end, value)
    elif slot.parameter.kind == "date":
        for when in times(lower(asked.text)):
            day = day_of(when, asked.today)
            if day is not None:
                yield Taken(slot, when.start, when.end, day.isoformat())
    elif any(slot.sign in one.id for one in pattern.lexemes if one.kind == "time"):
        for one in asked.lexemes:
            for number, start, end in one.numbers:
                yield Taken(slot, start, end, number)
    else:
        for one in asked.lexemes:
            if one.kind == "number":
                yield Taken(slot, one.start, one.end, one.id)
            elif one.kind == "time" and re.fullmatch(r"year \d{4}", one.id):
                yield Taken(slot, one.start, one.end, one.numbers[0][0])


def texts_in(
    masked: str, lexemes: Sequence[Lexeme], asked: Asked, pattern: Pattern, texts: Sequence[Slot]
) -> Iterator[tuple[Taken, ...]]:
    """What may be the values of the text placeholders, of a question whose other values are taken out.

    What is quoted; else the words that the pattern does not have, a stretch of them for each or a word for each.
    """
    quoted = list(quoted_in(masked))
    if len(quoted) == len(texts):
        for said in permutations(quoted):
            pairs = zip(texts, said, strict=True)
            yield tuple(Taken(slot, start, end, inside, is_quoted=True) for slot, (start, end, inside) in pairs)
        return
    runs = _runs(lexemes, pattern)
    if len(runs) == 1 and len(texts) > 1:
        runs = [[one] for one in runs[0]]
    if len(runs) != len(texts):
        return
    for places in permutations(range(len(runs))):
        way = [_value_of(runs[at], slot, masked, asked) for slot, at in zip(texts, places, strict=True)]
        if all(way):
            yield tuple(one for one in way if one)


def _runs(lexemes: Sequence[Lexeme], pattern: Pattern) -> list[list[Lexeme]]:
    """Stretches of what the pattern does not account for, with the small words inside them."""
    counted = [one.id for one in pattern.lexemes if one.kind in ("number", "time")]
    runs: list[list[Lexeme]] = []
    waiting: list[Lexeme] | None = None
    for one in lexemes:
        if _is_more(one, pattern, counted):
            if waiting is None:
                runs.append([one])
            else:
                runs[-1] += [*waiting, one]
            waiting = []
        elif waiting is not None:
            if one.kind == "filler" or (one.kind == "operator" and one.id not in ("not", "group", "by")):
                waiting.append(one)
            else:
                waiting = None
    return runs


def _is_more(one: Lexeme, pattern: Pattern, counted: Sequence[str]) -> bool:
    if one.kind == "word":
        return f"w:{one.id}" not in pattern.literals
    return one.kind in ("number", "time") and one.id not in counted


def _value_of(run: Sequence[Lexeme], slot: Slot, masked: str, asked: Asked) -> Taken | None:
    start, end = run[0].start, run[-1].end
    code = _CODE_AROUND.search(masked, max(0, masked.rfind(" ", 0, start)))
    if len(run) == 1 and code and code.start() <= start and end <= code.end() and is_code(code[0]):
        start, end = code.span()
    elif masked.endswith("'s", start, end):
        end -= 2
    elif "가" <= masked[end - 1] <= "힣":
        end = _without_particles(masked, max(start, masked.rfind(" ", 0, end) + 1), slot)
    text = masked[start:end]
    if not is_value(text, run, slot.parameter.name, in_title_case=asked.is_in_title_case):
        return None
    return Taken(slot, start, end, text)


def _without_particles(text: str, start: int, slot: Slot) -> int:
    """Where a value in Hangul ends within its eojeol: before what the template has after it, or sure particles."""
    letters = re.compile("[^가-힣]*[가-힣]+").match(text, start)
    assert letters is not None
    eojeol = letters[0]
    for tail in _alike(slot.tail):
        if eojeol.endswith(tail) and len(eojeol) > len(tail):
            return letters.end() - len(tail)
    for particles in _SURE_PARTICLES:
        if eojeol.endswith(particles) and attached_ending(eojeol.removesuffix(particles), particles):
            rest = len(eojeol) - len(particles)
            return start + rest if rest > 1 else letters.end()
    return letters.end()


def _alike(tail: str) -> Iterator[str]:
    """The letters after a placeholder, and the same with the other form of their first particle."""
    if tail:
        yield tail
        for pair in _PAIRS:
            if tail[0] in pair:
                yield pair.replace(tail[0], "") + tail[1:]
