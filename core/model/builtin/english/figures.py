"""English figures, groups and nouns: what is asked for."""

from dataclasses import replace

from core.model.builtin import refusals
from core.model.builtin.english.conditions import Conditions
from core.model.builtin.english.cursor import _GLUE
from core.model.builtin.intent import Aggregate, Operator, Unit
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Figure,
    Group,
    Has,
    Listing,
    Mention,
    Noun,
    Take,
    Where,
)

_AGGREGATES: dict[str, Aggregate] = {"agg.avg": "avg", "agg.sum": "sum", "agg.max": "max", "agg.min": "min"}


class Figures(Conditions):
    """Reads what is shown, counted and grouped by."""

    def _count(self, phrase: Phrase) -> bool:
        if phrase.key != "count":
            return False
        total = "total" in phrase.text.lower() or self._key(-1) == "agg.sum"
        before = self.phrases[self.at - 1] if self.at else None
        last = self._last_noun()
        if last and before and before.columns and not before.key and not last.mention.rather_table:
            raise refusals.beyond()
        self.at += 1
        self._skip()
        while self._key() == "count" and not self._named_ahead(0):
            self.at += 1
            self._skip()
        while (value := self._peek()) and not value.named and self._values(value):
            self._skip()
        if self._key() == "agg.sum" and (following := self._peek(1)) and following.named:
            total = True
            self.at += 1
        distinct = self._key() == "distinct"
        mention = self._mention()
        if mention is None:
            raise refusals.beyond()
        if not mention.tables and not mention.special and not distinct:
            self._figure("sum" if total else "count", mention)
        elif mention.special == "sold" and not mention.tables:
            self._figure("sum", mention)
        elif mention.special and not mention.tables:
            raise refusals.beyond()
        else:
            self._figure("count" if mention.tables else "count_distinct", mention)
        return True

    def _figure(self, fn: Aggregate, mention: Mention) -> None:
        """A figure, which a condition right after it turns into a condition ("number of orders over 3")."""
        figure = Figure(fn, mention)
        if not (self.condition and self._amount(figure)):
            self.units.append(figure)

    def _aggregate(self, phrase: Phrase) -> bool:
        if phrase.key not in _AGGREGATES:
            return False
        functions = [_AGGREGATES[phrase.key]]
        start = self.at
        self.at += 1
        while True:
            ahead = self._ahead(_GLUE | {"and"})
            if self._key(ahead) not in _AGGREGATES or not any(self._key(n) == "and" for n in range(ahead)):
                break
            functions.append(_AGGREGATES[self._key(ahead)])
            self.at += ahead + 1
        self._skip()
        if self._key() == "count":
            return self._figured_count(functions)
        mention = self._mention()
        if mention is None:
            self.at = start
            if phrase.named:
                return self._noun(phrase)
            raise refusals.beyond()
        mentions = [mention, *self._more_columns()]
        for named in mentions:
            for fn in functions:
                if fn == "sum" and named.tables and not named.columns and not named.special:
                    self._figure("count", named)
                else:
                    self._figure(fn, named)
        return True

    def _figured_count(self, functions: list[Aggregate]) -> bool:
        """ "total number of orders" counts; "maximum number of employees" speaks of a column of such numbers."""
        if functions == ["sum"]:
            return True
        self.at += 1
        mention = self._mention()
        if mention is None or mention.rather_table or not mention.columns:
            raise refusals.beyond()
        for fn in functions:
            self._figure(fn, mention)
        return True

    def _more_columns(self) -> list[Mention]:
        """Columns that "and" adds to the one an aggregate was said of."""
        found: list[Mention] = []
        while self._key() == "and":
            ahead = 1 + self._ahead_from(1)
            phrase = self._peek(ahead)
            if not phrase or not phrase.columns or phrase.key or phrase.tables:
                break
            self.at += ahead
            mention = self._mention()
            assert mention is not None
            found.append(mention)
        return found

    def _grouping(self, phrase: Phrase) -> bool:
        if phrase.key != "group":
            return False
        self.at += 1
        if phrase.text.lower() == "by" and self._says_who():
            return True
        while True:
            self._skip()
            if self._key() == "distinct":
                self.at += 1
            target = self._peek()
            if target and target.key.startswith("period.") and not target.columns:
                self.at += 1
                self.units.append(Group(unit=unit_of(target.key)))
            elif target and target.named:
                mention = self._mention()
                self.units.append(Group(mention, unit_of(target.key) if target.key.startswith("period.") else None))
            elif self._groups_nothing(phrase, target):
                return True
            else:
                raise refusals.beyond()
            if not (self._key() == "and" and self._groupable(1)):
                return True
            self.at += 1

    def _groups_nothing(self, phrase: Phrase, target: Phrase | None) -> bool:
        """ "by" a value, or "each" at the end of what it is said of."""
        if target is None or phrase.text.lower() == "each":
            return True
        by_value = bool(target.values) and phrase.text.lower() == "by"
        return by_value or target.key in ("relative", "be", "stop", "and")

    def _says_who(self) -> bool:
        """Whether "by" tells who did it ("used by any customer", "by more than 3 customers"), not what groups are."""
        phrase = self._peek()
        return phrase is not None and (
            phrase.text.lower() in ("any", "a", "an", "some") or phrase.key.startswith(("op.", "super."))
        )

    def _groupable(self, ahead: int) -> bool:
        if ahead == 1 and self._peek() and self.phrases[self.at].text not in ("and", ","):
            return False
        if self._key(ahead) == "group":
            self.at += 1
            return self._groupable(ahead) if self._key(ahead) == "group" else True
        phrase = self._peek(ahead)
        following = self._peek(ahead + 1)
        plain = phrase is not None and not phrase.key and phrase.columns
        period = phrase is not None and phrase.key.startswith("period.")
        return bool((plain or period) and (following is None or following.key in ("stop", "and", "in", "order", "")))

    def _numeral(self, phrase: Phrase) -> bool:
        if phrase.number is None:
            return False
        value = phrase.number
        following = self._peek(1)
        key = following.key if following else ""
        if key.startswith(("super.", "adj.", "common.", "sold.", "spent.")) and isinstance(value, int):
            self.at += 1
            self.units.append(Take(value))
            return True
        op: Operator = "="
        length = 1
        if key in ("post.ge", "post.le"):
            op, length = (">=" if key == "post.ge" else "<="), 2
        hint = self._take_hint()
        if hint is not None:
            self.at += length
            self.units.append(Where(hint, self._settled(op), value, others=self._other_numbers()))
            return True
        if key == "older":
            self.at += 2
            self.units.append(Where(Mention("age", special="age"), self._settled(op), value))
            return True
        self.at += length
        named = self._mention()
        if named is None:
            raise refusals.beyond()
        if self.condition or length == 2:
            self._counted(named, self._settled(op), value, None)
        elif named.tables and isinstance(value, int) and all(isinstance(unit, Listing) for unit in self.units):
            self.units += [Take(value), Noun(named, head=True)]
        else:
            raise refusals.beyond()
        return True

    def _noun(self, phrase: Phrase) -> bool:
        if not phrase.named and phrase.key not in ("money", "sold"):
            return False
        distinct = self._key(-1) == "distinct"
        of = self._key(-1) in ("of", "in", "from") or (self._key(-1) == "filler" and self._key(-2) in ("of", "in"))
        mention = self._mention()
        assert mention is not None
        if self._runs_on(phrase, mention) or (mention.special == "sold" and phrase.text.lower() == "sold"):
            raise refusals.beyond()
        if mention.special and not mention.columns and not mention.tables:
            self._figure("sum", mention)
            return True
        if self.negated and mention.tables:
            self.units.append(Has(mention, negated=True))
            self.negated = False
            return True
        if self.condition and mention.rather_table:
            self.units.append(Has(mention))
            return True
        if of and mention.tables:
            self._give_owner(mention, firm=self._key(-2) == "of")
        if mention.is_verb:
            self.units.append(Has(mention, self.negated))
            self.negated = False
            return True
        if phrase.text.lower().endswith("ed") and mention.rather_table and not self.condition:
            # "who ordered in 2024": the table stands for what was done, and who did it is not named.
            if not any(isinstance(unit, Noun | Figure) for unit in self.units):
                raise refusals.beyond()
            self.units.append(Has(mention))
            return True
        linked = self.joined and any(isinstance(unit, Noun | Figure) for unit in self.units)
        participle = phrase.text.lower().endswith("ed") and not mention.rather_table
        doubtful = self.condition or participle or (of and bool(self.units) and not mention.rather_table)
        possessed = self.condition and self._follows_with(phrase)
        self.units.append(Noun(mention, not self.condition, linked, doubtful, distinct, possessed))
        return True

    def _follows_with(self, phrase: Phrase) -> bool:
        place = self.phrases.index(phrase) - 1
        while place > 0 and self.phrases[place].text.lower() in ("a", "an", "any", "some"):
            place -= 1
        return self.phrases[place].key == "relative"

    def _runs_on(self, phrase: Phrase, mention: Mention) -> bool:
        """Two columns in a row without "and" between them: what the words mean together is not known."""
        last = self.units[-1] if self.units else None
        place = self.phrases.index(phrase)
        before = self.phrases[place - 1] if place else None
        if not isinstance(last, Noun | Figure) or before is None or not before.columns:
            return False
        return not last.mention.rather_table and not mention.rather_table

    def _other_numbers(self) -> tuple[int | float, ...]:
        """ "9 or 10"."""
        found: list[int | float] = []
        while self._key() in ("or", "and") and (phrase := self._peek(1)) and phrase.number is not None:
            if self._key() == "and" or self._key(2) in ("post.ge", "post.le") or self._named_ahead(2):
                break
            found.append(phrase.number)
            self.at += 2
        return tuple(found)

    def _give_owner(self, mention: Mention, firm: bool) -> None:
        """ "name and age of singers": the columns named before belong to the table named now."""
        tables = [candidate.ref.table for candidate in mention.tables if candidate.level >= 4] or [
            candidate.ref.table for candidate in mention.tables
        ]
        if len(tables) != 1:
            return
        for place in range(len(self.units) - 1, -1, -1):
            unit = self.units[place]
            if not isinstance(unit, Noun | Figure) or unit.mention.tables or unit.mention.owner:
                break
            stays = firm and isinstance(unit, Noun) and bool(unit.mention.columns)
            if stays or unit.mention.is_name or any(c.ref.table == tables[0] for c in unit.mention.columns):
                owned = replace(unit.mention, owner=tables[0])
                self.units[place] = replace(unit, mention=owned)


def unit_of(key: str) -> Unit:
    """The unit of a "period." role."""
    units: dict[str, Unit] = {
        "period.year": "year", "period.quarter": "quarter", "period.month": "month", "period.week": "week",
        "period.day": "day",
    }  # fmt: skip
    return units[key]
