"""Every table and column of a query, looked up where it stands.

With a catalog an unknown name is refused: that is good for answers, and it closes what no list of functions can, since
PostgreSQL's `t.f` and Oracle's `package.f` call a function without looking like it. Without a catalog only the
qualifiers are checked: each must name a source of the query.
"""

from collections.abc import Iterable
from typing import Protocol

from sqlglot import exp

from core.schema import Table
from core.sql.catalog_index import CatalogIndex, folded
from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.private import Hiding
from core.sql.recursion import check_recursion, refers_to
from core.sql.refusal import Refusal
from core.sql.scope import Ctes, Outputs, Scope, Source, columns_of, output_name, outputs_of, private_names, renamed

MAX_TABLES = 64
"""Tables, CTEs and subqueries read by one query, counted each time they are named."""

_QUERIES = (exp.Select, exp.SetOperation, exp.Subquery)


class Mender(Protocol):
    """What may put an unknown name right, in the tree, before it is refused."""

    def table(self, reference: exp.Table) -> Table | None:
        """The table that was meant, its name now written in the tree; None when that is not clear."""
        ...

    def column(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> bool:
        """True when the column's name or qualifier was put right in the tree."""
        ...


class Resolver:
    """Looks up the names of one query. Where the server's spelling is needed, it is written into the tree.

    With `hiding`, private columns are taken out of the tree, or the query is refused; see `core.sql.private`.
    """

    def __init__(
        self,
        policy: Policy,
        index: CatalogIndex | None,
        mender: Mender | None = None,
        hiding: Hiding | None = None,
    ) -> None:
        self._policy = policy
        self._index = index
        self._mender = mender
        self._hiding = hiding
        self._tables: dict[str, None] = {}
        self._sources = 0

    def resolve(self, tree: exp.Expr) -> tuple[str, ...]:
        """The tables read, as `core.schema.Table.id`, in the order they are met. Raises `Refusal`."""
        outputs = self._query(tree, {}, None)
        if self._hiding is not None:
            self._hiding.finish(tree, outputs)
        return tuple(self._tables)

    # Queries

    def _query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Outputs:
        if isinstance(node, exp.Select):
            return self._select(node, self._with(node, ctes, outer), outer)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, ctes, outer)
        if isinstance(node, exp.Subquery):
            ctes = self._with(node, ctes, outer)
            if not isinstance(node.this, (exp.Query, exp.Values)):
                raise Refusal("construct", text_of(node, self._policy))
            outputs = self._query(node.this, ctes, outer)
            around = Source("", "", columns_of(outputs), private=private_names(outputs))
            self._after(node, Scope(outer, [around]), ctes, frozenset())
            if self._hiding is not None:
                self._hiding.check_order(node, outputs)
            return outputs
        if isinstance(node, exp.Values):
            self._expressions(node.expressions, Scope(outer), ctes, frozenset())
            return Outputs()
        raise Refusal("construct", text_of(node, self._policy))

    def _set_operation(self, node: exp.SetOperation, ctes: Ctes, outer: Scope | None) -> Outputs:
        top = node
        operands = []
        at: exp.Expr = node
        while isinstance(at, exp.SetOperation):
            ctes = self._with(at, ctes, outer)
            operands.append(at.expression)
            at = at.this
        outputs = self._query(at, ctes, outer)
        branches = [outputs, *(self._query(operand, ctes, outer) for operand in reversed(operands))]
        if self._hiding is not None:
            outputs = self._hiding.combined(top, branches)
            branches[0] = outputs
        # SQLite orders by a name of any branch, the others by those of the first.
        names = None if any(b.names is None for b in branches) else tuple(n for b in branches for n in b.names or ())
        source = Source("", "", columns_of(Outputs(names)))
        for branch in branches:
            source.private = {**source.private, **private_names(Outputs(branch.names, outputs.private))}
        self._after(top, Scope(None, [source]), ctes, frozenset())
        if self._hiding is not None:
            self._hiding.check_order(top, outputs)
        return outputs

    def _with(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Ctes:
        with_ = node.args.get("with_")
        if with_ is None:
            return ctes
        seen = dict(ctes)
        recursive = with_.args.get("recursive") or not self._policy.recursion_needs_word
        for cte in with_.expressions:
            alias = cte.args.get("alias")
            if alias is None or not isinstance(alias.this, exp.Identifier):
                raise Refusal("construct", text_of(cte, self._policy))
            name = folded(alias.this, self._policy)
            if recursive and refers_to(cte.this, name, self._policy):
                check_recursion(cte, name, self._policy)
                seen[name] = renamed(self._query(_first_branch(cte.this), seen, outer), alias, self._policy)
            given = renamed(self._query(cte.this, seen, outer), alias, self._policy)
            if given.private and name in seen and given.private.keys() != seen[name].private.keys():
                # What the repeated branch hides, it has already read as if it were open.
                raise Refusal("private_column", text_of(alias, self._policy))
            seen[name] = given
        return seen

    def _select(self, node: exp.Select, ctes: Ctes, outer: Scope | None) -> Outputs:
        scope = Scope(outer)
        from_ = node.args.get("from_")
        if from_ is not None:
            self._source(from_.this, scope, ctes)
        joins = node.args.get("joins") or []
        self._joins(joins, scope, ctes)
        for lateral in node.args.get("laterals") or []:
            self._source(lateral, scope, ctes)
        if self._hiding is not None:
            self._hiding.enter(node, scope)
        none: frozenset[str] = frozenset()
        names = [output_name(projection, self._policy) for projection in node.expressions]
        aliases = frozenset(
            name
            for name, projection in zip(names, node.expressions, strict=True)
            if name and isinstance(projection, exp.Alias)
        )
        everywhere = aliases if self._policy.name == "sqlite" else none
        if self._hiding is None:
            self._expressions(node.expressions, scope, ctes, everywhere)
        else:
            for projection in node.expressions:
                with self._hiding.projecting(projection):
                    self._expressions([projection], scope, ctes, everywhere)
        for part in ("where", "connect"):
            self._expressions(_listed(node, part), scope, ctes, everywhere)
        for part in ("distinct", "group", "having", "windows"):
            self._expressions(_listed(node, part), scope, ctes, aliases)
        self._after(node, scope, ctes, aliases)
        if self._hiding is None:
            return Outputs(self._names(node, scope, names))
        private = self._hiding.leave(node)
        names = [output_name(projection, self._policy) for projection in node.expressions]
        return Outputs(self._names(node, scope, names), private)

    def _after(self, node: exp.Expr, scope: Scope, ctes: Ctes, aliases: frozenset[str]) -> None:
        for part in ("order", "limit", "offset"):
            self._expressions(_listed(node, part), scope, ctes, aliases)

    def _names(self, node: exp.Select, scope: Scope, names: list[str | None]) -> tuple[str | None, ...] | None:
        outputs: list[str | None] = []
        for projection, name in zip(node.expressions, names, strict=True):
            if projection.is_star:
                if not isinstance(projection, (exp.Star, exp.Column)):
                    # A subquery that gives one column: no name can mean it.
                    outputs.append("")
                    continue
                qualifier = projection.args.get("table")
                source = scope.named(folded(qualifier, self._policy)) if qualifier is not None else None
                for one in [source] if source else scope.sources:
                    if one.columns is None:
                        return None
                    outputs += one.columns
            else:
                outputs.append(name)
        return tuple(outputs)

    # Sources

    def _joins(self, joins: Iterable[exp.Join], scope: Scope, ctes: Ctes) -> None:
        joins = list(joins)
        for join in joins:
            at = len(scope.sources)
            self._source(join.this, scope, ctes)
            if self._hiding is not None:
                self._hiding.check_merge(join, scope)
            for column in join.args.get("using") or []:
                identifier = column.this if isinstance(column, exp.Column) else column
                name = folded(identifier, self._policy)
                sides = scope.sources[:at], scope.sources[at:]
                if not all(any(source.has(name) for source in side) for side in sides):
                    raise Refusal("unknown_column", text_of(identifier, self._policy))
        for join in joins:
            if join.args.get("on") is not None:
                self._expressions([join.args["on"]], scope, ctes, frozenset())

    def _source(self, node: exp.Expr, scope: Scope, ctes: Ctes) -> None:
        self._sources += 1
        if self._sources > MAX_TABLES:
            raise Refusal("too_complex", text_of(node, self._policy))
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            source = self._named_table(node, ctes)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
            self._source(node.this, scope, ctes)
            self._joins(node.args.get("joins") or [], scope, ctes)
            return
        else:
            source = self._derived(node, scope, ctes)
        self._pivot(node, source, ctes)
        if self._hiding is not None:
            self._hiding.check_source(node, source, scope)
        scope.sources.append(source)
        self._joins(node.args.get("joins") or [], scope, ctes)
        for lateral in node.args.get("laterals") or []:
            self._source(lateral, scope, ctes)

    def _derived(self, node: exp.Expr, scope: Scope, ctes: Ctes) -> Source:
        """A subquery, a table function, VALUES, UNNEST, LATERAL and APPLY."""
        outputs = Outputs()
        inner = node.this if isinstance(node, exp.Lateral) else node
        if isinstance(inner, exp.Subquery):
            around = scope if isinstance(node, exp.Lateral) else scope.outer
            outputs = self._query(inner, ctes, around)
        elif isinstance(inner, exp.Table):
            self._expressions([inner.this], scope, ctes, frozenset())
        elif isinstance(inner, (exp.Values, exp.Unnest, exp.Func)):
            # The columns of an OPENJSON are not those of a table, its document is.
            self._expressions([inner], scope, ctes, frozenset())
        else:
            raise Refusal("construct", text_of(node, self._policy))
        alias = node.args.get("alias")
        outputs = renamed(outputs, alias, self._policy)
        identifier = alias.this if alias is not None and isinstance(alias.this, exp.Identifier) else None
        name = folded(identifier, self._policy) if identifier is not None else ""
        source = Source(name, identifier.name if identifier is not None else "", None, whole=True)
        self._fill(source, outputs)
        return source

    def _fill(self, source: Source, outputs: Outputs) -> None:
        source.columns = columns_of(outputs)
        if outputs.private:
            if source.columns is None:
                # One of its names is the server's own invention: none can be told to be an open one.
                raise Refusal("private_column", next(iter(outputs.private.values())))
            source.private = private_names(outputs)
        source.doubled = source.columns is not None and len(source.columns) != len(outputs.names or ())

    def _named_table(self, node: exp.Table, ctes: Ctes) -> Source:
        alias = node.args.get("alias")
        identifier = alias.this if alias is not None and isinstance(alias.this, exp.Identifier) else node.this
        source = Source(folded(identifier, self._policy), identifier.name, None, reference=node)
        own = folded(node.this, self._policy)
        if node.args.get("db") is None and own in ctes:
            source.whole = True
            self._fill(source, renamed(ctes[own], alias, self._policy))
            return source
        if node.args.get("db") is None and own.lower() in self._policy.pseudo_tables:
            source.columns = {"dummy" if self._policy.folds != "upper" else "DUMMY": "DUMMY"}
        else:
            self._catalog_table(node, source, own in ctes)
        if alias is not None and alias.args.get("columns"):
            self._fill(source, renamed(outputs_of(source), alias, self._policy))
        return source

    def _catalog_table(self, node: exp.Table, source: Source, shadowed: bool) -> None:
        """`shadowed`: its plain name would mean a common table expression here."""
        policy, index = self._policy, self._index
        db = node.args.get("db")
        schema = db.name.lower() if db is not None else ""
        if schema in policy.system_schemas or schema.startswith("pg_temp"):
            raise Refusal("system_table", text_of(node, self._policy))
        table = self._lookup(node, shadowed) if index is not None else None
        if self._is_system(node.name.lower()) and not (table and policy.catalog_may_know_system_names):
            raise Refusal("system_table", text_of(node, self._policy))
        if index is None:
            if policy.reads_named_files and not node.name.replace("_", "").replace(" ", "").isalnum():
                raise Refusal("unknown_table", text_of(node, self._policy))
            if schema and policy.qualifier_is_database and schema not in policy.default_schemas:
                raise Refusal("other_database", text_of(node, self._policy))
            self._tables[f"{db.name}.{node.name}" if db is not None else node.name] = None
            return
        if table is None and self._mender is not None:
            table = self._mender.table(node)
            if table is not None and not node.alias:
                source.name, source.spelled = folded(node.this, policy), node.name
        if table is None:
            known = db is None or schema in policy.default_schemas or folded(db, policy) in index.schemas
            raise Refusal("unknown_table" if known else "other_schema", text_of(node, self._policy))
        if policy.exact_names and node.name != table.name:
            node.this.set("this", table.name)
            source.spelled = source.spelled if node.alias else table.name
        source.table = table
        source.columns = index.columns(table)
        source.doubled = len(source.columns) != len(table.columns)
        if self._hiding is not None:
            source.private = self._hiding.columns_of(table)
        self._tables[table.id] = None

    def _lookup(self, node: exp.Table, shadowed: bool) -> Table | None:
        assert self._index is not None
        db = node.args.get("db")
        name = folded(node.this, self._policy)
        if db is None:
            return self._index.table("", name, node.name)
        schema = folded(db, self._policy)
        table = self._index.table(schema, name, node.name)
        if table is None and db.name.lower() in self._policy.default_schemas and schema not in self._index.schemas:
            # Written as the plain name it is the table that the catalog calls by its plain name, whatever the path is.
            table = self._index.table("", name, node.name)
            if table is not None and not shadowed:
                node.set("db", None)
        return table

    def _is_system(self, name: str) -> bool:
        return name in self._policy.system_tables or name.startswith(self._policy.system_prefixes)

    def _pivot(self, node: exp.Expr, source: Source, ctes: Ctes) -> None:
        pivots = node.args.get("pivots")
        if not pivots:
            return
        inner = Scope(None, [Source(source.name, source.spelled, source.columns)])
        for pivot in pivots:
            unpivot = pivot.args.get("unpivot")
            if not unpivot:
                self._expressions(pivot.expressions, inner, ctes, frozenset())
            for field in pivot.args.get("fields") or []:
                # PIVOT lists values as if they were columns; UNPIVOT names the column it makes.
                read = field.expressions if unpivot else [field.this]
                self._expressions(read, inner, ctes, frozenset())
            alias = pivot.args.get("alias")
            if alias is not None and isinstance(alias.this, exp.Identifier):
                source.name, source.spelled = folded(alias.this, self._policy), alias.name
        source.columns = None

    # Columns

    def _expressions(self, nodes: Iterable[exp.Expr], scope: Scope, ctes: Ctes, aliases: frozenset[str]) -> None:
        stack = list(nodes)
        while stack:
            node = stack.pop()
            if isinstance(node, exp.Column):
                self._column(node, scope, aliases)
            elif isinstance(node, _QUERIES):
                self._inner_query(node, scope, ctes)
            elif isinstance(node, exp.Table):
                raise Refusal("construct", text_of(node, self._policy))
            else:
                if self._hiding is not None and isinstance(node, exp.Star):
                    self._hiding.check_star(node, scope)
                stack.extend(node.iter_expressions())

    def _inner_query(self, node: exp.Expr, scope: Scope, ctes: Ctes) -> None:
        if self._hiding is None:
            self._query(node, ctes, scope)
            return
        with self._hiding.projecting(None):
            outputs = self._query(node, ctes, scope)
        if not isinstance(node.parent, exp.Exists):
            # EXISTS asks for rows, not for what is in them.
            self._hiding.use(outputs.private.values())

    def _column(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> None:
        self._check_session_word(column, scope)
        if self._hiding is not None and self._hiding.reads(column, scope, aliases):
            return
        if self._is_known(column, scope, aliases):
            return
        if self._policy.quoted_text and _is_compared_text(column):
            column.replace(exp.Literal.string(column.name))
            return
        if self._mender is not None and self._mender.column(column, scope, aliases):
            return
        raise Refusal("unknown_column", text_of(column, self._policy))

    def _check_session_word(self, column: exp.Column, scope: Scope) -> None:
        """A word such as USER is the server's function even where a column has that name, unless it is quoted."""
        word = column.this
        if isinstance(word, exp.Star) or word.args.get("quoted") or column.args.get("table") is not None:
            return
        if word.name.lower() not in self._policy.session_words | self._policy.system_columns:
            return
        name = folded(word, self._policy)
        if not any(source.columns is not None and name in source.columns for source in scope.all()):
            raise Refusal("variable", text_of(column, self._policy))
        word.set("this", name)
        word.set("quoted", True)

    def _is_known(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> bool:
        policy = self._policy
        qualifier = column.args.get("table")
        star = isinstance(column.this, exp.Star)
        name = "" if star else folded(column.this, policy)
        plain = not star and not column.this.args.get("quoted")
        if qualifier is not None:
            source = scope.named(folded(qualifier, policy))
            if source is None or not self._same_schema(column, source):
                return False
            if policy.exact_names:
                qualifier.set("this", source.spelled)
            if star or (source.columns is not None and name in source.columns):
                return True
            if plain and name.lower() in policy.system_columns:
                raise Refusal("variable", text_of(column, policy))
            return source.columns is None or (plain and name.lower() in policy.pseudo_columns)
        if star:
            return True
        if name in aliases or any(source.columns is not None and name in source.columns for source in scope.all()):
            return True
        if plain and name.lower() in (policy.pseudo_columns | policy.bare_names):
            return True
        if any(source.columns is None for source in scope.all()):
            return True
        return policy.name == "postgres" and any(source.name == name and source.whole for source in scope.all())

    def _same_schema(self, column: exp.Column, source: Source) -> bool:
        db = column.args.get("db")
        if db is None:
            return True
        reference = source.reference
        if reference is None or reference.alias:
            return False
        written = reference.args.get("db")
        if written is not None:
            return folded(written, self._policy) == folded(db, self._policy)
        if db.name.lower() not in self._policy.default_schemas:
            return False
        column.set("db", None)
        return True


def _is_compared_text(column: exp.Column) -> bool:
    """Whether a name in double quotes that nothing has is the text something is compared with: `city = "Seoul"`.

    Anywhere else SQLite would take a misspelled column for a text, and sum or list that without a word.
    """
    quoted = column.this.args.get("quoted") and column.args.get("table") is None
    return bool(quoted) and isinstance(column.parent, exp.Predicate) and column.arg_key != "this"


def _first_branch(node: exp.Expr) -> exp.Expr:
    while isinstance(node, (exp.SetOperation, exp.Subquery)):
        node = node.this
    return node


def _listed(node: exp.Expr, part: str) -> list[exp.Expr]:
    value = node.args.get(part)
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, exp.Expr) else []
