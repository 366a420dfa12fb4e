"""From tree to text: what the server gets.

sqlglot prints for many servers; where it spells a thing as no version of ours reads it, the spelling is put right here.
The guard reads the text again and wants the same tree, so a spelling cannot change a meaning.
"""

from collections.abc import Callable
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel
from sqlglot.tokenizer_core import TokenType

from core.sql.generators import sql_of
from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.refusal import Refusal

Speller = Callable[[Any, Any], str]
# A sqlglot generator and a node of the class it is registered for.


def printed(tree: exp.Expr, policy: Policy) -> str:
    """The tree as the server reads it, without comments. Raises `Refusal`."""
    try:
        text = sql_of(tree, policy.dialect, ErrorLevel.RAISE, _SPELLINGS.get(policy.dialect))
    except Exception as error:
        # Whatever fails in printing: what cannot be printed does not run.
        raise Refusal("unreadable", text_of(tree, policy)) from error
    return _with_minus(text) if policy.dialect == "oracle" and " EXCEPT " in text else text


def _with_minus(text: str) -> str:
    """Oracle knew only MINUS before version 21."""
    dialect = Dialect.get_or_raise("oracle")
    pieces = []
    at = 0
    for token in dialect.tokenize(text):
        if token.token_type is TokenType.EXCEPT:
            pieces += [text[at : token.start], "MINUS"]
            at = token.end + 1
    return "".join([*pieces, text[at:]])


def _named(name: str) -> Speller:
    def speller(generator: Any, node: Any) -> str:
        arguments = [value for value in (node.args.get("this"), node.args.get("expression")) if value]
        return str(generator.func(name, *arguments))

    return speller


def _logarithm(generator: Any, node: exp.Log) -> str:
    """PostgreSQL has LOG with a base for decimals alone, and LOG without one to the base of ten."""
    if node.expression is not None and node.this.is_int and node.this.name == "10":
        return str(generator.func("LOG", node.expression))
    return str(generator.func("LOG", node.this, node.args.get("expression")))


def _bare(name: str) -> Speller:
    """A function that has brackets only around an argument."""

    def speller(generator: Any, node: Any) -> str:
        return f"{name}({generator.sql(node, 'this')})" if node.args.get("this") else name

    return speller


def _regexp(generator: Any, node: exp.RegexpLike) -> str:
    """MariaDB has only the operator; MySQL has both."""
    if node.args.get("flag"):
        return str(generator.func("REGEXP_LIKE", node.this, node.expression, node.args["flag"]))
    return f"{generator.sql(node, 'this')} REGEXP {generator.sql(node, 'expression')}"


def _json_text(generator: Any, node: exp.JSONExtractScalar) -> str:
    """MariaDB has no `->>`."""
    return f"JSON_UNQUOTE(JSON_EXTRACT({generator.sql(node, 'this')}, {generator.sql(node, 'expression')}))"


def _lateral(generator: Any, node: exp.Lateral) -> str:
    """Oracle writes no AS before the name of a table."""
    apply = node.args.get("cross_apply")
    operator = "LATERAL" if apply is None else ("CROSS APPLY" if apply else "OUTER APPLY")
    alias = generator.sql(node, "alias")
    return f"{operator} {generator.sql(node, 'this')}{' ' + alias if alias else ''}"


def _join(generator: Any, node: exp.Join) -> str:
    if isinstance(node.this, exp.Lateral) and node.this.args.get("cross_apply") is not None:
        return f" {generator.sql(node, 'this')}"
    return str(generator.join_sql(node))


_SPELLINGS: dict[str, dict[type[exp.Expr], Speller]] = {
    "postgres": {exp.Hex: _named("TO_HEX"), exp.CurrentTime: _bare("CURRENT_TIME"), exp.Log: _logarithm},
    "mysql": {
        exp.RegexpLike: _regexp,
        exp.JSONExtractScalar: _json_text,
        exp.Median: _named("MEDIAN"),
        exp.UtcDate: _named("UTC_DATE"),
    },
    "oracle": {
        exp.ApproxDistinct: _named("APPROX_COUNT_DISTINCT"),
        exp.VariancePop: _named("VAR_POP"),
        exp.Lateral: _lateral,
        exp.Join: _join,
    },
    "tsql": {exp.ApproxDistinct: _named("APPROX_COUNT_DISTINCT")},
}
