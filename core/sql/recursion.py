"""Queries that refer to themselves must be able to end.

A recursive CTE is allowed when its repeated branch either walks along rows of another table (joined or compared with a
column of the step before), or compares a column of the step before with a limit in the direction it moves. CONNECT BY
is allowed when it follows PRIOR or counts LEVEL or ROWNUM up to a limit. A circle in the data is left to the server's
time limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from core.sql.catalog_index import folded
from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.refusal import Refusal

MAX_STEPS = 1_000_000
"""The largest number a step may be compared with."""

_UPWARD = (exp.LT, exp.LTE)
_DOWNWARD = (exp.GT, exp.GTE)
_COMPARISONS = (*_UPWARD, *_DOWNWARD, exp.NEQ, exp.Between, exp.EQ, exp.In, exp.NullSafeNEQ)


def refers_to(node: exp.Expr, name: str, policy: Policy) -> bool:
    """True when a table of that name is read in it."""
    return any(_is_named(table, name, policy) for table in node.find_all(exp.Table))


def check_recursion(cte: exp.CTE, name: str, policy: Policy) -> None:
    """Raises `Refusal` when a branch of the CTE repeats without a visible end."""
    columns = _columns(cte, policy)
    if policy.limits_recursion and _has_limit(cte.this):
        return
    for branch in _branches(cte.this):
        if refers_to(branch, name, policy) and not _ends(branch, name, columns, policy):
            raise Refusal("endless_recursion", text_of(cte.args["alias"], policy))


def check_connect(tree: exp.Expr, policy: Policy) -> None:
    """The same for Oracle's CONNECT BY."""
    for connect in tree.find_all(exp.Connect):
        condition = connect.args.get("connect")
        if condition is None or not any(_bounds_level(part) or _follows_prior(part) for part in _conjuncts(condition)):
            raise Refusal("endless_recursion", text_of(connect, policy))


def _is_named(table: exp.Table, name: str, policy: Policy) -> bool:
    return (
        isinstance(table.this, exp.Identifier) and table.args.get("db") is None and folded(table.this, policy) == name
    )


def _branches(node: exp.Expr) -> Iterator[exp.Expr]:
    while isinstance(node, exp.SetOperation):
        yield node.expression
        node = node.this
    yield node


def _columns(cte: exp.CTE, policy: Policy) -> list[str]:
    named = cte.args["alias"].args.get("columns") or []
    if named:
        return [folded(column, policy) for column in named]
    first = cte.this
    while isinstance(first, (exp.SetOperation, exp.Subquery)):
        first = first.this
    return [
        folded(projection.args["alias"], policy)
        if isinstance(projection, exp.Alias)
        else (folded(projection.this, policy) if isinstance(projection, exp.Column) and not projection.is_star else "")
        for projection in first.expressions
    ]


def _ends(branch: exp.Expr, name: str, columns: list[str], policy: Policy) -> bool:
    while isinstance(branch, exp.Subquery):
        branch = branch.this
    if not isinstance(branch, exp.Select):
        return False
    conditions = [branch.args["where"].this] if branch.args.get("where") else []
    for join in branch.args.get("joins") or []:
        if join.args.get("using") or join.args.get("method") == "NATURAL":
            return True
        if join.args.get("on") is not None:
            conditions.append(join.args["on"])
    step = _Step(
        frozenset(
            folded(table.args["alias"].this, policy) if table.args.get("alias") else name
            for table in branch.find_all(exp.Table)
            if _is_named(table, name, policy)
        ),
        {column: projection.unalias() for column, projection in zip(columns, branch.expressions, strict=False)},
        policy,
    )
    return any(step.is_bounded_by(part) for condition in conditions for part in _conjuncts(condition))


def _has_limit(node: exp.Expr) -> bool:
    limit = node.args.get("limit")
    count = limit.args.get("expression") if limit is not None else None
    return isinstance(count, exp.Literal) and not count.is_string and _number(count) <= MAX_STEPS


def _conjuncts(node: exp.Expr) -> Iterator[exp.Expr]:
    stack = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, exp.And):
            stack += [part.left, part.right]
        elif isinstance(part, exp.Paren):
            stack.append(part.this)
        else:
            yield part


