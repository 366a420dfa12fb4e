"""A schema made ready for looking names up, built once for each `Schema` value and kept while it is in use."""

from collections.abc import Iterable
from functools import lru_cache

from sqlglot import exp

from core.schema import Schema, Table
from core.sql.policies import Policy


def fold(name: str, quoted: bool, policy: Policy) -> str:
    """A name of a query as the server compares it."""
    if policy.folds == "any":
        return name.lower()
    if quoted or policy.folds == "exact":
        return name
    return name.lower() if policy.folds == "lower" else name.upper()


def folded(identifier: exp.Expr, policy: Policy) -> str:
    """The same for an identifier of a tree."""
    return fold(identifier.name, bool(identifier.args.get("quoted")), policy)


class CatalogIndex:
    """The tables of a schema by their names as the server compares them; a table's columns when first asked for."""

    def __init__(self, schema: Schema, policy: Policy) -> None:
        self._any_case = policy.folds == "any"
        self._exact = {(self._key(table.schema), table.name): table for table in schema.tables}
        self._tables = {(self._key(table.schema), self._key(table.name)): table for table in schema.tables}
        if self._any_case:
            self._drop_doubles(schema)
        self._columns: dict[str, dict[str, str]] = {}
        self.schemas = frozenset(schema for schema, _ in self._exact)

    def table(self, schema: str, name: str, spelled: str = "") -> Table | None:
        """By the two names as `fold` gives them; an empty schema is the default one.

        A table that is `spelled` exactly so comes before one that differs in case.
        """
        if self._any_case and (exact := self._exact.get((schema, spelled))):
            return exact
        return self._tables.get((schema, name))

    def columns(self, table: Table) -> dict[str, str]:
        """The columns of a table: the name as compared → as the server spells it, in order."""
        known = self._columns.get(table.id)
        if known is None:
            known = {self._key(column.name): column.name for column in table.columns}
            self._columns[table.id] = known
        return known

    def tables(self) -> Iterable[Table]:
        """All of them."""
        return self._exact.values()

    def _drop_doubles(self, schema: Schema) -> None:
        """Of `Customers` and `customers` neither is meant by CUSTOMERS: only its exact spelling finds one of them."""
        met: set[tuple[str, str]] = set()
        for table in schema.tables:
            key = self._key(table.schema), self._key(table.name)
            if key in met:
                self._tables.pop(key, None)
            met.add(key)

    def _key(self, name: str) -> str:
        return name.lower() if self._any_case else name


class _Same:
    """A key that is equal only to itself around the same value: comparing two schemas would read them whole."""

    __slots__ = ("value",)

    def __init__(self, value: Schema) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.value is self.value


@lru_cache(maxsize=16)
def _index(schema: _Same, policy: Policy) -> CatalogIndex:
    return CatalogIndex(schema.value, policy)


def index_of(schema: Schema, policy: Policy) -> CatalogIndex:
    """The index of a schema. The last 16 are kept, by the identity of the value: hand in the same value again."""
    return _index(_Same(schema), policy)
