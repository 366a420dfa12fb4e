"""Values a query looks for: are they written as they are stored? Near misses are put right at 0 tokens.

A model writes 'korea' where the column holds 'Korea'; the query then runs and finds nothing. The values known of a
column are those of `core.schema.Schema.values`; private columns have none there, so nothing of them can show here.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from core.schema import ColumnValues, Schema, Table
from core.sql.catalog_index import folded, index_of
from core.sql.guard import check
from core.sql.nodes import check_nodes, text_of
from core.sql.policies import POLICIES, Policy
from core.sql.printing import printed
from core.sql.refusal import Refusal
from core.sql.resolve import Resolver
from core.sql.scope import Scope
from core.sql.source import Root, read

_LETTERS = 5
"""Letters of the shortest value in which one of them may be a mistake: shorter words have too many neighbours."""

_LIKE_IN_ANY_CASE = frozenset({"mysql", "sqlite", "tsql"})
"""Dialects whose LIKE takes "seoul" for "Seoul", as their servers are set up unless somebody changes it."""

_Form = Callable[[str], str]
_FORMS: dict[type[exp.Expr], _Form] = {exp.Lower: str.lower, exp.Upper: str.upper}
_WRAPPERS = (exp.Paren, exp.Lower, exp.Upper)
_LIKES = (exp.Like, exp.ILike)
_PATTERN = re.compile(r"(%*)([^%_\\[]+)(%*)")
_SIGNS_OF_PATTERNS = re.compile(r"[%_\\[]")


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """A text that a query looks for in a column of the catalog."""

    table: str
    """As `core.schema.Table.id`."""
    column: str
    literal: str
    """As it stands in the query, in quotes."""
    text: str
    """The text itself; of a LIKE, what stands between its per cent signs."""
    known: bool
    """Whether a known value of the column is found by it. False where no values are known."""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value that was put right, both as they stand in the query."""

    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class MendedValues:
    """The query, and what was changed in it. Without a change it is the very text that came in."""

    sql: str
    changes: tuple[ValueChange, ...] = ()


def compared_values(sql: str, dialect: str, schema: Schema) -> tuple[ComparedValue, ...]:
    """The texts that a query looks for. Never raises: a query that cannot be read has none.

    What must be equal is looked at (`=`, IN, LIKE with per cent signs at its ends alone, also under LOWER and UPPER),
    wherever in the query it stands and the column is plainly one of the catalog; what stands under a NOT is not.
    """
    policy = POLICIES.get(dialect)
    if policy is None:
        return ()
    try:
        found = _comparisons(_read(sql, policy, schema), policy, schema)
        return tuple(
            ComparedValue(one.table, one.column, text_of(one.literal, policy), one.text, one.known) for one in found
        )
    except Refusal:
        return ()


def mend_values(sql: str, dialect: str, schema: Schema) -> MendedValues:
    """Write each value that is not known as the one known value that is near it.

    Never raises. A value that is known stays. What comes back changed passes the guard; a query that the guard would
    refuse comes back unchanged.
    """
    policy = POLICIES.get(dialect)
    if policy is None:
        return MendedValues(sql)
    changes: dict[ValueChange, None] = {}
    try:
        resolved = _read(sql, policy, schema)
        for one in _comparisons(resolved, policy, schema):
            near = None if one.known else nearest_value(one.text, one.candidates, complete=one.complete)
            if near is not None:
                wrong = text_of(one.literal, policy)
                one.literal.set("this", f"{one.before}{near}{one.after}")
                changes[ValueChange(wrong, text_of(one.literal, policy))] = None
        text = printed(resolved.tree, policy) if changes else sql
    except Refusal:
        return MendedValues(sql)
    if not changes or not check(text, dialect, schema, None).allowed:
        return MendedValues(sql)
    return MendedValues(text, tuple(changes))


def aggregates(sql: str, dialect: str) -> bool:
    """Whether a query counts, sums or otherwise aggregates, so that it gives a row even where nothing is found."""
    policy = POLICIES.get(dialect)
    if policy is None:
        return False
    try:
        return read(sql, policy).find(exp.AggFunc) is not None
    except Refusal:
        return False


def nearest_value(text: str, candidates: Iterable[str], *, complete: bool) -> str | None:
    """The one candidate that `text` can mean, or None when none or more than one is as near.

    The same but for case, width, spaces and underscores; else, where the candidates are `complete`, but for one letter
    mistyped. That is asked of words alone: in a code with digits another letter is another thing, what begins
    differently is mostly another word (Gambia, Zambia), and a value that is not among some of a column's values may
    well be among the others.
    """
    wanted = _key(text)
    if not wanted:
        return None
    keys = {candidate: _key(candidate) for candidate in candidates}
    near = [candidate for candidate, key in keys.items() if key == wanted]
    if not near and complete and len(wanted) >= _LETTERS and not any(sign.isdigit() for sign in wanted):
        near = [candidate for candidate, key in keys.items() if key[:1] == wanted[0] and _one_mistake(wanted, key)]
    return near[0] if len(near) == 1 else None


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if sign != "_" and not sign.isspace())


def _one_mistake(left: str, right: str) -> bool:
    """One sign added, dropped, changed or swapped with its neighbour."""
    while left and right and left[0] == right[0]:
        left, right = left[1:], right[1:]
    while left and right and left[-1] == right[-1]:
        left, right = left[:-1], right[:-1]
    return max(len(left), len(right)) == 1 or (len(left) == 2 and left == right[::-1])


