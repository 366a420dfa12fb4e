"""Follow-ups: "and in 2023?", "only Seoul", "by month instead" change the query of the question before.

Only the tree of that query is used, never its rows. A new condition takes the place of one on the same column; a new
grouping takes the place of the old one.
"""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from core.model.builtin import dialect as dialects
from core.model.builtin import refusals
from core.model.builtin.assemble import conditions_of
from core.model.builtin.intent import Dimension, Entity, Filter, Period, Ref, Related
from core.model.builtin.joins import Graph, Step, graph
from core.model.builtin.naming import human_columns
from core.model.builtin.resolve import Resolver
from core.model.builtin.sql import Inner, filter_table, related
from core.model.builtin.units import Among, Average, Group, Likeness, Null, Piece, Sort, Take, When, Where
from core.schema import Linked

_CHANGES = (Among, When, Where, Likeness, Null, Average, Group, Take, Sort)


def is_follow_up(units: tuple[Piece, ...]) -> bool:
    """Whether the units only change something: they name nothing that is asked for."""
    return bool(units) and all(isinstance(unit, _CHANGES) for unit in units)


class _Change:
    """The previous query, being changed."""

    def __init__(self, previous: str, linked: Linked) -> None:
        self.linked, self.dialect = linked, linked.dialect
        self.graph: Graph = graph(linked.tables)
        self.select = _parsed(previous, linked.dialect)
        self.aliases = self._tables()
        root = next(iter(self.aliases))
        self.query = Inner(self.graph, self.dialect, frozenset(self.aliases), root)
        self.query.joined = {table: self._step(root, table) for table in self.aliases}
        self.resolver = Resolver(linked, self.graph)
        self.resolver.subject = root
        self.resolver.mentioned = list(self.aliases)

    def _step(self, root: str, table: str) -> Step | None:
        """The last step of the way up to a table that is joined already."""
        if table == root or not self.graph.goes_up(root, table):
            return None
        return self.graph.path(root, table, frozenset(self.aliases), only_up=True)[-1]

    def _tables(self) -> dict[str, str]:
        """The tables of FROM and JOIN, and what each is called there. Anything but plain tables is beyond us."""
        known = {table.id.lower(): table.id for table in self.linked.tables}
        found: dict[str, str] = {}
        from_ = self.select.args.get("from_")
        sources = [from_.this if from_ else None, *(join.this for join in self.select.args.get("joins") or [])]
        for source in sources:
            if not isinstance(source, exp.Table):
                raise refusals.beyond()
            name = f"{source.db}.{source.name}" if source.db else source.name
            table = known.get(name.lower())
            if table is None or table in found:
                raise refusals.beyond()
            found[table] = source.alias_or_name
        return found

    def _qualify(self) -> None:
        """Give every bare column of a query over one table its table, before a second table comes in."""
        shown = {projection.alias for projection in self.select.expressions if projection.alias}
        for column in self.select.find_all(exp.Column):
            if not column.table and column.parent_select is self.select and column.name not in shown:
                column.set("table", exp.to_identifier(next(iter(self.aliases.values()))))

    def _named(self, expression: exp.Expr) -> exp.Expr:
        """An expression with the names the query gives its tables."""
        for column in expression.find_all(exp.Column):
            for table, alias in self.aliases.items():
                if column.table == self.graph.tables[table].name:
                    column.set("table", exp.to_identifier(alias, quoted=column.args["table"].quoted))
        return expression

    def _reach(self, table: str) -> bool:
        """Join a table that the query does not read yet."""
        before = set(self.query.joined)
        if not self.query.reach(table):
            return False
        for added in [name for name in self.query.joined if name not in before]:
            step = self.query.joined[added]
            assert step is not None
            if len(self.aliases) == 1:
                self._qualify()
            self.aliases[added] = self.graph.tables[added].name
            self.select = self.select.join(
                self.query.from_table(added), on=self._named(self.query.on(step)), join_type="", copy=False
            )
        return True

    def _drop(self, ref: Ref) -> None:
        """Take away the conditions on a column."""
        where = self.select.args.get("where")
        if where is None:
            return
        alias = self.aliases.get(ref.table, "")
        kept = [
            part
            for part in _conjuncts(where.this)
            if not any(
                column.name == ref.column and column.table in ("", alias) and column.parent_select is self.select
                for column in part.find_all(exp.Column)
            )
        ]
        self.select.set("where", exp.Where(this=exp.and_(*kept)) if kept else None)

    def filter(self, condition: Filter) -> None:
        """Add a condition in place of those on the same column."""
        table = filter_table(condition)
        if self._reach(table):
            self._drop(condition.ref)
            made: exp.Expr = self.query.filter(condition)
        else:
            made = related(self.query, Related(table, filters=(condition,)))
            if len(self.aliases) == 1:
                self._qualify()
        self.select = self.select.where(self._named(made), copy=False)

    def group(self, dimension: Dimension) -> None:
        """Group the query's figures anew."""
        figures = [item for item in self.select.expressions if item.find(exp.AggFunc)]
        if not figures or self.select.args.get("having"):
            raise refusals.beyond()
        if not self._reach(dimension.table):
            raise refusals.no_join(self.query.root, dimension.table)
        shown, groups = self._dimension(dimension)
        self.select.set("expressions", [*shown, *figures])
        self.select.set("group", exp.Group(expressions=groups))
        self.select.set("limit", None)
        self.select.set("offset", None)
        if isinstance(dimension, Period):
            order = dialects.ordered(exp.column(dialects.heading(dimension.unit, self.dialect)), False, self.dialect)
        else:
            by = figures[0].alias_or_name
            order = dialects.ordered(exp.column(dialects.heading(by, self.dialect)), True, self.dialect)
        self.select.set("order", exp.Order(expressions=[order]))
        self._prune()

    def _prune(self) -> None:
        """Take away joins that nothing reads any more: they could only drop rows."""
        joins: list[exp.Join] = self.select.args.get("joins") or []
        for join in reversed(list(joins)):
            inside = {id(column) for column in join.find_all(exp.Column)}
            read = {c.table for c in self.select.find_all(exp.Column) if id(c) not in inside}
            if join.this.alias_or_name not in read:
                joins.remove(join)

    def _dimension(self, dimension: Dimension) -> tuple[list[exp.Expr], list[exp.Expr]]:
        if isinstance(dimension, Entity):
            table = self.graph.tables[dimension.table]
            names = human_columns(table) or table.primary_key
            shown = [self._named(self.query.column(Ref(table.id, name))) for name in names]
            keys = [self._named(self.query.column(Ref(table.id, name))) for name in table.primary_key]
            return shown, [*keys, *(column.copy() for column in shown if column not in keys)]
        made = self._named(self.query.dimension(dimension))
        if isinstance(dimension, Period):
            return [exp.alias_(made, dialects.heading(dimension.unit, self.dialect))], [made.copy()]
        return [made], [made.copy()]

    def sort(self, unit: Sort) -> None:
        """Sort the query's rows anew."""
        ref = self.resolver.column(unit.mention)
        if unit.figure or ref.table not in self.aliases or self.select.args.get("group"):
            raise refusals.beyond()
        if any(shown.find(exp.AggFunc) for shown in self.select.expressions):
            raise refusals.beyond()
        order = dialects.ordered(self._named(self.query.column(ref)), unit.descending, self.dialect)
        self.select.set("order", exp.Order(expressions=[order]))


