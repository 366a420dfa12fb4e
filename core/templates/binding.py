"""Values put into a template's SQL: as literals of its tree, never as pieces of its text.

What comes out is SQL that says all of itself: the guard, private columns, the explanation and people see what runs, and
anybody may run it again. See docs/decisions/0017-templates.md.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import TokenType

from core.errors import BadEdit, QueryRefused
from core.sql.policies import POLICIES, Policy
from core.sql.printing import printed
from core.sql.refusal import Refusal
from core.sql.source import MAX_BYTES, Root, parse, read
from core.templates.values import CONTROL, Value

NAME = r"[^\W\d_]\w{0,49}"
"""A parameter's name: a letter of any script, then letters, digits and underscores."""

_NAME = re.compile(NAME)
_MARK = "colloquery_parameter_"
_QUOTED = frozenset(
    TokenType[name]
    for name in "STRING NATIONAL_STRING RAW_STRING HEREDOC_STRING BYTE_STRING HEX_STRING BIT_STRING NUMBER IDENTIFIER".split()  # noqa: SIM905, E501
)
_SIGNED = (exp.Binary, exp.Unary)
"""Where a negative number needs brackets around it."""


@dataclass(frozen=True)
class SqlTemplate:
    """A template's SQL, read. `names` are its parameters in the order in which they first stand there."""

    policy: Policy
    tree: Root
    marks: Mapping[str, str]
    """The parameter of each mark that stands for one in `tree`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every parameter once."""
        return tuple(dict.fromkeys(self.marks.values()))

    def bind(self, values: Mapping[str, Value]) -> str:
        """The SQL with these values in it; every parameter must have one.

        Raises `BadEdit` (template.parameter_place, .bad_text) and `QueryRefused`. It is not guarded yet.
        """
        tree = self.tree.copy()
        for mark in list(tree.find_all(exp.Placeholder)):
            name = self.marks.get(str(mark.this))
            if name is not None:
                mark.replace(_literal(values[name], mark, name, self.policy))
        try:
            text = printed(tree, self.policy)
            again = parse(text, Dialect.get_or_raise(self.policy.dialect))
        except Refusal as refusal:
            raise QueryRefused(f"guard.{refusal.reason}", place=refusal.place) from None
        if again != tree and _literals(again) != _literals(tree):
            # A value that does not come back from the text as it went in would be another value, or SQL.
            raise QueryRefused("guard.unreadable", place=text[:80])
        return text


def read_template(sql: str, dialect: str) -> SqlTemplate:
    """Read a template's SQL. `:name` is a parameter where a value may stand: not in a text, a cast or a slice.

    Raises `QueryRefused` when it is no query.
    """
    policy = POLICIES[dialect]
    if len(sql) > MAX_BYTES:
        raise QueryRefused("guard.too_long", place="")
    try:
        found = list(_colon_names(sql, policy))
        tree = read(_marked(sql, found), policy)
        standing = {str(node.this) for node in tree.find_all(exp.Placeholder)}
        real = [(start, name) for start, name in found if f"{_MARK}{start}" in standing]
        if len(real) < len(found):
            tree = read(_marked(sql, real), policy)
    except (SqlglotError, RecursionError, ValueError, IndexError):
        raise QueryRefused("guard.unreadable", place=sql[:80]) from None
    except Refusal as refusal:
        # What is said to people is their own SQL.
        place = re.sub(rf"{_MARK}(\d+)", lambda mark: dict(found).get(int(mark[1]), ""), refusal.place)
        raise QueryRefused(f"guard.{refusal.reason}", place=place) from None
    return SqlTemplate(policy, tree, {f"{_MARK}{start}": name for start, name in real})


def _colon_names(sql: str, policy: Policy) -> Iterator[tuple[int, str]]:
    """Where a name follows a colon: the place of the name, and the name."""
    tokens = Dialect.get_or_raise(policy.dialect).tokenize(sql)
    for colon, name in pairwise(tokens):
        if (
            colon.token_type is TokenType.COLON
            and name.start == colon.end + 1
            and name.token_type not in _QUOTED
            and (said := _NAME.fullmatch(sql[name.start : name.end + 1]))
        ):
            yield name.start, said.group()


def _marked(sql: str, found: list[tuple[int, str]]) -> str:
    """The SQL with a mark of ours for each name: any word may be a parameter's, also one of SQL's own."""
    for start, name in reversed(found):
        sql = f"{sql[:start]}{_MARK}{start}{sql[start + len(name) :]}"
    return sql


def _literal(value: Value, mark: exp.Expr, name: str, policy: Policy) -> exp.Expr:
    if mark.arg_key == "alias":
        raise BadEdit("template.parameter_place", name=name)
    if isinstance(value, Decimal):
        if isinstance(mark.parent, exp.Interval):
            return exp.Literal.string(format(value, "f"))  # as every server reads it there, also below zero
        number = exp.Literal.number(format(value.copy_abs(), "f"))  # abs() would round it
        if value.is_signed() and value:
            return exp.Paren(this=exp.Neg(this=number)) if isinstance(mark.parent, _SIGNED) else exp.Neg(this=number)
        return number
    if isinstance(value, date):
        return _day(value, policy)
    if CONTROL.search(value):
        raise BadEdit("template.bad_text", name=name)
    if policy.name == "tsql":
        if re.search(r"\\\r?\n", value):
            raise BadEdit("template.bad_text", name=name)  # the server takes such a line end for no part of the text
        return exp.National(this=value)  # any other text loses what is not in the database's code page
    return exp.Literal.string(value)


def _day(value: date, policy: Policy) -> exp.Expr:
    text = exp.Literal.string(value.isoformat())
    if policy.name == "sqlite":
        return text  # days are text there
    if policy.name == "oracle":
        # A cast would read it by the session's own format.
        return exp.StrToDate(this=text, format=exp.Literal.string("%Y-%m-%d"))
    return exp.Cast(this=text, to=exp.DataType.build("date"))


def _literals(tree: exp.Expr) -> Counter[str]:
    """The values of a tree, and its minus signs."""
    found = tree.find_all(exp.Literal, exp.National, exp.Neg)
    return Counter("-" if isinstance(node, exp.Neg) else str(node.this) for node in found)
