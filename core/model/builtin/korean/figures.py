"""Korean figures, groups and nouns: what is asked for."""

from core.model.builtin import refusals
from core.model.builtin.intent import Aggregate, Unit
from core.model.builtin.korean.cursor import Cursor, _rather_table
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Average,
    Figure,
    Group,
    Has,
    Mention,
    Noun,
    Top,
)

_AGGREGATES: dict[str, Aggregate] = {"agg.avg": "avg", "agg.sum": "sum", "agg.max": "max", "agg.min": "min"}
_UNITS: dict[str, Unit] = {
    "period.year": "year", "period.quarter": "quarter", "period.month": "month", "period.week": "week",
    "period.day": "day",
}  # fmt: skip
_GROUP_TAILS = ("별", "당", "마다")
_VERB_TAILS = ("한", "했", "하는", "하신", "된", "되는", "하던", "할")


class Figures(Cursor):
    """Reads what is shown, counted and grouped by."""

    def _noun(self, phrase: Phrase) -> bool:
        if not self._named():
            return False
        if phrase.key.startswith("period.") and not phrase.tail.startswith(_GROUP_TAILS) and not phrase.columns:
            return False
        found = self._mention()
        assert found is not None
        mention, tail = found
        self._place(mention, tail)
        return True

    def _place(self, mention: Mention, tail: str) -> None:
        """Decide by what follows what a named thing is there for."""
        if tail.startswith(_GROUP_TAILS) or self._key() == "group" or self.each:
            self.at += self._key() == "group"
            self.each = False
            unit = _UNITS.get(self.phrases[self.at - 1].key)
            self.units.append(Group(mention, unit))
        elif self._key() == "count" or (self._key() == "how_many" and not mention.special):
            self.at += 1
            self._counted(mention)
        elif self._key() in _AGGREGATES and not self._starts_figure():
            self.fn = _AGGREGATES[self._key()]
            self.at += 1
            self._figured(mention)
        elif self.fn == "avg" and tail.startswith("보다") and self._key().startswith("adj."):
            self.fn = None
            self.units.append(Average(mention, ">" if self._key().endswith("desc") else "<"))
            self.at += 1
        elif self.fn:
            self._figured(mention)
        elif mention.special:
            self.units.append(Figure("sum", mention))
        elif mention.rather_table and tail.startswith(_VERB_TAILS):
            self.units.append(Has(mention))
        else:
            self.units.append(Noun(mention, head=True, distinct=self.distinct))
            self.distinct = False
        if tail.startswith("순") or (tail.startswith("별") and tail.endswith("순")):
            self._sorted(mention_descending=False)

    def _starts_figure(self) -> bool:
        """Whether the aggregate under the cursor belongs to what follows it: 도시별 평균 가격, not 가격 평균."""
        return self._key() in _AGGREGATES and self._named(1) and not self._ends_phrase()

    def _ends_phrase(self) -> bool:
        phrase = self._peek()
        return phrase is not None and phrase.tail != ""

    def _counted(self, mention: Mention) -> None:
        if self.fn not in (None, "sum"):
            raise refusals.beyond()
        self.fn = None
        fn: Aggregate = (
            "count" if mention.rather_table else "count_distinct" if self.distinct or mention.columns else "count"
        )
        if mention.special and not mention.columns:
            fn = "sum"
        self.distinct = False
        self.units.append(Figure(fn, mention))

    def _figured(self, mention: Mention) -> None:
        assert self.fn is not None
        fn, self.fn = self.fn, None
        if fn == "sum" and mention.rather_table and not mention.special:
            fn = "count"
        following = self._peek()
        if fn in ("max", "min") and following and _rather_table(following):
            self.units.append(Top(mention, fn == "max"))
            return
        self.units.append(Figure(fn, mention))

    def _counting(self, phrase: Phrase) -> bool:
        """몇 명 after or before what is counted, 얼마나 많은 before it, 얼마 after a figure."""
        if phrase.key == "how_much" and self._key(1) == "adj.desc":
            self.at += 1
        elif phrase.key == "how_much":
            self.at += 1
            return bool(self.units)
        elif phrase.key not in ("how_many", "count"):
            return False
        self.at += 1
        last = self.units[-1] if self.units else None
        if phrase.key != "how_much" and isinstance(last, Noun | Has) and not (isinstance(last, Has) and last.negated):
            self.units.pop()
            self._counted(last.mention)
            return True
        if isinstance(last, Figure):
            return True
        found = self._mention()
        if found is None:
            raise refusals.beyond()
        self._counted(found[0])
        return True

    def _aggregate(self, phrase: Phrase) -> bool:
        if phrase.key not in _AGGREGATES:
            return False
        self.at += 1
        if not self._named(self._fillers()):
            last = self._take_back()
            if last is None or (isinstance(last, Figure) and last.fn != "sum"):
                raise refusals.beyond()
            self.fn = _AGGREGATES[phrase.key]
            self._figured(last.mention)
            return True
        self.fn = _AGGREGATES[phrase.key]
        return True

    def _grouping(self, phrase: Phrase) -> bool:
        if phrase.key == "each":
            self.each = True
            self.at += 1
            return True
        if phrase.key == "group":
            self.at += 1
            last = self._take_back()
            if last is None:
                raise refusals.beyond()
            self.units.append(Group(last.mention))
            return True
        grouped = phrase.tail.startswith(_GROUP_TAILS) or self._key(1) == "group"
        if phrase.key.startswith("period.") and grouped and not phrase.columns:
            self.at += 2 if not phrase.tail.startswith(_GROUP_TAILS) else 1
            self.units.append(Group(unit=_UNITS[phrase.key]))
            return True
        ranked = any(isinstance(unit, Top) for unit in self.units)
        if phrase.key.startswith("period.") and ranked and not phrase.columns:
            # 매출이 가장 높은 달
            self.at += 1
            self.units.append(Group(unit=_UNITS[phrase.key]))
            return True
        return False
