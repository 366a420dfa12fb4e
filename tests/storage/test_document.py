"""docs/DB_SCHEMA.md is what the models say."""

import json
from pathlib import Path

from core.storage.compare import METADATA
from core.storage.document import document

WRITTEN = Path(__file__).parents[2] / "docs" / "DB_SCHEMA.md"


def test_the_document_is_current() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == document(), (
        "stale: python -m core.storage.document > docs/DB_SCHEMA.md"
    )


def test_every_table_and_column_is_in_it() -> None:
    written = document()
    specification = json.loads(Path(__file__).with_name("schema.json").read_text())["tables"]
    for table in {*METADATA.tables, *specification}:
        assert f"\n### {table}\n" in written
    for table in METADATA.tables.values():
        section = written.split(f"\n### {table.name}\n")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"\n| {column.name} " in section
    assert "| role | VARCHAR(20) | no | viewer |  |" in written
    assert "| user_id | VARCHAR(36) | no |  | → users.id |" in written
    assert "    users |o--o{ query_templates : user_id" in written
