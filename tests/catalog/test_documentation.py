"""What is kept beside a schema, as text."""

import json

from core.catalog.documentation import merged, read_documentation, still_there, write_documentation
from core.schema import Column, Documentation, Schema, Table

MODEL = Documentation("orders", "state", "State", ("상태",))
PERSON = Documentation("orders", "state", "Where it is", ("진행",), by="person")
SCHEMA = Schema("sqlite", (Table("orders", (Column("state", "text"),)), Table("notes", (), schema="crm")))


def test_what_is_written_is_read_back_and_nothing_is_nothing() -> None:
    both = (Documentation("a"), Documentation("crm.notes", "", "Notes", ("메모", "note"), by="person"), MODEL)
    text = write_documentation(reversed(both))
    assert read_documentation(text) == both
    assert "상태" in text
    assert json.loads(text)[2] == {"table": "orders", "column": "state", "description": "State", "words": ["상태"]}
    assert read_documentation(None) == read_documentation("") == ()


def test_a_model_never_replaces_what_a_person_wrote() -> None:
    other = Documentation("orders", "", "Orders")
    assert merged([PERSON, other], [MODEL]) == (PERSON, other)
    assert merged([MODEL], [PERSON]) == (PERSON,)
    newer = Documentation("orders", "state", "New")
    assert merged([MODEL], [newer]) == (newer,)
    again = Documentation("orders", "state", "Mine", by="person")
    assert merged([PERSON], [again]) == (again,)


def test_what_speaks_of_something_gone_is_left_out() -> None:
    gone = [Documentation("order", ""), Documentation("orders", "status"), Documentation("notes", "")]
    there = (MODEL, Documentation("orders"), Documentation("crm.notes"))
    assert still_there([*gone, *there], SCHEMA) == there
