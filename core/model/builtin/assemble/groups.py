"""What rows are grouped by, and which rows a date speaks of."""

from core.lexicon import split_identifier
from core.model.builtin import refusals
from core.model.builtin.assemble.ranking import Ranking
from core.model.builtin.assemble.subject import ADDITIVE
from core.model.builtin.intent import (
    Entity,
    Measure,
    Period,
    Ref,
)
from core.model.builtin.resolve import numbers
from core.model.builtin.units import (
    Amount,
    Group,
    Has,
    Listing,
    Mention,
    Top,
    When,
)


class Groups(Ranking):
    """Decides the groups."""

    def group_units(self) -> None:
        """Make dimensions of the units that say "for each"."""
        for unit in self.units:
            if not isinstance(unit, Group):
                continue
            if unit.mention is not None and not (unit.unit and self._period_better(unit.mention)):
                dimension = self.dimension(unit.mention)
                if (
                    unit.unit
                    and isinstance(dimension, Ref)
                    and self.resolver.is_date(self.resolver.column_of(dimension))
                ):
                    dimension = Period(dimension, unit.unit)
                self.dimensions.append(dimension)
            elif unit.unit:
                year = self.resolver.year_column(self._measured()) if unit.unit == "year" else None
                self.dimensions.append(year or Period(self.resolver.date_column(event=self._measured()), unit.unit))

    def _measured(self) -> str:
        """The table whose rows a figure is over: what a date speaks of then."""
        for measure in self.measures:
            return measure.table
        for unit in self.units:
            if isinstance(unit, Top) and (unit.figure or (unit.mention and unit.mention.special in ("money", "sold"))):
                return self._top_measure(unit).table
        return ""

    def _event(self, unit: When) -> str:
        """The table of what happened then: "who ordered in 2024", 2024년에 주문한 고객."""
        place = self.units.index(unit)
        before = [other for other in self.units[:place] if isinstance(other, Has | Amount)]
        after = [other for other in self.units[place + 1 : place + 2] if isinstance(other, Has | Amount)]
        for other in (*before[::-1], *after):
            mention = other.mention if isinstance(other, Has) else other.figure.mention
            if mention.tables:
                return self.resolver.table(mention)
            if isinstance(other, Amount):
                return self.measure(other.figure).table
        return self._measured()

    def _period_better(self, mention: Mention) -> bool:
        return not any(
            c.level >= 4 and c.ref.table in (self.resolver.subject, *self.resolver.mentioned) for c in mention.columns
        )

    def _added_up(self) -> None:
        """ "refund amount by month": an amount beside a group is added up; what else it could be is not guessed."""
        groups = [d for d in self.dimensions if not isinstance(d, Entity) or d.table != self.resolver.subject]
        shown = [
            c
            for c in self.columns
            if isinstance(c, Ref) and numbers(self.graph.tables[c.table], self.resolver.column_of(c))
        ]
        if self.measures or not groups or not shown or self._ranks():
            return
        if all(isinstance(d, Entity) and all(d.table == c.table for c in shown) for d in groups):
            return
        for column in shown:
            if not set(split_identifier(column.column)) & ADDITIVE:
                raise refusals.beyond()
            self.columns.remove(column)
            self.measures.append(Measure("sum", column.table, column))

    def _counted_groups(self) -> None:
        """ "orders per year": rows named with nothing but groups are counted."""
        groups = [dimension for dimension in self.dimensions if dimension != Entity(self.resolver.subject)]
        plain = all(isinstance(column, Entity) for column in self.columns)
        if self.measures or not groups or not plain or not self.columns or self._ranks():
            return
        if any(isinstance(unit, Listing) for unit in self.units):
            raise refusals.beyond()
        for dimension in groups:
            if isinstance(dimension, Ref) and numbers(
                self.graph.tables[dimension.table], self.resolver.column_of(dimension)
            ):
                raise refusals.beyond()
        self.columns = []
        self.measures.append(Measure("count", self.resolver.subject))
