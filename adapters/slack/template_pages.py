"""Templates as a message: a page of the list, and one of them whole. Pure.

`cq_template` asks a template that has nothing to fill in, `cq_template_form` opens the form of one that has; both send
its id. The menu `cq_template_menu` sends `<what>|<id>`.
"""

from collections.abc import Iterator, Sequence

from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id
from adapters.slack.escape import Json, code, is_blank, label, mrkdwn, pieces, size
from adapters.slack.render import Message
from core.ask.present.template_words import about
from core.locale import format_number, reason_words, say
from core.saved import SavedTemplate
from core.templates.notation import print_parameters

PAGE = 10
"""Templates of a message: each takes at most four of its 50 blocks."""

_RUNS = ("", "template.fixed_dates")
"""What is said of templates that can be asked from the list nevertheless."""

_FAVORITES = 10
"""Templates on the Home tab."""

_QUESTION = 300
"""Characters of a question in the list."""
_NAME = 200
"""Characters of a name, of a category, of whatever stands beside them."""
_REASON = 500
"""Characters of why it cannot be used."""
_SEARCH = 100
"""Characters of what was searched for that the heading and the next page keep."""


def list_page(
    templates: Sequence[SavedTemplate], locale: str, *, search: str = "", start: int = 0, verifies: bool = False
) -> Message:
    """The templates from `start` on, as many as fit, and how to see the rest. `verifies`: an administrator looks."""
    search = label(search, _SEARCH) if search else ""
    heading = say(locale, "slack.templates.found", search=search) if search else say(locale, "slack.templates.all")
    shown = templates[start : start + PAGE]
    drawn = [blocks.header(heading)]
    if not shown:
        none = say(locale, "slack.templates.none_found") if search else say(locale, "slack.no_templates")
        drawn += blocks.paragraphs(none, locale)
    for number, template in enumerate(shown):
        drawn += _entry(template, locale, number, verifies=verifies)
    drawn.append(blocks.actions(list(_around(len(templates) - start - PAGE, start + PAGE, search, locale))))
    return Message(mrkdwn(heading), tuple(drawn))


def detail_page(template: SavedTemplate, locale: str) -> Message:
    """All that a template is: its question, its placeholders, its SQL."""
    drawn = [_title(template, template.question, limits.TEXT - _NAME)]
    if not is_blank(template.description):
        drawn += blocks.paragraphs(template.description, locale)
    if template.parameters:
        drawn.append(blocks.context(say(locale, "slack.templates.parameters")))
        drawn += map(blocks.preformatted, _lines(print_parameters(template.parameters, locale)))
    drawn.append(blocks.context("SQL"))
    drawn += map(blocks.preformatted, _lines(template.sql))
    if size(code(template.sql)) > limits.TEXT * blocks.PIECES:
        drawn.append(blocks.context(say(locale, "slack.cut")))
    drawn.append(blocks.context(" · ".join(label(one, _NAME) for one in about(template, locale))))
    drawn += _problem(template, locale)
    return Message(mrkdwn(template.name), blocks.within(drawn, limits.MESSAGE_BLOCKS, locale))


def favorites(templates: Sequence[SavedTemplate]) -> tuple[SavedTemplate, ...]:
    """A person's own and the verified ones, the most used first, without those that do not work at the moment."""
    chosen = [one for one in templates if (one.is_mine or one.is_verified) and not one.problem]
    return tuple(sorted(chosen, key=lambda one: -one.usage_count)[:_FAVORITES])


def run_button(template: SavedTemplate, text: str, number: int) -> Json:
    """The button that asks it, or opens the form for what it needs."""
    name = "template_form" if template.parameters else "template"
    return blocks.button(text, action_id(name, number), template.id)


def _entry(template: SavedTemplate, locale: str, number: int, *, verifies: bool) -> Iterator[Json]:
    yield _title(template, template.question, _QUESTION)
    yield blocks.context(" · ".join(label(one, _NAME) for one in about(template, locale)))
    yield from _problem(template, locale)
    run = [] if template.problem not in _RUNS else [run_button(template, say(locale, "slack.templates.run"), number)]
    yield blocks.actions([*run, _menu(template, locale, number, verifies=verifies)])


def _title(template: SavedTemplate, question: str, most: int) -> Json:
    mark = [blocks.emoji("white_check_mark")] if template.is_verified else []
    name = blocks.text_element(f"{' ' if mark else ''}{label(template.name, _NAME)}", bold=True)
    return blocks.rich_section([*mark, name, blocks.text_element(f"\n{label(question, most)}")])


def _problem(template: SavedTemplate, locale: str) -> Iterator[Json]:
    if template.problem:
        told = label(reason_words(locale, template.problem), _REASON)
        yield blocks.rich_section([blocks.emoji("warning"), blocks.text_element(f" {told}")])


def _menu(template: SavedTemplate, locale: str, number: int, *, verifies: bool) -> Json:
    """What may be done with it. A menu of one line is a button."""
    lines = {"show": say(locale, "slack.templates.show")}
    if template.may_change:
        lines["edit"] = say(locale, "slack.templates.edit")
    if template.may_change and not template.is_verified:  # a verified one is everybody's
        lines |= (
            {"unshare": say(locale, "slack.templates.unshare")}
            if template.is_public
            else {"share": say(locale, "slack.templates.share")}
        )
    if verifies:
        lines |= (
            {"unverify": say(locale, "slack.templates.unverify")}
            if template.is_verified
            else {"verify": say(locale, "slack.templates.verify")}
        )
    if template.may_change:
        lines["delete"] = say(locale, "slack.templates.delete")
    if len(lines) == 1:
        return blocks.button(lines["show"], action_id("template_menu", number), f"show|{template.id}")
    options = [blocks.option(text, f"{what}|{template.id}") for what, text in lines.items()]
    return {"type": "overflow", "action_id": action_id("template_menu", number), "options": options}


def _around(left: int, next_start: int, search: str, locale: str) -> Iterator[Json]:
    """What stands under the list: the next page, and a new template."""
    if left > 0:
        more = say(locale, "slack.templates.more", n=format_number(locale, left))
        yield blocks.button(more, action_id("templates"), f"{next_start}|{search}")
    yield blocks.button(say(locale, "slack.templates.new"), action_id("new_template"), "new")


def _lines(text: str) -> Sequence[str]:
    return [piece for _, piece in zip(range(blocks.PIECES), pieces(code(text), limits.TEXT), strict=False)]
