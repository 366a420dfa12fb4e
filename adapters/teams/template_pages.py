"""Templates as cards: a page of the list, and one of them whole. Pure.

Each template has a row of its own: the button that asks it, and a menu of what else may be done with it. A button that
opens a form is named after it, as in `template_edit`; `template_share` and the like do at once what they say. All of
them send the template's id. `templates` shows a further page.
"""

from collections.abc import Iterator, Sequence

from adapters.chat.templates import (
    NAME_SHOWN,
    PAGE,
    QUESTION_SHOWN,
    REASON_SHOWN,
    SEARCH_SHOWN,
    heading,
    lines,
    none_words,
    page_value,
    runs,
)
from adapters.chat.text import Json, code, is_blank, label, size
from adapters.teams import cards, limits
from adapters.teams.buttons import run_button
from adapters.teams.render import Message, page
from core.ask.present.template_words import about
from core.locale import format_number, reason_words, say
from core.saved import SavedTemplate
from core.templates.notation import print_parameters

FORMS = frozenset({"edit", "delete"})
"""What opens a dialog."""

_ROOM = limits.MESSAGE_BYTES // 4 * 3
"""Bytes of the templates of a card; the rest is for what stands around them. Those that do not fit come next."""


def list_page(
    templates: Sequence[SavedTemplate], locale: str, *, search: str = "", start: int = 0, verifies: bool = False
) -> Message:
    """The templates from `start` on, as many as fit, and how to see the rest. `verifies`: an administrator looks."""
    search = label(search, SEARCH_SHOWN) if search else ""
    title = heading(search, locale)
    entries = _fitting([_entry(one, locale, verifies=verifies) for one in templates[start : start + PAGE]])
    body = [cards.header(title), *(entries or cards.paragraphs(none_words(search, locale), locale))]
    next_start = start + len(entries)
    around = list(_around(len(templates) - next_start, next_start, search, locale))
    return page(title, body, around, locale=locale)


def detail_page(template: SavedTemplate, locale: str) -> Message:
    """All that a template is: its question, its placeholders, its SQL."""
    name = label(template.name, NAME_SHOWN)
    body = [cards.header(name), *cards.paragraphs(template.question, locale)]
    body.append(_about(template, locale))
    body += _problem(template, locale)
    if not is_blank(template.description):
        body += cards.paragraphs(template.description, locale)
    if template.parameters:
        body.append(cards.note(say(locale, "chat.templates.parameters")))
        body += _boxed(print_parameters(template.parameters, locale), "PlainText", locale)
    body.append(cards.note("SQL"))
    body += _boxed(template.sql, "Sql", locale)
    return page(name, body, locale=locale)


def fill_in_page(template: SavedTemplate, locale: str) -> Message:
    """A template that needs something only since its list was shown: the button that opens the form for it."""
    told = say(locale, "teams.templates.fill_in", name=label(template.name, NAME_SHOWN))
    return page(told, cards.paragraphs(told, locale), [run_button(template, _run_words(locale))], locale=locale)


def _fitting(entries: Sequence[Json]) -> list[Json]:
    """The first of them that fit into a card; one at least, which always does."""
    kept: list[Json] = []
    for entry in entries:
        if kept and cards.weight([*kept, entry]) > _ROOM:
            break
        kept.append(entry)
    return kept


def _entry(template: SavedTemplate, locale: str, *, verifies: bool) -> Json:
    return cards.container(
        [
            cards.text(label(template.name, NAME_SHOWN), bold=True),
            cards.text(label(template.question, QUESTION_SHOWN)),
            _about(template, locale),
            *_problem(template, locale),
            cards.action_set(_buttons(template, locale, verifies=verifies)),
        ],
        separator=True,
    )


def _about(template: SavedTemplate, locale: str) -> Json:
    return cards.note(" · ".join(label(one, NAME_SHOWN) for one in about(template, locale)))


def _problem(template: SavedTemplate, locale: str) -> Iterator[Json]:
    if template.problem:
        told = label(reason_words(locale, template.problem), REASON_SHOWN)
        yield cards.rich([cards.run(told) | {"color": "Warning"}])


def _buttons(template: SavedTemplate, locale: str, *, verifies: bool) -> list[Json]:
    """One to press and the others in the menu behind "…"; a client without that menu shows them beside it."""
    row = [run_button(template, _run_words(locale))] if runs(template) else []
    for what in lines(template, verifies=verifies):
        title = say(locale, f"chat.templates.{what}")
        row.append(cards.button(title, f"template_{what}", template.id, opens=what in FORMS))
    return [row[0], *(one | {"mode": "secondary"} for one in row[1:])]


def _run_words(locale: str) -> str:
    return say(locale, "chat.templates.run")


def _around(left: int, next_start: int, search: str, locale: str) -> Iterator[Json]:
    """What stands under the list: the next page, and a new template."""
    if left > 0:
        more = say(locale, "chat.templates.more", n=format_number(locale, left))
        yield cards.button(more, "templates", page_value(next_start, search))
    yield cards.button(say(locale, "chat.templates.new"), "new_template", opens=True)


def _boxed(text: str, language: str, locale: str) -> Iterator[Json]:
    """A text as it is, in a box; a longer one is cut, and that is said."""
    yield cards.code(text, language)
    if size(code(text)) > limits.CODE:
        yield cards.note(say(locale, "chat.cut"))
