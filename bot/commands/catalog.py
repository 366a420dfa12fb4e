"""`colloquery catalog`: what is known of a database beyond its schema, and who may see which of its columns."""

import json
import sys
from typing import Annotated, Any

import typer

from bot.commands.catalog_link import link
from bot.commands.common import default_language, line, run
from bot.demo import operator_person
from bot.wiring import House
from core.ask.present.visible import one_line
from core.catalog.catalog import marks_of
from core.catalog.describe import Describer, Done, Plan
from core.catalog.editing import CatalogEditor
from core.catalog.entry import CatalogEntry
from core.catalog.exchange import read_file, write_file
from core.catalog.naming import find
from core.connections.connection import Connection
from core.errors import BadEdit
from core.locale import error_words, format_money, format_number, say
from core.model.base import completer
from core.people.permission import require
from core.people.person import Person
from core.schema import Documentation, GlossaryEntry

app = typer.Typer(help="What is known of a database: words, terms, private columns.", no_args_is_help=True)
term = typer.Typer(help="Business words and what they mean here.", no_args_is_help=True)
private = typer.Typer(help="Columns that only people with permission see.", no_args_is_help=True)
app.add_typer(term, name="term")
app.add_typer(private, name="private")
app.command("link")(link)

Name = Annotated[str, typer.Argument(metavar="CONNECTION", help="The connection's name.")]
Words = Annotated[list[str] | None, typer.Option("--word", "-w", help="What people call it; may be repeated.")]


@app.command("describe")
def describe(
    connection: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before anything is sent.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Also what a model wrote before; never a person's.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Tables at most, in this run.")] = None,
) -> None:
    """Let the model write what each table and column holds, and its Korean and English words, once.

    Names, types and comments are sent, never a value and never a private column. Tells first what it will cost.
    What is kept stays kept: a run that was stopped goes on where it was.
    """

    async def work(house: House) -> None:
        road = house.road
        describer = Describer(house.store, road.catalog, road.usage, completer(road.writer))
        person, chosen = await _opened(house, connection)
        plan = await describer.plan(person, chosen, again=again, limit=limit)
        if not plan.batches:
            line("describe_nothing", name=chosen.name)
            return
        _tell_plan(plan)
        if not yes:
            _ask_first()
        kept = Done()

        def tell(done: Done) -> None:
            nonlocal kept
            kept = done
            if sys.stderr.isatty():
                typer.echo(_counted("describe_progress", done, batches=f"{done.batches}/{len(plan.batches)}"), err=True)

        try:
            await describer.describe(person, chosen, plan, tell)
        finally:
            # However it ends, Ctrl+C included.
            typer.echo(_counted("describe_done", kept))

    run(work)


