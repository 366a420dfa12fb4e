"""The table of engines: one row a server. A server's driver is loaded when it is first asked for."""

from importlib import import_module
from typing import cast

from core.engines.base import Engine, ServerKind

ENGINES: dict[ServerKind, str] = {
    "sqlite": "core.engines.sqlite",
    "postgresql": "core.engines.postgresql",
    "mysql": "core.engines.mysql",
    "mariadb": "core.engines.mariadb",
    "oracle": "core.engines.oracle",
    "sqlserver": "core.engines.sqlserver",
    "duckdb": "core.engines.duck",
    "trino": "core.engines.trino",
    "clickhouse": "core.engines.clickhouse",
    "snowflake": "core.engines.snowflake",
    "bigquery": "core.engines.bigquery",
}
"""The module of each kind; its `ENGINE` is the engine."""


def engine(kind: ServerKind) -> Engine:
    """The engine of a kind of server. An unknown kind is a bug: KeyError."""
    return cast(Engine, import_module(ENGINES[kind]).ENGINE)