@dataclass(frozen=True, slots=True)
class _Step:
    """One repetition: under which names the step before is seen, and what becomes of each of its columns."""

    names: frozenset[str]
    moves: dict[str, exp.Expr]
    policy: Policy

    def is_bounded_by(self, part: exp.Expr) -> bool:
        """True when this condition ends the repetition some time."""
        negated = isinstance(part, exp.Not)
        inner = part.this.unnest() if negated else part
        if isinstance(inner, exp.Is):
            is_there = negated or bool(inner.args.get("negate"))
            return is_there and self._moving(inner.this) is not None
        if not isinstance(part, _COMPARISONS) or _too_far(part) or not self._owns_any(part):
            return False
        if isinstance(part, (exp.EQ, exp.In)):
            return not all(self._owns(column) for column in part.find_all(exp.Column))
        if isinstance(part, exp.Between):
            return True
        return self._moves_towards(part.this, part, swapped=False) or self._moves_towards(
            part.expression, part, swapped=True
        )

    def _owns(self, column: exp.Column) -> bool:
        table = column.args.get("table")
        if table is not None:
            return folded(table, self.policy) in self.names
        return not column.is_star and folded(column.this, self.policy) in self.moves

    def _owns_any(self, node: exp.Expr) -> bool:
        return any(self._owns(column) for column in node.find_all(exp.Column))

    def _moves_towards(self, side: exp.Expr, part: exp.Expr, swapped: bool) -> bool:
        """True when this side of a comparison holds a column of the step that does not move away from the limit."""
        if not self._owns_any(side):
            return False
        column = self._moving(side)
        if column is None:
            # An expression over the step, such as its length: taken at its word.
            return not isinstance(side.unnest(), exp.Column)
        direction = _direction(self.moves[column])
        upward = isinstance(part, _DOWNWARD if swapped else _UPWARD)
        downward = isinstance(part, _UPWARD if swapped else _DOWNWARD)
        return direction == 0 or (direction > 0 and not downward) or (direction < 0 and not upward)

    def _moving(self, side: exp.Expr) -> str | None:
        """The column of the step, when the side is just that and the next step changes it."""
        side = _without_casts(side)
        if not isinstance(side, exp.Column) or side.is_star:
            return None
        name = folded(side.this, self.policy)
        move = self.moves.get(name)
        if move is None:
            return None
        same = isinstance(move, exp.Column) and folded(move.this, self.policy) == name and self._owns(move)
        return None if same else name


def _without_casts(node: exp.Expr) -> exp.Expr:
    node = node.unnest()
    while isinstance(node, exp.Cast):
        node = node.this.unnest()
    return node


def _too_far(part: exp.Expr) -> bool:
    return any(not literal.is_string and _number(literal) > MAX_STEPS for literal in part.find_all(exp.Literal))


def _number(literal: exp.Literal) -> float:
    try:
        return float(literal.name)
    except ValueError:
        return float("inf")


def _direction(move: exp.Expr) -> int:
    """1 when the next step adds a positive number, -1 when it takes one away, 0 when that is not plain."""
    move = _without_casts(move)
    if isinstance(move, (exp.Add, exp.Sub)):
        amount = move.expression if isinstance(move.this.unnest(), exp.Column) else move.this
        if isinstance(amount, exp.Literal) and not amount.is_string and _number(amount) > 0:
            return 1 if isinstance(move, exp.Add) else -1
    return 0


def _follows_prior(part: exp.Expr) -> bool:
    return isinstance(part, exp.EQ) and part.find(exp.Prior) is not None and len(list(part.find_all(exp.Column))) > 1


def _bounds_level(part: exp.Expr) -> bool:
    if isinstance(part, exp.Between):
        return _counts(part.this) and not _too_far(part)
    if not isinstance(part, (*_UPWARD, *_DOWNWARD)) or _too_far(part):
        return False
    return _counts(part.this if isinstance(part, _UPWARD) else part.expression)


def _counts(node: exp.Expr) -> bool:
    return node.name.upper() in {"LEVEL", "ROWNUM"} and isinstance(node, (exp.Column, exp.Pseudocolumn))
