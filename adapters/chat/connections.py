"""What is done with a connection from a chat, and what is said of it. Every refusal is the core's, and goes through.

The sentence that comes back is for whoever asked for it, and for nobody else.
"""

from collections.abc import Awaitable, Callable

from adapters.chat.connection_form import Gift, Typed, taken_from
from core.ask.connection_desk import ConnectionDesk
from core.ask.present import connection_words
from core.chat import Actor, Place
from core.ids import place_id
from core.locale import say

Deed = Callable[[ConnectionDesk, Actor, Place, str], Awaitable[str]]
"""What a line of a connection's menu does that needs no form: the desk, who, where, the connection's id."""


async def choose(desk: ConnectionDesk, actor: Actor, place: Place, connection: str) -> str:
    """The one that somebody wants to ask from now on."""
    view = await desk.choose(actor, connection)
    return say(actor.locale, "chat.connection.chosen", name=view.name)


async def here(desk: ConnectionDesk, actor: Actor, place: Place, connection: str) -> str:
    """The one that everybody in this conversation asks from now on; an administrator's to choose."""
    view = await desk.give(actor, connection, "place", place_id(place), default=True)
    return say(actor.locale, "chat.connection.chosen_here", name=view.name)


async def test(desk: ConnectionDesk, actor: Actor, place: Place, connection: str) -> str:
    """Is the database there?"""
    return connection_words.report(await desk.test(actor, connection), actor.locale)


async def refresh(desk: ConnectionDesk, actor: Actor, place: Place, connection: str) -> str:
    """Read its schema again, and say what changed."""
    locale, changes = actor.locale, await desk.refresh(actor, connection)
    told = [
        say(locale, f"cli.schema_{key}", tables=", ".join(tables))
        for key in ("added", "removed", "changed")
        if (tables := getattr(changes, key))
    ]
    return " ".join(told) or say(locale, "cli.schema_same")


async def enable(desk: ConnectionDesk, actor: Actor, place: Place, connection: str) -> str:
    """Let it be asked again."""
    report = await desk.enable(actor, connection)
    again = say(actor.locale, "connections.report.asked_again", name=report.name)
    return f"{again} {connection_words.report(report, actor.locale)}"


async def disable(desk: ConnectionDesk, actor: Actor, place: Place, connection: str) -> str:
    """Let nobody ask it."""
    view = await desk.disable(actor, connection)
    return say(actor.locale, "connections.report.off", name=view.name)


DEEDS: dict[str, Deed] = {
    "default": choose,
    "here": here,
    "test": test,
    "refresh": refresh,
    "enable": enable,
    "disable": disable,
}
"""The lines of a connection's menu that need no form, by name."""


async def add(desk: ConnectionDesk, actor: Actor, typed: Typed) -> str:
    """Try and keep a new one."""
    return connection_words.report(await desk.add(actor, typed.connection()), actor.locale)


async def change(desk: ConnectionDesk, actor: Actor, connection: str, revision: str, typed: Typed) -> str:
    """Try and keep a change. `revision`: of the connection when the form was filled with it."""
    report = await desk.edit(actor, connection, typed.edit(revision))
    told = say(actor.locale, "connections.report.changed", name=typed.name)
    seen = connection_words.report(report, actor.locale) if report else say(actor.locale, "connections.report.unseen")
    return f"{told} {seen}"


async def give(desk: ConnectionDesk, actor: Actor, connection: str, gift: Gift) -> str:
    """Let everyone, a person or a place ask it."""
    locale = actor.locale
    names = {"everyone": say(locale, "connections.everyone"), "place": say(locale, "connections.place")}
    given = await desk.give(actor, connection, gift.to, gift.subject, default=gift.default, private=gift.private)
    return say(locale, "connections.report.given", name=given.name, to=names.get(gift.to, gift.name))


async def take(desk: ConnectionDesk, actor: Actor, connection: str, chosen: str) -> str:
    """Take it back from whom a menu's line means (`connection_form.taken_from`)."""
    locale, whom = actor.locale, taken_from(chosen)
    if whom is None:
        return say(locale, "chat.give.pick")
    before = await desk.one(actor, connection)
    given = next((one for one in before.given_to if (one.to, one.subject) == whom), None)
    taken = await desk.take(actor, connection, *whom)
    name = connection_words.receiver(given, locale) if given else say(locale, "connections.place")
    return say(locale, "connections.report.taken", name=taken.name, to=name)


async def delete(desk: ConnectionDesk, actor: Actor, connection: str) -> str:
    """Forget it, its password, what was read of its schema, whom it was given to."""
    name = await desk.delete(actor, connection)
    return say(actor.locale, "connections.report.deleted", name=name)
