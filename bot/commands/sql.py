"""`colloquery sql`: what the guard says of a query, to see why one was refused."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, cast

import typer

from core.sql.guard import check as guard
from core.sql.policies import POLICIES

_STANDARD_INPUT = cast("typer.FileText", "-")

app = typer.Typer(help="What the guard says of a query.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `check` a command of its own, so that others may join it."""


@app.command("check")
def check(
    file: Annotated[
        typer.FileText,
        typer.Argument(
            encoding="utf-8",
            errors="replace",
            help="A query, or JSON lines with sql and dialect; - for standard input.",
        ),
    ] = _STANDARD_INPUT,
    dialect: Annotated[str, typer.Option(help=f"One of {', '.join(sorted(POLICIES))}.")] = "postgres",
    rows: Annotated[int, typer.Option(min=1, help="The row limit to write in.")] = 1_000,
) -> None:
    """Print one verdict a line as JSON: allowed, reason, place, the SQL that would run, the tables it reads.

    Names are not looked up: no database is asked. An unreadable line is answered with the reason "unreadable".
    """
    for sql, its_dialect in _queries(file, dialect):
        typer.echo(json.dumps(asdict(guard(sql, its_dialect, None, rows)), ensure_ascii=False))


def _queries(lines: Iterator[str], dialect: str) -> Iterator[tuple[str, str]]:
    """Each query with its dialect, as it is read: a text that does not begin with a JSON object is one query."""
    first = next(lines, "")
    if not first.lstrip().startswith("{"):
        yield first + "".join(lines), dialect
        return
    yield _query(first, dialect)
    for line in lines:
        if line.strip():
            yield _query(line, dialect)


def _query(line: str, dialect: str) -> tuple[str, str]:
    try:
        given = json.loads(line)
        return str(given["sql"]), str(given.get("dialect") or dialect)
    except (ValueError, KeyError, TypeError, AttributeError):
        # Not a query in our form: the guard reads the line itself, and says that it cannot.
        return line, dialect
