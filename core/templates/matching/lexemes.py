"""A text as lexemes: words of known meaning, operators, numbers, times, placeholders, and what says nothing.

Templates and questions are read by the same rules. In a template, and in a question whose values were taken out, a
private character stands for each placeholder.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from core.lexicon import stem, translations
from core.lexicon.numbers import FIGURES, adds_up, english_number, english_scale
from core.templates.matching import vocabulary
from core.templates.matching.counting import COUNTERS, CURRENCIES, NATIVE, UNIT, WON, figure, sino, unit_after
from core.templates.matching.hangul import NO_ENDING, Ending, Segmenter, attached_ending
from core.templates.matching.times import When, times
from core.templates.matching.vocabulary import FILLER, Direction, Entry

Kind = Literal["word", "operator", "filler", "number", "time", "slot"]


@dataclass(frozen=True, slots=True)
class Lexeme:
    """A piece of a text, `text[start:end]`."""

    kind: Kind
    id: str
    """What it is compared by: of a word its meaning, of a number its value, of a time its written form."""
    start: int
    end: int
    surface: str = ""
    """As written, in lower case."""
    direction: Direction = "free"
    is_measure: bool = False
    is_known: bool = False
    """Whether the vocabulary holds it: such a word is hardly a value of a placeholder."""
    bound: str = ""
    """What its Korean ending ties it to: group, each_of, to, since, until, versus; or "by way", to or nothing."""
    particles: str = ""
    is_verb: bool = False
    """By its ending: cancelled, 취소된."""
    is_passive: bool = False
    """By its ending: 추천된, 추천받은."""
    numbers: tuple[tuple[str, int, int], ...] = ()
    """Of a time: its numbers, each with its place."""


def normal(text: str) -> str:
    """A text in one width, without invisible signs and private characters, apostrophes straight; case stays."""
    plain = unicodedata.normalize("NFKC", text).replace("’", "'").replace("‘", "'")
    if plain.isascii() and plain.isprintable():
        return plain
    kinds = {sign: unicodedata.category(sign) for sign in set(plain)}
    return "".join(" " if kinds[sign] in ("Co", "Cc", "Cn", "Cs") else sign for sign in plain if kinds[sign] != "Cf")


def lower(text: str) -> str:
    """The text in lower case, letter for letter: places stay what they are."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(one if len(one := sign.lower()) == 1 else sign for sign in text)


_TOKEN = re.compile(
    r"(?P<digit>-?(?<![\w-])-?\d|\d)|(?P<hangul>[가-힣]+)|(?P<latin>[^\W\d_가-힣]+(?:'[^\W\d_가-힣]+)*)"
    r"|(?P<slot>[\ue000-\uf8ff])|(?P<sign>>=|<=|[^\w\s])"
)
_COPULA = re.compile("(?:이야|야|이에요|예요|인가요|인지|입니까|이었어|였어|일까|이죠|임|인데|이고|인|이지|이요)요?")


@cache
def _spots() -> re.Pattern[str]:
    """Korean phrases, requests and numbers in words, to be found before a text is cut at its spaces."""

    def any_of(words: Iterable[str]) -> str:
        return "|".join(re.escape(word).replace("\\ ", " ?") for word in words)

    verbs, others = vocabulary.korean_asking()
    counted = (
        rf" ?{UNIT}(?:은|는|이|가|을|를|의|에|만|씩|이상|이하|초과|미만|이내|인|간|동안|{COUNTERS})*[가-힣]?(?![가-힣])"
    )
    return re.compile(
        rf"(?<![가-힣])(?:(?P<asking>(?:{any_of(verbs)})(?: ?(?:줘|주|달라|봐|볼|드|줄)[가-힣]*|요|라)?(?![가-힣])"
        rf"|(?:{any_of(others)})[가-힣]*)"
        rf"|(?P<how_many>몇 ?(?:{COUNTERS}|번|회|대|팀|분)[가-힣]{{0,5}}(?![가-힣]))"
        rf"|(?P<phrase>{any_of(vocabulary.korean_phrases())})(?:은|는|이|가|을|를|의|로)?(?![가-힣])"
        rf"|(?<!\d)(?P<native>{any_of(sorted(NATIVE, key=len, reverse=True))})(?={counted})"
        rf"|(?<!\d)(?P<sino>[일이삼사오육칠팔구]?[십백천만억][일이삼사오육칠팔구십백천만억]*)(?={counted}))"
    )


