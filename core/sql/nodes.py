"""What a tree is made of: every node must be on the policy's list, wherever it stands."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from sqlglot import exp

from core.sql.generators import sql_of
from core.sql.policies import Policy
from core.sql.policies.common import ARGUMENTS, words
from core.sql.refusal import Refusal

_VARIABLES = (exp.Parameter, exp.SessionParameter, exp.Placeholder, exp.PropertyEQ)
_AGGREGATES_BY_NAME = (exp.AnonymousAggFunc, exp.CombinedAggFunc, exp.ParameterizedAgg, exp.CombinedParameterizedAgg)
_MAX_RECURSION_OPTION = 10_000
_QUERY_OPTIONS = frozenset(
    ("MAXRECURSION", "PATH", "RAW", "AUTO", "ROOT", "ELEMENTS", "TYPE", "INCLUDE_NULL_VALUES", "WITHOUT_ARRAY_WRAPPER")
)

_SESSION_FUNCTIONS = words(
    """
    CurrentUser SessionUser CurrentRole CurrentCatalog CurrentDatabase CurrentSchema CurrentSchemas CurrentVersion
    CurrentSession CurrentAccount CurrentTimezone
    """
)

Check = Callable[[exp.Expr, Policy], None]


@dataclass(frozen=True, slots=True)
class _Grammar:
    """A policy made ready: the check of each class that is allowed, None where there is nothing more to look at."""

    checks: dict[type[exp.Expr], Check | None]


def check_nodes(tree: exp.Expr, policy: Policy) -> None:
    """Raises `Refusal` at the first node that is not allowed."""
    checks = _grammar(policy).checks
    for node in tree.walk():
        kind = type(node)
        if kind not in checks:
            raise _refusal(node, policy)
        check = checks[kind]
        if check is not None:
            check(node, policy)


def text_of(node: exp.Expr, policy: Policy) -> str:
    """A node as text for people, whatever it is."""
    try:
        return sql_of(node, policy.dialect)
    except Exception:  # noqa: BLE001 - a node made to confuse has no text; its class says enough
        return type(node).__name__


@cache
def _grammar(policy: Policy) -> _Grammar:
    checks: dict[type[exp.Expr], Check | None] = {}
    for name in policy.nodes | policy.functions:
        kind = getattr(exp, name)
        checks[kind] = _SPECIAL.get(kind, _parts if name in ARGUMENTS else None)
    checks[exp.Anonymous] = _function_by_name
    if policy.aggregates_by_name:
        checks.update(dict.fromkeys(_AGGREGATES_BY_NAME, _function_by_name))
    return _Grammar(checks)


def _refusal(node: exp.Expr, policy: Policy) -> Refusal:
    name = type(node).__name__
    if isinstance(node, _VARIABLES) or name in _SESSION_FUNCTIONS:
        return Refusal("variable", text_of(node, policy))
    if isinstance(node, exp.Into):
        return Refusal("into", text_of(node, policy))
    if isinstance(node, (exp.DML, exp.DDL, exp.Command, exp.Set)):
        return Refusal("writes", text_of(node, policy))
    if isinstance(node, (exp.Hint, exp.WithTableHint, exp.IndexTableHint, exp.JoinHint)):
        return Refusal("hint", text_of(node, policy))
    if isinstance(node, exp.Lock):
        return Refusal("lock", text_of(node, policy))
    if isinstance(node, (exp.ObjectIdentifier, exp.PseudoType)):
        return Refusal("type", text_of(node, policy))
    if isinstance(node, (exp.Func, exp.Dot, exp.AnonymousAggFunc, exp.ParameterizedAgg)):
        return Refusal("function", text_of(node, policy))
    return Refusal("construct", text_of(node, policy))


def _parts(node: exp.Expr, policy: Policy) -> None:
    allowed = ARGUMENTS[type(node).__name__]
    for part, value in node.args.items():
        if value and part not in allowed:
            raise _part_refusal(node, part, value, policy)


def _part_refusal(node: exp.Expr, part: str, value: object, policy: Policy) -> Refusal:
    inner = value[0] if isinstance(value, list) else value
    place = text_of(inner, policy) if isinstance(inner, exp.Expr) else part
    if part in {"locks", "into"}:
        return Refusal("lock" if part == "locks" else "into", place)
    if part in {"hint", "hints", "operation_modifiers", "indexed"}:
        return Refusal("hint", place)
    if part == "catalog":
        return Refusal("other_database", text_of(node, policy))
    if part == "rows_from":
        return Refusal("function", place)
    return Refusal("construct", place)


def _identifier(node: exp.Expr, policy: Policy) -> None:
    name = node.name
    if node.args.get("temporary") or node.args.get("global_"):
        raise Refusal("unknown_table", text_of(node, policy))
    _parts(node, policy)
    if node.args.get("quoted"):
        return
    if name.startswith("$"):
        raise Refusal("variable", name)
    if "@" in name and policy.name == "oracle":
        raise Refusal("other_database", name)
    if name.upper() in policy.reserved and name.lower() not in policy.session_words:
        node.set("quoted", True)


def _table(node: exp.Expr, policy: Policy) -> None:
    _parts(node, policy)
    if node.args.get("indexed") is not None:
        raise Refusal("hint", text_of(node, policy))
    if isinstance(node.this, _VARIABLES):
        raise Refusal("variable", text_of(node, policy))
    if isinstance(node.this, exp.Func) and node.args.get("db") is not None:
        raise Refusal("function", text_of(node, policy))
    if not isinstance(node.this, (exp.Identifier, exp.Func)):
        raise Refusal("other_database", text_of(node, policy))


def _alias_of_table(node: exp.Expr, policy: Policy) -> None:
    if node.args.get("this") is None and node.args.get("columns") and not isinstance(node.parent, exp.Unnest):
        # `kill(1)` after FROM: a function to the server, and to the parser a table whose columns get new names.
        raise Refusal("function", text_of(node.parent or node, policy))
    for column in node.args.get("columns") or ():
        if not isinstance(column, (exp.Identifier, exp.ColumnDef)):
            raise Refusal("construct", text_of(node, policy))


def _function_by_name(node: exp.Expr, policy: Policy) -> None:
    name = node.args.get("this")
    if not isinstance(name, str) or name.upper() not in policy.names:
        raise Refusal("function", text_of(node, policy))


def _data_type(node: exp.Expr, policy: Policy) -> None:
    kind = node.args["this"]
    if not isinstance(kind, exp.DType) or kind.name not in policy.types:
        raise Refusal("type", text_of(node, policy))


def _limit(node: exp.Expr, policy: Policy) -> None:
    if node.args.get("expressions"):
        raise Refusal("construct", text_of(node, policy))


def _fetch(node: exp.Expr, policy: Policy) -> None:
    count = node.args.get("count")
    if count is not None and not isinstance(count, exp.Literal):
        raise Refusal("construct", text_of(node, policy))
    if policy.name == "tsql" and node.parent is not None and node.parent.args.get("offset") is None:
        # Without OFFSET it is another statement: FETCH from a cursor.
        raise Refusal("second_statement", text_of(node, policy))


def _var(node: exp.Expr, policy: Policy) -> None:
    # A word that the server reads as a keyword: it must not be able to hold anything else.
    if not node.name.replace("_", "").replace(" ", "").isalnum():
        raise Refusal("construct", text_of(node, policy))


def _sample(node: exp.Expr, policy: Policy) -> None:
    _parts(node, policy)
    method = node.args.get("method")
    if method is not None and method.name.upper() not in {"SYSTEM", "BERNOULLI"}:
        raise Refusal("construct", text_of(node, policy))


def _query_option(node: exp.Expr, policy: Policy) -> None:
    name = node.this.name.upper() or node.this.this.name.upper()
    if name not in _QUERY_OPTIONS:
        raise Refusal("hint", text_of(node, policy))
    if name == "MAXRECURSION":
        bound = node.args.get("expression")
        if not isinstance(bound, exp.Literal) or not 0 < int(bound.name) <= _MAX_RECURSION_OPTION:
            raise Refusal("endless_recursion", text_of(node, policy))


def _for_clause(node: exp.Expr, policy: Policy) -> None:
    if node.args.get("kind") not in {"XML", "JSON"}:
        raise Refusal("construct", text_of(node, policy))


def _search(node: exp.Expr, policy: Policy) -> None:
    # The server's own predicate takes what is looked for as text; of other arguments it could be a person's function.
    if not isinstance(node.expression, (exp.Literal, exp.National)):
        raise Refusal("function", text_of(node, policy))


def _join(node: exp.Expr, policy: Policy) -> None:
    _parts(node, policy)
    if isinstance(node.this, exp.Lateral) and node.this.args.get("view"):
        raise Refusal("construct", text_of(node, policy))


_SPECIAL: dict[type[exp.Expr], Check] = {
    exp.Identifier: _identifier,
    exp.Table: _table,
    exp.TableAlias: _alias_of_table,
    exp.DataType: _data_type,
    exp.Limit: _limit,
    exp.Fetch: _fetch,
    exp.Var: _var,
    exp.QueryOption: _query_option,
    exp.ForClause: _for_clause,
    exp.Join: _join,
    exp.Contains: _search,
    exp.TableSample: _sample,
}
