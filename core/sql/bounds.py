"""Functions that make much out of little: series of rows and texts of any length are bounded before they run.

The size must be a number, or come from the data with small factors only; functions within each other multiply, and so
do series that are crossed with each other.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from math import prod

from sqlglot import exp

from core.sql.catalog_index import folded
from core.sql.nodes import text_of
from core.sql.patterns import check_patterns
from core.sql.policies import Policy
from core.sql.recursion import counted_rows
from core.sql.refusal import Refusal

MAX_GROWTH = 10_000
"""How many times longer a text may get, all functions around it taken together."""

MAX_SERIES = 100_000
"""How many rows a series may have."""

MAX_ROWS = 10_000_000
"""How many rows series and counting queries may make together, where they are crossed with each other."""

MAX_MADE = 50_000_000
"""How many characters growing texts may have over all such rows."""

MAX_CROSSED = 2
"""How often a table may be crossed with itself without a condition."""

MAX_FACTORIAL = 1_000

_SMALL_STEPS = ("MICROSECOND", "MILLISECOND", "SECOND")
_GROWING = (exp.Pow, exp.BitwiseLeftShift, exp.Exp, exp.Factorial)
_SERIES = (exp.GenerateSeries, exp.ExplodingGenerateSeries)
_LONG_NUMBER = re.compile(r"\d{4,}|\*")


def check_bounds(tree: exp.Expr, policy: Policy) -> None:
    """Raises `Refusal` at the first function that could make too much."""
    check_patterns(tree, policy)
    rows = 1.0
    growing = []
    for node in tree.walk():
        if isinstance(node, _SERIES):
            _check_series(node, policy)
        elif isinstance(node, exp.Select):
            _check_crossed(node, policy)
        elif isinstance(node, exp.Factorial) and _size(node.this) > MAX_FACTORIAL:
            raise Refusal("too_large", text_of(node, policy))
        elif factor := _factor(node, policy):
            growing.append((node, factor))
    if tree.find(*_SERIES, exp.Connect) or any(cte.find(exp.SetOperation) for cte in tree.find_all(exp.CTE)):
        rows = _rows(tree, {}, policy)
        if rows > MAX_ROWS:
            raise Refusal("too_large", text_of(tree, policy))
    factors = {id(node): factor for node, factor in growing}
    for node, factor in growing:
        total = factor
        parent = node.parent
        while parent is not None:
            total *= factors.get(id(parent), 1)
            parent = parent.parent
        if total > MAX_GROWTH or total * rows > MAX_MADE:
            raise Refusal("too_large", text_of(node, policy))


def _factor(node: exp.Expr, policy: Policy) -> float:
    """How many times longer this function makes its text at most; 0 for one that does not."""
    if isinstance(node, exp.Repeat):
        return _size(node.args.get("times"))
    if isinstance(node, exp.Pad):
        return _size(node.expression)
    if isinstance(node, exp.Space):
        return _size(node.this)
    if isinstance(node, (exp.Replace, exp.RegexpReplace)):
        return _replacement(node)
    if isinstance(node, exp.Format) or (isinstance(node, exp.Anonymous) and node.name.upper() == "PRINTF"):
        return _format(node, policy)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "STR":
        return _size(node.expressions[1]) if len(node.expressions) > 1 else 0
    return 0


def _size(node: exp.Expr | None) -> float:
    """The largest number the expression is taken to be: its literals multiplied, when the rest is data."""
    if node is None:
        return MAX_GROWTH + 1
    plain = node.unnest()
    if isinstance(plain, exp.Literal):
        return max(_number(plain), 1)
    if plain.find(*_GROWING) is not None or (plain.find(exp.Column) is None and plain.find(exp.Query) is None):
        return MAX_GROWTH + 1
    size = 1.0
    for literal in plain.find_all(exp.Literal):
        size *= max(_number(literal), 1)
    return size


def _number(literal: exp.Literal) -> float:
    try:
        return abs(float(literal.name))
    except ValueError:
        return MAX_GROWTH + 1


def _replacement(node: exp.Expr) -> float:
    old, new = node.args.get("expression"), node.args.get("replacement")
    if not isinstance(new, exp.Literal):
        # A replacement out of the data: as long as the data is, once.
        return 0 if new is None else 10
    length = len(new.name)
    return length / max(len(old.name), 1) if isinstance(old, exp.Literal) and length > len(old.name) else 0


def _format(node: exp.Expr, policy: Policy) -> float:
    """A width in a format string pads. T-SQL's FORMAT has none."""
    if policy.name == "tsql":
        return 0
    pattern = node.this if isinstance(node, exp.Format) else (node.expressions[0] if node.expressions else None)
    if not isinstance(pattern, exp.Literal) or _LONG_NUMBER.search(pattern.name):
        return MAX_GROWTH + 1
    return 0


