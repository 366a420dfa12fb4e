"""The command `colloquery`. Every failure is one sentence on standard error and an exit code: 1 failed, 2 bad input."""

import asyncio
import gc
import os
import sys
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from adapters.terminal.ask import ask as ask_in_terminal
from bot import demo as demo_shop
from bot import logs
from bot.commands import (
    alerts,
    api_keys,
    audit,
    backup,
    catalog,
    config,
    connections,
    database,
    jobs,
    keys,
    people,
    schedules,
    sql,
    teams,
    templates,
    usage,
)
from bot.commands.common import default_language, line, run
from bot.commands.doctor import doctor
from bot.commands.eval import evaluate
from bot.commands.mcp import mcp
from bot.settings import load
from bot.wiring import House
from core.errors import (
    BadBackup,
    BadConnection,
    BadEdit,
    BadGoldenSet,
    BadQuestion,
    BadSetting,
    ColloqueryError,
    NoSchedule,
    NoTemplate,
    UnknownConnection,
)
from core.locale import error_words

app = typer.Typer(
    name="colloquery",
    help="Ask your databases a question where people already talk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(alerts.app, name="alerts")
app.add_typer(api_keys.app, name="api-keys")
app.add_typer(audit.app, name="audit")
app.add_typer(catalog.app, name="catalog")
app.add_typer(config.app, name="config")
app.add_typer(connections.app, name="connections")
app.add_typer(database.app, name="db")
app.add_typer(jobs.app, name="jobs")
app.add_typer(keys.app, name="keys")
app.add_typer(people.app, name="people")
app.add_typer(schedules.app, name="schedules")
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.add_typer(sql.app, name="sql")
app.add_typer(teams.app, name="teams")
app.add_typer(templates.app, name="templates")
app.add_typer(usage.app, name="usage")

BAD_INPUT = (
    BadBackup, BadConnection, BadEdit, BadGoldenSet, BadQuestion, BadSetting, NoSchedule, NoTemplate,
    UnknownConnection,
)  # fmt: skip
"""Errors of what was given, for which the exit code is 2."""

_PASSING = frozenset(
    {"setting.cannot_listen", "slack.unreachable", "teams.unreachable", "teams.no_keys", "teams.no_identity"}
)
"""What a setting names but may be there at the next start, unchanged: the exit code is 1, and systemd starts again."""

Language = Annotated[str, typer.Option("--lang", help="en or ko; the terminal's own when absent.")]


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback unless told otherwise.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
    demo: Annotated[bool, typer.Option(help="Make the demo shop when nothing is configured.")] = True,
) -> None:
    """Serve the page and the chat platforms."""
    # The web server is large: no other command waits for it.
    from bot.server import serve as serve_house  # noqa: PLC0415

    changes = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = load().model_copy(update=changes)
    logs.set_up(settings.log_level, settings)
    asyncio.run(serve_house(settings, with_demo=demo))


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="In English or Korean; or one SELECT.")],
    connection: Annotated[
        str | None, typer.Option("--connection", "-c", help="Which database; else the default.")
    ] = None,
    thread: Annotated[
        str | None, typer.Option(help="A name: questions of one thread follow on from each other.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as one JSON object.")] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show why, too: what was linked, the prompt, the guard's verdict.")
    ] = False,
    lang: Language = "",
) -> None:
    """Ask one question and print the answer."""

    async def work(house: House) -> int:
        return await ask_in_terminal(
            house.service,
            question,
            connection=connection,
            thread=thread,
            language=lang or default_language(),
            as_json=as_json,
            explain=explain,
        )

    raise typer.Exit(run(work, doors={"terminal": None}))


@app.command()
def demo(lang: Language = "") -> None:
    """Make the demo shop, up to today, and print three questions to try."""
    language = lang or default_language()

    async def work(house: House) -> None:
        made = await demo_shop.make(house, language)
        line("demo_made", name=made.connection.name)
        for one in made.questions:
            typer.echo(f'  colloquery ask "{one}"')

    run(work)


app.command()(doctor)
app.command("eval")(evaluate)
app.command()(mcp)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(installed_version("colloquery"))


def main() -> None:
    """Run the command line; turn a typed error into words and an exit code."""
    # What is imported stays to the end: a collection that looks through it, too, stops everybody for 0.1 s.
    gc.freeze()
    logs.take_over()
    try:
        app()
    except ColloqueryError as error:
        text, hint = error_words(default_language(), error)
        print(" ".join(part for part in (text, hint) if part), file=sys.stderr)  # noqa: T201
        sys.exit(2 if isinstance(error, BAD_INPUT) and error.code not in _PASSING else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has left (`colloquery ask … | head`): not an error, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as bug:  # noqa: BLE001 (whatever it is, it ends in one sentence)
        if os.environ.get("COLLOQUERY_LOG_LEVEL") == "DEBUG":
            logs.unexpected(bug)
        text, hint = error_words(default_language(), ColloqueryError("unexpected"))
        print(text, hint, f"({type(bug).__name__})", file=sys.stderr)  # noqa: T201
        sys.exit(1)
