"""The guard: what may run, and the exact text that runs.

A query is read into a tree, every node of the tree must be on the policy's list, every name must be known, and what
runs is printed from that tree, read again and compared: the server cannot understand something else than was checked.
A guard is a filter; that nothing is written is promised by the engine's read-only session and by the account's rights.
"""

from sqlglot.dialects.dialect import Dialect

from core.schema import Schema
from core.sql.bounds import check_bounds
from core.sql.catalog_index import index_of
from core.sql.limit import with_limit
from core.sql.nodes import check_nodes
from core.sql.policies import POLICIES, Policy
from core.sql.policies.common import words
from core.sql.printing import printed
from core.sql.recursion import check_connect
from core.sql.refusal import Refusal
from core.sql.resolve import Resolver
from core.sql.source import Root, parse, read
from core.sql.verdict import Verdict

REASONS = words(
    """
    empty too_long too_deep too_complex character unreadable many_statements second_statement not_a_query writes into
    lock hint variable function construct type system_table other_database other_schema unknown_table unknown_column
    executable_comment endless_recursion too_large unknown_dialect failed
    """
)
"""Every reason a refusal can have. The sentences for people are in the catalogue under `errors.guard.<reason>`."""

_ROUNDS = 4
# Printing settles at once or after one round; a tree that still changes after these is not understood.


def check(sql: str, dialect: str, schema: Schema | None = None, max_rows: int | None = 1000) -> Verdict:
    """May this run, and as which text? Pure; never raises: what is odd in any way is refused.

    `dialect` is one of `core.sql.policies.POLICIES`. With a `schema` every table and column must be in it; hand in the
    same value each time, its index is kept. `max_rows` is written into the query as `max_rows + 1`, so that the reader
    can tell a full result from a cut one; None writes no limit.
    """
    policy = POLICIES.get(dialect)
    if policy is None:
        return Verdict(allowed=False, reason="unknown_dialect")
    try:
        return _checked(sql, policy, schema, max_rows)
    except Refusal as refusal:
        return Verdict(allowed=False, reason=refusal.reason, place=refusal.place)
    except Exception:  # noqa: BLE001 - whatever breaks on a query made to break things, the query does not run
        return Verdict(allowed=False, reason="failed")


def _checked(sql: str, policy: Policy, schema: Schema | None, max_rows: int | None) -> Verdict:
    tree = read(sql, policy)
    reader = Dialect.get_or_raise(policy.dialect)
    for _ in range(_ROUNDS):
        tables = _examine(tree, policy, schema)
        if max_rows is not None:
            tree = with_limit(tree, max_rows + 1, policy)
        text = printed(tree, policy)
        again = parse(text, reader)
        if again == tree:
            return Verdict(allowed=True, sql=text, tables=tables)
        tree = again
    raise Refusal("unreadable", sql)


def _examine(tree: Root, policy: Policy, schema: Schema | None) -> tuple[str, ...]:
    check_nodes(tree, policy)
    check_bounds(tree, policy)
    if policy.name == "oracle":
        check_connect(tree, policy)
    return Resolver(policy, index_of(schema, policy) if schema is not None else None).resolve(tree)
