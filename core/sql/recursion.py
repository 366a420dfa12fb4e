"""Queries that refer to themselves must be able to end.

A recursive CTE is allowed when its repeated branch either walks along rows of another table (joined or compared with a
column of the step before), or compares a column of the step before with a limit in the direction it moves. CONNECT BY
is allowed when it follows PRIOR or counts LEVEL or ROWNUM up to a limit. A circle in the data is left to the server's
time limit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from sqlglot import exp

from core.sql.catalog_index import folded
from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.refusal import Refusal

MAX_STEPS = 1_000_000
"""The largest number a step may be compared with."""

_GROWING = (exp.Pow, exp.BitwiseLeftShift, exp.Exp, exp.Factorial)
_JOINING = (exp.DPipe, exp.Concat, exp.ConcatWs, exp.Repeat)
_ADDING = (exp.DateAdd, exp.TimestampAdd, exp.DatetimeAdd, exp.TsOrDsAdd, exp.AddMonths)
_TAKING = (exp.DateSub, exp.TimestampSub, exp.DatetimeSub)
_DATES = (exp.Date, exp.TsOrDsToDate)
_LEADING_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_KEEPING = (exp.Abs, exp.Coalesce, exp.Greatest, exp.Least, exp.Round, exp.Floor, exp.Ceil)
# What may well give back the value that it was given.
_UPWARD = (exp.LT, exp.LTE)
_DOWNWARD = (exp.GT, exp.GTE)
_COMPARISONS = (*_UPWARD, *_DOWNWARD, exp.NEQ, exp.Between, exp.EQ, exp.In, exp.NullSafeNEQ)


def refers_to(node: exp.Expr, name: str, policy: Policy) -> bool:
    """True when a table of that name is read in it."""
    return any(_is_named(table, name, policy) for table in node.find_all(exp.Table))


def check_recursion(cte: exp.CTE, name: str, policy: Policy) -> None:
    """Raises `Refusal` when a branch of the CTE repeats without a visible end."""
    columns = _columns(cte, policy)
    limited = policy.limits_recursion and _has_limit(cte.this)
    for branch in _branches(cte.this):
        if not refers_to(branch, name, policy):
            continue
        step = _step(branch, name, columns, policy)
        if step is None:
            raise Refusal("endless_recursion", text_of(cte.args["alias"], policy))
        ends = limited or _joins_by_name(branch) or any(map(step.is_bounded_by, _conditions(branch)))
        if not ends:
            raise Refusal("endless_recursion", text_of(cte.args["alias"], policy))
        if step.doubles():
            raise Refusal("too_large", text_of(cte.args["alias"], policy))


def check_connect(tree: exp.Expr, policy: Policy) -> None:
    """The same for Oracle's CONNECT BY."""
    names = {folded(cte.args["alias"].this, policy) for cte in tree.find_all(exp.CTE)}
    for connect in tree.find_all(exp.Connect):
        condition = connect.args.get("connect")
        parts = list(_conjuncts(condition)) if condition is not None else []
        follows = any(map(_follows_prior, parts))
        counts = any(_bounds_level(part) or _reads_pieces(part) for part in parts)
        if not follows and not (counts and _starts_from_one_row(connect, names, policy)):
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


def _select_of(branch: exp.Expr) -> exp.Select | None:
    while isinstance(branch, exp.Subquery):
        branch = branch.this
    return branch if isinstance(branch, exp.Select) else None


def _conditions(branch: exp.Expr) -> Iterator[exp.Expr]:
    select = _select_of(branch)
    if select is None:
        return
    if select.args.get("where"):
        yield from _conjuncts(select.args["where"].this)
    for join in select.args.get("joins") or []:
        if join.args.get("on") is not None:
            yield from _conjuncts(join.args["on"])


def _joins_by_name(branch: exp.Expr) -> bool:
    select = _select_of(branch)
    joins = (select.args.get("joins") or []) if select is not None else []
    return any(join.args.get("using") or join.args.get("method") == "NATURAL" for join in joins)


