"""The forms of templates: opened by a button, and what is done when they are sent.

A form opens as "Loading…", because a trigger lives three seconds, and is filled when what it shows is known. One that
was sent is answered in time, too: what takes longer goes on behind "Loading…", and when it is refused, what was typed
comes back with what was wrong.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from adapters.slack.calls import Refused
from adapters.slack.door import Door
from adapters.slack.escape import Json, cut
from adapters.slack.listeners.actions import Press
from adapters.slack.modals import render_loading_modal
from adapters.slack.template_modals import (
    DELETE,
    KEEP,
    NAME,
    RUN,
    About,
    Draft,
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
from core.ask.present.visible import one_line
from core.chat import Actor, Place, Question
from core.errors import ColloqueryError
from core.locale import error_words, say
from core.saved import SavedTemplate, TemplateEdit
from core.templates.notation import print_parameters, read_parameters

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
        opened = await door.calls.do(
            door.client.views_open, trigger_id=press.trigger, view=render_loading_modal(locale)
        )
    except Refused:
        await door.tell_privately(press.actor, press.place, say(locale, "slack.form_late"))
        return
    view = _unexpected(locale)
    try:
        view = await make(door, press)
    except ColloqueryError as error:
        view = render_template_told(_words(locale, error), locale)
    finally:
        await door.calls.do(door.client.views_update, view_id=str(opened["view"]["id"]), view=view)


async def run_form(door: Door, press: Press) -> Json:
    """What a template needs."""
    saved = door.service.saved
    template = await saved.one(press.actor, press.value, press.place)
    choices = {
        one.name: await saved.choices(press.actor, template.id, one.name, press.place)
        for one in template.parameters
        if one.kind == "choice"
    }
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
    draft = await _before(door, press.actor, press.place, what)
    offered = await door.service.sources.choices(press.actor, press.place)
    if not draft.connection:
        draft = replace(draft, connection=next((one.name for one in offered if one.is_default), ""))
    return render_keep_form(draft, [one.name for one in offered], what, press.actor.locale)


# Sent


def sent(door: Door, work: Work) -> Callable[..., Awaitable[None]]:
    """A listener that does `work` with a form that was sent."""

    async def listen(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.directory.actor(str(body["user"]["id"]))
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
    door.spawn(door.ask_aloud(await asked_with(door, actor, place, what.template, read_values(view), key=key)))
    return ""


async def _kept(door: Door, actor: Actor, view: Mapping[str, Any]) -> str:
    """Keep the template as it stands in the form, and share it or not."""
    what, draft, locale = about(view), read_draft(view), actor.locale
    place = await _place(door, what)
    before = await _before(door, actor, place, what)
    saved = await door.service.saved.keep(actor, _edited(before, draft, what), place)
    told = say(locale, "slack.template.kept", name=saved.name)
    if draft.public == saved.is_public or saved.is_verified:  # a verified one is everybody's
        return told
    try:
        await door.service.saved.share(actor, saved.id, draft.public, place)
    except ColloqueryError as refusal:
        # It is kept: to send the form again would keep it twice.
        return f"{told} {_words(locale, refusal)}"
    said = "templates.shared" if draft.public else "templates.unshared"
    return f"{told} {say(locale, said, name=saved.name)}"


async def _deleted(door: Door, actor: Actor, view: Mapping[str, Any]) -> str:
    what = about(view)
    name = await door.service.saved.delete(actor, what.template, await _place(door, what))
    return say(actor.locale, "templates.deleted", name=name)


FORMS_SENT: dict[str, Work] = {RUN: _asked, KEEP: _kept, DELETE: _deleted}
"""What each form that was sent does, by its `callback_id`."""


async def asked_with(
    door: Door, actor: Actor, place: Place, template: str, values: Mapping[str, str], *, key: str
) -> Question:
    """The question of a template. `key` is what the platform calls the request: the same one is one question."""
    ask = Question(actor, place, key, "", datetime.now(UTC))
    return await door.service.saved.question(actor, template, values, ask)


def _about(press: Press, *, template: str = "", answer: str = "") -> About:
    return About(template, answer, press.place.channel, press.place.thread)


async def _place(door: Door, what: About) -> Place:
    """Where the form was opened, as it is now."""
    return await door.place(what.channel, what.thread)


async def _before(door: Door, actor: Actor, place: Place, what: About) -> Draft:
    """What the form begins with."""
    if what.template:
        return _draft(await door.service.saved.one(actor, what.template, place), actor.locale)
    if not what.answer:
        return Draft()
    edit = await door.service.saved.draft(actor, what.answer)
    name = cut(one_line(edit.question), NAME)
    return Draft(name, edit.question, edit.sql, connection=edit.connection)


def _draft(template: SavedTemplate, locale: str) -> Draft:
    return Draft(
        template.name,
        template.question,
        template.sql,
        print_parameters(template.parameters, locale),
        template.description,
        template.category,
        template.connection,
        template.is_public,
    )


def _edited(before: Draft, draft: Draft, what: About) -> TemplateEdit:
    """The template that the form means: a text that it could not hold stays as it was."""

    def text(name: str) -> str:
        typed = getattr(draft, name)
        return str(getattr(before, name) if typed is None else typed)

    return TemplateEdit(
        name=text("name"),
        question=text("question"),
        sql=text("sql"),
        parameters=read_parameters(text("parameters")),
        description=text("description"),
        category=text("category"),
        connection=draft.connection,
        id=what.template or None,
    )


def _outcome(task: asyncio.Task[str], view: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """What Slack is answered about a form whose work is done."""
    try:
        told = task.result()
    except ColloqueryError as error:
        told, field = _words(locale, error), field_of(error, view)
        if field:
            return {"response_action": "errors", "errors": {field: told}}
    return {"response_action": "update", "view": render_template_told(told, locale)} if told else {}


async def _later(door: Door, actor: Actor, view: Mapping[str, Any], task: asyncio.Task[str]) -> None:
    """Show what came of a form whose work took longer than Slack waits."""
    locale = actor.locale
    shown = _unexpected(locale)
    try:
        shown = render_template_told(await task or say(locale, "slack.run.asked"), locale)
    except ColloqueryError as error:
        shown = refilled(view, _words(locale, error), locale)
    finally:
        await door.calls.do(door.client.views_update, view_id=str(view["id"]), view=shown)


def _unexpected(locale: str) -> Json:
    return render_template_told(_words(locale, ColloqueryError("unexpected")), locale)


def _words(locale: str, error: ColloqueryError) -> str:
    return " ".join(filter(None, error_words(locale, error)))
