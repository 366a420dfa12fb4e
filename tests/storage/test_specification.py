"""A database migrated to the first revision is the specification's, to the last column."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from core.storage.migrate import upgrade
from tests.storage.directly import directly

TABLES: dict[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("schema.json").read_text())["tables"]

# What a server calls the specification's types; a type that is not listed is called the same.
ITS_OWN_WORDS = {
    "sqlite": {},
    "postgresql": {"DATETIME": "TIMESTAMP", "FLOAT": "DOUBLE PRECISION"},
    "mysql": {"BOOLEAN": "TINYINT", "JSON": "LONGTEXT", "TEXT": "MEDIUMTEXT", "FLOAT": "DOUBLE"},
}


def plain_type(column_type: Any) -> str:
    """Without MariaDB's collation and display width."""
    return str(column_type).split(" COLLATE")[0].split(" CHARACTER SET")[0].replace("TINYINT(1)", "TINYINT")


def plain_default(written: str | None) -> str | float | None:
    """What a default says, however a server writes it: 'viewer'::character varying, '0', TRUE, 1."""
    if written is None:
        return None
    bare = written.split("::")[0].strip("'()").lower()
    bare = {"true": "1", "false": "0"}.get(bare, bare)
    return float(bare) if bare.replace(".", "", 1).isdigit() else bare


def expected(dialect: str, table: str) -> dict[str, Any]:
    columns = TABLES[table]
    return {
        "columns": [
            (
                c["name"],
                ITS_OWN_WORDS[dialect].get(c["type"], c["type"]),
                c["nullable"],
                plain_default(c.get("default")),
            )
            for c in columns
        ],
        "primary key": [c["name"] for c in columns if c.get("primary_key")],
        "unique": sorted([c["name"]] for c in columns if c.get("unique")),
        "references": sorted((c["name"], c["references"]) for c in columns if c.get("references")),
        "indexes": set(),
    }


def found(inspector: Any, table: str) -> dict[str, Any]:
    unique = inspector.get_unique_constraints(table)
    references = inspector.get_foreign_keys(table)
    # Servers keep an index under each unique key, MariaDB under each reference too, named as the constraint.
    implied = {constraint["name"] for constraint in (*unique, *references)}
    return {
        "columns": [
            (c["name"], plain_type(c["type"]), c["nullable"], plain_default(c["default"]))
            for c in inspector.get_columns(table)
        ],
        "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
        "unique": sorted(constraint["column_names"] for constraint in unique),
        "references": sorted(
            (key["constrained_columns"][0], f"{key['referred_table']}.{key['referred_columns'][0]}")
            for key in references
        ),
        "indexes": {index["name"] for index in inspector.get_indexes(table)} - implied,
    }


async def test_the_first_revision_is_the_specification(store_url: str) -> None:
    await upgrade(store_url, "8e2fbd009a9c")
    with directly(store_url) as connection:
        inspector = inspect(connection)
        assert set(inspector.get_table_names()) == set(TABLES)
        for table in TABLES.keys() - {"alembic_version"}:
            assert found(inspector, table) == expected(connection.dialect.name, table), table
        (version,) = inspector.get_columns("alembic_version")
        assert (version["name"], version["nullable"]) == ("version_num", False)
        assert inspector.get_pk_constraint("alembic_version")["constrained_columns"] == ["version_num"]


@pytest.mark.parametrize("store_url", ["mariadb"], indirect=True)
async def test_mariadb_keeps_fractions_of_seconds_and_every_language(store_url: str) -> None:
    await upgrade(store_url)
    with directly(store_url) as connection:
        printed = connection.execute(text("SHOW CREATE TABLE users")).one()[1]
    assert "COLLATE=utf8mb4_bin" in printed and "CHARACTER SET" not in printed
    assert "`created_at` datetime(6) NOT NULL" in printed
