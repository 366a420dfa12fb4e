"""English superlatives and orders."""

from dataclasses import replace

from core.model.builtin import refusals
from core.model.builtin.english.figures import _AGGREGATES, Figures
from core.model.builtin.intent import Aggregate
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

_COUNTED = frozenset({"most", "the most", "least", "the least", "fewest", "the fewest", "top most"})


class Ranking(Figures):
    """Reads "the most", "top 5", "sorted by"."""

    def _sorting(self, phrase: Phrase) -> bool:
        if phrase.key == "order":
            self.at += 1
            self._sorted_by(None)
        elif phrase.key in ("asc", "desc"):
            self.at += 1
            descending = phrase.key == "desc"
            self._skip(frozenset({"of", "filler"}))
            if self._key() in ("order", "group") or phrase.text.lower().endswith((" of", " by")):
                self.at += self._key() in ("order", "group")
                self._sorted_by(descending)
            else:
                self._direct(descending)
        elif phrase.key == "alphabetical":
            self.at += 1
            self._skip(frozenset({"of", "group", "filler"}))
            following = self._peek()
            if following and following.named:
                self._sorted_by(False)
            else:
                self._direct(False)
        else:
            return False
        return True

    def _direct(self, descending: bool) -> None:
        """A direction alone belongs to the order before it, or else to the one thing shown."""
        for place in range(len(self.units) - 1, -1, -1):
            unit = self.units[place]
            if isinstance(unit, Sort):
                self.units[place] = replace(unit, descending=descending)
                return
        shown = [unit.mention for unit in self.units if isinstance(unit, Noun) and not unit.mention.rather_table]
        if len(shown) != 1:
            raise refusals.beyond()
        self.units.append(Sort(shown[0], descending))

    def _sorted_by(self, descending: bool | None) -> None:
        while True:
            self._skip()
            if self._key() in ("asc", "desc"):
                descending = self._key() == "desc"
                self.at += 1
                self._skip()
            figure: Aggregate | None = None
            if self._key() in _AGGREGATES and (following := self._peek(1)) and (following.named or following.key):
                figure = _AGGREGATES[self._key()]
                self.at += 1
                self._skip()
            if self._key() == "count":
                figure = "count"
                self.at += 1
            mention = self._mention()
            if mention is None:
                raise refusals.beyond()
            ahead = self._ahead(frozenset({"filler", "in"}))
            if self._key(ahead) in ("asc", "desc"):
                descending = self._key(ahead) == "desc"
                self.at += ahead + 1
            self.units.append(Sort(mention, bool(descending), figure))
            if not (self._key() == "and" and (following := self._peek(1)) and following.columns):
                return
            self.at += 1
            descending = None

    def _superlative(self, phrase: Phrase) -> bool:
        key = phrase.key
        if key in ("top", "bottom"):
            return self._top(phrase)
        if not key.startswith(("super.", "adj.", "common.", "sold.", "spent.")):
            return False
        descending = key.endswith(".desc")
        self.at += 1
        if key.startswith(("sold.", "spent.")):
            sense: Special = "sold" if key.startswith("sold") else "money"
            self.units.append(Top(Mention(phrase.text, special=sense), descending, "sum", self._plural()))
        elif key.startswith("common."):
            if (named := self._peek()) and named.named and any(isinstance(unit, Noun) for unit in self.units):
                # "the names of dogs of the rarest breed" asks two things, one inside the other.
                raise refusals.beyond()
            self.units.append(Top(None, descending))
        elif key.startswith("adj."):
            self._adjective(phrase, _special(key), descending)
        else:
            self._most(phrase, descending)
        return True

    def _most(self, phrase: Phrase, descending: bool) -> None:
        self._skip()
        figure: Aggregate | None = None
        while self._key() in ("count", *_AGGREGATES):
            figure = "count" if self._key() == "count" else _AGGREGATES[self._key()]
            self.at += 1
            self._skip()
        mention = self._mention()
        if mention is None:
            raise refusals.beyond()
        if figure == "count" and not mention.rather_table and mention.columns:
            # "the largest number of seats": a column that holds such numbers.
            self._extreme(mention, descending)
        elif figure:
            self.units.append(Top(mention, descending, figure))
        elif mention.special and not mention.columns:
            self.units.append(Top(mention, descending, "sum"))
        elif phrase.text.lower() in _COUNTED and mention.tables:
            self.units.append(Top(mention, descending, "count"))
        elif mention.columns:
            self._extreme(mention, descending)
        else:
            raise refusals.beyond()

    def _extreme(self, mention: Mention, descending: bool) -> None:
        """The highest of a column: asked for itself when nothing else is, else what rows are chosen by."""
        if self.asked or self.condition or any(isinstance(unit, Noun | Figure) for unit in self.units):
            self.units.append(Top(mention, descending))
        else:
            self.units.append(Figure("max" if descending else "min", mention, extreme=True))

    def _adjective(self, phrase: Phrase, special: Special, descending: bool) -> None:
        count = self._peek()
        if special == "date" and count and isinstance(count.number, int) and count.span is None:
            self.at += 1
            self.units.append(Take(count.number))
        following = self._peek()
        if following and following.columns and not following.tables and special in ("date", "length"):
            mention = self._mention()
            assert mention is not None
            self._extreme(mention, descending)
            return
        self.units.append(Top(Mention(phrase.text, special=special), descending))

    def _top(self, phrase: Phrase) -> bool:
        """ "top 5 customers by sales", "top 3 most expensive products"."""
        self.at += 1
        self.best = True
        count = self._peek()
        if count is None or not isinstance(count.number, int):
            raise refusals.beyond()
        self.at += 1
        self.units.append(Take(count.number))
        if self._key().startswith(("super.", "adj.", "common.", "sold.", "spent.")):
            return True
        mention = self._mention()
        if mention is None:
            raise refusals.beyond()
        self.units.append(Noun(mention, head=True))
        ahead = self._ahead()
        if self._key(ahead) not in ("group", "order"):
            return True
        self.at += ahead + 1
        self._skip()
        figure: Aggregate | None = None
        if self._key() in ("count", *_AGGREGATES):
            figure = "count" if self._key() == "count" else _AGGREGATES[self._key()]
            self.at += 1
        target = self._mention()
        if target is None:
            raise refusals.beyond()
        if figure == "sum" and target.tables and not target.columns:
            figure = "count"
        if target.special and not target.columns:
            figure = "sum"
        self.units.append(Top(target, phrase.key == "top", figure))
        return True


def _special(key: str) -> Special:
    senses: dict[str, Special] = {
        "price": "price", "age": "age", "length": "length", "height": "height", "weight": "weight", "date": "date",
    }  # fmt: skip
    return senses[key.split(".")[1]]
