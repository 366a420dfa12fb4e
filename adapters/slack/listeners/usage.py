"""Use and limits: the command and what follows it, its buttons, and the form in which limits are set."""

import asyncio
from collections.abc import Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id, pattern
from adapters.slack.command_pages import usage_help
from adapters.slack.door import Door
from adapters.slack.escape import Json
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.usage_form import (
    LIMITS,
    PERSON_FIELD,
    Wanted,
    field_of,
    read,
    render_limits_form,
    render_limits_told,
)
from adapters.slack.usage_words import WINDOWS, Everybody, File, Help, Mine, Of, SetLimits, ShowLimits, Who, parse
from core.ask.present.use import dashboard_reply, limits_reply, usage_reply
from core.ask.present.use_tables import limits_words
from core.chat import Actor, Place
from core.errors import BadEdit, ColloqueryError
from core.export.csv_file import csv_chunks
from core.figures import LimitChange, LimitLine, PersonUsage, Span
from core.locale import error_words, say

_SPANS: tuple[Span, ...] = ("week", "month", "quarter")


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the buttons and the form."""

    async def sent(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.directory.actor(str(body["user"]["id"]))
        await ack(**await _outcome(door, actor, read(view)))

    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))
    app.view(LIMITS)(sent)


async def obey(door: Door, actor: Actor, place: Place, text: str) -> None:
    """Do what follows the word `usage`; what is not understood is answered with how to say it."""
    meant = parse(text)
    match meant:
        case Mine():
            await _mine(door, actor, place)
        case Everybody():
            await _everybody(door, actor, place, meant.span)
        case Of():
            await _of(door, actor, place, meant.who)
        case ShowLimits():
            await _limits(door, actor, place)
        case SetLimits():
            line = await _set(door, actor, meant)
            told = say(actor.locale, "slack.limits.set")
            await door.tell_privately(actor, place, told, limits_words(line, actor.locale))
        case File():
            await _file(door, actor, place, meant)
        case Help() | None:
            await door.show_privately(actor, place, usage_help(actor, manages=await _manages(door, actor)))


async def span(door: Door, press: Press) -> None:
    """Everybody's use within another span, which the button carries."""
    chosen = next((one for one in _SPANS if one == press.value), _SPANS[1])
    await _everybody(door, press.actor, press.place, chosen)


async def set_limits(door: Door, press: Press) -> None:
    """The form for limits."""
    await door.service.usage.limits(press.actor)  # refused here to whoever may not see them
    await door.open_modal(press.trigger, render_limits_form(press.actor.locale), press.actor, press.place)


ACTS: dict[str, Act] = {"usage_span": span, "limits": set_limits}
"""What each button does, by its name."""


async def _manages(door: Door, actor: Actor) -> bool:
    return await door.service.usage.is_administrator(actor)


async def _mine(door: Door, actor: Actor, place: Place) -> None:
    found = await door.service.usage.mine(actor)
    buttons = _buttons(actor.locale) if await _manages(door, actor) else ()
    await _show(door, actor, place, found, buttons=buttons)


async def _of(door: Door, actor: Actor, place: Place, who: Who) -> None:
    found = await door.service.usage.of(actor, await _id(door, actor, who))
    name = (await door.directory.actor(who.account)).name if who.account else who.email
    await _show(door, actor, place, found, whose=name, buttons=_buttons(actor.locale))


async def _show(
    door: Door, actor: Actor, place: Place, found: PersonUsage, *, whose: str = "", buttons: Sequence[Json] = ()
) -> None:
    reply = usage_reply(found, actor.locale, actor.timezone, whose=whose, points=limits.CHART_POINTS)
    await door.show_reply(actor, place, reply, buttons)


async def _everybody(door: Door, actor: Actor, place: Place, chosen: Span) -> None:
    found = await door.service.usage.dashboard(actor, chosen)
    reply = dashboard_reply(found, actor.locale, points=limits.CHART_POINTS)
    await door.show_reply(actor, place, reply, _buttons(actor.locale, chosen))


async def _limits(door: Door, actor: Actor, place: Place) -> None:
    reply = limits_reply(await door.service.usage.limits(actor), actor.locale)
    await door.show_reply(actor, place, reply, _buttons(actor.locale))


async def _file(door: Door, actor: Actor, place: Place, meant: File) -> None:
    """A list as a file, in direct messages alone."""
    usage = door.service.usage
    if meant.listing is None:
        table = await usage.my_table(actor)
    else:
        table = await usage.table(actor, meant.listing, meant.span)
    content = await asyncio.to_thread(lambda: b"".join(csv_chunks(table)))
    name = f"usage-{meant.listing}-{meant.span}.csv" if meant.listing else "my-usage.csv"
    await door.send_file(actor, place, name, content)


async def _id(door: Door, actor: Actor, who: Who) -> str:
    """The id of a person."""
    whom = await door.directory.actor(who.account) if who.account else who.email
    return await door.service.usage.who(actor, whom)


async def _set(door: Door, actor: Actor, meant: SetLimits) -> LimitLine:
    """Set the windows that were named; the others stay as they are."""
    usage = door.service.usage
    who = await _id(door, actor, meant.who) if meant.subject == "person" else meant.role
    lines = await usage.limits(actor)
    before = next((one for one in lines if one.subject == meant.subject and one.id == who), None)
    kept = dict(meant.limits)
    if before is not None:
        kept = {"hour": before.hour, "day": before.day, "month": before.month, **kept}
    hour, day, month = (kept.get(window) for window in WINDOWS)
    return await usage.set_limits(actor, LimitChange(meant.subject, who, hour, day, month))


async def _outcome(door: Door, actor: Actor, wanted: Wanted) -> dict[str, Any]:
    """What Slack is answered about the form: what is wrong beside its field, or what holds now."""
    locale = actor.locale
    if wanted.subject == "person" and not wanted.account:
        return _wrong(PERSON_FIELD, say(locale, "slack.limits.pick"))
    if wanted.wrong:
        return _wrong(field_of(wanted.wrong[0]), say(locale, "slack.limits.whole"))
    try:
        who = await _id(door, actor, Who(wanted.account)) if wanted.subject == "person" else wanted.role
        change = LimitChange(wanted.subject, who, wanted.hour, wanted.day, wanted.month)
        line = await door.service.usage.set_limits(actor, change)
    except BadEdit as error:
        field = PERSON_FIELD if error.code.startswith("people.") else field_of("hour")
        return _wrong(field, _words(locale, error))
    except ColloqueryError as error:
        told = _words(locale, error)
    else:
        told = f"{say(locale, 'slack.limits.set')} {limits_words(line, locale)}"
    return {"response_action": "update", "view": render_limits_told(told, locale)}


def _wrong(field: str, told: str) -> dict[str, Any]:
    return {"response_action": "errors", "errors": {field: told}}


def _words(locale: str, error: ColloqueryError) -> str:
    return " ".join(filter(None, error_words(locale, error)))


def _buttons(locale: str, shown: Span | None = None) -> tuple[Json, ...]:
    """What an administrator may look at next: the spans that are not shown, and the limits."""
    row = [
        blocks.button(say(locale, f"slack.usage.{one}"), action_id("usage_span", one), one)
        for one in _SPANS
        if one != shown
    ]
    return (blocks.actions([*row, blocks.button(say(locale, "slack.usage.limits"), action_id("limits"), "set")]),)
