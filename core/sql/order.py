"""Whether a query says in which order its rows come."""

import sqlglot
from sqlglot.errors import SqlglotError


def is_ordered(sql: str, dialect: str) -> bool:
    """True for a query with an ORDER BY of its own; False, too, for what cannot be read."""
    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except SqlglotError:
        return False
    return tree.args.get("order") is not None
