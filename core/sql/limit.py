"""The row limit, written into the tree so that the server stops early.

The limit is put on the outermost node and never around it: a wrapper would lose the ORDER BY. A limit that is already
smaller stays; a larger one is lowered. What cannot be limited in its own grammar (a percentage, rows with ties, a
computed number) keeps its own limit; the engine stops reading at the same number of rows in any case.
"""

from sqlglot import exp

from core.sql.policies import Policy
from core.sql.source import Root


def with_limit(tree: Root, rows: int, policy: Policy) -> Root:
    """The same query, giving at most its first `rows` rows. Changes the tree that it is given."""
    tree = _without_parentheses(tree)
    if isinstance(tree, exp.Values):
        return tree
    limit = tree.args.get("limit")
    if limit is not None and not _is_all(limit):
        _lower(limit, rows)
    elif policy.dialect == "tsql":
        _limit_tsql(tree, rows)
    elif policy.dialect == "oracle":
        tree.set("limit", _fetch(rows, "FIRST"))
    else:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
    return tree


def _without_parentheses(tree: Root) -> Root:
    """`(SELECT …)` as a whole query is the query; one with its own ORDER BY or LIMIT outside stays as it is."""
    while (
        isinstance(tree, exp.Subquery)
        and isinstance(tree.this, exp.Query)
        and not any(value for part, value in tree.args.items() if part != "this")
    ):
        inner = tree.this
        inner.pop()
        tree = inner
    return tree


def _is_all(limit: exp.Expr) -> bool:
    count = limit.args.get("expression") or limit.args.get("count")
    return count is None or isinstance(count, exp.Null) or (isinstance(count, exp.Var) and count.name.upper() == "ALL")


def _lower(limit: exp.Expr, rows: int) -> None:
    part = "count" if isinstance(limit, exp.Fetch) else "expression"
    options = limit.args.get("limit_options")
    if options is not None and (options.args.get("percent") or options.args.get("with_ties")):
        return
    count = limit.args[part].unnest()
    if isinstance(count, exp.Literal) and not count.is_string and int(count.name) > rows:
        limit.set(part, exp.Literal.number(rows))


def _limit_tsql(tree: exp.Query, rows: int) -> None:
    """TOP, or FETCH where TOP cannot stand: beside OFFSET, and after set operations."""
    if isinstance(tree, exp.Select) and tree.args.get("offset") is None:
        tree.set("limit", exp.Limit(expression=exp.Literal.number(rows)))
        return
    if tree.args.get("order") is None:
        # FETCH needs an ORDER BY; without one of its own the query promised no order.
        tree.set("order", exp.Order(expressions=[exp.Ordered(this=exp.Literal.number(1), nulls_first=True)]))
    if tree.args.get("offset") is None:
        tree.set("offset", exp.Offset(expression=exp.Literal.number(0)))
    tree.set("limit", _fetch(rows, "NEXT"))


def _fetch(rows: int, direction: str) -> exp.Fetch:
    options = exp.LimitOptions(percent=False, rows=True, with_ties=False)
    return exp.Fetch(direction=direction, count=exp.Literal.number(rows), limit_options=options)
