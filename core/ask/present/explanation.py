"""What a query does, in sentences for somebody who reads no SQL: from its tree, at 0 tokens."""

import re
from collections.abc import Iterator, Sequence

from core.ask.present.filters import filter_words
from core.ask.present.visible import one_line
from core.locale import format_number, say
from core.sql.explain import Description, Joined, Shown, describe
from core.sql.filters import Filter

_WIDTH = 80
"""Characters of a piece of the query; a longer one is cut."""
_COLUMNS = 12
"""Columns that are explained one by one; of more, it is said how many there are."""

_FIGURE = re.compile(r"(COUNT|SUM|AVG|MIN|MAX)\((DISTINCT )?([^()]+)\)", re.IGNORECASE)
_NAME = r"""(?:"[^"]+"|`[^`]+`|\[[^\]]+\]|[^\W\d][\w$#]*)"""
_PLAIN = re.compile(rf"(?:{_NAME}\.)*({_NAME})")
"""A column, qualified and quoted or not."""


def explanation(sql: str, dialect: str, locale: str) -> tuple[str, ...]:
    """One sentence for each thing the query does, in the order in which it does them. One in any case.

    Joins, grouping, columns, order and limit are the outermost query's; tables and filters are those of all its parts.
    """
    described = describe(sql, dialect)
    if described == Description():
        return (say(locale, "explain.unreadable"),)
    return tuple(_sentences(described, locale))


def _sentences(query: Description, locale: str) -> Iterator[str]:
    tables = _list([one_line(table, _WIDTH) for table in query.tables], locale)
    yield say(locale, "explain.tables", tables=tables) if query.tables else say(locale, "explain.no_tables")
    yield from (_join(join, locale) for join in query.joins)
    if query.filters:
        yield _filters(query.filters, locale)
    if query.grouping:
        keys = _list([_named(key, query.columns, locale) for key in query.grouping], locale)
        yield say(locale, "explain.groups", keys=keys)
    elif query.columns and all(_FIGURE.fullmatch(shown.expression) for shown in query.columns):
        yield say(locale, "explain.one_row")
    yield from _columns(query.columns, locale)
    if query.distinct:
        yield say(locale, "explain.distinct")
    if query.order:
        order = [
            say(
                locale,
                "explain.descending" if key.descending else "explain.ascending",
                key=_named(key.expression, query.columns, locale),
            )
            for key in query.order
        ]
        yield say(locale, "explain.order", keys=say(locale, "explain.then").join(order))
    if query.limit is not None:
        yield say(locale, "explain.limit", rows=format_number(locale, query.limit))


def _list(words: Sequence[str], locale: str) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return say(locale, "explain.and", first=", ".join(words[:-1]), last=words[-1])


def _join(join: Joined, locale: str) -> str:
    table = one_line(join.table, _WIDTH)
    if join.kind == "cross":
        return say(locale, "explain.join.cross", table=table)
    kind = join.kind if join.kind in ("left", "right", "full") else "inner"
    condition = one_line(join.condition, 2 * _WIDTH) or say(locale, "explain.same_names")
    return say(locale, f"explain.join.{kind}", table=table, condition=condition)


def _filters(filters: Sequence[Filter], locale: str) -> str:
    words = [
        # A condition that stands as SQL may hold an OR, which the words around it must not take apart.
        f"({filter_words(one, locale)})" if not one.column and len(filters) > 1 else filter_words(one, locale)
        for one in filters
    ]
    if len(words) == 1:
        return say(locale, "explain.filter", filter=words[0])
    return say(locale, "explain.filters", filters=say(locale, "explain.and_also").join(words))


def _columns(columns: Sequence[Shown], locale: str) -> Iterator[str]:
    if not columns:
        return
    if [shown.expression for shown in columns] == ["*"]:
        yield say(locale, "explain.all_columns")
        return
    words = [_column(shown, locale) for shown in columns[:_COLUMNS]]
    if len(columns) > _COLUMNS:
        words.append(say(locale, "explain.more_columns", n=format_number(locale, len(columns) - _COLUMNS)))
    yield say(locale, "explain.shows", columns=_list(words, locale))


def _column(shown: Shown, locale: str) -> str:
    name, meaning = one_line(shown.name, _WIDTH), _meaning(shown.expression, locale)
    if shown.name == "*":
        return one_line(shown.expression, _WIDTH)
    return name if meaning == name else say(locale, "explain.column", name=name, meaning=meaning)


def _named(expression: str, columns: Sequence[Shown], locale: str) -> str:
    """A key of the grouping or the order, by the name that its column has in the result if it is one of them."""
    if expression.isdecimal() and 0 < int(expression) <= len(columns):
        return one_line(columns[int(expression) - 1].name, _WIDTH)
    for shown in columns:
        if expression in (shown.expression, shown.name):
            return one_line(shown.name, _WIDTH)
    return _meaning(expression, locale)


def _meaning(expression: str, locale: str) -> str:
    """An expression in words where it is a column or a plain figure over one, else as it stands in the query."""
    figure = _FIGURE.fullmatch(expression)
    if figure is None:
        plain = _PLAIN.fullmatch(expression)
        return one_line(plain[1].strip('"`[]') if plain else expression, _WIDTH)
    name, distinct, inner = figure[1].lower(), figure[2], figure[3]
    if inner == "*":
        return say(locale, "explain.figure.rows")
    kind = f"{name}_distinct" if distinct and name in ("count", "sum", "avg") else name
    return say(locale, f"explain.figure.{kind}", of=_meaning(inner, locale))
