"""`colloquery alerts`: when administrators are told of cost and unusual use, and where."""

from contextlib import AsyncExitStack
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from bot.commands.common import default_language, line, run
from bot.demo import operator
from bot.doors import slack, teams
from bot.settings import Settings, load
from bot.wiring import House
from core.ask.announce import Announcer
from core.errors import BadEdit
from core.figures import AlertRules, Recipient
from core.locale import error_words, format_money

app = typer.Typer(help="When administrators are told of cost and unusual use, and where.", no_args_is_help=True)


@app.command("show")
def show() -> None:
    """Show the thresholds, and where alerts go."""

    async def work(house: House) -> None:
        _print(await house.service.usage.alerts(operator(default_language())))

    run(work)


@app.command("set")
def change(
    threshold: Annotated[
        list[str] | None, typer.Option(help="US dollars a calendar month; may be given up to ten times.")
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(help="Platform and channel or account, as in slack:C0123ABCDEF; may be given up to twenty times."),
    ] = None,
    unusual: Annotated[bool | None, typer.Option("--unusual/--no-unusual", help="Tell of unusual use.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Forget all thresholds and places first.")] = False,
) -> None:
    """Change them: thresholds and places that are given take the place of those there were, the rest stays."""
    settings = load()

    async def work(house: House) -> None:
        actor = operator(default_language())
        before = AlertRules() if clear else await house.service.usage.alerts(actor)
        wanted = AlertRules(
            thresholds=before.thresholds if threshold is None else tuple(map(_amount, threshold)),
            unusual=before.unusual if unusual is None else unusual,
            to=before.to if to is None else tuple(map(_recipient, to)),
        )
        _print(await house.service.usage.set_alerts(actor, wanted))

    run(work, settings, announcers=_announcers(settings))


@app.command("test")
def test() -> None:
    """Send a test message to every place, and say where it arrived. Exit code 1 when it did not somewhere."""
    settings = load()
    of_slack, of_teams = slack(settings), teams(settings)
    doors = {name: door for name, door in (("slack", of_slack), ("teams", of_teams)) if door is not None}

    async def work(house: House) -> bool:
        rules = await house.service.usage.alerts(operator(default_language()))
        if not rules.to:
            line("alerts_nowhere")
            return False
        if not doors:
            raise BadEdit("alerts.nowhere")
        wanted = {one.platform for one in rules.to}
        async with AsyncExitStack() as stack:
            if of_slack is not None and "slack" in wanted:
                await stack.enter_async_context(of_slack.opened_to_post())
            if of_teams is not None and "teams" in wanted:
                await stack.enter_async_context(of_teams.opened_to_post(house.service))
            came = [await _arrives(house, one) for one in rules.to]
        return all(came)

    announcers = {name: door.announcer for name, door in doors.items()}
    raise typer.Exit(0 if run(work, settings, announcers=announcers) else 1)


def _announcers(settings: Settings) -> dict[str, Announcer]:
    """Of the platforms that are set up."""
    doors = {"slack": slack(settings), "teams": teams(settings)}
    return {name: door.announcer for name, door in doors.items() if door is not None}


async def _arrives(house: House, to: Recipient) -> bool:
    failure = await house.announcements.try_out(to)
    if failure is None:
        line("alerts_arrived", to=_named(to))
        return True
    reason = " ".join(filter(None, error_words(default_language(), failure)))
    line("alerts_not_arrived", to=_named(to), reason=reason)
    return False


def _print(rules: AlertRules) -> None:
    language = default_language()
    if not rules.to:
        line("alerts_nowhere")
    for one in rules.thresholds:
        line("alerts_threshold", amount=format_money(language, one))
    if rules.unusual:
        line("alerts_unusual")
    for to in rules.to:
        line("alerts_to", to=_named(to))


def _named(to: Recipient) -> str:
    return f"{to.platform}:{to.channel}"


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        raise BadEdit("alerts.threshold") from None


def _recipient(text: str) -> Recipient:
    platform, colon, channel = text.strip().partition(":")
    if not colon:
        raise BadEdit("alerts.recipient", text=text[:100])
    return Recipient(platform.lower(), "", channel)