def _check_series(node: exp.Expr, policy: Policy) -> None:
    start, end, step = node.args.get("start"), node.args.get("end"), node.args.get("step")
    first, last, by = (_plain_number(part) for part in (start, end, step))
    if first is not None and last is not None:
        if abs(last - first) / (abs(by or 1) or 1) > MAX_SERIES:
            raise Refusal("too_large", text_of(node, policy))
        return
    for part in (start, end):
        if part is None:
            continue
        size = prod(max(_number(one), 1) for one in part.find_all(exp.Literal) if not one.is_string)
        if part.find(*_GROWING) is not None or size / (abs(by or 1) or 1) > MAX_SERIES:
            raise Refusal("too_large", text_of(node, policy))
    if isinstance(step, exp.Interval) and _is_small(step):
        raise Refusal("too_large", text_of(node, policy))


def _rows(query: exp.Expr, ctes: Mapping[str, float], policy: Policy) -> float:
    """How many rows the series, the counting CTEs and the CONNECT BYs of a query make at most, crossed with each other.

    What comes from tables counts as one row: how many there are is not known here.
    """
    known = dict(ctes)
    with_ = query.args.get("with_")
    for cte in with_.expressions if with_ is not None else ():
        name = folded(cte.args["alias"].this, policy)
        known[name] = max(counted_rows(cte, name, policy) or 0, _rows(cte.this, known, policy))
    if isinstance(query, exp.SetOperation):
        branches = []
        while isinstance(query, exp.SetOperation):
            branches.append(query.expression)
            query = query.this
        return sum(_rows(branch, known, policy) for branch in (*branches, query))
    rows = 1.0
    for node in _own_parts(query):
        if isinstance(node, _SERIES):
            rows *= _length(node)
        elif isinstance(node, exp.Connect):
            rows *= counted_rows(node, "", policy) or 1
        elif isinstance(node, exp.Table) and node.args.get("db") is None and isinstance(node.this, exp.Identifier):
            rows *= known.get(folded(node.this, policy), 1)
        elif node is not query:
            rows *= _rows(node, known, policy) if isinstance(node, exp.Query) else 1
    return rows


def _own_parts(query: exp.Expr) -> Iterator[exp.Expr]:
    """The nodes of a query; of the queries within it only the outermost node, and none of its CTEs."""
    stack = [part for part in query.iter_expressions() if not isinstance(part, exp.With)]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, exp.Query):
            stack.extend(node.iter_expressions())


def _length(series: exp.Expr) -> float:
    first, last, by = (_plain_number(series.args.get(part)) for part in ("start", "end", "step"))
    return abs(last - first) / (abs(by or 1) or 1) + 1 if first is not None and last is not None else 1


def _check_crossed(select: exp.Select, policy: Policy) -> None:
    """The same table again and again with nothing to join it by can only be meant to keep the server busy."""
    joins = select.args.get("joins") or []
    if len(joins) < MAX_CROSSED or select.args.get("where") is not None:
        return
    from_ = select.args.get("from_")
    crossed = [from_.this] if from_ is not None else []
    crossed += [join.this for join in joins if not join.args.get("using") and not _ties(join)]
    names = Counter(folded(table.this, policy) for table in crossed if _is_plain(table))
    if names and max(names.values()) > MAX_CROSSED:
        raise Refusal("too_large", text_of(select, policy))


def _ties(join: exp.Join) -> bool:
    on = join.args.get("on")
    return join.args.get("method") == "NATURAL" or (on is not None and on.find(exp.Column) is not None)


def _is_plain(node: exp.Expr) -> bool:
    return isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier)


def _plain_number(node: exp.Expr | None) -> float | None:
    if node is None:
        return None
    sign = 1.0
    node = node.unnest()
    if isinstance(node, exp.Neg):
        sign, node = -1.0, node.this.unnest()
    while isinstance(node, exp.Cast):
        node = node.this.unnest()
    if isinstance(node, exp.Literal) and not node.is_string:
        return sign * _number(node)
    return None


def _is_small(step: exp.Interval) -> bool:
    text = f"{step.this.name if step.this is not None else ''} {step.text('unit')}".upper()
    return any(word in text for word in _SMALL_STEPS)
