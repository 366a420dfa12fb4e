"""Whether the order of a query's rows is meant."""

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError


def has_order(sql: str, dialect: str) -> bool:
    """Whether it has an ORDER BY at its top. A query that cannot be read is taken to have none."""
    try:
        tree: exp.Expr = parse_one(sql, read=dialect)
    except (SqlglotError, RecursionError):
        return False
    while isinstance(tree, exp.Subquery) and tree.args.get("order") is None:
        tree = tree.this  # brackets around the whole query
    return tree.args.get("order") is not None
