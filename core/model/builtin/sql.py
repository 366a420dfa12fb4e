"""From an `Intent` to a query: which table it starts from, which it joins, and the syntax tree.

A figure is never counted twice: it is summed over its own table, and only tables with at most one row for each of its
rows are joined. What has more is asked for with EXISTS or a figure of its own.
"""

from itertools import chain

from sqlglot import exp

from core.model.builtin import dialect as dialects
from core.model.builtin import refusals
from core.model.builtin.intent import (
    Compare,
    During,
    Entity,
    Filter,
    Having,
    Intent,
    IsNull,
    Like,
    Measure,
    OneOf,
    Operand,
    Period,
    Product,
    Ref,
    Related,
    Scalar,
)
from core.model.builtin.joins import Graph, Path, Step
from core.model.builtin.naming import human_columns, is_dated, is_key, is_numeric, measure_alias, singular
from core.schema import Column

_OPERATORS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ, "<>": exp.NEQ, ">": exp.GT, ">=": exp.GTE, "<": exp.LT, "<=": exp.LTE,
}  # fmt: skip


def table_of(operand: Operand | Period | Entity | Measure) -> str:
    """The table a piece of an intent reads."""
    return operand.table


def filter_table(condition: Filter) -> str:
    """The table a filter reads."""
    return condition.ref.table


class Query:
    """One SELECT in the making: its root table, what is joined, and how things are written."""

    def __init__(self, graph: Graph, dialect: str, mentioned: frozenset[str], root: str) -> None:
        self.graph, self.dialect, self.mentioned, self.root = graph, dialect, mentioned, root
        self.joined: dict[str, Step | None] = {root: None}

    def reach(self, table: str) -> bool:
        """Join the way up to a table; False when there is none."""
        if table in self.joined:
            return True
        if not self.graph.goes_up(self.root, table):
            return False
        self.add(self.graph.path(self.root, table, self.mentioned, only_up=True))
        return True

    def add(self, path: Path) -> None:
        """Join the tables of a path; a table that two paths reach differently cannot be told apart."""
        for step in path:
            if step.end in self.joined and self.joined[step.end] != step:
                raise refusals.beyond()
            self.joined[step.end] = step

    def column(self, ref: Ref) -> exp.Column:
        """A column, with its table when there are several or it is an inner query."""
        name = dialects.identifier(ref.column, self.dialect)
        if len(self.joined) == 1 and not self.nested:
            return exp.column(name)
        return exp.column(name, table=self._alias(ref.table))

    nested = False

    def _alias(self, table: str) -> exp.Identifier:
        return dialects.identifier(self.graph.tables[table].name, self.dialect)

    def from_table(self, table: str) -> exp.Table:
        """A table as it stands in FROM."""
        found = self.graph.tables[table]
        schema = dialects.identifier(found.schema, self.dialect) if found.schema else None
        return exp.Table(this=dialects.identifier(found.name, self.dialect), db=schema)

    def on(self, step: Step) -> exp.Expr:
        """The condition of a join."""
        link = step.link
        pairs = zip(link.columns, link.ref_columns, strict=True)
        return exp.and_(
            *(
                exp.EQ(this=self._full(link.child, child), expression=self._full(link.parent, parent))
                for child, parent in pairs
            )
        )

    def _full(self, table: str, column: str) -> exp.Column:
        return exp.column(dialects.identifier(column, self.dialect), table=self._alias(table))

    def start(self) -> exp.Select:
        """FROM and its joins."""
        select = exp.Select().from_(self.from_table(self.root))
        for table, step in self.joined.items():
            if step:
                select = select.join(self.from_table(table), on=self.on(step), join_type="")
        return select

    def schema_column(self, ref: Ref) -> Column:
        """What the schema says of a column."""
        return next(column for column in self.graph.tables[ref.table].columns if column.name == ref.column)

    def operand(self, operand: Operand) -> exp.Expr:
        """A column or an amount."""
        if isinstance(operand, Product):
            return exp.Mul(this=self.column(operand.quantity), expression=self.column(operand.price))
        return self.column(operand)

    def measure(self, measure: Measure, fanned: bool = False) -> exp.Expr:
        """A figure; `fanned` when the query may hold a row of its table more than once."""
        if measure.of is None:
            if not fanned:
                return exp.Count(this=exp.Star())
            key = self.graph.tables[measure.table].primary_key
            if len(key) != 1:
                raise refusals.beyond()
            return exp.Count(this=exp.Distinct(expressions=[self.column(Ref(measure.table, key[0]))]))
        inner = self.operand(measure.of)
        if measure.fn == "count_distinct":
            return exp.Count(this=exp.Distinct(expressions=[inner]))
        if measure.fn in ("sum", "avg", "count") and fanned:
            raise refusals.beyond()
        if measure.fn == "avg":
            whole = isinstance(measure.of, Ref) and "int" in self.schema_column(measure.of).type.lower()
            return dialects.average(inner, whole, self.dialect)
        made: dict[str, type[exp.AggFunc]] = {"sum": exp.Sum, "min": exp.Min, "max": exp.Max, "count": exp.Count}
        return made[measure.fn](this=inner)

    def filter(self, condition: Filter) -> exp.Expr:
        """A condition of WHERE."""
        column = self.column(condition.ref)
        match condition:
            case Compare(_, op, Measure() as figure):
                inner = Query(self.graph, self.dialect, self.mentioned, figure.table)
                figured = inner.start().select(inner.measure(figure)).subquery()
                return _OPERATORS[op](this=column, expression=figured)
            case Compare(_, op, str() | int() | float() as value):
                return _OPERATORS[op](this=column, expression=_literal(value))
            case Like(_, pattern, negated):
                like = dialects.like(column, pattern, self.dialect)
                return exp.not_(like) if negated else like
            case OneOf(_, values, negated):
                return _one_of(column, values, negated)
            case IsNull(_, negated):
                null: exp.Expr = exp.Is(this=column, expression=exp.Null())
                return exp.not_(null) if negated else null
            case During(_, start, end):
                parts: list[exp.Expr] = []
                if start:
                    parts.append(exp.GTE(this=column, expression=dialects.day(start, self.dialect)))
                if end:
                    parts.append(exp.LT(this=column.copy(), expression=dialects.day(end, self.dialect)))
                return exp.and_(*parts)
        raise refusals.beyond()

    def dimension(self, dimension: Ref | Period) -> exp.Expr:
        """What a group is made by."""
        if isinstance(dimension, Period):
            return dialects.period(self.column(dimension.ref), dimension.unit, self.dialect)
        return self.column(dimension)


