"""`colloquery teams package`: the file that makes the bot an app of Microsoft Teams."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.teams.manifest_rules import SLASH
from adapters.teams.package import PackageSettings, app_package
from bot.commands.common import line
from bot.settings import load
from core.errors import BadSetting

app = typer.Typer(help="Microsoft Teams.", no_args_is_help=True)


@app.callback()
def teams() -> None:
    """Microsoft Teams."""


@app.command("package")
def package(
    out: Annotated[Path, typer.Option("--out", help="The zip file to write.")] = Path("colloquery-teams.zip"),
    app_id: Annotated[
        str | None, typer.Option("--app-id", help="The bot's application id; TEAMS_APP_ID when it is left out.")
    ] = None,
    manifest: Annotated[
        str, typer.Option("--manifest", help="1.29, or 1.22: without slash commands, for a tenant that refuses 1.29.")
    ] = SLASH,
    version: Annotated[
        str, typer.Option("--package-version", help="Higher than that of the package that was uploaded before.")
    ] = "1.0.0",
    name: Annotated[str, typer.Option("--name", help="What people call the app.")] = "Colloquery",
    developer: Annotated[str, typer.Option("--developer", help="Who offers it: your company.")] = "Colloquery",
    website: Annotated[
        str, typer.Option("--website", help="An https address about it; COLLOQUERY_PUBLIC_URL when it is left out.")
    ] = "",
    privacy: Annotated[str, typer.Option("--privacy", help="Of your privacy statement; else the website.")] = "",
    terms: Annotated[str, typer.Option("--terms", help="Of your terms of use; else the website.")] = "",
    hear_all: Annotated[
        bool,
        typer.Option(
            "--hear-all", help="Ask for leave to hear messages without a mention, so that threads go on without one."
        ),
    ] = False,
) -> None:
    """Write the app package: checked first, and nothing is written where Teams would refuse it."""
    settings = load()
    chosen = app_id if app_id is not None else settings.teams_app_id
    if not chosen:
        raise BadSetting("package.guid", field="TEAMS_APP_ID")
    made = app_package(
        PackageSettings(
            app_id=chosen.strip().lower(),
            public_url=settings.public_url,
            version=version,
            manifest=manifest,
            name=name,
            developer=developer,
            website=website,
            privacy=privacy,
            terms=terms,
            hears_all=hear_all,
        )
    )
    try:
        out.write_bytes(made)
    except OSError:
        raise BadSetting("package.not_written") from None
    line("teams_package", path=out.name, version=version, manifest=manifest)
