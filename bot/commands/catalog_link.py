"""`colloquery catalog link`: which tables, columns and values a question needs, and the text a model would be shown."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from bot.commands.common import run
from bot.demo import operator_person
from bot.wiring import House
from core.ask.linking import Linker
from core.catalog import schema_file
from core.catalog.schema_file import SchemaFile
from core.errors import BadConnection, ColloqueryError
from core.people.permission import may
from core.schema import Linked
from core.sql.policies import POLICIES

Linking = Callable[[str], Linked]
"""Links one question within the budget."""

_STANDARD_INPUT = cast("typer.FileText", "-")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to link. `evidence` is a hint given with it, `db` the database it names, if any."""

    question: str
    db: str | None = None
    evidence: str = ""

    @property
    def text(self) -> str:
        """All that is said: the question and its hint."""
        return f"{self.question} {self.evidence}" if self.evidence else self.question


def link(
    questions: Annotated[
        typer.FileText,
        typer.Argument(
            encoding="utf-8",
            errors="replace",
            help="One question a line, JSON lines with question and db, or a JSON array of them; - for standard input.",
        ),
    ] = _STANDARD_INPUT,
    question: Annotated[str | None, typer.Option("--question", "-q", help="One question instead of a file.")] = None,
    schema: Annotated[
        Path | None, typer.Option("--schema", dir_okay=False, help="A JSON file of schemas; no database is opened.")
    ] = None,
    db: Annotated[str | None, typer.Option("--db", help="The database of the file that all questions are about.")] = (
        None
    ),
    merged: Annotated[bool, typer.Option("--merged", help="All databases of the file as one warehouse.")] = False,
    connection: Annotated[
        str | None, typer.Option("--connection", "-c", help="A connection instead of a file of schemas.")
    ] = None,
    budget: Annotated[int, typer.Option(min=1, help="Most tokens of the text.")] = 350,
    dialect: Annotated[
        str, typer.Option(help=f"Of schemas in a file that name none: one of {', '.join(sorted(POLICIES))}.")
    ] = "sqlite",
) -> None:
    """Print for each question what linking finds, one JSON object a line, as soon as it is found.

    With --schema alone, the db of each question chooses the database. A question that cannot be read or linked gets
    an object with "error", and the exit code is 1 at the end.
    """
    if (schema is None) == (connection is None):
        raise typer.BadParameter("give either --schema or --connection")
    if (schema is None and (db is not None or merged)) or (db is not None and merged):
        raise typer.BadParameter("--schema goes with either --db or --merged")
    if dialect not in POLICIES:
        raise typer.BadParameter(f"--dialect is one of {', '.join(sorted(POLICIES))}")
    if schema is not None:
        linking_of = _of_file(schema_file.read(schema, dialect), db, merged, budget)
    else:
        linking_of = _of_connection(cast("str", connection), budget)
    given = iter([Asked(question)]) if question is not None else _read(questions)
    failed = False
    for asked in given:
        found = _linked(asked, linking_of, db)
        failed = failed or "error" in found
        typer.echo(json.dumps(found, ensure_ascii=False))
    raise typer.Exit(1 if failed else 0)


def _linked(asked: Asked | None, linking_of: Callable[[str | None], Linking], db: str | None) -> dict[str, Any]:
    if asked is None:
        return {"error": "unreadable"}
    about = {"question": asked.question, "db": asked.db if db is None else db}
    try:
        return about | _found(linking_of(about["db"])(asked.text))
    except ColloqueryError as error:
        return about | {"error": error.code}


def _found(linked: Linked) -> dict[str, Any]:
    return {
        "tables": [table.id for table in linked.tables],
        "columns": [[table.id, column.name] for table in linked.tables for column in table.columns],
        "values": [[match.table, match.column, match.value, match.phrase] for match in linked.values],
        "glossary": list(linked.glossary),
        "text": linked.text,
        "tokens": linked.tokens,
        "whole": linked.whole,
    }


def _of_connection(name: str, budget: int) -> Callable[[str | None], Linking]:
    """The linking of a connection, whatever database a question names."""
    linking = run(partial(_live, name=name, budget=budget))
    return lambda _db: linking


async def _live(house: House, name: str, budget: int) -> Linking:
    """Linking with all that the catalog knows of a connection and whoever sits here may see."""
    person = await operator_person(house, "en")
    async with house.store.reading() as session:
        connection = await house.road.connections.choose(session, person, None, name)
    entry = await house.road.catalog.entry(connection)
    private = frozenset() if may(person, "see_private", connection.resource).allowed else entry.private
    linker = Linker(entry.schema, entry.glossary, entry.documentation)
    return partial(linker.link, budget=budget, private=private)


def _of_file(file: SchemaFile, db: str | None, merged: bool, budget: int) -> Callable[[str | None], Linking]:
    """The linking of a file's databases, each built when it is first needed and kept."""
    if merged:
        whole = partial(Linker(file.merged()).link, budget=budget)
        return lambda _db: whole
    kept = cache(lambda name: partial(Linker(file.schema(name)).link, budget=budget))
    if db is not None:
        kept(db)  # A wrong name is told at once, not once for each question.
    only = next(iter(file.described)) if len(file.described) == 1 else None

    def chosen(name: str | None) -> Linking:
        name = name or only
        if name is None:
            raise BadConnection("catalog.no_database", file=file.name)
        return kept(name)

    return chosen


def _read(lines: Iterator[str]) -> Iterator[Asked | None]:
    """Each question as it is read; None for one that cannot be."""
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith("["):
        yield from _array(first + "".join(lines))
        return
    for line in chain((first,), lines):
        if not line.strip():
            continue
        yield _object(line) if line.lstrip().startswith("{") else Asked(line.strip())


def _array(text: str) -> Iterator[Asked | None]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        yield None
        return
    yield from map(_asked, given)


def _object(line: str) -> Asked | None:
    try:
        return _asked(json.loads(line))
    except (ValueError, RecursionError):
        return None


def _asked(given: Any) -> Asked | None:
    """A question in our form: an object with `question`, and perhaps `db` and `evidence`, or a plain string."""
    if isinstance(given, str):
        given = {"question": given}
    if not isinstance(given, dict) or not isinstance(given.get("question"), str):
        return None
    db, evidence = given.get("db"), given.get("evidence")
    return Asked(given["question"], db if isinstance(db, str) else None, evidence if isinstance(evidence, str) else "")
