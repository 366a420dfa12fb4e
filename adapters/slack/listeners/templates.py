"""Templates: the list and what is done with one of them, and "not what I meant" under an answer of one."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from adapters.chat import templates
from adapters.chat.templates import asked_fresh, asked_with, page_of
from adapters.slack.buttons import pattern
from adapters.slack.door import Door
from adapters.slack.listeners.actions import Act, Press, listener
from adapters.slack.listeners.template_forms import (
    FORMS_SENT,
    delete_form,
    edit_form,
    new_form,
    open_form,
    run_form,
    save_form,
    sent,
)
from adapters.slack.render import Message
from adapters.slack.template_pages import detail_page, list_page
from core.chat import Actor, Place


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the buttons and forms of templates."""
    for name, act in ACTS.items():
        app.action(pattern(name))(listener(door, act))
    for callback_id, work in FORMS_SENT.items():
        app.view(callback_id)(sent(door, work))


async def page(door: Door, actor: Actor, place: Place, search: str, start: int = 0) -> Message:
    """The templates that somebody may use there."""
    saved = await door.service.saved.all(actor, search, place)
    verifies = await door.service.usage.is_administrator(actor)
    return list_page(saved, actor.locale, search=search, start=start, verifies=verifies)


async def more(door: Door, press: Press) -> None:
    """The list, or a further page of it: `<start>|<search>`."""
    start, search = page_of(press.value)
    await door.show_privately(press.actor, press.place, await page(door, press.actor, press.place, search, start))


async def run(door: Door, press: Press) -> None:
    """Ask a template. One that needs something, maybe only since the list was shown, opens its form."""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    if template.parameters:
        await open_form(door, press, make=run_form)
    else:
        saved = door.service.saved
        await door.ask_aloud(await asked_with(saved, press.actor, press.place, press.value, {}, key=press.trigger))


async def show(door: Door, press: Press) -> None:
    """All that a template is."""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    await door.show_privately(press.actor, press.place, detail_page(template, press.actor.locale))


async def do(door: Door, press: Press, *, deed: templates.Deed) -> None:
    """Something that needs no form."""
    told = await deed(door.service.saved, press.actor, press.place, press.value)
    await door.tell_privately(press.actor, press.place, told)


async def menu(door: Door, press: Press) -> None:
    """A line of a template's menu: `<what>|<id>`."""
    what, _, template = press.value.partition("|")
    act = _LINES.get(what)
    if act is not None:
        await act(door, press.about(template))


async def not_meant(door: Door, press: Press) -> None:
    """The same question again, in its thread, without templates."""
    before = await door.service.question(press.value, press.actor)
    place = await door.place(before.place.channel, before.place.thread)
    await door.ask(await asked_fresh(door.service.saved, press.actor, place, press.value, before))


ACTS: dict[str, Act] = {
    "templates": more,
    "template": run,
    "template_form": partial(open_form, make=run_form),
    "template_menu": menu,
    "new_template": partial(open_form, make=new_form),
    "save_template": partial(open_form, make=save_form),
    "not_meant": not_meant,
}
"""What each button does, by its name."""

_LINES: dict[str, Act] = {
    "show": show,
    "edit": partial(open_form, make=edit_form),
    **{name: partial(do, deed=deed) for name, deed in templates.DEEDS.items()},
    "delete": partial(open_form, make=delete_form),
}
"""What each line of a template's menu does."""
