"""Korean conditions: comparisons, values, dates, negations."""

from dataclasses import replace

from core.model.builtin import refusals
from core.model.builtin.intent import Operator
from core.model.builtin.korean.cursor import _rather_table
from core.model.builtin.korean.figures import _VERB_TAILS
from core.model.builtin.korean.ranking import Ranking, _sense
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
    Take,
    Top,
    When,
    Where,
)

_OPERATORS: dict[str, Operator] = {"op.ge": ">=", "op.le": "<=", "op.gt": ">", "op.lt": "<", "op.eq": "="}
_BY_COUNTER: dict[str, Special] = {"원": "price", "달러": "price", "살": "age", "세": "age"}


class Conditions(Ranking):
    """Reads what restricts rows."""

    def _numeral(self, phrase: Phrase) -> bool:
        if phrase.number is None or (phrase.span is not None and not self._plain_number()):
            return False
        self.at += 1
        value = phrase.number
        counter, tail = "", phrase.tail
        if self._key() == "counter":
            counter_phrase = self.phrases[self.at]
            tail = counter_phrase.tail
            counter = counter_phrase.text.removesuffix(tail)
            self.at += 1
        following = self._peek()
        if tail.startswith(("에서", "부터", "와", "과")) and following and following.number is not None:
            return self._between(value)
        op = self._operator(tail)
        if op is None:
            return self._take(value, tail)
        self._compare(op, value, None, counter)
        return True

    def _plain_number(self) -> bool:
        return self._key(1) == "counter" and self._text(1) != "년"

    def _operator(self, tail: str) -> Operator | None:
        """The operator after a number: 이상, 보다 큰, or 인 for equality."""
        key = self._key()
        if key in _OPERATORS:
            self.at += 1
            return _OPERATORS[key]
        if tail.startswith("보다") or (key.startswith("adj.") and "보다" in tail):
            if not key.startswith("adj."):
                raise refusals.beyond()
            if not key.startswith(("adj.desc", "adj.asc")):
                self.units.append(Noun(Mention(self._text(0), special=_sense(key))))
            descending = key.endswith("desc")
            self.at += 1
            return ">" if descending else "<"
        last = self.units[-1] if self.units else None
        if tail.startswith(("인", "짜리")) and isinstance(last, Noun | Figure):
            return "="
        return None

    def _between(self, low: int | float) -> bool:
        high = self._peek()
        assert high is not None and high.number is not None
        self.at += 1
        counter, tail = "", high.tail
        if self._key() == "counter":
            counter, tail = self._text(0), self.phrases[self.at].tail
            self.at += 1
        if self._key() == "op.between" or tail.startswith("까지"):
            self.at += self._key() == "op.between"
            self._compare(">=", low, high.number, counter)
            return True
        raise refusals.beyond()

    def _compare(self, op: Operator, value: int | float, upper: int | float | None, counter: str) -> None:
        last = self._take_back()
        before = self.units[-1] if self.units else None
        if last is None and isinstance(before, Where) and before.op in (">", ">=") and op in ("<", "<="):
            # 3000 이상 4000 이하: the same column twice.
            last = Noun(before.mention)
        if last is None and (special := _BY_COUNTER.get(counter)):
            last = Noun(Mention(counter, special=special))
        if last is None:
            found = self._mention()
            if found is None or not found[0].rather_table:
                raise refusals.beyond()
            last = Figure("count", found[0])
        if isinstance(last, Noun) and last.mention.rather_table:
            if special := _BY_COUNTER.get(counter):
                self.units += [last, Where(Mention(counter, special=special), op, value, upper)]
                return
            last = Figure("count", last.mention)
        if isinstance(last, Figure):
            if last.mention.special and last.fn == "sum":
                self.units.append(Where(last.mention, op, value, upper))
            else:
                self.units.append(Amount(last, op, value, upper))
        else:
            self.units.append(Where(last.mention, op, value, upper))

    def _take(self, value: int | float, tail: str) -> bool:
        """상품 5개, 5개의 상품."""
        if not isinstance(value, int):
            raise refusals.beyond()
        last = self.units[-1] if self.units else None
        ahead = self._peek()
        if isinstance(last, Noun | Top) or (tail.startswith("의") and ahead and _rather_table(ahead)):
            self.units.append(Take(value))
            return True
        raise refusals.beyond()

    def _averages(self, phrase: Phrase) -> bool:
        if phrase.key not in ("above_average", "below_average"):
            return False
        self.at += 1
        last = self._take_back()
        if not isinstance(last, Noun):
            raise refusals.beyond()
        self.units.append(
            Average(
                last.mention,
                ">="
                if phrase.text.endswith(("이상", "이상인"))
                else ">"
                if phrase.key == "above_average"
                else "<="
                if "이하" in phrase.text
                else "<",
            )
        )
        return True

    def _negation(self, phrase: Phrase) -> bool:
        if phrase.key in ("no", "not", "exists", "null"):
            self.at += 1
            last = self.units[-1] if self.units else None
            if isinstance(last, Noun | Has):
                self.units.pop()
                if last.mention.rather_table:
                    self.units.append(Has(last.mention, negated=phrase.key != "exists"))
                else:
                    self.units.append(Null(last.mention, negated=phrase.key == "exists"))
                return True
            if phrase.key == "exists" and (last is None or isinstance(last, Among | When | Figure | Amount)):
                return True
            raise refusals.beyond()
        if phrase.key == "op.ne":
            self.at += 1
            last = self.units[-1] if self.units else None
            if not isinstance(last, Among):
                raise refusals.beyond()
            self.units[-1] = replace(last, negated=True)
            return True
        return False

    def _values(self, phrase: Phrase) -> bool:
        if not phrase.values or (phrase.named and phrase.quoted is None):
            return False
        choices = [phrase.values]
        self.at += 1
        while True:
            ahead = 1 if self._key() in ("and", "or") else 0
            following = self._peek(ahead)
            tail = self.phrases[self.at - 1].tail
            if not (following and following.values and not following.named) or not (
                ahead or tail in ("과", "와", "이나", "나", "이랑", "랑", "하고")
            ):
                break
            choices.append(following.values)
            self.at += ahead + 1
        holding = {(match.table, match.column) for choice in choices for match in choice}
        hint = None
        last = self.units[-1] if self.units else None
        if isinstance(last, Noun) and any((c.ref.table, c.ref.column) in holding for c in last.mention.columns):
            self.units.pop()
            hint = last.mention
        following = self._peek()
        if (
            hint is None
            and following
            and not following.key
            and any((c.ref.table, c.ref.column) in holding for c in following.columns)
        ):
            self.at += 1
            hint = Mention(following.text, columns=following.columns)
        self.units.append(Among(tuple(choices), False, hint))
        return True

    def _quoted(self, phrase: Phrase) -> bool:
        if phrase.quoted is None:
            return False
        last = self.units[-1] if self.units else None
        if not isinstance(last, Noun) or last.mention.rather_table:
            raise refusals.unknown_words([phrase.text])
        self.units.pop()
        self.at += 1
        self.at += self._key() == "filler"
        text = phrase.quoted.replace("%", "").replace("_", "")
        patterns = {"op.like": f"%{text}%", "op.starts": f"{text}%", "op.ends": f"%{text}"}
        if self._key() in patterns:
            self.units.append(Likeness(last.mention, patterns[self._key()]))
            self.at += 1
        elif self._key() == "op.ne":
            self.units.append(Where(last.mention, "<>", phrase.quoted))
            self.at += 1
        else:
            self.units.append(Where(last.mention, "=", phrase.quoted))
        return True

    def _span(self, phrase: Phrase) -> bool:
        if phrase.span is None or (phrase.number is not None and phrase.tail == "" and not self._dated_next()):
            return False
        self.at += 1
        hint = None
        last = self.units[-1] if self.units else None
        if isinstance(last, Noun) and not last.mention.rather_table:
            self.units.pop()
            hint = last.mention
        span, key = phrase.span, self._key()
        following = self._peek()
        if phrase.tail.startswith(("부터", "에서")) and following and following.span:
            self.at += 1
            self.at += self._key() == "op.between"
            self.units.append(When(span.start, following.span.end, hint=self._date_hint(hint)))
        elif phrase.tail.startswith("부터"):
            self.units.append(When(span.start, None, span.year, ">=", self._date_hint(hint)))
        elif phrase.tail.startswith("까지"):
            self.units.append(When(None, span.end, span.year, "<=", self._date_hint(hint)))
        elif key == "op.after":
            # 이후 includes the day, month or year it is said of.
            self.at += 1
            self.units.append(When(span.start, None, span.year, ">=", self._date_hint(hint)))
        elif key == "op.before":
            self.at += 1
            self.units.append(When(None, span.start, span.year, "<", self._date_hint(hint)))
        else:
            self.units.append(When(span.start, span.end, span.year, "=", self._date_hint(hint)))
        return True

    def _dated_next(self) -> bool:
        return self._key(1) in ("op.after", "op.before")

    def _date_hint(self, hint: Mention | None) -> Mention | None:
        """2024년에 가입한: a date named by what happened then."""
        phrase = self._peek()
        if (
            hint is None
            and phrase
            and phrase.columns
            and not _rather_table(phrase)
            and phrase.tail.startswith(_VERB_TAILS)
        ):
            self.at += 1
            return Mention(phrase.text, columns=phrase.columns)
        return hint
