"""`colloquery doctor`: is everything that was set up in working order, and what is to be mended?"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import typer

from adapters.slack.settings import SlackSettings
from adapters.teams.settings import TeamsSettings
from bot import logs
from bot.commands.common import default_language
from bot.doors import slack_settings, teams_settings
from bot.settings import Settings, load
from bot.wiring import House, house, model_settings
from core.connections.connection import Connection
from core.errors import BadSetting, ColloqueryError
from core.locale import error_words, say
from core.storage.migrate import check as check_store

Check = tuple[str, Callable[[], Awaitable[str]]]
"""What is looked at, and the look: what it found, in words. It raises a typed error when something is to be mended."""


def doctor() -> None:
    """Check the store, the model, Slack, Teams and every database; say what to mend. Exit code 1 when anything is."""
    settings, language = load(), default_language()
    logs.set_up("WARNING", settings)
    raise typer.Exit(0 if asyncio.run(_examine(settings, language)) else 1)


async def _examine(settings: Settings, language: str) -> bool:
    """Look at everything, whatever is found; whether all is well. Without the store, no database is known."""
    opened: list[House] = []
    async with AsyncExitStack() as stack:

        async def store() -> str:
            built = await stack.enter_async_context(house(settings, {}))
            state = await check_store(built.store)
            opened.append(built)
            return say(language, "cli.doctor_store", dialect=built.store.dialect, revision=state.current or "-")

        checks: list[Check] = [
            (say(language, "cli.doctor_name_store"), store),
            _model(settings, language),
            *_slack(settings, language),
            *_teams(settings, language),
        ]
        well = [await _is_well(check, language) for check in checks]
        for built in opened:
            async with built.store.reading() as session:
                connections = [one for one in await built.road.connections.every(session) if one.is_enabled]
            well += [await _is_well(_database(built, one, language), language) for one in connections]
    return all(well)


async def _is_well(check: Check, language: str) -> bool:
    """Look, and say what was found, in one line."""
    name, look = check
    try:
        found = await look()
    except ColloqueryError as error:
        typer.echo(f"✗ {name}: {' '.join(filter(None, error_words(language, error)))}")
        return False
    typer.echo(f"✓ {name}: {found}")
    return True


def _model(settings: Settings, language: str) -> Check:
    async def look() -> str:
        chosen = model_settings(settings)
        if chosen is None:
            return say(language, "cli.doctor_no_model")
        from core.model.openai_writer import ping  # noqa: PLC0415 - large, and not everybody has a model

        await ping(chosen)
        return say(language, "cli.doctor_model", model=chosen.model)

    return say(language, "cli.doctor_name_model"), look


def _slack(settings: Settings, language: str) -> Iterator[Check]:
    if not (settings.slack_bot_token or settings.slack_app_token or settings.slack_signing_secret):
        return

    def told() -> SlackSettings:
        slack = slack_settings(settings)
        assert slack is not None, "one of them is set"
        return slack

    async def bot_token() -> str:
        from adapters.slack.checkup import check_bot_token  # noqa: PLC0415 - as above

        return say(language, "cli.doctor_slack", workspace=await check_bot_token(told()))

    async def app_token() -> str:
        from adapters.slack.checkup import check_app_token  # noqa: PLC0415 - as above

        await check_app_token(told())
        return say(language, "cli.doctor_socket")

    yield "Slack", bot_token
    if settings.slack_app_token is not None:
        yield "Slack Socket Mode", app_token


def _teams(settings: Settings, language: str) -> Iterator[Check]:
    try:
        is_set_up = teams_settings(settings) is not None
    except BadSetting:
        is_set_up = True

    def told() -> TeamsSettings:
        teams = teams_settings(settings)
        assert teams is not None, "some of it is set"
        return teams

    async def token() -> str:
        from adapters.teams.checkup import check_token  # noqa: PLC0415 - as above

        await check_token(told())
        return say(language, "cli.doctor_teams_unsigned" if settings.teams_dev_no_auth else "cli.doctor_teams")

    async def keys() -> str:
        from adapters.teams.checkup import check_keys  # noqa: PLC0415 - as above

        await check_keys(told())
        return say(language, "cli.doctor_teams_keys")

    if is_set_up:
        yield "Teams", token
        if not settings.teams_dev_no_auth:
            yield "Teams OpenID", keys


def _database(built: House, connection: Connection, language: str) -> Check:
    async def look() -> str:
        health = await built.road.databases.health(connection.id, built.road.connections.target(connection))
        found = say(language, "cli.doctor_database", version=health.version)
        return f"{found} {say(language, 'cli.connection_can_write')}" if health.can_write else found

    return f"{connection.name} ({connection.kind})", look
