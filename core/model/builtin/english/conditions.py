"""English conditions: comparisons, values, dates, negations."""

from datetime import date

from core.model.builtin import refusals
from core.model.builtin.english.cursor import Cursor
from core.model.builtin.intent import Operator
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Among,
    Amount,
    Average,
    Figure,
    Has,
    Likeness,
    Mention,
    Noun,
    Null,
    Special,
    When,
    Where,
)
from core.schema import ValueMatch

_OPERATORS: dict[str, Operator] = {
    "op.gt": ">", "op.ge": ">=", "op.lt": "<", "op.le": "<=", "op.eq": "=", "op.ne": "<>", "op.after": ">",
    "op.before": "<",
}  # fmt: skip
_HINTS: dict[str, Special] = {
    "older": "age", "younger": "age", "expensive": "price", "cheaper": "price", "cost": "price", "costs": "price",
    "longer": "length", "shorter": "length", "heavier": "weight", "lighter": "weight", "taller": "height",
    "later": "date", "earlier": "date",
}  # fmt: skip


class Conditions(Cursor):
    """Reads what restricts rows."""

    def _amount(self, figure: Figure) -> bool:
        ahead = self._ahead()
        operator = self._key(ahead)
        if operator not in _OPERATORS and operator != "op.between":
            return False
        self.at += ahead
        op, value, upper = self._operand()
        if isinstance(value, str) or isinstance(upper, str):
            raise refusals.beyond()
        self.units.append(Amount(figure, op, value, upper))
        return True

    def _operand(self) -> tuple[Operator, int | float, int | float | None]:
        """An operator and its numbers."""
        key, said = self._key(), self.phrases[self.at].text.lower()
        self.at += 1
        first = self._number()
        if key == "op.between":
            self._skip(frozenset({"and", "to"}))
            return ">=", first, self._number()
        op = _OPERATORS[key]
        if said in ("since", "until", "till"):
            op = ">=" if said == "since" else "<="
        return self._settled(op), first, None

    def _comparison(self, phrase: Phrase) -> bool:
        key = phrase.key
        if key in ("above_average", "below_average"):
            self.at += 1
            hint = self._take_hint()
            if hint is None:
                self._skip()
                hint = self._mention()
            elif (again := self._peek()) and set(again.columns) & set(hint.columns):
                self.at += 1
            if hint is None:
                raise refusals.beyond()
            self.units.append(Average(hint, ">" if key == "above_average" else "<"))
            return True
        if key in ("op.like", "op.starts", "op.ends"):
            return self._likeness(key)
        if key not in _OPERATORS and key != "op.between":
            return False
        following = self._peek(1 + self._ahead_from(1))
        if following and following.values and key in ("op.ne", "op.eq"):
            self.at += 1
            self.negated = self.negated != (key == "op.ne")
            return True
        if following and following.quoted is not None:
            return self._equal_text(key)
        if following and following.span and (following.number is None or self._dated(key)):
            return self._dates(key)
        if following and following.number is None:
            raise refusals.beyond()
        self._compare(phrase)
        return True

    def _dated(self, key: str) -> bool:
        noun = self._last_noun()
        return key in ("op.after", "op.before", "op.between") and not (
            noun and noun.mention.columns and not noun.mention.rather_table
        )

    def _compare(self, phrase: Phrase) -> None:
        hint = self._special_hint(phrase)
        mention = self._take_hint()
        op, value, upper = self._operand()
        if self._key() == "older":
            self.at += 1
            hint = hint or Mention("age", special="age")
        if mention is not None or hint is not None:
            self.units.append(Where(mention or hint or Mention(""), op, value, upper))
            return
        self._skip()
        counted = self._mention()
        if counted is None:
            last = self.units[-1] if self.units else None
            if isinstance(last, Figure) and self.condition:
                self.units.pop()
                self.units.append(Amount(last, op, value, upper))
                return
            raise refusals.beyond()
        self._counted(counted, op, value, upper)

    def _counted(self, mention: Mention, op: Operator, value: int | float, upper: int | float | None) -> None:
        """ "more than 3 orders" counts rows, "more than 4 cylinders" compares a column."""
        if mention.rather_table:
            self.units.append(Amount(Figure("count", mention), op, value, upper))
        else:
            self.units.append(Where(mention, op, value, upper))

    def _special_hint(self, phrase: Phrase) -> Mention | None:
        for word in phrase.text.lower().split():
            if word in _HINTS:
                return Mention(phrase.text, special=_HINTS[word])
        return None

    def _equal_text(self, key: str) -> bool:
        self.at += 1
        mention = self._take_hint()
        self._skip()
        phrase = self._peek()
        if mention is None or phrase is None or phrase.quoted is None or key not in _OPERATORS:
            raise refusals.beyond()
        self.at += 1
        self.units.append(Where(mention, self._settled(_OPERATORS[key]), phrase.quoted))
        return True

    def _likeness(self, key: str) -> bool:
        self.at += 1
        self._skip()
        phrase = self._peek()
        if phrase is None or phrase.quoted is None:
            raise refusals.beyond()
        self.at += 1
        ahead = self._ahead()
        following = self._peek(ahead)
        mention = self._take_hint()
        if mention is None and following and following.columns:
            self.at += ahead
            mention = self._mention()
        if mention is None:
            shown = [unit.mention for unit in self.units if isinstance(unit, Noun) and not unit.mention.rather_table]
            mention = shown[0] if len(shown) == 1 else None
        if mention is None:
            raise refusals.beyond()
        text = phrase.quoted.replace("%", "").replace("_", "")
        pattern = {"op.like": f"%{text}%", "op.starts": f"{text}%", "op.ends": f"%{text}"}[key]
        self.units.append(Likeness(mention, pattern, self.negated))
        self.negated = False
        return True

    def _dates(self, key: str) -> bool:
        """ "since March 2024", "between 2023-01-01 and 2023-06-30"."""
        hint = self._take_hint()
        self.at += 1
        self._skip()
        phrase = self._peek()
        if phrase is None or phrase.span is None:
            raise refusals.beyond()
        self.at += 1
        span = phrase.span
        start: date | None = span.start
        end: date | None = span.end
        year, op = span.year, _OPERATORS.get(key, "=")
        if key == "op.between":
            self._skip(frozenset({"and", "to"}))
            last = self._peek()
            if last is None or last.span is None:
                raise refusals.beyond()
            self.at += 1
            end, year = last.span.end, None
        elif key in ("op.after", "op.gt"):
            # "since" and "from" include the day or month they name, "after" does not.
            since = "since" in self.phrases[self.at - 2].text.lower()
            start, end = (span.start if since else span.end), None
            op = ">=" if since else ">"
        elif key in ("op.before", "op.lt"):
            upto = self.phrases[self.at - 2].text.lower() in ("until", "till")
            start, end = None, (span.end if upto else span.start)
            op = "<=" if upto else "<"
        elif key == "op.ge":
            end = None
        elif key == "op.le":
            start = None
        elif key == "op.ne":
            raise refusals.beyond()
        self.units.append(When(start, end, year, op, hint))
        return True

    def _negation(self, phrase: Phrase) -> bool:
        if phrase.key == "not":
            self.at += 1
            self.negated = not self.negated
            return True
        if phrase.key == "no":
            self.at += 1
            self._skip()
            denied = self._peek()
            if denied is None or not denied.named:
                raise refusals.beyond()
            self.at += 1
            mention = Mention(denied.text, denied.tables, denied.columns)
            valued = self._peek(self._ahead())
            if valued and (valued.values or valued.quoted is not None) and not mention.rather_table:
                # "do not have the nationality X" denies the value, not that there is one.
                self.negated = not self.negated
                self.units.append(Noun(mention, doubtful=True))
                return True
            self.units.append(Has(mention, negated=True) if mention.rather_table else Null(mention))
            return True
        if phrase.key in ("null", "not_null"):
            self.at += 1
            hint = self._take_hint()
            if hint is None:
                raise refusals.beyond()
            self.units.append(Null(hint, negated=(phrase.key == "not_null") != self.negated))
            self.negated = False
            return True
        return False

    def _values(self, phrase: Phrase) -> bool:
        very_name = any(c.level >= 4 for c in (*phrase.tables, *phrase.columns))
        if not phrase.values or (very_name and phrase.quoted is None):
            return False
        if phrase.key and phrase.quoted is None and phrase.key != "filler" and not self._value_rather(phrase):
            return False
        choices = [phrase.values]
        every = False
        self.at += 1
        while self._key() in ("and", "or"):
            every = every or self._key() == "and"
            following = self._peek(1) if self._key(1) != "in" else self._peek(2)
            if not following or not following.values or following.named:
                every = False
                break
            self.at += 1 if self._peek(1) is following else 2
            choices.append(following.values)
            self.at += 1
        matches = tuple(match for choice in choices for match in choice)
        hint = self._take_hint(matches)
        if hint is None:
            hint = self._hint_after(matches)
        self.units.append(Among(tuple(choices), self.negated, hint, every and len(choices) > 1))
        self.negated = False
        return True

    def _value_rather(self, phrase: Phrase) -> bool:
        """Whether a word such as "Sales" is a value here: written as a name, and said what it is."""
        following = self._peek(1)
        holding = {(match.table, match.column) for match in phrase.values}
        told = following and any((c.ref.table, c.ref.column) in holding for c in following.columns)
        return bool(phrase.key in ("money", "sold") and phrase.text[:1].isupper() and told)

    def _hint_after(self, matches: tuple[ValueMatch, ...]) -> Mention | None:
        """A name right after a value that says what it is: "the sales department", "Aberdeen city"."""
        phrase = self._peek()
        if phrase is None or not phrase.named or phrase.key:
            return None
        columns = tuple(
            c for c in phrase.columns if any((m.table, m.column) == (c.ref.table, c.ref.column) for m in matches)
        )
        tables = tuple(c for c in phrase.tables if any(m.table == c.ref.table for m in matches))
        if not columns and not (tables and any(isinstance(unit, Noun | Figure) for unit in self.units)):
            return None
        self.at += 1
        return Mention(phrase.text, tables, columns)

    def _quoted(self, phrase: Phrase) -> bool:
        if phrase.quoted is None:
            return False
        mention = self._take_hint()
        if mention is None:
            raise refusals.unknown_words([phrase.text])
        self.at += 1
        self.units.append(Where(mention, self._settled("="), phrase.quoted))
        return True

    def _span(self, phrase: Phrase) -> bool:
        if phrase.span is None or (phrase.number is not None and self._key(-1) not in ("in", "from", "of", "filler")):
            return False
        if phrase.number is not None and phrase.span.year and (noun := self._last_noun()) and noun.mention.columns:
            hint = self._take_hint()
            if hint:
                self.at += 1
                self.units.append(When(phrase.span.start, phrase.span.end, phrase.span.year, hint=hint))
                return True
        self.at += 1
        following = self._peek(1)
        if self._key() == "to" and following and following.span:
            self.at += 2
            self.units.append(When(phrase.span.start, following.span.end))
            return True
        self.units.append(When(phrase.span.start, phrase.span.end, phrase.span.year))
        return True
