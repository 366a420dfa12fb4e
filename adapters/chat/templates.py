"""What is done with a template from a chat, and what is said of it. Every refusal is the core's, and goes through.

The sentence that comes back is for whoever asked for it, and for nobody else.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime

from core.ask.template_desk import TemplateDesk
from core.chat import Actor, Place, Question
from core.locale import say
from core.saved import SavedTemplate

PAGE = 10
"""Templates of a message, at most: each takes four of the 50 blocks of one in Slack."""

QUESTION_SHOWN = 300
"""Characters of a question in the list."""
NAME_SHOWN = 200
"""Characters of a name, of a category, of whatever stands beside them."""
REASON_SHOWN = 500
"""Characters of why it cannot be used."""
SEARCH_SHOWN = 100
"""Characters of what was searched for that the heading and the next page keep."""

LINES = ("show", "edit", "share", "unshare", "verify", "unverify", "delete")
"""What may be done with a template from its menu, by name."""

_RUNS = ("", "template.fixed_dates")
"""What is said of templates that can be asked from the list nevertheless."""

_PAGE_VALUE = re.compile(r"(\d{1,6})\|(.*)", re.ASCII | re.DOTALL)

Deed = Callable[[TemplateDesk, Actor, Place, str], Awaitable[str]]
"""What a line of a template's menu does that needs no form: the desk, who, where, the template's id."""


async def share(desk: TemplateDesk, actor: Actor, place: Place, template: str) -> str:
    """Everybody may use it."""
    saved = await desk.share(actor, template, True, place)
    return say(actor.locale, "templates.shared", name=saved.name)


async def unshare(desk: TemplateDesk, actor: Actor, place: Place, template: str) -> str:
    """Nobody but its owner may use it any more."""
    saved = await desk.share(actor, template, False, place)
    return say(actor.locale, "templates.unshared", name=saved.name)


async def verify(desk: TemplateDesk, actor: Actor, place: Place, template: str) -> str:
    """An administrator says that it is right."""
    saved = await desk.verify(actor, template, True, place)
    return say(actor.locale, "templates.verified_now", name=saved.name)


async def unverify(desk: TemplateDesk, actor: Actor, place: Place, template: str) -> str:
    """An administrator no longer says so."""
    saved = await desk.verify(actor, template, False, place)
    return say(actor.locale, "templates.unverified_now", name=saved.name)


DEEDS: dict[str, Deed] = {"share": share, "unshare": unshare, "verify": verify, "unverify": unverify}
"""The lines of a template's menu that need no form, by name."""


async def delete(desk: TemplateDesk, actor: Actor, place: Place, template: str) -> str:
    """Forget it."""
    name = await desk.delete(actor, template, place)
    return say(actor.locale, "templates.deleted", name=name)


async def asked_with(
    desk: TemplateDesk, actor: Actor, place: Place, template: str, values: Mapping[str, str], *, key: str
) -> Question:
    """The question of a template. `key` is what the platform calls the request: the same one is one question."""
    ask = Question(actor, place, key, "", datetime.now(UTC))
    return await desk.question(actor, template, values, ask)


async def asked_fresh(desk: TemplateDesk, actor: Actor, place: Place, question_id: str, before: Question) -> Question:
    """The same question again, which no template may answer: it was not what somebody meant."""
    again = Question(actor, place, f"fresh:{question_id}", before.text, datetime.now(UTC), before.connection)
    return await desk.fresh(actor, question_id, again)


async def choices_of(
    desk: TemplateDesk, actor: Actor, place: Place, template: SavedTemplate
) -> dict[str, tuple[str, ...]]:
    """The values of each choice of a template, by its placeholder's name."""
    return {
        one.name: await desk.choices(actor, template.id, one.name, place)
        for one in template.parameters
        if one.kind == "choice"
    }


def lines(template: SavedTemplate, *, verifies: bool) -> Iterator[str]:
    """What somebody may do with a template, by name, in the order it is offered. `verifies`: an administrator looks."""
    yield "show"
    if template.may_change:
        yield "edit"
    if template.may_change and not template.is_verified:  # a verified one is everybody's
        yield "unshare" if template.is_public else "share"
    if verifies:
        yield "unverify" if template.is_verified else "verify"
    if template.may_change:
        yield "delete"


def runs(template: SavedTemplate) -> bool:
    """Whether it can be asked from the list."""
    return template.problem in _RUNS


def heading(search: str, locale: str) -> str:
    """What stands above the list."""
    return say(locale, "chat.templates.found", search=search) if search else say(locale, "chat.templates.all")


def none_words(search: str, locale: str) -> str:
    """What is said where nothing is listed."""
    return say(locale, "chat.templates.none_found") if search else say(locale, "chat.no_templates")


def page_value(start: int, search: str) -> str:
    """What the button sends that leads to a further page."""
    return f"{start}|{search}"


def page_of(value: str) -> tuple[int, str]:
    """The start of a page and what was searched for, out of `page_value`; the first page for anything else."""
    found = _PAGE_VALUE.fullmatch(value)
    return (int(found[1]), found[2]) if found else (0, "")
