"""`colloquery templates`: questions whose SQL is known, answered at 0 tokens."""

import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.terminal.ask import put, question_here
from adapters.terminal.here import console, whoever
from adapters.terminal.templates import draw_list, draw_template, find
from bot.commands.common import default_language, line, run
from bot.wiring import House
from core.chat import Actor
from core.errors import BadEdit, ColloqueryError, NoAnswer
from core.locale import error_words, say
from core.saved import Imported, SavedTemplate, TemplateEdit
from core.templates.notation import read_parameters

app = typer.Typer(help="Questions whose SQL is known: answered at 0 tokens.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME|ID", help="The template's name, or its id.")]
Language = Annotated[str, typer.Option("--lang", help="en or ko; the terminal's own when absent.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Question = Annotated[str | None, typer.Option("--question", "-q", help="With {placeholders} where it changes.")]
Sql = Annotated[str | None, typer.Option("--sql", help="With :placeholders, without quotes.")]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter", "-p", help='What changes: "city: choice cities.name = Seoul", "n: number = 5"; may be repeated.'
    ),
]
Description = Annotated[str | None, typer.Option("--description", "-d")]
Category = Annotated[str | None, typer.Option("--category")]
ConnectionName = Annotated[str | None, typer.Option("--connection", "-c", help="Which database it is for.")]

LAST = "last"
"""Instead of a question's id: the last one that was asked."""


@app.command("list")
def list_all(
    search: Annotated[str, typer.Argument(help="Words of name, question, description or category.")] = "",
    as_json: Json = False,
    lang: Language = "",
) -> None:
    """List the templates you may use: verified ones first, then your own, then the most used."""
    language = lang or default_language()

    async def work(house: House) -> tuple[SavedTemplate, ...]:
        return await house.service.saved.all(whoever(language), search)

    found = run(work)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    elif found:
        console(sys.stdout).print(draw_list(found, language))
    else:
        typer.echo(say(language, "cli.templates_none"))


@app.command("show")
def show(name: Name, as_json: Json = False, lang: Language = "") -> None:
    """Show one whole: its question, what changes in it, its SQL, its id."""
    language = lang or default_language()
    found = _with(name, _same, language)
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
    else:
        console(sys.stdout).print(draw_template(found, language))


@app.command("run")
def run_one(
    name: Name,
    values: Annotated[
        list[str] | None, typer.Option("--set", "-s", help="A placeholder's value: city=Seoul; may be repeated.")
    ] = None,
    connection: ConnectionName = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as one JSON object.")] = False,
    lang: Language = "",
) -> None:
    """Ask it and print the answer. What is not set takes its default."""
    language = lang or default_language()
    given = _values(values or [])

    async def work(house: House) -> int:
        actor, saved = whoever(language), house.service.saved
        template = await find(house.service, actor, name)
        known = tuple(one.name for one in template.parameters)
        for unknown in (one for one in given if one not in known):
            raise BadEdit("template.no_parameter", name=unknown, names=known or ("–",))
        ask = question_here("", connection=connection, language=language)
        question = await saved.question(actor, template.id, given, ask)
        return await put(house.service, question, as_json=as_json)

    raise typer.Exit(run(work, doors={"terminal": None}))


@app.command("save")
def save(
    name: Annotated[str, typer.Option("--name", "-n", help="What to call it.")],
    answer: Annotated[
        str | None,
        typer.Argument(metavar="QUESTION-ID", help="The question whose answer is kept (`ask --json`), or `last`."),
    ] = None,
    question: Question = None,
    sql: Sql = None,
    parameter: Parameters = None,
    description: Description = None,
    category: Category = None,
    connection: ConnectionName = None,
    share: Annotated[bool, typer.Option("--share", help="With everyone who may ask its database.")] = False,
) -> None:
    """Keep an answer, or a question with its SQL, as a template. It is checked like every query."""
    if answer is None and (question is None or sql is None):
        raise typer.BadParameter("give a question's id, or --question and --sql")

    async def work(house: House) -> None:
        actor, saved = whoever(default_language()), house.service.saved
        draft = TemplateEdit("", "", "")
        if answer is not None:
            draft = await saved.draft(actor, await _last(house, actor) if answer == LAST else answer)
        edit = _changed(draft, question, sql, parameter, description, category, connection)
        made = await saved.keep(actor, replace(edit, name=name, question=edit.question or name))
        line("template_saved", name=made.name)
        if share:
            await saved.share(actor, made.id, True)
            _tell("shared", made.name)

    run(work)


