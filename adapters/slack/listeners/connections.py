"""Connections: the list, what is done with one of them, and the forms. Whoever may not is told so by the core.

Reaching a database takes longer than Slack waits for a form: it says "Loading…" meanwhile, and then what came of it.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.buttons import pattern
from adapters.slack.connection_form import (
    ADD,
    CHANGE,
    About,
    Typed,
    about,
    read,
    render_connection_form,
    render_told,
    typed_of,
)
from adapters.slack.connection_modals import (
    DELETE,
    GIVE,
    TAKE,
    read_taken,
    read_wanted,
    render_delete_form,
    render_give_form,
    render_take_form,
)
from adapters.slack.connection_pages import detail_page, list_page
from adapters.slack.door import Door
from adapters.slack.escape import Json
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.modals import render_loading_modal
from adapters.slack.render import Message
from core.ask.present import connection_words
from core.chat import Actor, ConnectionView, Place
from core.connections.connections import SubjectKind
from core.errors import ColloqueryError
from core.ids import place_id
from core.locale import error_words, say

View = Mapping[str, Any]
Work = Callable[[Door, Actor, View], Awaitable[Json]]
"""Does what a form that was sent asks for; what the form shows then."""


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the buttons and the forms."""
    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))
    for callback_id, work in FORMS_SENT.items():
        app.view(callback_id)(_sent(door, work))


async def page(door: Door, actor: Actor, place: Place, start: int = 0) -> Message:
    """The connections that somebody may ask there, and their own."""
    sources = door.service.sources
    views = await sources.all(actor, place)
    return list_page(views, actor.locale, start=start, may_add=await sources.may_add(actor))


# Buttons


async def more(door: Door, press: Press) -> None:
    """A further page of the list."""
    start = int(press.value) if press.value.isdigit() else 0
    await door.show_privately(press.actor, press.place, await page(door, press.actor, press.place, start))


async def add(door: Door, press: Press) -> None:
    """The form for a new connection."""
    form = render_connection_form(_about(press), Typed(), press.actor.locale)
    await door.open_modal(press.trigger, form, press.actor, press.place)


async def show(door: Door, press: Press) -> None:
    """All that there is to one."""
    view = await _one(door, press)
    shown = detail_page(view, press.actor.locale, press.actor.timezone)
    await door.show_privately(press.actor, press.place, shown)


async def choose(door: Door, press: Press) -> None:
    """The one that somebody wants to ask from now on."""
    view = await door.service.sources.choose(press.actor, press.value)
    await _tell(door, press, say(press.actor.locale, "slack.connection.chosen", name=view.name))


async def here(door: Door, press: Press) -> None:
    """The one that everybody in this channel asks from now on; an administrator's to choose."""
    view = await door.service.sources.give(press.actor, press.value, "place", place_id(press.place), default=True)
    await _tell(door, press, say(press.actor.locale, "slack.connection.chosen_here", name=view.name))


async def test(door: Door, press: Press) -> None:
    """Is the database there?"""
    report = await door.service.sources.test(press.actor, press.value)
    await _tell(door, press, connection_words.report(report, press.actor.locale))


async def refresh(door: Door, press: Press) -> None:
    """Read its schema again, and say what changed."""
    locale, changes = press.actor.locale, await door.service.sources.refresh(press.actor, press.value)
    told = [
        say(locale, f"cli.schema_{key}", tables=", ".join(tables))
        for key in ("added", "removed", "changed")
        if (tables := getattr(changes, key))
    ]
    await _tell(door, press, " ".join(told) or say(locale, "cli.schema_same"))


async def enable(door: Door, press: Press) -> None:
    """Let it be asked again."""
    locale, report = press.actor.locale, await door.service.sources.enable(press.actor, press.value)
    again = say(locale, "connections.report.asked_again", name=report.name)
    await _tell(door, press, f"{again} {connection_words.report(report, locale)}")


async def disable(door: Door, press: Press) -> None:
    """Let nobody ask it."""
    view = await door.service.sources.disable(press.actor, press.value)
    await _tell(door, press, say(press.actor.locale, "connections.report.off", name=view.name))


async def edit(door: Door, press: Press) -> None:
    """The form for a change."""
    view = await _managed(door, press)
    form = render_connection_form(
        _about(press, view), typed_of(view), press.actor.locale, has_password=view.has_password, has_ca=view.has_tls_ca
    )
    await door.open_modal(press.trigger, form, press.actor, press.place)


async def give(door: Door, press: Press) -> None:
    """The form in which it is given."""
    view = await _managed(door, press)
    form = render_give_form(view, _about(press, view), press.actor.locale)
    await door.open_modal(press.trigger, form, press.actor, press.place)


async def take(door: Door, press: Press) -> None:
    """The form in which it is taken back."""
    view = await _managed(door, press)
    if not view.given_to:
        await _tell(door, press, say(press.actor.locale, "connections.nobody"))
        return
    form = render_take_form(view, _about(press, view), place_id(press.place), press.actor.locale)
    await door.open_modal(press.trigger, form, press.actor, press.place)


async def delete(door: Door, press: Press) -> None:
    """Is it really to be deleted?"""
    view = await _managed(door, press)
    form = render_delete_form(view, _about(press, view), press.actor.locale)
    await door.open_modal(press.trigger, form, press.actor, press.place)


