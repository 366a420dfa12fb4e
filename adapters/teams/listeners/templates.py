"""Templates: the list and what is done with one of them, and "not what I meant" under an answer of one."""

from functools import partial

from adapters.chat import templates
from adapters.teams.door import Door
from adapters.teams.listeners.actions import Act, Press
from adapters.teams.listeners.template_forms import OPENS, SENT
from adapters.teams.render import Message
from adapters.teams.template_pages import detail_page, fill_in_page, list_page
from core.chat import Actor, Place

__all__ = ["ACTS", "OPENS", "SENT", "page"]


async def page(door: Door, actor: Actor, place: Place, search: str, start: int = 0) -> Message:
    """The templates that somebody may use there."""
    saved = await door.service.saved.all(actor, search, place)
    verifies = await door.service.usage.is_administrator(actor)
    return list_page(saved, actor.locale, search=search, start=start, verifies=verifies)


async def more(door: Door, press: Press) -> None:
    """The list, or a further page of it."""
    start, search = templates.page_of(press.value)
    await door.show_privately(press.actor, press.place, await page(door, press.actor, press.place, search, start))


async def run(door: Door, press: Press) -> None:
    """Ask a template. One that needs something, maybe only since the list was shown, has a form for it."""
    actor, place, saved = press.actor, press.place, door.service.saved
    template = await saved.one(actor, press.value, place)
    if template.parameters:
        await door.show_privately(actor, place, fill_in_page(template, actor.locale))
    else:
        await door.ask_aloud(await templates.asked_with(saved, actor, place, press.value, {}, key=press.key))


async def show(door: Door, press: Press) -> None:
    """All that a template is."""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    await door.show_privately(press.actor, press.place, detail_page(template, press.actor.locale))


async def do(door: Door, press: Press, *, deed: templates.Deed) -> None:
    """Something that needs no form."""
    told = await deed(door.service.saved, press.actor, press.place, press.value)
    await door.tell_privately(press.actor, press.place, told)


async def not_meant(door: Door, press: Press) -> None:
    """The same question again, in its thread, without templates."""
    before = await door.service.question(press.value, press.actor)
    place = await door.place(before.place.channel, before.place.thread)
    await door.ask(await templates.asked_fresh(door.service.saved, press.actor, place, press.value, before))


ACTS: dict[str, Act] = {
    "templates": more,
    "template": run,
    "template_show": show,
    **{f"template_{name}": partial(do, deed=deed) for name, deed in templates.DEEDS.items()},
    "not_meant": not_meant,
}
"""What each button does, by its name."""