def _spotted(low: str) -> list[Lexeme]:
    table = vocabulary.korean()
    found = []
    for match in _spots().finditer(low):
        start, end = match.span()
        eojeol = re.compile("[가-힣]+").match(low, start)
        whole = eojeol[0] if eojeol else ""
        if match["asking"]:
            found.append(Lexeme("filler", "", start, end, match[0]))
        elif match["how_many"]:
            found.append(Lexeme("operator", "count", start, end, match[0]))
        elif match["phrase"]:
            found.append(_of_entry(table[match["phrase"].replace(" ", "")], start, end, match[0]))
        elif match["native"] and (whole == match["native"] or not _is_word(whole)):
            found.append(Lexeme("number", str(NATIVE[match["native"]]), start, end, match[0]))
        elif match["sino"] and (value := sino(match["sino"])):
            found.append(Lexeme("number", str(value), start, end, match[0]))
    return found


def _is_word(eojeol: str) -> bool:
    """Whether it is a word as it stands: 세일 is a sale before it is three days."""
    return bool(translations(eojeol)) or eojeol in vocabulary.korean()


def _of_entry(
    entry: Entry, start: int, end: int, surface: str, *, particles: str = "", is_verb: bool = False
) -> Lexeme:
    known = entry.kind == "word" and entry.is_question_word
    side, bound = entry.direction, entry.bound
    return Lexeme(entry.kind, entry.id, start, end, surface, side, entry.is_measure, known, bound, particles, is_verb)


class Lexer:
    """Reads texts; its segmenter knows the words of the templates at hand."""

    def __init__(self, segmenter: Segmenter) -> None:
        self._segmenter = segmenter

    def read(self, text: str) -> tuple[Lexeme, ...]:
        """The lexemes of a text that `normal` has made, in order."""
        low = lower(text)
        taken: list[Lexeme | When] = list(times(low))
        if re.search("[가-힣]", low):
            taken = _apart([*taken, *_spotted(low)])
        found: list[Lexeme] = []
        at = 0
        for one in taken:
            self._stretch(low, at, one.start, found)
            found.append(one if isinstance(one, Lexeme) else _time(one, low))
            at = one.end
        self._stretch(low, at, len(low), found)
        return _with_deeds(_joined_numbers(found), low)

    def _stretch(self, low: str, start: int, end: int, found: list[Lexeme]) -> None:
        """Reads what lies between two times or phrases."""
        tokens = _without_hyphens(list(_TOKEN.finditer(low, start, end)))
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token["hangul"]:
                at += self._korean(low, tokens[at:], found)
            elif token["latin"]:
                at += _english(low, tokens[at : at + vocabulary.LONGEST], found)
            elif token["slot"]:
                found.append(Lexeme("slot", token[0], token.start(), token.end(), token[0]))
                at += 1
            elif token["digit"]:
                at += _figures(low, tokens[at:], end, found)
            else:
                found.extend(_sign(token))
                at += 1

    def _korean(self, low: str, tokens: list[re.Match[str]], found: list[Lexeme]) -> int:
        """One eojeol, or several that may be one compound. Returns how many tokens it took."""
        first = tokens[0]
        before = found[-1] if found else None
        if before and before.kind in ("number", "slot", "time") and self._follows(low, first, found):
            return 1
        if before and before.end == first.start() and self._ends(first, found):
            return 1
        if whole := _whole(first[0]):
            found.append(_of_entry(whole[0], first.start(), first.end(), first[0]))
            found[-1] = _tied(found[-1], whole[1])
            return 1
        taken = 1
        _, ending = self._segmenter.split(first[0])
        while (
            ending == NO_ENDING
            and taken < len(tokens)
            and self._may_join(low, tokens[taken - 1], tokens[taken])
            and sum(len(token[0]) for token in tokens[: taken + 1]) <= _LONGEST_COMPOUND
        ):
            _, ending = self._segmenter.split(tokens[taken][0])
            taken += 1
        self._compound(tokens[:taken], ending, found)
        return taken

    def _may_join(self, low: str, one: re.Match[str], other: re.Match[str]) -> bool:
        """Whether two eojeols may be one compound: neither is a syllable alone or has a meaning of its own."""
        if not other["hangul"] or low[one.end() : other.start()] != " " or len(one[0]) == 1:
            return False
        whole = _whole(other[0])
        return len(self._segmenter.split(other[0])[0]) > 1 if whole is None else whole[0].kind == "word"

    def _compound(self, tokens: list[re.Match[str]], ending: Ending, found: list[Lexeme]) -> None:
        """The words of some eojeols, of which the last alone has an ending."""
        letters = [place for token in tokens for place in range(token.start(), token.end())]
        joined = "".join(token[0] for token in tokens)
        base = joined[: len(joined) - ending.length]
        for piece in self._segmenter.pieces(base):
            start, end = letters[piece.start], letters[piece.end - 1] + 1
            if piece.entry is None:
                found.append(Lexeme("word", piece.text, start, end, piece.text))
            else:
                found.append(_of_entry(piece.entry, start, end, piece.text))
        found[-1] = _tied(found[-1], ending)

    def _follows(self, low: str, token: re.Match[str], found: list[Lexeme]) -> bool:
        """Whether an eojeol is the counter or unit of the number, placeholder or time before it; then it is read."""
        before = found[-1]
        unit = unit_after(token[0]) if before.kind != "time" and low[before.end : token.start()] in ("", " ") else None
        if unit is None:
            return False
        ending = attached_ending("", unit.rest)
        operator = vocabulary.korean().get(unit.rest)
        if ending is None and not _COPULA.fullmatch(unit.rest) and not (operator and operator.kind == "operator"):
            return False
        if unit.name == "rank" and before.id == "1" and not any(one.id.startswith("rank_") for one in found):
            found[-1] = Lexeme("operator", "rank_up", before.start, token.end(), "1위", "prev")
            return True
        at = token.end() - len(unit.rest)
        if unit.name and not (unit.name == "rank" and any(one.id.startswith("rank_") for one in found)):
            found.append(Lexeme("word", unit.name, token.start(), at, token[0], is_known=True))
        if operator and operator.kind == "operator":
            found.append(_of_entry(operator, at, token.end(), unit.rest))
        elif ending and (ending.is_group or ending.bound in ("since", "until", "versus", "only")):
            found[-1] = _tied(found[-1], ending)
        return True

    def _ends(self, token: re.Match[str], found: list[Lexeme]) -> bool:
        """Whether letters after a word of another script, a placeholder or a time are its particles."""
        before = found[-1]
        if before.kind not in ("word", "number", "time", "slot"):
            return False
        ending = attached_ending("", token[0])
        if ending is None or (ending.is_verb and before.kind != "word"):
            operator = vocabulary.korean().get(token[0])
            if operator is None or operator.kind != "operator" or operator.direction != "prev":
                return bool(_COPULA.fullmatch(token[0]))
            found.append(_of_entry(operator, token.start(), token.end(), token[0]))
            return True
        found[-1] = _tied(before, ending)
        return True


