"""From units to an intent: the subject is settled, names are resolved, and the pieces must fit together."""

from dataclasses import replace

from core.model.builtin import refusals
from core.model.builtin.assemble.conditions import Conditions
from core.model.builtin.intent import (
    Dimension,
    Entity,
    Filter,
    Intent,
    Measure,
    Order,
    Period,
    Ref,
    Related,
)
from core.model.builtin.joins import Graph
from core.model.builtin.naming import human_columns, is_numeric
from core.model.builtin.resolve import Resolver
from core.model.builtin.units import (
    Figure,
    Group,
    Mention,
    Noun,
    Piece,
    Sort,
    Top,
)
from core.model.builtin.vocabulary import PART
from core.schema import Linked


class Assembler(Conditions):
    """Puts an intent together."""

    def _shown(self) -> None:
        figures = [unit for unit in self.units if isinstance(unit, Figure)]
        figures = [unit for unit in figures if not self._extreme_row(unit)]
        counted = any(isinstance(u, Top) and (u.figure or u.mention is None) for u in self.units)
        for unit in figures:
            measure = self.measure(unit)
            if measure not in self.measures:
                self.measures.append(measure)
        for noun in self.of(Noun):
            self._show(noun, bool(figures), counted)
        if len({measure.table for measure in self.measures}) > 1:
            raise refusals.beyond()

    def _extreme_row(self, figure: Figure) -> bool:
        """ "the lowest price and its product": the row that has it, not a figure by itself."""
        beside = [noun for noun in self.of(Noun) if not noun.mention.rather_table]
        if not figure.extreme or not beside or any(isinstance(unit, Group) for unit in self.units):
            return False
        ref = self.resolver.column(figure.mention)
        self.columns.append(ref)
        self.orders.append(Order(ref, figure.fn == "max"))
        self.limit = 1
        return True

    def _show(self, noun: Noun, figured: bool, counted: bool) -> None:
        mention = noun.mention
        if noun.possessed and not mention.rather_table:
            return
        if mention.rather_table:
            table = self.resolver.table(mention)
            if noun.linked and (figured or counted):
                raise refusals.beyond()
            if noun.linked and table != self.resolver.subject:
                if not (self._names_shown() and human_columns(self.graph.tables[table])):
                    raise refusals.beyond()
                self.columns.append(Entity(table))
                return
            if not figured and not counted and not self._names_shown() and table == self.resolver.subject:
                self.columns.append(Entity(table))
            self._scope(table)
            return
        if not mention.special and max((c.level for c in mention.columns), default=PART + 1) <= PART:
            # One word of a longer name is enough to compare by, not to be shown for.
            raise refusals.beyond()
        for ref in self.resolver.names(self._owned_by_group(mention)):
            if figured and ref.table not in self._grouped_tables(ref.table):
                raise refusals.beyond()
            if ref not in self.columns:
                self.columns.append(ref)
        self.distinct = self.distinct or noun.distinct

    def _grouped_tables(self, otherwise: str) -> set[str]:
        """The tables whose rows "for each" makes groups of; `otherwise` when it names none."""
        groups = [unit.mention for unit in self.units if isinstance(unit, Group) and unit.mention]
        return {self.resolver.table(mention) for mention in groups if mention.rather_table} or {otherwise}

    def _owned_by_group(self, mention: Mention) -> Mention:
        """ "the name and number of orders for each customer": the name is the customer's."""
        for unit in self.units:
            if isinstance(unit, Group) and unit.mention is not None and unit.mention.rather_table and not mention.owner:
                table = self.resolver.table(unit.mention)
                if any(c.ref.table == table and c.level > 1 for c in mention.columns):
                    return replace(mention, owner=table)
        return mention

    def _names_shown(self) -> bool:
        return any(not (noun.mention.rather_table or noun.possessed) for noun in self.of(Noun))

    def _scope(self, table: str) -> None:
        """A table named beside the subject must belong to it; rows that have none of it are left out."""
        subject = self.resolver.subject
        if table == subject or self.graph.goes_up(subject, table):
            return
        if self._covered(table) or any(isinstance(c, Ref) and c.table == table for c in self.columns):
            return
        if any(isinstance(u, Noun) and u.mention.owner == table for u in self.units):
            return
        self.graph.path(subject, table, self.resolver.mentioned)
        self.related.append(Related(table))

    def _fit(self) -> None:
        """Figures with plain columns beside them are grouped by those columns."""
        if self.measures and self.columns:
            entity = self._entity_of_columns()
            if entity:
                self.dimensions = [d for d in self.dimensions if d != Entity(entity)]
                self.dimensions.append(Entity(entity))
            else:
                self.dimensions = [
                    *(c for c in self.columns if isinstance(c, Ref) and c not in self.dimensions),
                    *self.dimensions,
                ]
                self.columns = []
        if (
            self.dimensions
            and not self.measures
            and not self.having
            and not any(isinstance(o.by, Measure) for o in self.orders)
        ):
            self._plain_groups()
        if self.measures and not self.dimensions and (self.limit is not None or self.orders):
            raise refusals.beyond()
        self._sensible_groups()
        self._connected()
        if self.dimensions and self.measures and not self.orders:
            self.orders = self._usual_order()
        self._sortable()
        if self.distinct and any(order.by not in self.columns for order in self.orders):
            raise refusals.beyond()

    def _sortable(self) -> None:
        """Groups are sorted by what they are made of or by a figure, never by a column of one of their rows."""
        ranked = any(isinstance(order.by, Measure) for order in self.orders)
        if not self.dimensions or not (self.measures or self.having or ranked):
            return
        explicit = {column for column in self.columns if isinstance(column, Ref)}
        shown = set(explicit)
        for dimension in self.dimensions:
            table = self.graph.tables[dimension.table]
            if isinstance(dimension, Entity):
                names = () if explicit else human_columns(table)
                shown |= {Ref(table.id, name) for name in (*names, *table.primary_key)}
        for order in self.orders:
            if not isinstance(order.by, Measure) and order.by not in shown and order.by not in self.dimensions:
                raise refusals.beyond()

    def _connected(self) -> None:
        """Everything shown must hang together with the subject."""
        for item in (*self.columns, *self.measures, *self.dimensions):
            if self.graph.distance(self.resolver.subject, item.table) is None:
                raise refusals.no_join(self.resolver.subject, item.table)

    def _sensible_groups(self) -> None:
        """Rows counted by their own key would be one each: no such thing was meant."""
        counted = {m.table for m in (*self.measures, *(h.measure for h in self.having)) if m.of is None}
        counted |= {order.by.table for order in self.orders if isinstance(order.by, Measure) and order.by.of is None}
        for dimension in self.dimensions:
            key = self.graph.tables[dimension.table].primary_key
            own = isinstance(dimension, Entity) or (isinstance(dimension, Ref) and key == (dimension.column,))
            if own and dimension.table in counted:
                raise refusals.beyond()

    def _plain_groups(self) -> None:
        """ "the name of each customer": nothing is figured, so nothing is grouped."""
        for dimension in self.dimensions:
            if isinstance(dimension, Entity):
                if not self.columns:
                    self.columns.append(dimension)
                elif dimension.table not in (self.resolver.subject, *(column.table for column in self.columns)):
                    raise refusals.beyond()
            elif isinstance(dimension, Ref):
                if dimension not in self.columns:
                    self.columns.append(dimension)
            else:
                raise refusals.beyond()
        self.dimensions = []

    def _entity_of_columns(self) -> str:
        """The table whose rows are grouped when its columns are shown beside another table's figure."""
        tables = {column.table for column in self.columns}
        measured = {measure.table for measure in self.measures}
        entities = {d.table for d in self.dimensions if isinstance(d, Entity)}
        fits = not self.dimensions or tables == entities
        shown = [column for column in self.columns if isinstance(column, Ref)]
        if len(tables) == 1 and not (tables & measured) and fits and (not shown or self._as_rows(shown)):
            return next(iter(tables))
        return ""

    def _usual_order(self) -> list[Order]:
        """Time goes forward; anything else goes by the first figure, the most first."""
        first = self.dimensions[0]
        periods = [d for d in self.dimensions if isinstance(d, Period)]
        if periods:
            return [Order(period) for period in periods]
        if isinstance(first, Ref) and (is_numeric(self.resolver.column_of(first)) or "year" in first.column.lower()):
            return [Order(first)]
        return [Order(self.measures[0], descending=True)]

    def intent(self) -> Intent:
        """The intent. Raises `BeyondWriter` when the units do not fit together."""
        self.units = _money_alone(self.units)
        self.settle()
        self._shown()
        self.group_units()
        self._added_up()
        self._counted_groups()
        self._conditions()
        self._ranked()
        self._fit()
        if any(noun.doubtful and not noun.possessed for noun in self.of(Noun)):
            raise refusals.beyond()
        if not (self.columns or self.measures or self.dimensions):
            raise refusals.beyond()
        return Intent(
            self.resolver.subject,
            tuple(self.columns),
            tuple(self.measures),
            tuple(self.dimensions),
            tuple(dict.fromkeys(self.filters)),
            tuple(dict.fromkeys(self.related)),
            tuple(self.having),
            tuple(self.orders),
            self.limit,
            self.distinct,
        )


def _money_alone(units: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """ "sales last month": money named with nothing else to show is added up."""
    nouns = [unit for unit in units if isinstance(unit, Noun)]
    if len(nouns) != 1 or not nouns[0].mention.special or any(isinstance(unit, Figure | Top | Sort) for unit in units):
        return units
    return tuple(Figure("sum", unit.mention) if unit is nouns[0] else unit for unit in units)


def assemble(units: tuple[Piece, ...], linked: Linked, graph: Graph) -> Intent:
    """The intent of some units over the tables they were linked to."""
    return Assembler(units, linked, graph, Resolver(linked, graph)).intent()


def conditions_of(
    units: tuple[Piece, ...], linked: Linked, graph: Graph, resolver: Resolver
) -> tuple[tuple[Filter, ...], tuple[Dimension, ...]]:
    """Only the conditions and groups of units, for a question whose subject is known already."""
    assembler = Assembler(units, linked, graph, resolver)
    assembler.group_units()
    for unit in units:
        assembler.condition(unit)
    if assembler.related or assembler.having:
        raise refusals.beyond()
    return tuple(assembler.filters), tuple(assembler.dimensions)