def _step(branch: exp.Expr, name: str, columns: list[str], policy: Policy) -> "_Step | None":
    select = _select_of(branch)
    if select is None:
        return None
    return _Step(
        frozenset(
            folded(table.args["alias"].this, policy) if table.args.get("alias") else name
            for table in select.find_all(exp.Table)
            if _is_named(table, name, policy)
        ),
        {column: projection.unalias() for column, projection in zip(columns, select.expressions, strict=False)},
        policy,
    )


def counted_rows(node: exp.CTE | exp.Connect, name: str, policy: Policy) -> float | None:
    """How many rows a CTE of that name, or a CONNECT BY, counts up to; None where that is not written in the query."""
    if isinstance(node, exp.Connect):
        return _largest(part for part in _conjuncts(node.args["connect"]) if _bounds_level(part))
    columns = _columns(node, policy)
    starts: dict[str, float] = {}
    for branch in _branches(node.this):
        select = _select_of(branch)
        if select is not None and not refers_to(branch, name, policy):
            starts = dict(zip(columns, map(_plain, select.expressions), strict=False))
    counts = []
    for branch in _branches(node.this):
        step = _step(branch, name, columns, policy) if refers_to(branch, name, policy) else None
        for part in _conditions(branch) if step is not None else ():
            limit = part.find(exp.Literal)
            moved = step.moved_in(part) if step is not None else None
            if moved is not None and limit is not None and not limit.is_string and not _too_far(part):
                counts.append(abs(_number(limit) - starts.get(moved, _number(limit))))
    return min(counts, default=None)


def _plain(node: exp.Expr) -> float:
    node = _without_casts(node.unalias())
    return _number(node) if isinstance(node, exp.Literal) and not node.is_string else float("nan")


