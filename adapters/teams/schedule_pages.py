"""Scheduled questions in Teams: the form that makes one of an answer, and the list. Pure.

The form's value is the question's id. The buttons of the list send `<what>|<id>` as "schedule_do".
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from adapters.chat.schedules import MOST
from adapters.chat.text import Json, label
from adapters.teams import cards
from adapters.teams.dialogs import Dialog, form
from adapters.teams.render import Message, page, sentence
from core.ask.present.schedule_words import acts_of, lines_of, title_of
from core.chat import Actor
from core.locale import format_number, say
from core.scheduled import ScheduleView

FORM = "keep_schedule"
"""Name of the form."""

WHEN, CONDITION = "when", "condition"
"""Ids of its two fields."""

_LONGEST = 200
_QUESTION = 300
"""Characters of the question that the form shows."""
_EMPTY: Mapping[str, str] = MappingProxyType({})


def render_form(
    question_id: str, question: str, locale: str, typed: Mapping[str, str] = _EMPTY, wrong: str = ""
) -> Dialog:
    """When the SQL of an answer is to be asked again, and on which condition its answer is posted."""
    how = say(locale, "schedule.form.how", question=label(question, _QUESTION))
    body = [*cards.paragraphs(how, locale), *_field(WHEN, locale, typed), *_field(CONDITION, locale, typed)]
    title, submit = say(locale, "schedule.form.title"), say(locale, "schedule.form.submit")
    return form(title, FORM, question_id, body, submit, locale, wrong)


def list_page(found: Sequence[ScheduleView], reader: Actor) -> Message:
    """The scheduled questions, each with its buttons; of many, those that come next."""
    locale = reader.locale
    if not found:
        return sentence(say(locale, "schedule.none"))
    drawn = [element for one in found[:MOST] for element in _entry(one, reader)]
    if len(found) > MOST:
        drawn.append(cards.note(say(locale, "chat.home.left_out", n=format_number(locale, len(found) - MOST))))
    return page(say(locale, "schedule.form.title"), drawn, locale=locale)


def _entry(one: ScheduleView, reader: Actor) -> Iterator[Json]:
    yield cards.text(title_of(one), bold=True)
    yield cards.note("\n".join(lines_of(one, reader)))
    yield cards.action_set(
        [
            cards.button(say(reader.locale, f"schedule.button.{act}"), "schedule_do", f"{act}|{one.id}")
            for act in acts_of(one)
        ]
    )


def _field(name: str, locale: str, typed: Mapping[str, str]) -> Iterator[Json]:
    before = typed.get(name, "")[:_LONGEST]
    yield cards.field(name, say(locale, f"schedule.form.{name}"), before, most=_LONGEST)
    yield cards.note(say(locale, f"schedule.form.{name}_hint"))
