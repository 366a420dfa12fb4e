"""Templates for a shell: the list, one of them whole, and finding one by its name. Drawing is pure."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text as Line

from core.ask.present.template_words import about
from core.ask.present.visible import lines, one_line
from core.ask.service import Service
from core.chat import Actor
from core.errors import BadEdit, NoTemplate
from core.locale import reason_words, say
from core.saved import SavedTemplate
from core.templates.checking import same_name
from core.templates.notation import print_parameters

_MARK = "✓ "


async def find(service: Service, actor: Actor, name: str) -> SavedTemplate:
    """The template of this id, or else of this name, a person's own before others'.

    Raises `NoTemplate`, `BadEdit` (template.ambiguous).
    """
    try:
        return await service.saved.one(actor, name)
    except NoTemplate:
        wanted = same_name(name)
        found = [one for one in await service.saved.all(actor, name) if wanted and same_name(one.name) == wanted]
    found = [one for one in found if one.is_mine] or found
    if not found:
        raise NoTemplate
    if len(found) > 1:
        raise BadEdit("template.ambiguous", name=name, ids=tuple(one.id for one in found))
    return found[0]


def draw_list(templates: Sequence[SavedTemplate], locale: str) -> RenderableType:
    """Three lines a template: its name, its question, what is said of it."""
    return Group(*(line for one in templates for line in (*_head(one, locale), Line())))


def draw_template(template: SavedTemplate, locale: str) -> RenderableType:
    """All that a template is. SQL and parameters stand as they are to be typed."""
    shown: list[RenderableType] = [*_head(template, locale)]
    if template.description:
        shown += [Line(), Line(lines(template.description))]
    if template.parameters:
        shown += [Line(), Line(lines(print_parameters(template.parameters, locale)))]
    sql = Syntax(lines(template.sql), "sql", background_color="default", theme="ansi_dark", word_wrap=True)
    return Group(*shown, Line(), sql, Line(), Line(one_line(template.id), style="dim"))


def _head(template: SavedTemplate, locale: str) -> list[Line]:
    mark = (_MARK, "green") if template.is_verified else ("", "")
    told = [
        Line.assemble(mark, (one_line(template.name), "bold")),
        Line(one_line(template.question)),
        Line(" · ".join(map(one_line, about(template, locale))), style="dim"),
    ]
    if template.problem:
        told.append(
            Line(say(locale, "terminal.template_problem", reason=reason_words(locale, template.problem)), "yellow")
        )
    return told
