"""Conditions: filters of the subject, of its related rows, and of groups."""

from dataclasses import replace
from datetime import date

from core.lexicon import split_identifier
from core.model.builtin import refusals
from core.model.builtin.assemble.groups import Groups
from core.model.builtin.intent import (
    Compare,
    During,
    Entity,
    Having,
    IsNull,
    Like,
    Measure,
    OneOf,
    Ref,
    Related,
    Scalar,
)
from core.model.builtin.naming import is_numeric, is_textual
from core.model.builtin.resolve import numbers
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
    Piece,
    Top,
    When,
    Where,
)

_STOCKS = frozenset({"stock", "inventory", "quantity", "qty", "balance", "재고", "수량", "잔액"})


class Conditions(Groups):
    """Decides what restricts rows, and where."""

    def _inside_negation(self, table: str) -> bool:
        """Whether what is said of a table now belongs to the "no such rows" said before it."""
        negated = any(relation.negated for relation in self.related)
        return negated and not self.graph.goes_up(self.resolver.subject, table)

    def _absorb(self, known: int) -> None:
        """Move the filters added since into the negation before them, when they speak of the rows it denies."""
        for condition in self.filters[known:]:
            if self._inside_negation(condition.ref.table):
                self.filters.remove(condition)
                place = next(index for index, relation in enumerate(self.related) if relation.negated)
                relation = self.related[place]
                self.related[place] = replace(relation, filters=(*relation.filters, condition))

    def _conditions(self) -> None:
        for unit in self.units:
            known = len(self.filters)
            self.condition(unit)
            self._absorb(known)
        self._absorb_figures()

    def _absorb_figures(self) -> None:
        """ "customers with more than 2 orders in 2024": only those orders are counted."""
        figured = [place for place, relation in enumerate(self.related) if relation.measure]
        apart = [f for f in self.filters if not self.graph.goes_up(self.resolver.subject, f.ref.table)]
        if not figured or not apart:
            return
        if len({self.related[place].measure for place in figured}) > 1 or len(figured) < len(self.related):
            raise refusals.beyond()
        for place in figured:
            self.related[place] = replace(self.related[place], filters=tuple(apart))
        self.filters = [condition for condition in self.filters if condition not in apart]

    def condition(self, unit: Piece) -> None:
        """Make a filter of one unit, when it is a condition."""
        match unit:
            case Where():
                self._where(unit)
            case Average(mention, op):
                ref = self.resolver.column(mention, numbers)
                self.filters.append(Compare(ref, op, Measure("avg", ref.table, ref)))
            case Likeness(mention, pattern, negated):
                text = self.resolver.column(mention, lambda _, column: is_textual(column))
                self.filters.append(Like(text, pattern, negated))
            case Noun(mention, possessed=True) if not mention.rather_table:
                ref = self.resolver.column(mention)
                if not self.resolver.column_of(ref).nullable:
                    raise refusals.beyond()
                self.filters.append(IsNull(ref, negated=True))
            case Null(mention, negated):
                self.filters.append(self._empty(self.resolver.column(mention), negated))
            case Among(choices, negated, hint, every):
                ref, values = self.resolver.values(choices, hint)
                if every and not self.graph.goes_up(self.resolver.subject, ref.table):
                    # "who bought A and B" wants both, each in a row of its own.
                    raise refusals.beyond()
                self.filters.append(OneOf(ref, values, negated))
                if negated and not self.graph.goes_up(self.resolver.subject, ref.table):
                    raise refusals.beyond()
            case When():
                self._when(unit)
            case Has(mention, negated):
                self._has(mention, negated)
            case Amount():
                self._amount(unit)

    def _empty(self, ref: Ref, negated: bool) -> Compare | IsNull:
        """ "no email" is an empty column, "no stock" a stock of zero."""
        if set(split_identifier(ref.column)) & _STOCKS and is_numeric(self.resolver.column_of(ref)):
            return Compare(ref, ">" if negated else "=", 0)
        return IsNull(ref, negated)

    def _where(self, unit: Where) -> None:
        if isinstance(unit.value, str):
            ref = self.resolver.column(unit.mention, lambda _, column: is_textual(column))
            self.filters.append(Compare(ref, unit.op, unit.value))
            return
        found = self._figured(unit.mention)
        if found:
            self._compare_measure(found, unit)
            return
        ref = self.resolver.column(unit.mention)
        column = self.resolver.column_of(ref)
        if self.resolver.is_date(column) and _year_like(unit.value, "year"):
            self.filters.append(_years(ref, unit))
            return
        low: Scalar = unit.value
        high: Scalar | None = unit.upper
        if not is_numeric(column):
            if not (is_textual(column) and (unit.op in ("=", "<>") or _year_like(unit.value, ref.column))):
                raise refusals.beyond()
            low, high = str(low), None if high is None else str(high)
        if unit.others:
            if unit.op not in ("=", "<>"):
                raise refusals.beyond()
            others = unit.others if is_numeric(column) else tuple(str(value) for value in unit.others)
            self.filters.append(OneOf(ref, (low, *others), negated=unit.op == "<>"))
            return
        self.filters.append(Compare(ref, unit.op, low))
        if high is not None:
            self.filters.append(Compare(ref, "<=", high))

    def _figured(self, mention: Mention) -> Measure | None:
        """A condition on money or units sold is one on their sum, unless the subject's own column holds it."""
        if mention.special not in ("money", "sold"):
            return None
        operand = self.resolver.sense(mention)
        if isinstance(operand, Ref) and operand.table in (self.resolver.subject, *self.resolver.mentioned):
            return None
        return Measure("sum", operand.table, operand)

    def _compare_measure(self, measure: Measure, unit: Where) -> None:
        assert not isinstance(unit.value, str)
        upper = unit.upper if not isinstance(unit.upper, str) else None
        self._figure_condition(measure, unit.op, unit.value, upper)

    def _when(self, unit: When) -> None:
        if unit.year is not None:
            ref = None
            if unit.hint is not None:
                hinted = self.resolver.column(unit.hint)
                if not self.resolver.is_date(self.resolver.column_of(hinted)):
                    ref = hinted
            else:
                ref = self.resolver.year_column(self._event(unit))
            if ref is not None:
                column = self.resolver.column_of(ref)
                if not (is_numeric(column) or is_textual(column)):
                    raise refusals.beyond()
                value: Scalar = unit.year if is_numeric(column) else str(unit.year)
                self.filters.append(Compare(ref, unit.op, value))
                return
        column_of_date = self.resolver.date_column(unit.hint, self._event(unit))
        self.filters.append(During(column_of_date, unit.start, unit.end))

    def _has(self, mention: Mention, negated: bool) -> None:
        table = self.resolver.table(mention)
        subject = self.resolver.subject
        if not negated and self._inside_negation(table):
            place = next(index for index, relation in enumerate(self.related) if relation.negated)
            self.related[place] = replace(self.related[place], table=table)
            return
        if table == subject:
            if negated:
                raise refusals.beyond()
            return
        if not negated and self._covered(table):
            return
        path = self.graph.path(subject, table, self.resolver.mentioned)
        if len(path) == 1 and path[0].up:
            ref = Ref(subject, path[0].link.columns[0])
            if negated or self.resolver.column_of(ref).nullable:
                self.filters.append(IsNull(ref, negated=not negated))
            return
        self.related.append(Related(table, negated))

    def _covered(self, table: str) -> bool:
        """Whether other parts of the question already ask for rows of a table."""
        figures = [self.measure(u) for u in self.units if isinstance(u, Figure)]
        return any(measure.table == table for measure in figures) or any(
            isinstance(u, Top) and u.mention is not None and table in {c.ref.table for c in u.mention.tables}
            for u in self.units
        )

    def _amount(self, unit: Amount) -> None:
        measure = self.measure(unit.figure)
        self._figure_condition(measure, unit.op, unit.value, unit.upper)

    def _figure_condition(self, measure: Measure, op: str, value: int | float, upper: int | float | None) -> None:
        """A condition on a figure: of the group when there are groups, else of the subject's related rows."""
        grouped = [d for d in self.dimensions if not isinstance(d, Entity)]
        if not grouped and not self.measures and (nouns := self._group_nouns(measure)):
            self.dimensions = list(nouns)
            self.columns = []
            grouped = list(nouns)
        if grouped:
            self.having.append(Having(measure, op, value, upper))  # type: ignore[arg-type]
            return
        subject = self.resolver.subject
        if measure.table == subject:
            raise refusals.beyond()
        self.related.append(Related(measure.table, measure=measure, op=op, value=value))  # type: ignore[arg-type]
        if upper is not None:
            self.related.append(Related(measure.table, measure=measure, op="<=", value=upper))

    def _group_nouns(self, measure: Measure) -> list[Ref]:
        """ "cities with more than 3 customers": columns shown are groups when their own table is counted."""
        refs = [column for column in self.columns if isinstance(column, Ref)]
        if measure.table != self.resolver.subject and self._as_rows(refs):
            return []
        return refs if len(refs) == len(self.columns) else []


def _years(ref: Ref, unit: Where) -> During:
    """A date column against years."""
    low = int(unit.value)
    high = int(unit.upper) if unit.upper is not None else low
    start, after = date(low, 1, 1), date(high + 1, 1, 1)
    match unit.op:
        case "=":
            return During(ref, start, after)
        case ">":
            return During(ref, after, None)
        case ">=":
            return During(ref, start, after if unit.upper is not None else None)
        case "<":
            return During(ref, None, start)
        case "<=":
            return During(ref, None, after)
    raise refusals.beyond()


def _year_like(value: Scalar, column: str) -> bool:
    return isinstance(value, int) and 1000 <= value <= 9999 and "year" in column.lower()
