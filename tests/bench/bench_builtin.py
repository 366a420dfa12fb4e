"""How much of Spider's dev questions the built-in writer answers, and how much of that is right.

The files are not part of the project: COLLOQUERY_SPIDER names the directory that holds spider_dev.q.json and
spider_dev.schema.json. They ship no rows, so rows are generated (seeded) that hold the literals of the gold queries.

    COLLOQUERY_SPIDER=… python -m tests.bench.bench_builtin [--show wrong|refused|right] [--db NAME]
"""

import argparse
import json
import os
import random
import re
import sqlite3
import statistics
import sys
import time
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from core.errors import BeyondWriter
from core.lexicon import words
from core.model.base import Request
from core.model.builtin import BuiltinWriter
from core.schema import Column, ForeignKey, Linked, Table, ValueMatch

_TYPES = {"number": "INTEGER", "text": "TEXT", "time": "DATETIME", "boolean": "BOOLEAN", "others": "TEXT"}
_ROWS = 40
_TODAY = date(2026, 6, 15)


def read_tables(schema: dict[str, Any]) -> tuple[Table, ...]:
    """The tables of one Spider schema."""
    keys: dict[str, list[ForeignKey]] = defaultdict(list)
    for table, column, other, other_column in schema["fks"]:
        keys[table].append(ForeignKey((column,), other, (other_column,)))
    return tuple(
        Table(
            name,
            tuple(Column(column[0], _TYPES[column[1]]) for column in columns),
            primary_key=tuple(column[0] for column in columns if column[2]),
            foreign_keys=tuple(keys[name]),
        )
        for name, columns in schema["tables"].items()
        if not name.startswith("sqlite_")
    )


def literals_of(questions: list[dict[str, Any]]) -> dict[str, list[str | int | float]]:
    """The literals that gold queries compare each column (by name, in lower case) with."""
    found: dict[str, list[str | int | float]] = defaultdict(list)
    for question in questions:
        tree = parse_one(question["sql"].replace('"', "'"), dialect="sqlite")
        for literal in tree.find_all(exp.Literal):
            column = literal.parent.find(exp.Column) if literal.parent else None
            if column is None:
                continue
            text = literal.this.strip("%")
            found[column.name.lower()].append(text if literal.is_string else float(text) if "." in text else int(text))
    return found