@app.command("show")
def show(
    connection: Name,
    table: Annotated[str | None, typer.Argument(help="Show the columns of this table.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """List the tables, or the columns of one, with descriptions, words and what is private; parted by tabs."""

    async def work(house: House) -> list[dict[str, Any]]:
        _, entry = await _known(house, connection)
        return _tables(entry) if table is None else _columns(entry, table)

    rows = run(work)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        about = row["type"] if table is not None else format_number(default_language(), row["columns"])
        _line(row["name"], about, row["description"], ", ".join(row["words"]), _marked(row["private"]))


@app.command("edit")
def edit(
    connection: Name,
    name: Annotated[str, typer.Argument(help="A table, or table.column.")],
    description: Annotated[str | None, typer.Option("--description", "-d", help="What it holds.")] = None,
    word: Words = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take away description and words.")] = False,
) -> None:
    """Write what a table or column holds and what people call it. What is not given stays as it is."""
    if clear == (description is not None or word is not None):
        raise typer.BadParameter("give --description or --word, or else --clear")

    async def work(house: House) -> None:
        person, chosen = await _opened(house, connection)
        entry = await house.road.catalog.entry(chosen)
        table, column = find(entry.schema, name)
        old = Documentation(table, column)
        if not clear:
            old = next((each for each in entry.documentation if (each.table, each.column) == (table, column)), old)
        new = Documentation(
            table,
            column,
            old.description if description is None else description,
            old.words if word is None else tuple(word),
        )
        await CatalogEditor(house.store).document(person, chosen, [new])
        line("catalog_edited", name=name.strip())

    run(work)


@app.command("export")
def export(connection: Name) -> None:
    """Print documentation and glossary as JSON."""

    async def work(house: House) -> CatalogEntry:
        return (await _known(house, connection))[1]

    typer.echo(write_file(run(work)))


@app.command("import")
def take_in(
    connection: Name,
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="What `catalog export` prints; - for standard input.")],
) -> None:
    """Take in documentation and glossary: all of the file, or nothing of it."""
    documentation, glossary = read_file(file.read())

    async def work(house: House) -> None:
        person, chosen = await _opened(house, connection)
        await house.road.catalog.entry(chosen)
        try:
            await CatalogEditor(house.store).take_in(person, chosen, documentation, glossary)
        except BadEdit as wrong:
            if isinstance(wrong.__cause__, BadEdit):
                typer.echo(" ".join(error_words(default_language(), wrong.__cause__)), err=True)
            raise
        line("catalog_taken_in", documentation=len(documentation), terms=len(glossary))

    run(work)


@term.command("add")
def term_add(
    connection: Name,
    word: Annotated[str, typer.Argument(metavar="TERM", help="The business word.")],
    means: Annotated[str, typer.Argument(help="A table, table.column, or an SQL expression over columns.")],
    words: Words = None,
) -> None:
    """Add a business word, or give it another meaning."""

    async def work(house: House) -> None:
        person, chosen = await _opened(house, connection)
        await house.road.catalog.entry(chosen)
        entry = GlossaryEntry(word, means, tuple(words or ()))
        await CatalogEditor(house.store).set_term(person, chosen, entry)
        line("term_added", term=word.strip())

    run(work)


@term.command("list")
def term_list(connection: Name) -> None:
    """List the business words, what they mean and other ways to say them; parted by tabs."""

    async def work(house: House) -> tuple[GlossaryEntry, ...]:
        return (await _known(house, connection))[1].glossary

    for each in run(work):
        _line(each.term, each.means, ", ".join(each.words))


@term.command("remove")
def term_remove(connection: Name, word: Annotated[str, typer.Argument(metavar="TERM")]) -> None:
    """Forget a business word."""

    async def work(house: House) -> None:
        person, chosen = await _opened(house, connection)
        await CatalogEditor(house.store).remove_term(person, chosen, word)
        line("term_removed", term=word.strip())

    run(work)


@private.command("list")
def private_list(
    connection: Name,
    marks: Annotated[bool, typer.Option("--marks", help="The marks instead of the columns they lead to.")] = False,
) -> None:
    """List the private columns, by their names or by marks."""

    async def work(house: House) -> None:
        chosen, entry = await _known(house, connection)
        if not marks:
            for table, column in sorted(entry.private):
                _line(f"{table}.{column}")
            return
        async with house.store.reading() as session:
            found = await marks_of(session, chosen.id)
        for mark in found:
            words = (
                say(default_language(), f"cli.mark_{'private' if mark.is_private else 'public'}"),
                say(default_language(), f"cli.mark_{'everywhere' if mark.everywhere else 'here'}"),
            )
            _line(f"{mark.table}.{mark.column}", *words)

    run(work)


@private.command("mark")
def private_mark(
    pattern: Annotated[str, typer.Argument(help="table.column; * stands for any letters, as in *.salary.")],
    connection: Annotated[str | None, typer.Option("--connection", "-c", help="Only there.")] = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="For every connection.")] = False,
    public: Annotated[bool, typer.Option("--public", help="They are not private.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Take such a mark back.")] = False,
) -> None:
    """Call columns private, or not private. Their stored values are forgotten at once."""
    if (connection is None) != everywhere:
        raise typer.BadParameter("give either --connection or --everywhere")
    if public and clear:
        raise typer.BadParameter("give either --public or --clear")

    async def work(house: House) -> None:
        person, chosen = await operator_person(house, "en"), None
        table, _, column = pattern.rpartition(".")
        if connection is not None:
            person, chosen = await _opened(house, connection)
            if "*" not in pattern and not clear:
                table, column = find((await house.road.catalog.entry(chosen)).schema, pattern)
        is_private = None if clear else not public
        await CatalogEditor(house.store).mark(person, chosen, table, column, is_private)
        key = {True: "marked_private", False: "marked_public", None: "mark_taken_back"}[is_private]
        line(key, pattern=pattern.strip())

    run(work)


async def _opened(house: House, name: str) -> tuple[Person, Connection]:
    """Whoever sits here, and the connection they name."""
    person = await operator_person(house, "en")
    async with house.store.reading() as session:
        return person, await house.road.connections.choose(session, person, None, name)


async def _known(house: House, name: str) -> tuple[Connection, CatalogEntry]:
    """A connection and all that is known of it: the names of private columns too, so not for everybody."""
    person, chosen = await _opened(house, name)
    require(person, "manage", chosen.resource)
    return chosen, await house.road.catalog.entry(chosen)


def _tell_plan(plan: Plan) -> None:
    language = default_language()
    line(
        "describe_plan",
        tables=format_number(language, plan.tables),
        columns=format_number(language, plan.names),
        batches=format_number(language, len(plan.batches)),
        prompt=format_number(language, plan.prompt_tokens),
        output=format_number(language, plan.output_tokens),
        model=one_line(plan.model),
        price=format_money(language, plan.usd),
    )


def _ask_first() -> None:
    if not sys.stdin.isatty():
        raise BadEdit("catalog.not_confirmed")
    typer.confirm(say(default_language(), "cli.describe_confirm"), abort=True, err=True)


def _counted(key: str, done: Done, **more: object) -> str:
    language = default_language()
    numbers = {name: format_number(language, getattr(done, name)) for name in ("tables", "columns", "tokens")}
    return say(language, f"cli.{key}", **numbers, price=format_money(language, done.usd), **more)


def _tables(entry: CatalogEntry) -> list[dict[str, Any]]:
    told = {each.table: each for each in entry.documentation if not each.column}
    hidden: dict[str, list[str]] = {}
    for table, column in sorted(entry.private):
        hidden.setdefault(table, []).append(column)
    return [
        {
            "name": table.id,
            "kind": table.kind,
            "columns": len(table.columns),
            "comment": table.comment,
            **_told(told.get(table.id)),
            "private": hidden.get(table.id, []),
        }
        for table in entry.schema.tables
    ]


def _columns(entry: CatalogEntry, name: str) -> list[dict[str, Any]]:
    wanted, column = find(entry.schema, name)
    if column:
        raise BadEdit("catalog.unknown_name", name=name)
    told = {each.column: each for each in entry.documentation if each.table == wanted and each.column}
    (table,) = (table for table in entry.schema.tables if table.id == wanted)
    return [
        {
            "name": column.name,
            "type": column.type,
            "comment": column.comment,
            **_told(told.get(column.name)),
            "private": (wanted, column.name) in entry.private,
        }
        for column in table.columns
    ]


def _told(each: Documentation | None) -> dict[str, Any]:
    if each is None:
        return {"description": "", "words": [], "by": None}
    return {"description": each.description, "words": list(each.words), "by": each.by}


def _marked(hidden: list[str] | bool) -> str:
    """That a column is private, or which columns of a table are."""
    columns = f": {', '.join(hidden)}" if isinstance(hidden, list) else ""
    return say(default_language(), "cli.mark_private") + columns if hidden else ""


def _line(*fields: str) -> None:
    typer.echo("\t".join(map(one_line, fields)).rstrip("\t"))