def _largest(parts: Iterator[exp.Expr]) -> float | None:
    sizes = (prod(max(_number(one), 1) for one in part.find_all(exp.Literal) if not one.is_string) for part in parts)
    return max(sizes, default=None)


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
            column = self._moving(inner.this)
            return is_there and column is not None and self._moves_on(column) and not _is_arithmetic(self.moves[column])
        if not isinstance(part, _COMPARISONS) or _too_far(part) or not self._owns_any(part):
            return False
        if isinstance(part, (exp.EQ, exp.In)):
            return not all(self._owns(column) for column in part.find_all(exp.Column))
        if isinstance(part, exp.Between):
            column = self._moving(part.this)
            return column is None or self._moves_on(column)
        return self._moves_towards(part.this, part, swapped=False) or self._moves_towards(
            part.expression, part, swapped=True
        )

    def moved_in(self, part: exp.Expr) -> str | None:
        """The column of the step that this condition compares."""
        sides = (part.this, part.args.get("expression"))
        return next((name for side in sides if isinstance(side, exp.Expr) and (name := self._moving(side))), None)

    def doubles(self) -> bool:
        """True when a text is put together from several texts that grow themselves: it doubles each time."""
        joined = {name: move for name, move in self.moves.items() if move.find(*_JOINING) is not None}
        return any(
            sum(
                self._owns(column) and folded(column.this, self.policy) in joined
                for part in move.find_all(*_JOINING)
                if part.find_ancestor(*_JOINING) is None
                for column in part.find_all(exp.Column)
            )
            > 1
            for move in joined.values()
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
        limit = part.this if swapped else part.expression
        if not self._owns_any(side) or any(self._moving(column) for column in limit.find_all(exp.Column)):
            return False
        column = self._moving(side)
        if column is None:
            # An expression over the step, such as its length: taken at its word.
            moving = (self._moving(one) for one in side.find_all(exp.Column))
            return not isinstance(side.unnest(), exp.Column) and any(name and self._moves_on(name) for name in moving)
        if not self._moves_on(column):
            return False
        if isinstance(part, (exp.NEQ, exp.NullSafeNEQ)):
            return not _is_arithmetic(self.moves[column])
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
        return None if self._is_column(move, name) else name

    def _is_column(self, node: exp.Expr, name: str) -> bool:
        return isinstance(node, exp.Column) and folded(node.this, self.policy) == name and self._owns(node)

    def _moves_on(self, column: str) -> bool:
        """False when the next step may well have the same value again: `n + 0`, `ABS(n)`, `n % 5`, `RAND()`."""
        move = _without_casts(self.moves[column])
        while isinstance(move, _KEEPING) or (isinstance(move, _DATES) and len(list(move.iter_expressions())) == 1):
            move = _without_casts(move.this)
        if isinstance(move, exp.Mod) or self._is_column(move, column):
            return False
        if isinstance(move, (exp.Add, exp.Sub, exp.Mul, exp.Div)):
            idle = 1 if isinstance(move, (exp.Mul, exp.Div)) else 0
            return idle not in (_amount(move.this), _amount(move.expression))
        if isinstance(move, (*_ADDING, *_TAKING)) and _amount(move.expression) == 0:
            return False
        return move.find(exp.Column, exp.Query) is not None


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


def _is_arithmetic(move: exp.Expr) -> bool:
    return isinstance(_without_casts(move), (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.DPipe))


def _direction(move: exp.Expr) -> int:
    """1 when the next step adds a positive number, -1 when it takes one away, 0 when that is not plain."""
    move = _without_casts(move)
    while isinstance(move, _DATES) and isinstance(move.this, (exp.Add, exp.Sub, *_ADDING, *_TAKING)):
        move = move.this
    taking = isinstance(move, (exp.Sub, *_TAKING))
    if isinstance(move, (exp.Add, exp.Sub, *_ADDING, *_TAKING)):
        amount = _amount(move.expression)
        if amount is None and isinstance(move, exp.Add):
            amount = _amount(move.this)
        return 0 if not amount else (1 if (amount > 0) is not taking else -1)
    signs = {part.name[:1] for part in move.iter_expressions() if isinstance(part, exp.Literal) and part.is_string}
    return -1 if signs == {"-"} else 0


def _amount(node: exp.Expr) -> float | None:
    """A number that is written out, also one of days and the like."""
    node = _without_casts(node)
    if isinstance(node, exp.Neg):
        amount = _amount(node.this)
        return None if amount is None else -amount
    if isinstance(node, exp.Interval):
        return _amount(node.this) if node.this is not None else None
    number = _LEADING_NUMBER.match(node.name) if isinstance(node, exp.Literal) else None
    return float(number.group()) if number else None


def _follows_prior(part: exp.Expr) -> bool:
    return isinstance(part, exp.EQ) and part.find(exp.Prior) is not None and len(list(part.find_all(exp.Column))) > 1


def _starts_from_one_row(connect: exp.Expr, ctes: set[str], policy: Policy) -> bool:
    """False for a real table: levels counted over it without PRIOR are its rows to the power of the level."""
    from_ = connect.parent.args.get("from_") if connect.parent is not None else None
    table = from_.this if from_ is not None else None
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        return True
    return table.name.lower() in policy.pseudo_tables or folded(table.this, policy) in ctes


def _reads_pieces(part: exp.Expr) -> bool:
    """`REGEXP_SUBSTR(list, '[^,]+', 1, LEVEL) IS NOT NULL`: one level for each piece of a text."""
    inner = part.this.unnest() if isinstance(part, exp.Not) else None
    if not isinstance(inner, exp.Is) or not isinstance(inner.expression, exp.Null):
        return False
    return isinstance(inner.this, exp.RegexpSubstr) and any(map(_counts, inner.this.iter_expressions()))


def _bounds_level(part: exp.Expr) -> bool:
    if isinstance(part, exp.Between):
        return _counts(part.this) and not _too_far(part)
    if not isinstance(part, (*_UPWARD, *_DOWNWARD)):
        return False
    level, limit = (part.this, part.expression) if isinstance(part, _UPWARD) else (part.expression, part.this)
    numbers = prod(max(_number(one), 1) for one in limit.find_all(exp.Literal) if not one.is_string)
    far = numbers > MAX_STEPS or limit.find(*_GROWING) is not None or any(map(_counts, limit.walk()))
    return _counts(level) and not far


def _counts(node: exp.Expr) -> bool:
    return node.name.upper() in {"LEVEL", "ROWNUM"} and isinstance(node, (exp.Column, exp.Pseudocolumn))