class Generator:
    """Seeded rows for one schema."""

    def __init__(self, name: str, tables: tuple[Table, ...], literals: dict[str, list[str | int | float]]) -> None:
        self.random = random.Random(name)
        self.tables = {table.name: table for table in tables}
        self.literals = literals
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def _value(self, column: Column, index: int) -> Any:
        known = self.literals.get(column.name.lower(), [])
        if column.type == "INTEGER":
            numbers = sorted({value for value in known if not isinstance(value, str)})
            if "year" in column.name.lower():
                return (numbers or [2010])[self._skewed(column.name, index, len(numbers or [1]))] + index % 3
            near = [number + step for step in (0, 1, -1) for number in numbers]
            # Otherwise numbers are all different, so that no order depends on ties.
            return near[index] if index < min(len(near), 15) else self.random.randint(1, 100) * 1_000 + index
        if column.type == "DATETIME":
            return (
                f"{self.random.randint(2000, 2024)}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}"
            )
        named = "name" in column.name.lower() or "title" in column.name.lower()
        if named and index < len(set(map(str, known))):
            return sorted(set(map(str, known)))[index]
        if named:
            return f"{column.name[:6]} {index}"
        choices = [*dict.fromkeys(map(str, known)), *(f"{column.name[:6]} {n}" for n in range(6))][:12]
        return choices[self._skewed(column.name, index, len(choices))]

    def _skewed(self, name: str, index: int, length: int) -> int:
        """A place among some choices: each taken a different number of times, so that few counts are equal."""
        order = list(range(length))
        random.Random(name).shuffle(order)
        if index < length and length <= _ROWS // 3:
            return order[index]
        index -= length if length <= _ROWS // 3 else 0
        place, taken = 0, 9
        while index >= taken and taken > 1:
            index -= taken
            place, taken = place + 1, taken - 2
        return order[min(place + (index if taken <= 1 else 0), length - 1)]

    def fill(self, name: str, busy: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
        """The rows of a table, after those of the tables it points to."""
        if name in self.rows:
            return self.rows[name]
        table = self.tables[name]
        parents = {
            key.columns[0]: (key.ref_table, key.ref_columns[0])
            for key in table.foreign_keys
            if key.ref_table != name and key.ref_table not in busy
        }
        rows: list[dict[str, Any]] = []
        for index in range(_ROWS):
            row: dict[str, Any] = {}
            for column in table.columns:
                if column.name in parents:
                    parent, other = parents[column.name]
                    choices = [found[other] for found in self.fill(parent, busy | {name})]
                    row[column.name] = choices[self._skewed(f"{name}.{column.name}", index, len(choices))]
                elif table.primary_key == (column.name,):
                    known = sorted(set(self.literals.get(column.name.lower(), [])), key=str)
                    unused = known[index] if index < len(known) else None
                    number = index + 1 if column.type == "INTEGER" else f"{column.name[:4]}{index + 1}"
                    row[column.name] = number if unused is None or column.type == "INTEGER" else unused
                else:
                    row[column.name] = self._value(column, index)
            rows.append(row)
        if len(parents) > 1 and len(table.columns) <= len(parents) + 2:
            # A table that only ties others together holds each pair once.
            rows = list({tuple(row[column] for column in parents): row for row in rows}.values())
        self.rows[name] = rows
        return rows


def build(name: str, tables: tuple[Table, ...], literals: dict[str, list[str | int | float]]) -> sqlite3.Connection:
    """A database in memory with generated rows."""
    base = sqlite3.connect(":memory:")
    generator = Generator(name, tables, literals)
    for table in tables:
        columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
        base.execute(f'CREATE TABLE "{table.name}" ({columns})')
        marks = ", ".join("?" * len(table.columns))
        rows = [tuple(row[column.name] for column in table.columns) for row in generator.fill(table.name)]
        base.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', rows)
    return base


def read_values(base: sqlite3.Connection, tables: tuple[Table, ...]) -> dict[str, list[tuple[str, str, str]]]:
    """Every text value, folded, and where it is."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for table in tables:
        for column in table.columns:
            if column.type != "TEXT":
                continue
            for (value,) in base.execute(f'SELECT DISTINCT "{column.name}" FROM "{table.name}"'):
                if value and not re.fullmatch(r"[\d.,-]+", str(value)):
                    found[" ".join(str(value).lower().split())].append((table.name, column.name, str(value)))
    return found


def link(question: str, tables: tuple[Table, ...], values: dict[str, list[tuple[str, str, str]]]) -> Linked:
    """The whole schema, and the values whose exact words the question holds."""
    found = words(question)
    matches: list[ValueMatch] = []
    for start in range(len(found)):
        for end in range(start + 1, min(start + 8, len(found)) + 1):
            quoted = end == start + 1 and found[start].kind == "quoted"
            phrase = found[start].text if quoted else question[found[start].start : found[end - 1].end]
            for table, column, value in values.get(" ".join(phrase.lower().split()), []):
                matches.append(ValueMatch(table, column, value, phrase))
    return Linked("sqlite", tables, tuple(matches))


def rows_of(base: sqlite3.Connection, sql: str, ordered: bool) -> list[Any]:
    """The rows of a query, made comparable: columns in any order, rows too unless the order matters."""
    plain = [
        tuple(sorted(repr(round(float(cell), 6)) if isinstance(cell, int | float) else repr(cell) for cell in row))
        for row in base.execute(sql).fetchall()
    ]
    return plain if ordered else sorted(Counter(plain).items())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", choices=("wrong", "refused", "right"))
    parser.add_argument("--db", default="")
    chosen = parser.parse_args()
    place = os.environ.get("COLLOQUERY_SPIDER")
    if not place:
        sys.exit("Set COLLOQUERY_SPIDER to the directory with spider_dev.q.json and spider_dev.schema.json.")
    questions = json.loads((Path(place) / "spider_dev.q.json").read_text(encoding="utf-8"))
    schemas = json.loads((Path(place) / "spider_dev.schema.json").read_text(encoding="utf-8"))
    by_db: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for question in questions:
        by_db[question["db"]].append(question)
    writer = BuiltinWriter()
    outcome: Counter[str] = Counter()
    refusals: Counter[str] = Counter()
    taken: list[float] = []
    for name, asked in by_db.items():
        if chosen.db not in ("", name):
            continue
        tables = read_tables(schemas[name])
        base = build(name, tables, literals_of(asked))
        values = read_values(base, tables)
        for question in asked:
            linked = link(question["question"], tables, values)
            gold = question["sql"]
            started = time.perf_counter()
            try:
                sql = writer.sql(Request(question["question"], linked, _TODAY))
            except BeyondWriter as refusal:
                taken.append(time.perf_counter() - started)
                outcome["refused"] += 1
                refusals[refusal.code] += 1
                if chosen.show == "refused":
                    print(f"[{name}] {question['question']}\n    {refusal.code} {refusal.details}\n    gold {gold}")
                continue
            taken.append(time.perf_counter() - started)
            try:
                ordered = "order by" in gold.lower()
                right = rows_of(base, gold, ordered) == rows_of(base, sql, ordered)
            except (sqlite3.Error, SqlglotError) as failure:
                right = False
                print(f"failed: {failure}: {sql}")
            outcome["right" if right else "wrong"] += 1
            if chosen.show == ("right" if right else "wrong"):
                print(f"[{name}] {question['question']}\n    ours {sql}\n    gold {gold}")
        base.close()
    answered = outcome["right"] + outcome["wrong"]
    everything = answered + outcome["refused"]
    print(f"questions {everything}, refused by code {dict(refusals)}")
    print(
        f"answered {answered} ({answered / everything:.1%}), right of those {outcome['right'] / max(answered, 1):.1%}"
    )
    print(f"median {statistics.median(taken) * 1000:.2f} ms, p95 {sorted(taken)[int(len(taken) * 0.95)] * 1000:.2f} ms")


if __name__ == "__main__":
    main()
