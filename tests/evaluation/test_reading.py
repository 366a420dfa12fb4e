import json
from pathlib import Path

import pytest

from core.errors import BadGoldenSet
from core.evaluation.golden import asked
from core.evaluation.reading import read, read_file
from core.locale import error_words
from tests.evaluation import sets

OURS = """\
- question: How many customers are there?
  sql: SELECT COUNT(*) FROM customers
- id: cities
  question: 도시별 고객 수
  connection: shop
  columns: [city, n]
  rows:
    - [Seoul, 3]
    - [null, 1.5]
    - ["NO", true]
    - [2026-03-01, 2026-03-01 09:30:00]
  order: true
  without: [orders.city]
  difficulty: hard
"""


def test_our_own_form_as_yaml() -> None:
    found = read(OURS)
    assert found.kind == "own"
    first, second = found.questions
    assert (first.id, first.connection, first.sql, first.rows) == ("1", None, "SELECT COUNT(*) FROM customers", None)
    assert (second.id, second.text, second.connection) == ("cities", "도시별 고객 수", "shop")
    assert second.rows == (
        ("Seoul", 3), (None, 1.5), ("NO", True), ("2026-03-01", "2026-03-01T09:30:00"),
    )  # fmt: skip
    assert (second.columns, second.order, second.without) == (("city", "n"), True, ("orders.city",))
    assert second.difficulty == "hard"


def test_the_same_as_json_lines_and_as_a_json_list() -> None:
    entries = [
        {"question": "How many?", "sql": "SELECT 1"},
        {"question": "Who?", "rows": [["Kim", 1]], "id": 5},
    ]
    lines = "\n\n".join(json.dumps(one) for one in entries)
    assert read(lines) == read(json.dumps(entries)) == read(json.dumps(entries, indent=2))
    assert [one.id for one in read(lines).questions] == ["1", "5"]


def test_spider_as_it_is(tmp_path: Path) -> None:
    found = read_file(sets.spider(tmp_path / "dev.json"))
    assert found.kind == "spider"
    assert [(one.id, one.connection) for one in found.questions] == [
        ("1", "concert"),
        ("2", "concert"),
        ("3", "concert"),
    ]
    assert [(one.text, one.sql) for one in found.questions] == list(sets.QUESTIONS)


def test_bird_as_it_is(tmp_path: Path) -> None:
    found = read_file(sets.bird(tmp_path / "dev.json"))
    assert found.kind == "bird"
    first, second = found.questions
    assert (first.id, second.id, second.difficulty) == ("7", "8", "challenging")
    assert asked(second, evidence=True) == "How many are old?\nHint: old refers to age > 30"
    assert asked(second, evidence=False) == "How many are old?"
    assert asked(first, evidence=True) == first.text


@pytest.mark.parametrize(
    ("text", "code", "details"),
    [
        ("", "golden.empty", {}),
        ("[]", "golden.empty", {}),
        ("question: one\nsql: SELECT 1\n", "golden.no_list", {}),
        ("- question: a\n  sql: 'SELECT 1\n", "golden.syntax", {"line": 3}),
        ("- &a question\n- *a\n", "golden.syntax", {"line": 2}),
        ("- " + "[" * 60 + "]" * 60, "golden.syntax", {"line": 1}),
        ('[{"question": "a", "sql": "b"},\n {"question": }]', "golden.syntax", {"line": 2}),
        ('[{"question": "a", "sql": "b"}\n {"question": "c"}]', "golden.syntax", {"line": 2}),
        ('[{"question": "a", "sql": "b"}', "golden.syntax", {"line": 1}),
        ('{"question": "a", "sql": "b"}\n{"question":\n', "golden.syntax", {"line": 2}),
        ("- just a text\n", "golden.entry", {"number": 1, "line": 1}),
        ("- sql: SELECT 1\n", "golden.entry", {"number": 1, "line": 1, "field": "question"}),
        (
            "- question: a\n  sql: b\n\n- question: c\n  slq: d\n",
            "golden.entry", {"number": 2, "line": 4, "field": "slq"},
        ),
        (
            "- question: a\n  rows: [[1, {b: 2}]]\n",
            "golden.entry", {"number": 1, "line": 1, "field": "rows[0][1]"},
        ),
        ("- question: a\n  order: maybe\n  sql: b\n", "golden.entry", {"field": "order"}),
        ("- question: a\n", "golden.sql_or_rows", {"number": 1, "line": 1}),
        ("- question: a\n  sql: b\n  rows: []\n", "golden.sql_or_rows", {"number": 1}),
        ("- question: a\n  sql: b\n  columns: [c]\n", "golden.columns_without_rows", {"number": 1}),
        ("- question: a\n  rows: [[1], [1, 2]]\n", "golden.uneven", {"number": 1}),
        ("- question: a\n  rows: [[1]]\n  columns: [a, b]\n", "golden.uneven", {"number": 1}),
        (
            "- {question: a, sql: b, id: 2}\n- {question: c, sql: d}\n",
            "golden.twice", {"number": 2, "line": 2, "id": "2"},
        ),
        (
            '[{"db_id": "a", "question": "b", "query": "c"},\n{"db_id": "a", "question": "b"}]',
            "golden.entry", {"number": 2, "line": 2, "field": "query"},
        ),
        (
            '[{"db_id": "../secret", "question": "b", "query": "c"}]',
            "golden.entry", {"number": 1, "field": "db_id"},
        ),
        (
            '[{"db_id": "a", "question": "b", "SQL": "c", "evidence": 3}]',
            "golden.entry", {"number": 1, "field": "evidence"},
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(text: str, code: str, details: dict[str, object]) -> None:
    with pytest.raises(BadGoldenSet) as raised:
        read(text)
    assert raised.value.code == code
    assert details.items() <= raised.value.details.items()
    for language in ("en", "ko"):
        said, hint = error_words(language, raised.value)
        assert said
        assert hint
        assert all(str(value) in said for value in details.values())


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.yaml", "binary"):
        with pytest.raises(BadGoldenSet) as raised:
            read_file(tmp_path / name)
        assert (raised.value.code, raised.value.details) == ("golden.unreadable", {"file": name})


def test_some_of_them_are_chosen_in_the_order_of_the_file() -> None:
    found = read("\n".join(f"- {{question: q{n}, sql: s}}" for n in range(5)))
    assert [one.id for one in found.chosen((), 2)] == ["1", "2"]
    assert [one.id for one in found.chosen(("4", "2"), None)] == ["2", "4"]
    with pytest.raises(BadGoldenSet) as raised:
        found.chosen(("2", "9"), None)
    assert (raised.value.code, raised.value.details) == ("golden.no_such_id", {"id": "9"})
