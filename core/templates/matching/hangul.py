"""Korean eojeols as words: particles and endings taken off, compounds taken apart, whatever the spacing.

신규가입자수, 신규 가입자수 and 신규 가입자 수 are the same three words. What no table knows stays in one piece, and
loses only what is surely a particle, so that a template and a question come to the same piece.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from core.lexicon import translations
from core.templates.matching import vocabulary
from core.templates.matching.vocabulary import Entry

_VERB = (
    "(?:하|했|한|할|함|해|하였|하신|하셨|되|됐|된|될|됨|돼|되었|되신|시킨|당한|받은)"
    "(?:는|던|었던|은|지|지도|고|고서|서|어|어요|어서|나요|는지|는데|었는지|습니까|었습니까|었나요|었어요?|음|다|요|죠|니|여|며"
    "|면서|려는|기|을)?"
)
_COPULA = (
    "(?:이야|이에요|예요|인가요|인지|입니까|이었어요?|였어요?|이었나요|였나요|이었는지|였는지|인|이고|이며|일까요?|입니다|이나|이죠"
    "|인데|이라는|라는|이요|이지|인가)"
)
_PARTICLE = (
    "(?:에게서|한테서|로부터|으로부터|에서부터|에게|한테|께서|께|에서|까지|부터|보다|처럼|만큼|이랑|으로|은|는|이|가|을|를|의|에|와"
    "|과|로|도|만|요|랑)"
)
_TAIL = re.compile(
    rf"(?:들|님|님들)?(?P<group>별|별로|마다)?(?P<each>당)?(?P<verb>{_VERB})?(?:{_COPULA})?(?P<particles>{_PARTICLE}{{0,3}})"
)
_AFTER_CONSONANT = ("은", "이", "을", "과", "으로", "이랑")
_AFTER_VOWEL = ("는", "가", "를", "와", "로", "랑")
_DOUBTFUL = ("도", "만", "랑", "요")
"""Ends of many nouns: taken off only what is known."""
_BOUND = {
    "부터": "since",
    "까지": "until",
    "에게": "to",
    "한테": "to",
    "께": "to",
    "보다": "versus",
    "만": "only",
    "로": "by way",
    "으로": "by way",
}
_SUFFIXES = {
    "수": Entry("operator", "count"),
    "액": Entry("word", "amount", is_measure=True),
    "율": Entry("word", "ratio"),
    "률": Entry("word", "ratio"),
    "팀": Entry("word", "team"),
}
_PREFIXES = {"총": Entry("operator", "sum")}
_UNKNOWN = 10
"""What one letter that no table knows costs, where a known word costs 1."""
_LONGEST_WORD = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a compound: letters from `start` to `end` of it. No entry: no table knows it."""

    start: int
    end: int
    text: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Ending:
    """What an eojeol ends with."""

    length: int = 0
    is_group: bool = False
    is_each: bool = False
    is_verb: bool = False
    is_passive: bool = False
    bound: str = ""
    """since, until, to, versus, only, future, or by way (로)."""
    particles: str = ""


NO_ENDING = Ending()


def _ends_in_consonant(word: str) -> int:
    """0 for a vowel, else the number of the last consonant (8 is ㄹ)."""
    return (ord(word[-1]) - 0xAC00) % 28 if "가" <= word[-1] <= "힣" else 0


def _agrees(base: str, particles: str) -> bool:
    last = _ends_in_consonant(base)
    if particles.startswith("으로"):
        return last not in (0, 8)
    if particles.startswith("로"):
        return last in (0, 8)
    if particles.startswith(_AFTER_CONSONANT):
        return last != 0
    if particles.startswith(_AFTER_VOWEL):
        return last == 0
    return True


