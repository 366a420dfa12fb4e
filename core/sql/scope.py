"""What names mean at one place of a query: the sources that can be seen there, and their columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from core.schema import Table
from core.sql.catalog_index import folded
from core.sql.generators import sql_of
from core.sql.policies import Policy

Columns = Mapping[str, str]
"""The columns of a source: the name as the server compares it → as it is spelled, in order."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """The columns a query gives, in order."""

    names: tuple[str | None, ...] | None = None
    """As compared; None for one that the server names itself, None as a whole where the query alone does not tell."""
    private: Mapping[int, str] = field(default_factory=dict)
    """Those that were made of a private column: the position → that column. Empty where `names` is None."""


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
    private: Mapping[str, str] = field(default_factory=dict)
    """Its private columns: the name without regard to case → the column of a table that is behind it."""
    doubled: bool = False
    """True where two of its columns have one name, so that `columns` does not have them all."""

    def has(self, column: str) -> bool:
        """True when it has that column, or may have it."""
        return self.columns is None or column in self.columns


@dataclass(slots=True)
class Scope:
    """The sources of one SELECT, and the scope around it."""

    outer: "Scope | None" = None
    sources: list[Source] = field(default_factory=list)
    merged: bool = False
    """True where USING or NATURAL makes one column out of two."""

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
    """The columns of a source that gives these; None where one of them has no known name."""
    columns = {name: name for name in outputs.names or () if name is not None}
    return None if outputs.names is None or None in outputs.names else columns


def outputs_of(source: Source) -> Outputs:
    """The columns of a source as those of a query."""
    if source.columns is None:
        return Outputs()
    private = ((at, source.private.get(name.casefold())) for at, name in enumerate(source.columns))
    return Outputs(tuple(source.columns), {at: column for at, column in private if column is not None})


def private_names(outputs: Outputs) -> Mapping[str, str]:
    """The private columns of a source that gives these, as `Source.private` has them."""
    if not outputs.private or outputs.names is None:
        return {}
    named = ((outputs.names[at], column) for at, column in outputs.private.items())
    return {name.casefold(): column for name, column in named if name is not None}


def renamed(outputs: Outputs, alias: exp.Expr | None, policy: Policy) -> Outputs:
    """Outputs under the column names that an alias such as `AS t(a, b)` gives them."""
    columns = (alias.args.get("columns") or []) if alias is not None else []
    names = tuple(folded(column.this if isinstance(column, exp.ColumnDef) else column, policy) for column in columns)
    if not names:
        return outputs
    rest = outputs.names[len(names) :] if outputs.names is not None else ()
    if None in rest and not outputs.private:
        rest = ()
    return Outputs(names + rest, outputs.private)


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
            return sql_of(node.to, "postgres").split("(")[0].lower()
        node = node.this
    if isinstance(node, exp.Column):
        return folded(node.this, policy)
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    if isinstance(node, (exp.Connector, exp.Binary)) or not isinstance(node, exp.Func):
        return "?column?"
    return "case" if isinstance(node, exp.Case) else sql_of(node, "postgres").split("(")[0].lower()
