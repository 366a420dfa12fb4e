"""The dialogs of templates: what a button opens, and what is done when its form is sent. A form that is refused comes
back with what was typed and what was wrong.
"""

from adapters.chat import templates
from adapters.chat.refusals import refusal_words
from adapters.chat.template_form import keep, opened
from adapters.teams.dialogs import Dialog, Open, Told, Work
from adapters.teams.door import Door
from adapters.teams.press import Press
from adapters.teams.template_dialogs import (
    DELETE,
    KEEP,
    RUN,
    About,
    about,
    beside,
    read_draft,
    read_values,
    render_delete_form,
    render_keep_form,
    render_run_form,
)
from core.errors import BadEdit, ColloqueryError, NotAllowed, NoTemplate

# Opening


async def run_form(door: Door, press: Press) -> Dialog:
    """What a template needs."""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    choices = await templates.choices_of(door.service.saved, press.actor, press.place, template)
    return render_run_form(template, choices, press.actor.locale)


async def new_form(door: Door, press: Press) -> Dialog:
    """A new template."""
    return await _keep_form(door, press, About())


async def save_form(door: Door, press: Press) -> Dialog:
    """A template from an answer."""
    return await _keep_form(door, press, About(answer=press.value))


async def edit_form(door: Door, press: Press) -> Dialog:
    """A template, to be changed."""
    return await _keep_form(door, press, About(template=press.value))


async def delete_form(door: Door, press: Press) -> Dialog:
    """Is it really to be deleted?"""
    template = await door.service.saved.one(press.actor, press.value, press.place)
    return render_delete_form(template, press.actor.locale)


async def _keep_form(door: Door, press: Press, what: About) -> Dialog:
    draft, offered = await opened(door.service, press.actor, press.place, template=what.template, answer=what.answer)
    return render_keep_form(draft, offered, what, press.actor.locale)


OPENS: dict[str, Open] = {
    "template_form": run_form,
    "new_template": new_form,
    "save_template": save_form,
    "template_edit": edit_form,
    "template_delete": delete_form,
}
"""What each button opens, by its name."""


# Sent


async def _asked(door: Door, press: Press) -> Dialog | None:
    """What was filled in makes a question, where the form was opened."""
    saved, actor, locale = door.service.saved, press.actor, press.actor.locale
    values = read_values(press.fields)
    try:
        question = await templates.asked_with(saved, actor, press.place, press.value, values, key=press.key)
    except BadEdit as error:
        template = await saved.one(actor, press.value, press.place)
        choices = await templates.choices_of(saved, actor, press.place, template)
        return render_run_form(template, choices, locale, values, refusal_words(locale, error))
    door.spawn(door.ask_aloud(question))
    return None


async def _kept(door: Door, press: Press) -> Dialog | Told:
    """Keep the template as it stands in the form, and share it or not."""
    what, actor, locale = about(press.value), press.actor, press.actor.locale
    draft = read_draft(press.fields, what)
    try:
        told = await keep(door.service.saved, actor, press.place, draft, template=what.template, answer=what.answer)
    except (NoTemplate, NotAllowed):
        raise  # to send it again would not help
    except ColloqueryError as error:
        offered = await door.service.sources.choices(actor, press.place)
        wrong = beside(error, refusal_words(locale, error), locale)
        return render_keep_form(draft, [one.name for one in offered], what, locale, wrong)
    return Told(told)


async def _deleted(door: Door, press: Press) -> Told:
    """It was said that it is to go."""
    return Told(await templates.delete(door.service.saved, press.actor, press.place, press.value))


SENT: dict[str, Work] = {RUN: _asked, KEEP: _kept, DELETE: _deleted}
"""What each form that was sent does, by its name."""