@lru_cache(maxsize=4_096)
def _ending(base: str, tail: str) -> Ending | None:
    """The tail of an eojeol, if it can follow this base."""
    match = _TAIL.fullmatch(tail)
    if match is None:
        return None
    particles = match["particles"]
    if particles == tail and not _agrees(base, particles):
        return None
    bound = next((_BOUND[one] for one in sorted(_BOUND, key=len, reverse=True) if particles.startswith(one)), "")
    if particles.startswith(("에게서", "한테서", "로부터", "으로부터", "에서부터")):
        bound = ""
    verb = match["verb"] or ""
    if verb in ("할", "될"):
        bound = "future"
    passive = verb.startswith(("되", "됐", "된", "될", "됨", "돼", "받", "당"))
    return Ending(len(tail), bool(match["group"]), bool(match["each"]), bool(verb), passive, bound, particles)


def attached_ending(base: str, tail: str) -> Ending | None:
    """The particles after a value; None when it is more than that. Without a base: after whatever it ends with."""
    if base:
        return _ending(base, tail)
    return _ending("가", tail) or _ending("각", tail)


@lru_cache(maxsize=65_536)
def _known(word: str) -> Entry | None:
    entry = vocabulary.korean().get(word)
    if entry is not None and entry.kind != "filler":
        return entry
    return Entry("word", word, is_question_word=False) if len(word) > 1 and translations(word) else None


class Segmenter:
    """Takes compounds apart by the vocabulary, the dictionary and the `own` words of the templates at hand."""

    def __init__(self, own: Collection[str] = ()) -> None:
        self._own = frozenset(own)
        self._seen: dict[str, tuple[int, tuple[Piece, ...]]] = {}

    def _entry(self, word: str) -> Entry | None:
        own = Entry("word", word, is_question_word=False) if word in self._own else None
        return _known(word) or own

    def pieces(self, compound: str) -> tuple[Piece, ...]:
        """The words of a compound in order; letters that no table knows stay together."""
        return self._cut(compound)[1]

    def _cut(self, compound: str) -> tuple[int, tuple[Piece, ...]]:
        """The cheapest way to take it apart, and its cost."""
        if compound not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            self._seen[compound] = self._cheapest(compound)
        return self._seen[compound]

    def _cheapest(self, compound: str) -> tuple[int, tuple[Piece, ...]]:
        length = len(compound)
        if length > 40:
            return _UNKNOWN * length, (Piece(0, length, compound, None),)
        best: list[tuple[int, tuple[Piece, ...]]] = [(0, ())]
        for end in range(1, length + 1):
            before, pieces = best[end - 1]
            last = pieces[-1] if pieces else None
            if last is not None and last.entry is None:
                pieces = (*pieces[:-1], Piece(last.start, end, compound[last.start : end], None))
            else:
                before, pieces = before + 1, (*pieces, Piece(end - 1, end, compound[end - 1 : end], None))
            choice = before + _UNKNOWN, pieces
            for start in range(max(0, end - _LONGEST_WORD), end):
                entry = self._piece(compound, start, end)
                if entry is not None and best[start][0] + 1 < choice[0]:
                    choice = best[start][0] + 1, (*best[start][1], Piece(start, end, compound[start:end], entry))
            best.append(choice)
        return best[length]

    def _piece(self, compound: str, start: int, end: int) -> Entry | None:
        word = compound[start:end]
        if len(word) > 1:
            return self._entry(word)
        if end == len(compound) and start > 1 and word in _SUFFIXES:
            return _SUFFIXES[word]
        if start == 0 and end < len(compound) and word in _PREFIXES:
            return _PREFIXES[word]
        return _known(word) if len(compound) == 1 else None

    def split(self, eojeol: str) -> tuple[str, Ending]:
        """An eojeol without its particles and endings, and what they were."""
        best, found, rest = self._cost(eojeol), eojeol, NO_ENDING
        for cut in range(len(eojeol) - 1, 0, -1):
            base, tail = eojeol[:cut], eojeol[cut:]
            ending = _ending(base, tail)
            if ending is None:
                continue
            cost = self._cost(base)
            is_known = cost < _UNKNOWN
            if not is_known and (cut < 2 or tail.endswith(_DOUBTFUL)):
                continue
            if cost < best:
                best, found, rest = cost, base, ending
        return found, rest

    def _cost(self, compound: str) -> int:
        return self._cut(compound)[0]
