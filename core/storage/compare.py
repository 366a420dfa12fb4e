"""Comparing a store's tables with the models, for `alembic revision --autogenerate` and `colloquery db check`."""

from typing import Any, Final

from alembic.autogenerate.api import AutogenContext
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column

from core.storage import models, own_tables
from core.storage.base import Base, UtcDateTime

MODULES: Final = (models, own_tables)
"""Where the models are. Importing them fills `METADATA`."""

METADATA: Final = Base.metadata

_KINDS: Final = {"add": "missing", "remove": "unexpected", "modify": "different"}


def _default_differs(
    context: MigrationContext,
    _inspected: Column[Any],
    _column: Column[Any],
    inspected_default: str | None,
    _default: object,
    rendered_default: str | None,
) -> bool | None:
    """MariaDB gives back TRUE as 1 and 0.0 as 0; None leaves all else to Alembic."""
    if context.dialect.name != "mysql" or inspected_default is None or rendered_default is None:
        return None
    return None if _as_number(inspected_default) != _as_number(rendered_default) else False


def _as_number(default: str) -> float | str:
    plain = default.strip("'")
    try:
        return float({"true": "1", "false": "0"}.get(plain, plain))
    except ValueError:
        return default


def _rendered(kind: str, thing: Any, context: AutogenContext) -> str | bool:
    """A revision must not change when our types do: it names what SQLAlchemy makes of them."""
    if kind != "type" or not isinstance(thing, UtcDateTime):
        return False
    context.imports.add("from sqlalchemy.dialects import mysql")
    return "sa.DateTime().with_variant(mysql.DATETIME(fsp=6), 'mysql')"


OPTIONS: Final[dict[str, Any]] = {
    "target_metadata": METADATA,
    "compare_type": True,
    "compare_server_default": _default_differs,
    "render_item": _rendered,
    "render_as_batch": True,
    "user_module_prefix": "sa.",
}
"""For Alembic's `configure`. Batches, because SQLite can change a column only by copying its table."""


def in_words(difference: Any) -> str:
    """One of Alembic's differences as a line: "missing column users.company". The models are what is expected."""
    kind, *rest = difference[0] if isinstance(difference, list) else difference
    verb, _, what = kind.partition("_")
    if verb == "modify" or what == "column":
        _schema, table, column = rest[:3]
        name = f"{table}.{getattr(column, 'name', column)}"
    else:
        name = str(rest[0].name)
    return f"{_KINDS[verb]} {what} {name}"