def _literal(value: Scalar) -> exp.Expr:
    return exp.Literal.string(value) if isinstance(value, str) else exp.Literal.number(value)


def _one_of(column: exp.Expr, values: tuple[Scalar, ...], negated: bool) -> exp.Expr:
    if len(values) == 1:
        kind = exp.NEQ if negated else exp.EQ
        return kind(this=column, expression=_literal(values[0]))
    inside: exp.Expr = exp.In(this=column, expressions=[_literal(value) for value in values])
    return exp.not_(inside) if negated else inside


class Inner(Query):
    """A query inside another: its columns always carry their table."""

    nested = True


def related(outer: Query, relation: Related, extra: tuple[Filter, ...] = ()) -> exp.Expr:
    """EXISTS, NOT EXISTS, or a figure over the rows of another table that belong to a row of the root."""
    graph = outer.graph
    if relation.table == outer.root:
        raise refusals.beyond()
    targets = [relation.table, *(filter_table(item) for item in (*relation.filters, *extra))]
    paths = [graph.path(outer.root, table, outer.mentioned | set(targets)) for table in targets]
    paths = [path for path in paths if path]
    first = paths[0][0]
    if any(path[0] != first for path in paths):
        raise refusals.beyond()
    inner = Inner(graph, outer.dialect, outer.mentioned, first.end)
    for path in paths:
        inner.add(path[1:])
    if relation.measure:
        fanned = any(not graph.goes_up(relation.measure.table, table) for table in inner.joined)
        selected = inner.measure(relation.measure, fanned)
    else:
        selected = exp.Literal.number(1)
    conditions = [inner.on(first), *(inner.filter(item) for item in (*relation.filters, *extra))]
    select = inner.start().select(selected).where(*conditions)
    if relation.measure:
        value = exp.Literal.number(relation.value)
        return _OPERATORS[relation.op](this=select.subquery(), expression=value)
    exists = exp.Exists(this=select)
    return exp.not_(exists) if relation.negated else exists


