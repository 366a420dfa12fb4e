"""What names mean at one place of a query: the sources that can be seen there, and their columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from core.schema import Table
from core.sql.catalog_index import folded
from core.sql.policies import Policy

Columns = Mapping[str, str]
"""The columns of a source: the name as the server compares it → as it is spelled, in order."""

Outputs = tuple[str, ...] | None
"""The columns a query gives, as compared and in order; None where they cannot be told from the query alone."""

Ctes = Mapping[str, Outputs]
"""The common table expressions that can be seen."""


@dataclass(slots=True)
class Source:
    """One thing a query reads from. `columns` is None where they cannot be known (a table function, no catalog)."""

    name: str
    """As the server compares it; empty for a subquery without a name."""
    spelled: str
    columns: Columns | None
    table: Table | None = None
    """The table of the catalog, when it is one."""
    reference: exp.Table | None = None
    """Where the query names it."""
    whole: bool = False
    """True where the bare name may stand for the whole row: nothing of a table is hidden behind it."""

    def has(self, column: str) -> bool:
        """True when it has that column, or may have it."""
        return self.columns is None or column in self.columns


@dataclass(slots=True)
class Scope:
    """The sources of one SELECT, and the scope around it."""

    outer: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)

    def chain(self) -> "Iterator[Scope]":
        """This scope and those around it, inner ones first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def named(self, name: str) -> Source | None:
        """The source of that name that is nearest."""
        for scope in self.chain():
            for source in scope.sources:
                if source.name == name:
                    return source
        return None

    def all(self) -> Iterator[Source]:
        """Every source that can be seen, nearest first."""
        for scope in self.chain():
            yield from scope.sources


def columns_of(outputs: Outputs) -> Columns | None:
    """The columns of a source that gives these."""
    return None if outputs is None else {name: name for name in outputs}


def renamed(outputs: Outputs, alias: exp.Expr | None, policy: Policy) -> Outputs:
    """Outputs under the column names that an alias such as `AS t(a, b)` gives them."""
    columns = (alias.args.get("columns") or []) if alias is not None else []
    names = tuple(folded(column.this if isinstance(column, exp.ColumnDef) else column, policy) for column in columns)
    if not names:
        return outputs
    return names + outputs[len(names) :] if outputs is not None else names


def output_name(projection: exp.Expr, policy: Policy) -> str | None:
    """What a column of a SELECT is called, as compared; None where the server's own invention is not known here."""
    if isinstance(projection, (exp.Alias, exp.PivotAlias)):
        alias = projection.args.get("alias")
        return folded(alias, policy) if isinstance(alias, exp.Identifier) else None
    if isinstance(projection, exp.Column):
        return folded(projection.this, policy)
    if policy.name != "postgres":
        return None
    return _name_in_postgres(projection, policy)


def _name_in_postgres(node: exp.Expr, policy: Policy) -> str:
    # PostgreSQL's rule is simple and must be known: `t.f` calls the function f where t has no column f.
    while isinstance(node, (exp.Paren, exp.Filter, exp.Window, exp.WithinGroup, exp.Cast, exp.Bracket)):
        if isinstance(node, exp.Cast) and not isinstance(node.this, (exp.Column, exp.Func, exp.Paren)):
            return node.to.sql("postgres").split("(")[0].lower()
        node = node.this
    if isinstance(node, exp.Column):
        return folded(node.this, policy)
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    if isinstance(node, (exp.Connector, exp.Binary)) or not isinstance(node, exp.Func):
        return "?column?"
    return "case" if isinstance(node, exp.Case) else node.sql("postgres").split("(")[0].lower()
