"""The ground under the models: the declarative base, the time type, the names of constraints."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Float, MetaData, Text
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

JsonValue = Any
"""Whatever a JSON column holds: objects, lists, scalars."""


JsonOrNull = JSON(none_as_null=True)
"""JSON in a column that may be empty: None is SQL's NULL, so that IS NULL finds it, and not JSON's null."""

LongText = Text().with_variant(mysql.MEDIUMTEXT(), "mysql")
"""TEXT. In MariaDB that ends at 64 KB, less than a long answer or a described schema; MEDIUMTEXT at 16 MB."""

Number = Float().with_variant(mysql.DOUBLE(asdecimal=False), "mysql")
"""FLOAT. In MariaDB that keeps 7 digits, which loses cents; DOUBLE keeps the 15 that the others keep."""

TABLE_OPTIONS = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
"""For MariaDB: every language, and "a" is not "A", as on SQLite and PostgreSQL."""


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, kept as UTC without a zone, because SQLite and MariaDB have none to keep."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """MariaDB drops the fraction of a second unless it is asked for."""
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: it would be a different moment on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give it back aware."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Of every model. Constraint names are fixed so that migrations can name them on every server.

    A model with table arguments of its own ends them with `TABLE_OPTIONS`.
    """

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    __table_args__: Any = TABLE_OPTIONS
