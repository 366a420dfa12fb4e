"""What is said under a table that is not shown whole. Pure."""

from collections.abc import Sequence

from adapters.chat.text import size
from core.ask.present.visible import one_line
from core.chat import Table
from core.locale import format_number, say


def is_long(texts: Sequence[str], most: int) -> bool:
    """True when one of the texts has more than `most` characters as it is shown, and is cut."""
    return any(size(one_line(text[: most + 1])) > most for text in texts)


def notes(table: Table, rows: int, columns: int, locale: str, *, shortened: bool) -> list[str]:
    """What of a table is not there to see: `rows` and `columns` are shown, and values are `shortened`."""
    said = []
    total_rows, total_columns = len(table.rows), len(table.columns)
    if not rows:
        said.append(say(locale, "chat.table.not_shown"))
    elif rows < total_rows:
        shown, total = format_number(locale, rows), format_number(locale, total_rows)
        said.append(say(locale, "chat.table.rows", shown=shown, total=total))
    if rows and columns < total_columns:
        shown, total = format_number(locale, columns), format_number(locale, total_columns)
        said.append(say(locale, "chat.table.columns", shown=shown, total=total))
    if rows and shortened:
        said.append(say(locale, "chat.table.values"))
    if table.truncated:
        said.append(say(locale, "present.plain.truncated", rows=format_number(locale, total_rows)))
    return said
