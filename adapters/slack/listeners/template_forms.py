"""The forms of templates: opened by a button, and what is done when they are sent.

A form opens as "Loading…", because a trigger lives three seconds, and is filled when what it shows is known. One that
was sent is answered in time, too: what takes longer goes on behind "Loading…", and when it is refused, what was typed
comes back with what was wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from adapters.chat import templates
from adapters.chat.refusals import refusal_words
from adapters.chat.template_form import keep, opened
from adapters.chat.text import Json
from adapters.slack.calls import Refused
from adapters.slack.door import Door
from adapters.slack.listeners.actions import Press
from adapters.slack.modals import render_loading_modal
from adapters.slack.template_modals import (
    DELETE,
    KEEP,
    RUN,
    About,
    about,
    field_of,
    read_draft,
    read_values,
    refilled,
    render_delete_form,
    render_keep_form,
    render_run_form,
    render_template_told,
)
from core.chat import Actor, Place
from core.errors import ColloqueryError
from core.locale import say

_PATIENCE = 2.0
"""Seconds that a form waits for what it asked for: Slack wants its answer within three."""

Make = Callable[[Door, Press], Awaitable[Json]]
"""Makes the form that a button opens."""

Work = Callable[[Door, Actor, Mapping[str, Any]], Coroutine[Any, Any, str]]
"""Does what a form that was sent asks for. Returns what is said of it, or nothing when the form is just to close."""


# Opening


async def open_form(door: Door, press: Press, *, make: Make) -> None:
    """Open the form that a button means."""
    locale = press.actor.locale
    try:
        shown = await door.calls.do(door.client.views_open, trigger_id=press.trigger, view=render_loading_modal(locale))
    except Refused:
        await door.tell_privately(press.actor, press.place, say(locale, "chat.form_late"))
        return
    view = _unexpected(locale)
    try:
        view = await make(door, press)
    except ColloqueryError as error:
        view = render_template_told(refusal_words(locale, error), locale)
    finally:
        await door.calls.do(door.client.views_update, view_id=str(shown["view"]["id"]), view=view)


async def run_form(door: Door, press: Press) -> Json:
    """What a template needs."""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    choices = await templates.choices_of(door.service.saved, press.actor, press.place, template)
    return render_run_form(template, choices, _about(press, template=template.id), press.actor.locale)


async def new_form(door: Door, press: Press) -> Json:
    """A new template."""
    return await _keep_form(door, press, _about(press))


async def save_form(door: Door, press: Press) -> Json:
    """A template from an answer."""
    return await _keep_form(door, press, _about(press, answer=press.value))


async def edit_form(door: Door, press: Press) -> Json:
    """A template, to be changed."""
    return await _keep_form(door, press, _about(press, template=press.value))


async def delete_form(door: Door, press: Press) -> Json:
    """Is it really to be deleted?"""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    return render_delete_form(template, _about(press, template=template.id), press.actor.locale)


async def _keep_form(door: Door, press: Press, what: About) -> Json:
    draft, offered = await opened(door.service, press.actor, press.place, template=what.template, answer=what.answer)
    return render_keep_form(draft, offered, what, press.actor.locale)


# Sent


def sent(door: Door, work: Work) -> Callable[..., Awaitable[None]]:
    """A listener that does `work` with a form that was sent."""

    async def listen(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.presser(body)
        task = asyncio.create_task(work(door, actor, view))
        await asyncio.wait({task}, timeout=_PATIENCE)
        if task.done():
            await ack(**_outcome(task, view, actor.locale))
        else:
            await ack(response_action="update", view=render_loading_modal(actor.locale))
            door.spawn(_later(door, actor, view, task))

    return listen


async def _asked(door: Door, actor: Actor, view: Mapping[str, Any]) -> str:
    """What was filled in makes a question, where the form was opened."""
    what, key = about(view), f"template:{view['id']}"
    place = await _place(door, what)
    saved = door.service.saved
    question = await templates.asked_with(saved, actor, place, what.template, read_values(view), key=key)
    door.spawn(door.ask_aloud(question))
    return ""


async def _kept(door: Door, actor: Actor, view: Mapping[str, Any]) -> str:
    """Keep the template as it stands in the form, and share it or not."""
    what, draft = about(view), read_draft(view)
    place = await _place(door, what)
    return await keep(door.service.saved, actor, place, draft, template=what.template, answer=what.answer)


async def _deleted(door: Door, actor: Actor, view: Mapping[str, Any]) -> str:
    """It was said that it is to go."""
    what = about(view)
    return await templates.delete(door.service.saved, actor, await _place(door, what), what.template)


FORMS_SENT: dict[str, Work] = {RUN: _asked, KEEP: _kept, DELETE: _deleted}
"""What each form that was sent does, by its `callback_id`."""


def _about(press: Press, *, template: str = "", answer: str = "") -> About:
    return About(template, answer, press.place.channel, press.place.thread)


async def _place(door: Door, what: About) -> Place:
    """Where the form was opened, as it is now."""
    return await door.place(what.channel, what.thread)


def _outcome(task: asyncio.Task[str], view: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """What Slack is answered about a form whose work is done."""
    try:
        told = task.result()
    except ColloqueryError as error:
        told, field = refusal_words(locale, error), field_of(error, view)
        if field:
            return {"response_action": "errors", "errors": {field: told}}
    return {"response_action": "update", "view": render_template_told(told, locale)} if told else {}


async def _later(door: Door, actor: Actor, view: Mapping[str, Any], task: asyncio.Task[str]) -> None:
    """Show what came of a form whose work took longer than Slack waits."""
    locale = actor.locale
    shown = _unexpected(locale)
    try:
        shown = render_template_told(await task or say(locale, "chat.run.asked"), locale)
    except ColloqueryError as error:
        shown = refilled(view, refusal_words(locale, error), locale)
    finally:
        await door.calls.do(door.client.views_update, view_id=str(view["id"]), view=shown)


def _unexpected(locale: str) -> Json:
    return render_template_told(refusal_words(locale, ColloqueryError("unexpected")), locale)
