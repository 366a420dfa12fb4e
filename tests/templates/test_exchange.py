"""Templates as YAML: what is written reads back, and no file does harm."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadEdit
from core.saved import Parameter, SavedTemplate
from core.templates.exchange import read_templates, write_templates

SALES = SavedTemplate(
    "id", "no", "{도시}의 매출: {n}건", "SELECT total\n  FROM orders -- '%'\nWHERE city = :도시 LIMIT :n",
    (Parameter("도시", "choice", "서울", "orders.city"), Parameter("n", "number", "007")),
    "설명\n두 줄", "1e3", "yes", is_public=True, is_verified=True, owner="Kim", usage_count=9,
)  # fmt: skip
WRITTEN = """\
version: 1
templates:
  - name: 'no'
    description: |-
      설명
      두 줄
    category: 1e3
    connection: 'yes'
    public: true
    verified: true
    question: '{도시}의 매출: {n}건'
    parameters:
      - name: 도시
        kind: choice
        column: orders.city
        default: 서울
      - name: n
        kind: number
        default: '007'
    sql: |-
      SELECT total
        FROM orders -- '%'
      WHERE city = :도시 LIMIT :n
"""


def test_it_is_made_to_be_read() -> None:
    assert write_templates([SALES]) == WRITTEN


def test_they_stand_in_the_order_of_their_names() -> None:
    text = write_templates([SavedTemplate("2", "b", "q", "s"), SavedTemplate("1", "A", "q", "s")])
    assert text.index("name: A") < text.index("name: b")


def test_what_is_written_reads_back() -> None:
    (one,), refused = read_templates(WRITTEN)
    assert refused == ()
    assert (one.edit.name, one.edit.question, one.edit.sql) == (SALES.name, SALES.question, SALES.sql)
    assert (one.edit.parameters, one.edit.description) == (SALES.parameters, SALES.description)
    assert (one.edit.category, one.edit.connection, one.edit.id) == ("1e3", "yes", None)
    assert (one.is_public, one.is_verified) == (True, True)


_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t:#{}[]&*!|>'\"%@`-? "),
    min_size=1,
    max_size=60,
)


@given(name=_TEXT, question=_TEXT, sql=_TEXT, default=st.none() | _TEXT)
def test_any_text_reads_back_as_it_was(name: str, question: str, sql: str, default: str | None) -> None:
    saved = SavedTemplate("i", name, question, sql, (Parameter("p", "text", default),))
    (one,), refused = read_templates(write_templates([saved]))
    assert refused == ()
    assert (one.edit.name, one.edit.question, one.edit.sql) == (name, question, sql)
    assert one.edit.parameters == saved.parameters


def test_each_is_taken_or_refused_by_itself() -> None:
    taken, refused = read_templates(
        "version: 1\ntemplates:\n"
        "- {name: a, question: q, sql: SELECT 1}\n"
        "- {name: b, question: q}\n"
        "- {name: c, question: q, sql: s, parameters: [{name: p, kind: file}]}\n"
        "- {name: d, question: q, sql: s, owner: me}\n"
        "- {name: [e], question: q, sql: s}\n"
        "- just text\n"
    )
    assert [one.edit.name for one in taken] == ["a"]
    assert [(one.name, one.details["place"]) for one in refused] == [
        ("b", "sql"), ("c", "parameters[0].kind"), ("d", "owner"), ("#5", "name"), ("#6", "templates"),
    ]  # fmt: skip
    assert {one.code for one in refused} == {"template.bad_entry"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "template.bad_file"),
        ("just text", "template.bad_file"),
        ("[1, 2]", "template.bad_file"),
        ("version: 1\ntemplates: {a: 1}", "template.bad_file"),
        ("version: 1\ntemplates:\n - name: 'a\n", "template.bad_file"),
        ("version: 1\n---\nversion: 1", "template.bad_file"),
        ("version: 1\0", "template.bad_file"),
        ("version: \ud800", "template.bad_file"),
        ("templates: []", "template.file_version"),
        ("version: 2\ntemplates: []", "template.file_version"),
        ("version: 1\ntemplates:\n" + "- {name: a}\n" * 2001, "template.too_many_in_file"),
        ("version: 1 #" + "x" * 1_000_000, "template.file_too_large"),
        ("version: 1 #" + "가" * 400_000, "template.file_too_large"),
    ],
)
def test_what_is_no_such_file(text: str, code: str) -> None:
    with pytest.raises(BadEdit) as refused:
        read_templates(text)
    assert refused.value.code == code


def test_the_line_of_the_trouble_is_told() -> None:
    with pytest.raises(BadEdit) as refused:
        read_templates("version: 1\ntemplates:\n- name: a\n  question: *q\n")
    assert refused.value.details == {"line": 4}


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x]\nb: &b [*a, *a, *a, *a]\nversion: 1\ntemplates: *b",
        "version: 1\ntemplates: &t []",
        "[" * 500_000,
        "{a: " * 200_000,
        "? " * 400_000,
        "- " * 400_000,
        "\n".join(" " * depth + "a:" for depth in range(1_000)),
        "'" * 900_000,
        "a b\n" * 240_000,
        "[" + "a," * 490_000,
    ],
)  # fmt: skip
def test_no_file_keeps_anybody_waiting(text: str) -> None:
    began = time.monotonic()
    with pytest.raises(BadEdit) as refused:
        read_templates(text)
    assert refused.value.code == "template.bad_file"
    assert time.monotonic() - began < 3


def test_a_type_of_its_own_makes_nothing() -> None:
    text = "version: 1\ntemplates:\n- !!python/object/apply:os.mkdir [made]\n- !!python/name:os.system ''\n"
    with pytest.raises(yaml.YAMLError):
        yaml.safe_load(text)
    assert [one.code for one in read_templates(text)[1]] == ["template.bad_entry"] * 2
