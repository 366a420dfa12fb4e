"""The file that documentation and glossary travel in."""

import pytest

from core.catalog.entry import CatalogEntry
from core.catalog.exchange import read_file, write_file
from core.errors import BadEdit
from core.schema import Documentation, GlossaryEntry, Schema

ENTRY = CatalogEntry(
    Schema("sqlite", ()),
    (Documentation("a", "", "A", ("가", "a")), Documentation("b", "c", "B", by="person")),
    (GlossaryEntry("매출", "sum(total)", ("revenue",)),),
)


def test_what_is_written_is_read_back() -> None:
    assert read_file(write_file(ENTRY).encode()) == (ENTRY.documentation, ENTRY.glossary)
    assert read_file(b"\xef\xbb\xbf" + write_file(ENTRY).encode()) == (ENTRY.documentation, ENTRY.glossary)
    assert read_file(b"{}") == ((), ())


def test_whoever_writes_by_hand_is_a_person() -> None:
    documentation, _ = read_file(b'{"documentation": [{"table": "orders", "words": ["x"]}]}')
    assert documentation == (Documentation("orders", "", "", ("x",), by="person"),)


@pytest.mark.parametrize(
    ("content", "code", "where"),
    [
        (b'{\n"documentation": [\n{,]}', "catalog.not_json", 3),
        (b"", "catalog.not_json", 1),
        (b"\x00", "catalog.not_json", 1),
        (b'{"glossary":\n\n "\xff"}', "catalog.not_json", 3),
        (b"[" * 100_000, "catalog.not_json", 1),
        (b"[]", "catalog.bad_entry", "JSON"),
        (b'{"documentation": {}}', "catalog.bad_entry", "documentation"),
        (b'{"documentation": [{"table": "a"}, {"column": "x"}]}', "catalog.bad_entry", "documentation[1].table"),
        (b'{"documentation": [{"table": "a", "words": "one"}]}', "catalog.bad_entry", "documentation[0].words"),
        (b'{"documentation": [{"table": "a", "words": [1]}]}', "catalog.bad_entry", "documentation[0].words[0]"),
        (b'{"documentation": [{"table": "a", "by": "nobody"}]}', "catalog.bad_entry", "documentation[0].by"),
        (b'{"documentation": [{"table": "a", "colour": "red"}]}', "catalog.bad_entry", "documentation[0].colour"),
        (b'{"documentation": [{"table": "\\ud800"}]}', "catalog.bad_entry", "documentation[0].table"),
        (b'{"glossary": [{"term": "x"}]}', "catalog.bad_entry", "glossary[0].means"),
        (b'{"glossary": [{"term": "' + b"x" * 3_000 + b'", "means": "a"}]}', "catalog.bad_entry", "glossary[0].term"),
        (b'{"' + b"x" * 300 + b'": 1}', "catalog.bad_entry", "x" * 60),
    ],
)
def test_the_first_wrong_place_is_told(content: bytes, code: str, where: object) -> None:
    with pytest.raises(BadEdit) as refused:
        read_file(content)
    assert refused.value.code == code
    assert list(refused.value.details.values()) == [where]
