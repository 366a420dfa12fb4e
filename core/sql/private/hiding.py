"""What the resolver does about private columns on its way through a query."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NoReturn

from sqlglot import exp

from core.schema import Private, Table
from core.sql.catalog_index import folded
from core.sql.policies import Policy
from core.sql.private.columns import check_lookalikes, columns_of, key_of, refusal
from core.sql.private.replacing import decides_the_row, emptied, multiplies, positions
from core.sql.private.stars import expanded, is_row
from core.sql.refusal import Refusal
from core.sql.scope import Outputs, Scope, Source, output_name

_MARK, _READS = "private column", "reads it"
# The notes on a projection: which private column is behind it, and that it has not been replaced yet. They stay in the
# tree because a recursive query is gone through twice.

_USES = ("group", "having", "windows", "order")
# Where a column of the result may be meant by its name, on one server or another; on SQLite an alias also in WHERE.

_NAMING = (
    exp.Column, exp.Alias, exp.Table, exp.TableAlias, exp.Join, exp.ColumnDef, exp.PivotAlias, exp.JSONColumnDef,
    exp.OpenJSONColumnDef,
)  # fmt: skip
# Where the name of a private column is a column that was looked at, or a name that the query makes up.


class Hiding:
    """One pass over one query: private columns are taken out of its tree. Every method may raise `Refusal`.

    `changed` says whether something was hidden, `hidden` which columns of the result: the position, from 0, and the
    private column behind it as `table.column`.
    """

    def __init__(self, private: Private, policy: Policy) -> None:
        self.changed = False
        self.hidden: Mapping[int, str] = {}
        self._private = private
        self._policy = policy
        self._scopes: dict[int, tuple[exp.Select, Scope]] = {}
        self._found: list[str] | None = None
        # The private columns met in the projection that is being read; None outside of projections.
        self._seen: set[int] = set()
        self._key: str | None = None
        # A private column that may be a key of a table read so far.

    # Sources

    def columns_of(self, table: Table) -> Mapping[str, str]:
        """The private columns of a table, as `Source.private` has them."""
        self._key = self._key or key_of(table, self._private)
        return columns_of(table, self._private)

    def check_source(self, node: exp.Expr, source: Source, scope: Scope) -> None:
        """A source that is about to be added to those of a scope."""
        if node.args.get("pivots") and (source.private or any(other.private for other in scope.sources)):
            self._refuse(node)
        if node.args.get("sample") is not None and source.private:
            # Which rows share a page depends on how long they are.
            self._refuse(node)
        for pivot in node.args.get("pivots") or []:
            # It names the columns it makes out of values; all it can read is this source.
            self._seen.update(id(column) for column in pivot.find_all(exp.Column))
        same = [other for other in scope.sources if source.name and other.name == source.name]
        if same and (source.private or any(other.private for other in same)):
            # Which of them a qualifier means differs from server to server.
            self._refuse(node)

    def check_merge(self, join: exp.Join, scope: Scope) -> None:
        """USING and NATURAL compare columns without naming their tables."""
        natural = join.args.get("method") == "NATURAL"
        using = join.args.get("using") or []
        scope.merged = scope.merged or natural or bool(using)
        if natural and any(source.private for source in scope.sources):
            self._refuse(join)
        for column in using:
            name = (column.this if isinstance(column, exp.Column) else column).name
            self._seen.update(id(one) for one in column.find_all(exp.Column))
            if any(name.casefold() in source.private for source in scope.sources):
                self._refuse(column)

    # Columns

    def reads(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> bool:
        """True when it may read a private column and stands where that only hides a column of the result."""
        self._seen.add(id(column))
        found = self._whole_row(column, scope) if column.is_star else self._private_column(column, scope, aliases)
        if found is None:
            return False
        if self._found is None:
            self._refuse(column)
        self.use([found])
        return True

    def use(self, columns: Collection[str]) -> None:
        """An expression that reads these."""
        if not columns:
            return
        if self._found is None:
            raise Refusal("private_column", next(iter(columns)))
        self._found += columns

    def check_star(self, star: exp.Star, scope: Scope) -> None:
        """A `*` that counts rows reads nothing; within any other function it stands for all columns."""
        if any(source.private for source in scope.sources) and not isinstance(star.parent, exp.Count):
            self._refuse(star.parent or star)

    def _private_column(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> str | None:
        qualifier = column.args.get("table")
        name = folded(column.this, self._policy)
        if qualifier is not None:
            source = scope.named(folded(qualifier, self._policy))
            return self._of(source, column.name, name) if source is not None else None
        for around in scope.chain():
            found = [one for one in (self._of(source, column.name, name) for source in around.sources) if one]
            if found:
                return found[0]
            if any(source.columns is not None and name in source.columns for source in around.sources):
                return None
        return self._unresolved(column, name, scope, aliases)

    def _of(self, source: Source, written: str, name: str) -> str | None:
        found = source.private.get(written.casefold())
        if found is not None or (source.columns is not None and name in source.columns):
            return found
        if self._policy.name == "sqlite" and name in self._policy.pseudo_columns:
            return key_of(source.table, self._private) if source.table is not None else self._key
        if self._policy.name == "oracle" and name == "ROWID":
            # Where a row lies depends on how long the rows before it are.
            return next(iter(source.private.values()), None)
        return None

    def _unresolved(self, column: exp.Column, name: str, scope: Scope, aliases: frozenset[str]) -> str | None:
        """A name that is no column for certain: closed when a private one is near that it could mean."""
        near = [source for source in scope.all() if source.private]
        for source in near:
            if source.name.casefold() == column.name.casefold():
                # The whole row: a value in PostgreSQL, a full text search in SQLite.
                self._refuse(column)
        known = aliases | self._policy.pseudo_columns | self._policy.bare_names
        if near and name not in known and name.lower() not in known and any(s.columns is None for s in scope.all()):
            self._refuse(column)
        return None

    def _whole_row(self, column: exp.Column, scope: Scope) -> str | None:
        qualifier = column.args.get("table")
        source = scope.named(folded(qualifier, self._policy)) if qualifier is not None else None
        if any(one.private for one in ([source] if source is not None else scope.all())):
            self._refuse(column.parent or column)
        return None

    # Projections

    def enter(self, select: exp.Select, scope: Scope) -> None:
        """A SELECT whose sources are known and whose columns come next."""
        self._scopes[id(select)] = (select, scope)
        self._expand(select, everything=False)

    @contextmanager
    def projecting(self, projection: exp.Expr | None) -> Iterator[None]:
        """While a projection is read private columns are noted; with None, while what is around it is left."""
        before = self._found
        self._found = None if projection is None else []
        try:
            yield
            if projection is not None and self._found:
                projection.meta[_MARK] = self._found[0]
                projection.meta[_READS] = True
        finally:
            self._found = before

    def leave(self, select: exp.Select) -> Mapping[int, str]:
        """Hide what was noted in the projections of a SELECT. Returns its outputs that are private."""
        noted = [projection for projection in select.expressions if _MARK in projection.meta]
        if not noted:
            return {}
        self._expand(select, everything=True)
        private = {}
        for at, projection in enumerate(select.expressions):
            column = projection.meta.get(_MARK)
            if column is not None:
                private[at] = column
                if projection.meta.get(_READS):
                    self._replace(select, at, column)
        return private

    def combined(self, top: exp.SetOperation, branches: Sequence[Outputs]) -> Outputs:
        """A column that one branch of a set operation hides is hidden in all of them."""
        private: dict[int, str] = {}
        for branch in branches:
            private = {**branch.private, **private}
        for at, column in private.items():
            self._hide(top, at, column)
        return Outputs(branches[0].names, private)

    def check_order(self, query: exp.Expr, outputs: Outputs) -> None:
        """An ORDER BY around a query that gives these, by number; by name it has been looked at already."""
        order = query.args.get("order")
        for at, term in positions(order) if order is not None and outputs.private else ():
            if at in outputs.private:
                self._refuse(term, outputs.private[at])

    def finish(self, tree: exp.Expr, outputs: Outputs) -> None:
        """The whole query has been read."""
        self.hidden = outputs.private
        check_lookalikes(tree, self._private, self._policy)
        if self.changed:
            return
        for column in tree.find_all(exp.Column):
            if id(column) not in self._seen:
                # Nobody has looked at it: it stands where no column is expected.
                self._refuse(column)
        names = {name.casefold() for _, name in self._private}
        for identifier in tree.find_all(exp.Identifier):
            if identifier.name.casefold() in names and not isinstance(identifier.parent, _NAMING):
                self._refuse(identifier.parent or identifier)

    def _hide(self, query: exp.Expr, at: int, column: str) -> None:
        if isinstance(query, exp.Select):
            self._expand(query, everything=True)
            if at >= len(query.expressions):
                self._refuse(query)
            if _MARK not in query.expressions[at].meta:
                self._replace(query, at, column)
            return
        self.check_order(query, Outputs(private={at: column}))
        if isinstance(query, exp.SetOperation):
            if not isinstance(query, exp.Union) or query.args.get("distinct"):
                # It compares rows.
                raise Refusal("private_column", column)
            self._hide(query.left, at, column)
            self._hide(query.right, at, column)
        elif isinstance(query, exp.Subquery):
            self._hide(query.this, at, column)
        else:
            self._refuse(query, column)

    def _replace(self, select: exp.Select, at: int, column: str) -> None:
        projection = select.expressions[at]
        self._check_uses(select, at, column)
        inner = projection.unalias()
        if multiplies(inner, self._policy) or decides_the_row(select, projection, self._policy):
            self._refuse(inner, column)
        nothing = emptied(projection, self._policy)
        nothing.meta[_MARK] = column
        projection.replace(nothing)
        self.changed = True

    def _check_uses(self, select: exp.Select, at: int, column: str) -> None:
        """Raises `Refusal` where the rest of the SELECT depends on the column of its result that is to be hidden."""
        if select.args.get("distinct") is not None or select.args.get("for_") is not None:
            self._refuse(select.expressions[at].unalias(), column)
        projection = select.expressions[at]
        name = output_name(projection, self._policy)
        in_where = isinstance(projection, exp.Alias) and self._policy.name == "sqlite"
        for part in ("where", *_USES) if in_where else _USES:
            value = select.args.get(part)
            for node in value if isinstance(value, list) else [value] if value is not None else []:
                for used in node.find_all(exp.Column):
                    if name and used.args.get("table") is None and used.name.casefold() == name.casefold():
                        self._refuse(used)
                for number, term in positions(node):
                    if number == at:
                        self._refuse(term, column)

    def _expand(self, select: exp.Select, everything: bool) -> None:
        if any(is_row(projection) for projection in select.expressions):
            _, scope = self._scopes[id(select)]
            select.set("expressions", expanded(select.expressions, scope, self._policy, everything))

    def _refuse(self, node: exp.Expr, column: str | None = None) -> NoReturn:
        raise refusal(node, self._policy, column)
