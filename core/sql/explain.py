"""What a query does, out of its tree, at 0 tokens: pieces of the query's text; the sentences are made elsewhere."""

from dataclasses import dataclass

from sqlglot import exp

from core.sql.filters import Filter, read_filters
from core.sql.nodes import text_of
from core.sql.policies import POLICIES, Policy
from core.sql.refusal import Refusal
from core.sql.source import read


@dataclass(frozen=True, slots=True)
class Shown:
    """One column of the result: its name, and what it is made of (the same for a plain column)."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A table that is joined: "inner", "left", "right", "full" or "cross", and on what."""

    table: str
    kind: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """One key of the order."""

    expression: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Description:
    """What a query does. Empty when it cannot be read."""

    tables: tuple[str, ...] = ()
    columns: tuple[Shown, ...] = ()
    filters: tuple[Filter, ...] = ()
    joins: tuple[Joined, ...] = ()
    grouping: tuple[str, ...] = ()
    order: tuple[Sorted, ...] = ()
    limit: int | None = None
    distinct: bool = False


def describe(sql: str, dialect: str) -> Description:
    """Describe a query as it was written (the guard's text also has the guard's own row limit). Never raises.

    Filters are those of all its parts, the outermost SELECT's first, then its CTEs' and subqueries'; the rest is the
    outermost's alone.
    """
    policy = POLICIES.get(dialect)
    if policy is None:
        return Description()
    try:
        tree: exp.Expr = read(sql, policy)
    except Refusal:
        return Description()
    return _Describer(policy).describe(tree)


class _Describer:
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def describe(self, tree: exp.Expr) -> Description:
        outer = tree
        while isinstance(outer, (exp.SetOperation, exp.Subquery)):
            outer = outer.this
        return Description(
            tables=self._tables(tree),
            columns=tuple(
                Shown(one.output_name or self._text(one), self._text(one.unalias())) for one in outer.expressions
            )
            if isinstance(outer, exp.Select)
            else (),
            filters=read_filters(tree, self._policy),
            joins=tuple(self._join(join) for join in outer.args.get("joins") or []),
            grouping=self._grouping(outer),
            order=tuple(
                Sorted(self._text(key.this), bool(key.args.get("desc")))
                for key in (tree.args["order"].expressions if tree.args.get("order") else [])
            ),
            limit=_limit(tree),
            distinct=outer.args.get("distinct") is not None,
        )

    def _text(self, node: exp.Expr) -> str:
        return text_of(node, self._policy)

    def _tables(self, tree: exp.Expr) -> tuple[str, ...]:
        ctes = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        names = (
            ".".join(part.name for part in table.parts)
            for table in tree.find_all(exp.Table, bfs=False)
            if isinstance(table.this, exp.Identifier) and (table.args.get("db") or table.name.lower() not in ctes)
        )
        return tuple(dict.fromkeys(names))

    def _grouping(self, outer: exp.Expr) -> tuple[str, ...]:
        group = outer.args.get("group")
        if group is None:
            return ()
        keys = list(group.expressions)
        for part in ("rollup", "cube", "grouping_sets"):
            keys += [key for key in group.args.get(part) or [] if isinstance(key, exp.Expr)]
        return tuple(self._text(_numbered(key, outer)) for key in keys)

    def _join(self, join: exp.Join) -> Joined:
        kind = (join.side or ("cross" if join.kind == "CROSS" else "inner")).lower()
        condition = join.args.get("on")
        using = join.args.get("using") or []
        text = self._text(condition) if condition is not None else ", ".join(column.name for column in using)
        plain = not text and not join.method and kind == "inner"
        target = join.this.this if isinstance(join.this, exp.Lateral) else join.this
        table = (
            ".".join(part.name for part in target.parts)
            if isinstance(target, exp.Table) and target.name
            else target.alias_or_name
        )
        return Joined(table or join.this.alias_or_name, "cross" if plain else kind, text)


def _numbered(key: exp.Expr, outer: exp.Expr) -> exp.Expr:
    """`GROUP BY 1` names the first column of the result."""
    if isinstance(key, exp.Literal) and not key.is_string and 0 < int(key.name) <= len(outer.expressions):
        found: exp.Expr = outer.expressions[int(key.name) - 1]
        return found.unalias()
    return key


def _limit(tree: exp.Expr) -> int | None:
    limit = tree.args.get("limit")
    if limit is None:
        return None
    count = limit.args.get("count") or limit.args.get("expression")
    options = limit.args.get("limit_options")
    if not isinstance(count, exp.Literal) or count.is_string or (options is not None and options.args.get("percent")):
        return None
    return int(count.name)