async def menu(door: Door, press: Press) -> None:
    """A line of a connection's menu: `<what>|<id>`."""
    what, _, connection = press.value.partition("|")
    act = _LINES.get(what)
    if act is not None:
        await act(door, press.about(connection))


ACTS: dict[str, Act] = {"connection": choose, "connections": more, "connection_menu": menu, "add_connection": add}
"""What each button does, by its name."""

_LINES: dict[str, Act] = {
    "show": show,
    "default": choose,
    "here": here,
    "test": test,
    "refresh": refresh,
    "enable": enable,
    "disable": disable,
    "edit": edit,
    "give": give,
    "take": take,
    "delete": delete,
}
"""What each line of a connection's menu does."""


# Forms


def _sent(door: Door, work: Work) -> Callable[..., Awaitable[None]]:
    async def listen(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.directory.actor(str(body["user"]["id"]))
        await ack(response_action="update", view=render_loading_modal(actor.locale))
        door.spawn(_done(door, actor, view, work))

    return listen


async def _done(door: Door, actor: Actor, view: dict[str, Any], work: Work) -> None:
    shown = render_told(_words(actor.locale, ColloqueryError("unexpected")), actor.locale)
    try:
        shown = await work(door, actor, view)
    except ColloqueryError as error:
        shown = render_told(_words(actor.locale, error), actor.locale)
    finally:
        await door.calls.do(door.client.views_update, view_id=str(view["id"]), view=shown)


async def _added(door: Door, actor: Actor, view: View) -> Json:
    """Try and keep the connection. What was typed is there again when it failed."""
    typed = read(view)
    try:
        report = await door.service.sources.add(actor, typed.connection())
    except ColloqueryError as error:
        return render_connection_form(about(view), typed, actor.locale, _words(actor.locale, error))
    return render_told(connection_words.report(report, actor.locale), actor.locale)


async def _changed(door: Door, actor: Actor, view: View) -> Json:
    """Try and keep the change. What was typed is there again when it failed."""
    typed, what, locale = read(view), about(view), actor.locale
    before = await door.service.sources.one(actor, what.connection)
    try:
        report = await door.service.sources.edit(actor, what.connection, typed.edit(what.revision))
    except ColloqueryError as error:
        return render_connection_form(
            what, typed, locale, _words(locale, error), has_password=before.has_password, has_ca=before.has_tls_ca
        )
    told = say(locale, "connections.report.changed", name=typed.values.get("name", "").strip())
    seen = connection_words.report(report, locale) if report else say(locale, "connections.report.unseen")
    return render_told(f"{told} {seen}", locale)


async def _given(door: Door, actor: Actor, view: View) -> Json:
    wanted, what, locale = read_wanted(view), about(view), actor.locale
    if (wanted.to == "user" and not wanted.account) or (wanted.to == "place" and not wanted.channel):
        return render_told(say(locale, "slack.give.pick"), locale)
    subject, name = "*", say(locale, "connections.everyone")
    if wanted.to == "user":
        person = await door.directory.actor(wanted.account)
        subject, name = await door.service.usage.who(actor, person), person.name
    elif wanted.to == "place":
        subject, name = place_id(await door.place(wanted.channel, "")), say(locale, "connections.place")
    given = await door.service.sources.give(
        actor, what.connection, wanted.to, subject, default=wanted.default, private=wanted.private
    )
    return render_told(say(locale, "connections.report.given", name=given.name, to=name), locale)


async def _taken(door: Door, actor: Actor, view: View) -> Json:
    to, _, subject = read_taken(view).partition("|")
    kinds: tuple[SubjectKind, ...] = ("everyone", "user", "place")
    kind = next((one for one in kinds if one == to), None)
    locale, what = actor.locale, about(view)
    if kind is None:
        return render_told(say(locale, "slack.give.pick"), locale)
    before = await door.service.sources.one(actor, what.connection)
    given = next((one for one in before.given_to if (one.to, one.subject) == (kind, subject)), None)
    taken = await door.service.sources.take(actor, what.connection, kind, subject)
    name = connection_words.receiver(given, locale) if given else say(locale, "connections.place")
    return render_told(say(locale, "connections.report.taken", name=taken.name, to=name), locale)


async def _deleted(door: Door, actor: Actor, view: View) -> Json:
    name = await door.service.sources.delete(actor, about(view).connection)
    return render_told(say(actor.locale, "connections.report.deleted", name=name), actor.locale)


FORMS_SENT: dict[str, Work] = {ADD: _added, CHANGE: _changed, GIVE: _given, TAKE: _taken, DELETE: _deleted}
"""What each form that was sent does, by its `callback_id`."""


async def _one(door: Door, press: Press) -> ConnectionView:
    return await door.service.sources.one(press.actor, press.value, press.place)


async def _managed(door: Door, press: Press) -> ConnectionView:
    """The connection, for whoever may do more with it than ask."""
    return await door.service.sources.managed(press.actor, press.value)


def _about(press: Press, view: ConnectionView | None = None) -> About:
    connection, revision = (view.id, view.revision) if view else ("", "")
    return About(connection, revision, press.place.channel, press.place.thread)


async def _tell(door: Door, press: Press, told: str) -> None:
    await door.tell_privately(press.actor, press.place, told)


def _words(locale: str, error: ColloqueryError) -> str:
    return " ".join(filter(None, error_words(locale, error)))
