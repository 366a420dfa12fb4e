"""Small sets in the shapes of Spider and BIRD, with their databases, made by the tests."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

SINGERS = [(1, "Joe", "France", 20), (2, "Ann", "France", 31), (3, "Kim", "Korea", 31)]

QUESTIONS = (
    ("How many singers are there?", "SELECT count(*) FROM singer"),
    ("How many singers are from France?", 'SELECT count(*) FROM singer WHERE country = "France"'),
    ("List the names of all singers ordered by age.", "SELECT name FROM singer ORDER BY age, singer_id"),
)
"""What Spider asks, with its texts in double quotes."""

OLD = ("How many are old?", "SELECT COUNT(*) FROM singer WHERE age > 30")
"""What BIRD asks: it takes knowing what "old" is."""


def make_singers(folder: Path, name: str = "concert") -> Path:
    """`folder`/name/name.sqlite."""
    path = folder / name / f"{name}.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as made, made:
        made.execute("CREATE TABLE singer (singer_id INTEGER PRIMARY KEY, name TEXT, country TEXT, age INTEGER)")
        made.executemany("INSERT INTO singer VALUES (?, ?, ?, ?)", SINGERS)
    return folder


def spider(path: Path, questions: tuple[tuple[str, str], ...] = QUESTIONS, database: str = "concert") -> Path:
    """A dev.json as Spider has it, with the fields that are of no use here."""
    entries = [
        {"db_id": database, "query": sql, "query_toks": sql.split(), "question": question, "sql": {"from": {}}}
        for question, sql in questions
    ]
    return _written(path, entries)


def bird(path: Path, database: str = "concert") -> Path:
    """A dev.json as BIRD has it."""
    entries = [
        {
            "question_id": 7 + number, "db_id": database, "question": question, "evidence": evidence, "SQL": sql,
            "difficulty": difficulty,
        }
        for number, (question, sql, evidence, difficulty) in enumerate(
            (
                (*QUESTIONS[0], "", "simple"),
                (*OLD, "old refers to age > 30", "challenging"),
            )
        )
    ]  # fmt: skip
    return _written(path, entries)


def _written(path: Path, entries: list[dict[str, Any]]) -> Path:
    path.write_text(json.dumps(entries, indent=1), encoding="utf-8")
    return path
