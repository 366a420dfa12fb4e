"""Buttons under answers. Each does what it does for whoever pressed it, not for the asker."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

from adapters.chat.answers import edit_refusal
from adapters.chat.refusals import refusal_words
from adapters.chat.text import code
from adapters.teams import cards, files, limits
from adapters.teams.dialogs import Dialog, Open, Told, Work, form
from adapters.teams.door import Door
from adapters.teams.press import Press
from adapters.teams.render import render
from core.errors import BadEdit, BadQuestion
from core.locale import say

__all__ = ["ACTS", "OPENS", "SENT", "Act", "Press"]

Act = Callable[[Door, Press], Awaitable[None]]
"""What a button does. Refusals (`ColloqueryError`) are told privately to whoever pressed, by the dispatcher."""


async def explain(door: Door, press: Press) -> None:
    """What the SQL does, in words."""
    explained = await door.service.explain(press.value, press.actor)
    await door.show_privately(press.actor, press.place, render(explained, "simple"))


async def csv(door: Door, press: Press) -> None:
    """The result as a CSV file."""
    await files.send(door, press.actor, press.place, "csv", press.value)


async def excel(door: Door, press: Press) -> None:
    """The result as a workbook."""
    await files.send(door, press.actor, press.place, "excel", press.value)


async def stop(door: Door, press: Press) -> None:
    """Stop the question and its query."""
    await door.service.stop(press.value, press.actor)


async def retry(door: Door, press: Press) -> None:
    """The same question once more, in its thread."""
    before = await door.service.question(press.value, press.actor)
    place = await door.place(before.place.channel, before.place.thread)
    message, now = f"again:{press.key}", datetime.now(UTC)
    await door.ask(replace(before, actor=press.actor, place=place, message=message, asked_at=now, schedule=None))


async def choose(door: Door, press: Press) -> None:
    """What we asked back: the original question is answered with it."""
    question_id, _, chosen = press.value.partition("|")
    await door.answer_choice(question_id, chosen, press.actor)


async def edit(door: Door, press: Press) -> Dialog | Told:
    """The SQL in a form, to be changed and run. Of one longer than the field it is said that it is."""
    sql, locale = (await door.service.sql_of(press.value, press.actor)).text, press.actor.locale
    refusal = edit_refusal(sql, limits.INPUT, locale)
    return Told(refusal) if refusal else _edit_form(press.value, code(sql), locale)


async def run_edited(door: Door, press: Press) -> Dialog | None:
    """SQL that somebody changed: checked like every other, answered where the question was asked."""
    sql, locale = press.fields.get("sql", ""), press.actor.locale
    try:
        await door.run_edited(press.value, press.actor, sql, press.key)
    except (BadQuestion, BadEdit) as error:
        return _edit_form(press.value, sql, locale, refusal_words(locale, error))
    return None


ACTS: dict[str, Act] = {
    "explain": explain,
    "csv": csv,
    "excel": excel,
    "stop": stop,
    "retry": retry,
    "choose": choose,
}
"""What each button does, by its name."""

OPENS: dict[str, Open] = {"edit": edit}
"""What each button opens, by its name."""

SENT: dict[str, Work] = {"edit": run_edited}
"""What each form does when it is sent, by its name."""


def _edit_form(question_id: str, sql: str, locale: str, wrong: str = "") -> Dialog:
    # Not `required`: a client that asks for it would keep the form from being told what is wrong in our words.
    body = [
        cards.field("sql", say(locale, "chat.edit.label"), sql, multiline=True),
        cards.note(say(locale, "chat.edit.hint")),
    ]
    title, submit = say(locale, "chat.edit.title"), say(locale, "chat.edit.submit")
    return form(title, "edit", question_id, body, submit, locale, wrong, height="large")
