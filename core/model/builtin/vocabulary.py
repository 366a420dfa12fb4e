"""What may be said for each table and column of a schema.

A name can be said in full ("order date"), without its table ("date" of orders), by its comment (split at "/", so that
"Customers / 고객" gives both), in the other language through the dictionary, or by a synonym. The nearer the
wording is to the name, the higher the level of the candidate; context decides among them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

from core.lexicon import compound, split_identifier, stem, translations
from core.lexicon.korean import is_hangul
from core.model.builtin.intent import Ref
from core.model.builtin.phrases import Candidate
from core.schema import Column, Table

EXACT, STRIPPED, TRANSLATED, SUFFIX, PART = 5, 4, 3, 2, 1

_SHORTEST_VERB = 4
_MOST_TRANSLATIONS = 16
_ABBREVIATIONS = {
    "fname": "first name",
    "lname": "last name",
    "firstname": "first name",
    "lastname": "last name",
    "qty": "quantity",
    "amt": "amount",
    "desc": "description",
    "addr": "address",
    "dept": "department",
    "emp": "employee",
    "cust": "customer",
    "prod": "product",
    "num": "number",
    "nbr": "number",
    "no": "number",
    "tel": "telephone",
    "dob": "birth date",
    "avg": "average",
    "max": "maximum",
    "min": "minimum",
    "yr": "year",
    "dt": "date",
    "pct": "percentage",
    "stu": "student",
    "lang": "language",
    "org": "organization",
    "loc": "location",
    "cat": "category",
}
_SYNONYMS = (
    ("customer", "client", "buyer"),
    ("employee", "staff", "worker", "staff member"),
    ("movie", "film"),
    ("car", "vehicle", "automobile"),
    ("phone", "phone number", "telephone", "telephone number"),
    ("email", "email address", "mail address"),
    ("order", "purchase", "buy"),
    ("주문", "구매", "구입"),
    ("category", "type", "kind"),
    ("company", "firm"),
    ("supplier", "vendor"),
    ("id", "identifier", "identification number"),
    ("code", "abbreviation"),
    ("teacher", "instructor"),
    ("zip code", "postal code", "zipcode", "postcode"),
    ("gender", "sex"),
    ("country", "nation"),
    ("earning", "income"),
    ("salary", "wage", "pay"),
    ("birth date", "date of birth", "birthday"),
    ("first name", "given name"),
    ("last name", "surname", "family name"),
    ("stock", "inventory"),
    ("nationality", "citizenship"),
    ("location", "place"),
)
_COMMENT_PARTS = re.compile(r"[/|;·\n.]+")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_LONGEST_COMMENT = 4
_KOREAN_DATE = re.compile(r"(.{2,}?)(?:일자|날짜|일시|일)$")
_LITTLE = frozenset({"the", "a", "an"})
_VAGUE = frozenset(
    {"id", "name", "date", "type", "code", "number", "value", "time", "detail", "description", "count", "status",
     "total", "other", "key", "first", "last", "line", "percent", "list", "full", "item", "group", "average",
     "maximum", "minimum", "high", "low", "rank", "amount", "quantity", "year", "month", "day"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases and what they may name. English keys are stems parted by spaces, Korean ones have no spaces."""

    tables: dict[str, tuple[Candidate, ...]]
    columns: dict[str, tuple[Candidate, ...]]
    longest: int
    """Words of the longest English phrase."""


def english_key(words: tuple[str, ...]) -> str:
    """How an English phrase is looked up: its stems without little words."""
    return " ".join(stem(word) for word in words if word not in _LITTLE)


def _spelled_out(name: str) -> tuple[str, ...]:
    words: list[str] = []
    for word in split_identifier(name):
        words += _ABBREVIATIONS.get(word, word).split()
    return tuple(word for word in words if word not in _LITTLE)


def comment_phrases(comment: str) -> Iterator[str]:
    """The short phrases of a comment: "Customers / 고객" gives both.

    What stands in brackets or after a colon explains or lists values ("Grade: gold, silver"), and after a comma an
    English comment goes on to explain, while a Korean one names the thing once more: 매출, 매출액(원).
    """
    for part in islice(_COMMENT_PARTS.split(_IN_BRACKETS.sub("", comment)), 6):
        named = part.split(":")[0]
        for phrase in named.split(",") if is_hangul(named) else [named.split(",")[0]]:
            if 0 < len(phrase.split()) <= _LONGEST_COMMENT:
                yield phrase.strip()


def _key(phrase: str) -> str:
    if is_hangul(phrase):
        return phrase.replace(" ", "")
    return english_key(tuple(phrase.lower().split()))


def _in_korean(words: tuple[str, ...]) -> Iterator[str]:
    """An English name in Korean: as a whole when the dictionary has it, else word by word."""
    yield from translations(" ".join(words))
    choices = [translations(word) for word in words]
    if len(words) > 1 and all(choices):
        yield from ("".join(parts) for parts in islice(product(*choices), _MOST_TRANSLATIONS))


def _in_english(hangul: str) -> Iterator[str]:
    yield from translations(hangul)
    parts = compound(hangul)
    choices = [translations(part) for part in parts]
    if parts and all(choices):
        yield from (" ".join(chosen) for chosen in islice(product(*choices), _MOST_TRANSLATIONS))


def _translated(words: tuple[str, ...]) -> Iterator[str]:
    joined = "".join(words)
    yield from _in_english(joined) if is_hangul(joined) else _in_korean(words)


