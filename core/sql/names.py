"""Near misses of names, put right at 0 tokens: `Custmer_ID` where only `customer_id` can be meant.

A name is changed only when exactly one candidate is near; where two are as near as each other, nothing is changed and
the guard refuses the query with the name it does not know.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from core.schema import Schema, Table
from core.sql.catalog_index import CatalogIndex, folded, index_of
from core.sql.nodes import check_nodes, text_of
from core.sql.policies import POLICIES, Policy
from core.sql.policies.common import words
from core.sql.printing import printed
from core.sql.refusal import Refusal
from core.sql.resolve import Resolver
from core.sql.scope import Scope, Source
from core.sql.source import read

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*\Z")
_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Change:
    """One name that was put right, both as they stand in the query."""

    kind: Literal["table", "column"]
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Mended:
    """The query, and what was changed in it. Without a change it is the very text that came in."""

    sql: str
    changes: tuple[Change, ...] = ()


def mend(sql: str, dialect: str, schema: Schema) -> Mended:
    """Put near misses of table and column names right.

    Never raises. A query that the guard would refuse for another reason, or that has an unknown name with no single
    near candidate, comes back unchanged.
    """
    policy = POLICIES.get(dialect)
    if policy is None:
        return Mended(sql)
    index = index_of(schema, policy)
    mender = _Mender(policy, index)
    try:
        tree = read(sql, policy)
        check_nodes(tree, policy)
        Resolver(policy, index, mender).resolve(tree)
        return Mended(printed(tree, policy), tuple(mender.changes)) if mender.changes else Mended(sql)
    except Refusal:
        return Mended(sql)


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that is meant by `name`, or None when none or more than one is as near.

    From strict to loose: the same but for case, but for underscores and spaces, but for plural, but for one typing
    mistake (two from eight letters on).
    """
    known = list(dict.fromkeys(candidates))
    for form in (str.lower, _joined, _singular):
        wanted = form(name)
        same = [candidate for candidate in known if form(candidate) == wanted]
        if same:
            return same[0] if len(same) == 1 else None
    return _by_mistakes(_joined(name), known)


def _joined(name: str) -> str:
    return _WORDS.sub("", name).lower()


def _singular(name: str) -> str:
    joined = _joined(name)
    if joined.endswith("ies") and len(joined) > 4:
        return joined[:-3] + "y"
    if joined.endswith(("ses", "xes", "zes", "ches", "shes")):
        return joined[:-2]
    return joined[:-1] if joined.endswith("s") and not joined.endswith("ss") else joined


def _by_mistakes(name: str, candidates: list[str]) -> str | None:
    allowed = 0 if len(name) < 4 else (1 if len(name) < 8 else 2)
    best: list[str] = []
    for candidate in candidates:
        mistakes = _mistakes(name, _joined(candidate), allowed)
        if mistakes > allowed or mistakes == 0:
            continue
        if mistakes < allowed:
            best, allowed = [], mistakes
        best.append(candidate)
    return best[0] if len(best) == 1 else None


def _mistakes(left: str, right: str, most: int) -> int:
    """Letters to add, drop, change or swap with their neighbour; anything above `most` once it is clear that it is."""
    if abs(len(left) - len(right)) > most or not most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        following = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            following.append(cost)
        if min(following) > most:
            return most + 1
        before, row = row, following
    return row[-1]


