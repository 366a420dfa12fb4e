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
from core.sql.private import Hiding
from core.sql.recursion import check_connect
from core.sql.refusal import Refusal
from core.sql.resolve import Resolver
from core.sql.source import Root, parse, read
from core.sql.verdict import Verdict

REASONS = words(
    """
    empty too_long too_deep too_complex character unreadable many_statements second_statement not_a_query writes into
    lock hint variable function construct type system_table other_database other_schema unknown_table unknown_column
    private_column executable_comment endless_recursion too_large unknown_dialect failed
    """
)
"""Every reason a refusal can have. The sentences for people are in the catalogue under `errors.guard.<reason>`."""

_ROUNDS = 4
# Printing settles at once or after one round; a tree that still changes after these is not understood.


def check(
    sql: str,
    dialect: str,
    schema: Schema | None = None,
    max_rows: int | None = 1000,
    private: frozenset[tuple[str, str]] = frozenset(),
) -> Verdict:
    """May this run, and as which text? Pure; never raises: what is odd in any way is refused.

    `dialect` is one of `core.sql.policies.POLICIES`. With a `schema` every table and column must be in it; hand in the
    same value each time, its index is kept. `max_rows` is written into the query as `max_rows + 1`, so that the reader
    can tell a full result from a cut one; None writes no limit.

    `private` columns (`core.schema.Table.id` and the column's name) are never read by the text that is returned: where
    they would be shown the column of the result is empty and named in `Verdict.hidden`, any other use is refused.
    Without a schema nobody can tell where they are, so then everything is refused.
    """
    policy = POLICIES.get(dialect)
    if policy is None:
        return Verdict(allowed=False, reason="unknown_dialect")
    try:
        return _checked(sql, policy, schema, max_rows, private)
    except Refusal as refusal:
        return Verdict(allowed=False, reason=refusal.reason, place=refusal.place)
    except Exception:  # noqa: BLE001 - whatever breaks on a query made to break things, the query does not run
        return Verdict(allowed=False, reason="failed")


def _checked(
    sql: str, policy: Policy, schema: Schema | None, max_rows: int | None, private: frozenset[tuple[str, str]]
) -> Verdict:
    tree = read(sql, policy)
    if private and schema is None:
        raise Refusal("private_column", sql)
    reader = Dialect.get_or_raise(policy.dialect)
    hidden: dict[int, str] = {}
    for _ in range(_ROUNDS):
        hiding = Hiding(private, policy) if private else None
        tables = _examine(tree, policy, schema, hiding)
        if max_rows is not None:
            tree = with_limit(tree, max_rows + 1, policy)
        text = printed(tree, policy)
        again = parse(text, reader)
        if hiding is not None and hiding.changed:
            # What runs is a text in which there was nothing left to hide.
            hidden = {**hiding.hidden, **hidden}
        elif again == tree:
            return Verdict(allowed=True, sql=text, tables=tables, hidden=tuple(sorted(hidden.items())))
        tree = again
    raise Refusal("unreadable", sql)


def _examine(tree: Root, policy: Policy, schema: Schema | None, hiding: Hiding | None) -> tuple[str, ...]:
    check_nodes(tree, policy)
    check_bounds(tree, policy)
    if policy.name == "oracle":
        check_connect(tree, policy)
    index = index_of(schema, policy) if schema is not None else None
    return Resolver(policy, index, hiding=hiding).resolve(tree)