@app.command("edit")
def edit(
    name: Name,
    new_name: Annotated[str | None, typer.Option("--name", "-n", help="Another name.")] = None,
    question: Question = None,
    sql: Sql = None,
    parameter: Parameters = None,
    description: Description = None,
    category: Category = None,
    connection: ConnectionName = None,
) -> None:
    """Change one. What is not given stays; given parameters take the place of all before."""

    async def work(house: House, actor: Actor, found: SavedTemplate) -> SavedTemplate:
        before = TemplateEdit(
            new_name or found.name,
            found.question,
            found.sql,
            found.parameters,
            found.description,
            found.category,
            found.connection,
            found.id,
        )
        changed = _changed(before, question, sql, parameter, description, category, connection)
        return await house.service.saved.keep(actor, changed)

    line("template_saved", name=_with(name, work).name)


@app.command("delete")
def delete(name: Name, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Delete one, for everyone who uses it."""
    if not yes:
        found = _with(name, _same)
        _tell("delete_sure", found.name)
        typer.confirm(say(default_language(), "cli.go_on"), abort=True)

    async def work(house: House, actor: Actor, found: SavedTemplate) -> SavedTemplate:
        await house.service.saved.delete(actor, found.id)
        return found

    _tell("deleted", _with(name, work).name)


@app.command("share")
def share(name: Name) -> None:
    """Share one with everyone who may ask its database."""
    _tell("shared", _with(name, lambda house, actor, one: house.service.saved.share(actor, one.id, True)).name)


@app.command("unshare")
def unshare(name: Name) -> None:
    """Share it no longer. A verified one stays everybody's."""
    made = _with(name, lambda house, actor, one: house.service.saved.share(actor, one.id, False))
    _tell("shared" if made.is_verified else "unshared", made.name)


@app.command("verify")
def verify(name: Name) -> None:
    """Say, as an administrator, that its SQL is right: everyone may use it then."""
    _tell("verified_now", _with(name, lambda house, actor, one: house.service.saved.verify(actor, one.id, True)).name)


@app.command("unverify")
def unverify(name: Name) -> None:
    """Take that back."""
    _tell(
        "unverified_now", _with(name, lambda house, actor, one: house.service.saved.verify(actor, one.id, False)).name
    )


@app.command("export")
def export(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME|ID]...", help="Which; else all.")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-o", dir_okay=False, help="Else standard output.")] = None,
) -> None:
    """Write templates as YAML: these, or all of your own; of an administrator, everybody's."""

    async def work(house: House) -> str:
        actor = whoever(default_language())
        ids = [(await find(house.service, actor, name)).id for name in names or ()]
        return await house.service.saved.export(actor, ids)

    content = run(work)
    if file is None:
        sys.stdout.buffer.write(content.encode())
        sys.stdout.flush()
        return
    try:
        file.write_text(content, encoding="utf-8")
    except OSError:
        raise typer.BadParameter("the file cannot be written", param_hint="--file") from None


@app.command("import")
def take_in(
    file: Annotated[typer.FileBinaryRead, typer.Argument(help="What `templates export` writes; - for standard input.")],
) -> None:
    """Take in templates, each by itself. One of your own with the same name is changed.

    Exit code 1 when one was refused.
    """
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise BadEdit("template.bad_file", line=content.count(b"\n", 0, wrong.start) + 1) from None

    async def work(house: House) -> Imported:
        return await house.service.saved.read(whoever(default_language()), text)

    taken = run(work)
    line("templates_taken", added=len(taken.added), changed=len(taken.changed))
    for one in taken.refused:
        words = error_words(default_language(), ColloqueryError(one.code, **one.details))
        typer.echo(
            say(default_language(), "cli.template_refused", name=one.name, reason=" ".join(filter(None, words))),
            err=True,
        )
    raise typer.Exit(1 if taken.refused else 0)


async def _same(house: House, actor: Actor, found: SavedTemplate) -> SavedTemplate:
    return found


def _with(
    name: str, act: Callable[[House, Actor, SavedTemplate], Awaitable[SavedTemplate]], language: str = ""
) -> SavedTemplate:
    """Do something with the template of this name or id."""

    async def work(house: House) -> SavedTemplate:
        actor = whoever(language or default_language())
        return await act(house, actor, await find(house.service, actor, name))

    return run(work)


async def _last(house: House, actor: Actor) -> str:
    recent = await house.service.recent(actor)
    if not recent:
        raise NoAnswer
    return recent[0].question_id


def _changed(
    before: TemplateEdit,
    question: str | None,
    sql: str | None,
    parameters: list[str] | None,
    description: str | None,
    category: str | None,
    connection: str | None,
) -> TemplateEdit:
    """What was written with what was given in its place."""
    given: dict[str, Any] = {
        "question": question,
        "sql": sql,
        "description": description,
        "category": category,
        "connection": connection,
        "parameters": None if parameters is None else read_parameters("\n".join(parameters)),
    }
    return replace(before, **{key: value for key, value in given.items() if value is not None})


def _values(given: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    if any(not sign for _, sign, _ in pairs):
        raise typer.BadParameter("write it as name=value", param_hint="--set")
    return {name.strip(): value for name, _, value in pairs}


def _tell(what: str, name: str) -> None:
    typer.echo(say(default_language(), f"templates.{what}", name=name))
