"""What a question means, in a form of which two are equal when the questions ask the same.

Three things are compared, and nothing may be left over on either side: the words and operators whatever their order,
each operator tied to its word; what is asked for (customers who ordered are not orders of customers); and the order,
where several numbers, times or aggregates could change places.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.lexicon.korean import is_hangul
from core.templates.matching.lexemes import Lexeme
from core.templates.matching.vocabulary import voiced

_THINGS = ("word", "number", "time", "slot")
_COMPARISONS = ("gt", "ge", "lt", "le")
_SUPERLATIVES = {"up": "up", "down": "down", "rank_up": "up", "rank_down": "down"}
_GROUPS = ("by", "group")
_MOMENTS = ("since", "after", "before", "until", "versus", "as_of")
_AGGREGATES = ("average", "median", "sum")
_SKIPPED = ("count", "sum", "average", "distinct", "median")
"""What may stand between an operator and its word: the highest total revenue, by number of orders."""
_PLACES = frozenset("in at for from on among amongst during within across with about".split())  # noqa: SIM905
_ARTICLES = frozenset("a an the our my your their his her its all any some these those this that 's s".split())  # noqa: SIM905
_WHICH = ("어느", "어떤", "무슨")
_OF_TIMES = ("over", "within", "within the")
_BEING = frozenset("is are was were be been being get gets got getting".split())  # noqa: SIM905
_DOERS = frozenset("who that which have has had i we they you".split())  # noqa: SIM905
_LOCATIVE = ("에서", "에", "으로", "로")


@dataclass(frozen=True, slots=True)
class Meaning:
    """Equal meanings ask the same."""

    tokens: tuple[str, ...]
    """Words, values and operators, sorted."""
    head: str
    """The word for what is asked for; empty when there is none."""
    order: tuple[str, ...]
    """What must keep its order, when something must; else empty."""


def literals(lexemes: Sequence[Lexeme]) -> frozenset[str]:
    """The words, numbers and times of a text, without what ties them: a question that fits it has all of them."""
    return frozenset(f"{one.kind[0]}:{_shape(one)}" for one in lexemes if one.kind in ("word", "number", "time"))


def _shape(lexeme: Lexeme) -> str:
    """A time without its numbers, for a placeholder may stand for them."""
    if lexeme.kind != "time":
        return lexeme.id
    return re.sub(r"\d+|[\ue000-\uf8ff]", "#", lexeme.id)


def meaning(lexemes: Sequence[Lexeme]) -> Meaning:
    """What these lexemes mean together."""
    return _Reading(lexemes).meaning()


class _Reading:
    """Ties each operator to its word, then lists what there is."""

    def __init__(self, lexemes: Sequence[Lexeme]) -> None:
        self._all = list(lexemes)
        self._ties: list[list[str]] = [[] for _ in lexemes]
        self._gone: set[int] = set()
        """Operators that are told by the word they are tied to, or that say nothing beside another."""
        self._ranks: list[tuple[int, int | None, str]] = []
        self._by: list[int] = []
        """The words after a plain "by", in order."""

    def meaning(self) -> Meaning:
        self._tie_endings()
        for at, lexeme in enumerate(self._all):
            if lexeme.kind == "operator" and lexeme.direction != "free":
                self._tie(at, lexeme)
        self._tie_ranks()
        self._drop_sums()
        tokens = tuple(sorted(self._tokens()))
        return Meaning(tokens, self._head(), self._order())

    # -- tying

    def _tie_endings(self) -> None:
        from_somewhere = any(one.particles.startswith(("에서", "부터")) for one in self._all if one.kind in _THINGS)
        for at, one in enumerate(self._all):
            if one.bound == "by way":
                if from_somewhere:
                    self._ties[at].append("to")
            elif one.bound:
                self._ties[at].append(one.bound)
            if one.kind == "word" and one.id in voiced() and self._is_passive(at):
                self._ties[at].append("passive")

    def _is_passive(self, at: int) -> bool:
        """Whether the deed is done to whom the question is about: reported users, users that were reported."""
        one = self._all[at]
        if is_hangul(one.surface) or not one.is_verb:
            return one.is_passive
        before = next((lexeme for lexeme in reversed(self._all[:at]) if lexeme.surface not in _ARTICLES), None)
        after = self._all[at + 1] if at + 1 < len(self._all) else None
        if one.surface.endswith("ing"):
            return False
        if before is None or before.surface in _BEING or before.kind == "word":
            return True
        return before.surface not in _DOERS and after is not None and after.kind == "word"

    def _tie(self, at: int, operator: Lexeme) -> None:
        name = operator.id
        forward = operator.direction == "next"
        if name in _COMPARISONS:
            target = self._compared(at, forward)
            if target is None and operator.surface in _OF_TIMES and self._next_is_time(at):
                self._gone.add(at)  # over the last 30 days
        elif name in _SUPERLATIVES:
            target = self._superlative(at, forward)
            if name.startswith("rank_"):
                self._ranks.append((at, target, _SUPERLATIVES[name]))
                self._gone.add(at)
                return
            name = _SUPERLATIVES[name]
        elif name == "to":
            target = self._to(at)
            if target is None:
                self._gone.add(at)
        elif name in _MOMENTS:
            target = self._near(at, forward, ("time", "number", "slot", "word"), reach=4)
        elif name in _GROUPS or name == "each_of":
            target = self._near(at, forward, ("word", "slot", "time"), skipping=_SKIPPED)
            if name == "by" and target is not None:
                self._by.append(target)
            name = "group" if name == "by" else name
        else:
            target = self._near(at, forward, ("word", "slot", "time"))
        if target is not None:
            self._ties[target].append(name)
            self._gone.add(at)

    def _near(
        self, at: int, forward: bool, kinds: tuple[str, ...], reach: int = 6, skipping: tuple[str, ...] = ()
    ) -> int | None:
        """The nearest lexeme of these kinds on one side, past what says nothing."""
        step = 1 if forward else -1
        for place in range(at + step, at + step * (reach + 1), step):
            if not 0 <= place < len(self._all):
                return None
            lexeme = self._all[place]
            if lexeme.kind in kinds and place not in self._gone:
                return place
            if lexeme.kind == "operator" and lexeme.id not in skipping and place not in self._gone:
                return None
        return None

    def _compared(self, at: int, forward: bool) -> int | None:
        """The number beside a comparison, past its unit: more than $ 5, 30 일 이상."""
        step = 1 if forward else -1
        units = 0
        for place in range(at + step, at + 5 * step, step):
            if not 0 <= place < len(self._all):
                return None
            lexeme = self._all[place]
            if lexeme.kind in ("number", "slot"):
                return place
            units += lexeme.kind == "word" and lexeme.is_known
            if units > 1 or (lexeme.kind != "filler" and not (lexeme.kind == "word" and lexeme.is_known)):
                return None
        return None

    def _next_is_time(self, at: int) -> bool:
        following = (one for one in self._all[at + 1 :] if one.kind != "filler")
        return next((one.kind == "time" for one in following), False)

    def _superlative(self, at: int, forward: bool) -> int | None:
        """What there is most of: the word after (the highest revenue) or, in Korean, before (매출이 가장 높은)."""
        order = (True, False) if forward else (False, True)
        for way in order:
            step = 1 if way else -1
            place = at + step
            counted: list[int] = []
            while 0 <= place < len(self._all):
                lexeme = self._all[place]
                if lexeme.kind in ("word", "slot") and not self._ties[place]:
                    self._gone.update(counted)
                    return place
                if lexeme.kind == "operator" and lexeme.id in ("count", "sum"):
                    counted.append(place)
                elif lexeme.kind not in ("filler", "number", "slot") and lexeme.id not in _SKIPPED:
                    break
                place += step
        return None

    def _to(self, at: int) -> int | None:
        for place in range(at + 1, min(len(self._all), at + 3)):
            lexeme = self._all[place]
            if lexeme.kind in _THINGS:
                return place
            if lexeme.surface not in _ARTICLES:
                return None
        return None

    def _tie_ranks(self) -> None:
        """The top 5 customers by revenue are those with the highest revenue: there "by" says what of."""
        for _, target, name in self._ranks:
            best = self._by.pop(0) if self._by else target
            if best is None:
                continue
            if best != target or "group" in self._ties[best]:
                self._ties[best] = [tie for tie in self._ties[best] if tie != "group"]
                self._drop_count_near(best)
            self._ties[best].append(name)

    def _drop_count_near(self, at: int) -> None:
        """Most by number of orders is most orders."""
        for place in (at - 1, at - 2, at + 1):
            if 0 <= place < len(self._all):
                lexeme = self._all[place]
                if lexeme.kind == "operator" and lexeme.id in ("count", "sum"):
                    self._gone.add(place)

    def _drop_sums(self) -> None:
        """Total revenue is revenue, a total number is a number."""
        operators = {one.id for at, one in enumerate(self._all) if one.kind == "operator" and at not in self._gone}
        measures = any(one.is_measure for one in self._all)
        if "count" in operators or (measures and not operators & {"average", "median"}):
            self._gone.update(at for at, one in enumerate(self._all) if one.kind == "operator" and one.id == "sum")

    # -- telling

    def _told(self, at: int) -> str:
        lexeme = self._all[at]
        return "+".join([*sorted(set(self._ties[at])), f"{lexeme.kind[0]}:{lexeme.id}"])

    def _tokens(self) -> list[str]:
        things = [self._told(at) for at, one in enumerate(self._all) if one.kind in _THINGS]
        operators = {
            self._told(at) for at, one in enumerate(self._all) if one.kind == "operator" and at not in self._gone
        }
        return [*things, *operators]

    def _free_words(self) -> list[int]:
        return [at for at, one in enumerate(self._all) if one.kind == "word" and not self._ties[at]]

    def _head(self) -> str:
        words = self._free_words()
        if not words:
            return ""
        korean = any(one.kind != "slot" and is_hangul(one.surface) for one in self._all)
        return self._all[self._korean_head(words) if korean else self._english_head()].id

    def _korean_head(self, words: list[int]) -> int:
        """Korean names what is asked for last, after what is done to it and where; or it asks which."""
        asked = [at for at in words if at and self._all[at - 1].surface in _WHICH]
        if asked:
            return asked[0]
        nouns = [at for at in words if not self._all[at].is_verb and not self._all[at].particles.startswith(_LOCATIVE)]
        return (nouns or words)[-1]

    def _english_head(self) -> int:
        """English names it first: the last word of the first group of words that no "in", "for" … leads.

        After "how many" it is the first that is more than one: how many gift cards expire.
        """
        groups: list[tuple[bool, list[int]]] = []
        current: list[int] = []
        led = False
        for at, one in enumerate(self._all):
            ends = one.kind in ("filler", "operator", "time") and one.surface not in _ARTICLES
            late = one.kind == "word" and one.is_verb and bool(current) and self._all[current[-1]].particles != "'s"
            if (ends or late or (one.kind == "word" and self._ties[at])) and current:
                groups.append((led, current))
                current = []
            if ends:
                led = one.surface in _PLACES
            if one.kind == "word" and not self._ties[at]:
                current.append(at)
        if current:
            groups.append((led, current))
        words = next((words for is_led, words in groups if not is_led), groups[0][1])
        if any(one.surface == "how many" for one in self._all):
            return next((at for at in words if self._all[at].surface == f"{self._all[at].id}s"), words[-1])
        return words[-1]

    def _order(self) -> tuple[str, ...]:
        """The words and values in order, when two of them could change places and mean something else."""
        free = [at for at, one in enumerate(self._all) if one.kind in _THINGS and not self._ties[at]]
        numbers = sum(_sort(one) == "number" for one in self._all)
        texts = sum(_sort(self._all[at]) == "text" for at in free)
        times = sum(_sort(self._all[at]) == "time" for at in free)
        aggregates = {
            one.id
            for at, one in enumerate(self._all)
            if one.kind == "operator" and one.id in _AGGREGATES and at not in self._gone
        }
        superlatives = sum(tie in ("up", "down") for ties in self._ties for tie in ties)
        if max(numbers, texts, times, len(aggregates), superlatives) < 2:
            return ()
        return tuple(
            self._told(at)
            for at, one in enumerate(self._all)
            if (one.kind in ("word", "number", "slot") and "group" not in self._ties[at])
            or (one.kind == "time" and times > 1)
            or (one.kind == "operator" and one.id in _AGGREGATES and at not in self._gone)
        )


NUMBERS, DATES, TEXTS = 0xE000, 0xE020, 0xE040
"""The first private character of placeholders of each sort: up to 32 of each."""
MOST_OF_A_SORT = 32


def _sort(lexeme: Lexeme) -> str:
    """What a value could change places with: number, time, text; empty for a word."""
    if lexeme.kind == "slot":
        place = ord(lexeme.id)
        return "number" if place < DATES else "time" if place < TEXTS else "text"
    return lexeme.kind if lexeme.kind in ("number", "time") else ""


def without(lexemes: Sequence[Lexeme], slots: frozenset[str]) -> tuple[Lexeme, ...]:
    """The lexemes without placeholders that nothing was said for, nor what is tied to them alone.

    A time that holds one goes with it: without {n}, "in the last {n} days" says nothing.
    """
    kept: list[Lexeme] = []
    for one in lexemes:
        if one.kind == "slot" and one.id in slots:
            while kept and (
                kept[-1].kind == "operator" and kept[-1].id in (*_COMPARISONS, *_MOMENTS, "to", "by", "group")
            ):
                kept.pop()
            kept.append(replace(one, kind="filler", id="", surface=""))
        elif one.kind == "time" and any(number in slots for number, _, _ in one.numbers):
            while kept and kept[-1].kind == "operator" and kept[-1].id in _MOMENTS:
                kept.pop()
        elif (
            one.kind == "operator"
            and one.direction == "prev"
            and kept
            and kept[-1].kind == "filler"
            and not kept[-1].surface
        ):
            continue
        else:
            kept.append(one)
    return tuple(kept)
