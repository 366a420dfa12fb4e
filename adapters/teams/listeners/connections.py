"""Connections: the list, what is done with one of them, and the dialogs. Whoever may not is told so by the core."""

from adapters.chat import connections as shared
from adapters.chat.connection_form import Gift, Typed, typed_of
from adapters.chat.refusals import refusal_words
from adapters.teams.connection_dialogs import (
    DELETE,
    GIVE,
    TAKE,
    Wanted,
    read_wanted,
    render_delete_form,
    render_give_form,
    render_take_form,
)
from adapters.teams.connection_form import ADD, CHANGE, read, render_connection_form
from adapters.teams.connection_pages import detail_page, list_page
from adapters.teams.dialogs import Dialog, Open, Told, Work
from adapters.teams.door import Door
from adapters.teams.listeners.actions import Act, Press
from adapters.teams.render import Message
from core.chat import Actor, ConnectionView, Place
from core.errors import BadEdit, ColloqueryError
from core.ids import place_id
from core.locale import say


async def page(door: Door, actor: Actor, place: Place, start: int = 0) -> Message:
    """The connections that somebody may ask there, and their own."""
    sources = door.service.sources
    views = await sources.all(actor, place)
    return list_page(views, actor.locale, start=start, may_add=await sources.may_add(actor))


# Buttons


async def more(door: Door, press: Press) -> None:
    """A further page of the list."""
    start = int(press.value) if press.value.isdecimal() else 0
    await door.show_privately(press.actor, press.place, await page(door, press.actor, press.place, start))


async def show(door: Door, press: Press) -> None:
    """All that there is to one, and what may be done with it."""
    view = await door.service.sources.one(press.actor, press.value, press.place)
    shown = detail_page(view, press.actor.locale, press.actor.timezone)
    await door.show_privately(press.actor, press.place, shown)


async def choose(door: Door, press: Press) -> None:
    """The one that somebody wants to ask from now on, out of the menu of the home card."""
    await _told(door, press, "default", press.fields.get("connection") or press.value)


async def menu(door: Door, press: Press) -> None:
    """A button of a connection: `<what>|<id>`."""
    what, _, connection = press.value.partition("|")
    if what == "show":
        await show(door, press.about(connection))
    elif what in shared.DEEDS:
        await _told(door, press, what, connection)


async def _told(door: Door, press: Press, deed: str, connection: str) -> None:
    """Do what needs no form, and say what came of it."""
    told = await shared.DEEDS[deed](door.service.sources, press.actor, press.place, connection)
    await door.tell_privately(press.actor, press.place, told)


ACTS: dict[str, Act] = {"connection": choose, "connections": more, "connection_menu": menu}
"""What each button does, by its name."""


# Dialogs


async def add(door: Door, press: Press) -> Dialog:
    """The form for a new connection."""
    return render_connection_form("", Typed(), press.actor.locale)


async def edit(door: Door, press: Press) -> Dialog:
    """The form for a change."""
    view = await _managed(door, press.actor, press.value)
    return render_connection_form(
        f"{view.id}|{view.revision}", typed_of(view), press.actor.locale,
        has_password=view.has_password, has_ca=view.has_tls_ca,
    )  # fmt: skip


async def give(door: Door, press: Press) -> Dialog:
    """The form in which it is given."""
    return render_give_form(await _managed(door, press.actor, press.value), Wanted(), press.actor.locale)


async def take(door: Door, press: Press) -> Dialog | Told:
    """The form in which it is taken back."""
    view = await _managed(door, press.actor, press.value)
    if not view.given_to:
        return Told(say(press.actor.locale, "connections.nobody"))
    return render_take_form(view, place_id(press.place), press.actor.locale)


async def delete(door: Door, press: Press) -> Dialog:
    """Is it really to be deleted?"""
    return render_delete_form(await _managed(door, press.actor, press.value), press.actor.locale)


OPENS: dict[str, Open] = {
    "add_connection": add,
    "connection_edit": edit,
    "connection_give": give,
    "connection_take": take,
    "connection_delete": delete,
}
"""What each button opens, by its name."""


# Forms that were sent


async def _added(door: Door, press: Press) -> Dialog | Told:
    """Try and keep the connection. What was typed is there again when it failed, all but the password."""
    typed = read(press.fields)
    try:
        return Told(await shared.add(door.service.sources, press.actor, typed))
    except ColloqueryError as error:
        return render_connection_form("", typed, press.actor.locale, refusal_words(press.actor.locale, error))


async def _changed(door: Door, press: Press) -> Dialog | Told:
    """Try and keep the change. What was typed is there again when it failed, all but the password."""
    typed, locale = read(press.fields), press.actor.locale
    connection, _, revision = press.value.partition("|")
    before = await door.service.sources.one(press.actor, connection)
    try:
        return Told(await shared.change(door.service.sources, press.actor, connection, revision, typed))
    except ColloqueryError as error:
        return render_connection_form(
            press.value,
            typed,
            locale,
            refusal_words(locale, error),
            has_password=before.has_password,
            has_ca=before.has_tls_ca,
        )


async def _given(door: Door, press: Press) -> Dialog | Told:
    """Let them ask it. Somebody whom nobody knows by that address can be written again."""
    wanted, actor = read_wanted(press.fields), press.actor
    if wanted.to == "user" and not wanted.email:
        return await _again(door, press, wanted, say(actor.locale, "teams.connections.no_email"))
    gift = Gift(default=wanted.default, private=wanted.private)
    if wanted.to == "user":
        gift = Gift("user", wanted.email, wanted.email, gift.default, gift.private)
    elif wanted.to == "place":
        gift = Gift("place", place_id(press.place), "", gift.default, gift.private)
    try:
        return Told(await shared.give(door.service.sources, actor, press.value, gift))
    except BadEdit as error:
        return await _again(door, press, wanted, refusal_words(actor.locale, error))


async def _again(door: Door, press: Press, wanted: Wanted, wrong: str) -> Dialog:
    view = await _managed(door, press.actor, press.value)
    return render_give_form(view, wanted, press.actor.locale, wrong)


async def _taken(door: Door, press: Press) -> Told:
    return Told(await shared.take(door.service.sources, press.actor, press.value, press.fields.get("from", "")))


async def _deleted(door: Door, press: Press) -> Told:
    return Told(await shared.delete(door.service.sources, press.actor, press.value))


SENT: dict[str, Work] = {ADD: _added, CHANGE: _changed, GIVE: _given, TAKE: _taken, DELETE: _deleted}
"""What each form that was sent does, by its name."""


async def _managed(door: Door, actor: Actor, connection: str) -> ConnectionView:
    """The connection, for whoever may do more with it than ask."""
    return await door.service.sources.managed(actor, connection)
