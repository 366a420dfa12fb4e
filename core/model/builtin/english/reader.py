"""Reads English phrases into units, from left to right."""

from collections.abc import Callable

from core.model.builtin import refusals
from core.model.builtin.english.cursor import _GLUE
from core.model.builtin.english.figures import unit_of
from core.model.builtin.english.ranking import Ranking
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Group,
    Listing,
    Piece,
    Sort,
    Top,
)


class EnglishReader(Ranking):
    """All rules together. Each looks at the phrase under the cursor and takes what it understands."""

    def _list(self, phrase: Phrase) -> bool:
        if phrase.key != "list":
            return False
        self.at += 1
        self.units.append(Listing())
        return True

    def _stop(self, phrase: Phrase) -> bool:
        if phrase.key != "stop":
            return False
        self.at += 1
        self.condition = self.negated = self.joined = False
        return True

    def _glue(self, phrase: Phrase) -> bool:
        key = phrase.key
        if key not in (*_GLUE, "relative", "and", "or", "to", "distinct") and not key.startswith("period."):
            return False
        if key.startswith("period.") and self.asked and not self.units:
            # "which month had the highest sales"
            self.at += 1
            self.units.append(Group(unit=unit_of(key)))
            return True
        if key.startswith("period."):
            raise refusals.unknown_words([phrase.text])
        if key == "or":
            raise refusals.beyond()
        self.at += 1
        if key == "relative" and self.at > 1:
            self.condition = bool(self.units) or self.condition
            self.asked = self.asked or self.at <= 2
            if phrase.text.lower() != "that":
                self.barrier = len(self.units)
        if key == "which" or (key == "relative" and self.at == 1):
            self.asked = True
            self.condition = self.condition and self.joined
        self.joined = key == "and" or (self.joined and key in ("filler", "be", "which"))
        return True

    def read(self) -> tuple[Piece, ...]:
        """All units. Raises `BeyondWriter` at what no rule takes."""
        rules: tuple[Callable[[Phrase], bool], ...] = (
            self._list,
            self._stop,
            self._count,
            self._superlative,
            self._aggregate,
            self._grouping,
            self._sorting,
            self._comparison,
            self._negation,
            self._values,
            self._quoted,
            self._span,
            self._numeral,
            self._noun,
            self._glue,
        )
        while phrase := self._peek():
            place = self.at
            if not any(rule(phrase) for rule in rules) or self.at == place:
                raise refusals.beyond()
            if phrase.key not in ("and", "filler", "be", "distinct", "which"):
                self.joined = False
        ranked = any(isinstance(unit, Top | Sort) for unit in self.units)
        if self.negated or (self.best and not ranked):
            raise refusals.beyond()
        return tuple(self.units)