def _parsed(sql: str, dialect: str) -> exp.Select:
    try:
        tree = parse_one(sql, dialect=dialect)
    except SqlglotError as unreadable:
        raise refusals.beyond() from unreadable
    if not isinstance(tree, exp.Select) or tree.args.get("with_") or tree.args.get("distinct"):
        raise refusals.beyond()
    return tree


def _conjuncts(condition: exp.Expr) -> list[exp.Expr]:
    plain = condition.unnest()
    if isinstance(plain, exp.And):
        return [*_conjuncts(plain.left), *_conjuncts(plain.right)]
    return [condition]


def follow_up(previous: str, units: tuple[Piece, ...], linked: Linked) -> exp.Select:
    """The previous query with the units' changes.

    Raises `BeyondWriter` when that query is not a plain SELECT over known tables, or the change does not fit it.
    """
    change = _Change(previous, linked)
    filters, dimensions = conditions_of(units, linked, change.graph, change.resolver)
    for condition in filters:
        change.filter(condition)
    if len(dimensions) > 1:
        raise refusals.beyond()
    for dimension in dimensions:
        change.group(dimension)
    for unit in units:
        if isinstance(unit, Sort):
            change.sort(unit)
        elif isinstance(unit, Take):
            change.select = change.select.limit(unit.count, copy=False)
    return change.select