def _turning_point(graph: Graph, start: str, end: str, mentioned: frozenset[str]) -> str:
    """The lowest table between two: from it both are reached going up only."""
    path = graph.path(start, end, mentioned)
    lowest = start
    for index, step in enumerate(path):
        if not step.up:
            if any(earlier.up for earlier in path[:index]):
                raise refusals.beyond()
            lowest = step.end
    return lowest


def _root(graph: Graph, intent: Intent, mentioned: frozenset[str]) -> str:
    """The table the query starts from: every other it must show or group by is reached going up."""
    measured = [
        measure.table
        for measure in (*intent.measures, *(having.measure for having in intent.having), *_ordered_measures(intent))
    ]
    root = measured[0] if measured else intent.subject
    needed = [*measured, *(table_of(item) for item in (*intent.dimensions, *intent.columns))]
    needed += [table_of(order.by) for order in intent.orders]
    for table in needed:
        if not graph.goes_up(root, table):
            root = _turning_point(graph, root, table, mentioned)
    if any(not graph.goes_up(root, table) for table in needed):
        raise refusals.beyond()
    return root


def _ordered_measures(intent: Intent) -> tuple[Measure, ...]:
    return tuple(order.by for order in intent.orders if isinstance(order.by, Measure))


class _Builder:
    """Builds the tree of one intent."""

    def __init__(self, intent: Intent, graph: Graph, dialect: str) -> None:
        self.intent, self.graph, self.dialect = intent, graph, dialect
        self.mentioned = frozenset(
            {intent.subject, *map(table_of, chain(intent.columns, intent.measures, intent.dimensions))}
            | {filter_table(item) for item in intent.filters}
            | {relation.table for relation in intent.related}
        )
        root = _root(graph, intent, self.mentioned)
        self.query = Query(graph, dialect, self.mentioned, root)
        needed = chain(
            map(table_of, chain(intent.columns, intent.measures, intent.dimensions)),
            (table_of(order.by) for order in intent.orders),
            (having.measure.table for having in intent.having),
        )
        for table in needed:
            self.query.reach(table)
        self.inside = tuple(item for item in intent.filters if self.query.reach(filter_table(item)))
        self.outside = tuple(item for item in intent.filters if item not in self.inside)

    def _measure(self, measure: Measure) -> exp.Expr:
        return self.query.measure(measure, fanned=measure.table != self.query.root)

    def _shown(self, table: str) -> tuple[Ref, ...]:
        """The columns that show an entity."""
        explicit = tuple(column for column in self.intent.columns if isinstance(column, Ref))
        if explicit:
            return ()
        found = self.graph.tables[table]
        return tuple(Ref(table, name) for name in human_columns(found) or found.primary_key)

    def _listed(self) -> list[Ref]:
        """The plain columns that are shown."""
        listed: list[Ref] = []
        for column in self.intent.columns:
            found = [column] if isinstance(column, Ref) else list(self._entity_columns(column.table))
            listed += [ref for ref in found if ref not in listed]
        for dimension in self.intent.dimensions:
            if isinstance(dimension, Entity):
                listed += [ref for ref in self._shown(dimension.table) if ref not in listed]
        return listed

    def _entity_columns(self, table: str) -> tuple[Ref, ...]:
        """A row shown to a person: its name and what it was filtered or sorted by, or all of it."""
        found = self.graph.tables[table]
        names = human_columns(found)
        if not names:
            return tuple(Ref(table, column.name) for column in found.columns)
        sorted_by = [order.by for order in self.intent.orders if isinstance(order.by, Ref) and order.by.table == table]
        return tuple(dict.fromkeys((*(Ref(table, name) for name in names), *sorted_by)))

    def _select(self) -> tuple[list[exp.Expr], list[exp.Expr]]:
        """What is shown, and what it is grouped by."""
        shown: list[exp.Expr] = []
        groups: list[exp.Expr] = []
        listed = self._listed()
        names = [ref.column for ref in listed]
        for ref in listed:
            column = self.query.column(ref)
            groups.append(column.copy())
            if names.count(ref.column) > 1:
                alias = f"{singular(self.graph.tables[ref.table].name)}_{ref.column}"
                shown.append(exp.alias_(column, dialects.heading(alias, self.dialect)))
            else:
                shown.append(column)
        for dimension in self.intent.dimensions:
            if isinstance(dimension, Entity):
                key = self.graph.tables[dimension.table].primary_key
                keys = [self.query.column(Ref(dimension.table, name)) for name in key]
                groups = [*keys, *(group for group in groups if group not in keys)]
            elif dimension not in listed:
                made = self.query.dimension(dimension)
                groups.append(made.copy())
                shown.append(
                    exp.alias_(made, dialects.heading(dimension.unit, self.dialect))
                    if isinstance(dimension, Period)
                    else made
                )
        for measure in self.intent.measures:
            alias = measure_alias(measure, self.graph.tables[measure.table])
            shown.append(exp.alias_(self._measure(measure), dialects.heading(alias, self.dialect)))
        return shown, groups

    def _where(self) -> list[exp.Expr]:
        conditions = [self.query.filter(item) for item in self.inside]
        outside = list(self.outside)
        if outside and any(relation.negated for relation in self.intent.related):
            raise refusals.beyond()
        for relation in self.intent.related:
            mine: tuple[Filter, ...] = ()
            if relation.table in self.query.joined and not (relation.negated or relation.measure or relation.filters):
                continue
            if not relation.negated:
                mine, outside = tuple(outside), []
            conditions.append(related(self.query, relation, mine))
        groups: dict[Step, list[Filter]] = {}
        for item in outside:
            path = self.graph.path(self.query.root, filter_table(item), self.mentioned)
            groups.setdefault(path[0], []).append(item)
        for items in groups.values():
            conditions.append(related(self.query, Related(filter_table(items[0]), filters=tuple(items))))
        return conditions

    def _having(self, having: Having) -> exp.Expr:
        figure = self._measure(having.measure)
        if having.upper is not None:
            return exp.Between(this=figure, low=exp.Literal.number(having.value), high=exp.Literal.number(having.upper))
        return _OPERATORS[having.op](this=figure, expression=exp.Literal.number(having.value))

    def _orders(self) -> list[exp.Ordered]:
        made: list[exp.Ordered] = []
        for order in self.intent.orders:
            by: exp.Expr
            if isinstance(order.by, Measure):
                if order.by in self.intent.measures:
                    alias = measure_alias(order.by, self.graph.tables[order.by.table])
                    by = exp.column(dialects.heading(alias, self.dialect))
                else:
                    by = self._measure(order.by)
            elif isinstance(order.by, Period):
                by = exp.column(dialects.heading(order.by.unit, self.dialect))
            else:
                by = self.query.operand(order.by)
            made.append(dialects.ordered(by, order.descending, self.dialect))
        return made

    def build(self) -> exp.Select:
        """The whole query."""
        intent = self.intent
        where = self._where()
        shown, groups = self._select()
        select = self.query.start().select(*shown)
        if where:
            select = select.where(*where)
        grouped = bool(intent.dimensions) and bool(intent.measures or intent.having or _ordered_measures(intent))
        if grouped:
            select = select.group_by(*groups)
        if intent.having:
            select = select.having(*(self._having(having) for having in intent.having))
        if intent.distinct or (intent.dimensions and not grouped):
            select = select.distinct()
        if orders := self._orders():
            select = select.order_by(*orders)
        return select.limit(intent.limit) if intent.limit is not None else select


def tree(intent: Intent, graph: Graph, dialect: str) -> exp.Select:
    """The syntax tree of an intent. Raises `BeyondWriter` when no right query can be built."""
    return _Builder(intent, graph, dialect).build()


__all__ = ["filter_table", "is_dated", "is_key", "is_numeric", "table_of", "tree"]
