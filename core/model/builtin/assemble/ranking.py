"""Superlatives and orders over resolved columns and figures."""

from core.errors import BeyondWriter
from core.lexicon import split_identifier
from core.model.builtin import refusals
from core.model.builtin.assemble.subject import ADDITIVE, Subject
from core.model.builtin.intent import (
    Entity,
    IsNull,
    Measure,
    Order,
    Ref,
)
from core.model.builtin.naming import human_columns, is_textual
from core.model.builtin.resolve import numbers
from core.model.builtin.units import (
    Figure,
    Group,
    Noun,
    Sort,
    Take,
    Top,
)


class Ranking(Subject):
    """Decides what rows are ranked and sorted by."""

    def _ranks(self) -> bool:
        return any(isinstance(unit, Top) and (unit.figure or unit.mention is None) for unit in self.units)

    def _ranked(self) -> None:
        takes = [unit.count for unit in self.units if isinstance(unit, Take)]
        tops = [unit for unit in self.units if isinstance(unit, Top)]
        if len(takes) > 1 or len(tops) > 1:
            raise refusals.beyond()
        if takes:
            self.limit = takes[0]
        for top in tops:
            self._top(top, bool(takes))
        for unit in self.units:
            if isinstance(unit, Sort):
                self._sort(unit)

    def _top(self, top: Top, several: bool) -> None:
        several = several or top.several
        if not top.several:
            self.limit = self.limit or 1
        if top.mention is None or top.figure or top.mention.special in ("money", "sold"):
            measure = self._top_measure(top)
            self._make_groups(measure)
            if several and measure not in self.measures:
                self.measures.append(measure)
            self.orders.append(Order(measure, top.descending))
            return
        if self.measures and not self.dimensions:
            raise refusals.beyond()
        if self.measures:
            ref = self.resolver.column(top.mention, numbers)
            match = [m for m in self.measures if m.of == ref]
            if not match:
                raise refusals.beyond()
            self.orders.append(Order(match[0], top.descending))
            return
        self._top_column(top, several)

    def _summed(self, by: Ref, descending: bool, several: bool) -> bool:
        """ "products by quantity": a column with many rows for each one shown is added up, when it can be."""
        if self.graph.goes_up(self.resolver.subject, by.table):
            return False
        if not set(split_identifier(by.column)) & ADDITIVE:
            raise refusals.beyond()
        measure = Measure("sum", by.table, by)
        self._make_groups(measure)
        if several and measure not in self.measures:
            self.measures.append(measure)
        self.orders.append(Order(measure, descending))
        return True

    def _top_column(self, top: Top, several: bool) -> None:
        assert top.mention is not None
        descending = top.descending
        if top.mention.special == "age":
            try:
                by = self.resolver.column(top.mention)
            except BeyondWriter:
                by = self._birth()
                descending = not descending
        else:
            by = self.resolver.column(top.mention)
        if self._summed(by, descending, several):
            return
        if "rank" in split_identifier(by.column):
            raise refusals.beyond()
        if is_textual(self.resolver.column_of(by)) and not self.resolver.is_date(self.resolver.column_of(by)):
            raise refusals.beyond()
        self.orders.append(Order(by, descending))
        if (
            not descending
            and self.resolver.column_of(by).nullable
            and self.linked.dialect not in ("postgres", "oracle")
        ):
            self.filters.append(IsNull(by, negated=True))

    def _birth(self) -> Ref:
        found = [
            Ref(self.resolver.subject, column.name)
            for column in self.graph.tables[self.resolver.subject].columns
            if "birth" in column.name.lower() or "생년" in column.name or column.name == "생일"
        ]
        if len(found) != 1:
            raise refusals.unknown_words(["age"])
        return found[0]

    def _top_measure(self, top: Top) -> Measure:
        if top.mention is None:
            return Measure("count", self.measures[0].table if self.measures else self._counted_table())
        if top.mention.special in ("money", "sold") and top.figure in (None, "sum"):
            operand = self.resolver.sense(top.mention)
            return Measure("sum", operand.table, operand)
        return self.measure(Figure(top.figure or "count", top.mention))

    def _counted_table(self) -> str:
        """What "most common" counts: the rows of the other table named, else the subject's."""
        subject = self.resolver.subject
        others = {t for t in self.resolver.mentioned if t != subject and not self.graph.goes_up(subject, t)}
        if len(others) > 1:
            raise refusals.beyond()
        for table in others:
            self.related = [relation for relation in self.related if relation.table != table]
            return table
        return subject

    def _make_groups(self, measure: Measure) -> None:
        """ "which city has the most customers": what is shown is what is grouped by."""
        if self.dimensions:
            return
        subject = self.resolver.subject
        shown = [column for column in self.columns if isinstance(column, Ref)]
        if measure.table != subject and (not shown or self._as_rows(shown)):
            self.dimensions.append(Entity(subject))
            return
        if not shown:
            raise refusals.beyond()
        self.dimensions += shown
        self.columns = []

    def _as_rows(self, shown: list[Ref]) -> bool:
        """Whether columns stand for rows of their table ("the customer's city"), not for themselves ("which city")."""
        tables = {ref.table for ref in shown}
        if len(tables) != 1:
            return False
        table = self.graph.tables[next(iter(tables))]
        own = {*human_columns(table), *table.primary_key}
        if any(ref.column in own for ref in shown):
            return True
        mentions = [unit.mention for unit in self.units if isinstance(unit, Noun | Group) and unit.mention]
        return any(m.owner == table.id or (m.rather_table and self.resolver.table(m) == table.id) for m in mentions)

    def _sort(self, unit: Sort) -> None:
        mention = unit.mention
        if unit.figure or mention.special or (mention.rather_table and not mention.columns):
            figure = unit.figure or ("sum" if mention.special else "count")
            if figure == "sum" and mention.special and not self.dimensions and not self.measures:
                operand = self.resolver.sense(mention)
                if operand.table == self.resolver.subject:
                    self.orders.append(Order(operand, unit.descending))
                    return
            measure = self.measure(Figure(figure, mention))
            if not self.dimensions:
                self._make_groups(measure)
            self.orders.append(Order(measure, unit.descending))
            return
        ref = self.resolver.names(mention)
        for one in ref:
            match = [m for m in self.measures if m.of == one]
            if not match and not self.measures and self._summed(one, unit.descending, several=True):
                return
            self.orders.append(Order(match[0] if match else one, unit.descending))
