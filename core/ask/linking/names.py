"""Names, types and comments of a schema, as they are written for a model: one line, short, ready to be copied."""

import re
from functools import lru_cache

from core.model.plain import one_line
from core.tokens import count

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

_RESERVED = frozenset(
    """all alter and any as asc between by case cast check column constraint create cross current_date current_time
    current_timestamp default delete desc distinct drop else end except exists false fetch for foreign from full
    grant group having in index inner insert intersect into is join key leading left like limit natural not null of
    offset on only option or order outer primary range references right row rows select session_user set some table
    then to trailing true union unique update user using values view when where window with""".split()  # noqa: SIM905 - one word a line would fill the file
)
"""Words that at least one of the dialects does not take as a name without quotes."""


_QUOTES = {"mysql": ("`", "`"), "tsql": ("[", "]"), "clickhouse": ("`", "`"), "bigquery": ("`", "`")}

_TYPES = (
    (re.compile(r"tinyint\(1\)|bool|^bit$|^bit\(1\)"), "bool"),
    (re.compile(r"interval|range|geo|point|polygon|xml"), "other"),
    (re.compile(r"timestamp|datetime"), "datetime"),
    (re.compile(r"^date"), "date"),
    (re.compile(r"^time"), "time"),
    (re.compile(r"json"), "json"),
    (re.compile(r"int|serial|^number\(\d+(, ?0)?\)|^year"), "int"),
    (re.compile(r"num|dec|real|float|double|money"), "num"),
    (re.compile(r"blob|binary|bytea|image|^raw"), "bytes"),
)


@lru_cache(maxsize=65_536)
def written(name: str, dialect: str) -> str:
    """A table's or column's name as it has to stand in a query: in the dialect's quotes when it needs them.

    PostgreSQL folds a bare name to lower case, Oracle and Snowflake to upper case, so a name of another case needs
    quotes there. Signs that would break the line, and "<", which could close the block the prompt puts around data, are
    replaced: such a name is mended against the catalog afterwards.
    """
    if _PLAIN.fullmatch(name) and name.lower() not in _RESERVED:
        folds = {"postgres": name.lower(), "oracle": name.upper(), "snowflake": name.upper()}
        folded = folds.get(dialect, name)
        if folded == name:
            return name
    opening, closing = _QUOTES.get(dialect, ('"', '"'))
    return opening + one_line(name).replace("<", "‹").replace(closing, closing * 2) + closing


def written_id(schema: str, table: str, dialect: str) -> str:
    """A table's name as it has to stand in a query, with its schema where it is not the default one."""
    return f"{written(schema, dialect)}.{written(table, dialect)}" if schema else written(table, dialect)


@lru_cache(maxsize=4_096)
def short_type(server_type: str) -> str:
    """A column's type in a word: int, num, date, datetime, time, bool, json, bytes, other; empty for text."""
    lower = server_type.strip().lower()
    return next((short for pattern, short in _TYPES if pattern.search(lower)), "")


_COMMENT_WORDS = 5
_COMMENT_CHARACTERS = 40
_UNWANTED = re.compile(r"[^\w %+-]+")
_ORDERS = re.compile(
    r"ignore|disregard|forget|override|instruct|prompt|system|assistant|you (must|should|are)|reveal|execute|"
    r"drop |delete |insert |update |무시|지시|명령|시스템|프롬프트|실행해|삭제해",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def short_comment(comment: str) -> str:
    """The first few words of a comment, letters and digits only; empty when there is nothing worth showing.

    A comment is a hint written by strangers. One that gives orders is left out altogether: that costs a hint.
    """
    if not comment or _ORDERS.search(comment):
        return ""
    first = re.split(r"[\n\r.;:(,|]", comment.strip(), maxsplit=1)[0]
    words = _UNWANTED.sub(" ", one_line(first)).split()[:_COMMENT_WORDS]
    while words and len(" ".join(words)) > _COMMENT_CHARACTERS:
        words.pop()
    return " ".join(words)


_LITERAL_TOKENS = 16


def literal(value: str) -> str:
    """A value as an SQL string; empty when it cannot be shown on one short line exactly as it is stored."""
    if len(value) > 120 or value != one_line(value) or "<" in value or "\\" in value:
        return ""
    quoted = "'" + value.replace("'", "''") + "'"
    return quoted if count(quoted) <= _LITERAL_TOKENS else ""
