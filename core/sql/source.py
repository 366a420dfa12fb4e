"""From text to tree. Whatever goes wrong on the way is a refusal."""

import logging
import re

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError, SqlglotError

from core.sql.policies import Policy
from core.sql.refusal import Refusal
from core.sql.tokens import check_tokens

MAX_BYTES = 20_000
"""The longest query, in bytes of UTF-8. Ten times what people and models write."""

MAX_NODES = 3_000
"""The budget of the parser, spent also on what it tries and drops."""

Root = exp.Query | exp.Values
"""What a query can be at its top."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")

logging.getLogger("sqlglot").addHandler(logging.NullHandler())
logging.getLogger("sqlglot").propagate = False
# What the parser logs is the text of queries: data, which does not belong in a log.


def read(sql: str, policy: Policy) -> Root:
    """The tree of the one query that `sql` is. Raises `Refusal`."""
    _check_text(sql)
    dialect = Dialect.get_or_raise(policy.dialect)
    try:
        tokens = dialect.tokenize(sql)
    except (SqlglotError, RecursionError, ValueError, IndexError) as error:
        raise Refusal("unreadable", sql) from error
    check_tokens(sql, tokens, policy)
    return parse(sql, dialect)


def parse(sql: str, dialect: Dialect) -> Root:
    """The tree of one statement that has already been looked at. Raises `Refusal`."""
    try:
        statements = [tree for tree in dialect.parse(sql, max_nodes=MAX_NODES) if tree is not None]
    except Exception as error:
        # Whatever a parser may raise on text made to confuse it, a query that cannot be read does not run.
        if "Maximum number of AST nodes" in str(error):
            raise Refusal("too_complex") from error
        raise Refusal("unreadable", _near(error) or sql) from error
    if not statements:
        raise Refusal("empty")
    if len(statements) > 1:
        raise Refusal("many_statements")
    tree = statements[0]
    if not isinstance(tree, (exp.Query, exp.Values)):
        raise Refusal("writes" if isinstance(tree, (exp.DML, exp.DDL)) else "not_a_query", type(tree).__name__)
    for odd in list(tree.find_all(exp.Lambda, exp.Values)):
        if isinstance(odd, exp.Lambda):
            _read_arrow(odd)
        elif isinstance(odd, exp.Values):
            _read_rows(odd)
    return tree


def _near(error: Exception) -> str:
    """The piece of the query where the parser gave up, with a little of what stands before it."""
    details = error.errors[0] if isinstance(error, ParseError) and error.errors else {}
    return f"{str(details.get('start_context') or '')[-30:]}{details.get('highlight') or ''}"


def _read_rows(values: exp.Values) -> None:
    """MySQL's `VALUES ROW(1, 2)` is read as rows of one value, a function."""
    for row in values.expressions:
        inner = row.expressions[0] if isinstance(row, exp.Tuple) and len(row.expressions) == 1 else None
        if isinstance(inner, exp.Anonymous) and inner.name.upper() == "ROW":
            row.set("expressions", [value.copy() for value in inner.expressions])


def _read_arrow(arrow: exp.Lambda) -> None:
    """`f(doc -> 'key' = 1)` is read as a lambda of `doc` by the parser, and as JSON by every server of ours."""
    if len(arrow.expressions) != 1 or not isinstance(arrow.expressions[0], exp.Identifier):
        raise Refusal("construct", "->")
    leaf = arrow.this
    while isinstance(leaf, (exp.Binary, exp.Between, exp.In)):
        leaf = leaf.this
    document = exp.Column(this=arrow.expressions[0].copy())
    read = exp.JSONExtract(this=document, expression=leaf.copy(), only_json_types=False)
    whole = leaf is arrow.this
    leaf.replace(read)
    arrow.replace(read if whole else arrow.this)


def _check_text(sql: str) -> None:
    if len(sql) > MAX_BYTES:
        raise Refusal("too_long")
    if found := _CONTROL.search(sql):
        raise Refusal("character", found.group())
    if len(sql.encode()) > MAX_BYTES:
        raise Refusal("too_long")
