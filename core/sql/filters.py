"""The conditions of a query, read from its tree."""

from typing import NamedTuple

from sqlglot import exp

from core.sql.nodes import text_of
from core.sql.policies import Policy


class Filter(NamedTuple):
    """One condition that rows must meet, as text: ("city", "=", "Seoul").

    Operators: = != < <= > >= like, not like, in, not in, between (value "1 and 9"), is null, is not null (value ""),
    and "" for a condition of another form, whose SQL is then the value.
    """

    column: str
    operator: str
    value: str = ""


_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Like: "like", exp.ILike: "like", exp.In: "in", exp.Between: "between", exp.Is: "is null",
}  # fmt: skip
_DATE_LITERALS = (exp.Cast, exp.Date, exp.DateStrToDate, exp.StrToDate, exp.TsOrDsToDate)
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_NEGATED = {"like": "not like", "in": "not in", "is null": "is not null", "=": "!=", "!=": "="}


def read_filters(tree: exp.Expr, policy: Policy) -> tuple[Filter, ...]:
    """Every condition of WHERE and HAVING anywhere in the query, in its order, without repetitions.

    Conditions that only join two columns are no filters. What is not of the form column, operator, value is given
    whole, as SQL, so that no condition goes unsaid.
    """
    found: dict[Filter, None] = {}
    for clause in tree.find_all(exp.Where, exp.Having, bfs=False):
        condition = clause.this.unnest()
        parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
        for part in parts:
            read = _read(part.unnest(), policy)
            if read is not None:
                found[read] = None
    return tuple(found)


def _value(node: exp.Expr, policy: Policy) -> str | None:
    """A constant as people write it; None when the node is not a constant."""
    if node.find(exp.Column, exp.Query):
        return None
    if isinstance(node, exp.Literal):
        return str(node.this)
    if isinstance(node, _DATE_LITERALS) and isinstance(node.this, exp.Literal):
        others = {name for name, value in node.args.items() if value} - {"this", "to", "format"}
        if not others:
            return str(node.this.this)
    return text_of(node, policy)


def _read(node: exp.Expr, policy: Policy) -> Filter | None:
    negated = isinstance(node, exp.Not)
    inner = node.this.unnest() if negated else node
    if inner.args.get("negate"):  # a LIKE holds its NOT itself
        negated = not negated
    operator = _COMPARISONS.get(type(inner))
    if operator is not None:
        left, right = inner.this.unnest(), inner.args.get("expression")
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            return None
        read = _in_words(inner, left, operator, policy)
        if read is None and operator in _MIRRORED and right is not None:
            read = _mirrored(left, right.unnest(), operator, policy)
        if read is not None and (not negated or read[1] in _NEGATED):
            column, word, value = read
            return Filter(column, _NEGATED[word], value) if negated else read
    return Filter("", "", text_of(node, policy))


def _subject(node: exp.Expr, policy: Policy) -> str | None:
    """What is compared: a plain column's name, or the expression around one as SQL; None for a constant."""
    if isinstance(node, exp.Column):
        return node.name
    if node.find(exp.Query) or not node.find(exp.Column, exp.Star):
        return None
    return text_of(node, policy)


def _mirrored(left: exp.Expr, right: exp.Expr, operator: str, policy: Policy) -> Filter | None:
    subject, value = _subject(right, policy), _value(left, policy)
    return None if subject is None or value is None else Filter(subject, _MIRRORED[operator], value)


def _in_words(node: exp.Expr, left: exp.Expr, operator: str, policy: Policy) -> Filter | None:
    subject = _subject(left, policy)
    if subject is None:
        return None
    if operator == "is null":
        return Filter(subject, operator) if isinstance(node.expression, exp.Null) else None
    if operator == "between":
        values = [_value(node.args["low"], policy), _value(node.args["high"], policy)]
        joiner = " and "
    elif operator == "in":
        values = [_value(item, policy) for item in node.expressions]
        joiner = ", "
    else:
        values, joiner = [_value(node.expression.unnest(), policy)], ""
    constants = [value for value in values if value is not None]
    return Filter(subject, operator, joiner.join(constants)) if constants and len(constants) == len(values) else None
