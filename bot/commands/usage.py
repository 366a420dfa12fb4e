"""`colloquery usage`: tokens, what they cost, and the limits that hold."""

import sys
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from adapters.terminal import usage as terminal
from bot.commands.common import default_language, line, run
from bot.demo import operator, operator_person
from bot.settings import load
from bot.wiring import House
from core.ask.present.visible import one_line
from core.figures import LimitChange, LimitLine, Listing, Span, Subject
from core.locale import format_number, say
from core.people.permission import Resource, require
from core.people.person import Person
from core.storage.base import utc_now
from core.storage.session import persistently
from core.usage import recount as counting
from core.usage.cost_calculator import DEFAULT, FREE_MODELS, SPECIFIED, Price, price_of
from core.usage.limits import ROLES

app = typer.Typer(help="Tokens, what they cost, and the limits that hold.", no_args_is_help=True)

Tokens = Annotated[int | None, typer.Option(help="Tokens; left out, those of the role or else of everyone.")]

Language = Annotated[str, typer.Option("--lang", help="en or ko; the terminal's own when absent.")]

_NONE = "–"
_MOST_LISTED = 50
"""People listed on the screen; the others are counted."""


@app.command("show")
def show(
    person: Annotated[
        str | None, typer.Option("--person", help="Somebody's e-mail address or id; left out, yourself.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
    lang: Language = "",
) -> None:
    """Show what you, or somebody, have used: limits, cost, forecast, days, models."""

    async def work(house: House) -> None:
        language = lang or default_language()
        await terminal.show(house.service, person=person, language=language, as_json=as_json)

    run(work)


@app.command("dashboard")
def dashboard(
    span: Annotated[Span, typer.Option(help="The last 7 days, the month so far, or the last 90 days.")] = "month",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
    lang: Language = "",
) -> None:
    """Show everybody's use: unusual days, cost and forecast, people, models, databases, questions, failures."""

    async def work(house: House) -> None:
        await terminal.dashboard(house.service, span, language=lang or default_language(), as_json=as_json)

    run(work)


@app.command("export")
def export(
    listing: Annotated[Listing, typer.Argument(help="Which list.")],
    span: Annotated[Span, typer.Option(help="The last 7 days, the month so far, or the last 90 days.")] = "month",
    file: Annotated[Path | None, typer.Option("--file", "-o", dir_okay=False, help="Else standard output.")] = None,
    lang: Language = "",
) -> None:
    """Write a list as CSV, whole."""

    async def work(house: House) -> bytes:
        return await terminal.csv(house.service, listing, span, language=lang or default_language())

    content = run(work)
    if file is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        file.write_bytes(content)
    except OSError:
        raise typer.BadParameter("the file cannot be written", param_hint="--file") from None


@app.command("limits")
def limits() -> None:
    """Show the limits of everyone, of each role, and of the people who have their own."""

    async def work(house: House) -> None:
        for one in await house.service.usage.limits(operator(default_language())):
            _print_limits(house, one)
        line("limits_note", none=_NONE)

    run(work)


@app.command("set-limits")
def set_limits(
    who: Annotated[str, typer.Argument(help="everyone, a role (viewer, admin), or a person's e-mail address or id.")],
    hour: Tokens = None,
    day: Tokens = None,
    month: Tokens = None,
) -> None:
    """Set somebody's three limits at once. Without any, they have none of their own any more."""
    name = who.strip().lower()
    subject: Subject = "everyone" if name == "everyone" else "role" if name in ROLES else "person"
    change = LimitChange(subject, who, hour, day, month)

    async def work(house: House) -> None:
        _print_limits(house, await house.service.usage.set_limits(operator(default_language()), change))
        line("limits_note", none=_NONE)

    run(work)


@app.command("recount")
def recount(
    mend: Annotated[bool, typer.Option("--mend", help="Set the totals from the questions where they differ.")] = False,
) -> None:
    """Add up everybody's tokens from their questions, and list whose totals differ. Exit code 1 when some still do."""

    async def work(house: House) -> bool:
        person = await operator_person(house, default_language())
        require(person, "administer", Resource("system"))
        found = await counting.parted(house.store)
        for one in found[:_MOST_LISTED]:
            _print_parted(one)
        if len(found) > _MOST_LISTED:
            line("recount_more", people=format_number(default_language(), len(found) - _MOST_LISTED))
        if not found:
            line("recount_agrees")
        elif not mend:
            line("recount_found", people=format_number(default_language(), len(found)))
        else:
            mended = await _mended(house, found, person)
            line("recount_mended", people=format_number(default_language(), mended))
        return mend or not found

    raise typer.Exit(0 if run(work) else 1)


async def _mended(house: House, found: Sequence[counting.Parted], person: Person) -> int:
    mended = 0
    for first in range(0, len(found), counting.PEOPLE_AT_ONCE):
        some = found[first : first + counting.PEOPLE_AT_ONCE]
        mended += await persistently(partial(counting.mend, house.store, some, by=person.id, clock=utc_now))
    return mended


@app.command("prices")
def prices(
    model: Annotated[str | None, typer.Argument(help="A model, as its server spells it; else those in use.")] = None,
) -> None:
    """Say what a model costs, and where that price comes from."""
    if model is not None:
        _print_price(model, price_of(model))
        return
    for name in dict.fromkeys((load().openai_model, *SPECIFIED, *sorted(FREE_MODELS))):
        _print_price(name, price_of(name))
    _print_price(say(default_language(), "cli.price_any"), DEFAULT)


def _print_limits(house: House, one: LimitLine) -> None:
    language = default_language()
    name = say(language, f"usage.role.{one.id}") if one.subject == "role" else one_line(one.name or one.id)
    own = {window: getattr(one, window) for window in ("hour", "day", "month")}
    if one.subject == "everyone":
        own = {window: getattr(house.road.usage.limits, window) if at is None else at for window, at in own.items()}
    shown = {window: _NONE if at is None else format_number(language, at) for window, at in own.items()}
    line("limits_line", who=say(language, f"usage.subject.{one.subject}", name=name), **shown)


def _print_parted(one: counting.Parted) -> None:
    line(
        "recount_parted",
        email=one_line(one.email),
        column=format_number(default_language(), one.column),
        kept=_totals(one.kept),
        counted=_totals(one.counted),
    )


def _totals(of: counting.Totals) -> str:
    total, *parts = (
        format_number(default_language(), tokens)
        for tokens in (of.total_tokens, of.prompt_tokens, of.completion_tokens)
    )
    return f"{total} ({' + '.join(parts)})"


def _print_price(model: str, price: Price) -> None:
    source = say(default_language(), f"cli.price_{price.source}")
    line(
        "price_line",
        model=one_line(model),
        prompt=_digits(price.prompt),
        completion=_digits(price.completion),
        source=source,
    )


def _digits(price: Decimal) -> str:
    """Every digit: prices are small, and people compare them with a list."""
    return f"{price.normalize():f}"