def _said(words: tuple[str, ...], level: int) -> Iterator[tuple[str, int]]:
    """A name and its translations, with their levels."""
    if not words:
        return
    yield ("".join(words) if is_hangul("".join(words)) else english_key(words)), level
    for phrase in _translated(words):
        yield _key(phrase), min(level, TRANSLATED)
    key = english_key(words)
    for group in _SYNONYMS:
        if key in {english_key(tuple(name.split())) for name in group}:
            for name in group:
                yield english_key(tuple(name.split())), min(level, SUFFIX)


def _without_table(words: tuple[str, ...], table: tuple[str, ...]) -> tuple[str, ...]:
    stems, prefix = tuple(map(stem, words)), tuple(map(stem, table))
    for start in range(len(prefix)):
        piece = prefix[start:]
        if stems[: len(piece)] == piece and len(stems) > len(piece):
            return words[len(piece) :]
    if stems[:1] == prefix[:1] and len(stems) > 1:
        return words[1:]
    return ()


def _column_names(table: Table, column: Column) -> Iterator[tuple[str, int]]:
    words = _spelled_out(column.name)
    yield from _said(words, EXACT)
    if len(words) > 1 and all(len(word) > 1 for word in words):
        yield "".join(words), EXACT
    for phrase in comment_phrases(column.comment):
        yield from _said(tuple(phrase.lower().split()), EXACT)
        if dated := _KOREAN_DATE.match(_key(phrase)):
            yield dated[1], SUFFIX
    if rest := _without_table(words, _spelled_out(table.name)):
        yield from _said(rest, STRIPPED)
    for start in range(1, len(words)):
        yield english_key(words[start:]), SUFFIX
    if len(words) > 1 and words[-1] in ("name", "type", "number", "code", "date", "amount", "value", "description"):
        yield english_key(words[:-1]), SUFFIX
    own = {*map(stem, _spelled_out(table.name))}
    if (
        len(words) == 2
        and words[-1] not in ("number", "count", "total", "amount", "id")
        and not own & {*map(stem, words)}
    ):
        yield f"{stem(words[1])} of {stem(words[0])}", SUFFIX
    for start in range(len(words) - 1):
        for end in range(start + 2, len(words)):
            yield english_key(words[start:end]), SUFFIX
    if len(words) > 1:
        for word in words:
            if stem(word) not in _VAGUE and len(word) > 2:
                yield stem(word), PART


def _table_names(table: Table) -> Iterator[tuple[str, int]]:
    words = _spelled_out(table.name)
    yield from _said(words, EXACT)
    if len(words) > 1:
        yield "".join(words[:-1]) + stem(words[-1]), EXACT
    for phrase in comment_phrases(table.comment):
        yield from _said(tuple(phrase.lower().split()), EXACT)
    if len(words) > 1 and words[-1] in ("data", "list", "info", "details", "master", "tbl", "table", "dim", "fact"):
        yield english_key(words[:-1]), STRIPPED
    if len(words) > 1 and words[0] in ("ref", "tbl", "dim", "fact", "tb", "t", "mst", "all"):
        yield english_key(words[1:]), STRIPPED
    for start in range(1, len(words)):
        yield english_key(words[start:]), SUFFIX
    if words and (verb := _verb_of(stem(words[-1]))):
        yield verb, PART


def _verb_of(noun: str) -> str:
    """What is done by or in a thing of this name: teach of teacher, perform of performance; empty when unknown."""
    for ending in ("ance", "ence", "ment", "er", "or"):
        root = noun.removesuffix(ending)
        if root != noun and len(root) >= _SHORTEST_VERB:
            return root
    return ""


@lru_cache(maxsize=4_096)
def _of_table(table: Table) -> tuple[tuple[str, Candidate, bool], ...]:
    """All that may be said for one table and its columns; true where it is the table itself."""
    ref = Ref(table.id, "")
    found = [(key, Candidate(ref, level), True) for key, level in _table_names(table)]
    for column in table.columns:
        of_column = Ref(table.id, column.name)
        found += [(key, Candidate(of_column, level), False) for key, level in _column_names(table, column)]
    best: dict[tuple[str, Ref, bool], Candidate] = {}
    for key, candidate, whole in found:
        known = best.get((key, candidate.ref, whole))
        if key and (known is None or known.level < candidate.level):
            best[key, candidate.ref, whole] = candidate
    return tuple((key, candidate, whole) for (key, _, whole), candidate in best.items())


@lru_cache(maxsize=64)
def _of_tables(tables: tuple[Table, ...]) -> Vocabulary:
    said_of_tables: dict[str, tuple[Candidate, ...]] = {}
    said_of_columns: dict[str, tuple[Candidate, ...]] = {}
    for table in tables:
        for key, candidate, whole in _of_table(table):
            said = said_of_tables if whole else said_of_columns
            said[key] = (*said.get(key, ()), candidate)
    longest = max((key.count(" ") + 1 for key in (*said_of_tables, *said_of_columns)), default=0)
    return Vocabulary(said_of_tables, said_of_columns, min(longest, 6))


def vocabulary(tables: tuple[Table, ...]) -> Vocabulary:
    """The vocabulary of some tables. Linking puts them in another order for each question: it makes no difference."""
    return _of_tables(tuple(sorted(tables, key=lambda table: table.id)))
