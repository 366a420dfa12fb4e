"""Comments that SQLite keeps in the text of CREATE TABLE."""

import pytest

from core.engines.sqlite_comments import read_comments


@pytest.mark.parametrize(
    ("sql", "table", "columns"),
    [
        ("CREATE TABLE t (a INT)", "", {}),
        ("CREATE TABLE t (a INT -- one\n)", "", {"a": "one"}),
        ("CREATE TABLE t ( -- all\n a INT, -- one\n b INT -- two\n)", "all", {"a": "one", "b": "two"}),
        ("CREATE TABLE t -- all\n(\n a INT\n)", "all", {}),
        ("CREATE TABLE t (\n -- alone\n a INT\n)", "", {}),
        ("CREATE TABLE t (\n a INT,\n -- alone\n b INT\n)", "", {}),
        ("CREATE TABLE t (\n a INT, b INT -- of b\n)", "", {"b": "of b"}),
        ("CREATE TABLE t (\n \"a,(\" DECIMAL(10, 2) CHECK (\"a,(\" > 0), -- x\n b INT\n)", "", {"a,(": "x"}),
        ("CREATE TABLE t (\n `a``b` TEXT DEFAULT '--no', -- yes\n [c d] INT -- cd\n)", "", {"a`b": "yes", "c d": "cd"}),
        ("CREATE TABLE t (\n a INT, /* not\n this -- nor this */ b INT -- b\n)", "", {"b": "b"}),
        ("CREATE TABLE t (\n a INT, -- one\n PRIMARY KEY (a) -- key\n)", "", {"a": "one"}),
        ("CREATE TABLE t (\n 금액 INT -- 원화\n)", "", {"금액": "원화"}),
        ("CREATE TABLE t (\n a INT --\n)", "", {"a": ""}),
        ("CREATE TABLE t (\n a INT -- no end", "", {"a": "no end"}),
        ("CREATE TABLE t (\n a TEXT DEFAULT 'open", "", {}),
        ("", "", {}),
    ],
)  # fmt: skip
def test_comments(sql: str, table: str, columns: dict[str, str]) -> None:
    assert read_comments(sql) == (table, columns)
