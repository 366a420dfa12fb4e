"""Which columns are private, ready for looking up, and names that could be mistaken for theirs."""

import unicodedata
from collections.abc import Mapping
from functools import lru_cache

from sqlglot import exp

from core.schema import Private, Table
from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.refusal import Refusal

_NONE: Mapping[str, str] = {}


@lru_cache(maxsize=64)
def _by_table(private: Private) -> Mapping[str, Mapping[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for table, column in sorted(private):
        tables.setdefault(table, {})[column.casefold()] = f"{table}.{column}"
    return tables


def columns_of(table: Table, private: Private) -> Mapping[str, str]:
    """The private columns of a table: the name without regard to case → `table.column`.

    Two columns that differ in nothing but case are both private when one is.
    """
    return _by_table(private).get(table.id, _NONE)


def key_of(table: Table, private: Private) -> str | None:
    """The private column that may be the table's key, so that SQLite's `rowid` is another name of it."""
    columns = columns_of(table, private)
    keys = [name.casefold() for name in table.primary_key] or list(columns)
    return next((columns[name] for name in keys if name in columns), None)


def refusal(node: exp.Expr, policy: Policy, column: str | None = None) -> Refusal:
    """The refusal of a piece of the query, with the private column behind it where the piece does not name it."""
    text = text_of(node, policy)
    return Refusal("private_column", f"{text} ({column})" if column is not None and column not in text else text)


def check_lookalikes(tree: exp.Expr, private: Private, policy: Policy) -> None:
    """Raises `Refusal` where two names differ only as servers and collations disagree about: `K` and `K` (Kelvin).

    Letters that are not ASCII are folded by some servers and not by others, and some collations take accents, widths
    or blanks at the end for nothing. What is one name here could be two there, and the other way round.
    """
    identifiers = list(tree.find_all(exp.Identifier))
    if not any(_is_odd(identifier.name) for identifier in identifiers):
        return
    met: dict[str, str] = {}
    for name in {name for table, column in private for name in (*table.split("."), column)}:
        met.setdefault(_loose(name), name if policy.folds != "any" else _ascii_lower(name))
    for identifier in identifiers:
        plain = not identifier.args.get("quoted")
        name = identifier.name
        if policy.folds == "any" or (plain and policy.folds == "lower"):
            name = _ascii_lower(name)
        elif plain:
            name = _ascii_upper(name)
        other = met.setdefault(_loose(name), name)
        if other != name and (_is_odd(other) or _is_odd(name)):
            raise Refusal("private_column", identifier.name)


def _is_odd(name: str) -> bool:
    return not name.isascii() or name != name.strip()


def _loose(name: str) -> str:
    kept = (sign for sign in unicodedata.normalize("NFKD", name) if sign.isascii() or sign.isalnum())
    return "".join(kept).strip().casefold()


def _ascii_lower(name: str) -> str:
    return "".join(sign.lower() if sign.isascii() else sign for sign in name)


def _ascii_upper(name: str) -> str:
    return "".join(sign.upper() if sign.isascii() else sign for sign in name)
