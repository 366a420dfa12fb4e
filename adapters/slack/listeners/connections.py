"""Connections: the list, what is done with one of them, and the forms. Whoever may not is told so by the core.

Reaching a database takes longer than Slack waits for a form: it says "Loading…" meanwhile, and then what came of it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.chat import connections as shared
from adapters.chat.connection_form import Gift, Typed, typed_of
from adapters.chat.refusals import refusal_words
from adapters.chat.text import Json
from adapters.slack.buttons import pattern
from adapters.slack.connection_form import (
    ADD,
    CHANGE,
    About,
    about,
    read,
    render_connection_form,
    render_told,
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
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.modals import render_loading_modal
from adapters.slack.render import Message
from core.chat import Actor, ConnectionView, Place
from core.errors import ColloqueryError
from core.ids import place_id
from core.locale import say

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
    await _told(door, press, "default", press.value)


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
        await door.tell_privately(press.actor, press.place, say(press.actor.locale, "connections.nobody"))
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
    elif what in shared.DEEDS:
        await _told(door, press, what, connection)


async def _told(door: Door, press: Press, deed: str, connection: str) -> None:
    """Do what needs no form, and say what came of it."""
    told = await shared.DEEDS[deed](door.service.sources, press.actor, press.place, connection)
    await door.tell_privately(press.actor, press.place, told)


ACTS: dict[str, Act] = {"connection": choose, "connections": more, "connection_menu": menu, "add_connection": add}
"""What each button does, by its name."""

_LINES: dict[str, Act] = {"show": show, "edit": edit, "give": give, "take": take, "delete": delete}
"""What each line of a connection's menu opens; the others are in `adapters.chat.connections`."""
LINES = (*_LINES, *shared.DEEDS)
"""All lines of a connection's menu."""


# Forms


def _sent(door: Door, work: Work) -> Callable[..., Awaitable[None]]:
    async def listen(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.presser(body)
        await ack(response_action="update", view=render_loading_modal(actor.locale))
        door.spawn(_done(door, actor, view, work))

    return listen


async def _done(door: Door, actor: Actor, view: dict[str, Any], work: Work) -> None:
    shown = render_told(refusal_words(actor.locale, ColloqueryError("unexpected")), actor.locale)
    try:
        shown = await work(door, actor, view)
    except ColloqueryError as error:
        shown = render_told(refusal_words(actor.locale, error), actor.locale)
    finally:
        await door.calls.do(door.client.views_update, view_id=str(view["id"]), view=shown)


async def _added(door: Door, actor: Actor, view: View) -> Json:
    """Try and keep the connection. What was typed is there again when it failed."""
    typed = read(view)
    try:
        told = await shared.add(door.service.sources, actor, typed)
    except ColloqueryError as error:
        return render_connection_form(about(view), typed, actor.locale, refusal_words(actor.locale, error))
    return render_told(told, actor.locale)


async def _changed(door: Door, actor: Actor, view: View) -> Json:
    """Try and keep the change. What was typed is there again when it failed."""
    typed, what, locale = read(view), about(view), actor.locale
    before = await door.service.sources.one(actor, what.connection)
    try:
        told = await shared.change(door.service.sources, actor, what.connection, what.revision, typed)
    except ColloqueryError as error:
        return render_connection_form(
            what,
            typed,
            locale,
            refusal_words(locale, error),
            has_password=before.has_password,
            has_ca=before.has_tls_ca,
        )
    return render_told(told, locale)


async def _given(door: Door, actor: Actor, view: View) -> Json:
    wanted, what, locale = read_wanted(view), about(view), actor.locale
    if (wanted.to == "user" and not wanted.account) or (wanted.to == "place" and not wanted.channel):
        return render_told(say(locale, "chat.give.pick"), locale)
    gift = Gift(default=wanted.default, private=wanted.private)
    if wanted.to == "user":
        person = await door.directory.actor(wanted.account)
        gift = replace(gift, to="user", subject=await door.service.usage.who(actor, person), name=person.name)
    elif wanted.to == "place":
        gift = replace(gift, to="place", subject=place_id(await door.place(wanted.channel, "")))
    told = await shared.give(door.service.sources, actor, what.connection, gift)
    return render_told(told, locale)


async def _taken(door: Door, actor: Actor, view: View) -> Json:
    told = await shared.take(door.service.sources, actor, about(view).connection, read_taken(view))
    return render_told(told, actor.locale)


async def _deleted(door: Door, actor: Actor, view: View) -> Json:
    return render_told(await shared.delete(door.service.sources, actor, about(view).connection), actor.locale)


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
