"""What differs among dialects: quoting, dates, dividing. Everything else sqlglot prints."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect

from core.model.builtin.intent import Unit

_PLAIN = {
    "postgres": re.compile(r"[a-z_][a-z0-9_]*\Z"),
    "oracle": re.compile(r"[A-Z][A-Z0-9_$#]*\Z"),
    "snowflake": re.compile(r"[A-Z_][A-Z0-9_$]*\Z"),
}
_PLAIN_ELSEWHERE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_HARMLESS = frozenset({"NAME", "YEAR", "QUARTER", "MONTH", "WEEK", "DAY"})
"""Words that sqlglot lists and no server minds as a column."""
_RESERVED = frozenset(
    {"USER", "ORDER", "GROUP", "TABLE", "INDEX", "KEY", "RANK", "ROW", "ROWS", "LEVEL", "COMMENT", "SIZE", "NUMBER",
     "SESSION", "START", "END", "DEFAULT", "CHECK", "REFERENCES", "POSITION", "MODE", "ROLE"}
)  # fmt: skip
_RESERVED_IN = {
    "postgres": frozenset(),
    "mysql": frozenset(
        {"RANK", "GROUPS", "SYSTEM", "WINDOW", "CUME_DIST", "LEAD", "LAG", "KEYS", "RELEASE", "CONDITION"}
    ),
    "oracle": frozenset({"NUMBER", "LEVEL", "SIZE", "COMMENT", "DATE", "SESSION", "MODE", "START", "RESOURCE"}),
    "tsql": frozenset({"USER", "KEY", "INDEX", "PLAN", "OPEN", "CLOSE", "FILE", "PERCENT", "PUBLIC", "RULE"}),
    "sqlite": frozenset(),
    "duckdb": frozenset({"AT", "ASOF", "POSITIONAL", "QUALIFY", "SUMMARIZE", "PIVOT", "UNPIVOT", "LAMBDA"}),
    "trino": frozenset({"NORMALIZE", "SKIP", "UESCAPE"}),
    "clickhouse": frozenset({"FINAL", "FORMAT", "SAMPLE", "SETTINGS", "PREWHERE"}),
    "snowflake": frozenset({"ACCOUNT", "CONNECTION", "INCREMENT", "ISSUE", "ORGANIZATION", "QUALIFY", "SAMPLE"}),
    "bigquery": frozenset({"ASSERT_ROWS_MODIFIED", "CONTAINS", "HASH", "LOOKUP", "PROTO", "RECURSIVE", "RESPECT"}),
}


@cache
def _keywords(dialect: str) -> frozenset[str]:
    tokens = frozenset(Dialect.get_or_raise(dialect).tokenizer_class.KEYWORDS)
    return (tokens - _HARMLESS) | _RESERVED | _RESERVED_IN[dialect]


def identifier(name: str, dialect: str) -> exp.Identifier:
    """A name of the schema, quoted where the server would otherwise read it differently."""
    plain = _PLAIN.get(dialect, _PLAIN_ELSEWHERE).match(name) and name.upper() not in _keywords(dialect)
    return exp.to_identifier(name, quoted=not plain)


def heading(name: str, dialect: str) -> exp.Identifier:
    """A name of our own making for a result's column."""
    plain = _PLAIN_ELSEWHERE.match(name) and name.upper() not in _keywords(dialect)
    return exp.to_identifier(name, quoted=not plain)


def day(value: date, dialect: str) -> exp.Expr:
    """A date as a literal."""
    text = exp.Literal.string(value.isoformat())
    if dialect == "sqlite":
        return text
    if dialect == "oracle":
        return exp.Anonymous(this="TO_DATE", expressions=[text, exp.Literal.string("YYYY-MM-DD")])
    return exp.Cast(this=text, to=exp.DataType.build("date"))


def _call(name: str, *arguments: exp.Expr | str | int) -> exp.Expr:
    made = [
        item
        if isinstance(item, exp.Expr)
        else exp.Literal.number(item)
        if isinstance(item, int)
        else exp.Literal.string(item)
        for item in arguments
    ]
    return exp.Anonymous(this=name, expressions=made)


def _integer(value: exp.Expr) -> exp.Expr:
    return exp.Cast(this=value, to=exp.DataType.build("int"))


def _sqlite(column: exp.Expr, unit: Unit) -> exp.Expr:
    if unit == "year":
        return _integer(_call("STRFTIME", "%Y", column))
    if unit == "month":
        return _call("STRFTIME", "%Y-%m", column)
    if unit == "quarter":
        month = _integer(_call("STRFTIME", "%m", column.copy()))
        number = exp.Div(
            this=exp.Paren(this=exp.Add(this=month, expression=exp.Literal.number(2))),
            expression=exp.Literal.number(3),
            typed=True,
        )
        return exp.DPipe(this=_call("STRFTIME", "%Y-Q", column), expression=exp.Paren(this=number))
    if unit == "week":
        return _call("DATE", column, "weekday 0", "-6 days")
    return _call("DATE", column)


def _postgres(column: exp.Expr, unit: Unit) -> exp.Expr:
    if unit == "year":
        return _integer(exp.Extract(this=exp.var("YEAR"), expression=column))
    if unit in ("month", "quarter"):
        return _call("TO_CHAR", column, "YYYY-MM" if unit == "month" else 'YYYY-"Q"Q')
    if unit == "week":
        return exp.Cast(this=_call("DATE_TRUNC", "week", column), to=exp.DataType.build("date"))
    return exp.Cast(this=column, to=exp.DataType.build("date"))


