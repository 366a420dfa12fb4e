"""What stands in a tree instead of a column that may not be shown: nothing, in a form that keeps the number of rows."""

import re
from collections.abc import Iterator

from sqlglot import exp

from core.sql.catalog_index import folded
from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.policies.common import words
from core.sql.scope import output_name

_AGGREGATES = words(
    """
    JSONB_AGG JSON_AGG JSON_ARRAYAGG JSON_OBJECTAGG RANGE_AGG EVERY TOTAL STATS_MODE CHECKSUM_AGG STDEVP VAR VARP
    BIT_AND_AGG BIT_OR_AGG BIT_XOR_AGG STRING_AGG XMLAGG
    """
)
"""Aggregates that sqlglot knows by their name alone, in upper case."""

_MULTIPLYING = words(
    """
    GENERATE_SUBSCRIPTS STRING_TO_TABLE REGEXP_MATCHES REGEXP_SPLIT_TO_TABLE JSONB_ARRAY_ELEMENTS
    JSONB_ARRAY_ELEMENTS_TEXT JSONB_EACH JSONB_EACH_TEXT JSONB_OBJECT_KEYS JSONB_PATH_QUERY JSON_ARRAY_ELEMENTS
    JSON_ARRAY_ELEMENTS_TEXT JSON_EACH JSON_EACH_TEXT JSON_OBJECT_KEYS JSON_TO_RECORD JSON_TO_RECORDSET
    JSONB_TO_RECORD JSONB_TO_RECORDSET
    """
)
"""PostgreSQL's functions that give many rows where one stood, in upper case."""

_AROUND_A_FUNCTION = (exp.Filter, exp.IgnoreNulls, exp.RespectNulls, exp.WithinGroup)
_NOT_IN_A_NAME = re.compile(r"[^\w (),.*+/<>=-]")
_MAX_NAME = 60


def emptied(projection: exp.Expr, policy: Policy) -> exp.Expr:
    """A projection that reads nothing and has the name of this one, and aggregates if this one does."""
    inner = projection.this if isinstance(projection, exp.Alias) else projection
    nothing: exp.Expr = exp.Null()
    if any(True for _ in aggregates(inner, policy)):
        nothing = _aggregated_nothing(policy)
    if isinstance(projection, exp.Alias):
        alias: exp.Expr | None = projection.args["alias"].copy()
    elif isinstance(projection, exp.Column):
        alias = projection.this.copy()
    else:
        alias = _name_of(projection, policy)
    return nothing if alias is None else exp.Alias(this=nothing, alias=alias)


def aggregates(node: exp.Expr, policy: Policy) -> Iterator[exp.Expr]:
    """The aggregate functions of an expression that are this query's own, and not the function of a window."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Query):
            continue
        if isinstance(part, exp.Window) and part.args.get("over") != "KEEP":
            function = part.this
            while isinstance(function, _AROUND_A_FUNCTION):
                stack += [child for child in function.iter_expressions() if child is not function.this]
                function = function.this
            stack += function.iter_expressions()
            stack += [child for child in part.iter_expressions() if child is not part.this]
            continue
        if isinstance(part, exp.AggFunc) or (isinstance(part, exp.Anonymous) and part.name.upper() in _AGGREGATES):
            yield part
        stack += part.iter_expressions()


def multiplies(node: exp.Expr, policy: Policy) -> bool:
    """True when it may give more than one row, or none, for a row."""
    if policy.name != "postgres":
        return False
    return any(
        isinstance(part, (exp.Unnest, exp.Explode, exp.GenerateSeries, exp.ExplodingGenerateSeries))
        or (isinstance(part, exp.Anonymous) and part.name.upper() in _MULTIPLYING)
        for part in node.walk()
    )


def decides_the_row(select: exp.Select, projection: exp.Expr, policy: Policy) -> bool:
    """True when SQLite takes the other columns from the very row where this MIN or MAX was found."""
    if policy.name != "sqlite" or not any(
        isinstance(one, (exp.Min, exp.Max)) for one in aggregates(projection, policy)
    ):
        return False
    grouped = _grouped(select, policy)
    others = [other for other in select.expressions if other is not projection]
    others += [select.args[part] for part in ("having", "order") if select.args.get(part) is not None]
    for other in others:
        if other.unalias() in grouped:
            continue
        inside = {id(column) for one in aggregates(other, policy) for column in one.find_all(exp.Column)}
        if any(id(column) not in inside and column not in grouped for column in other.find_all(exp.Column)):
            return True
    return False


def positions(node: exp.Expr) -> Iterator[tuple[int, exp.Expr]]:
    """The positions, from 0, of the columns that an ORDER BY, GROUP BY or DISTINCT ON names by number."""
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.Literal):
            if not part.is_string and part.name.isdigit():
                yield int(part.name) - 1, part
        elif isinstance(part, (exp.Ordered, exp.Paren, exp.Collate)):
            stack.append(part.this)
        elif isinstance(part, (exp.Order, exp.Group, exp.Rollup, exp.Cube, exp.GroupingSets, exp.Tuple, exp.Distinct)):
            stack += part.iter_expressions()


def _grouped(select: exp.Select, policy: Policy) -> list[exp.Expr]:
    group = select.args.get("group")
    if group is None:
        return []
    grouped = list(group.expressions)
    numbers = {at for at, _ in positions(group)}
    names = {folded(one.this, policy) for one in group.expressions if isinstance(one, exp.Column) and not one.is_star}
    for at, other in enumerate(select.expressions):
        if at in numbers or (isinstance(other, exp.Alias) and output_name(other, policy) in names):
            grouped.append(other.unalias())
    return grouped


def _aggregated_nothing(policy: Policy) -> exp.Expr:
    """NULL for each group. PostgreSQL's has no type of its own, like NULL: the other branch of a UNION decides.

    Not by MAX where it can be helped: SQLite would take the other columns from its row, and SQL Server wants a type.
    """
    if policy.name == "postgres":
        return exp.Max(this=exp.Null())
    return exp.Nullif(this=_count(policy), expression=_count(policy))


def _count(policy: Policy) -> exp.Expr:
    return exp.Count(this=exp.Star(), big_int=True)


def _name_of(projection: exp.Expr, policy: Policy) -> exp.Identifier | None:
    """The name that a server gives to an expression; SQL Server gives none."""
    if policy.name == "tsql":
        return None
    text = output_name(projection, policy) or text_of(projection, policy)
    name = _NOT_IN_A_NAME.sub("", text)[:_MAX_NAME].strip()
    return exp.Identifier(this=name or "?column?", quoted=True)