class _Mender:
    """Called by the resolver for each name it does not know."""

    def __init__(self, policy: Policy, index: CatalogIndex) -> None:
        self._policy = policy
        self._index = index
        self.changes: list[Change] = []
        self._followed: dict[str, str] = {}
        # The name of a table before → after, as qualifiers of its columns have it.

    def table(self, reference: exp.Table) -> Table | None:
        """The table that was meant, written into the tree."""
        db = reference.args.get("db")
        known = [table for table in self._index.tables() if db is None or table.schema == self._schema_of(db)]
        plain = [table for table in known if not table.schema] if db is None else known
        table = self._pick(reference.name, plain) or (self._pick(reference.name, known) if db is None else None)
        if table is None:
            return None
        wrong = text_of(_bare(reference), self._policy)
        self._followed[folded(reference.this, self._policy)] = table.name
        reference.set("this", self._identifier(table.name))
        reference.set("db", self._identifier(table.schema) if table.schema else None)
        self._note("table", wrong, text_of(_bare(reference), self._policy))
        return table

    def column(self, column: exp.Column, scope: Scope, aliases: frozenset[str]) -> bool:
        """Put the name or the qualifier of a column right, when only one can be meant."""
        if isinstance(column.this, exp.Star) or column.args.get("db") is not None:
            return False
        qualifier = column.args.get("table")
        sources = [source for source in scope.sources if source.columns is not None]
        if qualifier is None:
            return self._unqualified(column, sources)
        source = scope.named(folded(qualifier, self._policy))
        if source is None and (renamed := self._followed.get(folded(qualifier, self._policy))):
            qualifier = self._identifier(renamed)
            column.set("table", qualifier)
            source = scope.named(folded(qualifier, self._policy))
            if source is not None and source.has(folded(column.this, self._policy)):
                return True
        if source is None:
            return self._qualifier(column, qualifier, sources)
        found = self._same(column.name, source)
        if found is None and self._elsewhere(column, source, sources):
            return True
        found = found or nearest(column.name, (source.columns or {}).values())
        return found is not None and self._rename(column, found)

    def _unqualified(self, column: exp.Column, sources: list[Source]) -> bool:
        names = [name for source in sources for name in (source.columns or {}).values()]
        found = nearest(column.name, names)
        # A name that two sources have would be refused by the server as ambiguous.
        return found is not None and names.count(found) == 1 and self._rename(column, found)

    def _qualifier(self, column: exp.Column, qualifier: exp.Expr, sources: list[Source]) -> bool:
        """A qualifier that names no source: the table's name beside its alias, or simply the wrong one."""
        own = [
            source
            for source in sources
            if source.table is not None
            and source.table.name.lower() == qualifier.name.lower()
            and source.has(folded(column.this, self._policy))
        ]
        return self._move(column, own if len(own) == 1 else self._holders(column, sources))

    def _elsewhere(self, column: exp.Column, source: Source, sources: list[Source]) -> bool:
        return self._move(column, [other for other in self._holders(column, sources) if other is not source])

    def _holders(self, column: exp.Column, sources: list[Source]) -> list[Source]:
        name = folded(column.this, self._policy)
        return [source for source in sources if source.columns is not None and name in source.columns]

    def _move(self, column: exp.Column, holders: list[Source]) -> bool:
        if len(holders) != 1 or not holders[0].spelled:
            return False
        wrong = text_of(column, self._policy)
        column.set("table", self._identifier(holders[0].spelled))
        self._note("column", wrong, text_of(column, self._policy))
        return True

    def _same(self, name: str, source: Source) -> str | None:
        same = [known for known in (source.columns or {}).values() if _joined(known) == _joined(name)]
        return same[0] if len(same) == 1 else None

    def _rename(self, column: exp.Column, name: str) -> bool:
        wrong = text_of(column, self._policy)
        column.set("this", self._identifier(name))
        self._note("column", wrong, text_of(column, self._policy))
        return True

    def _pick(self, name: str, tables: list[Table]) -> Table | None:
        found = nearest(name, (table.name for table in tables))
        named = [table for table in tables if table.name == found]
        return named[0] if len(named) == 1 else None

    def _schema_of(self, db: exp.Expr) -> str:
        name = folded(db, self._policy)
        if db.name.lower() in self._policy.default_schemas and name not in self._index.schemas:
            return ""
        return name

    def _identifier(self, name: str) -> exp.Identifier:
        """The server's own spelling, in quotes wherever the server would read it differently without."""
        unquoted = name.lower() if self._policy.folds == "upper" and name == name.upper() else name
        if self._policy.folds == "any":
            unquoted = name.lower()
        plain = _PLAIN.match(unquoted) is not None and not _is_word_of_sql(unquoted)
        return exp.to_identifier(name, quoted=not plain)

    def _note(self, kind: Literal["table", "column"], wrong: str, right: str) -> None:
        change = Change(kind, wrong, right)
        if change not in self.changes:
            self.changes.append(change)


def _bare(reference: exp.Table) -> exp.Table:
    db = reference.args.get("db")
    return exp.Table(this=reference.this.copy(), db=db.copy() if db is not None else None)


def _is_word_of_sql(name: str) -> bool:
    return name.upper() in _SQL_WORDS


_SQL_WORDS = words(
    """
    ACCESS ADD ALL ALTER ANALYZE AND ANY ARRAY AS ASC AUDIT AUTHORIZATION BEFORE BETWEEN BOTH BY CALL CASCADE CASE
    CAST CHANGE CHAR CHARACTER CHECK CLUSTER COLLATE COLUMN COMMENT CONDITION CONNECT CONSTRAINT CONVERT CREATE CROSS
    CURRENT CURSOR DATABASE DATE DEC DECIMAL DECLARE DEFAULT DELETE DESC DESCRIBE DISTINCT DIV DO DOUBLE DROP EACH
    ELSE END ESCAPE EXCEPT EXCLUSIVE EXISTS EXPLAIN EXTERNAL FALSE FETCH FILE FLOAT FOR FOREIGN FREEZE FROM FULL
    FUNCTION GRANT GROUP GROUPING GROUPS HAVING IDENTIFIED IDENTITY IF IMMEDIATE IN INCREMENT INDEX INITIAL INNER
    INSERT INT INTEGER INTERSECT INTERVAL INTO IS JOIN KEY KEYS KILL LAST LATERAL LEADING LEFT LEVEL LIKE LIMIT LOCK
    LONG MATCH MAXEXTENTS MINUS MOD MODE NATURAL NOT NULL NUMBER OF OFFSET ON ONLY OPEN OPTION OR ORDER OUTER OVER
    OVERLAPS PARTITION PERCENT PIVOT PLACING PLAN PRECISION PRIMARY PRIOR PRIVILEGES PROCEDURE PUBLIC RANGE RANK RAW
    READ RECURSIVE REFERENCES RENAME REPEAT REPLACE RESOURCE RETURN RETURNING REVOKE RIGHT ROW ROWID ROWNUM ROWS
    SCHEMA SELECT SESSION SESSION_USER SET SHARE SHOW SIGNAL SIMILAR SIZE SMALLINT SOME START SUCCESSFUL SYNONYM
    SYSDATE SYSTEM TABLE THEN TO TOP TRAILING TRIGGER TRUE UID UNION UNIQUE UNLOCK UPDATE USAGE USE USER USING
    VALIDATE VALUES VARCHAR VARYING VERBOSE VIEW WHEN WHENEVER WHERE WHILE WINDOW WITH WRITE
    """
)
"""Words that some server of ours reserves: in quotes they are names everywhere."""
