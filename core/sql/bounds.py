"""Functions that make much out of little: series of rows and texts of any length are bounded before they run.

The size must be a number, or come from the data with small factors only; functions within each other multiply.
"""

import re

from sqlglot import exp

from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.refusal import Refusal

MAX_GROWTH = 10_000
"""How many times longer a text may get, all functions around it taken together."""

MAX_SERIES = 100_000
"""How many rows a series may have."""

_SMALL_STEPS = ("MICROSECOND", "MILLISECOND", "SECOND")
_GROWING = (exp.Pow, exp.BitwiseLeftShift, exp.Exp, exp.Factorial)
_SERIES = (exp.GenerateSeries, exp.ExplodingGenerateSeries)
_LONG_NUMBER = re.compile(r"\d{4,}|\*")


def check_bounds(tree: exp.Expr, policy: Policy) -> None:
    """Raises `Refusal` at the first function that could make too much."""
    growing = []
    for node in tree.walk():
        if isinstance(node, _SERIES):
            _check_series(node, policy)
        elif factor := _factor(node, policy):
            growing.append((node, factor))
    factors = {id(node): factor for node, factor in growing}
    for node, factor in growing:
        total = factor
        parent = node.parent
        while parent is not None:
            total *= factors.get(id(parent), 1)
            parent = parent.parent
        if total > MAX_GROWTH:
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
        if part is not None and any(
            not one.is_string and _number(one) > MAX_SERIES for one in part.find_all(exp.Literal)
        ):
            raise Refusal("too_large", text_of(node, policy))
    if isinstance(step, exp.Interval) and _is_small(step):
        raise Refusal("too_large", text_of(node, policy))


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
