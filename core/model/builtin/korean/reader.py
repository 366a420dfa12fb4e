"""Reads Korean phrases into units. Korean says its operators last, so each takes back what was read just before it."""

from collections.abc import Callable

from core.model.builtin import refusals
from core.model.builtin.korean.conditions import Conditions
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Listing,
    Noun,
    Piece,
)


class KoreanReader(Conditions):
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
        return True

    def _glue(self, phrase: Phrase) -> bool:
        if phrase.key == "distinct":
            self.distinct = True
        elif phrase.key not in ("filler", "and"):
            return False
        self.at += 1
        return True

    def read(self) -> tuple[Piece, ...]:
        """All units, the thing asked for first. Raises `BeyondWriter` at what no rule takes."""
        rules: tuple[Callable[[Phrase], bool], ...] = (
            self._list,
            self._stop,
            self._values,
            self._quoted,
            self._averages,
            self._span,
            self._numeral,
            self._superlative,
            self._noun,
            self._counting,
            self._aggregate,
            self._grouping,
            self._sorting,
            self._negation,
            self._glue,
        )
        while phrase := self._peek():
            place = self.at
            if not any(rule(phrase) for rule in rules) or self.at == place:
                raise refusals.beyond()
        if self.most or self.each or self.fn:
            raise refusals.beyond()
        return self._head_first()

    def _head_first(self) -> tuple[Piece, ...]:
        """Korean names the thing asked for last; the assembler takes the first table named as the subject."""
        tables = [unit for unit in self.units if isinstance(unit, Noun) and unit.mention.rather_table]
        if not tables:
            return tuple(self.units)
        head = tables[-1]
        rest = list(self.units)
        rest.remove(head)
        return (head, *rest)