_LONGEST_COMPOUND = 30
_SHORT_FILLERS = ("것", "거", "건", "곳", "명", "개", "분", "중", "수")


def _whole(eojeol: str) -> tuple[Entry, Ending] | None:
    """The entry of an eojeol that stands in the vocabulary as it is, or but for its particles."""
    table = vocabulary.korean()
    entry = table.get(eojeol)
    if entry is not None:
        return entry, NO_ENDING
    if _COPULA.fullmatch(eojeol):
        return FILLER, NO_ENDING
    for cut in range(len(eojeol) - 1, 0, -1):
        entry = table.get(eojeol[:cut])
        if entry is None or (entry.kind == "word" and cut > 1) or (cut == 1 and eojeol[:1] not in _SHORT_FILLERS):
            continue
        ending = attached_ending(eojeol[:cut], eojeol[cut:])
        if ending is not None and not ending.is_verb:
            return entry, ending
    return None


def _tied(lexeme: Lexeme, ending: Ending) -> Lexeme:
    if ending == NO_ENDING:
        return lexeme
    bound = "group" if ending.is_group else "each_of" if ending.is_each else ending.bound
    return replace(
        lexeme,
        bound=bound or lexeme.bound,
        particles=ending.particles,
        is_verb=ending.is_verb,
        is_passive=ending.is_passive,
    )


def _without_hyphens(tokens: list[re.Match[str]]) -> list[re.Match[str]]:
    return [
        token
        for at, token in enumerate(tokens)
        if token[0] != "-"
        or not (0 < at < len(tokens) - 1 and tokens[at - 1].end() == token.start() == tokens[at + 1].start() - 1)
    ]


def _english(low: str, tokens: list[re.Match[str]], found: list[Lexeme]) -> int:
    """The longest phrase that begins here, or one word. Returns how many tokens it took."""
    table = vocabulary.english()
    run = [tokens[0]]
    for token in tokens[1:]:
        if not token["latin"] or low[run[-1].end() : token.start()] not in (" ", "-"):
            break
        run.append(token)
    for length in range(len(run), 0, -1):
        written = [token[0] for token in run[:length]]
        entry = table.get(" ".join(written))
        if entry is None and length <= 3:
            entry = table.get(" ".join(map(stem, written)))
            entry = entry if entry is not None and entry.kind == "word" else None
        if entry is not None:
            start, end = run[0].start(), run[length - 1].end()
            last, surface = written[-1], low[start:end]
            found.append(
                _of_entry(entry, start, end, surface, particles=_possessive(last), is_verb=_is_participle(last))
            )
            return length
    word = run[0][0]
    start, end = run[0].span()
    if word in CURRENCIES:
        found.append(Lexeme("word", CURRENCIES[word], start, end, word, is_known=True))
    elif word in WON or word in ("s", "'s", "th", "st", "nd", "rd"):
        found.append(Lexeme("filler", "", start, end, word))
    elif (value := english_number(word)) is not None:
        found.append(Lexeme("number", str(value), start, end, word))
    else:
        found.append(
            Lexeme("word", stem(word), start, end, word, particles=_possessive(word), is_verb=_is_participle(word))
        )
    return 1


