"""Templates as a message: a page of the list, and one of them whole. Pure.

`cq_template` asks a template that has nothing to fill in, `cq_template_form` opens the form of one that has; both send
its id. The menu `cq_template_menu` sends `<what>|<id>`.
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
from adapters.chat.text import Json, code, is_blank, label, pieces, size
from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id
from adapters.slack.escape import mrkdwn
from adapters.slack.render import Message
from core.ask.present.template_words import about
from core.locale import format_number, reason_words, say
from core.saved import SavedTemplate
from core.templates.notation import print_parameters


def list_page(
    templates: Sequence[SavedTemplate], locale: str, *, search: str = "", start: int = 0, verifies: bool = False
) -> Message:
    """The templates from `start` on, as many as fit, and how to see the rest. `verifies`: an administrator looks."""
    search = label(search, SEARCH_SHOWN) if search else ""
    title = heading(search, locale)
    shown = templates[start : start + PAGE]
    drawn = [blocks.header(title)]
    if not shown:
        drawn += blocks.paragraphs(none_words(search, locale), locale)
    for number, template in enumerate(shown):
        drawn += _entry(template, locale, number, verifies=verifies)
    drawn.append(blocks.actions(list(_around(len(templates) - start - PAGE, start + PAGE, search, locale))))
    return Message(mrkdwn(title), tuple(drawn))


def detail_page(template: SavedTemplate, locale: str) -> Message:
    """All that a template is: its question, its placeholders, its SQL."""
    drawn = [_title(template, template.question, limits.TEXT - NAME_SHOWN)]
    if not is_blank(template.description):
        drawn += blocks.paragraphs(template.description, locale)
    if template.parameters:
        drawn.append(blocks.context(say(locale, "chat.templates.parameters")))
        drawn += map(blocks.preformatted, _lines(print_parameters(template.parameters, locale)))
    drawn.append(blocks.context("SQL"))
    drawn += map(blocks.preformatted, _lines(template.sql))
    if size(code(template.sql)) > limits.TEXT * blocks.PIECES:
        drawn.append(blocks.context(say(locale, "chat.cut")))
    drawn.append(blocks.context(" · ".join(label(one, NAME_SHOWN) for one in about(template, locale))))
    drawn += _problem(template, locale)
    return Message(mrkdwn(template.name), blocks.within(drawn, limits.MESSAGE_BLOCKS, locale))


def run_button(template: SavedTemplate, text: str, number: int) -> Json:
    """The button that asks it, or opens the form for what it needs."""
    name = "template_form" if template.parameters else "template"
    return blocks.button(text, action_id(name, number), template.id)


def _entry(template: SavedTemplate, locale: str, number: int, *, verifies: bool) -> Iterator[Json]:
    yield _title(template, template.question, QUESTION_SHOWN)
    yield blocks.context(" · ".join(label(one, NAME_SHOWN) for one in about(template, locale)))
    yield from _problem(template, locale)
    run = [run_button(template, say(locale, "chat.templates.run"), number)] if runs(template) else []
    yield blocks.actions([*run, _menu(template, locale, number, verifies=verifies)])


def _title(template: SavedTemplate, question: str, most: int) -> Json:
    mark = [blocks.emoji("white_check_mark")] if template.is_verified else []
    name = blocks.text_element(f"{' ' if mark else ''}{label(template.name, NAME_SHOWN)}", bold=True)
    return blocks.rich_section([*mark, name, blocks.text_element(f"\n{label(question, most)}")])


def _problem(template: SavedTemplate, locale: str) -> Iterator[Json]:
    if template.problem:
        told = label(reason_words(locale, template.problem), REASON_SHOWN)
        yield blocks.rich_section([blocks.emoji("warning"), blocks.text_element(f" {told}")])


def _menu(template: SavedTemplate, locale: str, number: int, *, verifies: bool) -> Json:
    """What may be done with it. A menu of one line is a button."""
    names = list(lines(template, verifies=verifies))
    options = [blocks.option(say(locale, f"chat.templates.{one}"), f"{one}|{template.id}") for one in names]
    if len(options) == 1:
        return blocks.button(
            say(locale, "chat.templates.show"), action_id("template_menu", number), f"show|{template.id}"
        )
    return {"type": "overflow", "action_id": action_id("template_menu", number), "options": options}


def _around(left: int, next_start: int, search: str, locale: str) -> Iterator[Json]:
    """What stands under the list: the next page, and a new template."""
    if left > 0:
        more = say(locale, "chat.templates.more", n=format_number(locale, left))
        yield blocks.button(more, action_id("templates"), page_value(next_start, search))
    yield blocks.button(say(locale, "chat.templates.new"), action_id("new_template"), "new")


def _lines(text: str) -> Sequence[str]:
    return [piece for _, piece in zip(range(blocks.PIECES), pieces(code(text), limits.TEXT), strict=False)]