@dataclass(frozen=True, slots=True)
class _Resolved:
    """A tree, and of its columns those that are plainly a column of the catalog."""

    tree: Root
    places: dict[int, tuple[exp.Column, Table, str]]
    """By the identity of the column's node, which is kept alive here."""


@dataclass(frozen=True, slots=True)
class _Comparison:
    """A literal of the tree that a column is compared with, and what is known of that column."""

    table: str
    column: str
    literal: exp.Expr
    text: str
    before: str
    after: str
    """The per cent signs around `text`."""
    known: bool
    candidates: tuple[str, ...]
    """What could stand in place of `text` and would be found."""
    complete: bool
    """Whether no other value could."""


class _Places(Resolver):
    """Remembers of every column it has looked up where it is in the catalog."""

    def __init__(self, policy: Policy, schema: Schema) -> None:
        index = index_of(schema, policy)
        super().__init__(policy, index)
        self._catalog = index
        self.places: dict[int, tuple[exp.Column, Table, str]] = {}

    def _column(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> None:
        super()._column(column, scope, aliases)
        if isinstance(column.this, exp.Star):
            return
        name = folded(column.this, self._policy)
        table = self._table_of(column, name, scope)
        if table is not None and (spelled := self._catalog.columns(table).get(name)):
            self.places[id(column)] = (column, table, spelled)

    def _table_of(self, column: exp.Column, name: str, scope: Scope) -> Table | None:
        """The nearest table that has it; None for a column of a subquery, or when several could be meant."""
        qualifier = column.args.get("table")
        source = scope.named(folded(qualifier, self._policy)) if qualifier is not None else None
        if qualifier is None:
            having = ([source for source in around.sources if source.has(name)] for around in scope.chain())
            nearest = next((sources for sources in having if sources), [])
            source = nearest[0] if len(nearest) == 1 else None
        table = source.table if source is not None else None
        if source is None or table is None or source.columns is not self._catalog.columns(table):
            return None  # also where the query gives the columns of a table other names: FROM t AS x(a, b)
        return table


def _read(sql: str, policy: Policy, schema: Schema) -> _Resolved:
    tree = read(sql, policy)
    check_nodes(tree, policy)
    resolver = _Places(policy, schema)
    resolver.resolve(tree)
    return _Resolved(tree, resolver.places)


def _comparisons(resolved: _Resolved, policy: Policy, schema: Schema) -> Iterator[_Comparison]:
    stored = {(values.table, values.column): values for values in schema.values}
    for column in list(resolved.tree.find_all(exp.Column, bfs=False)):
        if id(column) not in resolved.places:
            continue
        _, table, name = resolved.places[id(column)]
        values = stored.get((table.id, name), ColumnValues(table.id, name, ()))
        node, form = _out_of_wrappers(column)
        condition = node.parent
        if condition is None or condition.find_ancestor(exp.Not) or condition.args.get("negate"):
            continue
        for text in _compared_with(node, condition):
            if found := _comparison(text, condition, values, form, policy):
                yield found


def _compared_with(node: exp.Expr, condition: exp.Expr) -> list[exp.Expr]:
    """What `condition` compares `node` with."""
    if isinstance(condition, exp.EQ):
        return [condition.expression if condition.this is node else condition.this]
    if condition.this is not node:
        return []
    if isinstance(condition, exp.In):
        return list(condition.expressions)
    if isinstance(condition, _LIKES) and not isinstance(condition.parent, exp.Escape):
        return [condition.expression]
    return []


def _comparison(
    node: exp.Expr, condition: exp.Expr, values: ColumnValues, form: _Form, policy: Policy
) -> _Comparison | None:
    """What is known of one literal; None when it is no text, or a pattern with signs in the middle."""
    literal, own = _into_wrappers(node)
    if literal is None:
        return None
    before, text, after = "", literal.name, ""
    held = list(dict.fromkeys(map(form, values.values)))
    candidates = [value for value in held if own(value) == value]
    any_case = False
    if isinstance(condition, _LIKES):
        pattern = _PATTERN.fullmatch(text)
        if pattern is None:
            return None
        before, text, after = pattern.groups()
        candidates = [value for value in candidates if not _SIGNS_OF_PATTERNS.search(value)]
        any_case = isinstance(condition, exp.ILike) or policy.dialect in _LIKE_IN_ANY_CASE

    fold = str.casefold if any_case else str
    wanted = fold(own(text))
    known = any(_finds(wanted, fold(value), bool(before), bool(after)) for value in held)
    return _Comparison(
        values.table, values.column, literal, text, before, after, known, tuple(candidates), values.complete
    )


def _finds(wanted: str, value: str, open_before: bool, open_after: bool) -> bool:
    if open_before and open_after:
        return wanted in value
    if open_before:
        return value.endswith(wanted)
    return value.startswith(wanted) if open_after else value == wanted


def _out_of_wrappers(node: exp.Expr) -> tuple[exp.Expr, _Form]:
    """What stands around a column and only changes the case of its values, and how it changes them."""
    form: _Form = str
    while (around := node.parent) is not None and isinstance(around, _WRAPPERS):
        node = around
        form = _FORMS.get(type(node), form)
    return node, form


def _into_wrappers(node: exp.Expr) -> tuple[exp.Expr | None, _Form]:
    """The literal inside of what only changes its case, and how that is changed; None when it is no text."""
    forms: list[_Form] = []
    while isinstance(node, _WRAPPERS):
        forms += [_FORMS[type(node)]] if type(node) in _FORMS else []
        node = node.this
    is_text = isinstance(node, exp.National) or (isinstance(node, exp.Literal) and node.is_string)
    return (node if is_text else None), (forms[0] if forms else str)
