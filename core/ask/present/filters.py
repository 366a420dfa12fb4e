"""The conditions of a query, read from its checked tree and said in words."""

from datetime import date

from sqlglot import exp

from core.ask.present.visible import one_line
from core.locale import say

Filter = tuple[str, str, str]
"""Column, operator, value, as text: ("city", "=", "Seoul").

Operators: = != < <= > >= like, not like, in, not in, between (value "1 and 9"), is null, is not null (value ""), and
"" for a condition of another form, whose SQL is then the value.
"""

_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=", exp.NEQ: "!=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
    exp.Like: "like", exp.ILike: "like", exp.In: "in", exp.Between: "between", exp.Is: "is null",
}  # fmt: skip
_DATE_LITERALS = (exp.Cast, exp.Date, exp.DateStrToDate, exp.TsOrDsToDate)
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_NEGATED = {"like": "not like", "in": "not in", "is null": "is not null", "=": "!=", "!=": "="}

_WORDS = {
    "=": "equal", "!=": "unequal", "<": "below", "<=": "at_most", ">": "above", ">=": "at_least",
    "in": "among", "not in": "not_among", "between": "between", "is null": "empty", "is not null": "filled",
    "": "other",
}  # fmt: skip
_DATE_WORDS = {"<": "before", "<=": "until", ">": "after", ">=": "since"}

_WIDTH = 80


def read_filters(tree: exp.Expr, dialect: str) -> tuple[Filter, ...]:
    """Every condition of WHERE and HAVING anywhere in the query, in its order, without repetitions.

    Conditions that only join two columns are no filters. What is not of the form column, operator, value is given
    whole, as SQL, so that no condition goes unsaid.
    """
    found: dict[Filter, None] = {}
    for clause in tree.find_all(exp.Where, exp.Having, bfs=False):
        condition = clause.this.unnest()
        parts = list(condition.flatten()) if isinstance(condition, exp.And) else [condition]
        for part in parts:
            read = _read(part.unnest(), dialect)
            if read is not None:
                found[read] = None
    return tuple(found)


def _value(node: exp.Expr, dialect: str) -> str | None:
    """A constant as people write it; None when the node is not a constant."""
    if node.find(exp.Column, exp.Query):
        return None
    if isinstance(node, exp.Literal):
        return str(node.this)
    if isinstance(node, _DATE_LITERALS) and isinstance(node.this, exp.Literal):
        others = {name for name, value in node.args.items() if value} - {"this", "to"}
        if not others:
            return str(node.this.this)
    return node.sql(dialect=dialect)


def _read(node: exp.Expr, dialect: str) -> Filter | None:
    negated = isinstance(node, exp.Not)
    inner = node.this.unnest() if negated else node
    if inner.args.get("negate"):  # a LIKE holds its NOT itself
        negated = not negated
    operator = _COMPARISONS.get(type(inner))
    if operator is not None:
        left, right = inner.this.unnest(), inner.args.get("expression")
        if isinstance(left, exp.Column) and isinstance(right, exp.Column):
            return None
        read = _in_words(inner, left, operator, dialect)
        if read is None and operator in _MIRRORED and right is not None:
            read = _mirrored(left, right.unnest(), operator, dialect)
        if read is not None and (not negated or read[1] in _NEGATED):
            column, word, value = read
            return (column, _NEGATED[word], value) if negated else read
    return "", "", node.sql(dialect=dialect)


def _subject(node: exp.Expr, dialect: str) -> str | None:
    """What is compared: a plain column's name, or the expression around one as SQL; None for a constant."""
    if isinstance(node, exp.Column):
        return node.name
    if node.find(exp.Query) or not node.find(exp.Column, exp.Star):
        return None
    return node.sql(dialect=dialect)


def _mirrored(left: exp.Expr, right: exp.Expr, operator: str, dialect: str) -> Filter | None:
    subject, value = _subject(right, dialect), _value(left, dialect)
    return None if subject is None or value is None else (subject, _MIRRORED[operator], value)


def _in_words(node: exp.Expr, left: exp.Expr, operator: str, dialect: str) -> Filter | None:
    subject = _subject(left, dialect)
    if subject is None:
        return None
    if operator == "is null":
        return (subject, operator, "") if isinstance(node.expression, exp.Null) else None
    if operator == "between":
        values = [_value(node.args["low"], dialect), _value(node.args["high"], dialect)]
        joiner = " and "
    elif operator == "in":
        values = [_value(item, dialect) for item in node.expressions]
        joiner = ", "
    else:
        values, joiner = [_value(node.expression.unnest(), dialect)], ""
    constants = [value for value in values if value is not None]
    return (subject, operator, joiner.join(constants)) if constants and len(constants) == len(values) else None


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return False
    return True


def _pattern(operator: str, value: str) -> tuple[str, str]:
    """LIKE by the place of its per cent signs: the word for it, and the text without them."""
    core = value.strip("%")
    if operator == "not like":
        return "not_like", value
    if "%" in core or "_" in core:
        return "like", value
    starts, ends = not value.startswith("%"), not value.endswith("%")
    return ("equal" if starts and ends else "starts" if starts else "ends" if ends else "contains"), core


def filter_words(condition: Filter, locale: str) -> str:
    """One condition in words: "city is Seoul", "city: 서울"."""
    column, operator, value = condition
    shown = one_line(value, _WIDTH)
    if operator in ("like", "not like"):
        word, core = _pattern(operator, value)
        shown = one_line(core, _WIDTH)
    elif operator in _DATE_WORDS and _is_date(value):
        word = _DATE_WORDS[operator]
    else:
        word = _WORDS.get(operator, "other")
        if word == "other" and operator:
            shown = f"{one_line(column, _WIDTH)} {one_line(operator)} {shown}"
    low, _, high = shown.partition(" and ")
    return say(locale, f"present.filter.{word}", column=one_line(column, _WIDTH), value=shown, low=low, high=high)