def _mysql(column: exp.Expr, unit: Unit) -> exp.Expr:
    if unit == "year":
        return _call("YEAR", column)
    if unit == "month":
        return _call("DATE_FORMAT", column, "%Y-%m")
    if unit == "quarter":
        return _call("CONCAT", _call("YEAR", column), "-Q", _call("QUARTER", column.copy()))
    if unit == "week":
        back = exp.Interval(this=_call("WEEKDAY", column.copy()), unit=exp.var("DAY"))
        return _call("DATE_SUB", _call("DATE", column), back)
    return _call("DATE", column)


def _oracle(column: exp.Expr, unit: Unit) -> exp.Expr:
    if unit == "year":
        return exp.Extract(this=exp.var("YEAR"), expression=column)
    if unit in ("month", "quarter"):
        return _call("TO_CHAR", column, "YYYY-MM" if unit == "month" else 'YYYY-"Q"Q')
    return _call("TRUNC", column, "IW") if unit == "week" else _call("TRUNC", column)


def _tsql(column: exp.Expr, unit: Unit) -> exp.Expr:
    if unit == "year":
        return _call("YEAR", column)
    if unit == "month":
        return _call("FORMAT", column, "yyyy-MM")
    if unit == "quarter":
        return _call("CONCAT", _call("YEAR", column), "-Q", _call("DATEPART", exp.var("QUARTER"), column.copy()))
    whole = exp.Cast(this=column, to=exp.DataType.build("date"))
    if unit == "day":
        return whole
    # 1900-01-01 was a Monday, so the remainder is the days since one, whatever DATEFIRST says.
    since = exp.Mod(this=_call("DATEDIFF", exp.var("DAY"), "19000101", column.copy()), expression=exp.Literal.number(7))
    return _call("DATEADD", exp.var("DAY"), exp.Neg(this=exp.Paren(this=since)), whole)


def _analytical(column: exp.Expr, unit: Unit) -> exp.Expr:
    """Servers with EXTRACT, a DATE_TRUNC whose week begins on Monday, and texts that `||` puts together."""
    whole = exp.Cast(this=column, to=exp.DataType.build("date"))
    if unit == "year":
        return _integer(exp.Extract(this=exp.var("YEAR"), expression=whole))
    if unit == "month":
        return exp.TimeToStr(this=whole, format=exp.Literal.string("%Y-%m"))
    if unit == "quarter":
        text = exp.DataType.build("varchar")
        year = exp.Cast(this=exp.Extract(this=exp.var("YEAR"), expression=whole), to=text)
        number = exp.Cast(this=exp.Extract(this=exp.var("QUARTER"), expression=whole.copy()), to=text.copy())
        return exp.DPipe(this=exp.DPipe(this=year, expression=exp.Literal.string("-Q")), expression=number)
    if unit == "week":
        return exp.Cast(this=exp.TimestampTrunc(this=whole, unit=exp.var("WEEK")), to=exp.DataType.build("date"))
    return whole


def _bigquery(column: exp.Expr, unit: Unit) -> exp.Expr:
    if unit != "week":
        return _analytical(column, unit)
    whole = exp.Cast(this=column, to=exp.DataType.build("date"))
    return _call("DATE_TRUNC", whole, exp.var("ISOWEEK"))  # WEEK begins on Sunday there


_PERIODS: dict[str, Callable[[exp.Expr, Unit], exp.Expr]] = {
    "sqlite": _sqlite,
    "postgres": _postgres,
    "mysql": _mysql,
    "oracle": _oracle,
    "tsql": _tsql,
    "duckdb": _analytical,
    "trino": _analytical,
    "clickhouse": _analytical,
    "snowflake": _analytical,
    "bigquery": _bigquery,
}
_LARGE_NULLS = frozenset({"postgres", "oracle", "duckdb", "trino", "clickhouse", "snowflake"})
"""Dialects whose servers put NULL at the end when ascending."""
_EXACT_CASE = _LARGE_NULLS | {"bigquery"}
"""Dialects whose servers mind upper and lower case in LIKE."""
DIALECTS = frozenset(_PERIODS)
"""The dialects the writer can print."""


def period(column: exp.Expr, unit: Unit, dialect: str) -> exp.Expr:
    """A date cut to a unit: 2024, "2024-Q1", "2024-03", the Monday of a week, a day. The same in every dialect."""
    return _PERIODS[dialect](column, unit)


def like(column: exp.Expr, pattern: str, dialect: str) -> exp.Expr:
    """A search in text that does not mind upper and lower case on any server."""
    if dialect in _EXACT_CASE:
        column, pattern = exp.Lower(this=column), pattern.lower()
    return exp.Like(this=column, expression=exp.Literal.string(pattern))


def ordered(by: exp.Expr, descending: bool, dialect: str) -> exp.Ordered:
    """A sorting key that puts NULL last when descending, and where the server puts it when ascending."""
    return exp.Ordered(this=by, desc=descending, nulls_first=not descending and dialect not in _LARGE_NULLS)


def average(operand: exp.Expr, whole: bool, dialect: str) -> exp.Expr:
    """An average that is not cut to a whole number where the server averages integers as integers (SQL Server)."""
    if whole and dialect == "tsql":
        operand = exp.Mul(this=exp.Literal.number("1.0"), expression=operand)
    return exp.Avg(this=operand)
