"""Why a question became its SQL, for a terminal: what was linked, the prompt, the guard's verdict."""

from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from core.ask.present.visible import lines, one_line
from core.ask.why import Why
from core.locale import format_number, say


def draw_why(why: Why, locale: str) -> RenderableType:
    """The three of them under their headings, as plain text."""
    shown: list[Text] = []

    def section(heading: str, text: str) -> None:
        shown.extend((Text(""), Text(heading, style="bold"), Text(lines(text))))

    linked, prompt, verdict = why.linked, why.prompt, why.verdict
    tokens = format_number(locale, linked.tokens)
    section(say(locale, "terminal.why.linked", connection=one_line(why.connection), tokens=tokens), linked.text)
    if prompt is None:
        section(say(locale, "terminal.why.prompt"), say(locale, "terminal.why.no_prompt"))
    else:
        total = format_number(locale, prompt.tokens + prompt.max_output)
        heading = say(locale, "terminal.why.prompt_of", tokens=format_number(locale, prompt.tokens), total=total)
        section(heading, f"{prompt.system}\n\n{prompt.user}")
    if verdict is None:
        section(say(locale, "terminal.why.verdict"), say(locale, "terminal.why.no_sql"))
    elif verdict.allowed:
        section(say(locale, "terminal.why.allowed"), verdict.sql)
    else:
        section(say(locale, "terminal.why.refused", reason=verdict.reason), verdict.place)
    return Group(*shown)


def why_to_json(why: Why) -> dict[str, Any]:
    """The same as JSON values."""
    return {
        "question": why.question,
        "connection": why.connection,
        "tables": [table.id for table in why.linked.tables],
        "columns": [[table.id, column.name] for table in why.linked.tables for column in table.columns],
        "values": [[match.table, match.column, match.value, match.phrase] for match in why.linked.values],
        "glossary": list(why.linked.glossary),
        "text": why.linked.text,
        "tokens": why.linked.tokens,
        "prompt": asdict(why.prompt) if why.prompt else None,
        "verdict": asdict(why.verdict) if why.verdict else None,
    }
