"""A small shop of music: its schema read straight from the file, and questions about it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from core.schema import Column, ColumnValues, ForeignKey, Schema, Table

QUESTIONS = (
    "How many tracks are there?",
    "Top 5 artists by number of albums",
    "Total sales per country in 2010",
    "Which customers are from Brazil?",
    "List the tracks of the album Let There Be Rock",
    "Average invoice total by billing city",
    "Which employee supports the most customers?",
    "How many tracks of each genre were sold?",
    "What are the longest 10 Rock tracks?",
    "Revenue by media type",
    "Which playlists contain Jazz tracks?",
    "Show the email and phone of customers in Paris",
    "Monthly revenue in 2012",
    "Which albums have more than 20 tracks?",
    "Who reports to Nancy Edwards?",
    "가장 많이 팔린 트랙 10개",
    "국가별 매출 합계를 보여줘",
    "장르별 곡 수는?",
    "2011년 월별 매출 추이",
    "브라질 고객의 이름과 이메일",
    "앨범이 가장 많은 아티스트 5명",
    "AC/DC의 앨범 목록",
    "직원별 담당 고객 수",
    "플레이리스트마다 트랙이 몇 개야?",
    "평균 곡 길이가 가장 긴 장르는?",
    "도시별 고객 수 상위 10개",
    "송장 총액이 20 이상인 고객",
    "미국 고객의 총 구매 금액",
    "Rock 장르 트랙의 평균 가격",
    "직함별 직원 수",
)


def chinook(path: Path) -> Schema:
    """Tables, keys and the 200 most frequent values of text columns."""
    tables: list[Table] = []
    values: list[ColumnValues] = []
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
        for (name,) in names.fetchall():
            rows = database.execute(f'PRAGMA table_info("{name}")').fetchall()
            keys = database.execute(f'PRAGMA foreign_key_list("{name}")').fetchall()
            tables.append(
                Table(
                    name,
                    tuple(Column(row[1], row[2], not row[3]) for row in rows),
                    primary_key=tuple(row[1] for row in rows if row[5]),
                    foreign_keys=tuple(ForeignKey((key[3],), key[2], (key[4] or key[3],)) for key in keys),
                )
            )
            for column in (row[1] for row in rows if "CHAR" in row[2]):
                found = database.execute(
                    f'SELECT "{column}" FROM "{name}" WHERE "{column}" IS NOT NULL '
                    f"GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 201"
                ).fetchall()
                values.append(ColumnValues(name, column, tuple(row[0] for row in found[:200]), len(found) <= 200))
    return Schema("sqlite", tuple(tables), tuple(values))