def _is_participle(word: str) -> bool:
    return word.endswith(("ed", "ing")) and stem(word) != word


def _possessive(word: str) -> str:
    return "'s" if word.endswith("'s") else ""


def _sign(token: re.Match[str]) -> Iterable[Lexeme]:
    """A sign that means something: a comparison, a unit, or a mark without which a letter is another."""
    sign = token[0]
    start, end = token.span()
    entry = vocabulary.english().get(sign)
    if entry is not None and entry.kind != "filler":
        yield _of_entry(entry, start, end, sign)
    elif sign in CURRENCIES:
        yield Lexeme("word", CURRENCIES[sign], start, end, sign, is_known=True)
    elif unicodedata.category(sign).startswith("M") or (unicodedata.category(sign) == "Sc" and sign not in WON):
        yield Lexeme("word", sign, start, end, sign)


def _figures(low: str, tokens: list[re.Match[str]], end: int, found: list[Lexeme]) -> int:
    """A number in figures. Returns how many tokens it took."""
    start = tokens[0].start()
    minus = low[start] == "-"
    figures = FIGURES.match(low, start + minus, end)
    if figures is None:  # a digit of another script
        found.append(Lexeme("word", tokens[0][0], start, tokens[0].end(), tokens[0][0]))
        return 1
    value = figure(figures)
    if value is None:
        found.append(Lexeme("word", figures[0], start, figures.end(), figures[0]))
    else:
        found.append(Lexeme("number", "-" * minus + value, start, figures.end(), figures[0]))
    return next((at for at, token in enumerate(tokens) if token.start() >= figures.end()), len(tokens))


def _time(when: When, low: str) -> Lexeme:
    return Lexeme("time", when.written, when.start, when.end, low[when.start : when.end], numbers=when.numbers)


def _apart(taken: list[Lexeme | When]) -> list[Lexeme | When]:
    """In order, the longer one where two overlap."""
    found: list[Lexeme | When] = []
    for one in sorted(taken, key=lambda one: (one.start, -one.end)):
        if not found or one.start >= found[-1].end:
            found.append(one)
        elif isinstance(one, When) and isinstance(found[-1], Lexeme) and one.end > found[-1].end:
            found[-1] = one
    return found


_CLAUSE = re.compile("[,;:.!?]")
_POLITE = frozenset(
    ("please", "pls", "plz", "can", "could", "would", "will you", "i", "me", "you", "thanks", "thank you")
)


def _with_deeds(found: tuple[Lexeme, ...], low: str) -> tuple[Lexeme, ...]:
    """Requests are words where they ask nothing: amid what is asked about, or after it without a word of asking."""
    asking = [at for at, one in enumerate(found) if one.id == "asking" and one.kind == "filler"]
    if not asking:
        return found
    told = [at for at, one in enumerate(found) if one.kind != "filler" and one.id != "count"]
    first, last = (told[0], told[-1]) if told else (len(found), -1)
    is_polite = any(one.surface in _POLITE for one in found[last + 1 :])
    deeds = {
        at
        for at in asking
        if not (at < first or (at > last and is_polite) or _CLAUSE.search(low, found[at - 1].end, found[at].start))
    }
    return tuple(
        replace(one, kind="word", id=stem(one.surface)) if at in deeds else one for at, one in enumerate(found)
    )


def _joined_numbers(found: list[Lexeme]) -> tuple[Lexeme, ...]:
    """Two numbers that are one together: two hundred, 3만 5천."""
    joined: list[Lexeme] = []
    for lexeme in found:
        before = joined[-1] if joined else None
        if before is not None and before.kind == "number" and lexeme.start - before.end <= 1:
            value = _together(before, lexeme)
            if value is not None:
                joined[-1] = replace(before, id=value, end=lexeme.end, surface=f"{before.surface} {lexeme.surface}")
                continue
        joined.append(lexeme)
    return tuple(joined)


def _together(one: Lexeme, other: Lexeme) -> str | None:
    scale = english_scale(other.surface) if other.kind == "word" else None
    if scale is not None and "." not in one.id:
        return str(int(one.id) * scale)
    hangul = re.search("[십백천만억조]", one.surface)
    if other.kind == "number" and hangul and one.id.isdigit() and other.id.isdigit():
        return str(int(one.id) + int(other.id)) if adds_up(int(one.id), int(other.id)) else None
    return None
