"""Korean superlatives and orders."""

from dataclasses import replace

from core.model.builtin import refusals
from core.model.builtin.korean.figures import Figures
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Figure,
    Mention,
    Noun,
    Sort,
    Special,
    Take,
    Top,
)

_COUNTING = frozenset({"많은", "많이", "적은", "적게", "많았던", "적었던", "많은지", "적은지"})


class Ranking(Figures):
    """Reads 가장, 상위 5개, 높은 순."""

    def _superlative(self, phrase: Phrase) -> bool:
        if phrase.key == "most":
            self.most = True
            self.at += 1
            return True
        if phrase.key in ("top", "bottom"):
            return self._top(phrase)
        if not phrase.key.startswith(("adj.", "common.")):
            return False
        descending = phrase.key.endswith("desc")
        self.at += 1
        if phrase.tail.startswith("순") or self._key() == "order":
            self.at += self._key() == "order"
            self._sorted_by_adjective(phrase, descending)
            return True
        if not self.most and not any(other.number is not None for other in self.phrases[self.at :]):
            raise refusals.beyond()
        self.most = False
        if phrase.key.startswith("common."):
            self.units.append(Top(None, descending))
        elif phrase.key in ("adj.desc", "adj.asc"):
            self._plain_adjective(phrase, descending)
        else:
            last = self._take_back_column()
            self.units.append(Top(last or Mention(phrase.text, special=_sense(phrase.key)), descending))
        return True

    def _take_back_column(self) -> Mention | None:
        """A column named right before its adjective (가격이 가장 비싼)."""
        last = self.units[-1] if self.units else None
        if isinstance(last, Noun) and not last.mention.rather_table and self._key(-2) in ("most", ""):
            self.units.pop()
            return last.mention
        return None

    def _plain_adjective(self, phrase: Phrase, descending: bool) -> None:
        """많은, 높은, 적은 … of what was named before, or of what comes after."""
        if self._key() in ("sell", "spend", "bought"):
            sense: Special = "sold" if self._key() == "sell" else "money"
            self.at += 1
            if self.units and isinstance(self.units[-1], Figure) and self.units[-1].mention.special == "money":
                self.units.pop()
            self.units.append(Top(Mention(phrase.text, special=sense), descending, "sum"))
            return
        named_before = self._peek(-2) is not None and (
            self._key(-2) == "most" or self._named(-2) or self._key(-2) == "count"
        )
        last = self._take_back() if named_before and phrase.text not in ("많이", "적게") else None
        if last is None:
            found = self._mention()
            if found is None:
                raise refusals.beyond()
            mention, tail = found
            if self._key() == "count":
                self.at += 1
            self._top_of(Noun(mention), descending, phrase, before=False, shown=not tail.startswith("의"))
            return
        self._top_of(last, descending, phrase)

    def _top_of(
        self, last: Noun | Figure, descending: bool, phrase: Phrase, before: bool = True, shown: bool = False
    ) -> None:
        mention = last.mention
        bare = phrase.text[: len(phrase.text) - len(phrase.tail)] if phrase.tail else phrase.text
        if isinstance(last, Figure):
            self.units.append(Top(mention, descending, last.fn))
        elif mention.special and not mention.columns:
            self.units.append(Top(mention, descending, "sum"))
        elif mention.rather_table:
            if bare not in _COUNTING:
                raise refusals.beyond()
            self.units.append(Top(mention, descending, "count"))
        elif not before and shown and not self._named(self._fillers()):
            self.units.append(Figure("max" if descending else "min", mention, extreme=True))
        else:
            self.units.append(Top(mention, descending))

    def _sorted_by_adjective(self, phrase: Phrase, descending: bool) -> None:
        self.most = False
        last = None
        if phrase.key in ("adj.desc", "adj.asc") or (self.units and self._named(-3)):
            last = self._take_back()
        if last is None:
            if phrase.key in ("adj.desc", "adj.asc") or phrase.key.startswith("common."):
                raise refusals.beyond()
            self.units.append(Sort(Mention(phrase.text, special=_sense(phrase.key)), descending))
        else:
            self._sort_of(last, descending)

    def _top(self, phrase: Phrase) -> bool:
        """매출 상위 5개, 상위 5명."""
        count = self._peek(1)
        if count is None or not isinstance(count.number, int):
            raise refusals.beyond()
        self.at += 2
        if self._key() == "counter":
            self.at += 1
        self.units.append(Take(count.number))
        before = self.units[-2] if len(self.units) > 1 else None
        if isinstance(before, Figure | Noun | Sort) and not (isinstance(before, Noun) and before.mention.rather_table):
            self.units.remove(before)
            fn = before.fn if isinstance(before, Figure) else before.figure if isinstance(before, Sort) else None
            if isinstance(before, Sort) and fn:
                self.units = [u for u in self.units if u != Figure(fn, before.mention)]
            self.units.append(Top(before.mention, phrase.key == "top", fn))
        elif not any(self._key(n).startswith(("adj.", "most")) for n in range(len(self.phrases) - self.at)):
            raise refusals.beyond()
        return True

    def _sorting(self, phrase: Phrase) -> bool:
        if phrase.key == "order":
            self.at += 1
            if not any(isinstance(unit, Sort) for unit in self.units):
                self._sorted(mention_descending=False)
            return True
        if phrase.key in ("asc", "desc"):
            self.at += 1
            sorts = [place for place, unit in enumerate(self.units) if isinstance(unit, Sort)]
            if sorts:
                sort = self.units[sorts[-1]]
                assert isinstance(sort, Sort)
                self.units[sorts[-1]] = replace(sort, descending=phrase.key == "desc")
                return True
            last = self._take_back()
            if last is None:
                raise refusals.beyond()
            self._sort_of(last, phrase.key == "desc")
            return True
        if phrase.key == "alphabetical":
            self.at += 1
            self.units.append(Sort(Mention("이름"), False))
            return True
        return False


def _sense(key: str) -> Special:
    senses: dict[str, Special] = {
        "price": "price", "age": "age", "length": "length", "height": "height", "weight": "weight", "date": "date",
    }  # fmt: skip
    return senses[key.split(".")[1]]
